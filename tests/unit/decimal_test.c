/*
 * convert/decimal.c and convert/integer.h: what is a number, and its exact value.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convert/decimal.h"
#include "convert/integer.h"

#include <cmocka.h>

static const char *print_uint(decimal_uint value, char text[48])
{
    char *at = text + 47;

    *at = '\0';
    do {
        *--at = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value);
    return at;
}

struct decimal_case {
    const char *text;
    int scale;
    const char *value; /* NULL: does not fit */
    bool is_negative, is_cut;
};

/* clang-format off */
static const struct decimal_case cases[] = {
    {"0", 0, "0", false, false},
    {"-12.300", 3, "12300", true, false},
    {"-12.300", 1, "123", true, false},
    {"-12.345", 1, "123", true, true},
    {"12.9", 0, "12", false, true},
    {"0.001", 0, "0", false, true},
    {"0.000", 0, "0", false, false},
    {"7", 5, "700000", false, false},
    {"1234", -2, "12", false, true},
    {"1200", -2, "12", false, false},
    {"12", -5, "0", false, true},
    {"1.0E10", 0, "10000000000", false, false},
    {"1.5e-3", 4, "15", false, false},
    {"1e-999999999", 2, "0", false, true},
    {"0e999999999", 2, "0", false, false},
    {"1e999999999", 0, NULL, false, false},
    {"  +5. ", 0, "5", false, false},
    {".5", 1, "5", false, false},
    {"99999999999999999999999999999999999999", 0, "99999999999999999999999999999999999999", 0, 0},
    {"340282366920938463463374607431768211455", 0, "340282366920938463463374607431768211455", 0, 0},
    {"340282366920938463463374607431768211456", 0, NULL, false, false},
    {"0000000000000000000000000000000000000000000000000000000000000000000000042", 0, "42", 0, 0},
    {"42.00000000000000000000000000000000000000000000000000000000000000000001", 0, "42", 0, true},
};
/* clang-format on */

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct decimal_case *k = &cases[i];
        struct decimal d;
        decimal_uint value;
        bool is_cut;
        char text[48];

        assert_true(decimal_parse(k->text, strlen(k->text), &d));
        assert_int_equal(d.is_negative, k->is_negative);
        assert_int_equal(decimal_scaled(&d, k->scale, &value, &is_cut), k->value != NULL);
        if (!k->value) continue;
        assert_string_equal(print_uint(value, text), k->value);
        assert_int_equal(is_cut, k->is_cut);
    }
}

static void test_refusals(void **state)
{
    static const char *const bad[] = {"",      " ",     "-",     ".",   "-.",  "e1",
                                      "1e",    "1e-",   "1.2.3", "1 2", "abc", "0x1F",
                                      "1,000", "\"1\"", "1\n",   "--1"};
    struct decimal d;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(decimal_parse(bad[i], strlen(bad[i]), &d));
    }
}

static void test_integers(void **state)
{
    /* all lengths, each near the ends of its range */
    char text[32];
    int64_t value, power = 1;

    (void)state;
    for (int digits = 1; digits <= 18; digits++) {
        power *= 10;
        for (int64_t off = -3; off <= 3; off++) {
            for (int sign = -1; sign <= 1; sign += 2) {
                int64_t expected = sign * (power + off);

                snprintf(text, sizeof text, "%" PRId64, expected);
                assert_true(integer_parse(text, strlen(text), &value));
                assert_int_equal(value, expected);
            }
        }
    }
    assert_true(integer_parse("9223372036854775807", 19, &value));
    assert_int_equal(value, INT64_MAX);
    assert_true(integer_parse("-9223372036854775808", 20, &value));
    assert_int_equal(value, INT64_MIN);
    assert_true(integer_parse("0000000000000000012", 19, &value));
    assert_int_equal(value, 12);
}

static void test_no_integers(void **state)
{
    static const char *const bad[] = {"",
                                      "-",
                                      "+1",
                                      "1.0",
                                      " 1",
                                      "1 ",
                                      "12345678a",
                                      "1234567/",
                                      "1234567:",
                                      "1234 678",
                                      "--12",
                                      "1234567-",
                                      "\2612345678",
                                      "9223372036854775808",
                                      "-9223372036854775809",
                                      "9999999999999999999",
                                      "00000000000000000001"};
    int64_t value;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(integer_parse(bad[i], strlen(bad[i]), &value));
    }
    /* each byte of a word of eight digits, with every value that is no digit */
    for (unsigned at = 0; at < 8; at++) {
        for (unsigned c = 0; c < 256; c++) {
            char text[9] = "12345678";

            if (c >= '0' && c <= '9') continue;
            if (at == 0 && c == '-') continue;
            text[at] = (char)c;
            assert_false(integer_parse(text, 8, &value));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_no_integers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
