/*
 * engine/http.h against a small server in the same process: answers, faults and their texts, many
 * exchanges at once, cancelling, names that cannot be resolved, the proxy, the engine's end.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
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

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/http.h"
#include "engine/op.h"
#include "unit/http_server.h"

enum { PATIENCE_MS = 60000 };

static struct http_server *server;
static struct engine *engine;
static struct http_settings settings;
static atomic_int freed;

/* ---- name resolution under control ---- */

static atomic_bool is_resolver_stuck;

/* libcurl calls this one instead of libc's: names under "stuck." wait, none is asked for outside. */
int getaddrinfo(const char *restrict name, const char *restrict service,
                const struct addrinfo *restrict req, struct addrinfo **restrict pai)
{
    static int (*libc)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

    if (name != NULL && strncmp(name, "stuck.", 6) == 0) {
        while (atomic_load(&is_resolver_stuck))
            usleep(1000);
        name = "127.0.0.1";
    }
    if (name != NULL && strstr(name, ".invalid") != NULL) return EAI_NONAME;
    *(void **)&libc = dlsym(RTLD_NEXT, "getaddrinfo");
    return libc(name, service, req, pai);
}

/* ---- an operation that makes one exchange ---- */

struct fetch {
    struct op op;
    struct http http;
    struct http_request request;
    struct http_settings settings;
    char url[256];
    bool has_begun;
    bool obeys;  /* a cancel */
    int repeats; /* exchanges to make with the same struct http */
    size_t sink_limit_bytes;
    struct buf sunk;
    atomic_int advances;
    int status;
    bool was_delivered;
    char *body;
};

static void fetch_free(struct op *op)
{
    struct fetch *f = container_of(op, struct fetch, op);

    http_clear(&f->http); /* on whatever thread: it does not run any more */
    buf_clear(&f->sunk);
    free(f->body);
    free(f);
    atomic_fetch_add(&freed, 1);
}

static enum status finish_fetch(struct fetch *f) RUNS_ON(io_thread)
{
    enum status st = http_ready(&f->http);

    if (st == ST_WAIT) return st;
    f->status = f->http.status;
    f->was_delivered = f->http.was_delivered;
    if (st == ST_ERR) fault_copy(&f->op.fault, &f->http.fault);
    if (st == ST_OK) {
        free(f->body);
        f->body = buf_take(&f->http.body);
    }
    return st;
}

static enum status fetch_advance(struct op *op)
{
    struct fetch *f = container_of(op, struct fetch, op);
    enum status st;

    engine_assert();
    atomic_fetch_add(&f->advances, 1);
    if (f->obeys && op_cancelled(op)) {
        http_clear(&f->http);
        return fault_set(&op->fault, SQLSTATE_HY008, 0, "cancelled");
    }
    if (!f->has_begun) {
        f->has_begun = true;
        if (http_start(&f->http, op, &f->request, &op->fault)) return ST_ERR;
    }
    st = finish_fetch(f);
    if (st == ST_OK && --f->repeats > 0) {
        if (http_start(&f->http, op, &f->request, &op->fault)) return ST_ERR;
        return ST_WAIT;
    }
    return st;
}

/* path, or a whole URL. */
static struct fetch *fetch_new(const char *path)
{
    struct fetch *f = calloc(1, sizeof *f);

    op_init(&f->op, engine, fetch_advance, fetch_free);
    if (path[0] == '/') {
        snprintf(f->url, sizeof f->url, "http://127.0.0.1:%d%s", http_server_port(server), path);
    } else {
        snprintf(f->url, sizeof f->url, "%s", path);
    }
    f->settings = settings;
    f->request = (struct http_request){.method = "GET", .url = f->url, .settings = &f->settings};
    f->repeats = 1;
    f->obeys = true;
    buf_init(&f->sunk, 100000000);
    return f;
}

static enum status run(struct fetch *f)
{
    op_submit(&f->op);
    return op_wait(&f->op, clock_deadline_ms(PATIENCE_MS));
}

static int set_up(void **state)
{
    struct fault f = {0};

    (void)state;
    settings = (struct http_settings){.user_agent = "http_test/1", .verify_tls = true};
    atomic_store(&freed, 0);
    atomic_store(&is_resolver_stuck, false);
    server = http_server_start();
    engine = engine_acquire(&f);
    return server != NULL && engine != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    engine_release(engine, 0);
    http_server_stop(server);
    return 0;
}

