/* aws/okta_codec: the answers of Okta's documentation, and what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "aws/okta_codec.h"

#define FACTOR(id, type, provider, phone) \
    "{\"id\":\"" id "\",\"factorType\":\"" type "\",\"provider\":\"" provider \
    "\",\"vendorName\":\"x\",\"profile\":{\"phoneNumber\":\"" phone "\"},\"_links\":{}}"

/* clang-format off */
static const struct {
    const char *json;
    struct okta_answer is;
    struct okta_factor factors[3];
} answers[] = {
    {"{\"expiresAt\":\"2015\",\"status\":\"SUCCESS\",\"sessionToken\":\"00Fpz\",\"_embedded\":{\"user\":{}}}",
     {OKTA_SUCCESS, "SUCCESS", "00Fpz", "", "", -1, NULL, 0}, {{0}}},
    {"{\"stateToken\":\"007\",\"status\":\"MFA_REQUIRED\",\"_embedded\":{\"user\":{},\"factors\":["
     FACTOR("f1", "token:software:totp", "GOOGLE", "") "," FACTOR("f2", "sms", "OKTA", "+1 XXX-XXX-1337")
     "," FACTOR("f3", "question", "OKTA", "") "]}}",
     {OKTA_MFA_REQUIRED, "MFA_REQUIRED", "", "007", "", -1, NULL, 3},
     {{OKTA_FACTOR_GOOGLE, "f1", "token:software:totp", ""},
      {OKTA_FACTOR_SMS, "f2", "sms", "+1 XXX-XXX-1337"},
      {OKTA_FACTOR_UNKNOWN, "f3", "question", ""}}},
    {"{\"stateToken\":\"007\",\"status\":\"MFA_CHALLENGE\",\"factorResult\":\"WAITING\",\"_embedded\":"
     "{\"factor\":" FACTOR("p1", "push", "OKTA", "") "}}",
     {OKTA_MFA_CHALLENGE, "MFA_CHALLENGE", "", "007", "WAITING", -1, NULL, 1},
     {{OKTA_FACTOR_PUSH, "p1", "push", ""}}},
    {"{\"status\":\"MFA_ENROLL\",\"_embedded\":{\"factors\":[{\"factorType\":\"token:software:totp\","
     "\"provider\":\"OKTA\",\"status\":\"NOT_SETUP\"}]}}",
     {OKTA_MFA_ENROLL, "MFA_ENROLL", "", "", "", -1, NULL, 1},
     {{OKTA_FACTOR_TOTP, "", "token:software:totp", ""}}},
    {"{\"status\":\"LOCKED_OUT\"}", {OKTA_LOCKED_OUT, "LOCKED_OUT", "", "", "", -1, NULL, 0}, {{0}}},
    {"{\"status\":\"PASSWORD_EXPIRED\"}", {OKTA_PASSWORD_EXPIRED, "PASSWORD_EXPIRED", "", "", "", -1, NULL, 0}, {{0}}},
    {"{\"status\":\"RECOVERY\"}", {OKTA_OTHER, "RECOVERY", "", "", "", -1, NULL, 0}, {{0}}},
    {"{}", {OKTA_OTHER, "", "", "", "", -1, NULL, 0}, {{0}}},
};

static const struct { const char *json, *code, *text; } refusals[] = {
    {"{\"errorCode\":\"E0000004\",\"errorSummary\":\"Authentication failed\",\"errorCauses\":[]}",
     "E0000004", "Authentication failed (E0000004)"},
    {"{\"errorCode\":\"E0000068\",\"errorSummary\":\"Invalid Passcode/Answer\",\"errorCauses\":"
     "[{\"errorSummary\":\"Please try again.\"},{\"errorSummary\":\"b\"}]}",
     "E0000068", "Invalid Passcode/Answer: Please try again. (E0000068)"},
    {"{}", "", ""},
    {"<html>", "", ""},
    {"", "", ""},
};
/* clang-format on */

static void assert_same_factor(const struct okta_factor *is, const struct okta_factor *wanted)
{
    assert_int_equal(is->kind, wanted->kind);
    assert_string_equal(is->id, wanted->id);
    assert_string_equal(is->type, wanted->type);
    assert_string_equal(is->phone, wanted->phone);
}

static void answers_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        const struct okta_answer *wanted = &answers[i].is;
        struct okta_answer is;
        struct fault f = {0};
        struct arena a;

        arena_init(&a);
        assert_int_equal(okta_parse(&is, &a, answers[i].json, strlen(answers[i].json), &f), ST_OK);
        assert_int_equal(is.status, wanted->status);
        assert_string_equal(is.status_name, wanted->status_name);
        assert_string_equal(is.session_token, wanted->session_token);
        assert_string_equal(is.state_token, wanted->state_token);
        assert_string_equal(is.factor_result, wanted->factor_result);
        assert_int_equal(is.number, -1);
        assert_int_equal(is.factor_count, wanted->factor_count);
        for (size_t n = 0; n < is.factor_count; n++)
            assert_same_factor(&is.factors[n], &answers[i].factors[n]);
        arena_wipe(&a);
    }
}

static void the_number_for_the_phone_is_found(void **state)
{
    static const char json[] =
        "{\"status\":\"MFA_CHALLENGE\",\"factorResult\":\"WAITING\",\"_embedded\":"
        "{\"factor\":{\"id\":\"p\",\"factorType\":\"push\",\"provider\":\"OKTA\","
        "\"_embedded\":{\"challenge\":{\"correctAnswer\":92}}}}}";
    struct okta_answer is;
    struct fault f = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_int_equal(okta_parse(&is, &a, json, sizeof json - 1, &f), ST_OK);
    assert_int_equal(is.number, 92);
    assert_int_equal(is.factors[0].kind, OKTA_FACTOR_PUSH);
    arena_wipe(&a);
}

static void what_is_no_answer_is_a_fault(void **state)
{
    static const char *const texts[] = {"", "<html>", "[1]", "{\"status\":"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct okta_answer is;
        struct fault f = {0};
        struct arena a;

        arena_init(&a);
        assert_int_equal(okta_parse(&is, &a, texts[i], strlen(texts[i]), &f), ST_ERR);
        assert_int_equal(f.state, SQLSTATE_08S01);
        arena_clear(&a);
    }
}

static void refusals_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct okta_refusal r;

        okta_parse_refusal(&r, refusals[i].json, strlen(refusals[i].json));
        assert_string_equal(r.code, refusals[i].code);
        assert_string_equal(r.text, refusals[i].text);
    }
}

static void requests_are_written(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 1000);
    okta_write_login(&b, "a\"b", "p\\w");
    buf_putc(&b, '\n');
    okta_write_state(&b, "007", NULL);
    buf_putc(&b, '\n');
    okta_write_state(&b, "007", "123456");
    buf_putc(&b, '\n');
    okta_write_sms_enrolment(&b, "007", "+1 555 0100");
    assert_string_equal(
        b.bytes, "{\"username\":\"a\\\"b\",\"password\":\"p\\\\w\"}\n"
                 "{\"stateToken\":\"007\"}\n"
                 "{\"stateToken\":\"007\",\"passCode\":\"123456\"}\n"
                 "{\"stateToken\":\"007\",\"factorType\":\"sms\",\"provider\":\"OKTA\",\"profile\":"
                 "{\"phoneNumber\":\"+1 555 0100\"}}");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_read),
        cmocka_unit_test(the_number_for_the_phone_is_found),
        cmocka_unit_test(what_is_no_answer_is_a_fault),
        cmocka_unit_test(refusals_are_read),
        cmocka_unit_test(requests_are_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
