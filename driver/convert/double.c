/*
 * Floating point from text: see double.h.
 *
 *     text   -12.3450E-3
 *     read   mantissa 123450, exponent -7, negative     at most 19 digits, more are "cut"
 *
 * A cut mantissa lies between m and m + 1 (times a power of ten): when both round to the same
 * number, that is the number.
 */
#include "convert/double.h"

#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/decimal.h"
#include "convert/double_powers.h"
#include "convert/integer.h"

struct number {
    uint64_t mantissa;
    int32_t exponent;
    bool is_cut; /* digits that are not zero follow the mantissa */
};

/* An IEEE 754 binary format; named after the fields of double: 52, -1023, 2047. */
struct format {
    int mantissa_bits, lowest_exponent, infinite_exponent;
    int exact_first, exact_last; /* powers of ten for which a product may lie half way */
    int power_first, power_last; /* outside, every 64-bit mantissa gives zero or infinity */
};

static const struct format double_format = {52, -1023, 0x7FF, -4, 23, -342, 308};
static const struct format float_format = {23, -127, 0xFF, -17, 10, -64, 38};

enum product { PRODUCT_SURE, PRODUCT_UNSURE };

static bool are_8_digits_ahead(const char *at, const char *end, uint64_t *eight)
{
    if (end - at < INTEGER_STEP) return false;
    *eight = integer_load8(at);
    return integer_are_8_digits(*eight);
}

/* The digits that come next, added to *value; how many there are may exceed what it can hold. */
static inline const char *take_digits(const char *at, const char *end, uint64_t *value)
{
    uint64_t eight;

    while (are_8_digits_ahead(at, end, &eight)) {
        *value = *value * 100000000 + integer_of_8_digits(eight);
        at += INTEGER_STEP;
    }
    for (; at < end; at++) {
        unsigned digit = (unsigned char)*at - (unsigned)'0';

        if (digit > 9) break;
        *value = *value * 10 + digit;
    }
    return at;
}

/*
 * -?[0-9]+(\.[0-9]*)? of at most 19 digits, in one pass: nearly all numbers that Athena prints.
 * False for any other text, good or bad.
 */
static inline bool plain_number(const char *text, size_t bytes, struct number *n, bool *is_negative)
{
    const char *end = text + bytes, *whole_end, *at;

    *is_negative = bytes > 0 && *text == '-';
    text += *is_negative;
    *n = (struct number){0, 0, false};
    whole_end = at = take_digits(text, end, &n->mantissa);
    if (at == text) return false;
    if (at < end && *at == '.') {
        at = take_digits(at + 1, end, &n->mantissa);
        n->exponent = -(int32_t)(at - whole_end - 1);
    }
    return at == end && at - text <= INTEGER_MOST_DIGITS; /* the point may count as a digit */
}

static struct number number_of(const struct decimal *d)
{
    size_t count = d->whole_count + d->fraction_count, digits = 0, i = 0;
    struct number n = {0, d->exponent - (int32_t)d->fraction_count, false};

    for (; i < count; i++) {
        char c = i < d->whole_count ? d->whole[i] : d->fraction[i - d->whole_count];

        if (digits == INTEGER_MOST_DIGITS) break;
        n.mantissa = n.mantissa * 10 + (unsigned)(c - '0');
        digits += n.mantissa != 0;
    }
    n.exponent += (int32_t)(count - i);
    for (; i < count && !n.is_cut; i++) {
        n.is_cut = (i < d->whole_count ? d->whole[i] : d->fraction[i - d->whole_count]) != '0';
    }
    return n;
}

/* floor(log2(10^q)) */
static int log2_of_power(int q)
{
    return (217706 * q) >> 16;
}

struct wide {
    uint64_t high, low;
};

static struct wide multiply(uint64_t a, uint64_t b)
{
    decimal_uint product = (decimal_uint)a * b;

    return (struct wide){(uint64_t)(product >> 64), (uint64_t)product};
}

