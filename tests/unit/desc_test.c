/* handle/desc.c, desc_field.c: bindings, descriptions, fields by number. */
#include "handle/desc_field.h"
#include "handle/desc_record.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "convert/sqltype.h"
#include "handle/desc_type.h"
#include "handles.h"
#include "unit/sample_columns.h"

enum { COLUMNS = SAMPLE_CAFE + 1 };
static const struct sqltype_settings settings = {255, 65535, false};

static void describe(struct handles *h)
{
    assert_true(desc_describe(h->stmt->ird, sample_columns, COLUMNS, &settings));
    h->stmt->state = STMT_CURSOR;
}

static void bind(struct handles *h, SQLUSMALLINT column, SQLSMALLINT c_type, void *data,
                 SQLLEN bytes, SQLLEN *indicator)
{
    assert_int_equal(
        desc_bind_column(h->stmt->ard, &h->stmt->base.diag, column, c_type, data, bytes, indicator),
        SQL_SUCCESS);
}

static void test_bind_and_unbind(void **state)
{
    struct handles *h = *state;
    struct desc *ard = h->stmt->ard;
    SQLLEN indicator;
    char buffer[8];

    bind(h, 3, SQL_C_CHAR, buffer, sizeof buffer, &indicator);
    assert_int_equal(ard->count, 3);
    assert_null(ard->records[1].data_ptr);
    assert_ptr_equal(ard->records[3].data_ptr, buffer);
    assert_int_equal(ard->records[3].octet_length, sizeof buffer);
    assert_ptr_equal(ard->records[3].indicator_ptr, &indicator);
    assert_ptr_equal(ard->records[3].octet_length_ptr, &indicator);
    assert_int_equal(ard->records[3].concise_type, SQL_C_CHAR);

    bind(h, 1, SQL_C_DATE, buffer, sizeof buffer, NULL); /* ODBC 2's name */
    assert_int_equal(ard->records[1].concise_type, SQL_C_TYPE_DATE);
    bind(h, 3, SQL_C_CHAR, NULL, 0, NULL);
    assert_int_equal(ard->count, 1); /* the highest column that is still bound */
    bind(h, 9, SQL_C_CHAR, NULL, 0, NULL);
    assert_int_equal(ard->count, 1);
    bind(h, 1, SQL_C_CHAR, NULL, 0, &indicator); /* the length alone stays bound */
    assert_int_equal(ard->count, 1);
}

static void test_bind_defaults(void **state)
{
    struct handles *h = *state;
    SQL_NUMERIC_STRUCT number;
    SQL_INTERVAL_STRUCT interval;

    bind(h, 1, SQL_C_NUMERIC, &number, 0, NULL);
    bind(h, 2, SQL_C_INTERVAL_DAY_TO_SECOND, &interval, 0, NULL);
    assert_int_equal(h->stmt->ard->records[1].precision, 38);
    assert_int_equal(h->stmt->ard->records[1].scale, 0);
    assert_int_equal(h->stmt->ard->records[2].type, SQL_INTERVAL);
    assert_int_equal(h->stmt->ard->records[2].datetime_interval_code, SQL_CODE_DAY_TO_SECOND);
    assert_int_equal(h->stmt->ard->records[2].datetime_interval_precision, 2);
    assert_int_equal(h->stmt->ard->records[2].precision, 6);
}

static void test_bind_refuses(void **state)
{
    static const struct {
        SQLUSMALLINT column;
        SQLSMALLINT c_type;
        SQLLEN bytes;
        const char *expected;
    } cases[] = {
        {65535, SQL_C_CHAR, 4, "07009"},
        {1, 1234, 4, "HY003"},
        {1, SQL_C_CHAR, -1, "HY090"},
    };
    struct handles *h = *state;
    char buffer[4];

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        handles_expect_error(&h->stmt->base,
                             desc_bind_column(h->stmt->ard, &h->stmt->base.diag, cases[i].column,
                                              cases[i].c_type, buffer, cases[i].bytes, NULL),
                             cases[i].expected);
    }
}

