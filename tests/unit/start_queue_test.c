/*
 * ops/start_queue.c and ops/quota.c: who has its turn when, on a loop of its own, where time passes
 * when the test says so.
 */
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "ops/quota.h"
#include "ops/start_queue.h"
#include "unit/still_clock.h"

enum { TICKETS = 10, LINES = 3, FIRST_WINDOW = 8, BURST_WINDOW = 16 };

static struct engine *engine;
static struct quota *quota;
static struct start_queue *queue;
static struct start_line lines[LINES];
static struct start_ticket tickets[LINES][TICKETS]; /* "a0" is tickets[0][0] */
static struct op owner;
static sem_t is_done;

static enum status never(struct op *op)
{
    (void)op;
    return ST_OK;
}

static void owner_free(struct op *op)
{
    (void)op;
}

/* ---- what a test says, done on the loop --------------------------------------------------- */

enum verb { ADD, ACCEPT, ACCEPT_LATE, THROTTLE, FULL, LEAVE, ENDED, LOOK };
enum { LATE_MS = 2000 };

struct order {
    enum verb verb;
    struct start_ticket *ticket;
    struct start_line *line;
    char seen[200];
};

/* The names of those whose turn it is, in the order of lines. */
static void look(char *seen, size_t room)
{
    size_t count = 0;

    *seen = '\0';
    for (int i = 0; i < LINES; i++) {
        for (int k = 0; k < TICKETS; k++) {
            if (tickets[i][k].state != START_SENT) continue;
            count += (size_t)snprintf(seen + count, room - count, "%s%c%d", count ? " " : "",
                                      'a' + i, k);
        }
    }
}

static void obey(void *context)
{
    struct order *o = context;

    engine_assert();
    switch (o->verb) {
    case ADD:
        start_queue_ready(queue, o->line, o->ticket, &owner);
        break;
    case ACCEPT:
        start_queue_accepted(o->ticket, clock_now_ms());
        break;
    case ACCEPT_LATE:
        start_queue_accepted(o->ticket, clock_now_ms() - LATE_MS);
        break;
    case THROTTLE:
        start_queue_refused(o->ticket, false, clock_now_ms());
        break;
    case FULL:
        start_queue_refused(o->ticket, true, clock_now_ms());
        break;
    case LEAVE:
        start_queue_leave(o->ticket);
        break;
    case ENDED:
        start_queue_query_ended(queue);
        break;
    case LOOK:
    default:
        break;
    }
    look(o->seen, sizeof o->seen);
    sem_post(&is_done);
}

/* Tells the loop to do it; who has its turn after it. */
static const char *tell(enum verb verb, const char *name)
{
    static struct order o;
    int line = name ? name[0] - 'a' : 0, number = name ? name[1] - '0' : 0;

    o = (struct order){verb, &tickets[line][number], &lines[line], ""};
    assert_true(engine_post(engine, obey, &o));
    sem_wait(&is_done);
    return o.seen;
}

/* Time passes; who has its turn after it. */
static const char *after_ms(int64_t ms)
{
    still_clock_move(ms);
    tell(LOOK, NULL); /* wakes the loop, which sees to its timers before the next mail */
    return tell(LOOK, NULL);
}

static void open_queue(void)
{
    struct fault f = {0};

    engine = engine_acquire(&f);
    assert_non_null(engine);
    quota = quota_new(engine);
    queue = start_queue_new(engine, quota);
    assert_non_null(queue);
    memset(tickets, 0, sizeof tickets);
    for (int i = 0; i < LINES; i++)
        start_line_init(&lines[i]);
    op_init(&owner, engine, never, owner_free);
    sem_init(&is_done, 0, 0);
}

static void close_queue(void)
{
    char name[3] = "";

    for (int i = 0; i < LINES * TICKETS; i++) {
        name[0] = (char)('a' + i / TICKETS);
        name[1] = (char)('0' + i % TICKETS);
        tell(LEAVE, name);
    }
    op_release(&owner);
    engine_release(engine, 0);
    start_queue_free(queue);
    quota_free(quota);
}

