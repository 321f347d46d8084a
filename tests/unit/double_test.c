/*
 * convert/double.c: the table of powers, numbers that are hard to round, and random ones against
 * the C library.
 */
#include <float.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/double.h"
#include "convert/double_powers.h"

#include <cmocka.h>

/* Long integers, lowest word first: enough for 2 to the 2047. */
enum { WORDS = 64 };

struct big {
    uint32_t words[WORDS];
};

static void multiply(struct big *b, uint32_t by)
{
    uint64_t carry = 0;

    for (int i = 0; i < WORDS; i++) {
        carry += (uint64_t)b->words[i] * by;
        b->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    assert_int_equal(carry, 0);
}

static void divide(struct big *b, uint32_t by)
{
    uint64_t rest = 0;

    for (int i = WORDS - 1; i >= 0; i--) {
        rest = rest << 32 | b->words[i];
        b->words[i] = (uint32_t)(rest / by);
        rest %= by;
    }
}

static int bit_count(const struct big *b)
{
    for (int i = WORDS - 1; i >= 0; i--) {
        if (b->words[i]) return 32 * i + 32 - __builtin_clz(b->words[i]);
    }
    return 0;
}

/* The 64 bits that begin at bit index, which may be negative. */
static uint64_t bits_from(const struct big *b, int index)
{
    uint64_t bits = 0;

    for (int i = 63; i >= 0; i--) {
        int at = index + i;

        bits = bits << 1 | (at >= 0 ? b->words[at / 32] >> (at % 32) & 1 : 0);
    }
    return bits;
}

static void test_powers(void **state)
{
    (void)state;
    for (int q = DOUBLE_POWERS_FIRST; q <= DOUBLE_POWERS_LAST; q++) {
        struct big b = {{1}};
        int top;

        for (int i = 0; i < abs(q); i++)
            multiply(&b, 5);
        if (q < 0) {
            int exponent = q >= -27 ? bit_count(&b) + 127 : 2 * bit_count(&b) + 128;

            memset(&b, 0, sizeof b);
            b.words[exponent / 32] = UINT32_C(1) << (exponent % 32);
            for (int i = 0; i < -q; i++)
                divide(&b, 5);
            for (int i = 0; i < WORDS && ++b.words[i] == 0; i++)
                continue; /* rounded up */
        }
        top = bit_count(&b);
        assert_int_equal(double_powers[q - DOUBLE_POWERS_FIRST][0], bits_from(&b, top - 64));
        assert_int_equal(double_powers[q - DOUBLE_POWERS_FIRST][1], bits_from(&b, top - 128));
    }
}

/* clang-format off */
static const struct { const char *text; double value; } hard[] = {
    {"0", 0.0}, {"-0.0", -0.0}, {"1", 1.0}, {"  1.5 ", 1.5}, {"+2.", 2.0}, {".5", 0.5},
    {"1E5", 1e5}, {"1.0E-5", 0x1.4f8b588e368f1p-17}, {"0.1", 0x1.999999999999ap-4},
    {"9007199254740993", 0x1p53},                       /* half way, to even */
    {"9007199254740993.00000000000000000000000000000000000001", 0x1.0000000000001p53},
    {"9007199254740995", 0x1.0000000000002p53},
    {"2.2250738585072011e-308", 0x0.fffffffffffffp-1022}, /* made PHP and Java loop once */
    {"2.2250738585072014E-308", 0x1p-1022},
    {"4.9E-324", 0x0.0000000000001p-1022}, {"5e-324", 0x0.0000000000001p-1022},
    {"2.4703282292062327e-324", 0.0}, {"2.4703282292062328e-324", 0x0.0000000000001p-1022},
    {"1.7976931348623157E308", DBL_MAX}, {"1.7976931348623158e308", DBL_MAX},
    {"1e-400", 0.0}, {"0e999999999999", 0.0},
    {"179769313486231580793e288", DBL_MAX},
    {"3.2378839133029012895883524125015321748630094246e-319", 0x0.000000000ffffp-1022},
    {"100000000000000016777215", 0x1.52d02c7e14af7p76},
    {"100000000000000016777216", 0x1.52d02c7e14af8p76},
    {"0.000000000000000000000000000000000000000000000000000000000000000000001", 0x1.b9b6364f30304p-230},
};
/* clang-format on */

static uint64_t bits_of(double d)
{
    uint64_t bits;

    memcpy(&bits, &d, sizeof bits);
    return bits;
}

static void test_hard(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof hard / sizeof hard[0]; i++) {
        double value = -1;

        if (double_parse(hard[i].text, strlen(hard[i].text), &value) != DOUBLE_OK ||
            bits_of(value) != bits_of(hard[i].value)) {
            print_error("\"%s\" gave %a, not %a\n", hard[i].text, value, hard[i].value);
            fail();
        }
    }
}

