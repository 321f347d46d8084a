/*
 * A token bucket whose rate finds out what the service allows: AIMD along a cubic curve.
 *
 *     rate ^            ^ more than what was refused is tried, carefully first, then faster
 *          |   _______ /
 *          |  /   `plateau: the rate that was refused last
 *          | /
 *          |/ a refusal: down to four fifths
 *          +------------------------> time in which the rate held somebody up
 *
 * Until something is refused for the first time the rate doubles every half second. The curve
 * then is the one of TCP CUBIC, which the AWS SDKs' adaptive retry mode uses too: most of the
 * time is spent close to what is allowed, and an account with raised quotas is soon used fully.
 * Time in which nobody had to wait proves nothing and does not count.
 *
 * Pure: the caller says what time it is. One owner at a time.
 */
#ifndef ATHENA_OPS_BUCKET_H
#define ATHENA_OPS_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

/* What is believed of an operation before it is known better. Calls, and calls a second. */
struct bucket_rule {
    double per_s, burst;
    double least_per_s, most_per_s;
};

struct bucket {
    const struct bucket_rule *rule;
    double per_s, tokens;
    bool is_limit_known;  /* something was refused: the curve is in force */
    double plateau_per_s; /* the rate that was refused last */
    double grown_s;       /* how long the rate has held calls up since */
    double plateau_s;     /* when the curve reaches the plateau */
    int64_t filled_ms;    /* tokens are right for this time */
    int64_t cut_ms;       /* of the last refusal that counted */
    bool is_short;        /* somebody wanted a token and there was none to spare */
};

/* A full bucket. rule is borrowed. */
void bucket_init(struct bucket *b, const struct bucket_rule *rule, int64_t now_ms);

/* Takes a token, if there is one. */
bool bucket_take(struct bucket *b, int64_t now_ms);

/* Takes one that is not there yet: for a call that cannot wait. */
void bucket_charge(struct bucket *b, int64_t now_ms);

/* Gives one back that was not used. */
void bucket_give_back(struct bucket *b);

/* How long until there is a token; 0 when there is one. */
int64_t bucket_wait_ms(struct bucket *b, int64_t now_ms);

/* The service took a call. */
void bucket_succeeded(struct bucket *b);

/*
 * The service refused a call for its rate. Refusals of calls that were sent (sent_ms) before the
 * rate was lowered last say nothing new.
 */
void bucket_throttled(struct bucket *b, int64_t sent_ms, int64_t now_ms);

#endif