/* ---- answers ---- */

static void answers(void **state)
{
    static const struct {
        const char *path;
        int status;
        const char *body;
    } cases[] = {
        {"/ok", 200, "hello"},
        {"/ok?query=1#fragment", 200, "hello"},
        {"/status/404", 404, "status"},
        {"/status/503", 503, "status"},
        {"/status/301", 301, "status"},
        {"/size/0", 200, ""},
        {"/chunked", 200, "one two three"},
        {"/continue", 200, "hello"},
        {"/slow/30", 200, "hello"},
        {"/headers", 206, "ok"},
        {"/once", 200, "hello"},
        {"/size/26", 200, "abcdefghijklmnopqrstuvwxyz"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch *f = fetch_new(cases[i].path);

        if (run(f) != ST_OK) fail_msg("%s: %s", cases[i].path, f->op.fault.text);
        assert_int_equal(f->status, cases[i].status);
        assert_string_equal(f->body, cases[i].body);
        assert_true(f->was_delivered);
        assert_true(f->http.answered_ms >= f->http.sent_ms && f->http.sent_ms > 0);
        op_release(&f->op);
    }
}

static void headers_of_the_final_answer(void **state)
{
    struct fetch *f = fetch_new("/headers");
    char value[64], small[5];

    (void)state;
    assert_int_equal(run(f), ST_OK);
    assert_true(http_header(&f->http, "etag", value, sizeof value));
    assert_string_equal(value, "\"abc:1\"");
    assert_true(http_header(&f->http, "x-amzn-requestid", value, sizeof value));
    assert_string_equal(value, "One");
    assert_true(http_header(&f->http, "x-empty", value, sizeof value));
    assert_string_equal(value, "");
    assert_true(http_header(&f->http, "content-range", small, sizeof small));
    assert_string_equal(small, "byte");
    assert_false(http_header(&f->http, "x-amzn", value, sizeof value));
    assert_false(http_header(&f->http, "one", value, sizeof value));
    op_release(&f->op);

    f = fetch_new("/continue");
    assert_int_equal(run(f), ST_OK);
    assert_false(http_header(&f->http, "x-first", value, sizeof value));
    op_release(&f->op);
}

static void requests_are_what_was_asked_for(void **state)
{
    static const char *const headers[] = {"X-Amz-Target: AmazonAthena.Test", "X-Second: 2", NULL};
    static const char *const typed[] = {"Content-Type: application/x-amz-json-1.1", NULL};
    static const struct {
        const char *method, *body;
        const char *const *headers;
        const char *line;
    } cases[] = {
        {"GET", NULL, headers, "GET /echo/../a%2Fb?x=1 HTTP/1.1\r\n"},
        {"POST", "{\"a\":1}", typed, "POST /echo/../a%2Fb?x=1 HTTP/1.1\r\n"},
        {"POST", NULL, NULL, "POST /echo/../a%2Fb?x=1 HTTP/1.1\r\n"},
        {"PUT", "content", headers, "PUT /echo/../a%2Fb?x=1 HTTP/1.1\r\n"},
        {"PUT", NULL, NULL, "PUT /echo/../a%2Fb?x=1 HTTP/1.1\r\n"},
        {"DELETE", NULL, headers, "DELETE /echo/../a%2Fb?x=1 HTTP/1.1\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch *f = fetch_new("/echo/../a%2Fb?x=1");
        const char *sent, *body = cases[i].body != NULL ? cases[i].body : "";
        char length[64];

        f->request.method = cases[i].method;
        f->request.headers = cases[i].headers;
        f->request.body = cases[i].body;
        f->request.body_bytes = strlen(body);
        assert_int_equal(run(f), ST_OK);
        sent = f->body;
        assert_memory_equal(sent, cases[i].line, strlen(cases[i].line));
        assert_non_null(strstr(sent, "\r\nUser-Agent: http_test/1\r\n"));
        assert_null(strstr(sent, "Expect"));
        assert_string_equal(strstr(sent, "\r\n\r\n") + 4, body);
        snprintf(length, sizeof length, "\r\nContent-Length: %zu\r\n", strlen(body));
        if (cases[i].method[0] == 'P') assert_non_null(strstr(sent, length));
        assert_int_equal(strstr(sent, "Content-Type") != NULL, cases[i].headers == typed);
        for (const char *const *h = cases[i].headers; h != NULL && *h != NULL; h++) {
            assert_non_null(strstr(sent, *h));
        }
        op_release(&f->op);
    }
}

static void a_head_has_no_body(void **state)
{
    struct fetch *f = fetch_new("/status/200");

    (void)state;
    f->request.method = "HEAD";
    assert_int_equal(run(f), ST_OK);
    assert_int_equal(f->status, 200);
    assert_string_equal(f->body, "");
    op_release(&f->op);
}

static void large_bodies_both_ways(void **state)
{
    enum { BYTES = 200000 };
    struct fetch *f = fetch_new("/size/5000000");
    char *body = malloc(BYTES);

    (void)state;
    assert_int_equal(run(f), ST_OK);
    assert_int_equal(strlen(f->body), 5000000);
    for (size_t i = 0; i < 5000000; i += 9999)
        assert_int_equal(f->body[i], 'a' + i % 26);
    op_release(&f->op);

    memset(body, 'x', BYTES);
    f = fetch_new("/echo");
    f->request.method = "PUT";
    f->request.body = body;
    f->request.body_bytes = BYTES;
    assert_int_equal(run(f), ST_OK);
    assert_memory_equal(strstr(f->body, "\r\n\r\n") + 4, body, BYTES);
    op_release(&f->op);
    free(body);
}

/* ---- sinks and limits ---- */

static size_t sink(void *context, const char *bytes, size_t count)
{
    struct fetch *f = context;
    size_t room = f->sink_limit_bytes - f->sunk.count;

    engine_assert();
    op_wake(&f->op); /* allowed: the owner looks at what has come so far */
    if (count > room) count = room;
    buf_put(&f->sunk, bytes, count);
    return count;
}

static struct fetch *sinking(const char *path, size_t limit_bytes)
{
    struct fetch *f = fetch_new(path);

    f->request.sink = sink;
    f->request.sink_context = f;
    f->sink_limit_bytes = limit_bytes;
    return f;
}

static void sinks_get_what_succeeds(void **state)
{
    struct fetch *f = sinking("/size/3000000", 3000000);

    (void)state;
    assert_int_equal(run(f), ST_OK);
    assert_int_equal(f->sunk.count, 3000000);
    assert_string_equal(f->body, "");
    for (size_t i = 0; i < f->sunk.count; i += 999) {
        assert_int_equal(f->sunk.bytes[i], 'a' + i % 26);
    }
    op_release(&f->op);

    f = sinking("/status/404", 100); /* an error's text is for the owner, not for the sink */
    assert_int_equal(run(f), ST_OK);
    assert_int_equal(f->sunk.count, 0);
    assert_string_equal(f->body, "status");
    op_release(&f->op);
}

static void limits(void **state)
{
    struct fetch *f = sinking("/size/3000", 2000);

    (void)state;
    assert_int_equal(run(f), ST_ERR);
    assert_int_equal(f->op.fault.state, SQLSTATE_08S01);
    assert_non_null(strstr(f->op.fault.text, "the receiver refused"));
    op_release(&f->op);

    f = fetch_new("/size/2001");
    f->request.max_body_bytes = 2000;
    assert_int_equal(run(f), ST_ERR);
    assert_non_null(strstr(f->op.fault.text, "larger than 2000 bytes"));
    op_release(&f->op);

    f = fetch_new("/size/2000");
    f->request.max_body_bytes = 2000;
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);
}

/* ---- faults ---- */

/* A port that is taken, so that it is nobody else's, and refuses; fd is the caller's to close. */
static int closed_port(int *fd)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t count = sizeof address;

    *fd = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(*fd, (struct sockaddr *)&address, sizeof address), 0);
    getsockname(*fd, (struct sockaddr *)&address, &count);
    return ntohs(address.sin_port);
}

