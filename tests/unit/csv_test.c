/*
 * results/csv.c: what each kind of line means, what is refused, and that neither the cuts of the
 * feed nor the size of a rowset change a value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "results/csv.h"
#include "unit/memory_feed.h"

#include <cmocka.h>

static const struct column columns[16];

static uint32_t random_state = 1;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

static size_t one_byte(size_t left)
{
    return left ? 1 : 0;
}

static size_t random_piece(size_t left)
{
    static const uint32_t sizes[] = {2, 9, 70, 1000, 40000};
    size_t bytes = 1 + random_below(sizes[random_below(5)]);

    return bytes < left ? bytes : left;
}

/* A value as C would write it, NULL as NULL: 'a', NULL. */
static void put_cell(struct buf *out, const struct cell *cell)
{
    if (!cell->text) {
        buf_puts(out, "NULL");
        return;
    }
    buf_putc(out, '\'');
    for (uint32_t i = 0; i < cell->bytes; i++) {
        buf_putc(out, cell->text[i]);
        if ((cell->flags & CELL_DOUBLED_QUOTES) && cell->text[i] == '"') {
            assert_true(i + 1 < cell->bytes && cell->text[i + 1] == '"');
            i++;
        }
    }
    buf_putc(out, '\'');
}

static void put_rows(struct buf *out, const struct rows *r, size_t count)
{
    for (size_t row = 0; row < count; row++) {
        for (unsigned c = 0; c < r->column_count; c++) {
            if (c) buf_putc(out, ' ');
            put_cell(out, &rows_column(r, c)[row]);
        }
        buf_putc(out, ';');
    }
}

/* Reads all with rowsets of want rows; the outcome is left in *last. */
static void read_all(struct memory_feed *m, unsigned column_count, size_t want, struct buf *out,
                     struct rows *last)
{
    struct rows *r = csv_new(columns, column_count, &m->feed, NULL);

    assert_non_null(r);
    while (r->more == ROWS_MORE || r->in_hand) {
        size_t take;

        rows_gather(r, want);
        take = r->in_hand < want ? r->in_hand : want;
        if (r->more == ROWS_MORE && take < want) assert_true(m->waits);
        put_rows(out, r, take);
        rows_drop(r, take);
    }
    *last = *r;
    rows_free(r);
    assert_int_equal(m->held_count, 0);
}

struct csv_case {
    const char *name;
    unsigned column_count;
    const char *text;
    const char *rows;
    enum sqlstate state;
    const char *fault; /* part of its text */
};

