/*
 * One line an event: time, level, thread, text.
 *
 *     2026-01-31T23:59:59.123Z DEBUG 4711 text
 *
 * Off until log_open(). The level is one global; LOG_TRACE costs a comparison when it is off.
 * Control characters become spaces, so a text is never more than a line; a long one is cut.
 * Callers never pass secrets: names of options, ids and host names only. Any thread.
 */
#ifndef ATHENA_BASE_LOG_H
#define ATHENA_BASE_LOG_H

#include <stdatomic.h>

enum log_level { LOG_OFF, LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE };

extern _Atomic(enum log_level) log_level; /* written by log_open() alone */

/*
 * Sends log lines to the file at path (appending; "" or NULL: standard error) from now on. The
 * last call wins. A file that cannot be opened falls back to standard error.
 */
void log_open(enum log_level level, const char *path);

void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_at(level, ...) \
    do { \
        if ((level) <= atomic_load_explicit(&log_level, memory_order_relaxed)) \
            log_write((level), __VA_ARGS__); \
    } while (0)
#define log_error(...) log_at(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_at(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_at(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_at(LOG_DEBUG, __VA_ARGS__)
#define log_trace(...) log_at(LOG_TRACE, __VA_ARGS__)

#endif
