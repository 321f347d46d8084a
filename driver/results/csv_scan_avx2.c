/*
 * The scanner for x86-64 with AVX2: two registers of 32 bytes make a block of 64, and one
 * carry-less multiplication by all ones makes the prefix xor.
 * Twin: csv_scan_portable(). Compiled for any x86-64, chosen at run time.
 */
#if defined(__x86_64__)

#include <immintrin.h>

#include "results/csv_scan.h"
#include "results/csv_scan_block.h"

#define WITH_AVX2 __attribute__((target("avx2,pclmul,bmi,popcnt")))

static inline WITH_AVX2 struct csv_scan_masks masks_of(const char *block)
{
    const __m256i quote = _mm256_set1_epi8('"'), comma = _mm256_set1_epi8(',');
    const __m256i line_feed = _mm256_set1_epi8('\n');
    struct csv_scan_masks m = {0, 0};

    for (unsigned i = 0; i < CSV_SCAN_BLOCK_BYTES; i += 32) {
        __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)(block + i));
        __m256i marks =
            _mm256_or_si256(_mm256_cmpeq_epi8(bytes, comma), _mm256_cmpeq_epi8(bytes, line_feed));

        m.quotes |= (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, quote)) << i;
        m.marks |= (uint64_t)(uint32_t)_mm256_movemask_epi8(marks) << i;
    }
    return m;
}

static inline WITH_AVX2 uint64_t inside_of(uint64_t quotes)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)quotes), _mm_set1_epi8((char)0xff), 0);

    return (uint64_t)_mm_cvtsi128_si64(product);
}

WITH_AVX2 size_t csv_scan_avx2(struct csv_scan *s, const char *text, size_t count,
                               uint32_t *positions)
{
    return csv_scan_blocks(s, text, count, positions, masks_of, inside_of);
}

#else
typedef int csv_scan_avx2_is_for_x86_64;
#endif
