/*
 * One request to whoever gives credentials, asked again while that may help: STS, an identity
 * provider, a container's endpoint.
 *
 *     SEND -> DONE           an answer, or none worth another try
 *      ^ |
 *      | v
 *     PAUSE                  trouble that passes; a clock that is off is corrected once
 *
 * The search for credentials (auth/search.h) has neither a session nor quotas: hence no struct call
 * (ops/call.h). What is sent may hold secrets, so the copies of it are wiped. I/O thread.
 */
#ifndef ATHENA_AUTH_EXCHANGE_H
#define ATHENA_AUTH_EXCHANGE_H

#include <stddef.h>
#include <stdint.h>

#include "aws/aws_error.h"
#include "aws/credentials.h"
#include "aws/region.h"
#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/http.h"
#include "engine/op.h"
#include "engine/timer.h"

/* How the one that is asked tells an error; decides what is asked again. */
enum exchange_errors {
    EXCHANGE_STATUS, /* by the HTTP status alone: 429 and 5xx pass */
    EXCHANGE_XML,    /* as STS does */
    EXCHANGE_JSON    /* as AWS's JSON services do */
};

enum { EXCHANGE_HEADERS_MAX = 6 };

struct exchange_wish {
    const char *doing;  /* "assuming role arn:...": how faults begin; copied, cut to 200 bytes */
    const char *method; /* static */
    const char *url;    /* whole, with its query; copied */
    struct sigv4_header
        headers[EXCHANGE_HEADERS_MAX]; /* ends at the first without a name; copied */
    const void *body;                  /* copied */
    size_t body_bytes;
    const struct http_settings *http; /* borrowed until the exchange is cleared */
    int64_t timeout_ms;               /* of an attempt; 0: 20 s */
    size_t max_answer_bytes;          /* 0: 1 MiB */
    unsigned max_attempts;            /* 0: one */
    enum exchange_errors errors;
    struct http_cookies *cookies; /* these three as in struct http_request */
    bool is_once, negotiates;

    /*
     * Signed with these for the endpoint's service and region when they are given; all three are
     * borrowed until the exchange is cleared. The clock's offset (of AWS's clock against ours, in
     * seconds) may be corrected by an answer.
     */
    const struct aws_credentials *with;
    const struct endpoint *endpoint;
    int64_t *clock_offset_s;
};

enum exchange_step { EXCHANGE_IDLE, EXCHANGE_SEND, EXCHANGE_PAUSE, EXCHANGE_DONE };

/* Zeroed: idle. */
struct exchange {
    enum exchange_step step;
    struct op *owner;
    struct exchange_wish wish; /* its texts are in the arena */
    struct arena arena;
    struct arena attempt; /* what is needed for one attempt */
    struct buf body;
    char doing[200];
    struct http http;
    struct timer pause;
    struct sigv4_key key;
    struct aws_error error; /* of an answer that is not 2xx, with EXCHANGE_XML and _JSON */
    unsigned attempts;
    bool has_fixed_clock;
};

/* Asks. An exchange that is over may be started again. HY001, HY000. */
enum status exchange_start(struct exchange *x, struct op *owner, const struct exchange_wish *wish,
                           struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: an answer stands in x->http, with whatever status, and what it says of an error in
 * x->error; ST_ERR: nobody answered (08xxx, HYT01) or the request could not be made.
 */
enum status exchange_ready(struct exchange *x, struct fault *f) RUNS_ON(io_thread);

/* "doing: why (HTTP 403; request 1234)" as 28000, for an answer that is no help. */
enum status exchange_refuse(const struct exchange *x, const char *why, struct fault *f);

/*
 * The same with what x->error says: "doing: message (AccessDenied; request 1234). advice". advice may
 * be NULL.
 */
enum status exchange_refuse_error(const struct exchange *x, const char *advice, struct fault *f);

/* Ends it; wipes and frees. Idle again. */
void exchange_clear(struct exchange *x) RUNS_ON(io_thread);

#endif
