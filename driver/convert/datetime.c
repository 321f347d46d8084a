/*
 * Dates and times: see datetime.h.
 */
#include "convert/datetime.h"

#include <string.h>

#include "base/ascii.h"
#include "convert/integer.h"
#include "convert/reader.h"

enum { MOST_YEAR_DIGITS = 9, NANOSECOND_DIGITS = 9 };

/* Reads least ... most digits; the byte behind them is no digit. */
static bool read_digits(struct reader *r, unsigned least, unsigned most, int64_t *out)
{
    unsigned count = 0;
    int64_t value = 0;

    for (; reader_next_is_digit(r) && count <= most; count++)
        value = value * 10 + (*r->at++ - '0');
    *out = value;
    return count >= least && count <= most;
}

/* Two digits, and no third. */
static bool read_two(struct reader *r, uint16_t *out)
{
    unsigned tens, ones;

    if (r->end - r->at < 2) return false;
    tens = (unsigned char)r->at[0] - (unsigned)'0';
    ones = (unsigned char)r->at[1] - (unsigned)'0';
    if (tens > 9 || ones > 9) return false;
    r->at += 2;
    *out = (uint16_t)(tens * 10 + ones);
    return !reader_next_is_digit(r);
}

static bool read_date(struct reader *r, struct datetime *out)
{
    bool is_negative = reader_next_is(r, '-');

    if (is_negative || reader_next_is(r, '+')) r->at++;
    if (!read_digits(r, 4, MOST_YEAR_DIGITS, &out->year)) return false;
    if (is_negative) out->year = -out->year;
    out->has_date = true;
    return reader_skip(r, '-') && read_two(r, &out->month) && reader_skip(r, '-') &&
           read_two(r, &out->day);
}

static bool read_fraction(struct reader *r, struct datetime *out)
{
    unsigned count = 0;

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

static bool read_time(struct reader *r, struct datetime *out)
{
    out->has_time = true;
    if (!read_two(r, &out->hour) || !reader_skip(r, ':') || !read_two(r, &out->minute))
        return false;
    if (!reader_skip(r, ':')) return true;
    return read_two(r, &out->second) && (!reader_skip(r, '.') || read_fraction(r, out));
}

static bool is_zone_byte(char c)
{
    return ascii_is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == ':' ||
           c == '/' || c == '_';
}

/* The rest of the text. */
static bool read_zone(struct reader *r, struct datetime *out)
{
    reader_skip(r, ' ');
    out->zone = r->at;
    out->zone_bytes = (size_t)(r->end - r->at);
    if (r->at == r->end || !(ascii_is_letter(*r->at) || *r->at == '+' || *r->at == '-'))
        return false;
    while (r->at < r->end && is_zone_byte(*r->at))
        r->at++;
    return r->at == r->end;
}

static bool is_time_ahead(const struct reader *r)
{
    return r->end - r->at > 2 && r->at[2] == ':';
}

static bool is_possible(const struct datetime *d)
{
    if (d->has_date && (d->month < 1 || d->month > 12)) return false;
    if (d->has_date && (d->day < 1 || d->day > datetime_month_days(d->year, d->month)))
        return false;
    return d->hour < 24 && d->minute < 60 && d->second <= DATETIME_MOST_SECOND;
}

static bool read_parts(struct reader *r, struct datetime *out)
{
    if (!is_time_ahead(r)) {
        if (!read_date(r, out)) return false;
        if (r->at == r->end) return true;
        if (!reader_skip(r, ' ') && !reader_skip(r, 'T')) return false;
    }
    return read_time(r, out) && (r->at == r->end || read_zone(r, out));
}

/*
 * Eight bytes that are digits but for separators. Two digits become a number: those that begin at
 * byte i stand in byte i of *pairs.
 *
 *     pattern   the text with '0' for each digit: xor leaves 0 ... 9, and 0 for a separator
 *     beyond    per byte, what carries any higher value into the top bit: 0x76, and 0x7F
 */
static inline bool read_pairs(const char *text, uint64_t pattern, uint64_t beyond, uint64_t *pairs)
{
    uint64_t digits = integer_load8(text) ^ pattern;

    if (((digits + beyond) | digits) & UINT64_C(0x8080808080808080)) return false;
    *pairs = digits * 10 + (digits >> 8);
    return true;
}

static inline unsigned pair_at(uint64_t pairs, unsigned byte)
{
    return (unsigned)(pairs >> (8 * byte)) & 0xFF;
}

static inline bool read_nanoseconds(const char *text, size_t count, uint32_t *out)
{
    static const uint32_t units[] = {0,     100000000, 10000000, 1000000, 100000,
                                     10000, 1000,      100,      10,      1};
    uint32_t value = 0;

    if (count < 1 || count > NANOSECOND_DIGITS) return false;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned char)text[i] - (unsigned)'0';

        if (digit > 9) return false;
        value = value * 10 + digit;
    }
    *out = value * units[count];
    return true;
}

