/* expat, set up. See xml_read.h. */
#include "aws/xml_read.h"

#include <limits.h>
#include <string.h>

enum { SEPARATOR = '|' }; /* between a namespace and its name */

const char *xml_local_name(const char *name)
{
    const char *bar = strrchr(name, SEPARATOR);

    return bar ? bar + 1 : name;
}

static void XMLCALL refuse_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
                                   const XML_Char *public_id, int has_internal_subset)
{
    struct xml_reader *r = context;

    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    xml_stop(r);
}

void xml_stop(struct xml_reader *r)
{
    XML_StopParser(r->parser, XML_FALSE);
}

bool xml_read(struct xml_reader *r, XML_StartElementHandler on_start, XML_EndElementHandler on_end,
              XML_CharacterDataHandler on_text, const char *bytes, size_t count)
{
    bool is_document;

    if (count > INT_MAX) return false;
    r->parser = XML_ParserCreateNS(NULL, SEPARATOR);
    if (!r->parser) return false;
    XML_SetUserData(r->parser, r);
    XML_SetElementHandler(r->parser, on_start, on_end);
    XML_SetCharacterDataHandler(r->parser, on_text);
    XML_SetStartDoctypeDeclHandler(r->parser, refuse_doctype);
    is_document = XML_Parse(r->parser, bytes, (int)count, 1) == XML_STATUS_OK;
    XML_ParserFree(r->parser);
    r->parser = NULL;
    return is_document;
}
