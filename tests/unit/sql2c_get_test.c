/*
 * convert/sql2c.c, SQLGetData: values in pieces of every size, the end, NULL, a change of type, and
 * what a bound column does without pointers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/sql2c.h"
#include "convert/utf16.h"

#include <cmocka.h>

struct get {
    struct column column;
    struct cell cell;
    struct c_target target;
    struct sql2c_part part;
    SQLLEN length;
    enum sqlstate state; /* of the last issue */
};

static void note_issue(void *context, size_t row, enum sqlstate state, const char *detail)
{
    struct get *g = context;

    assert_int_equal(row, 0);
    assert_non_null(detail);
    g->state = state;
}

static void get_init(struct get *g, enum athena_type type, const char *text, SQLSMALLINT c_type)
{
    memset(g, 0, sizeof *g);
    g->column.type = type;
    g->cell.text = text;
    g->cell.bytes = text ? (uint32_t)strlen(text) : 0;
    if (text && strstr(text, "\"\"")) g->cell.flags = CELL_DOUBLED_QUOTES;
    g->target.c_type = c_type;
    g->target.octet_length = g->target.indicator = &g->length;
}

static SQLRETURN get(struct get *g)
{
    struct sql2c_way way = sql2c_way(g->column.type, g->target.c_type);

    return sql2c_get(&way, &g->column, &g->cell, &g->target, &g->part, note_issue, g);
}

/* A call with a buffer that ends where it says. The caller frees *data. */
static SQLRETURN get_piece(struct get *g, SQLLEN buffer_bytes, char **data)
{
    *data = malloc(buffer_bytes ? (size_t)buffer_bytes : 1);
    assert_non_null(*data);
    g->target.data = *data;
    g->target.buffer_bytes = buffer_bytes;
    g->length = 12345;
    g->state = SQLSTATE_NONE;
    return get(g);
}

struct parts_case {
    enum athena_type type;
    const char *text;
    SQLSMALLINT c_type;
    size_t terminator_bytes;
    const char *whole; /* bytes that the pieces make together */
    size_t whole_bytes;
    SQLLEN smallest; /* buffer that makes progress */
};

#define BYTES(text) text, sizeof text - 1

/* clang-format off */
static const struct parts_case parts_cases[] = {
    {ATHENA_VARCHAR, "some plain text", SQL_C_CHAR, 1, BYTES("some plain text"), 2},
    {ATHENA_VARCHAR, "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z", SQL_C_CHAR, 1,
     BYTES("\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z"), 2},
    {ATHENA_VARCHAR, "a\"\"b\"\"\"\"", SQL_C_CHAR, 1, BYTES("a\"b\"\""), 2},
    {ATHENA_VARCHAR, "a\"\"\xC3\xA9", SQL_C_WCHAR, 2, BYTES("a\0\"\0\xE9\0"), 4},
    {ATHENA_VARCHAR, "x\xF0\x9F\x98\x80", SQL_C_WCHAR, 2, BYTES("x\0\x3D\xD8\x00\xDE"), 4},
    {ATHENA_VARCHAR, "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\"\"\xF0\x80", SQL_C_WCHAR, 2,
     BYTES("\x3D\xD8\x00\xDE\x3D\xD8\x00\xDE\"\0\xFD\xFF\xFD\xFF"), 4},
    {ATHENA_VARCHAR, "a\"\"bc", SQL_C_BINARY, 0, BYTES("a\"bc"), 1},
    {ATHENA_VARBINARY, "31 fe 00", SQL_C_BINARY, 0, BYTES("\x31\xFE\x00"), 1},
    {ATHENA_VARBINARY, "31 fe 00", SQL_C_CHAR, 1, BYTES("31FE00"), 3},
    {ATHENA_VARBINARY, "31 fe", SQL_C_WCHAR, 2, BYTES("3\0001\0F\0E\0"), 6},
    {ATHENA_JSON, "[1,2,3]", SQL_C_CHAR, 1, BYTES("[1,2,3]"), 2},
};
/* clang-format on */

