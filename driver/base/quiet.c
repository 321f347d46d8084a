/* Signals that a call of ours would raise. See quiet.h. */
#include "base/quiet.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

void quiet_begin(struct quiet *q, int signal)
{
    sigset_t pending;

    q->signal = signal;
    sigemptyset(&q->blocked);
    sigaddset(&q->blocked, signal);
    sigpending(&pending);
    q->was_pending = sigismember(&pending, signal) == 1;
    pthread_sigmask(SIG_BLOCK, &q->blocked, &q->before);
}

void quiet_end(struct quiet *q, bool was_raised)
{
    const struct timespec at_once = {0, 0};
    const int error = errno;

    if (was_raised && !q->was_pending) {
        while (sigtimedwait(&q->blocked, NULL, &at_once) < 0 && errno == EINTR) {}
    }
    pthread_sigmask(SIG_SETMASK, &q->before, NULL);
    errno = error;
}

static int write_all(int fd, uint64_t offset, const char *bytes, size_t count)
{
    while (count) {
        ssize_t written = pwrite(fd, bytes, count, (off_t)offset);

        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return written ? errno : ENOSPC;
        bytes += written;
        offset += (uint64_t)written;
        count -= (size_t)written;
    }
    return 0;
}

int quiet_write_at(int fd, uint64_t offset, const void *bytes, size_t count)
{
    struct quiet q;
    int error;

    quiet_begin(&q, SIGXFSZ);
    error = write_all(fd, offset, bytes, count);
    quiet_end(&q, error == EFBIG);
    return error;
}

void quiet_tell(const char *text, size_t bytes)
{
    struct pollfd ready = {.fd = STDERR_FILENO, .events = POLLOUT};
    struct quiet q;
    ssize_t written;

    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT)) return;
    quiet_begin(&q, SIGPIPE);
    written = write(STDERR_FILENO, text, bytes);
    quiet_end(&q, written < 0 && errno == EPIPE);
}
