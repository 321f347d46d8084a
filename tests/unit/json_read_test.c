/* aws/json_read.h and json_write.h: values of every kind, escapes, numbers, and what is no JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/json_read.h"
#include "aws/json_write.h"

static struct json open_text(const char *text)
{
    struct json j;

    json_open(&j, text, strlen(text));
    return j;
}

static void strings(void **state)
{
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"\"\"", ""},
        {" \"a\" ", "a"},
        {"\"a\\\"b\\\\\"", "a\"b\\"},
        {"\"\\/\\b\\f\\n\\r\\t\"", "/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20ac\"", "A\xc3\xa9\xe2\x82\xac"},
        {"\"\\ud83d\\ude00!\"", "\xf0\x9f\x98\x80!"},
        {"\"\\ud83d\"", "\xef\xbf\xbd"},
        {"\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                               "A"},
        {"\"\\ude00x\"", "\xef\xbf\xbdx"},
        {"\"\\u00zz\"", "u00zz"},
        {"\"\xc3\xa9\"", "\xc3\xa9"},
        {"null", NULL},
        {"12", NULL},
        {"{\"a\":[1,\"]}\"]}", NULL},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json j = open_text(cases[i].json);
        const char *text = json_text(&j, &a);

        assert_true(json_ok(&j));
        if (cases[i].text)
            assert_string_equal(text, cases[i].text);
        else
            assert_null(text);
    }
    arena_clear(&a);
}

static void numbers(void **state)
{
    static const struct {
        const char *json;
        int64_t integer;
        double real;
    } cases[] = {
        {"0", 0, 0},
        {"-12", -12, -12},
        {"9223372036854775807", -7, 9223372036854775807.0},
        {"922337203685477579", 922337203685477579, 922337203685477579.0},
        {"1565649050.175", 1565649050, 1565649050.175},
        {"1.565649050175E9", -7, 1565649050.175},
        {"25e-2", -7, 0.25},
        {"\"42\"", 42, 42},
        {"0.000000000000000000000000000001", 0, 1e-30},
        {"123456789012345678901234567890", -7, 123456789012345678901234567890.0},
        {"null", -7, -7},
        {"true", -7, -7},
        {"{}", -7, -7},
        {"\"x\"", -7, -7},
        {"-", -7, -7},
        {"\"\"", -7, -7},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json j = open_text(cases[i].json);
        double real;

        assert_int_equal(json_integer(&j, -7), cases[i].integer);
        assert_true(json_ok(&j));
        j = open_text(cases[i].json);
        real = json_double(&j, -7);
        assert_true(json_ok(&j));
        if (real - cases[i].real > 1e-6 * (cases[i].real < 1 ? 1 : cases[i].real) ||
            cases[i].real - real > 1e-6 * (cases[i].real < 1 ? 1 : cases[i].real)) {
            fail_msg("%s", cases[i].json);
        }
    }
}

static void bools(void **state)
{
    static const struct {
        const char *json;
        bool missing, value;
    } cases[] = {{"true", false, true},
                 {"false", true, false},
                 {"null", true, true},
                 {"\"true\"", false, false},
                 {"[true]", false, false}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct json j = open_text(cases[i].json);

        assert_int_equal(json_bool(&j, cases[i].missing), cases[i].value);
        assert_true(json_ok(&j));
    }
}

/* Adds up the members called "n" of all objects in arrays in arrays. */
static int64_t sum(struct json *j)
{
    struct json_raw key;
    int64_t total = 0;

    if (!json_enter_array(j)) return 0;
    while (json_next_item(j)) {
        if (!json_enter_object(j)) continue;
        while (json_next_key(j, &key)) {
            if (json_is(key, "n"))
                total += json_integer(j, 0);
            else if (json_is(key, "more"))
                total += sum(j);
            else
                json_skip(j);
        }
    }
    return total;
}

static void structures(void **state)
{
    struct json j = open_text("[{\"n\":1,\"x\":{\"n\":100,\"y\":[[\"}\\\"\"]]}}, 7 , null, {},"
                              "{\"more\":[{\"n\":20}],\"n\" : 300 , \"nn\":1}, [\"n\", 5]]\r\n");

    (void)state;
    assert_int_equal(sum(&j), 321);
    assert_true(json_ok(&j));
}

static void what_is_no_json_fails(void **state)
{
    static const char *const texts[] = {
        "",
        "[",
        "[{",
        "[{\"n\"",
        "[{\"n\":",
        "[{\"n\":1",
        "[{\"n\":1}",
        "[{\"n\":1}}",
        "[{\"n\" 1}]",
        "[{n:1}]",
        "[{\"n\":1,}]",
        "[1,]",
        "[1 2]",
        "[{\"n\":\"a]",
        "[{\"a\":1 \"b\":2}]",
        "[]x",
        "[{\"x\":{\"a\":\"}]",
        "[,1]",
        "[truth]",
        "x",
        "[{,}]",
        "[\"\\\"]",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        /* a block of its own length, so that reading behind it is seen */
        size_t count = strlen(texts[i]);
        char *copy = malloc(count ? count : 1);
        struct json j;

        memcpy(copy, texts[i], count);
        json_open(&j, copy, count);
        sum(&j);
        if (json_ok(&j)) fail_msg("%s", texts[i]);
        free(copy);
    }
}

static void depth_has_an_end(void **state)
{
    char text[1001];
    struct json j;

    (void)state;
    memset(text, '[', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    j = open_text(text);
    while (json_enter_array(&j) && json_next_item(&j))
        continue;
    assert_false(json_ok(&j));
    json_open(&j, text, 1000);
    json_skip(&j); /* skipping needs no stack */
    assert_false(json_ok(&j));
}

static void written(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    buf_putc(&b, '{');
    json_put_text(&b, "a", "x\"y\\z\n\t\x01\xc3\xa9/");
    json_put_text(&b, "left out", "");
    json_put_text(&b, "left out", NULL);
    json_put_integer(&b, "n", -5);
    json_put_bool(&b, "t", true);
    json_put_name(&b, "l");
    buf_putc(&b, '[');
    json_put_item(&b, "p");
    json_put_item(&b, "");
    buf_puts(&b, "]}");
    assert_string_equal(b.bytes, "{\"a\":\"x\\\"y\\\\z\\n\\t\\u0001\xc3\xa9/\",\"n\":-5,\"t\":true,"
                                 "\"l\":[\"p\",\"\"]}");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings),
        cmocka_unit_test(numbers),
        cmocka_unit_test(bools),
        cmocka_unit_test(structures),
        cmocka_unit_test(what_is_no_json_fails),
        cmocka_unit_test(depth_has_an_end),
        cmocka_unit_test(written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
