/*
 * engine/engine.h: a guest in its process. Starting and ending without leaks, signals, descriptors,
 * posting, fork(), and what becomes of operations that still run at the end, of the engine or of
 * the process.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/op.h"
#include "engine/timer.h"

/* ThreadSanitizer supports no threads in a forked child; AddressSanitizer's allocator takes locks
 * that a fork in the middle of things leaves taken in the child (seen with gcc 12). */
#if defined(__SANITIZE_THREAD__)
enum { HAS_THREADS_AFTER_FORK = 0, MAY_FORK_ANY_TIME = 0 };
#elif defined(__SANITIZE_ADDRESS__)
enum { HAS_THREADS_AFTER_FORK = 1, MAY_FORK_ANY_TIME = 0 };
#else
enum { HAS_THREADS_AFTER_FORK = 1, MAY_FORK_ANY_TIME = 1 };
#endif

enum { PATIENCE_MS = 20000 };

struct probe {
    struct op op;
    struct timer timer;
    int64_t delay_ms; /* the probe is done after that */
    bool obeys;       /* a cancel */
    bool has_begun;
};

static atomic_int freed, told;

static void probe_free(struct op *op)
{
    atomic_fetch_add(&freed, 1);
    free(container_of(op, struct probe, op));
}

static enum status probe_advance(struct op *op)
{
    struct probe *p = container_of(op, struct probe, op);

    engine_assert();
    if (p->obeys && op_cancelled(op)) return fault_set(&op->fault, SQLSTATE_HY008, 0, "obeyed");
    if (!p->has_begun && p->delay_ms > 0) timer_start(&p->timer, op, p->delay_ms);
    p->has_begun = true;
    return timer_ready(&p->timer);
}

/* On the loop: what it waits for is due now. */
static void end_probe(void *context)
{
    struct probe *p = context;

    engine_assert();
    timer_start(&p->timer, &p->op, 0);
}

static struct probe *probe_new(struct engine *e, int64_t delay_ms, bool obeys)
{
    struct probe *p = calloc(1, sizeof *p);

    op_init(&p->op, e, probe_advance, probe_free);
    p->delay_ms = delay_ms;
    p->obeys = obeys;
    return p;
}

