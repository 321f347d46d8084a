/*
 * INSERT INTO table [(columns)] VALUES row [, row ...]: where the rows are, so that one statement can
 * insert the rows of many sets of parameters; and whether an INSERT of another kind reads the table
 * that it writes, so that what it does depends on what was done before.
 *
 * Plain functions, any thread.
 */
#ifndef ATHENA_SQL_INSERT_VALUES_H
#define ATHENA_SQL_INSERT_VALUES_H

#include <stdbool.h>
#include <stddef.h>

/* The rows of a text: [start, end), which the text ends with but for blanks, comments and `;`. */
struct insert_values {
    size_t start, end;
};

/*
 * Whether the text is such a statement. One whose values hold a query is not: what it reads may be
 * what the rows before have written. Nor is one with anything behind the rows.
 */
bool insert_values_find(const char *text, size_t bytes, struct insert_values *out);

/*
 * Whether the text is an INSERT behind whose table that name comes again: INSERT INTO t SELECT ...
 * WHERE NOT EXISTS (SELECT 1 FROM t ...). A column of the same name is taken for the table.
 */
bool insert_reads_its_table(const char *text, size_t bytes);

#endif
