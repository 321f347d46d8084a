/* aws/oauth.h and aws/azure_token.h: answers, documents, claims, and what is none of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "aws/azure_token.h"
#include "aws/base64.h"
#include "aws/oauth.h"
#include "unit/arena_fixture.h"

static void answer(void **state)
{
    static const char json[] =
        "{\"token_type\":\"Bearer\",\"access_token\":\"a\",\"id_token\":\"i\","
        "\"refresh_token\":\"r\",\"expires_in\":\"3599\",\"x\":[1,{}]}";
    struct oauth_answer o;

    (void)state;
    assert_true(oauth_answer_read(&o, &arena, json, sizeof json - 1));
    assert_string_equal(o.access_token, "a");
    assert_string_equal(o.id_token, "i");
    assert_string_equal(o.refresh_token, "r");
    assert_string_equal(o.error, "");
    assert_int_equal(o.expires_in_s, 3599);
    oauth_answer_wipe(&o);
    assert_string_equal(o.access_token, "");
}

static void no_answer(void **state)
{
    static const char *const texts[] = {"", "<html>", "[]x", "{\"access_token\":"};
    struct oauth_answer o;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_false(oauth_answer_read(&o, &arena, texts[i], strlen(texts[i])));
        assert_string_equal(o.access_token, "");
        assert_string_equal(o.error_description, "");
        oauth_answer_wipe(&o);
    }
}

static void places(void **state)
{
    static const struct {
        const char *json;
        bool is_good;
    } cases[] = {
        {"{\"issuer\":\"x\",\"authorization_endpoint\":\"https://a/\",\"token_endpoint\":\"https://"
         "t\"}",
         true},
        {"{\"authorization_endpoint\":\"https://a/\"}", false},
        {"{\"authorization_endpoint\":\"javascript:x\",\"token_endpoint\":\"https://t\"}", false},
        {"{\"authorization_endpoint\":\"https://a/\",\"token_endpoint\":7}", false},
        {"{\"authorization_endpoint\":\"https://a/\",\"token_endpoint\":\"http://t\"}", false},
        {"nothing", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct oauth_places p;

        assert_int_equal(oauth_places_read(&p, &arena, cases[i].json, strlen(cases[i].json)),
                         cases[i].is_good);
    }
}

static const char *token_of(const char *claims, const char *head, const char *tail)
{
    const char *token;
    struct buf b;

    buf_init(&b, 4096);
    buf_puts(&b, head);
    base64_put_url(&b, claims, strlen(claims));
    buf_puts(&b, tail);
    token = arena_text(&arena, b.bytes);
    buf_clear(&b);
    return token;
}

static void claims(void **state)
{
    struct id_claims c;

    (void)state;
    assert_true(id_claims_read(
        &c, &arena, token_of("{\"iss\":\"https://i\",\"nonce\":\"n\",\"exp\":7}", "h.", ".s")));
    assert_string_equal(c.issuer, "https://i");
    assert_string_equal(c.nonce, "n");
    assert_int_equal(c.expires_at_s, 7);
    assert_true(id_claims_read(&c, &arena, token_of("{}", "h.", ".")));
    assert_string_equal(c.nonce, "");
    assert_false(id_claims_read(&c, &arena, token_of("{}", "h.", "")));
    assert_false(id_claims_read(&c, &arena, token_of("{}", "h.", ".s.t")));
    assert_false(id_claims_read(&c, &arena, token_of("{", "h.", ".s")));
    assert_false(id_claims_read(&c, &arena, "h.%%.s"));
    assert_false(id_claims_read(&c, &arena, ""));
}

static void words(void **state)
{
    char out[12];

    (void)state;
    oauth_words(out, sizeof out, "one\ttwo\r\nthree");
    assert_string_equal(out, "one two");
    oauth_words(out, sizeof out, "0123456789abcdef");
    assert_string_equal(out, "0123456789a");
    oauth_words(out, sizeof out, "");
    assert_string_equal(out, "");
}

static void azure(void **state)
{
    static const struct {
        const char *xml;
        bool is_good;
    } cases[] = {
        {"<Assertion a=\"1\"/>", true},
        {"<saml2:Assertion>x</saml2:Assertion>", true},
        {"<Assertions/>", false},
        {"<Response><Assertion/></Response>", false},
        {"{\"alg\":1}", false},
        {"Assertion", false},
        {"<", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf out, xml;

        buf_init(&out, 4096);
        buf_init(&xml, 4096);
        assert_int_equal(azure_token_wrap(&out, token_of(cases[i].xml, "", "")), cases[i].is_good);
        if (cases[i].is_good) {
            assert_true(base64_read(&xml, out.bytes, out.count));
            assert_non_null(strstr(xml.bytes, cases[i].xml));
            assert_non_null(strstr(xml.bytes, "status:Success"));
        }
        buf_clear(&out);
        buf_clear(&xml);
    }
    assert_false(azure_token_wrap(&(struct buf){0}, "not base64!"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer), cmocka_unit_test(no_answer), cmocka_unit_test(places),
        cmocka_unit_test(claims), cmocka_unit_test(words),     cmocka_unit_test(azure),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
