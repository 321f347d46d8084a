/*
 * convert/interval.c: forms that are taken and refused, and each of the 13 kinds; the conversions
 * themselves are in tests/data/convert/interval.in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convert/interval.h"

#include <cmocka.h>

struct interval_case {
    const char *text;
    SQLINTERVAL kind;
    const char *parsed; /* sign, months or seconds, nanoseconds; or how it was refused */
};

/* clang-format off */
static const struct interval_case cases[] = {
    {"0-0",                 SQL_IS_YEAR_TO_MONTH,   "+0 months"},
    {"  -12-11 ",           SQL_IS_YEAR_TO_MONTH,   "-155 months"},
    {"+1-1",                SQL_IS_MONTH,           "+13 months"},
    {"7",                   SQL_IS_YEAR,            "+84 months"},
    {"7",                   SQL_IS_MONTH,           "+7 months"},
    {"2 00:00:00.000",      SQL_IS_DAY_TO_SECOND,   "+172800 seconds 0"},
    {"-0 00:00:01.000",     SQL_IS_DAY_TO_SECOND,   "-1 seconds 0"},
    {"1 1",                 SQL_IS_DAY_TO_HOUR,     "+90000 seconds 0"},
    {"1 01:01",             SQL_IS_DAY_TO_MINUTE,   "+90060 seconds 0"},
    {"01:02:03.000000004",  SQL_IS_HOUR_TO_SECOND,  "+3723 seconds 4"},
    {"01:02:03.0000000049", SQL_IS_HOUR_TO_SECOND,  "+3723 seconds 4 cut"},
    {"01:02:03.0000000040", SQL_IS_HOUR_TO_SECOND,  "+3723 seconds 4"},
    {"01:02",               SQL_IS_HOUR_TO_MINUTE,  "+3720 seconds 0"},
    {"01:02",               SQL_IS_MINUTE_TO_SECOND, "+62 seconds 0"},
    {"01:02",               SQL_IS_DAY_TO_SECOND,   "+3720 seconds 0"},
    {"100:02:03",           SQL_IS_HOUR_TO_SECOND,  "+360123 seconds 0"},
    {"1.5",                 SQL_IS_SECOND,          "+1 seconds 500000000"},
    {"106751991167 07:12:55.807", SQL_IS_DAY_TO_SECOND, "+9223372036854775 seconds 807000000"},

    {"",                    SQL_IS_DAY,             "bad"},
    {"-",                   SQL_IS_DAY,             "bad"},
    {"one",                 SQL_IS_DAY,             "bad"},
    {"1 ",                  SQL_IS_DAY,             "+86400 seconds 0"},
    {"1.5",                 SQL_IS_DAY,             "bad"},
    {"1",                   SQL_IS_DAY_TO_SECOND,   "bad"},
    {"1 24",                SQL_IS_DAY_TO_HOUR,     "bad"},
    {"1 1:60",              SQL_IS_DAY_TO_MINUTE,   "bad"},
    {"1 1:1:60",            SQL_IS_DAY_TO_SECOND,   "bad"},
    {"1 001",               SQL_IS_DAY_TO_HOUR,     "bad"},
    {"1 1:1:1:1",           SQL_IS_DAY_TO_SECOND,   "bad"},
    {"1 1:1:1.",            SQL_IS_DAY_TO_SECOND,   "bad"},
    {"1:1.5",               SQL_IS_HOUR_TO_MINUTE,  "bad"},
    {"1-12",                SQL_IS_YEAR_TO_MONTH,   "bad"},
    {"1-1",                 SQL_IS_DAY,             "bad"},
    {"1 1",                 SQL_IS_YEAR_TO_MONTH,   "bad"},
    {"1-1x",                SQL_IS_YEAR_TO_MONTH,   "bad"},
    {"--1",                 SQL_IS_DAY,             "bad"},
    {"1234567890123456",    SQL_IS_DAY,             "overflow"},
};
/* clang-format on */

static void print_interval(const struct interval *v, char *out, size_t room)
{
    int at = snprintf(out, room, "%c%llu %s", v->is_negative ? '-' : '+',
                      (unsigned long long)v->total, v->is_year_month ? "months" : "seconds");

    if (v->is_year_month) return;
    snprintf(out + at, room - (size_t)at, " %u%s", v->nanosecond, v->is_cut ? " cut" : "");
}

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct interval_case *k = &cases[i];
        struct interval v;
        char out[80] = "bad";

        switch (interval_parse(k->text, strlen(k->text), k->kind, &v)) {
        case INTERVAL_OK:
            print_interval(&v, out, sizeof out);
            break;
        case INTERVAL_BAD:
            break;
        case INTERVAL_OVERFLOW:
            snprintf(out, sizeof out, "overflow");
            break;
        case INTERVAL_CUT:
            fail_msg("parsing cuts nothing");
            break;
        }
        if (strcmp(out, k->parsed) != 0) print_error("\"%s\" as %d\n", k->text, (int)k->kind);
        assert_string_equal(out, k->parsed);
    }
}

/* One day, two hours, three minutes, four seconds and a half in each kind that has room for it. */
static void test_kinds(void **state)
{
    static const struct {
        SQLINTERVAL kind;
        SQL_DAY_SECOND_STRUCT fields;
        enum interval_outcome outcome;
    } kinds[] = {
        {SQL_IS_DAY, {1, 0, 0, 0, 0}, INTERVAL_CUT},
        {SQL_IS_HOUR, {0, 26, 0, 0, 0}, INTERVAL_CUT},
        {SQL_IS_MINUTE, {0, 0, 1563, 0, 0}, INTERVAL_CUT},
        {SQL_IS_SECOND, {0, 0, 0, 93784, 5}, INTERVAL_OK},
        {SQL_IS_DAY_TO_HOUR, {1, 2, 0, 0, 0}, INTERVAL_CUT},
        {SQL_IS_DAY_TO_MINUTE, {1, 2, 3, 0, 0}, INTERVAL_CUT},
        {SQL_IS_DAY_TO_SECOND, {1, 2, 3, 4, 5}, INTERVAL_OK},
        {SQL_IS_HOUR_TO_MINUTE, {0, 26, 3, 0, 0}, INTERVAL_CUT},
        {SQL_IS_HOUR_TO_SECOND, {0, 26, 3, 4, 5}, INTERVAL_OK},
        {SQL_IS_MINUTE_TO_SECOND, {0, 0, 1563, 4, 5}, INTERVAL_OK},
    };
    const struct interval value = {true, false, 93784, 500000000, false};

    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        SQL_INTERVAL_STRUCT out;

        assert_int_equal(interval_put(&value, kinds[i].kind, 1, 0, &out), kinds[i].outcome);
        assert_int_equal(out.interval_type, kinds[i].kind);
        assert_int_equal(out.interval_sign, SQL_TRUE);
        assert_memory_equal(&out.intval.day_second, &kinds[i].fields, sizeof kinds[i].fields);
    }
}

static void test_leading_precision(void **state)
{
    const struct interval days = {false, false, 100 * 86400, 0, false};
    SQL_INTERVAL_STRUCT out;

    (void)state;
    assert_int_equal(interval_put(&days, SQL_IS_DAY, 6, 2, &out), INTERVAL_OVERFLOW);
    assert_int_equal(interval_put(&days, SQL_IS_DAY, 6, 3, &out), INTERVAL_OK);
    assert_int_equal(interval_put(&days, SQL_IS_DAY, 6, 0, &out), INTERVAL_OK);
    assert_int_equal(out.intval.day_second.day, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_leading_precision),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
