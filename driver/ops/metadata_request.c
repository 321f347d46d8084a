/* Requests for metadata. See metadata_request.h. */
#include "ops/metadata_request.h"

enum { PAGE_ITEMS = 50 }; /* the most that Athena gives */

/* clang-format off */
static const struct { const char *operation, *doing; } words[] = {
    [GET_CATALOG]    = {"GetDataCatalog",    "asking for a catalog"},
    [LIST_CATALOGS]  = {"ListDataCatalogs",  "listing catalogs"},
    [LIST_DATABASES] = {"ListDatabases",     "listing databases"},
    [LIST_TABLES]    = {"ListTableMetadata", "listing tables"},
    [GET_TABLE]      = {"GetTableMetadata",  "describing a table"},
    [SHOW_TABLES]    = {NULL,                "listing tables by SHOW TABLES"},
    [QUERY_TABLES]   = {NULL,                "listing tables by information_schema"},
    [QUERY_COLUMNS]  = {NULL,                "listing columns by information_schema"},
};
/* clang-format on */

const char *metadata_request_operation(const struct metadata_request *r)
{
    return words[r->kind].operation;
}

const char *metadata_request_doing(const struct metadata_request *r)
{
    return words[r->kind].doing;
}

static void write_call(struct buf *b, const struct metadata *m, const struct metadata_request *r,
                       const char *next_token)
{
    const char *workgroup = m->session->workgroup;

    switch (r->kind) {
    case GET_CATALOG:
        athena_write_get_catalog(b, r->catalog, workgroup);
        break;
    case LIST_CATALOGS:
        athena_write_list_catalogs(b, workgroup, next_token, PAGE_ITEMS);
        break;
    case LIST_DATABASES:
        athena_write_list_databases(b, r->catalog, workgroup, next_token, PAGE_ITEMS);
        break;
    case LIST_TABLES:
        athena_write_list_tables(b, r->catalog, r->database, m->in.table.expression, workgroup,
                                 next_token, PAGE_ITEMS);
        break;
    case GET_TABLE:
        athena_write_get_table(b, r->catalog, r->database, m->in.table.exact, workgroup);
        break;
    default:
        break; /* queries have none */
    }
}

static void put_doubled(struct buf *b, const char *text, char quote)
{
    for (; *text; text++) {
        if (*text == quote) buf_putc(b, quote);
        buf_putc(b, *text);
    }
}

/*
 * AND column = 'name', or LIKE. What is in information_schema is in lower case; the column stands
 * bare, so that the engine asks Glue for the databases that are meant alone.
 */
static void write_condition(struct buf *b, const char *column, const struct metadata_filter *f)
{
    const char *text = f->exact ? f->exact : f->pattern;

    if (!text) return;
    buf_printf(b, " AND %s %s lower('", column, f->exact ? "=" : "LIKE");
    put_doubled(b, text, '\'');
    buf_puts(b, f->exact ? "')" : "') ESCAPE '\\'");
}

/*
 * The names of tables come a row for each database: a thousand databases are one page of rows, where
 * a row for each table would be hundreds, and a file to download. (No name in Glue has a line break.)
 */
static void write_query(struct buf *b, const struct metadata *m, const struct metadata_request *r)
{
    if (r->kind == SHOW_TABLES) {
        buf_puts(b, "SHOW TABLES IN `");
        put_doubled(b, r->database, '`');
        buf_putc(b, '`');
        return;
    }
    buf_puts(b, r->kind == QUERY_TABLES
                    ? "SELECT table_schema, table_type, array_join(array_agg(table_name), chr(10)) "
                      "FROM information_schema.tables"
                    : "SELECT table_schema, table_name, column_name, data_type, comment "
                      "FROM information_schema.columns");
    buf_puts(b, " WHERE table_schema <> 'information_schema'");
    write_condition(b, "table_schema", &m->in.database);
    write_condition(b, "table_name", &m->in.table);
    buf_puts(b, r->kind == QUERY_TABLES
                    ? " GROUP BY table_schema, table_type ORDER BY table_schema, table_type"
                    : " ORDER BY table_schema, table_name, ordinal_position");
}

static void write_page(struct buf *b, const struct metadata *m, const struct metadata_request *r,
                       const char *next_token)
{
    if (metadata_request_is_query(r)) {
        write_query(b, m, r);
    } else {
        write_call(b, m, r, next_token);
    }
}

void metadata_request_write(struct buf *b, const struct metadata *m,
                            const struct metadata_request *r)
{
    write_page(b, m, r, r->next_token);
}

char *metadata_request_key(const struct metadata *m, const struct metadata_request *r,
                           bool is_packed)
{
    const char *workgroup = m->session->workgroup;
    struct buf key;

    buf_init(&key, 1 << 18);
    buf_printf(&key, "%s%s ", words[r->kind].doing, is_packed ? " packed" : "");
    if (metadata_request_is_query(r)) { /* a call's body says this by itself */
        buf_printf(&key, "%s %s ", workgroup ? workgroup : "", r->catalog);
    }
    write_page(&key, m, r, NULL);
    return buf_take(&key);
}
