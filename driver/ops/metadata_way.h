/*
 * By calls or by a query: how the tables of one of Glue's catalogs are asked for when it is left to
 * the driver (MetadataRetrievalMethod=Auto).
 *
 *     calls ------ many more to come ------> calls held, query runs ---- its rows --> over
 *       ^  \-- the last page --> over             |            \-- 5 s --> both: the first wins
 *       +------------- it is refused, or fails ---+
 *
 * Calls cost nothing, bring the comments of tables along and are quick for some hundred tables: they
 * come first. But a page has fifty tables at most, those of a database come one after the other, and
 * what an account may call in a second is little. A query of information_schema takes a second or
 * two, however much there is to list. So once the calls known to be wanted are many, or a database
 * has many pages, the calls are held and a query asks for all tables. Its rows take the place of
 * what the calls have found. When it is refused or fails they go on where they stood, and the
 * identity does not try again for a while (ops/names_refusal.h); when it is slow, in a full queue
 * perhaps, they go on beside it.
 *
 * Lives in the operation's arena and as long. I/O thread.
 */
#ifndef ATHENA_OPS_METADATA_WAY_H
#define ATHENA_OPS_METADATA_WAY_H

#include <stdbool.h>

#include "base/status.h"
#include "base/thread.h"
#include "engine/timer.h"
#include "ops/metadata_task.h"

enum {
    METADATA_WAY_CALLS = 100, /* of more than these a query is quicker */
    METADATA_WAY_LEFT = 20,   /* but not when so few are left of them */
    METADATA_WAY_PAGES = 10   /* of one list: each waits for the one before */
};

struct metadata_way {
    bool may_query;
    bool is_over;                /* one has listed everything: the other's tasks are moot */
    unsigned calls;              /* that were made or are known to be wanted */
    unsigned open_tasks;         /* that make them, and have a page to come at least */
    unsigned skipped;            /* places that they have left out: part of m->out.skipped */
    struct metadata_task *query; /* NULL: there is none, or no longer */
    struct timer patience;       /* armed while the calls are held */
};

/* For the catalog p. NULL: no memory. */
struct metadata_way *metadata_way_new(struct metadata *m, const struct metadata_place *p)
    RUNS_ON(io_thread);

/* The rows of the query are in the catalog cache: no calls are wanted. */
bool metadata_way_is_known(const struct metadata *m, const struct metadata_place *p)
    RUNS_ON(io_thread);

/* A task on a way begins, or ends in whatever manner. Tasks without a way are of no concern. */
void metadata_way_enter(struct metadata_task *t) RUNS_ON(io_thread);
void metadata_way_leave(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);

/* A page has come; has_more: another is wanted. May add the query to those that run. */
enum status metadata_way_paged(struct metadata *m, struct metadata_task *t, bool has_more)
    RUNS_ON(io_thread);

/* Whether the task makes calls that are held. */
bool metadata_way_holds(const struct metadata_task *t) RUNS_ON(io_thread);

/* Whether what the task lists was listed otherwise. */
bool metadata_way_is_over(const struct metadata_task *t) RUNS_ON(io_thread);

/* The query begins, has all its rows (which replace what calls have found), or has failed. */
void metadata_way_asked(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
void metadata_way_won(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
void metadata_way_lost(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);

#endif
