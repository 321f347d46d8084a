/*
 * The portable scanner, which is the reference, and the choice of the fastest.
 */
#include "results/csv_scan.h"

size_t csv_scan_portable(struct csv_scan *s, const char *text, size_t count, uint32_t *positions)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        char c = text[i];
        bool is_separator = !s->is_quoted && (c == ',' || c == '\n');

        if (s->is_after_quote && !is_separator) s->is_odd = true;
        s->is_after_quote = c == '"' && !s->is_after_separator;
        s->is_after_separator = is_separator;
        if (c == '"') s->is_quoted = !s->is_quoted;
        if (is_separator) {
            positions[found++] = (uint32_t)i | (s->is_odd ? CSV_SCAN_ODD : 0);
            s->is_odd = false;
        }
    }
    return found;
}

#if defined(__x86_64__)
/* Here and not in csv_scan_avx2.c, all of which is compiled for processors that have it. */
bool csv_scan_has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
           __builtin_cpu_supports("popcnt");
}
#endif

csv_scan_fn *csv_scan_best(void)
{
#if defined(__x86_64__)
    return csv_scan_has_avx2() ? csv_scan_avx2 : csv_scan_sse2;
#elif defined(__aarch64__)
    return csv_scan_neon;
#else
    return csv_scan_portable;
#endif
}
