/*
 * Waiting for operations. See await.h.
 *
 * Which functions may be deferred is not only ours to say: unixODBC's manager leaves a statement
 * stuck in its state S11 when a function it does not expect there answers SQL_STILL_EXECUTING.
 * These are the ones it has been measured with (how each may end then is their own business).
 */
#include "exec/await.h"

#include <stddef.h>

#include "base/clock.h"
#include "exec/notice.h"

static const SQLUSMALLINT deferrable[] = {
    SQL_API_SQLEXECDIRECT,  SQL_API_SQLEXECUTE,       SQL_API_SQLPREPARE, SQL_API_SQLFETCH,
    SQL_API_SQLFETCHSCROLL, SQL_API_SQLEXTENDEDFETCH, SQL_API_SQLTABLES,  SQL_API_SQLCOLUMNS,
};

static bool may_defer(const struct stmt *s, SQLUSMALLINT function)
{
    if (s->attr.async_enable != SQL_ASYNC_ENABLE_ON) return false;
    for (size_t i = 0; i < sizeof deferrable / sizeof *deferrable; i++) {
        if (deferrable[i] == function) return true;
    }
    return false;
}

static void publish(struct stmt *s, struct op *op)
{
    mutex_lock(&s->running_lock);
    s->running = op;
    mutex_unlock(&s->running_lock);
}

static void leave(struct stmt *s, struct op *op)
{
    s->pending = 0;
    publish(s, NULL);
    if (op) notice_forget(&s->notice, op);
}

enum status await(struct stmt *s, SQLUSMALLINT function, struct op *op)
{
    const bool is_first = !s->pending;
    enum status st;

    if (is_first) {
        publish(s, op);
    }
    if (!may_defer(s, function)) {
        stmt_drop_descs(s);
        st = op_wait(op, CLOCK_NEVER);
        stmt_take_descs(s);
    } else {
        st = op_poll(op);
        if (st == ST_WAIT && is_first && !notice_arrange(&s->notice, &s->attr, op)) {
            st = op_poll(op);
        }
    }
    if (st == ST_WAIT) {
        s->pending = function;
        return ST_WAIT;
    }
    leave(s, op);
    return st;
}

void await_abandon(struct stmt *s, struct op *op)
{
    leave(s, op);
    if (op && s->attr.callback) op_settle(op); /* what it would touch may be gone after this */
}
