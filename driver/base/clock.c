/*
 * The clocks: see clock.h.
 */
#include "base/clock.h"

#include <time.h>

static int64_t read_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_now_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_wall_s(void)
{
    return clock_wall_ms() / 1000;
}

int64_t clock_wall_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

int64_t clock_deadline_ms(int64_t delay_ms)
{
    int64_t now_ms = clock_now_ms();

    if (delay_ms <= 0 || delay_ms > CLOCK_NEVER - now_ms) return CLOCK_NEVER;
    return now_ms + delay_ms;
}
