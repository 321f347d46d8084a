#include "unit/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS = 512, REQUEST_BYTES = 256 * 1024 };

struct connection {
    struct http_server *server;
    pthread_t thread;
    int fd;
    size_t count; /* bytes of request */
    char *request;
};

struct http_server {
    int fd, port;
    pthread_t thread;
    atomic_bool is_stopping;
    atomic_int accepted, requests;
    pthread_mutex_t closing; /* a number that has been closed may be another's already */
    struct connection connections[CONNECTIONS];
};

/* ---- answers ---- */

static bool send_all(struct connection *c, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t sent = send(c->fd, bytes, count, MSG_NOSIGNAL);

        if (sent <= 0) return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

static bool send_text(struct connection *c, const char *text)
{
    return send_all(c, text, strlen(text));
}

/* False when the server stops or the client has gone meanwhile. */
static bool sleep_ms(struct connection *c, int ms)
{
    for (; ms > 0; ms -= 10) {
        char byte;
        struct pollfd p = {.fd = c->fd, .events = POLLIN};

        if (atomic_load(&c->server->is_stopping)) return false;
        if (poll(&p, 1, ms < 10 ? ms : 10) > 0 && recv(c->fd, &byte, 1, MSG_PEEK) <= 0)
            return false;
    }
    return true;
}

static bool send_body(struct connection *c, int status, const char *body, size_t count)
{
    char head[128];

    snprintf(head, sizeof head, "HTTP/1.1 %d Text\r\nContent-Length: %zu\r\n\r\n", status, count);
    return send_text(c, head) && send_all(c, body, count);
}

static bool answer_ok(struct connection *c, const char *argument)
{
    (void)argument;
    return send_body(c, 200, "hello", 5);
}

static bool answer_once(struct connection *c, const char *argument)
{
    (void)argument;
    send_text(c, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
    return false;
}

static bool answer_cookie(struct connection *c, const char *argument)
{
    (void)argument;
    return send_text(c,
                     "HTTP/1.1 200 OK\r\nSet-Cookie: session=abc; Path=/; HttpOnly\r\nSet-Cookie: "
                     "old=; Max-Age=0\r\nSet-Cookie: far=x; Domain=example.com\r\n"
                     "Content-Length: 2\r\n\r\nok");
}

static bool answer_status(struct connection *c, const char *argument)
{
    return send_body(c, atoi(argument), "status", 6);
}

static bool answer_echo(struct connection *c, const char *argument)
{
    (void)argument;
    return send_body(c, 200, c->request, c->count);
}

static bool answer_size(struct connection *c, const char *argument)
{
    size_t count = (size_t)atol(argument);
    char *body = malloc(count + 1);
    bool is_sent;

    for (size_t i = 0; i < count; i++)
        body[i] = (char)('a' + i % 26);
    is_sent = send_body(c, 200, body, count);
    free(body);
    return is_sent;
}

static bool answer_chunked(struct connection *c, const char *argument)
{
    (void)argument;
    return send_text(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none \r\n") &&
           sleep_ms(c, 20) && send_text(c, "4\r\ntwo \r\n") && sleep_ms(c, 20) &&
           send_text(c, "5\r\nthree\r\n0\r\n\r\n");
}

static bool answer_headers(struct connection *c, const char *argument)
{
    (void)argument;
    return send_text(c, "HTTP/1.1 206 Partial Content\r\nETag:   \"abc:1\"  \r\nX-Empty:\r\n"
                        "X-AMZN-RequestId: One\r\nContent-Range: bytes 0-1/2\r\n"
                        "content-length: 2\r\n\r\nok");
}

static bool answer_continue(struct connection *c, const char *argument)
{
    return send_text(c, "HTTP/1.1 100 Continue\r\nX-First: 1\r\n\r\n") && answer_ok(c, argument);
}

static bool answer_slow(struct connection *c, const char *argument)
{
    return sleep_ms(c, atoi(argument)) && answer_ok(c, argument);
}

static bool answer_partial(struct connection *c, const char *argument)
{
    (void)argument;
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
    return false;
}

static bool answer_stall(struct connection *c, const char *argument)
{
    (void)argument;
    while (sleep_ms(c, 1000)) {}
    return false;
}

static bool answer_trickle(struct connection *c, const char *argument)
{
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n01234");
    return answer_stall(c, argument);
}

static bool answer_drip(struct connection *c, const char *argument)
{
    send_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    for (int i = 0; i < 10; i++) {
        if (!sleep_ms(c, atoi(argument)) || !send_text(c, "x")) return false;
    }
    return true;
}

static bool answer_reset(struct connection *c, const char *argument)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};

    (void)argument;
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return false;
}

static bool answer_close(struct connection *c, const char *argument)
{
    (void)c;
    (void)argument;
    return false;
}

static bool answer_garbage(struct connection *c, const char *argument)
{
    (void)argument;
    send_text(c, "\x16\x03\x01 this is not HTTP at all\r\n\r\n");
    return false;
}

static const struct {
    const char *path;
    bool (*answer)(struct connection *c, const char *argument); /* false: end the connection */
} answers[] = {
    {"/ok", answer_ok},           {"/once", answer_once},         {"/status/", answer_status},
    {"/echo", answer_echo},       {"/size/", answer_size},        {"/chunked", answer_chunked},
    {"/headers", answer_headers}, {"/continue", answer_continue}, {"/slow/", answer_slow},
    {"/partial", answer_partial}, {"/stall", answer_stall},       {"/trickle", answer_trickle},
    {"/drip/", answer_drip},      {"/reset", answer_reset},       {"/close", answer_close},
    {"/garbage", answer_garbage}, {"/cookie", answer_cookie},
};

/* ---- requests ---- */

/* The bytes of the first request in the buffer, 0 when it is not complete. */
static size_t whole_request(const struct connection *c)
{
    char *end = strstr(c->request, "\r\n\r\n");
    size_t body_bytes = 0;

    if (end == NULL) return 0;
    for (char *line = c->request; line < end; line = strstr(line, "\r\n") + 2) {
        if (strncasecmp(line, "content-length:", 15) == 0) body_bytes = (size_t)atol(line + 15);
    }
    end += 4;
    return c->count >= (size_t)(end - c->request) + body_bytes
               ? (size_t)(end - c->request) + body_bytes
               : 0;
}

static bool read_request(struct connection *c)
{
    c->count = 0;
    c->request[0] = '\0';
    while (whole_request(c) == 0) {
        ssize_t count = recv(c->fd, c->request + c->count, REQUEST_BYTES - c->count, 0);

        if (count <= 0) return false;
        c->count += (size_t)count;
        c->request[c->count] = '\0';
        if (c->request[0] == 0x16) { /* a TLS handshake */
            send_text(c, "HTTP/1.1 400 Plain HTTP only\r\n\r\n");
            return false;
        }
    }
    atomic_fetch_add(&c->server->requests, 1);
    return true;
}

static bool answer_request(struct connection *c)
{
    const char *path = strchr(c->request, ' ');

    for (size_t i = 0; path != NULL && i < sizeof answers / sizeof answers[0]; i++) {
        size_t count = strlen(answers[i].path);

        if (strncmp(path + 1, answers[i].path, count) == 0) {
            return answers[i].answer(c, path + 1 + count);
        }
    }
    return send_body(c, 404, "", 0);
}

static void *serve(void *argument)
{
    struct connection *c = argument;

    c->request = malloc(REQUEST_BYTES + 1);
    while (read_request(c) && answer_request(c)) {}
    free(c->request);
    pthread_mutex_lock(&c->server->closing);
    close(c->fd);
    c->fd = -1;
    pthread_mutex_unlock(&c->server->closing);
    return NULL;
}

/* ---- life ---- */

static void *accept_all(void *argument)
{
    struct http_server *s = argument;

    while (!atomic_load(&s->is_stopping)) {
        struct pollfd p = {.fd = s->fd, .events = POLLIN};
        struct connection *c = &s->connections[atomic_load(&s->accepted)];

        if (poll(&p, 1, 10) <= 0) continue;
        if (c == s->connections + CONNECTIONS) break;
        c->server = s;
        c->fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);
        if (c->fd < 0) continue;
        /* Head and body are sent one after the other: not to wait for the client's ACK between. */
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        atomic_fetch_add(&s->accepted, 1); /* before a client can have had an answer */
        if (pthread_create(&c->thread, NULL, serve, c) != 0) {
            close(c->fd);
            atomic_fetch_sub(&s->accepted, 1);
        }
    }
    return NULL;
}

