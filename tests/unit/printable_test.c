/* base/printable.h: what text from outside looks like in a line of the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/printable.h"

static void escapes(void **state)
{
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {"", ""},
        {"SELECT 'x' -- \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
         "SELECT 'x' -- \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"},
        {"a\nb\r\nc\td", "a\\nb\\r\\nc\\td"},
        {"C:\\temp", "C:\\temp"},
        {"\x1b[31m\x7f\x07", "\\x1b[31m\\x7f\\x07"},
        {"\xc2\x85\xc2\x9b", "\\u0085\\u009b"},                /* NEL and CSI, of C1 */
        {"\xe2\x80\xa8\xe2\x80\xa9", "\\u2028\\u2029"},        /* separators of lines, paragraphs */
        {"\xff\xc3", "\\xff\\xc3"},                            /* no UTF-8, and half a character */
        {"\xc0\x8a\xe0\x80\x8a", "\\xc0\\x8a\\xe0\\x80\\x8a"}, /* '\n' in overlong forms */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80"},                   /* a surrogate */
        {"\xf4\x90\x80\x80\xf5", "\\xf4\\x90\\x80\\x80\\xf5"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[200];
        size_t count = printable_copy(out, sizeof out - 1, cases[i].text, strlen(cases[i].text));

        out[count] = '\0';
        assert_string_equal(out, cases[i].printed);
    }
}

/* In every room: nothing behind it is touched, no character and no escape is cut. */
static void is_cut_to_room(void **state)
{
    static const char text[] = "ab\n\xe2\x82\xac z";
    static const char *const printed[] = {
        "", "", "", "...", "a...", "ab...", "ab...", "ab\\n...", "ab\\n...", "ab\\n\xe2\x82\xac z"};

    (void)state;
    for (size_t room = 0; room < sizeof printed / sizeof *printed; room++) {
        char out[20];
        size_t count;

        memset(out, '#', sizeof out);
        count = printable_copy(out, room, text, sizeof text - 1);
        assert_true(count <= room);
        assert_int_equal(out[room], '#');
        out[count] = '\0';
        if (room >= 3) assert_string_equal(out, printed[room]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes),
        cmocka_unit_test(is_cut_to_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
