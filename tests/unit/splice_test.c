/* sql/splice.c: where literals go, and what stands beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sql/splice.h"

#include <cmocka.h>

static void test_places(void **state)
{
    static const struct {
        const char *text;
        const char *literals[3];
        const char *wanted;
    } cases[] = {
        {"SELECT 1", {NULL}, "SELECT 1"},
        {"SELECT ?", {"'a'"}, "SELECT 'a'"},
        {"SELECT ?, ?", {NULL, "2"}, "SELECT ?, 2"},
        {"SELECT ?, ?", {"1", NULL}, "SELECT 1, ?"},
        {"a-?", {"-1"}, "a- -1"},
        {"(?)", {"-1"}, "(-1)"},
        {"x=?;", {"1"}, "x=1 ;"},
        {"SELECT?FROM", {"'a'"}, "SELECT 'a' FROM"},
        {"'?' ? /* ? */ -- ?", {"1"}, "'?' 1 /* ? */ -- ?"},
        {"??", {"'a'", "'b'"}, "'a' 'b'"},
        {"?'?'?", {"'a'", "'b'"}, "'a' '?' 'b'"},
        {"SELECT ?", {"'?'"}, "SELECT '?'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t bytes = strlen(cases[i].text);
        struct fault f = {.state = SQLSTATE_NONE};
        struct sql_markers markers;
        struct buf out;

        assert_int_equal(scan_markers(cases[i].text, bytes, &markers, &f), ST_OK);
        buf_init(&out, 1000);
        splice_markers(&out, cases[i].text, bytes, &markers, cases[i].literals);
        assert_true(buf_ok(&out));
        assert_string_equal(out.bytes, cases[i].wanted);
        buf_clear(&out);
        scan_markers_clear(&markers);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_places)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