/* clang-format off */
static const struct csv_case cases[] = {
    {"plain", 2, "\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y\"\n", "'1' 'x';'2' 'y';", 0, 0},
    {"header only", 2, "\"a\",\"b\"\n", "", 0, 0},
    {"header without line end", 1, "\"a\"", "", 0, 0},
    {"null and empty", 3, "\"a\",\"b\",\"c\"\n\"1\",,\"\"\n", "'1' NULL '';", 0, 0},
    {"last column null", 2, "\"a\",\"b\"\n\"1\",\n", "'1' NULL;", 0, 0},
    {"all null", 2, "\"a\",\"b\"\n,\n,\n", "NULL NULL;NULL NULL;", 0, 0},
    {"one column, null rows", 1, "\"a\"\n\n\"\"\n\n", "NULL;'';NULL;", 0, 0},
    {"doubled quotes", 1, "\"a\"\n\"say \"\"hi\"\"\"\n", "'say \"hi\"';", 0, 0},
    {"only quotes", 1, "\"a\"\n\"\"\"\"\n\"\"\"\"\"\"\n", "'\"';'\"\"';", 0, 0},
    {"separators inside", 2, "\"a\",\"b\"\n\"x,y\",\"p\nq\"\n", "'x,y' 'p\nq';", 0, 0},
    {"quotes beside separators", 1, "\"a\"\n\"\"\",\"\"\n\"\"\"\n", "'\",\"\n\"';", 0, 0},
    {"CR LF in a value stays", 1, "\"a\"\n\"p\r\nq\r\"\n", "'p\r\nq\r';", 0, 0},
    {"CR LF line ends", 2, "\"a\",\"b\"\r\n\"1\",\"x\"\r\n,\r\n", "'1' 'x';NULL NULL;", 0, 0},
    {"CR LF, one column", 1, "\"a\"\r\n\r\n\"\"\r\n", "NULL;'';", 0, 0},
    {"CR LF and doubled quotes", 1, "\"a\"\r\n\"\"\"q\"\r\n", "'\"q';", 0, 0},
    {"names with separators", 2, "\"a,\n\"\"\",\"b\"\n\"1\",\"2\"\n", "'1' '2';", 0, 0},
    {"no line end", 2, "\"a\",\"b\"\n\"1\",\"x\"", "'1' 'x';", 0, 0},
    {"UTF-8", 1, "\"a\"\n\"\xc3\xa9\xf0\x9f\x98\x80\"\n", "'\xc3\xa9\xf0\x9f\x98\x80';", 0, 0},

    {"empty file", 2, "", "", SQLSTATE_08S01, "line of column names"},
    {"cut in the header", 2, "\"a\",\"b", "", SQLSTATE_08S01, "closing quote"},
    {"cut in a value", 2, "\"a\",\"b\"\n\"1\",\"x\"\n\"2\",\"y", "'1' 'x';", SQLSTATE_08S01,
     "row 2: the last value has no closing quote"},
    {"cut between values", 3, "\"a\",\"b\",\"c\"\n\"1\",\"2\",\"3\"\n\"4\",\"5\"", "'1' '2' '3';",
     SQLSTATE_08S01, "row 2: fewer values than the 3 columns"},
    {"cut behind a comma", 2, "\"a\",\"b\"\n\"1\",", "", SQLSTATE_08S01, "row 1"},
    {"cut behind a CR", 1, "\"a\"\r\n\"1\"\r", "", SQLSTATE_08S01, "row 1"},
    {"too few values", 2, "\"a\",\"b\"\n\"1\",\"2\"\n\"3\"\n\"4\",\"5\"\n", "'1' '2';",
     SQLSTATE_HY000, "row 2: fewer values"},
    {"too many values", 2, "\"a\",\"b\"\n\"1\",\"2\",\"3\"\n", "", SQLSTATE_HY000,
     "row 1: more values"},
    {"empty line among two columns", 2, "\"a\",\"b\"\n\n", "", SQLSTATE_HY000, "fewer"},
    {"header of another result", 2, "\"a\"\n\"1\",\"2\"\n", "", SQLSTATE_HY000, "row 0: fewer"},
    {"text without quotes", 2, "\"a\",\"b\"\n\"1\",x\n", "", SQLSTATE_HY000, "outside quotes"},
    {"text behind quotes", 1, "\"a\"\n\"1\"x\n", "", SQLSTATE_HY000, "outside quotes"},
    {"text before quotes", 1, "\"a\"\nx\"1\"\n", "", SQLSTATE_HY000, "outside quotes"},
    {"single quotes inside", 1, "\"a\"\n\"1\"2\"3\"\n", "", SQLSTATE_HY000, "not doubled"},
    {"a lone CR", 1, "\"a\"\n\r\r\n", "", SQLSTATE_HY000, "outside quotes"},
};
/* clang-format on */

static void check_case(const struct csv_case *k, size_t (*piece)(size_t), bool is_contiguous,
                       size_t want)
{
    struct memory_feed m;
    struct rows last;
    struct buf out;

    buf_init(&out, 1 << 20);
    memory_feed_init(&m, k->text, strlen(k->text));
    m.piece = piece;
    m.is_contiguous = is_contiguous;
    m.waits = !is_contiguous;
    read_all(&m, k->column_count, want, &out, &last);
    if (strcmp(out.bytes, k->rows) != 0) print_error("case \"%s\"\n", k->name);
    assert_string_equal(out.bytes, k->rows);
    assert_int_equal(last.more, k->state ? ROWS_FAILED : ROWS_END);
    assert_int_equal(last.fault.state, k->state);
    if (k->state) assert_non_null(strstr(last.fault.text, k->fault));
    buf_clear(&out);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned mode = 0; mode < 12; mode++) {
            check_case(&cases[i], mode % 2 ? one_byte : memory_feed_all, mode / 2 % 2,
                       mode / 4 ? mode / 4 : 1000);
        }
    }
}

static void put_random_value(struct buf *text, struct buf *rows)
{
    static const char *const parts[] = {"a",  "1", "\"\"", ",",        "\n",
                                        "\r", " ", "'",    "\xc3\xa9", "0123456789abcdef"};
    uint32_t kind = random_below(20);
    uint32_t parts_left = kind == 0 ? 3000 : random_below(8);

    if (kind < 3 && kind) {
        buf_puts(rows, "NULL");
        return;
    }
    buf_putc(text, '"');
    buf_putc(rows, '\'');
    while (parts_left--) {
        const char *part = parts[random_below(10)];

        buf_puts(text, part);
        buf_puts(rows, part[0] == '"' ? "\"" : part);
    }
    buf_putc(text, '"');
    buf_putc(rows, '\'');
}

static void make_random(unsigned column_count, struct buf *text, struct buf *rows)
{
    uint32_t row_count = random_below(40);

    for (unsigned c = 0; c < column_count; c++)
        buf_puts(text, c ? ",\"n\"" : "\"n\"");
    buf_putc(text, '\n');
    while (row_count--) {
        for (unsigned c = 0; c < column_count; c++) {
            if (c) buf_putc(text, ',');
            if (c) buf_putc(rows, ' ');
            put_random_value(text, rows);
        }
        buf_putc(text, '\n');
        buf_putc(rows, ';');
    }
}

