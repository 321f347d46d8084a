/*
 * convert/sqltype.c: what a column is reported as, a line per column.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convert/sqltype.h"

#include <cmocka.h>

struct type_case {
    const char *name; /* as ColumnInfo says it */
    int32_t precision, scale;
    bool use_wchar;
    /* concise, verbose, code, C type; size, digits; display size, octets; radix, unsigned */
    const char *described;
};

/* clang-format off */
static const struct type_case cases[] = {
    {"boolean",   0, 0, 0, "boolean -7 -7 0 -7; 1 -; 1 1; 0 u"},
    {"tinyint",   3, 0, 0, "tinyint -6 -6 0 -26; 3 0; 4 1; 10 s"},
    {"smallint",  5, 0, 0, "smallint 5 5 0 -15; 5 0; 6 2; 10 s"},
    {"integer",  10, 0, 0, "integer 4 4 0 -16; 10 0; 11 4; 10 s"},
    {"int",      10, 0, 0, "integer 4 4 0 -16; 10 0; 11 4; 10 s"},
    {"bigint",   19, 0, 0, "bigint -5 -5 0 -25; 19 0; 20 8; 10 s"},
    /* Athena says 17 digits of both; ODBC counts what survives */
    {"float",    17, 0, 0, "real 7 7 0 7; 7 -; 14 4; 10 s"},
    {"double",   17, 0, 0, "double 8 8 0 8; 15 -; 24 8; 10 s"},
    {"decimal",  10, 2, 0, "decimal 3 3 0 1; 10 2; 12 12; 10 s"},
    {"decimal",   4, 4, 0, "decimal 3 3 0 1; 4 4; 7 7; 10 s"},
    {"decimal",  38, 0, 0, "decimal 3 3 0 1; 38 0; 40 40; 10 s"},
    {"char",      5, 0, 0, "char 1 1 0 1; 5 -; 5 20; 0 u"},
    {"char",      5, 0, 1, "char -8 -8 0 -8; 5 -; 5 10; 0 u"},
    {"varchar",  20, 0, 0, "varchar 12 12 0 1; 20 -; 20 80; 0 u"},
    {"varchar",  20, 0, 1, "varchar -9 -9 0 -8; 20 -; 20 40; 0 u"},
    {"varchar", 2147483647, 0, 0, "varchar 12 12 0 1; 300 -; 300 1200; 0 u"},
    {"string",    0, 0, 0, "varchar 12 12 0 1; 300 -; 300 1200; 0 u"},
    {"varbinary", 1073741824, 0, 0, "varbinary -3 -3 0 -2; 5000 -; 10000 5000; 0 u"},
    {"binary",    0, 0, 0, "varbinary -3 -3 0 -2; 5000 -; 10000 5000; 0 u"},
    {"date",      0, 0, 0, "date 91 9 1 91; 10 -; 10 6; 0 u"},
    {"time",      3, 0, 0, "time 92 9 2 92; 12 3; 21 6; 0 u"},
    {"timestamp", 3, 0, 0, "timestamp 93 9 3 93; 23 3; 32 16; 0 u"},
    {"timestamp", 6, 0, 0, "timestamp 93 9 3 93; 26 6; 32 16; 0 u"},
    {"timestamp", 12, 0, 0, "timestamp 93 9 3 93; 32 12; 32 16; 0 u"},
    {"timestamp", 0, 0, 0, "timestamp 93 9 3 93; 23 3; 32 16; 0 u"},
    {"timestamp with time zone", 3, 0, 0,
     "timestamp with time zone 12 12 0 1; 65 -; 65 260; 0 u"},
    {"interval day to second", 0, 0, 0, "interval day to second 12 12 0 1; 27 -; 27 108; 0 u"},
    {"json",      0, 0, 0, "json 12 12 0 1; 5000 -; 5000 20000; 0 u"},
    {"array",     0, 0, 1, "array -9 -9 0 -8; 5000 -; 5000 10000; 0 u"},
    {"row",       0, 0, 0, "row 12 12 0 1; 5000 -; 5000 20000; 0 u"},
    {"uuid",      0, 0, 0, "uuid 12 12 0 1; 36 -; 36 144; 0 u"},
    {"ipaddress", 0, 0, 0, "ipaddress 12 12 0 1; 45 -; 45 180; 0 u"},
    {"hyperloglog", 0, 0, 0, "hyperloglog 12 12 0 1; 300 -; 300 1200; 0 u"},
};
/* clang-format on */

static void describe(const struct type_case *k, char *out, size_t room)
{
    const struct sqltype_settings settings = {300, 5000, k->use_wchar};
    struct column column = {.type_name = k->name,
                            .type = athena_type_of(k->name),
                            .precision = k->precision,
                            .scale = k->scale};
    struct sqltype t;
    char digits[8] = "-";

    sqltype_describe(&column, &settings, &t);
    if (t.has_decimal_digits) snprintf(digits, sizeof digits, "%d", t.decimal_digits);
    snprintf(out, room, "%s %d %d %d %d; %lu %s; %ld %ld; %d %c", t.type_name, t.concise_type,
             t.verbose_type, t.datetime_code, t.default_c_type, (unsigned long)t.column_size,
             digits, (long)t.display_size, (long)t.octet_length, t.num_prec_radix,
             t.is_unsigned ? 'u' : 's');
}

