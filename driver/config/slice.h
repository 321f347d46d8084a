/* A piece of somebody else's text: blanks taken off its ends, items of a list. */
#ifndef ATHENA_CONFIG_SLICE_H
#define ATHENA_CONFIG_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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

/* The next item of "a|b|c", and the list behind it; false behind the last. */
static inline bool slice_next_item(const char **list, struct slice *item)
{
    const char *end;

    if (!*list || !**list) return false;
    end = strchrnul(*list, '|');
    *item = (struct slice){*list, (size_t)(end - *list)};
    *list = *end ? end + 1 : end;
    return true;
}

#endif
