/* See scripted_athena.h. A thread accepts, a thread each serves a connection. */
#include "unit/scripted_athena.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, ASKED_MAX = 512, REQUEST_ROOM = 64 * 1024 };

struct scripted_athena {
    const struct script_line *script;
    int listener, port;
    pthread_t acceptor;
    pthread_mutex_t lock;
    pthread_cond_t may_speak;
    bool is_silent;
    pthread_t threads[CONNECTIONS_MAX];
    int sockets[CONNECTIONS_MAX];
    int connections;
    int used[64]; /* how often each line has served */
    char asked[ASKED_MAX][40];
    int asked_count;
};

struct connection {
    struct scripted_athena *server;
    int socket;
};

static const char *header(const char *request, const char *name)
{
    const char *found = strcasestr(request, name);

    return found ? found + strlen(name) : NULL;
}

static void read_operation(const char *request, char operation[40])
{
    const char *target = header(request, "X-Amz-Target: AmazonAthena.");

    snprintf(operation, 40, "GetObject");
    if (target) snprintf(operation, 40, "%.*s", (int)strcspn(target, "\r\n"), target);
}

/* Reads one request, head and body. False at the end of the connection. */
static bool read_request(int fd, char *request)
{
    size_t count = 0, wanted = SIZE_MAX;

    while (count < wanted && count < REQUEST_ROOM - 1) {
        ssize_t got = recv(fd, request + count, REQUEST_ROOM - 1 - count, 0);
        const char *end, *length;

        if (got <= 0) return false;
        count += (size_t)got;
        request[count] = '\0';
        end = strstr(request, "\r\n\r\n");
        if (!end) continue;
        length = header(request, "Content-Length: ");
        wanted = (size_t)(end + 4 - request) + (length ? strtoul(length, NULL, 10) : 0);
    }
    return true;
}

static bool serves(const struct script_line *line, const char *operation, const char *request)
{
    size_t chars = strcspn(line->operation, " ");
    const char *about = line->operation + chars;

    return strncmp(line->operation, operation, chars) == 0 && !operation[chars] &&
           (!*about || strstr(request, about + 1));
}

static const struct script_line *next_line(struct scripted_athena *s, const char *operation,
                                           const char *request)
{
    static const struct script_line over = {.status = 500, .body = "{\"__type\":\"ScriptIsOver\"}"};
    const struct script_line *line = &over;

    pthread_mutex_lock(&s->lock);
    if (s->asked_count < ASKED_MAX) {
        snprintf(s->asked[s->asked_count++], sizeof s->asked[0], "%s", operation);
    }
    for (int i = 0; s->script[i].operation; i++) {
        int times = s->script[i].times ? s->script[i].times : 1;

        if (s->used[i] >= times || !serves(&s->script[i], operation, request)) continue;
        s->used[i]++;
        line = &s->script[i];
        break;
    }
    if (line->delay_ms == FALLS_SILENT) s->is_silent = true;
    pthread_mutex_unlock(&s->lock);
    return line;
}

static void send_text(int fd, const char *text)
{
    send(fd, text, strlen(text), MSG_NOSIGNAL);
}

/* In one chunk; the empty one, which ends the body, comes late. */
static void answer_late(int fd, const struct script_line *line)
{
    char head[1024];

    snprintf(head, sizeof head, "HTTP/1.1 %d Scripted\r\n%s\r\n%zx\r\n", line->status,
             line->headers, strlen(line->body));
    send_text(fd, head);
    send_text(fd, line->body);
    send_text(fd, "\r\n");
    usleep(300 * 1000);
    send_text(fd, "0\r\n\r\n");
}

static void answer(int fd, const struct script_line *line)
{
    char head[1024];
    int count = snprintf(head, sizeof head, "HTTP/1.1 %d Scripted\r\nContent-Length: %zu\r\n%s\r\n",
                         line->status, strlen(line->body), line->headers ? line->headers : "");

    send(fd, head, (size_t)count, MSG_NOSIGNAL);
    send(fd, line->body, strlen(line->body), MSG_NOSIGNAL);
}

void scripted_athena_silence(struct scripted_athena *s, bool is_silent)
{
    pthread_mutex_lock(&s->lock);
    s->is_silent = is_silent;
    pthread_cond_broadcast(&s->may_speak);
    pthread_mutex_unlock(&s->lock);
}

static void wait_while_silent(struct scripted_athena *s)
{
    pthread_mutex_lock(&s->lock);
    while (s->is_silent)
        pthread_cond_wait(&s->may_speak, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static void *serve(void *argument)
{
    struct connection c = *(struct connection *)argument;
    char *request = malloc(REQUEST_ROOM);
    char operation[40];

    free(argument);
    while (request && read_request(c.socket, request)) {
        const struct script_line *line;

        read_operation(request, operation);
        line = next_line(c.server, operation, request);
        wait_while_silent(c.server);
        if (line->delay_ms > 0) usleep((unsigned)line->delay_ms * 1000);
        if (!line->status) break;
        if (line->headers && strstr(line->headers, LATE_END)) {
            answer_late(c.socket, line);
        } else {
            answer(c.socket, line);
        }
    }
    shutdown(c.socket, SHUT_RDWR);
    free(request);
    return NULL;
}

static void *accept_all(void *argument)
{
    struct scripted_athena *s = argument;
    int fd;

    while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
        struct connection *c = malloc(sizeof *c);

        if (!c || s->connections == CONNECTIONS_MAX) {
            free(c);
            close(fd);
            continue;
        }
        *c = (struct connection){s, fd};
        s->sockets[s->connections] = fd;
        if (pthread_create(&s->threads[s->connections], NULL, serve, c) == 0) s->connections++;
    }
    return NULL;
}

struct scripted_athena *scripted_athena_start(const struct script_line *script)
{
    struct scripted_athena *s = calloc(1, sizeof *s);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!s) return NULL;
    s->script = script;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->may_speak, NULL);
    s->listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s->listener, (struct sockaddr *)&address, size) || listen(s->listener, 64) ||
        getsockname(s->listener, (struct sockaddr *)&address, &size) ||
        pthread_create(&s->acceptor, NULL, accept_all, s)) {
        close(s->listener);
        free(s);
        return NULL;
    }
    s->port = ntohs(address.sin_port);
    return s;
}

void scripted_athena_stop(struct scripted_athena *s)
{
    scripted_athena_silence(s, false);
    shutdown(s->listener, SHUT_RDWR);
    pthread_join(s->acceptor, NULL);
    close(s->listener);
    for (int i = 0; i < s->connections; i++) {
        shutdown(s->sockets[i], SHUT_RDWR);
        pthread_join(s->threads[i], NULL);
        close(s->sockets[i]);
    }
    pthread_cond_destroy(&s->may_speak);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int scripted_athena_port(const struct scripted_athena *s)
{
    return s->port;
}

void scripted_athena_asked(struct scripted_athena *s, char *text, unsigned text_bytes)
{
    const char *last = "";
    size_t count = 0;

    *text = '\0';
    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->asked_count; i++) {
        if (strcmp(s->asked[i], last) == 0) continue;
        last = s->asked[i];
        count += (size_t)snprintf(text + count, text_bytes - count, "%s%s", count ? " " : "", last);
        if (count >= text_bytes) break;
    }
    pthread_mutex_unlock(&s->lock);
}

int scripted_athena_count(struct scripted_athena *s, const char *operation)
{
    int count = 0;

    pthread_mutex_lock(&s->lock);
    for (int i = 0; i < s->asked_count; i++) {
        count += strcmp(s->asked[i], operation) == 0;
    }
    pthread_mutex_unlock(&s->lock);
    return count;
}
