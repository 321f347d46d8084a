/*
 * A query's life, on the I/O thread.
 *
 *   START -> WATCH -> [HOLD] -> DESCRIBE <-> FIRST_ROW -> END
 *     |        |        |          |            |         ^
 *     +--------+--------+----------+------------+---------+    fault, cancel or time-out
 *
 *   START      in.* set             waits for StartQueryExecution; a cancel waits too: a query
 *                                   without id cannot be stopped, and would be billed
 *   WATCH      out.id set           waits for the watcher
 *   HOLD       out.execution set    waits for query_let_go(): one of many (ops/batch.h), whose
 *                                   results are fetched a few at a time
 *   DESCRIBE   out.execution set    waits for the first page of GetQueryResults
 *   FIRST_ROW  out.columns, rows    waits for a row, or for its absence; a file that may not be
 *                                   read leads back when no page is in hand
 *   END        out.* complete or op.fault set
 *
 * While a great many queries run, the quota of GetQueryResults (100 calls a second) would hold their
 * rows up: then the columns are read from the file beside the result (aws/result_columns.h), which
 * costs no call of Athena's; where that fails, from the API after all.
 *
 * Small results come whole with that first page. A larger one is read from its file, and the page
 * is kept until the first row has come: where the bucket cannot be read and the option ResultFetcher
 * leaves the choice, the rows come through the API after all.
 */
#include "ops/query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/athena_results.h"
#include "aws/error_map.h"
#include "aws/result_columns.h"
#include "aws/s3_codec.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "engine/engine.h"
#include "ops/catalog_cache.h"
#include "ops/download.h"
#include "ops/page_reader.h"
#include "ops/quota.h"
#include "ops/stop.h"
#include "results/csv.h"
#include "results/pages.h"
#include "results/seconds.h"
#include "sql/scan.h"

/* So many running queries are two seconds of GetQueryResults, and its burst. */
enum { CROWD = 200 };
/* Of a page that shares memory with others; an option may ask for fewer. */
enum { SHARED_PAGE_ROWS = 100 };
/* Columns by the thousand fit; a larger file is cut short, and the API is asked instead. */
enum { METADATA_BYTES_MAX = 1 << 20 };

#define TO(step) (1u << (step))

/* clang-format off */
static const struct { const char *name; unsigned may_become; } steps[] = {
    [QUERY_START]     = {"start",     TO(QUERY_WATCH) | TO(QUERY_END)},
    [QUERY_WATCH]     = {"watch",     TO(QUERY_HOLD) | TO(QUERY_DESCRIBE) | TO(QUERY_END)},
    [QUERY_HOLD]      = {"hold",      TO(QUERY_DESCRIBE) | TO(QUERY_END)},
    [QUERY_DESCRIBE]  = {"describe",  TO(QUERY_FIRST_ROW) | TO(QUERY_END)},
    [QUERY_FIRST_ROW] = {"first row", TO(QUERY_DESCRIBE) | TO(QUERY_END)},
    [QUERY_END]       = {"end",       0},
};
/* clang-format on */

/* The one place that writes step. Returns st; moves when it is ST_OK. */
static enum status move(struct query *q, enum status st, enum query_step to)
{
    if (st) return st;
    if (!(steps[q->io.step].may_become & TO(to))) {
        return fault_set(&q->op.fault, SQLSTATE_HY000, 0, "internal: query moves from %s to %s",
                         steps[q->io.step].name, steps[to].name);
    }
    log_debug("%s -> %s", steps[q->io.step].name, steps[to].name);
    q->io.step = to;
    return ST_OK;
}

/* A query that is watched does without the memory of a call. Takes body's bytes. */
static enum status begin_call(struct query *q, const char *doing, const char *operation,
                              struct buf *body, unsigned flags) RUNS_ON(io_thread);
static enum status begin_call(struct query *q, const char *doing, const char *operation,
                              struct buf *body, unsigned flags)
{
    enum status st;

