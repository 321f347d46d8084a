/*
 * Connecting: options to a session, a session to a signed-in connection.
 *
 * Called with the connection's lock held; d->options holds what connection string and data source
 * said. Never deferred (unixODBC would free our handles).
 */
#ifndef ATHENA_EXEC_CONNECT_H
#define ATHENA_EXEC_CONNECT_H

#include "handle/dbc.h"

/*
 * Acquires the engine, makes the session and, unless ConnectionTest=0 or
 * SQL_ATTR_ASYNC_DBC_FUNCTIONS_ENABLE is on, waits for GetWorkGroup to prove the credentials (an
 * AccessDenied answer proves the signature and is fine). Bounded by SQL_ATTR_LOGIN_TIMEOUT (HYT00).
 */
SQLRETURN connect_open(struct dbc *d);

/* Stops and frees every statement that is left, lets go of session and engine. */
void connect_close(struct dbc *d);

#endif
