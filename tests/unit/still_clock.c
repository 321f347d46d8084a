/* See still_clock.h. The linker puts __wrap_NAME where NAME is called (--wrap). */
#include "unit/still_clock.h"

#include <stdatomic.h>

#include "base/clock.h"

int64_t __wrap_clock_now_ms(void);
int64_t __wrap_clock_deadline_ms(int64_t delay_ms);

static _Atomic int64_t now_ms = 1000000;

void still_clock_move(int64_t ms)
{
    atomic_fetch_add(&now_ms, ms);
}

int64_t __wrap_clock_now_ms(void)
{
    return atomic_load(&now_ms);
}

int64_t __wrap_clock_deadline_ms(int64_t delay_ms)
{
    return delay_ms > 0 ? atomic_load(&now_ms) + delay_ms : CLOCK_NEVER;
}
