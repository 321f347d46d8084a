/*
 * Search patterns of the catalog functions: % is any text, _ one character, \ takes the meaning
 * from what follows (SQL_SEARCH_PATTERN_ESCAPE). Letters of ASCII match in either case, as they do
 * in Athena's names. UTF-8; plain functions, any thread.
 */
#ifndef ATHENA_CATALOG_PATTERN_H
#define ATHENA_CATALOG_PATTERN_H

#include <stdbool.h>

#include "base/buf.h"

/* Whether the pattern means a whole name. */
bool pattern_matches(const char *pattern, const char *name);

/* Whether it has % or _ in force, so that more than one name may match. */
bool pattern_is_open(const char *pattern);

/* Whether it matches every name: "" and "%". NULL too. */
bool pattern_is_any(const char *pattern);

/* Appends the pattern without its escapes: the one name it means when it is not open. */
void pattern_plain(struct buf *b, const char *pattern);

/*
 * Appends a regular expression, in lower case, that matches at least the names that the pattern
 * means, for ListTableMetadata. Appends nothing when it would be no help. Never more than
 * PATTERN_EXPRESSION_CHARS.
 */
void pattern_expression(struct buf *b, const char *pattern);

enum { PATTERN_EXPRESSION_CHARS = 256 };

#endif
