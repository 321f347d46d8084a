/* The functions of functions.def. See function.h. */
#include "handle/function.h"

#define YES         true
#define NO          false
#define SQLSTATE_GO SQLSTATE_NONE

static const struct function functions[] = {
#define STATEMENT(id, name, offered, allocated, prepared, executed, cursor) \
    {id, \
     name, \
     offered, \
     {SQLSTATE_##allocated, SQLSTATE_##prepared, SQLSTATE_##executed, SQLSTATE_##cursor}, \
     FUNCTION_ANYTIME},
#define CONNECTION(id, name, when) {id, name, YES, {SQLSTATE_NONE}, FUNCTION_##when},
#include "handle/functions.def"
#undef STATEMENT
#undef CONNECTION
};

enum { FUNCTION_COUNT = sizeof functions / sizeof functions[0] };

/* Each call of the application asks for its function: the place in the table by id, from 1 on. */
enum place {
    PLACE_NONE,
#define STATEMENT(id, name, offered, allocated, prepared, executed, cursor) PLACE_##id,
#define CONNECTION(id, name, when)                                          PLACE_##id,
#include "handle/functions.def"
#undef STATEMENT
#undef CONNECTION
};

static const unsigned char places[] = {
#define STATEMENT(id, name, offered, allocated, prepared, executed, cursor) [id] = PLACE_##id,
#define CONNECTION(id, name, when)                                          [id] = PLACE_##id,
#include "handle/functions.def"
#undef STATEMENT
#undef CONNECTION
};

/* A bit for each state in which the function may be called. */
#define LEGAL(state, bit) ((SQLSTATE_##state == SQLSTATE_NONE) << (bit))

const unsigned char function_states[FUNCTION_IDS] = {
#define STATEMENT(id, name, offered, allocated, prepared, executed, cursor) \
    [id] = LEGAL(allocated, 0) | LEGAL(prepared, 1) | LEGAL(executed, 2) | LEGAL(cursor, 3),
#define CONNECTION(id, name, when) [id] = (1 << FUNCTION_STATES) - 1,
#include "handle/functions.def"
#undef STATEMENT
#undef CONNECTION
};

const struct function *function_find(SQLUSMALLINT id)
{
    if (id >= sizeof places || places[id] == PLACE_NONE) return NULL;
    return &functions[places[id] - 1];
}

const char *function_name(SQLUSMALLINT id)
{
    const struct function *f = function_find(id);

    return f ? f->name : "?";
}

const char *function_return_name(SQLRETURN rc)
{
    switch (rc) {
    case SQL_SUCCESS:
        return "SQL_SUCCESS";
    case SQL_SUCCESS_WITH_INFO:
        return "SQL_SUCCESS_WITH_INFO";
    case SQL_STILL_EXECUTING:
        return "SQL_STILL_EXECUTING";
    case SQL_NEED_DATA:
        return "SQL_NEED_DATA";
    case SQL_NO_DATA:
        return "SQL_NO_DATA";
    case SQL_ERROR:
        return "SQL_ERROR";
    case SQL_INVALID_HANDLE:
        return "SQL_INVALID_HANDLE";
    default:
        return "?";
    }
}

const struct function *function_table(size_t *count)
{
    *count = FUNCTION_COUNT;
    return functions;
}
