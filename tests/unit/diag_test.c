/* handle/diag.c, diag_field.c, dynamic_function.c: records in ODBC's order, and how they read. */
#include "handle/diag_field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "handle/dynamic_function.h"
#include "handles.h"

static void test_order(void **state)
{
    static const enum sqlstate expected[] = {SQLSTATE_HYT00, SQLSTATE_HY000, SQLSTATE_01S02,
                                             SQLSTATE_01004, SQLSTATE_22003, SQLSTATE_01S07,
                                             SQLSTATE_22018};
    struct diag d;

    (void)state;
    diag_init(&d);
    diag_push_at(&d, SQLSTATE_22018, 9, 1, "");
    diag_push_at(&d, SQLSTATE_01S07, 2, 1, "");
    diag_warn(&d, SQLSTATE_01S02, "first warning");
    diag_push_at(&d, SQLSTATE_22003, 2, 2, "");
    diag_push(&d, SQLSTATE_HY000, 7, "an error goes before warnings");
    diag_push_at(&d, SQLSTATE_HYT00, SQL_ROW_NUMBER_UNKNOWN, 0, "");
    diag_warn(&d, SQLSTATE_01004, "warnings stay in the order they came");
    assert_int_equal(d.count, 7);
    for (unsigned i = 0; i < d.count; i++) {
        assert_int_equal(d.records[i].state, expected[i]);
    }
    diag_clear(&d);
    assert_int_equal(d.count, 0);
}

static void test_limit(void **state)
{
    struct diag d;

    (void)state;
    diag_init(&d);
    for (int i = 0; i < 2 * DIAG_MAX_RECORDS; i++) {
        diag_push_at(&d, SQLSTATE_22003, i + 1, 1, "out of range");
    }
    assert_int_equal(d.count, DIAG_MAX_RECORDS);
    assert_int_equal(d.records[0].row, 1);
    assert_int_equal(d.records[DIAG_MAX_RECORDS - 1].row, DIAG_MAX_RECORDS);
    diag_clear(&d);
}

static void test_long_text_is_cut_between_characters(void **state)
{
    char text[4096];
    struct diag d;
    size_t bytes;

    (void)state;
    for (size_t i = 0; i + 2 < sizeof text; i += 2) {
        memcpy(text + i, "\xc3\xa9", 3);
    }
    diag_init(&d);
    diag_push(&d, SQLSTATE_HY000, 0, "x%s", text);
    bytes = strlen(d.records[0].text);
    assert_true(bytes > 900 && bytes < 1100);
    assert_int_equal((unsigned char)d.records[0].text[bytes - 1], 0xa9);
    diag_clear(&d);
}

static void test_fault(void **state)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct diag d;

    (void)state;
    diag_init(&d);
    fault_set(&f, SQLSTATE_42S02, 400, "TABLE_NOT_FOUND: %s",
              "line 1:15: Table 'x' does not exist");
    assert_int_equal(diag_fault(&d, &f), SQL_ERROR);
    assert_int_equal(d.records[0].state, SQLSTATE_42S02);
    assert_int_equal(d.records[0].native, 400);
    assert_string_equal(d.records[0].text, "TABLE_NOT_FOUND: line 1:15: Table 'x' does not exist");
    fault_clear(&f);
    assert_int_equal(diag_fault(&d, &f), SQL_ERROR);
    assert_int_equal(d.count, 2); /* an error without a reason is an error all the same */
    diag_clear(&d);
}

