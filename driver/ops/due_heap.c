/* The heap of what is due. See due_heap.h. Place p has its children at 2p and 2p + 1. */
#include "ops/due_heap.h"

#include <assert.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

bool due_heap_reserve(struct due_heap *h, size_t count)
{
    size_t room = h->room ? h->room : FIRST_ROOM;
    struct due_entry **larger;

    while (room < count)
        room *= 2;
    if (room == h->room) return true;
    larger = realloc(h->entries, room * sizeof(struct due_entry *));
    if (!larger) return false;
    h->entries = larger;
    h->room = room;
    return true;
}

static void place(struct due_heap *h, struct due_entry *e, size_t at)
{
    h->entries[at - 1] = e;
    e->place = at;
}

static void rise(struct due_heap *h, struct due_entry *e, size_t at)
{
    while (at > 1 && h->entries[at / 2 - 1]->due_ms > e->due_ms) {
        place(h, h->entries[at / 2 - 1], at);
        at /= 2;
    }
    place(h, e, at);
}

static void sink(struct due_heap *h, struct due_entry *e, size_t at)
{
    for (;;) {
        size_t child = 2 * at;

        if (child > h->count) break;
        if (child < h->count && h->entries[child]->due_ms < h->entries[child - 1]->due_ms) child++;
        if (h->entries[child - 1]->due_ms >= e->due_ms) break;
        place(h, h->entries[child - 1], at);
        at = child;
    }
    place(h, e, at);
}

void due_heap_put(struct due_heap *h, struct due_entry *e)
{
    assert(!e->place && h->count < h->room);
    h->count++;
    rise(h, e, h->count);
}

struct due_entry *due_heap_first(const struct due_heap *h)
{
    return h->count ? h->entries[0] : NULL;
}

void due_heap_remove(struct due_heap *h, struct due_entry *e)
{
    struct due_entry *last;
    size_t at = e->place;

    if (!at) return;
    last = h->entries[--h->count];
    e->place = 0;
    if (last == e) return;
    if (at > 1 && h->entries[at / 2 - 1]->due_ms > last->due_ms) {
        rise(h, last, at);
    } else {
        sink(h, last, at);
    }
}

void due_heap_clear(struct due_heap *h)
{
    free(h->entries);
    *h = (struct due_heap){0};
}
