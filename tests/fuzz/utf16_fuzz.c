/*
 * UTF-8 to UTF-16 and back: well-formed text is that of iconv(), any text comes in as many units as
 * were announced, whole characters at a time, and what is once well formed stays as it is.
 *
 *     byte 0   room, in units or bytes        rest   the text
 */
#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/utf16.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { HEADER_BYTES = 1, MOST_BYTES = 1000 };

static void expect(bool holds, const char *what)
{
    if (holds) return;
    fprintf(stderr, "%s\n", what);
    abort();
}

/* The units that iconv() makes; -1 for what is not well formed. */
static long twin(const char *text, size_t bytes, uint16_t *out, size_t room_chars)
{
    static iconv_t converter = (iconv_t)-1;
    char *in = (char *)(uintptr_t)text, *at = (char *)out;
    size_t left = room_chars * sizeof *out;

    if (converter == (iconv_t)-1) converter = iconv_open("UTF-16LE", "UTF-8");
    if (converter == (iconv_t)-1) abort();
    iconv(converter, NULL, NULL, NULL, NULL);
    if (iconv(converter, &in, &bytes, &at, &left) == (size_t)-1) return -1;
    return (long)(room_chars - left / sizeof *out);
}

/* In pieces with little room: they are the whole, and none ends inside a character. */
static void check_pieces(const char *text, size_t bytes, size_t room, const uint16_t *whole,
                         size_t chars)
{
    uint16_t piece[256];
    size_t given = 0, taken;

    while (bytes) {
        size_t count = utf16_from_utf8(text, bytes, piece, room, &taken);

        expect(count > 0 && count <= room && taken <= bytes, "a piece that leads nowhere");
        expect(given + count <= chars && memcmp(piece, whole + given, count * sizeof *piece) == 0,
               "a piece is another one");
        expect((piece[count - 1] & 0xFC00) != 0xD800, "half a pair at the end");
        given += count;
        text += taken;
        bytes -= taken;
    }
    expect(given == chars, "pieces of another length");
}

static void check_back(const uint16_t *units, size_t chars)
{
    char text[3 * MOST_BYTES];
    uint16_t again[MOST_BYTES];
    size_t taken, bytes = utf16_to_utf8(units, chars, text, sizeof text, &taken);

    expect(taken == chars && bytes == utf16_to_utf8_bytes(units, chars), "not all, or not so long");
    expect(utf16_from_utf8(text, bytes, again, MOST_BYTES, NULL) == chars &&
               memcmp(again, units, chars * sizeof *units) == 0,
           "another text after there and back");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    uint16_t units[MOST_BYTES], expected[MOST_BYTES];
    const char *text = (const char *)bytes + HEADER_BYTES;
    size_t chars, taken;
    long wanted;

    if (count <= HEADER_BYTES || count > MOST_BYTES) return 0;
    count -= HEADER_BYTES;
    chars = utf16_from_utf8(text, count, units, MOST_BYTES, &taken);
    expect(taken == count && chars == utf16_from_utf8_chars(text, count), "not so many units");
    wanted = twin(text, count, expected, MOST_BYTES);
    if (wanted >= 0) {
        expect(chars == (size_t)wanted && memcmp(units, expected, chars * sizeof *units) == 0,
               "not what iconv() makes of it");
    } else {
        expect(memchr(units, 0xFD, chars * sizeof *units) != NULL, "nothing was replaced");
    }
    check_pieces(text, count, 2 + bytes[0] % 100, units, chars);
    check_back(units, chars);
    return 0;
}
