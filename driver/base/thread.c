/*
 * Locks and conditions: see thread.h. What pthread reports here is misuse, never circumstances,
 * hence assert.
 */
#include "base/thread.h"

#include <assert.h>
#include <errno.h>
#include <time.h>

struct thread_role io_thread;

static void must(int error)
{
    assert(error == 0);
    (void)error;
}

void mutex_init(struct mutex *m)
{
    must(pthread_mutex_init(&m->raw, NULL));
}

void mutex_clear(struct mutex *m)
{
    must(pthread_mutex_destroy(&m->raw));
}

NO_THREAD_CHECK void mutex_lock(struct mutex *m)
{
    must(pthread_mutex_lock(&m->raw));
}

NO_THREAD_CHECK void mutex_unlock(struct mutex *m)
{
    must(pthread_mutex_unlock(&m->raw));
}

NO_THREAD_CHECK bool mutex_try_lock(struct mutex *m)
{
    int error = pthread_mutex_trylock(&m->raw);

    if (error != EBUSY) must(error);
    return error == 0;
}

void cond_init(struct cond *c)
{
    pthread_condattr_t attributes;

    must(pthread_condattr_init(&attributes));
    must(pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC));
    must(pthread_cond_init(&c->raw, &attributes));
    must(pthread_condattr_destroy(&attributes));
}

void cond_clear(struct cond *c)
{
    must(pthread_cond_destroy(&c->raw));
}

void cond_broadcast(struct cond *c)
{
    must(pthread_cond_broadcast(&c->raw));
}

bool cond_wait(struct cond *c, struct mutex *m, int64_t deadline_ms)
{
    struct timespec deadline;
    int error;

    if (deadline_ms == INT64_MAX) {
        must(pthread_cond_wait(&c->raw, &m->raw));
        return true;
    }
    if (deadline_ms < 0) deadline_ms = 0;
    deadline.tv_sec = (time_t)(deadline_ms / 1000);
    deadline.tv_nsec = (long)(deadline_ms % 1000) * 1000000;
    error = pthread_cond_timedwait(&c->raw, &m->raw, &deadline);
    must(error == ETIMEDOUT ? 0 : error);
    return error != ETIMEDOUT;
}
