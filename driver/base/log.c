/*
 * The log: see log.h.
 *
 *     2026-01-31T23:59:59.123Z DEBUG 4711 text
 *
 * A line is made on the stack and written with one write() to a descriptor opened for appending, so
 * lines of several threads and processes do not mix and no lock is needed: a fork()ed child may log
 * even if another thread of its parent was just logging. What changes the file changes what lies
 * behind the descriptor, not its number, so a writer never holds a number that has become another's.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "base/utf8.h"

enum { LONGEST_LINE_BYTES = 2048, NEWLINE_BYTES = 1 };

_Atomic(enum log_level) log_level = LOG_OFF;

static struct mutex opening = MUTEX_INITIALIZER; /* one log_open() at a time */
static atomic_int own_fd = -1;                   /* the file's; -1: standard error */

static const char *const level_names[] = {
    [LOG_OFF] = "OFF",   [LOG_ERROR] = "ERROR", [LOG_WARN] = "WARN",
    [LOG_INFO] = "INFO", [LOG_DEBUG] = "DEBUG", [LOG_TRACE] = "TRACE",
};

static int open_file(const char *path)
{
    int fd = -1;

    if (path != NULL && path[0] != '\0') {
        fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);
    }
    return fd >= 0 ? fd : fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
}

static void replace_file(const char *path)
{
    int fd = open_file(path), old = atomic_load(&own_fd);

    if (fd < 0) return; /* no descriptor to be had: lines keep going where they went */
    if (old < 0) {
        atomic_store(&own_fd, fd);
    } else {
        dup3(fd, old, O_CLOEXEC);
        close(fd);
    }
}

void log_open(enum log_level level, const char *path)
{
    mutex_lock(&opening);
    if (level > LOG_OFF) replace_file(path);
    atomic_store(&log_level, level);
    mutex_unlock(&opening);
}

/* Runs when the library is unloaded: a guest leaves no open file behind. */
__attribute__((destructor)) static void close_file(void)
{
    int fd = atomic_exchange(&own_fd, -1);

    atomic_store(&log_level, LOG_OFF);
    if (fd >= 0) close(fd);
}

static size_t print_head(char *line, size_t room, enum log_level level)
{
    struct clock_civil t = clock_civil(clock_wall_ms());
    int count = snprintf(line, room, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %-5s %ld ", t.year,
                         t.month, t.day, t.hour, t.minute, t.second, t.millisecond,
                         level_names[level], (long)gettid());

    return count < 0 ? 0 : (size_t)count;
}

/* A text from outside must not be able to look like a line of its own. */
static void flatten(char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f) text[i] = ' ';
    }
}

static void write_line(const char *line, size_t count)
{
    int fd = atomic_load(&own_fd);

    while (count > 0) {
        ssize_t written = write(fd >= 0 ? fd : STDERR_FILENO, line, count);

        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return; /* a full disk must not stop a query */
        line += written;
        count -= (size_t)written;
    }
}

void log_write(enum log_level level, const char *format, ...)
{
    int kept_errno = errno, needed;
    char line[LONGEST_LINE_BYTES];
    size_t head, count, room;
    va_list args;

    if (level <= LOG_OFF || level > LOG_TRACE) return;
    head = print_head(line, sizeof line - NEWLINE_BYTES, level);
    room = sizeof line - NEWLINE_BYTES - head;
    va_start(args, format);
    needed = vsnprintf(line + head, room, format, args);
    va_end(args);
    count = needed < 0 ? 0 : (size_t)needed;
    if (count >= room) count = utf8_whole(line + head, room - 1);
    flatten(line + head, count);
    line[head + count] = '\n';
    write_line(line, head + count + NEWLINE_BYTES);
    errno = kept_errno;
}
