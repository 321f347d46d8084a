/*
 * Lists of catalogs, databases and tables. See metadata_task.h.
 *
 * With MetadataCacheSeconds the answers of a list are also kept, under the request for its first
 * page (ops/catalog_cache.h); a list that is found there is read from it at once. Where tables are
 * wanted without their columns, their names are kept (ops/packed_tables.h) instead of the answers.
 */
#include "ops/metadata_task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/error_map.h"
#include "base/ascii.h"
#include "base/clock.h"
#include "base/log.h"
#include "ops/call.h"
#include "ops/catalog_cache.h"
#include "ops/metadata_found.h"
#include "ops/metadata_request.h"
#include "ops/names_query.h"
#include "ops/packed_tables.h"

#define GLUE_CATALOG "AwsDataCatalog"

/* What a refusal may be of a task's, without being the whole operation's. */
enum pardon {
    PARDON_NOTHING, /* it was asked for by name */
    PARDON_DENIAL,  /* its database was listed, and IAM may keep single ones closed */
    PARDON_ANY      /* its catalog was listed, and is not Glue's: who knows what is behind it */
};

/* What the service takes: longer names it calls invalid, and there is none of that name. */
enum { CATALOG_NAME_MAX = 256, DATABASE_NAME_MAX = 128, TABLE_NAME_MAX = 128 };

enum { ROWS_BYTES_MAX = 256 << 20 }; /* of a query: a million tables and more */

struct metadata_task {
    struct list link;            /* in waiting or running */
    struct metadata_request ask; /* names in the parent's arena */
    enum pardon pardon;
    bool is_lambda;
    bool is_begun;
    struct call call;
    struct names_query names;
    struct metadata_list *list; /* what it fills; in the parent's out; NULL: nothing found yet */
    struct fault fault;         /* of the query */
    struct buf rows;            /* of the query, so far: packed */

    char *key;           /* of the cache; NULL: the list is not to be kept. Owned */
    unsigned generation; /* of the cache, when the list was begun */
    struct buf kept;     /* so far: packed rows, or answers, each behind a size_t with its length */
};

/* A place that a task is about; what a catalog's name says of it. */
struct place {
    const char *catalog, *database;
    bool is_lambda;
    enum pardon pardon;
};

static enum status add_task(struct metadata *m, enum metadata_kind kind, const struct place *p)
{
    struct metadata_task *t = calloc(1, sizeof *t);

    if (!t) return fault_no_memory(&m->op.fault);
    t->ask = (struct metadata_request){kind, p->catalog, p->database, NULL};
    t->pardon = p->pardon;
    t->is_lambda = p->is_lambda;
    buf_init(&t->rows, ROWS_BYTES_MAX);
    buf_init(&t->kept, CATALOG_CACHE_LIST_BYTES);
    list_append(&m->io.waiting, &t->link);
    return ST_OK;
}

struct metadata_task *metadata_task_of(struct list *link)
{
    return container_of(link, struct metadata_task, link);
}

static void free_task(struct metadata_task *t)
{
    list_remove(&t->link);
    free(t->ask.next_token);
    free(t->key);
    buf_clear(&t->rows);
    buf_clear(&t->kept);
    free(t);
}

void metadata_task_end(struct metadata_task *t)
{
    names_query_clear(&t->names);
    call_clear(&t->call);
    free_task(t);
}

void metadata_task_drop(struct metadata_task *t)
{
    names_query_drop(&t->names);
    free_task(t);
}

static bool fits(const char *name, size_t max_bytes)
{
    return *name && strlen(name) <= max_bytes;
}

/* ---- what is found leads on ---------------------------------------------------------------- */

