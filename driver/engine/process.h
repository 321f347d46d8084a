/*
 * A child program whose standard output is collected (credential_process, say).
 *
 * Started without a shell, standard input from /dev/null, standard error passed through to the
 * fault's text on failure (its last line). The engine watches the pipe; nothing blocks. I/O thread.
 */
#ifndef ATHENA_ENGINE_PROCESS_H
#define ATHENA_ENGINE_PROCESS_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"
#include "engine/timer.h"

struct process {
    struct op *owner;
    pid_t pid; /* 0: not running */
    int out_fd, error_fd;
    int exit_status; /* as of waitpid() */
    struct buf output, errors;
    struct fault fault;
    struct timer limit;
    struct engine_watch *watch; /* private to engine/ */
};

/* argv is NULL-terminated, argv[0] looked up in PATH. timeout_ms kills the program. */
enum status process_start(struct process *p, struct op *owner, char *const argv[],
                          size_t max_output_bytes, int64_t timeout_ms, struct fault *f)
    RUNS_ON(io_thread);

/* ST_WAIT; ST_OK after exit status 0, output complete; ST_ERR with p->fault otherwise. */
enum status process_ready(struct process *p) RUNS_ON(io_thread);

/* Kills what runs, reaps it, frees. */
void process_clear(struct process *p) RUNS_ON(io_thread);

#endif