/* A number field of the IRD as SQLColAttribute gives it. */
static SQLLEN attribute(struct handles *h, SQLUSMALLINT column, SQLUSMALLINT field)
{
    struct text_room none = text_room_ansi(NULL, 0);
    SQLLEN number = -77;

    assert_int_equal(desc_column_attribute(h->stmt->ird, &h->stmt->base.diag, column, field, false,
                                           &none, &number),
                     SQL_SUCCESS);
    return number;
}

static void test_column_numbers(void **state)
{
    static const struct {
        SQLUSMALLINT column, field;
        SQLLEN expected;
    } cases[] = {
        {0, SQL_DESC_COUNT, COLUMNS},
        {9, SQL_COLUMN_COUNT, COLUMNS},
        {1, SQL_DESC_CONCISE_TYPE, SQL_INTEGER},
        {1, SQL_DESC_TYPE, SQL_INTEGER},
        {1, SQL_DESC_NULLABLE, SQL_NULLABLE_UNKNOWN},
        {1, SQL_COLUMN_NULLABLE, SQL_NULLABLE_UNKNOWN},
        {1, SQL_DESC_UNSIGNED, SQL_FALSE},
        {1, SQL_DESC_AUTO_UNIQUE_VALUE, SQL_FALSE},
        {1, SQL_DESC_UPDATABLE, SQL_ATTR_READONLY},
        {1, SQL_DESC_NUM_PREC_RADIX, 10},
        {2, SQL_COLUMN_PRECISION, 12},
        {2, SQL_COLUMN_SCALE, 2},
        {2, SQL_DESC_SCALE, 2},
        {2, SQL_DESC_PRECISION, 12},
        {3, SQL_DESC_TYPE, SQL_DATETIME},
        {3, SQL_DESC_CONCISE_TYPE, SQL_TYPE_TIMESTAMP},
        {3, SQL_DESC_DATETIME_INTERVAL_CODE, SQL_CODE_TIMESTAMP},
        {4, SQL_DESC_LENGTH, 255},
        {4, SQL_DESC_CASE_SENSITIVE, SQL_TRUE},
        {4, SQL_DESC_UNNAMED, SQL_NAMED},
    };
    struct handles *h = *state;

    describe(h);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(attribute(h, cases[i].column, cases[i].field), cases[i].expected);
    }
}

/* In bytes for applications that have bytes, in characters for those that have SQLWCHARs. */
static void test_display_size_of_text(void **state)
{
    struct handles *h = *state;
    struct text_room wide = text_room_bytes(NULL, 0);
    SQLLEN number = 0;

    describe(h);
    assert_int_equal(attribute(h, 4, SQL_DESC_DISPLAY_SIZE), 4 * 255);
    desc_column_attribute(h->stmt->ird, &h->stmt->base.diag, 4, SQL_DESC_DISPLAY_SIZE, false, &wide,
                          &number);
    assert_int_equal(number, 255);
    assert_int_equal(attribute(h, 1, SQL_DESC_DISPLAY_SIZE), 11);
}

static void test_column_texts(void **state)
{
    static const struct {
        SQLUSMALLINT column, field;
        const char *expected;
    } cases[] = {
        {1, SQL_DESC_NAME, "id"},           {1, SQL_COLUMN_NAME, "id"},
        {1, SQL_DESC_LABEL, "id"},          {2, SQL_DESC_LABEL, "the fare"},
        {2, SQL_DESC_CATALOG_NAME, "c"},    {2, SQL_DESC_SCHEMA_NAME, "s"},
        {2, SQL_DESC_TABLE_NAME, "t"},      {2, SQL_DESC_BASE_TABLE_NAME, "t"},
        {2, SQL_DESC_TYPE_NAME, "decimal"}, {2, SQL_DESC_BASE_COLUMN_NAME, "fare"},
        {4, SQL_DESC_LITERAL_PREFIX, "'"},  {1, SQL_DESC_LITERAL_SUFFIX, ""},
        {4, SQL_DESC_NAME, "caf\xc3\xa9"},  {4, SQL_DESC_BASE_COLUMN_NAME, ""},
        {4, SQL_DESC_CATALOG_NAME, ""},     {4, SQL_DESC_TABLE_NAME, ""},
    };
    struct handles *h = *state;

    describe(h);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        struct text_room room = text_room_ansi(text, sizeof text);

        assert_int_equal(desc_column_attribute(h->stmt->ird, &h->stmt->base.diag, cases[i].column,
                                               cases[i].field, false, &room, NULL),
                         SQL_SUCCESS);
        assert_string_equal(text, cases[i].expected);
    }
}

