/*
 * One line an event:
 *
 *     2026-01-31T23:59:59.123Z DEBUG 4711/4713 c2.5 0d5c...f1 ops/query: watch -> describe
 *
 *     UTC, level, process and thread, connection and statement (counted in the process), Athena's
 *     query id, the source file that speaks, text. "-" for what there is none of.
 *
 * Whom a line is about is told once, not by each line: entry points and the engine say log_about(),
 * and what a thread logs from then on goes to that connection's file, at that connection's level.
 * Lines of a thread that works for nobody (the I/O thread begins) go to every open file.
 *
 * Callers never pass secrets: names of options, ids, host names, and what services have said. A text
 * from outside cannot look like a line of its own (printable.h). A text that is too long is cut, and
 * ends in "...". Any thread. With all logs off a line costs one comparison.
 */
#ifndef ATHENA_BASE_LOG_H
#define ATHENA_BASE_LOG_H

#include <stdatomic.h>
#include <stdbool.h>

enum log_level { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

extern _Atomic(enum log_level) log_level; /* of the most talkative open file; log_file.c's */

struct log_file;

/* A query's id is 36 characters; longer ones are cut. */
enum { LOG_QUERY_ROOM = 40 };

/* Whom lines are about. Zeroed: nobody who wants a log. */
struct log_subject {
    struct log_file *file;          /* log_file.h; NULL: these lines go nowhere */
    enum log_level level;           /* what of them goes there */
    bool is_everybodys;             /* these lines go to every open file */
    unsigned connection, statement; /* 0: none */
    char query[LOG_QUERY_ROOM];     /* "": none */
};

/*
 * From now on this thread's lines are about who (borrowed until the next call); NULL: nobody in
 * particular. Returns who it was before, to be given back at the end.
 */
const struct log_subject *log_about(const struct log_subject *who);

/* Copies whom this thread works for into an owner's struct, with a hold on the file. */
void log_subject_inherit(struct log_subject *to);

/* Takes over where another's lines go, with a hold on the file, and nothing else of it. */
void log_subject_join(struct log_subject *to, const struct log_subject *other);

/* Drops the hold on the file; no lines any more. */
void log_subject_leave(struct log_subject *s);

/* For what works for several connections. */
void log_subject_share(struct log_subject *s);

void log_subject_set_query(struct log_subject *s, const char *id);

/* source: __FILE__, or a name of one's own. */
void log_write(enum log_level level, const char *source, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_is_on(level) ((level) <= atomic_load_explicit(&log_level, memory_order_relaxed))
#define log_as(level, source, ...) \
    do { \
        if (log_is_on(level)) log_write((level), (source), __VA_ARGS__); \
    } while (0)
#define log_at(level, ...) log_as(level, __FILE__, __VA_ARGS__)
#define log_error(...)     log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)      log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)      log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...)     log_at(LOG_DEBUG, __VA_ARGS__)
#define log_trace(...)     log_at(LOG_TRACE, __VA_ARGS__)

#endif
