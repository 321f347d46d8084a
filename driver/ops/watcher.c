/*
 * The watcher. See watcher.h.
 *
 *     heap: watched queries by the time they are due       at most LANES requests on their way
 *     [id, due] [id, due] [id, due] ...         ---->      lane: up to 50 ids, one answer
 *
 * While anything is watched there is one operation (struct round), which wakes for its timer and
 * for the answers; it ends with the last watched query, so that an idle connection costs nothing.
 *
 * A request is made up when it may be sent, not before: it takes its token from the quota by
 * itself, and while there is none the heap goes on growing ripe. What is nearly due goes along.
 */
#include "ops/watcher.h"

#include <stdlib.h>
#include <string.h>

#include "aws/error_map.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "engine/timer.h"
#include "ops/call.h"
#include "ops/quota.h"
#include "ops/start_queue.h"

enum { LANES = 8 };
enum { ANSWER_GOAL_BYTES = 4 << 20, ANSWER_OVERHEAD_BYTES = 2048 }; /* a batch repeats all texts */
enum { GATHER_MS = 10 };  /* what is due so soon is asked now, with the others */
enum { EARLY_PART = 4 };  /* so is what is due within this part of its interval */
enum { AGE_PART = 8 };    /* of a query's age is its interval: ends are noticed so late at most */
enum { ALONE_MOST = 2 };  /* so few queries are asked after one by one */
enum { JITTER_PART = 8 }; /* of an interval is random: processes do not march in step */

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
    struct quota *quota;
    struct due_heap heap ONLY_ON(io_thread);
    size_t count ONLY_ON(io_thread); /* all that are watched: in the heap or being asked after */
    struct round *round ONLY_ON(io_thread);
    bool is_batch_denied ONLY_ON(io_thread); /* IAM lacks athena:BatchGetQueryExecution */
};

struct watcher *watcher_new(struct engine *e, struct quota *quota)
{
    struct watcher *w = calloc(1, sizeof *w);

    if (!w) return NULL;
    w->engine = e;
    w->quota = quota;
    return w;
}

NO_THREAD_CHECK void watcher_free(struct watcher *w)
{
    if (!w) return;
    due_heap_clear(&w->heap);
    free(w);
}

static bool asks_alone(const struct watcher *w) RUNS_ON(io_thread);
static bool asks_alone(const struct watcher *w)
{
    return w->is_batch_denied || w->count <= ALONE_MOST;
}

static enum quota_group group_of(const struct watcher *w) RUNS_ON(io_thread);
static enum quota_group group_of(const struct watcher *w)
{
    return asks_alone(w) ? QUOTA_STATUS : QUOTA_BATCH;
}

/* ---- when to ask -------------------------------------------------------------------------- */

/* How long a round of requests for everybody takes at the rate that is allowed. */
static double round_ms(const struct watcher *w) RUNS_ON(io_thread);
static double round_ms(const struct watcher *w)
{
    size_t each = asks_alone(w) ? 1 : ATHENA_BATCH_MAX;
    size_t requests = (w->count + each - 1) / each;

    return (double)requests * 1000 / quota_rate(w->quota, group_of(w));
}

/* Grown by the factor the user wants, else by the query's age; within the bounds; not too often. */
static double wanted_ms(const struct watched *x)
{
    const struct session *s = x->session;
    double age_ms = (double)(clock_now_ms() - x->since_ms);
    double next_ms = s->poll_factor > 0 ? (double)x->interval_ms * s->poll_factor
                                        : age_ms / AGE_PART;

    if (next_ms < (double)s->poll_min_ms) return (double)s->poll_min_ms;
    return next_ms < (double)s->poll_max_ms ? next_ms : (double)s->poll_max_ms;
}

static void put_back(struct watched *x) RUNS_ON(io_thread);
static void put_back(struct watched *x)
{
    uint32_t jitter_ms = (uint32_t)(x->interval_ms / JITTER_PART);
    double least_ms = round_ms(x->watcher);
    int64_t wait_ms = x->interval_ms;

    if ((double)wait_ms < least_ms) wait_ms = (int64_t)least_ms;
    if (jitter_ms) wait_ms -= random_u32() % jitter_ms;
    x->due.due_ms = clock_now_ms() + wait_ms;
    due_heap_put(&x->watcher->heap, &x->due);
}

