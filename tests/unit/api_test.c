/*
 * driver/api without a driver manager and without a network: handles of the wrong kind, the order
 * of things, arguments that make no sense. What needs an answer of Athena is tested in tests/odbc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <sql.h>
#include <sqlext.h>
#include <sqlucode.h>

#include "exec/execute.h"
#include "handles.h"

/* Every entry point that takes a statement, with arguments that do not matter. */
#define ON_STATEMENT(x) \
    x(SQLBindCol(h, 1, SQL_C_CHAR, NULL, 0, NULL)) x(SQLBindParameter( \
        h, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_CHAR, 1, 0, NULL, 0, \
        NULL)) x(SQLBulkOperations(h, SQL_ADD)) x(SQLCancel(h)) x(SQLCancelHandle(SQL_HANDLE_STMT, \
                                                                                  h)) \
        x(SQLCloseCursor(h)) x(SQLColAttribute(h, 1, SQL_DESC_NAME, NULL, 0, NULL, NULL)) x(SQLColAttributeW( \
            h, 1, SQL_DESC_NAME, \
            NULL, 0, NULL, NULL)) x(SQLColumnPrivileges(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) \
            x(SQLColumnPrivilegesW(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) x( \
                SQLColumns(h, NULL, 0, NULL, 0, NULL, 0, NULL, \
                           0)) x(SQLColumnsW(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) \
                x(SQLDescribeCol(h, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL)) x(SQLDescribeColW( \
                    h, 1, NULL, \
                    0, NULL, NULL, NULL, NULL, \
                    NULL)) x(SQLExecDirect(h, NULL, \
                                           SQL_NTS)) x(SQLExecDirectW(h, NULL, SQL_NTS)) \
                    x(SQLExecute(h)) x(SQLExtendedFetch(h, SQL_FETCH_NEXT, 0, NULL, NULL)) x(SQLFetch(h)) x(SQLFetchScroll( \
                        h, SQL_FETCH_NEXT, \
                        0)) x(SQLForeignKeys(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) \
                        x(SQLForeignKeysW(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) x(SQLFreeHandle( \
                            SQL_HANDLE_STMT, \
                            h)) x(SQLFreeStmt(h, SQL_CLOSE)) x(SQLFreeStmt(h, SQL_DROP)) \
                            x(SQLGetCursorName(h, NULL, 0, NULL)) x(SQLGetCursorNameW(h, NULL, 0, NULL)) x(SQLGetData( \
                                h, 1, SQL_C_CHAR, NULL, \
                                0, \
                                NULL)) x(SQLGetDiagField(SQL_HANDLE_STMT, h, 0, SQL_DIAG_NUMBER, NULL, 0, NULL)) \
                                x(SQLGetDiagFieldW(SQL_HANDLE_STMT, h, 0, SQL_DIAG_NUMBER, NULL, 0, NULL)) x(SQLGetDiagRec( \
                                    SQL_HANDLE_STMT, h, \
                                    1, NULL, NULL, NULL, 0, \
                                    NULL)) x(SQLGetDiagRecW(SQL_HANDLE_STMT, h, 1, NULL, NULL, NULL, 0, NULL)) \
                                    x(SQLGetStmtAttr(h, SQL_ATTR_MAX_ROWS, NULL, 0, NULL)) x(SQLGetStmtAttrW( \
                                        h, SQL_ATTR_MAX_ROWS, \
                                        NULL, 0, NULL)) x(SQLGetTypeInfo(h, SQL_ALL_TYPES)) \
                                        x(SQLGetTypeInfoW(h, SQL_ALL_TYPES)) x(SQLMoreResults(h)) x(SQLNumParams( \
                                            h, \
                                            NULL)) x(SQLNumResultCols(h, \
                                                                      NULL)) x(SQLPrepare(h, NULL, SQL_NTS)) \
                                            x(SQLPrepareW(h, NULL, SQL_NTS)) x(SQLPrimaryKeys( \
                                                h, NULL, 0, \
                                                NULL, 0, NULL, \
                                                0)) x(SQLPrimaryKeysW(h, NULL, 0, NULL, 0, NULL, 0)) \
                                                x(SQLProcedureColumns(h, NULL, 0, NULL, 0, NULL, 0, NULL, 0)) x(SQLProcedureColumnsW( \
                                                    h, NULL, 0, \
                                                    NULL, 0, NULL, 0, NULL, \
                                                    0)) x(SQLProcedures(h, NULL, 0, NULL, 0, NULL, 0)) \
                                                    x(SQLProceduresW(h, NULL, 0, NULL, 0, NULL, 0)) x(SQLRowCount( \
                                                        h, NULL)) x(SQLSetCursorName(h, NULL, 0)) \
                                                        x(SQLSetCursorNameW(h, NULL, 0)) x( \
                                                            SQLSetPos(h, 1, SQL_POSITION, \
                                                                      SQL_LOCK_NO_CHANGE)) \
                                                            x(SQLSetStmtAttr( \
                                                                h, SQL_ATTR_MAX_ROWS, NULL, \
                                                                0)) x(SQLSetStmtAttrW(h, SQL_ATTR_MAX_ROWS, NULL, 0)) \
                                                                x(SQLSpecialColumns( \
                                                                    h, SQL_BEST_ROWID, NULL, 0, \
                                                                    NULL, 0, NULL, 0, 0, 0)) \
                                                                    x(SQLSpecialColumnsW( \
                                                                        h, SQL_BEST_ROWID, \
                                                                        NULL, 0, NULL, 0, NULL, \
                                                                        0, 0, 0)) \
                                                                        x(SQLStatistics( \
                                                                            h, NULL, 0, \
                                                                            NULL, 0, NULL, 0, \
                                                                            SQL_INDEX_ALL, \
                                                                            SQL_QUICK)) \
                                                                            x(SQLStatisticsW( \
                                                                                h, NULL, 0, \
                                                                                NULL, 0, NULL, 0, \
                                                                                SQL_INDEX_ALL, \
                                                                                SQL_QUICK)) \
                                                                                x(SQLTablePrivileges( \
                                                                                    h, NULL, 0, \
                                                                                    NULL, 0, NULL, \
                                                                                    0)) \
                                                                                    x(SQLTablePrivilegesW( \
                                                                                        h, NULL, \
                                                                                        0, NULL, \
                                                                                        0, NULL, \
                                                                                        0)) \
                                                                                        x(SQLTables( \
                                                                                            h, \
                                                                                            NULL, \
                                                                                            0, \
                                                                                            NULL, \
                                                                                            0, \
                                                                                            NULL, \
                                                                                            0, \
                                                                                            NULL, \
                                                                                            0)) \
                                                                                            x(SQLTablesW( \
                                                                                                h, \
                                                                                                NULL, \
                                                                                                0, \
                                                                                                NULL, \
                                                                                                0, \
                                                                                                NULL, \
                                                                                                0, \
                                                                                                NULL, \
                                                                                                0))

#define ON_CONNECTION(x) \
    x(SQLConnect(h, NULL, 0, NULL, 0, NULL, 0)) x(SQLConnectW(h, NULL, 0, NULL, 0, NULL, 0)) \
        x(SQLDisconnect(h)) \
            x(SQLDriverConnect(h, NULL, NULL, 0, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)) \
                x(SQLDriverConnectW(h, NULL, NULL, 0, NULL, 0, NULL, SQL_DRIVER_NOPROMPT)) x( \
                    SQLEndTran(SQL_HANDLE_DBC, h, SQL_COMMIT)) x(SQLFreeHandle(SQL_HANDLE_DBC, h)) \
                    x(SQLGetConnectAttr(h, SQL_ATTR_AUTOCOMMIT, NULL, 0, NULL)) \
                        x(SQLGetConnectAttrW(h, SQL_ATTR_AUTOCOMMIT, NULL, 0, NULL)) \
                            x(SQLGetFunctions(h, SQL_API_SQLFETCH, NULL)) \
                                x(SQLGetInfo(h, SQL_DBMS_NAME, NULL, 0, NULL)) \
                                    x(SQLGetInfoW(h, SQL_DBMS_NAME, NULL, 0, NULL)) x( \
                                        SQLNativeSql(h, NULL, 0, NULL, 0, NULL)) \
                                        x(SQLNativeSqlW(h, NULL, 0, NULL, 0, NULL)) x( \
                                            SQLSetConnectAttr(h, SQL_ATTR_AUTOCOMMIT, NULL, 0)) \
                                            x(SQLSetConnectAttrW(h, SQL_ATTR_AUTOCOMMIT, NULL, 0))

#define ON_ENVIRONMENT(x) \
    x(SQLEndTran(SQL_HANDLE_ENV, h, SQL_COMMIT)) x(SQLFreeHandle(SQL_HANDLE_ENV, h)) \
        x(SQLGetEnvAttr(h, SQL_ATTR_ODBC_VERSION, NULL, 0, NULL)) \
            x(SQLSetEnvAttr(h, SQL_ATTR_ODBC_VERSION, NULL, 0))

#define ON_DESCRIPTOR(x) \
    x(SQLCopyDesc(h, h)) x(SQLFreeHandle(SQL_HANDLE_DESC, h)) \
        x(SQLGetDescField(h, 1, SQL_DESC_TYPE, NULL, 0, NULL)) \
            x(SQLGetDescFieldW(h, 1, SQL_DESC_TYPE, NULL, 0, NULL)) \
                x(SQLGetDescRec(h, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) \
                    x(SQLGetDescRecW(h, 1, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL)) \
                        x(SQLSetDescField(h, 1, SQL_DESC_TYPE, NULL, 0)) \
                            x(SQLSetDescFieldW(h, 1, SQL_DESC_TYPE, NULL, 0)) \
                                x(SQLSetDescRec(h, 1, SQL_C_CHAR, 0, 0, 0, 0, NULL, NULL, NULL))

#define IS_INVALID_HANDLE(call) assert_int_equal(call, SQL_INVALID_HANDLE);

static void refuse_statement(SQLHANDLE h)
{
    ON_STATEMENT(IS_INVALID_HANDLE)
}

static void refuse_connection(SQLHANDLE h)
{
    ON_CONNECTION(IS_INVALID_HANDLE)
}

static void refuse_environment(SQLHANDLE h)
{
    ON_ENVIRONMENT(IS_INVALID_HANDLE)
}

static void refuse_descriptor(SQLHANDLE h)
{
    ON_DESCRIPTOR(IS_INVALID_HANDLE)
}

static void test_wrong_handles(void **state)
{
    struct handles *h = *state;
    SQLHANDLE of_kind[] = {h->env, h->dbc, h->stmt, h->stmt->ard, NULL};

    for (size_t i = 0; i < sizeof of_kind / sizeof of_kind[0]; i++) {
        if (of_kind[i] != h->env) refuse_environment(of_kind[i]);
        if (of_kind[i] != h->dbc) refuse_connection(of_kind[i]);
        if (of_kind[i] != h->stmt) refuse_statement(of_kind[i]);
        if (of_kind[i] != h->stmt->ard) refuse_descriptor(of_kind[i]);
    }
    assert_int_equal(SQLFreeHandle(77, h->env), SQL_INVALID_HANDLE);
    assert_int_equal(SQLCancelHandle(SQL_HANDLE_DBC, h->dbc), SQL_SUCCESS);
}

/* Whatever is called while a function is pending, but for that one, is HY010 and changes nothing. */
static void test_pending(void **state)
{
    static const char *const lets_through[] = {"SQLCancel", "SQLGetDiag", "SQLExecute("};
    struct handles *handles = *state;
    SQLHSTMT h = handles->stmt;

#define IS_REFUSED(call) \
    { \
        bool passes = false; \
        for (size_t i = 0; i < 3; i++) { \
            if (strncmp(#call, lets_through[i], strlen(lets_through[i])) == 0) passes = true; \
        } \
        if (!passes) { \
            handles_forget(&handles->stmt->base); \
            assert_int_equal(call, SQL_ERROR); \
            assert_string_equal(handles_state(&handles->stmt->base), "HY010"); \
        } \
    }
    handles->stmt->pending = SQL_API_SQLEXECUTE;
    ON_STATEMENT(IS_REFUSED)
    handles->stmt->pending = 0;
}

static void test_allocation_in_order(void **state)
{
    SQLHANDLE env, dbc, stmt;

    (void)state;
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_ENV, NULL, &env), SQL_SUCCESS);
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc), SQL_ERROR);
    assert_null(dbc);
    assert_string_equal(handles_state(env), "HY010"); /* no ODBC version yet */
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(SQLLEN)SQL_OV_ODBC3, 0);
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc), SQL_SUCCESS);
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt), SQL_ERROR);
    assert_null(stmt);
    assert_string_equal(handles_state(dbc), "08003");
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_STMT, env, &stmt), SQL_INVALID_HANDLE);
    assert_int_equal(SQLAllocHandle(99, env, &stmt), SQL_ERROR);
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_ENV, env), SQL_ERROR);
    assert_string_equal(handles_state(env), "HY010"); /* there is a connection left */
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_DBC, dbc), SQL_SUCCESS);
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_ENV, env), SQL_SUCCESS);
}