    q->io.call = calloc(1, sizeof *q->io.call);
    if (!q->io.call) {
        buf_clear(body);
        return fault_no_memory(&q->op.fault);
    }
    st = call_start(q->io.call, &q->op, q->session, doing, operation, body,
                    CALL_WAITS_FOR_THROTTLING | flags);
    if (st) fault_copy(&q->op.fault, &q->io.call->fault);
    return st;
}

static void end_call(struct query *q) RUNS_ON(io_thread);
static void end_call(struct query *q)
{
    if (!q->io.call) return;
    call_clear(q->io.call);
    free(q->io.call);
    q->io.call = NULL;
}

static enum status finish_call(struct query *q) RUNS_ON(io_thread);
static enum status finish_call(struct query *q)
{
    enum status st = call_ready(q->io.call);

    if (st == ST_ERR) fault_copy(&q->op.fault, &q->io.call->fault);
    return st;
}

/* ---- START -------------------------------------------------------------------------------- */

static enum sql_kind kind_of(const char *sql)
{
    struct sql_statement statement;

    scan_statement(sql, strlen(sql), &statement);
    return statement.kind;
}

/* Athena counts active DDL statements by themselves. CTAS and UNLOAD are none. */
static bool is_ddl(enum sql_kind kind)
{
    return kind == SQL_KIND_DDL || kind == SQL_KIND_SHOW || kind == SQL_KIND_VIEW;
}

/* Tables, or what is in them, may be other than before. EXECUTE and the like hide what they do. */
static bool may_change_catalogs(enum sql_kind kind)
{
    switch (kind) {
    case SQL_KIND_CTAS:
    case SQL_KIND_VIEW:
    case SQL_KIND_DDL:
    case SQL_KIND_PREPARED:
    case SQL_KIND_CALL:
    case SQL_KIND_OTHER:
        return true;
    default:
        return false;
    }
}

/* Once when the statement starts and again when it is over. */
static void forget_catalogs(const struct query *q) RUNS_ON(io_thread);
static void forget_catalogs(const struct query *q)
{
    if (q->io.may_change_catalogs) catalog_cache_forget();
}

/* Values are users' data: at this level alone. */
static void log_text(const struct query *q)
{
    if (!log_is_on(LOG_TRACE)) return;
    log_trace("SQL: %s", q->in.sql);
    for (size_t i = 0; i < q->in.parameter_count; i++)
        log_trace("parameter %zu: %s", i + 1, q->in.parameters[i]);
}

static void say_where_results_go(struct athena_start *start, const struct session *s)
{
    if (atomic_load(&s->has_managed_results)) return;
    start->output_location = s->output_location;
    start->encryption_option = s->encryption_option;
    start->kms_key = s->kms_key;
    start->expected_bucket_owner = s->expected_bucket_owner;
    start->acl_option = s->acl_option;
}

static enum status start_submit(struct query *q) RUNS_ON(io_thread);
static enum status start_submit(struct query *q)
{
    const struct session *s = q->session;
    struct athena_start start = {.sql = q->in.sql,
                                 .sql_bytes = strlen(q->in.sql),
                                 .client_token = q->in.token,
                                 .catalog = q->in.catalog,
                                 .database = q->in.schema,
                                 .workgroup = s->workgroup,
                                 .parameters = q->in.parameters,
                                 .parameter_count = q->in.parameter_count,
                                 .reuse_results = s->reuse_results && !q->in.is_fresh,
                                 .reuse_max_age_min = s->reuse_max_age_minutes};
    const enum sql_kind kind = kind_of(q->in.sql);
    struct buf body;

    say_where_results_go(&start, s);
    q->io.may_change_catalogs = may_change_catalogs(kind);
    forget_catalogs(q);
    log_text(q);
    buf_init(&body, 8 << 20);
    athena_write_start(&body, &start);
    return begin_call(q, "starting the query", "StartQueryExecution", &body,
                      is_ddl(kind) ? CALL_IS_DDL : 0);
}

static enum status finish_submit(struct query *q) RUNS_ON(io_thread);
static enum status finish_submit(struct query *q)
{
    const struct buf *body = &q->io.call->http.body;
    const char *id = NULL;
    enum status st = athena_parse_start(&id, &q->arena, body->bytes, body->count, &q->op.fault);

