/*
 * The file `.csv.metadata` that stands beside a result: its columns, without GetQueryResults.
 *
 * The file is a protobuf message (protobuf.dev/programming-guides/encoding) whose meaning is not
 * documented by AWS, so what is read here is checked, and a caller must be ready to ask
 * GetQueryResults after all:
 *
 *     field of the message   4  a column, repeated; all others are stepped over
 *     field of a column      1 catalog  2 schema  3 table  4 name  5 label  6 type   text
 *                            7 precision  8 scale                                    number
 *                            9 nullable: 1 NOT_NULL, 2 NULLABLE, 3 UNKNOWN
 *                           10 case-sensitive
 *
 * Pure. Any thread.
 */
#ifndef ATHENA_AWS_RESULT_COLUMNS_H
#define ATHENA_AWS_RESULT_COLUMNS_H

#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/value.h"

/*
 * At least one column, each with a name and a type that we know; strings are copied into a.
 * Faults: 08S01 not such a file, HY001.
 */
enum status result_columns_parse(struct column **columns, unsigned *count, struct arena *a,
                                 const void *bytes, size_t size, struct fault *f);

#endif
