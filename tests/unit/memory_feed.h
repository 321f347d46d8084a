/*
 * A byte feed over a text in memory, for tests of row sources.
 *
 * The text is handed out in pieces whose ends the test chooses. Each piece is memory of its own,
 * which is freed when it is released, so that a sanitizer sees who reads too late; or, with
 * is_contiguous, all pieces are parts of the text itself.
 */
#ifndef ATHENA_TESTS_MEMORY_FEED_H
#define ATHENA_TESTS_MEMORY_FEED_H

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "results/feed.h"

enum { MEMORY_FEED_MOST_HELD = 4096 };

struct memory_feed {
    struct byte_feed feed;
    const char *text;
    size_t count, at;
    bool is_contiguous;
    bool waits;                   /* FEED_WAIT before each piece */
    bool fails;                   /* FEED_FAILED instead of FEED_END */
    size_t (*piece)(size_t left); /* bytes of the next piece, 1 ... left */
    bool has_waited;
    char *held[MEMORY_FEED_MOST_HELD]; /* not released yet, oldest first; NULL when contiguous */
    size_t held_count, most_held;
};

static inline enum feed_state memory_feed_next(struct byte_feed *feed, struct span *item,
                                               struct fault *fault)
{
    struct memory_feed *m = container_of(feed, struct memory_feed, feed);
    char *copy = NULL;

    if (m->waits && !m->has_waited) {
        m->has_waited = true;
        return FEED_WAIT;
    }
    m->has_waited = false;
    if (m->at == m->count) {
        if (m->fails) fault_set(fault, SQLSTATE_08S01, 0, "the feed failed");
        return m->fails ? FEED_FAILED : FEED_END;
    }
    item->count = m->piece(m->count - m->at);
    item->bytes = m->text + m->at;
    if (!m->is_contiguous) {
        copy = malloc(item->count);
        memcpy(copy, item->bytes, item->count);
        item->bytes = copy;
    }
    m->at += item->count;
    assert(m->held_count < MEMORY_FEED_MOST_HELD);
    m->held[m->held_count++] = copy;
    if (m->held_count > m->most_held) m->most_held = m->held_count;
    return FEED_ITEM;
}

static inline void memory_feed_release(struct byte_feed *feed)
{
    struct memory_feed *m = container_of(feed, struct memory_feed, feed);

    assert(m->held_count > 0);
    free(m->held[0]);
    m->held_count--;
    memmove(m->held, m->held + 1, m->held_count * sizeof m->held[0]);
}

static inline size_t memory_feed_all(size_t left)
{
    return left;
}

static inline void memory_feed_init(struct memory_feed *m, const char *text, size_t count)
{
    memset(m, 0, sizeof *m);
    m->feed.next = memory_feed_next;
    m->feed.release = memory_feed_release;
    m->text = text;
    m->count = count;
    m->piece = memory_feed_all;
}

#endif