static void test_words_and_refusals(void **state)
{
    static const char *const bad[] = {"",    " ",    "-",       "+",         ".",   "e5",   "1e",
                                      "1e+", "1..2", "1,5",     "0x10",      "1 2", "inf",  "nan",
                                      "1f",  "--1",  "Infinit", "Infinity1", "- 1", "1e5.0"};
    double value;
    float single;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(double_parse(bad[i], strlen(bad[i]), &value), DOUBLE_BAD);
        assert_int_equal(double_parse_float(bad[i], strlen(bad[i]), &single), DOUBLE_BAD);
    }
    assert_int_equal(double_parse("NaN", 3, &value), DOUBLE_OK);
    assert_true(isnan(value));
    assert_int_equal(double_parse(" -Infinity ", 11, &value), DOUBLE_OK);
    assert_true(isinf(value) && value < 0);
    assert_int_equal(double_parse_float("Infinity", 8, &single), DOUBLE_OK);
    assert_true(isinf(single) && single > 0);
    assert_int_equal(double_parse("1.8e308", 7, &value), DOUBLE_RANGE);
    assert_int_equal(double_parse("-1e999999999999", 15, &value), DOUBLE_RANGE);
    assert_int_equal(double_parse_float("3.5e38", 6, &single), DOUBLE_RANGE);
    assert_int_equal(double_parse_float("1e-60", 5, &single), DOUBLE_OK);
    assert_true(single == 0);
}

static uint64_t random_state = 88172645463325252u;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void check_like_library(const char *text)
{
    double value = 0, expected = strtod(text, NULL);
    float single = 0, expected_single = strtof(text, NULL);
    size_t bytes = strlen(text);

    assert_int_equal(double_parse(text, bytes, &value), isinf(expected) ? DOUBLE_RANGE : DOUBLE_OK);
    assert_int_equal(double_parse_float(text, bytes, &single),
                     isinf(expected_single) ? DOUBLE_RANGE : DOUBLE_OK);
    if (bits_of(value) != bits_of(expected) || memcmp(&single, &expected_single, sizeof single)) {
        print_error("\"%s\" gave %a and %a\n", text, value, (double)single);
        fail();
    }
}

/* Digits and exponents anyhow; doubles and floats as they are printed; ties between neighbours. */
static void test_random(void **state)
{
    char text[128];

    (void)state;
    for (int round = 0; round < 60000; round++) {
        uint64_t bits = random_bits(), more = random_bits();
        double d;
        float f;
        uint32_t low = (uint32_t)bits;

        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(bits >> (more & 63)),
                 (unsigned long long)more, (int)(random_bits() % 700) - 350);
        check_like_library(text);
        memcpy(&d, &bits, sizeof d);
        memcpy(&f, &low, sizeof f);
        if (isfinite(d)) {
            snprintf(text, sizeof text, "%.*E", (int)(more % 20), d);
            check_like_library(text);
        }
        if (isfinite(f)) {
            snprintf(text, sizeof text, "%.*g", 1 + (int)(more % 30), (double)f);
            check_like_library(text);
            snprintf(text, sizeof text, "%.60e", ((double)f + (double)nextafterf(f, 0)) / 2);
            check_like_library(text);
        }
    }
}

/* More digits than any buffer: all count. */
static void test_long(void **state)
{
    size_t bytes = 5000;
    char *text = malloc(bytes);
    double value;

    (void)state;
    assert_non_null(text);
    memset(text, '0', bytes);
    memcpy(text, "9007199254740993.", 17);
    assert_int_equal(double_parse(text, bytes, &value), DOUBLE_OK);
    assert_true(value == 0x1p53);
    text[bytes - 1] = '1';
    assert_int_equal(double_parse(text, bytes, &value), DOUBLE_OK);
    assert_true(value == 0x1.0000000000001p53);
    free(text);
}

/* A locale with a decimal comma changes nothing, on the slow way either. */
static void test_locale(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "C"};
    double value;
    size_t i = 0;

    (void)state;
    while (!setlocale(LC_ALL, names[i]))
        i++;
    assert_int_equal(double_parse("1.5", 3, &value), DOUBLE_OK);
    assert_true(value == 1.5);
    assert_int_equal(double_parse("9007199254740993.00000000000000000001", 37, &value), DOUBLE_OK);
    assert_true(value == 0x1.0000000000001p53);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_powers),
        cmocka_unit_test(test_hard),
        cmocka_unit_test(test_words_and_refusals),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_long),
        cmocka_unit_test(test_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
