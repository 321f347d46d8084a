/*
 * Which C value becomes which literal: see c2sql.h.
 *
 * Three tables: how C memory is read, what the declared types are, and which kernel makes a literal
 * of a kind of value for a family of types. What stands in no cell is 07006; the cells are those of
 * appendix D, "C to SQL".
 */
#include "convert/c2sql.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "convert/c2sql_kernel.h"
#include "convert/sqltype.h"

/* clang-format off */
static const struct sql_kind_of types[] = {
    {SQL_CHAR,          SQL_C_CHAR,     TO_TEXT,    "varchar"},
    {SQL_VARCHAR,       SQL_C_CHAR,     TO_TEXT,    "varchar"},
    {SQL_LONGVARCHAR,   SQL_C_CHAR,     TO_TEXT,    "varchar"},
    {SQL_WCHAR,         SQL_C_WCHAR,    TO_TEXT,    "varchar"},
    {SQL_WVARCHAR,      SQL_C_WCHAR,    TO_TEXT,    "varchar"},
    {SQL_WLONGVARCHAR,  SQL_C_WCHAR,    TO_TEXT,    "varchar"},
    {SQL_BINARY,        SQL_C_BINARY,   TO_BINARY,  "varbinary"},
    {SQL_VARBINARY,     SQL_C_BINARY,   TO_BINARY,  "varbinary"},
    {SQL_LONGVARBINARY, SQL_C_BINARY,   TO_BINARY,  "varbinary"},
    {SQL_BIT,           SQL_C_BIT,      TO_BIT,     "boolean"},
    {SQL_TINYINT,       SQL_C_STINYINT, TO_INTEGER, "tinyint"},
    {SQL_SMALLINT,      SQL_C_SSHORT,   TO_INTEGER, "smallint"},
    {SQL_INTEGER,       SQL_C_SLONG,    TO_INTEGER, "integer"},
    {SQL_BIGINT,        SQL_C_SBIGINT,  TO_INTEGER, "bigint"},
    {SQL_DECIMAL,       SQL_C_CHAR,     TO_DECIMAL, "decimal"},
    {SQL_NUMERIC,       SQL_C_CHAR,     TO_DECIMAL, "decimal"},
    {SQL_REAL,          SQL_C_FLOAT,    TO_FLOAT,   "real"},
    {SQL_FLOAT,         SQL_C_DOUBLE,   TO_FLOAT,   "double"},
    {SQL_DOUBLE,        SQL_C_DOUBLE,   TO_FLOAT,   "double"},
    {SQL_TYPE_DATE,     SQL_C_TYPE_DATE,      TO_DATE,      "date"},
    {SQL_TYPE_TIME,     SQL_C_TYPE_TIME,      TO_TIME,      "time"},
    {SQL_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, TO_TIMESTAMP, "timestamp"},
    {SQL_GUID,          SQL_C_GUID,     TO_GUID,    "uuid"},
#define INTERVAL(code, name) {SQL_INTERVAL_##code, SQL_C_INTERVAL_##code, TO_INTERVAL, name}
    INTERVAL(YEAR, "interval year to month"),
    INTERVAL(MONTH, "interval year to month"),
    INTERVAL(YEAR_TO_MONTH, "interval year to month"),
    INTERVAL(DAY, "interval day to second"),
    INTERVAL(HOUR, "interval day to second"),
    INTERVAL(MINUTE, "interval day to second"),
    INTERVAL(SECOND, "interval day to second"),
    INTERVAL(DAY_TO_HOUR, "interval day to second"),
    INTERVAL(DAY_TO_MINUTE, "interval day to second"),
    INTERVAL(DAY_TO_SECOND, "interval day to second"),
    INTERVAL(HOUR_TO_MINUTE, "interval day to second"),
    INTERVAL(HOUR_TO_SECOND, "interval day to second"),
    INTERVAL(MINUTE_TO_SECOND, "interval day to second"),
};

