/*
 * From bindings to kernels: what a fetch does to each bound column.
 *
 * Looked at for each rowset, since the application may bind between two, and made anew when something
 * it was made from has changed.
 */
#ifndef ATHENA_EXEC_PLAN_H
#define ATHENA_EXEC_PLAN_H

#include "base/fault.h"
#include "convert/sql2c.h"
#include "handle/stmt.h"

struct fetch_plan;

/* What became of the rows of a rowset. */
struct plan_outcome {
    size_t bad_rows;
    bool has_warnings;
    struct fault first_error; /* of the first bad value that was met */
};

/*
 * Chooses a kernel for each bound column of s->columns, unless that has been done and still holds.
 * SQL_ERROR with a diagnostic when a column
 * cannot become what it is bound to (07006, HY003) or memory has run out; then nothing is planned.
 *
 * Column 0, when bookmarks are on, gets those of the rows from s->rowset_first on; with
 * SQL_ATTR_RETRIEVE_DATA off, that column alone.
 */
SQLRETURN plan_make(struct stmt *s);

/*
 * Where column 0 is bound to, which is then left out of what plan_make() has planned: the bookmarks
 * there are the application's (SQL_FETCH_BY_BOOKMARK). False: it is not bound.
 */
bool plan_take_bookmarks(struct stmt *s, struct c_target *target);

/*
 * Converts the first row_count rows in hand into the application's buffers after s->plan. status
 * gets SQL_ROW_SUCCESS, _SUCCESS_WITH_INFO or _ERROR for each; each warning and error becomes a
 * record. row_count is at most what plan_status() was asked for.
 */
void plan_run(struct stmt *s, size_t row_count, SQLUSMALLINT *status, struct plan_outcome *outcome);

/*
 * One row: the one with index cell_row of those in hand goes to the buffers of row buffer_row of
 * the rowset, its status to status[buffer_row]. *outcome is added to: plan_outcome_clear() it first.
 */
void plan_run_row(struct stmt *s, size_t cell_row, size_t buffer_row, SQLUSMALLINT *status,
                  struct plan_outcome *outcome);
void plan_outcome_clear(struct plan_outcome *outcome);

/* Room for the status of row_count rows, for applications that do not give any. NULL: no memory. */
SQLUSMALLINT *plan_status(struct stmt *s, size_t row_count);

/* NULL is allowed. */
void plan_free(struct fetch_plan *plan);

/*
 * The C type that an application's c_type means for a column, SQL_C_DEFAULT resolved.
 */
SQLSMALLINT plan_c_type(const struct stmt *s, const struct column *column, SQLSMALLINT c_type);

/* Pushes why a column has no kernel for c_type: HY003 or 07006. Returns SQL_ERROR. */
SQLRETURN plan_refuse(struct stmt *s, SQLUSMALLINT number, SQLSMALLINT c_type);

#endif
