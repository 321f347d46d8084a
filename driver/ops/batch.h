/*
 * Queries that belong together: one statement, run once for each set of its parameters.
 *
 *     in order    each is started when the one before has run: what writes, so that later sets see
 *                 what earlier ones did, and commits to one table do not collide
 *     together    many at a time, through the start queue like all others
 *
 * The operation is done when every query has run (or will not be run), and the results of the first
 * few have been opened as far as their columns and first row: so the outcome of each is known while
 * the memory for results stays bounded. The results behind are held (query_hold()) until their reader
 * comes near, who lets them go.
 *
 * A query that fails for a reason of its own values (a division by zero) does not keep the others
 * from running. Every other failure would meet them too: then no more are started. A cancel or a
 * time-out ends those that run.
 */
#ifndef ATHENA_OPS_BATCH_H
#define ATHENA_OPS_BATCH_H

#include "engine/op.h"
#include "ops/query.h"

/* Results that are open at a time: they share the window of one. */
enum { BATCH_OPEN_MAX = 8 };

struct batch {
    struct op op;
    struct {
        struct query **queries; /* one reference each, until it is done */
        size_t count;
        bool is_in_order;
    } in;
    struct {
        unsigned char *states; /* of each query: enum state of batch.c */
        size_t *active;        /* those that run or are being opened */
        size_t active_count, running_count;
        size_t opened; /* results with rows, of the queries before out.next */
        bool has_stopped;
    } io;
    struct {
        size_t started; /* queries from this one on have not been started */
        size_t next;    /* the first query that may still be held */
    } out;
};

/*
 * A batch, ready to be submitted, of queries that are not and that are held. The array is copied.
 * op_release(&b->op) gives it back; the queries stay the caller's. It ends in ST_ERR (HY008, HYT00)
 * when a cancel or a time-out has kept a query from running to its end, else in ST_OK whatever
 * became of them: op_poll() of a query that was started says ST_ERR (failed), ST_OK, or ST_WAIT
 * (it has run and is held). NULL: no memory.
 */
struct batch *batch_new(struct engine *e, struct query *const *queries, size_t count,
                        bool is_in_order);

#endif