static const struct reader {
    SQLSMALLINT c_type;
    enum c_kind kind;
    c2sql_read_fn *read;
    SQLSMALLINT natural_type;
} readers[] = {
    {SQL_C_CHAR,     C_TEXT,   c2sql_read_char,     SQL_VARCHAR},
    {SQL_C_WCHAR,    C_TEXT,   c2sql_read_wchar,    SQL_WVARCHAR},
    {SQL_C_BINARY,   C_BYTES,  c2sql_read_binary,   SQL_VARBINARY},
    {SQL_C_BIT,      C_NUMBER, c2sql_read_bit,      SQL_BIT},
    {SQL_C_TINYINT,  C_NUMBER, c2sql_read_stinyint, SQL_TINYINT},
    {SQL_C_STINYINT, C_NUMBER, c2sql_read_stinyint, SQL_TINYINT},
    {SQL_C_UTINYINT, C_NUMBER, c2sql_read_utinyint, SQL_SMALLINT},
    {SQL_C_SHORT,    C_NUMBER, c2sql_read_sshort,   SQL_SMALLINT},
    {SQL_C_SSHORT,   C_NUMBER, c2sql_read_sshort,   SQL_SMALLINT},
    {SQL_C_USHORT,   C_NUMBER, c2sql_read_ushort,   SQL_INTEGER},
    {SQL_C_LONG,     C_NUMBER, c2sql_read_slong,    SQL_INTEGER},
    {SQL_C_SLONG,    C_NUMBER, c2sql_read_slong,    SQL_INTEGER},
    {SQL_C_ULONG,    C_NUMBER, c2sql_read_ulong,    SQL_BIGINT},
    {SQL_C_SBIGINT,  C_NUMBER, c2sql_read_sbigint,  SQL_BIGINT},
    {SQL_C_UBIGINT,  C_NUMBER, c2sql_read_ubigint,  SQL_DECIMAL},
    {SQL_C_FLOAT,    C_NUMBER, c2sql_read_float,    SQL_REAL},
    {SQL_C_DOUBLE,   C_NUMBER, c2sql_read_double,   SQL_DOUBLE},
    {SQL_C_NUMERIC,  C_NUMBER, c2sql_read_numeric,  SQL_DECIMAL},
    {SQL_C_TYPE_DATE, C_DATE,  c2sql_read_date,     SQL_TYPE_DATE},
    {SQL_C_TYPE_TIME, C_TIME,  c2sql_read_time,     SQL_TYPE_TIME},
    {SQL_C_TYPE_TIMESTAMP, C_TIMESTAMP, c2sql_read_timestamp, SQL_TYPE_TIMESTAMP},
    {SQL_C_GUID,     C_GUID,   c2sql_read_guid,     SQL_GUID},
};

static c2sql_fn c2sql_bytes_native;

static c2sql_fn *const kernels[C_KIND_COUNT][FAMILY_COUNT] = {
    [C_TEXT] = {
        [TO_TEXT] = c2sql_text_text,         [TO_BINARY] = c2sql_text_binary,
        [TO_BIT] = c2sql_number_bit,         [TO_INTEGER] = c2sql_number_integer,
        [TO_DECIMAL] = c2sql_number_decimal, [TO_FLOAT] = c2sql_number_float,
        [TO_DATE] = c2sql_text_datetime,     [TO_TIME] = c2sql_text_datetime,
        [TO_TIMESTAMP] = c2sql_text_datetime,
        [TO_INTERVAL] = c2sql_text_interval, [TO_GUID] = c2sql_text_guid,
    },
    [C_BYTES] = {
        [TO_TEXT] = c2sql_text_text,         [TO_BINARY] = c2sql_bytes_binary,
        [TO_BIT] = c2sql_bytes_native,       [TO_INTEGER] = c2sql_bytes_native,
        [TO_DECIMAL] = c2sql_number_decimal, [TO_FLOAT] = c2sql_bytes_native,
        [TO_DATE] = c2sql_bytes_native,      [TO_TIME] = c2sql_bytes_native,
        [TO_TIMESTAMP] = c2sql_bytes_native, [TO_INTERVAL] = c2sql_bytes_native,
        [TO_GUID] = c2sql_bytes_native,
    },
    [C_NUMBER] = {
        [TO_TEXT] = c2sql_number_text,       [TO_BIT] = c2sql_number_bit,
        [TO_INTEGER] = c2sql_number_integer, [TO_DECIMAL] = c2sql_number_decimal,
        [TO_FLOAT] = c2sql_number_float,     [TO_INTERVAL] = c2sql_number_interval,
    },
    [C_DATE] = {
        [TO_TEXT] = c2sql_datetime_text,     [TO_DATE] = c2sql_datetime_date,
        [TO_TIMESTAMP] = c2sql_datetime_timestamp,
    },
    [C_TIME] = {
        [TO_TEXT] = c2sql_datetime_text,     [TO_TIME] = c2sql_datetime_time,
        [TO_TIMESTAMP] = c2sql_datetime_timestamp,
    },
    [C_TIMESTAMP] = {
        [TO_TEXT] = c2sql_datetime_text,     [TO_DATE] = c2sql_datetime_date,
        [TO_TIME] = c2sql_datetime_time,     [TO_TIMESTAMP] = c2sql_datetime_timestamp,
    },
    [C_INTERVAL] = {
        [TO_TEXT] = c2sql_interval_text,     [TO_INTEGER] = c2sql_interval_number,
        [TO_DECIMAL] = c2sql_interval_number, [TO_INTERVAL] = c2sql_interval_interval,
    },
    [C_INTERVAL_FIELDS] = {
        [TO_TEXT] = c2sql_interval_text,     [TO_INTERVAL] = c2sql_interval_interval,
    },
    [C_GUID] = {
        [TO_TEXT] = c2sql_guid_text,         [TO_GUID] = c2sql_guid_guid,
    },
};
/* clang-format on */