/* The leading bits of w * 5^q; the second half of the power is only needed when they are all ones. */
static struct wide leading_bits(const struct format *f, uint64_t w, int q)
{
    const uint64_t *power = double_powers[q - DOUBLE_POWERS_FIRST];
    uint64_t ones = UINT64_MAX >> (f->mantissa_bits + 3);
    struct wide p = multiply(w, power[0]);

    if ((p.high & ones) == ones) {
        uint64_t carry = multiply(w, power[1]).high;

        p.low += carry;
        p.high += p.low < carry;
    }
    return p;
}

/* Rounds a mantissa with one bit too many, to even at one half. */
static uint64_t round_half(uint64_t mantissa)
{
    return (mantissa + (mantissa & 1)) >> 1;
}

/* The bits of mantissa * 10^q, without sign. */
static enum product product_bits(const struct format *f, uint64_t mantissa, int q, uint64_t *bits)
{
    uint64_t hidden = UINT64_C(1) << f->mantissa_bits, m;
    int zeros, shift, exponent;
    struct wide p;

    *bits = 0;
    if (mantissa == 0 || q < f->power_first) return PRODUCT_SURE;
    *bits = (uint64_t)f->infinite_exponent << f->mantissa_bits;
    if (q > f->power_last) return PRODUCT_SURE;

    zeros = __builtin_clzll(mantissa);
    p = leading_bits(f, mantissa << zeros, q);
    if (p.low == UINT64_MAX && (q < -27 || q > 55)) return PRODUCT_UNSURE;
    shift = (int)(p.high >> 63) + 64 - f->mantissa_bits - 3;
    m = p.high >> shift;
    exponent = log2_of_power(q) + 63 + (int)(p.high >> 63) - zeros - f->lowest_exponent;

    if (exponent <= 0) { /* no hidden bit: fewer bits the smaller it is */
        m = exponent > -63 ? round_half(m >> (1 - exponent)) : 0;
        *bits = m; /* a carry into the hidden bit makes exponent 1, as it should */
        return PRODUCT_SURE;
    }
    if (p.low <= 1 && q >= f->exact_first && q <= f->exact_last && (m & 3) == 1 &&
        m << shift == p.high) {
        m &= ~UINT64_C(1); /* exactly one half above an even mantissa */
    }
    m = round_half(m);
    if (m >= hidden << 1) {
        m = hidden;
        exponent++;
    }
    if (exponent < f->infinite_exponent) {
        *bits = (uint64_t)exponent << f->mantissa_bits | (m & (hidden - 1));
    }
    return PRODUCT_SURE;
}

static enum product nearest_bits(const struct format *f, const struct number *n, uint64_t *bits)
{
    uint64_t above;

    if (product_bits(f, n->mantissa, n->exponent, bits) == PRODUCT_UNSURE) return PRODUCT_UNSURE;
    if (!n->is_cut) return PRODUCT_SURE;
    if (product_bits(f, n->mantissa + 1, n->exponent, &above) == PRODUCT_UNSURE || above != *bits) {
        return PRODUCT_UNSURE;
    }
    return PRODUCT_SURE;
}

/*
 * The digits as an integer with exponent, which is a form that the C library reads. No more than
 * 767 digits can matter to a double; whatever follows them is told by a last 1.
 */
static void print_plain(const struct decimal *d, char *out, size_t room)
{
    enum { MOST_DIGITS = 800 };
    size_t count = d->whole_count + d->fraction_count, kept = 0;
    int64_t exponent = (int64_t)d->exponent - (int64_t)d->fraction_count;
    bool is_more = false;

    for (size_t i = 0; i < count; i++) {
        char c = i < d->whole_count ? d->whole[i] : d->fraction[i - d->whole_count];

        if (kept == 0 && c == '0') continue;
        if (kept < MOST_DIGITS) {
            out[kept++] = c;
        } else {
            is_more |= c != '0';
            exponent++;
        }
    }
    if (is_more) {
        out[kept++] = '1';
        exponent--;
    }
    snprintf(out + kept, room - kept, "e%lld", (long long)exponent);
}

static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0); /* a constant of the library: no allocation */
}

static double slow_double(const struct decimal *d)
{
    char text[900];

    print_plain(d, text, sizeof text);
    return strtod_l(text, NULL, c_locale());
}

