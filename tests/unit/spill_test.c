/*
 * results/spill.c and results/picked.c: rows come back as they went in, in any order, from memory
 * and from the file, in little memory; and what a full disk does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "results/picked.h"
#include "results/spill.h"

enum { COLUMNS = 4, BATCH = 100 };

/* A batch of rows in hand: number, NULL or "", a text of varying length, quotes. */
struct batch {
    struct rows rows;
    struct cell *columns[COLUMNS];
    struct cell cells[COLUMNS][BATCH];
    char numbers[BATCH][24];
    char *filler;
    size_t longest;
};

static const struct column columns[COLUMNS];

static size_t text_bytes(const struct batch *b, uint64_t row)
{
    return (size_t)((row * 7919) % (b->longest + 1));
}

static void batch_init(struct batch *b, size_t longest)
{
    memset(b, 0, sizeof *b);
    b->longest = longest;
    b->filler = malloc(longest + 1);
    assert_non_null(b->filler);
    for (size_t i = 0; i <= longest; i++) {
        b->filler[i] = (char)('a' + i % 26);
    }
    b->rows.columns = columns;
    b->rows.column_count = COLUMNS;
    b->rows.cells = b->columns;
    b->rows.in_hand = BATCH;
    for (unsigned c = 0; c < COLUMNS; c++) {
        b->columns[c] = b->cells[c];
    }
}

static void batch_fill(struct batch *b, uint64_t first)
{
    for (size_t i = 0; i < BATCH; i++) {
        const uint64_t row = first + i;
        const int digits =
            snprintf(b->numbers[i], sizeof b->numbers[i], "%llu", (unsigned long long)row);

        b->cells[0][i] = (struct cell){b->numbers[i], (uint32_t)digits, 0};
        b->cells[1][i] = (struct cell){row % 2 ? "" : NULL, 0, 0};
        b->cells[2][i] = (struct cell){b->filler, (uint32_t)text_bytes(b, row), 0};
        b->cells[3][i] = (struct cell){"a\"\"b", 4, CELL_DOUBLED_QUOTES};
    }
}

static void expect_row(const struct batch *b, const struct rows *r, size_t index, uint64_t row)
{
    const struct cell *number = &rows_column(r, 0)[index], *text = &rows_column(r, 2)[index];
    char wanted[24];

    snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)row);
    assert_int_equal(number->bytes, strlen(wanted));
    assert_memory_equal(number->text, wanted, number->bytes);
    assert_true(row % 2 ? rows_column(r, 1)[index].text != NULL
                        : rows_column(r, 1)[index].text == NULL);
    assert_int_equal(rows_column(r, 1)[index].bytes, 0);
    assert_int_equal(text->bytes, text_bytes(b, row));
    assert_memory_equal(text->text, b->filler, text->bytes);
    assert_int_equal(rows_column(r, 3)[index].flags, CELL_DOUBLED_QUOTES);
    assert_memory_equal(rows_column(r, 3)[index].text, "a\"\"b", 4);
}

static struct spill *fill(struct batch *b, uint64_t row_count)
{
    struct spill *s = spill_new(COLUMNS);
    struct fault f = {0};

    assert_non_null(s);
    for (uint64_t row = 0; row < row_count; row += BATCH) {
        const uint64_t left = row_count - row;

        batch_fill(b, row);
        if (spill_add(s, &b->rows, left < BATCH ? (size_t)left : BATCH, &f)) fail_msg("%s", f.text);
    }
    assert_int_equal(spill_count(s), row_count);
    return s;
}

static void pick(struct rows *r, uint64_t first, size_t count)
{
    struct fault f = {0};

    picked_begin(r);
    for (size_t i = 0; i < count; i++) {
        if (picked_add(r, first + i, &f)) fail_msg("%s", f.text);
    }
    if (picked_end(r, &f)) fail_msg("%s", f.text);
    assert_int_equal(r->in_hand, count);
}

static void check_rowset(const struct batch *b, struct rows *r, uint64_t first, size_t count)
{
    pick(r, first, count);
    for (size_t i = 0; i < count; i++) {
        expect_row(b, r, i, first + i);
    }
}

struct size_case {
    uint64_t rows;
    size_t longest;
    bool has_file;
};