static enum metadata_kind kind_for_tables(const struct metadata *m, const struct place *p)
{
    if (m->in.table.exact) {
        const bool is_one = fits(m->in.table.exact, TABLE_NAME_MAX) && !m->io.is_get_denied;

        return is_one ? GET_TABLE : LIST_TABLES;
    }
    if (p->is_lambda && m->in.shows_lambda_tables && m->in.depth == METADATA_TABLES) {
        return SHOW_TABLES;
    }
    return LIST_TABLES;
}

static enum status found_database(struct metadata *m, const struct place *p)
{
    if (m->in.depth == METADATA_DATABASES) return metadata_found_name(m, p->catalog, p->database);
    return add_task(m, kind_for_tables(m, p), p);
}

static enum status look_for_databases(struct metadata *m, const struct place *p)
{
    struct place inner = *p;

    inner.database = m->in.database.exact;
    if (m->in.depth <= METADATA_DATABASES || !inner.database) {
        return add_task(m, LIST_DATABASES, p);
    }
    return fits(inner.database, DATABASE_NAME_MAX) ? found_database(m, &inner) : ST_OK;
}

static enum status found_catalog(struct metadata *m, const struct place *p)
{
    if (m->in.depth == METADATA_CATALOGS) return metadata_found_name(m, p->catalog, NULL);
    if (m->in.queries_tables && m->in.depth >= METADATA_TABLES && !m->in.table.exact) {
        return add_task(m, m->in.depth == METADATA_COLUMNS ? QUERY_COLUMNS : QUERY_TABLES, p);
    }
    return look_for_databases(m, p);
}

/* Athena knows catalogs in any case; results name them as other results do. */
static const char *own_spelling(const struct metadata *m, const char *catalog)
{
    if (ascii_same(catalog, GLUE_CATALOG)) return GLUE_CATALOG;
    return ascii_same(catalog, m->in.default_catalog) ? m->in.default_catalog : catalog;
}

/*
 * A catalog that was named: only where SHOW TABLES may be wanted does its type matter. One within a
 * catalog ("s3tablescatalog/bucket") is Glue's, and GetDataCatalog does not know it.
 */
static enum status named_catalog(struct metadata *m, const char *name)
{
    const struct place p = {.catalog = own_spelling(m, name)};
    const bool needs_type = m->in.shows_lambda_tables && m->in.depth == METADATA_TABLES &&
                            !m->in.table.exact && !m->in.queries_tables &&
                            !ascii_same(name, GLUE_CATALOG) && !strchr(name, '/');

    if (!fits(name, CATALOG_NAME_MAX)) return ST_OK;
    return needs_type ? add_task(m, GET_CATALOG, &p) : found_catalog(m, &p);
}

enum status metadata_task_begin(struct metadata *m)
{
    static const struct place nowhere = {NULL, NULL, false, PARDON_NOTHING};

    if (m->in.catalog.exact) return named_catalog(m, m->in.catalog.exact);
    if (m->in.lists_catalogs) return add_task(m, LIST_CATALOGS, &nowhere);
    if (!metadata_found_is_meant(&m->in.catalog, m->in.default_catalog)) return ST_OK;
    return named_catalog(m, m->in.default_catalog);
}

/* ---- requests ------------------------------------------------------------------------------ */

