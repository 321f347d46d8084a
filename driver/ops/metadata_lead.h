/*
 * What leads to what: a catalog that was named or found to its databases, a database to its tables,
 * each as deep as an operation of ops/metadata.h asks. I/O thread.
 */
#ifndef ATHENA_OPS_METADATA_LEAD_H
#define ATHENA_OPS_METADATA_LEAD_H

#include "base/status.h"
#include "base/thread.h"
#include "ops/metadata_task.h"

/* Adds the first tasks, or finds what is asked for without any. */
enum status metadata_lead_begin(struct metadata *m) RUNS_ON(io_thread);

/* A catalog known by its name alone; which is copied by nobody: in the parent's arena or static. */
enum status metadata_lead_named(struct metadata *m, const char *catalog) RUNS_ON(io_thread);

/* A catalog of which is known what it is. */
enum status metadata_lead_catalog(struct metadata *m, const struct metadata_place *p)
    RUNS_ON(io_thread);

/* Its databases, asked for by calls: all of them, or the one that is meant. */
enum status metadata_lead_databases(struct metadata *m, const struct metadata_place *p)
    RUNS_ON(io_thread);

/* A database that is meant. Names that Athena does not take are of none. */
enum status metadata_lead_database(struct metadata *m, const struct metadata_place *p)
    RUNS_ON(io_thread);

#endif
