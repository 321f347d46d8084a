/* Notification of pending calls. See notice.h. */
#include "exec/notice.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/quiet.h"
#include "handle/event.h"

struct notice {
    atomic_int references;
    struct event *event; /* one reference; NULL: none */
    SQLRETURN(SQL_API *callback)(SQLPOINTER context, BOOL is_last);
    SQLPOINTER callback_context;
};

static void release(struct notice *n, int references)
{
    if (atomic_fetch_sub(&n->references, references) > references) return;
    event_release(n->event);
    free(n);
}

static ssize_t write_without_sigpipe(int fd, const void *bytes, size_t count)
{
    struct quiet q;
    ssize_t written;

    quiet_begin(&q, SIGPIPE);
    written = write(fd, bytes, count);
    quiet_end(&q, written < 0 && errno == EPIPE);
    return written;
}

void notice_write(int fd)
{
    const uint64_t one = 1;
    struct pollfd room = {.fd = fd, .events = POLLOUT};
    ssize_t written = send(fd, &one, sizeof one, MSG_NOSIGNAL | MSG_DONTWAIT);

    /* O_NONBLOCK on our duplicate would be the application's too, so room is asked for */
    if (written < 0 && errno == ENOTSOCK) {
        if (poll(&room, 1, 0) == 0) return;
        written = write_without_sigpipe(fd, &one, sizeof one);
    }
    if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        log_warn("notification: descriptor cannot be written to (errno %d)", errno);
    }
}

/* On the I/O thread, no lock held. */
static void signal_end(void *context)
{
    struct notice *n = context;

    if (n->event) notice_write(n->event->fd);
    if (n->callback) n->callback(n->callback_context, SQL_TRUE);
    release(n, 1);
}

static struct notice *make(const struct stmt_attributes *attr)
{
    struct notice *n = calloc(1, sizeof *n);

    if (!n) return NULL;
    atomic_init(&n->references, 2);
    n->event = event_hold(attr->event);
    n->callback = attr->callback;
    n->callback_context = attr->callback_context;
    return n;
}

bool notice_arrange(struct notice **notice, const struct stmt_attributes *attr, struct op *op)
{
    struct notice *n;

    *notice = NULL;
    if (!attr->event && !attr->callback) return op_poll(op) == ST_WAIT;
    n = make(attr);
    if (!n) { /* an application that sleeps until it is told would sleep for ever */
        log_error("notification: no memory; waiting for the operation instead");
        (void)op_wait(op, CLOCK_NEVER);
        return false;
    }
    if (!op_on_done(op, signal_end, n)) {
        release(n, 2);
        return false;
    }
    *notice = n;
    return true;
}

void notice_forget(struct notice **notice, struct op *op)
{
    struct notice *n = *notice;

    if (!n) return;
    *notice = NULL;
    release(n, op_on_done(op, NULL, NULL) ? 2 : 1); /* the signal's too when it will not come */
}
