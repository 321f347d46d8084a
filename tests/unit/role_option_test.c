/* auth/role_option.h: which roles the options add to a plan, and when a code will do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "auth/role_option.h"

static struct options options;
static struct arena arena;
static struct creds_plan plan;
static const struct creds_role of_profile[] = {{.origin = "profile a", .role_arn = "arn:a"},
                                               {.origin = "profile b", .role_arn = "arn:b"}};

static int begin(void **state)
{
    (void)state;
    options_init(&options);
    arena_init(&arena);
    plan = (struct creds_plan){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    options_clear(&options);
    arena_clear(&arena);
    return 0;
}

static void set(enum option_id id, const char *value)
{
    struct fault f = {0};

    if (options_set(&options, id, value, strlen(value), OPTION_FROM_STRING, &f))
        fail_msg("%s", f.text);
}

/* "arn:a arn:b(device)": the roles in their order, "-" for a session without one. */
static const char *drawing(void)
{
    const char *text = "";

    assert_int_equal(role_option_apply(&plan, &arena, &options, NULL), ST_OK);
    for (size_t i = 0; i < plan.role_count; i++) {
        const struct creds_role *r = &plan.roles[i];

        text = arena_printf(&arena, "%s%s%s%s%s%s", text, i ? " " : "",
                            r->role_arn ? r->role_arn : "-", r->mfa_serial ? "(" : "",
                            r->mfa_serial ? r->mfa_serial : "", r->mfa_serial ? ")" : "");
    }
    return text;
}

static void nothing_is_added_unasked(void **state)
{
    (void)state;
    assert_string_equal(drawing(), "");
    plan = (struct creds_plan){.roles = of_profile, .role_count = 2};
    set(OPTION_EXTERNAL_ID, "x");
    set(OPTION_MFA_TOKEN, "123456");
    assert_string_equal(drawing(), "arn:a arn:b");
    assert_false(role_option_needs_code(&plan));
}

static void a_role_is_the_last(void **state)
{
    (void)state;
    plan = (struct creds_plan){.roles = of_profile, .role_count = 2};
    set(OPTION_ROLE_ARN, "arn:mine");
    set(OPTION_EXTERNAL_ID, "x");
    set(OPTION_ROLE_SESSION_NAME, "me");
    assert_string_equal(drawing(), "arn:a arn:b arn:mine");
    assert_string_equal(plan.roles[2].external_id, "x");
    assert_string_equal(plan.roles[2].session_name, "me");
    assert_int_equal(plan.roles[2].duration_s, 0);
    set(OPTION_DURATION, "1800");
    plan = (struct creds_plan){0};
    assert_string_equal(drawing(), "arn:mine");
    assert_int_equal(plan.roles[0].duration_s, 1800);
}

static void a_device_is_for_the_first(void **state)
{
    (void)state;
    set(OPTION_SERIAL_NUMBER, "dev");
    assert_string_equal(drawing(), "-(dev)");
    plan = (struct creds_plan){.roles = of_profile, .role_count = 2};
    assert_string_equal(drawing(), "arn:a(dev) arn:b");
    assert_null(of_profile[0].mfa_serial);
    plan = (struct creds_plan){0};
    set(OPTION_ROLE_ARN, "arn:mine");
    assert_string_equal(drawing(), "arn:mine(dev)");
}

static void a_tokens_own_role(void **state)
{
    (void)state;
    set(OPTION_AUTHENTICATION_TYPE, "JWT");
    set(OPTION_ROLE_ARN, "arn:token");
    assert_string_equal(drawing(), "");
    set(OPTION_PREFERRED_ROLE, "arn:preferred");
    assert_string_equal(drawing(), "arn:token");
}

static void codes(void **state)
{
    static const struct {
        const char *code;
        bool has_been_used;
        const char *word; /* NULL: good */
    } cases[] = {
        {NULL, false, "MFAToken"}, {"12345", false, "6 digits"},  {"12345x", false, "6 digits"},
        {"123456", false, NULL},   {"123456", true, "good once"},
    };

    (void)state;
    set(OPTION_SERIAL_NUMBER, "dev");
    drawing();
    assert_true(role_option_needs_code(&plan));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault f = {0};
        const char *code;
        enum status st;

        options_forget(&options, OPTION_MFA_TOKEN);
        if (cases[i].code) set(OPTION_MFA_TOKEN, cases[i].code);
        st = role_option_code(&code, &plan, &options, cases[i].has_been_used, &f);
        assert_int_equal(st, cases[i].word ? ST_ERR : ST_OK);
        if (!cases[i].word) {
            assert_string_equal(code, cases[i].code);
        } else {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, cases[i].word));
            if (cases[i].code) assert_null(strstr(f.text, cases[i].code));
        }
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_added_unasked),
        TEST(a_role_is_the_last),
        TEST(a_device_is_for_the_first),
        TEST(a_tokens_own_role),
        TEST(codes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
