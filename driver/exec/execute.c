/*
 * Executions. See execute.h.
 *
 *     begin    text translated, what was before closed, parameters put in, query submitted
 *                                                                        s->native, s->query
 *     data     SQL_NEED_DATA instead, until SQLParamData has it all       s->params
 *     finish   awaited; the cursor is opened on its rows                 s->rows, s->ird
 *     next     SQLMoreResults, after arrays of parameters                s->sets
 *
 * A query stays with its statement until the next one or SQLFreeStmt(SQL_CLOSE), after a failure
 * too: what Athena said about the execution can be read until then (exec/info.h).
 *
 * s->sql is the prepared text. SQLExecDirect leaves none, so it alone tells where a closed cursor
 * leads back to.
 */
#include "exec/execute.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "exec/await.h"
#include "exec/catalog.h"
#include "exec/describe.h"
#include "exec/param_sets.h"
#include "exec/params.h"
#include "exec/plan.h"
#include "exec/row_limit.h"
#include "exec/scroll.h"
#include "handle/dbc.h"
#include "handle/env.h"
#include "ops/query.h"
#include "ops/refill.h"
#include "results/pages.h"

static void rest(struct stmt *s)
{
    s->state = s->sql ? STMT_PREPARED : STMT_ALLOCATED;
}

/* Ends what is pending. A refill's reader goes on living with its own reference to the query. */
static void abandon_pending(struct stmt *s)
{
    if (s->refill) {
        await_abandon(s, &s->refill->op);
        op_cancel(&s->refill->op);
        op_release(&s->refill->op);
        s->refill = NULL;
    } else if (s->catalog) {
        catalog_abandon(s);
    } else if (s->sets) {
        await_abandon(s, param_sets_op(s));
    } else {
        await_abandon(s, s->query ? &s->query->op : NULL);
    }
}

static void close_cursor(struct stmt *s)
{
    desc_set_count(s->ird, 0); /* its strings are borrowed from the result */
    scroll_close(s);
    if (s->owns_rows) rows_free(s->rows);
    s->rows = NULL;
    s->owns_rows = false;
    s->columns = NULL;
    s->column_count = 0;
    s->rowset_count = s->rowset_row = 0;
    s->rowset_first = 1;
    s->is_past_end = false;
    s->getdata_column = 0;
    free(s->ways);
    s->ways = NULL;
    s->row_count = -1;
    atomic_store(&s->is_cursor_given_up, false);
    fault_clear(&s->late_fault);
}

void exec_close(struct stmt *s)
{
    abandon_pending(s);
    params_end(s);
    close_cursor(s);
    param_sets_end(s);
    query_release(s->query);
    s->query = NULL;
    log_subject_set_query(&s->log, NULL);
    rest(s);
}

void exec_discard(struct stmt *s)
{
    exec_close(s);
    exec_forget_description(s);
    free(s->sql);
    s->sql = NULL;
    sql_native_clear(&s->native);
    plan_free(s->plan);
    s->plan = NULL;
    rest(s);
}

static bool is_blank(const char *sql)
{
    return sql[strspn(sql, " \t\r\n\f\v;")] == '\0';
}

static SQLRETURN check_text(struct stmt *s, const char *sql)
{
    const size_t bytes = strlen(sql);

    if (is_blank(sql)) {
        return diag_push(&s->base.diag, SQLSTATE_42000, 0, "the statement's text is empty");
    }
    if (bytes > ATHENA_SQL_BYTES_MAX) {
        return diag_push(&s->base.diag, SQLSTATE_42000, 0,
                         "the statement's text is %zu bytes long, and Athena takes at most %d",
                         bytes, ATHENA_SQL_BYTES_MAX);
    }
    return SQL_SUCCESS;
}

static SQLRETURN check_no_cursor(struct stmt *s)
{
    if (!stmt_has_cursor(s)) return SQL_SUCCESS;
    return diag_push(&s->base.diag, SQLSTATE_24000, 0,
                     "a cursor is open on this statement: close it with SQLCloseCursor or "
                     "SQLFreeStmt(SQL_CLOSE) first");
}

static SQLRETURN no_memory(struct stmt *s)
{
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
}

/* What Athena is to run, escape clauses translated unless SQL_ATTR_NOSCAN is on. */
static SQLRETURN translate(struct stmt *s, const char *sql, struct sql_native *out)
{
    const bool is_scanned = s->attr.noscan != SQL_NOSCAN_ON;
    struct fault f = {.state = SQLSTATE_NONE};
    SQLRETURN rc = check_text(s, sql);

    if (rc) return rc;
    if (escape_translate(sql, strlen(sql), is_scanned, out, &f)) {
        return diag_fault(&s->base.diag, &f);
    }
    if (out->text) rc = check_text(s, out->text);
    if (rc) sql_native_clear(out);
    return rc;
}

