/*
 * One list of an operation of ops/metadata.h: its pages, or the rows of its query.
 *
 *     GET_CATALOG
 *        v
 *     LIST_CATALOGS --> LIST_DATABASES --> LIST_TABLES        each finds what the next one lists
 *        |                            \-> GET_TABLE --> LIST_TABLES       where IAM denies it
 *        |                             \-> SHOW_TABLES --> LIST_TABLES    where the query fails
 *        +--> QUERY_TABLES, QUERY_COLUMNS --> LIST_DATABASES              where the query fails
 *
 * A task asks for one page after the other, or runs one query, and is over with the last row. What
 * it finds (ops/metadata_answer.h) becomes items of the operation, or further tasks that wait
 * (ops/metadata_lead.h); what it is refused may be forgiven (ops/metadata_refusal.h). Tasks about
 * one catalog may share a way (ops/metadata_way.h), which holds those up that make calls while a
 * query asks for the same. I/O thread.
 */
#ifndef ATHENA_OPS_METADATA_TASK_H
#define ATHENA_OPS_METADATA_TASK_H

#include "base/buf.h"
#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "ops/call.h"
#include "ops/metadata.h"
#include "ops/metadata_request.h"
#include "ops/names_query.h"

struct metadata_way;

/* What a refusal may be of a task's, without being the whole operation's. */
enum metadata_pardon {
    PARDON_NOTHING, /* it was asked for by name */
    PARDON_DENIAL,  /* its database was listed, and IAM may keep single ones closed */
    PARDON_ANY      /* its catalog was listed, and is not Glue's: who knows what is behind it */
};

/* A place that a task is about; what a catalog's name says of it. Names in the parent's arena. */
struct metadata_place {
    const char *catalog, *database; /* NULL: none yet */
    bool is_lambda, is_glue;
    enum metadata_pardon pardon;
    struct metadata_way *way; /* NULL: its tables can be asked for in one way only */
};

struct metadata_task {
    struct list link;            /* in waiting or running */
    struct metadata_request ask; /* names in the parent's arena */
    struct metadata_place place;
    bool is_begun;
    unsigned pages; /* that have come */
    struct call call;
    struct names_query names;
    struct metadata_list *list; /* what it fills; in the parent's out; NULL: nothing found yet */
    struct fault fault;         /* of the query */
    struct buf rows;            /* of the query, so far: packed */

    char *key;           /* of the cache; NULL: the list is not to be kept. Owned */
    unsigned generation; /* of the cache, when the list was begun */
    struct buf kept;     /* so far: packed rows, or answers, each behind a size_t with its length */
};

/* Adds a task to those that wait. */
enum status metadata_task_add(struct metadata *m, enum metadata_kind kind,
                              const struct metadata_place *p) RUNS_ON(io_thread);

/* The task goes on as one of another kind, from its beginning. */
void metadata_task_become(struct metadata_task *t, enum metadata_kind kind) RUNS_ON(io_thread);

/* ST_OK: the task is over. ST_ERR: so is the operation, m->op.fault says why. */
enum status metadata_task_advance(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);

/* It makes calls and is held up: it waits for nothing and is not to be advanced. */
bool metadata_task_is_held(const struct metadata_task *t) RUNS_ON(io_thread);

/* The task that a link of waiting or running belongs to. */
struct metadata_task *metadata_task_of(struct list *link);

/* Ends and frees it, in any state. */
void metadata_task_end(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);

/* Frees what an operation that was dropped with its engine has left. Any thread. */
void metadata_task_drop(struct metadata_task *t);

#endif