static void faults(void **state)
{
    static const struct {
        const char *url;
        enum sqlstate state;
        bool was_delivered;
        const char *text; /* part of it */
    } cases[] = {
        {"http://nowhere.invalid/%s", SQLSTATE_08000, false, "nowhere.invalid"},
        {"http://127.0.0.1:CLOSED/%s", SQLSTATE_08001, false, "no connection to be had"},
        {"ftp://127.0.0.1:CLOSED/%s", SQLSTATE_08001, false, "only http and https"},
        {"http://127.0.0.1:99999/%s", SQLSTATE_08001, false, "no valid address"},
        {"http://secret@127.0.0.1/%s", SQLSTATE_08001, false, "must not contain a user"},
        {"https://127.0.0.1:OPEN/ok%s", SQLSTATE_08006, false, "TLS"},
        {"http://127.0.0.1:OPEN/partial%s", SQLSTATE_08S01, true, "ended too early"},
        {"http://127.0.0.1:OPEN/reset%s", SQLSTATE_08S01, true, "lost while receiving"},
        {"http://127.0.0.1:OPEN/close%s", SQLSTATE_08S01, true, "without an answer"},
        {"http://127.0.0.1:OPEN/garbage%s", SQLSTATE_08S01, true, "is not HTTP"},
    };
    int closed, closed_at = closed_port(&closed);
    char number[16], url[256];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch *f;
        char *port;

        snprintf(url, sizeof url, "%.*s?token=secret", (int)strcspn(cases[i].url, "%"),
                 cases[i].url);
        if ((port = strstr(url, "CLOSED")) != NULL || (port = strstr(url, "OPEN")) != NULL) {
            char rest[128];

            snprintf(rest, sizeof rest, "%s", strpbrk(port, "/"));
            snprintf(number, sizeof number, "%d",
                     *port == 'C' ? closed_at : http_server_port(server));
            snprintf(port, sizeof url - (size_t)(port - url), "%s%s", number, rest);
        }
        f = fetch_new(url);
        assert_int_equal(run(f), ST_ERR);
        if (f->op.fault.state != cases[i].state) {
            fail_msg("%s: %s %s", url, sqlstate_code(f->op.fault.state), f->op.fault.text);
        }
        if (strstr(f->op.fault.text, cases[i].text) == NULL) fail_msg("%s", f->op.fault.text);
        assert_int_equal(f->was_delivered, cases[i].was_delivered);
        assert_true(f->op.fault.native > 0);
        assert_int_equal(f->status, 0);
        assert_null(strstr(f->op.fault.text, "secret"));
        assert_null(strstr(f->op.fault.text, "token"));
        op_release(&f->op);
    }
    close(closed);
}

