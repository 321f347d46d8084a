/*
 * results/csv_scan*.c: each implementation that this processor runs finds what the portable one
 * finds, for any text and any cuts, and leaves the same state behind.
 *
 *     byte 0   seed of the cuts     rest   the text
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "results/csv_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { MOST_BYTES = 8192 };

static csv_scan_fn *const scans[] = {
    csv_scan_portable,
#if defined(__x86_64__)
    csv_scan_sse2,
    csv_scan_avx2,
#elif defined(__aarch64__)
    csv_scan_neon,
#endif
};

enum { SCANS = sizeof scans / sizeof scans[0] };

static bool can_run(csv_scan_fn *scan)
{
#if defined(__x86_64__)
    return scan != csv_scan_avx2 || csv_scan_has_avx2();
#else
    (void)scan;
    return true;
#endif
}

/* Positions in the whole text; each piece lies in memory that ends where it ends. */
static size_t scan_in_pieces(csv_scan_fn *scan, const char *text, size_t count, uint32_t random,
                             uint32_t *found, struct csv_scan *state)
{
    static uint32_t positions[MOST_BYTES + CSV_SCAN_SLACK];
    size_t total = 0;

    *state = (struct csv_scan)CSV_SCAN_INITIAL;
    for (size_t at = 0; at < count;) {
        size_t bytes = 1 + (random >> 16) % (random & 0x8000 ? 70 : 700), here;
        char *piece;

        random = random * 1664525u + 1013904223u;
        if (bytes > count - at) bytes = count - at;
        piece = malloc(bytes);
        if (!piece) abort();
        memcpy(piece, text + at, bytes);
        here = scan(state, piece, bytes, positions);
        free(piece);
        for (size_t i = 0; i < here; i++)
            found[total++] = positions[i] + (uint32_t)at; /* the mark is above any position */
        at += bytes;
    }
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static uint32_t due[MOST_BYTES], found[MOST_BYTES];
    const char *text = (const char *)bytes + 1;
    struct csv_scan due_state, state;
    size_t due_count;

    if (count < 1 || count > MOST_BYTES) return 0;
    count--;
    due_count =
        scan_in_pieces(csv_scan_portable, text, count, bytes[0] * 2654435761u, due, &due_state);
    for (size_t i = 0; i < SCANS; i++) {
        if (!can_run(scans[i])) continue;
        /* other cuts than the reference had */
        if (scan_in_pieces(scans[i], text, count, ~(bytes[0] * 40503u), found, &state) != due_count)
            abort();
        if (memcmp(found, due, due_count * sizeof *due) != 0) abort();
        if (state.is_quoted != due_state.is_quoted ||
            state.is_after_separator != due_state.is_after_separator)
            abort();
    }
    return 0;
}
