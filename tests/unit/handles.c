#include "handles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

int handles_open(void **state)
{
    struct handles *h = calloc(1, sizeof *h);

    assert_non_null(h);
    h->env = env_new();
    h->env->odbc_version = SQL_OV_ODBC3_80;
    h->dbc = dbc_new(h->env);
    h->dbc->is_connected = true;
    h->stmt = stmt_new(h->dbc);
    *state = h;
    return 0;
}

int handles_close(void **state)
{
    struct handles *h = *state;

    stmt_free(h->stmt);
    dbc_free(h->dbc);
    env_free(h->env);
    free(h);
    return 0;
}

const char *handles_state(const struct handle *h)
{
    return h->diag.count ? sqlstate_code(h->diag.records[0].state) : "";
}

void handles_forget(struct handle *h)
{
    diag_clear(&h->diag);
}

static void expect(struct handle *h, SQLRETURN rc, SQLRETURN expected_rc, const char *state)
{
    assert_string_equal(handles_state(h), state);
    assert_int_equal(rc, expected_rc);
    handles_forget(h);
}

void handles_expect_error(struct handle *h, SQLRETURN rc, const char *state)
{
    expect(h, rc, SQL_ERROR, state);
}

void handles_expect_info(struct handle *h, SQLRETURN rc, const char *state)
{
    expect(h, rc, SQL_SUCCESS_WITH_INFO, state);
}
