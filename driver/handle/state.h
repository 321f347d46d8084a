/*
 * Whether a function is legal now: the state tables of ODBC (appendix B), kept in functions.def.
 *
 * A driver manager refuses most sequence errors itself; the driver asks again, because not every
 * application has one in between and none knows all that the driver knows.
 *
 * Thread: under the handle's lock.
 */
#ifndef ATHENA_HANDLE_STATE_H
#define ATHENA_HANDLE_STATE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "handle/dbc.h"
#include "handle/function.h"
#include "handle/stmt.h"

/*
 * SQL_SUCCESS, or SQL_ERROR with the record: 24000, 07005, HY010. While a function is pending
 * (s->pending) only that function may be called: HY010 for any other. SQLCancel and the diagnostic
 * functions do not ask.
 */
SQLRETURN state_check(struct stmt *s, SQLUSMALLINT function);

/* Nearly always: nothing is pending and the function legal. Otherwise state_check() has the answer. */
static inline bool state_is_plain(const struct stmt *s, SQLUSMALLINT function)
{
    return !s->pending && !atomic_load(&s->needs_data) &&
           function_is_legal(function, (int)s->state);
}

/* The same for a connection: 08003 when it must be open, 08002 when it must not. */
SQLRETURN state_check_dbc(struct dbc *d, SQLUSMALLINT function);

#endif
