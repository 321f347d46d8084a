/* SQLTables. See tables.h. */
#include "catalog/tables.h"

#include <sql.h>
#include <sqlext.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
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
    return ascii_contains(table->type, "VIEW") ? TABLE_KIND_VIEW : TABLE_KIND_TABLE;
}

static int compare_names(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_items(const void *left, const void *right)
{
    const struct metadata_item *a = left, *b = right;
    int order = 0;

    if (a->table && b->table) order = (int)kind_of(a->table) - (int)kind_of(b->table);
    if (!order) order = compare_names(a->catalog, b->catalog);
    if (!order) order = compare_names(a->database, b->database);
    if (!order && a->table && b->table) order = compare_names(a->table->name, b->table->name);
    return order;
}

static int compare_databases(const void *left, const void *right)
{
    const struct metadata_item *a = left, *b = right;

    return compare_names(a->database, b->database);
}

/* SQL_ALL_CATALOGS and SQL_ALL_SCHEMAS: "all columns except the one asked for contain NULL". */
static void put_names(struct sheet *s, const struct metadata_item *items, size_t count)
{
    const char *last = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *name = items[i].database ? items[i].database : items[i].catalog;

        if (last && strcmp(last, name) == 0) continue; /* one schema of several catalogs */
        sheet_row(s);
        sheet_text(s, items[i].database ? TABLE_SCHEM : TABLE_CAT, name);
        last = name;
    }
}

static void put_table(struct sheet *s, const struct metadata_item *item)
{
    const enum table_kind kind = kind_of(item->table);

    sheet_row(s);
    sheet_text(s, TABLE_CAT, item->catalog);
    sheet_text(s, TABLE_SCHEM, item->database);
    sheet_text(s, TABLE_NAME, item->table->name);
    sheet_text(s, TABLE_TYPE, kind == TABLE_KIND_VIEW ? "VIEW" : "TABLE");
    if (*item->table->comment) sheet_text(s, REMARKS, item->table->comment);
}

struct page *tables_page(struct metadata_item *items, size_t count, unsigned kinds, struct fault *f)
{
    const bool is_enumeration = count && !items[0].table;
    struct sheet sheet;

    sheet_init(&sheet, tables_columns.count);
    if (count > 1) {
        qsort(items, count, sizeof *items,
              is_enumeration && items[0].database ? compare_databases : compare_items);
    }
    if (is_enumeration) {
        put_names(&sheet, items, count);
    } else {
        for (size_t i = 0; i < count; i++) {
            if (kinds & kind_of(items[i].table)) put_table(&sheet, &items[i]);
        }
    }
    return sheet_take(&sheet, f);
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
