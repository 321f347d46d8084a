/*
 * What Athena has said about catalogs, kept for some seconds: option MetadataCacheSeconds.
 *
 * A list is kept as the answers it came in, under the request that asked for it (operation,
 * catalog, database, expression, workgroup), so whoever asks the same is answered from here. An
 * identity has one cache (ops/identity.h): connections that sign alike at the same endpoints see
 * the same catalogs. Each connection says itself how old an answer may be.
 *
 *     forget      a statement that may change a catalog was run through the driver, whoever signed
 *                 it: all goes, in all caches of the process, and lists that were being fetched
 *                 meanwhile are not kept (generation)
 *     memory      at most CATALOG_CACHE_BYTES; the answers not used for longest make room
 *
 * The caller says what time it is. A cache has one owner at a time: the I/O thread.
 */
#ifndef ATHENA_OPS_CATALOG_CACHE_H
#define ATHENA_OPS_CATALOG_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CATALOG_CACHE_BYTES = 32 << 20,     /* 20,000 tables of 20 columns, about */
    CATALOG_CACHE_LIST_BYTES = 16 << 20 /* of one list: a larger one is not kept */
};

struct catalog_cache;

/* NULL: no memory. */
struct catalog_cache *catalog_cache_new(void);
/* NULL is allowed. */
void catalog_cache_free(struct catalog_cache *c);

/* What is kept under key and not older than age_max_ms, borrowed until the next call; or NULL. */
const char *catalog_cache_find(struct catalog_cache *c, const char *key, int64_t now_ms,
                               int64_t age_max_ms, size_t *bytes);

/* Grows with every catalog_cache_forget(). */
unsigned catalog_cache_generation(void);

/*
 * Keeps a copy, in place of what was kept under key before. Does nothing when generation is not
 * the present one, when it is too large, or when memory has run out.
 */
void catalog_cache_keep(struct catalog_cache *c, const char *key, const char *value, size_t bytes,
                        unsigned generation, int64_t now_ms);

/* Of every cache. Any thread. */
void catalog_cache_forget(void);

#endif