/*
 * curl keeps the receive buffer of a handle that fails before it has a connection, and no longer
 * knows how small it is when the handle is reset: what is received next must not go there.
 */
static void large_answers_after_failures(void **state)
{
    int closed, port = closed_port(&closed);
    char urls[3][64] = {"http://nowhere.invalid/"};

    (void)state;
    snprintf(urls[1], sizeof urls[1], "http://127.0.0.1:%d/", port);
    snprintf(urls[2], sizeof urls[2], "https://127.0.0.1:%d/ok", http_server_port(server));
    for (int i = 0; i < 3; i++) {
        struct fetch *failing = fetch_new(urls[i]), *large = fetch_new("/size/1000000");

        assert_int_equal(run(failing), ST_ERR);
        op_release(&failing->op);
        assert_int_equal(run(large), ST_OK);
        assert_int_equal(strlen(large->body), 1000000);
        op_release(&large->op);
    }
    close(closed);
}

static void silence_is_a_timeout(void **state)
{
    static const struct {
        const char *path;
        int64_t stall_ms, timeout_ms;
        bool is_error;
    } cases[] = {
        {"/stall", 100, 0, true},    /* no answer */
        {"/trickle", 100, 0, true},  /* the answer stops */
        {"/stall", 0, 100, true},    /* the whole exchange takes too long */
        {"/drip/40", 0, 150, true},  /* although bytes keep coming */
        {"/drip/80", 700, 0, false}, /* 800 ms in all, but never silent for long */
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fetch *f = fetch_new(cases[i].path);
        int64_t start_ms = clock_now_ms();

        f->settings.stall_timeout_ms = cases[i].stall_ms;
        f->request.timeout_ms = cases[i].timeout_ms;
        assert_int_equal(run(f), cases[i].is_error ? ST_ERR : ST_OK);
        if (cases[i].is_error) {
            assert_in_range(clock_now_ms() - start_ms, 100, PATIENCE_MS);
            assert_int_equal(f->op.fault.state, SQLSTATE_HYT01);
            assert_true(f->was_delivered);
            assert_non_null(strstr(f->op.fault.text, "127.0.0.1:"));
        }
        op_release(&f->op);
    }
}