static void count_told(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

static struct engine *acquire(void)
{
    struct fault f = {0};
    struct engine *e = engine_acquire(&f);

    if (e == NULL) fail_msg("%s", f.text);
    return e;
}

static int count_entries(const char *path)
{
    DIR *folder = opendir(path);
    int count = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

/* A joined thread may be seen for a moment longer. */
static int count_threads(int expected)
{
    int count = 0;

    for (int i = 0; i < 1000; i++) {
        count = count_entries("/proc/self/task");
        if (count <= expected) break;
        usleep(1000);
    }
    return count;
}

static int set_up(void **state)
{
    (void)state;
    atomic_store(&freed, 0);
    atomic_store(&told, 0);
    return 0;
}

/* ---- life ---- */

static void all_holders_share_one(void **state)
{
    struct engine *a = acquire(), *b = acquire();

    (void)state;
    assert_ptr_equal(a, b);
    assert_true(engine_is_usable(a));
    engine_release(a, 0);
    assert_true(engine_post(b, count_told, &told)); /* still there */
    engine_release(b, 0);
    assert_int_equal(atomic_load(&told), 1);
    engine_release(NULL, 0);
}

static void rounds_leave_nothing_behind(void **state)
{
    int threads, descriptors;

    (void)state;
    engine_release(acquire(), 0); /* what is done once for the process */
    threads = count_entries("/proc/self/task");
    descriptors = count_entries("/proc/self/fd");
    for (int i = 0; i < 200; i++) {
        struct engine *e = acquire();
        struct probe *p = probe_new(e, 0, true);

        op_submit(&p->op);
        if (i % 2) assert_int_equal(op_wait(&p->op, clock_deadline_ms(PATIENCE_MS)), ST_OK);
        op_release(&p->op);
        engine_release(e, 0);
    }
    assert_int_equal(count_threads(threads), threads);
    assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    assert_int_equal(atomic_load(&freed), 200);
}

static void *acquire_and_release(void *argument)
{
    for (int i = 0; i < 50; i++) {
        struct fault f = {0};
        struct engine *e = engine_acquire(&f);
        struct probe *p;

        if (e == NULL) return NULL;
        p = probe_new(e, i % 3, true);
        op_submit(&p->op);
        if (op_wait(&p->op, clock_deadline_ms(PATIENCE_MS)) != ST_OK) return NULL;
        op_release(&p->op);
        engine_release(e, 0);
    }
    return argument;
}

static void threads_may_race_for_it(void **state)
{
    pthread_t threads[4];

    (void)state;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, acquire_and_release, &told);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;

        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    assert_int_equal(atomic_load(&freed), 200);
}

/* A host that has used up its descriptors gets a fault, and an engine once there are some again. */
static void no_descriptors_left(void **state)
{
    struct rlimit usual, none;
    int descriptors = count_entries("/proc/self/fd");

    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
    none = usual;
    for (rlim_t extra = 0; extra < 2;
         extra++) { /* it takes two, and curl two that it can do without */
        struct fault f = {0};
        int probe = dup(0);

        close(probe);
        none.rlim_cur = (rlim_t)probe + extra;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        assert_null(engine_acquire(&f));
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
        assert_true(f.state == SQLSTATE_HY000 || f.state == SQLSTATE_HY001);
        assert_non_null(strstr(f.text, "starting the driver's"));
        assert_int_equal(count_entries("/proc/self/fd"), descriptors);
    }
    engine_release(acquire(), 0);
}

/* ---- a guest ---- */

static sigset_t mask_of_thread;

static void note_mask(void *context)
{
    pthread_sigmask(SIG_SETMASK, NULL, &mask_of_thread);
    atomic_fetch_add((atomic_int *)context, 1);
}

static bool reaches(atomic_int *counter, int value)
{
    for (int64_t end_ms = clock_deadline_ms(PATIENCE_MS); atomic_load(counter) < value;) {
        if (clock_now_ms() > end_ms) return false;
        usleep(500);
    }
    return true;
}

static void signals_are_for_the_host(void **state)
{
    struct engine *e;
    sigset_t before, after;

    (void)state;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    e = acquire();
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (int s = 1; s < 32; s++)
        assert_int_equal(sigismember(&before, s), sigismember(&after, s));
    assert_true(engine_post(e, note_mask, &told));
    assert_true(reaches(&told, 1));
    assert_true(sigismember(&mask_of_thread, SIGINT));
    assert_true(sigismember(&mask_of_thread, SIGPIPE));
    assert_true(sigismember(&mask_of_thread, SIGCHLD));
    engine_release(e, 0);
}

static void descriptors_close_on_exec(void **state)
{
    struct engine *e = acquire();
    DIR *folder = opendir("/proc/self/fd");
    struct dirent *entry;
    int checked = 0;

    (void)state;
    while ((entry = readdir(folder)) != NULL) {
        char path[300], target[64] = "";

        snprintf(path, sizeof path, "/proc/self/fd/%s", entry->d_name);
        if (readlink(path, target, sizeof target - 1) < 0) continue;
        if (strncmp(target, "anon_inode:[event", 17) != 0) continue; /* eventfd and eventpoll */
        assert_int_equal(fcntl(atoi(entry->d_name), F_GETFD), FD_CLOEXEC);
        checked++;
    }
    closedir(folder);
    assert_int_equal(checked, 2);
    engine_release(e, 0);
}

/* ---- posting ---- */

enum { POSTS = 2000, POSTERS = 3 };

struct numbered {
    int poster, number;
};

static struct numbered posts[POSTERS][POSTS];
static int last_number[POSTERS];
static bool is_in_order;
static struct engine *posted_to;

static void receive_number(void *context)
{
    struct numbered *n = context;

    if (n->number != last_number[n->poster] + 1) is_in_order = false;
    last_number[n->poster] = n->number;
    atomic_fetch_add(&told, 1);
}

static void *post_all(void *argument)
{
    struct numbered *mine = argument;

    for (int i = 0; i < POSTS; i++)
        engine_post(posted_to, receive_number, &mine[i]);
    return NULL;
}

static void posts_arrive_in_order(void **state)
{
    pthread_t threads[POSTERS];

    (void)state;
    posted_to = acquire();
    is_in_order = true;
    for (int p = 0; p < POSTERS; p++) {
        last_number[p] = -1;
        for (int i = 0; i < POSTS; i++)
            posts[p][i] = (struct numbered){p, i};
        pthread_create(&threads[p], NULL, post_all, posts[p]);
    }
    for (int p = 0; p < POSTERS; p++)
        pthread_join(threads[p], NULL);
    engine_release(posted_to, 0); /* what was posted before is received before the end */
    assert_int_equal(atomic_load(&told), POSTS * POSTERS);
    assert_true(is_in_order);
}

/* ---- fork ---- */

static int exit_status_of(pid_t child)
{
    int status = 0;

    assert_true(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* 0 when all is as it should be, else the number of what is not. */
static int look_around_in_child(struct engine *e, struct probe *running, struct probe *fresh)
{
    struct engine *own;
    struct probe *p;

    alarm(20); /* a hang ends with a signal */
    if (engine_is_usable(e)) return 1;
    if (engine_post(e, count_told, &told)) return 2;
    if (op_poll(&running->op) != ST_ERR) return 3;
    if (running->op.fault.state != SQLSTATE_HY000) return 4;
    if (strstr(running->op.fault.text, "connect again") == NULL) return 5;
    if (op_wait(&running->op, CLOCK_NEVER) != ST_ERR) return 6;
    op_cancel(&running->op);
    if (op_on_done(&running->op, count_told, &told)) return 7;
    op_settle(&running->op);
    op_submit(&fresh->op);
    if (op_wait(&fresh->op, CLOCK_NEVER) != ST_ERR) return 8;
    op_release(&fresh->op);
    op_release(&running->op);
    engine_release(e, 1000); /* what the parent has not released is no hindrance */
    if (!HAS_THREADS_AFTER_FORK) return 0;
    own = engine_acquire(NULL);
    if (own == NULL || own == e) return 9;
    p = probe_new(own, 5, true);
    op_submit(&p->op);
    if (op_wait(&p->op, clock_deadline_ms(PATIENCE_MS)) != ST_OK) return 10;
    op_release(&p->op);
    engine_release(own, 0);
    return 0;
}

static void a_child_gets_a_fault_and_an_engine_of_its_own(void **state)
{
    struct engine *e = acquire();
    struct probe *running = probe_new(e, 3600000, true), *fresh = probe_new(e, 0, true);
    pid_t child;

    (void)state;
    op_submit(&running->op);
    assert_int_equal(op_wait(&running->op, clock_deadline_ms(10)), ST_WAIT);
    child = fork();
    if (child == 0) _exit(look_around_in_child(e, running, fresh));
    assert_int_equal(exit_status_of(child), 0);
    assert_true(engine_post(e, end_probe, running));
    assert_int_equal(op_wait(&running->op, clock_deadline_ms(PATIENCE_MS)), ST_OK); /* unharmed */
    op_release(&running->op);
    op_release(&fresh->op);
    engine_release(e, 0);
}

static atomic_int is_enough;

static void *hammer(void *argument)
{
    while (!atomic_load(&is_enough))
        engine_release(engine_acquire(NULL), 0);
    return argument;
}

static void a_fork_in_the_middle_of_things(void **state)
{
    pthread_t thread;

    (void)state;
    if (!MAY_FORK_ANY_TIME) skip();
    atomic_store(&is_enough, 0);
    pthread_create(&thread, NULL, hammer, NULL);
    for (int i = 0; i < 30; i++) {
        pid_t child = fork();

        if (child == 0) {
            alarm(20);
            engine_release(engine_acquire(NULL), 0);
            _exit(0);
        }
        assert_int_equal(exit_status_of(child), 0);
    }
    atomic_store(&is_enough, 1);
    pthread_join(thread, NULL);
}

/* ---- the end of operations that nobody holds ---- */

static void grace_lets_them_end(void **state)
{
    struct engine *e = acquire();
    struct probe *p = probe_new(e, 50, true);
    int64_t start_ms = clock_now_ms(), took_ms;

    (void)state;
    op_submit(&p->op);
    op_release(&p->op);
    engine_release(e, 10000);
    took_ms = clock_now_ms() - start_ms;
    assert_int_equal(atomic_load(&freed), 1);
    assert_in_range(took_ms, 50, 9000); /* not longer than needed */
}

static enum status submit_successor(struct op *op)
{
    struct probe *next = probe_new(op->engine, 50, true);

    engine_assert();
    op_submit(&next->op);
    op_release(&next->op);
    return ST_OK;
}

/* A query that begins the stopping of another and is done itself, say. */
static void their_successors_have_it_too(void **state)
{
    struct engine *e = acquire();
    struct probe *p = probe_new(e, 0, true);
    int64_t start_ms = clock_now_ms();

    (void)state;
    p->op.advance = submit_successor;
    op_submit(&p->op);
    op_release(&p->op);
    engine_release(e, 10000);
    assert_int_equal(atomic_load(&freed), 2);
    assert_in_range(clock_now_ms() - start_ms, 50, 9000);
}

static void after_it_they_are_cancelled(void **state)
{
    struct engine *e = acquire();
    struct probe *p = probe_new(e, 3600000, true);
    int64_t start_ms = clock_now_ms();

    (void)state;
    op_hold(&p->op);
    op_submit(&p->op);
    op_release(&p->op);
    engine_release(e, 50);
    assert_in_range(clock_now_ms() - start_ms, 50, 9000);
    assert_int_equal(op_poll(&p->op), ST_ERR);
    assert_string_equal(p->op.fault.text, "obeyed");
    op_release(&p->op); /* an operation may outlive the engine */
    assert_int_equal(atomic_load(&freed), 1);
}

static void those_who_do_not_obey_are_dropped(void **state)
{
    struct engine *e = acquire();
    struct probe *p = probe_new(e, 3600000, false), *q = probe_new(e, 3600000, false);

    (void)state;
    op_submit(&p->op);
    op_submit(&q->op);
    op_release(&q->op);
    assert_true(op_on_done(&p->op, count_told, &told));
    engine_release(e, 0);
    assert_int_equal(op_poll(&p->op), ST_ERR);
    assert_int_equal(p->op.fault.state, SQLSTATE_HY008);
    assert_int_equal(atomic_load(&told), 1);
    op_release(&p->op);
    assert_int_equal(atomic_load(&freed), 2);
}

/* ---- the end of the process ---- */

/* In the child that ends: what it holds, and when it called exit(). */
static struct {
    struct engine *engine;
    struct probe *obedient, *stubborn, *fresh;
    int64_t called_ms;
} exiting;

/* 0 when all is as it should be, else the number of what is not. */
static int look_around_at_exit(void)
{
    int64_t took_ms = clock_now_ms() - exiting.called_ms;
    struct fault f = {0};

    if (took_ms < 1000 || took_ms > 12000) return 1; /* the stubborn one's grace */
    if (op_poll(&exiting.obedient->op) != ST_ERR) return 2;
    if (strcmp(exiting.obedient->op.fault.text, "obeyed") != 0) return 3;
    if (op_poll(&exiting.stubborn->op) != ST_ERR) return 4;
    if (engine_is_usable(exiting.engine)) return 5;
    if (engine_post(exiting.engine, count_told, &told)) return 6;
    op_submit(&exiting.fresh->op);
    if (op_wait(&exiting.fresh->op, CLOCK_NEVER) != ST_ERR) return 7;
    op_cancel(&exiting.obedient->op);
    op_release(&exiting.obedient->op);
    op_release(&exiting.stubborn->op);
    op_release(&exiting.fresh->op);
    engine_release(exiting.engine, 1000); /* as a static object's destructor might */
    if (engine_acquire(&f) != NULL || f.state != SQLSTATE_HY000) return 8;
    return 0;
}

/* Set by main() before there was an engine, so it is called after the engine's own handler. */
static void last_handler(void)
{
    if (exiting.engine != NULL) _exit(look_around_at_exit());
}

static void exit_cancels_and_ends_soon(void **state)
{
    pid_t child;

    (void)state;
    if (!HAS_THREADS_AFTER_FORK) skip();
    engine_release(acquire(), 0);
    child = fork();
    if (child == 0) {
        alarm(20);
        exiting.engine = acquire();
        exiting.obedient = probe_new(exiting.engine, 15000, true);
        exiting.stubborn = probe_new(exiting.engine, 15000, false);
        exiting.fresh = probe_new(exiting.engine, 0, true);
        op_submit(&exiting.obedient->op);
        op_submit(&exiting.stubborn->op);
        exiting.called_ms = clock_now_ms();
        exit(99);
    }
    assert_int_equal(exit_status_of(child), 0);
}

static int64_t exit_of_an_idle_process_ms(void)
{
    int64_t start_ms = clock_now_ms();
    pid_t child = fork();

    if (child == 0) {
        alarm(20);
        acquire();
        exit(7);
    }
    assert_int_equal(exit_status_of(child), 7);
    return clock_now_ms() - start_ms;
}

static void exit_of_an_idle_process_takes_no_time(void **state)
{
    int64_t shortest_ms = INT64_MAX; /* a busy machine makes most of them longer */

    (void)state;
    if (!HAS_THREADS_AFTER_FORK) skip();
    for (int i = 0; i < 10 && shortest_ms > 1000; i++) {
        int64_t took_ms = exit_of_an_idle_process_ms();

        if (took_ms < shortest_ms) shortest_ms = took_ms;
    }
    assert_in_range(shortest_ms, 0, 1000); /* the grace is longer */
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_holders_share_one),
        TEST(rounds_leave_nothing_behind),
        TEST(threads_may_race_for_it),
        TEST(no_descriptors_left),
        TEST(signals_are_for_the_host),
        TEST(descriptors_close_on_exec),
        TEST(posts_arrive_in_order),
        TEST(a_child_gets_a_fault_and_an_engine_of_its_own),
        TEST(a_fork_in_the_middle_of_things),
        TEST(grace_lets_them_end),
        TEST(their_successors_have_it_too),
        TEST(after_it_they_are_cancelled),
        TEST(those_who_do_not_obey_are_dropped),
        TEST(exit_cancels_and_ends_soon),
        TEST(exit_of_an_idle_process_takes_no_time),
    };

    atexit(last_handler);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
