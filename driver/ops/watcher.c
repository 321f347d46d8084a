/*
 * The watcher. See watcher.h.
 *
 *     watched queries, each with the time it is due      at most LANES requests on their way
 *     [id, due] [id, due] [id, due] ...         ---->    lane: up to 50 ids, one answer
 *
 * While anything is watched there is one operation (struct round), which wakes for its timer and
 * for the answers; it ends with the last watched query, so that an idle connection costs nothing.
 */
#include "ops/watcher.h"

#include <stdlib.h>
#include <string.h>

#include "aws/error_map.h"
#include "base/clock.h"
#include "base/log.h"
#include "engine/timer.h"
#include "ops/call.h"

enum { LANES = 4 };
enum { ANSWER_GOAL_BYTES = 4 << 20, ANSWER_OVERHEAD_BYTES = 2048 }; /* a batch repeats all texts */
enum { GATHER_MS = 10 }; /* what is due so soon is asked now, with the others */

struct lane {
    struct call call;
    bool is_busy, is_batch;
    unsigned count;
    struct watched *asked[ATHENA_BATCH_MAX]; /* NULL: not watched any more */
};

struct round {
    struct op op;
    struct watcher *watcher;
    struct session *session; /* of the query that began it; any of the identity would do */
    struct timer timer;
    struct lane lanes[LANES];
};

struct watcher {
    struct engine *engine;
    struct list watched ONLY_ON(io_thread);
    struct round *round ONLY_ON(io_thread);
    bool is_batch_denied ONLY_ON(io_thread); /* IAM lacks athena:BatchGetQueryExecution */
};

NO_THREAD_CHECK struct watcher *watcher_new(struct engine *e)
{
    struct watcher *w = calloc(1, sizeof *w);

    if (!w) return NULL;
    w->engine = e;
    list_init(&w->watched);
    return w;
}

void watcher_free(struct watcher *w)
{
    free(w);
}

/* ---- asking ------------------------------------------------------------------------------- */

/* Fills a lane with what is due; the first always fits. */
static void fill(struct lane *lane, struct watcher *w) RUNS_ON(io_thread);
static void fill(struct lane *lane, struct watcher *w)
{
    int64_t now_ms = clock_now_ms();
    unsigned most = w->is_batch_denied ? 1 : ATHENA_BATCH_MAX;
    size_t room_bytes = SIZE_MAX;

    lane->count = 0;
    list_each(item, &w->watched) {
        struct watched *x = container_of(item, struct watched, link);
        size_t answer_bytes = x->text_bytes + ANSWER_OVERHEAD_BYTES;

        if (lane->count == most) break;
        if (x->is_asked || x->due_ms > now_ms + GATHER_MS || answer_bytes > room_bytes) continue;
        if (lane->count == 0) room_bytes = ANSWER_GOAL_BYTES;
        room_bytes -= answer_bytes < room_bytes ? answer_bytes : room_bytes;
        x->is_asked = true;
        lane->asked[lane->count++] = x;
    }
}

static void ask(struct round *r, struct lane *lane) RUNS_ON(io_thread);
static void ask(struct round *r, struct lane *lane)
{
    const char *ids[ATHENA_BATCH_MAX];
    struct buf body;

    fill(lane, r->watcher);
    if (!lane->count) return;
    for (unsigned i = 0; i < lane->count; i++)
        ids[i] = lane->asked[i]->id;
    buf_init(&body, 1 << 20);
    lane->is_batch = lane->count > 1;
    if (lane->is_batch) {
        athena_write_batch_get(&body, ids, lane->count);
    } else {
        athena_write_query_id(&body, ids[0]);
    }
    lane->is_busy = true;
    call_start(&lane->call, &r->op, r->session, "asking for the query's state",
               lane->is_batch ? "BatchGetQueryExecution" : "GetQueryExecution", &body, true);
}

/* ---- hearing ------------------------------------------------------------------------------ */

/*
 * The next interval: grown by the factor the user wants, else an eighth of the query's age, so that
 * an end is noticed late by an eighth of the time it took, whatever that was.
 */
static int64_t next_interval_ms(const struct watched *x)
{
    const struct session *s = x->session;
    double next_ms = s->poll_factor > 0 ? (double)x->interval_ms * s->poll_factor
                                        : (double)(clock_now_ms() - x->since_ms) / 8;

    if (next_ms < (double)s->poll_min_ms) return s->poll_min_ms;
    return next_ms < (double)s->poll_max_ms ? (int64_t)next_ms : s->poll_max_ms;
}

static void ask_again_later(struct watched *x)
{
    x->is_asked = false;
    x->due_ms = clock_now_ms() + x->interval_ms;
    x->interval_ms = next_interval_ms(x);
}

