/*
 * Base64, its standard alphabet and the one for URLs (RFC 4648). Coding is libcrypto's.
 *
 * Pure. Any thread.
 */
#ifndef ATHENA_AWS_BASE64_H
#define ATHENA_AWS_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Appends, with padding. A buffer that becomes too full fails. */
void base64_put(struct buf *out, const void *bytes, size_t count);

/* Appends in the alphabet for URLs, without padding. */
void base64_put_url(struct buf *out, const void *bytes, size_t count);

/*
 * Appends what a text of either alphabet stands for, padded or not; blanks and line ends in it are
 * skipped. False when it is none, or the buffer has failed.
 */
bool base64_read(struct buf *out, const char *text, size_t count);

#endif
