/* The start queue. See start_queue.h for the drawing. */
#include "ops/start_queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "engine/timer.h"
#include "ops/quota.h"

/*
 * Starts on their way. What is needed is the rate times the time an answer takes, and half as much
 * again since neither is steady, but so much that over a slow network too a burst is sent before
 * the rate can count; more than three quarters of a host's connections would leave too few for
 * calls of other kinds. All of them may be refused when the account's queue turns out to be full.
 */
enum { WINDOW_FIRST = 8, WINDOW_BURST = 16, WINDOW_MOST = 96 };
static const double ANSWER_FIRST_S = 0.25; /* before the first is known */
static const double ANSWER_PART = 0.125;   /* of a new one in the mean */
static const double SPARE = 1.5;
/* Between probes, when no query of ours ends. */
enum { PROBE_FIRST_MS = 1000, PROBE_MOST_MS = 30 * 1000 };

struct start_queue {
    struct engine *engine;
    struct quota *quota;
    struct list lines ONLY_ON(io_thread); /* those with waiting tickets, the next to serve first */
    uint64_t last_number ONLY_ON(io_thread);
    unsigned sent ONLY_ON(io_thread), window ONLY_ON(io_thread);
    unsigned burst ONLY_ON(io_thread);  /* so many on their way, whatever the rate needs */
    double answer_s ONLY_ON(io_thread); /* how long a start takes, a moving mean */
    bool is_full ONLY_ON(io_thread);
    bool is_probing ONLY_ON(io_thread); /* the next start is a probe, or one is on its way */
    unsigned freed ONLY_ON(io_thread);  /* starts that ended queries have made room for */
    int64_t probe_ms ONLY_ON(io_thread);
    struct timer probe ONLY_ON(io_thread); /* armed while full and somebody waits */
    struct timer token ONLY_ON(io_thread); /* armed while only the rate holds starts up */
};

NO_THREAD_CHECK struct start_queue *start_queue_new(struct engine *e, struct quota *quota)
{
    struct start_queue *q = calloc(1, sizeof *q);

    if (!q) return NULL;
    q->engine = e;
    q->quota = quota;
    q->window = WINDOW_FIRST;
    q->burst = WINDOW_BURST;
    q->answer_s = ANSWER_FIRST_S;
    q->probe_ms = PROBE_FIRST_MS;
    list_init(&q->lines);
    return q;
}

void start_queue_free(struct start_queue *q)
{
    free(q);
}

void start_line_init(struct start_line *line)
{
    list_init(&line->link);
    list_init(&line->waiting);
}

/* ---- whose turn it is --------------------------------------------------------------------- */

/* To its place by number: at the end, or where it was before it was sent. */
static void stand_in_line(struct start_queue *q, struct start_ticket *t) RUNS_ON(io_thread);
static void stand_in_line(struct start_queue *q, struct start_ticket *t)
{
    struct list *behind = &t->line->waiting;

    while (behind->prev != &t->line->waiting &&
           container_of(behind->prev, struct start_ticket, link)->number > t->number) {
        behind = behind->prev;
    }
    list_append(behind, &t->link); /* before `behind` */
    if (list_is_empty(&t->line->link)) list_append(&q->lines, &t->line->link);
    t->state = START_WAITS;
    t->is_probe = false;
}

static void leave_line(struct start_ticket *t)
{
    list_remove(&t->link);
    if (list_is_empty(&t->line->waiting)) list_remove(&t->line->link);
}

/* The first of the next connection, which is then served last. */
static struct start_ticket *next_ticket(struct start_queue *q) RUNS_ON(io_thread);
static struct start_ticket *next_ticket(struct start_queue *q)
{
    struct start_line *line = container_of(list_shift(&q->lines), struct start_line, link);
    struct start_ticket *t = container_of(list_shift(&line->waiting), struct start_ticket, link);

    if (!list_is_empty(&line->waiting)) list_append(&q->lines, &line->link);
    return t;
}

static unsigned window(const struct start_queue *q) RUNS_ON(io_thread);
static unsigned window(const struct start_queue *q)
{
    double needed = quota_rate(q->quota, QUOTA_START) * q->answer_s * SPARE;
    unsigned most = needed > WINDOW_MOST ? WINDOW_MOST
                    : needed < q->burst  ? q->burst
                                         : (unsigned)needed;

    return q->window < most ? q->window : most;
}

static bool may_send(const struct start_queue *q) RUNS_ON(io_thread);
static bool may_send(const struct start_queue *q)
{
    if (list_is_empty(&q->lines) || q->sent >= window(q)) return false;
    return !q->is_full || q->freed > 0 || (q->is_probing && q->sent == 0);
}

