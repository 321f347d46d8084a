/* Attributes of environments, connections and statements. Texts are counted in bytes, W too. */
#include <stdint.h>

#include "exec/connect.h"
#include "exec/info.h"
#include "handle/dbc.h"
#include "handle/env.h"
#include "handle/stmt.h"
#include "handle/text.h"

SQLRETURN SQL_API SQLSetEnvAttr(SQLHENV henv, SQLINTEGER attribute, SQLPOINTER value,
                                SQLINTEGER value_bytes)
{
    struct env *e;
    SQLRETURN rc = env_enter(henv, SQL_API_SQLSETENVATTR, &e);

    (void)value_bytes;
    if (!rc) rc = env_set_attribute(e, attribute, value);
    return env_leave(e, rc);
}

SQLRETURN SQL_API SQLGetEnvAttr(SQLHENV henv, SQLINTEGER attribute, SQLPOINTER value,
                                SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    struct text_room room = text_room_ansi(value, room_bytes);
    struct env *e;
    SQLRETURN rc = env_enter(henv, SQL_API_SQLGETENVATTR, &e);

    room.long_length = value_bytes;
    if (!rc) rc = env_get_attribute(e, attribute, &room);
    return env_leave(e, rc);
}

/* Not in the connection's table: it is about statements too. */
static SQLRETURN reset_connection(struct dbc *d, struct text value)
{
    if (!d->is_connected) return diag_push(&d->base.diag, SQLSTATE_08003, 0, "not connected");
    if ((SQLUINTEGER)(uintptr_t)value.units == SQL_RESET_CONNECTION_YES) return connect_reset(d);
    return diag_push(&d->base.diag, SQLSTATE_HY024, 0,
                     "SQL_ATTR_RESET_CONNECTION can be SQL_RESET_CONNECTION_YES alone");
}

static SQLRETURN set_connect_attribute(SQLHDBC hdbc, SQLINTEGER attribute, struct text value)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLSETCONNECTATTR, &d);

    if (!rc && attribute == SQL_ATTR_RESET_CONNECTION) {
        rc = reset_connection(d, value);
    } else if (!rc) {
        rc = dbc_set_attribute(d, attribute, value);
    }
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLSetConnectAttr(SQLHDBC hdbc, SQLINTEGER attribute, SQLPOINTER value,
                                    SQLINTEGER value_bytes)
{
    return set_connect_attribute(hdbc, attribute, text_ansi(value, value_bytes));
}

SQLRETURN SQL_API SQLSetConnectAttrW(SQLHDBC hdbc, SQLINTEGER attribute, SQLPOINTER value,
                                     SQLINTEGER value_bytes)
{
    return set_connect_attribute(hdbc, attribute, text_wide_bytes(value, value_bytes));
}

static SQLRETURN get_connect_attribute(SQLHDBC hdbc, SQLINTEGER attribute, struct text_room room,
                                       SQLINTEGER *value_bytes)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLGETCONNECTATTR, &d);

    room.long_length = value_bytes;
    if (!rc) rc = dbc_get_attribute(d, attribute, &room);
    return dbc_leave(d, rc);
}

SQLRETURN SQL_API SQLGetConnectAttr(SQLHDBC hdbc, SQLINTEGER attribute, SQLPOINTER value,
                                    SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    return get_connect_attribute(hdbc, attribute, text_room_ansi(value, room_bytes), value_bytes);
}

SQLRETURN SQL_API SQLGetConnectAttrW(SQLHDBC hdbc, SQLINTEGER attribute, SQLPOINTER value,
                                     SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    return get_connect_attribute(hdbc, attribute, text_room_bytes(value, room_bytes), value_bytes);
}

static SQLRETURN set_statement_attribute(SQLHSTMT hstmt, SQLINTEGER attribute, SQLPOINTER value)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLSETSTMTATTR, &s);

    if (!rc) rc = stmt_set_attribute(s, attribute, value);
    return stmt_leave(s, rc);
}

/* No statement attribute that can be set is a text, so both forms are the same. */
SQLRETURN SQL_API SQLSetStmtAttr(SQLHSTMT hstmt, SQLINTEGER attribute, SQLPOINTER value,
                                 SQLINTEGER value_bytes)
{
    (void)value_bytes;
    return set_statement_attribute(hstmt, attribute, value);
}

SQLRETURN SQL_API SQLSetStmtAttrW(SQLHSTMT hstmt, SQLINTEGER attribute, SQLPOINTER value,
                                  SQLINTEGER value_bytes)
{
    (void)value_bytes;
    return set_statement_attribute(hstmt, attribute, value);
}

static SQLRETURN get_statement_attribute(SQLHSTMT hstmt, SQLINTEGER attribute,
                                         struct text_room room, SQLINTEGER *value_bytes)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLGETSTMTATTR, &s);

    room.long_length = value_bytes;
    if (!rc && exec_info_is(attribute)) {
        rc = exec_info_give(s, &s->base.diag, attribute, &room);
    } else if (!rc) {
        rc = stmt_get_attribute(s, attribute, &room);
    }
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLGetStmtAttr(SQLHSTMT hstmt, SQLINTEGER attribute, SQLPOINTER value,
                                 SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    return get_statement_attribute(hstmt, attribute, text_room_ansi(value, room_bytes),
                                   value_bytes);
}

SQLRETURN SQL_API SQLGetStmtAttrW(SQLHSTMT hstmt, SQLINTEGER attribute, SQLPOINTER value,
                                  SQLINTEGER room_bytes, SQLINTEGER *value_bytes)
{
    return get_statement_attribute(hstmt, attribute, text_room_bytes(value, room_bytes),
                                   value_bytes);
}
