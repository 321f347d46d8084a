/* Columns as Athena reports them, for tests that need some. */
#ifndef ATHENA_TESTS_UNIT_SAMPLE_COLUMNS_H
#define ATHENA_TESTS_UNIT_SAMPLE_COLUMNS_H

#include "base/value.h"

enum sample_column {
    SAMPLE_ID,   /* integer; nobody knows whether it is nullable */
    SAMPLE_FARE, /* decimal(12,2) of the table c.s.t, with a label */
    SAMPLE_AT,   /* timestamp(3) */
    SAMPLE_CAFE, /* varchar without a length; its name is not ASCII */
    SAMPLE_N,    /* bigint */
    SAMPLE_TEXT, /* varchar without a length */
    SAMPLE_COLUMNS
};

extern const struct column sample_columns[SAMPLE_COLUMNS];

#endif