static void a_connection_that_nobody_accepts(void **state)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t count = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), filler[2];
    char url[64];
    struct fetch *f;

    (void)state;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    getsockname(listener, (struct sockaddr *)&address, &count);
    listen(listener, 0); /* room for one, which the first connection takes: others wait */
    for (int i = 0; i < 2; i++) {
        filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(filler[i], (struct sockaddr *)&address, sizeof address);
    }
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", ntohs(address.sin_port));
    f = fetch_new(url);
    f->settings.connect_timeout_ms = 100;
    assert_int_equal(run(f), ST_ERR);
    assert_int_equal(f->op.fault.state, SQLSTATE_HYT01);
    assert_false(f->was_delivered);
    op_release(&f->op);
    close(listener);
    for (int i = 0; i < 2; i++)
        close(filler[i]);
}

/* ---- connections ---- */

static void connections_are_kept(void **state)
{
    struct fetch *f = fetch_new("/ok");

    (void)state;
    f->repeats = 20;
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);
    for (int i = 0; i < 5; i++) {
        f = fetch_new("/size/100");
        assert_int_equal(run(f), ST_OK);
        op_release(&f->op);
    }
    assert_int_equal(http_server_requests(server), 25);
    assert_int_equal(http_server_connections(server), 1);
}

enum { MANY = 1000 };

static struct fetch *fetches[MANY];

static void a_thousand_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < MANY; i++) {
        fetches[i] = fetch_new(i % 10 == 0 ? "/slow/20" : "/ok");
        op_submit(&fetches[i]->op);
    }
    for (int i = 0; i < MANY; i++) {
        enum status st = op_wait(&fetches[i]->op, clock_deadline_ms(PATIENCE_MS));

        if (st != ST_OK) fail_msg("%d: %s", i, fetches[i]->op.fault.text);
        assert_string_equal(fetches[i]->body, "hello");
        assert_in_range(atomic_load(&fetches[i]->advances), 2, 2); /* no idle calls */
        op_release(&fetches[i]->op);
    }
    assert_int_equal(http_server_requests(server), MANY);
    assert_in_range(http_server_connections(server), 1, 128);
}

/* Those that stall hold all connections until they are cancelled or time out; then the rest runs. */
static void cancelling_makes_room(void **state)
{
    enum { STALLED = 80, REST = 60 };

    (void)state;
    for (int i = 0; i < STALLED + REST; i++) {
        fetches[i] = fetch_new(i < STALLED ? "/stall" : "/ok");
        if (i < STALLED && i % 2) fetches[i]->op.deadline_ms = clock_deadline_ms(50);
        op_submit(&fetches[i]->op);
    }
    usleep(20000);
    for (int i = 0; i < STALLED; i += 2)
        op_cancel(&fetches[i]->op);
    for (int i = 0; i < STALLED + REST; i++) {
        enum status st = op_wait(&fetches[i]->op, clock_deadline_ms(PATIENCE_MS));

        assert_int_equal(st, i < STALLED ? ST_ERR : ST_OK);
        if (i < STALLED) assert_int_equal(fetches[i]->op.fault.state, SQLSTATE_HY008);
        op_release(&fetches[i]->op);
    }
}

static void a_mixture_with_losses(void **state)
{
    static const struct {
        const char *path;
        enum status result;
    } kinds[] = {{"/ok", ST_OK},       {"/reset", ST_ERR}, {"/size/50000", ST_OK},
                 {"/partial", ST_ERR}, {"/once", ST_OK},   {"/status/500", ST_OK},
                 {"/close", ST_ERR}};

    (void)state;
    for (int i = 0; i < 210; i++) {
        fetches[i] = fetch_new(kinds[i % 7].path);
        op_submit(&fetches[i]->op);
    }
    for (int i = 0; i < 210; i++) {
        enum status st = op_wait(&fetches[i]->op, clock_deadline_ms(PATIENCE_MS));

        if (st != kinds[i % 7].result) fail_msg("%s: %d", kinds[i % 7].path, st);
        op_release(&fetches[i]->op);
    }
}

/* ---- names ---- */