static void test_connecting_says_what_is_missing(void **state)
{
    struct handles *h = *state;
    SQLCHAR text[512];

    h->dbc->is_connected = false;
    assert_int_equal(SQLDriverConnect(h->dbc, NULL, (SQLCHAR *)"AwsRegion=eu-west-1", SQL_NTS, NULL,
                                      0, NULL, 77),
                     SQL_ERROR);
    assert_string_equal(handles_state(&h->dbc->base), "HY110");
    assert_int_equal(SQLDriverConnect(h->dbc, NULL, (SQLCHAR *)"AwsRegion=eu-west-1;PWD=x", SQL_NTS,
                                      NULL, 0, NULL, SQL_DRIVER_COMPLETE),
                     SQL_ERROR);
    SQLGetDiagRec(SQL_HANDLE_DBC, h->dbc, 1, NULL, NULL, text, sizeof text, NULL);
    assert_non_null(strstr((char *)text, "UID"));
    assert_false(h->dbc->is_connected);
    assert_null(h->dbc->engine);
    assert_null(h->dbc->session);
    assert_int_equal(SQLDisconnect(h->dbc), SQL_ERROR);
    assert_string_equal(handles_state(&h->dbc->base), "08003");
}

/* ConnectionTest=0: no network at all, so this works anywhere. */
static void test_connecting_without_a_test(void **state)
{
    static SQLCHAR string[] = "DRIVER=Athena;AwsRegion=eu-west-1;UID=k;PWD={s;1};ConnectionTest=0";
    struct handles *h = *state;
    SQLCHAR completed[256], cut[8];
    SQLSMALLINT bytes, cut_bytes;

    h->dbc->is_connected = false;
    assert_int_equal(SQLDriverConnect(h->dbc, NULL, string, SQL_NTS, completed, sizeof completed,
                                      &bytes, SQL_DRIVER_NOPROMPT),
                     SQL_SUCCESS);
    assert_int_equal(bytes, strlen((char *)completed));
    assert_non_null(strstr((char *)completed, "PWD={s;1}"));
    assert_int_equal(SQLDriverConnect(h->dbc, NULL, string, SQL_NTS, NULL, 0, NULL, 0), SQL_ERROR);
    assert_string_equal(handles_state(&h->dbc->base), "08002");
    assert_int_equal(SQLFreeHandle(SQL_HANDLE_DBC, h->dbc), SQL_ERROR);
    assert_string_equal(handles_state(&h->dbc->base), "HY010");

    stmt_free(h->stmt); /* as it was made without a connection */
    assert_int_equal(SQLAllocHandle(SQL_HANDLE_STMT, h->dbc, (SQLHANDLE *)&h->stmt), SQL_SUCCESS);
    assert_int_equal(SQLDisconnect(h->dbc), SQL_SUCCESS); /* frees the statement */
    assert_true(list_is_empty(&h->dbc->stmts));

    assert_int_equal(
        SQLDriverConnect(h->dbc, NULL, string, SQL_NTS, cut, sizeof cut, &cut_bytes, 0),
        SQL_SUCCESS_WITH_INFO);
    assert_string_equal(handles_state(&h->dbc->base), "01004");
    assert_int_equal(cut_bytes, bytes);
    assert_int_equal(strlen((char *)cut), sizeof cut - 1);
    assert_int_equal(SQLDisconnect(h->dbc), SQL_SUCCESS);
    h->stmt = stmt_new(h->dbc);
}

