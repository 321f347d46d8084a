/*
 * How much memory all transfers of the process may hold together.
 *
 * Whoever buffers takes bytes before it allocates them and gives them back when it has freed them.
 * Who gets none waits in a line and is woken when some have come back; who could not go on at all
 * without them charges them in any case, so that the limit is exceeded rather than a transfer
 * stuck.
 *
 * Any thread.
 */
#ifndef ATHENA_ENGINE_BUDGET_H
#define ATHENA_ENGINE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "base/thread.h"

struct op;

struct budget {
    struct mutex lock;
    size_t limit_bytes UNDER(lock), held_bytes UNDER(lock);
    struct list waiting UNDER(lock);
};

/* One that waits; embedded in its operation. Zeroed: does not wait. */
struct budget_waiter {
    struct list link;
    struct op *owner;
};

void budget_init(struct budget *b);
void budget_clear(struct budget *b);

/* The limit is at least this from now on: the highest that anybody has asked for counts. */
void budget_allow(struct budget *b, size_t limit_bytes);

/* Takes the bytes if they are within the limit. */
bool budget_take(struct budget *b, size_t bytes);

/* Takes them in any case. */
void budget_charge(struct budget *b, size_t bytes);

/* Gives bytes back and wakes who has waited for longest, if somebody waits. */
void budget_give(struct budget *b, size_t bytes);

/* owner is woken, once, after bytes have come back; then it is not in the line any more. */
void budget_wait(struct budget *b, struct budget_waiter *w, struct op *owner);

/* Leaves the line; harmless for one that does not wait. Before owner is freed. */
void budget_forget(struct budget *b, struct budget_waiter *w);

/* Somebody waits: memory that is kept for later use is better given back. */
bool budget_is_short(struct budget *b);

#endif
