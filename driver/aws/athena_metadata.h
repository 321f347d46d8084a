/*
 * Athena's catalog calls: GetDataCatalog, ListDataCatalogs, ListDatabases, ListTableMetadata,
 * GetTableMetadata.
 *
 * Requests are appended to a sticky struct buf; answers are arrays in the caller's arena, strings
 * never NULL. A page may be empty and still have a next token: go on until that is "".
 *
 * Pure. Any thread. Parse faults: 08S01, HY001.
 */
#ifndef ATHENA_AWS_ATHENA_METADATA_H
#define ATHENA_AWS_ATHENA_METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

/* next_token, workgroup, expression: NULL or "" when not to be sent; max_results 0: neither. */
void athena_write_get_catalog(struct buf *b, const char *catalog, const char *workgroup);
void athena_write_list_catalogs(struct buf *b, const char *workgroup, const char *next_token,
                                unsigned max_results);
void athena_write_list_databases(struct buf *b, const char *catalog, const char *workgroup,
                                 const char *next_token, unsigned max_results);
/* expression: a regular expression over table names, at most 256 characters. */
void athena_write_list_tables(struct buf *b, const char *catalog, const char *database,
                              const char *expression, const char *workgroup, const char *next_token,
                              unsigned max_results);
void athena_write_get_table(struct buf *b, const char *catalog, const char *database,
                            const char *table, const char *workgroup);

struct athena_catalog {
    const char *name;
    const char *type; /* LAMBDA, GLUE, HIVE, FEDERATED */
};

struct athena_catalogs {
    struct athena_catalog *items;
    size_t count;
    const char *next_token;
};

struct athena_database {
    const char *name, *description;
};

struct athena_databases {
    struct athena_database *items;
    size_t count;
    const char *next_token;
};

struct athena_table_column {
    const char *name;
    const char *type; /* Hive's spelling, up to 4 KiB: "struct<a:int,b:array<string>>" */
    const char *comment;
    bool is_partition_key;
};

struct athena_table {
    const char *name;
    const char *type;                    /* EXTERNAL_TABLE, VIRTUAL_VIEW, MANAGED_TABLE or "" */
    const char *comment;                 /* of the table's parameters */
    const char *table_type;              /* parameter table_type: "ICEBERG", or "" */
    struct athena_table_column *columns; /* the columns, then the partition keys */
    size_t column_count;
};

struct athena_tables {
    struct athena_table *items;
    size_t count;
    const char *next_token;
};

enum status athena_parse_catalog(struct athena_catalog *c, struct arena *a, const char *body,
                                 size_t bytes, struct fault *f);
enum status athena_parse_catalogs(struct athena_catalogs *c, struct arena *a, const char *body,
                                  size_t bytes, struct fault *f);
enum status athena_parse_databases(struct athena_databases *d, struct arena *a, const char *body,
                                   size_t bytes, struct fault *f);
enum status athena_parse_tables(struct athena_tables *t, struct arena *a, const char *body,
                                size_t bytes, struct fault *f);
enum status athena_parse_table(struct athena_table *t, struct arena *a, const char *body,
                               size_t bytes, struct fault *f);

#endif
