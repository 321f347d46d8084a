/*
 * The part that the vectorised scanners of results/csv_scan.h share: 64 bytes of text as bit
 * masks (bit i is byte i) become positions. Each scanner makes the masks its own way.
 */
#ifndef ATHENA_RESULTS_CSV_SCAN_BLOCK_H
#define ATHENA_RESULTS_CSV_SCAN_BLOCK_H

#include <stdint.h>
#include <string.h>

#include "results/csv_scan.h"

enum { CSV_SCAN_BLOCK_BYTES = 64 };

struct csv_scan_masks {
    uint64_t quotes;
    uint64_t marks; /* commas and line feeds, quoted or not */
};

/* Bit i of the result: an odd number of bits is set in 0 ... i. */
static inline uint64_t csv_scan_prefix_xor(uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift <<= 1)
        bits ^= bits << shift;
    return bits;
}

/* Positions of the separators of a block in which, or before which, odd quotes are. */
static inline size_t csv_scan_put_odd(struct csv_scan *s, uint64_t separators, uint64_t odd,
                                      uint32_t base, uint32_t *positions)
{
    size_t found = 0;

    for (; separators; separators &= separators - 1) {
        uint64_t below = (separators & -separators) - 1;
        bool is_odd = s->is_odd || (odd & below);

        positions[found++] = (base + (uint32_t)__builtin_ctzll(separators)) |
                             (is_odd ? CSV_SCAN_ODD : 0);
        odd &= ~below;
        s->is_odd = false;
    }
    s->is_odd |= odd != 0;
    return found;
}

static inline unsigned csv_scan_count_bits(uint64_t bits)
{
#if defined(__POPCNT__) || !defined(__x86_64__)
    return (unsigned)__builtin_popcountll(bits);
#else /* no instruction for it: sums of 2, 4 and 8 bits, then of the eight bytes */
    bits -= (bits >> 1) & UINT64_C(0x5555555555555555);
    bits = (bits & UINT64_C(0x3333333333333333)) + ((bits >> 2) & UINT64_C(0x3333333333333333));
    bits = (bits + (bits >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    return (unsigned)((bits * UINT64_C(0x0101010101010101)) >> 56);
#endif
}

/*
 * Positions of the separators of a block without odd quotes. Four at a time, wanted or not: a
 * branch for each would be guessed wrong once a block. What is written too much is overwritten.
 */
static inline size_t csv_scan_put(uint64_t separators, uint32_t base, uint32_t *positions)
{
    const uint64_t never_zero = UINT64_C(1) << 63;
    unsigned found = csv_scan_count_bits(separators);

    for (unsigned i = 0; i < found; i += CSV_SCAN_SLACK) {
        for (unsigned j = i; j < i + CSV_SCAN_SLACK; j++) {
            positions[j] = base + (uint32_t)__builtin_ctzll(separators | never_zero);
            separators &= separators - 1;
        }
    }
    return found;
}

/* inside: csv_scan_prefix_xor(m.quotes). last: index of the block's last byte, 63 if it is full. */
static inline size_t csv_scan_block(struct csv_scan *s, struct csv_scan_masks m, uint64_t inside,
                                    unsigned last, uint32_t base, uint32_t *positions)
{
    uint64_t was_quoted = s->is_quoted ? ~UINT64_C(0) : 0;
    uint64_t separators = m.marks & ~(inside ^ was_quoted);
    uint64_t opening = m.quotes & ((separators << 1) | s->is_after_separator);
    uint64_t others = m.quotes & ~opening;
    uint64_t odd = others & ~(separators >> 1) & ~(UINT64_C(1) << last);

    s->is_odd |= s->is_after_quote && !(separators & 1);
    s->is_quoted = ((inside ^ was_quoted) >> 63) & 1;
    s->is_after_quote = (others >> last) & 1;
    s->is_after_separator = (separators >> last) & 1;

    if (odd || s->is_odd) return csv_scan_put_odd(s, separators, odd, base, positions);
    return csv_scan_put(separators, base, positions);
}

typedef struct csv_scan_masks csv_scan_masks_fn(const char *block);
typedef uint64_t csv_scan_inside_fn(uint64_t quotes);

/* Runs over text block by block; the two functions are inlined into each scanner. */
static inline __attribute__((always_inline)) size_t csv_scan_blocks(struct csv_scan *s,
                                                                    const char *text, size_t count,
                                                                    uint32_t *positions,
                                                                    csv_scan_masks_fn *masks,
                                                                    csv_scan_inside_fn *inside)
{
    size_t at = 0, found = 0;

    for (; count - at >= CSV_SCAN_BLOCK_BYTES; at += CSV_SCAN_BLOCK_BYTES) {
        struct csv_scan_masks m = masks(text + at);

        found += csv_scan_block(s, m, inside(m.quotes), 63, (uint32_t)at, positions + found);
    }
    if (at < count) {
        char rest[CSV_SCAN_BLOCK_BYTES] = {0};
        struct csv_scan_masks m;

        memcpy(rest, text + at, count - at);
        m = masks(rest);
        found += csv_scan_block(s, m, inside(m.quotes), (unsigned)(count - at - 1), (uint32_t)at,
                                positions + found);
    }
    return found;
}

#endif
