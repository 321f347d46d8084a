/* Attributes of environments, connections and statements: set, read back, refused, substituted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <sql.h>
#include <sqlext.h>
#include <sqlspi.h>

#include "handle/event.h"
#include "handles.h"

/* What setting a value says ("" is SQL_SUCCESS), and what is read then. */
struct attribute_case {
    SQLINTEGER id;
    SQLULEN value;
    const char *state;
    SQLULEN then;
};

static SQLULEN stmt_number(struct stmt *s, SQLINTEGER id)
{
    SQLULEN number = 0;
    struct text_room room = text_room_ansi(&number, SQL_IS_UINTEGER);

    assert_int_equal(stmt_get_attribute(s, id, &room), SQL_SUCCESS);
    return number;
}

static void expect_set(struct handle *h, SQLRETURN rc, const char *state)
{
    if (!*state) {
        assert_int_equal(rc, SQL_SUCCESS);
        assert_int_equal(h->diag.count, 0);
    } else if (memcmp(state, "01", 2) == 0) {
        handles_expect_info(h, rc, state);
    } else {
        handles_expect_error(h, rc, state);
    }
}

static void test_statement_numbers(void **state)
{
    static const struct attribute_case cases[] = {
        {SQL_ATTR_QUERY_TIMEOUT, 30, "", 30},
        {SQL_ATTR_MAX_ROWS, 1000000, "", 1000000},
        {SQL_ATTR_NOSCAN, SQL_NOSCAN_ON, "", SQL_NOSCAN_ON},
        {SQL_ATTR_NOSCAN, 2, "HY024", SQL_NOSCAN_ON},
        {SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON, "", SQL_ASYNC_ENABLE_ON},
        {SQL_ATTR_ASYNC_ENABLE, 7, "HY024", SQL_ASYNC_ENABLE_ON},
        {SQL_ATTR_METADATA_ID, SQL_TRUE, "", SQL_TRUE},
        {SQL_ROWSET_SIZE, 20, "", 20},
        {SQL_ROWSET_SIZE, 0, "HY024", 20},
        {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_FORWARD_ONLY, "", SQL_CURSOR_FORWARD_ONLY},
        {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC, "", SQL_CURSOR_STATIC},
        {SQL_ATTR_CURSOR_TYPE, 9, "HY024", SQL_CURSOR_STATIC},
        {SQL_ATTR_CONCURRENCY, SQL_CONCUR_VALUES, "01S02", SQL_CONCUR_READ_ONLY},
        {SQL_ATTR_CONCURRENCY, 0, "HY024", SQL_CONCUR_READ_ONLY},
        {SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE, "", SQL_UB_VARIABLE},
        {SQL_ATTR_USE_BOOKMARKS, 3, "HY024", SQL_UB_VARIABLE},
        {SQL_ATTR_KEYSET_SIZE, 10, "01S02", 0},
        {SQL_ATTR_SIMULATE_CURSOR, SQL_SC_UNIQUE, "01S02", SQL_SC_NON_UNIQUE},
        {SQL_ATTR_ROW_ARRAY_SIZE, 500, "", 500},
        {SQL_ATTR_ROW_ARRAY_SIZE, 0, "HY024", 500},
        {SQL_ATTR_ROW_BIND_TYPE, 64, "", 64},
        {SQL_ATTR_ROW_NUMBER, 1, "HY092", 0},
        {SQL_ATTR_ASYNC_STMT_NOTIFICATION_CONTEXT, 0x1234, "", 0x1234},
    };
    struct handles *h = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SQLRETURN rc = stmt_set_attribute(h->stmt, cases[i].id, (SQLPOINTER)cases[i].value);

        expect_set(&h->stmt->base, rc, cases[i].state);
        assert_int_equal(stmt_number(h->stmt, cases[i].id), cases[i].then);
    }
    handles_expect_error(&h->stmt->base, stmt_set_attribute(h->stmt, 29999, NULL), "HY092");
}

