/* auth/token_cache.h: what is kept and given back, and what is not trusted. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/token_cache.h"

#define NOW_S  INT64_C(1700000000)
#define HOUR_S INT64_C(3600)

static char home[64], folder[128], file[300];
static struct options options;
static struct token_cache cache;

static void set(enum option_id id, const char *value)
{
    assert_int_equal(options_set(&options, id, value, strlen(value), OPTION_FROM_ATTRIBUTE, NULL),
                     ST_OK);
}

static int begin(void **state)
{
    (void)state;
    snprintf(home, sizeof home, "/tmp/athena-token-cache-XXXXXX");
    if (!mkdtemp(home)) return -1;
    snprintf(folder, sizeof folder, "%s/.athena-odbc", home);
    options_init(&options);
    set(OPTION_PWD, "s3cr3t-password");
    assert_true(token_cache_find(&cache, home, "Browser AD", &options));
    snprintf(file, sizeof file, "%s/%s", folder, cache.file);
    return 0;
}

static int end(void **state)
{
    (void)state;
    options_clear(&options);
    unlink(file);
    rmdir(folder);
    unlink(folder);
    return rmdir(home);
}

static void put(void)
{
    struct aws_credentials keys = {0};

    assert_int_equal(
        credentials_set(&keys, "ASIAKEY", "sec\"ret", "tok/en==", NOW_S + HOUR_S, NULL), ST_OK);
    token_cache_put_keys(&cache, &keys);
    credentials_clear(&keys);
}

static bool get(int64_t now_s, int64_t margin_s)
{
    struct aws_credentials keys = {0};
    bool is_there = token_cache_get_keys(&cache, &keys, now_s, margin_s);

    if (is_there) {
        assert_string_equal(keys.key_id, "ASIAKEY");
        assert_string_equal(keys.secret, "sec\"ret");
        assert_string_equal(keys.token, "tok/en==");
        assert_int_equal(keys.expires_at_s, NOW_S + HOUR_S);
    } else {
        assert_null(keys.key_id);
        assert_null(keys.secret);
    }
    credentials_clear(&keys);
    return is_there;
}

static void kept(void **state)
{
    struct stat info;

    (void)state;
    assert_false(get(NOW_S, 0));
    put();
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
    assert_int_equal(stat(file, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_true(get(NOW_S, HOUR_S - 1));
    assert_false(get(NOW_S, HOUR_S));
    put(); /* in the place of the first */
    assert_true(get(NOW_S, 0));
    token_cache_forget(&cache);
    assert_false(get(NOW_S, 0));
}

/* RLIMIT_FSIZE, whose signal ends a process that is not ready for it. */
static void limit_of_size(void **state)
{
    struct rlimit before, small;

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 15, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    put();
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(get(NOW_S, 0));
    assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
    put();
    assert_true(get(NOW_S, 0));
}

static void names(void **state)
{
    struct token_cache other;

    (void)state;
    assert_memory_equal(cache.file, "Browser_AD-", 11);
    assert_null(strstr(cache.file, "s3cr3t"));
    assert_true(token_cache_find(&other, home, "Browser AD", &options));
    assert_string_equal(other.file, cache.file);
    set(OPTION_PWD, "another");
    assert_true(token_cache_find(&other, home, "Browser AD", &options));
    assert_string_not_equal(other.file, cache.file);
    set(OPTION_PWD, "s3cr3t-password");
    set(OPTION_MFA_TOKEN, "123456"); /* another one each time, for the same keys */
    assert_true(token_cache_find(&other, home, "Browser AD", &options));
    assert_string_equal(other.file, cache.file);
    set(OPTION_APPLICATION_NAME, "has no say in who signs in");
    assert_true(token_cache_find(&other, home, "Browser AD", &options));
    assert_string_equal(other.file, cache.file);
    assert_false(token_cache_find(&other, NULL, "x", &options));
    assert_false(token_cache_find(&other, "", "x", &options));
    token_cache_put_token(&other, "kept nowhere", NOW_S);
    token_cache_forget(&other);
}

