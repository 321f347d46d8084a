/* Executions for arrays of parameters. See param_sets.h. */
#include "exec/param_sets.h"

#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "base/buf.h"
#include "base/clock.h"
#include "exec/execute.h"
#include "exec/params.h"
#include "exec/row_limit.h"
#include "handle/dbc.h"
#include "handle/param.h"
#include "ops/batch.h"
#include "sql/insert_values.h"
#include "sql/splice.h"

struct execution {
    struct query *query;       /* one reference; NULL: shown and gone */
    size_t first_set, end_set; /* sets in between that have failed or are ignored are not its */
    bool has_result;           /* it was executed, and did not fail */
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

bool param_sets_are_wanted(const struct stmt *s)
{
    return params_count(s) && (s->apd->array_size > 1 || param_is_ignored(s, 0));
}

struct op *param_sets_op(const struct stmt *s)
{
    return s->sets->batch ? &s->sets->batch->op : NULL;
}

static SQLRETURN no_memory(struct stmt *s)
{
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for arrays of parameters");
}

/* ---- making queries ----------------------------------------------------------------------- */

/* What all queries of an execution have in common. */
struct maker {
    struct stmt *s;
    const char *text;
    char *catalog, *schema;
    struct insert_values rows;  /* of text */
    struct sql_markers markers; /* of the rows alone */
    struct buf sql;             /* the INSERT that is being put together */
    size_t first_set;           /* its first one */
};

static bool is_reading(enum sql_kind kind)
{
    return kind == SQL_KIND_SELECT || kind == SQL_KIND_SHOW || kind == SQL_KIND_EXPLAIN;
}

static struct execution *add_execution(struct param_sets *sets)
{
    struct execution *executions = sets->executions;

    if (sets->count == sets->room) {
        sets->room = sets->room ? sets->room * 2 : 16;
        executions = realloc(executions, sets->room * sizeof *executions);
        if (!executions) return NULL;
        sets->executions = executions;
    }
    return &executions[sets->count];
}

/* A query for the sets from first to before end. */
static SQLRETURN add_query(struct maker *m, const char *sql, const char *const *literals,
                           size_t first, size_t end)
{
    struct stmt *s = m->s;
    struct execution *e = add_execution(s->sets);
    struct query *q;

    if (!e || !m->catalog || !m->schema) return no_memory(s);
    q = query_new(s->dbc->session, sql, m->catalog, m->schema, literals);
    if (!q) return no_memory(s);
    progress_tell(&q->progress, s->attr.progress_callback, s->attr.progress_context);
    *e = (struct execution){.query = q, .first_set = first, .end_set = end};
    s->sets->count++;
    return SQL_SUCCESS;
}

/* The statement once for one set. */
static SQLRETURN add_single(struct maker *m, size_t set)
{
    struct arguments a;
    SQLRETURN rc = params_make(m->s, m->text, set, &a);
    char *limited = rc ? NULL : row_limit_put(m->s, a.sql);

    if (!rc) rc = add_query(m, limited ? limited : a.sql, a.literals, set, set + 1);
    free(limited);
    arguments_clear(&a);
    return rc;
}

/* ---- INSERT with the rows of many sets ---------------------------------------------------- */

/* Whether the text is one whose rows can be put together, and the markers of its rows. */
static bool can_combine(struct maker *m)
{
    const struct sql_markers *all = &m->s->native.markers;
    struct fault f = {.state = SQLSTATE_NONE};

    if (m->s->native.statement.kind != SQL_KIND_INSERT) return false;
    if (!insert_values_find(m->text, strlen(m->text), &m->rows)) return false;
    for (size_t i = 0; i < all->count; i++) {
        const struct sql_marker *marker = &all->list[i];

        if (marker->offset < m->rows.start || marker->offset >= m->rows.end) return false;
        if (scan_add_marker(&m->markers, marker->offset - m->rows.start, marker->parameter, &f)) {
            return false;
        }
    }
    return true;
}

/* What has been put together so far becomes a query. end: the set behind. */
static SQLRETURN flush_rows(struct maker *m, size_t end)
{
    SQLRETURN rc = SQL_SUCCESS;

    if (!m->sql.count) return SQL_SUCCESS;
    rc = add_query(m, m->sql.bytes, NULL, m->first_set, end);
    buf_reset(&m->sql);
    return rc;
}

static const char **by_marker(const struct sql_markers *markers, const char *const *by_parameter,
                              struct arena *a)
{
    const char **literals = arena_array(a, markers->count, sizeof *literals);

