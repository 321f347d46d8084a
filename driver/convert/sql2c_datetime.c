/*
 * To SQL_C_TYPE_DATE, _TIME and _TIMESTAMP, from the three types and from text that holds one.
 *
 * Appendix D: a time or a fraction that gets lost is 01S07; a missing time is midnight; a missing
 * date is today. SQLFetch: text of another form is 22018, a day or time that does not exist 22007.
 * Not in the tables: a time zone has no place in these structs; the time stands as it was printed,
 * with 01000 unless it was UTC.
 */
#include <time.h>

#include "convert/datetime.h"
#include "convert/kernel.h"

static bool read_datetime(const struct run *run, const struct cell *cell, struct datetime *d)
{
    switch (datetime_parse(cell->text, cell->bytes, d)) {
    case DATETIME_OK:
        return true;
    case DATETIME_BAD:
        run_issue(run, SQLSTATE_22018, cell, "is not a date or time");
        break;
    case DATETIME_RANGE:
        run_issue(run, SQLSTATE_22007, cell, "does not exist");
        break;
    }
    return false;
}

static void tell_loss(const struct run *run, const struct cell *cell, const struct datetime *d,
                      bool is_cut)
{
    if (is_cut) {
        run_issue(run, SQLSTATE_01S07, cell, "was cut");
    } else if (d->zone && !datetime_is_utc(d->zone, d->zone_bytes)) {
        run_issue(run, SQLSTATE_01000, cell, "has lost its time zone");
    }
}

/* False after having told why: the struct's year is a SQLSMALLINT. */
static bool has_year(const struct run *run, const struct cell *cell, const struct datetime *d)
{
    bool is_good = d->year >= INT16_MIN && d->year <= INT16_MAX;

    if (!is_good) run_issue(run, SQLSTATE_22007, cell, "is beyond the years of ODBC");
    return is_good;
}

static bool is_midnight(const struct datetime *d)
{
    return !d->hour && !d->minute && !d->second && !d->nanosecond && !d->is_cut;
}

static SQLLEN to_date(const struct run *run, const struct cell *cell, void *out)
{
    struct datetime d;
    SQL_DATE_STRUCT date;

    if (!read_datetime(run, cell, &d)) return RUN_FAILED;
    if (!d.has_date) return run_issue(run, SQLSTATE_22018, cell, "is not a date");
    if (!has_year(run, cell, &d)) return RUN_FAILED;
    date = (SQL_DATE_STRUCT){(SQLSMALLINT)d.year, d.month, d.day};
    memcpy(out, &date, sizeof date);
    tell_loss(run, cell, &d, !is_midnight(&d));
    return sizeof date;
}

static SQLLEN to_time(const struct run *run, const struct cell *cell, void *out)
{
    struct datetime d;
    SQL_TIME_STRUCT time_of_day;

    if (!read_datetime(run, cell, &d)) return RUN_FAILED;
    if (!d.has_time) return run_issue(run, SQLSTATE_22018, cell, "is not a time");
    time_of_day = (SQL_TIME_STRUCT){d.hour, d.minute, d.second};
    memcpy(out, &time_of_day, sizeof time_of_day);
    tell_loss(run, cell, &d, d.nanosecond || d.is_cut);
    return sizeof time_of_day;
}

static void set_today(struct datetime *d)
{
    time_t now = time(NULL);
    struct tm today;

    if (!localtime_r(&now, &today)) return;
    d->year = today.tm_year + 1900;
    d->month = (uint16_t)(today.tm_mon + 1);
    d->day = (uint16_t)today.tm_mday;
}

static SQLLEN to_timestamp(const struct run *run, const struct cell *cell, void *out)
{
    struct datetime d;
    SQL_TIMESTAMP_STRUCT timestamp;

    if (!read_datetime(run, cell, &d)) return RUN_FAILED;
    if (!d.has_date) set_today(&d);
    if (!has_year(run, cell, &d)) return RUN_FAILED;
    timestamp = (SQL_TIMESTAMP_STRUCT){
        (SQLSMALLINT)d.year, d.month, d.day, d.hour, d.minute, d.second, d.nanosecond};
    memcpy(out, &timestamp, sizeof timestamp);
    tell_loss(run, cell, &d, d.is_cut);
    return sizeof timestamp;
}

SQL2C_KERNEL(sql2c_datetime_date, true, to_date)
SQL2C_KERNEL(sql2c_datetime_time, true, to_time)
SQL2C_KERNEL(sql2c_datetime_timestamp, true, to_timestamp)
