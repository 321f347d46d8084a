/* Results in memory. See sheet.h. */
#include "catalog/sheet.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM_ROWS = 64 };

void sheet_init(struct sheet *s, unsigned column_count)
{
    *s = (struct sheet){.page = calloc(1, sizeof *s->page)};
    s->has_failed = !s->page;
    if (s->has_failed) return;
    arena_init(&s->page->arena);
    s->page->column_count = column_count;
}

static size_t row_bytes(const struct sheet *s)
{
    return s->page->column_count * sizeof *s->cells;
}

void sheet_row(struct sheet *s)
{
    if (s->has_failed) return;
    if (s->page->row_count == s->room_rows) {
        const size_t room = s->room_rows ? s->room_rows * 2 : FIRST_ROOM_ROWS;
        struct cell *cells = realloc(s->cells, room * row_bytes(s));

        s->has_failed = !cells;
        if (s->has_failed) return;
        s->cells = cells;
        s->room_rows = room;
    }
    memset(s->cells + s->page->row_count * s->page->column_count, 0, row_bytes(s));
    s->page->row_count++;
}

static void set_value(struct sheet *s, unsigned column, const char *text, size_t bytes)
{
    struct cell *cell;

    assert(column >= 1 && column <= s->page->column_count && s->page->row_count > 0);
    cell = &s->cells[(s->page->row_count - 1) * s->page->column_count + column - 1];
    cell->text = arena_copy(&s->page->arena, text, bytes);
    cell->bytes = (uint32_t)bytes;
    s->has_failed = !cell->text;
}

void sheet_text(struct sheet *s, unsigned column, const char *text)
{
    if (!s->has_failed && text) set_value(s, column, text, strlen(text));
}

void sheet_number(struct sheet *s, unsigned column, int64_t number)
{
    char text[24];
    const int bytes = snprintf(text, sizeof text, "%" PRId64, number);

    if (!s->has_failed) set_value(s, column, text, (size_t)bytes);
}

struct page *sheet_take(struct sheet *s, struct fault *f)
{
    struct page *page = s->page;

    if (!s->has_failed && page->row_count) {
        page->cells = (struct cell *)(void *)arena_copy(&page->arena, s->cells,
                                                        page->row_count * row_bytes(s));
        s->has_failed = !page->cells;
    }
    free(s->cells);
    s->cells = NULL;
    s->page = NULL;
    if (!s->has_failed) return page;
    page_free(page);
    fault_no_memory(f);
    return NULL;
}
