/*
 * The connection handle.
 *
 * Athena has no sessions: a connection is its options, a place to sign in (ops/session.h) and the
 * statements made on it.
 */
#ifndef ATHENA_HANDLE_DBC_H
#define ATHENA_HANDLE_DBC_H

#include <sql.h>
#include <sqlext.h>

#include "base/list.h"
#include "config/options.h"
#include "convert/sqltype.h"
#include "handle/handle.h"

struct env;
struct engine;
struct session;
struct hello;

struct dbc {
    struct handle base;
    struct env *env;
    struct list link; /* in env->dbcs */
    struct list stmts, descs;
    bool is_connected;
    struct options options;
    struct engine *engine;   /* held while connected */
    struct session *session; /* held while connected */
    struct sqltype_settings types;
    char *catalog; /* SQL_ATTR_CURRENT_CATALOG */
    char *schema;

    SQLULEN async_enable, metadata_id; /* defaults of new statements */
    SQLULEN async_dbc_enable;          /* SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE as set */
    SQLUINTEGER access_mode, autocommit, login_timeout_s, connection_timeout_s, packet_size;
    SQLUINTEGER txn_isolation;
    SQLPOINTER quiet_window;
    struct stmt_defaults { /* statement attributes set on the connection (ODBC 2) */
        SQLULEN max_rows, max_length, query_timeout_s, noscan;
    } defaults;
};

#endif