static void test_empty_catalog_functions_check_their_arguments(void **state)
{
    SQLCHAR name[300];
    static SQLCHAR t[] = "t";
    struct handles *handles = *state;
    struct handle *base = &handles->stmt->base;
    SQLHSTMT h = handles->stmt;

    handles_expect_error(base, SQLPrimaryKeys(h, NULL, 0, NULL, 0, NULL, 0), "HY009");
    handles_expect_error(base, SQLPrimaryKeys(h, t, -1, NULL, 0, t, 1), "HY090");
    handles_expect_error(base, SQLForeignKeys(h, t, 1, t, 1, NULL, 0, t, 1, t, 1, NULL, 0),
                         "HY009");
    handles_expect_error(base, SQLStatistics(h, NULL, 0, NULL, 0, t, 1, 7, SQL_QUICK), "HY100");
    handles_expect_error(base, SQLStatistics(h, NULL, 0, NULL, 0, t, 1, SQL_INDEX_ALL, 7), "HY101");
    handles_expect_error(base, SQLSpecialColumns(h, 9, NULL, 0, NULL, 0, t, 1, 0, 0), "HY097");
    handles_expect_error(base, SQLSpecialColumns(h, SQL_ROWVER, NULL, 0, NULL, 0, t, 1, 9, 0),
                         "HY098");
    handles_expect_error(base, SQLSpecialColumns(h, SQL_ROWVER, NULL, 0, NULL, 0, t, 1, 0, 9),
                         "HY099");
    assert_int_equal(SQLForeignKeys(h, NULL, 0, NULL, 0, t, 1, NULL, 0, NULL, 0, NULL, 0),
                     SQL_SUCCESS);
    assert_int_equal(SQLFetch(h), SQL_NO_DATA);
    assert_int_equal(SQLFreeStmt(h, SQL_CLOSE), SQL_SUCCESS);
    memset(name, 'n', sizeof name);
    handles_expect_error(base, SQLTables(h, NULL, 0, NULL, 0, name, 256, NULL, 0), "HY090");
    handles_expect_error(base, SQLColumns(h, name, 257, NULL, 0, NULL, 0, NULL, 0), "HY090");
    handles_expect_error(base, SQLPrimaryKeys(h, NULL, 0, name, 256, t, 1), "HY090");
    handles_expect_error(base, SQLForeignKeys(h, name, 256, t, 1, t, 1, name, 257, t, 1, t, 1),
                         "HY090");
    assert_int_equal(SQLPrimaryKeys(h, name, 256, name, 255, name, 255), SQL_SUCCESS);
    assert_int_equal(SQLFreeStmt(h, SQL_CLOSE), SQL_SUCCESS);
    memcpy(name, "%", 1);
    assert_int_equal(SQLProcedures(h, NULL, 0, NULL, 0, name, 300), SQL_SUCCESS); /* a pattern */
    assert_int_equal(SQLFreeStmt(h, SQL_CLOSE), SQL_SUCCESS);
    handles->stmt->attr.metadata_id = SQL_TRUE;
    handles_expect_error(base, SQLTables(h, t, 1, t, 1, NULL, 0, NULL, 0), "HY009");
    handles_expect_error(base, SQLColumns(h, t, 1, t, 1, t, 1, NULL, 0), "HY009");
    handles_expect_error(base, SQLStatistics(h, NULL, 0, t, 1, t, 1, 0, 0), "HY009");
    handles_expect_error(base, SQLPrimaryKeys(h, t, 1, NULL, 0, t, 1), "HY009");
    handles_expect_error(base, SQLForeignKeys(h, t, 1, t, 1, t, 1, t, 1, NULL, 0, t, 1), "HY009");
    handles_expect_error(base, SQLSpecialColumns(h, 1, NULL, 0, t, 1, t, 1, 0, 0), "HY009");
    handles_expect_error(base, SQLProcedures(h, t, 1, t, 1, NULL, 0), "HY009");
    handles_expect_error(base, SQLProcedureColumns(h, t, 1, t, 1, t, 1, NULL, 0), "HY009");
    handles_expect_error(base, SQLTablePrivileges(h, t, 1, t, 1, NULL, 0), "HY009");
    handles_expect_error(base, SQLColumnPrivileges(h, t, 1, t, 1, t, 1, NULL, 0), "HY009");
    assert_int_equal(SQLPrimaryKeys(h, t, 1, t, 1, t, 1), SQL_SUCCESS);
    assert_int_equal(SQLFreeStmt(h, SQL_CLOSE), SQL_SUCCESS);
    exec_discard(handles->stmt); /* as SQLFreeHandle does; the fixture frees the bare handle */
}

