/*
 * Dates and times as literals: see c2sql_kernel.h.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "convert/c2sql_kernel.h"

enum {
    TEXT_BYTES = 64,
    LEAST_FRACTION_DIGITS = 3, /* Athena's timestamps have that many when nobody says otherwise */
    MOST_FRACTION_DIGITS = 9,
    TIMESTAMP_CHARS = 20 /* "2024-02-29 12:34:56." */
};

/* ---- reading ------------------------------------------------------------------------------ */

/* 22008 where the value is to become text, 22007 elsewhere: the two columns of the table */
static enum status check_when(const struct c2sql_run *run, const struct datetime *d)
{
    bool is_possible = d->hour < 24 && d->minute < 60 && d->second < 60 &&
                       d->nanosecond < 1000000000;

    if (d->has_date) {
        is_possible = is_possible && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
                      d->day <= datetime_month_days(d->year, d->month);
    }
    if (is_possible) return ST_OK;
    return fault_set(run->fault, run->type->family == TO_TEXT ? SQLSTATE_22008 : SQLSTATE_22007, 0,
                     "there is no such day or time: %d-%u-%u %u:%u:%u.%09u", (int)d->year, d->month,
                     d->day, d->hour, d->minute, d->second, d->nanosecond);
}

enum status c2sql_read_date(const struct c2sql_run *run, const struct c_source *in,
                            struct c_value *value)
{
    SQL_DATE_STRUCT d;

    memcpy(&d, in->data, sizeof d);
    value->when =
        (struct datetime){.year = d.year, .month = d.month, .day = d.day, .has_date = true};
    return check_when(run, &value->when);
}

enum status c2sql_read_time(const struct c2sql_run *run, const struct c_source *in,
                            struct c_value *value)
{
    SQL_TIME_STRUCT t;

    memcpy(&t, in->data, sizeof t);
    value->when =
        (struct datetime){.hour = t.hour, .minute = t.minute, .second = t.second, .has_time = true};
    return check_when(run, &value->when);
}

enum status c2sql_read_timestamp(const struct c2sql_run *run, const struct c_source *in,
                                 struct c_value *value)
{
    SQL_TIMESTAMP_STRUCT t;

    memcpy(&t, in->data, sizeof t);
    value->when = (struct datetime){.year = t.year,
                                    .month = t.month,
                                    .day = t.day,
                                    .hour = t.hour,
                                    .minute = t.minute,
                                    .second = t.second,
                                    .nanosecond = t.fraction,
                                    .has_date = true,
                                    .has_time = true};
    return check_when(run, &value->when);
}

/* ---- writing ------------------------------------------------------------------------------ */

/* Digits of the fraction, without zeros at the end but with at least so many. */
static int fraction_digits(uint32_t nanosecond, int least)
{
    int digits = MOST_FRACTION_DIGITS;

    for (; digits > least && nanosecond % 10 == 0; digits--)
        nanosecond /= 10;
    return digits;
}

static size_t write_date(const struct datetime *d, char *out, size_t room)
{
    long long year = d->year < 0 ? -d->year : d->year;

    return (size_t)snprintf(out, room, "%s%04lld-%02u-%02u", d->year < 0 ? "-" : "", year, d->month,
                            d->day);
}

static size_t write_time(const struct datetime *d, int least_digits, char *out, size_t room)
{
    int digits = fraction_digits(d->nanosecond, least_digits);
    char fraction[16];
    size_t bytes = (size_t)snprintf(out, room, "%02u:%02u:%02u", d->hour, d->minute, d->second);

    if (digits == 0) return bytes;
    snprintf(fraction, sizeof fraction, "%09u", d->nanosecond);
    return bytes + (size_t)snprintf(out + bytes, room - bytes, ".%.*s", digits, fraction);
}

static void write_both(const struct datetime *d, int least_digits, char *out)
{
    size_t bytes = write_date(d, out, TEXT_BYTES);

    out[bytes++] = ' ';
    write_time(d, least_digits, out + bytes, TEXT_BYTES - bytes);
}

