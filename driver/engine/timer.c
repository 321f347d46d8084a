/*
 * The timer heap: a pairing heap of embedded nodes (Fredman, Sedgewick, Sleator, Tarjan 1986).
 *
 * An array heap would have to grow, and arming a timer would fail when memory runs out; here
 * nothing is allocated. Arming costs O(1), stopping and taking the next one O(log n) amortised.
 * e->next_due is the root: nobody is due earlier.
 */
#include "engine/timer.h"

#include <assert.h>
#include <stddef.h>

#include "base/clock.h"
#include "engine/loop.h"

/* Makes the later of two heaps the first child of the earlier one. Both are roots or NULL. */
static struct timer *meld(struct timer *a, struct timer *b)
{
    if (a == NULL) return b;
    if (b == NULL) return a;
    if (b->due_ms < a->due_ms) {
        struct timer *earlier = b;

        b = a;
        a = earlier;
    }
    b->next = a->child;
    b->before = a;
    if (b->next != NULL) b->next->before = b;
    a->child = b;
    return a;
}

/* One heap of the children of a removed node: pair them from the left, meld pairs from the right. */
static struct timer *meld_children(struct timer *first)
{
    struct timer *pairs = NULL, *root = NULL;

    while (first != NULL) {
        struct timer *a = first, *b = a->next, *pair;

        first = b != NULL ? b->next : NULL;
        a->next = a->before = NULL;
        if (b != NULL) b->next = b->before = NULL;
        pair = meld(a, b);
        pair->next = pairs; /* a stack, linked by next */
        pairs = pair;
    }
    while (pairs != NULL) {
        struct timer *pair = pairs;

        pairs = pair->next;
        pair->next = NULL;
        root = meld(root, pair);
    }
    return root;
}

static void insert(struct engine *e, struct timer *t) RUNS_ON(io_thread)
{
    t->child = t->next = t->before = NULL;
    t->is_armed = true;
    e->next_due = meld(e->next_due, t);
}

static void take_out(struct engine *e, struct timer *t) RUNS_ON(io_thread)
{
    struct timer *below = meld_children(t->child);

    if (t == e->next_due) {
        e->next_due = below;
    } else {
        if (t->before->child == t) {
            t->before->child = t->next;
        } else {
            t->before->next = t->next;
        }
        if (t->next != NULL) t->next->before = t->before;
        e->next_due = meld(e->next_due, below);
    }
    t->child = t->next = t->before = NULL;
    t->is_armed = false;
}

static void arm(struct timer *t, struct engine *e, int64_t delay_ms) RUNS_ON(io_thread)
{
    timer_stop(t, e);
    t->due_ms = delay_ms > 0 ? clock_deadline_ms(delay_ms) : clock_now_ms();
    insert(e, t);
}

void timer_start(struct timer *t, struct op *owner, int64_t delay_ms)
{
    arm(t, owner->engine, delay_ms);
    t->owner = owner;
    t->due_fn = NULL;
}

void timer_call(struct timer *t, struct engine *e, int64_t delay_ms,
                void (*due_fn)(struct timer *t))
{
    arm(t, e, delay_ms);
    t->owner = NULL;
    t->due_fn = due_fn;
}

enum status timer_ready(const struct timer *t)
{
    return t->is_armed ? ST_WAIT : ST_OK;
}

void timer_stop(struct timer *t, struct engine *e)
{
    if (!t->is_armed) return;
    engine_assert();
    take_out(e, t);
}

void timers_run(struct engine *e)
{
    int64_t now_ms = clock_now_ms();

    while (e->next_due != NULL && e->next_due->due_ms <= now_ms) {
        struct timer *t = e->next_due;

        take_out(e, t);
        if (t->owner != NULL) {
            op_wake(t->owner);
        } else {
            t->due_fn(t);
        }
    }
}

int64_t timers_next_ms(const struct engine *e)
{
    return e->next_due != NULL ? e->next_due->due_ms : CLOCK_NEVER;
}

void timers_stop_all(struct engine *e)
{
    while (e->next_due != NULL)
        take_out(e, e->next_due);
}
