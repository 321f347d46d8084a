/* Executions for arrays of parameters. See param_sets.h. */
#include "exec/param_sets.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "exec/execute.h"
#include "exec/param_queries.h"
#include "exec/params.h"
#include "handle/dbc.h"
#include "handle/param.h"
#include "ops/batch.h"
#include "sql/insert_values.h"

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

/* ---- submitting --------------------------------------------------------------------------- */

static bool is_reading(enum sql_kind kind)
{
    return kind == SQL_KIND_SELECT || kind == SQL_KIND_SHOW || kind == SQL_KIND_EXPLAIN;
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
    rc = param_queries_make(s, text);
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
    if (op_poll(&q->op) != ST_ERR) {
        return s->sets->executions[i].is_repetition ? SQL_PARAM_SUCCESS_WITH_INFO
                                                    : SQL_PARAM_SUCCESS;
    }
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

static void push_information(struct stmt *s, const struct execution *e)
{
    diag_push_at(&s->base.diag, SQLSTATE_01000, (SQLLEN)e->first_set + 1, SQL_COLUMN_NUMBER_UNKNOWN,
                 "the commit collided with that of another set; it was made behind the others");
}

static void push_record(struct stmt *s, const struct execution *e, SQLUSMALLINT outcome)
{
    if (outcome == SQL_PARAM_SUCCESS_WITH_INFO) {
        push_information(s, e);
    } else {
        push_failure(s, e);
    }
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
        sets->executions[i].is_repetition = true;
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

        e->has_result = outcome == SQL_PARAM_SUCCESS || outcome == SQL_PARAM_SUCCESS_WITH_INFO;
        if (e->has_result) count_rows(s, e->query);
        for (size_t set = e->first_set; set < e->end_set; set++) {
            if (sets->status[set] == SQL_PARAM_SUCCESS) sets->status[set] = outcome;
        }
        if (outcome == SQL_PARAM_SUCCESS || outcome == SQL_PARAM_UNUSED) continue;
        if (!is_cut_short || !is_lost_from_sight(e->query->op.fault.state)) {
            push_record(s, e, outcome);
        }
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

/* When there are records: what they are about, and who looks at single sets. */
static SQLRETURN weigh(const struct stmt *s, const size_t counts[SQL_PARAM_UNUSED + 1])
{
    const size_t good = counts[SQL_PARAM_SUCCESS] + counts[SQL_PARAM_SUCCESS_WITH_INFO];
    const size_t bad = counts[SQL_PARAM_ERROR], unknown = counts[SQL_PARAM_DIAG_UNAVAILABLE];

    if (s->sets->batch && fault_is_set(&s->sets->batch->op.fault)) return SQL_ERROR;
    if (!bad && !unknown) return SQL_SUCCESS_WITH_INFO;
    return good && !unknown && s->ipd->array_status_ptr ? SQL_SUCCESS_WITH_INFO : SQL_ERROR;
}

SQLRETURN param_sets_report(struct stmt *s)
{
    struct param_sets *sets = s->sets;
    size_t counts[SQL_PARAM_UNUSED + 1] = {0};

    restore_records(s);
    take_repetitions(sets);
    judge_executions(s);
    for (size_t set = 0; set < sets->set_count; set++) {
        counts[sets->status[set]]++;
        if (s->ipd->array_status_ptr) s->ipd->array_status_ptr[set] = sets->status[set];
    }
    desc_tell_count(s->ipd->rows_processed_ptr, count_processed(s));
    return s->base.diag.count ? weigh(s, counts) : SQL_SUCCESS;
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
