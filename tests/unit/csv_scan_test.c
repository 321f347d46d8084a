/*
 * results/csv_scan.c: what the reference says of small texts, and that every vectorised scanner
 * says the same of random ones, however they are cut.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "results/csv_scan.h"

#include <cmocka.h>

enum { LONGEST_TEXT = 700, ROOM = LONGEST_TEXT + CSV_SCAN_SLACK };

static uint32_t random_state = 7;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % limit;
}

/* marks[i] is '|' below a separator, '!' below one with CSV_SCAN_ODD, else a space */
static void check_marks(csv_scan_fn *scan, const char *text, const char *marks)
{
    struct csv_scan s = CSV_SCAN_INITIAL;
    uint32_t positions[ROOM];
    size_t count = strlen(text), found = scan(&s, text, count, positions), next = 0;

    assert_int_equal(strlen(marks), count);
    for (size_t i = 0; i < count; i++) {
        if (marks[i] == ' ') continue;
        assert_true(next < found);
        assert_int_equal(positions[next] & CSV_SCAN_POSITION, i);
        assert_int_equal(positions[next] & CSV_SCAN_ODD, marks[i] == '!' ? CSV_SCAN_ODD : 0);
        next++;
    }
    assert_int_equal(next, found);
}

/* clang-format off */
static const char *const drawings[][2] = {
    {"\"a\",\"b\"\n",
     "   |"    "   |"},
    {"\"a,b\",,\"\"\n",
     "     "    "||"  "  |"},
    {"\"a\"\"b\",\"c\"\n",
     "      "    "!"   "   |"},
    {"\"\"\"\",\"x\"\n",
     "    "    "!"    "   |"},
    {"\"1\"x,2\n",
     "    "  "!"  " |"},
    {"x\"1\",\"2\"\n",
     "    "  "!"   "   |"},
    {"\"a\"\r\n\"b\"\n",
     "    "  "!"   "   |"},
    {"\"a\n,\"",
     "     "},
};
/* clang-format on */

static csv_scan_fn *const scanners[] = {
    csv_scan_portable,
#if defined(__x86_64__)
    csv_scan_sse2,
    csv_scan_avx2,
#elif defined(__aarch64__)
    csv_scan_neon,
#endif
};

static bool can_run(csv_scan_fn *scan)
{
#if defined(__x86_64__)
    return scan != csv_scan_avx2 || csv_scan_has_avx2();
#else
    return scan != NULL;
#endif
}

static void test_drawings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scanners / sizeof scanners[0]; i++) {
        if (!can_run(scanners[i])) continue;
        for (size_t d = 0; d < sizeof drawings / sizeof drawings[0]; d++) {
            check_marks(scanners[i], drawings[d][0], drawings[d][1]);
        }
    }
}

static size_t make_text(char *text)
{
    static const char alphabet[] = "\"\"\",\n\rab";
    uint32_t letters = 2 + random_below(sizeof alphabet - 2);
    size_t count = random_below(LONGEST_TEXT);

    for (size_t i = 0; i < count; i++) {
        text[i] = random_below(3) ? 'x' : alphabet[random_below(letters)];
    }
    return count;
}

/* Scans by pieces; each piece is memory of its own, so that reading outside is seen. */
static size_t scan_in_pieces(csv_scan_fn *scan, const char *text, size_t count, struct csv_scan *s,
                             uint32_t *positions)
{
    size_t found = 0;

    for (size_t at = 0, bytes; at < count; at += bytes) {
        uint32_t *piece_positions;
        char *piece;
        size_t piece_found;

        bytes = 1 + random_below(200);
        if (bytes > count - at) bytes = count - at;
        piece = malloc(bytes);
        piece_positions = malloc((bytes + CSV_SCAN_SLACK) * sizeof *piece_positions);
        memcpy(piece, text + at, bytes);
        piece_found = scan(s, piece, bytes, piece_positions);
        for (size_t i = 0; i < piece_found; i++) {
            positions[found++] = piece_positions[i] + (uint32_t)at;
        }
        free(piece);
        free(piece_positions);
    }
    return found;
}

static void check_same(csv_scan_fn *scan, const char *text, size_t count)
{
    struct csv_scan reference = CSV_SCAN_INITIAL, s = CSV_SCAN_INITIAL;
    uint32_t expected[ROOM], positions[ROOM];
    size_t found = csv_scan_portable(&reference, text, count, expected);

    assert_int_equal(scan_in_pieces(scan, text, count, &s, positions), found);
    assert_memory_equal(positions, expected, found * sizeof *expected);
    assert_int_equal(s.is_quoted, reference.is_quoted);
    assert_int_equal(s.is_after_separator, reference.is_after_separator);
    assert_int_equal(s.is_after_quote, reference.is_after_quote);
    assert_int_equal(s.is_odd, reference.is_odd);
}

static void test_all_agree(void **state)
{
    char text[LONGEST_TEXT];

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        size_t count = make_text(text);

        for (size_t i = 0; i < sizeof scanners / sizeof scanners[0]; i++) {
            if (can_run(scanners[i])) check_same(scanners[i], text, count);
        }
    }
}

static void test_best_can_run(void **state)
{
    (void)state;
    assert_true(can_run(csv_scan_best()));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drawings),
        cmocka_unit_test(test_all_agree),
        cmocka_unit_test(test_best_can_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
