/* SQLConnect, SQLDriverConnect, SQLBrowseConnect, SQLDisconnect, SQLEndTran. */
#include <stdlib.h>
#include <string.h>

#include "exec/browse.h"
#include "exec/connect.h"
#include "handle/env.h"
#include "handle/text.h"

enum { CONNECTION_STRING_BYTES_MAX = 1 << 24 };

static void wipe(char *secret)
{
    if (secret) explicit_bzero(secret, strlen(secret));
    free(secret);
}

static SQLRETURN connect_dsn(SQLHDBC hdbc, struct text dsn, struct text user, struct text password)
{
    char *dsn_utf8 = NULL, *user_utf8 = NULL, *password_utf8 = NULL;
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLCONNECT, &d);

    if (!rc) rc = text_take(&d->base.diag, dsn, &dsn_utf8);
    if (!rc) rc = text_take(&d->base.diag, user, &user_utf8);
    if (!rc) rc = text_take(&d->base.diag, password, &password_utf8);
    if (!rc) rc = connect_with_dsn(d, dsn_utf8, user_utf8, password_utf8);
    free(dsn_utf8);
    free(user_utf8);
    wipe(password_utf8);
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLConnect(SQLHDBC hdbc, SQLCHAR *dsn, SQLSMALLINT dsn_bytes, SQLCHAR *user,
                             SQLSMALLINT user_bytes, SQLCHAR *password, SQLSMALLINT password_bytes)
{
    return connect_dsn(hdbc, text_ansi(dsn, dsn_bytes), text_ansi(user, user_bytes),
                       text_ansi(password, password_bytes));
}

SQLRETURN SQL_API SQLConnectW(SQLHDBC hdbc, SQLWCHAR *dsn, SQLSMALLINT dsn_chars, SQLWCHAR *user,
                              SQLSMALLINT user_chars, SQLWCHAR *password,
                              SQLSMALLINT password_chars)
{
    return connect_dsn(hdbc, text_wide(dsn, dsn_chars), text_wide(user, user_chars),
                       text_wide(password, password_chars));
}

/* There is no dialog: whatever is asked for, the connection string must say all that is needed. */
static SQLRETURN check_completion(struct dbc *d, SQLUSMALLINT completion)
{
    switch (completion) {
    case SQL_DRIVER_NOPROMPT:
    case SQL_DRIVER_COMPLETE:
    case SQL_DRIVER_COMPLETE_REQUIRED:
    case SQL_DRIVER_PROMPT:
        return SQL_SUCCESS;
    default:
        return diag_push(&d->base.diag, SQLSTATE_HY110, 0, "no driver completion %u", completion);
    }
}

static SQLRETURN check_room(struct dbc *d, const struct text_room *out)
{
    if (!out->buffer || out->room >= 0) return SQL_SUCCESS;
    return diag_push(&d->base.diag, SQLSTATE_HY090, 0, "the buffer's length is %ld",
                     (long)out->room);
}

/* The connection stands, so what does not fit is a warning. Wipes and frees the string. */
static SQLRETURN give_string(struct dbc *d, const struct text_room *out, struct buf *string)
{
    SQLRETURN rc;

    if (buf_ok(string)) {
        rc = text_give(&d->base.diag, out, string->bytes);
    } else {
        rc = diag_warn(&d->base.diag, SQLSTATE_01004, "no memory for the connection string");
    }
    buf_clear(string);
    return rc;
}

static SQLRETURN connect_string(SQLHDBC hdbc, struct text in, const struct text_room *out,
                                SQLUSMALLINT completion)
{
    char *string = NULL;
    struct buf completed;
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLDRIVERCONNECT, &d);

    if (!rc) rc = check_completion(d, completion);
    if (!rc) rc = check_room(d, out);
    if (!rc) rc = text_need(&d->base.diag, in, &string);
    if (!rc) rc = connect_with_string(d, string);
    if (SQL_SUCCEEDED(rc)) {
        buf_init_secret(&completed, CONNECTION_STRING_BYTES_MAX);
        connect_write_string(d, &completed);
        if (give_string(d, out, &completed)) rc = SQL_SUCCESS_WITH_INFO;
    }
    wipe(string);
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLDriverConnect(SQLHDBC hdbc, SQLHWND window, SQLCHAR *in, SQLSMALLINT in_bytes,
                                   SQLCHAR *out, SQLSMALLINT out_room_bytes, SQLSMALLINT *out_bytes,
                                   SQLUSMALLINT completion)
{
    struct text_room room = text_room_ansi(out, out_room_bytes);

    (void)window;
    room.small_length = out_bytes;
    return connect_string(hdbc, text_ansi(in, in_bytes), &room, completion);
}

