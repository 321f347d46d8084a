/* info/info.c, info/functions.c: every information type has an answer of the right size. */
#include "info/info.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "handle/function.h"
#include "handles.h"
#include "info/functions.h"

enum { ROOM_BYTES = 2048 };

static SQLSMALLINT get(struct dbc *d, SQLUSMALLINT type, void *value)
{
    SQLSMALLINT length = -1;
    struct text_room room = text_room_ansi(value, ROOM_BYTES);

    room.small_length = &length;
    assert_int_equal(info_get(d, type, &room), SQL_SUCCESS);
    return length;
}

/* The driver manager answers these itself. */
static bool is_managers(SQLUSMALLINT type)
{
    static const SQLUSMALLINT managers[] = {
        SQL_DRIVER_HDBC, SQL_DRIVER_HENV,  SQL_DRIVER_HSTMT, SQL_ODBC_VER,
        SQL_DRIVER_HLIB, SQL_DRIVER_HDESC, SQL_DM_VER,
    };

    for (size_t i = 0; i < sizeof managers / sizeof managers[0]; i++) {
        if (managers[i] == type) return true;
    }
    return false;
}

/* ODBC has given away 0 to SQL_CONVERT_GUID without a hole, and a few numbers of X/Open's. */
static void test_every_type_is_answered(void **state)
{
    static const SQLUSMALLINT others[] = {
        SQL_DTC_TRANSITION_COST,
        SQL_XOPEN_CLI_YEAR,
        SQL_CURSOR_SENSITIVITY,
        SQL_DESCRIBE_PARAMETER,
        SQL_CATALOG_NAME,
        SQL_COLLATION_SEQ,
        SQL_MAX_IDENTIFIER_LEN,
        SQL_ASYNC_MODE,
        SQL_MAX_ASYNC_CONCURRENT_STATEMENTS,
        SQL_ASYNC_DBC_FUNCTIONS,
        SQL_DRIVER_AWARE_POOLING_SUPPORTED,
        SQL_ASYNC_NOTIFICATION,
    };
    struct handles *h = *state;
    char value[ROOM_BYTES];

    for (SQLUSMALLINT type = 0; type <= SQL_CONVERT_GUID; type++) {
        if (!is_managers(type)) get(h->dbc, type, value);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        get(h->dbc, others[i], value);
    }
}

/* Sizes as ODBC prescribes: where a driver errs, an application reads or loses two bytes. */
static void test_sizes(void **state)
{
    static const SQLUSMALLINT two_bytes[] = {
        SQL_ACTIVE_ENVIRONMENTS,
        SQL_FILE_USAGE,
        SQL_MAX_CONCURRENT_ACTIVITIES,
        SQL_MAX_DRIVER_CONNECTIONS,
        SQL_CONCAT_NULL_BEHAVIOR,
        SQL_CURSOR_COMMIT_BEHAVIOR,
        SQL_CURSOR_ROLLBACK_BEHAVIOR,
        SQL_NULL_COLLATION,
        SQL_TXN_CAPABLE,
        SQL_CATALOG_LOCATION,
        SQL_CORRELATION_NAME,
        SQL_GROUP_BY,
        SQL_IDENTIFIER_CASE,
        SQL_NON_NULLABLE_COLUMNS,
        SQL_QUOTED_IDENTIFIER_CASE,
        SQL_MAX_CATALOG_NAME_LEN,
        SQL_MAX_COLUMN_NAME_LEN,
        SQL_MAX_COLUMNS_IN_GROUP_BY,
        SQL_MAX_COLUMNS_IN_INDEX,
        SQL_MAX_COLUMNS_IN_ORDER_BY,
        SQL_MAX_COLUMNS_IN_SELECT,
        SQL_MAX_COLUMNS_IN_TABLE,
        SQL_MAX_CURSOR_NAME_LEN,
        SQL_MAX_IDENTIFIER_LEN,
        SQL_MAX_PROCEDURE_NAME_LEN,
        SQL_MAX_SCHEMA_NAME_LEN,
        SQL_MAX_TABLE_NAME_LEN,
        SQL_MAX_TABLES_IN_SELECT,
        SQL_MAX_USER_NAME_LEN,
    };
    static const SQLUSMALLINT four_bytes[] = {
        SQL_ASYNC_MODE,
        SQL_GETDATA_EXTENSIONS,
        SQL_MAX_STATEMENT_LEN,
        SQL_MAX_ROW_SIZE,
        SQL_MAX_INDEX_SIZE,
        SQL_MAX_CHAR_LITERAL_LEN,
        SQL_MAX_BINARY_LITERAL_LEN,
        SQL_UNION,
        SQL_SCROLL_OPTIONS,
        SQL_DEFAULT_TXN_ISOLATION,
        SQL_CONVERT_FUNCTIONS,
        SQL_CONVERT_BIGINT,
        SQL_SQL_CONFORMANCE,
        SQL_CURSOR_SENSITIVITY,
        SQL_OJ_CAPABILITIES,
        SQL_ALTER_TABLE,
    };
    struct handles *h = *state;
    char value[ROOM_BYTES];

    for (size_t i = 0; i < sizeof two_bytes / sizeof two_bytes[0]; i++) {
        memset(value, '#', 8);
        assert_int_equal(get(h->dbc, two_bytes[i], value), 2);
        assert_memory_equal(value + 2, "######", 6);
    }
    for (size_t i = 0; i < sizeof four_bytes / sizeof four_bytes[0]; i++) {
        memset(value, '#', 8);
        assert_int_equal(get(h->dbc, four_bytes[i], value), 4);
        assert_memory_equal(value + 4, "####", 4);
    }
}