static void ask_again_later(struct watched *x) RUNS_ON(io_thread);
static void ask_again_later(struct watched *x)
{
    x->asked = NULL;
    x->interval_ms = (int64_t)wanted_ms(x);
    put_back(x);
}

static struct watched *next_due(const struct watcher *w) RUNS_ON(io_thread);
static struct watched *next_due(const struct watcher *w)
{
    struct due_entry *first = due_heap_first(&w->heap);

    return first ? container_of(first, struct watched, due) : NULL;
}

/* ---- asking ------------------------------------------------------------------------------- */

/* Fills a lane with what is due or nearly so; the first always fits. */
static void fill(struct lane *lane, struct watcher *w) RUNS_ON(io_thread);
static void fill(struct lane *lane, struct watcher *w)
{
    int64_t now_ms = clock_now_ms();
    unsigned most = asks_alone(w) ? 1 : ATHENA_BATCH_MAX;
    size_t room_bytes = SIZE_MAX;
    struct watched *x;

    lane->count = 0;
    while (lane->count < most && (x = next_due(w))) {
        size_t answer_bytes = x->text_bytes + ANSWER_OVERHEAD_BYTES;
        int64_t early_ms = x->interval_ms / EARLY_PART;

        if (x->due.due_ms > now_ms + (early_ms > GATHER_MS ? early_ms : GATHER_MS)) break;
        if (answer_bytes > room_bytes) break;
        if (lane->count == 0) room_bytes = ANSWER_GOAL_BYTES;
        room_bytes -= answer_bytes < room_bytes ? answer_bytes : room_bytes;
        due_heap_remove(&w->heap, &x->due);
        lane->asked[lane->count] = x;
        x->asked = &lane->asked[lane->count++];
    }
}

static void ask(struct round *r, struct lane *lane) RUNS_ON(io_thread);
static void ask(struct round *r, struct lane *lane)
{
    const char *ids[ATHENA_BATCH_MAX] = {NULL};
    struct buf body;

    fill(lane, r->watcher);
    for (unsigned i = 0; i < lane->count; i++)
        ids[i] = lane->asked[i]->id;
    buf_init(&body, 1 << 20);
    lane->is_batch = !asks_alone(r->watcher);
    if (lane->is_batch) {
        athena_write_batch_get(&body, ids, lane->count);
    } else {
        athena_write_query_id(&body, ids[0]);
    }
    lane->is_busy = true;
    call_start(&lane->call, &r->op, r->session, "asking for the query's state",
               lane->is_batch ? "BatchGetQueryExecution" : "GetQueryExecution", &body,
               CALL_WAITS_FOR_THROTTLING | CALL_HAS_TOKEN);
}

/* ---- hearing ------------------------------------------------------------------------------ */

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

/* Another of its kind may be started. */
static void make_room(const struct watched *x) RUNS_ON(io_thread);
static void make_room(const struct watched *x)
{
    bool is_dml = strcmp(x->execution.statement_type, "DML") == 0;

    start_queue_query_ended(identity_starts(x->session->identity, is_dml ? START_DML : START_DDL));
}

static void hear(struct watched *x, const struct athena_execution *news) RUNS_ON(io_thread);
static void hear(struct watched *x, const struct athena_execution *news)
{
    keep(x, news);
    x->is_over = athena_state_is_final(news->state);
    x->asked = NULL;
    if (x->is_over) {
        make_room(x);
    } else {
        ask_again_later(x);
    }
    op_wake(x->owner); /* who knows what is news to the application (ops/progress.c) */
}