/* The engine goes on, whatever becomes of a name that is being resolved. */
static void a_silent_name_server_holds_up_nobody(void **state)
{
    struct fetch *slow, *cancelled, *waiting, *f;
    char url[64];
    int64_t start_ms = clock_now_ms();

    (void)state;
    atomic_store(&is_resolver_stuck, true);
    slow = fetch_new("http://stuck.example:1/");
    slow->settings.connect_timeout_ms = 100;
    cancelled = fetch_new("http://stuck.example:2/");
    snprintf(url, sizeof url, "http://stuck.example:%d/ok", http_server_port(server));
    waiting = fetch_new(url);
    op_submit(&waiting->op);
    op_submit(&cancelled->op);
    assert_int_equal(run(slow), ST_ERR);
    assert_int_equal(slow->op.fault.state, SQLSTATE_HYT01);
    assert_non_null(strstr(slow->op.fault.text, "resolving"));
    assert_false(slow->was_delivered);
    op_cancel(&cancelled->op);
    assert_int_equal(op_wait(&cancelled->op, clock_deadline_ms(PATIENCE_MS)), ST_ERR);
    f = fetch_new("/ok");
    assert_int_equal(run(f), ST_OK);
    assert_in_range(clock_now_ms() - start_ms, 100, PATIENCE_MS);
    assert_int_equal(op_poll(&waiting->op), ST_WAIT);
    atomic_store(&is_resolver_stuck, false);
    assert_int_equal(op_wait(&waiting->op, clock_deadline_ms(PATIENCE_MS)), ST_OK);
    op_release(&f->op);
    op_release(&slow->op);
    op_release(&cancelled->op);
    op_release(&waiting->op);
}

static void nor_the_end_of_the_engine(void **state)
{
    struct fetch *f = fetch_new("http://stuck.example/");
    int64_t start_ms;

    (void)state;
    atomic_store(&is_resolver_stuck, true);
    op_submit(&f->op);
    assert_int_equal(op_wait(&f->op, clock_deadline_ms(50)), ST_WAIT);
    start_ms = clock_now_ms();
    engine_release(engine, 50);
    assert_in_range(clock_now_ms() - start_ms, 0, PATIENCE_MS);
    assert_int_equal(op_poll(&f->op), ST_ERR);
    op_release(&f->op);
    atomic_store(&is_resolver_stuck, false);
    usleep(50000); /* the thread that was left behind ends */
    engine = engine_acquire(NULL);
    assert_non_null(engine);
}

/* ---- proxy ---- */

static void a_proxy_is_used_when_set_and_only_then(void **state)
{
    static const char *const bad[] = {"ftp://user:password@127.0.0.1:1", "http://user:password@",
                                      "user:password@127.0.0.1:99999"};
    struct fetch *f;
    char proxy[64];

    (void)state;
    setenv("http_proxy", "http://127.0.0.1:1", 1); /* the environment is not asked */
    setenv("no_proxy", "*", 1);
    f = fetch_new("/ok");
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);

    f = fetch_new("http://athena.invalid/echo");
    snprintf(proxy, sizeof proxy, "127.0.0.1:%d", http_server_port(server));
    f->settings.proxy = proxy;
    f->settings.proxy_user = "user";
    f->settings.proxy_password = "password";
    assert_int_equal(run(f), ST_OK);
    assert_int_equal(f->status, 404); /* the path that our server sees is a whole URL */
    op_release(&f->op);

    f = fetch_new("/ok"); /* an exception of its own */
    f->settings.proxy = "127.0.0.1:1";
    f->settings.no_proxy = "127.0.0.1,localhost";
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);

    f = fetch_new("https://athena.invalid/"); /* our server does not know CONNECT */
    f->settings.proxy = proxy;
    assert_int_equal(run(f), ST_ERR);
    assert_int_equal(f->op.fault.state, SQLSTATE_08001);
    assert_non_null(strstr(f->op.fault.text, "the proxy answered with HTTP status 404"));
    assert_null(strstr(f->op.fault.text, "password"));
    op_release(&f->op);

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) { /* curl repeats these whole */
        f = fetch_new("/ok");
        f->settings.proxy = bad[i];
        assert_int_equal(run(f), ST_ERR);
        assert_non_null(strstr(f->op.fault.text, "check"));
        assert_null(strstr(f->op.fault.text, "password"));
        op_release(&f->op);
    }
    unsetenv("http_proxy");
    unsetenv("no_proxy");
}

/* ---- the end ---- */

/* ---- cookies ---- */

/* What the server saw of a request for /echo. */
static char *echo(struct http_cookies *jar)
{
    struct fetch *f = fetch_new("/echo");
    char *seen;

    f->request.cookies = jar;
    assert_int_equal(run(f), ST_OK);
    seen = strdup(f->body);
    op_release(&f->op);
    return seen;
}