/* Copies the strings of an execution, which end with the answer, into the watch's own arena. */
static void keep(struct watched *x, const struct athena_execution *news)
{
    struct arena *a = &x->arena;
    struct athena_execution *own = &x->execution;
    const char **texts[] = {&own->id,
                            &own->state_change_reason,
                            &own->statement_type,
                            &own->substatement_type,
                            &own->output_location,
                            &own->data_manifest_location,
                            &own->workgroup,
                            &own->catalog,
                            &own->database,
                            &own->engine_version,
                            &own->encryption_option,
                            &own->error_message};

    arena_clear(a);
    *own = *news;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *copy = arena_text(a, *texts[i]);

        *texts[i] = copy ? copy : "";
    }
}

static void hear(struct watched *x, const struct athena_execution *news) RUNS_ON(io_thread);
static void hear(struct watched *x, const struct athena_execution *news)
{
    bool is_change = x->execution.state != news->state ||
                     x->execution.data_scanned_bytes != news->data_scanned_bytes;

    keep(x, news);
    x->is_over = athena_state_is_final(news->state);
    ask_again_later(x);
    if (x->is_over || is_change) op_wake(x->owner);
}

static void hear_fault(struct watched *x, const struct fault *f) RUNS_ON(io_thread);
static void hear_fault(struct watched *x, const struct fault *f)
{
    x->is_asked = false;
    fault_copy(&x->fault, f);
    op_wake(x->owner);
}

static struct watched *asked_for(struct lane *lane, const char *id)
{
    for (unsigned i = 0; i < lane->count; i++) {
        if (lane->asked[i] && strcmp(lane->asked[i]->id, id) == 0) return lane->asked[i];
    }
    return NULL;
}

static enum status hear_batch(struct lane *lane, struct arena *a, struct fault *f)
    RUNS_ON(io_thread);
static enum status hear_batch(struct lane *lane, struct arena *a, struct fault *f)
{
    const struct buf *body = &lane->call.http.body;
    struct athena_batch batch = {0};
    enum status st = athena_parse_batch(&batch, a, body->bytes, body->count, f);

    if (st) return st;
    for (size_t i = 0; i < batch.execution_count; i++) {
        struct watched *x = asked_for(lane, batch.executions[i].id);

        if (x) hear(x, &batch.executions[i]);
    }
    for (size_t i = 0; i < batch.unprocessed_count; i++) {
        struct watched *x = asked_for(lane, batch.unprocessed[i].id);
        struct fault refusal = {0};

        if (!x) continue;
        fault_set(&refusal, SQLSTATE_HY000, 0, "asking for the query's state: %s (%s)",
                  batch.unprocessed[i].message, batch.unprocessed[i].code);
        hear_fault(x, &refusal);
    }
    return ST_OK;
}

static enum status hear_one(struct lane *lane, struct arena *a, struct fault *f) RUNS_ON(io_thread);
static enum status hear_one(struct lane *lane, struct arena *a, struct fault *f)
{
    const struct buf *body = &lane->call.http.body;
    struct athena_execution execution = {0};
    enum status st = athena_parse_execution(&execution, a, body->bytes, body->count, f);

    if (!st && lane->asked[0]) hear(lane->asked[0], &execution);
    return st;
}

/* Those the answer did not speak of are asked after again, or told what went wrong. */
static void settle(struct lane *lane, const struct fault *f) RUNS_ON(io_thread);
static void settle(struct lane *lane, const struct fault *f)
{
    for (unsigned i = 0; i < lane->count; i++) {
        struct watched *x = lane->asked[i];

        if (!x || !x->is_asked) continue;
        if (fault_is_set(f)) {
            hear_fault(x, f);
        } else {
            ask_again_later(x);
        }
    }
    lane->count = 0;
    lane->is_busy = false;
    call_clear(&lane->call);
}

static bool is_denied(const struct call *c)
{
    return c->error.code && strcmp(c->error.code, "AccessDeniedException") == 0;
}

static void finish(struct round *r, struct lane *lane, enum status st) RUNS_ON(io_thread);
static void finish(struct round *r, struct lane *lane, enum status st)
{
    struct fault fault = {0};
    struct arena arena;

    arena_init(&arena);
    if (st == ST_ERR && lane->is_batch && is_denied(&lane->call)) {
        log_info("athena:BatchGetQueryExecution is denied; asking for each query by itself");
        r->watcher->is_batch_denied = true;
    } else if (st == ST_ERR) {
        fault_copy(&fault, &lane->call.fault);
    } else if (lane->is_batch) {
        hear_batch(lane, &arena, &fault);
    } else {
        hear_one(lane, &arena, &fault);
    }
    settle(lane, &fault);
    arena_clear(&arena);
}

