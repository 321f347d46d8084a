/*
 * How many requests of one download may be on their way at once: as many as make it faster.
 *
 *     the reader waits for bytes  ->  more requests, as long as the rate grows with them
 *     it has bytes to read        ->  as they are: the reader is what the download waits for
 *     the service says SlowDown   ->  half as many
 *
 * The rate is measured over spans of some megabytes. A span with more requests than the one before
 * and no better rate takes the last ones back, and none are tried for a while.
 *
 * Pure: the caller says what time it is. One owner at a time.
 */
#ifndef ATHENA_OPS_PACE_H
#define ATHENA_OPS_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PACE_FIRST = 4, PACE_MOST = 32 };

struct pace {
    unsigned requests, most;
    unsigned rest;          /* spans to come in which no more requests are tried */
    bool has_grown;         /* the span is measured with more requests than the one before */
    double bytes_per_ms;    /* of the span before; 0: none yet */
    int64_t began_ms;       /* the span */
    uint64_t bytes;         /* in it */
    unsigned parts, hungry; /* parts that arrived in it, and those that the reader waited for */
};

/* most: at most PACE_MOST. */
void pace_init(struct pace *p, unsigned most, int64_t now_ms);

/* A request has brought its bytes; is_awaited: the reader had nothing left to read. */
void pace_arrived(struct pace *p, size_t bytes, bool is_awaited, int64_t now_ms);

/* The service asks for fewer requests. */
void pace_slow_down(struct pace *p, int64_t now_ms);

#endif
