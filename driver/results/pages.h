/*
 * Rows that come as pages: answers of GetQueryResults, or a table made in memory (catalog
 * functions, the text of DDL statements).
 *
 * A page's cells stand row by row and are turned column by column here; their text stays where it
 * is, in the page, which is freed when its last row has been dropped. Pages carry rows only: the
 * line of column names that GetQueryResults puts on top of a first page is left out by whoever
 * makes the page.
 *
 * A page whose column_count is not the result's is a failure (HY000), never a shorter row.
 */
#ifndef ATHENA_RESULTS_PAGES_H
#define ATHENA_RESULTS_PAGES_H

#include "base/fault.h"
#include "base/value.h"
#include "results/feed.h"
#include "results/rows.h"

/*
 * columns and feed are borrowed and outlive the source, but for a feed that has a close(): it is
 * closed with the source, and not when there is none. NULL when memory has run out: f says so.
 */
struct rows *pages_new(const struct column *columns, unsigned column_count, struct page_feed *feed,
                       struct fault *f);

/*
 * Takes only_page, in failure too; NULL stands for a result without rows. All rows are in hand
 * from the start and more is ROWS_END.
 */
struct rows *pages_new_in_memory(const struct column *columns, unsigned column_count,
                                 struct page *only_page, struct fault *f);

#endif