    for (size_t i = 0; literals && i < markers->count; i++)
        literals[i] = by_parameter[markers->list[i].parameter];
    return literals;
}

/* The rows of a set, appended to out. */
static SQLRETURN write_rows(struct maker *m, size_t set, struct buf *out)
{
    struct arena a = {0};
    const char *const *by_parameter = params_literals(m->s, set, &a);
    const char **literals = by_parameter ? by_marker(&m->markers, by_parameter, &a) : NULL;

    if (literals) {
        splice_markers(out, m->text + m->rows.start, m->rows.end - m->rows.start, &m->markers,
                       literals);
    }
    arena_clear(&a);
    if (!by_parameter) return SQL_ERROR;
    return literals && buf_ok(out) ? SQL_SUCCESS : no_memory(m->s);
}

static SQLRETURN add_rows(struct maker *m, size_t set)
{
    SQLRETURN rc;
    struct buf rows;

    buf_init(&rows, (size_t)1 << 30);
    rc = write_rows(m, set, &rows);
    if (!rc && m->rows.start + rows.count > ATHENA_SQL_BYTES_MAX) {
        rc = params_too_long(m->s, set, m->rows.start + rows.count);
    }
    if (!rc && m->sql.count + 2 + rows.count > ATHENA_SQL_BYTES_MAX) rc = flush_rows(m, set);
    if (!rc) {
        if (!m->sql.count) m->first_set = set;
        if (m->sql.count) {
            buf_puts(&m->sql, ", ");
        } else {
            buf_put(&m->sql, m->text, m->rows.start);
        }
        buf_put(&m->sql, rows.bytes, rows.count);
        if (!buf_ok(&m->sql)) rc = no_memory(m->s);
    }
    buf_clear(&rows);
    return rc;
}

/* ---- submitting --------------------------------------------------------------------------- */

static SQLRETURN make_queries(struct maker *m)
{
    struct param_sets *sets = m->s->sets;
    bool can_go_on = true;

    for (size_t set = 0; set < sets->set_count; set++) {
        if (param_is_ignored(m->s, set)) {
            sets->status[set] = SQL_PARAM_UNUSED;
        } else if (sets->is_combined ? add_rows(m, set) : add_single(m, set)) {
            sets->status[set] = SQL_PARAM_ERROR;
        }
    }
    if (sets->is_combined) can_go_on = !flush_rows(m, sets->set_count);
    return can_go_on ? SQL_SUCCESS : SQL_ERROR;
}

static SQLRETURN make_all(struct stmt *s, const char *text)
{
    struct maker m = {
        .s = s, .text = text, .catalog = dbc_catalog(s->dbc), .schema = dbc_schema(s->dbc)};
    SQLRETURN rc;

    buf_init(&m.sql, ATHENA_SQL_BYTES_MAX + 1);
    s->sets->is_combined = can_combine(&m);
    rc = make_queries(&m);
    buf_clear(&m.sql);
    scan_markers_clear(&m.markers);
    free(m.catalog);
    free(m.schema);
    return rc;
}

/* Queries that run together end together; the time that one may take is the time of all. */
static void bound(struct stmt *s, struct query *const *queries, unsigned at_once)
{
    const bool is_in_order = at_once == 1;
    struct param_sets *sets = s->sets;
    const unsigned shares = sets->count < BATCH_OPEN_MAX ? (unsigned)sets->count
                                                         : (unsigned)BATCH_OPEN_MAX;

    if (!is_in_order) sets->batch->op.deadline_ms = queries[0]->op.deadline_ms;
    exec_set_deadline(s, &sets->batch->op);
    for (size_t i = 0; i < sets->count; i++) {
        query_hold(queries[i], shares);
        if (!is_in_order) queries[i]->op.deadline_ms = CLOCK_NEVER;
    }
}

/* s->query, which tells of an execution while it is pending and after. */
static void show(struct stmt *s, struct query *q)
{
    op_hold(&q->op);
    if (s->query) op_release(&s->query->op);
    s->query = q;
}

static struct query **list_queries(const struct param_sets *sets)
{
    struct query **queries = calloc(sets->count, sizeof(*queries));

