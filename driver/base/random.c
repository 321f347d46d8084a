/* getrandom(2), with the clock as a last resort on a kernel without it where no secret hangs on it. */
#include "base/random.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/types.h>

#include "base/clock.h"

/* Fills bytes. */
static void fill(void *bytes, size_t count)
{
    unsigned char *out = bytes;

    while (count) {
        ssize_t got = getrandom(out, count, 0);

        if (got <= 0) {
            *out = (unsigned char)(clock_now_ms() * 2654435761U >> 7);
            got = 1;
        }
        out += got;
        count -= (size_t)got;
    }
}

uint32_t random_u32(void)
{
    uint32_t value;

    fill(&value, sizeof value);
    return value;
}

void random_uuid(char text[37])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char raw[16];
    char *out = text;

    fill(raw, sizeof raw);
    raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x40);
    raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
    for (size_t i = 0; i < sizeof raw; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        *out++ = hex[raw[i] >> 4];
        *out++ = hex[raw[i] & 0x0f];
    }
    *out = '\0';
}

bool random_secret(void *bytes, size_t count)
{
    unsigned char *out = bytes;

    while (count) {
        ssize_t got = getrandom(out, count, 0);

        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        out += got;
        count -= (size_t)got;
    }
    return true;
}
