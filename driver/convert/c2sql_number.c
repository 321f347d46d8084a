/*
 * Numbers as literals: see c2sql_kernel.h.
 *
 * A number is text from the moment it is read (struct decimal splits it), so that no digit is lost
 * on the way from a SQL_NUMERIC_STRUCT or a string of 38 digits to DECIMAL '...'.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"
#include "convert/c2sql_kernel.h"
#include "convert/double.h"
#include "convert/double_text.h"

enum { MOST_SCALE = 127 };

/* ---- reading ------------------------------------------------------------------------------ */

static enum status keep_signed(struct c_value *value, int64_t number)
{
    value->text = value->room;
    value->bytes = (size_t)snprintf(value->room, sizeof value->room, "%" PRId64, number);
    return ST_OK;
}

static enum status keep_unsigned(struct c_value *value, uint64_t number)
{
    value->text = value->room;
    value->bytes = (size_t)snprintf(value->room, sizeof value->room, "%" PRIu64, number);
    return ST_OK;
}

#define READ_INTEGER(name, type, keep) \
    enum status c2sql_read_##name(const struct c2sql_run *run, const struct c_source *in, \
                                  struct c_value *value) \
    { \
        type number; \
\
        (void)run; \
        memcpy(&number, in->data, sizeof number); \
        return keep(value, number); \
    }

READ_INTEGER(stinyint, int8_t, keep_signed)
READ_INTEGER(utinyint, uint8_t, keep_unsigned)
READ_INTEGER(sshort, int16_t, keep_signed)
READ_INTEGER(ushort, uint16_t, keep_unsigned)
READ_INTEGER(slong, int32_t, keep_signed)
READ_INTEGER(ulong, uint32_t, keep_unsigned)
READ_INTEGER(sbigint, int64_t, keep_signed)
READ_INTEGER(ubigint, uint64_t, keep_unsigned)

enum status c2sql_read_bit(const struct c2sql_run *run, const struct c_source *in,
                           struct c_value *value)
{
    unsigned char bit = *(const unsigned char *)in->data;

    if (bit > 1) return fault_set(run->fault, SQLSTATE_22003, 0, "the bit is %u", bit);
    return keep_unsigned(value, bit);
}

enum status c2sql_read_float(const struct c2sql_run *run, const struct c_source *in,
                             struct c_value *value)
{
    float number;

    (void)run;
    memcpy(&number, in->data, sizeof number);
    value->text = value->room;
    value->bytes = double_text_float(number, value->room);
    return ST_OK;
}

enum status c2sql_read_double(const struct c2sql_run *run, const struct c_source *in,
                              struct c_value *value)
{
    double number;

    (void)run;
    memcpy(&number, in->data, sizeof number);
    value->text = value->room;
    value->bytes = double_text(number, value->room);
    return ST_OK;
}

/* The least value of digits + 1 digits; 0 when every decimal_uint has fewer. */
static decimal_uint power_of_ten(size_t digits)
{
    decimal_uint power = 1;

    if (digits > DECIMAL_MOST_DIGITS) return 0;
    while (digits-- > 0)
        power *= 10;
    return power;
}

/* The digits of number with the point before the last scale of them; returns their count. */
static size_t write_scaled(decimal_uint number, size_t scale, char *out)
{
    char reversed[2 * MOST_SCALE];
    size_t count = 0, bytes = 0;

    while (number || count <= scale) {
        reversed[count++] = (char)('0' + (int)(number % 10));
        number /= 10;
    }
    while (count) {
        if (count == scale) out[bytes++] = '.';
        out[bytes++] = reversed[--count];
    }
    return bytes;
}

/*
 * val is little-endian; sign is 1 for positive numbers; the value is val * 10^-scale. By the
 * reference the scale is the descriptor's alone; most applications fill in the structure's, which
 * therefore counts where the descriptor has none.
 */
enum status c2sql_read_numeric(const struct c2sql_run *run, const struct c_source *in,
                               struct c_value *value)
{
    SQL_NUMERIC_STRUCT n;
    decimal_uint number = 0;
    size_t bytes = 0;
    int scale;

