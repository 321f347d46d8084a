/*
 * The functions of functions.def, by their SQL_API_ number. Plain functions; any thread.
 */
#ifndef ATHENA_HANDLE_FUNCTION_H
#define ATHENA_HANDLE_FUNCTION_H

#include <stdbool.h>
#include <stddef.h>
#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"

enum { FUNCTION_STATES = 4 }; /* as many as enum stmt_state has */
enum { FUNCTION_IDS = 2048 }; /* SQL_API_... numbers are lower, with room for ODBC's next ones */

enum function_when {
    FUNCTION_ANYTIME,
    FUNCTION_OPEN,
    FUNCTION_CLOSED,
    FUNCTION_BROWSABLE,
    FUNCTION_ENDABLE
};

struct function {
    SQLUSMALLINT id;
    const char *name;
    bool is_offered;                        /* SQLGetFunctions says SQL_TRUE */
    enum sqlstate refusal[FUNCTION_STATES]; /* by enum stmt_state; SQLSTATE_NONE: legal */
    enum function_when when;
};

/* The row of a function; NULL when the driver has none of that number. Static storage. */
const struct function *function_find(SQLUSMALLINT id);

/* Whether it may be called in a state (enum stmt_state), by itself. Asked for every call. */
extern const unsigned char function_states[FUNCTION_IDS];

static inline bool function_is_legal(SQLUSMALLINT id, int state)
{
    return id < FUNCTION_IDS && (function_states[id] >> state & 1);
}

/* "SQLExecDirect"; "?" for an unknown number. */
const char *function_name(SQLUSMALLINT id);

/* "SQL_STILL_EXECUTING". */
const char *function_return_name(SQLRETURN rc);

/* All rows, for SQLGetFunctions. */
const struct function *function_table(size_t *count);

#endif
