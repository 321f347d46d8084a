/*
 * Cutting UTF-8 text without cutting a character.
 */
#ifndef ATHENA_BASE_UTF8_H
#define ATHENA_BASE_UTF8_H

#include <stddef.h>

/*
 * How many of the count bytes remain when a character that is incomplete at their end is dropped.
 * Bytes that are not UTF-8 count as characters of their own. Any thread.
 */
size_t utf8_whole(const char *bytes, size_t count);

#endif
