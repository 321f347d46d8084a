/*
 * Descriptors: what columns and parameters are (IRD, IPD) and where the application's buffers are
 * (ARD, APD). ODBC Programmer's Reference, "Descriptors".
 *
 * Every statement owns four; an application may allocate ARDs and APDs of its own and attach them
 * to several statements of the connection. exec/ reads records directly (struct desc_record): they
 * are what SQLBindCol fills and a rowset conversion runs over. SQLGetDescField and its like are in
 * desc_field.h.
 *
 * Thread: under the lock of the descriptor's handle and that of all of the connection's explicit ones
 * (handle/dbc.h), which statements that use one hold too; a statement's own four under the statement's
 * (desc_enter() knows).
 */
#ifndef ATHENA_HANDLE_DESC_H
#define ATHENA_HANDLE_DESC_H

#include <string.h>

#include <sql.h>
#include <sqlext.h>

#include "base/list.h"
#include "base/value.h"
#include "handle/handle.h"

struct dbc;
struct stmt;

enum desc_kind { DESC_ARD, DESC_APD, DESC_IRD, DESC_IPD };

struct desc_record {
    /* application's side, and types of both sides */
    SQLSMALLINT concise_type, type, datetime_interval_code;
    SQLINTEGER datetime_interval_precision;
    SQLULEN length; /* characters, SQL_DESC_LENGTH */
    SQLLEN octet_length;
    SQLSMALLINT precision, scale;
    SQLPOINTER data_ptr; /* a column is bound when this is not NULL */
    SQLLEN *octet_length_ptr, *indicator_ptr;
    /* IRD and IPD */
    SQLULEN column_size;        /* SQLDescribeCol's, SQL_COLUMN_PRECISION */
    SQLSMALLINT decimal_digits; /* SQLDescribeCol's, SQL_COLUMN_SCALE */
    SQLSMALLINT parameter_type;
    SQLSMALLINT nullable;
    SQLLEN display_size;
    SQLSMALLINT is_unsigned, searchable, is_unnamed, is_fixed_precision_scale;
    SQLINTEGER is_case_sensitive;
    SQLINTEGER num_prec_radix;
    const char *name, *label, *base_column, *base_table, *table, *schema, *catalog, *type_name;
    const char *literal_prefix, *literal_suffix; /* borrowed from the result; "" when none */
    char *own_name; /* name, when it is the record's own: set in an IPD, or copied */
};

struct desc {
    struct handle base;
    struct dbc *dbc;
    struct stmt *owner; /* the statement it is one of the four of; NULL: the application's */
    struct list link;   /* in dbc->descs when the application allocated it */
    enum desc_kind kind;
    bool is_explicit;
    SQLULEN array_size;
    SQLUSMALLINT *array_status_ptr;
    SQLLEN *bind_offset_ptr;
    SQLULEN bind_type; /* SQL_BIND_BY_COLUMN or the size of a row structure */
    SQLULEN *rows_processed_ptr;
    SQLSMALLINT count; /* highest record in use */
    SQLSMALLINT room;
    uint64_t
        stamp; /* another number, of no other descriptor, since each time records may be written */
    struct desc_record *records; /* records[0] is the bookmark column; records[1] ... */
};

/* In the caller's memory; owner NULL makes it explicit, and dbc NULL nobody's, for a moment. */
void desc_init(struct desc *d, enum desc_kind kind, struct dbc *dbc, struct stmt *owner);
void desc_clear(struct desc *d);

/* A descriptor of the application, in the connection's list. NULL: no memory. */
struct desc *desc_new(struct dbc *dbc);

/* Frees an explicit one; statements that use it get their own back. The caller holds no lock. */
void desc_free(struct desc *d);

/*
 * The bracket of an entry point (handle.h). HY010 while a statement that it belongs to, or that uses
 * it, is executing: so unixODBC says too, but for SQLFreeHandle only after the driver has freed it.
 */
SQLRETURN desc_enter(SQLHDESC hdesc, SQLUSMALLINT function, struct desc **out);
SQLRETURN desc_leave(struct desc *d, SQLRETURN rc);

/*
 * The record, to be written, made (with defaults) when it is not there yet; NULL when memory has run
 * out. Whoever only reads takes desc_find_record(): this one gives the descriptor another stamp.
 */
struct desc_record *desc_record(struct desc *d, SQLSMALLINT number);

/* The record if it is in use, else NULL. */
const struct desc_record *desc_find_record(const struct desc *d, SQLSMALLINT number);

/* Forgets records above count, or makes new ones; d->count tells whether there was memory. */
void desc_set_count(struct desc *d, SQLSMALLINT count);

/*
 * SQL_ATTR_ROWS_FETCHED_PTR and SQL_ATTR_PARAMS_PROCESSED_PTR: tells the application a count, if it
 * wants to know. Its variable may be unaligned: RODBC's is, in a packed structure.
 */
static inline void desc_tell_count(SQLULEN *count_ptr, SQLULEN count)
{
    if (count_ptr) memcpy((void *)count_ptr, &count, sizeof count);
}

/* A length, an indicator or an offset of the application's, likewise; otherwise: there is none. */
static inline SQLLEN desc_read_length(const void *length_ptr, SQLLEN otherwise)
{
    if (length_ptr) memcpy(&otherwise, length_ptr, sizeof otherwise);
    return otherwise;
}

/* SQL_DESC_NAME of a record that is no column: copied, "" for none. False: no memory. */
bool desc_set_name(struct desc_record *r, const char *name);

/* SQL_DESC_DATA_PTR: what unbinds the last record of an application's descriptor shortens it. */
void desc_set_data(struct desc *d, SQLSMALLINT number, SQLPOINTER data);

/*
 * SQLBindCol: a buffer for a column, or (both pointers NULL) its release. Diagnostics go to diag:
 * 07009, HY003, HY090, HY001.
 */
SQLRETURN desc_bind_column(struct desc *ard, struct diag *diag, SQLUSMALLINT column,
                           SQLSMALLINT c_type, SQLPOINTER data, SQLLEN buffer_bytes,
                           SQLLEN *length_or_indicator);

struct sqltype_settings;

/*
 * Fills an IRD from a result's columns, after convert/sqltype.h. The strings stay borrowed from the
 * columns: call desc_set_count(ird, 0) before the result is freed. False: no memory.
 */
bool desc_describe(struct desc *ird, const struct column *columns, unsigned count,
                   const struct sqltype_settings *settings);

#endif
