/* ops/bucket.c against services that allow as much, more and less than the rule says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ops/bucket.h"

static const struct bucket_rule rule = {20, 76, 1, 5000};

enum { ON_THEIR_WAY_MOST = 8192, SLOW_MS = 200 };

/* A service with a bucket of its own, and a client that always wants to call. */
struct trial {
    double allowed_per_s, allowed_burst, seconds;
    int64_t answer_ms;
    double calls, refused, last_rate;

    double service_tokens;
    struct bucket bucket;
    struct {
        int64_t sent_ms;
        bool is_taken;
    } on_their_way[ON_THEIR_WAY_MOST]; /* a ring */
    size_t sent, answered;
};

static void send_one(struct trial *t, int64_t now_ms)
{
    bool is_taken = t->service_tokens >= 1;

    assert_true(t->sent - t->answered < ON_THEIR_WAY_MOST);
    t->on_their_way[t->sent % ON_THEIR_WAY_MOST].sent_ms = now_ms;
    t->on_their_way[t->sent++ % ON_THEIR_WAY_MOST].is_taken = is_taken;
    t->calls++;
    if (is_taken) t->service_tokens -= 1;
}

static void hear_answers(struct trial *t, int64_t now_ms)
{
    while (t->answered < t->sent) {
        size_t next = t->answered % ON_THEIR_WAY_MOST;
        int64_t sent_ms = t->on_their_way[next].sent_ms;

        if (sent_ms + t->answer_ms > now_ms) return;
        t->answered++;
        if (t->on_their_way[next].is_taken) {
            bucket_succeeded(&t->bucket);
        } else {
            t->refused++;
            bucket_throttled(&t->bucket, sent_ms, now_ms);
        }
    }
}

static void run(struct trial *t)
{
    t->service_tokens = t->allowed_burst;
    bucket_init(&t->bucket, &rule, 0);
    for (int64_t now_ms = 0; now_ms < (int64_t)(t->seconds * 1000); now_ms++) {
        t->service_tokens += t->allowed_per_s / 1000;
        if (t->service_tokens > t->allowed_burst) t->service_tokens = t->allowed_burst;
        do {
            hear_answers(t, now_ms);
            if (!bucket_take(&t->bucket, now_ms)) break;
            send_one(t, now_ms);
        } while (true);
    }
    t->last_rate = t->bucket.per_s;
}

static void assert_fits(double allowed_per_s, double allowed_burst, double seconds,
                        int64_t answer_ms)
{
    static struct trial t;
    double most = allowed_burst + allowed_per_s * seconds, done;

    t = (struct trial){.allowed_per_s = allowed_per_s,
                       .allowed_burst = allowed_burst,
                       .seconds = seconds,
                       .answer_ms = answer_ms};
    run(&t);
    done = t.calls - t.refused;
    if (done < most * 0.85) fail_msg("%.0f of %.0f calls were made", done, most);
    if (t.refused > t.calls * 0.05) fail_msg("%.0f of %.0f were refused", t.refused, t.calls);
}

static void what_every_account_has_is_used(void **state)
{
    (void)state;
    assert_fits(20, 80, 50, 0);
    assert_fits(20, 80, 500, 0);
    assert_fits(20, 80, 50, SLOW_MS);
}

static void a_raised_quota_is_found(void **state)
{
    static struct trial t = {.allowed_per_s = 500, .allowed_burst = 2000, .seconds = 40};

    (void)state;
    run(&t);
    assert_true(t.last_rate > 350 && t.last_rate < 750);
    assert_true(t.calls - t.refused > 10000);
    assert_true(t.refused < t.calls * 0.02);
}

/* Nothing is refused: the rate must not be what a slow network's answers are waited for with. */
static void where_nothing_is_refused_the_rate_is_soon_high(void **state)
{
    static struct trial t = {
        .allowed_per_s = 1e6, .allowed_burst = 1e6, .seconds = 3, .answer_ms = SLOW_MS};

    (void)state;
    run(&t);
    assert_true(t.refused <= 0);
    assert_true(t.calls > 700);
}

static void a_lowered_quota_is_found(void **state)
{
    static struct trial t = {.allowed_per_s = 3, .allowed_burst = 12, .seconds = 120};

    (void)state;
    run(&t);
    assert_true(t.last_rate < 6);
    assert_true(t.calls - t.refused > 0.75 * 3 * 120);
}

static void a_rate_that_holds_nobody_up_stays(void **state)
{
    struct bucket b;

    (void)state;
    bucket_init(&b, &rule, 0);
    for (int64_t now_ms = 0; now_ms < 100000; now_ms += 100) { /* half of what is allowed */
        assert_true(bucket_take(&b, now_ms));
        bucket_succeeded(&b);
    }
    assert_true(b.per_s >= 20 && b.per_s <= 20);
}

static void refusals_of_one_moment_count_once(void **state)
{
    struct bucket b;
    double once;

    (void)state;
    bucket_init(&b, &rule, 0);
    bucket_throttled(&b, 90, 100);
    once = b.per_s;
    assert_true(once < 20);
    assert_false(bucket_take(&b, 100));
    bucket_throttled(&b, 95, 105); /* sent before the rate was lowered */
    assert_true(b.per_s >= once);
    bucket_throttled(&b, 110, 120);
    assert_true(b.per_s < once);
    for (int i = 0; i < 100; i++)
        bucket_throttled(&b, 200 + i * 2, 201 + i * 2);
    assert_true(b.per_s >= rule.least_per_s);
}

static void waiting_times_are_right(void **state)
{
    struct bucket b;

    (void)state;
    bucket_init(&b, &rule, 0);
    assert_int_equal(bucket_wait_ms(&b, 0), 0);
    for (int i = 0; i < 76; i++)
        assert_true(bucket_take(&b, 0));
    assert_false(bucket_take(&b, 0));
    assert_int_equal(bucket_wait_ms(&b, 0), 50);
    assert_false(bucket_take(&b, 49));
    assert_true(bucket_take(&b, 51));
    bucket_charge(&b, 51); /* owes one */
    assert_true(bucket_wait_ms(&b, 51) > 50);
    bucket_give_back(&b);
    assert_true(bucket_wait_ms(&b, 51) <= 50);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_every_account_has_is_used),
        cmocka_unit_test(a_raised_quota_is_found),
        cmocka_unit_test(where_nothing_is_refused_the_rate_is_soon_high),
        cmocka_unit_test(a_lowered_quota_is_found),
        cmocka_unit_test(a_rate_that_holds_nobody_up_stays),
        cmocka_unit_test(refusals_of_one_moment_count_once),
        cmocka_unit_test(waiting_times_are_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