    if (!st) snprintf(q->out.id, sizeof q->out.id, "%s", id);
    end_call(q);
    if (st) return st;
    log_subject_set_query(&q->op.log, q->out.id);
    log_info("started: %zu bytes of SQL, %zu parameters, catalog %s, database %s, workgroup %s",
             strlen(q->in.sql), q->in.parameter_count, q->in.catalog ? q->in.catalog : "-",
             q->in.schema ? q->in.schema : "-",
             q->session->workgroup ? q->session->workgroup : "-");
    progress_begin(&q->progress, q->out.id);
    return ST_OK;
}

static enum status start_watch(struct query *q) RUNS_ON(io_thread);
static enum status start_watch(struct query *q)
{
    return watcher_add(&q->io.watch, &q->op, q->session, q->out.id, strlen(q->in.sql),
                       &q->op.fault);
}

/* ---- WATCH -------------------------------------------------------------------------------- */

static void hear_state(struct query *q) RUNS_ON(io_thread);
static void hear_state(struct query *q)
{
    const enum athena_state state = q->io.watch.execution.state;

    if (state != q->io.state) log_debug("is %s", athena_state_name(state));
    q->io.state = state;
    progress_hear(&q->progress, &q->io.watch.execution);
}

static void log_end(const struct athena_execution *x)
{
    log_info("ended %s: %lld ms in all, %lld queued, %lld running, %lld bytes scanned%s%s%s",
             athena_state_name(x->state), (long long)x->total_ms, (long long)x->queue_ms,
             (long long)x->engine_ms, (long long)x->data_scanned_bytes,
             x->has_reused_result ? ", an earlier result" : "",
             x->state == ATHENA_STATE_SUCCEEDED ? "" : ": ",
             x->state == ATHENA_STATE_SUCCEEDED ? "" : athena_failure_text(x));
}

static enum status finish_watch(struct query *q) RUNS_ON(io_thread);
static enum status finish_watch(struct query *q)
{
    enum status st = watcher_ready(&q->io.watch);

    if (q->io.watch.execution.id) hear_state(q);
    if (st == ST_WAIT) return st;
    q->io.is_over = q->io.watch.is_over;
    watcher_remove(&q->io.watch);
    if (st) return st;
    q->out.execution = &q->io.watch.execution;
    log_end(q->out.execution);
    if (q->out.execution->state == ATHENA_STATE_SUCCEEDED) return ST_OK;
    return error_map_failed(&q->op.fault, "running the query", q->out.execution);
}

/* ---- DESCRIBE ----------------------------------------------------------------------------- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(text, *words) == 0) return true;
    }
    return false;
}

/* Statements whose answer is a count and whose columns, if Athena names any, hold no rows. */
static bool is_writing(const struct athena_execution *x)
{
    static const char *const writing[] = {
        "INSERT", "UPDATE", "DELETE", "MERGE", "UNLOAD", "CREATE_TABLE_AS_SELECT", NULL};

    return is_one_of(x->substatement_type, writing);
}

static bool is_dml(const struct athena_execution *x)
{
    return strcmp(x->statement_type, "DML") == 0;
}

static bool ends_in(const char *text, const char *end)
{
    size_t count = strlen(text), end_count = strlen(end);

    return count >= end_count && strcmp(text + count - end_count, end) == 0;
}

/* A result file that the driver can read by itself, and is allowed to. */
static bool may_download(const struct query *q)
{
    const struct athena_execution *x = q->out.execution;

    bool is_ciphertext = strcmp(x->encryption_option, "CSE_KMS") == 0;

    /* with ResultFetcher=S3 the download is begun all the same, and says why it cannot be */
    if (is_ciphertext && q->session->fetcher == FETCHER_AUTO) return false;
    return q->session->fetcher != FETCHER_API && !q->io.is_file_denied && is_dml(x) &&
           ends_in(x->output_location, ".csv") && !x->has_managed_results;
}