    memcpy(&n, in->data, sizeof n);
    scale = (int)n.scale;
    if (in->scale) scale = in->scale;
    for (size_t i = SQL_MAX_NUMERIC_LEN; i-- > 0;)
        number = number << 8 | n.val[i];
    if (scale > DECIMAL_MOST_DIGITS || scale < -DECIMAL_MOST_DIGITS) {
        return fault_set(run->fault, SQLSTATE_22003, 0, "the scale of the number is %d", scale);
    }
    if (in->precision > 0 && in->precision < DECIMAL_MOST_DIGITS &&
        number >= power_of_ten((size_t)in->precision)) {
        return fault_set(run->fault, SQLSTATE_22003, 0, "the number has more than %d digits",
                         in->precision);
    }
    if (n.sign == 0 && number) value->room[bytes++] = '-';
    bytes += write_scaled(number, scale > 0 ? (size_t)scale : 0, value->room + bytes);
    if (scale < 0) {
        bytes += (size_t)snprintf(value->room + bytes, sizeof value->room - bytes, "E%d", -scale);
    }
    value->text = value->room;
    value->bytes = bytes;
    return ST_OK;
}

/* ---- writing ------------------------------------------------------------------------------ */

static enum status not_a_number(const struct c2sql_run *run, const struct c_value *value)
{
    /* NaN and the infinities are no text */
    return c2sql_fail(run, value->is_character ? SQLSTATE_22018 : SQLSTATE_22003, value,
                      value->is_character ? "is not a number" : "is beyond the declared type");
}

enum status c2sql_number_text(const struct c2sql_run *run, const struct c_value *value)
{
    if (c2sql_check_length(run, value, value->bytes)) return ST_ERR;
    return c2sql_put_text(run, value->text, value->bytes);
}

/* "greater than 0, less than 2, and not equal to 1" is truncation, the rest out of range */
enum status c2sql_number_bit(const struct c2sql_run *run, const struct c_value *value)
{
    struct decimal d;
    decimal_uint whole;
    bool is_cut;

    if (!decimal_parse(value->text, value->bytes, &d)) return not_a_number(run, value);
    if (!decimal_scaled(&d, 0, &whole, &is_cut) || whole > 1 ||
        (d.is_negative && (whole || is_cut))) {
        return c2sql_fail(run, SQLSTATE_22003, value, "is neither 0 nor 1");
    }
    if (is_cut) return c2sql_fail(run, SQLSTATE_22001, value, "is neither 0 nor 1");
    buf_puts(run->out, whole ? "TRUE" : "FALSE");
    return ST_OK;
}

static int64_t most_of(SQLSMALLINT sql_type)
{
    switch (sql_type) {
    case SQL_TINYINT:
        return INT8_MAX;
    case SQL_SMALLINT:
        return INT16_MAX;
    case SQL_INTEGER:
        return INT32_MAX;
    default:
        return INT64_MAX;
    }
}

/* Of text nothing is cut (22001); of C numbers the fraction is. */
static enum status check_cut(const struct c2sql_run *run, const struct c_value *value, bool is_cut)
{
    if (!is_cut || !value->is_character) return ST_OK;
    return c2sql_fail(run, SQLSTATE_22001, value, "has more digits behind the point than declared");
}

static enum status too_large(const struct c2sql_run *run, const struct c_value *value)
{
    return c2sql_fail(run, value->is_character ? SQLSTATE_22001 : SQLSTATE_22003, value,
                      "is beyond the declared type");
}

/* Whether the digits alone are a literal of the declared type, or of the one that is asked for. */
static bool is_bare(const struct c2sql_run *run, decimal_uint whole)
{
    const SQLSMALLINT sql_type = run->type->sql_type;

    if (sql_type == SQL_INTEGER || run->to->dialect == C2SQL_HIVE) return true;
    return sql_type == SQL_BIGINT && run->to->is_inserted && run->to->is_guessed &&
           whole <= INT32_MAX;
}

enum status c2sql_number_integer(const struct c2sql_run *run, const struct c_value *value)
{
    const int64_t most = most_of(run->type->sql_type);
    decimal_uint whole;
    char text[24];
    struct decimal d;
    bool is_cut;

    if (!decimal_parse(value->text, value->bytes, &d)) return not_a_number(run, value);
    if (!decimal_scaled(&d, 0, &whole, &is_cut) || whole > (decimal_uint)most + d.is_negative) {
        return too_large(run, value);
    }
    if (check_cut(run, value, is_cut)) return ST_ERR;
    snprintf(text, sizeof text, "%s%" PRIu64, d.is_negative && whole ? "-" : "", (uint64_t)whole);
    if (is_bare(run, whole)) {
        buf_puts(run->out, text);
    } else {
        c2sql_put_typed(run,
                        run->type->sql_type == SQL_TINYINT    ? "TINYINT"
                        : run->type->sql_type == SQL_SMALLINT ? "SMALLINT"
                                                              : "BIGINT",
                        text);
    }
    return ST_OK;
}

