/* results/seconds.c: how many digits of a second a column's values have, a line per column. */
#include "results/seconds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { ROWS = 3, UNSEEN = -1 };

static const struct seconds_case {
    enum athena_type type;
    const char *texts[ROWS]; /* NULL: SQL NULL */
    int digits;              /* UNSEEN: what Athena said stays */
} cases[] = {
    {ATHENA_TIMESTAMP, {"2024-01-01 00:00:00.000"}, 3},
    {ATHENA_TIMESTAMP, {NULL, NULL, "2024-01-01 00:00:00.130000"}, 6},
    {ATHENA_TIMESTAMP, {"2024-01-01 00:00:00"}, 0},
    {ATHENA_TIMESTAMP, {"2024-01-01 00:00:00.123456789012"}, 12},
    {ATHENA_TIMESTAMP, {NULL, NULL, NULL}, UNSEEN},
    {ATHENA_TIMESTAMP_TZ, {"2024-01-01 00:00:00.12 America/Los_Angeles"}, 2},
    {ATHENA_TIME_TZ, {"01:02:03.4567-08:00"}, 4},
    {ATHENA_TIME, {"01:02:03."}, 0},
    {ATHENA_TIME, {""}, 0},
    {ATHENA_VARCHAR, {"1.25"}, UNSEEN},
    {ATHENA_DATE, {"2024-01-01"}, UNSEEN},
};

static void see(const struct seconds_case *k, size_t in_hand, struct column *column)
{
    struct cell cells[ROWS + 1] = {{.text = "left.12345"}}, *first = cells;
    struct rows rows = {.column_count = 1, .cells = &first, .first = 1, .in_hand = in_hand};

    for (int i = 0; i < ROWS; i++) {
        if (k->texts[i])
            cells[i + 1] = (struct cell){k->texts[i], (uint32_t)strlen(k->texts[i]), 0};
    }
    *column = (struct column){.type = k->type, .precision = 3};
    seconds_see(&rows, column, 1);
}

static void test_seen(void **state)
{
    struct column column;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        see(&cases[i], ROWS, &column);
        assert_int_equal(column.is_precision_seen, cases[i].digits != UNSEEN);
        assert_int_equal(column.precision, cases[i].digits == UNSEEN ? 3 : cases[i].digits);
        see(&cases[i], 0, &column);
        assert_false(column.is_precision_seen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_seen)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
