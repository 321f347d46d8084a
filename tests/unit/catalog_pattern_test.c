/* catalog/pattern.c: matching, names, regular expressions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "catalog/pattern.h"

static const struct {
    const char *pattern, *name;
    bool matches;
} matches[] = {
    {"taxi", "taxi", true},
    {"TAXI", "taxi", true},
    {"taxi", "taxis", false},
    {"taxis", "taxi", false},
    {"", "", true},
    {"", "a", false},
    {"%", "", true},
    {"%", "anything", true},
    {"%%", "x", true},
    {"t%", "taxi", true},
    {"%i", "taxi", true},
    {"%x%", "taxi", true},
    {"%y%", "taxi", false},
    {"t%i%s", "taxi trips", true},
    {"%ab%ab", "abab", true},
    {"%ab%ab", "ab", false},
    {"%aab", "aaaab", true},
    {"a%b%c", "a-b-b-c", true},
    {"a%b%c", "a-c-b", false},
    {"_", "a", true},
    {"_", "", false},
    {"_", "ab", false},
    {"t_xi", "taxi", true},
    {"_\xc3\xa4_", "a\xc3\xa4z", true}, /* one character, two bytes */
    {"a_z", "a\xc3\xa4z", true},
    {"a_z", "a\xf0\x9f\x9a\x95z", true},
    {"a__z", "a\xc3\xa4z", false},
    {"%_", "\xc3\xa4", true},
    {"my\\_table", "my_table", true},
    {"my\\_table", "my-table", false},
    {"my_table", "my-table", true},
    {"100\\%", "100%", true},
    {"100\\%", "1000", false},
    {"a\\\\b", "a\\b", true},
    {"a\\", "a\\", true}, /* an escape of nothing */
    {"%\\_x", "a_x", true},
    {"%\\_x", "abx", false},
};

static void table_of_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        if (pattern_matches(matches[i].pattern, matches[i].name) != matches[i].matches) {
            fail_msg("\"%s\" and \"%s\"", matches[i].pattern, matches[i].name);
        }
    }
}

/* The classic way to keep a matcher busy for ever. */
static void many_percents_are_quick(void **state)
{
    char name[4096], pattern[512] = "";

    (void)state;
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 100; i++)
        strcat(pattern, "%a%a");
    strcat(pattern, "%b");
    assert_false(pattern_matches(pattern, name));
}

static void names(void **state)
{
    struct buf b;

    (void)state;
    assert_true(pattern_is_any(NULL));
    assert_true(pattern_is_any(""));
    assert_true(pattern_is_any("%"));
    assert_false(pattern_is_any("_"));
    assert_false(pattern_is_open("my\\_table"));
    assert_true(pattern_is_open("my_table"));
    assert_true(pattern_is_open("t%"));
    assert_false(pattern_is_open(""));
    buf_init(&b, 100);
    pattern_plain(&b, "my\\_ta\\\\ble\\%");
    assert_string_equal(b.bytes, "my_ta\\ble%");
    buf_reset(&b);
    pattern_plain(&b, "a_b%c"); /* not one name, but kept as it is */
    assert_string_equal(b.bytes, "a_b%c");
    buf_clear(&b);
}

static const struct {
    const char *pattern, *expression;
} expressions[] = {
    {"taxi%", "taxi.*"},
    {"TAXI%", "taxi.*"},
    {"t_xi", "t.xi"},
    {"my\\_table", "my_table"},
    {"a.b%", "a.*"}, /* a dot is any character there */
    {"%$", ""},      /* nothing it could sort out */
    {"%", ""},
    {"", ""},
    {"_%_", ""},
    {"\xc3\xa4%", ""},
    {"x\xc3\xa4y", "x.*"},
};

static void table_of_expressions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expressions / sizeof *expressions; i++) {
        struct buf b;

        buf_init(&b, 1000);
        pattern_expression(&b, expressions[i].pattern);
        assert_string_equal(b.bytes, expressions[i].expression);
        buf_clear(&b);
    }
}

static void long_expressions_are_cut(void **state)
{
    char pattern[600];
    struct buf b;

    (void)state;
    memset(pattern, 'x', sizeof pattern - 1);
    pattern[sizeof pattern - 1] = '\0';
    buf_init(&b, 1000);
    pattern_expression(&b, pattern);
    assert_in_range(b.count, 200, PATTERN_EXPRESSION_CHARS);
    assert_string_equal(b.bytes + b.count - 3, "x.*");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_of_matches),
        cmocka_unit_test(many_percents_are_quick),
        cmocka_unit_test(names),
        cmocka_unit_test(table_of_expressions),
        cmocka_unit_test(long_expressions_are_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
