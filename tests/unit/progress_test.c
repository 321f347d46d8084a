/*
 * ops/progress.c: what is heard of a query is kept whole, told once, and not told after silence.
 *
 * A thread of the test plays the I/O thread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ops/progress.h"

/* What was told last, copied: texts end with the call. */
struct told {
    int times;
    char id[64], state[16], reason[64];
    struct athena_progress last;
    struct progress *progress; /* to be silenced inside the call; NULL: not */
};

static void SQL_API hear_progress(SQLPOINTER context, const struct athena_progress *p)
{
    struct told *t = context;

    t->times++;
    t->last = *p;
    snprintf(t->id, sizeof t->id, "%s", p->query_execution_id);
    snprintf(t->state, sizeof t->state, "%s", p->state);
    snprintf(t->reason, sizeof t->reason, "%s", p->state_change_reason);
    if (t->progress) progress_silence(t->progress);
}

/* Strings of the answer that an execution was read from, which ends with it. */
static struct athena_execution execution(enum athena_state state, char *reason)
{
    return (struct athena_execution){
        .id = "id-1",
        .state = state,
        .state_change_reason = reason,
        .workgroup = "primary",
        .submitted_at_s = 1700000000.125,
        .data_scanned_bytes = 10,
        .engine_ms = -1,
        .queue_ms = 7,
        .planning_ms = -1,
        .service_ms = -1,
        .total_ms = -1,
        .preprocessing_ms = -1,
    };
}

static void hear(struct progress *p, const struct athena_execution *x) NO_THREAD_CHECK;
static void hear(struct progress *p, const struct athena_execution *x)
{
    progress_hear(p, x);
}

static void begin(struct progress *p, const char *id) NO_THREAD_CHECK;
static void begin(struct progress *p, const char *id)
{
    progress_begin(p, id);
}

static void nothing_at_first(void **state)
{
    struct progress p;
    const struct athena_execution *x;

    (void)state;
    progress_init(&p);
    x = progress_enter(&p);
    assert_string_equal(x->id, "");
    assert_string_equal(x->engine_version, "");
    assert_int_equal(x->state, ATHENA_STATE_UNKNOWN);
    assert_int_equal(x->data_scanned_bytes, -1);
    assert_int_equal(x->total_ms, -1);
    assert_false(x->has_error);
    progress_leave(&p);
    progress_silence(&p);
    progress_clear(&p);
}

static void begun(void **state)
{
    struct progress p;
    struct told told = {.times = 0};

    (void)state;
    progress_init(&p);
    progress_tell(&p, hear_progress, &told);
    begin(&p, "id-1");
    assert_int_equal(told.times, 1);
    assert_string_equal(told.id, "id-1");
    assert_string_equal(told.state, "");
    assert_string_equal(told.reason, "");
    assert_int_equal(told.last.struct_bytes, sizeof told.last);
    assert_int_equal(told.last.submission_time, -1);
    assert_int_equal(told.last.data_scanned_bytes, -1);
    assert_string_equal(progress_enter(&p)->id, "id-1");
    progress_leave(&p);
    progress_clear(&p);
}

static void kept_and_told(void **state)
{
    struct progress p;
    struct told told = {.times = 0};
    char reason[] = "because";
    struct athena_execution x = execution(ATHENA_STATE_RUNNING, reason);
    const struct athena_execution *known;

    (void)state;
    progress_init(&p);
    progress_tell(&p, hear_progress, &told);
    hear(&p, &x);
    memset(reason, 'x', sizeof reason - 1); /* the answer is gone */
    assert_int_equal(told.times, 1);
    assert_string_equal(told.state, "RUNNING");
    assert_string_equal(told.reason, "because");
    assert_int_equal(told.last.submission_time, 1700000000125);
    assert_int_equal(told.last.completion_time, -1);
    assert_int_equal(told.last.queue_ms, 7);
    known = progress_enter(&p);
    assert_string_equal(known->state_change_reason, "because");
    assert_string_equal(known->workgroup, "primary");
    assert_string_equal(known->output_location, ""); /* was NULL */
    progress_leave(&p);
    progress_clear(&p);
}

