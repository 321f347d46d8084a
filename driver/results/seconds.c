/* Digits of seconds. See seconds.h. */
#include "results/seconds.h"

#include <string.h>

enum { ROWS_SEEN_MAX = 64 }; /* a column that begins with more NULLs is left as Athena says */

static bool has_seconds(enum athena_type type)
{
    return type == ATHENA_TIME || type == ATHENA_TIME_TZ || type == ATHENA_TIMESTAMP ||
           type == ATHENA_TIMESTAMP_TZ;
}

static int32_t fraction_digits(const struct cell *cell)
{
    const char *point = memchr(cell->text, '.', cell->bytes);
    const char *end = cell->text + cell->bytes;
    int32_t digits = 0;

    while (point && point + 1 + digits < end && point[1 + digits] >= '0' &&
           point[1 + digits] <= '9')
        digits++;
    return digits;
}

static void see_column(const struct rows *rows, unsigned number, struct column *column)
{
    const struct cell *cells = rows_column(rows, number);

    for (size_t i = 0; i < rows->in_hand && i < ROWS_SEEN_MAX; i++) {
        if (!cells[i].text) continue;
        column->precision = fraction_digits(&cells[i]);
        column->is_precision_seen = true;
        return;
    }
}

void seconds_see(const struct rows *rows, struct column *columns, unsigned count)
{
    for (unsigned i = 0; i < count && rows->in_hand; i++) {
        if (has_seconds(columns[i].type)) see_column(rows, i, &columns[i]);
    }
}
