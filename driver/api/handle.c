/* SQLAllocHandle, SQLFreeHandle, SQLFreeStmt: handles come and go. */
#include <stdlib.h>

#include "exec/connect.h"
#include "exec/execute.h"
#include "handle/dbc.h"
#include "handle/desc.h"
#include "handle/env.h"
#include "handle/stmt.h"

static SQLRETURN give_handle(struct diag *diag, void *handle, SQLHANDLE *out)
{
    *out = handle;
    return handle ? SQL_SUCCESS : diag_push(diag, SQLSTATE_HY001, 0, "no memory for a handle");
}

static SQLRETURN alloc_env(SQLHANDLE *out)
{
    *out = env_new();
    return *out ? SQL_SUCCESS : SQL_ERROR;
}

static SQLRETURN alloc_dbc(SQLHENV henv, SQLHANDLE *out)
{
    struct env *e;
    SQLRETURN rc = env_enter(henv, SQL_API_SQLALLOCHANDLE, &e);

    if (!rc && !e->odbc_version) {
        rc = diag_push(&e->base.diag, SQLSTATE_HY010, 0, "SQL_ATTR_ODBC_VERSION has not been set");
    }
    if (!rc) rc = give_handle(&e->base.diag, dbc_new(e), out);
    return env_leave(e, rc);
}

static SQLRETURN alloc_on_dbc(SQLSMALLINT type, SQLHDBC hdbc, SQLHANDLE *out)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLALLOCHANDLE, &d);

    if (!rc && !d->is_connected) {
        rc = diag_push(&d->base.diag, SQLSTATE_08003, 0, "SQLAllocHandle: not connected");
    }
    if (!rc && type == SQL_HANDLE_STMT) rc = give_handle(&d->base.diag, stmt_new(d), out);
    if (!rc && type == SQL_HANDLE_DESC) rc = give_handle(&d->base.diag, desc_new(d), out);
    return dbc_leave(d, rc);
}

/* The record goes to what the new handle was to belong to. Without that there is no place for it. */
static SQLRETURN refuse_alloc(SQLHANDLE parent, enum sqlstate state, const char *why)
{
    struct env *e;
    struct dbc *d;

    if (handle_is(parent, HANDLE_ENV)) {
        env_enter(parent, SQL_API_SQLALLOCHANDLE, &e);
        return env_leave(e, diag_push(&e->base.diag, state, 0, "%s", why));
    }
    if (handle_is(parent, HANDLE_DBC)) {
        dbc_enter(parent, SQL_API_SQLALLOCHANDLE, &d);
        return dbc_leave(d, diag_push(&d->base.diag, state, 0, "%s", why));
    }
    return SQL_ERROR;
}

SQLRETURN SQL_API SQLAllocHandle(SQLSMALLINT type, SQLHANDLE input, SQLHANDLE *output)
{
    if (!output) return refuse_alloc(input, SQLSTATE_HY009, "no place for the new handle");
    *output = SQL_NULL_HANDLE;
    switch (type) {
    case SQL_HANDLE_ENV:
        return alloc_env(output);
    case SQL_HANDLE_DBC:
        return alloc_dbc(input, output);
    case SQL_HANDLE_STMT:
    case SQL_HANDLE_DESC:
        return alloc_on_dbc(type, input, output);
    default:
        return refuse_alloc(input, SQLSTATE_HY092, "no such kind of handle");
    }
}

static SQLRETURN free_env(SQLHENV henv)
{
    struct env *e;
    SQLRETURN rc = env_enter(henv, SQL_API_SQLFREEHANDLE, &e);

    if (!rc && !list_is_empty(&e->dbcs)) {
        rc = diag_push(&e->base.diag, SQLSTATE_HY010, 0, "the environment has connections");
    }
    env_leave(e, rc);
    if (!rc) env_free(e);
    return rc;
}

static SQLRETURN free_dbc(SQLHDBC hdbc)
{
    struct dbc *d;
    SQLRETURN rc = dbc_enter(hdbc, SQL_API_SQLFREEHANDLE, &d);

    if (!rc && d->is_connected) {
        rc = diag_push(&d->base.diag, SQLSTATE_HY010, 0, "the connection is open");
    }
    dbc_leave(d, rc);
    if (!rc) dbc_free(d);
    return rc;
}

static SQLRETURN free_stmt(SQLHSTMT hstmt, SQLUSMALLINT function)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, function, &s);

    if (!rc) exec_discard(s);
    stmt_leave(s, rc);
    if (!rc) stmt_free(s);
    return rc;
}

static SQLRETURN free_desc(SQLHDESC hdesc)
{
    struct desc *d;
    SQLRETURN rc = desc_enter(hdesc, SQL_API_SQLFREEHANDLE, &d);

    if (!rc && !d->is_explicit) {
        rc = diag_push(&d->base.diag, SQLSTATE_HY017, 0,
                       "a statement's own descriptor goes with the statement");
    }
    desc_leave(d, rc);
    if (!rc) desc_free(d);
    return rc;
}

SQLRETURN SQL_API SQLFreeHandle(SQLSMALLINT type, SQLHANDLE handle)
{
    switch (type) {
    case SQL_HANDLE_ENV:
        return free_env(handle);
    case SQL_HANDLE_DBC:
        return free_dbc(handle);
    case SQL_HANDLE_STMT:
        return free_stmt(handle, SQL_API_SQLFREEHANDLE);
    case SQL_HANDLE_DESC:
        return free_desc(handle);
    default:
        return SQL_INVALID_HANDLE;
    }
}

static SQLRETURN reset(struct stmt *s, SQLUSMALLINT option)
{
    switch (option) {
    case SQL_CLOSE:
        exec_close(s);
        return SQL_SUCCESS;
    case SQL_UNBIND:
        desc_set_count(s->ard, 0);
        return SQL_SUCCESS;
    case SQL_RESET_PARAMS:
        desc_set_count(s->apd, 0);
        desc_set_count(s->ipd, 0);
        return SQL_SUCCESS;
    default:
        return diag_push(&s->base.diag, SQLSTATE_HY092, 0, "SQLFreeStmt has no option %u", option);
    }
}

SQLRETURN SQL_API SQLFreeStmt(SQLHSTMT hstmt, SQLUSMALLINT option)
{
    struct stmt *s;
    SQLRETURN rc;

    if (option == SQL_DROP) return free_stmt(hstmt, SQL_API_SQLFREESTMT);
    rc = stmt_enter(hstmt, SQL_API_SQLFREESTMT, &s);
    if (!rc) rc = reset(s, option);
    return stmt_leave(s, rc);
}
