/*
 * Exact numbers: see decimal.h.
 */
#include "convert/decimal.h"

#define FARTHEST_EXPONENT 1000000

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(const char *text, const char *end)
{
    const char *at = text;

    while (at < end && is_digit(*at))
        at++;
    return (size_t)(at - text);
}

/* The digits of an exponent, with its sign. NULL when there are none. */
static const char *parse_exponent(const char *at, const char *end, int32_t *exponent)
{
    bool is_negative = at < end && *at == '-';
    int32_t value = 0;

    if (at < end && (*at == '-' || *at == '+')) at++;
    if (at == end || !is_digit(*at)) return NULL;
    for (; at < end && is_digit(*at); at++) {
        if (value < FARTHEST_EXPONENT) value = value * 10 + (*at - '0');
    }
    if (value > FARTHEST_EXPONENT) value = FARTHEST_EXPONENT;
    *exponent = is_negative ? -value : value;
    return at;
}

bool decimal_parse(const char *text, size_t bytes, struct decimal *out)
{
    const char *at = text, *end = text + bytes;

    while (at < end && *at == ' ')
        at++;
    while (end > at && end[-1] == ' ')
        end--;
    out->is_negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) at++;
    out->whole = at;
    out->whole_count = count_digits(at, end);
    at += out->whole_count;
    if (at < end && *at == '.') at++;
    out->fraction = at;
    out->fraction_count = at > out->whole + out->whole_count ? count_digits(at, end) : 0;
    at += out->fraction_count;
    out->exponent = 0;
    if (out->whole_count + out->fraction_count == 0) return false;
    if (at < end && (*at == 'e' || *at == 'E')) at = parse_exponent(at + 1, end, &out->exponent);
    return at == end;
}

static unsigned digit_at(const struct decimal *d, size_t index)
{
    char c = index < d->whole_count ? d->whole[index] : d->fraction[index - d->whole_count];

    return (unsigned)(c - '0');
}

bool decimal_scaled(const struct decimal *d, int32_t scale, decimal_uint *out, bool *is_cut)
{
    const decimal_uint most = ~(decimal_uint)0;
    size_t count = d->whole_count + d->fraction_count, i = 0;
    int64_t wanted = (int64_t)d->whole_count + d->exponent + scale;
    decimal_uint value = 0;

    for (; (int64_t)i < wanted && (i < count || value); i++) {
        unsigned digit = i < count ? digit_at(d, i) : 0;

        if (value > (most - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *is_cut = false;
    while (i < count && !*is_cut)
        *is_cut = digit_at(d, i++) != 0;
    *out = value;
    return true;
}
