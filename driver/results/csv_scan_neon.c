/*
 * The scanner for 64-bit ARM: each comparison's bytes are narrowed to bits by pairwise additions.
 * Twin: csv_scan_portable().
 */
#if defined(__aarch64__)

#include <arm_neon.h>

#include "results/csv_scan.h"
#include "results/csv_scan_block.h"

/* 64 bytes of 0x00 or 0xff as 64 bits: byte i of a register keeps bit i mod 8, then pairs add up */
static inline uint64_t bits_of(const uint8x16_t equal[4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t weight = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(equal[0], weight), vandq_u8(equal[1], weight));
    uint8x16_t high = vpaddq_u8(vandq_u8(equal[2], weight), vandq_u8(equal[3], weight));
    uint8x16_t sum = vpaddq_u8(low, high);

    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

static inline struct csv_scan_masks masks_of(const char *block)
{
    uint8x16_t quotes[4], marks[4];

    for (unsigned i = 0; i < 4; i++) {
        uint8x16_t bytes = vld1q_u8((const uint8_t *)block + 16 * i);

        quotes[i] = vceqq_u8(bytes, vdupq_n_u8('"'));
        marks[i] = vorrq_u8(vceqq_u8(bytes, vdupq_n_u8(',')), vceqq_u8(bytes, vdupq_n_u8('\n')));
    }
    return (struct csv_scan_masks){bits_of(quotes), bits_of(marks)};
}

size_t csv_scan_neon(struct csv_scan *s, const char *text, size_t count, uint32_t *positions)
{
    return csv_scan_blocks(s, text, count, positions, masks_of, csv_scan_prefix_xor);
}

#else
typedef int csv_scan_neon_is_for_aarch64;
#endif