/* Takes native. */
static void keep_native(struct stmt *s, const struct sql_native *native)
{
    sql_native_clear(&s->native);
    s->native = *native;
}

SQLRETURN exec_prepare(struct stmt *s, const char *sql)
{
    SQLRETURN rc = check_no_cursor(s);
    struct sql_native native;
    char *copy;

    if (!rc) rc = translate(s, sql, &native);
    if (rc) return rc;
    copy = strdup(sql);
    if (!copy) {
        sql_native_clear(&native);
        return no_memory(s);
    }
    log_debug("prepares %s", sql);
    exec_discard(s);
    s->sql = copy;
    keep_native(s, &native);
    rest(s);
    return SQL_SUCCESS;
}

/* SQL_ATTR_QUERY_TIMEOUT; the operation may have a limit of its own. */
void exec_set_deadline(const struct stmt *s, struct op *op)
{
    const SQLULEN timeout_s = s->attr.query_timeout_s;
    int64_t deadline_ms;

    if (!timeout_s) return;
    deadline_ms =
        clock_deadline_ms((timeout_s < INT32_MAX ? (int64_t)timeout_s : INT32_MAX) * 1000);
    if (deadline_ms < op->deadline_ms) op->deadline_ms = deadline_ms;
}

/* text: as translated; its parameters are put where they go. */
static SQLRETURN submit(struct stmt *s, const char *text)
{
    char *catalog = dbc_catalog(s->dbc);
    char *schema = dbc_schema(s->dbc);
    char *limited = NULL;
    struct arguments a;
    SQLRETURN rc = params_make(s, text, 0, &a);

    if (!rc) limited = row_limit_put(s, a.sql);
    if (!rc && catalog && schema) {
        s->query =
            query_new(s->dbc->session, limited ? limited : a.sql, catalog, schema, a.literals);
    }
    free(limited);
    arguments_clear(&a);
    free(catalog);
    free(schema);
    if (rc) params_report(s, false);
    if (rc) return rc;
    if (!s->query) return no_memory(s);
    exec_set_deadline(s, &s->query->op);
    progress_tell(&s->query->progress, s->attr.progress_callback, s->attr.progress_context);
    op_submit(&s->query->op);
    return SQL_SUCCESS;
}

static SQLRETURN submit_all(struct stmt *s, const char *text)
{
    return param_sets_are_wanted(s) ? param_sets_submit(s, text) : submit(s, text);
}

/* sql: the application's text, which s->native is of. SQL_NEED_DATA: exec_param_data() goes on. */
static SQLRETURN begin(struct stmt *s, const char *sql)
{
    const char *text = s->native.text ? s->native.text : sql;
    SQLRETURN rc;

    log_debug("%s %s", s->sql ? "executes" : "executes directly", sql);
    rc = params_begin(s, text);

    return rc ? rc : submit_all(s, text);
}

static SQLRETURN open_cursor(struct stmt *s, struct rows *rows, bool owns_rows,
                             const struct column *columns, unsigned column_count)
{
    if (!desc_describe(s->ird, columns, column_count, &s->dbc->types)) {
        desc_set_count(s->ird, 0);
        if (owns_rows) rows_free(rows);
        rest(s);
        return no_memory(s);
    }
    s->rows = rows;
    s->owns_rows = owns_rows;
    assert(!s->ways);
    s->columns = columns;
    s->column_count = column_count;
    s->rowset_first = 1;
    s->rowset_count = s->rowset_row = 0;
    s->is_past_end = false;
    s->row_count = -1;
    if (s->attr.cursor_type != SQL_CURSOR_FORWARD_ONLY && !scroll_open(s)) {
        close_cursor(s);
        rest(s);
        return no_memory(s);
    }
    s->state = STMT_CURSOR;
    return SQL_SUCCESS;
}

/* "a searched update or delete statement that affects no rows": SQL_NO_DATA since ODBC 3. */
static bool has_met_no_row(const struct stmt *s)
{
    const struct athena_execution *x = s->query->out.execution;

    if (s->query->out.update_count != 0 || !x) return false;
    if (s->dbc->env->odbc_version == SQL_OV_ODBC2) return false;
    return strcmp(x->substatement_type, "UPDATE") == 0 ||
           strcmp(x->substatement_type, "DELETE") == 0;
}

