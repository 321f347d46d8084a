/* The connection handle. See dbc.h; its attributes are in dbc_attribute.c. */
#include "handle/dbc.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "handle/desc.h"
#include "handle/env.h"
#include "handle/event.h"
#include "handle/state.h"
#include "handle/stmt.h"
#include "ops/session.h"

static atomic_uint connections_made; /* their numbers in the log */

struct dbc *dbc_new(struct env *e)
{
    struct dbc *d = calloc(1, sizeof *d);

    if (!d) return NULL;
    d->log.connection = atomic_fetch_add(&connections_made, 1) + 1;
    log_subject_join(&d->log, &e->log);
    handle_init(&d->base, HANDLE_DBC, &d->log);
    mutex_init(&d->shared);
    mutex_init(&d->explicit_descs);
    list_init(&d->stmts);
    list_init(&d->buried);
    list_init(&d->descs);
    options_init(&d->options);
    dbc_reset_attributes(d);
    d->env = e;
    list_append(&e->dbcs, &d->link);
    return d;
}

void dbc_free(struct dbc *d)
{
    struct list *link;

    mutex_lock(&d->env->base.lock);
    list_remove(&d->link);
    mutex_unlock(&d->env->base.lock);

    while ((link = list_shift(&d->descs))) {
        struct desc *desc = container_of(link, struct desc, link);

        desc_clear(desc);
        free(desc);
    }
    stmt_release_buried(d);
    event_release(d->defaults.event);
    options_clear(&d->options);
    free(d->catalog);
    free(d->schema);
    mutex_clear(&d->shared);
    mutex_clear(&d->explicit_descs);
    handle_clear(&d->base);
    log_subject_leave(&d->log);
    free(d);
}

void dbc_reset_attributes(struct dbc *d)
{
    d->async_enable = d->metadata_id = 0;
    d->async_dbc_enable = SQL_ASYNC_DBC_ENABLE_OFF;
    d->access_mode = SQL_MODE_READ_WRITE;
    d->autocommit = SQL_AUTOCOMMIT_ON;
    d->login_timeout_s = d->connection_timeout_s = 0;
    d->quiet_window = NULL;
    event_release(d->defaults.event);
    d->defaults = (struct stmt_defaults){.cursor_type = SQL_CURSOR_FORWARD_ONLY,
                                         .concurrency = SQL_CONCUR_READ_ONLY,
                                         .retrieve_data = SQL_RD_ON,
                                         .rowset_size = 1};
    dbc_apply_network_timeout(d);
    mutex_lock(&d->shared);
    free(d->catalog);
    free(d->schema);
    d->catalog = d->schema = NULL;
    mutex_unlock(&d->shared);
}

void dbc_apply_network_timeout(struct dbc *d)
{
    int64_t timeout_ms = (int64_t)d->connection_timeout_s * 1000;

    if (!d->session) return;
    if (!timeout_ms) timeout_ms = options_number(&d->options, OPTION_REQUEST_TIMEOUT);
    d->session->http.stall_timeout_ms = timeout_ms;
}

NO_THREAD_CHECK SQLRETURN dbc_enter(SQLHDBC hdbc, SQLUSMALLINT function, struct dbc **d)
{
    *d = handle_is(hdbc, HANDLE_DBC) ? hdbc : NULL;
    if (!*d) return SQL_INVALID_HANDLE;
    mutex_lock(&(*d)->base.lock);
    handle_begin(&(*d)->base, function);
    return state_check_dbc(*d, function);
}

NO_THREAD_CHECK SQLRETURN dbc_leave(struct dbc *d, SQLRETURN rc)
{
    if (!d) return rc;
    handle_end(&d->base, rc);
    mutex_unlock(&d->base.lock);
    return rc;
}

static char *copy_shared(struct dbc *d, char *const *set, enum option_id option)
{
    const char *text;
    char *copy;

    mutex_lock(&d->shared);
    text = *set ? *set : options_text(&d->options, option);
    copy = strdup(text ? text : "");
    mutex_unlock(&d->shared);
    return copy;
}

char *dbc_catalog(struct dbc *d)
{
    return copy_shared(d, &d->catalog, OPTION_CATALOG);
}

char *dbc_schema(struct dbc *d)
{
    return copy_shared(d, &d->schema, OPTION_SCHEMA);
}
