/* handle/text.c: arguments in, texts out, lengths in bytes and in characters. */
#include "handle/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* "aé" and U+1F600, which is a surrogate pair: 1 + 2 + 4 bytes, 1 + 1 + 2 SQLWCHARs. */
#define SAMPLE "a\xc3\xa9\xf0\x9f\x98\x80"
static const SQLWCHAR sample_wide[] = {'a', 0xe9, 0xd83d, 0xde00, 0};
enum { SAMPLE_BYTES = 7, SAMPLE_CHARS = 4 };

static char *take(struct text in)
{
    struct diag d;
    char *out;

    diag_init(&d);
    assert_int_equal(text_take(&d, in, &out), SQL_SUCCESS);
    assert_int_equal(d.count, 0);
    return out;
}

static void test_take(void **state)
{
    static const struct {
        const void *units;
        SQLINTEGER length;
        bool is_wide;
        const char *expected;
    } cases[] = {
        {"abc", SQL_NTS, false, "abc"},
        {"abc", 2, false, "ab"},
        {"abc", 0, false, ""},
        {SAMPLE, SQL_NTS, false, SAMPLE},
        {sample_wide, SQL_NTS, true, SAMPLE},
        {sample_wide, 2, true, "a\xc3\xa9"},
        {sample_wide, 3, true, "a\xc3\xa9\xef\xbf\xbd"}, /* half a pair: U+FFFD */
        {sample_wide, 0, true, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *out = take((struct text){cases[i].units, cases[i].length, cases[i].is_wide});

        assert_string_equal(out, cases[i].expected);
        free(out);
    }
}

static void test_take_refuses(void **state)
{
    struct diag d;
    char *out;

    (void)state;
    diag_init(&d);
    assert_null(take(text_ansi(NULL, SQL_NTS)));
    assert_null(take(text_wide(NULL, 5)));
    assert_int_equal(text_take(&d, text_ansi((const SQLCHAR *)"x", -1), &out), SQL_ERROR);
    assert_null(out);
    assert_int_equal(d.records[0].state, SQLSTATE_HY090);
    diag_clear(&d);
    assert_int_equal(text_take(&d, text_wide_bytes(u"ab", 3), &out), SQL_ERROR);
    assert_null(out);
    assert_int_equal(d.records[0].state, SQLSTATE_HY090); /* half a character */
    diag_clear(&d);
    assert_int_equal(text_need(&d, text_wide(NULL, 0), &out), SQL_ERROR);
    assert_int_equal(d.records[0].state, SQLSTATE_HY009);
    diag_clear(&d);
}

static void test_wide_attribute_lengths_are_bytes(void **state)
{
    char *out = take(text_wide_bytes(sample_wide, 2 * sizeof(SQLWCHAR)));

    (void)state;
    assert_string_equal(out, "a\xc3\xa9");
    free(out);
    out = take(text_wide_bytes(sample_wide, SQL_NTS));
    assert_string_equal(out, SAMPLE);
    free(out);
}

/* What is given into a room of so many units, and the length said. */
static void test_give_ansi(void **state)
{
    static const struct {
        SQLLEN room;
        const char *expected;
        SQLRETURN rc;
    } cases[] = {
        {SAMPLE_BYTES + 1, SAMPLE, SQL_SUCCESS},
        {SAMPLE_BYTES, "a\xc3\xa9", SQL_SUCCESS_WITH_INFO}, /* no room for the terminator */
        {4, "a\xc3\xa9", SQL_SUCCESS_WITH_INFO},
        {3, "a", SQL_SUCCESS_WITH_INFO}, /* a character is never cut */
        {1, "", SQL_SUCCESS_WITH_INFO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char buffer[16];
        SQLSMALLINT length = -1;
        struct text_room room = text_room_ansi(buffer, cases[i].room);
        struct diag d;

        diag_init(&d);
        memset(buffer, '#', sizeof buffer);
        room.small_length = &length;
        assert_int_equal(text_give(&d, &room, SAMPLE), cases[i].rc);
        assert_string_equal(buffer, cases[i].expected);
        assert_int_equal(buffer[cases[i].room], '#');
        assert_int_equal(length, SAMPLE_BYTES);
        assert_int_equal(d.count, cases[i].rc == SQL_SUCCESS ? 0 : 1);
        if (d.count) assert_int_equal(d.records[0].state, SQLSTATE_01004);
        diag_clear(&d);
    }
}

static void test_give_wide(void **state)
{
    static const struct {
        SQLLEN room;
        bool counts_bytes;
        SQLSMALLINT chars_given;
        SQLINTEGER length;
        SQLRETURN rc;
    } cases[] = {
        {5, false, 4, 4, SQL_SUCCESS},
        {4, false, 2, 4, SQL_SUCCESS_WITH_INFO}, /* a pair is never cut */
        {3, false, 2, 4, SQL_SUCCESS_WITH_INFO},
        {1, false, 0, 4, SQL_SUCCESS_WITH_INFO},
        {10, true, 4, 8, SQL_SUCCESS},
        {9, true, 2, 8, SQL_SUCCESS_WITH_INFO}, /* an odd byte is no room */
        {6, true, 2, 8, SQL_SUCCESS_WITH_INFO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SQLWCHAR buffer[16];
        SQLINTEGER length = -1;
        struct text_room room = cases[i].counts_bytes ? text_room_bytes(buffer, cases[i].room)
                                                      : text_room_chars(buffer, cases[i].room);

        memset(buffer, 0x23, sizeof buffer);
        room.long_length = &length;
        assert_int_equal(text_give(NULL, &room, SAMPLE), cases[i].rc);
        assert_memory_equal(buffer, sample_wide, (size_t)cases[i].chars_given * sizeof(SQLWCHAR));
        assert_int_equal(buffer[cases[i].chars_given], 0);
        assert_int_equal(buffer[cases[i].chars_given + 1], 0x2323);
        assert_int_equal(length, cases[i].length);
    }
}

static void test_give_length_alone(void **state)
{
    SQLSMALLINT length = 0;
    struct text_room room = text_room_chars(NULL, 0);

    (void)state;
    room.small_length = &length;
    assert_int_equal(text_give(NULL, &room, SAMPLE), SQL_SUCCESS);
    assert_int_equal(length, SAMPLE_CHARS);
}

static void test_give_into_no_room(void **state)
{
    char untouched[] = "##";
    struct text_room none = text_room_ansi(untouched, 0), negative = text_room_ansi(untouched, -1);
    struct diag d;

    (void)state;
    diag_init(&d);
    assert_int_equal(text_give(&d, &none, "x"), SQL_SUCCESS_WITH_INFO);
    assert_int_equal(text_give(&d, &negative, "x"), SQL_ERROR);
    assert_int_equal(d.records[0].state, SQLSTATE_HY090); /* errors come before warnings */
    assert_string_equal(untouched, "##");
    diag_clear(&d);
}

static void test_give_value_unaligned(void **state)
{
    char bytes[9] = {0};
    SQLINTEGER length = 0;
    struct text_room room = text_room_ansi(bytes + 1, SQL_IS_UINTEGER);
    const SQLULEN value = 0x0102030405060708, *out = &value;
    SQLULEN back;

    (void)state;
    room.long_length = &length;
    assert_int_equal(text_give_value(&room, out, sizeof value), SQL_SUCCESS);
    memcpy(&back, bytes + 1, sizeof back);
    assert_int_equal(back, value);
    assert_int_equal(length, sizeof value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take),
        cmocka_unit_test(test_take_refuses),
        cmocka_unit_test(test_wide_attribute_lengths_are_bytes),
        cmocka_unit_test(test_give_ansi),
        cmocka_unit_test(test_give_wide),
        cmocka_unit_test(test_give_length_alone),
        cmocka_unit_test(test_give_into_no_room),
        cmocka_unit_test(test_give_value_unaligned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
