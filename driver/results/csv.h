/*
 * Rows of a result file in Athena's CSV (Amazon Athena User Guide, "Work with
 * query results"; the details as observed).
 *
 *   "id","name"       the first line names the columns: checked for their number, then skipped
 *   "1","say ""hi"""  every value is quoted, a quote in it is doubled; CR and LF may be in it
 *   "2",              nothing between separators is NULL; "" is the empty string
 *
 * Lines end in LF (CR LF is taken too, and a last line without an end). With one column an empty
 * line is a row whose value is NULL.
 *
 * Cells point into the feed's spans: nothing is copied but a record that lies across two spans
 * which do not follow each other in memory. A feed that hands out neighbouring pieces of one
 * buffer therefore costs no copy at all. Doubled quotes stay as they are and the cell is flagged
 * CELL_DOUBLED_QUOTES. A span is released as soon as no row in hand touches it.
 *
 * What is not a whole, well-formed record never becomes a row: a file that ends inside a record or
 * is cut by its feed, a quote that is not closed, text beside quotes, a record with more or fewer
 * values than columns: ROWS_FAILED with the number of the record; the rows before it are good.
 */
#ifndef ATHENA_RESULTS_CSV_H
#define ATHENA_RESULTS_CSV_H

#include "base/fault.h"
#include "base/value.h"
#include "results/feed.h"
#include "results/rows.h"

/* A record, its separators included, may be this long; Athena's own limit on a row is 32 MiB. */
#define CSV_RECORD_MAX_BYTES ((size_t)1 << 30)

/*
 * A row source over a feed's bytes. columns and feed are borrowed and outlive the source; the feed
 * is not read before the first rows_gather(). NULL when memory has run out: f says so.
 */
struct rows *csv_new(const struct column *columns, unsigned column_count, struct byte_feed *feed,
                     struct fault *f);

#endif
