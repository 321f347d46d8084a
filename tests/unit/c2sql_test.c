/*
 * convert/c2sql.c: the tables of appendix D, "C to SQL", a line per case; that the pairs of types
 * that are refused are refused; and that any text comes back as itself from its literal, read by
 * literal_reader.h, which knows nothing of how it was written, and leaves the statement around it as
 * it was (statement_shape.h).
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/c2sql.h"
#include "convert/double.h"
#include "convert/double_text.h"
#include "fuzz/literal_reader.h"
#include "fuzz/statement_shape.h"

#include <cmocka.h>

/* What comes of a value: the literal, or the SQLSTATE. */
static void expect(const struct c_source *in, const struct sql_target *to, const char *wanted)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct buf out;
    enum status st;

    buf_init(&out, 1 << 20);
    st = c2sql_literal(in, to, &out, &f);
    assert_true(buf_ok(&out));
    assert_int_equal(st == ST_ERR, f.state != SQLSTATE_NONE);
    assert_string_equal(st ? sqlstate_code(f.state) : out.bytes, wanted);
    buf_clear(&out);
}

static struct sql_target declared(SQLSMALLINT sql_type, SQLULEN size, SQLSMALLINT digits)
{
    return (struct sql_target){.sql_type = sql_type, .column_size = size, .decimal_digits = digits};
}

struct text_case {
    const char *text;
    SQLSMALLINT sql_type;
    SQLULEN size;
    SQLSMALLINT digits;
    const char *wanted;
};

