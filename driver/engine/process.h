/*
 * A child program whose standard output is collected (credential_process, say).
 *
 * Started without a shell, standard input from /dev/null, standard error passed through to the
 * fault's text on failure (its last line). The engine watches the pipes; nothing blocks. The host's
 * SIGCHLD handling is left alone. I/O thread.
 */
#ifndef ATHENA_ENGINE_PROCESS_H
#define ATHENA_ENGINE_PROCESS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"

enum process_phase { PROCESS_IDLE, PROCESS_RUNNING, PROCESS_DONE };

struct process {
    struct op *owner;
    enum process_phase phase;
    int exit_status; /* 0..255; 256 + n when signal n ended it; -1 when it cannot be known */
    struct buf output, errors;
    struct fault fault;
    struct child *child; /* private to process.c; NULL unless running */
};

/*
 * Starts a program; owner is woken when it is over. A zeroed struct process is idle. argv is
 * NULL-terminated, argv[0] looked up in PATH. After timeout_ms (0: never) the program and what it
 * has started are killed. A program that cannot be started: ST_ERR, HY000, native is errno.
 */
enum status process_start(struct process *p, struct op *owner, char *const argv[],
                          size_t max_output_bytes, int64_t timeout_ms, struct fault *f)
    RUNS_ON(io_thread);

/*
 * The same for a program that is to live on by itself, in a session of its own: nothing it writes is read, and
 * process_clear() and the engine's end let go of it. owner is woken when it ends.
 */
enum status process_start_detached(struct process *p, struct op *owner, char *const argv[],
                                   struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK after exit status 0, output complete; ST_ERR with p->fault otherwise: HYT00 when
 * it took too long, HY000 for another exit status (native), a signal or too much output.
 */
enum status process_ready(struct process *p) RUNS_ON(io_thread);

/* Kills what runs (unless it is detached), frees; idle again. I/O thread; any thread when the program does not run. */
void process_clear(struct process *p);

#endif
