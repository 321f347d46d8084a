/*
 * results/pages.c: pages become columns, are freed when their rows are dropped, and a wrong page is
 * an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "results/pages.h"

#include <cmocka.h>

static const struct column columns[2];

/* Rows start, start + 1, ...: (number as text, NULL for every third row). */
static struct page *make_page(unsigned start, size_t row_count, unsigned column_count)
{
    struct page *page = calloc(1, sizeof *page);

    assert_non_null(page);
    page->row_count = row_count;
    page->column_count = column_count;
    page->cells = arena_array(&page->arena, row_count * column_count, sizeof *page->cells);
    for (size_t row = 0; row < row_count; row++) {
        char *text = arena_printf(&page->arena, "%u", start + (unsigned)row);
        struct cell *cells = page->cells + row * column_count;

        cells[0] = (struct cell){text, (uint32_t)strlen(text), 0};
        if ((start + row) % 3 && column_count > 1) cells[1] = (struct cell){"x", 1, 0};
    }
    return page;
}

struct script {
    struct page_feed feed;
    const size_t *row_counts; /* of each page; SIZE_MAX: wait once */
    size_t count, next;
    unsigned row, column_count;
    enum feed_state last;
};

static enum feed_state next_page(struct page_feed *feed, struct page **item, struct fault *fault)
{
    struct script *s = container_of(feed, struct script, feed);
    size_t row_count;

    if (s->next == s->count) {
        if (s->last == FEED_FAILED) fault_set(fault, SQLSTATE_HY000, 400, "no such token");
        return s->last;
    }
    row_count = s->row_counts[s->next++];
    if (row_count == SIZE_MAX) return FEED_WAIT;
    *item = make_page(s->row, row_count, s->column_count);
    s->row += (unsigned)row_count;
    return FEED_ITEM;
}

static struct script make_script(const size_t *row_counts, size_t count, enum feed_state last)
{
    return (struct script){{next_page, NULL}, row_counts, count, 0, 0, 2, last};
}

static void check_row(const struct rows *r, size_t row, unsigned number)
{
    const struct cell *first = rows_column(r, 0) + row, *second = rows_column(r, 1) + row;
    char text[16];
    int bytes = snprintf(text, sizeof text, "%u", number);

    assert_int_equal(first->bytes, bytes);
    assert_memory_equal(first->text, text, first->bytes);
    assert_true(number % 3 ? second->bytes == 1 && second->text[0] == 'x' : second->text == NULL);
}

static void test_every_row_once(void **state)
{
    static const size_t row_counts[] = {1000, 0, 3, SIZE_MAX, 70, 1, 0, 500, SIZE_MAX};
    static const size_t wants[] = {1, 2, 7, 64, 100, 5000};

    (void)state;
    for (size_t w = 0; w < sizeof wants / sizeof wants[0]; w++) {
        struct script s = make_script(row_counts, 9, FEED_END);
        struct rows *r = pages_new(columns, 2, &s.feed, NULL);
        unsigned number = 0;

        assert_non_null(r);
        while (r->more == ROWS_MORE || r->in_hand) {
            size_t take;

            rows_gather(r, wants[w]);
            take = r->in_hand < wants[w] ? r->in_hand : wants[w];
            assert_int_equal(r->dropped, number);
            for (size_t row = 0; row < take; row++)
                check_row(r, row, number++);
            rows_drop(r, take);
        }
        assert_int_equal(number, 1574);
        assert_int_equal(r->more, ROWS_END);
        rows_free(r);
    }
}

static void test_failure_keeps_rows(void **state)
{
    static const size_t row_counts[] = {2};
    struct script s = make_script(row_counts, 1, FEED_FAILED);
    struct rows *r = pages_new(columns, 2, &s.feed, NULL);

    (void)state;
    assert_non_null(r);
    rows_gather(r, 10);
    assert_int_equal(r->in_hand, 2);
    assert_int_equal(r->more, ROWS_FAILED);
    assert_int_equal(r->fault.native, 400);
    check_row(r, 1, 1);
    rows_free(r);
}

static void test_wrong_width(void **state)
{
    static const size_t row_counts[] = {2};
    struct script s = make_script(row_counts, 1, FEED_END);
    struct rows *r = pages_new(columns, 2, &s.feed, NULL);

    (void)state;
    assert_non_null(r);
    s.column_count = 1;
    rows_gather(r, 1);
    assert_int_equal(r->in_hand, 0);
    assert_int_equal(r->more, ROWS_FAILED);
    assert_int_equal(r->fault.state, SQLSTATE_HY000);
    rows_free(r);
}

static void test_dropped_cells_live_on(void **state)
{
    static const size_t row_counts[] = {1, 1};
    struct script s = make_script(row_counts, 2, FEED_END);
    struct rows *r = pages_new(columns, 2, &s.feed, NULL);
    const struct cell *cell;

    (void)state;
    assert_non_null(r);
    rows_gather(r, 1);
    cell = rows_column(r, 0);
    rows_drop(r, 1);
    assert_memory_equal(cell->text, "0", 1);
    rows_gather(r, 1);
    check_row(r, 0, 1);
    rows_free(r);
}

static void test_in_memory(void **state)
{
    struct rows *r = pages_new_in_memory(columns, 2, make_page(0, 5, 2), NULL);

    (void)state;
    assert_non_null(r);
    assert_int_equal(r->in_hand, 5);
    assert_int_equal(r->more, ROWS_END);
    rows_gather(r, 100);
    for (unsigned row = 0; row < 5; row++)
        check_row(r, row, row);
    rows_drop(r, 5);
    assert_int_equal(r->in_hand, 0);
    rows_free(r);

    r = pages_new_in_memory(columns, 2, NULL, NULL);
    assert_non_null(r);
    assert_int_equal(r->in_hand, 0);
    assert_int_equal(r->more, ROWS_END);
    rows_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_row_once), cmocka_unit_test(test_failure_keeps_rows),
        cmocka_unit_test(test_wrong_width),    cmocka_unit_test(test_dropped_cells_live_on),
        cmocka_unit_test(test_in_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
