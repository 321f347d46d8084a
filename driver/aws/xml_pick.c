#include "aws/xml_pick.h"

#include <expat.h>
#include <string.h>

#include "base/buf.h"

enum { PATH_LIMIT = 4096, TEXT_LIMIT = 1 << 20, DOCUMENT_LIMIT = 1 << 24, PICKS_MAX = 16 };

struct picker {
    const struct xml_pick *picks;
    size_t count;
    bool is_found[PICKS_MAX];
    struct arena *arena;
    XML_Parser parser;
    struct buf path; /* "/Error/Code" */
    struct buf text; /* of the innermost element */
};

/* expat separates a namespace from its name by the byte given to XML_ParserCreateNS. */
static const char *local_name(const char *name)
{
    const char *bar = strrchr(name, '|');

    return bar ? bar + 1 : name;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct picker *p = context;

    (void)attributes;
    buf_putc(&p->path, '/');
    buf_puts(&p->path, local_name(name));
    buf_reset(&p->text);
    if (!buf_ok(&p->path)) XML_StopParser(p->parser, XML_FALSE);
}

static void XMLCALL on_text(void *context, const XML_Char *text, int bytes)
{
    struct picker *p = context;

    buf_put(&p->text, text, (size_t)bytes);
}

static bool ends_with(const struct buf *path, const char *tail)
{
    size_t bytes = strlen(tail);

    return path->count > bytes && path->bytes[path->count - bytes - 1] == '/' &&
           !memcmp(path->bytes + path->count - bytes, tail, bytes);
}

static const char *trimmed(struct arena *a, const struct buf *text)
{
    const char *from = text->bytes, *to = text->bytes + text->count;

    while (from < to && strchr(" \t\r\n", *from))
        from++;
    while (to > from && strchr(" \t\r\n", to[-1]))
        to--;
    return arena_copy(a, from, (size_t)(to - from));
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct picker *p = context;
    size_t bytes = strlen(local_name(name)) + 1;

    for (size_t i = 0; i < p->count; i++) {
        const char *value;

        if (p->is_found[i] || !ends_with(&p->path, p->picks[i].path) || !buf_ok(&p->text)) continue;
        value = trimmed(p->arena, &p->text);
        if (!value) continue;
        *p->picks[i].value = value;
        p->is_found[i] = true;
    }
    p->path.bytes[p->path.count -= bytes] = '\0';
    buf_reset(&p->text);
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_internal_subset)
{
    struct picker *p = context;

    (void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
    XML_StopParser(p->parser, XML_FALSE);
}

bool xml_pick(const struct xml_pick *picks, size_t count, struct arena *a, const char *bytes,
              size_t byte_count)
{
    struct picker p = {.picks = picks, .count = count, .arena = a};
    bool is_document;

    if (count > PICKS_MAX || byte_count > DOCUMENT_LIMIT) return false;
    p.parser = XML_ParserCreateNS(NULL, '|');
    if (!p.parser) return false;
    buf_init(&p.path, PATH_LIMIT);
    buf_init(&p.text, TEXT_LIMIT);
    XML_SetUserData(p.parser, &p);
    XML_SetElementHandler(p.parser, on_start, on_end);
    XML_SetCharacterDataHandler(p.parser, on_text);
    XML_SetStartDoctypeDeclHandler(p.parser, on_doctype);
    is_document = XML_Parse(p.parser, bytes, (int)byte_count, 1) == XML_STATUS_OK;

    XML_ParserFree(p.parser);
    buf_clear(&p.path);
    buf_clear(&p.text);
    return is_document;
}
