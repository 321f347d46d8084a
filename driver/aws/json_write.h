/*
 * Writing JSON into a sticky buffer (RFC 8259). Commas put themselves: one is written before a
 * member or item unless the byte before opens the object or array.
 */
#ifndef ATHENA_AWS_JSON_WRITE_H
#define ATHENA_AWS_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A quoted string with what must be escaped escaped; UTF-8 passes as it is. */
void json_put_string(struct buf *b, const char *text, size_t bytes);

/* An item of an array. */
void json_put_item(struct buf *b, const char *text);

/* "name": ready for a value that the caller puts, "{" say. */
void json_put_name(struct buf *b, const char *name);

/* Whole members; nothing when text is NULL or "". */
void json_put_text(struct buf *b, const char *name, const char *text);
void json_put_integer(struct buf *b, const char *name, int64_t value);
void json_put_bool(struct buf *b, const char *name, bool value);

#endif
