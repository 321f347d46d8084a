/*
 * exec/notice.c and exec/await.c: one signal for each call that was deferred, none for the others,
 * into eventfd, pipe or socket, or through the callback; never SIGPIPE, never a block.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "exec/execute.h"
#include "exec/notice.h"
#include "handle/event.h"
#include "unit/exec_scene.h"

enum { LONG_MS = 5000 };

static int open_scene(void **state)
{
    static struct exec_scene scene;

    exec_scene_open(&scene, NULL);
    scene.stmt->attr.async_enable = SQL_ASYNC_ENABLE_ON;
    *state = &scene;
    return 0;
}

static int close_scene(void **state)
{
    exec_scene_close(*state);
    return 0;
}

static bool is_readable(int fd, int timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, timeout_ms) == 1;
}

static void notify_by(struct exec_scene *scene, int fd)
{
    assert_int_equal(
        event_set(&scene->stmt->attr.event, &scene->stmt->base.diag, (SQLPOINTER)(intptr_t)fd),
        SQL_SUCCESS);
}

static void expect_one_signal(struct exec_scene *scene, int read_fd)
{
    uint64_t value = 0;

    exec_scene_cursor(scene, 2);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_SUCCESS); /* at once: no signal */
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    assert_false(is_readable(read_fd, 20));
    exec_scene_arrive(scene, 2, ROWS_END);
    assert_true(is_readable(read_fd, LONG_MS));
    assert_int_equal(read(read_fd, &value, sizeof value), sizeof value);
    assert_int_equal(value, 1);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_SUCCESS);
    assert_int_equal(scene->numbers[0], 2);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_NO_DATA);
    assert_false(is_readable(read_fd, 20));
}

static void by_eventfd(void **state)
{
    int fd = eventfd(0, EFD_CLOEXEC);

    notify_by(*state, fd);
    expect_one_signal(*state, fd);
    close(fd);
}

static void by_pipe(void **state)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    notify_by(*state, ends[1]);
    expect_one_signal(*state, ends[0]);
    close(ends[0]);
    close(ends[1]);
}

static void by_socket(void **state)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    notify_by(*state, ends[1]);
    expect_one_signal(*state, ends[0]);
    close(ends[0]);
    close(ends[1]);
}

/* SIGPIPE has its default action here, which would end the test. */
static void nobody_reads(void **state)
{
    int pipe_ends[2], socket_ends[2];

    (void)state;
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, socket_ends), 0);
    close(pipe_ends[0]);
    close(socket_ends[0]);
    notice_write(pipe_ends[1]);
    notice_write(socket_ends[1]);
    notice_write(-1);
    close(pipe_ends[1]);
    close(socket_ends[1]);
}

/* Descriptors in blocking mode, filled to the brim: writing must give up. */
static void full_descriptors(void **state)
{
    const uint64_t most = UINT64_MAX - 1;
    char block[4096] = {0};
    int event = eventfd(0, EFD_CLOEXEC);
    int ends[2];

    (void)state;
    assert_int_equal(write(event, &most, sizeof most), sizeof most);
    notice_write(event);
    assert_int_equal(pipe(ends), 0);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], block, sizeof block) > 0) {}
    fcntl(ends[1], F_SETFL, 0);
    notice_write(ends[1]);
    close(ends[0]);
    close(ends[1]);
    close(event);
}

struct told {
    sem_t semaphore;
    pthread_t thread;
    int times;
    bool is_last;
};

static SQLRETURN SQL_API on_news(SQLPOINTER context, BOOL is_last)
{
    struct told *t = context;

    t->times++;
    t->is_last = is_last;
    t->thread = pthread_self();
    sem_post(&t->semaphore);
    return SQL_SUCCESS;
}

static void by_callback(void **state)
{
    struct exec_scene *scene = *state;
    struct told told = {.times = 0};

    sem_init(&told.semaphore, 0, 0);
    scene->stmt->attr.callback = on_news;
    scene->stmt->attr.callback_context = &told;
    exec_scene_cursor(scene, 2);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_SUCCESS);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    exec_scene_arrive(scene, 2, ROWS_END);
    sem_wait(&told.semaphore);
    assert_int_equal(told.times, 1);
    assert_true(told.is_last);
    assert_false(pthread_equal(told.thread, pthread_self()));
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_SUCCESS);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_NO_DATA);
    assert_int_equal(told.times, 1);
    scene->stmt->attr.callback = NULL;
    sem_destroy(&told.semaphore);
}

/* The statement goes while its fetch is pending: nobody is told any more. */
static void abandoned(void **state)
{
    struct exec_scene *scene = *state;
    struct told told = {.times = 0};

    sem_init(&told.semaphore, 0, 0);
    scene->stmt->attr.callback = on_news;
    scene->stmt->attr.callback_context = &told;
    exec_scene_cursor(scene, 1);
    assert_int_equal(exec_scene_fetch(scene, 1), SQL_STILL_EXECUTING);
    exec_close(scene->stmt);
    assert_int_equal(told.times, 0);
    scene->stmt->attr.callback = NULL;
    sem_destroy(&told.semaphore);
}

#define SCENE_TEST(test) cmocka_unit_test_setup_teardown(test, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(by_eventfd),
        SCENE_TEST(by_pipe),
        SCENE_TEST(by_socket),
        cmocka_unit_test(nobody_reads),
        cmocka_unit_test(full_descriptors),
        SCENE_TEST(by_callback),
        SCENE_TEST(abandoned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