static void test_get_record(void **state)
{
    struct handles *h = *state;
    struct handle *base = &h->stmt->base;
    char code[6], text[64];
    SQLSMALLINT length;
    SQLINTEGER native;
    struct text_room code_room = text_room_ansi(code, sizeof code);
    struct text_room text_room = text_room_ansi(text, sizeof text);

    diag_push(&base->diag, SQLSTATE_08S01, 56, "the link broke");
    text_room.small_length = &length;
    assert_int_equal(diag_get_record(base, 1, &code_room, &native, &text_room), SQL_SUCCESS);
    assert_string_equal(code, "08S01");
    assert_int_equal(native, 56);
    assert_string_equal(text, "[Athena][ODBC Driver] the link broke");
    assert_int_equal(length, strlen(text));

    text_room.room = 10;
    assert_int_equal(diag_get_record(base, 1, &code_room, NULL, &text_room), SQL_SUCCESS_WITH_INFO);
    assert_string_equal(text, "[Athena][");
    assert_int_equal(diag_get_record(base, 2, &code_room, NULL, &text_room), SQL_NO_DATA);
    assert_int_equal(diag_get_record(base, 0, &code_room, NULL, &text_room), SQL_ERROR);
    assert_int_equal(base->diag.count, 1); /* reading records nothing */
    handles_forget(base);
}

static void expect_text(struct handle *h, SQLSMALLINT field, const char *expected)
{
    char text[128] = "";
    struct text_room room = text_room_ansi(text, sizeof text);

    assert_int_equal(diag_get_field(h, 1, field, &room), SQL_SUCCESS);
    assert_string_equal(text, expected);
}

static SQLLEN number(struct handle *h, SQLSMALLINT field, size_t bytes)
{
    SQLLEN wide = 0x7777777777777777;
    struct text_room room = text_room_ansi(&wide, 0);

    assert_int_equal(diag_get_field(h, 1, field, &room), SQL_SUCCESS);
    if (bytes == sizeof(SQLLEN)) return wide;
    assert_int_equal((SQLULEN)wide >> 32, 0x77777777); /* four bytes written, not eight */
    return (SQLINTEGER)(wide & 0xffffffff);
}

static void test_record_fields(void **state)
{
    static const struct {
        enum sqlstate state;
        const char *class_origin, *subclass_origin;
    } origins[] = {
        {SQLSTATE_HY000, "ISO 9075", "ISO 9075"}, {SQLSTATE_01S02, "ISO 9075", "ODBC 3.0"},
        {SQLSTATE_HYT00, "ISO 9075", "ODBC 3.0"}, {SQLSTATE_53300, "PostgreSQL", "PostgreSQL"},
        {SQLSTATE_42S02, "ISO 9075", "ODBC 3.0"}, {SQLSTATE_HYC00, "ISO 9075", "ISO 9075"},
    };
    struct handles *h = *state;
    struct handle *base = &h->stmt->base;

    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        diag_push(&base->diag, origins[i].state, 0, "text");
        expect_text(base, SQL_DIAG_CLASS_ORIGIN, origins[i].class_origin);
        expect_text(base, SQL_DIAG_SUBCLASS_ORIGIN, origins[i].subclass_origin);
        handles_forget(base);
    }
    diag_push_at(&base->diag, SQLSTATE_22003, 3, 2, "too big");
    expect_text(base, SQL_DIAG_SQLSTATE, "22003");
    expect_text(base, SQL_DIAG_MESSAGE_TEXT, "[Athena][ODBC Driver] too big");
    expect_text(base, SQL_DIAG_CONNECTION_NAME, "");
    assert_int_equal(number(base, SQL_DIAG_NATIVE, sizeof(SQLINTEGER)), 0);
    assert_int_equal(number(base, SQL_DIAG_ROW_NUMBER, sizeof(SQLLEN)), 3);
    assert_int_equal(number(base, SQL_DIAG_COLUMN_NUMBER, sizeof(SQLINTEGER)), 2);
    handles_forget(base);
}

static void test_server_name_is_the_data_source(void **state)
{
    struct handles *h = *state;
    struct fault f = {.state = SQLSTATE_NONE};

    options_set(&h->dbc->options, OPTION_DSN, "Warehouse", 9, OPTION_FROM_STRING, &f);
    diag_push(&h->stmt->base.diag, SQLSTATE_HY000, 0, "text");
    expect_text(&h->stmt->base, SQL_DIAG_SERVER_NAME, "Warehouse");
    handles_forget(&h->stmt->base);
}

