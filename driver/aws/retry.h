/*
 * What to do about an exchange that failed, and how long to wait before the next try.
 *
 * Decided by error code, not by HTTP status: documented and observed statuses differ. Counting
 * attempts is the caller's. Any thread.
 */
#ifndef ATHENA_AWS_RETRY_H
#define ATHENA_AWS_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/aws_error.h"
#include "base/fault.h"

enum retry_verdict {
    RETRY_NEVER,       /* final: report it */
    RETRY_BACKOFF,     /* server or network trouble: again after retry_delay_ms() */
    RETRY_THROTTLED,   /* too many calls: the same, slower, and ask less often */
    RETRY_QUEUE_FULL,  /* TooManyRequestsException: the account's queue is full; slowest, and for as
                          long as the statement's own time-out allows */
    RETRY_CREDENTIALS, /* expired: refresh credentials, try once more */
    RETRY_CLOCK,       /* our clock is off: correct by the Date header, try once more */
    RETRY_REGION       /* bucket lives in error->region ("": ask HeadBucket), sign for that, once */
};

/* Of an answer that came. */
enum retry_verdict retry_of_answer(const struct aws_error *error);

/* Of an exchange without answer: the fault of http_ready(). */
enum retry_verdict retry_of_transport(const struct fault *fault);

/*
 * Full jitter: a random part of a ceiling that doubles with each attempt. attempt: 1 before the
 * second try. random: any 32 random bits.
 */
int64_t retry_delay_ms(enum retry_verdict verdict, unsigned attempt, uint32_t random);

/* The static name of a verdict, for logs. */
const char *retry_name(enum retry_verdict verdict);

/*
 * How many seconds the server is ahead of wall_s by the Date header of its answer
 * ("Sun, 22 Nov 2026 12:00:00 GMT"). False when the text is no such date.
 */
bool retry_clock_offset(const char *date, int64_t wall_s, int64_t *offset_s);

#endif
