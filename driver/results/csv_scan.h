/*
 * Finds the separators of a CSV text: the commas and line feeds that are outside quotes.
 *
 * A quote toggles "inside"; a doubled quote toggles twice and so needs no special case. Each
 * implementation gives the same positions for the same input: the portable one is the reference
 * that the others are tested against.
 */
#ifndef ATHENA_RESULTS_CSV_SCAN_H
#define ATHENA_RESULTS_CSV_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_scan {
    bool is_quoted; /* the next byte stands inside quotes */
};

/*
 * Appends to positions the index (in bytes, plus base) of each separator in text, in order, and
 * returns how many there are. The caller gives room for count positions and CSV_SCAN_SLACK more,
 * which may be written to. Reads no byte outside text.
 */
typedef size_t csv_scan_fn(struct csv_scan *s, const char *text, size_t count, uint32_t base,
                           uint32_t *positions);

enum { CSV_SCAN_SLACK = 64 };

csv_scan_fn csv_scan_portable;

#if defined(__x86_64__)
csv_scan_fn csv_scan_sse2;
csv_scan_fn csv_scan_avx2; /* only where the processor has AVX2 and PCLMUL */
#elif defined(__aarch64__)
csv_scan_fn csv_scan_neon;
#endif

/* The fastest one this processor can run. Any thread. */
csv_scan_fn *csv_scan_best(void);

#endif
