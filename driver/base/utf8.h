/*
 * UTF-8 byte by byte: cutting it without cutting a character, writing one.
 */
#ifndef ATHENA_BASE_UTF8_H
#define ATHENA_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * How many of the count bytes remain when a character that is incomplete at their end is dropped.
 * Bytes that are not UTF-8 count as characters of their own. Any thread.
 */
size_t utf8_whole(const char *bytes, size_t count);

/*
 * Writes a character and returns how many bytes it took, 1 to 4. What is none (half a surrogate pair,
 * a number too large) becomes U+FFFD. Any thread.
 */
size_t utf8_put(char *out, uint32_t c);

#endif
