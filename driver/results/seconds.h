/*
 * How many digits of a second the values of a column have.
 *
 * Athena says Precision 3 of every time and timestamp, and prints as many digits as the type has:
 * timestamp(6) of an Iceberg table comes as 2023-04-11 20:58:43.130000. An application that makes
 * room for 23 characters would lose half of them. All values of a column have the same number of
 * digits, so the first that is not NULL tells.
 *
 * Plain function; the rows' reader calls it.
 */
#ifndef ATHENA_RESULTS_SECONDS_H
#define ATHENA_RESULTS_SECONDS_H

#include "results/rows.h"

/*
 * Sets precision (and is_precision_seen) of the columns that hold times, by the rows in
 * hand; a column without a value among them keeps what Athena said.
 */
void seconds_see(const struct rows *rows, struct column *columns, unsigned count);

#endif
