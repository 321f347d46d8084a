#include "base/printable.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ELLIPSIS_BYTES = 3, LONGEST_BYTES = 8 /* "\u2028" and its NUL */ };

/*
 * The bytes of the character at text, at most count (RFC 3629): 0 for what is none. Overlong forms
 * and surrogates are none: a viewer could take them for what they are not.
 */
static size_t character_bytes(const unsigned char *text, size_t count, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t bytes = *text < 0x80 ? 1 : *text < 0xc2 ? 0 : *text < 0xe0 ? 2 : *text < 0xf0 ? 3 : 4;

    if (!bytes || bytes > count || *text > 0xf4) return 0;
    *point = bytes == 1 ? *text : *text & (0x7fU >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        *point = *point << 6 | (text[i] & 0x3fU);
    }
    if (*point < least[bytes] || *point > 0x10ffff) return 0;
    return *point >= 0xd800 && *point < 0xe000 ? 0 : bytes;
}

/* What stands for a character that must not stand there by itself; 0: it may. */
static size_t escape(char *out, uint32_t point)
{
    static const char letters[] = "abtnvfr"; /* from 7 on */

    if (point == '\n' || point == '\r' || point == '\t') {
        return (size_t)snprintf(out, LONGEST_BYTES, "\\%c", letters[point - 7]);
    }
    if (point < ' ' || point == 0x7f) return (size_t)snprintf(out, LONGEST_BYTES, "\\x%02x", point);
    if ((point >= 0x80 && point < 0xa0) || point == 0x2028 || point == 0x2029) {
        return (size_t)snprintf(out, LONGEST_BYTES, "\\u%04x", point);
    }
    return 0;
}

/* One character, or byte that is none, into out; how many bytes of text that was in *taken. */
static size_t print_one(char *out, const char *text, size_t count, size_t *taken)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t point = 0;
    size_t written;

    *taken = character_bytes(bytes, count, &point);
    if (!*taken) {
        *taken = 1;
        return (size_t)snprintf(out, LONGEST_BYTES, "\\x%02x", bytes[0]);
    }
    written = escape(out, point);
    if (written) return written;
    memcpy(out, text, *taken);
    return *taken;
}

size_t printable_copy(char *out, size_t room, const char *text, size_t count)
{
    size_t used = 0, cut_at = 0, taken; /* cut_at: up to where the ellipsis fits behind */

    for (size_t i = 0; i < count; i += taken) {
        char one[LONGEST_BYTES];
        size_t bytes = print_one(one, text + i, count - i, &taken);

        if (used + bytes > room) {
            if (room < ELLIPSIS_BYTES) return used;
            memcpy(out + cut_at, "...", ELLIPSIS_BYTES);
            return cut_at + ELLIPSIS_BYTES;
        }
        memcpy(out + used, one, bytes);
        used += bytes;
        if (used + ELLIPSIS_BYTES <= room) cut_at = used;
    }
    return used;
}
