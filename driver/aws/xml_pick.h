/*
 * The text of some elements of an XML document, found by path; everything else is stepped over.
 *
 * The answers of S3 and STS that concern us are small and flat: this is all we need of XML. Parsed
 * by expat; documents with a DOCTYPE are refused, AWS sends none.
 */
#ifndef ATHENA_AWS_XML_PICK_H
#define ATHENA_AWS_XML_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

struct xml_pick {
    const char *path; /* "Error/Code": the last names of the way to it, without namespaces */
    const char *
        *value; /* set to the text, trimmed, when the element is there; the first one wins */
};

/* False when the bytes are no XML document; values found before that place stay. */
bool xml_pick(const struct xml_pick *picks, size_t count, struct arena *a, const char *bytes,
              size_t byte_count);

#endif
