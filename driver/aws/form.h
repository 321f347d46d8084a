/*
 * Writing and reading application/x-www-form-urlencoded: the body of a form, or the query of a URL (WHATWG URL,
 * section 5; blanks as %20, which every reader of forms takes and signatures need).
 *
 * Pure. Any thread. What is written may be secret: the buffer's owner wipes it.
 */
#ifndef ATHENA_AWS_FORM_H
#define ATHENA_AWS_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define FORM_CONTENT_TYPE "application/x-www-form-urlencoded; charset=utf-8"

/* "name=value", with '&' before it unless the buffer is empty or ends with '?' or '&'. The name is
   written as it is. Nothing when value is NULL or "". */
void form_put(struct buf *b, const char *name, const char *value);

/* The same for a number, also 0. */
void form_put_integer(struct buf *b, const char *name, int64_t value);

/*
 * Appends the value of a field, the first with that name; '+' is a blank. False when there is no such
 * field, and when b has failed.
 */
bool form_find(struct buf *b, const char *form, size_t bytes, const char *name);

#endif
