/* SQLCancel. See cancel.h. */
#include "exec/cancel.h"

#include "engine/op.h"
#include "exec/params.h"

/* Data at execution is given up. Who has the lock is inside SQLParamData or SQLPutData. */
static bool cancel_data(struct stmt *s)
{
    if (!atomic_load(&s->needs_data) || !mutex_try_lock(&s->base.lock)) return false;
    params_end(s);
    mutex_unlock(&s->base.lock);
    return true;
}

SQLRETURN exec_cancel(struct stmt *s)
{
    if (cancel_data(s)) return SQL_SUCCESS;
    mutex_lock(&s->running_lock);
    if (s->running) {
        op_cancel(s->running);
    } else {
        atomic_store(&s->is_cursor_given_up, true);
    }
    mutex_unlock(&s->running_lock);
    return SQL_SUCCESS;
}