/* Digits of seconds that the declaration leaves room for. */
static int declared_digits(const struct c2sql_run *run)
{
    const struct sql_target *to = run->to;
    int digits = to->decimal_digits;

    if (to->column_size == 0 && digits <= 0) return MOST_FRACTION_DIGITS;
    if (run->type->family == TO_TIMESTAMP && to->column_size > TIMESTAMP_CHARS &&
        (SQLLEN)to->column_size - TIMESTAMP_CHARS > digits) {
        digits = (int)(to->column_size - TIMESTAMP_CHARS);
    }
    return digits < 0 ? 0 : digits;
}

enum status c2sql_datetime_date(const struct c2sql_run *run, const struct c_value *value)
{
    const struct datetime *d = &value->when;
    char text[TEXT_BYTES];

    if (d->hour || d->minute || d->second || d->nanosecond) {
        return c2sql_fail(run, SQLSTATE_22008, value, "the time of day would be lost");
    }
    write_date(d, text, sizeof text);
    c2sql_put_typed(run, "DATE", text);
    return ST_OK;
}

/* A SQL_TIME_STRUCT has no fraction; what has one loses it, or says so. */
enum status c2sql_datetime_time(const struct c2sql_run *run, const struct c_value *value)
{
    const struct datetime *d = &value->when;
    char text[TEXT_BYTES];
    bool is_text = value->kind == C_TEXT && !d->has_date;

    if (!is_text && d->nanosecond) {
        return c2sql_fail(run, SQLSTATE_22008, value, "the fraction of seconds would be lost");
    }
    write_time(d, 0, text, sizeof text);
    c2sql_put_typed(run, "TIME", text);
    return ST_OK;
}

/* "the date portion is set to the current date": the client's */
static void add_today(struct datetime *d)
{
    time_t now = time(NULL);
    struct tm today = {0};

    localtime_r(&now, &today);
    d->year = today.tm_year + 1900;
    d->month = (uint16_t)(today.tm_mon + 1);
    d->day = (uint16_t)today.tm_mday;
    d->has_date = true;
}

enum status c2sql_datetime_timestamp(const struct c2sql_run *run, const struct c_value *value)
{
    struct datetime d = value->when;
    int most = declared_digits(run);
    char text[TEXT_BYTES];

    if (!d.has_date) add_today(&d);
    if (d.is_cut || fraction_digits(d.nanosecond, 0) > most) {
        return c2sql_fail(run, SQLSTATE_22008, value,
                          "the fraction of seconds has more digits than were declared");
    }
    write_both(&d, LEAST_FRACTION_DIGITS, text);
    c2sql_put_typed(run, "TIMESTAMP", text);
    return ST_OK;
}

enum status c2sql_datetime_text(const struct c2sql_run *run, const struct c_value *value)
{
    const struct datetime *d = &value->when;
    char text[TEXT_BYTES];

    if (!d->has_time) {
        write_date(d, text, sizeof text);
    } else if (!d->has_date) {
        write_time(d, 0, text, sizeof text);
    } else {
        write_both(d, 0, text);
    }
    if (c2sql_check_length(run, value, strlen(text))) return ST_ERR;
    return c2sql_put_text(run, text, strlen(text));
}

/* A time zone is of another type than the three, which have none. */
enum status c2sql_text_datetime(const struct c2sql_run *run, const struct c_value *value)
{
    struct c_value parsed = *value;
    enum sql_family to = run->type->family;
    bool is_good = datetime_parse(value->text, value->bytes, &parsed.when) == DATETIME_OK &&
                   !parsed.when.zone && parsed.when.second < 60; /* Athena has no leap seconds */

    if (to == TO_DATE) is_good = is_good && parsed.when.has_date;
    if (to == TO_TIME) is_good = is_good && parsed.when.has_time;
    if (!is_good) return c2sql_fail(run, SQLSTATE_22018, value, "is no value of the declared type");
    if (to == TO_DATE) return c2sql_datetime_date(run, &parsed);
    if (to == TO_TIME) return c2sql_datetime_time(run, &parsed);
    return c2sql_datetime_timestamp(run, &parsed);
}
