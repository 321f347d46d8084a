/* aws/form.h, aws/percent.h: what is encoded, and where ampersands stand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/form.h"
#include "aws/percent.h"

static void forms(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    form_put(&b, "a", NULL);
    form_put(&b, "b", "");
    assert_string_equal(b.bytes, "");
    form_put(&b, "Action", "x y");
    form_put_integer(&b, "n", -7);
    form_put(&b, "u", "https://h/p?q=1&r#\xc3\xa9");
    form_put_integer(&b, "z", 0);
    assert_string_equal(b.bytes,
                        "Action=x%20y&n=-7&u=https%3A%2F%2Fh%2Fp%3Fq%3D1%26r%23%C3%A9&z=0");
    buf_clear(&b);
}

static void queries(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    buf_puts(&b, "https://host/authorize?");
    form_put(&b, "a", "1");
    form_put(&b, "b", "2");
    assert_string_equal(b.bytes, "https://host/authorize?a=1&b=2");
    buf_clear(&b);
}

static void every_byte(void **state)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
    struct buf b;

    (void)state;
    buf_init(&b, 16);
    for (int c = 0; c < 256; c++) {
        char byte = (char)c, want[8];

        buf_reset(&b);
        percent_put(&b, &byte, 1, '/');
        snprintf(want, sizeof want, c && (strchr(plain, c) || c == '/') ? "%c" : "%%%02X", c);
        assert_string_equal(b.bytes, want);
    }
    buf_reset(&b);
    percent_put(&b, "/", 1, '\0');
    assert_string_equal(b.bytes, "%2F");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(queries),
        cmocka_unit_test(every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