static SQLUINTEGER number(struct dbc *d, SQLUSMALLINT type)
{
    SQLUINTEGER value[ROOM_BYTES / 4] = {0};

    get(d, type, value);
    return value[0];
}

static void test_numbers(void **state)
{
    static const struct {
        SQLUSMALLINT type;
        SQLUINTEGER expected;
    } cases[] = {
        {SQL_ASYNC_MODE, SQL_AM_STATEMENT},
        {SQL_MAX_ASYNC_CONCURRENT_STATEMENTS, 0},
        {SQL_ASYNC_NOTIFICATION, SQL_ASYNC_NOTIFICATION_CAPABLE},
        {SQL_ASYNC_DBC_FUNCTIONS, SQL_ASYNC_DBC_NOT_CAPABLE},
        {SQL_TXN_CAPABLE, SQL_TC_NONE},
        {SQL_MAX_STATEMENT_LEN, 262144},
        {SQL_IDENTIFIER_CASE, SQL_IC_LOWER},
        {SQL_STRING_FUNCTIONS, 0x00FFFFFF}, /* every function that ODBC has */
        {SQL_NUMERIC_FUNCTIONS, 0x00FFFFFF},
        {SQL_TIMEDATE_FUNCTIONS, 0x001FFFFF},
        {SQL_SYSTEM_FUNCTIONS, 0x7},
        {SQL_CONVERT_FUNCTIONS, SQL_FN_CVT_CONVERT | SQL_FN_CVT_CAST},
        {SQL_TIMEDATE_ADD_INTERVALS, 0x1FF},
        {SQL_TIMEDATE_DIFF_INTERVALS, 0x1FF},
    };
    struct handles *h = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(number(h->dbc, cases[i].type), cases[i].expected);
    }
    assert_true(number(h->dbc, SQL_CONVERT_VARCHAR) & SQL_CVT_INTEGER);
}

static void expect_text(struct dbc *d, SQLUSMALLINT type, const char *expected)
{
    char value[ROOM_BYTES];

    assert_int_equal(get(d, type, value), strlen(expected));
    assert_string_equal(value, expected);
}

static void test_texts(void **state)
{
    struct handles *h = *state;
    struct fault f = {.state = SQLSTATE_NONE};

    expect_text(h->dbc, SQL_DRIVER_NAME, "libathenaodbc.so");
    expect_text(h->dbc, SQL_DRIVER_ODBC_VER, "03.80");
    expect_text(h->dbc, SQL_DBMS_NAME, "Amazon Athena");
    expect_text(h->dbc, SQL_IDENTIFIER_QUOTE_CHAR, "\"");
    expect_text(h->dbc, SQL_SEARCH_PATTERN_ESCAPE, "\\");
    expect_text(h->dbc, SQL_DATABASE_NAME, "AwsDataCatalog");
    expect_text(h->dbc, SQL_DATA_SOURCE_NAME, "");
    options_set(&h->dbc->options, OPTION_DSN, "Warehouse", 9, OPTION_FROM_STRING, &f);
    expect_text(h->dbc, SQL_DATA_SOURCE_NAME, "Warehouse");

    expect_text(h->dbc, SQL_DATA_SOURCE_READ_ONLY, "N");
    h->dbc->access_mode = SQL_MODE_READ_ONLY;
    expect_text(h->dbc, SQL_DATA_SOURCE_READ_ONLY, "Y");
}

/* The identity of Okta, AD FS and their like, or an access key's id; else the profile. */
static void test_user_name(void **state)
{
    struct handles *h = *state;
    struct fault f = {.state = SQLSTATE_NONE};

    expect_text(h->dbc, SQL_USER_NAME, "");
    options_set(&h->dbc->options, OPTION_AWS_PROFILE, "analyst", 7, OPTION_FROM_STRING, &f);
    expect_text(h->dbc, SQL_USER_NAME, "analyst");
    options_set(&h->dbc->options, OPTION_UID, "ann", 3, OPTION_FROM_STRING, &f);
    expect_text(h->dbc, SQL_USER_NAME, "ann");
}

/* The list is of what is the data source's own: in order, without ODBC's words, which are implied. */
static void test_keywords(void **state)
{
    struct handles *h = *state;
    char list[ROOM_BYTES], odbc[] = SQL_ODBC_KEYWORDS, *rest, *odbc_rest;
    const char *last = "";

    get(h->dbc, SQL_KEYWORDS, list);
    for (char *word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
        char copy[sizeof odbc];

        assert_true(strcmp(last, word) < 0);
        memcpy(copy, odbc, sizeof odbc);
        for (char *known = strtok_r(copy, ",", &odbc_rest); known;
             known = strtok_r(NULL, ",", &odbc_rest)) {
            assert_string_not_equal(known, word);
        }
        last = word;
    }
    assert_string_equal(last, "WINDOW");
}

