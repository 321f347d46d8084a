/*
 * The catalog functions. See catalog.h.
 *
 *     ask       arguments become filters, ops/metadata.c is set to work      s->catalog
 *     go on     awaited, the cursor opened; catalog/ makes rows as they are read
 *
 * Arguments are search patterns (catalog/pattern.h), or plain identifiers when the statement has
 * SQL_ATTR_METADATA_ID. A pattern without open places is a name, and names cost one request where
 * patterns cost a list. A catalog's name is taken as one unless there is a % in it: an underscore
 * is part of most names, and applications rarely escape it.
 */
#include "exec/catalog.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "catalog/columns.h"
#include "catalog/empty.h"
#include "catalog/pattern.h"
#include "catalog/tables.h"
#include "catalog/typeinfo.h"
#include "exec/await.h"
#include "exec/execute.h"
#include "handle/dbc.h"
#include "handle/env.h"
#include "ops/metadata.h"

#define GLUE_CATALOG "AwsDataCatalog"

enum { NAME_MAX_BYTES = 64 * 1024 };

struct catalog_call {
    SQLUSMALLINT function;
    struct metadata *metadata; /* one reference */
    unsigned kinds;            /* SQLTables: enum table_kind */
    char *column;              /* SQLColumns: NULL for all */
    bool is_name;              /* column is no pattern */
};

static void free_call(struct catalog_call *call)
{
    if (!call) return;
    if (call->metadata) op_release(&call->metadata->op);
    free(call->column);
    free(call);
}

void catalog_abandon(struct stmt *s)
{
    struct op *op = &s->catalog->metadata->op;

    await_abandon(s, op);
    op_cancel(op);
    free_call(s->catalog);
    s->catalog = NULL;
}

static SQLRETURN no_memory(struct stmt *s)
{
    return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
}

static bool is_odbc2(const struct stmt *s)
{
    return s->dbc->env->odbc_version == SQL_OV_ODBC2;
}

/* The columns under the names that the application's version of ODBC has for them. */
static const struct column *names_for(const struct stmt *s, const struct catalog_columns *columns)
{
    return is_odbc2(s) ? columns->odbc2 : columns->columns;
}

/* A page that may be missing, as exec_open_page() takes it. */
static SQLRETURN open_page(struct stmt *s, const struct catalog_columns *columns, struct page *page,
                           const struct fault *f)
{
    if (!page) return diag_fault(&s->base.diag, f);
    return exec_open_page(s, names_for(s, columns), columns->count, page);
}

/* A catalog function replaces what was prepared or executed before. */
static SQLRETURN enter(struct stmt *s)
{
    if (stmt_has_cursor(s)) {
        return diag_push(&s->base.diag, SQLSTATE_24000, 0,
                         "a cursor is open on this statement: close it first");
    }
    exec_discard(s);
    return SQL_SUCCESS;
}

/* ---- arguments ------------------------------------------------------------------------------ */

/* The texts that filters point to while an ask is made. */
struct ask {
    struct metadata_ask metadata;
    struct buf catalog, schema, table, escaped, expression;
    char *current_catalog, *current_schema;
    bool is_glue; /* names are of AwsDataCatalog, where all are in lower case */
};

static void ask_init(struct ask *a)
{
    memset(a, 0, sizeof *a);
    buf_init(&a->catalog, NAME_MAX_BYTES);
    buf_init(&a->schema, NAME_MAX_BYTES);
    buf_init(&a->table, NAME_MAX_BYTES);
    buf_init(&a->escaped, 2 * NAME_MAX_BYTES);
    buf_init(&a->expression, NAME_MAX_BYTES);
}

static void ask_clear(struct ask *a)
{
    buf_clear(&a->catalog);
    buf_clear(&a->schema);
    buf_clear(&a->table);
    buf_clear(&a->escaped);
    buf_clear(&a->expression);
    free(a->current_catalog);
    free(a->current_schema);
}

