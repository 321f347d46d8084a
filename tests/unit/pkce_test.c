/* aws/pkce.h: RFC 7636's example, and texts that nobody can guess. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/pkce.h"

static void challenge(void **state)
{
    char text[PKCE_TEXT_BYTES];

    (void)state;
    /* RFC 7636, appendix B */
    assert_true(pkce_challenge(text, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    assert_string_equal(text, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void random_texts(void **state)
{
    char a[PKCE_TEXT_BYTES], b[PKCE_TEXT_BYTES];

    (void)state;
    assert_true(pkce_random_text(a));
    assert_true(pkce_random_text(b));
    assert_int_equal(strlen(a), 43);
    assert_int_equal(strspn(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                     43);
    assert_string_not_equal(a, b);
    assert_true(pkce_same(a, a));
    assert_false(pkce_same(a, b));
    assert_false(pkce_same(a, ""));
    assert_false(pkce_same("", a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(challenge),
        cmocka_unit_test(random_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
