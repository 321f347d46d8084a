/*
 * convert/datetime.c: forms that are taken and refused, days that exist, and the day count.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convert/datetime.h"

#include <cmocka.h>

struct datetime_case {
    const char *text;
    const char *parsed; /* what has been read, or how it was refused */
};

/* clang-format off */
static const struct datetime_case cases[] = {
    {"2017-01-02", "2017-01-02"},
    {"  2017-01-02 ", "2017-01-02"},
    {"0000-02-29", "0-02-29"},
    {"-0044-03-15", "-44-03-15"},
    {"+10000-12-31", "10000-12-31"},
    {"292278994-08-17", "292278994-08-17"},
    {"2024-02-29", "2024-02-29"},
    {"00:00:00.000", "00:00:00.000000000"},
    {"23:59:59.999999999", "23:59:59.999999999"},
    {"12:34", "12:34:00.000000000"},
    {"2017-01-01 01:02:03.456", "2017-01-01 01:02:03.456000000"},
    {"2017-01-01T01:02:03", "2017-01-01 01:02:03.000000000"},
    {"2023-04-11 20:58:43.130000", "2023-04-11 20:58:43.130000000"},
    {"2023-04-11 20:58:43.123456789000", "2023-04-11 20:58:43.123456789"},
    {"2023-04-11 20:58:43.123456789012", "2023-04-11 20:58:43.123456789 cut"},
    {"2001-08-22 03:04:05.321 America/Los_Angeles",
     "2001-08-22 03:04:05.321000000 zone America/Los_Angeles"},
    {"2001-08-22 03:04:05.321 +08:35", "2001-08-22 03:04:05.321000000 zone +08:35"},
    {"01:02:03.456-08:00", "01:02:03.456000000 zone -08:00"},
    {"2017-01-01 00:00:00Z", "2017-01-01 00:00:00.000000000 zone Z"},

    {"", "bad"},                     {"x", "bad"},
    {"2017", "bad"},                 {"2017-01", "bad"},
    {"2017-1-2", "bad"},             {"17-01-02", "bad"},
    {"2017-01-02x", "bad"},          {"2017-01-02 ", "2017-01-02"},
    {"2017-01-02 1:02:03", "bad"},   {"2017-01-02 01", "bad"},
    {"01:02:", "bad"},               {"01:02:03.", "bad"},
    {"01:02:03 a b", "bad"},         {"01:02:03 (x)", "bad"},
    {"9999999999-01-01", "bad"},     {"2017/01/02", "bad"},
    {"2017-02-29", "range"},         {"1900-02-29", "range"},
    {"2017-13-01", "range"},         {"2017-00-01", "range"},
    {"2017-04-31", "range"},         {"2017-04-00", "range"},
    {"24:00:00", "range"},           {"00:60:00", "range"},
    {"2016-12-31 23:59:60", "2016-12-31 23:59:60.000000000"}, /* leap seconds */
    {"23:59:61.5", "23:59:61.500000000"},
    {"00:00:62", "range"},           {"2017-01-02T", "bad"},
};
/* clang-format on */

static void print_datetime(const struct datetime *d, char *out, size_t room)
{
    size_t at = 0;

    out[0] = '\0';
    if (d->has_date) {
        at += (size_t)snprintf(out, room, "%" PRId64 "-%02u-%02u", d->year, d->month, d->day);
    }
    if (d->has_time) {
        at += (size_t)snprintf(out + at, room - at, "%s%02u:%02u:%02u.%09" PRIu32, at ? " " : "",
                               d->hour, d->minute, d->second, d->nanosecond);
    }
    if (d->is_cut) at += (size_t)snprintf(out + at, room - at, " cut");
    if (d->zone) snprintf(out + at, room - at, " zone %.*s", (int)d->zone_bytes, d->zone);
}

static void test_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct datetime d;
        char out[128] = "bad";

        switch (datetime_parse(cases[i].text, strlen(cases[i].text), &d)) {
        case DATETIME_OK:
            print_datetime(&d, out, sizeof out);
            break;
        case DATETIME_BAD:
            break;
        case DATETIME_RANGE:
            snprintf(out, sizeof out, "range");
            break;
        }
        assert_string_equal(out, cases[i].parsed);
    }
}

static void test_utc(void **state)
{
    (void)state;
    assert_true(datetime_is_utc("UTC", 3));
    assert_true(datetime_is_utc("Z", 1));
    assert_true(datetime_is_utc("+00:00", 6));
    assert_false(datetime_is_utc("+00:01", 6));
    assert_false(datetime_is_utc("Europe/London", 13));
    assert_false(datetime_is_utc("", 0));
}

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(datetime_days(1970, 1, 1), 0);
    assert_int_equal(datetime_days(2000, 3, 1), 11017);
    assert_int_equal(datetime_days(1969, 12, 31), -1);
    assert_int_equal(datetime_days(1, 1, 1), -719162);
    assert_int_equal(datetime_days(0, 1, 1), -719528);
    assert_int_equal(datetime_days(9999, 12, 31), 2932896);
}

/* A thousand years around year 0 and around 1970, day by day. */
static void test_days_follow_each_other(void **state)
{
    static const int64_t starts[] = {-500, 1500};

    (void)state;
    for (size_t s = 0; s < 2; s++) {
        int64_t days = datetime_days(starts[s], 1, 1);

        for (int64_t year = starts[s]; year < starts[s] + 1000; year++) {
            for (unsigned month = 1; month <= 12; month++) {
                for (unsigned day = 1; day <= datetime_month_days(year, month); day++, days++) {
                    struct datetime d;

                    assert_int_equal(datetime_days(year, month, day), days);
                    datetime_of_days(days, &d);
                    assert_true(d.year == year && d.month == month && d.day == day);
                }
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_utc),
        cmocka_unit_test(test_known_days),
        cmocka_unit_test(test_days_follow_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
