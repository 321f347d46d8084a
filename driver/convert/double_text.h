/*
 * Binary floating point as text that reads back as the same number, with few digits.
 *
 * "-1.5E100", "0.1", "100", "NaN", "Infinity": what Trino's DOUBLE '...' reads, whatever the locale. Plain
 * functions, any thread.
 */
#ifndef ATHENA_CONVERT_DOUBLE_TEXT_H
#define ATHENA_CONVERT_DOUBLE_TEXT_H

#include <stddef.h>

enum { DOUBLE_TEXT_BYTES = 40 };

/* Writes the text and a NUL and returns the length. */
size_t double_text(double value, char out[DOUBLE_TEXT_BYTES]);
size_t double_text_float(float value, char out[DOUBLE_TEXT_BYTES]);

#endif
