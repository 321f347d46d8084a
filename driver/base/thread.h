/*
 * Which thread owns what, in a form that clang checks (-Wthread-safety) and gcc ignores.
 *
 * There are application threads and one I/O thread. io_thread is a role, not a lock: a function
 * RUNS_ON(io_thread) may only be called from one that does too, and a field ONLY_ON(io_thread)
 * may only be touched there. Function pointers lose the attribute, so what the engine calls
 * through a pointer starts with engine_assert() (engine/engine.h).
 *
 * Locks are struct mutex: the functions below do not fail.
 */
#ifndef ATHENA_BASE_THREAD_H
#define ATHENA_BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __clang__
#define CLANG_ATTRIBUTE(x) __attribute__((x))
#else
#define CLANG_ATTRIBUTE(x)
#endif

#define CAPABILITY(name)  CLANG_ATTRIBUTE(capability(name))
#define ONLY_ON(role)     CLANG_ATTRIBUTE(guarded_by(role))
#define GUARDED_BY(lock)  CLANG_ATTRIBUTE(guarded_by(lock)) /* a global lock */
#define UNDER(lock)       /* a lock beside it in the struct; for readers: C's clang cannot see it */
#define RUNS_ON(role)     CLANG_ATTRIBUTE(requires_capability(role))
#define NEEDS_LOCK(lock)  CLANG_ATTRIBUTE(requires_capability(lock))
#define TAKES_LOCK(...)   CLANG_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define DROPS_LOCK(...)   CLANG_ATTRIBUTE(release_capability(__VA_ARGS__))
#define TRIES_LOCK(...)   CLANG_ATTRIBUTE(try_acquire_capability(true, __VA_ARGS__))
#define PROVES_ROLE(role) CLANG_ATTRIBUTE(assert_capability(role))
#define NO_THREAD_CHECK   CLANG_ATTRIBUTE(no_thread_safety_analysis)

struct CAPABILITY("role") thread_role {
    char unused;
};
extern struct thread_role io_thread;

struct CAPABILITY("mutex") mutex {
    pthread_mutex_t raw;
};

/* clang-format off */
#define MUTEX_INITIALIZER {PTHREAD_MUTEX_INITIALIZER} /* it would be taken for a block */
/* clang-format on */

void mutex_init(struct mutex *m);
void mutex_clear(struct mutex *m);
void mutex_lock(struct mutex *m) TAKES_LOCK(*m);
void mutex_unlock(struct mutex *m) DROPS_LOCK(*m);
/* False when another thread has it. */
bool mutex_try_lock(struct mutex *m) TRIES_LOCK(*m);

/* A condition over a mutex; deadlines are of clock_now_ms() (monotonic), INT64_MAX for none. */
struct cond {
    pthread_cond_t raw;
};

void cond_init(struct cond *c);
void cond_clear(struct cond *c);
void cond_broadcast(struct cond *c);
/* False when deadline_ms has passed. May wake early: test the condition again. */
bool cond_wait(struct cond *c, struct mutex *m, int64_t deadline_ms) NEEDS_LOCK(*m);

#endif