static void test_column_attribute_refuses(void **state)
{
    struct handles *h = *state;
    struct text_room none = text_room_ansi(NULL, 0);
    struct diag *d = &h->stmt->base.diag;
    struct desc *ird = h->stmt->ird;
    SQLLEN number;

    describe(h);
    handles_expect_error(&h->stmt->base,
                         desc_column_attribute(ird, d, 0, SQL_DESC_NAME, false, &none, &number),
                         "07009");
    handles_expect_error(
        &h->stmt->base,
        desc_column_attribute(ird, d, COLUMNS + 1, SQL_DESC_NAME, false, &none, &number), "07009");
    handles_expect_error(&h->stmt->base,
                         desc_column_attribute(ird, d, 1, SQL_DESC_DATA_PTR, false, &none, &number),
                         "HY091");
    handles_expect_error(&h->stmt->base,
                         desc_column_attribute(ird, d, 1, 4242, false, &none, &number), "HY091");
}

static void test_odbc2_types(void **state)
{
    struct handles *h = *state;
    struct text_room none = text_room_ansi(NULL, 0);
    SQLLEN number;

    describe(h);
    desc_column_attribute(h->stmt->ird, &h->stmt->base.diag, 3, SQL_COLUMN_TYPE, true, &none,
                          &number);
    assert_int_equal(number, SQL_TIMESTAMP);
}

static SQLRETURN set(struct desc *d, SQLSMALLINT record, SQLSMALLINT field, SQLLEN value)
{
    return desc_set_field(d, &d->base.diag, record, field, text_ansi((void *)value, 0));
}

static void test_binding_by_fields(void **state)
{
    struct handles *h = *state;
    struct desc *ard = h->stmt->ard;
    SQL_NUMERIC_STRUCT number;

    assert_int_equal(set(ard, 2, SQL_DESC_TYPE, SQL_C_NUMERIC), SQL_SUCCESS);
    assert_int_equal(ard->count, 2);
    assert_int_equal(set(ard, 2, SQL_DESC_PRECISION, 10), SQL_SUCCESS);
    assert_int_equal(set(ard, 2, SQL_DESC_SCALE, 3), SQL_SUCCESS);
    assert_int_equal(set(ard, 2, SQL_DESC_DATA_PTR, (SQLLEN)&number), SQL_SUCCESS);
    assert_ptr_equal(ard->records[2].data_ptr, &number);
    assert_int_equal(ard->records[2].precision, 10);

    assert_int_equal(set(ard, 2, SQL_DESC_SCALE, 4), SQL_SUCCESS);
    assert_null(ard->records[2].data_ptr); /* a change ends the binding */
    assert_int_equal(set(ard, 2, SQL_DESC_SCALE, 11), SQL_SUCCESS);
    handles_expect_error(&ard->base, set(ard, 2, SQL_DESC_DATA_PTR, (SQLLEN)&number), "HY021");
}

static void test_interval_type_by_fields(void **state)
{
    struct handles *h = *state;
    struct desc *ard = h->stmt->ard;

    set(ard, 1, SQL_DESC_TYPE, SQL_INTERVAL);
    assert_int_equal(ard->records[1].concise_type, SQL_INTERVAL);
    set(ard, 1, SQL_DESC_DATETIME_INTERVAL_CODE, SQL_CODE_YEAR_TO_MONTH);
    assert_int_equal(ard->records[1].concise_type, SQL_C_INTERVAL_YEAR_TO_MONTH);
    assert_int_equal(ard->records[1].type, SQL_INTERVAL);
}

