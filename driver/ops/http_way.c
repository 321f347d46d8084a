/* HTTP/2 or not. See http_way.h for the drawing. */
#include "ops/http_way.h"

#include <stdlib.h>
#include <string.h>

enum state { UNKNOWN, PROBED, HTTP2, HTTP1 };

struct way {
    char *host; /* NULL: none yet */
    enum state state;
};

static struct way ways[HTTP_WAY_HOSTS] ONLY_ON(io_thread);
static size_t next_way ONLY_ON(io_thread);

static struct way *find(const char *host) RUNS_ON(io_thread);
static struct way *find(const char *host)
{
    for (size_t i = 0; i < HTTP_WAY_HOSTS; i++) {
        if (ways[i].host && !strcmp(ways[i].host, host)) return &ways[i];
    }
    return NULL;
}

/* NULL: no memory. */
static struct way *find_or_add(const char *host) RUNS_ON(io_thread);
static struct way *find_or_add(const char *host)
{
    struct way *w = find(host);
    char *name = w ? NULL : strdup(host);

    if (w || !name) return w;
    w = &ways[next_way];
    next_way = (next_way + 1) % HTTP_WAY_HOSTS;
    free(w->host);
    *w = (struct way){.host = name};
    return w;
}

enum http_turn http_way_next(const char *host)
{
    struct way *w = find_or_add(host);

    if (w && w->state == HTTP2) return HTTP_TURN_HTTP2;
    if (!w || w->state != UNKNOWN) return HTTP_TURN_HTTP1;
    w->state = PROBED;
    return HTTP_TURN_PROBE;
}

bool http_way_answered(const char *host, enum http_turn turn, bool is_http2)
{
    struct way *w = find(host);

    if (turn == HTTP_TURN_HTTP1) return true;
    if (w && !is_http2) w->state = HTTP1;
    if (w && is_http2 && turn == HTTP_TURN_PROBE) w->state = HTTP2;
    return is_http2 || turn == HTTP_TURN_PROBE;
}

void http_way_lost(const char *host, enum http_turn turn, bool is_silent)
{
    struct way *w = find(host);

    if (!w || turn == HTTP_TURN_HTTP1) return;
    if (is_silent) {
        w->state = HTTP1;
    } else if (turn == HTTP_TURN_PROBE) {
        w->state = UNKNOWN;
    }
}

/* When the library is unloaded. */
static void forget_hosts(void) NO_THREAD_CHECK __attribute__((destructor));
static void forget_hosts(void)
{
    for (size_t i = 0; i < HTTP_WAY_HOSTS; i++) {
        free(ways[i].host);
        ways[i].host = NULL;
    }
}
