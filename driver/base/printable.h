/*
 * Text from outside as one line of a log.
 *
 * Line ends, tabs and other control characters (C0, DEL, C1 and the separators U+2028, U+2029, which
 * some viewers take for line ends) become \n, \r, \t, \x1b, \u0085; bytes that are no UTF-8 become
 * \xff. All else stays as it is, backslashes too. Any thread.
 */
#ifndef ATHENA_BASE_PRINTABLE_H
#define ATHENA_BASE_PRINTABLE_H

#include <stddef.h>

/*
 * Writes count bytes of text into out, which has room for room bytes; nothing is terminated. What
 * does not fit is left out, and "..." ends what is written. Returns how many bytes were written.
 */
size_t printable_copy(char *out, size_t room, const char *text, size_t count);

#endif
