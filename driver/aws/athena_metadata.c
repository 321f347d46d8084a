#include "aws/athena_metadata.h"

#include <stddef.h>
#include <string.h>

#include "aws/json_bind.h"
#include "aws/json_write.h"

/* ---- requests ---- */

static void put_page(struct buf *b, const char *workgroup, const char *next_token,
                     unsigned max_results)
{
    json_put_text(b, "WorkGroup", workgroup);
    json_put_text(b, "NextToken", next_token);
    if (max_results) json_put_integer(b, "MaxResults", max_results);
}

void athena_write_get_catalog(struct buf *b, const char *catalog, const char *workgroup)
{
    buf_putc(b, '{');
    json_put_text(b, "Name", catalog);
    json_put_text(b, "WorkGroup", workgroup);
    buf_putc(b, '}');
}

void athena_write_list_catalogs(struct buf *b, const char *workgroup, const char *next_token,
                                unsigned max_results)
{
    buf_putc(b, '{');
    put_page(b, workgroup, next_token, max_results);
    buf_putc(b, '}');
}

void athena_write_list_databases(struct buf *b, const char *catalog, const char *workgroup,
                                 const char *next_token, unsigned max_results)
{
    buf_putc(b, '{');
    json_put_text(b, "CatalogName", catalog);
    put_page(b, workgroup, next_token, max_results);
    buf_putc(b, '}');
}

void athena_write_list_tables(struct buf *b, const char *catalog, const char *database,
                              const char *expression, const char *workgroup, const char *next_token,
                              unsigned max_results)
{
    buf_putc(b, '{');
    json_put_text(b, "CatalogName", catalog);
    json_put_text(b, "DatabaseName", database);
    json_put_text(b, "Expression", expression);
    put_page(b, workgroup, next_token, max_results);
    buf_putc(b, '}');
}

void athena_write_get_table(struct buf *b, const char *catalog, const char *database,
                            const char *table, const char *workgroup)
{
    buf_putc(b, '{');
    json_put_text(b, "CatalogName", catalog);
    json_put_text(b, "DatabaseName", database);
    json_put_text(b, "TableName", table);
    json_put_text(b, "WorkGroup", workgroup);
    buf_putc(b, '}');
}

/* ---- answers ---- */

/* A list is one array and its token, whatever the items: the three list structs are laid out so. */
#define LIST_OF(owner, name_, inner_) \
    { \
        .name = (name_), .kind = JSON_LIST, .inner = (inner_), .offset = offsetof(owner, items), \
        .count_offset = offsetof(owner, count), .item_bytes = sizeof *((owner *)0)->items \
    }
#define TOKEN_OF(owner) \
    { \
        .name = "NextToken", .kind = JSON_TEXT, .offset = offsetof(owner, next_token) \
    }

enum status athena_parse_catalog(struct athena_catalog *c, struct arena *a, const char *body,
                                 size_t bytes, struct fault *f)
{
    static const struct json_member item[] = {
        {.name = "Name", .kind = JSON_TEXT, .offset = offsetof(struct athena_catalog, name)},
        {.name = "Type", .kind = JSON_TEXT, .offset = offsetof(struct athena_catalog, type)},
        {0}};
    static const struct json_member members[] = {
        {.name = "DataCatalog", .kind = JSON_OBJECT, .inner = item}, {0}};

    return json_bind(c, members, a, body, bytes, "asking for a catalog", f);
}

enum status athena_parse_catalogs(struct athena_catalogs *c, struct arena *a, const char *body,
                                  size_t bytes, struct fault *f)
{
    static const struct json_member item[] = {
        {.name = "CatalogName", .kind = JSON_TEXT, .offset = offsetof(struct athena_catalog, name)},
        {.name = "Type", .kind = JSON_TEXT, .offset = offsetof(struct athena_catalog, type)},
        {0}};
    static const struct json_member members[] = {
        LIST_OF(struct athena_catalogs, "DataCatalogsSummary", item),
        TOKEN_OF(struct athena_catalogs),
        {0}};

    return json_bind(c, members, a, body, bytes, "listing catalogs", f);
}

