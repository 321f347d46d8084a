/* Results: what columns there are, where they go, and their rows. */
#include <stdint.h>
#include <string.h>

#include "convert/sqltype.h"
#include "exec/describe.h"
#include "exec/fetch.h"
#include "exec/scroll.h"
#include "exec/setpos.h"
#include "handle/dbc.h"
#include "handle/desc_field.h"
#include "handle/env.h"
#include "handle/stmt.h"
#include "handle/text.h"

static bool is_odbc2(const struct stmt *s)
{
    return s->dbc->env->odbc_version == SQL_OV_ODBC2;
}

SQLRETURN SQL_API SQLNumResultCols(SQLHSTMT hstmt, SQLSMALLINT *count)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLNUMRESULTCOLS, &s);

    if (!rc) rc = exec_describe(s);
    if (!rc && count) *count = s->ird->count;
    return stmt_leave(s, rc);
}

/* Where SQLDescribeCol's answer goes; each pointer may be NULL. */
struct description {
    SQLSMALLINT *type;
    SQLULEN *size;
    SQLSMALLINT *digits, *nullable;
};

/* "The statement did not return a result set. There were no columns to describe." */
static SQLRETURN need_columns(struct stmt *s)
{
    if (s->ird->count) return SQL_SUCCESS;
    return diag_push(&s->base.diag, SQLSTATE_07005, 0, "the statement has no result");
}

static SQLRETURN describe_column(struct stmt *s, SQLUSMALLINT column, const struct text_room *name,
                                 const struct description *out)
{
    const struct desc_record *r = NULL;

    if (column <= INT16_MAX && (column || s->attr.use_bookmarks != SQL_UB_OFF)) {
        r = desc_find_record(s->ird, (SQLSMALLINT)column); /* 0: the bookmark */
    }
    if (!r) {
        return diag_push(&s->base.diag, SQLSTATE_07009, 0, "no column %u; the result has %d",
                         column, s->ird->count);
    }
    if (out->type) *out->type = is_odbc2(s) ? sqltype_odbc2(r->concise_type) : r->concise_type;
    if (out->size) *out->size = r->column_size;
    if (out->digits) *out->digits = r->decimal_digits;
    if (out->nullable) *out->nullable = r->nullable;
    return text_give(&s->base.diag, name, r->name);
}

static SQLRETURN describe(SQLHSTMT hstmt, SQLUSMALLINT column, const struct text_room *name,
                          const struct description *out)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLDESCRIBECOL, &s);

    if (!rc) rc = exec_describe(s);
    if (!rc) rc = need_columns(s);
    if (!rc) rc = describe_column(s, column, name, out);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLDescribeCol(SQLHSTMT hstmt, SQLUSMALLINT column, SQLCHAR *name,
                                 SQLSMALLINT room_bytes, SQLSMALLINT *name_bytes, SQLSMALLINT *type,
                                 SQLULEN *size, SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    struct text_room room = text_room_ansi(name, room_bytes);

    room.small_length = name_bytes;
    return describe(hstmt, column, &room, &(struct description){type, size, digits, nullable});
}

SQLRETURN SQL_API SQLDescribeColW(SQLHSTMT hstmt, SQLUSMALLINT column, SQLWCHAR *name,
                                  SQLSMALLINT room_chars, SQLSMALLINT *name_chars,
                                  SQLSMALLINT *type, SQLULEN *size, SQLSMALLINT *digits,
                                  SQLSMALLINT *nullable)
{
    struct text_room room = text_room_chars(name, room_chars);

    room.small_length = name_chars;
    return describe(hstmt, column, &room, &(struct description){type, size, digits, nullable});
}