static SQLRETURN open_result(struct stmt *s)
{
    struct query *q = s->query;

    log_subject_set_query(&s->log, q->out.id);
    if (q->out.rows) {
        return open_cursor(s, q->out.rows, false, q->out.columns, q->out.column_count);
    }
    s->state = STMT_EXECUTED;
    s->row_count = s->sets ? param_sets_row_count(s) : (SQLLEN)q->out.update_count;
    s->base.diag.row_count = s->row_count;
    return !s->sets && has_met_no_row(s) ? SQL_NO_DATA : SQL_SUCCESS;
}

/* Every set of parameters was one to be ignored. */
static SQLRETURN open_nothing(struct stmt *s)
{
    s->state = STMT_EXECUTED;
    s->row_count = s->base.diag.row_count = 0;
    return SQL_SUCCESS;
}

/* Arrays of parameters: the outcome of all sets, and the first of their results. */
static SQLRETURN finish_sets(struct stmt *s, SQLUSMALLINT function)
{
    struct op *op = param_sets_op(s);
    SQLRETURN rc, opened;

    if (op && await(s, function, op) == ST_WAIT) return SQL_STILL_EXECUTING;
    rc = param_sets_report(s);
    if (rc == SQL_ERROR) {
        rest(s);
        return rc;
    }
    opened = param_sets_next(s) ? open_result(s) : open_nothing(s);
    return opened ? opened : rc;
}

static SQLRETURN finish(struct stmt *s, SQLUSMALLINT function)
{
    if (s->sets) return finish_sets(s, function);
    switch (await(s, function, &s->query->op)) {
    case ST_WAIT:
        return SQL_STILL_EXECUTING;
    case ST_OK:
        params_report(s, true);
        return open_result(s);
    case ST_ERR:
        break;
    }
    params_report(s, false);
    rest(s);
    log_subject_set_query(&s->log, s->query->out.id);
    return diag_fault(&s->base.diag, &s->query->op.fault);
}

SQLRETURN exec_direct(struct stmt *s, const char *sql)
{
    struct sql_native native;
    SQLRETURN rc;

    if (s->pending) return finish(s, SQL_API_SQLEXECDIRECT);
    rc = check_no_cursor(s);
    if (!rc) rc = translate(s, sql, &native);
    if (rc) return rc;
    exec_close(s);
    exec_forget_description(s);
    free(s->sql);
    s->sql = NULL;
    keep_native(s, &native);
    rest(s);
    rc = begin(s, sql);
    return rc ? rc : finish(s, SQL_API_SQLEXECDIRECT);
}

SQLRETURN exec_execute(struct stmt *s)
{
    SQLRETURN rc;

    if (s->pending) return finish(s, SQL_API_SQLEXECUTE);
    if (!s->sql) return diag_push(&s->base.diag, SQLSTATE_HY010, 0, "no statement is prepared");
    rc = check_no_cursor(s);
    if (rc) return rc;
    exec_close(s);
    rc = begin(s, s->sql);
    return rc ? rc : finish(s, SQL_API_SQLEXECUTE);
}

SQLRETURN exec_param_data(struct stmt *s, SQLPOINTER *token)
{
    SQLRETURN rc;

    if (s->pending) return finish(s, SQL_API_SQLPARAMDATA);
    rc = params_next(s, token);
    if (rc) return rc;
    rc = submit_all(s, params_text(s));
    params_end(s);
    return rc ? rc : finish(s, SQL_API_SQLPARAMDATA);
}

SQLRETURN exec_open_page(struct stmt *s, const struct column *columns, unsigned column_count,
                         struct page *page)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct rows *rows = pages_new_in_memory(columns, column_count, page, &f);

    if (!rows) return diag_fault(&s->base.diag, &f);
    return open_cursor(s, rows, true, columns, column_count);
}

SQLRETURN exec_open_feed(struct stmt *s, const struct column *columns, unsigned column_count,
                         struct page_feed *feed)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct rows *rows = pages_new(columns, column_count, feed, &f);

    if (rows) return open_cursor(s, rows, true, columns, column_count);
    feed->close(feed);
    return diag_fault(&s->base.diag, &f);
}

/* The result of the next set of parameters, which is in hand as a rule (exec/param_sets.h). */
static SQLRETURN open_next(struct stmt *s)
{
    if (await(s, 0, &s->query->op) == ST_OK) return open_result(s);
    s->state = STMT_EXECUTED;
    return diag_fault(&s->base.diag, &s->query->op.fault);
}

SQLRETURN exec_more_results(struct stmt *s)
{
    if (s->sets) {
        close_cursor(s);
        if (param_sets_next(s)) return open_next(s);
    }
    exec_close(s);
    return SQL_NO_DATA;
}