static enum status start_query(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status start_query(struct metadata *m, struct metadata_task *t)
{
    struct buf sql;
    enum status st;

    buf_init(&sql, 1 << 18);
    metadata_request_write(&sql, m, &t->ask);
    st = buf_ok(&sql) ? names_query_start(&t->names, &m->op, m->session, sql.bytes, t->ask.catalog,
                                          t->ask.database, &m->op.fault)
                      : fault_no_memory(&m->op.fault);
    buf_clear(&sql);
    return st;
}

static enum status start_page(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status start_page(struct metadata *m, struct metadata_task *t)
{
    struct buf body;
    enum status st;

    buf_init(&body, 1 << 20);
    metadata_request_write(&body, m, &t->ask);
    st = call_start(&t->call, &m->op, m->session, metadata_request_doing(&t->ask),
                    metadata_request_operation(&t->ask), &body, CALL_WAITS_FOR_THROTTLING);
    if (st == ST_ERR) fault_copy(&m->op.fault, &t->call.fault);
    return st;
}

/* ---- answers ------------------------------------------------------------------------------- */

struct answer {
    const char *bytes;
    size_t count;
};

static struct place place_of(const struct athena_catalog *c, enum pardon pardon)
{
    return (struct place){.catalog = c->name,
                          .is_lambda = strcmp(c->type, "LAMBDA") == 0,
                          .pardon = strcmp(c->type, "GLUE") ? pardon : PARDON_NOTHING};
}

static enum status read_catalog(struct metadata *m, const struct metadata_task *t,
                                const struct answer *a)
{
    struct athena_catalog found = {.type = ""};
    struct place p;

    if (athena_parse_catalog(&found, &m->arena, a->bytes, a->count, &m->op.fault)) return ST_ERR;
    found.name = t->ask.catalog;
    p = place_of(&found, PARDON_NOTHING);
    return found_catalog(m, &p);
}

static enum status read_catalogs(struct metadata *m, const struct answer *a, const char **token)
{
    struct athena_catalogs list = {.next_token = ""};
    enum status st = athena_parse_catalogs(&list, &m->arena, a->bytes, a->count, &m->op.fault);

    *token = list.next_token;
    for (size_t i = 0; i < list.count && !st; i++) {
        const struct place p = place_of(&list.items[i], PARDON_ANY);

        if (ascii_same(p.catalog, m->in.default_catalog)) m->io.has_default_catalog = true;
        if (metadata_found_is_meant(&m->in.catalog, p.catalog)) st = found_catalog(m, &p);
    }
    /* a catalog within a catalog ("s3tablescatalog/bucket") may be used without being listed */
    if (!st && !*list.next_token && !m->io.has_default_catalog &&
        metadata_found_is_meant(&m->in.catalog, m->in.default_catalog)) {
        st = named_catalog(m, m->in.default_catalog);
    }
    return st;
}

static enum status read_databases(struct metadata *m, const struct metadata_task *t,
                                  const struct answer *a, const char **token)
{
    struct athena_databases list = {.next_token = ""};
    enum status st = athena_parse_databases(&list, &m->arena, a->bytes, a->count, &m->op.fault);
    const enum pardon usual = t->pardon > PARDON_DENIAL ? t->pardon : PARDON_DENIAL;
    struct place p = {.catalog = t->ask.catalog, .is_lambda = t->is_lambda};

    *token = list.next_token;
    for (size_t i = 0; i < list.count && !st; i++) {
        p.database = list.items[i].name;
        /* Glue has names that Athena's calls do not take: all others are not to be lost for one */
        p.pardon = strlen(p.database) > ATHENA_DATABASE_NAME_MAX ? PARDON_ANY : usual;
        if (metadata_found_is_meant(&m->in.database, p.database)) st = found_database(m, &p);
    }
    return st;
}

static bool is_packed(const struct metadata *m, const struct metadata_task *t)
{
    return metadata_request_is_query(&t->ask) ||
           (t->ask.kind == LIST_TABLES && m->in.depth < METADATA_COLUMNS);
}

static enum status read_tables(struct metadata *m, struct metadata_task *t, const struct answer *a,
                               const char **token)
{
    struct athena_tables list = {.next_token = ""};
    struct arena scratch;
    enum status st;

    arena_init(&scratch);
    st = athena_parse_tables(&list, &scratch, a->bytes, a->count, &m->op.fault);
    for (size_t i = 0; i < list.count && !st; i++) {
        if (t->key && is_packed(m, t)) packed_tables_put(&t->kept, &list.items[i]);
        st = metadata_found_table(m, &t->list, t->ask.catalog, t->ask.database, &list.items[i]);
    }
    *token = arena_text(&m->arena, list.next_token);
    arena_clear(&scratch);
    return *token ? st : fault_no_memory(&m->op.fault);
}

static enum status read_table(struct metadata *m, struct metadata_task *t, const struct answer *a)
{
    struct athena_table table;
    struct arena scratch;
    enum status st;

    arena_init(&scratch);
    st = athena_parse_table(&table, &scratch, a->bytes, a->count, &m->op.fault);
    if (!st) st = metadata_found_table(m, &t->list, t->ask.catalog, t->ask.database, &table);
    arena_clear(&scratch);
    return st;
}

/* *database becomes a lasting copy of name when it is another one; rows come by database. */
static enum status turn_to_database(struct metadata *m, struct metadata_task *t,
                                    const char **database, const char *name)
{
    if (*database && (!*name || strcmp(name, *database) == 0)) return ST_OK;
    metadata_found_all(t->list);
    *database = arena_text(&m->arena, name);
    return *database ? ST_OK : fault_no_memory(&m->op.fault);
}

static enum status read_packed(struct metadata *m, struct metadata_task *t, const struct answer *a)
{
    const char *at = a->bytes, *end = a->bytes + a->count, *database = t->ask.database;
    enum status st = ST_OK;

    while (at < end && !st) {
        struct packed_table packed;
        struct arena scratch;

        arena_init(&scratch);
        if (!packed_tables_next(&packed, &at, end, t->ask.kind == QUERY_COLUMNS, &scratch)) {
            st = fault_no_memory(&m->op.fault);
        } else if (t->ask.database || metadata_found_is_meant(&m->in.database, packed.database)) {
            st = turn_to_database(m, t, &database, packed.database);
            if (!st) {
                st = metadata_found_table(m, &t->list, t->ask.catalog, database, &packed.table);
            }
        }
        arena_clear(&scratch);
    }
    return st;
}

/* *token: of the page that follows, which may come behind an empty one; "" at the end. */
static enum status read_answer(struct metadata *m, struct metadata_task *t, const struct answer *a,
                               const char **token)
{
    *token = "";
    switch (t->ask.kind) {
    case GET_CATALOG:
        return read_catalog(m, t, a);
    case LIST_CATALOGS:
        return read_catalogs(m, a, token);
    case LIST_DATABASES:
        return read_databases(m, t, a, token);
    case LIST_TABLES:
        return read_tables(m, t, a, token);
    case GET_TABLE:
        return read_table(m, t, a);
    default:
        break; /* queries have rows instead */
    }
    return ST_OK;
}

/* ---- the cache ----------------------------------------------------------------------------- */

static enum status read_kept(struct metadata *m, struct metadata_task *t, const char *bytes,
                             size_t count)
{
    const struct answer whole = {bytes, count};
    enum status st = ST_OK;
    const char *token;

    if (is_packed(m, t)) return read_packed(m, t, &whole);
    for (const char *end = bytes + count; bytes < end && !st;) {
        struct answer a;

        memcpy(&a.count, bytes, sizeof a.count);
        a.bytes = bytes + sizeof a.count;
        bytes = a.bytes + a.count;
        st = read_answer(m, t, &a, &token);
    }
    return st;
}

/* Reads the whole list from the cache; *is_there says whether it was. */
static enum status read_cached(struct metadata *m, struct metadata_task *t, bool *is_there)
    RUNS_ON(io_thread);
static enum status read_cached(struct metadata *m, struct metadata_task *t, bool *is_there)
{
    struct catalog_cache *cache = identity_catalog_cache(m->session->identity);
    const char *bytes = NULL;
    size_t count = 0;

    *is_there = false;
    if (!m->in.cache_ms) return ST_OK;
    t->generation = catalog_cache_generation();
    t->key = metadata_request_key(m, &t->ask, is_packed(m, t));
    if (t->key) {
        bytes = catalog_cache_find(cache, t->key, clock_now_ms(), m->in.cache_ms, &count);
    }
    if (!bytes) return ST_OK;
    *is_there = true;
    free(t->key); /* it is kept already */
    t->key = NULL;
    return read_kept(m, t, bytes, count);
}

/* Packed tables have been kept while they were read. */
static void keep_answer(struct metadata *m, struct metadata_task *t, const struct answer *a)
{
    if (!t->key || is_packed(m, t)) return;
    buf_put(&t->kept, &a->count, sizeof a->count);
    buf_put(&t->kept, a->bytes, a->count);
}

/* The list is complete. */
static void keep_list(struct metadata *m, struct metadata_task *t, const struct buf *list)
    RUNS_ON(io_thread);
static void keep_list(struct metadata *m, struct metadata_task *t, const struct buf *list)
{
    if (!t->key || !buf_ok(list)) return;
    catalog_cache_keep(identity_catalog_cache(m->session->identity), t->key, list->bytes,
                       list->count, t->generation, clock_now_ms());
}

/* ---- one page, one query ------------------------------------------------------------------- */

static enum status finish_query(struct metadata *m, struct metadata_task *t) RUNS_ON(io_thread);
static enum status finish_query(struct metadata *m, struct metadata_task *t)
{
    const struct answer a = {t->rows.bytes, t->rows.count};
    const enum status st = read_packed(m, t, &a);

    if (!st) keep_list(m, t, &t->rows);
    return st;
}

static enum status finish_page(struct metadata *m, struct metadata_task *t, bool *has_more)
    RUNS_ON(io_thread);
static enum status finish_page(struct metadata *m, struct metadata_task *t, bool *has_more)
{
    const struct answer a = {t->call.http.body.bytes, t->call.http.body.count};
    const char *token;
    enum status st = read_answer(m, t, &a, &token);

    if (!st) keep_answer(m, t, &a);
    call_clear(&t->call);
    free(t->ask.next_token);
    t->ask.next_token = NULL;
    *has_more = !st && *token;
    if (!st && !*has_more) keep_list(m, t, &t->kept);
    if (!*has_more) return st;
    t->ask.next_token = strdup(token);
    return t->ask.next_token ? ST_OK : fault_no_memory(&m->op.fault);
}

/* ---- what is refused ----------------------------------------------------------------------- */

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

/* The task goes on as one of another kind, from its beginning. */
static void become(struct metadata_task *t, enum metadata_kind kind) RUNS_ON(io_thread);
static void become(struct metadata_task *t, enum metadata_kind kind)
{
    names_query_clear(&t->names);
    call_clear(&t->call);
    buf_reset(&t->rows);
    buf_reset(&t->kept);
    free(t->key);
    t->key = NULL;
    t->is_begun = false;
    t->ask.kind = kind;
}

/* what: "catalog.database is", "databases other than x are". */
static void leave_out(struct metadata *m, const struct metadata_task *t, const char *what)
{
    m->out.skipped++;
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
{
    char what[300];

    snprintf(what, sizeof what, "catalogs other than %s are", m->in.default_catalog);
    leave_out(m, t, what);
    if (!metadata_found_is_meant(&m->in.catalog, m->in.default_catalog)) return ST_OK;
    return named_catalog(m, m->in.default_catalog);
}

static enum status stand_in_database(struct metadata *m, const struct metadata_task *t)
{
    const struct place p = {t->ask.catalog, m->in.default_database, t->is_lambda, PARDON_ANY};
    char what[300];

    snprintf(what, sizeof what, "databases of %s other than %s are", t->ask.catalog, p.database);
    leave_out(m, t, what);
    if (!metadata_found_is_meant(&m->in.database, p.database) ||
        !fits(p.database, DATABASE_NAME_MAX)) {
        return ST_OK;
    }
    return found_database(m, &p);
}

/* A query that fails is no loss: the calls know as much. */
static enum status do_without_query(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);
static enum status do_without_query(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    const struct place p = {t->ask.catalog, NULL, t->is_lambda, t->pardon};

    log_info("%s: %s; asking the API instead", metadata_request_doing(&t->ask), t->fault.text);
    if (t->ask.kind != SHOW_TABLES) return look_for_databases(m, &p);
    become(t, LIST_TABLES);
    *goes_on = true;
    return ST_OK;
}

static enum status do_without_get(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);
static enum status do_without_get(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    log_info("GetTableMetadata is denied; listing tables instead");
    m->io.is_get_denied = true;
    become(t, LIST_TABLES);
    *goes_on = true;
    return ST_OK;
}

/* Decides about a task that has failed. *goes_on: it asks in another way. */
static enum status forgive(struct metadata *m, struct metadata_task *t, bool *goes_on)
    RUNS_ON(io_thread);
static enum status forgive(struct metadata *m, struct metadata_task *t, bool *goes_on)
{
    const struct aws_error *e = &t->call.error;
    const struct place unknown = {t->ask.catalog, NULL, false, t->pardon};
    const bool is_answer = e->code && *e->code;
    const bool is_denied = is_answer && is_denial(e);

    *goes_on = false;
    if (metadata_request_is_query(&t->ask)) return do_without_query(m, t, goes_on);
    if (is_denied && t->ask.kind == GET_TABLE) return do_without_get(m, t, goes_on);
    if (is_answer && t->ask.kind == GET_CATALOG) return found_catalog(m, &unknown);
    if (is_denied && t->ask.kind == LIST_CATALOGS) return stand_in_catalog(m, t);
    if (is_denied && t->ask.kind == LIST_DATABASES &&
        ascii_same(t->ask.catalog, m->in.default_catalog)) {
        return stand_in_database(m, t);
    }
    if (is_answer && t->ask.kind != LIST_CATALOGS && is_absence(e)) return ST_OK;
    if ((is_answer && t->pardon == PARDON_ANY) || (is_denied && t->pardon == PARDON_DENIAL)) {
        return leave_out_place(m, t);
    }
    fault_copy(&m->op.fault, &t->call.fault);
    return ST_ERR;
}

/* ---- the machine --------------------------------------------------------------------------- */

/* *is_over: all was in the cache. */
static enum status start(struct metadata *m, struct metadata_task *t, bool *is_over)
    RUNS_ON(io_thread);
static enum status start(struct metadata *m, struct metadata_task *t, bool *is_over)
{
    enum status st = ST_OK;

    *is_over = false;
    if (!t->is_begun) st = read_cached(m, t, is_over);
    t->is_begun = true;
    if (st || *is_over) return st;
    return metadata_request_is_query(&t->ask) ? start_query(m, t) : start_page(m, t);
}

static bool is_waiting(const struct metadata_task *t)
{
    return t->names.query || t->call.step != CALL_IDLE;
}

static enum status ready(struct metadata_task *t) RUNS_ON(io_thread);
static enum status ready(struct metadata_task *t)
{
    if (!metadata_request_is_query(&t->ask)) return call_ready(&t->call);
    return names_query_ready(&t->names, packed_tables_put_row, &t->rows, &t->fault);
}

enum status metadata_task_advance(struct metadata *m, struct metadata_task *t)
{
    bool goes_on = true, is_over = false;
    enum status st = ST_OK;

    while (goes_on) {
        if (!is_waiting(t)) st = start(m, t, &is_over);
        if (is_over) metadata_found_all(t->list);
        if (st || is_over) return st;
        st = ready(t);
        if (st == ST_WAIT) return st;
        goes_on = false;
        if (st) {
            st = forgive(m, t, &goes_on);
        } else if (metadata_request_is_query(&t->ask)) {
            st = finish_query(m, t);
        } else {
            st = finish_page(m, t, &goes_on);
        }
        if (st) return st;
    }
    metadata_found_all(t->list);
    return ST_OK;
}
