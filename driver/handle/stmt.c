/* The statement handle. See stmt.h; its attributes are in stmt_attribute.c. */
#include "handle/stmt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "handle/dbc.h"
#include "handle/event.h"
#include "handle/state.h"

enum { CURSOR_NAME_BYTES_MAX = 128 };

static void default_attributes(struct stmt_attributes *a, const struct dbc *d)
{
    const bool scrolls = d->defaults.cursor_type != SQL_CURSOR_FORWARD_ONLY;

    *a = (struct stmt_attributes){
        .async_enable = d->async_enable,
        .metadata_id = d->metadata_id,
        .max_rows = d->defaults.max_rows,
        .max_length = d->defaults.max_length,
        .noscan = d->defaults.noscan,
        .query_timeout_s = d->defaults.query_timeout_s
                               ? d->defaults.query_timeout_s
                               : (SQLULEN)options_number(&d->options, OPTION_QUERY_TIMEOUT),
        .cursor_type = d->defaults.cursor_type,
        .concurrency = d->defaults.concurrency,
        .cursor_scrollable = scrolls ? SQL_SCROLLABLE : SQL_NONSCROLLABLE,
        .cursor_sensitivity = scrolls ? SQL_INSENSITIVE : SQL_UNSPECIFIED,
        .retrieve_data = d->defaults.retrieve_data,
        .use_bookmarks = d->defaults.use_bookmarks,
        .rowset_size = d->defaults.rowset_size,
        .event = event_hold(d->defaults.event),
        .callback = d->defaults.callback,
        .callback_context = d->defaults.callback_context,
        .progress_callback = d->defaults.progress_callback,
        .progress_context = d->defaults.progress_context,
    };
}

struct stmt *stmt_new(struct dbc *d)
{
    struct stmt *s = calloc(1, sizeof *s);

    if (!s) return NULL;
    s->log = d->log; /* without a hold: a connection keeps its log while it has statements */
    handle_init(&s->base, HANDLE_STMT, &s->log);
    mutex_init(&s->running_lock);
    atomic_init(&s->needs_data, false);
    atomic_init(&s->has_explicit_desc, false);
    atomic_init(&s->is_cursor_given_up, false);
    s->dbc = d;
    s->state = STMT_ALLOCATED;
    s->row_count = -1;
    default_attributes(&s->attr, d);
    desc_init(&s->own_ard, DESC_ARD, d, s);
    s->own_ard.bind_type = d->defaults.bind_type;
    desc_init(&s->own_apd, DESC_APD, d, s);
    desc_init(&s->own_ird, DESC_IRD, d, s);
    desc_init(&s->own_ipd, DESC_IPD, d, s);
    s->ard = &s->own_ard;
    s->apd = &s->own_apd;
    s->ird = &s->own_ird;
    s->ipd = &s->own_ipd;
    mutex_lock(&d->shared);
    list_append(&d->stmts, &s->link);
    s->log.statement = ++d->statements_made;
    mutex_unlock(&d->shared);
    return s;
}

static void end(struct stmt *s)
{
    event_release(s->attr.event);
    s->attr.event = NULL;
    free(s->cursor_name);
    s->cursor_name = NULL;
    desc_clear(&s->own_ard);
    desc_clear(&s->own_apd);
    desc_clear(&s->own_ird);
    desc_clear(&s->own_ipd);
}

static void release(struct stmt *s)
{
    mutex_clear(&s->running_lock);
    handle_clear(&s->base);
    free(s);
}

void stmt_free(struct stmt *s)
{
    mutex_lock(&s->dbc->shared);
    list_remove(&s->link);
    mutex_unlock(&s->dbc->shared);
    end(s);
    release(s);
}

void stmt_bury(struct stmt *s)
{
    s->base.kind = HANDLE_FREED;
    end(s);
    mutex_lock(&s->dbc->shared);
    list_remove(&s->link);
    list_append(&s->dbc->buried, &s->link);
    mutex_unlock(&s->dbc->shared);
}