static void only_news_is_told(void **state)
{
    struct progress p;
    struct told told = {.times = 0};
    char none[] = "", other[] = "other";
    struct athena_execution x = execution(ATHENA_STATE_QUEUED, none);
    int64_t *const numbers[] = {&x.data_scanned_bytes, &x.engine_ms,  &x.queue_ms,
                                &x.planning_ms,        &x.service_ms, &x.total_ms};
    int expected = 1;

    (void)state;
    progress_init(&p);
    progress_tell(&p, hear_progress, &told);
    for (int i = 0; i < 3; i++) {
        hear(&p, &x);
    }
    assert_int_equal(told.times, expected);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i] = 1000 + (int64_t)i;
        hear(&p, &x);
        hear(&p, &x);
        assert_int_equal(told.times, ++expected);
    }
    x.state_change_reason = other;
    hear(&p, &x);
    assert_int_equal(told.times, ++expected);
    x.completed_at_s = x.submitted_at_s + 1;
    hear(&p, &x);
    assert_int_equal(told.times, ++expected);
    x.state = ATHENA_STATE_FAILED;
    hear(&p, &x);
    assert_int_equal(told.times, ++expected);
    assert_string_equal(told.state, "FAILED");
    progress_clear(&p);
}

static void silenced(void **state)
{
    struct progress p;
    struct told told = {.times = 0};
    char none[] = "";
    struct athena_execution x = execution(ATHENA_STATE_QUEUED, none);

    (void)state;
    progress_init(&p);
    progress_tell(&p, hear_progress, &told);
    progress_silence(&p);
    hear(&p, &x);
    assert_int_equal(told.times, 0);
    assert_int_equal(progress_enter(&p)->state, ATHENA_STATE_QUEUED); /* heard all the same */
    progress_leave(&p);
    progress_clear(&p);
}

/* Inside the call itself the wait for its end would be for ever. */
static void silenced_inside(void **state)
{
    struct progress p;
    struct told told = {.progress = &p};
    char none[] = "";
    struct athena_execution x = execution(ATHENA_STATE_QUEUED, none);

    (void)state;
    progress_init(&p);
    progress_tell(&p, hear_progress, &told);
    hear(&p, &x);
    x.state = ATHENA_STATE_RUNNING;
    hear(&p, &x);
    assert_int_equal(told.times, 1);
    progress_clear(&p);
}

/* A call that takes its time while the application wants silence. */
struct slow {
    struct progress progress;
    sem_t entered, go_on;
    atomic_bool is_over;
};

static void SQL_API hear_slowly(SQLPOINTER context, const struct athena_progress *p)
{
    struct slow *s = context;

    (void)p;
    sem_post(&s->entered);
    sem_wait(&s->go_on);
    usleep(50 * 1000);
    atomic_store(&s->is_over, true);
}

static void *play_io_thread(void *context)
{
    struct slow *s = context;

    begin(&s->progress, "id-1");
    return NULL;
}

static void silence_waits_for_the_call_and_readers_do_not(void **state)
{
    struct slow s = {.is_over = false};
    pthread_t thread;

    (void)state;
    progress_init(&s.progress);
    sem_init(&s.entered, 0, 0);
    sem_init(&s.go_on, 0, 0);
    progress_tell(&s.progress, hear_slowly, &s);
    assert_int_equal(pthread_create(&thread, NULL, play_io_thread, &s), 0);
    sem_wait(&s.entered);
    assert_string_equal(progress_enter(&s.progress)->id, "id-1"); /* no lock is held meanwhile */
    progress_leave(&s.progress);
    sem_post(&s.go_on);
    progress_silence(&s.progress);
    assert_true(atomic_load(&s.is_over));
    pthread_join(thread, NULL);
    sem_destroy(&s.entered);
    sem_destroy(&s.go_on);
    progress_clear(&s.progress);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_at_first),
        cmocka_unit_test(begun),
        cmocka_unit_test(kept_and_told),
        cmocka_unit_test(only_news_is_told),
        cmocka_unit_test(silenced),
        cmocka_unit_test(silenced_inside),
        cmocka_unit_test(silence_waits_for_the_call_and_readers_do_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