static void test_set_field_refuses(void **state)
{
    struct handles *h = *state;
    struct desc *ard = h->stmt->ard, *ird = h->stmt->ird;

    describe(h);
    handles_expect_error(&ird->base, set(ird, 1, SQL_DESC_PRECISION, 1), "HY016");
    handles_expect_error(&ird->base, set(ird, 0, SQL_DESC_COUNT, 1), "HY016");
    assert_int_equal(set(ird, 0, SQL_DESC_ARRAY_STATUS_PTR, 0), SQL_SUCCESS);
    handles_expect_error(&ard->base, set(ard, 1, SQL_DESC_DISPLAY_SIZE, 1), "HY091");
    handles_expect_error(&ard->base, set(ard, 1, 4242, 1), "HY091");
    handles_expect_error(&ard->base, set(ard, -1, SQL_DESC_PRECISION, 1), "07009");
    handles_expect_error(&ard->base, set(ard, 0, SQL_DESC_ARRAY_SIZE, 0), "HY092");
    handles_expect_error(&ard->base, set(ard, 0, SQL_DESC_COUNT, -1), "07009");
}

static void test_header_fields(void **state)
{
    struct handles *h = *state;
    struct desc *ard = h->stmt->ard;
    SQLULEN size = 0;
    SQLINTEGER type_of_binding[2] = {0, 77};
    SQLSMALLINT small[2] = {0, 77};
    struct text_room room = text_room_ansi(&size, 0);

    assert_int_equal(set(ard, 0, SQL_DESC_ARRAY_SIZE, 500), SQL_SUCCESS);
    assert_int_equal(set(ard, 0, SQL_DESC_BIND_TYPE, 64), SQL_SUCCESS);
    assert_int_equal(desc_get_field(ard, &ard->base.diag, 0, SQL_DESC_ARRAY_SIZE, &room),
                     SQL_SUCCESS);
    assert_int_equal(size, 500);
    room.buffer = type_of_binding;
    desc_get_field(ard, &ard->base.diag, 0, SQL_DESC_BIND_TYPE, &room);
    assert_int_equal(type_of_binding[0], 64);
    assert_int_equal(type_of_binding[1], 77); /* four bytes, not eight */
    room.buffer = small;
    desc_get_field(ard, &ard->base.diag, 0, SQL_DESC_ALLOC_TYPE, &room);
    assert_int_equal(small[0], SQL_DESC_ALLOC_AUTO);
    assert_int_equal(small[1], 77);
}

static void test_get_field_before_and_behind(void **state)
{
    struct handles *h = *state;
    struct desc *ird = h->stmt->ird;
    SQLLEN value;
    struct text_room room = text_room_ansi(&value, sizeof value);

    handles_expect_error(&ird->base, desc_get_field(ird, &ird->base.diag, 1, SQL_DESC_TYPE, &room),
                         "HY007");
    describe(h);
    assert_int_equal(desc_get_field(ird, &ird->base.diag, COLUMNS + 1, SQL_DESC_TYPE, &room),
                     SQL_NO_DATA);
    handles_expect_error(
        &ird->base, desc_get_field(ird, &ird->base.diag, 1, SQL_DESC_DATA_PTR, &room), "HY091");
}

static void test_copy(void **state)
{
    struct handles *h = *state;
    struct desc *ard = h->stmt->ard, *ird = h->stmt->ird;

    describe(h);
    assert_int_equal(desc_copy(ird, ard, &ard->base.diag), SQL_SUCCESS);
    assert_int_equal(ard->count, COLUMNS);
    assert_int_equal(ard->records[2].concise_type, SQL_DECIMAL);
    assert_int_equal(ard->records[2].scale, 2);
    assert_string_equal(ard->records[2].name, "fare");
    assert_ptr_not_equal(ard->records[2].name, ird->records[2].name); /* the result owns its own */
    assert_string_equal(ard->records[2].type_name, "");
    handles_expect_error(&ird->base, desc_copy(ard, ird, &ird->base.diag), "HY016");
}

