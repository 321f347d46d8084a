/*
 * Connecting: options to a session, a session to a signed-in connection.
 *
 * Called with the connection's lock held, between dbc_enter() and dbc_leave(). Texts are UTF-8.
 * Never deferred (unixODBC would free our handles).
 */
#ifndef ATHENA_EXEC_CONNECT_H
#define ATHENA_EXEC_CONNECT_H

#include "base/buf.h"
#include "handle/dbc.h"

/*
 * SQLDriverConnect: reads the options out of string and the data source that it names, and
 * connects. Options that were ignored give records and SQL_SUCCESS_WITH_INFO. When it fails the
 * connection is as before.
 */
SQLRETURN connect_with_string(struct dbc *d, const char *string);

/* SQLConnect. user and password may be NULL: the data source's. */
SQLRETURN connect_with_dsn(struct dbc *d, const char *dsn, const char *user, const char *password);

/*
 * What both come to, with the options in d->options: acquires the engine, makes the session and,
 * unless ConnectionTest=0 or SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE is on, waits for GetWorkGroup to
 * prove the credentials (an AccessDenied answer proves the signature and is fine). Bounded by
 * SQL_ATTR_LOGIN_TIMEOUT (HYT00). SQL_ATTR_CONNECTION_TIMEOUT is put in force.
 */
SQLRETURN connect_open(struct dbc *d);

/* Makes records of what was ignored: SQL_SUCCESS_WITH_INFO when there was any. Clears w. */
SQLRETURN connect_report_warnings(struct dbc *d, struct option_warnings *w);

/*
 * SQLCancelHandle on a connection: a connect_* that waits in another thread ends with HY008. Takes
 * no lock of the handle; nothing happens when none waits.
 */
void connect_cancel(struct dbc *d);

/* The completed connection string of an open connection, secrets included, appended to out. */
void connect_write_string(struct dbc *d, struct buf *out);

/*
 * SQL_ATTR_RESET_CONNECTION, which a manager sets on an open connection that goes into its pool:
 * stops and closes every statement that is left, and takes all attributes of the connection back.
 */
SQLRETURN connect_reset(struct dbc *d);

/*
 * Ends the connection, or a browse that has not come to one: cancels what is pending, frees every
 * statement and every descriptor that is left, lets go of session and engine. Idempotent. Takes a
 * fifth of a second longer when it has ended a blocking call of another thread.
 */
void connect_close(struct dbc *d);

#endif
