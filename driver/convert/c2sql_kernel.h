/*
 * What convert/c2sql_*.c share. Private to convert/.
 *
 * A parameter is converted in two steps: a reader makes a struct c_value of what the application's
 * memory holds, and a kernel, chosen by the kind of value and the family of the declared type,
 * checks and writes the literal (c2sql.c has both tables).
 */
#ifndef ATHENA_CONVERT_C2SQL_KERNEL_H
#define ATHENA_CONVERT_C2SQL_KERNEL_H

#include "base/status.h"
#include "convert/c2sql.h"
#include "convert/datetime.h"
#include "convert/decimal.h"
#include "convert/interval.h"

/* What a C value is, whatever its size. */
enum c_kind {
    C_NONE,
    C_TEXT,
    C_BYTES,
    C_NUMBER,
    C_DATE,
    C_TIME,
    C_TIMESTAMP,
    C_INTERVAL,        /* of one field */
    C_INTERVAL_FIELDS, /* of more */
    C_GUID,
    C_KIND_COUNT
};

struct c_value {
    enum c_kind kind;
    bool is_character; /* a number that came as text: nothing of it may be cut */
    const char *text;  /* of text, bytes, numbers ("-1.5E10", "NaN") and GUIDs */
    size_t bytes;
    struct datetime when;
    struct interval interval;
    SQLINTERVAL interval_kind;
    char room[96];    /* for short texts */
    struct buf *wide; /* the UTF-8 of SQL_C_WCHAR, the caller's */
};

/* Families of declared types whose literals are made alike. */
enum sql_family {
    TO_TEXT,
    TO_BINARY,
    TO_BIT,
    TO_INTEGER,
    TO_DECIMAL,
    TO_FLOAT,
    TO_DATE,
    TO_TIME,
    TO_TIMESTAMP,
    TO_INTERVAL,
    TO_GUID,
    FAMILY_COUNT
};

/* A declared type, as c2sql.c knows it. */
struct sql_kind_of {
    SQLSMALLINT sql_type;
    SQLSMALLINT default_c_type;
    enum sql_family family;
    const char *name; /* in CAST(NULL AS name), and of typed literals */
};

struct c2sql_run {
    const struct sql_target *to;
    const struct sql_kind_of *type;
    struct buf *out;
    struct fault *fault;
};

/* Writes the literal of a value that is not NULL. */
typedef enum status c2sql_fn(const struct c2sql_run *run, const struct c_value *value);

/* Tells what is wrong with a value: state, "is not a number". ST_ERR. */
enum status c2sql_fail(const struct c2sql_run *run, enum sqlstate state,
                       const struct c_value *value, const char *what);

/* Appends text as a string literal of the dialect; 22018 for what cannot be written. */
enum status c2sql_put_text(const struct c2sql_run *run, const char *text, size_t bytes);

/* TYPE 'text'; the text is the driver's own and needs no escapes. */
void c2sql_put_typed(const struct c2sql_run *run, const char *name, const char *text);

/* 22001 when the declared length is less than this many characters. */
enum status c2sql_check_length(const struct c2sql_run *run, const struct c_value *value,
                               size_t chars);

/* Readers of C memory; false and a fault when there is no such value. */
typedef enum status c2sql_read_fn(const struct c2sql_run *run, const struct c_source *in,
                                  struct c_value *value);

/* c2sql_text.c */
c2sql_read_fn c2sql_read_char, c2sql_read_wchar, c2sql_read_binary, c2sql_read_guid;
c2sql_fn c2sql_text_text, c2sql_text_binary, c2sql_text_guid;
c2sql_fn c2sql_bytes_binary, c2sql_guid_text, c2sql_guid_guid;

/* c2sql_number.c */
c2sql_read_fn c2sql_read_stinyint, c2sql_read_utinyint, c2sql_read_sshort, c2sql_read_ushort;
c2sql_read_fn c2sql_read_slong, c2sql_read_ulong, c2sql_read_sbigint, c2sql_read_ubigint;
c2sql_read_fn c2sql_read_bit, c2sql_read_float, c2sql_read_double, c2sql_read_numeric;
c2sql_fn c2sql_number_text, c2sql_number_bit, c2sql_number_integer, c2sql_number_decimal;
c2sql_fn c2sql_number_float;

/* c2sql_datetime.c */
c2sql_read_fn c2sql_read_date, c2sql_read_time, c2sql_read_timestamp;
c2sql_fn c2sql_text_datetime; /* to each of the three */
c2sql_fn c2sql_datetime_text, c2sql_datetime_date, c2sql_datetime_time, c2sql_datetime_timestamp;

/* c2sql_interval.c */
c2sql_read_fn c2sql_read_interval;
c2sql_fn c2sql_text_interval, c2sql_number_interval, c2sql_interval_interval;
c2sql_fn c2sql_interval_text, c2sql_interval_number;

#endif
