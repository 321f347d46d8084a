/*
 * results/csv.c, pages.c, spill.c and picked.c when memory runs out, at the first allocation, the
 * second, and so on until none fails: HY001, good rows before it, and nothing kept or given back twice.
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
#define gather picked_gather
#define drop   picked_drop
#include "results/spill.c"
#include "results/picked.c"
#undef gather
#undef drop
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

/* Rows in hand for the store: a number and a text that is long enough for the store to need a file. */
struct batch {
    struct rows rows;
    struct cell *columns[2];
    struct cell cells[2];
    char number[16], text[8 * 1024];
};

static void fill_batch(struct batch *b, size_t row)
{
    const int digits = snprintf(b->number, sizeof b->number, "%zu", row);

    b->rows = (struct rows){.columns = columns, .column_count = 2, .cells = b->columns};
    b->rows.in_hand = 1;
    b->columns[0] = &b->cells[0];
    b->columns[1] = &b->cells[1];
    b->cells[0] = (struct cell){b->number, (uint32_t)digits, 0};
    b->cells[1] = (struct cell){b->text, sizeof b->text, 0};
}

/* Counts a failure and ends the shortage. */
static bool has_failed(enum status st, struct fault *f, unsigned *failures)
{
    if (st != ST_ERR) return false;
    assert_int_equal(f->state, SQLSTATE_HY001);
    fault_clear(f);
    allocations_left = UINT32_MAX;
    ++*failures;
    return true;
}

/* Whatever fails can be done again, and nothing of what was there before is lost. */
static void use_store(struct spill *store, struct rows *r, unsigned *failures)
{
    static struct batch b;
    struct fault f = {0};

    for (size_t row = 0; row < ROW_COUNT; row++) {
        fill_batch(&b, row);
        while (has_failed(spill_add(store, &b.rows, 1, &f), &f, failures)) {
            assert_int_equal(spill_count(store), row);
        }
    }
    assert_true(spill_file_bytes(store) > 0);
    for (size_t row = 0; row < ROW_COUNT; row += 50) {
        picked_begin(r);
        for (size_t i = 0; i < 50; i++) {
            while (has_failed(picked_add(r, row + i, &f), &f, failures)) {}
        }
        while (has_failed(picked_end(r, &f), &f, failures)) {}
        assert_int_equal(r->in_hand, 50);
        for (size_t i = 0; i < 50; i++) {
            const struct cell *cell = &rows_column(r, 0)[i];
            char text[16];

            assert_int_equal(snprintf(text, sizeof text, "%zu", row + i), cell->bytes);
            assert_memory_equal(text, cell->text, cell->bytes);
        }
    }
}

static void test_store(void **state)
{
    unsigned failures = 1, n = 0;

    (void)state;
    for (; failures; n++) {
        struct spill *store;
        struct rows *r = NULL;

        failures = 0;
        allocations_left = n;
        store = spill_new(2);
        if (store) r = picked_new(columns, 2, store);
        if (r) use_store(store, r, &failures);
        failures += !r;
        rows_free(r);
        spill_free(store);
    }
    assert_true(n > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_store),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
