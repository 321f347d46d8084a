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
