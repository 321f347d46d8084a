#include "aws/json_write.h"

#include <string.h>

static bool must_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static void put_escaped(struct buf *b, char c)
{
    static const char values[] = "\"\\\b\f\n\r\t", names[] = "\"\\bfnrt";
    const char *value = memchr(values, c, sizeof values - 1);

    if (value) {
        buf_putc(b, '\\');
        buf_putc(b, names[value - values]);
    } else {
        buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
    }
}

void json_put_string(struct buf *b, const char *text, size_t bytes)
{
    size_t done = 0;

    buf_putc(b, '"');
    for (size_t i = 0; i < bytes; i++) {
        if (!must_escape(text[i])) continue;
        buf_put(b, text + done, i - done);
        put_escaped(b, text[i]);
        done = i + 1;
    }
    buf_put(b, text + done, bytes - done);
    buf_putc(b, '"');
}

static void put_comma(struct buf *b)
{
    char last = b->count ? b->bytes[b->count - 1] : '{';

    if (last != '{' && last != '[' && last != ':') buf_putc(b, ',');
}

void json_put_item(struct buf *b, const char *text)
{
    put_comma(b);
    json_put_string(b, text, strlen(text));
}

void json_put_name(struct buf *b, const char *name)
{
    put_comma(b);
    json_put_string(b, name, strlen(name));
    buf_putc(b, ':');
}

void json_put_text(struct buf *b, const char *name, const char *text)
{
    if (!text || !*text) return;
    json_put_name(b, name);
    json_put_string(b, text, strlen(text));
}

void json_put_integer(struct buf *b, const char *name, int64_t value)
{
    json_put_name(b, name);
    buf_printf(b, "%lld", (long long)value);
}

void json_put_bool(struct buf *b, const char *name, bool value)
{
    json_put_name(b, name);
    buf_puts(b, value ? "true" : "false");
}
