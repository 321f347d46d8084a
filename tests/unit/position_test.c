/*
 * exec/position.c: the cursor positioning rules of SQLFetchScroll, row by row of the reference's
 * tables, at their borders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "exec/position.h"

#define BEFORE        PLACE_BEFORE, 0, 0
#define AFTER         PLACE_AFTER, 0, 0
#define ON(row, size) PLACE_ON, row, size
#define ALL           POSITION_NEEDS_ALL
#define MOST          INT64_MAX

static const struct move_case {
    struct position from;
    struct move move; /* orientation, offset, size, bookmark */
    uint64_t last;    /* LastResultRow */
    enum place place;
    uint64_t first;
    bool is_overlap;
    uint64_t needs;
} cases[] = {
    /* clang-format off */
    {{BEFORE},     {SQL_FETCH_NEXT, 0, 5, 0},      20, PLACE_ON, 1, false, 5},
    {{ON(1, 5)},   {SQL_FETCH_NEXT, 0, 5, 0},      20, PLACE_ON, 6, false, 10},
    {{ON(1, 5)},   {SQL_FETCH_NEXT, 0, 2, 0},      20, PLACE_ON, 6, false, 7},
    {{ON(1, 2)},   {SQL_FETCH_NEXT, 0, 5, 0},      20, PLACE_ON, 3, false, 7},
    {{ON(15, 5)},  {SQL_FETCH_NEXT, 0, 5, 0},      20, PLACE_ON, 20, false, 24},
    {{ON(16, 5)},  {SQL_FETCH_NEXT, 0, 5, 0},      20, PLACE_AFTER, 0, false, 25},
    {{AFTER},      {SQL_FETCH_NEXT, 0, 5, 0},      20, PLACE_AFTER, 0, false, 0},
    {{BEFORE},     {SQL_FETCH_NEXT, 0, 5, 0},       0, PLACE_AFTER, 0, false, 5},

    {{BEFORE},     {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_BEFORE, 0, false, 0},
    {{ON(1, 5)},   {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_BEFORE, 0, false, 0},
    {{ON(2, 5)},   {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_ON, 1, true, 5},
    {{ON(5, 5)},   {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_ON, 1, true, 5},
    {{ON(6, 5)},   {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_ON, 1, false, 5},
    {{ON(9, 5)},   {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_ON, 4, false, 8},
    {{ON(9, 5)},   {SQL_FETCH_PRIOR, 0, 2, 0},     20, PLACE_ON, 7, false, 8},
    {{AFTER},      {SQL_FETCH_PRIOR, 0, 5, 0},     20, PLACE_ON, 16, false, ALL},
    {{AFTER},      {SQL_FETCH_PRIOR, 0, 20, 0},    20, PLACE_ON, 1, false, ALL},
    {{AFTER},      {SQL_FETCH_PRIOR, 0, 21, 0},    20, PLACE_ON, 1, true, ALL},
    {{AFTER},      {SQL_FETCH_PRIOR, 0, 5, 0},      0, PLACE_AFTER, 0, false, ALL},

    {{ON(9, 5)},   {SQL_FETCH_FIRST, 7, 5, 0},     20, PLACE_ON, 1, false, 5},
    {{AFTER},      {SQL_FETCH_FIRST, 0, 5, 0},      2, PLACE_ON, 1, false, 5},
    {{BEFORE},     {SQL_FETCH_FIRST, 0, 5, 0},      0, PLACE_AFTER, 0, false, 5},

    {{BEFORE},     {SQL_FETCH_LAST, 7, 5, 0},      20, PLACE_ON, 16, false, ALL},
    {{BEFORE},     {SQL_FETCH_LAST, 0, 20, 0},     20, PLACE_ON, 1, false, ALL},
    {{BEFORE},     {SQL_FETCH_LAST, 0, 21, 0},     20, PLACE_ON, 1, false, ALL},
    {{BEFORE},     {SQL_FETCH_LAST, 0, 5, 0},       0, PLACE_AFTER, 0, false, ALL},

    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, 0, 5, 0},  20, PLACE_BEFORE, 0, false, 0},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, 1, 5, 0},  20, PLACE_ON, 1, false, 5},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, 20, 5, 0}, 20, PLACE_ON, 20, false, 24},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, 21, 5, 0}, 20, PLACE_AFTER, 0, false, 25},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, -1, 5, 0}, 20, PLACE_ON, 20, false, ALL},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, -20, 5, 0},20, PLACE_ON, 1, false, ALL},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, -21, 5, 0},20, PLACE_BEFORE, 0, false, ALL},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, -4, 5, 0},  3, PLACE_ON, 1, true, ALL},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, -5, 5, 0},  3, PLACE_ON, 1, true, ALL},
    {{ON(9, 5)},   {SQL_FETCH_ABSOLUTE, -6, 5, 0},  3, PLACE_BEFORE, 0, false, ALL},

    {{BEFORE},     {SQL_FETCH_RELATIVE, 3, 5, 0},  20, PLACE_ON, 3, false, 7},
    {{BEFORE},     {SQL_FETCH_RELATIVE, 0, 5, 0},  20, PLACE_BEFORE, 0, false, 0},
    {{BEFORE},     {SQL_FETCH_RELATIVE, -1, 5, 0}, 20, PLACE_BEFORE, 0, false, 0},
    {{AFTER},      {SQL_FETCH_RELATIVE, -3, 5, 0}, 20, PLACE_ON, 18, false, ALL},
    {{AFTER},      {SQL_FETCH_RELATIVE, -4, 5, 0},  3, PLACE_ON, 1, true, ALL},
    {{AFTER},      {SQL_FETCH_RELATIVE, 0, 5, 0},  20, PLACE_AFTER, 0, false, ALL},
    {{AFTER},      {SQL_FETCH_RELATIVE, 2, 5, 0},  20, PLACE_AFTER, 0, false, ALL},
    {{ON(1, 5)},   {SQL_FETCH_RELATIVE, -1, 5, 0}, 20, PLACE_BEFORE, 0, false, 0},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, -2, 5, 0}, 20, PLACE_ON, 1, false, 5},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, -3, 5, 0}, 20, PLACE_ON, 1, true, 5},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, -5, 5, 0}, 20, PLACE_ON, 1, true, 5},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, -6, 5, 0}, 20, PLACE_BEFORE, 0, false, 0},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, 0, 5, 0},  20, PLACE_ON, 3, false, 7},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, 17, 5, 0}, 20, PLACE_ON, 20, false, 24},
    {{ON(3, 5)},   {SQL_FETCH_RELATIVE, 18, 5, 0}, 20, PLACE_AFTER, 0, false, 25},

    {{BEFORE},     {SQL_FETCH_BOOKMARK, 0, 5, 7},  20, PLACE_ON, 7, false, 11},
    {{AFTER},      {SQL_FETCH_BOOKMARK, -6, 5, 7}, 20, PLACE_ON, 1, false, 5},
    {{AFTER},      {SQL_FETCH_BOOKMARK, -7, 5, 7}, 20, PLACE_BEFORE, 0, false, 0},
    {{ON(3, 5)},   {SQL_FETCH_BOOKMARK, 13, 5, 7}, 20, PLACE_ON, 20, false, 24},
    {{ON(3, 5)},   {SQL_FETCH_BOOKMARK, 14, 5, 7}, 20, PLACE_AFTER, 0, false, 25},
    /* clang-format on */
};