/*
 * YYYY-MM-DD and YYYY-MM-DD HH:MM:SS[.f{1,9}], as Athena prints nearly all of them. False: another
 * form, good or bad.
 */
static inline bool parse_plain(const char *text, size_t bytes, struct datetime *out)
{
    enum { DATE_BYTES = 10, TIME_AT = 11, SECOND_BYTES = 19 };
    unsigned tens, ones;
    uint64_t pairs;

    if (bytes != DATE_BYTES && bytes < SECOND_BYTES) return false;
    if (!read_pairs(text, UINT64_C(0x2D30302D30303030), UINT64_C(0x7F76767F76767676), &pairs)) {
        return false; /* YYYY-MM- */
    }
    tens = (unsigned char)text[8] - (unsigned)'0';
    ones = (unsigned char)text[9] - (unsigned)'0';
    if (tens > 9 || ones > 9) return false;
    out->year = pair_at(pairs, 0) * 100 + pair_at(pairs, 2);
    out->month = (uint16_t)pair_at(pairs, 5);
    out->day = (uint16_t)(tens * 10 + ones);
    out->has_date = true;
    if (bytes == DATE_BYTES) return true;
    if (text[DATE_BYTES] != ' ') return false;
    if (!read_pairs(text + TIME_AT, UINT64_C(0x30303A30303A3030), UINT64_C(0x76767F76767F7676),
                    &pairs)) {
        return false; /* HH:MM:SS */
    }
    out->hour = (uint16_t)pair_at(pairs, 0);
    out->minute = (uint16_t)pair_at(pairs, 3);
    out->second = (uint16_t)pair_at(pairs, 6);
    out->has_time = true;
    if (bytes == SECOND_BYTES) return true;
    return text[SECOND_BYTES] == '.' &&
           read_nanoseconds(text + SECOND_BYTES + 1, bytes - SECOND_BYTES - 1, &out->nanosecond);
}

enum datetime_outcome datetime_parse(const char *text, size_t bytes, struct datetime *out)
{
    struct reader r = {text, text + bytes};

    memset(out, 0, sizeof *out);
    if (parse_plain(text, bytes, out)) return is_possible(out) ? DATETIME_OK : DATETIME_RANGE;
    memset(out, 0, sizeof *out); /* as far as that has come */
    reader_trim(&r);
    if (!read_parts(&r, out)) return DATETIME_BAD;
    return is_possible(out) ? DATETIME_OK : DATETIME_RANGE;
}

bool datetime_is_utc(const char *zone, size_t zone_bytes)
{
    static const char *const names[] = {"UTC",    "Z",       "GMT",   "UT",      "+00:00",
                                        "-00:00", "+00",     "+0000", "Etc/UTC", "Etc/GMT",
                                        "Zulu",   "Etc/UCT", "UCT"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == zone_bytes && memcmp(names[i], zone, zone_bytes) == 0) return true;
    }
    return false;
}

/*
 * Years are counted from March, so that the leap day is a year's last, in eras of 400 years, which
 * have 146097 days each. 719468 days lie between 0000-03-01 and 1970-01-01.
 */
int64_t datetime_days(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t month_of_year = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * month_of_year + 2) / 5 + (int64_t)day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

void datetime_of_days(int64_t days, struct datetime *out)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day = z - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;

    memset(out, 0, sizeof *out);
    out->has_date = true;
    out->day = (uint16_t)(day_of_year - (153 * month + 2) / 5 + 1);
    out->month = (uint16_t)(month < 10 ? month + 3 : month - 9);
    out->year = year + era * 400 + (out->month <= 2);
}

unsigned datetime_month_days(int64_t year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month == 2 && is_leap ? 29 : days[month - 1];
}
