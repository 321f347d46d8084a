/* aws/creds_process.h: command lines as a shell splits them, output as the AWS tools print it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/creds_process.h"

static void commands(void **state)
{
    static const struct {
        const char *command;
        const char *words[6]; /* none: refused */
    } cases[] = {
        {"/bin/keys", {"/bin/keys"}},
        {"  keys --user\tme  \n", {"keys", "--user", "me"}},
        {"keys 'a b' \"c d\"", {"keys", "a b", "c d"}},
        {"keys a'b'\"c\"d", {"keys", "abcd"}},
        {"keys '' \"\"", {"keys", "", ""}},
        {"keys \"a\\\"b\\\\c\\d\" 'e\\f'", {"keys", "a\"b\\c\\d", "e\\f"}},
        {"keys a\\ b \\'", {"keys", "a b", "'"}},
        {"keys $HOME `x` | y;", {"keys", "$HOME", "`x`", "|", "y;"}},
        {"keys \\", {"keys", "\\"}},
        {"\"C:\\Program Files\\k.exe\" x", {"C:\\Program Files\\k.exe", "x"}},
        {"", {NULL}},
        {" \t ", {NULL}},
        {"keys 'open", {NULL}},
        {"keys \"open\\\"", {NULL}},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *const *argv;
        struct fault f = {0};
        enum status st = creds_process_split(&argv, &a, cases[i].command, &f);

        assert_int_equal(st, cases[i].words[0] ? ST_OK : ST_ERR);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_28000);
            continue;
        }
        for (size_t k = 0; k < 6 && (argv[k] || cases[i].words[k]); k++) {
            if (!argv[k] || !cases[i].words[k]) fail_msg("%s: word %zu", cases[i].command, k);
            assert_string_equal(argv[k], cases[i].words[k]);
        }
    }
    arena_clear(&a);
}

static void too_many_words(void **state)
{
    char command[2000];
    char *const *argv;
    struct fault f = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof command; i++)
        command[i] = i % 2 ? ' ' : 'x';
    command[sizeof command - 1] = '\0';
    assert_int_equal(creds_process_split(&argv, &a, command, &f), ST_ERR);
    arena_clear(&a);
}

static void outputs(void **state)
{
    static const struct {
        const char *output;
        const char *token;
        int64_t expires_at_s;
        const char *word; /* of the fault; NULL: good */
    } cases[] = {
        {"{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"s3cr3t\"}", NULL, 0, NULL},
        {"{ \"Version\" : 1, \"AccessKeyId\":\"AK\", \"SecretAccessKey\":\"s3cr3t\",\n"
         "\"SessionToken\":\"t\",\"Expiration\":\"2026-11-22T12:00:00+00:00\",\"AccountId\":\"1\"}\n",
         "t", 1795348800, NULL},
        {"{\"Version\":2,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"s3cr3t\"}", NULL, 0,
         "Version"},
        {"{\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"s3cr3t\"}", NULL, 0, "Version"},
        {"{\"Version\":1,\"SecretAccessKey\":\"s3cr3t\"}", NULL, 0, "AccessKeyId"},
        {"{\"Version\":1,\"AccessKeyId\":\"AK\"}", NULL, 0, "SecretAccessKey"},
        {"{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"s3cr3t\",\"Expiration\":\"x\"}",
         NULL, 0, "Expiration"},
        {"{\"Version\":1,\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"s3cr3t\"", NULL, 0, "JSON"},
        {"s3cr3t", NULL, 0, "JSON"},
        {"", NULL, 0, "JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_credentials c = {0};
        struct fault f = {0};
        enum status st = creds_process_parse(&c, cases[i].output, strlen(cases[i].output), &f);

        assert_int_equal(st, cases[i].word ? ST_ERR : ST_OK);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, cases[i].word));
            assert_null(strstr(f.text, "s3cr3t"));
            assert_null(c.key_id);
            continue;
        }
        assert_string_equal(c.key_id, "AK");
        assert_string_equal(c.secret, "s3cr3t");
        if (cases[i].token)
            assert_string_equal(c.token, cases[i].token);
        else
            assert_null(c.token);
        assert_true(c.expires_at_s == cases[i].expires_at_s);
        credentials_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands),
        cmocka_unit_test(too_many_words),
        cmocka_unit_test(outputs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
