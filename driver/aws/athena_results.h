/*
 * An answer of GetQueryResults: columns, and rows as a page, in one pass over the bytes.
 *
 * No tree is built: cells go straight into the page's arena. A Datum without VarCharValue is NULL.
 * Missing cells are NULL, cells beyond the columns are dropped (MSCK REPAIR TABLE), and a row of
 * one Datum under several columns is split at its tabs and trimmed (DESCRIBE, SHOW COLUMNS).
 *
 * The header row is in the page: whether it is to be dropped is for the caller to say, who knows
 * the statement type (athena_results_drop_header).
 *
 * Pure. Any thread.
 */
#ifndef ATHENA_AWS_ATHENA_RESULTS_H
#define ATHENA_AWS_ATHENA_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/value.h"

struct athena_results {
    struct column *columns; /* in the arena given, as is next_token */
    unsigned column_count;
    struct page *page; /* owned: page_free(), or taken away (set to NULL); never NULL if ST_OK */
    const char *next_token; /* "" on the last page */
    int64_t update_count;   /* -1: not told */
};

/* Faults: 08S01 not such an answer, HY001. On a fault r->page is NULL. */
enum status athena_parse_results(struct athena_results *r, struct arena *a, const char *body,
                                 size_t bytes, struct fault *f);

/*
 * Drops row 0 when it repeats the columns' names, as page 1 of a SELECT's result does. Returns
 * whether it did. Call for page 1 of a statement of type DML only.
 */
bool athena_results_drop_header(struct athena_results *r);

#endif
