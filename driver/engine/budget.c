/* Memory of all transfers. See budget.h. */
#include "engine/budget.h"

#include "engine/op.h"

void budget_init(struct budget *b)
{
    mutex_init(&b->lock);
    b->limit_bytes = b->held_bytes = 0;
    list_init(&b->waiting);
}

void budget_clear(struct budget *b)
{
    mutex_clear(&b->lock);
}

void budget_allow(struct budget *b, size_t limit_bytes)
{
    mutex_lock(&b->lock);
    if (limit_bytes > b->limit_bytes) b->limit_bytes = limit_bytes;
    mutex_unlock(&b->lock);
}

bool budget_take(struct budget *b, size_t bytes)
{
    bool is_taken;

    mutex_lock(&b->lock);
    is_taken = b->held_bytes <= b->limit_bytes && bytes <= b->limit_bytes - b->held_bytes;
    if (is_taken) b->held_bytes += bytes;
    mutex_unlock(&b->lock);
    return is_taken;
}

void budget_charge(struct budget *b, size_t bytes)
{
    mutex_lock(&b->lock);
    b->held_bytes += bytes;
    mutex_unlock(&b->lock);
}

/* Under the lock the owner lives: it leaves the line before it is freed. */
void budget_give(struct budget *b, size_t bytes)
{
    struct list *first;

    mutex_lock(&b->lock);
    b->held_bytes -= bytes;
    first = list_shift(&b->waiting);
    if (first) op_wake_from_anywhere(container_of(first, struct budget_waiter, link)->owner);
    mutex_unlock(&b->lock);
}

void budget_wait(struct budget *b, struct budget_waiter *w, struct op *owner)
{
    mutex_lock(&b->lock);
    if (!w->owner) list_init(&w->link);
    w->owner = owner;
    if (list_is_empty(&w->link)) list_append(&b->waiting, &w->link);
    mutex_unlock(&b->lock);
}

void budget_forget(struct budget *b, struct budget_waiter *w)
{
    mutex_lock(&b->lock);
    if (w->owner) list_remove(&w->link);
    w->owner = NULL;
    mutex_unlock(&b->lock);
}

bool budget_is_short(struct budget *b)
{
    bool is_short;

    mutex_lock(&b->lock);
    is_short = !list_is_empty(&b->waiting);
    mutex_unlock(&b->lock);
    return is_short;
}