static void hear_fault(struct watched *x, const struct fault *f) RUNS_ON(io_thread);
static void hear_fault(struct watched *x, const struct fault *f)
{
    x->asked = NULL;
    x->has_failed = true;
    fault_copy(&x->owner->fault, f);
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

        if (!x || !x->asked) continue;
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

/* A new request in a lane that is free, if something is due and the quota allows. */
static bool may_ask(struct watcher *w) RUNS_ON(io_thread);
static bool may_ask(struct watcher *w)
{
    struct watched *first = next_due(w);

    return first && first->due.due_ms <= clock_now_ms() && quota_take(w->quota, group_of(w));
}

static void serve(struct round *r, struct lane *lane) RUNS_ON(io_thread);
static void serve(struct round *r, struct lane *lane)
{
    if (lane->is_busy) {
        enum status st = call_ready(&lane->call);

        if (st == ST_WAIT) return;
        finish(r, lane, st);
    }
    if (!may_ask(r->watcher)) return;
    ask(r, lane);
    if (call_ready(&lane->call) == ST_ERR) finish(r, lane, ST_ERR);
}

static bool is_all_busy(const struct round *r)
{
    for (int i = 0; i < LANES; i++) {
        if (!r->lanes[i].is_busy) return false;
    }
    return true;
}

/* Sleeps until the next query is due and there is a token; answers wake it too. */
static void sleep_well(struct round *r) RUNS_ON(io_thread);
static void sleep_well(struct round *r)
{
    struct watcher *w = r->watcher;
    const struct watched *first = next_due(w);
    int64_t wait_ms, token_ms;

    if (!first || is_all_busy(r)) {
        timer_stop(&r->timer, r->op.engine);
        return;
    }
    wait_ms = first->due.due_ms - clock_now_ms();
    token_ms = quota_wait_ms(w->quota, group_of(w));
    timer_start(&r->timer, &r->op, wait_ms > token_ms ? wait_ms : token_ms);
}

static void end_round(struct round *r) RUNS_ON(io_thread);
static void end_round(struct round *r)
{
    const struct fault nothing = {0};

    timer_stop(&r->timer, r->op.engine);
    for (int i = 0; i < LANES; i++) {
        if (r->lanes[i].is_busy) settle(&r->lanes[i], &nothing);
    }
    r->watcher->round = NULL;
}

static enum status round_advance(struct op *op)
{
    struct round *r = container_of(op, struct round, op);

    engine_assert();
    if (!r->watcher->count || op_cancelled(op)) {
        end_round(r);
        return ST_OK;
    }
    for (int i = 0; i < LANES; i++)
        serve(r, &r->lanes[i]);
    sleep_well(r);
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
    log_subject_share(&r->op.log);
    r->watcher = w;
    session_hold(s);
    r->session = s;
    w->round = r;
    op_submit(&r->op);
    op_release(&r->op);
    return ST_OK;
}

/* ---- what queries ask --------------------------------------------------------------------- */

/* A query that comes first must not wait for the round's timer, which was set for another. */
static void join(struct watcher *w, struct watched *x) RUNS_ON(io_thread);
static void join(struct watcher *w, struct watched *x)
{
    x->watcher = w;
    w->count++;
    put_back(x);
    if (next_due(w) == x) op_wake(&w->round->op);
}

enum status watcher_add(struct watched *x, struct op *owner, struct session *s, const char *id,
                        size_t text_bytes, struct fault *f)
{
    struct watcher *w = identity_watcher(s->identity);

    memset(x, 0, sizeof *x);
    arena_init(&x->arena);
    x->owner = owner;
    x->session = s;
    x->id = id;
    x->text_bytes = text_bytes;
    x->since_ms = clock_now_ms();
    x->interval_ms = s->poll_min_ms;
    if (!due_heap_reserve(&w->heap, w->count + 1)) return fault_no_memory(f);
    if (!w->round && begin_round(w, s, f)) return ST_ERR;
    join(w, x);
    return ST_OK;
}

size_t watcher_count(const struct watcher *w)
{
    return w->count;
}

enum status watcher_ready(const struct watched *x)
{
    if (x->is_over) return ST_OK;
    return x->has_failed ? ST_ERR : ST_WAIT;
}

void watcher_remove(struct watched *x)
{
    struct watcher *w = x->watcher;

    if (!w) return;
    x->watcher = NULL;
    due_heap_remove(&w->heap, &x->due);
    if (x->asked) *x->asked = NULL;
    x->asked = NULL;
    w->count--;
    if (!w->count && w->round) op_wake(&w->round->op);
}

void watcher_forget(struct watched *x)
{
    arena_clear(&x->arena);
    memset(x, 0, sizeof *x);
}