struct http_server *http_server_start(void)
{
    struct http_server *s = calloc(1, sizeof *s);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t count = sizeof address;

    if (s == NULL) return NULL;
    pthread_mutex_init(&s->closing, NULL);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(s->fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(s->fd, 256) == 0 &&
        getsockname(s->fd, (struct sockaddr *)&address, &count) == 0) {
        s->port = ntohs(address.sin_port);
        if (pthread_create(&s->thread, NULL, accept_all, s) == 0) return s;
    }
    close(s->fd);
    free(s);
    return NULL;
}

void http_server_stop(struct http_server *s)
{
    atomic_store(&s->is_stopping, true);
    pthread_join(s->thread, NULL);
    close(s->fd);
    for (int i = 0; i < atomic_load(&s->accepted); i++) {
        struct connection *c = &s->connections[i];

        pthread_mutex_lock(&s->closing);
        if (c->fd >= 0) shutdown(c->fd, SHUT_RDWR); /* wakes its thread */
        pthread_mutex_unlock(&s->closing);
        pthread_join(c->thread, NULL);
    }
    pthread_mutex_destroy(&s->closing);
    free(s);
}

int http_server_port(const struct http_server *s)
{
    return s->port;
}

int http_server_connections(const struct http_server *s)
{
    return atomic_load(&s->accepted);
}

int http_server_requests(const struct http_server *s)
{
    return atomic_load(&s->requests);
}
