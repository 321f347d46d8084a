/*
 * Letters without a locale: keywords and names mean the same under any setlocale().
 *
 * The C library's strcasecmp() and isalpha() ask the host's locale: in a Turkish one "UID" and
 * "uid" differ. Bytes above 127 are no letters and equal only to themselves. Any thread.
 */
#ifndef ATHENA_BASE_ASCII_H
#define ATHENA_BASE_ASCII_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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

/* 0 ... 15; -1 for what is no hexadecimal digit. */
static inline int ascii_hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Whether the first count bytes differ in case at most; both texts have that many. */
static inline bool ascii_same_bytes(const char *a, const char *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
    }
    return true;
}

static inline bool ascii_same(const char *a, const char *b)
{
    size_t count = strlen(a);

    return count == strlen(b) && ascii_same_bytes(a, b, count);
}

/* Whether text begins with prefix. */
static inline bool ascii_begins(const char *text, const char *prefix)
{
    size_t count = strlen(prefix);

    return strnlen(text, count) == count && ascii_same_bytes(text, prefix, count);
}

/* Whether part, in any case, stands somewhere in text. */
static inline bool ascii_contains(const char *text, const char *part)
{
    while (*text && !ascii_begins(text, part))
        text++;
    return *text || !*part;
}

#endif
