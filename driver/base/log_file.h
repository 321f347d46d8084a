/*
 * The files that log lines go to: opened by path, shared by connections, turned over by size.
 *
 * Whoever gives the same path shares one descriptor. Several processes may write to one file: each
 * line is one write() to its end. When a file has become too large, LOG is renamed to LOG.1, LOG.1 to
 * LOG.2 and so on, the oldest is dropped, and a new LOG is begun; processes agree by flock() on who
 * does it, and the others find that LOG is another file now and open it. So they do when somebody
 * else (logrotate) has moved or deleted it, within a second.
 *
 * Nothing waits: a pipe that is full loses lines, which the next line tells; who meets a rotation
 * under way writes on; a full disk stops no query. After a fork() the child opens the file again, or
 * its own file where each process has one. Descriptors are closed on exec and when the library is
 * unloaded. Files are made for their owner alone (0600). No locks: any thread, and after fork().
 */
#ifndef ATHENA_BASE_LOG_FILE_H
#define ATHENA_BASE_LOG_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/log.h"

struct log_wish {
    enum log_level level;
    /*
     * A file; "", NULL or "stderr": standard error. A folder (that exists, or ends in "/" and can be
     * made): a file for each process in it, athena_odbc_PID.log.
     */
    const char *path;
    bool is_per_process; /* a file that is named becomes PID_NAME */
    int64_t max_bytes;   /* begin a new file after so many; 0: never */
    unsigned max_files;  /* LOG and its older ones; 0: 1 */
};

/*
 * The file that a wish describes, with one hold, which may be given away with log_subject_join().
 * What cannot be opened is standard error, with errno's number in *error, else 0 there. NULL when
 * the level is LOG_OFF, or no descriptor is to be had at all. Size and number of the last wish for a
 * path count.
 */
struct log_file *log_file_open(const struct log_wish *wish, int *error);

/* One hold more; false when the last one has gone meanwhile. */
bool log_file_hold(struct log_file *f);
void log_file_release(struct log_file *f);

/* Writes a line, whose last byte is '\n' and which has at most PIPE_BUF bytes. The caller holds f. */
void log_file_write(struct log_file *f, const char *line, size_t count);

/* Writes it to every open file that takes the level. */
void log_file_write_all(enum log_level level, const char *line, size_t count);

#endif