static const struct sql_kind_of *find_type(SQLSMALLINT sql_type)
{
    sql_type = sqltype_odbc3(sql_type);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].sql_type == sql_type) return &types[i];
    }
    return NULL;
}

static struct reader find_reader(SQLSMALLINT c_type)
{
    c_type = sqltype_odbc3(c_type);
    if (c_type >= SQL_C_INTERVAL_YEAR && c_type <= SQL_C_INTERVAL_MINUTE_TO_SECOND) {
        SQLINTERVAL kind = (SQLINTERVAL)(c_type - SQL_C_INTERVAL_YEAR + SQL_IS_YEAR);

        return (struct reader){c_type, interval_is_single(kind) ? C_INTERVAL : C_INTERVAL_FIELDS,
                               c2sql_read_interval, c_type};
    }
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (readers[i].c_type == c_type) return readers[i];
    }
    return (struct reader){0, C_NONE, NULL, 0};
}

bool c2sql_is_sql_type(SQLSMALLINT sql_type)
{
    return find_type(sql_type) != NULL;
}

SQLSMALLINT c2sql_default_c_type(SQLSMALLINT sql_type)
{
    const struct sql_kind_of *type = find_type(sql_type);

    return type ? type->default_c_type : 0;
}

SQLSMALLINT c2sql_natural_type(SQLSMALLINT c_type)
{
    return find_reader(c_type).natural_type;
}

/* Years and months do not become days and seconds. */
static bool is_same_class(SQLSMALLINT c_type, const struct sql_kind_of *type)
{
    SQLINTERVAL from = (SQLINTERVAL)(c_type - SQL_C_INTERVAL_YEAR + SQL_IS_YEAR);
    SQLINTERVAL to = (SQLINTERVAL)(type->sql_type - SQL_INTERVAL_YEAR + SQL_IS_YEAR);

    return type->family != TO_INTERVAL ||
           interval_is_year_month(from) == interval_is_year_month(to);
}

/* "supported only for the exact numeric data types": no bits, no floats */
static bool is_exact(SQLSMALLINT c_type)
{
    return c_type != SQL_C_BIT && c_type != SQL_C_FLOAT && c_type != SQL_C_DOUBLE;
}

/* A number says how many of one field. */
static bool is_possible(const struct reader *reader, const struct sql_kind_of *type)
{
    if (!kernels[reader->kind][type->family]) return false;
    if (reader->kind == C_INTERVAL || reader->kind == C_INTERVAL_FIELDS) {
        return is_same_class(reader->c_type, type);
    }
    if (reader->kind == C_NUMBER && type->family == TO_INTERVAL) {
        return is_exact(reader->c_type) &&
               interval_is_single((SQLINTERVAL)(type->sql_type - SQL_INTERVAL_YEAR + SQL_IS_YEAR));
    }
    return true;
}

bool c2sql_is_allowed(SQLSMALLINT c_type, SQLSMALLINT sql_type)
{
    const struct sql_kind_of *type = find_type(sql_type);
    struct reader reader;

    if (!type) return false;
    reader = find_reader(c_type == SQL_C_DEFAULT ? type->default_c_type : c_type);
    return reader.kind != C_NONE && is_possible(&reader, type);
}

