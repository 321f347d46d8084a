/*
 * Which kernel converts what, and SQLGetData's pieces: see sql2c.h.
 *
 * Rows of the table are families of Athena types whose text converts alike, columns are C types.
 * What stands in no cell is 07006; the cells are those of appendix D, "SQL to C".
 */
#include "convert/sql2c.h"

#include "convert/kernel.h"

enum family {
    FROM_TEXT,
    FROM_BOOLEAN,
    FROM_INTEGER,
    FROM_DECIMAL,
    FROM_FLOAT,
    FROM_BINARY,
    FROM_DATE,
    FROM_TIME,
    FROM_TIMESTAMP,
    FAMILY_COUNT
};

/* All others, intervals and the types with a time zone among them, are text for ODBC. */
static const uint8_t families[ATHENA_TYPE_COUNT] = {
    [ATHENA_BOOLEAN] = FROM_BOOLEAN,  [ATHENA_TINYINT] = FROM_INTEGER,
    [ATHENA_SMALLINT] = FROM_INTEGER, [ATHENA_INTEGER] = FROM_INTEGER,
    [ATHENA_BIGINT] = FROM_INTEGER,   [ATHENA_REAL] = FROM_FLOAT,
    [ATHENA_DOUBLE] = FROM_FLOAT,     [ATHENA_DECIMAL] = FROM_DECIMAL,
    [ATHENA_VARBINARY] = FROM_BINARY, [ATHENA_DATE] = FROM_DATE,
    [ATHENA_TIME] = FROM_TIME,        [ATHENA_TIMESTAMP] = FROM_TIMESTAMP,
};

/* The C types without their spellings: SQL_C_LONG and SQL_C_SLONG are one. */
enum slot {
    NO_C_TYPE,
    TO_CHAR,
    TO_WCHAR,
    TO_BINARY,
    TO_BIT,
    TO_STINYINT,
    TO_UTINYINT,
    TO_SSHORT,
    TO_USHORT,
    TO_SLONG,
    TO_ULONG,
    TO_SBIGINT,
    TO_UBIGINT,
    TO_FLOAT,
    TO_DOUBLE,
    TO_NUMERIC,
    TO_DATE,
    TO_TIME,
    TO_TIMESTAMP,
    TO_GUID,
    TO_INTERVAL,        /* of one field */
    TO_INTERVAL_FIELDS, /* of more */
    SLOT_COUNT
};

/* clang-format off */
enum { LOWEST_C_TYPE = SQL_C_UTINYINT, HIGHEST_C_TYPE = SQL_C_INTERVAL_MINUTE_TO_SECOND };

#define C_TYPE(code) [SQL_C_##code - LOWEST_C_TYPE]
static const uint8_t slots[HIGHEST_C_TYPE - LOWEST_C_TYPE + 1] = {
    C_TYPE(CHAR) = TO_CHAR,         C_TYPE(WCHAR) = TO_WCHAR,       C_TYPE(BINARY) = TO_BINARY,
    C_TYPE(BIT) = TO_BIT,
    C_TYPE(TINYINT) = TO_STINYINT,  C_TYPE(STINYINT) = TO_STINYINT, C_TYPE(UTINYINT) = TO_UTINYINT,
    C_TYPE(SHORT) = TO_SSHORT,      C_TYPE(SSHORT) = TO_SSHORT,     C_TYPE(USHORT) = TO_USHORT,
    C_TYPE(LONG) = TO_SLONG,        C_TYPE(SLONG) = TO_SLONG,       C_TYPE(ULONG) = TO_ULONG,
    C_TYPE(SBIGINT) = TO_SBIGINT,   C_TYPE(UBIGINT) = TO_UBIGINT,
    C_TYPE(FLOAT) = TO_FLOAT,       C_TYPE(DOUBLE) = TO_DOUBLE,     C_TYPE(NUMERIC) = TO_NUMERIC,
    C_TYPE(DATE) = TO_DATE,         C_TYPE(TIME) = TO_TIME,         C_TYPE(TIMESTAMP) = TO_TIMESTAMP,
    C_TYPE(TYPE_DATE) = TO_DATE,    C_TYPE(TYPE_TIME) = TO_TIME,
    C_TYPE(TYPE_TIMESTAMP) = TO_TIMESTAMP,
    C_TYPE(GUID) = TO_GUID,
    C_TYPE(INTERVAL_YEAR) = TO_INTERVAL,   C_TYPE(INTERVAL_MONTH) = TO_INTERVAL,
    C_TYPE(INTERVAL_DAY) = TO_INTERVAL,    C_TYPE(INTERVAL_HOUR) = TO_INTERVAL,
    C_TYPE(INTERVAL_MINUTE) = TO_INTERVAL, C_TYPE(INTERVAL_SECOND) = TO_INTERVAL,
    C_TYPE(INTERVAL_YEAR_TO_MONTH) = TO_INTERVAL_FIELDS,
    C_TYPE(INTERVAL_DAY_TO_HOUR) = TO_INTERVAL_FIELDS,
    C_TYPE(INTERVAL_DAY_TO_MINUTE) = TO_INTERVAL_FIELDS,
    C_TYPE(INTERVAL_DAY_TO_SECOND) = TO_INTERVAL_FIELDS,
    C_TYPE(INTERVAL_HOUR_TO_MINUTE) = TO_INTERVAL_FIELDS,
    C_TYPE(INTERVAL_HOUR_TO_SECOND) = TO_INTERVAL_FIELDS,
    C_TYPE(INTERVAL_MINUTE_TO_SECOND) = TO_INTERVAL_FIELDS,
};

