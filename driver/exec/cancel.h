/*
 * SQLCancel: from any thread, without the statement's lock.
 *
 * It sets a flag on the operation that the statement runs (s->running) and wakes the engine; the
 * pending or blocked function then ends with HY008 (a fetch: see exec/fetch.h). It frees nothing.
 * With nothing running, SQLCancel closes nothing (ODBC 3.x) and succeeds; see stmt_has_cursor().
 */
#ifndef ATHENA_EXEC_CANCEL_H
#define ATHENA_EXEC_CANCEL_H

#include "handle/stmt.h"

/* Any thread, no lock held. */
SQLRETURN exec_cancel(struct stmt *s);

#endif
