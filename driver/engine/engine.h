/*
 * The one I/O thread of the process: curl_multi, timers, child processes and a mailbox.
 *
 * It runs operations (engine/op.h) and knows nothing of AWS or ODBC. It is started by the first
 * engine_acquire() and joined by the last engine_release(); between a fork() and the end of the
 * child it does not run there (see engine_is_usable()).
 *
 * When the process ends by exit() with the engine held, every operation is cancelled and what that
 * begins (stopping a query, say) gets two seconds at most; from then on there is no engine. The
 * same happens when the library is unloaded under a holder.
 */
#ifndef ATHENA_ENGINE_ENGINE_H
#define ATHENA_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/thread.h"

struct budget;
struct engine;

/*
 * The process's engine, started when nobody holds it. NULL with a fault (HY000, HY001) when the
 * thread or its descriptors cannot be had, or the process is ending. Application threads.
 */
struct engine *engine_acquire(struct fault *f);

/*
 * Gives the engine back. The last release lets operations that nobody holds any more (a query that
 * is being stopped, say) run on for at most grace_ms, drops what is left, joins the thread and
 * frees everything. Application threads; never the I/O thread.
 */
void engine_release(struct engine *e, int64_t grace_ms);

/*
 * False in a fork()ed child, where the parent's thread and connections are not, and when the process
 * is ending. Any thread.
 */
bool engine_is_usable(const struct engine *e);

/* At the start of what the engine calls through a pointer. Debug builds check the thread. */
void engine_assert(void) PROVES_ROLE(io_thread);

/*
 * Runs call(context) on the I/O thread soon, in the order of posting. False when the engine cannot
 * be used any more. Any thread, the I/O thread included; never blocks.
 */
bool engine_post(struct engine *e, void (*call)(void *context), void *context);

/* What all transfers may hold in memory: nothing until somebody allows it. Lives as long as e. */
struct budget *engine_budget(struct engine *e);

#endif
