/*
 * SQLGetDiagRec, SQLGetDiagField. They leave the diagnostics as they are and ask no state table:
 * they may be called while another function is pending. Messages are counted in characters, fields
 * in bytes.
 */
#include "exec/info.h"
#include "handle/diag_field.h"

static SQLRETURN get_record(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                            const struct text_room *state, SQLINTEGER *native,
                            const struct text_room *text)
{
    struct handle *h = diag_lock(type, handle);
    SQLRETURN rc;

    if (!h) return SQL_INVALID_HANDLE;
    rc = diag_get_record(h, number, state, native, text);
    diag_unlock(h);
    return rc;
}

SQLRETURN SQL_API SQLGetDiagRec(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                SQLCHAR *state, SQLINTEGER *native, SQLCHAR *text,
                                SQLSMALLINT room_bytes, SQLSMALLINT *text_bytes)
{
    struct text_room state_room = text_room_ansi(state, SQL_SQLSTATE_SIZE + 1);
    struct text_room room = text_room_ansi(text, room_bytes);

    room.small_length = text_bytes;
    return get_record(type, handle, number, &state_room, native, &room);
}

SQLRETURN SQL_API SQLGetDiagRecW(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                 SQLWCHAR *state, SQLINTEGER *native, SQLWCHAR *text,
                                 SQLSMALLINT room_chars, SQLSMALLINT *text_chars)
{
    struct text_room state_room = text_room_chars(state, SQL_SQLSTATE_SIZE + 1);
    struct text_room room = text_room_chars(text, room_chars);

    room.small_length = text_chars;
    return get_record(type, handle, number, &state_room, native, &room);
}

/* In ODBC's terms they are fields of a record; here any number from 1 gives the same. */
static SQLRETURN get_execution_field(struct handle *h, SQLSMALLINT number, SQLSMALLINT field,
                                     const struct text_room *out)
{
    if (h->kind != HANDLE_STMT || number < 1) return SQL_ERROR;
    return exec_info_give((struct stmt *)(void *)h, NULL, field, out);
}

static SQLRETURN get_field(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                           SQLSMALLINT field, const struct text_room *out)
{
    struct handle *h = diag_lock(type, handle);
    SQLRETURN rc;

    if (!h) return SQL_INVALID_HANDLE;
    rc = exec_info_is(field) ? get_execution_field(h, number, field, out)
                             : diag_get_field(h, number, field, out);
    diag_unlock(h);
    return rc;
}

SQLRETURN SQL_API SQLGetDiagField(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                  SQLSMALLINT field, SQLPOINTER value, SQLSMALLINT room_bytes,
                                  SQLSMALLINT *value_bytes)
{
    struct text_room room = text_room_ansi(value, room_bytes);

    room.small_length = value_bytes;
    return get_field(type, handle, number, field, &room);
}

SQLRETURN SQL_API SQLGetDiagFieldW(SQLSMALLINT type, SQLHANDLE handle, SQLSMALLINT number,
                                   SQLSMALLINT field, SQLPOINTER value, SQLSMALLINT room_bytes,
                                   SQLSMALLINT *value_bytes)
{
    struct text_room room = text_room_bytes(value, room_bytes);

    room.small_length = value_bytes;
    return get_field(type, handle, number, field, &room);
}
