/* SQLTables. See tables.h. */
#include "catalog/tables.h"

#include <sql.h>
#include <sqlext.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "catalog/listing.h"
#include "catalog/sheet.h"

enum { TABLE_CAT = 1, TABLE_SCHEM, TABLE_NAME, TABLE_TYPE, REMARKS };

/* clang-format off */
#define COLUMNS(V) {                                    \
    CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("TABLE_SCHEM", "TABLE_OWNER"), 1),   \
    CATALOG_NAME("TABLE_NAME", 1),                      \
    CATALOG_TEXT("TABLE_TYPE", 32, 1),                  \
    CATALOG_TEXT("REMARKS", CATALOG_REMARKS_CHARS, 1),  \
}
static const struct column columns[] = COLUMNS(CATALOG_ODBC3);
static const struct column columns_odbc2[] = COLUMNS(CATALOG_ODBC2);

/* In the order of the names, which is that of the rows. */
static const struct { const char *name; enum table_kind kind; } kinds_by_name[] = {
    {"TABLE", TABLE_KIND_TABLE},
    {"VIEW",  TABLE_KIND_VIEW},
};
/* clang-format on */

enum { KIND_COUNT = sizeof kinds_by_name / sizeof *kinds_by_name };

const struct catalog_columns tables_columns = CATALOG_COLUMNS(columns, columns_odbc2);

static unsigned kind_of_name(const char *name, size_t bytes)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strlen(kinds_by_name[i].name) == bytes &&
            ascii_same_bytes(kinds_by_name[i].name, name, bytes)) {
            return kinds_by_name[i].kind;
        }
    }
    return 0;
}

unsigned tables_kinds(const char *types)
{
    static const char around[] = " \t'";
    unsigned kinds = 0;

    if (!types || !*types || strcmp(types, SQL_ALL_TABLE_TYPES) == 0) return TABLE_KIND_ALL;
    while (*types) {
        const size_t bytes = strcspn(types, ",");
        const size_t first = strspn(types, around);
        size_t end = bytes;

        while (end > first && strchr(around, types[end - 1])) {
            end--;
        }
        if (first < end) kinds |= kind_of_name(types + first, end - first);
        types += bytes + (types[bytes] == ',');
    }
    return kinds;
}

static enum table_kind kind_of(const struct athena_table *table)
{
    return strcmp(table->type, "VIRTUAL_VIEW") == 0 ? TABLE_KIND_VIEW : TABLE_KIND_TABLE;
}

/* ---- enumerations -------------------------------------------------------------------------- */

static int compare_databases(const void *left, const void *right)
{
    const struct metadata_list *a = *(struct metadata_list *const *)left;
    const struct metadata_list *b = *(struct metadata_list *const *)right;

    return strcmp(a->database, b->database);
}

/* SQL_ALL_CATALOGS and SQL_ALL_SCHEMAS: "all columns except the one asked for contain NULL". */
struct page *tables_names_page(struct metadata *m, struct fault *f)
{
    const bool are_schemas = m->in.depth == METADATA_DATABASES;
    const char *last = NULL;
    struct sheet sheet;

    if (are_schemas && m->out.count > 1) { /* those of several catalogs among each other */
        qsort(m->out.lists, m->out.count, sizeof *m->out.lists, compare_databases);
    }
    sheet_init(&sheet, tables_columns.count);
    for (size_t i = 0; i < m->out.count; i++) {
        const struct metadata_list *list = m->out.lists[i];
        const char *name = are_schemas ? list->database : list->catalog;

        if (last && strcmp(last, name) == 0) continue; /* one schema of several catalogs */
        sheet_row(&sheet);
        sheet_text(&sheet, are_schemas ? TABLE_SCHEM : TABLE_CAT, name);
        last = name;
    }
    return sheet_take(&sheet, f);
}

/* ---- tables -------------------------------------------------------------------------------- */

struct tables_listing {
    struct listing listing;
    unsigned kinds;
    size_t kind;   /* of kinds_by_name: rows come kind by kind */
    unsigned seen; /* kinds that were met; complete with the first round */
};

static void put_row(struct sheet *s, const struct metadata_list *list,
                    const struct athena_table *table, const char *type)
{
    sheet_row(s);
    sheet_text(s, TABLE_CAT, list->catalog);
    sheet_text(s, TABLE_SCHEM, list->database);
    sheet_text(s, TABLE_NAME, table->name);
    sheet_text(s, TABLE_TYPE, type);
    if (*table->comment) sheet_text(s, REMARKS, table->comment);
}

/* A round that would find nothing is not begun. */
static bool is_worth_while(const struct tables_listing *t)
{
    const unsigned kind = kinds_by_name[t->kind].kind;
    const bool is_begun = t->listing.list || t->listing.table;

    return t->kinds & kind && (is_begun || !t->seen || t->seen & kind);
}

static bool put_table(struct listing *l, struct sheet *s)
{
    struct tables_listing *t = container_of(l, struct tables_listing, listing);

    for (; t->kind < KIND_COUNT; t->kind++, l->list = 0, l->table = 0) {
        const struct athena_table *table;

        while (is_worth_while(t) && (table = listing_table(l))) {
            const struct metadata_list *list = listing_list(l);
            const enum table_kind kind = kind_of(table);

            l->table++;
            t->seen |= kind;
            if (kind != kinds_by_name[t->kind].kind) continue;
            put_row(s, list, table, kinds_by_name[t->kind].name);
            return true;
        }
    }
    return false;
}

struct page_feed *tables_feed(struct metadata *m, unsigned kinds)
{
    struct tables_listing *t = calloc(1, sizeof *t);

    if (!t) return NULL;
    listing_init(&t->listing, m, tables_columns.count, put_table);
    t->kinds = kinds;
    return &t->listing.feed;
}

struct page *tables_types_page(struct fault *f)
{
    struct sheet sheet;

    sheet_init(&sheet, tables_columns.count);
    for (size_t i = 0; i < KIND_COUNT; i++) {
        sheet_row(&sheet);
        sheet_text(&sheet, TABLE_TYPE, kinds_by_name[i].name);
    }
    return sheet_take(&sheet, f);
}
