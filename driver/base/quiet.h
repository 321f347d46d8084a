/*
 * Calls that may raise a signal whose default is the end of the process: SIGPIPE of a write that nobody
 * reads, SIGXFSZ of a file that may not get larger. The process is not ours to set handlers in, so the
 * signal is blocked in this thread during the call, and taken off when it was the call's doing.
 *
 *     quiet_begin(&q, SIGPIPE);
 *     written = write(...);
 *     quiet_end(&q, written < 0 && errno == EPIPE);
 *
 * errno stays as the call has left it. Any thread.
 */
#ifndef ATHENA_BASE_QUIET_H
#define ATHENA_BASE_QUIET_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quiet {
    sigset_t blocked, before;
    int signal;
    bool was_pending;
};

void quiet_begin(struct quiet *q, int signal);
void quiet_end(struct quiet *q, bool was_raised);

/*
 * Writes all of the bytes to a file. 0, or errno: one that may not become so large (RLIMIT_FSIZE) is an
 * error like a full disk.
 */
int quiet_write_at(int fd, uint64_t offset, const void *bytes, size_t count);

/*
 * Writes to standard error what a person has to read. One that is full, closed or broken is left
 * alone: this neither waits nor kills.
 */
void quiet_tell(const char *text, size_t bytes);

#endif
