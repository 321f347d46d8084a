/*
 * What a result is made of: Athena types, columns, cells and pages.
 *
 * These are the words that aws/ (which reads metadata and API pages), results/ (which makes rows),
 * convert/ (which fills the application's buffers) and everything above share, so they are down
 * here. A cell is text, as Athena prints it; nothing is parsed before an
 * application asks for it in a C type.
 */
#ifndef ATHENA_BASE_VALUE_H
#define ATHENA_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum athena_type {
    ATHENA_UNKNOWN, /* a name we do not know, and Athena's own `unknown`: text */
    ATHENA_BOOLEAN,
    ATHENA_TINYINT,
    ATHENA_SMALLINT,
    ATHENA_INTEGER,
    ATHENA_BIGINT,
    ATHENA_REAL, /* ColumnInfo calls it float */
    ATHENA_DOUBLE,
    ATHENA_DECIMAL,
    ATHENA_CHAR,
    ATHENA_VARCHAR, /* also Hive's string */
    ATHENA_VARBINARY,
    ATHENA_DATE,
    ATHENA_TIME,
    ATHENA_TIME_TZ,
    ATHENA_TIMESTAMP,
    ATHENA_TIMESTAMP_TZ,
    ATHENA_INTERVAL_YEAR_MONTH,
    ATHENA_INTERVAL_DAY_SECOND,
    ATHENA_JSON,
    ATHENA_UUID,
    ATHENA_IPADDRESS,
    ATHENA_ARRAY,
    ATHENA_MAP,
    ATHENA_ROW, /* Hive's struct */
    ATHENA_GEOMETRY,
    ATHENA_TYPE_COUNT
};

/*
 * The type that a name of ColumnInfo or of table metadata stands for: Hive and Trino spellings,
 * any case, parameters ignored ("decimal(10,2)", "array<int>"). ATHENA_UNKNOWN for any other.
 */
enum athena_type athena_type_of(const char *name);

/* The Trino name without parameters, usable in CAST: "integer", "real", "varchar". */
const char *athena_type_name(enum athena_type type);

/* Strings are owned by whoever made the column and live as long as its result. Never NULL. */
struct column {
    const char *name;
    const char *label;
    const char *catalog, *schema, *table; /* "" where Athena does not say */
    const char *type_name;                /* as Athena said it */
    enum athena_type type;
    int32_t precision; /* Athena's Precision: of float and double 17, whatever their bits */
    int32_t scale;
    bool is_precision_seen; /* precision is of the values, 0 too (results/seconds.h) */
    bool is_case_sensitive;
    int8_t nullable; /* SQL_NO_NULLS 0, SQL_NULLABLE 1, SQL_NULLABLE_UNKNOWN 2 */
};

enum { CELL_DOUBLED_QUOTES = 1 }; /* each "" in text is one " of the value */

/* One field of one row. text is NULL for SQL NULL, and not NUL-terminated otherwise. */
struct cell {
    const char *text; /* borrowed from the row source, UTF-8 */
    uint32_t bytes;
    uint32_t flags;
};

/* Rows that stand in memory together: an answer of GetQueryResults, a catalog function's result. */
struct page {
    struct arena arena; /* holds cells and their text */
    size_t row_count;
    unsigned column_count;
    struct cell *cells; /* row-major: cells[row * column_count + column] */
    struct page *next;
};

/* free()s a page and what its arena holds; NULL is allowed. */
void page_free(struct page *page);

#endif