    for (size_t i = 0; queries && i < sets->count; i++)
        queries[i] = sets->executions[i].query;
    return queries;
}

/* What reads what it writes is not to be told anything else than in order. */
static unsigned how_many_at_once(const struct stmt *s, const char *text)
{
    const bool is_insert = s->native.statement.kind == SQL_KIND_INSERT;

    if (s->sets->is_combined || (is_insert && insert_reads_its_table(text, strlen(text)))) return 1;
    return (unsigned)options_number(&s->dbc->options, OPTION_PARAMETER_SET_CONCURRENCY);
}

static SQLRETURN submit_batch(struct stmt *s, const char *text)
{
    const unsigned at_once = how_many_at_once(s, text);
    struct param_sets *sets = s->sets;
    struct query **queries = list_queries(sets);

    if (!queries) return no_memory(s);
    sets->batch = batch_new(queries[0]->op.engine, queries, sets->count, at_once);
    if (sets->batch) {
        bound(s, queries, at_once);
        show(s, queries[0]);
        op_submit(&sets->batch->op);
    }
    free(queries);
    return sets->batch ? SQL_SUCCESS : no_memory(s);
}

static struct param_sets *new_sets(size_t set_count)
{
    struct param_sets *sets = calloc(1, sizeof *sets);

    if (!sets) return NULL;
    diag_init(&sets->diag);
    sets->set_count = set_count;
    sets->status = calloc(set_count, sizeof *sets->status); /* SQL_PARAM_SUCCESS */
    if (sets->status) return sets;
    free(sets);
    return NULL;
}

SQLRETURN param_sets_submit(struct stmt *s, const char *text)
{
    SQLRETURN rc;

    s->sets = new_sets(params_set_count(s));
    if (!s->sets) return no_memory(s);
    rc = make_all(s, text);
    if (!rc && s->sets->count && (!s->base.diag.count || s->ipd->array_status_ptr)) {
        s->sets->diag = s->base.diag; /* the calls until then clear the statement's */
        diag_init(&s->base.diag);
        return submit_batch(s, text);
    }
    if (!s->base.diag.count) return SQL_SUCCESS; /* all are ignored */
    param_sets_report(s);
    param_sets_end(s);
    return SQL_ERROR;
}

/* ---- the outcome -------------------------------------------------------------------------- */

static bool is_lost_from_sight(enum sqlstate state)
{
    return state == SQLSTATE_HY008 || state == SQLSTATE_HYT00 || state == SQLSTATE_HYT01 ||
           strncmp(sqlstate_code(state), "08", 2) == 0;
}

/* SQL_PARAM_ of the sets of an execution; UNUSED when it has not been started. */
static SQLUSMALLINT outcome_of(const struct stmt *s, size_t i)
{
    struct query *q = s->sets->executions[i].query;

    if (i >= s->sets->batch->out.started) return SQL_PARAM_UNUSED;
    if (op_poll(&q->op) != ST_ERR) return SQL_PARAM_SUCCESS;
    if (is_reading(s->native.statement.kind)) return SQL_PARAM_ERROR;
    return is_lost_from_sight(q->op.fault.state) ? SQL_PARAM_DIAG_UNAVAILABLE : SQL_PARAM_ERROR;
}

static void push_failure(struct stmt *s, const struct execution *e)
{
    const struct fault *f = &e->query->op.fault;
    struct fault of_many = {.state = SQLSTATE_NONE};

    if (e->end_set - e->first_set == 1) {
        diag_fault_at(&s->base.diag, f, (SQLLEN)e->first_set + 1);
        return;
    }
    fault_set(&of_many, f->state, f->native, "sets of parameters %zu to %zu: %s", e->first_set + 1,
              e->end_set, f->text);
    diag_fault_at(&s->base.diag, &of_many, SQL_ROW_NUMBER_UNKNOWN);
}

/* Only a query that is over can be asked; one that is held has written nothing. */
static void count_rows(struct stmt *s, struct query *q)
{
    if (op_poll(&q->op) == ST_OK && q->out.update_count > 0) {
        s->sets->written += (SQLLEN)q->out.update_count;
    }
}

/* Queries that were run once more are the executions from now on. */
static void take_repetitions(struct param_sets *sets)
{
    struct query **again = sets->batch ? sets->batch->out.again : NULL;

    for (size_t i = 0; again && i < sets->count; i++) {
        if (!again[i]) continue;
        query_release(sets->executions[i].query);
        sets->executions[i].query = again[i];
        again[i] = NULL;
    }
}

/* Gives the sets of all executions their outcome, and pushes the records. */
static void judge_executions(struct stmt *s)
{
    struct param_sets *sets = s->sets;
    const bool is_cut_short = sets->batch && fault_is_set(&sets->batch->op.fault);

    if (is_cut_short) diag_fault(&s->base.diag, &sets->batch->op.fault);
    for (size_t i = 0; i < sets->count; i++) {
        struct execution *e = &sets->executions[i];
        const SQLUSMALLINT outcome = sets->batch ? outcome_of(s, i) : SQL_PARAM_UNUSED;

        e->has_result = outcome == SQL_PARAM_SUCCESS;
        if (e->has_result) count_rows(s, e->query);
        for (size_t set = e->first_set; set < e->end_set; set++) {
            if (sets->status[set] == SQL_PARAM_SUCCESS) sets->status[set] = outcome;
        }
        if (outcome == SQL_PARAM_SUCCESS || outcome == SQL_PARAM_UNUSED) continue;
        if (!is_cut_short || !is_lost_from_sight(e->query->op.fault.state)) push_failure(s, e);
    }
}

static void restore_records(struct stmt *s)
{
    struct diag *kept = &s->sets->diag;

    for (unsigned i = 0; i < kept->count; i++) {
        const struct diag_record *r = &kept->records[i];

        diag_push_at(&s->base.diag, r->state, r->row, r->column, r->text);
    }
    diag_clear(kept);
}

/* "the number of sets of parameters that have been processed, including error sets" */
static size_t count_processed(const struct stmt *s)
{
    const struct param_sets *sets = s->sets;
    const size_t started = sets->batch ? sets->batch->out.started : 0;
    size_t processed = sets->set_count;

    if (started == sets->count) return processed;
    while (processed && sets->status[processed - 1] == SQL_PARAM_UNUSED)
        processed--;
    return processed;
}

SQLRETURN param_sets_report(struct stmt *s)
{
    struct param_sets *sets = s->sets;
    size_t good = 0, unknown = 0;

    restore_records(s);
    take_repetitions(sets);
    judge_executions(s);
    for (size_t set = 0; set < sets->set_count; set++) {
        good += sets->status[set] == SQL_PARAM_SUCCESS;
        unknown += sets->status[set] == SQL_PARAM_DIAG_UNAVAILABLE;
        if (s->ipd->array_status_ptr) s->ipd->array_status_ptr[set] = sets->status[set];
    }
    desc_tell_count(s->ipd->rows_processed_ptr, count_processed(s));
    if (!s->base.diag.count) return SQL_SUCCESS;
    if (sets->batch && fault_is_set(&sets->batch->op.fault)) return SQL_ERROR;
    return good && !unknown && s->ipd->array_status_ptr ? SQL_SUCCESS_WITH_INFO : SQL_ERROR;
}

/* ---- results ------------------------------------------------------------------------------ */

/* The result of an execution is not wanted any more. */
static void drop(struct execution *e)
{
    query_release(e->query);
    e->query = NULL;
}

/* The one that is shown stays, by the statement's reference. */
static void drop_all(struct param_sets *sets)
{
    for (size_t i = 0; i < sets->count; i++)
        drop(&sets->executions[i]);
}

/* One more may be fetched ahead for each that is read. */
static void let_one_go(struct batch *b, const struct param_sets *sets)
{
    while (b->out.next < b->out.started) {
        struct query *q = sets->executions[b->out.next++].query;

        if (!q || !atomic_load(&q->is_held)) continue;
        query_let_go(q);
        return;
    }
}

bool param_sets_next(struct stmt *s)
{
    struct param_sets *sets = s->sets;
    size_t next = sets->shown;

    if (!sets->batch || (sets->is_combined && sets->shown)) return false;
    while (next < sets->count && !sets->executions[next].has_result)
        next++;
    if (next == sets->count) return false;
    show(s, sets->executions[next].query);
    if (sets->is_combined) {
        drop_all(sets);
    } else if (sets->shown) {
        drop(&sets->executions[sets->shown - 1]);
        let_one_go(sets->batch, sets);
    }
    query_let_go(s->query);
    sets->shown = next + 1;
    return true;
}

SQLLEN param_sets_row_count(const struct stmt *s)
{
    return s->sets->is_combined ? s->sets->written : (SQLLEN)s->query->out.update_count;
}

void param_sets_end(struct stmt *s)
{
    struct param_sets *sets = s->sets;

    if (!sets) return;
    s->sets = NULL;
    if (sets->batch) {
        op_cancel(&sets->batch->op);
        op_release(&sets->batch->op);
    }
    for (size_t i = 0; i < sets->count; i++)
        query_release(sets->executions[i].query);
    diag_clear(&sets->diag);
    free(sets->executions);
    free(sets->status);
    free(sets);
}