/* An identifier is trimmed of blanks behind it, or of its quotes; "" within them is one. */
static void put_identifier(struct buf *b, const char *name)
{
    size_t bytes = strlen(name);
    bool is_quoted;

    while (bytes && name[bytes - 1] == ' ') {
        bytes--;
    }
    is_quoted = bytes >= 2 && name[0] == '"' && name[bytes - 1] == '"';
    for (size_t i = is_quoted; i < bytes - is_quoted; i++) {
        buf_putc(b, name[i]);
        if (is_quoted && name[i] == '"' && name[i + 1] == '"') i++;
    }
}

static void lower(struct buf *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->bytes[i] >= 'A' && b->bytes[i] <= 'Z') b->bytes[i] = (char)(b->bytes[i] + 32);
    }
}

/* Fills a filter from an argument; b holds its text. */
static void make_filter(const struct stmt *s, struct metadata_filter *f, struct buf *b,
                        const char *argument, bool in_lower_case)
{
    if (!argument || !*argument) return;
    if (s->attr.metadata_id == SQL_TRUE) {
        put_identifier(b, argument);
        f->exact = b->bytes;
    } else if (pattern_is_any(argument)) {
        return;
    } else if (pattern_is_open(argument)) {
        f->pattern = argument;
        f->accepts = pattern_matches;
    } else {
        pattern_plain(b, argument);
        f->exact = b->bytes;
    }
    if (f->exact && in_lower_case) lower(b);
}

/* clang-format off */
static const enum metadata_means means_of_method[] = {
    [METADATA_METHOD_AUTO]      = METADATA_BY_SIZE,
    [METADATA_METHOD_GLUE]      = METADATA_BY_CALLS,
    [METADATA_METHOD_PROXY_API] = METADATA_BY_CALLS,
    [METADATA_METHOD_QUERY]     = METADATA_BY_QUERY,
};
/* clang-format on */

/* How metadata is asked for, by the options. */
static void read_options(const struct options *o, struct metadata_ask *ask)
{
    const unsigned method = options_choice(o, OPTION_METADATA_RETRIEVAL_METHOD);

    ask->lists_catalogs =
        (options_flag(o, OPTION_QUERY_EXTERNAL_CATALOGS) || method == METADATA_METHOD_PROXY_API) &&
        !options_flag(o, OPTION_USE_SINGLE_CATALOG_AND_SCHEMA);
    ask->means = means_of_method[method];
    ask->shows_lambda_tables = options_flag(o, OPTION_USE_QUERY_TO_LIST_TABLES);
    ask->cache_ms = options_number(o, OPTION_METADATA_CACHE_SECONDS) * 1000;
}

static void make_catalog_filter(const struct stmt *s, struct ask *a, const char *catalog)
{
    struct metadata_filter *f = &a->metadata.catalog;
    const char *only;

    if (s->attr.metadata_id != SQL_TRUE && catalog && *catalog && !strchr(catalog, '%')) {
        pattern_plain(&a->catalog, catalog);
        f->exact = a->catalog.bytes;
    } else {
        make_filter(s, f, &a->catalog, catalog, false);
    }
    only = f->exact ? f->exact : a->metadata.lists_catalogs ? "" : a->current_catalog;
    a->is_glue = ascii_same(only, GLUE_CATALOG);
}

/* Appends a name so that, as a pattern, it means itself. */
static void put_escaped(struct buf *b, const char *name)
{
    for (; *name; name++) {
        if (strchr("%_\\", *name)) buf_putc(b, '\\');
        buf_putc(b, *name);
    }
}

static void make_table_filter(const struct stmt *s, struct ask *a, const char *table)
{
    struct metadata_filter *f = &a->metadata.table;

    make_filter(s, f, &a->table, table, a->is_glue);
    if (!a->is_glue)
        return; /* other catalogs may not know expressions, or have names in capitals */
    if (f->exact) {
        put_escaped(&a->escaped, f->exact);
        pattern_expression(&a->expression, a->escaped.bytes);
    } else if (f->pattern) {
        pattern_expression(&a->expression, f->pattern);
    }
    if (a->expression.count) f->expression = a->expression.bytes;
}

