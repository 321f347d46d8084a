/*
 * Lines of the log: see log.h. Where they go is log_file.c's.
 *
 * A line is made on the stack and written with one write(), so lines of several threads and processes
 * do not mix and no lock is needed: a fork()ed child may log even if another thread of its parent was
 * just logging. Lines are no longer than PIPE_BUF, which a pipe takes whole or not at all.
 */
#include "base/log.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log_file.h"
#include "base/printable.h"

enum { LINE_ROOM = PIPE_BUF, TEXT_ROOM = PIPE_BUF, NEWLINE_BYTES = 1 };

static _Thread_local const struct log_subject *subject;

static const char *const level_names[] = {
    [LOG_OFF] = "OFF",   [LOG_ERROR] = "ERROR", [LOG_WARN] = "WARN",
    [LOG_INFO] = "INFO", [LOG_DEBUG] = "DEBUG", [LOG_TRACE] = "TRACE",
};

/* ---- whom lines are about ---- */

const struct log_subject *log_about(const struct log_subject *who)
{
    const struct log_subject *before = subject;

    subject = who;
    return before;
}

void log_subject_inherit(struct log_subject *to)
{
    *to = subject ? *subject : (struct log_subject){0};
    if (to->file && !log_file_hold(to->file)) to->file = NULL;
}

void log_subject_join(struct log_subject *to, const struct log_subject *other)
{
    log_subject_leave(to);
    if (!other->file || !log_file_hold(other->file)) return;
    to->file = other->file;
    to->level = other->level;
}

void log_subject_leave(struct log_subject *s)
{
    if (s->file) log_file_release(s->file);
    s->file = NULL;
    s->level = LOG_OFF;
}

void log_subject_share(struct log_subject *s)
{
    log_subject_leave(s);
    *s = (struct log_subject){.is_everybodys = true};
}

void log_subject_set_query(struct log_subject *s, const char *id)
{
    snprintf(s->query, sizeof s->query, "%s", id ? id : "");
}

/* ---- a line ---- */

/* "c2.5": the connection and, for what a statement does, the statement. */
static void print_place(char *out, size_t room, const struct log_subject *s)
{
    if (!s || !s->connection) {
        snprintf(out, room, "-");
    } else if (!s->statement) {
        snprintf(out, room, "c%u", s->connection);
    } else {
        snprintf(out, room, "c%u.%u", s->connection, s->statement);
    }
}

/* "/somewhere/driver/ops/query.c" gives "ops/query"; a name without folder stays. */
static int shorten(const char **source)
{
    const char *file = strrchr(*source, '/'), *dot = strrchr(*source, '.');

    if (!file) return (int)strlen(*source);
    while (file > *source && file[-1] != '/')
        file--;
    *source = file;
    return dot > file ? (int)(dot - file) : (int)strlen(file);
}

static size_t print_head(char *line, size_t room, enum log_level level, const char *source)
{
    const struct clock_civil t = clock_civil(clock_wall_ms());
    const int source_bytes = shorten(&source);
    char place[24];
    int count;

    print_place(place, sizeof place, subject);
    count = snprintf(line, room,
                     "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %-5s %ld/%ld %s %s %.*s: ", t.year,
                     t.month, t.day, t.hour, t.minute, t.second, t.millisecond, level_names[level],
                     (long)getpid(), (long)gettid(), place,
                     subject && *subject->query ? subject->query : "-", source_bytes, source);
    return count < 0 ? 0 : (size_t)count;
}

void log_write(enum log_level level, const char *source, const char *format, ...)
{
    char line[LINE_ROOM], text[TEXT_ROOM];
    int kept_errno = errno, needed;
    size_t count, text_count;
    const bool is_for_all = !subject || subject->is_everybodys;
    va_list args;

    if (level <= LOG_OFF || level > LOG_TRACE) return;
    if (!is_for_all && (!subject->file || level > subject->level)) return;
    va_start(args, format);
    needed = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    text_count = needed < 0 ? 0 : (size_t)needed;
    if (text_count >= sizeof text) text_count = sizeof text - 1; /* the line is cut before that */
    count = print_head(line, sizeof line, level, source);
    count += printable_copy(line + count, sizeof line - NEWLINE_BYTES - count, text, text_count);
    line[count++] = '\n';
    if (is_for_all) {
        log_file_write_all(level, line, count);
    } else {
        log_file_write(subject->file, line, count);
    }
    errno = kept_errno;
}
