/*
 * One list of an operation of ops/metadata.h: its pages, what is found in them, what is refused.
 *
 *     GET_CATALOG
 *        v
 *     LIST_CATALOGS --> LIST_DATABASES --> LIST_TABLES        each finds what the next one lists
 *        |                            \-> GET_TABLE --> LIST_TABLES       where IAM denies it
 *        |                             \-> SHOW_TABLES --> LIST_TABLES    where the query fails
 *        +--> QUERY_TABLES, QUERY_COLUMNS --> LIST_DATABASES              where the query fails
 *
 * A task asks for one page after the other, or runs one query, and is over with the last row. What
 * it finds becomes items of the operation, or further tasks that wait. I/O thread.
 */
#ifndef ATHENA_OPS_METADATA_TASK_H
#define ATHENA_OPS_METADATA_TASK_H

#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "ops/metadata.h"

struct metadata_task;

/* Adds the first tasks, or finds what is asked for without any. */
enum status metadata_task_begin(struct metadata *m) RUNS_ON(io_thread);

/* ST_OK: the task is over. ST_ERR: so is the operation, m->op.fault says why. */
enum status metadata_task_advance(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);

/* The task that a link of waiting or running belongs to. */
struct metadata_task *metadata_task_of(struct list *link);

/* Ends and frees it, in any state. */
void metadata_task_end(struct metadata_task *t) RUNS_ON(io_thread);

/* Frees what an operation that was dropped with its engine has left. Any thread. */
void metadata_task_drop(struct metadata_task *t);

#endif