/* Levels of ODBC 2 follow from what handle/functions.def offers. */
static void test_api_conformance(void **state)
{
    struct handles *h = *state;
    SQLUSMALLINT level, browse;

    get(h->dbc, SQL_ODBC_API_CONFORMANCE, &level);
    functions_get(SQL_API_SQLBROWSECONNECT, &browse);
    assert_int_equal(level, browse ? SQL_OAC_LEVEL2 : SQL_OAC_LEVEL1);
}

/* "##.##.####" with anything behind it. */
static void test_versions_have_odbcs_form(void **state)
{
    static const SQLUSMALLINT types[] = {SQL_DRIVER_VER, SQL_DBMS_VER};
    struct handles *h = *state;

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        char value[ROOM_BYTES];

        assert_int_equal(get(h->dbc, types[i], value), 10);
        for (int at = 0; at < 10; at++) {
            if (at == 2 || at == 5) {
                assert_int_equal(value[at], '.');
            } else {
                assert_in_range(value[at], '0', '9');
            }
        }
    }
}

static void test_unknown_type(void **state)
{
    struct handles *h = *state;
    struct text_room none = text_room_ansi(NULL, 0);

    handles_expect_error(&h->dbc->base, info_get(h->dbc, 999, &none), "HY096");
    handles_expect_error(&h->dbc->base, info_get(h->dbc, SQL_DRIVER_HDBC, &none), "HY096");
}

static void test_wide_text_is_counted_in_bytes(void **state)
{
    struct handles *h = *state;
    SQLWCHAR value[8];
    SQLSMALLINT length;
    struct text_room room = text_room_bytes(value, sizeof value);

    room.small_length = &length;
    handles_expect_info(&h->dbc->base, info_get(h->dbc, SQL_DBMS_NAME, &room), "01004");
    assert_int_equal(length, 13 * sizeof(SQLWCHAR));
    assert_int_equal(value[6], ' '); /* "Amazon " and the terminator */
    assert_int_equal(value[7], 0);
}

static void test_functions_agree_in_all_forms(void **state)
{
    SQLUSMALLINT bits[SQL_API_ODBC3_ALL_FUNCTIONS_SIZE], old[100], one;

    (void)state;
    assert_true(functions_get(SQL_API_ODBC3_ALL_FUNCTIONS, bits));
    assert_true(functions_get(SQL_API_ALL_FUNCTIONS, old));
    for (SQLUSMALLINT id = 1; id < 100; id++) {
        functions_get(id, &one);
        assert_int_equal(one, old[id]);
        assert_int_equal(one, SQL_FUNC_EXISTS(bits, id));
    }
    for (SQLUSMALLINT id = SQL_API_SQLALLOCHANDLE; id <= SQL_API_SQLCANCELHANDLE; id++) {
        functions_get(id, &one);
        assert_int_equal(one, SQL_FUNC_EXISTS(bits, id));
    }
}

static void test_functions_tell_the_truth(void **state)
{
    static const struct {
        SQLUSMALLINT id;
        SQLUSMALLINT expected;
    } cases[] = {
        {SQL_API_SQLEXECDIRECT, SQL_TRUE},    {SQL_API_SQLCANCELHANDLE, SQL_TRUE},
        {SQL_API_SQLTABLES, SQL_TRUE},        {SQL_API_SQLSETPOS, SQL_TRUE},
        {SQL_API_SQLBINDPARAMETER, SQL_TRUE}, {SQL_API_SQLBULKOPERATIONS, SQL_TRUE},
        {SQL_API_SQLBROWSECONNECT, SQL_TRUE}, {SQL_API_SQLDESCRIBEPARAM, SQL_TRUE},
        {SQL_API_SQLPUTDATA, SQL_TRUE},
    };
    SQLUSMALLINT one;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(functions_get(cases[i].id, &one));
        assert_int_equal(one, cases[i].expected);
    }
    assert_false(functions_get(30, &one));
    assert_false(functions_get(998, &one));
}

#define WITH_HANDLES(test) cmocka_unit_test_setup_teardown(test, handles_open, handles_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HANDLES(test_every_type_is_answered),
        WITH_HANDLES(test_sizes),
        WITH_HANDLES(test_numbers),
        WITH_HANDLES(test_texts),
        WITH_HANDLES(test_user_name),
        WITH_HANDLES(test_keywords),
        WITH_HANDLES(test_api_conformance),
        WITH_HANDLES(test_versions_have_odbcs_form),
        WITH_HANDLES(test_unknown_type),
        WITH_HANDLES(test_wide_text_is_counted_in_bytes),
        cmocka_unit_test(test_functions_agree_in_all_forms),
        cmocka_unit_test(test_functions_tell_the_truth),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
