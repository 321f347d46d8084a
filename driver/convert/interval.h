/*
 * Intervals from text, and into the 13 interval types of ODBC.
 *
 *     [+-]years-months                     "0-3", "-1-2"
 *     [+-]days hours[:minutes[:seconds]]   "2 00:00:00.000"
 *     [+-]hours:minutes[:seconds]          minutes:seconds when that is what is asked for
 *     [+-]number                           of the one field that is asked for; seconds with fraction
 *
 * A kind is one of SQL_IS_YEAR ... SQL_IS_MINUTE_TO_SECOND: a C type less SQL_C_INTERVAL_YEAR - 1.
 * Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_INTERVAL_H
#define ATHENA_CONVERT_INTERVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sql.h>
#include <sqlext.h>

/* Months or seconds: no interval has both. */
struct interval {
    bool is_negative;
    bool is_year_month;
    uint64_t total; /* of months, or of seconds */
    uint32_t nanosecond;
    bool is_cut; /* digits that are not zero stand behind the nanosecond */
};

enum interval_outcome {
    INTERVAL_OK,
    INTERVAL_BAD,     /* no interval, or not one of this kind */
    INTERVAL_CUT,     /* done, and smaller fields or digits that are not zero are lost */
    INTERVAL_OVERFLOW /* the first field does not hold it */
};

bool interval_is_year_month(SQLINTERVAL kind);

/* Whether it has one field only: SQL_IS_DAY, not SQL_IS_DAY_TO_HOUR. */
bool interval_is_single(SQLINTERVAL kind);

/* Months or seconds in the first field of a kind. */
uint32_t interval_unit(SQLINTERVAL kind);

/* INTERVAL_OK, INTERVAL_BAD or INTERVAL_OVERFLOW. */
enum interval_outcome interval_parse(const char *text, size_t bytes, SQLINTERVAL kind,
                                     struct interval *out);

/*
 * Fills *out, whose fraction counts 10^-precision seconds (precision 0 ... 9).
 * leading_precision: digits of the first field, 0 for no limit.
 */
enum interval_outcome interval_put(const struct interval *value, SQLINTERVAL kind, int precision,
                                   int leading_precision, SQL_INTERVAL_STRUCT *out);

#endif
