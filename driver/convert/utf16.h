/*
 * Between UTF-8, which the driver speaks inside, and UTF-16, which ODBC's W functions speak.
 *
 * What is not well formed becomes U+FFFD, a replacement for each maximal well-formed beginning
 * (the Unicode Standard, 3.9, "best practice"); nothing is refused. Units are uint16_t, which is
 * what SQLWCHAR is with unixODBC. Nothing is NUL-terminated here. Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_UTF16_H
#define ATHENA_CONVERT_UTF16_H

#include <stddef.h>
#include <stdint.h>

/* Units in an application's buffer, which need not be aligned. */
typedef uint16_t utf16_loose __attribute__((aligned(1)));

/* The number of units a text in UTF-8 becomes. */
size_t utf16_from_utf8_chars(const char *text, size_t bytes);

/*
 * Writes as many whole characters as fit into room_chars units and returns the units written.
 * *taken_bytes, if not NULL, gets the bytes of text that they stand for.
 */
size_t utf16_from_utf8(const char *text, size_t bytes, utf16_loose *out, size_t room_chars,
                       size_t *taken_bytes);

/* The number of bytes a text in UTF-16 becomes. */
size_t utf16_to_utf8_bytes(const uint16_t *text, size_t chars);

/* As utf16_from_utf8(), the other way: returns the bytes written. */
size_t utf16_to_utf8(const uint16_t *text, size_t chars, char *out, size_t room_bytes,
                     size_t *taken_chars);

/* Units before the terminating 0. */
size_t utf16_length(const uint16_t *text);

#endif