/* Setting one says what the three are then: type, scrollable, sensitivity. */
static void test_cursor_attributes_go_together(void **state)
{
    enum { TYPE = SQL_ATTR_CURSOR_TYPE, SCROLL = SQL_ATTR_CURSOR_SCROLLABLE };
    enum { SENSITIVITY = SQL_ATTR_CURSOR_SENSITIVITY };
    static const struct {
        SQLINTEGER id;
        SQLULEN value;
        const char *state;
        SQLULEN type, scrollable, sensitivity;
    } cases[] = {
        /* clang-format off */
        {SCROLL,      SQL_SCROLLABLE,          "",      SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        {SENSITIVITY, SQL_UNSPECIFIED,         "",      SQL_CURSOR_STATIC,       1, SQL_UNSPECIFIED},
        {SCROLL,      SQL_NONSCROLLABLE,       "",      SQL_CURSOR_FORWARD_ONLY, 0, SQL_UNSPECIFIED},
        {SENSITIVITY, SQL_SENSITIVE,           "01S02", SQL_CURSOR_FORWARD_ONLY, 0, SQL_UNSPECIFIED},
        {TYPE,        SQL_CURSOR_KEYSET_DRIVEN,"01S02", SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        {TYPE,        SQL_CURSOR_FORWARD_ONLY, "",      SQL_CURSOR_FORWARD_ONLY, 0, SQL_UNSPECIFIED},
        {TYPE,        SQL_CURSOR_DYNAMIC,      "01S02", SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        {SENSITIVITY, SQL_SENSITIVE,           "01S02", SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        {TYPE,        SQL_CURSOR_FORWARD_ONLY, "",      SQL_CURSOR_FORWARD_ONLY, 0, SQL_UNSPECIFIED},
        {SENSITIVITY, SQL_INSENSITIVE,         "",      SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        {SCROLL,      2,                       "HY024", SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        {SENSITIVITY, 3,                       "HY024", SQL_CURSOR_STATIC,       1, SQL_INSENSITIVE},
        /* clang-format on */
    };
    struct handles *h = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SQLRETURN rc = stmt_set_attribute(h->stmt, cases[i].id, (SQLPOINTER)cases[i].value);

        expect_set(&h->stmt->base, rc, cases[i].state);
        assert_int_equal(stmt_number(h->stmt, TYPE), cases[i].type);
        assert_int_equal(stmt_number(h->stmt, SCROLL), cases[i].scrollable);
        assert_int_equal(stmt_number(h->stmt, SENSITIVITY), cases[i].sensitivity);
    }
}

static void test_statement_attributes_reach_the_descriptors(void **state)
{
    struct handles *h = *state;
    SQLUSMALLINT status[4];
    SQLULEN fetched;

    stmt_set_attribute(h->stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)4);
    stmt_set_attribute(h->stmt, SQL_ATTR_ROW_STATUS_PTR, status);
    stmt_set_attribute(h->stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched);
    assert_int_equal(h->stmt->own_ard.array_size, 4);
    assert_ptr_equal(h->stmt->own_ird.array_status_ptr, status);
    assert_ptr_equal(h->stmt->own_ird.rows_processed_ptr, &fetched);
    assert_ptr_equal(stmt_number(h->stmt, SQL_ATTR_APP_ROW_DESC), h->stmt->ard);
}

static void test_cursor_attributes_come_before_preparing(void **state)
{
    struct handles *h = *state;
    const SQLPOINTER fixed = (SQLPOINTER)SQL_CURSOR_STATIC;

    h->stmt->state = STMT_PREPARED;
    handles_expect_error(&h->stmt->base, stmt_set_attribute(h->stmt, SQL_ATTR_CURSOR_TYPE, fixed),
                         "HY011");
    h->stmt->state = STMT_CURSOR;
    handles_expect_error(&h->stmt->base, stmt_set_attribute(h->stmt, SQL_ATTR_CURSOR_TYPE, fixed),
                         "24000");
    assert_int_equal(stmt_set_attribute(h->stmt, SQL_ATTR_MAX_ROWS, (SQLPOINTER)3), SQL_SUCCESS);
}

static void test_row_number(void **state)
{
    struct handles *h = *state;

    assert_int_equal(stmt_number(h->stmt, SQL_ATTR_ROW_NUMBER), 0);
    h->stmt->state = STMT_CURSOR;
    h->stmt->rowset_first = 101;
    h->stmt->rowset_count = 10;
    h->stmt->rowset_row = 4;
    assert_int_equal(stmt_number(h->stmt, SQL_ATTR_ROW_NUMBER), 105);
}

static SQLRETURN set_event(struct stmt *s, SQLLEN fd)
{
    return stmt_set_attribute(s, SQL_ATTR_ASYNC_STMT_EVENT, (SQLPOINTER)fd);
}

static void test_event_is_duplicated(void **state)
{
    struct handles *h = *state;
    int ends[2];
    char byte = 'x';

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(set_event(h->stmt, ends[1]), SQL_SUCCESS);
    assert_int_not_equal(h->stmt->attr.event->fd, ends[1]);
    assert_int_equal(stmt_number(h->stmt, SQL_ATTR_ASYNC_STMT_EVENT), ends[1]);
    close(ends[1]); /* the application's end goes, the driver's stays */
    assert_int_equal(write(h->stmt->attr.event->fd, &byte, 1), 1);
    assert_int_equal(read(ends[0], &byte, 1), 1);

    assert_int_equal(set_event(h->stmt, 0), SQL_SUCCESS);
    assert_null(h->stmt->attr.event);
    assert_int_equal(read(ends[0], &byte, 1), 0); /* nobody holds the other end */
    close(ends[0]);
}

static void test_event_refuses(void **state)
{
    struct handles *h = *state;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    handles_expect_error(&h->stmt->base, set_event(h->stmt, ends[0]), "HY024"); /* not writable */
    close(ends[0]);
    close(ends[1]);
    handles_expect_error(&h->stmt->base, set_event(h->stmt, ends[1]), "HY024"); /* closed */
    handles_expect_error(&h->stmt->base, set_event(h->stmt, INT64_MAX), "HY024");
    handles_expect_error(&h->stmt->base, set_event(h->stmt, -2), "HY024");
    assert_null(h->stmt->attr.event);
    assert_int_equal(set_event(h->stmt, -1), SQL_SUCCESS);
}

static SQLULEN dbc_number(struct dbc *d, SQLINTEGER id, size_t bytes)
{
    SQLULEN number = 0;
    SQLINTEGER length = 0;
    struct text_room room = text_room_ansi(&number, 0);

    room.long_length = &length;
    assert_int_equal(dbc_get_attribute(d, id, &room), SQL_SUCCESS);
    assert_int_equal(length, bytes);
    return number;
}

static void test_connection_numbers(void **state)
{
    static const struct {
        struct attribute_case a;
        size_t bytes;
    } cases[] = {
        {{SQL_ATTR_ACCESS_MODE, SQL_MODE_READ_ONLY, "", SQL_MODE_READ_ONLY}, 4},
        {{SQL_ATTR_ACCESS_MODE, 2, "HY024", SQL_MODE_READ_ONLY}, 4},
        {{SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_ON, "", SQL_AUTOCOMMIT_ON}, 4},
        {{SQL_ATTR_AUTOCOMMIT, SQL_AUTOCOMMIT_OFF, "", SQL_AUTOCOMMIT_OFF}, 4},
        {{SQL_ATTR_LOGIN_TIMEOUT, 15, "", 15}, 4},
        {{SQL_ATTR_LOGIN_TIMEOUT, 0xffffffff00000010, "", 16}, 4}, /* rubbish in the upper half */
        {{SQL_ATTR_PACKET_SIZE, 4096, "HY011", 0}, 4},
        {{SQL_ATTR_TXN_ISOLATION, SQL_TXN_SERIALIZABLE, "01S02", 0}, 4},
        {{SQL_ATTR_TXN_ISOLATION, 3, "HY024", 0}, 4},
        {{SQL_ATTR_ASYNC_ENABLE, SQL_ASYNC_ENABLE_ON, "", SQL_ASYNC_ENABLE_ON}, 8},
        {{SQL_ATTR_METADATA_ID, SQL_TRUE, "", SQL_TRUE}, 8},
        {{SQL_ATTR_CONNECTION_DEAD, 1, "HY092", SQL_CD_FALSE}, 4},
        {{SQL_ATTR_AUTO_IPD, 1, "HY092", SQL_FALSE}, 4},
        {{SQL_ATTR_MAX_ROWS, 10, "", 10}, 8},
    };
    struct handles *h = *state;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct attribute_case *a = &cases[i].a;

        expect_set(&h->dbc->base, dbc_set_attribute(h->dbc, a->id, text_ansi((void *)a->value, 0)),
                   a->state);
        assert_int_equal(dbc_number(h->dbc, a->id, cases[i].bytes), a->then);
    }
    handles_expect_error(&h->dbc->base,
                         dbc_set_attribute(h->dbc, SQL_ATTR_TRANSLATE_LIB, text_ansi(NULL, 0)),
                         "HYC00");
    handles_expect_error(&h->dbc->base, dbc_set_attribute(h->dbc, 29999, text_ansi(NULL, 0)),
                         "HY092");
}

static void test_connection_attributes_are_statement_defaults(void **state)
{
    struct handles *h = *state;
    struct stmt *s;

    dbc_set_attribute(h->dbc, SQL_ATTR_ASYNC_ENABLE, text_ansi((void *)SQL_ASYNC_ENABLE_ON, 0));
    dbc_set_attribute(h->dbc, SQL_ATTR_QUERY_TIMEOUT, text_ansi((void *)9, 0));
    s = stmt_new(h->dbc);
    assert_int_equal(stmt_number(s, SQL_ATTR_ASYNC_ENABLE), SQL_ASYNC_ENABLE_ON);
    assert_int_equal(stmt_number(s, SQL_ATTR_QUERY_TIMEOUT), 9);
    assert_int_equal(stmt_number(h->stmt, SQL_ATTR_ASYNC_ENABLE), SQL_ASYNC_ENABLE_OFF);
    stmt_free(s);
}

/* The cursor of ODBC 2's statement options, set on the connection. */
static void test_cursors_are_statement_defaults(void **state)
{
    static const struct {
        SQLINTEGER id;
        SQLULEN value;
        const char *state;
        SQLULEN then;
    } cases[] = {
        {SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_DYNAMIC, "01S02", SQL_CURSOR_STATIC},
        {SQL_ATTR_CURSOR_TYPE, 9, "HY024", SQL_CURSOR_STATIC},
        {SQL_ATTR_CONCURRENCY, SQL_CONCUR_LOCK, "01S02", SQL_CONCUR_READ_ONLY},
        {SQL_ATTR_KEYSET_SIZE, 5, "01S02", 0},
        {SQL_ATTR_SIMULATE_CURSOR, SQL_SC_UNIQUE, "01S02", SQL_SC_NON_UNIQUE},
        {SQL_ATTR_USE_BOOKMARKS, SQL_UB_ON, "", SQL_UB_FIXED},
        {SQL_ATTR_RETRIEVE_DATA, SQL_RD_OFF, "", SQL_RD_OFF},
        {SQL_ROWSET_SIZE, 20, "", 20},
        {SQL_ROWSET_SIZE, 0, "HY024", 20},
        {SQL_BIND_TYPE, 64, "", 64},
    };
    struct handles *h = *state;
    struct stmt *s;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SQLRETURN rc =
            dbc_set_attribute(h->dbc, cases[i].id, text_ansi((void *)(uintptr_t)cases[i].value, 0));

        expect_set(&h->dbc->base, rc, cases[i].state);
    }
    s = stmt_new(h->dbc);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(stmt_number(s, cases[i].id), cases[i].then);
        assert_int_equal(stmt_number(h->stmt, SQL_ATTR_CURSOR_TYPE), SQL_CURSOR_FORWARD_ONLY);
    }
    assert_int_equal(stmt_number(s, SQL_ATTR_CURSOR_SCROLLABLE), SQL_SCROLLABLE);
    stmt_free(s);
}

static void test_current_catalog(void **state)
{
    static const SQLWCHAR wide[] = {'c', 0xe4, 0};
    struct handles *h = *state;
    SQLWCHAR chars[8];
    SQLINTEGER length = 0;
    struct text_room room = text_room_bytes(chars, sizeof chars);
    char *catalog = dbc_catalog(h->dbc);

    assert_string_equal(catalog, "AwsDataCatalog"); /* the option's default */
    free(catalog);
    assert_int_equal(dbc_set_attribute(h->dbc, SQL_ATTR_CURRENT_CATALOG,
                                       text_wide_bytes(wide, 2 * sizeof(SQLWCHAR))),
                     SQL_SUCCESS);
    room.long_length = &length;
    assert_int_equal(dbc_get_attribute(h->dbc, SQL_ATTR_CURRENT_CATALOG, &room), SQL_SUCCESS);
    assert_memory_equal(chars, wide, sizeof wide);
    assert_int_equal(length, 2 * sizeof(SQLWCHAR));
    handles_expect_error(&h->dbc->base,
                         dbc_set_attribute(h->dbc, SQL_ATTR_CURRENT_CATALOG, text_ansi(NULL, 0)),
                         "HY009");
}

static void test_environment(void **state)
{
    struct handles *h = *state;
    struct env *e = h->env;
    SQLINTEGER number = 0;
    struct text_room room = text_room_ansi(&number, 0);

    handles_expect_error(
        &e->base, env_set_attribute(e, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(SQLLEN)SQL_OV_ODBC3),
        "HY010");
    handles_expect_error(&e->base, env_set_attribute(e, SQL_ATTR_OUTPUT_NTS, (SQLPOINTER)SQL_FALSE),
                         "HYC00");
    handles_expect_error(&e->base, env_set_attribute(e, 29999, NULL), "HY092");
    handles_expect_error(
        &e->base, env_set_attribute(e, SQL_ATTR_CONNECTION_POOLING, (SQLPOINTER)77), "HY024");
    assert_int_equal(env_set_attribute(e, SQL_ATTR_CP_MATCH, (SQLPOINTER)SQL_CP_RELAXED_MATCH),
                     SQL_SUCCESS);
    assert_int_equal(env_get_attribute(e, SQL_ATTR_CP_MATCH, &room), SQL_SUCCESS);
    assert_int_equal(number, SQL_CP_RELAXED_MATCH);
    assert_int_equal(env_get_attribute(e, SQL_ATTR_ODBC_VERSION, &room), SQL_SUCCESS);
    assert_int_equal(number, SQL_OV_ODBC3_80);
}

static void test_cursor_names(void **state)
{
    struct handles *h = *state;
    struct stmt *s2 = stmt_new(h->dbc);

    assert_string_equal(stmt_cursor_name(h->stmt), "SQL_CUR1");
    assert_string_equal(stmt_cursor_name(s2), "SQL_CUR2");
    assert_string_equal(stmt_cursor_name(h->stmt), "SQL_CUR1");
    assert_int_equal(stmt_set_cursor_name(h->stmt, strdup("mine")), SQL_SUCCESS);
    handles_expect_error(&s2->base, stmt_set_cursor_name(s2, strdup("MINE")), "3C000");
    handles_expect_error(&s2->base, stmt_set_cursor_name(s2, strdup("")), "34000");
    handles_expect_error(&s2->base, stmt_set_cursor_name(s2, strdup("sql_cur9")), "34000");
    assert_string_equal(stmt_cursor_name(h->stmt), "mine");
    stmt_free(s2);
}

#define WITH_HANDLES(test) cmocka_unit_test_setup_teardown(test, handles_open, handles_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HANDLES(test_statement_numbers),
        WITH_HANDLES(test_cursor_attributes_go_together),
        WITH_HANDLES(test_statement_attributes_reach_the_descriptors),
        WITH_HANDLES(test_cursor_attributes_come_before_preparing),
        WITH_HANDLES(test_row_number),
        WITH_HANDLES(test_event_is_duplicated),
        WITH_HANDLES(test_event_refuses),
        WITH_HANDLES(test_connection_numbers),
        WITH_HANDLES(test_connection_attributes_are_statement_defaults),
        WITH_HANDLES(test_cursors_are_statement_defaults),
        WITH_HANDLES(test_current_catalog),
        WITH_HANDLES(test_environment),
        WITH_HANDLES(test_cursor_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
