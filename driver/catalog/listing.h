/*
 * The rows of SQLTables and SQLColumns, made while they are read.
 *
 * What an operation of ops/metadata.h has found stays as it is; a page of rows is made of it when
 * the cursor comes to it, so that opening a cursor on a hundred thousand tables costs no more than
 * on one, and its rows no memory. A kind of listing puts the next row each time it is asked.
 *
 * A listing is the feed of results/pages.h and ends with the cursor. One thread at a time: the one
 * that fetches.
 */
#ifndef ATHENA_CATALOG_LISTING_H
#define ATHENA_CATALOG_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include "catalog/sheet.h"
#include "ops/metadata.h"
#include "results/feed.h"

struct listing;

/* Puts the next row, if any is left; false at the end. */
typedef bool listing_put_fn(struct listing *l, struct sheet *s);

/* The first member of a kind's own struct. */
struct listing {
    struct page_feed feed;
    struct metadata *metadata; /* one reference; done */
    unsigned column_count;
    listing_put_fn *put;
    size_t list, table; /* where it stands in metadata->out */
};

/* Makes the common part of a zeroed struct (malloc'ed: free() ends it). Takes a reference. */
void listing_init(struct listing *l, struct metadata *m, unsigned column_count,
                  listing_put_fn *put);

/* The table it stands at, having stepped over the ends of lists; NULL behind the last. */
const struct athena_table *listing_table(struct listing *l);

/* The list of that table. */
const struct metadata_list *listing_list(const struct listing *l);

#endif