/* All places of the window are taken by a0 to a7. */
static void fill_window(void)
{
    for (int i = 0; i < FIRST_WINDOW; i++) {
        char name[3] = {'a', (char)('0' + i), '\0'};

        tell(ADD, name);
    }
    assert_string_equal(tell(LOOK, NULL), "a0 a1 a2 a3 a4 a5 a6 a7");
}

/* ---- tests -------------------------------------------------------------------------------- */

static void connections_take_turns(void **state)
{
    (void)state;
    open_queue();
    fill_window();
    tell(ADD, "a8");
    tell(ADD, "a9");
    tell(ADD, "b0");
    tell(ADD, "b1");
    tell(ADD, "c0");
    assert_string_equal(tell(LOOK, NULL), "a0 a1 a2 a3 a4 a5 a6 a7");
    assert_string_equal(tell(LEAVE, "a0"), "a1 a2 a3 a4 a5 a6 a7 a8");
    assert_string_equal(tell(LEAVE, "a1"), "a2 a3 a4 a5 a6 a7 a8 b0");
    assert_string_equal(tell(LEAVE, "a2"), "a3 a4 a5 a6 a7 a8 b0 c0");
    assert_string_equal(tell(LEAVE, "a3"), "a4 a5 a6 a7 a8 a9 b0 c0");
    assert_string_equal(tell(LEAVE, "a4"), "a5 a6 a7 a8 a9 b0 b1 c0");
    close_queue();
}

/* How many are on their way at last, when as many wait as can and each is answered like that. */
static size_t on_their_way_after(enum verb answer)
{
    size_t chars;

    open_queue();
    for (char name[3] = "a0"; name[0] <= 'c'; name[0]++) {
        for (name[1] = '0'; name[1] <= '9'; name[1]++)
            tell(ADD, name);
    }
    for (int i = 0; i < 40; i++) {
        char name[3] = {tell(LOOK, NULL)[0], tell(LOOK, NULL)[1], '\0'};

        tell(answer, name);
        tell(ADD, name); /* anew */
    }
    chars = strlen(tell(LOOK, NULL));
    close_queue();
    return (chars + 1) / 3;
}

/* The window grows with what is accepted, and beyond a burst when the rate needs it. */
static void slow_answers_widen_the_window(void **state)
{
    (void)state;
    assert_int_equal(on_their_way_after(ACCEPT), BURST_WINDOW);
    assert_int_equal(on_their_way_after(ACCEPT_LATE), TICKETS * LINES);
}

static void who_leaves_makes_room(void **state)
{
    (void)state;
    open_queue();
    fill_window();
    tell(ADD, "a8");
    tell(ADD, "b0");
    assert_string_equal(tell(LEAVE, "a8"), "a0 a1 a2 a3 a4 a5 a6 a7");
    assert_string_equal(tell(LEAVE, "a3"), "a0 a1 a2 a4 a5 a6 a7 b0");
    assert_string_equal(tell(LEAVE, "a3"), "a0 a1 a2 a4 a5 a6 a7 b0");
    close_queue();
}

static void a_throttled_start_keeps_its_place(void **state)
{
    (void)state;
    open_queue();
    fill_window();
    tell(ADD, "a8");
    assert_string_equal(tell(THROTTLE, "a5"), "a0 a1 a2 a3 a4 a6 a7");
    assert_string_equal(tell(THROTTLE, "a2"), "a0 a1 a3 a4 a6 a7");
    assert_string_equal(after_ms(78), "a0 a1 a3 a4 a6 a7");
    assert_string_equal(after_ms(1), "a0 a1 a2 a3 a4 a6 a7"); /* 12.8 a second */
    assert_string_equal(after_ms(77), "a0 a1 a2 a3 a4 a6 a7");
    assert_string_equal(after_ms(1), "a0 a1 a2 a3 a4 a5 a6 a7");
    close_queue();
}

