/* base/fault.h, base/utf8.h: first fault wins, cut at characters, the table of states. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/fault.h"
#include "base/utf8.h"

static void the_first_fault_wins(void **state)
{
    struct fault f = {0}, other = {0}, third = {0};

    (void)state;
    assert_false(fault_is_set(&f));
    assert_int_equal(fault_set(&f, SQLSTATE_08S01, 503, "sending %s: %d", "it", 7), ST_ERR);
    assert_int_equal(fault_set(&f, SQLSTATE_HY000, 1, "later"), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_08S01);
    assert_int_equal(f.native, 503);
    assert_string_equal(f.text, "sending it: 7");
    fault_copy(&other, &f);
    assert_string_equal(other.text, f.text);
    assert_int_equal(other.native, 503);
    fault_no_memory(&third);
    assert_int_equal(third.state, SQLSTATE_HY001);
    fault_copy(&other, &third); /* has one already */
    assert_int_equal(other.state, SQLSTATE_08S01);
    fault_clear(&other);
    fault_copy(&third, &other); /* nothing to copy */
    assert_int_equal(third.state, SQLSTATE_HY001);
    assert_false(fault_is_set(&other));
    assert_string_equal(other.text, "");
}

static void nowhere_to_put_it_is_allowed(void **state)
{
    (void)state;
    assert_int_equal(fault_set(NULL, SQLSTATE_HY000, 0, "nobody listens"), ST_ERR);
    assert_int_equal(fault_no_memory(NULL), ST_ERR);
}

static void long_texts_are_cut_between_characters(void **state)
{
    static const char *const characters[] = {"a", "\u00e9", "\u20ac", "\U0001f600"};

    (void)state;
    for (size_t c = 0; c < 4; c++) {
        size_t bytes = strlen(characters[c]);

        for (size_t shift = 0; shift < 4; shift++) {
            char long_text[3000] = "xxx";
            struct fault f = {0};
            size_t count = shift;

            while (count + bytes < sizeof long_text) {
                memcpy(long_text + count, characters[c], bytes);
                count += bytes;
            }
            long_text[count] = '\0';
            fault_set(&f, SQLSTATE_HY000, 0, "%s", long_text);
            assert_in_range(strlen(f.text), sizeof f.text - 4, sizeof f.text - 1);
            assert_int_equal((strlen(f.text) - shift) % bytes, 0);
            assert_memory_equal(f.text, long_text, strlen(f.text));
        }
    }
}

static void whole_characters(void **state)
{
    static const struct {
        const char *bytes;
        size_t whole;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"ab\xc3", 2},
        {"ab\xc3\xa9", 4},
        {"\xe2\x82", 0},
        {"a\xe2", 1},
        {"\xe2\x82\xac", 3},
        {"\xf0\x9f\x98", 0},
        {"x\xf0\x9f\x98\x80", 5},
        {"\x80\x80\x80\x80\x80", 5}, /* no UTF-8: nothing to complete */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(utf8_whole(cases[i].bytes, strlen(cases[i].bytes)), cases[i].whole);
    }
}

static void the_table_of_states(void **state)
{
    (void)state;
    assert_string_equal(sqlstate_code(SQLSTATE_NONE), "00000");
    assert_string_equal(sqlstate_code(SQLSTATE_HYT00), "HYT00");
    assert_string_equal(sqlstate_text(SQLSTATE_HYT00), "Timeout expired");
    assert_string_equal(sqlstate_code(SQLSTATE_COUNT), "HY000");
    for (int i = SQLSTATE_NONE; i < SQLSTATE_COUNT; i++) {
        const char *code = sqlstate_code((enum sqlstate)i);

        assert_int_equal(strlen(code), 5);
        for (int k = 0; k < 5; k++)
            assert_true(isupper(code[k]) || isdigit(code[k]));
        assert_true(strlen(sqlstate_text((enum sqlstate)i)) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_fault_wins),
        cmocka_unit_test(nowhere_to_put_it_is_allowed),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(whole_characters),
        cmocka_unit_test(the_table_of_states),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