static enum status ask_for_page(struct query *q) RUNS_ON(io_thread);
static enum status ask_for_page(struct query *q)
{
    struct buf body;
    enum status st;

    if (!q->io.page_rows) {
        q->io.page_rows = q->session->page_rows;
        if (q->in.shares > 1 && q->io.page_rows > SHARED_PAGE_ROWS) {
            q->io.page_rows = SHARED_PAGE_ROWS;
        }
    }
    buf_init(&body, 64 * 1024);
    athena_write_get_results(&body, q->out.id, NULL, q->io.page_rows);
    st = begin_call(q, "fetching the result", "GetQueryResults", &body, 0);
    if (!st) q->io.call->max_body_bytes = page_bytes_max(q->io.page_rows);
    return st;
}

/* Asking the API would hold this query up, or others that need it more. */
static bool is_crowded(const struct query *q) RUNS_ON(io_thread);
static bool is_crowded(const struct query *q)
{
    struct identity *id = q->session->identity;

    return watcher_count(identity_watcher(id)) > CROWD ||
           quota_would_wait(identity_quota(id), QUOTA_RESULTS);
}

static enum status ask_for_metadata_file(struct query *q) RUNS_ON(io_thread);
static enum status ask_for_metadata_file(struct query *q)
{
    struct call_get get = {.first = 0, .last = METADATA_BYTES_MAX - 1};
    struct s3_location file;
    char *name = arena_printf(&q->arena, "%s.metadata", q->out.execution->output_location);

    if (!name) return fault_no_memory(&q->op.fault);
    if (s3_split(&file, &q->arena, name, &q->op.fault)) return ST_ERR;
    get.bucket = file.bucket;
    get.key = file.key;
    q->io.call = calloc(1, sizeof *q->io.call);
    if (!q->io.call) return fault_no_memory(&q->op.fault);
    q->io.is_by_file = true;
    if (!call_start_get(q->io.call, &q->op, q->session, "fetching the result's columns", &get)) {
        return ST_OK;
    }
    fault_copy(&q->op.fault, &q->io.call->fault);
    return ST_ERR;
}

static enum status start_describe(struct query *q) RUNS_ON(io_thread);
static enum status start_describe(struct query *q)
{
    bool is_by_file = may_download(q) && !is_writing(q->out.execution) && is_crowded(q);

    return is_by_file ? ask_for_metadata_file(q) : ask_for_page(q);
}

static enum status open_pages(struct query *q) RUNS_ON(io_thread);
static enum status open_pages(struct query *q)
{
    struct page *first = q->io.first_page;

    q->io.first_page = NULL;
    q->pages = page_reader_start(q->session, q->out.id, first, q->io.next_token, &q->op.fault);
    if (!q->pages) return ST_ERR;
    page_reader_set_reader(q->pages, &q->op);
    q->out.rows =
        pages_new(q->out.columns, q->out.column_count, page_reader_feed(q->pages), &q->op.fault);
    return q->out.rows ? ST_OK : ST_ERR;
}

static enum status open_file(struct query *q) RUNS_ON(io_thread);
static enum status open_file(struct query *q)
{
    struct s3_location file;

    if (s3_split(&file, &q->arena, q->out.execution->output_location, &q->op.fault)) return ST_ERR;
    q->download = download_start(q->session, file.bucket, file.key,
                                 q->session->window_bytes / q->in.shares, &q->op.fault);
    if (!q->download) return ST_ERR;
    download_set_reader(q->download, &q->op);
    q->out.rows =
        csv_new(q->out.columns, q->out.column_count, download_feed(q->download), &q->op.fault);
    return q->out.rows ? ST_OK : ST_ERR;
}

static enum status open_rows(struct query *q, struct athena_results *r) RUNS_ON(io_thread);
static enum status open_rows(struct query *q, struct athena_results *r)
{
    bool is_complete = !*r->next_token;