static SQLRETURN make_ask(struct stmt *s, struct ask *a, enum metadata_depth depth,
                          const char *catalog, const char *schema, const char *table)
{
    const bool is_single = options_flag(&s->dbc->options, OPTION_USE_SINGLE_CATALOG_AND_SCHEMA);

    a->metadata.depth = depth;
    a->current_catalog = dbc_catalog(s->dbc);
    a->current_schema = dbc_schema(s->dbc);
    if (!a->current_catalog || !a->current_schema) return no_memory(s);
    a->metadata.default_catalog = a->current_catalog;
    a->metadata.default_database = a->current_schema;
    read_options(&s->dbc->options, &a->metadata);
    make_catalog_filter(s, a, catalog);
    make_filter(s, &a->metadata.database, &a->schema, schema, a->is_glue);
    if (is_single && pattern_is_any(schema)) a->metadata.database.exact = a->current_schema;
    make_table_filter(s, a, table);
    if (buf_ok(&a->catalog) && buf_ok(&a->schema) && buf_ok(&a->table)) return SQL_SUCCESS;
    return no_memory(s);
}

/* ---- asking Athena -------------------------------------------------------------------------- */

static SQLRETURN open_names(struct stmt *s, struct metadata *m)
{
    struct fault f = {.state = SQLSTATE_NONE};

    return open_page(s, &tables_columns, tables_names_page(m, &f), &f);
}

/* Opens the cursor on what was found. */
static SQLRETURN open_listing(struct stmt *s, const struct catalog_call *call)
{
    struct metadata *m = call->metadata;
    const bool are_tables = call->function == SQL_API_SQLTABLES;
    const struct columns_ask ask = {.column = call->column,
                                    .is_name = call->is_name,
                                    .is_odbc2 = is_odbc2(s),
                                    .settings = &s->dbc->types};
    struct page_feed *feed;

    if (m->in.depth <= METADATA_DATABASES) return open_names(s, m);
    feed = are_tables ? tables_feed(m, call->kinds) : columns_feed(m, &ask);
    if (!feed) return no_memory(s);
    return exec_open_feed(s, names_for(s, are_tables ? &tables_columns : &columns_columns),
                          are_tables ? tables_columns.count : columns_columns.count, feed);
}

static SQLRETURN finish(struct stmt *s)
{
    struct catalog_call *call = s->catalog;
    struct metadata *m = call->metadata;
    const enum status st = await(s, call->function, &m->op);
    SQLRETURN rc;

    if (st == ST_WAIT) return SQL_STILL_EXECUTING;
    if (st == ST_ERR) {
        rc = diag_fault(&s->base.diag, &m->op.fault);
    } else {
        rc = open_listing(s, call);
    }
    if (rc == SQL_SUCCESS && m->out.skipped) {
        rc = diag_warn(&s->base.diag, SQLSTATE_01000, "%s (%u in all)", m->out.excuse.text,
                       m->out.skipped);
    }
    s->catalog = NULL;
    free_call(call);
    return rc;
}

/* Takes call, begins what was asked and waits for it, or not. */
static SQLRETURN start(struct stmt *s, struct catalog_call *call, const struct ask *a)
{
    call->metadata = metadata_new(s->dbc->session, &a->metadata);
    if (!call->metadata) {
        free_call(call);
        return no_memory(s);
    }
    exec_set_deadline(s, &call->metadata->op);
    s->catalog = call;
    op_submit(&call->metadata->op);
    return finish(s);
}

static SQLRETURN ask_tables(struct stmt *s, enum metadata_depth depth, const char *catalog,
                            const char *schema, const char *table, unsigned kinds)
{
    struct catalog_call *call = calloc(1, sizeof *call);
    struct ask a;
    SQLRETURN rc;

    if (!call) return no_memory(s);
    call->function = SQL_API_SQLTABLES;
    call->kinds = kinds;
    ask_init(&a);
    rc = make_ask(s, &a, depth, catalog, schema, table);
    if (rc) {
        free_call(call);
    } else {
        rc = start(s, call, &a);
    }
    ask_clear(&a);
    return rc;
}

