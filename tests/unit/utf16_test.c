/*
 * convert/utf16.c: every character there and back, ill-formed text, and buffers of every size.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convert/utf16.h"

#include <cmocka.h>

/* Written by the definition, not by the code under test. */
static size_t put_utf8(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 + c / 64);
        out[1] = (char)(0x80 + c % 64);
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 + c / 4096);
        out[1] = (char)(0x80 + c / 64 % 64);
        out[2] = (char)(0x80 + c % 64);
        return 3;
    }
    out[0] = (char)(0xF0 + c / 262144);
    out[1] = (char)(0x80 + c / 4096 % 64);
    out[2] = (char)(0x80 + c / 64 % 64);
    out[3] = (char)(0x80 + c % 64);
    return 4;
}

static void test_every_character(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        char utf8[4], back[4];
        uint16_t units[2];
        size_t bytes = put_utf8(c, utf8), chars, taken;

        if (c >= 0xD800 && c <= 0xDFFF) continue;
        chars = utf16_from_utf8(utf8, bytes, units, 2, &taken);
        assert_int_equal(taken, bytes);
        assert_int_equal(chars, c > 0xFFFF ? 2 : 1);
        assert_int_equal(chars, utf16_from_utf8_chars(utf8, bytes));
        if (chars == 1) {
            assert_int_equal(units[0], c);
        } else {
            assert_int_equal(0x10000 + (units[0] - 0xD800u) * 0x400 + (units[1] - 0xDC00u), c);
        }
        assert_int_equal(utf16_to_utf8_bytes(units, chars), bytes);
        assert_int_equal(utf16_to_utf8(units, chars, back, 4, &taken), bytes);
        assert_int_equal(taken, chars);
        assert_memory_equal(back, utf8, bytes);
    }
}

struct bad_case {
    const char *text;
    uint16_t units[8];
};

#define R 0xFFFD
/* clang-format off */
static const struct bad_case bad[] = {
    {"a\x80z", {'a', R, 'z'}},                       /* a trail byte alone */
    {"\xC3", {R}},                                   /* the end inside a character */
    {"\xE2\x82", {R}},
    {"\xF0\x9F\x98", {R}},
    {"\xC3z", {R, 'z'}},
    {"\xE2\x82z", {R, 'z'}},
    {"\xC0\x80", {R, R}},                            /* longer than needed */
    {"\xE0\x80\x80", {R, R, R}},
    {"\xED\xA0\x80", {R, R, R}},                     /* a surrogate */
    {"\xF4\x90\x80\x80", {R, R, R, R}},              /* above U+10FFFF */
    {"\xF5\xFF", {R, R}},
    {"\xF0\x80\x80\x41", {R, R, R, 'A'}},
    {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", {R, R, R, R, 'A'}}, /* the standard's table 3-8 */
};
/* clang-format on */

static void test_ill_formed_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        size_t bytes = strlen(bad[i].text), expected = 0, taken;
        uint16_t units[16];

        while (expected < 8 && bad[i].units[expected])
            expected++;
        assert_int_equal(utf16_from_utf8(bad[i].text, bytes, units, 16, &taken), expected);
        assert_int_equal(utf16_from_utf8_chars(bad[i].text, bytes), expected);
        assert_int_equal(taken, bytes);
        assert_memory_equal(units, bad[i].units, expected * sizeof units[0]);
    }
}

static void test_lone_surrogates(void **state)
{
    static const uint16_t units[] = {0xD800, 'a', 0xDC00, 0xD83D};
    char out[16];

    (void)state;
    assert_int_equal(utf16_to_utf8(units, 4, out, sizeof out, NULL), 10);
    assert_memory_equal(out,
                        "\xEF\xBF\xBD"
                        "a\xEF\xBF\xBD\xEF\xBF\xBD",
                        10);
    assert_int_equal(utf16_to_utf8_bytes(units, 4), 10);
}

/* Whatever the room, what is written is whole characters, and the rest can be had afterwards. */
static void test_pieces(void **state)
{
    static const char text[] = "plain ASCII text, then \xC3\xA9\xE2\x82\xAC and \xF0\x9F\x98\x80"
                               "\xF0\x9F\x98\x81 and sixteen more ones";
    uint16_t whole[80];
    size_t chars = utf16_from_utf8(text, sizeof text - 1, whole, 80, NULL);

    (void)state;
    for (size_t room = 2; room <= chars + 1; room++) {
        size_t at = 0, done = 0;

        while (at < sizeof text - 1) {
            uint16_t *piece = malloc(room * sizeof *piece); /* so that a sanitizer sees its end */
            size_t taken, written;

            written = utf16_from_utf8(text + at, sizeof text - 1 - at, piece, room, &taken);
            assert_true(taken > 0);
            assert_memory_equal(piece, whole + done, written * sizeof *piece);
            at += taken;
            done += written;
            free(piece);
        }
        assert_int_equal(done, chars);
    }
    assert_int_equal(utf16_from_utf8("\xF0\x9F\x98\x80", 4, whole, 1, &chars), 0);
    assert_int_equal(chars, 0);
}

static void test_unaligned(void **state)
{
    char buffer[64];

    (void)state;
    assert_int_equal(
        utf16_from_utf8("ASCII and \xC3\xA9", 12, (utf16_loose *)(void *)(buffer + 1), 20, NULL),
        11);
    assert_memory_equal(buffer + 1, "A\0S\0C\0", 6);
}

static void test_length(void **state)
{
    static const uint16_t text[] = {'a', 0xD83D, 0xDE00, 0, 'b'};

    (void)state;
    assert_int_equal(utf16_length(text), 3);
    assert_int_equal(utf16_length(text + 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_character), cmocka_unit_test(test_ill_formed_utf8),
        cmocka_unit_test(test_lone_surrogates), cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_unaligned),       cmocka_unit_test(test_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
