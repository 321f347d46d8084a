/*
 * Binary floating point from text, correctly rounded, whatever the locale.
 *
 * Three ways, each for what the one before cannot decide: a mantissa and a power of ten that are
 * both exact (Clinger, "How to read floating point numbers accurately", 1990); a product with a
 * 128-bit power of five (Lemire, "Number parsing at a gigabyte per second", 2021, after Eisel);
 * the C library under the locale "C". Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_DOUBLE_H
#define ATHENA_CONVERT_DOUBLE_H

#include <stddef.h>

enum double_outcome {
    DOUBLE_OK,
    DOUBLE_BAD,  /* no number */
    DOUBLE_RANGE /* beyond what the type holds; too small a number is 0 and not a failure */
};

/* What decimal_parse() takes, and NaN, Infinity, +Infinity, -Infinity, with blanks around. */
enum double_outcome double_parse(const char *text, size_t bytes, double *out);

/* The nearest float, not the float nearest to the nearest double. */
enum double_outcome double_parse_float(const char *text, size_t bytes, float *out);

#endif
