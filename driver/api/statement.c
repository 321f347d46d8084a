/* Preparing, executing, cancelling; what a statement knows besides its result. */
#include <stdlib.h>
#include <string.h>

#include "exec/cancel.h"
#include "exec/connect.h"
#include "exec/execute.h"
#include "handle/dbc.h"
#include "handle/stmt.h"
#include "handle/text.h"
#include "sql/escape.h"

/* The call that goes on with a pending function ignores its text, which may be gone by now. */
static SQLRETURN take_sql(struct stmt *s, struct text in, char **sql)
{
    *sql = NULL;
    if (s->pending) return SQL_SUCCESS;
    if (in.units && in.length == 0) {
        return diag_push(&s->base.diag, SQLSTATE_HY090, 0, "the statement's length is 0");
    }
    return text_need(&s->base.diag, in, sql);
}

static SQLRETURN run(SQLHSTMT hstmt, SQLUSMALLINT function, struct text in,
                     SQLRETURN (*execute)(struct stmt *s, const char *sql))
{
    char *sql = NULL;
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, function, &s);

    if (!rc) rc = take_sql(s, in, &sql);
    if (!rc) rc = execute(s, sql);
    free(sql);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLExecDirect(SQLHSTMT hstmt, SQLCHAR *sql, SQLINTEGER sql_bytes)
{
    return run(hstmt, SQL_API_SQLEXECDIRECT, text_ansi(sql, sql_bytes), exec_direct);
}

SQLRETURN SQL_API SQLExecDirectW(SQLHSTMT hstmt, SQLWCHAR *sql, SQLINTEGER sql_chars)
{
    return run(hstmt, SQL_API_SQLEXECDIRECT, text_wide(sql, sql_chars), exec_direct);
}

SQLRETURN SQL_API SQLPrepare(SQLHSTMT hstmt, SQLCHAR *sql, SQLINTEGER sql_bytes)
{
    return run(hstmt, SQL_API_SQLPREPARE, text_ansi(sql, sql_bytes), exec_prepare);
}

SQLRETURN SQL_API SQLPrepareW(SQLHSTMT hstmt, SQLWCHAR *sql, SQLINTEGER sql_chars)
{
    return run(hstmt, SQL_API_SQLPREPARE, text_wide(sql, sql_chars), exec_prepare);
}

SQLRETURN SQL_API SQLExecute(SQLHSTMT hstmt)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLEXECUTE, &s);

    if (!rc) rc = exec_execute(s);
    return stmt_leave(s, rc);
}

/* No lock: another thread may be inside the function that is to be cancelled. */
SQLRETURN SQL_API SQLCancel(SQLHSTMT hstmt)
{
    return handle_is(hstmt, HANDLE_STMT) ? exec_cancel(hstmt) : SQL_INVALID_HANDLE;
}

SQLRETURN SQL_API SQLCancelHandle(SQLSMALLINT type, SQLHANDLE handle)
{
    if (type == SQL_HANDLE_STMT) return SQLCancel(handle);
    if (type != SQL_HANDLE_DBC || !handle_is(handle, HANDLE_DBC)) return SQL_INVALID_HANDLE;
    connect_cancel(handle);
    return SQL_SUCCESS;
}

SQLRETURN SQL_API SQLRowCount(SQLHSTMT hstmt, SQLLEN *count)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLROWCOUNT, &s);

    if (!rc && count) *count = s->row_count;
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLMoreResults(SQLHSTMT hstmt)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLMORERESULTS, &s);

    if (!rc) rc = exec_more_results(s);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLCloseCursor(SQLHSTMT hstmt)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLCLOSECURSOR, &s);

    if (!rc) exec_close(s);
    return stmt_leave(s, rc);
}

static SQLRETURN set_cursor_name(SQLHSTMT hstmt, struct text in)
{
    char *name = NULL;
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLSETCURSORNAME, &s);

    if (!rc) rc = text_need(&s->base.diag, in, &name);
    if (!rc) rc = stmt_set_cursor_name(s, name);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLSetCursorName(SQLHSTMT hstmt, SQLCHAR *name, SQLSMALLINT name_bytes)
{
    return set_cursor_name(hstmt, text_ansi(name, name_bytes));
}

SQLRETURN SQL_API SQLSetCursorNameW(SQLHSTMT hstmt, SQLWCHAR *name, SQLSMALLINT name_chars)
{
    return set_cursor_name(hstmt, text_wide(name, name_chars));
}

static SQLRETURN get_cursor_name(SQLHSTMT hstmt, const struct text_room *out)
{
    const char *name = NULL;
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLGETCURSORNAME, &s);

    if (!rc) {
        name = stmt_cursor_name(s);
        rc = name ? text_give(&s->base.diag, out, name)
                  : diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for a cursor name");
    }
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLGetCursorName(SQLHSTMT hstmt, SQLCHAR *name, SQLSMALLINT room_bytes,
                                   SQLSMALLINT *name_bytes)
{
    struct text_room room = text_room_ansi(name, room_bytes);

    room.small_length = name_bytes;
    return get_cursor_name(hstmt, &room);
}

SQLRETURN SQL_API SQLGetCursorNameW(SQLHSTMT hstmt, SQLWCHAR *name, SQLSMALLINT room_chars,
                                    SQLSMALLINT *name_chars)
{
    struct text_room room = text_room_chars(name, room_chars);

    room.small_length = name_chars;
    return get_cursor_name(hstmt, &room);
}

/* The text as Athena would get it; one without escape clauses comes back as it is. */
static SQLRETURN give_native(struct dbc *d, const char *sql, const struct text_room *out)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct sql_native native;
    SQLRETURN rc;

    if (escape_translate(sql, strlen(sql), true, &native, &f)) return diag_fault(&d->base.diag, &f);
    rc = text_give(&d->base.diag, out, native.text ? native.text : sql);
    sql_native_clear(&native);
    return rc;
}

static SQLRETURN native_sql(SQLHDBC hdbc, struct text in, const struct text_room *out)
{
    char *sql = NULL;
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLNATIVESQL, &d);

    if (!rc) rc = text_need(&d->base.diag, in, &sql);
    if (!rc) rc = give_native(d, sql, out);
    free(sql);
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLNativeSql(SQLHDBC hdbc, SQLCHAR *in, SQLINTEGER in_bytes, SQLCHAR *out,
                               SQLINTEGER room_bytes, SQLINTEGER *out_bytes)
{
    struct text_room room = text_room_ansi(out, room_bytes);

    room.long_length = out_bytes;
    return native_sql(hdbc, text_ansi(in, in_bytes), &room);
}

SQLRETURN SQL_API SQLNativeSqlW(SQLHDBC hdbc, SQLWCHAR *in, SQLINTEGER in_chars, SQLWCHAR *out,
                                SQLINTEGER room_chars, SQLINTEGER *out_chars)
{
    struct text_room room = text_room_chars(out, room_chars);

    room.long_length = out_chars;
    return native_sql(hdbc, text_wide(in, in_chars), &room);
}