static void test_explicit_descriptor(void **state)
{
    struct handles *h = *state;
    struct stmt *s = h->stmt;
    struct desc *mine = desc_new(h->dbc), *other;
    struct stmt *s2 = stmt_new(h->dbc);

    assert_int_equal(stmt_set_attribute(s, SQL_ATTR_APP_ROW_DESC, mine), SQL_SUCCESS);
    assert_ptr_equal(s->ard, mine);
    handles_expect_error(&s->base, stmt_set_attribute(s, SQL_ATTR_APP_ROW_DESC, s2->ard), "HY017");
    handles_expect_error(&s->base, stmt_set_attribute(s, SQL_ATTR_IMP_ROW_DESC, mine), "HY017");
    handles_expect_error(&s->base, stmt_set_attribute(s, SQL_ATTR_APP_ROW_DESC, h->dbc), "HY024");
    assert_int_equal(desc_enter(mine, SQL_API_SQLGETDESCFIELD, &other), SQL_SUCCESS);
    assert_ptr_equal(mine, other);
    assert_int_equal(desc_leave(mine, SQL_SUCCESS), SQL_SUCCESS);
    desc_free(mine);
    assert_ptr_equal(s->ard, &s->own_ard); /* the statement has its own back */
    stmt_free(s2);
}

static void test_pending_statement_keeps_its_descriptors(void **state)
{
    struct handles *h = *state;
    struct desc *d;

    h->stmt->pending = SQL_API_SQLEXECDIRECT;
    assert_int_equal(desc_enter(h->stmt->ard, SQL_API_SQLSETDESCFIELD, &d), SQL_ERROR);
    assert_string_equal(handles_state(&d->base), "HY010");
    desc_leave(d, SQL_ERROR);
    assert_int_equal(desc_enter(h->stmt, SQL_API_SQLSETDESCFIELD, &d), SQL_INVALID_HANDLE);
    assert_null(d);
    h->stmt->pending = 0;
}

/* One of the application's, while statements that use it do something. */
static void test_shared_descriptor_in_use(void **state)
{
    struct handles *h = *state;
    struct desc *mine = desc_new(h->dbc), *d;

    assert_int_equal(stmt_set_attribute(h->stmt, SQL_ATTR_APP_PARAM_DESC, mine), SQL_SUCCESS);
    h->stmt->pending = SQL_API_SQLEXECUTE;
    assert_int_equal(desc_enter(mine, SQL_API_SQLGETDESCFIELD, &d), SQL_ERROR);
    assert_string_equal(handles_state(&d->base), "HY010");
    desc_leave(d, SQL_ERROR);
    h->stmt->pending = 0;

    mutex_lock(&h->stmt->base.lock); /* a call of another thread */
    assert_int_equal(desc_enter(mine, SQL_API_SQLFREEHANDLE, &d), SQL_ERROR);
    assert_string_equal(handles_state(&d->base), "HY010");
    desc_leave(d, SQL_ERROR);
    assert_int_equal(desc_enter(mine, SQL_API_SQLGETDESCFIELD, &d), SQL_SUCCESS);
    desc_leave(d, SQL_SUCCESS);
    mutex_unlock(&h->stmt->base.lock);

    assert_int_equal(desc_enter(mine, SQL_API_SQLSETDESCFIELD, &d), SQL_SUCCESS);
    desc_leave(d, SQL_SUCCESS);
    desc_free(mine);
    assert_ptr_equal(h->stmt->apd, &h->stmt->own_apd);
}

enum { ROUNDS = 300, WIDTH = 60 };

/* Binds and unbinds columns of one that others read: the records move about. */
static void *bind_and_unbind(void *stmt)
{
    static char buffer[WIDTH][8];

    for (int round = 0; round < ROUNDS; round++) {
        for (int column = 1; column < WIDTH; column++)
            SQLBindCol(stmt, (SQLUSMALLINT)column, SQL_C_CHAR, buffer[column], 8, NULL);
        SQLFreeStmt(stmt, SQL_UNBIND);
    }
    return NULL;
}

