/*
 * The queries that an array of parameters asks for, made and not yet submitted: one for each set, or
 * INSERTs with the rows of many (exec/param_sets.h says when). What is made is kept with the
 * statement until its results have been read.
 *
 * Called between stmt_enter() and stmt_leave(); diagnostics are the statement's.
 */
#ifndef ATHENA_EXEC_PARAM_QUERIES_H
#define ATHENA_EXEC_PARAM_QUERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "handle/diag.h"
#include "handle/stmt.h"
#include "ops/batch.h"
#include "ops/query.h"

struct execution {
    struct query *query;       /* one reference; NULL: shown and gone */
    size_t first_set, end_set; /* sets in between that have failed or are ignored are not its */
    bool has_result;           /* it was executed, and did not fail */
    bool is_repetition;        /* it collided with another, and was executed once more */
};

struct param_sets {
    struct batch *batch; /* one reference; NULL: nothing to run */
    struct execution *executions;
    size_t count, room;
    SQLUSMALLINT *status; /* of each set, before its execution: SUCCESS, ERROR or UNUSED */
    size_t set_count;
    size_t shown;     /* the execution whose result is the statement's, from 1; 0: none yet */
    SQLLEN written;   /* rows, by all executions together */
    bool is_combined; /* INSERT ... VALUES with the rows of many sets: one result */
    struct diag diag; /* records of sets that cannot be executed, until the others have been */
};

/*
 * Fills s->sets (its status of set_count sets is there) with the executions of text, and marks the
 * sets that are ignored or have values that cannot be converted. SQL_ERROR: no memory.
 */
SQLRETURN param_queries_make(struct stmt *s, const char *text);

#endif