static size_t piece_bytes(const struct get *g, const struct parts_case *k, const char *data,
                          SQLLEN buffer_bytes)
{
    size_t room = (size_t)buffer_bytes - k->terminator_bytes, bytes = 0;

    if (k->terminator_bytes == 0) return (size_t)g->length < room ? (size_t)g->length : room;
    if (k->terminator_bytes == 1) return strlen(data);
    while (bytes < room && (data[bytes] || data[bytes + 1]))
        bytes += 2;
    return bytes;
}

/* All pieces together are the whole, and each call says how much was left before it. */
static void check_parts(const struct parts_case *k, SQLLEN buffer_bytes)
{
    struct get g;
    size_t done = 0;
    SQLRETURN rc;

    get_init(&g, k->type, k->text, k->c_type);
    do {
        char *data;
        size_t bytes;

        rc = get_piece(&g, buffer_bytes, &data);
        assert_true(rc == SQL_SUCCESS || rc == SQL_SUCCESS_WITH_INFO);
        assert_int_equal(g.state, rc == SQL_SUCCESS ? SQLSTATE_NONE : SQLSTATE_01004);
        assert_int_equal(g.length, k->whole_bytes - done);
        bytes = piece_bytes(&g, k, data, buffer_bytes);
        assert_true(bytes > 0 && done + bytes <= k->whole_bytes);
        assert_memory_equal(data, k->whole + done, bytes);
        done += bytes;
        free(data);
    } while (rc == SQL_SUCCESS_WITH_INFO);
    assert_int_equal(done, k->whole_bytes);
    assert_int_equal(get(&g), SQL_NO_DATA);
}

static void test_parts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parts_cases / sizeof parts_cases[0]; i++) {
        for (SQLLEN bytes = parts_cases[i].smallest; bytes < 24; bytes++) {
            if (parts_cases[i].terminator_bytes == 2 && bytes % 2) continue;
            check_parts(&parts_cases[i], bytes);
        }
    }
}

/* The usual way to ask for a length: a buffer of no bytes, then one that is large enough. */
static void test_length_first(void **state)
{
    static const struct {
        enum athena_type type;
        const char *text;
        SQLSMALLINT c_type;
        SQLLEN length;
    } cases[] = {
        {ATHENA_VARCHAR, "hello", SQL_C_CHAR, 5},    {ATHENA_VARCHAR, "hello", SQL_C_WCHAR, 10},
        {ATHENA_VARCHAR, "hello", SQL_C_BINARY, 5},  {ATHENA_VARBINARY, "31 32", SQL_C_BINARY, 2},
        {ATHENA_INTEGER, "12345", SQL_C_CHAR, 5},    {ATHENA_DECIMAL, "-1.50", SQL_C_WCHAR, 10},
        {ATHENA_DATE, "2017-01-02", SQL_C_CHAR, 10}, {ATHENA_BOOLEAN, "true", SQL_C_CHAR, 1},
        {ATHENA_VARCHAR, "", SQL_C_CHAR, 0},         {ATHENA_INTEGER, "5", SQL_C_BINARY, 4},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct get g;
        char *data;

        get_init(&g, cases[i].type, cases[i].text, cases[i].c_type);
        assert_int_equal(get_piece(&g, 0, &data), SQL_SUCCESS_WITH_INFO);
        assert_int_equal(g.state, SQLSTATE_01004);
        assert_int_equal(g.length, cases[i].length);
        free(data);
        assert_int_equal(get_piece(&g, 64, &data), SQL_SUCCESS);
        assert_int_equal(g.length, cases[i].length);
        free(data);
        assert_int_equal(get_piece(&g, 64, &data), SQL_NO_DATA);
        free(data);
    }
}

static void test_fixed_types_once(void **state)
{
    struct get g;
    char *data;

    (void)state;
    get_init(&g, ATHENA_INTEGER, "42", SQL_C_SLONG);
    assert_int_equal(get_piece(&g, 4, &data), SQL_SUCCESS);
    assert_int_equal(*(SQLINTEGER *)(void *)data, 42);
    assert_int_equal(g.length, 4);
    free(data);
    assert_int_equal(get_piece(&g, 4, &data), SQL_NO_DATA);
    free(data);
}

