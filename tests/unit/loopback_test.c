/* auth/loopback.h and engine/listener.h: the one answer, and everything else that may come. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "auth/loopback.h"
#include "base/clock.h"
#include "engine/engine.h"

enum { PATIENCE_MS = 60000, ANSWER_BYTES = 8192 };

struct visit {
    struct op op;
    struct loopback loopback;
    struct loopback_wish wish;
    char *proof;
    atomic_int port;     /* 0: not yet; -1: it could not be had */
    atomic_bool is_kept; /* the loopback stays when it has been answered, until it is cancelled */
    bool has_begun;
};

static struct engine *engine;
static struct visit *visit;

static void visit_free(struct op *op)
{
    struct visit *v = container_of(op, struct visit, op);

    free(v->proof);
    free(v);
}

static enum status end_visit(struct visit *v, enum status st) RUNS_ON(io_thread);
static enum status end_visit(struct visit *v, enum status st)
{
    loopback_clear(&v->loopback);
    return st;
}

static enum status visit_advance(struct op *op)
{
    struct visit *v = container_of(op, struct visit, op);
    enum status st;

    engine_assert();
    if (op_cancelled(op)) {
        fault_set(&op->fault, SQLSTATE_HY008, 0, "cancelled");
        return end_visit(v, ST_ERR);
    }
    if (!v->has_begun) {
        v->has_begun = true;
        st = loopback_start(&v->loopback, op, &v->wish, &op->fault);
        atomic_store(&v->port, st ? -1 : (int)v->loopback.listener.port);
        return st ? end_visit(v, st) : ST_WAIT;
    }
    st = loopback_ready(&v->loopback, &op->fault);
    if (st == ST_WAIT || (!st && atomic_load(&v->is_kept))) return ST_WAIT;
    if (!st) v->proof = strdup(v->loopback.proof.bytes);
    return end_visit(v, st);
}

static struct visit *visit_new(int64_t port, int64_t timeout_s)
{
    struct visit *v = calloc(1, sizeof *v);

    op_init(&v->op, engine, visit_advance, visit_free);
    v->wish = (struct loopback_wish){.doing = "signing in",
                                     .port = port,
                                     .timeout_s = timeout_s,
                                     .timeout_option = "timeout",
                                     .proof = "code",
                                     .echo = "state"};
    op_submit(&v->op);
    while (!atomic_load(&v->port))
        usleep(1000);
    return v;
}

static int begin(void **state)
{
    (void)state;
    engine = engine_acquire(NULL);
    if (!engine) return -1;
    visit = visit_new(0, PATIENCE_MS / 1000);
    return atomic_load(&visit->port) > 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    op_cancel(&visit->op);
    op_wait(&visit->op, clock_deadline_ms(PATIENCE_MS));
    op_release(&visit->op);
    engine_release(engine, 0);
    return 0;
}

/* -1 when nobody listens. */
static int dial(const struct visit *v)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_port = htons((uint16_t)atomic_load(&v->port)),
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&a, sizeof a) == 0) return fd;
    close(fd);
    return -1;
}

static void say(int fd, const char *text)
{
    size_t count = strlen(text);

    while (count) {
        ssize_t sent = send(fd, text, count, MSG_NOSIGNAL);

        if (sent <= 0) return;
        text += sent;
        count -= (size_t)sent;
    }
}

