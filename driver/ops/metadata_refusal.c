/* Lists that failed. See metadata_refusal.h. */
#include "ops/metadata_refusal.h"

#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "base/log.h"
#include "ops/metadata_found.h"
#include "ops/metadata_lead.h"
#include "ops/metadata_way.h"

/*
 * Glue's errors come embedded in the text of Athena's MetadataException. A workgroup that is not
 * found is a mistake in the connection's options, not an empty catalog.
 */
static bool is_absence(const struct aws_error *e)
{
    if (ascii_contains(e->message, "workgroup")) return false;
    return strstr(e->code, "NotFound") || strstr(e->message, "EntityNotFound") ||
           ascii_contains(e->message, "not found") || ascii_contains(e->message, "does not exist");
}

static bool is_denial(const struct aws_error *e)
{
    return strstr(e->code, "AccessDenied") || strstr(e->message, "AccessDenied") ||
           strstr(e->message, "not authorized");
}

/* what: "catalog.database is", "databases other than x are". */
static void leave_out(struct metadata *m, const struct metadata_task *t, const char *what)
{
    m->out.skipped++;
    if (t->place.way) t->place.way->skipped++;
    fault_set(&m->out.excuse, t->call.fault.state, t->call.fault.native, "%s left out: %s", what,
              t->call.fault.text);
}

static enum status leave_out_place(struct metadata *m, const struct metadata_task *t)
{
    char what[300];

    snprintf(what, sizeof what, "%s%s%s is", t->ask.catalog, t->ask.database ? "." : "",
             t->ask.database ? t->ask.database : "");
    leave_out(m, t, what);
    return ST_OK;
}

/* A list of names is denied, but one of them is known: the current one. */
static enum status stand_in_catalog(struct metadata *m, const struct metadata_task *t)
    RUNS_ON(io_thread);
static enum status stand_in_catalog(struct metadata *m, const struct metadata_task *t)
{
    char what[300];

    snprintf(what, sizeof what, "catalogs other than %s are", m->in.default_catalog);
    leave_out(m, t, what);
    if (!metadata_found_is_meant(&m->in.catalog, m->in.default_catalog)) return ST_OK;
    return metadata_lead_named(m, m->in.default_catalog);
}

static enum status stand_in_database(struct metadata *m, const struct metadata_task *t)
    RUNS_ON(io_thread);
static enum status stand_in_database(struct metadata *m, const struct metadata_task *t)
{
    struct metadata_place p = t->place;
    char what[300];

    p.database = m->in.default_database;
    p.pardon = PARDON_ANY;
    snprintf(what, sizeof what, "databases of %s other than %s are", t->ask.catalog, p.database);
    leave_out(m, t, what);
    if (!metadata_found_is_meant(&m->in.database, p.database)) return ST_OK;
    return metadata_lead_database(m, &p);
}

/* A query that fails is no loss: the calls know as much, and may be in the middle of it already. */
static enum status do_without_query(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);
static enum status do_without_query(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    log_info("%s: %s; asking the API instead", metadata_request_doing(&t->ask), t->fault.text);
    metadata_way_lost(m, t);
    if (t->place.way && t->place.way->open_tasks) return ST_OK;
    if (t->ask.kind != SHOW_TABLES) return metadata_lead_databases(m, &t->place);
    metadata_task_become(t, LIST_TABLES);
    *goes_on = true;
    return ST_OK;
}

static enum status do_without_get(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);
static enum status do_without_get(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    log_info("GetTableMetadata is denied; listing tables instead");
    m->io.is_get_denied = true;
    metadata_task_become(t, LIST_TABLES);
    *goes_on = true;
    return ST_OK;
}

enum status metadata_refusal_forgive(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    const struct aws_error *e = &t->call.error;
    const struct metadata_place unknown = {.catalog = t->ask.catalog, .pardon = t->place.pardon};
    const bool is_answer = e->code && *e->code;
    const bool is_denied = is_answer && is_denial(e);

    *goes_on = false;
    if (metadata_request_is_query(&t->ask)) return do_without_query(m, t, goes_on);
    if (is_denied && t->ask.kind == GET_TABLE) return do_without_get(m, t, goes_on);
    if (is_answer && t->ask.kind == GET_CATALOG) return metadata_lead_catalog(m, &unknown);
    if (is_denied && t->ask.kind == LIST_CATALOGS) return stand_in_catalog(m, t);
    if (is_denied && t->ask.kind == LIST_DATABASES &&
        ascii_same(t->ask.catalog, m->in.default_catalog)) {
        return stand_in_database(m, t);
    }
    if (is_answer && t->ask.kind != LIST_CATALOGS && is_absence(e)) return ST_OK;
    if ((is_answer && t->place.pardon == PARDON_ANY) ||
        (is_denied && t->place.pardon == PARDON_DENIAL)) {
        return leave_out_place(m, t);
    }
    fault_copy(&m->op.fault, &t->call.fault);
    return ST_ERR;
}
