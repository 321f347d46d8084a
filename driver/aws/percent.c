#include "aws/percent.h"

#include <stdbool.h>

#include "base/ascii.h"

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

void percent_put(struct buf *b, const char *text, size_t bytes, char also_safe)
{
    static const char digits[] = "0123456789ABCDEF";

    for (size_t i = 0; i < bytes; i++) {
        unsigned char c = (unsigned char)text[i];

        if (is_unreserved(text[i]) || (also_safe && text[i] == also_safe)) {
            buf_putc(b, text[i]);
        } else {
            buf_putc(b, '%');
            buf_putc(b, digits[c >> 4]);
            buf_putc(b, digits[c & 15]);
        }
    }
}

void percent_read(struct buf *b, const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        int high = -1, low = -1;

        if (text[i] == '%' && bytes - i > 2) {
            high = ascii_hex_value(text[i + 1]);
            low = ascii_hex_value(text[i + 2]);
        }
        if (high < 0 || low < 0) {
            buf_putc(b, text[i]);
        } else {
            buf_putc(b, (char)(high * 16 + low));
            i += 2;
        }
    }
}
