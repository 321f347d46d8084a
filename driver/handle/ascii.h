/*
 * Letters without a locale: SQL keywords mean the same under any setlocale() (a Turkish one folds
 * I otherwise). Any thread.
 */
#ifndef ATHENA_HANDLE_ASCII_H
#define ATHENA_HANDLE_ASCII_H

#include <stdbool.h>
#include <stddef.h>

static inline bool ascii_is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether the first count bytes, or all up to an equal NUL, differ in case alone. */
static inline bool ascii_equal(const char *a, const char *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
        if (a[i] == '\0') return true;
    }
    return true;
}

#endif
