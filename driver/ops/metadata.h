/*
 * What there is to query: catalogs, their databases, the tables in those.
 *
 * Athena answers in pages of fifty (an empty page may be followed by others), one database at a
 * time, so the operation is a small machine per list (ops/metadata_task.h) and a parent that runs
 * many of them at once. What is asked for by its exact name is not listed: a table comes from
 * GetTableMetadata, or, where IAM denies that, from ListTableMetadata with an expression.
 *
 * What does not exist is no error here: it is not found. What was met while listing and refuses to
 * be listed itself (a database that IAM keeps closed, a catalog of another kind than Glue's that does
 * not work) is left out, and where a list of catalogs or databases is denied, the current one stands
 * in for it; out.skipped says so. When that leaves nothing, it is an error.
 */
#ifndef ATHENA_OPS_METADATA_H
#define ATHENA_OPS_METADATA_H

#include "aws/athena_metadata.h"
#include "base/arena.h"
#include "base/list.h"
#include "engine/op.h"
#include "ops/session.h"

/*
 * Lists on their way: as many as there are connections to Athena (engine/http_multi.c), so what else
 * the process asks of it waits for one answer at most. Their pace is the quota's (ops/quota.h).
 */
enum { METADATA_AT_ONCE = 32 };

/* How deep to look. METADATA_COLUMNS keeps the tables' columns. */
enum metadata_depth { METADATA_CATALOGS, METADATA_DATABASES, METADATA_TABLES, METADATA_COLUMNS };

/* Which names are meant. All NULL: every one. Copied by metadata_new(). */
struct metadata_filter {
    const char *exact;   /* the only name; then the rest is not looked at, but for expression */
    const char *pattern; /* what accepts() gets; NULL: it is not asked */
    bool (*accepts)(const char *pattern, const char *name);
    const char *expression; /* tables: a regular expression that takes at least those; or NULL */
};

/* How tables are asked for. Columns come by query with METADATA_BY_QUERY alone. */
enum metadata_means {
    METADATA_BY_CALLS,
    METADATA_BY_QUERY, /* of information_schema, all but a single table's */
    METADATA_BY_SIZE   /* by calls, or by a query where those would be many (ops/metadata_way.h) */
};

struct metadata_ask {
    enum metadata_depth depth;
    enum metadata_means means;
    bool lists_catalogs;          /* ListDataCatalogs; false: default_catalog alone */
    const char *default_catalog;  /* not NULL */
    const char *default_database; /* not NULL */
    struct metadata_filter catalog, database, table;
    bool shows_lambda_tables; /* tables of LAMBDA catalogs come from SHOW TABLES */
    int64_t cache_ms;         /* how old an answer may be; 0: new */
};

/*
 * A catalog, a database, or the tables of a database, as deep as was asked; what lies deeper is NULL
 * or 0. Strings and tables are in the operation's arena.
 */
struct metadata_list {
    const char *catalog, *database;
    const struct athena_table **tables; /* by name, in the order of bytes */
    size_t count, room;
};

struct metadata {
    struct op op;
    struct session *session;
    struct metadata_ask in; /* written before op_submit(), then read-only */

    struct {
        bool is_begun;
        bool has_default_catalog;     /* it was among those listed */
        bool is_get_denied;           /* GetTableMetadata: do not try again */
        struct list waiting, running; /* struct metadata_task */
        unsigned running_count;
    } io;

    struct {                          /* readable after the operation is done */
        struct metadata_list **lists; /* by catalog and database, in the order of bytes */
        size_t count, room;
        unsigned skipped;    /* catalogs and databases that did not answer */
        struct fault excuse; /* of the first of them */
    } out;

    struct arena arena;
};

/* Ready to be submitted. op_release(&m->op) gives it back. NULL: no memory. */
struct metadata *metadata_new(struct session *s, const struct metadata_ask *ask);

#endif
