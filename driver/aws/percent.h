/*
 * Percent-encoding (RFC 3986): in paths, queries and forms, in what is sent as in what is signed.
 *
 * Pure. Any thread.
 */
#ifndef ATHENA_AWS_PERCENT_H
#define ATHENA_AWS_PERCENT_H

#include <stddef.h>

#include "base/buf.h"

/* Appends text with all but A-Za-z0-9-_.~ and also_safe encoded; also_safe '\0': none. */
void percent_put(struct buf *b, const char *text, size_t bytes, char also_safe);

/* Appends what text stands for; a '%' without two digits stands for itself. */
void percent_read(struct buf *b, const char *text, size_t bytes);

#endif
