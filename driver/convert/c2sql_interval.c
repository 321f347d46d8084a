/*
 * Intervals as literals: see c2sql_kernel.h.
 *
 * Whatever comes in becomes months or seconds (struct interval), of which interval_put() makes the
 * fields of the declared type.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "convert/c2sql_kernel.h"

enum { TEXT_BYTES = 64, FRACTION_DIGITS = 9 };

enum unit { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND };

static const char *const unit_names[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};

/* The first and the last field of each kind of interval, by SQLINTERVAL. */
static const struct {
    uint8_t first, last;
} spans[] = {
    [SQL_IS_YEAR] = {YEAR, YEAR},
    [SQL_IS_MONTH] = {MONTH, MONTH},
    [SQL_IS_DAY] = {DAY, DAY},
    [SQL_IS_HOUR] = {HOUR, HOUR},
    [SQL_IS_MINUTE] = {MINUTE, MINUTE},
    [SQL_IS_SECOND] = {SECOND, SECOND},
    [SQL_IS_YEAR_TO_MONTH] = {YEAR, MONTH},
    [SQL_IS_DAY_TO_HOUR] = {DAY, HOUR},
    [SQL_IS_DAY_TO_MINUTE] = {DAY, MINUTE},
    [SQL_IS_DAY_TO_SECOND] = {DAY, SECOND},
    [SQL_IS_HOUR_TO_MINUTE] = {HOUR, MINUTE},
    [SQL_IS_HOUR_TO_SECOND] = {HOUR, SECOND},
    [SQL_IS_MINUTE_TO_SECOND] = {MINUTE, SECOND},
};

static SQLINTERVAL kind_of(SQLSMALLINT type)
{
    return (SQLINTERVAL)(type - SQL_INTERVAL_YEAR + SQL_IS_YEAR);
}

static SQLUINTEGER field_of(const SQL_INTERVAL_STRUCT *in, unsigned unit)
{
    const SQLUINTEGER fields[] = {
        [YEAR] = in->intval.year_month.year,     [MONTH] = in->intval.year_month.month,
        [DAY] = in->intval.day_second.day,       [HOUR] = in->intval.day_second.hour,
        [MINUTE] = in->intval.day_second.minute, [SECOND] = in->intval.day_second.second,
    };

    return fields[unit];
}

enum status c2sql_read_interval(const struct c2sql_run *run, const struct c_source *in,
                                struct c_value *value)
{
    static const uint32_t sizes[] = {12, 1, 86400, 3600, 60, 1}; /* months or seconds */
    SQLINTERVAL kind = kind_of(in->c_type);
    struct interval *out = &value->interval;
    SQL_INTERVAL_STRUCT from;
    uint64_t fraction;

    memcpy(&from, in->data, sizeof from);
    *out = (struct interval){.is_negative = from.interval_sign == SQL_TRUE,
                             .is_year_month = interval_is_year_month(kind)};
    for (unsigned unit = spans[kind].first; unit <= spans[kind].last; unit++)
        out->total += (uint64_t)field_of(&from, unit) * sizes[unit];
    value->interval_kind = kind;
    if (spans[kind].last != SECOND) return ST_OK;
    fraction = from.intval.day_second.fraction;
    for (int i = in->precision; i < FRACTION_DIGITS; i++)
        fraction *= 10;
    if (in->precision < 0 || in->precision > FRACTION_DIGITS || fraction >= 1000000000) {
        return fault_set(run->fault, SQLSTATE_22015, 0, "the fraction of seconds is not one");
    }
    out->nanosecond = (uint32_t)fraction;
    return ST_OK;
}

/* The fields with their separators, no sign: "1-2", "3", "4 05:06:07.5". */
static void write_fields(const SQL_INTERVAL_STRUCT *in, SQLINTERVAL kind, char *out)
{
    static const char separators[] = {[MONTH] = '-', [HOUR] = ' ', [MINUTE] = ':', [SECOND] = ':'};
    unsigned first = spans[kind].first, last = spans[kind].last;
    size_t bytes = 0;

    for (unsigned unit = first; unit <= last; unit++) {
        if (unit > first) out[bytes++] = separators[unit];
        bytes += (size_t)snprintf(out + bytes, TEXT_BYTES - bytes,
                                  unit > first && unit > MONTH ? "%02u" : "%u",
                                  (unsigned)field_of(in, unit));
    }
    if (last != SECOND || !in->intval.day_second.fraction) return;
    snprintf(out + bytes, TEXT_BYTES - bytes, ".%09u", (unsigned)in->intval.day_second.fraction);
    bytes = strlen(out);
    while (out[bytes - 1] == '0')
        out[--bytes] = '\0';
}

