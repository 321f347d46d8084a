/* Quotas by operation. See quota.h. */
#include "ops/quota.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/timer.h"
#include "ops/bucket.h"

/*
 * Athena's defaults (calls a second and burst: 20/80, 20/80, 100/200, 20/40, 100/200), with a
 * twentieth less burst. Status calls by the batch stay below 20 a second, whatever may be allowed:
 * more are not needed for ten thousand queries.
 *
 * Metadata calls have no published quota. Others have measured that 20 a second pass from idle and
 * that more are throttled until the service has found out that they keep coming; then 75 a second
 * passed (PyAthena, issue 780). So the rate begins low and is raised quickly (ops/bucket.h):
 * SQLTables over many databases is thousands of calls.
 */
/* clang-format off */
static const struct bucket_rule rules[QUOTA_GROUPS] = {
    /*                 per_s burst  least  most */
    [QUOTA_START]    = {  20,   76,     1, 5000},
    [QUOTA_STOP]     = {  20,   76,     1, 5000},
    [QUOTA_STATUS]   = { 100,  190,     5,  100},
    [QUOTA_BATCH]    = {  19,   19,     1,   19},
    [QUOTA_RESULTS]  = { 100,  190,     5, 5000},
    [QUOTA_METADATA] = {  20,   40,     1,  500},
};

static const struct { const char *operation; enum quota_group group; } groups[] = {
    {"StartQueryExecution",    QUOTA_START},
    {"StopQueryExecution",     QUOTA_STOP},
    {"GetQueryExecution",      QUOTA_STATUS},
    {"BatchGetQueryExecution", QUOTA_BATCH},
    {"GetQueryResults",        QUOTA_RESULTS},
};
/* clang-format on */

struct quota_line {
    struct bucket bucket;
    struct list waiters;
    struct timer due; /* armed while somebody waits */
    struct engine *engine;
};

struct quota {
    struct quota_line lines[QUOTA_GROUPS];
};

struct quota *quota_new(struct engine *e)
{
    struct quota *q = calloc(1, sizeof *q);
    int64_t now_ms = clock_now_ms();

    if (!q) return NULL;
    for (int i = 0; i < QUOTA_GROUPS; i++) {
        bucket_init(&q->lines[i].bucket, &rules[i], now_ms);
        list_init(&q->lines[i].waiters);
        q->lines[i].engine = e;
    }
    return q;
}

void quota_free(struct quota *q)
{
    free(q);
}

enum quota_group quota_group_of(const char *operation)
{
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        if (strcmp(groups[i].operation, operation) == 0) return groups[i].group;
    }
    return QUOTA_METADATA;
}

/* ---- waiting ------------------------------------------------------------------------------ */

static void grant(struct timer *t);

static void arm(struct quota_line *line) RUNS_ON(io_thread);
static void arm(struct quota_line *line)
{
    int64_t wait_ms = bucket_wait_ms(&line->bucket, clock_now_ms());

    timer_call(&line->due, line->engine, wait_ms > 1 ? wait_ms : 1, grant);
}

static void grant(struct timer *t)
{
    struct quota_line *line = container_of(t, struct quota_line, due);

    engine_assert();
    while (!list_is_empty(&line->waiters) && bucket_take(&line->bucket, clock_now_ms())) {
        struct quota_waiter *w =
            container_of(list_shift(&line->waiters), struct quota_waiter, link);

        w->is_granted = true;
        op_wake(w->owner);
    }
    if (!list_is_empty(&line->waiters)) arm(line);
}

enum status quota_ready(struct quota *q, enum quota_group group, struct quota_waiter *w,
                        struct op *owner)
{
    struct quota_line *line = &q->lines[group];

    if (w->is_granted) {
        memset(w, 0, sizeof *w);
        return ST_OK;
    }
    if (w->line) return ST_WAIT;
    if (list_is_empty(&line->waiters) && bucket_take(&line->bucket, clock_now_ms())) return ST_OK;
    w->line = line;
    w->owner = owner;
    list_append(&line->waiters, &w->link);
    if (!line->due.is_armed) arm(line);
    return ST_WAIT;
}

void quota_forget(struct quota_waiter *w)
{
    struct quota_line *line = w->line;

    if (!line) return;
    if (w->is_granted) {
        bucket_give_back(&line->bucket);
    } else {
        list_remove(&w->link);
    }
    if (list_is_empty(&line->waiters)) timer_stop(&line->due, line->engine);
    memset(w, 0, sizeof *w);
}

/* ---- the buckets -------------------------------------------------------------------------- */

bool quota_take(struct quota *q, enum quota_group group)
{
    struct quota_line *line = &q->lines[group];

    return list_is_empty(&line->waiters) && bucket_take(&line->bucket, clock_now_ms());
}

void quota_charge(struct quota *q, enum quota_group group)
{
    bucket_charge(&q->lines[group].bucket, clock_now_ms());
}

bool quota_would_wait(struct quota *q, enum quota_group group)
{
    struct quota_line *line = &q->lines[group];

    return !list_is_empty(&line->waiters) || bucket_wait_ms(&line->bucket, clock_now_ms()) > 0;
}

int64_t quota_wait_ms(struct quota *q, enum quota_group group)
{
    int64_t wait_ms = bucket_wait_ms(&q->lines[group].bucket, clock_now_ms());

    return wait_ms > 1 ? wait_ms : 1;
}

double quota_rate(const struct quota *q, enum quota_group group)
{
    return q->lines[group].bucket.per_s;
}

void quota_succeeded(struct quota *q, enum quota_group group)
{
    bucket_succeeded(&q->lines[group].bucket);
}

void quota_throttled(struct quota *q, enum quota_group group, int64_t sent_ms)
{
    struct bucket *b = &q->lines[group].bucket;

    bucket_throttled(b, sent_ms, clock_now_ms());
    log_debug("throttled: now %.1f calls a second", b->per_s);
}