static void table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct move_case *c = &cases[i];
        bool is_overlap;
        const struct position to = position_move(&c->from, &c->move, c->last, &is_overlap);

        if (to.place != c->place || (to.place == PLACE_ON && to.first != c->first)) {
            fail_msg("case %zu: place %d, row %llu", i, to.place, (unsigned long long)to.first);
        }
        if (is_overlap != c->is_overlap) fail_msg("case %zu: overlap %d", i, is_overlap);
        if (to.place == PLACE_ON) assert_int_equal(to.size, c->move.size);
        if (position_needs(&c->from, &c->move) != c->needs) {
            fail_msg("case %zu: needs %llu", i,
                     (unsigned long long)position_needs(&c->from, &c->move));
        }
    }
}

/* What no application means, and any may ask. */
static void far_away(void **state)
{
    static const SQLSMALLINT orientations[] = {
        SQL_FETCH_NEXT,     SQL_FETCH_PRIOR,    SQL_FETCH_FIRST,   SQL_FETCH_LAST,
        SQL_FETCH_ABSOLUTE, SQL_FETCH_RELATIVE, SQL_FETCH_BOOKMARK};
    static const struct position from[] = {{BEFORE}, {ON(3, MOST)}, {ON(MOST, 1)}, {AFTER}};
    static const SQLLEN offsets[] = {INT64_MIN, -MOST, MOST};

    (void)state;
    for (size_t o = 0; o < sizeof orientations / sizeof orientations[0]; o++) {
        for (size_t f = 0; f < sizeof from / sizeof from[0]; f++) {
            for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
                const struct move m = {orientations[o], offsets[i], UINT64_MAX, UINT64_MAX};
                bool is_overlap;
                const struct position to = position_move(&from[f], &m, 20, &is_overlap);

                if (to.place == PLACE_ON) assert_in_range(to.first, 1, 20);
                position_needs(&from[f], &m);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(far_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
