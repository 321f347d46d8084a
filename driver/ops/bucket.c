/* The token bucket. See bucket.h for the curve. */
#include "ops/bucket.h"

#include <math.h>

/* What is kept of a refused rate; how fast the curve grows, as a part of the rule's rate a s^3. */
static const double KEPT = 0.8, GROWTH = 0.02;
/* While nothing was ever refused the rate doubles in this time. */
static const double DOUBLING_S = 0.5;
/* Longer pauses between two looks are not time in which calls were held up. */
static const double LONGEST_STEP_S = 1;

static double bounded(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

void bucket_init(struct bucket *b, const struct bucket_rule *rule, int64_t now_ms)
{
    *b = (struct bucket){.rule = rule,
                         .per_s = rule->per_s,
                         .tokens = rule->burst,
                         .filled_ms = now_ms,
                         .cut_ms = INT64_MIN};
}

static void refill(struct bucket *b, int64_t now_ms)
{
    double passed_s = (double)(now_ms - b->filled_ms) / 1000;

    if (passed_s <= 0) return;
    b->filled_ms = now_ms;
    b->tokens = fmin(b->rule->burst, b->tokens + passed_s * b->per_s);
    if (b->is_short) b->grown_s += fmin(passed_s, LONGEST_STEP_S);
}

bool bucket_take(struct bucket *b, int64_t now_ms)
{
    refill(b, now_ms);
    if (b->tokens < 1) {
        b->is_short = true;
        return false;
    }
    b->tokens -= 1;
    if (b->tokens >= 1) b->is_short = false;
    return true;
}

void bucket_charge(struct bucket *b, int64_t now_ms)
{
    refill(b, now_ms);
    b->tokens -= 1;
}

void bucket_give_back(struct bucket *b)
{
    b->tokens += 1;
}

int64_t bucket_wait_ms(struct bucket *b, int64_t now_ms)
{
    refill(b, now_ms);
    return b->tokens >= 1 ? 0 : (int64_t)ceil((1 - b->tokens) / b->per_s * 1000);
}

static double growth(const struct bucket *b)
{
    return GROWTH * b->rule->per_s;
}

void bucket_succeeded(struct bucket *b)
{
    double per_s;

    if (b->grown_s <= 0) return;
    if (b->is_limit_known) {
        per_s = b->plateau_per_s + growth(b) * pow(b->grown_s - b->plateau_s, 3);
    } else {
        per_s = b->rule->per_s * exp2(b->grown_s / DOUBLING_S);
    }
    b->per_s = bounded(per_s, b->rule->least_per_s, b->rule->most_per_s);
}

void bucket_throttled(struct bucket *b, int64_t sent_ms, int64_t now_ms)
{
    refill(b, now_ms);
    b->tokens = fmin(b->tokens, 0); /* the service's own bucket is empty: no burst */
    if (sent_ms <= b->cut_ms) return;
    b->cut_ms = now_ms;
    b->plateau_per_s = b->is_limit_known ? b->per_s : b->per_s * KEPT; /* which was overshot */
    b->is_limit_known = true;
    b->per_s = bounded(b->plateau_per_s * KEPT, b->rule->least_per_s, b->rule->most_per_s);
    b->plateau_s = cbrt(b->plateau_per_s * (1 - KEPT) / growth(b));
    b->grown_s = 0;
}