void stmt_abandon(struct stmt *s)
{
    s->base.kind = HANDLE_FREED;
    mutex_lock(&s->dbc->shared);
    list_remove(&s->link);
    mutex_unlock(&s->dbc->shared);
}

void stmt_release_buried(struct dbc *d)
{
    struct list *link;

    while ((link = list_shift(&d->buried)))
        release(container_of(link, struct stmt, link));
}

bool stmt_has_cursor(const struct stmt *s)
{
    return s->state == STMT_CURSOR && !atomic_load(&s->is_cursor_given_up);
}

NO_THREAD_CHECK void stmt_take_descs(struct stmt *s)
{
    if (s->holds_descs || !atomic_load(&s->has_explicit_desc)) return;
    mutex_lock(&s->dbc->explicit_descs);
    s->holds_descs = true;
}

NO_THREAD_CHECK void stmt_drop_descs(struct stmt *s)
{
    if (!s->holds_descs) return;
    s->holds_descs = false;
    mutex_unlock(&s->dbc->explicit_descs);
}

NO_THREAD_CHECK SQLRETURN stmt_enter(SQLHSTMT hstmt, SQLUSMALLINT function, struct stmt **s)
{
    *s = handle_is(hstmt, HANDLE_STMT) ? hstmt : NULL;
    if (!*s) return SQL_INVALID_HANDLE;
    mutex_lock(&(*s)->base.lock);
    if (!handle_is(hstmt, HANDLE_STMT)) { /* buried while this call waited for the lock */
        mutex_unlock(&(*s)->base.lock);
        *s = NULL;
        return SQL_INVALID_HANDLE;
    }
    handle_begin(&(*s)->base, function);
    stmt_take_descs(*s);
    if (state_is_plain(*s, function)) return SQL_SUCCESS;
    return state_check(*s, function);
}

NO_THREAD_CHECK SQLRETURN stmt_leave(struct stmt *s, SQLRETURN rc)
{
    if (!s) return rc;
    stmt_drop_descs(s);
    handle_end(&s->base, rc);
    mutex_unlock(&s->base.lock);
    return rc;
}

const char *stmt_cursor_name(struct stmt *s)
{
    char made_up[32];
    unsigned number;

    if (s->cursor_name) return s->cursor_name;
    mutex_lock(&s->dbc->shared);
    number = ++s->dbc->cursors_named;
    snprintf(made_up, sizeof made_up, "SQL_CUR%u", number);
    s->cursor_name = strdup(made_up);
    mutex_unlock(&s->dbc->shared);
    return s->cursor_name;
}

/* Names are for positioned updates, which Athena has not; the rules are kept all the same. */
static enum sqlstate check_cursor_name(struct stmt *s, const char *name)
{
    enum sqlstate state = SQLSTATE_NONE;

    if (!*name || strlen(name) > CURSOR_NAME_BYTES_MAX) return SQLSTATE_34000;
    if (ascii_begins(name, "SQL_CUR") || ascii_begins(name, "SQLCUR")) {
        return SQLSTATE_34000; /* the driver's own */
    }
    mutex_lock(&s->dbc->shared);
    list_each(link, &s->dbc->stmts) {
        struct stmt *other = container_of(link, struct stmt, link);

        if (other == s || !other->cursor_name) continue;
        if (ascii_same(other->cursor_name, name)) state = SQLSTATE_3C000;
    }
    mutex_unlock(&s->dbc->shared);
    return state;
}

SQLRETURN stmt_set_cursor_name(struct stmt *s, char *name)
{
    enum sqlstate state = check_cursor_name(s, name);

    if (state != SQLSTATE_NONE) {
        diag_push(&s->base.diag, state, 0, "cursor name \"%s\"", name);
        free(name);
        return SQL_ERROR;
    }
    mutex_lock(&s->dbc->shared);
    free(s->cursor_name);
    s->cursor_name = name;
    mutex_unlock(&s->dbc->shared);
    return SQL_SUCCESS;
}