SQLRETURN SQL_API SQLDriverConnectW(SQLHDBC hdbc, SQLHWND window, SQLWCHAR *in,
                                    SQLSMALLINT in_chars, SQLWCHAR *out, SQLSMALLINT out_room_chars,
                                    SQLSMALLINT *out_chars, SQLUSMALLINT completion)
{
    struct text_room room = text_room_chars(out, out_room_chars);

    (void)window;
    room.small_length = out_chars;
    return connect_string(hdbc, text_wide(in, in_chars), &room, completion);
}

/* 01004 beside SQL_NEED_DATA is in the diagnostics alone: the browse is not at its end. */
static SQLRETURN browse(SQLHDBC hdbc, struct text in, const struct text_room *out)
{
    char *string = NULL;
    struct buf answer;
    struct dbc *d;
    SQLRETURN given, rc = dbc_enter(hdbc, SQL_API_SQLBROWSECONNECT, &d);

    buf_init_secret(&answer, CONNECTION_STRING_BYTES_MAX);
    if (!rc) rc = check_room(d, out);
    if (!rc) rc = text_need(&d->base.diag, in, &string);
    if (!rc) {
        rc = browse_connect(d, string, &answer);
        given = rc == SQL_ERROR ? SQL_SUCCESS : give_string(d, out, &answer);
        if (given && rc == SQL_SUCCESS) rc = given;
    }
    buf_clear(&answer);
    wipe(string);
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLBrowseConnect(SQLHDBC hdbc, SQLCHAR *in, SQLSMALLINT in_bytes, SQLCHAR *out,
                                   SQLSMALLINT out_room_bytes, SQLSMALLINT *out_bytes)
{
    struct text_room room = text_room_ansi(out, out_room_bytes);

    room.small_length = out_bytes;
    return browse(hdbc, text_ansi(in, in_bytes), &room);
}

SQLRETURN SQL_API SQLBrowseConnectW(SQLHDBC hdbc, SQLWCHAR *in, SQLSMALLINT in_chars, SQLWCHAR *out,
                                    SQLSMALLINT out_room_chars, SQLSMALLINT *out_chars)
{
    struct text_room room = text_room_chars(out, out_room_chars);

    room.small_length = out_chars;
    return browse(hdbc, text_wide(in, in_chars), &room);
}

SQLRETURN SQL_API SQLDisconnect(SQLHDBC hdbc)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLDISCONNECT, &d);

    if (!rc) connect_close(d);
    return dbc_leave(d, rc);
}

/*
 * Every statement commits itself, so no transaction is ever active: "SQLEndTran with either
 * SQL_COMMIT or SQL_ROLLBACK when no transaction is active returns SQL_SUCCESS". A rollback says that
 * it takes nothing back, as a warning: pools and context managers roll back as a matter of course,
 * and an error there would hide the application's own.
 */
static SQLRETURN end_transaction(struct diag *diag, SQLSMALLINT completion)
{
    switch (completion) {
    case SQL_COMMIT:
        return SQL_SUCCESS;
    case SQL_ROLLBACK:
        return diag_warn(diag, SQLSTATE_01000,
                         "Athena has no transactions: what has been executed is not rolled back");
    default:
        return diag_push(diag, SQLSTATE_HY012, 0, "no completion type %d", completion);
    }
}

SQLRETURN SQL_API SQLEndTran(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT completion)
{
    struct env *e;
    struct dbc *d;
    SQLRETURN rc;

    if (type == SQL_HANDLE_ENV) {
        rc = env_enter(handle, SQL_API_SQLENDTRAN, &e);
        if (!rc) rc = end_transaction(&e->base.diag, completion);
        return env_leave(e, rc);
    }
    if (type != SQL_HANDLE_DBC) return SQL_INVALID_HANDLE;
    rc = dbc_enter(handle, SQL_API_SQLENDTRAN, &d);
    if (!rc) rc = end_transaction(&d->base.diag, completion);
    return dbc_leave(d, rc);
}
