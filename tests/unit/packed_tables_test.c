/* ops/packed_tables.c: what is put is read again, table by table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ops/packed_tables.h"

/* '|' parts the cells of a row; "-" is NULL. */
static void put(struct buf *b, const char *row)
{
    struct cell cells[8];
    const struct cell *pointers[8];
    unsigned count = 0;

    for (const char *at = row; at; count++) {
        const char *end = strchr(at, '|');
        const size_t bytes = end ? (size_t)(end - at) : strlen(at);

        cells[count] = (struct cell){at, (uint32_t)bytes, CELL_DOUBLED_QUOTES};
        if (bytes == 1 && *at == '-') cells[count] = (struct cell){NULL, 0, 0};
        pointers[count] = &cells[count];
        at = end ? end + 1 : NULL;
    }
    assert_true(packed_tables_put_row(b, pointers, count));
}

/* Each table as "database.name type comment(column type comment, ...)". */
static void expect(const struct buf *rows, bool has_columns, const char *expected)
{
    const char *at = rows->bytes;
    struct buf seen;

    buf_init(&seen, 10000);
    while (at < rows->bytes + rows->count) {
        struct packed_table p;
        struct arena scratch;

        arena_init(&scratch);
        assert_true(packed_tables_next(&p, &at, rows->bytes + rows->count, has_columns, &scratch));
        buf_printf(&seen, "%s.%s %s %s(", p.database, p.table.name, p.table.type, p.table.comment);
        for (size_t i = 0; i < p.table.column_count; i++) {
            buf_printf(&seen, "%s %s %s,", p.table.columns[i].name, p.table.columns[i].type,
                       p.table.columns[i].comment);
        }
        buf_puts(&seen, ")\n");
        arena_clear(&scratch);
    }
    assert_ptr_equal(at, rows->bytes + rows->count);
    assert_string_equal(seen.bytes, expected);
    buf_clear(&seen);
}

static void tables(void **state)
{
    const struct athena_table glue = {.name = "t", .type = "EXTERNAL_TABLE", .comment = "of t"};
    struct buf rows;

    (void)state;
    buf_init(&rows, 10000);
    expect(&rows, false, "");
    put(&rows, "only_a_name");
    put(&rows, "d|BASE TABLE|a\nb");
    put(&rows, "d|VIEW|v");
    put(&rows, "d|-|\"\"q\"\"\nr");
    put(&rows, "d|VIEW|-");
    put(&rows, "|"); /* a result of another shape has no rows for us */
    packed_tables_put(&rows, &glue);
    expect(&rows, false,
           ".only_a_name  ()\n"
           "d.a  ()\n"
           "d.b  ()\n"
           "d.v VIRTUAL_VIEW ()\n"
           "d.\"q\"  ()\n"
           "d.r  ()\n"
           ".t EXTERNAL_TABLE of t()\n");
    buf_clear(&rows);
}

static void columns(void **state)
{
    struct buf rows;

    (void)state;
    buf_init(&rows, 10000);
    expect(&rows, true, "");
    put(&rows, "d|t|id|bigint|-");
    put(&rows, "d|t|tags|array(varchar)|what it is");
    put(&rows, "d|u|id|date|");
    put(&rows, "e|u|id|date|");
    expect(&rows, true,
           "d.t  (id bigint ,tags array(varchar) what it is,)\n"
           "d.u  (id date ,)\n"
           "e.u  (id date ,)\n");
    buf_clear(&rows);
}

static void a_nul_is_no_end(void **state)
{
    const struct cell name = {"a\0b", 3, 0};
    const struct cell *pointer = &name;
    struct buf rows;

    (void)state;
    buf_init(&rows, 1000);
    assert_true(packed_tables_put_row(&rows, &pointer, 1));
    expect(&rows, false, ".ab  ()\n");
    buf_clear(&rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
        cmocka_unit_test(columns),
        cmocka_unit_test(a_nul_is_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