/* Forwards, backwards, and here and there. */
static void rows_come_back(void **state)
{
    static const struct size_case cases[] = {
        {1, 10, false},     {1000, 10, false},       {2500, 300, false}, {30000, 100, true},
        {3000, 3000, true}, {500, 200 * 1024, true}, /* each larger than a block */
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        struct batch b;
        struct spill *s;
        struct rows *r;
        uint64_t rows = cases[c].rows, random = 1;

        batch_init(&b, cases[c].longest);
        s = fill(&b, rows);
        assert_int_equal(spill_file_bytes(s) > 0, cases[c].has_file);
        r = picked_new(columns, COLUMNS, s);
        assert_non_null(r);
        for (uint64_t row = 0; row < rows; row += 13) {
            check_rowset(&b, r, row, rows - row < 13 ? (size_t)(rows - row) : 13);
        }
        for (uint64_t row = rows; row > 0; row--) {
            if (row % 17 == 0) check_rowset(&b, r, row - 1, 1);
        }
        for (int i = 0; i < 300; i++) {
            size_t count;

            random = random * 6364136223846793005U + 1442695040888963407U;
            count = 1 + (size_t)(random >> 60);
            if (count > rows) count = (size_t)rows;
            check_rowset(&b, r, (random >> 20) % (rows - count + 1), count);
        }
        rows_free(r);
        spill_free(s);
        free(b.filler);
    }
}

/* Reading goes on while rows are added, and a rowset stays what it was. */
static void adding_between(void **state)
{
    struct batch b;
    struct spill *s = spill_new(COLUMNS);
    struct rows *r = picked_new(columns, COLUMNS, s);
    struct fault f = {0};

    (void)state;
    batch_init(&b, 200);
    for (uint64_t row = 0; row < 40000; row += BATCH) {
        batch_fill(&b, row);
        if (row) pick(r, row / 2, 5);
        if (spill_add(s, &b.rows, BATCH, &f)) fail_msg("%s", f.text);
        for (size_t i = 0; row && i < 5; i++) {
            expect_row(&b, r, i, row / 2 + i);
        }
        check_rowset(&b, r, row + BATCH - 1, 1);
    }
    assert_true(spill_file_bytes(s) > 0);
    rows_free(r);
    spill_free(s);
    free(b.filler);
}

static void nothing_picked(void **state)
{
    struct spill *s = spill_new(COLUMNS);
    struct rows *r = picked_new(columns, COLUMNS, s);

    (void)state;
    pick(r, 0, 0);
    rows_gather(r, 10);
    assert_int_equal(r->in_hand, 0);
    rows_free(r);
    spill_free(s);
    spill_free(NULL);
}

/*
 * A limit on the size of files stands for a disk without room: no row is lost, none is there twice, and
 * its signal does not end the process.
 */
static void disk_full(void **state)
{
    const struct rlimit small = {256 << 10, RLIM_INFINITY};
    struct rlimit before;
    struct batch b;
    struct spill *s = spill_new(COLUMNS);
    struct rows *r = picked_new(columns, COLUMNS, s);
    struct fault f = {0};
    uint64_t row = 0, held;

    (void)state;
    batch_init(&b, 200);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    for (;; row += BATCH) {
        batch_fill(&b, row);
        if (spill_add(s, &b.rows, BATCH, &f)) break;
        assert_true(row < 100000);
    }
    assert_string_equal(sqlstate_code(f.state), "HY000");
    assert_non_null(strstr(f.text, "TMPDIR"));
    held = spill_count(s);
    assert_in_range(held, row, row + BATCH - 1);
    fault_clear(&f);
    b.rows.first = (size_t)(held - row); /* what a source would still have in hand */
    assert_int_equal(spill_add(s, &b.rows, BATCH - b.rows.first, &f), ST_ERR);
    assert_int_equal(spill_count(s), held);
    check_rowset(&b, r, held / 2, 3);

    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    fault_clear(&f);
    assert_int_equal(spill_add(s, &b.rows, BATCH - b.rows.first, &f), ST_OK);
    assert_int_equal(spill_count(s), row + BATCH);
    b.rows.first = 0;
    for (uint64_t at = 0; at < row + BATCH; at += BATCH) {
        check_rowset(&b, r, at, BATCH);
    }
    rows_free(r);
    spill_free(s);
    free(b.filler);
}

/* TMPDIR is where the file is made; a folder that is not there is named in the fault. */
static void folder(void **state)
{
    struct batch b;
    struct spill *s = spill_new(COLUMNS);
    struct fault f = {0};

    (void)state;
    batch_init(&b, 1000);
    setenv("TMPDIR", "/nonexistent/folder", 1);
    for (uint64_t row = 0; !fault_is_set(&f); row += BATCH) {
        batch_fill(&b, row);
        spill_add(s, &b.rows, BATCH, &f);
        assert_true(row < 100000);
    }
    unsetenv("TMPDIR");
    assert_string_equal(sqlstate_code(f.state), "HY000");
    assert_non_null(strstr(f.text, "/nonexistent/folder"));
    spill_free(s);
    free(b.filler);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back), cmocka_unit_test(adding_between),
        cmocka_unit_test(nothing_picked), cmocka_unit_test(disk_full),
        cmocka_unit_test(folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
