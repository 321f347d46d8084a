/*
 * UTF-8 and UTF-16: see utf16.h. Well-formed sequences are those of the Unicode Standard, table 3-7.
 */
#include "convert/utf16.h"

#include <stdbool.h>
#include <string.h>

#define REPLACEMENT    0xFFFDu
#define NON_ASCII_BITS UINT64_C(0x8080808080808080)

enum { ASCII_STEP = 8 };

struct lead {
    unsigned char trail_count, low, high; /* bounds of the first trail byte; later ones 80 ... BF */
};

static struct lead lead_of(unsigned char c)
{
    if (c >= 0xC2 && c <= 0xDF) return (struct lead){1, 0x80, 0xBF};
    if (c == 0xE0) return (struct lead){2, 0xA0, 0xBF}; /* no longer form than needed */
    if (c == 0xED) return (struct lead){2, 0x80, 0x9F}; /* no surrogates */
    if (c >= 0xE1 && c <= 0xEF) return (struct lead){2, 0x80, 0xBF};
    if (c == 0xF0) return (struct lead){3, 0x90, 0xBF};
    if (c >= 0xF1 && c <= 0xF3) return (struct lead){3, 0x80, 0xBF};
    if (c == 0xF4) return (struct lead){3, 0x80, 0x8F}; /* nothing above U+10FFFF */
    return (struct lead){0, 1, 0};
}

/* Reads the character at *at, or the beginning of one that does not go on, and moves *at behind. */
static uint32_t decode(const char **at, const char *end)
{
    unsigned char first = (unsigned char)*(*at)++;
    struct lead lead;
    uint32_t c;

    if (first < 0x80) return first;
    lead = lead_of(first);
    if (lead.trail_count == 0) return REPLACEMENT;
    c = first & (0x3Fu >> lead.trail_count);
    for (unsigned i = 0; i < lead.trail_count; i++) {
        unsigned char trail = *at < end ? (unsigned char)**at : 0;

        if (trail < (i ? 0x80 : lead.low) || trail > (i ? 0xBF : lead.high)) return REPLACEMENT;
        c = c << 6 | (trail & 0x3Fu);
        (*at)++;
    }
    return c;
}

static bool is_ascii_step(const char *text)
{
    uint64_t bytes;

    memcpy(&bytes, text, sizeof bytes);
    return (bytes & NON_ASCII_BITS) == 0;
}

/* Eight bytes become eight units: each half of the word is spread by shifts and masks. */
static void widen_ascii_step(const char *text, utf16_loose *out)
{
    for (unsigned half = 0; half < 2; half++) {
        uint32_t bytes;
        uint64_t units;

        memcpy(&bytes, text + 4 * half, sizeof bytes);
        units = bytes;
        units = (units | units << 16) & UINT64_C(0x0000FFFF0000FFFF);
        units = (units | units << 8) & UINT64_C(0x00FF00FF00FF00FF);
        memcpy(out + 4 * half, &units, sizeof units);
    }
}

size_t utf16_from_utf8_chars(const char *text, size_t bytes)
{
    const char *end = text + bytes;
    size_t chars = 0;

    while (text < end) {
        if (end - text >= ASCII_STEP && is_ascii_step(text)) {
            text += ASCII_STEP;
            chars += ASCII_STEP;
        } else {
            chars += decode(&text, end) > 0xFFFF ? 2 : 1;
        }
    }
    return chars;
}

size_t utf16_from_utf8(const char *text, size_t bytes, utf16_loose *out, size_t room_chars,
                       size_t *taken_bytes)
{
    const char *at = text, *end = text + bytes;
    size_t chars = 0;

    while (at < end) {
        const char *next = at;
        uint32_t c;

        if (end - at >= ASCII_STEP && room_chars - chars >= ASCII_STEP && is_ascii_step(at)) {
            widen_ascii_step(at, out + chars);
            at += ASCII_STEP;
            chars += ASCII_STEP;
            continue;
        }
        c = (unsigned char)*at < 0x80 ? (unsigned char)*next++ : decode(&next, end);
        if (room_chars - chars < (c > 0xFFFF ? 2u : 1u)) break;
        if (c > 0xFFFF) {
            out[chars++] = (uint16_t)(0xD7C0 + (c >> 10));
            c = 0xDC00 | (c & 0x3FF);
        }
        out[chars++] = (uint16_t)c;
        at = next;
    }
    if (taken_bytes) *taken_bytes = (size_t)(at - text);
    return chars;
}

/* Reads the character at *at, U+FFFD for half a surrogate pair, and moves *at behind. */
static uint32_t decode_utf16(const uint16_t **at, const uint16_t *end)
{
    uint32_t c = *(*at)++;

    if (c < 0xD800 || c > 0xDFFF) return c;
    if (c > 0xDBFF || *at == end || **at < 0xDC00 || **at > 0xDFFF) return REPLACEMENT;
    return 0x10000 + ((c & 0x3FF) << 10) + (*(*at)++ & 0x3FFu);
}

static unsigned utf8_size(uint32_t c)
{
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
}

static void encode(uint32_t c, unsigned size, char *out)
{
    static const unsigned char lead_bits[] = {0, 0, 0xC0, 0xE0, 0xF0};

    for (unsigned i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (char)(lead_bits[size] | c);
}

size_t utf16_to_utf8_bytes(const uint16_t *text, size_t chars)
{
    const uint16_t *end = text + chars;
    size_t bytes = 0;

    while (text < end)
        bytes += utf8_size(decode_utf16(&text, end));
    return bytes;
}

size_t utf16_to_utf8(const uint16_t *text, size_t chars, char *out, size_t room_bytes,
                     size_t *taken_chars)
{
    const uint16_t *at = text, *end = text + chars;
    size_t bytes = 0;

    while (at < end) {
        const uint16_t *next = at;
        uint32_t c = decode_utf16(&next, end);
        unsigned size = utf8_size(c);

        if (room_bytes - bytes < size) break;
        encode(c, size, out + bytes);
        bytes += size;
        at = next;
    }
    if (taken_chars) *taken_chars = (size_t)(at - text);
    return bytes;
}

size_t utf16_length(const uint16_t *text)
{
    size_t chars = 0;

    while (text[chars])
        chars++;
    return chars;
}
