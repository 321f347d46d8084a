/*
 * To the interval types, from text that holds an interval (Athena's own two types come as text) and
 * from whole and decimal numbers, which can be an interval of one field.
 *
 * Appendix D: smaller fields that get lost are 01S07, a first field that does not hold its value is
 * 22015, what is no interval of the kind 22018. A number has no place in an interval of more than
 * one field: 22015 for each.
 */
#include <stdio.h>

#include "convert/decimal.h"
#include "convert/interval.h"
#include "convert/kernel.h"

#define NANOSECONDS UINT64_C(1000000000)

static SQLINTERVAL kind_of(const struct run *run)
{
    return (SQLINTERVAL)(run->target->c_type - SQL_C_INTERVAL_YEAR + SQL_IS_YEAR);
}

/* An application that never set a precision has to learn that there is one: it is 2 then. */
static SQLLEN too_large(const struct run *run, const struct cell *cell)
{
    char what[120];

    snprintf(what, sizeof what,
             "is too large for the interval's first field of %d digits "
             "(SQL_DESC_DATETIME_INTERVAL_PRECISION)",
             (int)run->target->leading_precision);
    return run_issue(run, SQLSTATE_22015, cell, what);
}

static SQLLEN put_interval(const struct run *run, const struct cell *cell,
                           const struct interval *value, void *out)
{
    SQL_INTERVAL_STRUCT interval;
    enum interval_outcome outcome = interval_put(value, kind_of(run), run->target->precision,
                                                 run->target->leading_precision, &interval);

    if (outcome == INTERVAL_OVERFLOW) return too_large(run, cell);
    memcpy(out, &interval, sizeof interval);
    if (outcome == INTERVAL_CUT) run_issue(run, SQLSTATE_01S07, cell, "was cut");
    return sizeof interval;
}

static SQLLEN text_to_interval(const struct run *run, const struct cell *cell, void *out)
{
    struct interval value;

    switch (interval_parse(cell->text, cell->bytes, kind_of(run), &value)) {
    case INTERVAL_OK:
    case INTERVAL_CUT:
        return put_interval(run, cell, &value, out);
    case INTERVAL_OVERFLOW:
        return too_large(run, cell);
    case INTERVAL_BAD:
        break;
    }
    return run_issue(run, SQLSTATE_22018, cell, "is not an interval of this kind");
}

static SQLLEN number_to_intervals(const struct run *run, const struct cell *cell, void *out)
{
    (void)out;
    return run_issue(run, SQLSTATE_22015, cell,
                     "cannot be an interval of more than one field, only of one");
}

static SQLLEN number_to_interval(const struct run *run, const struct cell *cell, void *out)
{
    SQLINTERVAL kind = kind_of(run);
    struct interval value = {0};
    decimal_uint number, unit = kind == SQL_IS_SECOND ? NANOSECONDS : 1;
    struct decimal d;

    if (!decimal_parse(cell->text, cell->bytes, &d)) {
        return run_issue(run, SQLSTATE_22018, cell, "is not a number");
    }
    if (!decimal_scaled(&d, kind == SQL_IS_SECOND ? 9 : 0, &number, &value.is_cut) ||
        number / unit > UINT32_MAX) {
        return too_large(run, cell);
    }
    value.is_negative = d.is_negative && number;
    value.is_year_month = interval_is_year_month(kind);
    value.total = (uint64_t)(number / unit) * interval_unit(kind);
    value.nanosecond = (uint32_t)(number % unit);
    return put_interval(run, cell, &value, out);
}

SQL2C_KERNEL(sql2c_text_interval, true, text_to_interval)
SQL2C_KERNEL(sql2c_number_interval, true, number_to_interval)
SQL2C_KERNEL(sql2c_number_intervals, true, number_to_intervals)
