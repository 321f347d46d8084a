/* SQLGetInfo, SQLGetFunctions. Texts of SQLGetInfoW are counted in bytes. */
#include "info/info.h"

#include "handle/dbc.h"
#include "handle/text.h"
#include "info/functions.h"

static SQLRETURN get_info(SQLHDBC hdbc, SQLUSMALLINT type, struct text_room room,
                          SQLSMALLINT *value_bytes)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLGETINFO, &d);

    room.small_length = value_bytes;
    if (!rc) rc = info_get(d, type, &room);
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLGetInfo(SQLHDBC hdbc, SQLUSMALLINT type, SQLPOINTER value,
                             SQLSMALLINT room_bytes, SQLSMALLINT *value_bytes)
{
    return get_info(hdbc, type, text_room_ansi(value, room_bytes), value_bytes);
}

SQLRETURN SQL_API SQLGetInfoW(SQLHDBC hdbc, SQLUSMALLINT type, SQLPOINTER value,
                              SQLSMALLINT room_bytes, SQLSMALLINT *value_bytes)
{
    return get_info(hdbc, type, text_room_bytes(value, room_bytes), value_bytes);
}

SQLRETURN SQL_API SQLGetFunctions(SQLHDBC hdbc, SQLUSMALLINT function, SQLUSMALLINT *supported)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLGETFUNCTIONS, &d);

    if (!rc && !supported) {
        rc = diag_push(&d->base.diag, SQLSTATE_HY009, 0, "no place for the answer");
    }
    if (!rc && !functions_get(function, supported)) {
        rc = diag_push(&d->base.diag, SQLSTATE_HY095, 0, "no function %u", function);
    }
    return dbc_leave(d, rc);
}