#define NUMBERS(from)                                                                   \
    [TO_BIT] = sql2c_##from##_bit,                                                      \
    [TO_STINYINT] = sql2c_##from##_stinyint, [TO_UTINYINT] = sql2c_##from##_utinyint,   \
    [TO_SSHORT] = sql2c_##from##_sshort,     [TO_USHORT] = sql2c_##from##_ushort,       \
    [TO_SLONG] = sql2c_##from##_slong,       [TO_ULONG] = sql2c_##from##_ulong,         \
    [TO_SBIGINT] = sql2c_##from##_sbigint,   [TO_UBIGINT] = sql2c_##from##_ubigint,     \
    [TO_FLOAT] = sql2c_##from##_float,       [TO_DOUBLE] = sql2c_##from##_double

static sql2c_fn *const kernels[FAMILY_COUNT][SLOT_COUNT] = {
    [FROM_TEXT] = {
        [TO_CHAR] = sql2c_text_char,       [TO_WCHAR] = sql2c_text_wchar,
        [TO_BINARY] = sql2c_text_binary,
        NUMBERS(number),                   [TO_NUMERIC] = sql2c_number_numeric,
        [TO_DATE] = sql2c_datetime_date,   [TO_TIME] = sql2c_datetime_time,
        [TO_TIMESTAMP] = sql2c_datetime_timestamp,
        [TO_GUID] = sql2c_text_guid,
        [TO_INTERVAL] = sql2c_text_interval, [TO_INTERVAL_FIELDS] = sql2c_text_interval,
    },
    [FROM_BOOLEAN] = {
        [TO_CHAR] = sql2c_boolean_char,    [TO_WCHAR] = sql2c_boolean_wchar,
        [TO_BINARY] = sql2c_native_binary,
        NUMBERS(boolean),                  [TO_NUMERIC] = sql2c_boolean_numeric,
    },
    [FROM_INTEGER] = {
        [TO_CHAR] = sql2c_number_char,     [TO_WCHAR] = sql2c_number_wchar,
        [TO_BINARY] = sql2c_native_binary,
        NUMBERS(integer),                  [TO_NUMERIC] = sql2c_number_numeric,
        [TO_INTERVAL] = sql2c_number_interval, [TO_INTERVAL_FIELDS] = sql2c_number_intervals,
    },
    [FROM_DECIMAL] = {
        [TO_CHAR] = sql2c_number_char,     [TO_WCHAR] = sql2c_number_wchar,
        [TO_BINARY] = sql2c_number_binary,
        NUMBERS(number),                   [TO_NUMERIC] = sql2c_number_numeric,
        [TO_INTERVAL] = sql2c_number_interval, [TO_INTERVAL_FIELDS] = sql2c_number_intervals,
    },
    [FROM_FLOAT] = {
        [TO_CHAR] = sql2c_number_char,     [TO_WCHAR] = sql2c_number_wchar,
        [TO_BINARY] = sql2c_native_binary,
        NUMBERS(number),                   [TO_NUMERIC] = sql2c_number_numeric,
    },
    [FROM_BINARY] = {
        [TO_CHAR] = sql2c_hex_char,        [TO_WCHAR] = sql2c_hex_wchar,
        [TO_BINARY] = sql2c_hex_binary,
    },
    [FROM_DATE] = {
        [TO_CHAR] = sql2c_number_char,     [TO_WCHAR] = sql2c_number_wchar,
        [TO_BINARY] = sql2c_native_binary,
        [TO_DATE] = sql2c_datetime_date,   [TO_TIMESTAMP] = sql2c_datetime_timestamp,
    },
    [FROM_TIME] = {
        [TO_CHAR] = sql2c_number_char,     [TO_WCHAR] = sql2c_number_wchar,
        [TO_BINARY] = sql2c_native_binary,
        [TO_TIME] = sql2c_datetime_time,   [TO_TIMESTAMP] = sql2c_datetime_timestamp,
    },
    [FROM_TIMESTAMP] = {
        [TO_CHAR] = sql2c_number_char,     [TO_WCHAR] = sql2c_number_wchar,
        [TO_BINARY] = sql2c_native_binary,
        [TO_DATE] = sql2c_datetime_date,   [TO_TIME] = sql2c_datetime_time,
        [TO_TIMESTAMP] = sql2c_datetime_timestamp,
    },
};

