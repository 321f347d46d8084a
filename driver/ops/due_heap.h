/*
 * Things by the time they are due: a binary heap of pointers to entries that their owners embed.
 * Putting and taking cost O(log n), whoever is due first is known at once. One owner at a time.
 */
#ifndef ATHENA_OPS_DUE_HEAP_H
#define ATHENA_OPS_DUE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: in no heap. */
struct due_entry {
    int64_t due_ms;
    size_t place; /* in the heap, from 1; 0: in none */
};

/* A zeroed struct due_heap is an empty one. */
struct due_heap {
    struct due_entry **entries;
    size_t count, room;
};

/* Makes room for so many entries in all; false when memory has run out. */
bool due_heap_reserve(struct due_heap *h, size_t count);

/* Puts an entry, for which there must be room, where its due_ms belongs. */
void due_heap_put(struct due_heap *h, struct due_entry *e);

/* The entry that is due first; NULL: none. */
struct due_entry *due_heap_first(const struct due_heap *h);

/* Takes an entry out; does nothing when it is in no heap. */
void due_heap_remove(struct due_heap *h, struct due_entry *e);

/* Frees the room. Entries are forgotten. */
void due_heap_clear(struct due_heap *h);

#endif