static void test_described(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[200];

        describe(&cases[i], out, sizeof out);
        assert_string_equal(out, cases[i].described);
    }
}

/* A length of 0: that it is not known. */
static void test_no_lengths(void **state)
{
    static const struct sqltype_settings none, wide = {0, 0, true};
    const struct {
        struct column column;
        const struct sqltype_settings *settings;
        SQLSMALLINT type;
        SQLULEN size;
    } unknown[] = {
        {{.type = ATHENA_VARCHAR, .precision = 2147483647}, &none, SQL_VARCHAR, 0},
        {{.type = ATHENA_VARCHAR, .precision = 20}, &none, SQL_VARCHAR, 0},
        {{.type = ATHENA_VARCHAR, .precision = 20}, &wide, SQL_WVARCHAR, 0},
        {{.type = ATHENA_CHAR, .precision = 5}, &none, SQL_VARCHAR, 0},
        {{.type = ATHENA_CHAR, .precision = 5}, &wide, SQL_WVARCHAR, 0},
        {{.type = ATHENA_MAP}, &none, SQL_VARCHAR, 0},
        {{.type = ATHENA_VARBINARY, .precision = 1073741824}, &none, SQL_VARBINARY, 0},
        {{.type = ATHENA_UUID}, &none, SQL_VARCHAR, 36},
    };
    struct sqltype t;

    (void)state;
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        sqltype_describe(&unknown[i].column, unknown[i].settings, &t);
        assert_int_equal(t.concise_type, unknown[i].type);
        assert_int_equal(t.column_size, unknown[i].size);
        assert_int_equal(t.display_size, unknown[i].size);
        if (!unknown[i].size) assert_int_equal(t.octet_length, 0);
    }
}

static void test_searchable(void **state)
{
    static const struct sqltype_settings settings = {255, 65535, false};
    struct column text = {.type = ATHENA_VARCHAR}, complex_type = {.type = ATHENA_MAP};
    struct sqltype t;

    (void)state;
    sqltype_describe(&text, &settings, &t);
    assert_string_equal(t.literal_prefix, "'");
    assert_true(t.is_case_sensitive);
    assert_int_equal(t.searchable, SQL_PRED_SEARCHABLE);
    sqltype_describe(&complex_type, &settings, &t);
    assert_int_equal(t.searchable, SQL_PRED_BASIC);
}

static void test_descriptor_fields(void **state)
{
    struct column decimal = {.type = ATHENA_DECIMAL, .precision = 10, .scale = 2};
    struct column timestamp = {.type = ATHENA_TIMESTAMP, .precision = 6};
    static const struct sqltype_settings none;
    struct sqltype t;

    (void)state;
    sqltype_describe(&decimal, &none, &t);
    assert_int_equal(t.precision, 10);
    assert_int_equal(t.scale, 2);
    sqltype_describe(&timestamp, &none, &t);
    assert_int_equal(t.precision, 6);
    assert_string_equal(t.literal_prefix, "TIMESTAMP '");
    assert_string_equal(t.literal_suffix, "'");
}

/* Once a value was seen there is room for it, and not for more. */
static void test_seen_digits(void **state)
{
    static const struct sqltype_settings settings = {255, 65535, false};
    static const struct {
        int digits;
        SQLULEN size;
    } seen[] = {{0, 19}, {1, 21}, {3, 23}, {6, 26}, {9, 29}, {12, 32}};
    struct sqltype t;

    (void)state;
    for (size_t i = 0; i < sizeof seen / sizeof *seen; i++) {
        struct column timestamp = {
            .type = ATHENA_TIMESTAMP, .precision = seen[i].digits, .is_precision_seen = true};

        sqltype_describe(&timestamp, &settings, &t);
        assert_int_equal(t.column_size, seen[i].size);
        assert_int_equal(t.display_size, seen[i].size);
        assert_int_equal(t.decimal_digits, seen[i].digits);
    }
}

static void test_codes(void **state)
{
    SQLSMALLINT verbose, code;

    (void)state;
    for (SQLSMALLINT concise = -30; concise < 120; concise++) {
        if (concise == SQL_DATETIME || concise == SQL_INTERVAL) continue; /* no concise types */
        sqltype_split(concise, &verbose, &code);
        assert_int_equal(sqltype_join(verbose, code), concise);
    }
    sqltype_split(SQL_C_INTERVAL_DAY_TO_SECOND, &verbose, &code);
    assert_int_equal(verbose, SQL_INTERVAL);
    assert_int_equal(code, SQL_CODE_DAY_TO_SECOND);
    assert_int_equal(sqltype_join(SQL_DATETIME, 4), 0);
    assert_int_equal(sqltype_join(SQL_INTERVAL, 0), 0);
    assert_int_equal(sqltype_join(SQL_INTEGER, 1), 0);
    assert_int_equal(sqltype_odbc2(SQL_TYPE_TIMESTAMP), SQL_TIMESTAMP);
    assert_int_equal(sqltype_odbc3(SQL_DATE), SQL_TYPE_DATE);
    assert_int_equal(sqltype_odbc2(SQL_INTEGER), SQL_INTEGER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_described),   cmocka_unit_test(test_no_lengths),
        cmocka_unit_test(test_searchable),  cmocka_unit_test(test_descriptor_fields),
        cmocka_unit_test(test_seen_digits), cmocka_unit_test(test_codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