    if (is_dml(q->out.execution)) athena_results_drop_header(r);
    q->io.first_page = r->page;
    r->page = NULL;
    if (!is_complete) {
        q->io.next_token = arena_text(&q->arena, r->next_token);
        if (!q->io.next_token) return fault_no_memory(&q->op.fault);
    }
    if (may_download(q) && (!is_complete || q->session->fetcher == FETCHER_S3)) return open_file(q);
    return open_pages(q);
}

static enum status finish_describe(struct query *q) RUNS_ON(io_thread);
static enum status finish_describe(struct query *q)
{
    const struct buf *body = &q->io.call->http.body;
    struct athena_results r = {0};
    enum status st;

    st = athena_parse_results(&r, &q->arena, body->bytes, body->count, &q->op.fault);
    end_call(q);
    if (st) return st;
    if (is_writing(q->out.execution)) {
        q->out.update_count = r.update_count;
    } else if (r.column_count) {
        q->out.columns = r.columns;
        q->out.column_count = r.column_count;
        st = open_rows(q, &r);
    }
    page_free(r.page);
    return st;
}

/*
 * The first page. One that is larger than memory should hold is asked for again with fewer rows: the
 * fewest when there is a file to read all of them from.
 */
static enum status finish_page(struct query *q) RUNS_ON(io_thread);
static enum status finish_page(struct query *q)
{
    enum status st = call_ready(q->io.call);
    unsigned fewer = page_fewer_rows(q->io.page_rows);

    while (st == ST_ERR && q->io.call->http.was_too_large && fewer) {
        while (may_download(q) && page_fewer_rows(fewer))
            fewer = page_fewer_rows(fewer);
        log_debug("a page of %u rows is too large, %u are asked for", q->io.page_rows, fewer);
        q->io.page_rows = fewer;
        fewer = page_fewer_rows(fewer);
        end_call(q);
        if (ask_for_page(q)) return ST_ERR;
        st = call_ready(q->io.call);
    }
    if (st == ST_ERR) fault_copy(&q->op.fault, &q->io.call->fault);
    return st ? st : finish_describe(q);
}

/* With the columns the file is opened; without them the first page is asked for. */
static enum status finish_metadata_file(struct query *q) RUNS_ON(io_thread);
static enum status finish_metadata_file(struct query *q)
{
    struct fault why = {0};
    struct column *columns = NULL;
    enum status st = call_ready(q->io.call);

    if (st == ST_WAIT) return st;
    if (st) {
        fault_copy(&why, &q->io.call->fault);
    } else {
        const struct buf *body = &q->io.call->http.body;

        st = result_columns_parse(&columns, &q->out.column_count, &q->arena, body->bytes,
                                  body->count, &why);
    }
    end_call(q);
    q->io.is_by_file = false;
    if (st) {
        log_info("%s; using the API", why.text);
        q->out.column_count = 0;
        return ask_for_page(q);
    }
    q->out.columns = columns;
    return open_file(q);
}

/* ---- FIRST_ROW ---------------------------------------------------------------------------- */

/*
 * Athena may read what the driver may not, or cannot. But a refusal may also mean that the bucket is
 * not ExpectedBucketOwner's: then nothing is read from it by another way.
 */
static bool may_fall_back(const struct query *q)
{
    static const enum sqlstate reasons[] = {SQLSTATE_42501, SQLSTATE_28000, SQLSTATE_HY024,
                                            SQLSTATE_HYC00};
    enum sqlstate why = q->out.rows->fault.state;

    if (!q->download || q->session->fetcher != FETCHER_AUTO) return false;
    if (why == SQLSTATE_42501 && q->session->expected_bucket_owner) return false;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (why == reasons[i]) return true;
    }
    return false;
}

static enum status fall_back(struct query *q) RUNS_ON(io_thread);
static enum status fall_back(struct query *q)
{
    log_info("the result file cannot be read (%s); using the API", q->out.rows->fault.text);
    rows_free(q->out.rows);
    q->out.rows = NULL;
    download_close(q->download);
    q->download = NULL;
    q->io.is_file_denied = true;
    return q->io.first_page ? open_pages(q) : ask_for_page(q);
}

