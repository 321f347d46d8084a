/*
 * Memory that is freed together: an operation's or a page's allocations end with its arena.
 *
 * Thread: one owner at a time. Allocations are aligned for any type and are zeroed.
 */
#ifndef ATHENA_BASE_ARENA_H
#define ATHENA_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *newest;
    size_t total_bytes; /* what has been asked of the system */
};

/* An empty arena; allocates nothing. A zeroed struct arena is one too. */
void arena_init(struct arena *a);

/* Frees everything; the arena is empty and usable again. */
void arena_clear(struct arena *a);

/* The same for one that holds secrets: overwrites everything first. */
void arena_wipe(struct arena *a);

/* NULL when memory has run out. */
void *arena_alloc(struct arena *a, size_t bytes);
void *arena_array(struct arena *a, size_t count, size_t item_bytes);

/* Copies with a NUL behind; text may be NULL, which gives NULL. */
char *arena_text(struct arena *a, const char *text);
char *arena_copy(struct arena *a, const void *bytes, size_t count);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
