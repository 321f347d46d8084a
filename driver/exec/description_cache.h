/*
 * Descriptions of prepared queries that a connection keeps: option MetadataCacheSeconds.
 *
 * To describe a query is to ask Athena for it with LIMIT 0 (exec/describe.c), which scans nothing and
 * takes as long as a small query. Tools prepare and describe the same text again for each refresh
 * of a report. What is kept is the finished query itself, whose columns anybody may read.
 *
 *     lasts      as long as the option says, and until a statement that may change a catalog was
 *                run through the driver (ops/catalog_cache.h)
 *     bounded    by DESCRIPTION_CACHE_MAX; the oldest makes room
 *
 * Between stmt_enter() and stmt_leave(), and by disconnecting; the connection's `shared` lock is
 * taken here.
 */
#ifndef ATHENA_EXEC_DESCRIPTION_CACHE_H
#define ATHENA_EXEC_DESCRIPTION_CACHE_H

#include "handle/dbc.h"

struct query;

enum { DESCRIPTION_CACHE_MAX = 64 };

/* What tells whether a description is still good: taken before it is asked for. */
unsigned description_cache_age(void);

/* A finished query that describes the text, with a reference for the caller; or NULL. */
struct query *description_cache_find(struct dbc *d, const char *text);

/* Keeps a reference to a finished query. Does nothing when the option is off or memory is short. */
void description_cache_keep(struct dbc *d, const char *text, struct query *probe, unsigned age);

/* Lets go of all. */
void description_cache_clear(struct dbc *d);

#endif
