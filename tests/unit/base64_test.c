/* aws/base64.h */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/base64.h"

static struct buf out;

static int set_up(void **state)
{
    (void)state;
    buf_init(&out, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_clear(&out);
    return 0;
}

/* RFC 4648, section 10, and what tells the alphabets apart. */
static const struct {
    const char *bytes;
    size_t count;
    const char *standard, *url;
} vectors[] = {
    {"", 0, "", ""},
    {"f", 1, "Zg==", "Zg"},
    {"fo", 2, "Zm8=", "Zm8"},
    {"foo", 3, "Zm9v", "Zm9v"},
    {"foob", 4, "Zm9vYg==", "Zm9vYg"},
    {"fooba", 5, "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", 6, "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff\xbf", 3, "+/+/", "-_-_"},
    {"a\0b", 3, "YQBi", "YQBi"},
};

static void check_read(const char *text, const char *bytes, size_t count)
{
    buf_reset(&out);
    assert_true(base64_read(&out, text, strlen(text)));
    assert_int_equal(out.count, count);
    assert_memory_equal(out.bytes, bytes, count);
}

static void the_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        buf_reset(&out);
        base64_put(&out, vectors[i].bytes, vectors[i].count);
        assert_string_equal(out.bytes, vectors[i].standard);
        buf_reset(&out);
        base64_put_url(&out, vectors[i].bytes, vectors[i].count);
        assert_string_equal(out.bytes, vectors[i].url);
        check_read(vectors[i].standard, vectors[i].bytes, vectors[i].count);
        check_read(vectors[i].url, vectors[i].bytes, vectors[i].count);
    }
}

static void blanks_are_skipped(void **state)
{
    (void)state;
    check_read(" Zm9v\r\nYm\tFy\n", "foobar", 6);
}

static void appended_behind_what_is_there(void **state)
{
    (void)state;
    buf_puts(&out, "x+/=");
    base64_put_url(&out, "\xfb\xff\xbe\xff", 4);
    assert_string_equal(out.bytes, "x+/=-_--_w");
}

static void what_is_none(void **state)
{
    static const char *const texts[] = {
        "Z", "Zm9vY", "Zm9v!", "Zg==Zg==", "Z=g=", "Zm9v====", "\xc3\xa4"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        buf_reset(&out);
        if (base64_read(&out, texts[i], strlen(texts[i]))) fail_msg("%s", texts[i]);
        assert_int_equal(out.count, 0);
    }
    assert_false(base64_read(&out, "Zm9vYmFy\0\0\0\0", 12));
    assert_false(base64_read(&out, "\0\0\0\0", 4));
}

/* Longer than the pieces that are coded at a time. */
static void long_texts(void **state)
{
    static char bytes[20000];
    struct buf text;

    (void)state;
    buf_init(&text, 1 << 20);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)(i * 7 + i / 256);
    for (size_t count = sizeof bytes - 3; count < sizeof bytes; count++) {
        buf_reset(&text);
        base64_put(&text, bytes, count);
        assert_int_equal(text.count, (count + 2) / 3 * 4);
        check_read(text.bytes, bytes, count);
    }
    buf_clear(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_vectors),  TEST(blanks_are_skipped), TEST(appended_behind_what_is_there),
        TEST(what_is_none), TEST(long_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
