#include "aws/form.h"

#include <string.h>

#include "aws/percent.h"

static void put_name(struct buf *b, const char *name)
{
    char last = b->count ? b->bytes[b->count - 1] : '&';

    if (last != '&' && last != '?') buf_putc(b, '&');
    buf_puts(b, name);
    buf_putc(b, '=');
}

void form_put(struct buf *b, const char *name, const char *value)
{
    if (!value || !*value) return;
    put_name(b, name);
    percent_put(b, value, strlen(value), '\0');
}

void form_put_integer(struct buf *b, const char *name, int64_t value)
{
    put_name(b, name);
    buf_printf(b, "%lld", (long long)value);
}

static void read_value(struct buf *b, const char *text, size_t bytes)
{
    while (bytes) {
        const char *plus = memchr(text, '+', bytes);
        size_t plain = plus ? (size_t)(plus - text) : bytes;

        percent_read(b, text, plain);
        if (plus) buf_putc(b, ' ');
        text += plain + (plus != NULL);
        bytes -= plain + (plus != NULL);
    }
}

bool form_find(struct buf *b, const char *form, size_t bytes, const char *name)
{
    size_t name_bytes = strlen(name);

    while (bytes) {
        const char *end = memchr(form, '&', bytes);
        size_t field = end ? (size_t)(end - form) : bytes;

        if (field > name_bytes && form[name_bytes] == '=' && !memcmp(form, name, name_bytes)) {
            read_value(b, form + name_bytes + 1, field - name_bytes - 1);
            return buf_ok(b);
        }
        form += field + (end != NULL);
        bytes -= field + (end != NULL);
    }
    return false;
}
