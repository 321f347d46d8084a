/*
 * What a query for names was refused, remembered so that it is not asked in vain each time: who may
 * list tables by calls may lack the right to run queries, or have no place for results.
 *
 * An identity has one; it keeps the last refusal, for the workgroup and output location that it
 * met, for ten minutes. I/O thread.
 */
#ifndef ATHENA_OPS_NAMES_REFUSAL_H
#define ATHENA_OPS_NAMES_REFUSAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "ops/session.h"

struct names_refusal {
    int64_t until_ms;
    char *place; /* NULL: nothing was refused */
};

bool names_refusal_stands(const struct names_refusal *r, const struct session *s);

/* Unless the fault is one that passes: a lost connection, a limit, a cancel. */
void names_refusal_remember(struct names_refusal *r, const struct session *s,
                            const struct fault *f);

void names_refusal_clear(struct names_refusal *r);

#endif
