/*
 * SQL_ATTR_ASYNC_STMT_EVENT: a file descriptor that the application wants to be woken by.
 *
 * The driver's duplicate of it, counted: a connection's default is shared by its statements, and a
 * statement's by the signals on their way, so that ten thousand of them need one descriptor.
 */
#ifndef ATHENA_HANDLE_EVENT_H
#define ATHENA_HANDLE_EVENT_H

#include <stdatomic.h>
#include <sql.h>

#include "handle/diag.h"

struct event {
    atomic_int references;
    int fd;            /* ours; the application may close its own */
    SQLPOINTER as_set; /* the attribute's value */
};

/*
 * The attribute's setter: *event, which may be NULL and is released, becomes one for value, a
 * descriptor that can be written to; NULL for 0 and -1. HY024 for anything else, HY001; *event
 * stays then.
 */
SQLRETURN event_set(struct event **event, struct diag *d, SQLPOINTER value);

/* Another reference, which is returned, and one less. NULL is allowed in both. Any thread. */
struct event *event_hold(struct event *event);
void event_release(struct event *event);

#endif