static void assert_echo(struct http_cookies *jar, const char *cookie)
{
    char *seen = echo(jar);

    if (cookie) {
        assert_non_null(strstr(seen, cookie));
    } else {
        assert_null(strstr(seen, "Cookie:"));
    }
    free(seen);
}

static void cookies_stay_in_their_jar(void **state)
{
    struct http_cookies jar = {0}, other = {0};
    struct fetch *f = fetch_new("/cookie");

    (void)state;
    f->request.cookies = &jar;
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);
    assert_echo(&jar, "Cookie: session=abc\r\n");
    assert_echo(NULL, NULL);
    assert_echo(&other, NULL);
    assert_echo(&jar, "Cookie: session=abc\r\n");
    http_cookies_clear(&jar);
    assert_echo(&jar, NULL);
    f = fetch_new("/cookie"); /* without a jar they are not even kept */
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);
    assert_echo(NULL, NULL);
    http_cookies_clear(&jar);
    http_cookies_clear(&other);
}

static void a_cookie_survives_a_lost_exchange(void **state)
{
    static const char *const paths[] = {"/reset", "/partial", "/stall"};
    struct http_cookies jar = {0};
    struct fetch *f = fetch_new("/cookie");

    (void)state;
    f->request.cookies = &jar;
    assert_int_equal(run(f), ST_OK);
    op_release(&f->op);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        f = fetch_new(paths[i]);
        f->request.cookies = &jar;
        f->request.timeout_ms = 200;
        assert_int_equal(run(f), ST_ERR);
        op_release(&f->op);
    }
    assert_echo(&jar, "Cookie: session=abc\r\n");
    http_cookies_clear(&jar);
}

/* curl asks again where a connection that was kept is lost; not what must be asked once. */
static void what_is_asked_once_is_sent_once(void **state)
{
    struct fetch *f;
    int before;

    (void)state;
    for (int i = 0; i < 3; i++) {
        f = fetch_new("/ok");
        assert_int_equal(run(f), ST_OK);
        op_release(&f->op);
        before = http_server_requests(server);
        f = fetch_new("/reset");
        f->request.method = "POST";
        f->request.body = "password";
        f->request.body_bytes = 8;
        f->request.is_once = true;
        assert_int_equal(run(f), ST_ERR);
        op_release(&f->op);
        assert_int_equal(http_server_requests(server), before + 1);
    }
}

static void the_engine_drops_what_does_not_end(void **state)
{
    struct fetch *f = fetch_new("/stall"), *orphan = fetch_new("/slow/50");

    (void)state;
    f->obeys = false;
    op_submit(&f->op);
    op_submit(&orphan->op);
    op_release(&orphan->op);
    engine_release(engine, 2000);
    assert_int_equal(atomic_load(&freed), 1); /* the orphan had the time it needed */
    assert_int_equal(op_poll(&f->op), ST_ERR);
    assert_int_equal(f->op.fault.state, SQLSTATE_HY008);
    op_release(&f->op);
    assert_int_equal(atomic_load(&freed), 2);
    engine = engine_acquire(NULL);
    assert_non_null(engine);
}

static void what_is_cleared_wakes_nobody(void **state)
{
    struct http h = {0};

    (void)state;
    http_clear(&h); /* idle: any thread, any number of times */
    http_clear(&h);
    assert_int_equal(h.phase, HTTP_IDLE);
    assert_in_range(sizeof(struct http), 1, 1536);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers),
        TEST(headers_of_the_final_answer),
        TEST(requests_are_what_was_asked_for),
        TEST(a_head_has_no_body),
        TEST(large_bodies_both_ways),
        TEST(sinks_get_what_succeeds),
        TEST(limits),
        TEST(faults),
        TEST(large_answers_after_failures),
        TEST(silence_is_a_timeout),
        TEST(a_connection_that_nobody_accepts),
        TEST(connections_are_kept),
        TEST(a_thousand_at_once),
        TEST(cancelling_makes_room),
        TEST(a_mixture_with_losses),
        TEST(a_silent_name_server_holds_up_nobody),
        TEST(nor_the_end_of_the_engine),
        TEST(a_proxy_is_used_when_set_and_only_then),
        TEST(cookies_stay_in_their_jar),
        TEST(a_cookie_survives_a_lost_exchange),
        TEST(what_is_asked_once_is_sent_once),
        TEST(the_engine_drops_what_does_not_end),
        TEST(what_is_cleared_wakes_nobody),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
