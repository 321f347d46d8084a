/*
 * Comparing names without regard to case, in ASCII, whatever setlocale() says.
 *
 * The C library's strcasecmp() asks the host's locale: in a Turkish one "UID" and "uid" differ.
 * Bytes above 127 are equal only to themselves.
 */
#ifndef ATHENA_BASE_FOLD_H
#define ATHENA_BASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static inline char fold_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the first count bytes are the same; both have them. */
static inline bool fold_same_bytes(const char *a, const char *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fold_lower(a[i]) != fold_lower(b[i])) return false;
    }
    return true;
}

static inline bool fold_same(const char *a, const char *b)
{
    size_t count = strlen(a);

    return count == strlen(b) && fold_same_bytes(a, b, count);
}

/* Whether text begins with prefix. */
static inline bool fold_begins(const char *text, const char *prefix)
{
    size_t count = strlen(prefix);

    return strnlen(text, count) == count && fold_same_bytes(text, prefix, count);
}

#endif
