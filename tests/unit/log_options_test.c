/* config/log_options.h: the log that options and environment ask for, and what it shows of options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "config/connstr.h"
#include "config/log_options.h"

static void read_string(struct options *o, const char *text)
{
    struct fault f = {.state = SQLSTATE_NONE};

    options_init(o);
    if (connstr_parse(o, text, strlen(text), NULL, &f)) fail_msg("%s: %s", text, f.text);
}

static void a_connection_asks_for_a_log(void **state)
{
    struct options o;
    struct log_wish wish;

    (void)state;
    read_string(&o, "LogLevel=5 # debug;LogPath= /var/log/a ;LogFileSize=3 MB;LogFileCount=7;"
                    "UseLogPrefix=true");
    log_options_read(&wish, &o);
    assert_int_equal(wish.level, LOG_DEBUG);
    assert_string_equal(wish.path, "/var/log/a");
    assert_int_equal(wish.max_bytes, 3 << 20);
    assert_int_equal(wish.max_files, 7);
    assert_true(wish.is_per_process);
    options_clear(&o);

    read_string(&o, "");
    log_options_read(&wish, &o);
    assert_int_equal(wish.level, LOG_OFF);
    assert_string_equal(wish.path, "stderr");
    assert_int_equal(wish.max_bytes, 20 << 20);
    assert_int_equal(wish.max_files, 50);
    assert_false(wish.is_per_process);
}

static void the_environment_asks_for_a_log(void **state)
{
    static const struct {
        const char *value;
        bool is_wish;
        enum log_level level;
        const char *path;
    } cases[] = {
        {NULL, false, LOG_OFF, NULL},
        {"", false, LOG_OFF, NULL},
        {"loud", false, LOG_OFF, NULL},
        {":/tmp/x", false, LOG_OFF, NULL},
        {"TRACE", true, LOG_TRACE, NULL},
        {"warning:", true, LOG_WARN, ""},
        {"6:/tmp/a:b", true, LOG_TRACE, "/tmp/a:b"},
        {"OFF:/tmp/x", true, LOG_OFF, "/tmp/x"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct log_wish wish;

        assert_int_equal(log_options_read_environment(&wish, cases[i].value), cases[i].is_wish);
        if (!cases[i].is_wish) continue;
        assert_int_equal(wish.level, cases[i].level);
        assert_int_equal(wish.max_bytes, 20 << 20);
        if (cases[i].path)
            assert_string_equal(wish.path, cases[i].path);
        else
            assert_null(wish.path);
    }
}

static void sizes_have_units(void **state)
{
    static const struct {
        const char *value;
        int64_t bytes; /* -1: refused */
    } cases[] = {{"0", 0},
                 {"20971520", 20 << 20},
                 {"20 m", 20 << 20},
                 {"1KB", 1024},
                 {"1 kib # so", 1024},
                 {"2G", INT64_C(2) << 30},
                 {"17b", 17},
                 {"1024G", INT64_C(1) << 40},
                 {"1025G", -1},
                 {"99999999999999999999", -1},
                 {"9999999999999999G", -1},
                 {"1 T", -1},
                 {"1iB", -1},
                 {"M", -1},
                 {"-1", -1},
                 {"1.5M", -1},
                 {"1MM", -1}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *value = cases[i].value;
        struct options o = {0};
        struct fault f = {0};
        enum status st =
            options_set(&o, OPTION_LOG_FILE_SIZE, value, strlen(value), OPTION_FROM_STRING, &f);

        if ((st != ST_OK) != (cases[i].bytes < 0)) fail_msg("%s: %s", value, f.text);
        if (!st) assert_int_equal(options_number(&o, OPTION_LOG_FILE_SIZE), cases[i].bytes);
        options_clear(&o);
    }
}

static void what_is_shown_holds_no_secret(void **state)
{
    struct options o;
    struct buf b;

    (void)state;
    read_string(&o, "AwsRegion=us-east-1;UID=AKIAEXAMPLE;PWD={hush;hush};SessionToken=quiet;"
                    "ProxyHost=http://me:s3cret@proxy:3128;ProxyPWD=silent;client_secret=mum;"
                    "web_identity_token=shh;login_url=https://idp/login?token=tacit;LogLevel=INFO");
    buf_init(&b, 10000);
    log_options_show(&o, &b);
    assert_true(buf_ok(&b));
    assert_non_null(strstr(b.bytes, "AwsRegion=us-east-1; "));
    assert_non_null(strstr(b.bytes, "UID=AKIAEXAMPLE; PWD=***; "));
    assert_non_null(strstr(b.bytes, "ProxyHost=***@proxy:3128"));
    assert_non_null(strstr(b.bytes, "login_url=https://idp/login?***"));
    assert_non_null(strstr(b.bytes, "LogLevel=INFO"));
    for (const char *const *secret = (const char *const[]){"hush", "quiet", "s3cret", "silent",
                                                           "mum", "shh", "tacit", NULL};
         *secret; secret++) {
        assert_null(strstr(b.bytes, *secret));
    }
    buf_clear(&b);
    options_clear(&o);
}

/* Every option of the table that holds a secret, whoever adds one. */
static void no_secret_of_the_table_is_shown(void **state)
{
    struct options o = {0};
    struct fault f = {0};
    struct buf b;
    int secrets = 0;

    (void)state;
    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        if (options_info((enum option_id)id)->kind != OPTION_KIND_SECRET) continue;
        options_set(&o, (enum option_id)id, "hush", 4, OPTION_FROM_STRING, &f);
        secrets++;
    }
    buf_init(&b, 10000);
    log_options_show(&o, &b);
    assert_true(secrets >= 5);
    assert_null(strstr(b.bytes, "hush"));
    buf_clear(&b);
    options_clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_asks_for_a_log),
        cmocka_unit_test(the_environment_asks_for_a_log),
        cmocka_unit_test(sizes_have_units),
        cmocka_unit_test(what_is_shown_holds_no_secret),
        cmocka_unit_test(no_secret_of_the_table_is_shown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
