/*
 * Dates and times from text, as Athena prints them and as SQL writes them.
 *
 *     [+-] year-month-day              four digits of year or more; years beyond 9999 and before
 *                                      year 0 are as ISO 8601 counts them
 *     hour:minute[:second[.fraction]]
 *     date time, dateTtime             both
 *     ... zone                         Z, UTC, +08:35, America/Los_Angeles: behind a time, with or
 *                                      without a blank between
 *
 * Plain functions, any thread; the proleptic Gregorian calendar.
 */
#ifndef ATHENA_CONVERT_DATETIME_H
#define ATHENA_CONVERT_DATETIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ODBC, "Constraints of the Gregorian calendar": up to two leap seconds. Athena has none. */
enum { DATETIME_MOST_SECOND = 61 };

struct datetime {
    int64_t year;
    uint16_t month, day, hour, minute, second;
    uint32_t nanosecond;
    bool has_date, has_time;
    bool is_cut;      /* digits that are not zero stand behind the nanosecond */
    const char *zone; /* borrowed from the text; NULL when there is none */
    size_t zone_bytes;
};

enum datetime_outcome {
    DATETIME_OK,
    DATETIME_BAD,  /* not of the form above */
    DATETIME_RANGE /* of the form, but there is no such day or time */
};

/* Blanks around are allowed. What the text does not have is zero in *out. */
enum datetime_outcome datetime_parse(const char *text, size_t bytes, struct datetime *out);

/* Whether a zone is one of the names of UTC: "UTC", "Z", "+00:00", "GMT" ... */
bool datetime_is_utc(const char *zone, size_t zone_bytes);

/* Days since 1970-01-01, and back. */
int64_t datetime_days(int64_t year, unsigned month, unsigned day);
void datetime_of_days(int64_t days, struct datetime *out);

/* Days of a month. */
unsigned datetime_month_days(int64_t year, unsigned month);

#endif
