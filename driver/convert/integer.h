/*
 * Integers from text, eight digits at a time.
 *
 * The eight are summed pairwise inside one 64-bit word: digits to pairs, pairs to fours, fours to
 * eight, with a multiplication each. Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_INTEGER_H
#define ATHENA_CONVERT_INTEGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { INTEGER_STEP = 8, INTEGER_MOST_DIGITS = 19 };

/* Eight bytes as they would be on a little-endian machine: the first in the lowest bits. */
static inline uint64_t integer_load8(const char *text)
{
    uint64_t bytes;

    memcpy(&bytes, text, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    bytes = __builtin_bswap64(bytes);
#endif
    return bytes;
}

/* Each byte is '0' ... '9': 0x30 ... 0x39, and adding 6 leaves the high half alone. */
static inline bool integer_are_8_digits(uint64_t bytes)
{
    return ((bytes & UINT64_C(0xF0F0F0F0F0F0F0F0)) |
            (((bytes + UINT64_C(0x0606060606060606)) & UINT64_C(0xF0F0F0F0F0F0F0F0)) >> 4)) ==
           UINT64_C(0x3333333333333333);
}

static inline uint32_t integer_of_8_digits(uint64_t bytes)
{
    bytes -= UINT64_C(0x3030303030303030);
    bytes = bytes * 10 + (bytes >> 8);
    return (uint32_t)((((bytes & UINT64_C(0x000000FF000000FF)) * UINT64_C(0x000F424000000064)) +
                       (((bytes >> 16) & UINT64_C(0x000000FF000000FF)) *
                        UINT64_C(0x0000271000000001))) >>
                      32);
}

/* -?[0-9]{1,19} that fits. False for any other text, good or bad. */
static inline bool integer_parse(const char *text, size_t bytes, int64_t *out)
{
    bool is_negative = bytes > 0 && *text == '-';
    uint64_t value = 0;

    text += is_negative;
    bytes -= is_negative;
    if (bytes == 0 || bytes > INTEGER_MOST_DIGITS) return false;
    for (; bytes >= INTEGER_STEP; bytes -= INTEGER_STEP, text += INTEGER_STEP) {
        uint64_t eight = integer_load8(text);

        if (!integer_are_8_digits(eight)) return false;
        value = value * 100000000 + integer_of_8_digits(eight);
    }
    for (; bytes; bytes--, text++) {
        unsigned digit = (unsigned char)*text - (unsigned)'0';

        if (digit > 9) return false;
        value = value * 10 + digit;
    }
    /* 19 digits are less than 2^64 */
    if (value > (uint64_t)INT64_MAX + is_negative) return false;
    *out = is_negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

#endif
