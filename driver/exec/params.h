/*
 * The parameters of an execution: from bindings and data at execution to literals, and to the text
 * and the ExecutionParameters that Athena gets.
 *
 *     params_begin()   are all bound, is data to come?     SQL_NEED_DATA: s->params holds it
 *       params_next(), params_put()                        SQLParamData, SQLPutData
 *     params_make()    literals, in their places
 *
 * Athena takes a literal of at most 1024 bytes as a parameter of a SELECT, INSERT, CREATE TABLE AS
 * or UNLOAD. Every other one is put into the text at its marker, escaped for the dialect that the
 * statement is of (sql/scan.h), which for queries and all that changes rows is Trino's.
 *
 * Called between stmt_enter() and stmt_leave(); diagnostics are the statement's.
 */
#ifndef ATHENA_EXEC_PARAMS_H
#define ATHENA_EXEC_PARAMS_H

#include "base/arena.h"
#include "handle/stmt.h"

/* What Athena is to run. */
struct arguments {
    struct arena arena;          /* holds what follows */
    const char *sql;             /* may be the text that params_make() was given */
    const char *const *literals; /* NULL-terminated; NULL: there are none */
};

/* Parameters that the text prepared or executed last wants: SQLNumParams. */
unsigned params_count(const struct stmt *s);

/* Sets of them that an execution is to have: SQL_ATTR_PARAMSET_SIZE, 1 without parameters. */
size_t params_set_count(const struct stmt *s);

/*
 * Before an execution of text (copied when it is needed later). SQL_NEED_DATA when data is to come
 * at execution, in any set; s->needs_data is set then. 07002, HYC00.
 */
SQLRETURN params_begin(struct stmt *s, const char *text);

/* The text given to params_begin(), while s->params is there. */
const char *params_text(const struct stmt *s);

/*
 * SQLParamData: SQL_NEED_DATA and the token of the next parameter that wants data, or SQL_SUCCESS
 * when all of it has come. HY010 when the parameter before has had none.
 */
SQLRETURN params_next(struct stmt *s, SQLPOINTER *token);

/* SQLPutData: the next part of the value. 07S01, 22001, HY009, HY010, HY019, HY020, HY090. */
SQLRETURN params_put(struct stmt *s, SQLPOINTER data, SQLLEN length);

/*
 * Makes the literals of a set of parameters (from 0) and puts them where they go. arguments_clear()
 * *out in any case. Every SQLSTATE of convert/c2sql.h; 42000 when the text gets too long for Athena.
 * Records carry the numbers of set and parameter, from 1, as row and column.
 */
SQLRETURN params_make(struct stmt *s, const char *text, size_t set, struct arguments *out);
void arguments_clear(struct arguments *a);

/* The literals of a set, by parameter, in the arena; NULL after an error. */
const char *const *params_literals(struct stmt *s, size_t set, struct arena *a);

/* The record for a text that a set makes too long; SQL_ERROR. */
SQLRETURN params_too_long(struct stmt *s, size_t set, size_t bytes);

/* Forgets data at execution, if there is any: it has been used, or the execution was given up. */
void params_end(struct stmt *s);

/* SQL_ATTR_PARAMS_PROCESSED_PTR and SQL_ATTR_PARAM_STATUS_PTR: how the execution has ended. */
void params_report(struct stmt *s, bool is_good);

#endif
