/*
 * A text that is read from its front, as convert/datetime.c and convert/interval.c do. Private to
 * convert/. Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_READER_H
#define ATHENA_CONVERT_READER_H

#include <stdbool.h>

struct reader {
    const char *at, *end;
};

static inline bool reader_next_is(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static inline bool reader_next_is_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

/* Steps over c; false when something else is next. */
static inline bool reader_skip(struct reader *r, char c)
{
    if (!reader_next_is(r, c)) return false;
    r->at++;
    return true;
}

/* Leaves out the blanks around. */
static inline void reader_trim(struct reader *r)
{
    while (r->at < r->end && *r->at == ' ')
        r->at++;
    while (r->end > r->at && r->end[-1] == ' ')
        r->end--;
}

#endif
