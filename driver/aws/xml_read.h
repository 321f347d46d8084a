/*
 * expat as all of our readers of XML want it: namespaces aside, and no document types, which AWS and
 * SAML do without and attacks do not.
 *
 * Any thread.
 */
#ifndef ATHENA_AWS_XML_READ_H
#define ATHENA_AWS_XML_READ_H

#include <stdbool.h>
#include <stddef.h>

#include <expat.h>

/* The first member of what a reader's handlers get as their context. */
struct xml_reader {
    XML_Parser parser; /* while xml_read() runs */
};

/*
 * Whether the bytes are a document that nobody has stopped: one without a DOCTYPE, for which there was
 * memory. The handlers' context is r; the names that they get go through xml_local_name().
 */
bool xml_read(struct xml_reader *r, XML_StartElementHandler on_start, XML_EndElementHandler on_end,
              XML_CharacterDataHandler on_text, const char *bytes, size_t count);

/* From a handler: it has seen enough, and what is read is no document. */
void xml_stop(struct xml_reader *r);

/* The name without its namespace. */
const char *xml_local_name(const char *name);

#endif
