/*
 * A result file in memory and its columns as plain arrays, by nothing but the splitter and the number
 * and time parsers: what is left of reading a result when there is no ODBC, no driver and no
 * network. For limit.c and pipeline.c, which are timed with it, and null_driver.c, whose rows it makes
 * beforehand.
 */
#ifndef ATHENA_BENCH_CSV_COLUMNS_H
#define ATHENA_BENCH_CSV_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clients/measure.h"
#include "results/csv_scan.h"

struct csv_columns {
    char *file; /* the whole of it, with room behind it for reads of 16; NULL when it is fed */
    const char *bytes; /* what is there, and how far it has been split into records */
    size_t count, at;
    SQLSMALLINT sql_types[COLUMNS_MAX];
    unsigned width;
    csv_scan_fn *scan;
    /* the block that is being read: records first ... records - 1 of it are not converted yet */
    const char *block;
    uint32_t *positions;
    size_t first, records;
};

/* types: "bigint,timestamp,..." by Athena's names. Exits with a message when anything is wrong. */
void csv_columns_open(struct csv_columns *c, const char *path, const char *types);
void csv_columns_close(struct csv_columns *c);

/* The same without a file: bytes come by csv_columns_feed(), with 16 behind them that may be read. */
void csv_columns_init(struct csv_columns *c, const char *types);

/*
 * Goes on with these bytes, which begin with a record. When csv_columns_next() has no more records,
 * c->at bytes have been used, and the rest is to come again with what follows it.
 */
void csv_columns_feed(struct csv_columns *c, const char *bytes, size_t count);

/* The next records, at most `most`: they are in *c until the next call. 0: none is whole. */
size_t csv_columns_next(struct csv_columns *c, size_t most);

/*
 * Column number `column` of those count records into an array of values of out->c_type and one of
 * lengths, the value of the first record in front. Text must fit into TEXT_ROOM.
 */
void csv_columns_convert(const struct csv_columns *c, unsigned column, size_t count,
                         struct column *out);

/* Memory in which all columns are converted: in the mode's C types, a rowset at a time. */
void csv_columns_room(const struct csv_columns *c, const char *mode, size_t rowset,
                      struct column *columns);

/* Converts all records that are there, a rowset after the other; adds up if is_checked. The records. */
uint64_t csv_columns_convert_all(struct csv_columns *c, size_t rowset, struct column *columns,
                                 bool is_checked);

/* The default C type of a SQL type. */
SQLSMALLINT csv_columns_native(SQLSMALLINT sql_type);

#endif