enum status c2sql_fail(const struct c2sql_run *run, enum sqlstate state,
                       const struct c_value *value, const char *what)
{
    enum { MOST_BYTES = 60 };
    size_t shown = value->bytes;

    if (value->kind == C_BYTES || !value->text) return fault_set(run->fault, state, 0, "%s", what);
    if (shown > MOST_BYTES) shown = utf8_whole(value->text, MOST_BYTES);
    return fault_set(run->fault, state, 0, "'%.*s%s' %s", (int)shown, value->text,
                     shown < value->bytes ? "..." : "", what);
}

enum status c2sql_check_length(const struct c2sql_run *run, const struct c_value *value,
                               size_t chars)
{
    char what[96];

    if (!run->to->column_size || chars <= run->to->column_size) return ST_OK;
    snprintf(what, sizeof what, "is %zu long, and the parameter was declared with %zu", chars,
             (size_t)run->to->column_size);
    return c2sql_fail(run, SQLSTATE_22001, value, what);
}

void c2sql_put_typed(const struct c2sql_run *run, const char *name, const char *text)
{
    buf_printf(run->out, "%s '%s'", name, text);
}

/* "Byte length of data = SQL data length": the bytes are the C value of the declared type. */
static enum status c2sql_bytes_native(const struct c2sql_run *run, const struct c_value *value)
{
    SQLSMALLINT c_type = run->type->default_c_type;
    struct c_source in = {c_type, value->text, value->bytes, 6, 0};
    struct c_value native = {.wide = value->wide};
    struct reader reader = find_reader(c_type);

    if (value->bytes != (size_t)sqltype_c_bytes(c_type)) {
        return c2sql_fail(run, SQLSTATE_22003, value,
                          "the bytes are not as many as the declared type has");
    }
    native.kind = reader.kind;
    if (reader.read(run, &in, &native)) return ST_ERR;
    return kernels[native.kind][run->type->family](run, &native);
}

/*
 * Text is what applications declare when they do not know, so that NULL stays untyped; another type
 * is what they mean, and decides between functions of one name.
 */
static enum status put_null(const struct c2sql_run *run)
{
    if (run->type->family == TO_TEXT || run->to->dialect == C2SQL_HIVE || run->to->is_inserted) {
        buf_puts(run->out, "NULL");
    } else if (run->type->family == TO_DECIMAL && run->to->column_size > 0 &&
               run->to->column_size <= DECIMAL_MOST_DIGITS &&
               run->to->decimal_digits <= (SQLLEN)run->to->column_size &&
               run->to->decimal_digits >= 0) {
        buf_printf(run->out, "CAST(NULL AS decimal(%d,%d))", (int)run->to->column_size,
                   run->to->decimal_digits);
    } else if (run->type->family == TO_INTERVAL || run->type->family == TO_DECIMAL) {
        buf_puts(run->out, "NULL");
    } else {
        buf_printf(run->out, "CAST(NULL AS %s)", run->type->name);
    }
    return ST_OK;
}

static bool has_hive_literal(enum sql_family family)
{
    return family != TO_BINARY && family != TO_TIME && family != TO_INTERVAL;
}

enum status c2sql_literal(const struct c_source *in, const struct sql_target *to, struct buf *out,
                          struct fault *f)
{
    struct c2sql_run run = {to, find_type(to->sql_type), out, f};
    struct buf wide;
    struct c_value value = {.wide = &wide};
    struct c_source source = *in;
    struct reader reader;
    enum status st;

    if (!run.type) return fault_set(f, SQLSTATE_HY004, 0, "%d is no SQL type", to->sql_type);
    if (source.c_type == SQL_C_DEFAULT) source.c_type = run.type->default_c_type;
    source.c_type = sqltype_odbc3(source.c_type);
    reader = find_reader(source.c_type);
    if (!in->data) return put_null(&run);
    if (reader.kind == C_NONE || !is_possible(&reader, run.type)) {
        return fault_set(f, SQLSTATE_07006, 0, "C type %d cannot become SQL type %d", in->c_type,
                         to->sql_type);
    }
    if (to->dialect == C2SQL_HIVE && !has_hive_literal(run.type->family)) {
        return fault_set(f, SQLSTATE_HYC00, 0, "Athena's DDL has no literal of type %s",
                         run.type->name);
    }
    buf_init(&wide, (size_t)1 << 30);
    value.kind = reader.kind;
    st = reader.read(&run, &source, &value);
    if (!st) st = kernels[value.kind][run.type->family](&run, &value);
    buf_clear(&wide);
    return st;
}
