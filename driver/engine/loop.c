/*
 * The I/O thread's loop.
 *
 * One round: timers that are due, operations that are ready, then wait for descriptors and mail.
 * Everything is run to where it must wait again before the loop sleeps; nothing in a round blocks.
 *
 * How it ends (loop_stop): rounds go on while operations live, for the grace time at most. Then all
 * that live are cancelled and advanced once more, so that they can end by themselves; then
 * exchanges, child programs and timers are dropped and the operations are declared done (HY008).
 */
#include "engine/loop.h"

#include <errno.h>
#include <limits.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/http_multi.h"

enum {
    FAREWELL_ROUNDS = 64
}; /* for cancelled operations that wake each other; against none ending */

enum status watch_start(struct engine *e, struct watch *w, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = w};

    if (epoll_ctl(e->epoll_fd, w->is_on ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, w->fd, &event) < 0) {
        log_error("epoll_ctl of descriptor %d: errno %d", w->fd, errno);
        return ST_ERR;
    }
    w->is_on = true;
    return ST_OK;
}

void watch_stop(struct engine *e, struct watch *w)
{
    if (!w->is_on) return;
    w->is_on = false;
    epoll_ctl(e->epoll_fd, EPOLL_CTL_DEL, w->fd, &(struct epoll_event){0});
    for (int i = 0; i < e->batch_count; i++) { /* its memory may be gone when its turn comes */
        if (e->batch[i].data.ptr == w) e->batch[i].data.ptr = NULL;
    }
}

static bool is_over(const struct engine *e) RUNS_ON(io_thread)
{
    bool has_mail = atomic_load(&e->mailbox.newest) != NULL; /* an operation may begin */

    if (!e->is_stopping) return false;
    if (list_is_empty(&e->live) && !has_mail) return true;
    return clock_now_ms() >= e->stop_ms;
}

static int wait_ms(const struct engine *e) RUNS_ON(io_thread)
{
    int64_t until_ms = timers_next_ms(e), now_ms;

    if (!list_is_empty(&e->ready) || is_over(e)) return 0;
    if (e->is_stopping && e->stop_ms < until_ms) until_ms = e->stop_ms;
    if (until_ms == CLOCK_NEVER) return -1;
    now_ms = clock_now_ms();
    if (until_ms <= now_ms) return 0;
    return until_ms - now_ms < INT_MAX ? (int)(until_ms - now_ms) : INT_MAX;
}

static void wait_for_events(struct engine *e, int timeout_ms) RUNS_ON(io_thread)
{
    int count = epoll_wait(e->epoll_fd, e->batch, LOOP_BATCH, timeout_ms);

    e->batch_count = count > 0 ? count : 0;
    for (int i = 0; i < e->batch_count; i++) {
        struct watch *w = e->batch[i].data.ptr;

        if (w != NULL) w->ready(w, e->batch[i].events);
    }
    e->batch_count = 0;
    mailbox_receive(&e->mailbox);
}

/* Those that are ready now; who becomes ready meanwhile has its turn after the next wait. */
static void run_ready(struct engine *e) RUNS_ON(io_thread)
{
    struct list now, *link;

    list_init(&now);
    while ((link = list_shift(&e->ready)) != NULL)
        list_append(&now, link);
    while ((link = list_shift(&now)) != NULL)
        op_run(container_of(link, struct op, ready));
}

void loop_cancel_all(struct engine *e)
{
    list_each(link, &e->live)
        op_cancel(container_of(link, struct op, live));
}

void loop_stop(struct engine *e, int64_t grace_ms)
{
    e->is_stopping = true;
    e->stop_ms = grace_ms > 0 ? clock_deadline_ms(grace_ms) : clock_now_ms();
}

static void say_farewell(struct engine *e) RUNS_ON(io_thread)
{
    loop_cancel_all(e);
    for (int round = 0; round < FAREWELL_ROUNDS && !list_is_empty(&e->live); round++) {
        if (!mailbox_receive(&e->mailbox) && list_is_empty(&e->ready)) break;
        run_ready(e);
    }
}

static void drop_all(struct engine *e) RUNS_ON(io_thread)
{
    http_multi_drop(e->http);
    processes_drop(e);
    timers_stop_all(e); /* most are embedded in operations, which are freed next */
    do {                /* the last mail may begin operations */
        while (!list_is_empty(&e->live))
            op_drop(container_of(e->live.next, struct op, live));
    } while (mailbox_receive(&e->mailbox));
    http_multi_free(e->http);
    e->http = NULL;
}

void loop_run(struct engine *e)
{
    while (!is_over(e)) {
        timers_run(e);
        run_ready(e);
        wait_for_events(e, wait_ms(e));
    }
    say_farewell(e);
    atomic_store(&e->is_closed, true);
    drop_all(e);
}
