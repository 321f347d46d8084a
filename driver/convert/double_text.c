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

/* d.ddde+xx of the C library as [-]d.dddE[-]xx, without zeros that say nothing. */
static size_t respell(const char *printed, char *out)
{
    char digits[DOUBLE_MOST + 1] = "0";
    size_t count = 0;
    const char *at = printed;
    int exponent = 0;
    bool is_negative;

    for (; *at && *at != 'e'; at++) {
        if (is_digit(*at) && count < sizeof digits) digits[count++] = *at;
    }
    is_negative = at[0] == 'e' && at[1] == '-';
    for (; *at; at++) {
        if (is_digit(*at)) exponent = exponent * 10 + (*at - '0');
    }
    while (count > 1 && digits[count - 1] == '0')
        count--;
    return (size_t)snprintf(out, DOUBLE_TEXT_BYTES, "%s%c.%.*sE%s%d", *printed == '-' ? "-" : "",
                            digits[0], count > 1 ? (int)count - 1 : 1, count > 1 ? digits + 1 : "0",
                            is_negative ? "-" : "", exponent);
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
        if (double_parse(out, bytes, &back) == DOUBLE_OK && memcmp(&back, &value, sizeof back) == 0)
            break;
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
        if (double_parse_float(out, bytes, &back) == DOUBLE_OK &&
            memcmp(&back, &value, sizeof back) == 0)
            break;
    }
    return bytes;
}