static float slow_float(const struct decimal *d)
{
    char text[900];

    print_plain(d, text, sizeof text);
    return strtof_l(text, NULL, c_locale());
}

/* Mantissa and power of ten without error, so that the one operation rounds once. */
static bool exact_double(const struct number *n, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

    if (n->is_cut || n->mantissa > UINT64_C(1) << 53) return false;
    if (n->exponent < -22 || n->exponent > 22) return false;
    *out = n->exponent < 0 ? (double)n->mantissa / powers[-n->exponent]
                           : (double)n->mantissa * powers[n->exponent];
    return true;
}

/* NaN and the infinities as Athena (and Java) writes them. */
static enum double_outcome parse_word(const char *text, size_t bytes, double *out)
{
    bool is_negative;

    while (bytes && *text == ' ') {
        text++;
        bytes--;
    }
    while (bytes && text[bytes - 1] == ' ')
        bytes--;
    if (bytes == 3 && memcmp(text, "NaN", 3) == 0) {
        *out = (double)NAN;
        return DOUBLE_OK;
    }
    is_negative = bytes > 0 && *text == '-';
    if (bytes && (*text == '-' || *text == '+')) {
        text++;
        bytes--;
    }
    if (bytes != 8 || memcmp(text, "Infinity", 8) != 0) return DOUBLE_BAD;
    *out = is_negative ? -(double)INFINITY : (double)INFINITY;
    return DOUBLE_OK;
}

static enum double_outcome parse_any(const char *text, size_t bytes, double *out)
{
    struct decimal d;
    struct number n;
    uint64_t bits;

    if (!decimal_parse(text, bytes, &d)) return parse_word(text, bytes, out);
    n = number_of(&d);
    if (!exact_double(&n, out)) {
        if (nearest_bits(&double_format, &n, &bits) == PRODUCT_SURE) {
            memcpy(out, &bits, sizeof bits);
        } else {
            *out = slow_double(&d);
        }
    }
    if (d.is_negative) *out = -*out;
    return isinf(*out) ? DOUBLE_RANGE : DOUBLE_OK;
}

enum double_outcome double_parse(const char *text, size_t bytes, double *out)
{
    struct number n;
    bool is_negative;
    uint64_t bits;

    if (!plain_number(text, bytes, &n, &is_negative)) return parse_any(text, bytes, out);
    if (!exact_double(&n, out)) {
        if (nearest_bits(&double_format, &n, &bits) != PRODUCT_SURE) {
            return parse_any(text, bytes, out);
        }
        memcpy(out, &bits, sizeof bits);
    }
    if (is_negative) *out = -*out;
    return DOUBLE_OK; /* 19 digits are finite */
}

static enum double_outcome parse_any_float(const char *text, size_t bytes, float *out)
{
    struct decimal d;
    struct number n;
    uint64_t bits;
    double word;

    if (!decimal_parse(text, bytes, &d)) {
        if (parse_word(text, bytes, &word) == DOUBLE_BAD) return DOUBLE_BAD;
        *out = (float)word;
        return DOUBLE_OK;
    }
    n = number_of(&d);
    if (nearest_bits(&float_format, &n, &bits) == PRODUCT_SURE) {
        uint32_t low_bits = (uint32_t)bits;

        memcpy(out, &low_bits, sizeof low_bits);
    } else {
        *out = slow_float(&d);
    }
    if (d.is_negative) *out = -*out;
    return isinf(*out) ? DOUBLE_RANGE : DOUBLE_OK;
}

enum double_outcome double_parse_float(const char *text, size_t bytes, float *out)
{
    struct number n;
    bool is_negative;
    uint64_t bits;
    uint32_t low_bits;

    if (!plain_number(text, bytes, &n, &is_negative) ||
        nearest_bits(&float_format, &n, &bits) != PRODUCT_SURE) {
        return parse_any_float(text, bytes, out);
    }
    low_bits = (uint32_t)bits | (uint32_t)is_negative << 31;
    memcpy(out, &low_bits, sizeof low_bits);
    return DOUBLE_OK;
}