static void a_full_queue_waits_for_ends(void **state)
{
    (void)state;
    open_queue();
    fill_window();
    tell(ADD, "a8");
    tell(ADD, "a9");
    assert_string_equal(tell(FULL, "a6"), "a0 a1 a2 a3 a4 a5 a7");
    tell(FULL, "a7");
    for (int i = 0; i < 6; i++) {
        char name[3] = {'a', (char)('0' + i), '\0'};

        tell(ACCEPT, name);
    }
    assert_string_equal(tell(LOOK, NULL), "");
    assert_string_equal(tell(ENDED, NULL), "a6");
    assert_string_equal(tell(ENDED, NULL), "a6 a7");
    assert_string_equal(tell(ACCEPT, "a6"), "a7"); /* an end makes room for one */
    assert_string_equal(tell(ACCEPT, "a7"), "");
    close_queue();
}

static void probes_find_out_that_there_is_room(void **state)
{
    (void)state;
    open_queue();
    tell(ADD, "a0");
    tell(ADD, "a1");
    tell(ADD, "b0");
    tell(ACCEPT, "a0");
    tell(FULL, "a1");
    assert_string_equal(tell(FULL, "b0"), "");
    assert_string_equal(after_ms(999), "");
    assert_string_equal(after_ms(1), "a1"); /* one alone, after a second */
    assert_string_equal(tell(FULL, "a1"), "");
    assert_string_equal(after_ms(1499), "");       /* the second comes later than the first */
    assert_string_equal(after_ms(501), "b0");      /* the other connection's turn */
    assert_string_equal(tell(ACCEPT, "b0"), "a1"); /* open */
    close_queue();
}

/* ---- tokens ------------------------------------------------------------------------------- */

static struct quota_waiter waiters[3];
static enum status first_ready[3];

static void use_up_and_wait(void *context)
{
    (void)context;
    engine_assert();
    while (quota_take(quota, QUOTA_METADATA)) {}
    for (int i = 0; i < 3; i++)
        first_ready[i] = quota_ready(quota, QUOTA_METADATA, &waiters[i], &owner);
    quota_forget(&waiters[1]);
    sem_post(&is_done);
}

static void take_what_is_granted(void *context)
{
    int *granted = context;

    engine_assert();
    *granted = 0;
    for (int i = 0; i < 3; i++) {
        if (!waiters[i].is_granted) continue;
        assert_int_equal(quota_ready(quota, QUOTA_METADATA, &waiters[i], &owner), ST_OK);
        *granted += 1 << i;
    }
    sem_post(&is_done);
}

/* The waiters that have got their token meanwhile, as bits. */
static int granted_after_ms(int64_t ms)
{
    int granted = 0;

    after_ms(ms);
    assert_true(engine_post(engine, take_what_is_granted, &granted));
    sem_wait(&is_done);
    return granted;
}

static void calls_wait_for_their_tokens(void **state)
{
    (void)state;
    open_queue();
    memset(waiters, 0, sizeof waiters);
    assert_true(engine_post(engine, use_up_and_wait, NULL));
    sem_wait(&is_done);
    for (int i = 0; i < 3; i++)
        assert_int_equal(first_ready[i], ST_WAIT);
    assert_int_equal(granted_after_ms(49), 0); /* 20 a second */
    assert_int_equal(granted_after_ms(1), 1 << 0);
    assert_int_equal(granted_after_ms(49), 0);
    assert_int_equal(granted_after_ms(1), 1 << 2);
    assert_int_equal(quota_group_of("StartQueryExecution"), QUOTA_START);
    assert_int_equal(quota_group_of("ListTableMetadata"), QUOTA_METADATA);
    close_queue();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(connections_take_turns),
        cmocka_unit_test(slow_answers_widen_the_window),
        cmocka_unit_test(who_leaves_makes_room),
        cmocka_unit_test(a_throttled_start_keeps_its_place),
        cmocka_unit_test(a_full_queue_waits_for_ends),
        cmocka_unit_test(probes_find_out_that_there_is_room),
        cmocka_unit_test(calls_wait_for_their_tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
