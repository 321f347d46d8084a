/*
 * results/csv.c and results/pages.c when memory runs out, at the first allocation, the second, and
 * so on until none fails: HY001, good rows before it, and nothing kept or given back twice.
 *
 * The sources are compiled into this program with allocators that fail when told to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit/memory_feed.h"

static unsigned allocations_left;

static void *failing_malloc(size_t bytes)
{
    return allocations_left && allocations_left-- ? malloc(bytes) : NULL;
}

static void *failing_calloc(size_t count, size_t bytes)
{
    return allocations_left && allocations_left-- ? calloc(count, bytes) : NULL;
}

static void *failing_realloc(void *old, size_t bytes)
{
    return allocations_left && allocations_left-- ? realloc(old, bytes) : NULL;
}

#define malloc      failing_malloc
#define calloc      failing_calloc
#define realloc     failing_realloc
#define gather      csv_gather
#define drop        csv_drop
#define fail_memory csv_fail_memory
#include "results/cells.c"
#include "results/csv.c"
#undef gather
#undef drop
#undef fail_memory
#include "results/pages.c"
#undef malloc
#undef calloc
#undef realloc

#include <cmocka.h>

enum { ROW_COUNT = 500 };

static const struct column columns[2];

static size_t three_bytes(size_t left)
{
    return left < 3 ? left : 3;
}

/* Reads to the end, twenty rows at a time; each row is its own number. Returns the rows read. */
static size_t read_numbers(struct rows *r)
{
    size_t number = 0;

    while (r->more == ROWS_MORE || r->in_hand) {
        size_t take;

        rows_gather(r, 20);
        take = r->in_hand < 20 ? r->in_hand : 20;
        for (size_t row = 0; row < take; row++, number++) {
            const struct cell *cell = rows_column(r, 0) + row;
            char text[16];

            assert_int_equal(snprintf(text, sizeof text, "%zu", number), cell->bytes);
            assert_memory_equal(text, cell->text, cell->bytes);
        }
        rows_drop(r, take);
    }
    return number;
}

/* The outcome of a source whose n-th allocation failed; true when none did. */
static bool check_outcome(struct rows *r, const struct fault *f)
{
    bool is_whole;

    if (!r) {
        assert_int_equal(f->state, SQLSTATE_HY001);
        return false;
    }
    is_whole = read_numbers(r) == ROW_COUNT;
    assert_int_equal(r->more, is_whole ? ROWS_END : ROWS_FAILED);
    assert_int_equal(r->fault.state, is_whole ? SQLSTATE_NONE : SQLSTATE_HY001);
    rows_free(r);
    return is_whole;
}

static void test_csv(void **state)
{
    struct buf text;
    bool is_whole = false;
    unsigned n = 0;

    (void)state;
    buf_init(&text, 1 << 20);
    buf_puts(&text, "\"a\",\"b\"\n");
    for (int i = 0; i < ROW_COUNT; i++)
        buf_printf(&text, "\"%d\",\"some \"\"text\"\"\"\n", i);
    for (; !is_whole; n++) {
        struct memory_feed m;
        struct fault f = {0};

        memory_feed_init(&m, text.bytes, text.count);
        m.piece = three_bytes;
        allocations_left = n;
        is_whole = check_outcome(csv_new(columns, 2, &m.feed, &f), &f);
        assert_int_equal(m.held_count, 0);
    }
    assert_true(n > 20);
    buf_clear(&text);
}

struct number_feed {
    struct page_feed feed;
    size_t next;
};

static enum feed_state next_numbers(struct page_feed *feed, struct page **item, struct fault *fault)
{
    enum { PAGE_ROWS = 100 };
    struct number_feed *f = container_of(feed, struct number_feed, feed);
    struct page *page = calloc(1, sizeof *page);

    (void)fault;
    assert_non_null(page);
    page->row_count = PAGE_ROWS;
    page->column_count = 2;
    page->cells = arena_array(&page->arena, (size_t)PAGE_ROWS * 2, sizeof *page->cells);
    for (size_t row = 0; row < PAGE_ROWS; row++) {
        char *text = arena_printf(&page->arena, "%zu", f->next + row);

        page->cells[2 * row] = (struct cell){text, (uint32_t)strlen(text), 0};
    }
    if (f->next == ROW_COUNT) {
        page_free(page);
        return FEED_END;
    }
    f->next += PAGE_ROWS;
    *item = page;
    return FEED_ITEM;
}

static void test_pages(void **state)
{
    bool is_whole = false;
    unsigned n = 0;

    (void)state;
    for (; !is_whole; n++) {
        struct number_feed feed = {{next_numbers, NULL}, 0};
        struct fault f = {0};

        allocations_left = n;
        is_whole = check_outcome(pages_new(columns, 2, &feed.feed, &f), &f);
    }
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