/* ---- the round ---------------------------------------------------------------------------- */

static void serve(struct round *r, struct lane *lane) RUNS_ON(io_thread);
static void serve(struct round *r, struct lane *lane)
{
    if (lane->is_busy) {
        enum status st = call_ready(&lane->call);

        if (st == ST_WAIT) return;
        finish(r, lane, st);
    }
    ask(r, lane);
    if (lane->is_busy && call_ready(&lane->call) == ST_ERR) finish(r, lane, ST_ERR);
}

/* When the next query that nobody is asking about is due. */
static int64_t next_due_ms(struct watcher *w) RUNS_ON(io_thread);
static int64_t next_due_ms(struct watcher *w)
{
    int64_t due_ms = CLOCK_NEVER;

    list_each(item, &w->watched) {
        struct watched *x = container_of(item, struct watched, link);

        if (!x->is_asked && x->due_ms < due_ms) due_ms = x->due_ms;
    }
    return due_ms;
}

static bool is_all_busy(const struct round *r)
{
    for (int i = 0; i < LANES; i++) {
        if (!r->lanes[i].is_busy) return false;
    }
    return true;
}

static void end_round(struct round *r) RUNS_ON(io_thread);
static void end_round(struct round *r)
{
    timer_stop(&r->timer, r->op.engine);
    for (int i = 0; i < LANES; i++) {
        if (r->lanes[i].is_busy) call_clear(&r->lanes[i].call);
    }
    r->watcher->round = NULL;
}

static enum status round_advance(struct op *op)
{
    struct round *r = container_of(op, struct round, op);
    int64_t due_ms;

    engine_assert();
    if (list_is_empty(&r->watcher->watched) || op_cancelled(op)) {
        end_round(r);
        return ST_OK;
    }
    for (int i = 0; i < LANES; i++)
        serve(r, &r->lanes[i]);
    due_ms = next_due_ms(r->watcher);
    if (due_ms == CLOCK_NEVER || is_all_busy(r)) {
        timer_stop(&r->timer, op->engine);
    } else {
        int64_t wait_ms = due_ms - clock_now_ms();

        timer_start(&r->timer, op, wait_ms > 1 ? wait_ms : 1);
    }
    return ST_WAIT;
}

static void round_free(struct op *op)
{
    struct round *r = container_of(op, struct round, op);

    session_release(r->session);
    free(r);
}

static enum status begin_round(struct watcher *w, struct session *s, struct fault *f)
    RUNS_ON(io_thread);
static enum status begin_round(struct watcher *w, struct session *s, struct fault *f)
{
    struct round *r = calloc(1, sizeof *r);

    if (!r) return fault_no_memory(f);
    op_init(&r->op, w->engine, round_advance, round_free);
    r->watcher = w;
    session_hold(s);
    r->session = s;
    w->round = r;
    op_submit(&r->op);
    op_release(&r->op);
    return ST_OK;
}

/* ---- what queries ask --------------------------------------------------------------------- */

enum status watcher_add(struct watched *x, struct op *owner, struct session *s, const char *id,
                        size_t text_bytes, struct fault *f)
{
    struct watcher *w = identity_watcher(s->identity);

    memset(x, 0, sizeof *x);
    arena_init(&x->arena);
    if (!w) return fault_no_memory(f);
    x->owner = owner;
    x->session = s;
    x->id = id;
    x->text_bytes = text_bytes;
    x->since_ms = clock_now_ms();
    x->interval_ms = s->poll_min_ms;
    x->due_ms = x->since_ms + x->interval_ms;
    x->watcher = w;
    list_append(&w->watched, &x->link);
    if (w->round) {
        op_wake(&w->round->op);
        return ST_OK;
    }
    if (!begin_round(w, s, f)) return ST_OK;
    list_remove(&x->link);
    x->watcher = NULL;
    return ST_ERR;
}

enum status watcher_ready(const struct watched *x)
{
    if (x->is_over) return ST_OK;
    return fault_is_set(&x->fault) ? ST_ERR : ST_WAIT;
}

static void forget(struct round *r, const struct watched *x)
{
    for (int i = 0; i < LANES; i++) {
        for (unsigned k = 0; k < r->lanes[i].count; k++) {
            if (r->lanes[i].asked[k] == x) r->lanes[i].asked[k] = NULL;
        }
    }
}

void watcher_remove(struct watched *x)
{
    struct watcher *w = x->watcher;

    if (!w) return;
    x->watcher = NULL;
    list_remove(&x->link);
    if (!w->round) return;
    forget(w->round, x);
    if (list_is_empty(&w->watched)) op_wake(&w->round->op);
}

void watcher_forget(struct watched *x)
{
    arena_clear(&x->arena);
    memset(x, 0, sizeof *x);
}
