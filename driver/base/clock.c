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

/*
 * The Gregorian date, from days since 1970-01-01: years begin in March here, so that the leap day is
 * a year's last, and 146097 is the number of days in 400 years. Not gmtime_r(): glibc's takes a lock,
 * which a fork()ed child may find taken.
 */
struct clock_civil clock_civil(int64_t wall_ms)
{
    int64_t days = wall_ms / 86400000 + 719468, ms = wall_ms % 86400000;
    int64_t era = days / 146097, day_of_era = days % 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* from March */

    return (struct clock_civil){
        .year = (int)(era * 400 + year_of_era + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
        .hour = (int)(ms / 3600000),
        .minute = (int)(ms / 60000 % 60),
        .second = (int)(ms / 1000 % 60),
        .millisecond = (int)(ms % 1000),
    };
}
