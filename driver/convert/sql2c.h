/*
 * From Athena's text to the application's C types: ODBC Programmer's Reference, appendix D,
 * "Converting data from SQL to C data types".
 *
 * There is a kernel per (Athena type, C type), which runs down one column of a rowset: whoever
 * fetches chooses it once for a bound column and calls it once for a rowset.
 *
 *     sql2c_fn *kernel = sql2c_kernel(column->type, SQL_C_SLONG);
 *     if (!kernel) ... 07006
 *     kernel(column, rows_column(rows, c), rowset_size, &target, issue, context);
 *
 * A kernel allocates nothing, keeps nothing, and depends on no locale. Any thread.
 *
 * Not of the tables: text in a bound column is cut at a character's border, so that it is good
 * UTF-8 or UTF-16 by itself. SQLGetData fills its buffer, be it with half a character: applications
 * (pyodbc) reckon where the next piece goes by the buffer's size. Two digits of a byte are never
 * parted. NaN and the infinities become the C values of that name; Athena's hex pairs with blanks
 * become bytes; years beyond what a SQLSMALLINT holds are 22007. A time's fraction of a second, which
 * ODBC's has not, is cut with 01S07 and kept by a timestamp.
 */
#ifndef ATHENA_CONVERT_SQL2C_H
#define ATHENA_CONVERT_SQL2C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"
#include "base/value.h"

/*
 * Where the values of a column go. Row i's buffer is data + i * data_stride and so on: the size of
 * the element when binding is by column, the size of the row when it is by row. The pointers are
 * those of row 0, bind offset included; each may be NULL (without data only lengths are written),
 * and octet_length and indicator may be the same.
 */
struct c_target {
    SQLSMALLINT c_type;  /* concise, never SQL_C_DEFAULT (see struct sqltype) or SQL_ARD_TYPE */
    void *data;          /* aligned as the application likes */
    SQLLEN buffer_bytes; /* room for a value of char, wchar and binary; not looked at otherwise */
    SQLLEN *octet_length;
    SQLLEN *indicator;
    size_t data_stride, length_stride, indicator_stride; /* bytes */
    SQLSMALLINT precision; /* SQL_C_NUMERIC: digits, 0 for 38. Intervals: digits of seconds */
    SQLSMALLINT scale;     /* SQL_C_NUMERIC: digits behind the point, negative too */
    SQLINTEGER leading_precision; /* intervals: digits of the first field, 0 for no limit */
};

/*
 * Told of each value that is not simply right: row counts from 0 in the kernel's cells. A state of
 * class 01 is a warning and the value has been delivered; after any other the row is in error and
 * its buffer's content undefined. detail is UTF-8 and valid during the call.
 */
typedef void sql2c_issue_fn(void *context, size_t row, enum sqlstate state, const char *detail);

typedef void sql2c_fn(const struct column *column, const struct cell *cells, size_t row_count,
                      const struct c_target *target, sql2c_issue_fn *issue, void *context);

/*
 * The kernel for a pair; NULL when the pair is not allowed (07006) or c_type is no C type (HY003,
 * HY090: sqltype_c_bytes() tells). ODBC 2 codes are accepted.
 */
sql2c_fn *sql2c_kernel(enum athena_type from, SQLSMALLINT c_type);

/* A warning (class 01), after which the row is still good. */
bool sql2c_is_warning(enum sqlstate state);

/*
 * How far SQLGetData has come with one column of one row. Zero it when the cursor moves or when
 * the application asks for another column.
 */
struct sql2c_part {
    SQLSMALLINT c_type; /* of the last call; another one begins the value again */
    bool is_over;       /* the last piece has been delivered */
    size_t taken_bytes; /* of the value's text, what former calls have delivered */
};

/* Converts the next piece of a value: convert/kernel.h. */
struct run;
struct piece;
typedef bool sql2c_piece_fn(const struct run *run, const struct cell *cell, void *out,
                            struct piece *piece);

/* How a pair is converted by SQLGetData. Whoever asks for many values keeps it. */
struct sql2c_way {
    SQLSMALLINT c_type;
    sql2c_fn *whole;       /* NULL: the pair is not allowed */
    sql2c_piece_fn *piece; /* NULL: a type of fixed size */
};

struct sql2c_way sql2c_way(enum athena_type from, SQLSMALLINT c_type);

/*
 * SQLGetData: gives the next piece of a value. target describes one row, of the way's C type.
 *
 * SQL_SUCCESS, SQL_SUCCESS_WITH_INFO (01004: there is more, the indicator has the bytes that were
 * left before this call, a NUL not counted), SQL_NO_DATA on the call after the last piece, for
 * types of fixed size on the second one, or SQL_ERROR. What is not SQL_SUCCESS or SQL_NO_DATA has
 * been told to issue, with row 0.
 */
SQLRETURN sql2c_get(const struct sql2c_way *way, const struct column *column,
                    const struct cell *cell, const struct c_target *target, struct sql2c_part *part,
                    sql2c_issue_fn *issue, void *context);

#endif
