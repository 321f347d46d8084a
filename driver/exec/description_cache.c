/* Descriptions of queries. See description_cache.h. */
#include "exec/description_cache.h"

#include <stdlib.h>
#include <string.h>

#include "aws/athena_codec.h"
#include "base/buf.h"
#include "base/clock.h"
#include "ops/catalog_cache.h"
#include "ops/query.h"

struct description {
    char *key;           /* catalog, schema, text; NULL: a free place */
    struct query *query; /* one reference */
    int64_t made_ms;
    unsigned age;
};

struct description_cache {
    struct description places[DESCRIPTION_CACHE_MAX];
};

static int64_t lifetime_ms(const struct dbc *d)
{
    return options_number(&d->options, OPTION_METADATA_CACHE_SECONDS) * 1000;
}

unsigned description_cache_age(void)
{
    return catalog_cache_generation();
}

static char *make_key(struct dbc *d, const char *text)
{
    char *catalog = dbc_catalog(d), *schema = dbc_schema(d);
    struct buf b;

    buf_init(&b, 2 * ATHENA_SQL_BYTES_MAX);
    if (catalog && schema) buf_printf(&b, "%s\n%s\n%s", catalog, schema, text);
    free(catalog);
    free(schema);
    return buf_take(&b);
}

static void drop(struct description *place)
{
    free(place->key);
    query_release(place->query);
    *place = (struct description){0};
}

/* The place of a key; else a free one; else the oldest. */
static struct description *place_for(struct description_cache *c, const char *key)
{
    struct description *best = &c->places[0];

    for (int i = 0; i < DESCRIPTION_CACHE_MAX; i++) {
        struct description *place = &c->places[i];

        if (place->key && strcmp(place->key, key) == 0) return place;
        if (best->key && (!place->key || place->made_ms < best->made_ms)) best = place;
    }
    return best;
}

struct query *description_cache_find(struct dbc *d, const char *text)
{
    const int64_t oldest_ms = clock_now_ms() - lifetime_ms(d);
    struct query *found = NULL;
    char *key;

    if (!lifetime_ms(d)) return NULL;
    key = make_key(d, text);
    if (!key) return NULL;
    mutex_lock(&d->shared);
    if (d->descriptions) {
        const struct description *place = place_for(d->descriptions, key);

        if (place->key && strcmp(place->key, key) == 0 && place->made_ms >= oldest_ms &&
            place->age == description_cache_age()) {
            found = place->query;
            op_hold(&found->op);
        }
    }
    mutex_unlock(&d->shared);
    free(key);
    return found;
}

void description_cache_keep(struct dbc *d, const char *text, struct query *probe, unsigned age)
{
    struct description old = {0}, kept = {.query = probe, .made_ms = clock_now_ms(), .age = age};

    if (!lifetime_ms(d)) return;
    kept.key = make_key(d, text);
    if (!kept.key) return;
    mutex_lock(&d->shared);
    if (!d->descriptions) d->descriptions = calloc(1, sizeof *d->descriptions);
    if (d->descriptions) {
        struct description *place = place_for(d->descriptions, kept.key);

        op_hold(&probe->op);
        old = *place;
        *place = kept;
    } else {
        old.key = kept.key;
    }
    mutex_unlock(&d->shared);
    drop(&old); /* not under the lock: it may be the end of the query */
}

void description_cache_clear(struct dbc *d)
{
    struct description_cache *all;

    mutex_lock(&d->shared);
    all = d->descriptions;
    d->descriptions = NULL;
    mutex_unlock(&d->shared);
    for (int i = 0; all && i < DESCRIPTION_CACHE_MAX; i++) {
        drop(&all->places[i]);
    }
    free(all);
}