static void open_to_others(void **state)
{
    (void)state;
    put();
    assert_int_equal(chmod(file, 0640), 0);
    assert_false(get(NOW_S, 0));
    put(); /* a new file */
    assert_int_equal(chmod(folder, 0755), 0);
    assert_true(get(NOW_S, 0));
    struct stat info;
    assert_int_equal(stat(folder, &info), 0);
    assert_int_equal(info.st_mode & 07777, 0700);
}

static void links(void **state)
{
    char aside[320];

    (void)state;
    put();
    snprintf(aside, sizeof aside, "%s/aside", home);
    assert_int_equal(rename(file, aside), 0);
    assert_int_equal(symlink(aside, file), 0);
    assert_false(get(NOW_S, 0));
    put(); /* takes the link's place, and does not follow it */
    assert_true(get(NOW_S, 0));
    assert_int_equal(unlink(aside), 0);
    assert_int_equal(rename(folder, aside), 0);
    assert_int_equal(symlink(aside, folder), 0);
    assert_false(get(NOW_S, 0));
    assert_int_equal(unlink(folder), 0);
    assert_int_equal(rename(aside, folder), 0);
}

static void no_file(void **state)
{
    (void)state;
    put();
    assert_int_equal(unlink(file), 0);
    assert_int_equal(mkfifo(file, 0600), 0);
    assert_false(get(NOW_S, 0)); /* without waiting for a writer */
}

static void write_text(const char *text)
{
    FILE *f = fopen(file, "we");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void contents(void **state)
{
    static const char *const texts[] = {
        "",
        "{",
        "null",
        ("{\"Version\":2,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\","
         "\"Expiration\":\"2099-01-01T00:00:00Z\"}"),
        "{\"Version\":1,\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"b\"}",
        "{\"Version\":1,\"AccessKeyId\":\"a\",\"Expiration\":\"2099-01-01T00:00:00Z\"}",
        "{\"Version\":1,\"Token\":\"a\",\"Expiration\":\"2099-01-01T00:00:00Z\"}",
    };

    (void)state;
    put();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_text(texts[i]);
        assert_false(get(NOW_S, 0));
    }
}

static void tokens(void **state)
{
    struct buf out;
    int64_t expires_at_s;

    (void)state;
    buf_init(&out, 1000);
    put();
    assert_false(token_cache_get_token(&cache, &out, NULL, NOW_S, 0));
    token_cache_put_token(&cache, "a.b\\c", NOW_S + HOUR_S);
    assert_false(token_cache_get_token(&cache, &out, NULL, NOW_S + HOUR_S, 0));
    assert_int_equal(out.count, 0);
    assert_true(token_cache_get_token(&cache, &out, &expires_at_s, NOW_S, 60));
    assert_string_equal(out.bytes, "a.b\\c");
    assert_int_equal(expires_at_s, NOW_S + HOUR_S);
    assert_false(get(NOW_S, 0));
    buf_clear(&out);
}

static void for_ever(void **state)
{
    struct aws_credentials keys = {0};

    (void)state;
    assert_int_equal(credentials_set(&keys, "AKIA", "secret", NULL, 0, NULL), ST_OK);
    token_cache_put_keys(&cache, &keys);
    credentials_clear(&keys);
    assert_int_equal(access(folder, F_OK), -1);
}

static void times(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00Z"},          {1709209845, "2024-02-29T12:30:45Z"},
        {4102444799, "2099-12-31T23:59:59Z"}, {INT64_MAX, "9999-12-31T23:59:59Z"},
        {-1, "1970-01-01T00:00:00Z"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[CREDENTIALS_TIME_BYTES];

        credentials_write_time(text, cases[i].seconds);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kept, begin, end),
        cmocka_unit_test_setup_teardown(limit_of_size, begin, end),
        cmocka_unit_test_setup_teardown(names, begin, end),
        cmocka_unit_test_setup_teardown(open_to_others, begin, end),
        cmocka_unit_test_setup_teardown(links, begin, end),
        cmocka_unit_test_setup_teardown(no_file, begin, end),
        cmocka_unit_test_setup_teardown(contents, begin, end),
        cmocka_unit_test_setup_teardown(tokens, begin, end),
        cmocka_unit_test_setup_teardown(for_ever, begin, end),
        cmocka_unit_test(times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
