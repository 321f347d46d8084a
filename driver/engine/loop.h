/*
 * What the files of engine/ share: the engine itself and what its loop calls. Private to engine/.
 */
#ifndef ATHENA_ENGINE_LOOP_H
#define ATHENA_ENGINE_LOOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/budget.h"
#include "engine/engine.h"
#include "engine/mailbox.h"
#include "engine/op.h"
#include "engine/timer.h"

enum { LOOP_BATCH = 64 }; /* events taken from the kernel at once */

struct http_multi;

/* A descriptor that the loop listens to, level-triggered. Embedded in what wants to know. */
struct watch {
    int fd;
    bool is_on;
    void (*ready)(struct watch *w, uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP */
};

struct engine {
    unsigned holders; /* under engine.c's lock */
    pid_t process;    /* whose engine this is: a fork()ed child only has a copy */
    pthread_t thread;
    struct mailbox mailbox;
    atomic_bool is_closed; /* takes no posts any more; its thread is about to end */
    int epoll_fd;
    struct budget budget;

    struct timer *next_due ONLY_ON(io_thread); /* the root of timer.c's heap */
    struct list ready ONLY_ON(io_thread);      /* operations to be advanced */
    struct list live ONLY_ON(io_thread);       /* operations submitted and not done */
    struct list children ONLY_ON(io_thread);   /* child programs, see process.c */
    struct http_multi *http ONLY_ON(io_thread);
    bool is_stopping ONLY_ON(io_thread);
    int64_t stop_ms ONLY_ON(io_thread);   /* when patience with what still runs ends */
    struct watch wake ONLY_ON(io_thread); /* the mailbox */
    struct epoll_event batch[LOOP_BATCH] ONLY_ON(io_thread);
    int batch_count ONLY_ON(io_thread);
};

/* Starts listening, or changes what for. */
enum status watch_start(struct engine *e, struct watch *w, uint32_t events) RUNS_ON(io_thread);
/* To be called before the descriptor is closed. No event is delivered after it. */
void watch_stop(struct engine *e, struct watch *w) RUNS_ON(io_thread);

/* The body of the I/O thread: runs until loop_stop()'s time has come and all is cleaned up. */
void loop_run(struct engine *e) RUNS_ON(io_thread);
/* Cancels every operation that lives. */
void loop_cancel_all(struct engine *e) RUNS_ON(io_thread);
/* Runs on for at most grace_ms, as long as operations live. */
void loop_stop(struct engine *e, int64_t grace_ms) RUNS_ON(io_thread);

/* True on the I/O thread. Set by engine.c, asked by assertions. */
bool loop_is_here(void);

/* timer.c */
void timers_run(struct engine *e) RUNS_ON(io_thread);
int64_t timers_next_ms(const struct engine *e) RUNS_ON(io_thread); /* CLOCK_NEVER: none */
void timers_stop_all(struct engine *e) RUNS_ON(io_thread);

/* op.c: advances a ready operation; ends one by force, HY008. */
void op_run(struct op *op) RUNS_ON(io_thread);
void op_drop(struct op *op) RUNS_ON(io_thread);

/* process.c: kills and reaps what still runs. */
void processes_drop(struct engine *e) RUNS_ON(io_thread);

#endif
