/*
 * The two clocks: monotonic milliseconds for waiting, the wall clock for signing and logs.
 * Any thread.
 */
#ifndef ATHENA_BASE_CLOCK_H
#define ATHENA_BASE_CLOCK_H

#include <stdint.h>

#define CLOCK_NEVER INT64_MAX

/* Milliseconds of a clock that never jumps; its zero means nothing. */
int64_t clock_now_ms(void);

/* Seconds and milliseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall_s(void);
int64_t clock_wall_ms(void);

/* now + delay without overflow; a delay of 0 or less means "no deadline": CLOCK_NEVER. */
int64_t clock_deadline_ms(int64_t delay_ms);

/* A point in time of the wall clock, in UTC. */
struct clock_civil {
    int year, month, day, hour, minute, second, millisecond;
};
struct clock_civil clock_civil(int64_t wall_ms);

#endif