static SQLRETURN column_attribute(SQLHSTMT hstmt, SQLUSMALLINT column, SQLUSMALLINT field,
                                  const struct text_room *out, SQLLEN *number)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLCOLATTRIBUTE, &s);

    if (!rc) rc = exec_describe(s);
    if (!rc && field != SQL_DESC_COUNT && field != SQL_COLUMN_COUNT) rc = need_columns(s);
    if (!rc) {
        rc = desc_column_attribute(s->ird, &s->base.diag, column, field, is_odbc2(s), out, number);
    }
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLColAttribute(SQLHSTMT hstmt, SQLUSMALLINT column, SQLUSMALLINT field,
                                  SQLPOINTER text, SQLSMALLINT room_bytes, SQLSMALLINT *text_bytes,
                                  SQLLEN *number)
{
    struct text_room room = text_room_ansi(text, room_bytes);

    room.small_length = text_bytes;
    return column_attribute(hstmt, column, field, &room, number);
}

SQLRETURN SQL_API SQLColAttributeW(SQLHSTMT hstmt, SQLUSMALLINT column, SQLUSMALLINT field,
                                   SQLPOINTER text, SQLSMALLINT room_bytes, SQLSMALLINT *text_bytes,
                                   SQLLEN *number)
{
    struct text_room room = text_room_bytes(text, room_bytes);

    room.small_length = text_bytes;
    return column_attribute(hstmt, column, field, &room, number);
}

SQLRETURN SQL_API SQLBindCol(SQLHSTMT hstmt, SQLUSMALLINT column, SQLSMALLINT c_type,
                             SQLPOINTER data, SQLLEN buffer_bytes, SQLLEN *indicator)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLBINDCOL, &s);

    if (!rc && column == 0 && s->attr.use_bookmarks == SQL_UB_OFF) {
        rc = diag_push(&s->base.diag, SQLSTATE_07009, 0,
                       "column 0 is the bookmark, which needs SQL_ATTR_USE_BOOKMARKS");
    }
    if (!rc) {
        rc = desc_bind_column(s->ard, &s->base.diag, column, c_type, data, buffer_bytes, indicator);
    }
    return stmt_leave(s, rc);
}

static SQLRETURN fetch(SQLHSTMT hstmt, SQLUSMALLINT function, int orientation, SQLLEN offset)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, function, &s);

    if (!rc) {
        const struct scroll_ask ask = {.function = function,
                                       .orientation = orientation,
                                       .offset = offset,
                                       .rowset_size = s->ard->array_size,
                                       .rows_fetched = s->ird->rows_processed_ptr,
                                       .row_status = s->ird->array_status_ptr};

        rc = exec_fetch_scroll(s, &ask);
    }
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLFetch(SQLHSTMT hstmt)
{
    return fetch(hstmt, SQL_API_SQLFETCH, SQL_FETCH_NEXT, 0);
}

SQLRETURN SQL_API SQLFetchScroll(SQLHSTMT hstmt, SQLSMALLINT orientation, SQLLEN offset)
{
    return fetch(hstmt, SQL_API_SQLFETCHSCROLL, orientation, offset);
}

SQLRETURN SQL_API SQLExtendedFetch(SQLHSTMT hstmt, SQLUSMALLINT orientation, SQLLEN offset,
                                   SQLULEN *rows_fetched, SQLUSMALLINT *row_status)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLEXTENDEDFETCH, &s);

    if (!rc) {
        const struct scroll_ask ask = {.function = SQL_API_SQLEXTENDEDFETCH,
                                       .orientation = orientation,
                                       .offset = offset,
                                       .rowset_size = s->attr.rowset_size,
                                       .rows_fetched = rows_fetched,
                                       .row_status = row_status};

        rc = exec_fetch_scroll(s, &ask);
    }
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLGetData(SQLHSTMT hstmt, SQLUSMALLINT column, SQLSMALLINT c_type,
                             SQLPOINTER data, SQLLEN buffer_bytes, SQLLEN *indicator)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLGETDATA, &s);

    if (!rc) rc = exec_get_data(s, column, c_type, data, buffer_bytes, indicator);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLSetPos(SQLHSTMT hstmt, SQLSETPOSIROW row, SQLUSMALLINT operation,
                            SQLUSMALLINT lock)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLSETPOS, &s);

    if (!rc) rc = exec_set_pos(s, row, operation, lock);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLBulkOperations(SQLHSTMT hstmt, SQLSMALLINT operation)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLBULKOPERATIONS, &s);

    if (!rc) rc = exec_bulk_operations(s, operation);
    return stmt_leave(s, rc);
}