static void test_header_fields(void **state)
{
    struct handles *h = *state;
    struct handle *stmt = &h->stmt->base, *dbc = &h->dbc->base;
    SQLLEN unused;
    struct text_room room = text_room_ansi(&unused, 0);

    h->stmt->row_count = 42;
    stmt->diag.return_code = SQL_SUCCESS_WITH_INFO;
    assert_int_equal(number(stmt, SQL_DIAG_NUMBER, sizeof(SQLINTEGER)), 0);
    assert_int_equal(number(stmt, SQL_DIAG_ROW_COUNT, sizeof(SQLLEN)), 42);
    assert_int_equal(number(stmt, SQL_DIAG_CURSOR_ROW_COUNT, sizeof(SQLLEN)), -1);
    h->stmt->state = STMT_CURSOR;
    assert_int_equal(number(stmt, SQL_DIAG_CURSOR_ROW_COUNT, sizeof(SQLLEN)), 42);
    h->stmt->state = STMT_ALLOCATED;
    assert_int_equal(number(stmt, SQL_DIAG_DYNAMIC_FUNCTION_CODE, sizeof(SQLINTEGER)),
                     SQL_DIAG_UNKNOWN_STATEMENT);
    expect_text(stmt, SQL_DIAG_DYNAMIC_FUNCTION, "");

    assert_int_equal(diag_get_field(dbc, 0, SQL_DIAG_ROW_COUNT, &room), SQL_ERROR);
    assert_int_equal(diag_get_field(stmt, 1, SQL_DIAG_SQLSTATE, &room), SQL_NO_DATA);
    diag_push(&stmt->diag, SQLSTATE_HY000, 0, "text");
    assert_int_equal(diag_get_field(stmt, 1, 12345, &room), SQL_ERROR);
    assert_int_equal(number(stmt, SQL_DIAG_NUMBER, sizeof(SQLINTEGER)), 1);
    handles_forget(stmt);
}

static void test_lock_checks_the_kind(void **state)
{
    struct handles *h = *state;
    struct handle *locked;

    assert_null(diag_lock(SQL_HANDLE_STMT, NULL));
    assert_null(diag_lock(SQL_HANDLE_STMT, h->dbc));
    assert_null(diag_lock(77, h->dbc));
    locked = diag_lock(SQL_HANDLE_DESC, h->stmt->ard);
    assert_ptr_equal(locked, &h->stmt->ard->base);
    diag_unlock(locked);
}

