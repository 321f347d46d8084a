/*
 * SQLColumns. See columns.h.
 *
 * Athena tells Hive's names of types, parameters and all; what ODBC wants to know of them follows
 * from convert/sqltype.h, as for a result's columns. Every column takes NULL: Hive tables know no
 * constraint, and Iceberg's are not told.
 */
#include "catalog/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "catalog/listing.h"
#include "catalog/pattern.h"
#include "catalog/sheet.h"

enum {
    TABLE_CAT = 1,
    TABLE_SCHEM,
    TABLE_NAME,
    COLUMN_NAME,
    DATA_TYPE,
    TYPE_NAME,
    COLUMN_SIZE,
    BUFFER_LENGTH,
    DECIMAL_DIGITS,
    NUM_PREC_RADIX,
    NULLABLE,
    REMARKS,
    COLUMN_DEF,
    SQL_DATA_TYPE,
    SQL_DATETIME_SUBCODE,
    CHAR_OCTET_LENGTH,
    ORDINAL_POSITION,
    IS_NULLABLE
};

/* clang-format off */
#define COLUMNS(V) {                                    \
    CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("TABLE_SCHEM", "TABLE_OWNER"), 1),   \
    CATALOG_NAME("TABLE_NAME", 0),                      \
    CATALOG_NAME("COLUMN_NAME", 0),                     \
    CATALOG_VALUE_COLUMNS(V),                           \
}
static const struct column columns[] = COLUMNS(CATALOG_ODBC3);
static const struct column columns_odbc2[] = COLUMNS(CATALOG_ODBC2);
/* clang-format on */

const struct catalog_columns columns_columns = CATALOG_COLUMNS(columns, columns_odbc2);

/* ---- types --------------------------------------------------------------------------------- */

enum {
    UNBOUNDED_CHARS = 2147483647, /* what ColumnInfo says of varchar without a length */
    DECIMAL_DIGITS_DEFAULT = 10,  /* Hive: decimal is decimal(10,0) */
    TIMESTAMP_DIGITS_DEFAULT = 3,
    PARAMETER_MAX = 1000000000 /* digits beyond are nonsense; no overflow while reading */
};

/* The numbers in the parentheses behind a name, at most two; returns how many there are. */
static int read_parameters(const char *type_name, int32_t numbers[2])
{
    const char *at = type_name + strcspn(type_name, "(<");
    int count = 0;

    if (*at != '(') return 0;
    while (count < 2) {
        int32_t number = 0;

        at += 1 + strspn(at + 1, " ");
        if (*at < '0' || *at > '9') break;
        for (; *at >= '0' && *at <= '9'; at++) {
            if (number < PARAMETER_MAX / 10) number = number * 10 + (*at - '0');
        }
        numbers[count++] = number;
        at += strspn(at, " ");
        if (*at != ',') break;
    }
    return count;
}

void columns_read_type(const char *type_name, struct column *column)
{
    int32_t numbers[2] = {0, 0};
    const int count = read_parameters(type_name, numbers);

    *column = (struct column){.name = "", .label = "", .catalog = "", .schema = "", .table = ""};
    column->type_name = type_name;
    column->type = athena_type_of(type_name);
    column->nullable = SQL_NULLABLE;
    switch (column->type) {
    case ATHENA_DECIMAL:
        column->precision = count > 0 ? numbers[0] : DECIMAL_DIGITS_DEFAULT;
        column->scale = count > 1 ? numbers[1] : 0;
        break;
    case ATHENA_CHAR:
        column->precision = count > 0 ? numbers[0] : 1;
        break;
    case ATHENA_VARCHAR:
        column->precision = count > 0 ? numbers[0] : UNBOUNDED_CHARS;
        break;
    case ATHENA_TIME:
    case ATHENA_TIME_TZ:
    case ATHENA_TIMESTAMP:
    case ATHENA_TIMESTAMP_TZ:
        column->precision = count > 0 ? numbers[0] : TIMESTAMP_DIGITS_DEFAULT;
        break;
    default:
        break;
    }
}

