/*
 * What the answers to a list of ops/metadata.h say: items of the operation, or what leads on.
 *
 * With MetadataCacheSeconds the answers of a list are also kept, under the request for its first
 * page (ops/catalog_cache.h); a list that is found there is read from it at once. Where tables are
 * wanted without their columns, their names are kept (ops/packed_tables.h) instead of the answers.
 *
 * Faults are the operation's. I/O thread.
 */
#ifndef ATHENA_OPS_METADATA_ANSWER_H
#define ATHENA_OPS_METADATA_ANSWER_H

#include <stdbool.h>

#include "base/status.h"
#include "base/thread.h"
#include "ops/metadata_task.h"

/* The page that t->call has brought. *has_more: t->ask.next_token is of the one to come. */
enum status metadata_answer_page(struct metadata *m, struct metadata_task *t, bool *has_more)
    RUNS_ON(io_thread);

/* The rows that t->names has brought: all of them, in t->rows. */
enum status metadata_answer_rows(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);

/* Reads the whole list from the cache; *is_there says whether it was. */
enum status metadata_answer_cached(struct metadata *m, struct metadata_task *t, bool *is_there)
    RUNS_ON(io_thread);

/* Whether it would be. */
bool metadata_answer_is_kept(const struct metadata *m, const struct metadata_request *r)
    RUNS_ON(io_thread);

#endif
