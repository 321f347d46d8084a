/* Descriptors to be woken by. See event.h. */
#include "handle/event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 64, FIRST_FD = 3 };

/*
 * A pipe can be opened once more, without blocking: O_NONBLOCK on a duplicate would be seen through
 * the application's own. Where that fails (no /proc, nobody reads yet) a duplicate does, and the
 * writer asks for room before it writes (exec/notice.c).
 */
static int open_again(int fd)
{
    char path[PATH_BYTES];
    struct stat st;

    if (fstat(fd, &st) || !S_ISFIFO(st.st_mode)) return -1;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

static int duplicate(int fd)
{
    const int mode = fcntl(fd, F_GETFL);
    int own;

    if (mode < 0) return -1;
    if ((mode & O_ACCMODE) == O_RDONLY) {
        errno = EBADF;
        return -1;
    }
    own = open_again(fd);
    return own >= 0 ? own : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
}

static struct event *new_event(int fd, SQLPOINTER as_set)
{
    struct event *event = malloc(sizeof *event);

    if (!event) return NULL;
    atomic_init(&event->references, 1);
    event->fd = fd;
    event->as_set = as_set;
    return event;
}

SQLRETURN event_set(struct event **event, struct diag *d, SQLPOINTER value)
{
    const SQLLEN given = (SQLLEN)value;
    struct event *made = NULL;
    int fd;

    if (given < -1 || given > INT32_MAX) {
        return diag_push(d, SQLSTATE_HY024, 0, "%lld is no file descriptor", (long long)given);
    }
    if (given > 0) {
        fd = duplicate((int)given);
        if (fd < 0) {
            return diag_push(d, SQLSTATE_HY024, errno,
                             "file descriptor %d cannot be duplicated and written to (errno %d)",
                             (int)given, errno);
        }
        made = new_event(fd, value);
        if (!made) {
            close(fd);
            return diag_push(d, SQLSTATE_HY001, 0, "no memory for a notification");
        }
    }
    event_release(*event);
    *event = made;
    return SQL_SUCCESS;
}

struct event *event_hold(struct event *event)
{
    if (event) atomic_fetch_add(&event->references, 1);
    return event;
}

void event_release(struct event *event)
{
    if (!event || atomic_fetch_sub(&event->references, 1) > 1) return;
    close(event->fd);
    free(event);
}