static void *read_and_write_fields(void *desc)
{
    SQLPOINTER value;

    for (SQLSMALLINT round = 0; round < ROUNDS * 10; round++) {
        const SQLSMALLINT number = (SQLSMALLINT)(round % WIDTH);

        SQLGetDescField(desc, number, SQL_DESC_DATA_PTR, &value, 0, NULL);
        SQLSetDescField(desc, (SQLSMALLINT)(number + 1), SQL_DESC_CONCISE_TYPE,
                        (SQLPOINTER)(intptr_t)SQL_C_LONG, 0);
    }
    return NULL;
}

static void *set_and_take_back(void *stmt)
{
    SQLPOINTER mine;
    SQLULEN rows;

    SQLGetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, &mine, 0, NULL);
    for (int round = 0; round < ROUNDS * 10; round++) {
        SQLSetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, SQL_NULL_HDESC, 0);
        SQLSetStmtAttr(stmt, SQL_ATTR_APP_ROW_DESC, mine, 0);
        SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)(uintptr_t)(round % 9 + 1), 0);
        SQLGetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, &rows, 0, NULL);
    }
    return NULL;
}

/* One descriptor, statements of three threads and its own handle; sanitizers see what goes wrong. */
static void test_descriptor_of_many_threads(void **state)
{
    struct handles *h = *state;
    struct stmt *others[2] = {stmt_new(h->dbc), stmt_new(h->dbc)};
    struct desc *mine = desc_new(h->dbc);
    pthread_t threads[4];

    assert_int_equal(SQLSetStmtAttr(h->stmt, SQL_ATTR_APP_ROW_DESC, mine, 0), SQL_SUCCESS);
    for (int i = 0; i < 2; i++)
        assert_int_equal(SQLSetStmtAttr(others[i], SQL_ATTR_APP_ROW_DESC, mine, 0), SQL_SUCCESS);
    pthread_create(&threads[0], NULL, bind_and_unbind, h->stmt);
    pthread_create(&threads[1], NULL, bind_and_unbind, others[0]);
    pthread_create(&threads[2], NULL, set_and_take_back, others[1]);
    pthread_create(&threads[3], NULL, read_and_write_fields, mine);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(SQLFreeStmt(h->stmt, SQL_UNBIND), SQL_SUCCESS);
    assert_int_equal(mine->count, 0);
    assert_ptr_equal(others[1]->ard, mine);
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_DESC, mine), SQL_SUCCESS);
    assert_ptr_equal(others[1]->ard, &others[1]->own_ard);
    for (int i = 0; i < 2; i++)
        assert_int_equal(SQLFreeHandle(SQL_HANDLE_STMT, others[i]), SQL_SUCCESS);
}

#define WITH_HANDLES(test) cmocka_unit_test_setup_teardown(test, handles_open, handles_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HANDLES(test_bind_and_unbind),
        WITH_HANDLES(test_bind_defaults),
        WITH_HANDLES(test_bind_refuses),
        WITH_HANDLES(test_column_numbers),
        WITH_HANDLES(test_display_size_of_text),
        WITH_HANDLES(test_column_texts),
        WITH_HANDLES(test_column_attribute_refuses),
        WITH_HANDLES(test_odbc2_types),
        WITH_HANDLES(test_binding_by_fields),
        WITH_HANDLES(test_interval_type_by_fields),
        WITH_HANDLES(test_set_field_refuses),
        WITH_HANDLES(test_header_fields),
        WITH_HANDLES(test_get_field_before_and_behind),
        WITH_HANDLES(test_copy),
        WITH_HANDLES(test_explicit_descriptor),
        WITH_HANDLES(test_pending_statement_keeps_its_descriptors),
        WITH_HANDLES(test_shared_descriptor_in_use),
        WITH_HANDLES(test_descriptor_of_many_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
