/*
 * The scanner for every x86-64: four registers of 16 bytes make a block of 64.
 * Twin: csv_scan_portable().
 */
#if defined(__x86_64__)

#include <emmintrin.h>

#include "results/csv_scan.h"
#include "results/csv_scan_block.h"

static inline struct csv_scan_masks masks_of(const char *block)
{
    const __m128i quote = _mm_set1_epi8('"'), comma = _mm_set1_epi8(',');
    const __m128i line_feed = _mm_set1_epi8('\n');
    struct csv_scan_masks m = {0, 0};

    for (unsigned i = 0; i < CSV_SCAN_BLOCK_BYTES; i += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + i));
        __m128i marks =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, comma), _mm_cmpeq_epi8(bytes, line_feed));

        m.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote)) << i;
        m.marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(marks) << i;
    }
    return m;
}

size_t csv_scan_sse2(struct csv_scan *s, const char *text, size_t count, uint32_t *positions)
{
    return csv_scan_blocks(s, text, count, positions, masks_of, csv_scan_prefix_xor);
}

#else
typedef int csv_scan_sse2_is_for_x86_64;
#endif
