/* config/dsn.h with an odbc.ini made of a table, and once through odbcinst itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/connstr.h"
#include "config/dsn.h"

static char long_value[1200];

static const struct {
    const char *section, *key, *value;
} ini[] = {
    {"Athena", "Driver", "/usr/lib/libathenaodbc.so"},
    {"Athena", "Description", "queries"},
    {"Athena", "AwsRegion", " eu-west-1 "},
    {"Athena", "Schema", "dsn_schema"},
    {"Athena", "LogLevel", "4 # like AWS's samples"},
    {"Athena", "UID", ""},
    {"Athena", "Trace", "No"},
    {"Athena", "Sheme", "x"},
    {"Bad", "VerifySSL", "perhaps"},
    {"Long", "Schema", "x"},
    {"Long", "SessionToken", long_value},
    {"ATHENA_WIDE_SETTINGS", "LogLevel", "TRACE"},
    {"ATHENA_WIDE_SETTINGS", "LogPath", "/var/log/athena"},
    {"ATHENA_WIDE_SETTINGS", "LogFileSize", "3M"},
    {"ATHENA_WIDE_SETTINGS", "LogFileCount", "4"},
    {"ATHENA_WIDE_SETTINGS", "Schema", "not read from here"},
};

static int get(const char *section, const char *key, const char *fallback, char *value,
               int value_bytes, const char *file)
{
    size_t used = 0;

    assert_string_equal(file, "odbc.ini");
    for (size_t i = 0; i < sizeof ini / sizeof *ini; i++) {
        if (strcmp(section, ini[i].section) != 0) continue;
        if (!key) {
            used += (size_t)snprintf(value + used, (size_t)value_bytes - used, "%s", ini[i].key) +
                    1;
        } else if (!strcmp(key, ini[i].key)) {
            return snprintf(value, (size_t)value_bytes, "%s", ini[i].value);
        }
    }
    if (key) return snprintf(value, (size_t)value_bytes, "%s", fallback);
    value[used] = '\0';
    return (int)used;
}

static void a_section_fills_what_the_string_leaves_open(void **state)
{
    static const char text[] = "DSN=Athena;Database=mine";
    struct options o = {0};
    struct option_warnings w = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(connstr_parse(&o, text, strlen(text), &w, &f), ST_OK);
    assert_int_equal(dsn_read(&o, options_text(&o, OPTION_DSN), get, &w, &f), ST_OK);
    assert_string_equal(options_text(&o, OPTION_SCHEMA), "mine");
    assert_string_equal(options_text(&o, OPTION_AWS_REGION), "eu-west-1");
    assert_string_equal(options_text(&o, OPTION_DESCRIPTION), "queries");
    assert_false(options_is_set(&o, OPTION_DRIVER)); /* the driver manager's */
    assert_false(options_is_set(&o, OPTION_UID));
    assert_int_equal(options_log_level(&o), 3);
    assert_string_equal(options_text(&o, OPTION_LOG_PATH), "/var/log/athena");
    assert_int_equal(w.count, 1);
    assert_non_null(strstr(w.first->text, "Sheme"));
    options_warnings_clear(&w);
    options_clear(&o);
}

static void without_a_data_source_the_wide_section_counts(void **state)
{
    struct options o = {0};

    (void)state;
    assert_int_equal(dsn_read(&o, NULL, get, NULL, NULL), ST_OK);
    assert_int_equal(options_log_level(&o), 5);
    assert_int_equal(options_number(&o, OPTION_LOG_FILE_SIZE), 3 << 20);
    assert_int_equal(options_number(&o, OPTION_LOG_FILE_COUNT), 4);
    assert_false(options_is_set(&o, OPTION_SCHEMA));
    options_clear(&o);
    assert_int_equal(dsn_read(&o, "nobody", get, NULL, NULL), ST_OK);
    assert_false(options_is_set(&o, OPTION_SCHEMA));
    options_clear(&o);
}

static void bad_values_are_faults(void **state)
{
    struct options o = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(dsn_read(&o, "Bad", get, NULL, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_HY024);
    assert_non_null(strstr(f.text, "VerifySSL"));
    options_clear(&o);
}

static void a_value_that_odbcinst_has_cut_is_a_fault(void **state)
{
    struct options o = {0};
    struct fault f = {0};

    (void)state;
    memset(long_value, 't', 999);
    assert_int_equal(dsn_read(&o, "Long", get, NULL, &f), ST_ERR);
    assert_non_null(strstr(f.text, "SessionToken"));
    assert_null(strstr(f.text, "ttt"));
    options_clear(&o);
    long_value[998] = '\0';
    fault_clear(&f);
    assert_int_equal(dsn_read(&o, "Long", get, NULL, &f), ST_OK);
    assert_int_equal(strlen(options_text(&o, OPTION_SESSION_TOKEN)), 998);
    options_clear(&o);
}

/* The list of keys and the values as the real thing gives them. */
static void through_odbcinst(void **state)
{
    static const char text[] = "[ReallyAthena]\nDriver = Athena\nAwsRegion = us-east-2\n"
                               "WorkGroup=wg\nPWD = a;b#c\nLogLevel=0 # off\n";
    char path[] = "/tmp/dsn_test.XXXXXX";
    struct options o = {0};
    struct fault f = {0};
    int fd = mkstemp(path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    setenv("ODBCINI", path, 1);
    assert_int_equal(dsn_read(&o, "ReallyAthena", dsn_get_from_odbcinst, NULL, &f), ST_OK);
    unlink(path);
    assert_string_equal(options_text(&o, OPTION_AWS_REGION), "us-east-2");
    assert_string_equal(options_text(&o, OPTION_WORKGROUP), "wg");
    assert_int_equal(options_log_level(&o), 0);
    options_clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_section_fills_what_the_string_leaves_open),
        cmocka_unit_test(without_a_data_source_the_wide_section_counts),
        cmocka_unit_test(bad_values_are_faults),
        cmocka_unit_test(a_value_that_odbcinst_has_cut_is_a_fault),
        cmocka_unit_test(through_odbcinst),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
