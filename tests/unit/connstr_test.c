/* config/connstr.h: what ODBC and AWS's samples write, and that writing is the reverse of reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/connstr.h"

static enum status parse(struct options *o, const char *text, struct option_warnings *w,
                         struct fault *f)
{
    return connstr_parse(o, text, strlen(text), w, f);
}

static void one_value(void **state)
{
    static const struct {
        const char *text;
        enum option_id id;
        const char *value; /* NULL: not set */
    } cases[] = {
        {"Schema=x", OPTION_SCHEMA, "x"},
        {"schema=x;", OPTION_SCHEMA, "x"},
        {";;  ;SCHEMA=x;;", OPTION_SCHEMA, "x"},
        {"AwsRegion =us-west-1", OPTION_AWS_REGION, "us-west-1"},
        {"S3OutputLocation=\n  s3://b/p/ ;x=y", OPTION_S3_OUTPUT_LOCATION, "s3://b/p/"},
        {"Schema=a b ", OPTION_SCHEMA, "a b"},
        {"Schema={a;b}", OPTION_SCHEMA, "a;b"},
        {"Schema = {a;b} ; UID=u", OPTION_UID, "u"},
        {"PWD={a}}b}", OPTION_PWD, "a}b"},
        {"PWD={}}}", OPTION_PWD, "}"},
        {"PWD={}}}}}", OPTION_PWD, "}}"},
        {"PWD={ a }", OPTION_PWD, " a "},
        {"PWD={{a}", OPTION_PWD, "{a"},
        {"PWD={a}b;UID=u", OPTION_PWD, "{a}b"},
        {"PWD={a}b;UID=u", OPTION_UID, "u"},
        {"PWD=a{b}c", OPTION_PWD, "a{b}c"},
        {"PWD=a=b==", OPTION_PWD, "a=b=="},
        {"Schema=", OPTION_SCHEMA, NULL},
        {"Schema={}", OPTION_SCHEMA, NULL},
        {"Schema=   ;", OPTION_SCHEMA, NULL},
        {"Schema=;Schema=x", OPTION_SCHEMA, "x"},
        {"Schema=x;Schema=y", OPTION_SCHEMA, "x"},
        {"Database=x;Schema=y", OPTION_SCHEMA, "x"},
        {"Driver={Amazon Athena ODBC (x64)};UID=u", OPTION_DRIVER, "Amazon Athena ODBC (x64)"},
        {"DSN=d;Driver=x", OPTION_DRIVER, NULL},
        {"Driver=x;DSN=d", OPTION_DSN, NULL},
        {"Driver=x;DSN=d", OPTION_DRIVER, "x"},
        {"Schema=\xc3\xa9\xf0\x9f\x98\x80", OPTION_SCHEMA, "\xc3\xa9\xf0\x9f\x98\x80"},
        {"", OPTION_SCHEMA, NULL},
        {"=x;Schema=y", OPTION_SCHEMA, "y"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = {0};
        struct fault f = {0};
        const char *value;

        if (parse(&o, cases[i].text, NULL, &f)) fail_msg("%s: %s", cases[i].text, f.text);
        value = o.values[cases[i].id].text;
        if (!value != !cases[i].value || (value && strcmp(value, cases[i].value))) {
            fail_msg("%s: %s", cases[i].text, value ? value : "(none)");
        }
        options_clear(&o);
    }
}

static void unknown_keys_are_warned_about_without_their_values(void **state)
{
    struct options o = {0};
    struct option_warnings w = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(parse(&o, "Pasword=s3cr3t;Schema=x;s3cr3t;UID=u", &w, &f), ST_OK);
    assert_int_equal(w.count, 2);
    assert_int_equal(w.first->state, SQLSTATE_01S00);
    assert_non_null(strstr(w.first->text, "Pasword"));
    assert_non_null(strstr(w.first->next->text, "braces"));
    for (struct option_warning *at = w.first; at; at = at->next) {
        assert_null(strstr(at->text, "s3cr3t"));
    }
    assert_string_equal(options_text(&o, OPTION_UID), "u");
    options_warnings_clear(&w);
    options_clear(&o);
}

/* A password that should have been in braces. What follows one that is has a name again. */
static void what_may_be_a_password_s_end_is_not_named(void **state)
{
    struct options o = {0};
    struct option_warnings w = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(parse(&o, "PWD=ab;s3=cr3t;s3more=x;Schema=x;Sheme=y", &w, &f), ST_OK);
    assert_int_equal(w.count, 3);
    assert_non_null(strstr(w.first->text, "braces"));
    assert_null(strstr(w.first->text, "s3"));
    assert_null(strstr(w.first->next->text, "s3"));
    assert_non_null(strstr(w.last->text, "Sheme"));
    options_warnings_clear(&w);
    options_clear(&o);
    assert_int_equal(parse(&o, "PWD={ab};Sheme=y", &w, &f), ST_OK);
    assert_non_null(strstr(w.first->text, "Sheme"));
    options_warnings_clear(&w);
    options_clear(&o);
}

