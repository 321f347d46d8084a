/*
 * Where a query ends, and whether a LIMIT can be put there.
 *
 * Plain functions over bytes, any thread.
 */
#ifndef ATHENA_SQL_LIMIT_H
#define ATHENA_SQL_LIMIT_H

#include <stdbool.h>
#include <stddef.h>

/* The offset behind a query's last word: semicolons, blanks and comments come after it. */
size_t limit_query_end(const char *text, size_t bytes);

/*
 * Whether "LIMIT n" at limit_query_end() gives the query's first n rows: it is a query and has no
 * LIMIT or FETCH FIRST of its own. When in doubt (a column called limit, a query in parentheses, whose
 * order might be lost), not.
 */
bool limit_is_possible(const char *text, size_t bytes);

#endif
