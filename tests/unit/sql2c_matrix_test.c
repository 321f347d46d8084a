/*
 * convert/matrix.c: the drawing of appendix D against the kernels, and what CONVERT is said to do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "convert/matrix.h"
#include "convert/sql2c.h"
#include "convert/sqltype.h"

#include <cmocka.h>

/*
 * "Converting data from SQL to C data types", a row per kind of SQL type, a letter per group of C
 * types: t text (CHAR, WCHAR, BINARY), n numbers (BIT, integers, FLOAT, DOUBLE, NUMERIC), d DATE,
 * h TIME, s TIMESTAMP, g GUID, i intervals of one field, I intervals of more.
 */
static const struct {
    enum athena_type type;
    const char *groups;
} drawing[] = {
    {ATHENA_BOOLEAN, "tn"},
    {ATHENA_TINYINT, "tniI"},
    {ATHENA_SMALLINT, "tniI"},
    {ATHENA_INTEGER, "tniI"},
    {ATHENA_BIGINT, "tniI"},
    {ATHENA_REAL, "tn"},
    {ATHENA_DOUBLE, "tn"},
    {ATHENA_DECIMAL, "tniI"},
    {ATHENA_VARBINARY, "t"},
    {ATHENA_DATE, "tds"},
    {ATHENA_TIME, "ths"},
    {ATHENA_TIMESTAMP, "tdhs"},
    {ATHENA_CHAR, "tndhsgiI"},
    {ATHENA_VARCHAR, "tndhsgiI"},
    {ATHENA_UNKNOWN, "tndhsgiI"},
    {ATHENA_JSON, "tndhsgiI"},
    {ATHENA_UUID, "tndhsgiI"},
    {ATHENA_IPADDRESS, "tndhsgiI"},
    {ATHENA_ARRAY, "tndhsgiI"},
    {ATHENA_MAP, "tndhsgiI"},
    {ATHENA_ROW, "tndhsgiI"},
    {ATHENA_TIME_TZ, "tndhsgiI"},
    {ATHENA_TIMESTAMP_TZ, "tndhsgiI"},
    {ATHENA_GEOMETRY, "tndhsgiI"},
    {ATHENA_INTERVAL_YEAR_MONTH, "tndhsgiI"},
    {ATHENA_INTERVAL_DAY_SECOND, "tndhsgiI"},
};

/* 0 for what is no C type */
static char group_of(SQLSMALLINT c_type)
{
    switch (c_type) {
    case SQL_C_CHAR:
    case SQL_C_WCHAR:
    case SQL_C_BINARY:
        return 't';
    case SQL_C_TYPE_DATE:
    case SQL_C_DATE:
        return 'd';
    case SQL_C_TYPE_TIME:
    case SQL_C_TIME:
        return 'h';
    case SQL_C_TYPE_TIMESTAMP:
    case SQL_C_TIMESTAMP:
        return 's';
    case SQL_C_GUID:
        return 'g';
    case SQL_C_BIT:
    case SQL_C_TINYINT:
    case SQL_C_STINYINT:
    case SQL_C_UTINYINT:
    case SQL_C_SHORT:
    case SQL_C_SSHORT:
    case SQL_C_USHORT:
    case SQL_C_LONG:
    case SQL_C_SLONG:
    case SQL_C_ULONG:
    case SQL_C_SBIGINT:
    case SQL_C_UBIGINT:
    case SQL_C_FLOAT:
    case SQL_C_DOUBLE:
    case SQL_C_NUMERIC:
        return 'n';
    default:
        break;
    }
    if (c_type >= SQL_C_INTERVAL_YEAR && c_type <= SQL_C_INTERVAL_SECOND) return 'i';
    if (c_type >= SQL_C_INTERVAL_YEAR_TO_MONTH && c_type <= SQL_C_INTERVAL_MINUTE_TO_SECOND) {
        return 'I';
    }
    return '\0';
}

static void test_drawing(void **state)
{
    (void)state;
    assert_int_equal(sizeof drawing / sizeof drawing[0], ATHENA_TYPE_COUNT);
    for (size_t i = 0; i < ATHENA_TYPE_COUNT; i++) {
        for (int c_type = -200; c_type <= 200; c_type++) {
            char group = group_of((SQLSMALLINT)c_type);
            bool is_drawn = group && strchr(drawing[i].groups, group);

            if (matrix_allows(drawing[i].type, (SQLSMALLINT)c_type) != is_drawn) {
                print_error("%s, C type %d\n", athena_type_name(drawing[i].type), c_type);
                fail();
            }
        }
    }
}

/* sqltype_c_bytes() knows the same C types. */
static void test_c_types(void **state)
{
    (void)state;
    for (int c_type = -200; c_type <= 200; c_type++) {
        SQLLEN bytes = sqltype_c_bytes((SQLSMALLINT)c_type);

        assert_int_equal(bytes >= 0, group_of((SQLSMALLINT)c_type) != '\0');
        assert_int_equal(bytes == 0, group_of((SQLSMALLINT)c_type) == 't');
    }
    assert_null(sql2c_kernel(ATHENA_TYPE_COUNT, SQL_C_CHAR));
    assert_null(sql2c_kernel(ATHENA_VARCHAR, SQL_C_DEFAULT));
}

/* The type that SQLDescribeCol suggests can be had of every column. */
static void test_default_c_types(void **state)
{
    static const struct sqltype_settings narrow, wide = {0, 0, true};

    (void)state;
    for (unsigned type = 0; type < ATHENA_TYPE_COUNT; type++) {
        struct column column = {.type = (enum athena_type)type};
        struct sqltype t;

        sqltype_describe(&column, &narrow, &t);
        assert_true(matrix_allows(column.type, t.default_c_type));
        sqltype_describe(&column, &wide, &t);
        assert_true(matrix_allows(column.type, t.default_c_type));
    }
}

static void test_convert(void **state)
{
    (void)state;
    assert_true(matrix_convert(SQL_CONVERT_VARCHAR) & SQL_CVT_TIMESTAMP);
    assert_true(matrix_convert(SQL_CONVERT_INTEGER) & SQL_CVT_DECIMAL);
    assert_false(matrix_convert(SQL_CONVERT_INTEGER) & SQL_CVT_DATE);
    assert_true(matrix_convert(SQL_CONVERT_DATE) & SQL_CVT_TIMESTAMP);
    assert_false(matrix_convert(SQL_CONVERT_DATE) & SQL_CVT_TIME);
    assert_true(matrix_convert(SQL_CONVERT_VARCHAR) & SQL_CVT_VARBINARY);
    assert_false(matrix_convert(SQL_CONVERT_VARBINARY) & SQL_CVT_VARCHAR);
    assert_true(matrix_convert(SQL_CONVERT_GUID) & SQL_CVT_VARBINARY);
    assert_false(matrix_convert(SQL_CONVERT_GUID) & SQL_CVT_INTEGER);
    assert_int_equal(matrix_convert(SQL_CONVERT_FUNCTIONS), 0);
    assert_int_equal(matrix_convert(SQL_DBMS_NAME), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_c_types),
        cmocka_unit_test(test_default_c_types),
        cmocka_unit_test(test_convert),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