/* Digits behind the point that are written: the value's own, as many as are declared. */
static int32_t scale_of(const struct c2sql_run *run, const struct decimal *d)
{
    int64_t own = (int64_t)d->fraction_count - d->exponent;
    int64_t most = run->to->column_size ? run->to->decimal_digits : DECIMAL_MOST_DIGITS;

    if (most < 0) most = 0;
    if (most > DECIMAL_MOST_DIGITS) most = DECIMAL_MOST_DIGITS;
    if (own < 0) own = 0;
    return (int32_t)(own < most ? own : most);
}

/* Whole digits that the declaration leaves room for. */
static size_t most_whole(const struct c2sql_run *run)
{
    size_t digits = run->to->column_size, scale = 0;

    if (!digits || digits > DECIMAL_MOST_DIGITS) digits = DECIMAL_MOST_DIGITS;
    if (run->to->column_size && run->to->decimal_digits > 0) {
        scale = (size_t)run->to->decimal_digits;
    }
    return scale < digits ? digits - scale : 0;
}

enum status c2sql_number_decimal(const struct c2sql_run *run, const struct c_value *value)
{
    decimal_uint number = 0, whole, limit;
    bool is_cut = false, is_whole_cut;
    char text[DECIMAL_MOST_DIGITS + 8];
    size_t bytes = 0;
    struct decimal d;
    int32_t scale;

    if (!decimal_parse(value->text, value->bytes, &d)) return not_a_number(run, value);
    if (!decimal_scaled(&d, 0, &whole, &is_whole_cut) || whole >= power_of_ten(most_whole(run))) {
        return too_large(run, value);
    }
    limit = power_of_ten(DECIMAL_MOST_DIGITS);
    for (scale = scale_of(run, &d); scale > 0; scale--) { /* 38 digits in all: the last ones go */
        if (decimal_scaled(&d, scale, &number, &is_cut) && number < limit) break;
    }
    if (scale == 0) {
        number = whole;
        is_cut = is_whole_cut;
    }
    if (check_cut(run, value, is_cut)) return ST_ERR;
    if (d.is_negative && number) text[bytes++] = '-';
    bytes += write_scaled(number, (size_t)scale, text + bytes);
    text[bytes] = '\0';
    if (run->to->dialect == C2SQL_HIVE) {
        buf_puts(run->out, text);
    } else {
        c2sql_put_typed(run, "DECIMAL", text);
    }
    return ST_OK;
}

/* NaN and the infinities are functions in Trino; Hive cannot say them. */
static enum status put_special(const struct c2sql_run *run, double number, bool is_real)
{
    const char *name = isnan(number) ? "nan()" : number < 0 ? "-infinity()" : "infinity()";

    if (run->to->dialect == C2SQL_HIVE) {
        return fault_set(run->fault, SQLSTATE_HYC00, 0, "Athena's DDL has no literal for %s", name);
    }
    buf_printf(run->out, is_real ? "CAST(%s AS real)" : "%s", name);
    return ST_OK;
}

enum status c2sql_number_float(const struct c2sql_run *run, const struct c_value *value)
{
    bool is_real = run->type->sql_type == SQL_REAL;
    char text[DOUBLE_TEXT_BYTES];
    enum double_outcome outcome;
    double number = 0;
    float single = 0;

    outcome = is_real ? double_parse_float(value->text, value->bytes, &single)
                      : double_parse(value->text, value->bytes, &number);
    if (outcome == DOUBLE_BAD) return c2sql_fail(run, SQLSTATE_22018, value, "is not a number");
    if (outcome == DOUBLE_RANGE) {
        return c2sql_fail(run, SQLSTATE_22003, value, "is beyond the declared type");
    }
    if (is_real) number = (double)single;
    if (!isfinite(number)) return put_special(run, number, is_real);
    if (is_real) {
        double_text_float(single, text);
    } else {
        double_text(number, text);
    }
    if (run->to->dialect == C2SQL_HIVE) {
        buf_puts(run->out, text);
    } else {
        c2sql_put_typed(run, is_real ? "REAL" : "DOUBLE", text);
    }
    return ST_OK;
}
