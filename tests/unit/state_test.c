/* handle/state.c and functions.def: which function is legal when. */
#include "handle/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "handle/function.h"
#include "handles.h"

/* ODBC, appendix B, by function: allocated, prepared, executed, cursor; "" is legal. */
static const struct {
    SQLUSMALLINT function;
    const char *expected[4];
} rules[] = {
    {SQL_API_SQLEXECDIRECT, {"", "", "", "24000"}},
    {SQL_API_SQLPREPARE, {"", "", "", "24000"}},
    {SQL_API_SQLEXECUTE, {"HY010", "", "", ""}}, /* exec_execute() says HY010 or 24000 */
    {SQL_API_SQLTABLES, {"", "", "", "24000"}},
    {SQL_API_SQLCOLUMNS, {"", "", "", "24000"}},
    {SQL_API_SQLGETTYPEINFO, {"", "", "", "24000"}},
    {SQL_API_SQLFETCH, {"HY010", "HY010", "24000", ""}},
    {SQL_API_SQLFETCHSCROLL, {"HY010", "HY010", "24000", ""}},
    {SQL_API_SQLGETDATA, {"HY010", "HY010", "24000", ""}},
    {SQL_API_SQLSETPOS, {"HY010", "HY010", "24000", ""}},
    {SQL_API_SQLCLOSECURSOR, {"24000", "24000", "24000", ""}},
    {SQL_API_SQLNUMRESULTCOLS, {"HY010", "", "", ""}},
    {SQL_API_SQLDESCRIBECOL, {"HY010", "", "07005", ""}},
    {SQL_API_SQLCOLATTRIBUTE, {"HY010", "", "07005", ""}},
    {SQL_API_SQLROWCOUNT, {"HY010", "HY010", "", ""}},
    {SQL_API_SQLBINDCOL, {"", "", "", ""}},
    {SQL_API_SQLFREESTMT, {"", "", "", ""}},
    {SQL_API_SQLMORERESULTS, {"", "", "", ""}},
    {SQL_API_SQLSETCURSORNAME, {"", "", "24000", "24000"}},
    {SQL_API_SQLGETSTMTATTR, {"", "", "", ""}},
};

static void test_rules(void **state)
{
    struct handles *h = *state;

    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        for (int at = STMT_ALLOCATED; at <= STMT_CURSOR; at++) {
            SQLRETURN rc;

            h->stmt->state = (enum stmt_state)at;
            rc = state_check(h->stmt, rules[i].function);
            assert_string_equal(handles_state(&h->stmt->base), rules[i].expected[at]);
            assert_int_equal(rc, *rules[i].expected[at] ? SQL_ERROR : SQL_SUCCESS);
            handles_forget(&h->stmt->base);
        }
    }
}

static void test_pending_lets_only_itself_through(void **state)
{
    struct handles *h = *state;
    size_t count;
    const struct function *f = function_table(&count);

    h->stmt->pending = SQL_API_SQLEXECDIRECT;
    for (size_t i = 0; i < count; i++) {
        SQLRETURN rc = state_check(h->stmt, f[i].id);

        if (f[i].id == SQL_API_SQLEXECDIRECT) {
            assert_int_equal(rc, SQL_SUCCESS);
        } else {
            handles_expect_error(&h->stmt->base, rc, "HY010");
        }
    }
    h->stmt->pending = 0;
}

/* The function that is pending goes on even in a state in which it could not begin. */
static void test_pending_function_needs_no_state(void **state)
{
    struct handles *h = *state;

    h->stmt->state = STMT_CURSOR;
    h->stmt->pending = SQL_API_SQLEXECUTE;
    assert_int_equal(state_check(h->stmt, SQL_API_SQLEXECUTE), SQL_SUCCESS);
    h->stmt->pending = 0;
}

