/*
 * What the kernels of convert/sql2c_*.c share: the walk down a column, and their names, from which
 * convert/sql2c.c makes its tables. Private to convert/.
 *
 * A kernel is two parts that the compiler joins: sql2c_each(), which knows of NULL, strides and
 * lengths, and a function that converts one value.
 */
#ifndef ATHENA_CONVERT_KERNEL_H
#define ATHENA_CONVERT_KERNEL_H

#include <string.h>

#include "convert/sql2c.h"

/* What a conversion of one value knows besides the value. */
struct run {
    const struct column *column;
    const struct c_target *target;
    sql2c_issue_fn *issue;
    void *context;
    size_t row;
    bool is_part; /* SQLGetData: the buffer is filled, if need be with half a character */
};

#define RUN_FAILED (-100) /* no length, and none of ODBC's negative numbers */

/* Tells an issue about a value; what: "is not a number". Returns RUN_FAILED. */
SQLLEN run_issue(const struct run *run, enum sqlstate state, const struct cell *cell,
                 const char *what);

/*
 * Converts a value that is not NULL into out, which may be unaligned, and returns its length in
 * bytes, or RUN_FAILED after having told why. out is NULL for char, wchar and binary when the
 * application wants lengths only; for the other types it is always memory.
 */
typedef SQLLEN run_value_fn(const struct run *run, const struct cell *cell, void *out);

static inline void run_put_length(const struct c_target *t, size_t row, SQLLEN length)
{
    char *octet_length = (char *)t->octet_length, *indicator = (char *)t->indicator;

    if (octet_length) memcpy(octet_length + row * t->length_stride, &length, sizeof length);
    if (!indicator || indicator == octet_length) return;
    if (length != SQL_NULL_DATA) length = 0; /* ISO/IEC 9075-3: an indicator of its own is 0 then */
    memcpy(indicator + row * t->indicator_stride, &length, sizeof length);
}

static inline __attribute__((always_inline)) void sql2c_each(struct run run,
                                                             const struct cell *cells,
                                                             size_t row_count, bool is_fixed,
                                                             run_value_fn *convert)
{
    const struct c_target *t = run.target;
    char unused[64]; /* more than any type of fixed size */

    for (run.row = 0; run.row < row_count; run.row++) {
        const struct cell *cell = &cells[run.row];
        void *out = t->data ? (char *)t->data + run.row * t->data_stride : NULL;
        SQLLEN length = SQL_NULL_DATA;

        if (is_fixed && !out) out = unused;
        if (cell->text) {
            length = convert(&run, cell, out);
        } else if (!t->indicator) {
            length = run_issue(&run, SQLSTATE_22002, NULL, "NULL needs an indicator");
        }
        if (length != RUN_FAILED) run_put_length(t, run.row, length);
    }
}

/* Defines the kernel NAME from a run_value_fn. */
#define SQL2C_KERNEL(name, is_fixed, convert) \
    void name(const struct column *column, const struct cell *cells, size_t row_count, \
              const struct c_target *target, sql2c_issue_fn *issue, void *context) \
    { \
        struct run run = {column, target, issue, context, 0, false}; \
\
        sql2c_each(run, cells, row_count, is_fixed, convert); \
    }

/*
 * Types of variable length come in pieces (SQLGetData): converts the value from a place in its text
 * on. Gives the bytes that are left, this piece included and a NUL not, the place where the next
 * piece begins, and whether there is one. False after having told why not.
 */
struct piece {
    size_t from_bytes; /* in and out: in the cell's text */
    SQLLEN left_bytes;
    bool is_cut;
};

typedef sql2c_piece_fn run_piece_fn;

/* A kernel's value from a piece function: the piece is the whole. */
static inline __attribute__((always_inline)) SQLLEN run_whole(const struct run *run,
                                                              const struct cell *cell, void *out,
                                                              run_piece_fn *convert)
{
    struct piece piece = {0, 0, false};

    if (!convert(run, cell, out, &piece)) return RUN_FAILED;
    if (piece.is_cut && out) run_issue(run, SQLSTATE_01004, NULL, NULL);
    return piece.left_bytes;
}

/* Defines the piece kernel NAME from a run_piece_fn. */
#define SQL2C_PIECE_KERNEL(name, piece) \
    static SQLLEN name##_value(const struct run *run, const struct cell *cell, void *out) \
    { \
        return run_whole(run, cell, out, piece); \
    } \
    SQL2C_KERNEL(name, false, name##_value)

/* 1 or 0; -1 for what is neither true nor false. */
static inline int run_boolean(const struct cell *cell)
{
    if (cell->bytes == 4 && memcmp(cell->text, "true", 4) == 0) return 1;
    if (cell->bytes == 5 && memcmp(cell->text, "false", 5) == 0) return 0;
    return -1;
}

/* sql2c_text.c: text as it is; text whose whole part may not be cut; boolean */
run_piece_fn sql2c_piece_text_char, sql2c_piece_text_wchar, sql2c_piece_text_binary;
run_piece_fn sql2c_piece_number_char, sql2c_piece_number_wchar, sql2c_piece_number_binary;
run_piece_fn sql2c_piece_boolean_char, sql2c_piece_boolean_wchar;
sql2c_fn sql2c_text_char, sql2c_text_wchar, sql2c_text_binary;
sql2c_fn sql2c_number_char, sql2c_number_wchar, sql2c_number_binary;
sql2c_fn sql2c_boolean_char, sql2c_boolean_wchar;

/* sql2c_binary.c: hex pairs; the bytes of the default C type */
run_piece_fn sql2c_piece_hex_char, sql2c_piece_hex_wchar, sql2c_piece_hex_binary;
run_piece_fn sql2c_piece_native_binary;
sql2c_fn sql2c_hex_char, sql2c_hex_wchar, sql2c_hex_binary, sql2c_native_binary;

/* sql2c_number.c: from integers, from any number in text, from boolean */
sql2c_fn sql2c_integer_stinyint, sql2c_number_stinyint, sql2c_boolean_stinyint;
sql2c_fn sql2c_integer_utinyint, sql2c_number_utinyint, sql2c_boolean_utinyint;
sql2c_fn sql2c_integer_sshort, sql2c_number_sshort, sql2c_boolean_sshort;
sql2c_fn sql2c_integer_ushort, sql2c_number_ushort, sql2c_boolean_ushort;
sql2c_fn sql2c_integer_slong, sql2c_number_slong, sql2c_boolean_slong;
sql2c_fn sql2c_integer_ulong, sql2c_number_ulong, sql2c_boolean_ulong;
sql2c_fn sql2c_integer_sbigint, sql2c_number_sbigint, sql2c_boolean_sbigint;
sql2c_fn sql2c_integer_ubigint, sql2c_number_ubigint, sql2c_boolean_ubigint;
sql2c_fn sql2c_integer_bit, sql2c_number_bit, sql2c_boolean_bit;
sql2c_fn sql2c_integer_float, sql2c_number_float, sql2c_boolean_float;
sql2c_fn sql2c_integer_double, sql2c_number_double, sql2c_boolean_double;
sql2c_fn sql2c_number_numeric, sql2c_boolean_numeric;

/* sql2c_datetime.c, sql2c_interval.c, sql2c_guid.c */
sql2c_fn sql2c_datetime_date, sql2c_datetime_time, sql2c_datetime_timestamp;
sql2c_fn sql2c_text_interval, sql2c_number_interval, sql2c_number_intervals;
sql2c_fn sql2c_text_guid;

#endif