/* Those of variable length, a piece at a time. */
#define PIECES(from, binary)                                                        \
    {[TO_CHAR] = sql2c_piece_##from##_char, [TO_WCHAR] = sql2c_piece_##from##_wchar, \
     [TO_BINARY] = sql2c_piece_##binary##_binary}

static run_piece_fn *const pieces[FAMILY_COUNT][TO_BINARY + 1] = {
    [FROM_TEXT] = PIECES(text, text),
    [FROM_BOOLEAN] = PIECES(boolean, native),
    [FROM_INTEGER] = PIECES(number, native),
    [FROM_DECIMAL] = PIECES(number, number),
    [FROM_FLOAT] = PIECES(number, native),
    [FROM_BINARY] = PIECES(hex, hex),
    [FROM_DATE] = PIECES(number, native),
    [FROM_TIME] = PIECES(number, native),
    [FROM_TIMESTAMP] = PIECES(number, native),
};
/* clang-format on */

static enum slot slot_of(SQLSMALLINT c_type)
{
    if (c_type < LOWEST_C_TYPE || c_type > HIGHEST_C_TYPE) return NO_C_TYPE;
    return (enum slot)slots[c_type - LOWEST_C_TYPE];
}

sql2c_fn *sql2c_kernel(enum athena_type from, SQLSMALLINT c_type)
{
    enum slot slot = slot_of(c_type);

    if (slot == NO_C_TYPE || from >= ATHENA_TYPE_COUNT) return NULL;
    return kernels[families[from]][slot];
}

bool sql2c_is_warning(enum sqlstate state)
{
    const char *code = sqlstate_code(state);

    return code[0] == '0' && code[1] == '1';
}

/* Passes issues on and keeps what they mean for the return code. */
struct watch {
    sql2c_issue_fn *issue;
    void *context;
    SQLRETURN rc;
};

static void watch_issue(void *context, size_t row, enum sqlstate state, const char *detail)
{
    struct watch *w = context;

    w->issue(w->context, row, state, detail);
    if (!sql2c_is_warning(state)) {
        w->rc = SQL_ERROR;
    } else if (w->rc == SQL_SUCCESS) {
        w->rc = SQL_SUCCESS_WITH_INFO;
    }
}

/* The next piece of a value of variable length. */
static void get_piece(run_piece_fn *convert, const struct run *run, const struct cell *cell,
                      struct sql2c_part *part)
{
    struct piece piece = {part->taken_bytes, 0, false};
    void *out = run->target->data;

    if (!convert(run, cell, out, &piece)) return;
    run_put_length(run->target, 0, piece.left_bytes);
    part->taken_bytes = piece.from_bytes;
    part->is_over = out && !piece.is_cut;
    if (out && piece.is_cut) run_issue(run, SQLSTATE_01004, NULL, NULL);
}

struct sql2c_way sql2c_way(enum athena_type from, SQLSMALLINT c_type)
{
    sql2c_fn *whole = sql2c_kernel(from, c_type);
    enum slot slot = slot_of(c_type);

    return (struct sql2c_way){c_type, whole,
                              whole && slot <= TO_BINARY ? pieces[families[from]][slot] : NULL};
}

SQLRETURN sql2c_get(const struct sql2c_way *way, const struct column *column,
                    const struct cell *cell, const struct c_target *target, struct sql2c_part *part,
                    sql2c_issue_fn *issue, void *context)
{
    struct watch watch = {issue, context, SQL_SUCCESS};

    if (part->c_type != way->c_type) *part = (struct sql2c_part){way->c_type, false, 0};
    if (part->is_over) return SQL_NO_DATA;
    if (!way->whole) {
        watch_issue(&watch, 0, SQLSTATE_07006, sqlstate_text(SQLSTATE_07006));
    } else if (way->piece && cell->text) {
        get_piece(way->piece, &(struct run){column, target, watch_issue, &watch, 0, true}, cell,
                  part);
    } else {
        way->whole(column, cell, 1, target, watch_issue, &watch);
        part->is_over = watch.rc != SQL_ERROR;
    }
    return watch.rc;
}
