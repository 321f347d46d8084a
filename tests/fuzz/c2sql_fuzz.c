/*
 * Any bytes as a parameter of any C and SQL type: text comes back as itself from its literal, and
 * no other value says anything beside its own literal, put into a statement or not.
 *
 *     byte 0   C type      byte 1   SQL type      byte 2   dialect, INSERT, guess, precision
 *     byte 3   column size byte 4   decimal digits
 *     rest     the value
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "convert/c2sql.h"
#include "convert/sqltype.h"
#include "fuzz/literal_reader.h"
#include "fuzz/statement_shape.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { HEADER_BYTES = 5 };

static const SQLSMALLINT sql_types[] = {
    SQL_CHAR,
    SQL_VARCHAR,
    SQL_LONGVARCHAR,
    SQL_WCHAR,
    SQL_WVARCHAR,
    SQL_BINARY,
    SQL_VARBINARY,
    SQL_LONGVARBINARY,
    SQL_BIT,
    SQL_TINYINT,
    SQL_SMALLINT,
    SQL_INTEGER,
    SQL_BIGINT,
    SQL_DECIMAL,
    SQL_NUMERIC,
    SQL_REAL,
    SQL_FLOAT,
    SQL_DOUBLE,
    SQL_TYPE_DATE,
    SQL_TYPE_TIME,
    SQL_TYPE_TIMESTAMP,
    SQL_GUID,
    SQL_INTERVAL_DAY,
    SQL_INTERVAL_DAY_TO_SECOND,
    SQL_INTERVAL_YEAR_TO_MONTH,
    SQL_INTERVAL_SECOND,
};
static const SQLSMALLINT c_types[] = {
    SQL_C_CHAR,
    SQL_C_WCHAR,
    SQL_C_BINARY,
    SQL_C_BIT,
    SQL_C_STINYINT,
    SQL_C_UTINYINT,
    SQL_C_SSHORT,
    SQL_C_USHORT,
    SQL_C_SLONG,
    SQL_C_ULONG,
    SQL_C_SBIGINT,
    SQL_C_UBIGINT,
    SQL_C_FLOAT,
    SQL_C_DOUBLE,
    SQL_C_NUMERIC,
    SQL_C_TYPE_DATE,
    SQL_C_TYPE_TIME,
    SQL_C_TYPE_TIMESTAMP,
    SQL_C_GUID,
    SQL_C_INTERVAL_DAY,
    SQL_C_INTERVAL_DAY_TO_SECOND,
    SQL_C_INTERVAL_YEAR_TO_MONTH,
    SQL_C_DEFAULT,
};

/* Of literals that are not text: letters, digits and what numbers and times need. */
static bool is_harmless(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c && strchr(" -.:(),", c));
}

/* One quoted part at most, with nothing special in it or beside it. */
static void check_plain(const char *literal)
{
    unsigned quotes = 0;

    for (const char *at = literal; *at; at++) {
        if (*at == '\'')
            quotes++;
        else if (!is_harmless(*at))
            abort();
    }
    if ((quotes != 0 && quotes != 2) || strstr(literal, "--")) abort();
}

static void check_text(const char *literal, size_t bytes, enum c2sql_dialect dialect)
{
    char *back = malloc(bytes + 1);
    long count;

    if (!back) abort();
    count = dialect == C2SQL_HIVE ? read_hive_literal(literal, bytes, back)
                                  : read_trino_literal(literal, bytes, back);
    free(back);
    if (count < 0) abort();
}

static void check_literal(const struct buf *out, const struct sql_target *to)
{
    SQLSMALLINT c_type = c2sql_default_c_type(to->sql_type);
    bool is_text =
        (c_type == SQL_C_CHAR && to->sql_type != SQL_DECIMAL && to->sql_type != SQL_NUMERIC) ||
        c_type == SQL_C_WCHAR;

    if (!buf_ok(out) || strlen(out->bytes) != out->count || !out->count) abort();
    if (is_text)
        check_text(out->bytes, out->count, to->dialect);
    else
        check_plain(out->bytes);
}

static void convert(const struct c_source *in, const struct sql_target *to)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct buf out;

    buf_init(&out, (size_t)1 << 24);
    if (c2sql_literal(in, to, &out, &f) == ST_OK) {
        check_literal(&out, to);
        if (!literal_stays_in_its_place(out.bytes, to->dialect)) abort();
        if (!c2sql_is_allowed(in->c_type, to->sql_type)) abort();
    } else if (f.state == SQLSTATE_NONE || !*f.text) {
        abort();
    }
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    struct c_source in = {0};
    struct sql_target to = {0};
    SQLSMALLINT c_type;
    SQLLEN needed;
    char *copy;

    if (count < HEADER_BYTES) return 0;
    in.c_type = c_types[bytes[0] % (sizeof c_types / sizeof c_types[0])];
    to.sql_type = sql_types[bytes[1] % (sizeof sql_types / sizeof sql_types[0])];
    to.dialect = bytes[2] & 1 ? C2SQL_HIVE : C2SQL_TRINO;
    to.is_inserted = bytes[2] & 2;
    to.is_guessed = bytes[2] & 4;
    in.precision = bytes[2] >> 4;
    in.scale = (SQLSMALLINT)(bytes[2] & 8 ? bytes[4] - 2 : 0);
    to.column_size = bytes[3];
    to.decimal_digits = (SQLSMALLINT)(bytes[4] - 2);
    in.bytes = count - HEADER_BYTES;

    c_type = in.c_type == SQL_C_DEFAULT ? c2sql_default_c_type(to.sql_type) : in.c_type;
    needed = sqltype_c_bytes(c_type);
    if ((SQLLEN)in.bytes < needed) return 0;
    copy = malloc(in.bytes ? in.bytes : 1); /* of just this size, for the sanitizers */
    if (!copy) abort();
    memcpy(copy, bytes + HEADER_BYTES, in.bytes);
    in.data = copy;
    convert(&in, &to);
    if (!literal_comes_back(copy, in.bytes, C2SQL_TRINO)) abort();
    if (!literal_comes_back(copy, in.bytes, C2SQL_HIVE)) abort();
    free(copy);
    return 0;
}