static void test_what_is_not_there_says_so(void **state)
{
    struct handles *handles = *state;
    struct handle *base = &handles->stmt->base;
    SQLHSTMT h = handles->stmt;
    SQLCHAR sql[32];
    SQLINTEGER bytes;

    handles_expect_error(
        base, SQLBindParameter(h, 1, SQL_PARAM_OUTPUT, SQL_C_LONG, SQL_INTEGER, 0, 0, sql, 0, NULL),
        "HYC00");
    handles_expect_error(base, SQLFreeStmt(h, 99), "HY092");
    assert_int_equal(SQLEndTran(SQL_HANDLE_DBC, handles->dbc, SQL_ROLLBACK), SQL_SUCCESS_WITH_INFO);
    assert_int_equal(handles->dbc->base.diag.records[0].state, SQLSTATE_01000);
    handles_expect_error(&handles->dbc->base, SQLEndTran(SQL_HANDLE_DBC, handles->dbc, 7), "HY012");
    assert_int_equal(SQLEndTran(SQL_HANDLE_DBC, handles->dbc, SQL_COMMIT), SQL_SUCCESS);
    assert_int_equal(
        SQLNativeSql(handles->dbc, (SQLCHAR *)"select 1", SQL_NTS, sql, sizeof sql, &bytes),
        SQL_SUCCESS);
    assert_string_equal(sql, "select 1");
    assert_int_equal(bytes, 8);
}

#define WITH_HANDLES(test) cmocka_unit_test_setup_teardown(test, handles_open, handles_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HANDLES(test_wrong_handles),
        WITH_HANDLES(test_pending),
        cmocka_unit_test(test_allocation_in_order),
        WITH_HANDLES(test_connecting_says_what_is_missing),
        WITH_HANDLES(test_connecting_without_a_test),
        WITH_HANDLES(test_empty_catalog_functions_check_their_arguments),
        WITH_HANDLES(test_what_is_not_there_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
