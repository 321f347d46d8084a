/*
 * Bookmarks: column 0 of a result, for statements with SQL_ATTR_USE_BOOKMARKS.
 *
 * A bookmark is the number of its row in the result, from 1, in eight bytes: as SQL_C_BOOKMARK
 * (which is SQL_C_UBIGINT where a long has 64 bits) with SQL_UB_FIXED, as SQL_C_VARBOOKMARK, which
 * is the same bytes, with SQL_UB_VARIABLE. It means its row as long as the cursor is open.
 *
 * Plain functions, any thread.
 */
#ifndef ATHENA_EXEC_BOOKMARK_H
#define ATHENA_EXEC_BOOKMARK_H

#include "base/value.h"
#include "handle/stmt.h"

enum { BOOKMARK_TEXT_BYTES = 24 };

/* What a bookmark is converted from, like any column of whole numbers. */
extern const struct column bookmark_column;

/* The bookmark of a row (from 1); text is where the cell points to. */
struct cell bookmark_cell(uint64_t row, char text[BOOKMARK_TEXT_BYTES]);

/* The C type that is meant for column 0, SQL_C_DEFAULT resolved. */
SQLSMALLINT bookmark_c_type(const struct stmt *s, SQLSMALLINT c_type);

/* The row whose bookmark stands at a place, which has been filled as c_type. */
uint64_t bookmark_read(const void *place, SQLSMALLINT c_type);

#endif