static void test_null(void **state)
{
    static const SQLSMALLINT c_types[] = {SQL_C_CHAR, SQL_C_WCHAR, SQL_C_BINARY, SQL_C_SLONG};

    (void)state;
    for (size_t i = 0; i < sizeof c_types / sizeof c_types[0]; i++) {
        struct get g;
        char *data;

        get_init(&g, ATHENA_VARCHAR, NULL, c_types[i]);
        assert_int_equal(get_piece(&g, 8, &data), SQL_SUCCESS);
        assert_int_equal(g.length, SQL_NULL_DATA);
        free(data);
        assert_int_equal(get_piece(&g, 8, &data), SQL_NO_DATA);
        free(data);

        get_init(&g, ATHENA_VARCHAR, NULL, c_types[i]);
        g.target.octet_length = g.target.indicator = NULL;
        assert_int_equal(get_piece(&g, 8, &data), SQL_ERROR);
        assert_int_equal(g.state, SQLSTATE_22002);
        free(data);
    }
}

/* An error leaves the value where it was: another type, or a larger buffer, may still have it. */
static void test_error_then_another_type(void **state)
{
    struct get g;
    char *data;

    (void)state;
    get_init(&g, ATHENA_VARCHAR, "abc", SQL_C_SLONG);
    assert_int_equal(get_piece(&g, 4, &data), SQL_ERROR);
    assert_int_equal(g.state, SQLSTATE_22018);
    free(data);
    g.target.c_type = SQL_C_CHAR;
    assert_int_equal(get_piece(&g, 3, &data), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(data, "ab");
    free(data);
    g.target.c_type = SQL_C_WCHAR; /* begins again */
    assert_int_equal(get_piece(&g, 16, &data), SQL_SUCCESS);
    assert_memory_equal(data, "a\0b\0c\0\0\0", 8);
    free(data);

    get_init(&g, ATHENA_INTEGER, "12345", SQL_C_CHAR);
    assert_int_equal(get_piece(&g, 5, &data), SQL_ERROR);
    assert_int_equal(g.state, SQLSTATE_22003);
    free(data);
    assert_int_equal(get_piece(&g, 6, &data), SQL_SUCCESS);
    assert_string_equal(data, "12345");
    free(data);
}

/* A fraction may come later; the whole part comes first. */
static void test_number_in_parts(void **state)
{
    struct get g;
    char *data;

    (void)state;
    get_init(&g, ATHENA_DECIMAL, "12.345", SQL_C_CHAR);
    assert_int_equal(get_piece(&g, 4, &data), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(data, "12.");
    assert_int_equal(g.length, 6);
    free(data);
    assert_int_equal(get_piece(&g, 4, &data), SQL_SUCCESS);
    assert_string_equal(data, "345");
    assert_int_equal(g.length, 3);
    free(data);
}

/* A column bound without a buffer gets its lengths; one bound without an indicator must not be
 * NULL. */
static void test_bound_without_pointers(void **state)
{
    struct cell cells[2] = {{"hello", 5, 0}, {NULL, 0, 0}};
    struct column column = {.type = ATHENA_VARCHAR};
    SQLLEN lengths[2] = {77, 77};
    struct c_target target = {.c_type = SQL_C_WCHAR,
                              .octet_length = lengths,
                              .indicator = lengths,
                              .length_stride = sizeof(SQLLEN),
                              .indicator_stride = sizeof(SQLLEN)};
    struct get g = {.state = SQLSTATE_NONE};

    (void)state;
    sql2c_kernel(ATHENA_VARCHAR, SQL_C_WCHAR)(&column, cells, 2, &target, note_issue, &g);
    assert_int_equal(g.state, SQLSTATE_NONE);
    assert_int_equal(lengths[0], 10);
    assert_int_equal(lengths[1], SQL_NULL_DATA);

    cells[0].text = "7";
    cells[0].bytes = 1;
    target.c_type = SQL_C_SLONG;
    sql2c_kernel(ATHENA_VARCHAR, SQL_C_SLONG)(&column, cells, 2, &target, note_issue, &g);
    assert_int_equal(lengths[0], 4);

    target.octet_length = target.indicator = NULL;
    sql2c_kernel(ATHENA_VARCHAR, SQL_C_SLONG)(&column, cells, 1, &target, note_issue, &g);
    assert_int_equal(g.state, SQLSTATE_NONE);
    sql2c_kernel(ATHENA_VARCHAR, SQL_C_SLONG)(&column, cells + 1, 1, &target, note_issue, &g);
    assert_int_equal(g.state, SQLSTATE_22002);
}

/* What is said of a bad value shows it, cut when it is long. */
static void copy_detail(void *context, size_t row, enum sqlstate state, const char *detail)
{
    (void)row;
    (void)state;
    snprintf(context, 300, "%s", detail);
}

static void test_detail(void **state)
{
    static const char long_text[] = "0123456789012345678901234567890123456789012345678901234567\xE2"
                                    "\x82\xAC and more";
    struct cell cell = {"12x", 3, 0};
    struct column column = {.type = ATHENA_INTEGER};
    SQLINTEGER value;
    SQLLEN length;
    struct c_target target = {
        .c_type = SQL_C_SLONG, .data = &value, .octet_length = &length, .indicator = &length};
    char detail[300] = "";

    (void)state;
    sql2c_kernel(ATHENA_INTEGER, SQL_C_SLONG)(&column, &cell, 1, &target, copy_detail, detail);
    assert_string_equal(detail, "'12x' is not a number");
    cell = (struct cell){long_text, sizeof long_text - 1, 0};
    sql2c_kernel(ATHENA_INTEGER, SQL_C_SLONG)(&column, &cell, 1, &target, copy_detail, detail);
    assert_string_equal(detail, "'0123456789012345678901234567890123456789012345678901234567...' "
                                "is not a number");
}

/*
 * A bound column has a quick way for what it mostly meets, SQLGetData has not: both give the same of
 * every length and with something that is not ASCII in every place, in buffers of the very size.
 */
static void check_bound_as_gotten(const char *text, SQLSMALLINT c_type, SQLLEN buffer_bytes)
{
    struct get g;
    char *gotten, *bound = malloc((size_t)buffer_bytes);

    assert_non_null(bound);
    get_init(&g, ATHENA_VARCHAR, text, c_type);
    assert_int_equal(get_piece(&g, buffer_bytes, &gotten), SQL_SUCCESS);
    g.target.data = bound;
    g.length = 12345;
    sql2c_kernel(ATHENA_VARCHAR, c_type)(&g.column, &g.cell, 1, &g.target, note_issue, &g);
    assert_int_equal(g.state, SQLSTATE_NONE);
    assert_int_equal(g.length + (c_type == SQL_C_WCHAR ? 2 : 1), buffer_bytes);
    assert_memory_equal(bound, gotten, (size_t)buffer_bytes);
    free(bound);
    free(gotten);
}

static void test_bound_as_gotten(void **state)
{
    enum { LONGEST = 40 };
    char text[LONGEST + 1], *copy;

    (void)state;
    for (size_t bytes = 0; bytes <= LONGEST; bytes++) {
        for (size_t other = 0; other + 1 <= bytes || other == 0; other++) {
            size_t chars = bytes;

            memcpy(text, "0123456789abcdefghijklmnopqrstuvwxyzABCD", LONGEST);
            text[bytes] = '\0';
            if (other > 0) { /* U+00E9, two bytes before `other` */
                memcpy(text + other - 1, "\xC3\xA9", 2);
                chars--;
            }
            copy = strdup(text); /* of its very size, too */
            assert_non_null(copy);
            check_bound_as_gotten(copy, SQL_C_CHAR, (SQLLEN)bytes + 1);
            check_bound_as_gotten(copy, SQL_C_WCHAR, (SQLLEN)(chars + 1) * 2);
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_length_first),
        cmocka_unit_test(test_fixed_types_once),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_error_then_another_type),
        cmocka_unit_test(test_number_in_parts),
        cmocka_unit_test(test_bound_without_pointers),
        cmocka_unit_test(test_detail),
        cmocka_unit_test(test_bound_as_gotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
