/*
 * Floating point as text: see double_text.h.
 *
 * The C library prints more and more digits until double_parse() reads the same number: 15 to 17
 * are needed for a double, 6 to 9 for a float. What the locale uses as a point is left out.
 */
#include "convert/double_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "convert/double.h"

enum { DOUBLE_LEAST = 15, DOUBLE_MOST = 17, FLOAT_LEAST = 6, FLOAT_MOST = 9 };
enum { PLAIN_LEAST_EXPONENT = -5, PLAIN_MOST_EXPONENT = 15 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t special(double value, char *out)
{
    const char *name = isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
    size_t bytes = strlen(name);

    memcpy(out, name, bytes + 1);
    return bytes;
}

/* 0.00123, 12300, 123.45: as people write numbers that are neither very large nor very small. */
static size_t write_plain(const char *digits, int count, int exponent, char *out)
{
    int whole = exponent + 1, at = 0;

    if (whole <= 0) {
        return (size_t)snprintf(out, DOUBLE_TEXT_BYTES, "0.%.*s%.*s", -whole, "00000", count,
                                digits);
    }
    for (; at < whole; at++)
        *out++ = at < count ? digits[at] : '0';
    *out = '\0';
    if (count <= whole) return (size_t)at;
    return (size_t)at + (size_t)snprintf(out, DOUBLE_TEXT_BYTES - (size_t)at, ".%.*s",
                                         count - whole, digits + whole);
}

static size_t write_scientific(const char *digits, int count, int exponent, char *out)
{
    if (count == 1) return (size_t)snprintf(out, DOUBLE_TEXT_BYTES, "%cE%d", *digits, exponent);
    return (size_t)snprintf(out, DOUBLE_TEXT_BYTES, "%c.%.*sE%d", *digits, count - 1, digits + 1,
                            exponent);
}

/* d.ddde+xx of the C library, without zeros that say nothing. room: DOUBLE_TEXT_BYTES. */
static size_t respell(const char *printed, char *out)
{
    char digits[DOUBLE_MOST + 1] = {'0'}, text[DOUBLE_TEXT_BYTES];
    int count = 0, exponent = 0;
    const char *at = printed;
    bool has_small_exponent;

    for (; *at && *at != 'e'; at++) {
        if (is_digit(*at) && count < (int)sizeof digits) digits[count++] = *at;
    }
    has_small_exponent = at[0] == 'e' && at[1] == '-';
    for (; *at; at++) {
        if (is_digit(*at)) exponent = exponent * 10 + (*at - '0');
    }
    if (has_small_exponent) exponent = -exponent;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    if (exponent >= PLAIN_LEAST_EXPONENT && exponent <= PLAIN_MOST_EXPONENT) {
        write_plain(digits, count, exponent, text);
    } else {
        write_scientific(digits, count, exponent, text);
    }
    return (size_t)snprintf(out, DOUBLE_TEXT_BYTES, "%s%.*s", *printed == '-' ? "-" : "",
                            DOUBLE_TEXT_BYTES - 2, text);
}

static size_t print(double value, int digits, char *out)
{
    char printed[64];

    snprintf(printed, sizeof printed, "%.*e", digits - 1, value);
    return respell(printed, out);
}

size_t double_text(double value, char out[DOUBLE_TEXT_BYTES])
{
    size_t bytes = 0;

    if (!isfinite(value)) return special(value, out);
    for (int digits = DOUBLE_LEAST; digits <= DOUBLE_MOST; digits++) {
        double back;

        bytes = print(value, digits, out);
        if (double_parse(out, bytes, &back) == DOUBLE_OK && back == value) break;
    }
    return bytes;
}

size_t double_text_float(float value, char out[DOUBLE_TEXT_BYTES])
{
    size_t bytes = 0;

    if (!isfinite(value)) return special((double)value, out);
    for (int digits = FLOAT_LEAST; digits <= FLOAT_MOST; digits++) {
        float back;

        bytes = print((double)value, digits, out);
        if (double_parse_float(out, bytes, &back) == DOUBLE_OK && back == value) break;
    }
    return bytes;
}
