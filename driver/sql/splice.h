/*
 * Literals in the place of parameter markers.
 *
 * Plain functions, any thread.
 */
#ifndef ATHENA_SQL_SPLICE_H
#define ATHENA_SQL_SPLICE_H

#include "base/buf.h"
#include "sql/scan.h"

/*
 * Appends text with literals[i] in the place of marker i; a NULL leaves the `?` there. Blanks part
 * a literal from what stands beside it, so that a-? does not become a--1, which is a comment.
 * literals has markers->count items. Memory: buf_ok().
 */
void splice_markers(struct buf *out, const char *text, size_t bytes,
                    const struct sql_markers *markers, const char *const *literals);

#endif
