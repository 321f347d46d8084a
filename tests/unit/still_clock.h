/*
 * Time that stands still until the test moves it: what comes when can be told to the millisecond,
 * however busy the machine, and waiting takes no time.
 *
 * A program that is linked with it (tests/unit/CMakeLists.txt) has this clock in place of base/'s
 * monotonic one. The engine's timers go by it; waiting by op_wait() does not.
 */
#ifndef ATHENA_TESTS_UNIT_STILL_CLOCK_H
#define ATHENA_TESTS_UNIT_STILL_CLOCK_H

#include <stdint.h>

/* Any thread. The loop sees it when it is next woken. */
void still_clock_move(int64_t ms);

#endif
