/*
 * Tables without the answers they came in, fifty times shorter: rows of a query for names, and what
 * the catalog cache keeps of lists whose columns nobody has asked for.
 *
 * A row is texts with a NUL behind each:
 *
 *     of a table     database ("": not said), name, type, comment
 *     of a column    database, table, column, type, comment        a table's one after the other
 *
 * Plain functions; any thread.
 */
#ifndef ATHENA_OPS_PACKED_TABLES_H
#define ATHENA_OPS_PACKED_TABLES_H

#include <stdbool.h>

#include "aws/athena_metadata.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/value.h"

/* Appends a row for a table, without database and columns. */
void packed_tables_put(struct buf *b, const struct athena_table *table);

/*
 * Appends a row of a query to a struct buf; a names_row_fn (ops/names_query.h). One cell: a table's
 * name (SHOW TABLES); three: database, type, and names that share both, a line each; five: those of
 * a column.
 */
bool packed_tables_put_row(void *buf, const struct cell *const *cells, unsigned count);

struct packed_table {
    const char *database;
    struct athena_table table;
};

/*
 * Reads the table at *at, which is before end, and steps over it: a row, or, with columns, all rows
 * of one table. Texts are borrowed from the rows, columns is in scratch. False: no memory.
 */
bool packed_tables_next(struct packed_table *out, const char **at, const char *end,
                        bool has_columns, struct arena *scratch);

#endif
