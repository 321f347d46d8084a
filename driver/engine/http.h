/*
 * One HTTP exchange on the engine's curl_multi: request out, answer in, owner woken.
 *
 * No retries, no signing, no redirects here: those need to know what is being talked to
 * (ops/call.c, auth/visit.c). Cookies only for who brings a jar. Connections are kept alive and shared by all exchanges of the process that agree
 * in host, TLS settings and proxy. I/O thread only, except where said.
 */
#ifndef ATHENA_ENGINE_HTTP_H
#define ATHENA_ENGINE_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"

/* How to reach hosts, one per connection. Immutable while exchanges use it, but for one. */
struct http_settings {
    const char *user_agent;
    bool verify_tls;     /* certificate and host name */
    bool wants_tls13;    /* at least; else TLS 1.2 */
    const char *ca_file; /* certificates in PEM; with ca_path, both NULL: the system's */
    const char *ca_path; /* a folder of them; NULL: none, and not curl's own, see http_easy.c */
    const char *proxy;   /* "host:port" or a URL; NULL: none, whatever the environment says */
    const char *proxy_user, *proxy_password;
    const char *no_proxy; /* comma list, CURLOPT_NOPROXY */
    const char *place;    /* for texts: options that say where a host is; NULL: those of AWS's */
    int64_t connect_timeout_ms; /* 0: 10 s */
    /* no byte for so long fails the exchange; 0: 30 s. May change, for exchanges that begin then */
    _Atomic int64_t stall_timeout_ms;
};

/*
 * Copies, texts into a; a NULL: they are borrowed from from. False when memory has run out. The proxy's password is among them: the
 * caller wipes the copy.
 */
bool http_settings_copy(struct http_settings *to, const struct http_settings *from,
                        struct arena *a);

/* What of it is secret: a proxy's login, also one that stands in its URL. Then it is not usable. */
void http_settings_wipe(struct http_settings *s);

/*
 * Receives body bytes as they arrive; returns how many it took: count, or fewer, which ends the
 * exchange with a fault ("the receiver refused"). Called from inside curl: it may op_wake(), but
 * neither start nor clear an exchange.
 */
typedef size_t http_sink_fn(void *context, const char *bytes, size_t count);

/*
 * A jar: what cookies the exchanges that shared it have been given, to be sent by those that follow,
 * each to whom it is for. Zeroed: empty. Used by one exchange at a time. Secret.
 */
struct http_cookies {
    struct buf lines; /* in Netscape's form, one a line; private to http*.c */
};
void http_cookies_clear(struct http_cookies *c);

/* Whether this libcurl can prove with a Kerberos ticket who one is (SPNEGO). */
bool http_can_negotiate(void);

struct http_request {
    const char *method;         /* "GET", "POST", "HEAD", "PUT", "DELETE" */
    const char *url;            /* copied */
    const char *const *headers; /* "Name: value", NULL-terminated array; copied; may be NULL */
    const void *body;           /* borrowed until the exchange is over */
    size_t body_bytes;
    const struct http_settings *settings; /* borrowed until the exchange is over */
    int64_t timeout_ms;    /* for the whole exchange, 0: none but the settings' own */
    size_t max_body_bytes; /* of an answer kept in http->body; more fails; 0: 64 MiB */
    http_sink_fn *sink;    /* NULL: keep the body in http->body */
    bool is_secret;        /* the answer holds keys or tokens: its memory is wiped */
    void *sink_context;    /* sink gets bodies of 2xx answers only, others go to http->body */
    struct http_cookies *cookies; /* NULL: none; borrowed until the exchange is over */
    bool is_once;                 /* never sent twice, not even when a kept connection is lost */
    bool negotiates;              /* offers the Kerberos ticket of the process, if asked for */
    bool may_be_http2;            /* where the host offers it over TLS; else HTTP/1.1 */
};

enum http_phase { HTTP_IDLE, HTTP_RUNNING, HTTP_DONE };

struct http {
    struct op *owner;
    enum http_phase phase;
    int status;         /* HTTP status of the final answer; 0 when none came */
    bool is_http2;      /* the answer came by HTTP/2 */
    struct buf headers; /* "name: value\n" lines of the final answer, names in lower case */
    struct buf body;
    struct fault fault;           /* transport failure, see http_ready() */
    int64_t sent_ms, answered_ms; /* clock_now_ms(): started, over */
    bool was_too_large;           /* the fault: more than max_body_bytes came */
    bool was_delivered; /* false: the request can not have reached the server (DNS, connect, TLS) */
    struct http_easy *easy; /* private to http.c: curl's side; NULL unless running */
};

/* A zeroed struct http is idle. Starts an exchange; owner is woken when it is over. */
enum status http_start(struct http *h, struct op *owner, const struct http_request *request,
                       struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT while running. ST_OK: an answer came, whatever its status. ST_ERR: none did, h->fault
 * tells: 08000 name not resolved, 08001 nobody listens there or the proxy refuses, 28000 it
 * wants another user or password, 08006 TLS (with
 * what to do about the certificate), HYT01 connect, stall or whole timeout, HY001 no memory, HY008
 * dropped at the end of the engine, 08S01 any other loss; native is curl's number. Texts name the
 * host and what to do, never the path or the query of the URL.
 */
enum status http_ready(struct http *h) RUNS_ON(io_thread);

/* The value of an answer's header (name in lower case), copied into value; false when absent. */
bool http_header(const struct http *h, const char *name, char *value, size_t value_bytes);

/*
 * Ends a running exchange without waking anybody; frees what the exchange holds. Idle again. On the
 * I/O thread; from any thread when the exchange does not run (idle, over, or dropped by the engine).
 */
void http_clear(struct http *h);

#endif
