/* aws/result_columns.c: the metadata file of a result, whole, foreign and broken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/result_columns.h"

/* An integer column n and a decimal(38,2) column "a b", as the field numbers say. */
#define COLUMN_N \
    "\x22\x1d" \
    "\x0a\x04hive" \
    "\x12\x00" \
    "\x1a\x00" \
    "\x22\x01n" \
    "\x2a\x01n" \
    "\x32\x07integer" \
    "\x38\x0a\x48\x03"
#define COLUMN_AB \
    "\x22\x18" \
    "\x22\x03" \
    "a b" \
    "\x32\x0d" \
    "decimal(38,2)" \
    "\x38\x26\x40\x02"

struct parsed {
    struct arena arena;
    struct column *columns;
    unsigned count;
    struct fault fault;
};

static enum status parse(struct parsed *p, const void *bytes, size_t size)
{
    memset(p, 0, sizeof *p);
    return result_columns_parse(&p->columns, &p->count, &p->arena, bytes, size, &p->fault);
}

static void columns_are_read(void **state)
{
    static const char file[] = COLUMN_N COLUMN_AB;
    struct parsed p;

    (void)state;
    assert_int_equal(parse(&p, file, sizeof file - 1), ST_OK);
    assert_int_equal(p.count, 2);
    assert_string_equal(p.columns[0].catalog, "hive");
    assert_string_equal(p.columns[0].name, "n");
    assert_int_equal(p.columns[0].type, ATHENA_INTEGER);
    assert_int_equal(p.columns[0].precision, 10);
    assert_int_equal(p.columns[0].nullable, 2);
    assert_false(p.columns[0].is_case_sensitive);
    assert_string_equal(p.columns[1].label, "a b");
    assert_int_equal(p.columns[1].type, ATHENA_DECIMAL);
    assert_int_equal(p.columns[1].precision, 38);
    assert_int_equal(p.columns[1].scale, 2);
    arena_clear(&p.arena);
}

/* Fields that we do not know, of each wire type, before and in a column. */
static void foreign_fields_are_stepped_over(void **state)
{
    static const char file[] = "\x08\x96\x01"
                               "\x11"
                               "12345678"
                               "\x1a\x03xyz"
                               "\x2d"
                               "1234"
                               "\x22\x14"
                               "\x22\x01n"
                               "\x32\x07varchar"
                               "\x58\x01"
                               "\x62\x02zz"
                               "\x50\x01";
    struct parsed p;

    (void)state;
    assert_int_equal(parse(&p, file, sizeof file - 1), ST_OK);
    assert_int_equal(p.count, 1);
    assert_int_equal(p.columns[0].type, ATHENA_VARCHAR);
    assert_true(p.columns[0].is_case_sensitive);
    arena_clear(&p.arena);
}

static void what_is_no_such_file_is_refused(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } cases[] = {
        {"", 0},
        {"<?xml version", 13},
        {"\x08\x01", 2},                                  /* no column */
        {"\x20\x01", 2},                                  /* field 4 is a number */
        {"\x22\x05\x22\x01n", 5},                         /* longer than the file */
        {"\x22\x03\x22\x01n", 5},                         /* no type */
        {"\x22\x09\x32\x07integer", 11},                  /* no name */
        {"\x22\x09\x22\x01n\x32\x04what", 11},            /* an unknown type */
        {"\x22\x05\x20\x01\x32\x01i", 7},                 /* a name that is a number */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10}, /* a number without end */
    };
    struct parsed p;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (parse(&p, cases[i].bytes, cases[i].size) != ST_ERR) fail_msg("case %zu", i);
        assert_int_equal(p.fault.state, SQLSTATE_08S01);
        arena_clear(&p.arena);
    }
}

/* No cut and no changed byte makes it read what is not there (the sanitizers look on). */
static void broken_files_do_no_harm(void **state)
{
    static const char file[] = COLUMN_N COLUMN_AB;
    const size_t size = sizeof file - 1;
    struct parsed p;

    (void)state;
    for (size_t cut = 0; cut < size; cut++) {
        char *copy = malloc(cut + 1);

        memcpy(copy, file, cut);
        parse(&p, copy, cut);
        arena_clear(&p.arena);
        free(copy);
    }
    for (size_t at = 0; at < size; at++) {
        for (int value = 0; value < 256; value++) {
            char *copy = malloc(size);

            memcpy(copy, file, size);
            copy[at] = (char)value;
            parse(&p, copy, size);
            arena_clear(&p.arena);
            free(copy);
        }
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_read),
        cmocka_unit_test(foreign_fields_are_stepped_over),
        cmocka_unit_test(what_is_no_such_file_is_refused),
        cmocka_unit_test(broken_files_do_no_harm),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
