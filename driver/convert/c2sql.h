/*
 * From the application's parameters to Athena's SQL literals: ODBC Programmer's Reference,
 * appendix D, "Converting data from C to SQL data types".
 *
 * What a value is in C and what its parameter was declared as (SQLBindParameter's ParameterType)
 * decide together which literal is written, so that the engine sees a value of the declared type:
 *
 *     text           'it''s'                   DECIMAL, NUMERIC   DECIMAL '1.20'
 *     INTEGER        42                        TINYINT, ...       SMALLINT '42'
 *     REAL, DOUBLE   DOUBLE '1.5E10', nan(), infinity()
 *     BIT            TRUE                      binary             X'00ff'
 *     DATE, TIME, TIMESTAMP                    TIMESTAMP '2024-02-29 12:34:56.789'
 *     intervals      INTERVAL -'1-2' YEAR TO MONTH
 *     GUID           UUID '...'                NULL               NULL, CAST(NULL AS bigint)
 *
 * No value gets out of its literal: in text a quote is doubled and nothing else means anything
 * (Trino), or backslash, quote and control characters are escaped (Hive). Text that cannot come
 * back as itself is refused with 22018: a NUL, bytes that are not UTF-8, half a surrogate pair.
 *
 * Not of the tables: a number in C whose fraction does not fit the declared type is cut as they
 * say, but nothing is cut where the application declares no size (ColumnSize 0).
 *
 * Plain functions, any thread, no locale.
 */
#ifndef ATHENA_CONVERT_C2SQL_H
#define ATHENA_CONVERT_C2SQL_H

#include <stdbool.h>
#include <stddef.h>
#include <sql.h>
#include <sqlext.h>

#include "base/buf.h"
#include "base/fault.h"

/* The language that the literal is for: Trino in queries, Hive in DDL. */
enum c2sql_dialect { C2SQL_TRINO, C2SQL_HIVE };

struct c_source {
    SQLSMALLINT c_type; /* concise; SQL_C_DEFAULT stands for the declared type's own */
    const void *data;   /* NULL: SQL NULL. Aligned as the application likes */
    size_t bytes;       /* of char, wchar and binary; not looked at otherwise */
    /* intervals: digits of a second that `fraction` counts; SQL_C_NUMERIC: digits, 0 for any */
    SQLSMALLINT precision;
    SQLSMALLINT scale; /* SQL_C_NUMERIC: what the descriptor says; 0: the structure says it */
};

struct sql_target {
    SQLSMALLINT sql_type;       /* concise, as declared; ODBC 2 codes too */
    SQLULEN column_size;        /* characters, bytes or digits; 0: not said */
    SQLSMALLINT decimal_digits; /* behind the point, of seconds */
    enum c2sql_dialect dialect;
    bool is_inserted; /* it goes into a column, whose type counts: NULL has none of its own */
    bool is_guessed;  /* sql_type is the C type's own: a small number fits columns of INTEGER too */
};

/*
 * Appends the literal. ST_ERR with a fault: 07006, 22001, 22003, 22007, 22008, 22015, 22018, HYC00
 * (Hive has no literal of that type). Running out of memory turns out failed, as buf.h says.
 */
enum status c2sql_literal(const struct c_source *in, const struct sql_target *to, struct buf *out,
                          struct fault *f);

/* Whether the pair is in the tables; 07006 otherwise. */
bool c2sql_is_allowed(SQLSMALLINT c_type, SQLSMALLINT sql_type);

/* Whether there is such an SQL type; HY004 otherwise. */
bool c2sql_is_sql_type(SQLSMALLINT sql_type);

/* What SQL_C_DEFAULT stands for; 0 for an unknown SQL type. */
SQLSMALLINT c2sql_default_c_type(SQLSMALLINT sql_type);

/* The SQL type that a C type is by nature: SQL_C_SLONG is SQL_INTEGER. */
SQLSMALLINT c2sql_natural_type(SQLSMALLINT c_type);

#endif
