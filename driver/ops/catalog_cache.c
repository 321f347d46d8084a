/*
 * The catalog cache. See catalog_cache.h.
 *
 * Entries stand in a list, used last at its end, and in the chain of their key's hash. What is to be
 * forgotten is dropped when the cache is used next: that its generation is over says so.
 */
#include "ops/catalog_cache.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"

enum { CHAINS = 256 };

struct entry {
    struct list used;  /* in catalog_cache.used */
    struct list chain; /* in catalog_cache.chains */
    uint32_t hash;
    int64_t made_ms;
    size_t key_bytes, bytes; /* key_bytes with its NUL */
    char text[];             /* the key, then the value */
};

struct catalog_cache {
    struct list used; /* the one used last at the end */
    struct list chains[CHAINS];
    size_t bytes;
    unsigned generation; /* what is in it is of */
};

static atomic_uint present_generation;

struct catalog_cache *catalog_cache_new(void)
{
    struct catalog_cache *c = calloc(1, sizeof *c);

    if (!c) return NULL;
    list_init(&c->used);
    for (int i = 0; i < CHAINS; i++) {
        list_init(&c->chains[i]);
    }
    return c;
}

static size_t size_of(const struct entry *e)
{
    return sizeof *e + e->key_bytes + e->bytes;
}

static void drop(struct catalog_cache *c, struct entry *e)
{
    list_remove(&e->used);
    list_remove(&e->chain);
    assert(c->used.next != &e->used && c->used.prev != &e->used); /* for the analyzer */
    c->bytes -= size_of(e);
    free(e);
}

static void drop_oldest(struct catalog_cache *c)
{
    struct list *oldest = list_shift(&c->used);

    if (oldest) drop(c, container_of(oldest, struct entry, used));
}

static void drop_all(struct catalog_cache *c)
{
    while (!list_is_empty(&c->used)) {
        drop_oldest(c);
    }
}

void catalog_cache_free(struct catalog_cache *c)
{
    if (!c) return;
    drop_all(c);
    free(c);
}

void catalog_cache_forget(void)
{
    atomic_fetch_add(&present_generation, 1);
}

unsigned catalog_cache_generation(void)
{
    return atomic_load(&present_generation);
}

static void drop_old(struct catalog_cache *c)
{
    const unsigned present = catalog_cache_generation();

    if (c->generation != present) drop_all(c);
    c->generation = present;
}

/* FNV-1a */
static uint32_t hash_of(const char *key)
{
    uint32_t hash = 2166136261U;

    for (; *key; key++) {
        hash = (hash ^ (unsigned char)*key) * 16777619U;
    }
    return hash;
}

static struct entry *find(struct catalog_cache *c, const char *key, uint32_t hash)
{
    list_each(link, &c->chains[hash % CHAINS]) {
        struct entry *e = container_of(link, struct entry, chain);

        if (e->hash == hash && strcmp(e->text, key) == 0) return e;
    }
    return NULL;
}

const char *catalog_cache_find(struct catalog_cache *c, const char *key, int64_t now_ms,
                               int64_t age_max_ms, size_t *bytes)
{
    struct entry *e;

    drop_old(c);
    e = find(c, key, hash_of(key));
    if (!e || now_ms - e->made_ms >= age_max_ms) return NULL;
    list_remove(&e->used);
    list_append(&c->used, &e->used);
    *bytes = e->bytes;
    return e->text + e->key_bytes;
}

void catalog_cache_keep(struct catalog_cache *c, const char *key, const char *value, size_t bytes,
                        unsigned generation, int64_t now_ms)
{
    const size_t key_bytes = strlen(key) + 1;
    const uint32_t hash = hash_of(key);
    struct entry *e;

    drop_old(c);
    if (generation != c->generation || bytes > CATALOG_CACHE_LIST_BYTES) return;
    e = find(c, key, hash);
    if (e) drop(c, e);
    e = malloc(sizeof *e + key_bytes + bytes);
    if (!e) return;
    e->hash = hash;
    e->made_ms = now_ms;
    e->key_bytes = key_bytes;
    e->bytes = bytes;
    memcpy(e->text, key, key_bytes);
    if (bytes) memcpy(e->text + key_bytes, value, bytes);
    c->bytes += size_of(e);
    list_append(&c->chains[hash % CHAINS], &e->chain);
    list_append(&c->used, &e->used);
    while (c->bytes > CATALOG_CACHE_BYTES) {
        drop_oldest(c);
    }
}