enum status athena_parse_databases(struct athena_databases *d, struct arena *a, const char *body,
                                   size_t bytes, struct fault *f)
{
    static const struct json_member item[] = {
        {.name = "Name", .kind = JSON_TEXT, .offset = offsetof(struct athena_database, name)},
        {.name = "Description",
         .kind = JSON_TEXT,
         .offset = offsetof(struct athena_database, description)},
        {0}};
    static const struct json_member members[] = {
        LIST_OF(struct athena_databases, "DatabaseList", item),
        TOKEN_OF(struct athena_databases),
        {0}};

    return json_bind(d, members, a, body, bytes, "listing databases", f);
}

/* As it comes: columns and partition keys apart. */
struct raw_table {
    struct athena_table t;
    struct athena_table_column *keys;
    size_t key_count;
};

struct raw_tables {
    struct raw_table *items;
    size_t count;
    const char *next_token;
};

/* clang-format off */
#define COLUMN(field) offsetof(struct athena_table_column, field)
#define TABLE(field) offsetof(struct raw_table, field)

static const struct json_member column_members[] = {
    {.name = "Name",    .kind = JSON_TEXT, .offset = COLUMN(name)},
    {.name = "Type",    .kind = JSON_TEXT, .offset = COLUMN(type)},
    {.name = "Comment", .kind = JSON_TEXT, .offset = COLUMN(comment)},
    {0}};

static const struct json_member parameter_members[] = {
    {.name = "comment",    .kind = JSON_TEXT, .offset = TABLE(t.comment)},
    {.name = "table_type", .kind = JSON_TEXT, .offset = TABLE(t.table_type)},
    {0}};

static const struct json_member table_members[] = {
    {.name = "Name",          .kind = JSON_TEXT, .offset = TABLE(t.name)},
    {.name = "TableType",     .kind = JSON_TEXT, .offset = TABLE(t.type)},
    {.name = "Columns",       .kind = JSON_LIST, .inner = column_members,
     .offset = TABLE(t.columns), .count_offset = TABLE(t.column_count),
     .item_bytes = sizeof(struct athena_table_column)},
    {.name = "PartitionKeys", .kind = JSON_LIST, .inner = column_members,
     .offset = TABLE(keys), .count_offset = TABLE(key_count),
     .item_bytes = sizeof(struct athena_table_column)},
    {.name = "Parameters",    .kind = JSON_OBJECT, .inner = parameter_members},
    {0}};
/* clang-format on */

/* Columns, then partition keys, as SELECT * gives them. */
static enum status join(struct athena_table *t, struct arena *a, const struct raw_table *raw,
                        struct fault *f)
{
    size_t count = raw->t.column_count;

    *t = raw->t;
    if (!raw->key_count) return ST_OK;
    t->columns = arena_array(a, count + raw->key_count, sizeof *t->columns);
    if (!t->columns) return fault_no_memory(f);
    if (count) memcpy(t->columns, raw->t.columns, count * sizeof *t->columns);
    for (size_t i = 0; i < raw->key_count; i++) {
        t->columns[count + i] = raw->keys[i];
        t->columns[count + i].is_partition_key = true;
    }
    t->column_count = count + raw->key_count;
    return ST_OK;
}

enum status athena_parse_tables(struct athena_tables *t, struct arena *a, const char *body,
                                size_t bytes, struct fault *f)
{
    static const struct json_member members[] = {
        LIST_OF(struct raw_tables, "TableMetadataList", table_members),
        TOKEN_OF(struct raw_tables),
        {0}};
    struct raw_tables raw = {0};
    enum status st = json_bind(&raw, members, a, body, bytes, "listing tables", f);

    *t = (struct athena_tables){.next_token = raw.next_token};
    if (st) return st;
    t->items = arena_array(a, raw.count + 1, sizeof *t->items);
    if (!t->items) return fault_no_memory(f);
    for (size_t i = 0; i < raw.count && !st; i++)
        st = join(&t->items[i], a, &raw.items[i], f);
    if (!st) t->count = raw.count;
    return st;
}

enum status athena_parse_table(struct athena_table *t, struct arena *a, const char *body,
                               size_t bytes, struct fault *f)
{
    static const struct json_member members[] = {
        {.name = "TableMetadata", .kind = JSON_OBJECT, .inner = table_members}, {0}};
    struct raw_table raw = {0};
    enum status st = json_bind(&raw, members, a, body, bytes, "asking for the table", f);

    if (!st) st = join(t, a, &raw, f);
    return st;
}
