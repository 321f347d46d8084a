/*
 * What ODBC says of a column of an Athena type: SQLDescribeCol, SQLColAttribute, SQLColumns and
 * SQLGetTypeInfo all read it here.
 *
 * ODBC has no code for what Athena calls json, uuid, ipaddress, geometry, array, map, row, interval
 * and the two types with a time zone: they are text (VARCHAR). Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_SQLTYPE_H
#define ATHENA_CONVERT_SQLTYPE_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

#include "base/value.h"

/*
 * ODBC has a length for everything, Athena does not: char and varchar without one get
 * string_column_length, varbinary and the complex types complex_column_length.
 *
 * A setting of 0 is reported as 0, ODBC's word for "cannot be determined". Applications know it from
 * SQL Server's varchar(max): they read such a value in parts, where they would bind a buffer of any
 * other length, and cut what is longer. That length is of characters, their buffer often of as many
 * bytes, so no text has a length then; and char(n) is SQL_VARCHAR, since nobody expects 0 of SQL_CHAR.
 *
 * Athena says three digits of every time and timestamp and may deliver twelve, so what follows from
 * a length of text (display size, size of the types with a time zone) has room for twelve.
 */

/* The connection options that change what is reported; they never cut data. */
struct sqltype_settings {
    int string_column_length;  /* of varchar without a length, in characters */
    int complex_column_length; /* of array, map, row, json; in bytes of varbinary */
    bool use_wchar;            /* SQL_WCHAR and SQL_WVARCHAR instead of SQL_CHAR, SQL_VARCHAR */
};

/* The fields of an implementation row descriptor that follow from the type. */
struct sqltype {
    const char *type_name;       /* the name that CAST takes: "integer", "varchar" */
    SQLSMALLINT concise_type;    /* SQL_DESC_CONCISE_TYPE: SQL_TYPE_DATE */
    SQLSMALLINT verbose_type;    /* SQL_DESC_TYPE: SQL_DATETIME */
    SQLSMALLINT datetime_code;   /* SQL_DESC_DATETIME_INTERVAL_CODE: SQL_CODE_DATE, or 0 */
    SQLSMALLINT default_c_type;  /* what SQL_C_DEFAULT stands for */
    SQLULEN column_size;         /* characters, digits or bytes: SQLDescribeCol's ColumnSize */
    SQLSMALLINT decimal_digits;  /* SQLDescribeCol's DecimalDigits; 0 where it has no meaning */
    bool has_decimal_digits;     /* false: catalog functions give NULL */
    SQLSMALLINT precision;       /* SQL_DESC_PRECISION: digits, bits, digits of seconds */
    SQLSMALLINT precision_radix; /* SQL_DESC_NUM_PREC_RADIX: 10, 2 of floats (bits), or 0 */
    SQLSMALLINT scale;           /* SQL_DESC_SCALE */
    SQLLEN display_size;         /* characters of the value as SQL_C_CHAR */
    SQLLEN octet_length;         /* bytes of the default C type, without a NUL */
    SQLSMALLINT num_prec_radix;  /* of column_size: 10, or 0 where the type is not numeric */
    SQLSMALLINT searchable;      /* SQL_PRED_SEARCHABLE ... */
    bool is_unsigned;            /* true for what has no sign, text too */
    bool is_case_sensitive;
    bool is_fixed_precision_scale; /* false: Athena has no type of the kind of money */
    const char *literal_prefix, *literal_suffix; /* "TIMESTAMP '", "'"; "" when none. Static. */
};

/* Fills *out for a column. Any field of column but its type may be zero. */
void sqltype_describe(const struct column *column, const struct sqltype_settings *settings,
                      struct sqltype *out);

/*
 * The codes of an ODBC 2 application: SQL_DATE for SQL_TYPE_DATE, SQL_C_TIMESTAMP for
 * SQL_C_TYPE_TIMESTAMP; others unchanged. C codes and SQL codes are the same numbers here, so one
 * function serves both; sqltype_odbc3() is the way back.
 */
SQLSMALLINT sqltype_odbc2(SQLSMALLINT type);
SQLSMALLINT sqltype_odbc3(SQLSMALLINT type);

/* Splits a concise type (SQL or C) into its verbose type and subcode; the subcode may be 0. */
void sqltype_split(SQLSMALLINT concise, SQLSMALLINT *verbose, SQLSMALLINT *code);

/* The concise type of a verbose one and its subcode; 0 when there is none. */
SQLSMALLINT sqltype_join(SQLSMALLINT verbose, SQLSMALLINT code);

/* Bytes of a C type of fixed size (SQL_C_SLONG: 4); 0 for char, wchar and binary. -1: no C type. */
SQLLEN sqltype_c_bytes(SQLSMALLINT c_type);

#endif
