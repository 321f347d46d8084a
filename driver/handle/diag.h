/*
 * The diagnostics of a handle: a header and a list of records (ODBC Programmer's Reference,
 * "Diagnostics"). Cleared by the next function on the handle, except SQLGetDiagRec/Field.
 *
 * Records are kept in ODBC's order: those about no row first, then by row; within a row errors
 * before warnings, otherwise as they came.
 *
 * Texts are UTF-8. Every message shown to an application gets the prefix "[Athena][ODBC Driver] ",
 * or "[Athena][ODBC Driver][AWS] " for what AWS has said, when it is read (diag_field.h).
 *
 * Thread: under the handle's lock, but diag_* never locks.
 */
#ifndef ATHENA_HANDLE_DIAG_H
#define ATHENA_HANDLE_DIAG_H

#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"

/* A rowset of a million bad values need not cost a million records: what comes later is dropped. */
enum { DIAG_MAX_RECORDS = 1000 };

struct diag_record {
    enum sqlstate state;
    SQLINTEGER native;
    SQLLEN row;        /* 1-based, SQL_NO_ROW_NUMBER, SQL_ROW_NUMBER_UNKNOWN */
    SQLINTEGER column; /* 1-based, SQL_NO_COLUMN_NUMBER, SQL_COLUMN_NUMBER_UNKNOWN */
    bool is_told;      /* by AWS, the data source; otherwise by the driver */
    char *text;
};

struct diag {
    struct diag_record *records;
    unsigned count, room;
    SQLRETURN return_code; /* of the function that filled it */
    SQLLEN row_count;      /* SQL_DIAG_ROW_COUNT */
};

static inline void diag_init(struct diag *d)
{
    *d = (struct diag){.return_code = SQL_SUCCESS};
}

/* Frees the memory of the records. */
void diag_free_records(struct diag *d);

/* Forgets all records; the diagnostics are empty and usable. For every call that is entered. */
static inline void diag_clear(struct diag *d)
{
    if (d->records) diag_free_records(d);
    diag_init(d);
}

/* Replaces what is in to by what is in from, which is empty afterwards. */
void diag_move(struct diag *to, struct diag *from);

/*
 * Adds a record; memory shortage drops it. A text longer than a fault's is cut. Returns SQL_ERROR,
 * for `return diag_push(...)`. An empty format gives the state's own text.
 */
SQLRETURN diag_push(struct diag *d, enum sqlstate state, int native, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same, returning SQL_SUCCESS_WITH_INFO. */
SQLRETURN diag_warn(struct diag *d, enum sqlstate state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A record about a row and column of a rowset (1-based). */
void diag_push_at(struct diag *d, enum sqlstate state, SQLLEN row, SQLINTEGER column,
                  const char *text);

/* The record for what went wrong below; returns SQL_ERROR. */
SQLRETURN diag_fault(struct diag *d, const struct fault *f);

/* The same about a row (of a rowset, or a set of parameters). */
void diag_fault_at(struct diag *d, const struct fault *f, SQLLEN row);

#endif
