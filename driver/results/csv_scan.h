/*
 * Finds the separators of a CSV text: the commas and line feeds that are outside quotes.
 *
 * A quote toggles "inside"; a doubled quote toggles twice and so needs no special case. A value's
 * own two quotes stand next to separators; any other quote (a doubled one, or one that should not
 * be there) makes the separator behind it carry CSV_SCAN_ODD, so that only such values need a
 * second look.
 *
 *     text       "1","a,b",,"say ""hi"""\n
 *     inside     11 .1111 ....1111111111        (opening quotes count, closing ones do not)
 *     separator     ,      ,,            \n
 *     CSV_SCAN_ODD                        *
 *
 * Each implementation gives the same positions for the same input: the portable one is the
 * reference that the others are tested against.
 */
#ifndef ATHENA_RESULTS_CSV_SCAN_H
#define ATHENA_RESULTS_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_SCAN_ODD      (UINT32_C(1) << 31)
#define CSV_SCAN_POSITION (CSV_SCAN_ODD - 1)

/* What is known of the bytes before the next one. Start from CSV_SCAN_INITIAL. */
struct csv_scan {
    bool is_quoted;          /* the next byte stands inside quotes */
    bool is_after_separator; /* the byte before was one, or there was none */
    bool is_after_quote;     /* the byte before was a quote that did not begin a value */
    bool is_odd;             /* the value that is being read has a quote in it */
};

enum { CSV_SCAN_SLACK = 4 };

#define CSV_SCAN_INITIAL \
    { \
        false, true, false, false \
    }

/*
 * Writes the index of each separator of text, in order, and returns how many there are. text may
 * be any piece of a file; the state carries over. count is less than CSV_SCAN_ODD; positions has
 * room for count + CSV_SCAN_SLACK of them, the last of which may be written without meaning. Reads
 * no byte outside text.
 */
typedef size_t csv_scan_fn(struct csv_scan *s, const char *text, size_t count, uint32_t *positions);

csv_scan_fn csv_scan_portable;

#if defined(__x86_64__)
csv_scan_fn csv_scan_sse2;
csv_scan_fn csv_scan_avx2; /* only where csv_scan_has_avx2() */
bool csv_scan_has_avx2(void);
#elif defined(__aarch64__)
csv_scan_fn csv_scan_neon;
#endif

/* The fastest one this processor can run. Any thread. */
csv_scan_fn *csv_scan_best(void);

#endif
