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