static void test_connection(void **state)
{
    struct handles *h = *state;
    struct dbc *d = h->dbc;

    assert_int_equal(state_check_dbc(d, SQL_API_SQLGETINFO), SQL_SUCCESS);
    handles_expect_error(&d->base, state_check_dbc(d, SQL_API_SQLDRIVERCONNECT), "08002");
    d->is_connected = false;
    assert_int_equal(state_check_dbc(d, SQL_API_SQLCONNECT), SQL_SUCCESS);
    assert_int_equal(state_check_dbc(d, SQL_API_SQLGETCONNECTATTR), SQL_SUCCESS);
    handles_expect_error(&d->base, state_check_dbc(d, SQL_API_SQLDISCONNECT), "08003");
}

/* C3: SQLBrowseConnect has asked. After its failure unixODBC still wants an SQLDisconnect. */
static void test_browsing(void **state)
{
    struct handles *h = *state;
    struct dbc *d = h->dbc;

    d->is_connected = false;
    d->browse = BROWSE_ASKED;
    handles_expect_error(&d->base, state_check_dbc(d, SQL_API_SQLCONNECT), "08002");
    handles_expect_error(&d->base, state_check_dbc(d, SQL_API_SQLGETINFO), "08003");
    assert_int_equal(state_check_dbc(d, SQL_API_SQLBROWSECONNECT), SQL_SUCCESS);
    assert_int_equal(state_check_dbc(d, SQL_API_SQLDISCONNECT), SQL_SUCCESS);
    d->browse = BROWSE_FAILED;
    assert_int_equal(state_check_dbc(d, SQL_API_SQLCONNECT), SQL_SUCCESS);
    assert_int_equal(state_check_dbc(d, SQL_API_SQLDISCONNECT), SQL_SUCCESS);
    d->browse = BROWSE_NONE;
    d->is_connected = true;
    handles_expect_error(&d->base, state_check_dbc(d, SQL_API_SQLBROWSECONNECT), "08002");
}

static void test_brackets(void **state)
{
    struct handles *h = *state;
    struct stmt *s;
    struct dbc *d;
    struct env *e;

    assert_int_equal(stmt_enter(NULL, SQL_API_SQLFETCH, &s), SQL_INVALID_HANDLE);
    assert_null(s);
    assert_int_equal(stmt_leave(NULL, SQL_INVALID_HANDLE), SQL_INVALID_HANDLE);
    assert_int_equal(stmt_enter(h->dbc, SQL_API_SQLFETCH, &s), SQL_INVALID_HANDLE);
    assert_int_equal(dbc_enter(h->stmt, SQL_API_SQLGETINFO, &d), SQL_INVALID_HANDLE);
    assert_int_equal(env_enter(h->dbc, SQL_API_SQLGETENVATTR, &e), SQL_INVALID_HANDLE);

    diag_push(&h->stmt->base.diag, SQLSTATE_HY000, 0, "of the function before");
    assert_int_equal(stmt_enter(h->stmt, SQL_API_SQLFETCH, &s), SQL_ERROR);
    assert_int_equal(s->base.diag.count, 1);
    assert_string_equal(handles_state(&s->base), "HY010");
    assert_int_equal(stmt_leave(s, SQL_ERROR), SQL_ERROR);
    assert_int_equal(s->base.diag.return_code, SQL_ERROR);
    assert_int_equal(stmt_enter(h->stmt, SQL_API_SQLBINDCOL, &s), SQL_SUCCESS);
    assert_int_equal(s->base.diag.count, 0);
    stmt_leave(s, SQL_SUCCESS);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(function_name(SQL_API_SQLEXECDIRECT), "SQLExecDirect");
    assert_string_equal(function_name(9999), "?");
    assert_string_equal(function_return_name(SQL_STILL_EXECUTING), "SQL_STILL_EXECUTING");
}

#define WITH_HANDLES(test) cmocka_unit_test_setup_teardown(test, handles_open, handles_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_HANDLES(test_rules),
        WITH_HANDLES(test_pending_lets_only_itself_through),
        WITH_HANDLES(test_pending_function_needs_no_state),
        WITH_HANDLES(test_connection),
        WITH_HANDLES(test_browsing),
        WITH_HANDLES(test_brackets),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
