/* The state tables. See state.h. */
#include "handle/state.h"

#include "handle/function.h"

static const char *const explanations[] = {
    [STMT_ALLOCATED] = "nothing has been prepared or executed on this statement",
    [STMT_PREPARED] = "the statement has been prepared and not executed",
    [STMT_EXECUTED] = "the statement executed last has no result set",
    [STMT_CURSOR] = "a cursor is open on this statement; close it first",
};

_Static_assert((int)STMT_CURSOR + 1 == FUNCTION_STATES, "a column of functions.def for each state");

/*
 * S8 to S10: only the data that is waited for may come now. The end of the statement may too: a
 * manager lets it through when it takes the wait for over, and would never come again.
 */
static SQLRETURN check_data(struct stmt *s, SQLUSMALLINT function)
{
    if (function == SQL_API_SQLPARAMDATA || function == SQL_API_SQLPUTDATA ||
        function == SQL_API_SQLFREEHANDLE || function == SQL_API_SQLFREESTMT) {
        return SQL_SUCCESS;
    }
    return diag_push(&s->base.diag, SQLSTATE_HY010, 0,
                     "%s: the statement waits for data at execution (SQLParamData, SQLPutData)",
                     function_name(function));
}

SQLRETURN state_check(struct stmt *s, SQLUSMALLINT function)
{
    const struct function *f = function_find(function);
    enum sqlstate refusal;

    if (s->pending) {
        if (s->pending == function) return SQL_SUCCESS;
        return diag_push(&s->base.diag, SQLSTATE_HY010, 0, "%s is still executing",
                         function_name(s->pending));
    }
    if (atomic_load(&s->needs_data)) return check_data(s, function);
    refusal = f ? f->refusal[s->state] : SQLSTATE_NONE;
    if (refusal == SQLSTATE_NONE) return SQL_SUCCESS;
    if (s->state == STMT_CURSOR && !stmt_has_cursor(s)) return SQL_SUCCESS;
    return diag_push(&s->base.diag, refusal, 0, "%s: %s", f->name, explanations[s->state]);
}

static SQLRETURN must_be_open(struct dbc *d, const char *name)
{
    if (d->is_connected) return SQL_SUCCESS;
    return diag_push(&d->base.diag, SQLSTATE_08003, 0, "%s: not connected", name);
}

static SQLRETURN must_be_closed(struct dbc *d, const char *name, bool may_browse)
{
    if (d->is_connected) {
        return diag_push(&d->base.diag, SQLSTATE_08002, 0, "%s: already connected", name);
    }
    if (d->browse != BROWSE_ASKED || may_browse) return SQL_SUCCESS;
    return diag_push(&d->base.diag, SQLSTATE_08002, 0,
                     "%s: SQLBrowseConnect is not at its end (SQLDisconnect ends it)", name);
}

SQLRETURN state_check_dbc(struct dbc *d, SQLUSMALLINT function)
{
    const struct function *f = function_find(function);

    switch (f ? f->when : FUNCTION_ANYTIME) {
    case FUNCTION_OPEN:
        return must_be_open(d, f->name);
    case FUNCTION_CLOSED:
        return must_be_closed(d, f->name, false);
    case FUNCTION_BROWSABLE:
        return must_be_closed(d, f->name, true);
    case FUNCTION_ENDABLE:
        return d->browse == BROWSE_NONE ? must_be_open(d, f->name) : SQL_SUCCESS;
    case FUNCTION_ANYTIME:
        break;
    }
    return SQL_SUCCESS;
}