/* The rows are there, or their absence: what the values tell of their columns is read. */
static enum status see_first_rows(struct query *q) RUNS_ON(io_thread);
static enum status see_first_rows(struct query *q)
{
    seconds_see(q->out.rows, q->out.columns, q->out.column_count);
    return ST_OK;
}

static enum status finish_first_row(struct query *q) RUNS_ON(io_thread);
static enum status finish_first_row(struct query *q)
{
    struct rows *rows = q->out.rows;

    if (!rows) return ST_OK;
    rows_gather(rows, 1);
    if (!rows->in_hand && rows->more == ROWS_FAILED && may_fall_back(q)) {
        if (fall_back(q)) return ST_ERR;
        rows = q->out.rows;
        if (!rows) return ST_OK; /* the first page has been asked for */
        rows_gather(rows, 1);
    }
    if (rows->in_hand || rows->more == ROWS_END) return see_first_rows(q);
    if (rows->more == ROWS_MORE) return ST_WAIT;
    fault_copy(&q->op.fault, &rows->fault);
    return ST_ERR;
}

/* ---- the machine -------------------------------------------------------------------------- */

static enum status query_step(struct query *q) RUNS_ON(io_thread);
static enum status query_step(struct query *q)
{
    enum status st = ST_OK;

    switch (q->io.step) {
    case QUERY_START:
        if (!q->io.call) st = start_submit(q);
        if (!st) st = finish_call(q);
        if (!st) st = finish_submit(q); /* q->out.id */
        if (!st) st = start_watch(q);
        return move(q, st, QUERY_WATCH);

    case QUERY_WATCH:
        st = finish_watch(q); /* q->out.execution, or op.fault when it failed */
        if (!st && atomic_load(&q->is_held)) return move(q, st, QUERY_HOLD);
        if (!st) st = start_describe(q);
        return move(q, st, QUERY_DESCRIBE);

    case QUERY_HOLD:
        if (atomic_load(&q->is_held)) {
            if (q->io.parent) op_wake(q->io.parent);
            return ST_WAIT;
        }
        return move(q, start_describe(q), QUERY_DESCRIBE);

    case QUERY_DESCRIBE:
        if (q->io.is_by_file) st = finish_metadata_file(q);
        if (!st && q->io.call) st = finish_page(q); /* q->out.columns, rows, update_count */
        return move(q, st, QUERY_FIRST_ROW);

    case QUERY_FIRST_ROW:
        st = finish_first_row(q);
        return move(q, st, q->io.call ? QUERY_DESCRIBE : QUERY_END);

    case QUERY_END:
        break;
    }
    return ST_OK;
}

/* Not while the answer to StartQueryExecution is on its way. */
static bool may_abandon(const struct query *q) RUNS_ON(io_thread);
static bool may_abandon(const struct query *q)
{
    return q->io.step != QUERY_START || !q->io.call || call_is_between_attempts(q->io.call);
}

/* What a cancel, a time-out or a fault does: nothing stays behind, neither here nor in Athena. */
static enum status abandon(struct query *q) RUNS_ON(io_thread);
static enum status abandon(struct query *q)
{
    enum op_cancel why = op_cancelled(&q->op);

    if (why == OP_TIMED_OUT) {
        fault_set(&q->op.fault, SQLSTATE_HYT00, 0,
                  "running the query: the query time-out has expired; the query was stopped");
    } else if (why == OP_CANCELLED) {
        fault_set(&q->op.fault, SQLSTATE_HY008, 0,
                  "running the query: cancelled by the application");
    }
    end_call(q);
    watcher_remove(&q->io.watch);
    if (*q->out.id && !q->io.is_over) stop_in_background(q->session, q->out.id);
    return move(q, ST_OK, QUERY_END);
}

/* The one place that decides what a cancel or a fault does. */
static enum status query_advance(struct op *op)
{
    struct query *q = container_of(op, struct query, op);
    enum status st = ST_OK;