/* The status of the answer, 0 when there is none; the connection is closed. */
static int hear(int fd, char answer[ANSWER_BYTES])
{
    size_t count = 0;
    ssize_t got;

    while (count < ANSWER_BYTES - 1 &&
           (got = recv(fd, answer + count, ANSWER_BYTES - 1 - count, 0)) > 0)
        count += (size_t)got;
    answer[count] = '\0';
    close(fd);
    return count > 12 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static int ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
static int ask(const char *format, ...)
{
    char request[4096], answer[ANSWER_BYTES];
    va_list args;
    int fd = dial(visit);

    if (fd < 0) return -1;
    va_start(args, format);
    vsnprintf(request, sizeof request, format, args);
    va_end(args);
    say(fd, request);
    return hear(fd, answer);
}

static int get(const char *target)
{
    return ask("GET %s HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", target, atomic_load(&visit->port));
}

/* Read by this thread only when the port is known, after which it does not change. */
static const char *visit_state(void)
{
    return visit->loopback.state;
}

static void check_answered(const char *proof)
{
    assert_int_equal(op_wait(&visit->op, clock_deadline_ms(PATIENCE_MS)), ST_OK);
    assert_string_equal(visit->proof, proof);
}

static void by_query(void **state)
{
    char target[256];

    (void)state;
    snprintf(target, sizeof target, "/athena?code=a%%2Bb&state=%s", visit_state());
    assert_int_equal(get(target), 200);
    check_answered("a+b");
    assert_int_equal(get(target), -1); /* the port is free */
}

static void by_form(void **state)
{
    char body[256];

    (void)state;
    snprintf(body, sizeof body, "state=%s&code=x%%3D%%3D", visit_state());
    assert_int_equal(ask("POST /athena/ HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
                         "Content-Type: application/x-www-form-urlencoded\r\n"
                         "Content-Length: %zu\r\n\r\n%s",
                         atomic_load(&visit->port), strlen(body), body),
                     200);
    check_answered("x==");
}

static void not_the_answer(void **state)
{
    const int port = atomic_load(&visit->port);
    const char *right = visit_state();
    static const char *const hosts[] = {"evil.example", "localhost", "localhost:1",
                                        "localhost.evil.example", "127.0.0.2"};
    char target[256];

    (void)state;
    assert_int_equal(get("/favicon.ico"), 404);
    assert_int_equal(get("/athena?code=c"), 400);
    assert_int_equal(get("/athena?code=c&state="), 400);
    assert_int_equal(get("/athena?code=c&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), 400);
    assert_int_equal(get("/athena?error=access_denied&state=wrong"), 400);
    snprintf(target, sizeof target, "/athena?state=%s", right);
    assert_int_equal(get(target), 400); /* neither a code nor an error */
    snprintf(target, sizeof target, "/elsewhere?code=c&state=%s", right);
    assert_int_equal(get(target), 404);
    assert_int_equal(
        ask("PUT /athena?code=c&state=%s HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", right, port),
        405);
    assert_int_equal(ask("POST /athena HTTP/1.1\r\nHost: localhost:%d\r\nContent-Type: text/plain"
                         "\r\nContent-Length: 56\r\n\r\ncode=c&state=%s",
                         port, right),
                     400);
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        assert_int_equal(
            ask("GET /athena?code=c&state=%s HTTP/1.1\r\nHost: %s\r\n\r\n", right, hosts[i]), 421);
    }
    assert_int_equal(ask("GET /athena?code=c&state=%s HTTP/1.1\r\n\r\n", right), 421);
    assert_int_equal(ask("nonsense\r\n\r\n"), 400);
    assert_int_equal(ask("POST /athena HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"), 413);
    assert_int_equal(op_poll(&visit->op), ST_WAIT);
    snprintf(target, sizeof target, "/athena?code=c&state=%s", right);
    assert_int_equal(get(target), 200);
    check_answered("c");
}

static void refused(void **state)
{
    char target[256];

    (void)state;
    snprintf(
        target, sizeof target,
        "/athena?error=access_denied&error_description=AADSTS65004:+%%3Cno%%3E%%0D%%0A&state=%s",
        visit_state());
    assert_int_equal(get(target), 200);
    assert_int_equal(op_wait(&visit->op, clock_deadline_ms(PATIENCE_MS)), ST_ERR);
    assert_int_equal(visit->op.fault.state, SQLSTATE_28000);
    assert_non_null(strstr(visit->op.fault.text, "access_denied: AADSTS65004: <no>"));
    assert_null(strpbrk(visit->op.fault.text, "\r\n"));
}

static void once(void **state)
{
    char target[256];

    (void)state;
    atomic_store(&visit->is_kept, true);
    snprintf(target, sizeof target, "/athena?code=first&state=%s", visit_state());
    assert_int_equal(get(target), 200);
    snprintf(target, sizeof target, "/athena?code=second&state=%s", visit_state());
    assert_int_equal(get(target), 400);
    atomic_store(&visit->is_kept, false);
    op_wake_from_anywhere(&visit->op);
    check_answered("first");
}

/* Nothing of what has come is shown. */
static void pages(void **state)
{
    char answer[ANSWER_BYTES], request[256];
    int fd = dial(visit);

    (void)state;
    snprintf(
        request, sizeof request,
        "GET /athena?code=%%3Cscript%%3Ewords&state=other HTTP/1.1\r\nHost: localhost:%d\r\n\r\n",
        atomic_load(&visit->port));
    say(fd, request);
    assert_int_equal(hear(fd, answer), 400);
    assert_null(strstr(answer, "words"));
    assert_null(strstr(answer, "other"));
    assert_non_null(strstr(answer, "default-src 'none'"));
    assert_non_null(strstr(answer, "no-store"));
}

static void many_and_slow(void **state)
{
    enum { SILENT = 100 };
    char target[256];
    int silent[SILENT], slow;

    (void)state;
    for (int i = 0; i < SILENT; i++) {
        silent[i] = dial(visit);
        assert_true(silent[i] >= 0);
        if (i % 2) say(silent[i], "GET /ath");
    }
    slow = dial(visit);
    for (const char *c = "GET /athena?code=c HTTP/1.1\r\n"; *c; c++)
        say(slow, (char[]){*c, '\0'});
    snprintf(target, sizeof target, "/athena?code=c&state=%s", visit_state());
    assert_int_equal(get(target), 200);
    check_answered("c");
    for (int i = 0; i < SILENT; i++)
        close(silent[i]);
    close(slow);
}

static void port_in_use(void **state)
{
    struct visit *second = visit_new(atomic_load(&visit->port), PATIENCE_MS / 1000);

    (void)state;
    assert_int_equal(op_wait(&second->op, clock_deadline_ms(PATIENCE_MS)), ST_ERR);
    assert_int_equal(second->op.fault.state, SQLSTATE_08001);
    assert_int_equal(second->op.fault.native, EADDRINUSE);
    assert_non_null(strstr(second->op.fault.text, "listen_port"));
    op_release(&second->op);
}

static void port_again(void **state)
{
    const int port = atomic_load(&visit->port);
    struct visit *second;
    char target[256];

    (void)state;
    snprintf(target, sizeof target, "/athena?code=c&state=%s", visit_state());
    assert_int_equal(get(target), 200);
    check_answered("c");
    second = visit_new(port, PATIENCE_MS / 1000);
    assert_int_equal(atomic_load(&second->port), port);
    op_cancel(&second->op);
    assert_int_equal(op_wait(&second->op, clock_deadline_ms(PATIENCE_MS)), ST_ERR);
    op_release(&second->op);
}

static void nobody_comes(void **state)
{
    struct visit *second = visit_new(0, 1);

    (void)state;
    assert_int_equal(op_wait(&second->op, clock_deadline_ms(PATIENCE_MS)), ST_ERR);
    assert_int_equal(second->op.fault.state, SQLSTATE_HYT00);
    assert_non_null(strstr(second->op.fault.text, "option timeout"));
    op_release(&second->op);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(by_query, begin, end),
        cmocka_unit_test_setup_teardown(by_form, begin, end),
        cmocka_unit_test_setup_teardown(not_the_answer, begin, end),
        cmocka_unit_test_setup_teardown(refused, begin, end),
        cmocka_unit_test_setup_teardown(once, begin, end),
        cmocka_unit_test_setup_teardown(pages, begin, end),
        cmocka_unit_test_setup_teardown(many_and_slow, begin, end),
        cmocka_unit_test_setup_teardown(port_in_use, begin, end),
        cmocka_unit_test_setup_teardown(port_again, begin, end),
        cmocka_unit_test_setup_teardown(nobody_comes, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
