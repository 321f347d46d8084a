/*
 * Intervals: see interval.h.
 */
#include "convert/interval.h"

#include <string.h>

#include "convert/reader.h"

enum field { YEAR, MONTH, DAY, HOUR, MINUTE, SECOND };

/* In months for the first two, in seconds for the others. */
static const uint32_t units[] = {
    [YEAR] = 12, [MONTH] = 1, [DAY] = 86400, [HOUR] = 3600, [MINUTE] = 60, [SECOND] = 1,
};

static const struct {
    uint8_t first, last;
} kinds[] = {
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

enum { MOST_DIGITS = 14, NANOSECOND_DIGITS = 9 };

bool interval_is_year_month(SQLINTERVAL kind)
{
    return kinds[kind].first <= MONTH;
}

bool interval_is_single(SQLINTERVAL kind)
{
    return kinds[kind].first == kinds[kind].last;
}

uint32_t interval_unit(SQLINTERVAL kind)
{
    return units[kinds[kind].first];
}

/* Up to MOST_DIGITS digits; a digit that is next is one too many. */
static bool read_number(struct reader *r, uint64_t *out)
{
    unsigned count = 0;

    for (*out = 0; reader_next_is_digit(r) && count < MOST_DIGITS; count++) {
        *out = *out * 10 + (unsigned)(*r->at++ - '0');
    }
    return count > 0 && !reader_next_is_digit(r);
}

/* A field behind the first one: at most two digits, and less than it takes to fill the one above. */
static bool add_field(struct reader *r, enum field field, struct interval *out)
{
    static const uint8_t limits[] = {[MONTH] = 12, [HOUR] = 24, [MINUTE] = 60, [SECOND] = 60};
    const char *start = r->at;
    uint64_t value;

    if (!read_number(r, &value) || r->at - start > 2 || value >= limits[field]) return false;
    out->total += value * units[field];
    return true;
}

static bool read_fraction(struct reader *r, struct interval *out)
{
    unsigned count = 0;

    if (!reader_skip(r, '.')) return true;
    if (!reader_next_is_digit(r)) return false;
    for (; reader_next_is_digit(r); r->at++, count++) {
        unsigned digit = (unsigned)(*r->at - '0');

        if (count < NANOSECOND_DIGITS) {
            out->nanosecond = out->nanosecond * 10 + digit;
        } else {
            out->is_cut |= digit != 0;
        }
    }
    for (; count < NANOSECOND_DIGITS; count++)
        out->nanosecond *= 10;
    return true;
}

/* The fields that follow one another with colons, down to field last at most. */
static bool add_times(struct reader *r, enum field field, struct interval *out)
{
    while (field < SECOND && reader_skip(r, ':')) {
        if (!add_field(r, ++field, out)) return false;
    }
    return field < SECOND || read_fraction(r, out);
}

/* Behind the first number. */
static bool read_rest(struct reader *r, uint64_t number, SQLINTERVAL kind, struct interval *out)
{
    enum field first = (enum field)kinds[kind].first;

    if (reader_skip(r, '-')) {
        out->is_year_month = true;
        out->total = number * units[YEAR];
        return add_field(r, MONTH, out);
    }
    if (reader_skip(r, ' ')) {
        out->total = number * units[DAY];
        return add_field(r, HOUR, out) && add_times(r, HOUR, out);
    }
    if (reader_next_is(r, ':')) {
        bool is_minute = first == MINUTE &&
                         memchr(r->at + 1, ':', (size_t)(r->end - r->at - 1)) == NULL;

        out->total = number * units[is_minute ? MINUTE : HOUR];
        return add_times(r, is_minute ? MINUTE : HOUR, out);
    }
    out->is_year_month = first <= MONTH;
    out->total = number * units[first];
    return interval_is_single(kind) && (first != SECOND || read_fraction(r, out));
}

enum interval_outcome interval_parse(const char *text, size_t bytes, SQLINTERVAL kind,
                                     struct interval *out)
{
    struct reader r = {text, text + bytes};
    uint64_t number;

    memset(out, 0, sizeof *out);
    reader_trim(&r);
    out->is_negative = reader_next_is(&r, '-');
    if (out->is_negative || reader_next_is(&r, '+')) r.at++;
    if (!read_number(&r, &number))
        return reader_next_is_digit(&r) ? INTERVAL_OVERFLOW : INTERVAL_BAD;
    if (!read_rest(&r, number, kind, out) || r.at < r.end) return INTERVAL_BAD;
    return out->is_year_month == interval_is_year_month(kind) ? INTERVAL_OK : INTERVAL_BAD;
}

static uint64_t power_of_ten(int exponent)
{
    uint64_t power = 1;

    while (exponent-- > 0)
        power *= 10;
    return power;
}

static void put_field(SQL_INTERVAL_STRUCT *out, enum field field, SQLUINTEGER value)
{
    switch (field) {
    case YEAR:
        out->intval.year_month.year = value;
        break;
    case MONTH:
        out->intval.year_month.month = value;
        break;
    case DAY:
        out->intval.day_second.day = value;
        break;
    case HOUR:
        out->intval.day_second.hour = value;
        break;
    case MINUTE:
        out->intval.day_second.minute = value;
        break;
    case SECOND:
        out->intval.day_second.second = value;
        break;
    }
}

enum interval_outcome interval_put(const struct interval *value, SQLINTERVAL kind, int precision,
                                   int leading_precision, SQL_INTERVAL_STRUCT *out)
{
    uint64_t left = value->total, fraction_unit, limit = (uint64_t)UINT32_MAX + 1;
    bool is_cut = value->is_cut;

    if (precision < 0) precision = 0;
    if (precision > NANOSECOND_DIGITS) precision = NANOSECOND_DIGITS;
    if (leading_precision > 0 && leading_precision < 10) limit = power_of_ten(leading_precision);
    if (left / interval_unit(kind) >= limit) return INTERVAL_OVERFLOW;

    memset(out, 0, sizeof *out);
    out->interval_type = kind;
    out->interval_sign = value->is_negative ? SQL_TRUE : SQL_FALSE;
    for (unsigned field = kinds[kind].first; field <= kinds[kind].last && field <= SECOND;
         field++) {
        put_field(out, (enum field)field, (SQLUINTEGER)(left / units[field]));
        left %= units[field];
    }
    fraction_unit = power_of_ten(NANOSECOND_DIGITS - precision);
    if (kinds[kind].last == SECOND) {
        out->intval.day_second.fraction = (SQLUINTEGER)(value->nanosecond / fraction_unit);
        is_cut |= value->nanosecond % fraction_unit != 0;
    } else {
        is_cut |= value->nanosecond != 0;
    }
    return is_cut || left ? INTERVAL_CUT : INTERVAL_OK;
}
