/* A piece of somebody else's text, and blanks taken off its ends. */
#ifndef ATHENA_CONFIG_SLICE_H
#define ATHENA_CONFIG_SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct slice {
    const char *bytes; /* borrowed, not NUL-terminated */
    size_t count;
};

static inline bool slice_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline struct slice slice_trim(struct slice s)
{
    while (s.count && slice_is_blank(s.bytes[0]))
        s.bytes++, s.count--;
    while (s.count && slice_is_blank(s.bytes[s.count - 1]))
        s.count--;
    return s;
}

#endif