/* ---- the functions -------------------------------------------------------------------------- */

static bool is_text(const char *argument, const char *text)
{
    return argument && strcmp(argument, text) == 0;
}

/* SQLTables("%", "", ""), ("", "%", "") and ("", "", "", "%") list names instead of tables. */
static bool is_enumeration(const struct stmt *s, const char *all, const char *empty1,
                           const char *empty2)
{
    return s->attr.metadata_id != SQL_TRUE && is_text(all, "%") && is_text(empty1, "") &&
           is_text(empty2, "");
}

SQLRETURN catalog_tables(struct stmt *s, const char *catalog, const char *schema, const char *table,
                         const char *types)
{
    const unsigned kinds = tables_kinds(types);
    struct fault f = {.state = SQLSTATE_NONE};
    SQLRETURN rc;

    if (s->pending) return finish(s);
    rc = enter(s);
    if (rc) return rc;
    if (is_enumeration(s, catalog, schema, table)) {
        return ask_tables(s, METADATA_CATALOGS, NULL, NULL, NULL, kinds);
    }
    if (is_enumeration(s, schema, catalog, table)) {
        return ask_tables(s, METADATA_DATABASES, NULL, NULL, NULL, kinds);
    }
    if (is_enumeration(s, types, catalog, schema) && is_text(table, "")) {
        return open_page(s, &tables_columns, tables_types_page(&f), &f);
    }
    if (!kinds) {
        return exec_open_page(s, names_for(s, &tables_columns), tables_columns.count, NULL);
    }
    return ask_tables(s, METADATA_TABLES, catalog, schema, table, kinds);
}

/* The column's name or pattern, kept until the tables are known. */
static SQLRETURN keep_column(struct stmt *s, struct catalog_call *call, const char *column)
{
    struct buf name;

    if (!column || !*column) return SQL_SUCCESS;
    buf_init(&name, NAME_MAX_BYTES);
    call->is_name = s->attr.metadata_id == SQL_TRUE;
    if (call->is_name) {
        put_identifier(&name, column);
    } else {
        buf_puts(&name, column);
    }
    call->column = buf_take(&name);
    return call->column ? SQL_SUCCESS : no_memory(s);
}

SQLRETURN catalog_columns(struct stmt *s, const char *catalog, const char *schema,
                          const char *table, const char *column)
{
    struct catalog_call *call;
    struct ask a;
    SQLRETURN rc;

    if (s->pending) return finish(s);
    rc = enter(s);
    if (rc) return rc;
    call = calloc(1, sizeof *call);
    if (!call) return no_memory(s);
    call->function = SQL_API_SQLCOLUMNS;
    ask_init(&a);
    rc = make_ask(s, &a, METADATA_COLUMNS, catalog, schema, table);
    if (!rc) rc = keep_column(s, call, column);
    if (rc) {
        free_call(call);
    } else {
        rc = start(s, call, &a);
    }
    ask_clear(&a);
    return rc;
}

SQLRETURN catalog_type_info(struct stmt *s, SQLSMALLINT sql_type)
{
    struct fault f = {.state = SQLSTATE_NONE};
    SQLRETURN rc = enter(s);

    if (rc) return rc;
    if (!typeinfo_is_type(sql_type)) {
        return diag_push(&s->base.diag, SQLSTATE_HY004, 0, "%d is no SQL data type", sql_type);
    }
    return open_page(s, &typeinfo_columns, typeinfo_page(sql_type, is_odbc2(s), &s->dbc->types, &f),
                     &f);
}

SQLRETURN catalog_empty(struct stmt *s, SQLUSMALLINT function)
{
    const struct catalog_columns columns = empty_columns(function);
    SQLRETURN rc = enter(s);

    if (rc) return rc;
    if (!columns.count) {
        return diag_push(&s->base.diag, SQLSTATE_HYC00, 0, "function %u is not implemented",
                         function);
    }
    return exec_open_page(s, names_for(s, &columns), columns.count, NULL);
}
