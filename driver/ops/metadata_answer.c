/* Answers. See metadata_answer.h. */
#include "ops/metadata_answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/log.h"
#include "ops/catalog_cache.h"
#include "ops/identity.h"
#include "ops/metadata_found.h"
#include "ops/metadata_lead.h"
#include "ops/metadata_way.h"
#include "ops/packed_tables.h"

struct answer {
    const char *bytes;
    size_t count;
};

static struct metadata_place place_of(const struct athena_catalog *c, enum metadata_pardon pardon)
{
    const bool is_glue = strcmp(c->type, "GLUE") == 0;

    return (struct metadata_place){.catalog = c->name,
                                   .is_lambda = strcmp(c->type, "LAMBDA") == 0,
                                   .is_glue = is_glue,
                                   .pardon = is_glue ? PARDON_NOTHING : pardon};
}

static enum status read_catalog(struct metadata *m, const struct metadata_task *t,
                                const struct answer *a) RUNS_ON(io_thread);
static enum status read_catalog(struct metadata *m, const struct metadata_task *t,
                                const struct answer *a)
{
    struct athena_catalog found = {.type = ""};
    struct metadata_place p;

    if (athena_parse_catalog(&found, &m->arena, a->bytes, a->count, &m->op.fault)) return ST_ERR;
    found.name = t->ask.catalog;
    p = place_of(&found, PARDON_NOTHING);
    return metadata_lead_catalog(m, &p);
}

static enum status read_catalogs(struct metadata *m, const struct answer *a, const char **token)
    RUNS_ON(io_thread);
static enum status read_catalogs(struct metadata *m, const struct answer *a, const char **token)
{
    struct athena_catalogs list = {.next_token = ""};
    enum status st = athena_parse_catalogs(&list, &m->arena, a->bytes, a->count, &m->op.fault);

    *token = list.next_token;
    for (size_t i = 0; i < list.count && !st; i++) {
        const struct metadata_place p = place_of(&list.items[i], PARDON_ANY);

        if (ascii_same(p.catalog, m->in.default_catalog)) m->io.has_default_catalog = true;
        if (metadata_found_is_meant(&m->in.catalog, p.catalog)) st = metadata_lead_catalog(m, &p);
    }
    /* a catalog within a catalog ("s3tablescatalog/bucket") may be used without being listed */
    if (!st && !*list.next_token && !m->io.has_default_catalog &&
        metadata_found_is_meant(&m->in.catalog, m->in.default_catalog)) {
        st = metadata_lead_named(m, m->in.default_catalog);
    }
    return st;
}

static enum status read_databases(struct metadata *m, const struct metadata_task *t,
                                  const struct answer *a, const char **token) RUNS_ON(io_thread);
static enum status read_databases(struct metadata *m, const struct metadata_task *t,
                                  const struct answer *a, const char **token)
{
    struct athena_databases list = {.next_token = ""};
    enum status st = athena_parse_databases(&list, &m->arena, a->bytes, a->count, &m->op.fault);
    const enum metadata_pardon usual = t->place.pardon > PARDON_DENIAL ? t->place.pardon
                                                                       : PARDON_DENIAL;
    struct metadata_place p = t->place;

    *token = list.next_token;
    for (size_t i = 0; i < list.count && !st; i++) {
        p.database = list.items[i].name;
        /* Glue has names that Athena's calls do not take: all others are not to be lost for one */
        p.pardon = strlen(p.database) > ATHENA_DATABASE_NAME_MAX ? PARDON_ANY : usual;
        if (metadata_found_is_meant(&m->in.database, p.database))
            st = metadata_lead_database(m, &p);
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
    RUNS_ON(io_thread);
static enum status read_packed(struct metadata *m, struct metadata_task *t, const struct answer *a)
{
    const char *at = a->bytes, *end = a->bytes + a->count, *database = t->ask.database;
    enum status st = ST_OK;

    if (metadata_request_is_query(&t->ask)) metadata_way_won(m, t);
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
                               const char **token) RUNS_ON(io_thread);
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
                             size_t count) RUNS_ON(io_thread);
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

bool metadata_answer_is_kept(const struct metadata *m, const struct metadata_request *r)
{
    struct catalog_cache *cache = identity_catalog_cache(m->session->identity);
    char *key = m->in.cache_ms ? metadata_request_key(m, r, true) : NULL;
    const char *bytes = NULL;
    size_t count;

    if (key) bytes = catalog_cache_find(cache, key, clock_now_ms(), m->in.cache_ms, &count);
    free(key);
    return bytes != NULL;
}

enum status metadata_answer_cached(struct metadata *m, struct metadata_task *t, bool *is_there)
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
    log_debug("%s: from the cache, %zu bytes", metadata_request_doing(&t->ask), count);
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

enum status metadata_answer_rows(struct metadata *m, struct metadata_task *t)
{
    const struct answer a = {t->rows.bytes, t->rows.count};
    const enum status st = read_packed(m, t, &a);

    if (!st) keep_list(m, t, &t->rows);
    return st;
}

enum status metadata_answer_page(struct metadata *m, struct metadata_task *t, bool *has_more)
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