/* Makes the text of a kind; 22015 when something of the value has no place in it. */
static enum status write_as(const struct c2sql_run *run, const struct c_value *value,
                            SQLINTERVAL kind, char *text)
{
    SQL_INTERVAL_STRUCT fields;

    if (value->interval.is_cut ||
        interval_put(&value->interval, kind, FRACTION_DIGITS, 0, &fields) != INTERVAL_OK) {
        return c2sql_fail(run, SQLSTATE_22015, value, "the interval does not fit the declared one");
    }
    write_fields(&fields, kind, text);
    return ST_OK;
}

enum status c2sql_interval_interval(const struct c2sql_run *run, const struct c_value *value)
{
    SQLINTERVAL kind = kind_of(run->type->sql_type);
    unsigned first = spans[kind].first, last = spans[kind].last;
    char text[TEXT_BYTES];

    if (write_as(run, value, kind, text)) return ST_ERR;
    buf_printf(run->out, "INTERVAL %s'%s' %s", value->interval.is_negative ? "-" : "", text,
               unit_names[first]);
    if (first != last) buf_printf(run->out, " TO %s", unit_names[last]);
    return ST_OK;
}

static enum status parse(const struct c2sql_run *run, const struct c_value *value,
                         struct c_value *out)
{
    *out = *value;
    switch (
        interval_parse(value->text, value->bytes, kind_of(run->type->sql_type), &out->interval)) {
    case INTERVAL_OK:
        return ST_OK;
    case INTERVAL_OVERFLOW:
        return c2sql_fail(run, SQLSTATE_22015, value, "is too long");
    case INTERVAL_BAD:
    case INTERVAL_CUT:
        break;
    }
    return c2sql_fail(run, SQLSTATE_22018, value, "is no such interval");
}

enum status c2sql_text_interval(const struct c2sql_run *run, const struct c_value *value)
{
    struct c_value parsed;

    return parse(run, value, &parsed) ? ST_ERR : c2sql_interval_interval(run, &parsed);
}

/* A number counts the only field of the declared interval; a fraction only seconds have. */
enum status c2sql_number_interval(const struct c2sql_run *run, const struct c_value *value)
{
    struct c_value plain = *value, parsed;
    struct decimal d;
    decimal_uint whole;
    bool is_cut;

    if (!decimal_parse(value->text, value->bytes, &d) || !decimal_scaled(&d, 0, &whole, &is_cut) ||
        whole > UINT32_MAX) {
        return c2sql_fail(run, SQLSTATE_22003, value, "is beyond the declared type");
    }
    if (is_cut && run->type->sql_type != SQL_INTERVAL_SECOND) {
        return c2sql_fail(run, SQLSTATE_22015, value, "has a fraction");
    }
    if (!is_cut) { /* without an exponent, which intervals have not */
        plain.text = plain.room;
        plain.bytes = (size_t)snprintf(plain.room, sizeof plain.room, "%s%u",
                                       d.is_negative ? "-" : "", (unsigned)whole);
    }
    return parse(run, &plain, &parsed) ? ST_ERR : c2sql_interval_interval(run, &parsed);
}

enum status c2sql_interval_text(const struct c2sql_run *run, const struct c_value *value)
{
    char text[TEXT_BYTES];
    size_t sign = value->interval.is_negative;

    text[0] = '-';
    if (write_as(run, value, value->interval_kind, text + sign)) return ST_ERR;
    if (c2sql_check_length(run, value, strlen(text))) return ST_ERR;
    return c2sql_put_text(run, text, strlen(text));
}

/* Of one field: its count, as a number of the declared type. */
enum status c2sql_interval_number(const struct c2sql_run *run, const struct c_value *value)
{
    struct c_value number = {.kind = C_NUMBER};
    size_t sign = value->interval.is_negative;

    number.room[0] = '-';
    if (write_as(run, value, value->interval_kind, number.room + sign)) return ST_ERR;
    number.text = number.room;
    number.bytes = strlen(number.room);
    return run->type->family == TO_DECIMAL ? c2sql_number_decimal(run, &number)
                                           : c2sql_number_integer(run, &number);
}
