/*
 * A result file on its way: parallel ranged GETs into a bounded window of parts, read in order.
 *
 *     file    |--part 0--|--part 1--|--part 2--|--part 3--| ...
 *              released    being      arriving   arriving     asked for when a part is released
 *                          read
 *
 * The first GET tells the size and the ETag; all others are sent with If-Match, so a file that is
 * replaced meanwhile is an error and never a mixture. A part whose transfer breaks goes on where it
 * broke. The window is bounded (window_bytes) except that a reader that has read all of it
 * and released nothing (a row or a rowset larger than the window) gets one more part at a time.
 *
 * It is an operation of its own: it runs on while the application fetches, and does nothing (no
 * request in flight) while the window is full. The reader's side is a struct byte_feed.
 */
#ifndef ATHENA_OPS_DOWNLOAD_H
#define ATHENA_OPS_DOWNLOAD_H

#include "base/fault.h"
#include "base/thread.h"
#include "engine/op.h"
#include "ops/session.h"
#include "results/feed.h"

struct download;

/*
 * Starts reading s3://bucket/key. The caller holds one reference and gives it back with
 * download_close(). NULL with a fault.
 */
struct download *download_start(struct session *s, const char *bucket, const char *key,
                                size_t window_bytes, struct fault *f) RUNS_ON(io_thread);

/* The reader's side; lives as long as the reference. */
struct byte_feed *download_feed(struct download *d);

/* reader is woken whenever something arrives, until replaced (NULL: nobody). I/O thread. */
void download_set_reader(struct download *d, struct op *reader) RUNS_ON(io_thread);

/* Ends transfers and gives the reference back; the feed must not be used any more. Any thread. */
void download_close(struct download *d);

#endif
