/*
 * What a list of ops/metadata.h asks of Athena: a call for each page, or one query.
 *
 * Plain functions; any thread.
 */
#ifndef ATHENA_OPS_METADATA_REQUEST_H
#define ATHENA_OPS_METADATA_REQUEST_H

#include <stdbool.h>

#include "base/buf.h"
#include "ops/metadata.h"

/* The ones from SHOW_TABLES on are queries, the others calls. */
enum metadata_kind {
    GET_CATALOG,
    LIST_CATALOGS,
    LIST_DATABASES,
    LIST_TABLES,
    GET_TABLE,
    SHOW_TABLES,
    QUERY_TABLES,
    QUERY_COLUMNS
};

struct metadata_request {
    enum metadata_kind kind;
    const char *catalog, *database; /* as far as the kind is about one; or NULL */
    char *next_token;               /* of the page to come; NULL: the first. The owner's */
};

static inline bool metadata_request_is_query(const struct metadata_request *r)
{
    return r->kind >= SHOW_TABLES;
}

/* The operation of a call, and what it does in the words of a fault. Static. */
const char *metadata_request_operation(const struct metadata_request *r);
const char *metadata_request_doing(const struct metadata_request *r);

/* Appends a call's body, or a query's SQL. */
void metadata_request_write(struct buf *b, const struct metadata *m,
                            const struct metadata_request *r);

/*
 * What names the whole list in the catalog cache: all that shapes the answers, but the token.
 * is_packed: kept in another form (ops/packed_tables.h). The caller's; NULL: no memory.
 */
char *metadata_request_key(const struct metadata *m, const struct metadata_request *r,
                           bool is_packed);

#endif
