/*
 * The attributes that say what kind of cursor a statement opens: rows of the table in
 * stmt_attribute.c with a meaning beyond their own value.
 *
 * There are two kinds: forward only, and static, which scrolls, over rows that nobody changes. ODBC
 * has four attributes for it, and setting one sets the others ("SQLSetStmtAttr", "Cursor Types and
 * attributes that depend on each other"); what there is not is replaced, with 01S02.
 *
 *     SQL_ATTR_CURSOR_TYPE         forward only, static; keyset driven and dynamic become static
 *     SQL_ATTR_CURSOR_SCROLLABLE   follows the type, and makes it
 *     SQL_ATTR_CURSOR_SENSITIVITY  insensitive makes the type static; sensitive changes nothing
 *     SQL_ATTR_CONCURRENCY         read only (in stmt_attribute.c)
 *
 * Setters push their diagnostics; the statement's lock is held.
 */
#ifndef ATHENA_HANDLE_CURSOR_ATTRIBUTE_H
#define ATHENA_HANDLE_CURSOR_ATTRIBUTE_H

#include "handle/stmt.h"

SQLRETURN cursor_set_type(struct stmt *s, SQLPOINTER value);
SQLRETURN cursor_set_scrollable(struct stmt *s, SQLPOINTER value);
SQLRETURN cursor_set_sensitivity(struct stmt *s, SQLPOINTER value);

/* SQL_ATTR_ROW_NUMBER: 0 when the cursor is on no row. */
SQLRETURN cursor_get_row_number(struct stmt *s, const struct text_room *out);

/* SQL_GET_BOOKMARK of ODBC 2: the current row's. 24000, HY092. */
SQLRETURN cursor_get_bookmark(struct stmt *s, const struct text_room *out);

#endif
