/*
 * The connection handle.
 *
 * Athena has no sessions: a connection is its options, a place to sign in (ops/session.h) and the
 * statements made on it.
 *
 * Locks: the handle's lock is held by every function on the connection. What statements of other
 * threads look at too (the lists, catalog and schema) is under `shared`, a leaf: it is held for
 * moments, and nothing is locked under it. The order is env, dbc, stmt, explicit_descs, shared.
 *
 * explicit_descs is for the descriptors that the application has allocated and that statements of
 * several threads may share: functions on these hold it, and functions on statements that use one
 * (stmt_take_descs()), but for the time they wait for the network.
 */
#ifndef ATHENA_HANDLE_DBC_H
#define ATHENA_HANDLE_DBC_H

#include <sql.h>
#include <sqlext.h>

#include "athena_odbc.h"
#include "base/list.h"
#include "config/options.h"
#include "convert/sqltype.h"
#include "handle/handle.h"
#include "handle/text.h"

struct description_cache;
struct env;
struct engine;
struct session;
struct op;
struct event;

/* How far SQLBrowseConnect has come. */
enum dbc_browse {
    BROWSE_NONE,
    BROWSE_ASKED, /* state C3: options holds what has been answered */
    /* ended by an error: unbrowsed to ODBC, but unixODBC still asks for an SQLDisconnect */
    BROWSE_FAILED
};

struct dbc {
    struct handle base;
    struct env *env;
    struct log_subject log;      /* file and level: while connecting, and from then on */
    struct list link;            /* in env->dbcs, under the environment's lock */
    struct mutex shared;         /* see above */
    struct mutex explicit_descs; /* see above */
    struct list stmts UNDER(shared), descs UNDER(shared);
    struct list buried UNDER(shared); /* statements ended by SQLDisconnect; see stmt_bury() */
    bool is_connected;
    enum dbc_browse browse;
    struct options options;
    struct engine *engine;   /* held while connected */
    struct session *session; /* held while connected */
    struct op *running
        UNDER(shared); /* of SQLDriverConnect, for SQLCancelHandle; borrowed; or NULL */
    struct sqltype_settings types;
    char *catalog UNDER(shared); /* SQL_ATTR_CURRENT_CATALOG; NULL: the option's */
    char *schema UNDER(shared);  /* NULL: the option's */
    struct description_cache *descriptions UNDER(shared); /* exec/description_cache.h; or NULL */

    SQLULEN async_enable, metadata_id; /* defaults of new statements */
    SQLULEN async_dbc_enable;          /* SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE as set */
    SQLUINTEGER access_mode, autocommit, login_timeout_s, connection_timeout_s, packet_size;
    SQLUINTEGER txn_isolation;
    SQLPOINTER quiet_window;
    struct stmt_defaults { /* statement attributes set on the connection */
        SQLULEN max_rows, max_length, query_timeout_s, noscan;
        SQLULEN cursor_type, concurrency, keyset_size, simulate_cursor, use_bookmarks;
        SQLULEN retrieve_data, rowset_size, bind_type;
        struct event *event; /* one reference; NULL: none */
        SQLRETURN(SQL_API *callback)(SQLPOINTER context, BOOL is_last);
        SQLPOINTER callback_context;
        SQL_ATHENA_PROGRESS_CALLBACK progress_callback; /* athena_odbc.h */
        SQLPOINTER progress_context;
    } defaults;
    unsigned cursors_named; /* how many cursor names the driver has made up; under shared */
    unsigned statements_made UNDER(shared); /* their numbers in the log */
};

/* A connection of e, in e's list; the caller holds e's lock. NULL: no memory. */
struct dbc *dbc_new(struct env *e);

/*
 * Frees a connection that is closed, without statements; descriptors that are left are freed with
 * it. Takes the environment's lock; the caller holds none.
 */
void dbc_free(struct dbc *d);

/*
 * SQL_ATTR_CONNECTION_TIMEOUT, where it is set, in place of the option RequestTimeout, for requests
 * that begin from now on. Under the connection's lock; nothing happens before connecting.
 */
void dbc_apply_network_timeout(struct dbc *d);

/* The bracket of an entry point (handle.h), the state table included. */
SQLRETURN dbc_enter(SQLHDBC hdbc, SQLUSMALLINT function, struct dbc **d);
SQLRETURN dbc_leave(struct dbc *d, SQLRETURN rc);

/*
 * The catalog (database) that unqualified names mean now: a copy, the caller's to free(). NULL
 * when memory has run out. Any thread.
 */
char *dbc_catalog(struct dbc *d);
char *dbc_schema(struct dbc *d);

/* All attributes as they were before the application has set any. Under the connection's lock. */
void dbc_reset_attributes(struct dbc *d);

/*
 * SQLSetConnectAttr and SQLGetConnectAttr, between enter and leave; they push their diagnostics.
 * value.units is the attribute's value itself where that is no text.
 */
SQLRETURN dbc_set_attribute(struct dbc *d, SQLINTEGER attribute, struct text value);
SQLRETURN dbc_get_attribute(struct dbc *d, SQLINTEGER attribute, const struct text_room *out);

#endif