/* ---- rows ---------------------------------------------------------------------------------- */

static bool is_text_or_bytes(SQLSMALLINT concise_type)
{
    switch (concise_type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_LONGVARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
    case SQL_WLONGVARCHAR:
    case SQL_BINARY:
    case SQL_VARBINARY:
    case SQL_LONGVARBINARY:
        return true;
    default:
        return false;
    }
}

static void put_type(struct sheet *s, const char *type_name, const struct columns_ask *ask)
{
    struct column column;
    struct sqltype type;

    columns_read_type(type_name, &column);
    sqltype_describe(&column, ask->settings, &type);
    sheet_number(s, DATA_TYPE,
                 ask->is_odbc2 ? sqltype_odbc2(type.concise_type) : type.concise_type);
    sheet_text(s, TYPE_NAME, type.type_name);
    sheet_number(s, COLUMN_SIZE, (int64_t)type.column_size);
    sheet_number(s, BUFFER_LENGTH, type.octet_length);
    if (type.has_decimal_digits) sheet_number(s, DECIMAL_DIGITS, type.decimal_digits);
    if (type.num_prec_radix) sheet_number(s, NUM_PREC_RADIX, type.num_prec_radix);
    sheet_number(s, SQL_DATA_TYPE, type.verbose_type);
    if (type.datetime_code) sheet_number(s, SQL_DATETIME_SUBCODE, type.datetime_code);
    if (is_text_or_bytes(type.concise_type)) sheet_number(s, CHAR_OCTET_LENGTH, type.octet_length);
}

struct columns_listing {
    struct listing listing;
    struct columns_ask ask; /* column is in the metadata's arena */
    size_t column;          /* of the table that the listing stands at */
};

static void put_row(struct sheet *s, const struct metadata_list *list,
                    const struct athena_table *table, size_t index, const struct columns_ask *ask)
{
    const struct athena_table_column *column = &table->columns[index];

    sheet_row(s);
    sheet_text(s, TABLE_CAT, list->catalog);
    sheet_text(s, TABLE_SCHEM, list->database);
    sheet_text(s, TABLE_NAME, table->name);
    sheet_text(s, COLUMN_NAME, column->name);
    put_type(s, column->type, ask);
    sheet_number(s, NULLABLE, SQL_NULLABLE);
    if (*column->comment) sheet_text(s, REMARKS, column->comment);
    sheet_number(s, ORDINAL_POSITION, (int64_t)index + 1);
    sheet_text(s, IS_NULLABLE, "YES");
}

static bool is_meant(const struct columns_ask *ask, const char *name)
{
    if (!ask->column) return true;
    if (ask->is_name) return ascii_same(ask->column, name);
    return pattern_is_any(ask->column) || pattern_matches(ask->column, name);
}

static bool put_column(struct listing *l, struct sheet *s)
{
    struct columns_listing *c = container_of(l, struct columns_listing, listing);
    const struct athena_table *table;

    for (; (table = listing_table(l)); l->table++, c->column = 0) {
        while (c->column < table->column_count) {
            const size_t index = c->column++;

            if (!is_meant(&c->ask, table->columns[index].name)) continue;
            put_row(s, listing_list(l), table, index, &c->ask);
            return true;
        }
    }
    return false;
}

struct page_feed *columns_feed(struct metadata *m, const struct columns_ask *ask)
{
    struct columns_listing *c = calloc(1, sizeof *c);
    const char *column = ask->column ? arena_text(&m->arena, ask->column) : NULL;

    if (!c || (ask->column && !column)) {
        free(c);
        return NULL;
    }
    listing_init(&c->listing, m, columns_columns.count, put_column);
    c->ask = *ask;
    c->ask.column = column;
    return &c->listing.feed;
}
