/* Literals in the place of parameter markers. See splice.h. */
#include "sql/splice.h"

#include "base/ascii.h"

/* Bytes beside which a literal may stand as it is. */
static bool is_apart(char c)
{
    return ascii_is_blank(c) || c == '(' || c == ')' || c == ',' || c == '=';
}

static void put_literal(struct buf *out, const char *literal, const char *next, const char *end)
{
    if (out->count && !is_apart(out->bytes[out->count - 1])) buf_putc(out, ' ');
    buf_puts(out, literal);
    if (next < end && !is_apart(*next)) buf_putc(out, ' ');
}

void splice_markers(struct buf *out, const char *text, size_t bytes,
                    const struct sql_markers *markers, const char *const *literals)
{
    size_t done = 0;

    for (size_t i = 0; i < markers->count; i++) {
        size_t at = markers->list[i].offset;

        if (!literals[i]) continue;
        buf_put(out, text + done, at - done);
        done = at + 1;
        put_literal(out, literals[i], text + done, text + bytes);
    }
    buf_put(out, text + done, bytes - done);
}
