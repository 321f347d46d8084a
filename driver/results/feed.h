/*
 * Where a row source gets its bytes or pages: implemented by ops/ (a download on the I/O thread)
 * and by tests (memory).
 *
 * Items come in order and are released in order. All three functions may be called by the reader's
 * thread while the I/O thread adds items; the implementation locks.
 */
#ifndef ATHENA_RESULTS_FEED_H
#define ATHENA_RESULTS_FEED_H

#include <stddef.h>

#include "base/fault.h"
#include "base/value.h"

enum feed_state {
    FEED_ITEM,  /* here is the next item */
    FEED_WAIT,  /* nothing more yet */
    FEED_END,   /* nothing will follow */
    FEED_FAILED /* nothing will follow, and something is missing: fault is set */
};

/* A piece of a file. Pieces follow each other without gap; cuts are anywhere. */
struct span {
    const char *bytes;
    size_t count; /* never 0 */
};

struct byte_feed {
    enum feed_state (*next)(struct byte_feed *f, struct span *item, struct fault *fault);
    /* The oldest span that next() gave and that is not yet released will not be read again. */
    void (*release)(struct byte_feed *f);
};

struct page_feed {
    /* The page belongs to the caller, who ends it with page_free(). */
    enum feed_state (*next)(struct page_feed *f, struct page **item, struct fault *fault);
    /* Called once, with the end of the source that reads it. NULL: somebody else ends the feed. */
    void (*close)(struct page_feed *f);
};

#endif