static void test_cuts_change_nothing(void **state)
{
    struct buf text, rows, out;

    (void)state;
    buf_init(&text, 64 << 20);
    buf_init(&rows, 64 << 20);
    buf_init(&out, 64 << 20);
    for (unsigned round = 0; round < 300; round++) {
        unsigned column_count = 1 + random_below(12);
        struct memory_feed m;
        struct rows last;

        random_state = round;
        buf_reset(&text);
        buf_reset(&rows);
        buf_reset(&out);
        make_random(column_count, &text, &rows);
        memory_feed_init(&m, text.bytes, text.count);
        m.piece = text.count < 4096 && round % 5 == 0 ? one_byte : random_piece;
        m.is_contiguous = round % 3 == 0 && text.count < 4096;
        m.waits = round % 2;
        read_all(&m, column_count, 1 + random_below(30), &out, &last);
        assert_int_equal(last.more, ROWS_END);
        if (strcmp(out.bytes, rows.bytes) != 0) print_error("round %u\n", round);
        assert_true(strcmp(out.bytes, rows.bytes) == 0);
    }
    buf_clear(&text);
    buf_clear(&rows);
    buf_clear(&out);
}

/* Truncation at any byte: an error, or whole rows up to a line end; never another value. */
static void test_truncation(void **state)
{
    static const char text[] = "\"a\",\"b\"\n\"x\"\"y\",\"1\"\n,\"p\nq\"\n\"3\",\n";
    static const char whole[] = "'x\"y' '1';NULL 'p\nq';'3' NULL;";
    struct buf out;

    (void)state;
    buf_init(&out, 1 << 20);
    for (size_t count = 0; count < sizeof text; count++) {
        struct memory_feed m;
        struct rows last;

        buf_reset(&out);
        memory_feed_init(&m, text, count);
        read_all(&m, 2, 10, &out, &last);
        if (last.more == ROWS_FAILED) assert_int_equal(last.fault.state, SQLSTATE_08S01);
        /* Cut between the two quotes of a last value a file can look whole: its length is the
           feed's job. There is no such value here. */
        assert_memory_equal(out.bytes, whole, out.count);
    }
    buf_clear(&out);
}

static void test_failed_feed_keeps_whole_rows(void **state)
{
    static const char text[] = "\"a\"\n\"1\"\n\"2\"\n\"3";
    struct memory_feed m;
    struct rows *r;

    (void)state;
    memory_feed_init(&m, text, strlen(text));
    m.fails = true;
    r = csv_new(columns, 1, &m.feed, NULL);
    assert_non_null(r);
    rows_gather(r, 5);
    assert_int_equal(r->in_hand, 2);
    assert_int_equal(r->more, ROWS_FAILED);
    assert_string_equal(r->fault.text, "the feed failed");
    assert_memory_equal(rows_column(r, 0)[1].text, "2", 1);
    rows_free(r);
    assert_int_equal(m.held_count, 0);
}

/* Bounded memory: a long file read by small rowsets never holds more than a few pieces. */
static void test_spans_are_released(void **state)
{
    struct memory_feed m;
    struct rows last;
    struct buf text, out;

    (void)state;
    buf_init(&text, 1 << 24);
    buf_init(&out, 1 << 24);
    buf_puts(&text, "\"a\",\"b\"\n");
    for (int i = 0; i < 20000; i++)
        buf_printf(&text, "\"%d\",\"some text\"\n", i);
    memory_feed_init(&m, text.bytes, text.count);
    m.piece = random_piece;
    read_all(&m, 2, 1, &out, &last);
    assert_int_equal(last.more, ROWS_END);
    assert_int_equal(last.dropped, 20000);
    assert_in_range(m.most_held, 1, 80);
    buf_clear(&text);
    buf_clear(&out);
}

/* results/rows.h: dropped cells may be read until the next gather or drop. */
static void test_dropped_cells_live_on(void **state)
{
    static const char text[] = "\"a\"\n\"one\"\n\"two\"\n\"three\"\n";
    struct memory_feed m;
    const struct cell *cell;
    struct rows *r;

    (void)state;
    memory_feed_init(&m, text, strlen(text));
    m.piece = one_byte;
    r = csv_new(columns, 1, &m.feed, NULL);
    assert_non_null(r);
    rows_gather(r, 1);
    assert_int_equal(r->in_hand, 1);
    cell = rows_column(r, 0);
    rows_drop(r, 1);
    assert_int_equal(r->in_hand, 0);
    assert_memory_equal(cell->text, "one", 3);
    rows_gather(r, 1);
    assert_memory_equal(rows_column(r, 0)->text, "two", 3);
    assert_int_equal(r->dropped, 1);
    rows_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_cuts_change_nothing),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_failed_feed_keeps_whole_rows),
        cmocka_unit_test(test_spans_are_released),
        cmocka_unit_test(test_dropped_cells_live_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
