/* Requests at once. See pace.h. */
#include "ops/pace.h"

static const uint64_t SPAN_BYTES = 8 << 20;
static const int64_t SPAN_MS = 50;
enum { STEP = 2, REST = 8 };

static void begin_span(struct pace *p, int64_t now_ms)
{
    p->began_ms = now_ms;
    p->bytes = 0;
    p->parts = p->hungry = 0;
}

void pace_init(struct pace *p, unsigned most, int64_t now_ms)
{
    *p = (struct pace){.most = most < PACE_MOST ? most : PACE_MOST};
    p->requests = PACE_FIRST < p->most ? PACE_FIRST : p->most;
    begin_span(p, now_ms);
}

/* The last step was worth it when the rate has grown by half of what the step could bring. */
static bool is_worth_it(const struct pace *p, double bytes_per_ms)
{
    return bytes_per_ms > p->bytes_per_ms * (1 + STEP / (2.0 * (p->requests - STEP)));
}

/* After a span in which the reader waited: up a step, or back if the last step was for nothing. */
static void judge(struct pace *p, double bytes_per_ms)
{
    if (p->has_grown && !is_worth_it(p, bytes_per_ms)) {
        p->has_grown = false;
        p->requests -= STEP;
        p->rest = REST;
        return;
    }
    p->bytes_per_ms = bytes_per_ms;
    p->has_grown = !p->rest && p->requests + STEP <= p->most;
    if (p->has_grown) p->requests += STEP;
    if (p->rest) p->rest--;
}

void pace_arrived(struct pace *p, size_t bytes, bool is_awaited, int64_t now_ms)
{
    p->bytes += bytes;
    p->parts++;
    p->hungry += is_awaited;
    if (p->bytes < SPAN_BYTES || now_ms - p->began_ms < SPAN_MS) return;
    if (p->hungry * 2 >= p->parts) judge(p, (double)p->bytes / (double)(now_ms - p->began_ms));
    begin_span(p, now_ms);
}

void pace_slow_down(struct pace *p, int64_t now_ms)
{
    p->requests = p->requests > 1 ? p->requests / 2 : 1;
    p->has_grown = false;
    p->bytes_per_ms = 0;
    p->rest = REST;
    begin_span(p, now_ms);
}
