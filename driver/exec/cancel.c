/* SQLCancel. See cancel.h. */
#include "exec/cancel.h"

#include "engine/op.h"

SQLRETURN exec_cancel(struct stmt *s)
{
    mutex_lock(&s->running_lock);
    if (s->running) {
        atomic_store(&s->was_cancelled, true);
        op_cancel(s->running);
    }
    mutex_unlock(&s->running_lock);
    return SQL_SUCCESS;
}
