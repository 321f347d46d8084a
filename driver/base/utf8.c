/*
 * The last character of a cut text is complete when its lead byte promises no more bytes than are
 * there. So look back for the lead byte, at most three bytes, as UTF-8 (RFC 3629) has no longer
 * characters.
 */
#include "base/utf8.h"

#include <stdbool.h>

static size_t promised_bytes(unsigned char lead)
{
    if (lead >= 0xf0) return 4;
    if (lead >= 0xe0) return 3;
    if (lead >= 0xc0) return 2;
    return 1;
}

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

size_t utf8_whole(const char *bytes, size_t count)
{
    for (size_t back = 1; back <= 4 && back <= count; back++) {
        unsigned char byte = (unsigned char)bytes[count - back];

        if (is_continuation(byte)) continue;
        return promised_bytes(byte) > back ? count - back : count;
    }
    return count;
}

size_t utf8_put(char *out, uint32_t c)
{
    if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) c = 0xfffd;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 63));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 63));
        out[2] = (char)(0x80 | (c & 63));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 63));
    out[2] = (char)(0x80 | (c >> 6 & 63));
    out[3] = (char)(0x80 | (c & 63));
    return 4;
}
