/*
 * The pages of GetQueryResults, one ahead of the reader: for results that are read through the API
 * (managed results, S3 denied or switched off, text results of DDL).
 *
 * An operation of its own, like a download. The reader's side is a struct page_feed.
 */
#ifndef ATHENA_OPS_PAGE_READER_H
#define ATHENA_OPS_PAGE_READER_H

#include "base/fault.h"
#include "base/thread.h"
#include "base/value.h"
#include "engine/op.h"
#include "ops/session.h"
#include "results/feed.h"

struct page_reader;

/*
 * How large the answer with a page of so many rows may be, and how many rows to ask for when it was
 * larger; 0: no fewer. Rows of up to 32 MB (Athena's limit) make a thousand of them more than memory
 * should hold, and a page of two, of which one may be the line of names, must be taken as it is.
 */
size_t page_bytes_max(unsigned rows);
unsigned page_fewer_rows(unsigned rows);

/*
 * Starts with a page in hand (taken; may be NULL for "no rows") and goes on with next_token when it
 * is not NULL. The caller gives its reference back with page_reader_close(). NULL with a fault; the
 * page is taken in any case.
 */
struct page_reader *page_reader_start(struct session *s, const char *query_id, struct page *first,
                                      const char *next_token, struct fault *f) RUNS_ON(io_thread);

struct page_feed *page_reader_feed(struct page_reader *p);
void page_reader_set_reader(struct page_reader *p, struct op *reader) RUNS_ON(io_thread);
void page_reader_close(struct page_reader *p);

#endif