static void send_one(struct start_queue *q) RUNS_ON(io_thread);
static void send_one(struct start_queue *q)
{
    struct start_ticket *t = next_ticket(q);

    t->state = START_SENT;
    t->is_probe = q->is_full && !q->freed;
    if (q->is_full && q->freed) q->freed--;
    q->sent++;
    op_wake(t->owner);
}

static void token_due(struct timer *t);
static void probe_due(struct timer *t);

static void serve(struct start_queue *q) RUNS_ON(io_thread);
static void serve(struct start_queue *q)
{
    while (may_send(q)) {
        if (!quota_take(q->quota, QUOTA_START)) {
            if (q->token.is_armed) return;
            timer_call(&q->token, q->engine, quota_wait_ms(q->quota, QUOTA_START), token_due);
            return;
        }
        send_one(q);
    }
    if (list_is_empty(&q->lines)) {
        timer_stop(&q->token, q->engine);
        timer_stop(&q->probe, q->engine);
    } else if (q->is_full && !q->is_probing && !q->probe.is_armed) {
        timer_call(&q->probe, q->engine, q->probe_ms, probe_due);
    }
}

static void token_due(struct timer *t)
{
    engine_assert();
    serve(container_of(t, struct start_queue, token));
}

static void probe_due(struct timer *t)
{
    struct start_queue *q = container_of(t, struct start_queue, probe);

    engine_assert();
    q->is_probing = true;
    serve(q);
}

/* ---- full, and open again ----------------------------------------------------------------- */

/* Times between probes double, and differ from one process to another. */
static int64_t next_probe_ms(int64_t last_ms)
{
    int64_t next_ms = last_ms * 2 < PROBE_MOST_MS ? last_ms * 2 : PROBE_MOST_MS;

    return next_ms * 3 / 4 + random_u32() % (next_ms / 4 + 1);
}

static void close_queue(struct start_queue *q, bool was_probe) RUNS_ON(io_thread);
static void close_queue(struct start_queue *q, bool was_probe)
{
    if (!q->is_full) log_info("as many queries are active as the account may have; waiting");
    q->is_full = true;
    q->freed = 0;
    q->burst = WINDOW_FIRST; /* the account is smaller than its burst */
    if (!was_probe) return;
    q->is_probing = false;
    q->probe_ms = next_probe_ms(q->probe_ms);
}

static void open_queue(struct start_queue *q) RUNS_ON(io_thread);
static void open_queue(struct start_queue *q)
{
    log_info("queries can be started again");
    q->is_full = q->is_probing = false;
    q->window = 1;
    q->probe_ms = PROBE_FIRST_MS;
    timer_stop(&q->probe, q->engine);
}

/* ---- what calls say ----------------------------------------------------------------------- */

enum status start_queue_ready(struct start_queue *q, struct start_line *line,
                              struct start_ticket *t, struct op *owner)
{
    if (t->state == START_NONE) {
        t->queue = q;
        t->line = line;
        t->owner = owner;
        t->number = ++q->last_number;
        stand_in_line(q, t);
        serve(q);
    }
    return t->state == START_SENT ? ST_OK : ST_WAIT;
}

void start_queue_accepted(struct start_ticket *t, int64_t sent_ms)
{
    struct start_queue *q = t->queue;
    double took_s = (double)(clock_now_ms() - sent_ms) / 1000;

    q->sent--;
    q->answer_s += (took_s - q->answer_s) * ANSWER_PART;
    quota_succeeded(q->quota, QUOTA_START);
    if (t->is_probe) open_queue(q);
    if (q->window < WINDOW_MOST) q->window++;
    memset(t, 0, sizeof *t);
    serve(q);
}

void start_queue_refused(struct start_ticket *t, bool is_full, int64_t sent_ms)
{
    struct start_queue *q = t->queue;
    bool was_probe = t->is_probe;

    q->sent--;
    if (!is_full) quota_throttled(q->quota, QUOTA_START, sent_ms);
    if (is_full) close_queue(q, was_probe);
    stand_in_line(q, t);
    serve(q);
}

void start_queue_leave(struct start_ticket *t)
{
    struct start_queue *q = t->queue;

    if (t->state == START_NONE) return;
    if (t->state == START_WAITS) {
        leave_line(t);
    } else {
        q->sent--;
        if (t->is_probe) q->is_probing = false;
    }
    memset(t, 0, sizeof *t);
    serve(q);
}

void start_queue_query_ended(struct start_queue *q)
{
    if (!q->is_full) return;
    q->freed++;
    timer_stop(&q->probe, q->engine); /* probes are for when nothing ends */
    serve(q);
}
