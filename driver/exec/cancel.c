/* SQLCancel. See cancel.h. */
#include "exec/cancel.h"

#include "engine/op.h"

SQLRETURN exec_cancel(struct stmt *s)
{
    mutex_lock(&s->running_lock);
    if (s->running) {
        op_cancel(s->running);
    } else {
        atomic_store(&s->is_cursor_given_up, true);
    }
    mutex_unlock(&s->running_lock);
    return SQL_SUCCESS;
}
