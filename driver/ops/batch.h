/*
 * Queries that belong together: one statement, run once for each set of its parameters.
 *
 *     in order    each is started when the one before has run, so that later sets see what earlier
 *                 ones did
 *     together    many at a time, through the start queue like all others
 *
 * Commits to one Iceberg table that come together may collide: the first is made, and the others are
 * refused (SQLSTATE 40001) and have changed nothing. Of queries that run together those are run once
 * more, one after the other in their order, when all others have run; and from then on half as many
 * at a time.
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

/*
 * Results that are open at a time: they share the window of one. Queries that run at a time: as many
 * as one BatchGetQueryExecution asks after.
 */
enum { BATCH_OPEN_MAX = 8, BATCH_RUNNING_MAX = 50 };

struct batch {
    struct op op;
    struct {
        struct query **queries; /* one reference each, until it is done */
        size_t count;
        unsigned at_once; /* 1: in order */
    } in;
    struct {
        unsigned char *states; /* of each query: enum state of batch.c */
        size_t *active;        /* those that run or are being opened */
        size_t active_count, running_count;
        size_t again_count; /* those that are to be run once more */
        unsigned at_once;   /* as things stand */
        size_t opened;      /* results with rows, of the queries before out.next */
        bool has_stopped;
    } io;
    struct {
        size_t started;       /* queries from this one on have not been started */
        size_t next;          /* the first query that may still be held */
        struct query **again; /* what took the place of each query, or NULL; whoever takes one
                                 of them sets it to NULL. NULL: of none */
    } out;
};

/*
 * A batch, ready to be submitted, of queries that are not and that are held. The array is copied.
 * op_release(&b->op) gives it back; the queries stay the caller's. It ends in ST_ERR (HY008, HYT00)
 * when a cancel or a time-out has kept a query from running to its end, else in ST_OK whatever
 * became of them: op_poll() of a query that was started, or took the place of one, says ST_ERR
 * (failed), ST_OK, or ST_WAIT (it has run and is held). at_once: 1 to BATCH_RUNNING_MAX. NULL: no
 * memory.
 */
struct batch *batch_new(struct engine *e, struct query *const *queries, size_t count,
                        unsigned at_once);

#endif