static void faults(void **state)
{
    static const struct {
        const char *text;
        enum sqlstate state;
        const char *word;
    } cases[] = {
        {"Schema=x;PWD={s3cr3t", SQLSTATE_HY000, "PWD"},
        {"PWD={s3cr3t}};UID=u", SQLSTATE_HY000, "PWD"},
        {"VerifySSL=perhaps", SQLSTATE_HY024, "VerifySSL"},
        {"AuthenticationType=perhaps", SQLSTATE_HY024, "AuthenticationType"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = {0};
        struct fault f = {0};

        assert_int_equal(parse(&o, cases[i].text, NULL, &f), ST_ERR);
        assert_int_equal(f.state, cases[i].state);
        assert_non_null(strstr(f.text, cases[i].word));
        assert_null(strstr(f.text, "s3cr3t"));
        options_clear(&o);
    }
}

/* The length may be counted with the NUL, or reach behind it. */
static void text_ends_at_a_nul(void **state)
{
    struct options o = {0};

    (void)state;
    assert_int_equal(connstr_parse(&o, "UID=u\0PWD=p", 11, NULL, NULL), ST_OK);
    assert_string_equal(options_text(&o, OPTION_UID), "u");
    assert_false(options_is_set(&o, OPTION_PWD));
    options_clear(&o);
}

static void written(const char *text, const char *expected)
{
    struct options o = {0};
    struct buf b;

    buf_init(&b, 1 << 16);
    assert_int_equal(parse(&o, text, NULL, NULL), ST_OK);
    connstr_write(&o, &b);
    assert_string_equal(b.bytes, expected);
    buf_clear(&b);
    options_clear(&o);
}

static void completed_strings(void **state)
{
    (void)state;
    written("uid=u;dsn=d;region=eu-west-1", "DSN=d;AwsRegion=eu-west-1;UID=u;");
    written("Driver={Athena};PWD={a;}}b}", "Driver=Athena;PWD={a;}}b};");
    written("PWD={ a}", "PWD={ a};");
    written("S3OutputLocation=s3://b/p/", "S3OutputLocation=s3://b/p/;");
    written("AuthenticationType=IAM Profile", "AuthenticationType=IAM Profile;");
    written("SessionToken={abc==}", "SessionToken={abc==};");
    written("", "");
}

/* What the data source gave is read again from there, and must not turn up in the string. */
static void values_of_the_data_source_stay_there(void **state)
{
    struct options o = {0};
    struct buf b;

    (void)state;
    buf_init(&b, 1 << 16);
    assert_int_equal(parse(&o, "DSN=d;Schema=x", NULL, NULL), ST_OK);
    assert_int_equal(options_set(&o, OPTION_PWD, "s3cr3t", 6, OPTION_FROM_DSN, NULL), ST_OK);
    connstr_write(&o, &b);
    assert_string_equal(b.bytes, "DSN=d;Schema=x;");
    buf_clear(&b);
    options_clear(&o);
}

/* Values made of the bytes that matter: whatever is written is read back as it was. */
static void writing_is_the_reverse_of_reading(void **state)
{
    static const char bytes[] = "{};= a\t\"'[]\xc3\xa9!@";
    uint32_t seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct options o = {0}, again = {0};
        char value[12] = "";
        struct buf b;
        size_t count;

        seed = seed * 1664525 + 1013904223;
        count = 1 + (seed >> 24) % (sizeof value - 1);
        for (size_t i = 0; i < count; i++) {
            seed = seed * 1664525 + 1013904223;
            value[i] = bytes[(seed >> 16) % (sizeof bytes - 1)];
        }
        buf_init(&b, 1 << 16);
        assert_int_equal(options_set(&o, OPTION_PWD, value, count, OPTION_FROM_STRING, NULL),
                         ST_OK);
        assert_int_equal(options_set(&o, OPTION_UID, "u", 1, OPTION_FROM_STRING, NULL), ST_OK);
        connstr_write(&o, &b);
        assert_int_equal(connstr_parse(&again, b.bytes, b.count, NULL, NULL), ST_OK);
        assert_memory_equal(options_text(&again, OPTION_PWD), value, count);
        assert_int_equal(strlen(options_text(&again, OPTION_PWD)), count);
        assert_string_equal(options_text(&again, OPTION_UID), "u");
        buf_clear(&b);
        options_clear(&o);
        options_clear(&again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value),
        cmocka_unit_test(unknown_keys_are_warned_about_without_their_values),
        cmocka_unit_test(what_may_be_a_password_s_end_is_not_named),
        cmocka_unit_test(faults),
        cmocka_unit_test(text_ends_at_a_nul),
        cmocka_unit_test(completed_strings),
        cmocka_unit_test(values_of_the_data_source_stay_there),
        cmocka_unit_test(writing_is_the_reverse_of_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
