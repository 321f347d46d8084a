/*
 * The arena: see arena.h. Blocks in a list, the newest is filled; each is as large as all before
 * it together, within bounds, so that a small owner stays small and a large one makes few blocks.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK_BYTES = 512, LARGEST_BLOCK_BYTES = 64 * 1024 };

struct arena_block {
    struct arena_block *older;
    size_t used_bytes;
    size_t room_bytes;
    alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_clear(struct arena *a)
{
    struct arena_block *block = a->newest;

    while (block != NULL) {
        struct arena_block *older = block->older;

        free(block);
        block = older;
    }
    arena_init(a);
}

void arena_wipe(struct arena *a)
{
    for (struct arena_block *block = a->newest; block != NULL; block = block->older)
        explicit_bzero(block->bytes, block->used_bytes);
    arena_clear(a);
}

/* What a new block holds, when bytes are needed at once. */
static size_t next_room(const struct arena *a, size_t bytes)
{
    size_t room = a->total_bytes;

    if (room < FIRST_BLOCK_BYTES) room = FIRST_BLOCK_BYTES;
    if (room > LARGEST_BLOCK_BYTES) room = LARGEST_BLOCK_BYTES;
    room -= sizeof(struct arena_block);
    return room < bytes ? bytes : room;
}

static struct arena_block *add_block(struct arena *a, size_t bytes)
{
    size_t room = next_room(a, bytes);
    struct arena_block *block = calloc(1, sizeof *block + room);

    if (block == NULL) return NULL;
    block->room_bytes = room;
    a->total_bytes += sizeof *block + room;
    if (a->newest != NULL && bytes == room && bytes > LARGEST_BLOCK_BYTES / 4) {
        /* A large piece fills a block of its own: keep filling the one that has room left. */
        block->older = a->newest->older;
        a->newest->older = block;
    } else {
        block->older = a->newest;
        a->newest = block;
    }
    return block;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    struct arena_block *block = a->newest;
    void *piece;

    if (bytes > SIZE_MAX / 2) return NULL;
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (block == NULL || block->room_bytes - block->used_bytes < bytes) {
        block = add_block(a, bytes);
        if (block == NULL) return NULL;
    }
    piece = block->bytes + block->used_bytes;
    block->used_bytes += bytes;
    return piece;
}

void *arena_array(struct arena *a, size_t count, size_t item_bytes)
{
    if (item_bytes > 0 && count > SIZE_MAX / item_bytes) return NULL;
    return arena_alloc(a, count * item_bytes);
}

char *arena_text(struct arena *a, const char *text)
{
    return text == NULL ? NULL : arena_copy(a, text, strlen(text));
}

char *arena_copy(struct arena *a, const void *bytes, size_t count)
{
    char *copy = count < SIZE_MAX / 2 ? arena_alloc(a, count + 1) : NULL;

    if (copy != NULL && count > 0) memcpy(copy, bytes, count);
    return copy; /* the NUL is there: what an arena gives is zeroed */
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    char *text;
    int needed;

    va_start(args, format);
    needed = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (needed < 0) return NULL;
    text = arena_alloc(a, (size_t)needed + 1);
    if (text == NULL) return NULL;
    va_start(args, format);
    vsnprintf(text, (size_t)needed + 1, format, args);
    va_end(args);
    return text;
}
