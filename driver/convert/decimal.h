/*
 * Numbers in text of any length, exactly: what a numeric literal of SQL says, split into its parts,
 * and its value as an integer after moving the point.
 *
 * No digit is lost and no memory needed: the digits stay in the text. Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_DECIMAL_H
#define ATHENA_CONVERT_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 decimal_uint;

enum { DECIMAL_MOST_DIGITS = 38 };

/* value = +- whole . fraction * 10^exponent; the digits are borrowed from the text */
struct decimal {
    bool is_negative;
    const char *whole, *fraction;
    size_t whole_count, fraction_count;
    int32_t exponent; /* bounds: +-1,000,000, which is as good as any beyond */
};

/*
 * [+-] digits [. digits] [e [+-] digits], with blanks around; a point needs digits on one side.
 * False when text is anything else.
 */
bool decimal_parse(const char *text, size_t bytes, struct decimal *out);

/*
 * The absolute value times 10^scale, cut to an integer. *is_cut tells whether anything behind was
 * not zero. False when it does not fit.
 */
bool decimal_scaled(const struct decimal *d, int32_t scale, decimal_uint *out, bool *is_cut);

#endif
