/*
 * The operation behind a fetch that has to wait: done when so many rows are in hand, or when it is
 * known that no more will come.
 *
 * While it is pending, the row source belongs to the I/O thread, which gathers as data arrives;
 * before and after, to the application's thread.
 */
#ifndef ATHENA_OPS_REFILL_H
#define ATHENA_OPS_REFILL_H

#include "engine/op.h"
#include "ops/query.h"

struct refill {
    struct op op;
    struct query *query; /* one reference */
    struct rows *rows;
    size_t want;
    int64_t pause_ms; /* set before op_submit(): it is not done sooner; 0 for as soon as can be */
    struct timer pause ONLY_ON(io_thread);
    bool has_begun ONLY_ON(io_thread);
};

/* Ready to be submitted. op_release(&r->op) gives it back. NULL: no memory. */
struct refill *refill_new(struct query *q, size_t want);

#endif
