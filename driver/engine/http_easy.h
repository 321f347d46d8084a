/*
 * One curl easy handle, made ready for one exchange and used again for the next. Private to http*.c;
 * the only header of the driver that shows curl's types.
 */
#ifndef ATHENA_ENGINE_HTTP_EASY_H
#define ATHENA_ENGINE_HTTP_EASY_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/http.h"
#include "engine/loop.h"
#include "engine/timer.h"

enum { HTTP_HOST_BYTES = 128 };

struct http_multi {
    struct engine *engine;
    CURLM *curl;
    const char *ca_file; /* the system's trusted certificates; NULL: as curl has it */
    CURLSH *share;       /* TLS sessions, so that a second connection to a host is cheaper */
    struct timer due;    /* when curl wants to be called for its own timeouts */
    struct list running; /* of struct http_easy */
    struct list parked;  /* abandoned while a name was being resolved, see http_multi_abandon() */
    struct list idle;    /* ready to be used again */
    size_t idle_count;
};

struct http_easy {
    CURL *curl;
    struct http_multi *multi;
    struct http *http; /* whose exchange this is; NULL while idle or parked */
    struct list link;  /* in one of multi's lists */
    struct curl_slist *headers;
    http_sink_fn *sink;
    void *sink_context;
    size_t max_body_bytes;
    struct http_cookies *cookies; /* of the exchange; NULL: none */
    bool is_for_once;             /* what curl remembers in it must not serve another exchange */
    struct timer limit;           /* for the whole exchange */
    struct timer check;           /* looks whether there is progress */
    int64_t connect_ms, stall_ms;
    int64_t progress_ms;       /* when progress was last seen */
    curl_off_t progress_bytes; /* and how much had gone to and fro by then */
    bool is_resolving;
    bool has_large_buffer;
    bool was_refused;           /* by the sink */
    bool is_too_large;          /* the body */
    char host[HTTP_HOST_BYTES]; /* for texts: "host:port" of the URL, nothing else of it */
    const char *place;          /* for texts: the options that say where the host is */
    char error[CURL_ERROR_SIZE];
};

/* http_easy.c: NULL when memory has run out. */
struct http_easy *http_easy_new(struct http_multi *m);
void http_easy_free(struct http_easy *easy);
/* Everything that request asks for; ST_ERR when memory has run out. */
enum status http_easy_set_up(struct http_easy *easy, const struct http_request *request)
    RUNS_ON(io_thread);
/* What the answer has set goes into the exchange's jar. */
void http_easy_keep_cookies(struct http_easy *easy);
/* Lets go of what the last exchange needed. False: it is good for no other one. */
bool http_easy_reset(struct http_easy *easy);

/* http_multi.c: curl_easy_init(), which takes a lock; see http_fork_begin(). */
CURL *http_multi_new_handle(void);

/* http_multi.c: starts easy's exchange; ends it before its time. */
enum status http_multi_add(struct http_easy *easy) RUNS_ON(io_thread);
struct http_easy *http_multi_take_easy(struct http_multi *m, bool wants_large_buffer)
    RUNS_ON(io_thread);
void http_multi_give_easy(struct http_easy *easy) RUNS_ON(io_thread);
void http_multi_abandon(struct http_easy *easy) RUNS_ON(io_thread);

/* http.c: what curl said is carried over to easy->http, and its owner is woken. */
void http_finish(struct http_easy *easy, CURLcode code) RUNS_ON(io_thread);
/* The same for an end that curl had no part in. */
void http_fail(struct http_easy *easy, enum sqlstate state, int native, const char *text)
    RUNS_ON(io_thread);

/* http_fault.c: what went wrong on the way to host, in words. */
void http_fault_set(struct fault *f, CURLcode code, const struct http_easy *easy);
/* The answer is a proxy's own: 407. */
void http_fault_of_proxy(struct fault *f, const struct http_easy *easy);
void http_fault_timeout(struct http_easy *easy, const char *what, int64_t after_ms)
    RUNS_ON(io_thread);

#endif