static void test_text(void **state)
{
    static const struct text_case cases[] = {
        {"it's", SQL_VARCHAR, 0, 0, "'it''s'"},
        {"", SQL_CHAR, 10, 0, "''"},
        {"a\\'b\n", SQL_WLONGVARCHAR, 0, 0, "'a\\''b\n'"},
        {"\xc5\xbe\xc5\xbe\xc5\xbe", SQL_VARCHAR, 3, 0, "'\xc5\xbe\xc5\xbe\xc5\xbe'"},
        {"abcd", SQL_VARCHAR, 3, 0, "22001"},
        {"\xc3", SQL_VARCHAR, 0, 0, "22018"},
        {"\xc0\xa7", SQL_VARCHAR, 0, 0, "22018"},
        {"\xed\xa0\x80", SQL_VARCHAR, 0, 0, "22018"},
        {"\xf4\x90\x80\x80", SQL_VARCHAR, 0, 0, "22018"},
        {"00fF", SQL_VARBINARY, 0, 0, "X'00fF'"},
        {"00fF", SQL_VARBINARY, 1, 0, "22001"},
        {"0'f", SQL_BINARY, 0, 0, "22018"},
        {"0", SQL_BIT, 0, 0, "FALSE"},
        {"1.0", SQL_BIT, 0, 0, "TRUE"},
        {"0.5", SQL_BIT, 0, 0, "22001"},
        {"2", SQL_BIT, 0, 0, "22003"},
        {"-1", SQL_BIT, 0, 0, "22003"},
        {"yes", SQL_BIT, 0, 0, "22018"},
        {" -128 ", SQL_TINYINT, 0, 0, "TINYINT '-128'"},
        {"128", SQL_TINYINT, 0, 0, "22001"},
        {"32767", SQL_SMALLINT, 0, 0, "SMALLINT '32767'"},
        {"-5", SQL_INTEGER, 0, 0, "-5"},
        {"1e3", SQL_INTEGER, 0, 0, "1000"},
        {"-0", SQL_INTEGER, 0, 0, "0"},
        {"1.5", SQL_INTEGER, 0, 0, "22001"},
        {"2147483648", SQL_INTEGER, 0, 0, "22001"},
        {"-9223372036854775808", SQL_BIGINT, 0, 0, "BIGINT '-9223372036854775808'"},
        {"9223372036854775808", SQL_BIGINT, 0, 0, "22001"},
        {"1; DROP TABLE t", SQL_INTEGER, 0, 0, "22018"},
        {"1'", SQL_DOUBLE, 0, 0, "22018"},
        {"1.20", SQL_DECIMAL, 0, 0, "DECIMAL '1.20'"},
        {"1.20", SQL_DECIMAL, 5, 1, "DECIMAL '1.2'"},
        {"1.25", SQL_DECIMAL, 5, 1, "22001"},
        {"123.4", SQL_DECIMAL, 3, 1, "22001"},
        {"-1e-3", SQL_NUMERIC, 0, 0, "DECIMAL '-0.001'"},
        {"1e37", SQL_NUMERIC, 0, 0, "DECIMAL '10000000000000000000000000000000000000'"},
        {"1e38", SQL_NUMERIC, 0, 0, "22001"},
        {"1e999999999", SQL_NUMERIC, 0, 0, "22001"},
        {"x", SQL_DECIMAL, 0, 0, "22018"},
        {"0.1", SQL_DOUBLE, 0, 0, "DOUBLE '0.1'"},
        {"0.1", SQL_REAL, 0, 0, "REAL '0.1'"},
        {"NaN", SQL_DOUBLE, 0, 0, "nan()"},
        {"-Infinity", SQL_REAL, 0, 0, "CAST(-infinity() AS real)"},
        {"1e309", SQL_DOUBLE, 0, 0, "22003"},
        {"1e39", SQL_REAL, 0, 0, "22003"},
        {"2024-02-29", SQL_TYPE_DATE, 0, 0, "DATE '2024-02-29'"},
        {"2024-02-29 00:00:00", SQL_TYPE_DATE, 0, 0, "DATE '2024-02-29'"},
        {"2024-02-29 00:00:01", SQL_DATE, 0, 0, "22008"},
        {"2023-02-29", SQL_TYPE_DATE, 0, 0, "22018"},
        {"2024-02-29' --", SQL_TYPE_DATE, 0, 0, "22018"},
        {"12:34:56", SQL_TYPE_TIME, 0, 0, "TIME '12:34:56'"},
        {"2024-02-29 12:34:56", SQL_TIME, 0, 0, "TIME '12:34:56'"},
        {"2024-02-29 12:34:56.1", SQL_TYPE_TIME, 0, 0, "22008"},
        {"2024-02-29", SQL_TYPE_TIME, 0, 0, "22018"},
        {"2024-02-29 12:34:56", SQL_TYPE_TIMESTAMP, 0, 0, "TIMESTAMP '2024-02-29 12:34:56.000'"},
        {"2024-02-29T12:34:56.123456789", SQL_TYPE_TIMESTAMP, 29, 9,
         "TIMESTAMP '2024-02-29 12:34:56.123456789'"},
        {"2024-02-29 12:34:56.1234", SQL_TYPE_TIMESTAMP, 23, 3, "22008"},
        {"2024-02-29 12:34:56 UTC", SQL_TIMESTAMP, 0, 0, "22018"},
        {"-3", SQL_INTERVAL_DAY, 0, 0, "INTERVAL -'3' DAY"},
        {"1-2", SQL_INTERVAL_YEAR_TO_MONTH, 0, 0, "INTERVAL '1-2' YEAR TO MONTH"},
        {"1 02:03:04.5", SQL_INTERVAL_DAY_TO_SECOND, 0, 0, "INTERVAL '1 02:03:04.5' DAY TO SECOND"},
        {"1 02:03:04", SQL_INTERVAL_DAY_TO_HOUR, 0, 0, "22015"},
        {"1-2", SQL_INTERVAL_DAY, 0, 0, "22018"},
        {"{12345678-9abc-DEF0-1234-56789abcdef0}", SQL_GUID, 0, 0,
         "UUID '12345678-9abc-DEF0-1234-56789abcdef0'"},
        {"12345678-9abc-def0-1234-56789abcdefg", SQL_GUID, 0, 0, "22018"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct text_case *c = &cases[i];
        struct c_source in = {SQL_C_CHAR, c->text, strlen(c->text), 0, 0};
        struct sql_target to = declared(c->sql_type, c->size, c->digits);

        expect(&in, &to, c->wanted);
    }
}

#define NUMBER(c_type, type, value, sql_type, size, digits, wanted) \
    do { \
        const type number = value; \
        const struct c_source in = {c_type, &number, 0, 0, 0}; \
        const struct sql_target to = declared(sql_type, size, digits); \
\
        expect(&in, &to, wanted); \
    } while (0)

static void test_numbers(void **state)
{
    (void)state;
    NUMBER(SQL_C_STINYINT, int8_t, -128, SQL_TINYINT, 0, 0, "TINYINT '-128'");
    NUMBER(SQL_C_TINYINT, int8_t, 5, SQL_VARCHAR, 0, 0, "'5'");
    NUMBER(SQL_C_UTINYINT, uint8_t, 255, SQL_TINYINT, 0, 0, "22003");
    NUMBER(SQL_C_SHORT, int16_t, -1, SQL_SMALLINT, 0, 0, "SMALLINT '-1'");
    NUMBER(SQL_C_USHORT, uint16_t, 65535, SQL_INTEGER, 0, 0, "65535");
    NUMBER(SQL_C_SLONG, int32_t, INT32_MIN, SQL_INTEGER, 0, 0, "-2147483648");
    NUMBER(SQL_C_LONG, int32_t, 12345, SQL_CHAR, 4, 0, "22001");
    NUMBER(SQL_C_LONG, int32_t, 7, SQL_BIT, 0, 0, "22003");
    NUMBER(SQL_C_ULONG, uint32_t, UINT32_MAX, SQL_BIGINT, 0, 0, "BIGINT '4294967295'");
    NUMBER(SQL_C_SBIGINT, int64_t, INT64_MIN, SQL_BIGINT, 0, 0, "BIGINT '-9223372036854775808'");
    NUMBER(SQL_C_UBIGINT, uint64_t, UINT64_MAX, SQL_BIGINT, 0, 0, "22003");
    NUMBER(SQL_C_UBIGINT, uint64_t, UINT64_MAX, SQL_DECIMAL, 20, 0,
           "DECIMAL '18446744073709551615'");
    NUMBER(SQL_C_BIT, unsigned char, 1, SQL_BIT, 1, 0, "TRUE");
    NUMBER(SQL_C_BIT, unsigned char, 2, SQL_BIT, 1, 0, "22003");
    NUMBER(SQL_C_DOUBLE, double, 0.1, SQL_DOUBLE, 15, 0, "DOUBLE '0.1'");
    NUMBER(SQL_C_DOUBLE, double, -0.0, SQL_FLOAT, 15, 0, "DOUBLE '-0'");
    NUMBER(SQL_C_DOUBLE, double, 1e40, SQL_REAL, 7, 0, "22003");
    NUMBER(SQL_C_DOUBLE, double, 1.79, SQL_DECIMAL, 5, 1, "DECIMAL '1.7'");
    NUMBER(SQL_C_DOUBLE, double, 1234.5, SQL_DECIMAL, 3, 1, "22003");
    NUMBER(SQL_C_DOUBLE, double, 1.9, SQL_INTEGER, 0, 0, "1");
    NUMBER(SQL_C_DOUBLE, double, 0.5, SQL_BIT, 0, 0, "22001");
    NUMBER(SQL_C_DOUBLE, double, (double)NAN, SQL_DOUBLE, 0, 0, "nan()");
    NUMBER(SQL_C_DOUBLE, double, (double)INFINITY, SQL_INTEGER, 0, 0, "22003");
    NUMBER(SQL_C_FLOAT, float, 0.1F, SQL_REAL, 0, 0, "REAL '0.1'");
    NUMBER(SQL_C_FLOAT, float, 0.1F, SQL_DECIMAL, 0, 0, "DECIMAL '0.1'");
    NUMBER(SQL_C_LONG, int32_t, -3, SQL_INTERVAL_DAY, 0, 0, "INTERVAL -'3' DAY");
    NUMBER(SQL_C_LONG, int32_t, 3, SQL_INTERVAL_DAY_TO_HOUR, 0, 0, "07006");
    NUMBER(SQL_C_LONG, int32_t, 3, SQL_TYPE_DATE, 0, 0, "07006");
    NUMBER(SQL_C_LONG, int32_t, 3, SQL_GUID, 0, 0, "07006");
    NUMBER(SQL_C_DEFAULT, int32_t, 3, SQL_INTEGER, 0, 0, "3");
}

#define NUMERIC(scale_, sign_, ...) ((SQL_NUMERIC_STRUCT){38, scale_, sign_, {__VA_ARGS__}})

static void test_numeric_structs(void **state)
{
    (void)state;
    NUMBER(SQL_C_NUMERIC, SQL_NUMERIC_STRUCT, NUMERIC(2, 1, 120), SQL_NUMERIC, 5, 2,
           "DECIMAL '1.20'");
    NUMBER(SQL_C_NUMERIC, SQL_NUMERIC_STRUCT, NUMERIC(3, 0, 1), SQL_NUMERIC, 0, 0,
           "DECIMAL '-0.001'");
    NUMBER(SQL_C_NUMERIC, SQL_NUMERIC_STRUCT, NUMERIC(-2, 1, 5), SQL_INTEGER, 0, 0, "500");
    NUMBER(SQL_C_NUMERIC, SQL_NUMERIC_STRUCT, NUMERIC(0, 0, 0), SQL_DECIMAL, 0, 0, "DECIMAL '0'");
    NUMBER(SQL_C_NUMERIC, SQL_NUMERIC_STRUCT, NUMERIC(100, 1, 1), SQL_DECIMAL, 0, 0, "22003");
    NUMBER(SQL_C_NUMERIC, SQL_NUMERIC_STRUCT, NUMERIC(1, 1, 255), SQL_VARCHAR, 0, 0, "'25.5'");
}

static void test_datetimes(void **state)
{
    const SQL_DATE_STRUCT date = {2024, 2, 29}, no_date = {2023, 2, 29};
    const SQL_TIME_STRUCT time = {1, 2, 3};
    const SQL_TIMESTAMP_STRUCT both = {2024, 2, 29, 1, 2, 3, 450000000};
    const SQL_TIMESTAMP_STRUCT midnight = {2024, 2, 29, 0, 0, 0, 0};
    const struct {
        SQLSMALLINT c_type;
        const void *data;
        SQLSMALLINT sql_type;
        SQLULEN size;
        SQLSMALLINT digits;
        const char *wanted;
    } cases[] = {
        {SQL_C_TYPE_DATE, &date, SQL_TYPE_DATE, 10, 0, "DATE '2024-02-29'"},
        {SQL_C_DATE, &date, SQL_DATE, 10, 0, "DATE '2024-02-29'"},
        {SQL_C_TYPE_DATE, &date, SQL_TYPE_TIMESTAMP, 0, 0, "TIMESTAMP '2024-02-29 00:00:00.000'"},
        {SQL_C_TYPE_DATE, &date, SQL_VARCHAR, 10, 0, "'2024-02-29'"},
        {SQL_C_TYPE_DATE, &date, SQL_VARCHAR, 9, 0, "22001"},
        {SQL_C_TYPE_DATE, &no_date, SQL_TYPE_DATE, 0, 0, "22007"},
        {SQL_C_TYPE_DATE, &no_date, SQL_VARCHAR, 0, 0, "22008"},
        {SQL_C_TYPE_DATE, &date, SQL_TYPE_TIME, 0, 0, "07006"},
        {SQL_C_TYPE_TIME, &time, SQL_TYPE_TIME, 8, 0, "TIME '01:02:03'"},
        {SQL_C_TIME, &time, SQL_CHAR, 8, 0, "'01:02:03'"},
        {SQL_C_TYPE_TIME, &time, SQL_TYPE_DATE, 0, 0, "07006"},
        {SQL_C_TYPE_TIMESTAMP, &both, SQL_TYPE_TIMESTAMP, 0, 0,
         "TIMESTAMP '2024-02-29 01:02:03.450'"},
        {SQL_C_TIMESTAMP, &both, SQL_TIMESTAMP, 21, 1, "22008"},
        {SQL_C_TYPE_TIMESTAMP, &both, SQL_TYPE_DATE, 0, 0, "22008"},
        {SQL_C_TYPE_TIMESTAMP, &both, SQL_TYPE_TIME, 0, 0, "22008"},
        {SQL_C_TYPE_TIMESTAMP, &midnight, SQL_TYPE_DATE, 0, 0, "DATE '2024-02-29'"},
        {SQL_C_TYPE_TIMESTAMP, &midnight, SQL_TYPE_TIME, 0, 0, "TIME '00:00:00'"},
        {SQL_C_TYPE_TIMESTAMP, &both, SQL_VARCHAR, 0, 0, "'2024-02-29 01:02:03.45'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct c_source in = {cases[i].c_type, cases[i].data, 0, 0, 0};
        struct sql_target to = declared(cases[i].sql_type, cases[i].size, cases[i].digits);

        expect(&in, &to, cases[i].wanted);
    }
}

static void test_intervals(void **state)
{
    SQL_INTERVAL_STRUCT days = {.interval_type = SQL_IS_DAY_TO_SECOND, .interval_sign = SQL_TRUE};
    SQL_INTERVAL_STRUCT months = {.interval_type = SQL_IS_MONTH};
    struct c_source in = {SQL_C_INTERVAL_DAY_TO_SECOND, &days, 0, 6, 0};
    struct sql_target to = declared(SQL_INTERVAL_DAY_TO_SECOND, 0, 0);

    (void)state;
    days.intval.day_second.day = 1;
    days.intval.day_second.hour = 25;
    days.intval.day_second.second = 5;
    days.intval.day_second.fraction = 500000;
    months.intval.year_month.month = 14;
    expect(&in, &to, "INTERVAL -'2 01:00:05.5' DAY TO SECOND");
    to = declared(SQL_VARCHAR, 0, 0);
    expect(&in, &to, "'-2 01:00:05.5'");
    to = declared(SQL_INTERVAL_DAY, 0, 0);
    expect(&in, &to, "22015");
    to = declared(SQL_INTERVAL_MONTH, 0, 0);
    expect(&in, &to, "07006");
    in = (struct c_source){SQL_C_INTERVAL_MONTH, &months, 0, 6, 0};
    expect(&in, &to, "INTERVAL '14' MONTH");
    to = declared(SQL_INTERVAL_YEAR_TO_MONTH, 0, 0);
    expect(&in, &to, "INTERVAL '1-2' YEAR TO MONTH");
    to = declared(SQL_BIGINT, 0, 0);
    expect(&in, &to, "BIGINT '14'");
}

static void test_bytes(void **state)
{
    static const char bytes[] = "\0'\xff";
    const int32_t number = -2;
    struct c_source in = {SQL_C_BINARY, bytes, 3, 0, 0};
    struct sql_target to = declared(SQL_VARBINARY, 3, 0);

    (void)state;
    expect(&in, &to, "X'0027ff'");
    to.column_size = 2;
    expect(&in, &to, "22001");
    in = (struct c_source){SQL_C_BINARY, &number, sizeof number, 0, 0};
    to = declared(SQL_INTEGER, 0, 0);
    expect(&in, &to, "-2");
    in.bytes = 3;
    expect(&in, &to, "22003");
    in = (struct c_source){SQL_C_BINARY, "it's", 4, 0, 0};
    to = declared(SQL_VARCHAR, 0, 0);
    expect(&in, &to, "'it''s'");
}

static void test_null(void **state)
{
    static const struct {
        SQLSMALLINT sql_type;
        SQLULEN size;
        const char *wanted;
    } cases[] = {
        {SQL_VARCHAR, 0, "NULL"},
        {SQL_BIGINT, 0, "CAST(NULL AS bigint)"},
        {SQL_DECIMAL, 10, "CAST(NULL AS decimal(10,0))"},
        {SQL_DECIMAL, 0, "NULL"},
        {SQL_TYPE_TIMESTAMP, 0, "CAST(NULL AS timestamp)"},
        {SQL_INTERVAL_DAY, 0, "NULL"},
        {12345, 0, "HY004"},
    };
    struct c_source in = {SQL_C_DEFAULT, NULL, 0, 0, 0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_target to = declared(cases[i].sql_type, cases[i].size, 0);

        expect(&in, &to, cases[i].wanted);
    }
}

/* Into a column: its type counts, as far as the value leaves the choice. */
static void test_inserted(void **state)
{
    static const struct {
        int64_t number;
        bool is_guessed;
        const char *wanted;
    } cases[] = {
        {5, true, "5"},
        {INT32_MIN + 1, true, "-2147483647"},
        {INT32_MAX, true, "2147483647"},
        {(int64_t)INT32_MAX + 1, true, "BIGINT '2147483648'"},
        {5, false, "BIGINT '5'"},
    };
    struct sql_target to = {.sql_type = SQL_BIGINT, .is_inserted = true};
    const struct c_source null = {.c_type = SQL_C_SBIGINT};

    (void)state;
    expect(&null, &to, "NULL");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct c_source in = {.c_type = SQL_C_SBIGINT, .data = &cases[i].number};

        to.is_guessed = cases[i].is_guessed;
        expect(&in, &to, cases[i].wanted);
    }
}

/* Precision and scale of the descriptor; the structure's scale where the descriptor has none. */
static void test_numeric_of_the_descriptor(void **state)
{
    static const struct {
        SQLSMALLINT precision, scale;
        SQLSCHAR own_scale;
        const char *wanted;
    } cases[] = {
        {0, 0, 0, "DECIMAL '12345'"},     {38, 2, 0, "DECIMAL '123.45'"},
        {38, 0, 3, "DECIMAL '12.345'"},   {38, 1, 3, "DECIMAL '1234.5'"},
        {5, 2, 0, "DECIMAL '123.45'"},    {4, 2, 0, "22003"},
        {38, -2, 0, "DECIMAL '1234500'"}, {38, 39, 0, "22003"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const SQL_NUMERIC_STRUCT number = {
            .precision = 1, .scale = cases[i].own_scale, .sign = 1, .val = {0x39, 0x30}};
        const struct c_source in = {.c_type = SQL_C_NUMERIC,
                                    .data = &number,
                                    .precision = cases[i].precision,
                                    .scale = cases[i].scale};
        const struct sql_target to = declared(SQL_DECIMAL, 0, 0);

        expect(&in, &to, cases[i].wanted);
    }
}

static void test_hive(void **state)
{
    static const struct text_case cases[] = {
        {"it's a \\ \n\r\t", SQL_VARCHAR, 0, 0, "'it\\'s a \\\\ \\n\\r\\t'"},
        {"5", SQL_BIGINT, 0, 0, "5"},
        {"1.5", SQL_DECIMAL, 0, 0, "1.5"},
        {"1.5", SQL_DOUBLE, 0, 0, "1.5"},
        {"nan", SQL_DOUBLE, 0, 0, "22018"},
        {"NaN", SQL_DOUBLE, 0, 0, "HYC00"},
        {"2024-02-29", SQL_TYPE_DATE, 0, 0, "DATE '2024-02-29'"},
        {"00", SQL_VARBINARY, 0, 0, "HYC00"},
        {"12345678-9abc-def0-1234-56789abcdef0", SQL_GUID, 0, 0,
         "'12345678-9abc-def0-1234-56789abcdef0'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct c_source in = {SQL_C_CHAR, cases[i].text, strlen(cases[i].text), 0, 0};
        struct sql_target to = declared(cases[i].sql_type, 0, 0);

        to.dialect = C2SQL_HIVE;
        expect(&in, &to, cases[i].wanted);
    }
}

static void test_wide(void **state)
{
    static const uint16_t pair[] = {'a', 0xD83D, 0xDC0E}, half[] = {0xD83D, 'a'};
    struct c_source in = {SQL_C_WCHAR, pair, sizeof pair, 0, 0};
    struct sql_target to = declared(SQL_WVARCHAR, 0, 0);
    uint16_t many[1000];

    (void)state;
    expect(&in, &to, "'a\xf0\x9f\x90\x8e'");
    in = (struct c_source){SQL_C_WCHAR, half, sizeof half, 0, 0};
    expect(&in, &to, "22018");
    for (size_t i = 0; i < 1000; i++) /* pairs across the pieces of the reader */
        many[i] = i == 0 ? 'x' : i == 999 ? 'y' : i % 2 ? 0xD83D : 0xDC0E;
    in = (struct c_source){SQL_C_WCHAR, many, sizeof many, 0, 0};
    to.column_size = 501;
    {
        struct fault f = {.state = SQLSTATE_NONE};
        struct buf out;

        buf_init(&out, 1 << 20);
        assert_int_equal(c2sql_literal(&in, &to, &out, &f), ST_OK);
        assert_int_equal(out.count, 2 + 2 + 499 * 4);
        buf_clear(&out);
    }
}

/* Parts of which a text may be made to get out of its literal. */
static const char *const parts[] = {"'",
                                    "''",
                                    "\"",
                                    "`",
                                    "\\",
                                    "\\'",
                                    "\\\\",
                                    "?",
                                    "--",
                                    "-",
                                    "/*",
                                    "*/",
                                    "/",
                                    ";",
                                    "\n",
                                    "\r",
                                    "\t",
                                    " ",
                                    "{fn ",
                                    "{",
                                    "}",
                                    "{d '",
                                    "%",
                                    "_",
                                    "\x01",
                                    "\x7f",
                                    "x",
                                    "E'",
                                    "X'",
                                    "U&'",
                                    "$$",
                                    "NULL",
                                    " OR 1=1 ",
                                    "\xc5\xbe",
                                    "\xf0\x9f\x90\x8e",
                                    "\xe2\x80\x99",
                                    "\xca\xbc",
                                    "\xef\xbc\x87",
                                    "\xc2\xa0",
                                    "\xef\xbb\xbf"};

static uint32_t random_below(uint32_t *seed, size_t limit)
{
    *seed = *seed * 1664525 + 1013904223;
    return (uint32_t)((*seed >> 8) % limit);
}

static size_t random_text(uint32_t *seed, char *text, size_t room)
{
    size_t bytes = 0, wanted = random_below(seed, room);

    for (;;) {
        const char *part = parts[random_below(seed, sizeof parts / sizeof parts[0])];

        if (bytes + strlen(part) > wanted) return bytes;
        memcpy(text + bytes, part, strlen(part));
        bytes += strlen(part);
    }
}

/* The literal of a text, which must be one string that stays where it is put. */
static void check_place(const char *text, size_t bytes, enum c2sql_dialect dialect)
{
    const struct c_source in = {.c_type = SQL_C_CHAR, .data = text, .bytes = bytes};
    const struct sql_target to = {.sql_type = SQL_VARCHAR, .dialect = dialect};
    struct fault f = {.state = SQLSTATE_NONE};
    struct scan scan;
    struct scan_token token;
    struct buf out;

    buf_init(&out, 1 << 20);
    assert_int_equal(c2sql_literal(&in, &to, &out, &f), ST_OK);
    scan_init(&scan, out.bytes, out.count, dialect == C2SQL_HIVE);
    assert_int_equal(scan_next(&scan, &token), SCAN_STRING);
    assert_int_equal(token.end, out.count);
    assert_true(literal_stays_in_its_place(out.bytes, dialect));
    buf_clear(&out);
}

/* Any text comes back as itself, and says nothing beside its literal. */
static void test_no_injection(void **state)
{
    uint32_t seed = 20240229;
    char text[64];

    (void)state;
    for (int i = 0; i < 30000; i++) {
        const size_t bytes = random_text(&seed, text, sizeof text);

        assert_true(literal_comes_back(text, bytes, C2SQL_TRINO));
        assert_true(literal_comes_back(text, bytes, C2SQL_HIVE));
        check_place(text, bytes, C2SQL_TRINO);
        check_place(text, bytes, C2SQL_HIVE);
    }
}

/* Any units of UTF-16 become the UTF-8 that they are, or are refused. */
static void test_any_units(void **state)
{
    static const uint16_t units[] = {'\'', '\\', '?', 'x', 0x17E, 0x2019, 0xD83D, 0xDC0E, 0xFEFF};
    uint32_t seed = 11;
    uint16_t text[16];

    (void)state;
    for (int i = 0; i < 30000; i++) {
        const size_t count = random_below(&seed, 16);
        const struct c_source in = {.c_type = SQL_C_WCHAR, .data = text, .bytes = 2 * count};
        const struct sql_target to = {.sql_type = SQL_WVARCHAR};
        struct fault f = {.state = SQLSTATE_NONE};
        size_t halves = 0;
        struct buf out;

        for (size_t k = 0; k < count; k++) {
            const bool is_second = k && text[k - 1] == 0xD83D && halves;

            text[k] = units[random_below(&seed, sizeof units / sizeof units[0])];
            if (text[k] == 0xDC0E && is_second) {
                halves--;
            } else if ((text[k] & 0xF800) == 0xD800) {
                halves++;
            }
        }
        buf_init(&out, 1 << 10);
        assert_int_equal(c2sql_literal(&in, &to, &out, &f), halves ? ST_ERR : ST_OK);
        assert_int_equal(f.state, halves ? SQLSTATE_22018 : SQLSTATE_NONE);
        if (!halves) assert_true(literal_stays_in_its_place(out.bytes, C2SQL_TRINO));
        buf_clear(&out);
    }
}

static void test_double_text(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {100, "100"},
        {-1234.5, "-1234.5"},
        {1e15, "1000000000000000"},
        {1e16, "1E16"},
        {1.5e16, "1.5E16"},
        {0.00001, "0.00001"},
        {0.000012, "0.000012"},
        {1e-6, "1E-6"},
        {5e-324, "4.94065645841247E-324"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.7976931348623157e308, "1.7976931348623157E308"},
    };
    char text[DOUBLE_TEXT_BYTES];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(double_text(cases[i].value, text), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void test_doubles_come_back(void **state)
{
    uint64_t seed = 88172645463325252U;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        char text[DOUBLE_TEXT_BYTES];
        double value, back;

        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        memcpy(&value, &seed, sizeof value);
        if (!isfinite(value)) continue;
        assert_int_equal(double_parse(text, double_text(value, text), &back), DOUBLE_OK);
        assert_memory_equal(&back, &value, sizeof back);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_numeric_structs),
        cmocka_unit_test(test_datetimes),
        cmocka_unit_test(test_intervals),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_inserted),
        cmocka_unit_test(test_numeric_of_the_descriptor),
        cmocka_unit_test(test_hive),
        cmocka_unit_test(test_wide),
        cmocka_unit_test(test_no_injection),
        cmocka_unit_test(test_any_units),
        cmocka_unit_test(test_double_text),
        cmocka_unit_test(test_doubles_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