    engine_assert();
    while (!st && q->io.step != QUERY_END) {
        st = op_cancelled(op) && may_abandon(q) ? abandon(q) : query_step(q);
        if (st == ST_ERR) st = abandon(q);
    }
    if (st == ST_WAIT) return st;
    forget_catalogs(q);
    query_set_reader(q, NULL);
    page_free(q->io.first_page);
    q->io.first_page = NULL;
    if (q->io.parent) op_wake(q->io.parent); /* runs when this operation is done */
    return fault_is_set(&op->fault) ? ST_ERR : ST_OK;
}

void query_hold(struct query *q, unsigned shares)
{
    atomic_store(&q->is_held, true);
    q->in.shares = shares;
}

void query_let_go(struct query *q)
{
    atomic_store(&q->is_held, false);
    op_wake_from_anywhere(&q->op);
}

void query_set_parent(struct query *q, struct op *parent)
{
    q->io.parent = parent;
}

bool query_has_run(const struct query *q)
{
    return q->io.step >= QUERY_HOLD && q->out.execution;
}

bool query_is_writing(const struct query *q)
{
    return is_writing(q->out.execution);
}

void query_set_reader(struct query *q, struct op *reader)
{
    if (q->download) download_set_reader(q->download, reader);
    if (q->pages) page_reader_set_reader(q->pages, reader);
}

/* ---- beginning and end -------------------------------------------------------------------- */

static void query_free(struct op *op)
{
    struct query *q = container_of(op, struct query, op);

    free(q->io.call); /* NULL unless the engine has dropped the operation */
    rows_free(q->out.rows);
    page_free(q->io.first_page);
    download_close(q->download);
    page_reader_close(q->pages);
    watcher_forget(&q->io.watch);
    progress_clear(&q->progress);
    session_release(q->session);
    arena_clear(&q->arena);
    free(q);
}

static bool copy_parameters(struct query *q, const char *const *parameters)
{
    const char **copy;
    size_t count = 0;

    while (parameters[count])
        count++;
    copy = arena_array(&q->arena, count + 1, sizeof *copy);
    if (!copy) return false;
    for (size_t i = 0; i < count; i++) {
        copy[i] = arena_text(&q->arena, parameters[i]);
        if (!copy[i]) return false;
    }
    q->in.parameters = copy;
    q->in.parameter_count = count;
    return true;
}

struct query *query_new(struct session *s, const char *sql, const char *catalog, const char *schema,
                        const char *const *parameters)
{
    struct query *q = calloc(1, sizeof *q);
    bool is_sound;

    if (!q) return NULL;
    op_init(&q->op, s->engine, query_advance, query_free);
    log_subject_set_query(&q->op.log, NULL); /* not that of the statement's last one */
    if (s->poll_limit_ms) q->op.deadline_ms = clock_deadline_ms(s->poll_limit_ms);
    session_hold(s);
    q->session = s;
    progress_init(&q->progress);
    arena_init(&q->arena);
    q->out.update_count = -1;
    q->in.shares = 1;
    atomic_init(&q->is_held, false);
    random_uuid(q->in.token);
    q->in.sql = arena_text(&q->arena, sql);
    q->in.catalog = arena_text(&q->arena, catalog);
    q->in.schema = arena_text(&q->arena, schema);
    is_sound = q->in.sql && (q->in.catalog || !catalog) && (q->in.schema || !schema);
    if (is_sound && parameters) is_sound = copy_parameters(q, parameters);
    if (is_sound) return q;
    op_release(&q->op);
    return NULL;
}

struct query *query_again(const struct query *q)
{
    struct query *again =
        query_new(q->session, q->in.sql, q->in.catalog, q->in.schema, q->in.parameters);

    if (!again) return NULL;
    query_hold(again, q->in.shares);
    again->in.is_fresh = q->in.is_fresh;
    again->op.deadline_ms = q->op.deadline_ms;
    return again;
}

void query_release(struct query *q)
{
    if (!q) return;
    /* not in a fork()ed child, where no call is made and the lock may be held for ever */
    if (engine_is_usable(q->op.engine)) progress_silence(&q->progress);
    op_cancel(&q->op);
    op_release(&q->op);
}
