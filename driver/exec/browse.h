/*
 * SQLBrowseConnect: connecting in steps, each of which names what is still missing.
 *
 * Between the steps d->options holds what has been answered and d->browse says BROWSE_ASKED. Like
 * all connecting it is never deferred (unixODBC would free our handles).
 */
#ifndef ATHENA_EXEC_BROWSE_H
#define ATHENA_EXEC_BROWSE_H

#include "base/buf.h"
#include "handle/dbc.h"

/*
 * One step, between dbc_enter() and dbc_leave(). string is the browse request connection string,
 * UTF-8; a later answer to the same question replaces the earlier one.
 *
 * SQL_NEED_DATA with the browse result connection string appended to out; also, with the record
 * that says why, after a keyword that does not exist (01S00), a value that makes no sense (HY024,
 * HYC00) and credentials that were refused (28000): the browse goes on. SQL_SUCCESS and
 * SQL_SUCCESS_WITH_INFO with the completed connection string when connected. SQL_ERROR ends the
 * browse, the connection is as before its first step.
 */
SQLRETURN browse_connect(struct dbc *d, const char *string, struct buf *out);

#endif
