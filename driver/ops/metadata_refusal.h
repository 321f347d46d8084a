/*
 * What becomes of a list of ops/metadata.h that failed: what is absent is not found, what is denied
 * is asked for in another way, stood in for, or left out, and all else is the operation's fault.
 * I/O thread.
 */
#ifndef ATHENA_OPS_METADATA_REFUSAL_H
#define ATHENA_OPS_METADATA_REFUSAL_H

#include <stdbool.h>

#include "base/status.h"
#include "base/thread.h"
#include "ops/metadata_task.h"

/* ST_OK: the task is over, or, *goes_on, asks in another way. ST_ERR: m->op.fault is set. */
enum status metadata_refusal_forgive(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);

#endif