static void test_dynamic_function(void **state)
{
    static const struct {
        const char *sql, *name;
        SQLINTEGER code;
    } cases[] = {
        {"select 1", "SELECT CURSOR", SQL_DIAG_SELECT_CURSOR},
        {" /* a */ -- b\n(SELECT 1)", "SELECT CURSOR", SQL_DIAG_SELECT_CURSOR},
        {"With x as (select 1) select * from x", "SELECT CURSOR", SQL_DIAG_SELECT_CURSOR},
        {"insert into t values (1)", "INSERT", SQL_DIAG_INSERT},
        {"CREATE EXTERNAL TABLE t (a int)", "CREATE TABLE", SQL_DIAG_CREATE_TABLE},
        {"create or replace view v as select 1", "CREATE VIEW", SQL_DIAG_CREATE_VIEW},
        {"drop /**/ table t", "DROP TABLE", SQL_DIAG_DROP_TABLE},
        {"SELECTION", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"VALUES 1", "SELECT CURSOR", SQL_DIAG_SELECT_CURSOR},
        {"TABLE t", "SELECT CURSOR", SQL_DIAG_SELECT_CURSOR},
        {"update t set a = 1", "UPDATE WHERE", SQL_DIAG_UPDATE_WHERE},
        {"delete from t", "DELETE WHERE", SQL_DIAG_DELETE_WHERE},
        {"merge into t using s on true when matched then delete", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"create table t as select 1", "CREATE TABLE", SQL_DIAG_CREATE_TABLE},
        {"create table if not exists t (a int)", "CREATE TABLE", SQL_DIAG_CREATE_TABLE},
        {"create view v as select 1", "CREATE VIEW", SQL_DIAG_CREATE_VIEW},
        {"drop view v", "DROP VIEW", SQL_DIAG_DROP_VIEW},
        {"create database if not exists d", "CREATE SCHEMA", SQL_DIAG_CREATE_SCHEMA},
        {"drop schema s", "DROP SCHEMA", SQL_DIAG_DROP_SCHEMA},
        {"alter table t add columns (b int)", "ALTER TABLE", SQL_DIAG_ALTER_TABLE},
        {"alter database d set dbproperties ('a'='b')", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"call p(1)", "CALL", SQL_DIAG_CALL},
        {"show tables", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"explain select 1", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"unload (select 1) to 's3://b/p'", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"MSCK REPAIR TABLE t", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"drop", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"/* never closed", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {"", "", SQL_DIAG_UNKNOWN_STATEMENT},
        {NULL, "", SQL_DIAG_UNKNOWN_STATEMENT},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        SQLINTEGER code = 99;

        assert_string_equal(dynamic_function(cases[i].sql, &code), cases[i].name);
        assert_int_equal(code, cases[i].code);
    }
}

/* What an application of ODBC 2 reads, whatever a manager does to it. */
static void test_states_of_odbc2(void **state)
{
    static const struct {
        enum sqlstate state;
        SQLUSMALLINT function;
        const char *odbc2;
    } cases[] = {
        {SQLSTATE_HY000, SQL_API_SQLFETCH, "S1000"},
        {SQLSTATE_42S02, SQL_API_SQLFETCH, "S0002"},
        {SQLSTATE_HYC00, SQL_API_SQLFETCH, "S1C00"},
        {SQLSTATE_08S01, SQL_API_SQLFETCH, "08S01"},
        {SQLSTATE_01004, SQL_API_SQLFETCH, "01004"},
        {SQLSTATE_HY007, SQL_API_SQLFETCH, "S1010"},
        {SQLSTATE_07009, SQL_API_SQLBINDCOL, "S1002"},
        {SQLSTATE_07009, SQL_API_SQLBINDPARAMETER, "S1093"},
    };
    struct handles *h = *state;
    char code[8];
    struct text_room code_room = text_room_ansi(code, sizeof code),
                     nowhere = text_room_ansi(NULL, 0);

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        h->stmt->base.function = cases[i].function;
        handles_forget(&h->stmt->base);
        diag_push(&h->stmt->base.diag, cases[i].state, 0, "x");
        h->env->odbc_version = SQL_OV_ODBC2;
        assert_int_equal(diag_get_record(&h->stmt->base, 1, &code_room, NULL, &nowhere), 0);
        assert_string_equal(code, cases[i].odbc2);
        assert_int_equal(diag_get_field(&h->stmt->base, 1, SQL_DIAG_SQLSTATE, &code_room), 0);
        assert_string_equal(code, cases[i].odbc2);
        h->env->odbc_version = SQL_OV_ODBC3;
        diag_get_record(&h->stmt->base, 1, &code_room, NULL, &nowhere);
        assert_string_equal(code, sqlstate_code(cases[i].state));
    }
    handles_forget(&h->stmt->base);
}

#define WITH_HANDLES(test) cmocka_unit_test_setup_teardown(test, handles_open, handles_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_long_text_is_cut_between_characters),
        cmocka_unit_test(test_fault),
        WITH_HANDLES(test_get_record),
        WITH_HANDLES(test_record_fields),
        WITH_HANDLES(test_server_name_is_the_data_source),
        WITH_HANDLES(test_header_fields),
        WITH_HANDLES(test_states_of_odbc2),
        WITH_HANDLES(test_lock_checks_the_kind),
        cmocka_unit_test(test_dynamic_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
