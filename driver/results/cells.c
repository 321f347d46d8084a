/*
 * Arrays of cells: see cells.h.
 *
 * All arrays stand in one block. Between two of them lies a cache line or more that is not used:
 * without it, writing one cell to each of many arrays whose distance is a power of two would fall
 * into the same few lines of the processor's cache.
 */
#include "results/cells.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FEWEST_ROWS = 60, GAP_CELLS = 4 };

bool cells_init(struct cells *t, struct rows *r)
{
    t->block = NULL;
    t->room = 0;
    r->first = 0;
    r->cells = calloc(r->column_count ? r->column_count : 1, sizeof *r->cells);
    return r->cells != NULL;
}

void cells_clear(struct cells *t, struct rows *r)
{
    free(t->block);
    free(r->cells);
    t->block = NULL;
    r->cells = NULL;
}

static void move_to_front(struct rows *r)
{
    for (unsigned c = 0; c < r->column_count; c++) {
        memmove(r->cells[c], r->cells[c] + r->first, r->in_hand * sizeof *r->cells[c]);
    }
    r->first = 0;
}

static bool move_to_block(struct cells *t, struct rows *r, size_t room)
{
    size_t stride = room + GAP_CELLS, column_count = r->column_count ? r->column_count : 1;
    struct cell *block;

    if (stride > SIZE_MAX / sizeof *block / column_count) return false;
    block = malloc(stride * column_count * sizeof *block);
    if (!block) return false;
    for (unsigned c = 0; c < r->column_count; c++) {
        struct cell *cells = block + c * stride;

        if (r->in_hand) memcpy(cells, r->cells[c] + r->first, r->in_hand * sizeof *cells);
        r->cells[c] = cells;
    }
    free(t->block);
    t->block = block;
    t->room = room;
    r->first = 0;
    return true;
}

bool cells_reserve(struct cells *t, struct rows *r, size_t count)
{
    size_t needed = r->in_hand + count;
    size_t room = t->room ? t->room : FEWEST_ROWS;

    if (r->first + needed <= t->room) return true;
    if (needed <= t->room && r->first >= r->in_hand) {
        move_to_front(r); /* moves no more cells than have been dropped since the last time */
        return true;
    }
    while (room < needed) {
        if (room > SIZE_MAX / 2) return false;
        room *= 2;
    }
    if (room - needed < needed / 2) room *= 2; /* so that the next move is far away */
    return move_to_block(t, r, room);
}
