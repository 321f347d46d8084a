/*
 * Requests to AWS. See call.h for the drawing.
 *
 * Everything that repeats is decided in judge(): what the service or the network said goes through
 * aws/retry.h, and either the call is over or it pauses and is signed afresh. A call whose sink has
 * taken bytes is never repeated here, for its owner would get them twice.
 */
#include "ops/call.h"

#include <string.h>

#include "aws/athena_codec.h"
#include "aws/error_map.h"
#include "aws/region.h"
#include "aws/s3_codec.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

static size_t count_and_sink(void *context, const char *bytes, size_t count)
{
    struct call *c = context;

    c->sunk_bytes += count;
    return c->get.sink(c->get.sink_context, bytes, count);
}

static void begin(struct call *c, struct op *owner, struct session *s, const char *doing)
{
    memset(c, 0, sizeof *c);
    buf_init(&c->body, SIZE_MAX);
    arena_init(&c->arena);
    arena_init(&c->scratch);
    c->owner = owner;
    c->session = s;
    c->doing = doing;
    c->step = CALL_SIGN_IN;
}

enum status call_start(struct call *c, struct op *owner, struct session *s, const char *doing,
                       const char *operation, struct buf *body, unsigned flags)
{
    bool is_sound = buf_ok(body);

    begin(c, owner, s, doing);
    c->step = CALL_QUEUE;
    c->operation = operation;
    c->group = quota_group_of(operation);
    c->waits_for_throttling = flags & CALL_WAITS_FOR_THROTTLING;
    c->has_token = flags & CALL_HAS_TOKEN;
    c->kind = flags & CALL_IS_DDL ? START_DDL : START_DML;
    c->body = *body;
    buf_init(body, SIZE_MAX);
    return is_sound ? ST_OK : fault_no_memory(&c->fault);
}

enum status call_start_get(struct call *c, struct op *owner, struct session *s, const char *doing,
                           const struct call_get *get)
{
    begin(c, owner, s, doing);
    c->get = *get;
    c->get.bucket = arena_text(&c->arena, get->bucket);
    c->get.key = arena_text(&c->arena, get->key);
    c->get.if_match = arena_text(&c->arena, get->if_match);
    return c->get.bucket && c->get.key ? ST_OK : fault_no_memory(&c->fault);
}

/* ---- its turn ----------------------------------------------------------------------------- */

static bool is_start(const struct call *c)
{
    return c->operation && c->group == QUOTA_START;
}

static enum status wait_for_turn(struct call *c) RUNS_ON(io_thread);
static enum status wait_for_turn(struct call *c)
{
    struct identity *id = c->session->identity;

    if (is_start(c)) {
        return start_queue_ready(identity_starts(id, c->kind), &c->session->starts[c->kind],
                                 &c->ticket, c->owner);
    }
    if (c->has_token) {
        c->has_token = false;
        return ST_OK;
    }
    return quota_ready(identity_quota(id), c->group, &c->token, c->owner);
}

/* What the buckets learn from an answer. A start that was refused goes back to its place. */
static void tell_success(struct call *c) RUNS_ON(io_thread);
static void tell_success(struct call *c)
{
    identity_accepted(c->session->identity);
    if (!c->operation) return;
    if (is_start(c)) {
        start_queue_accepted(&c->ticket, c->http.sent_ms);
    } else {
        quota_succeeded(identity_quota(c->session->identity), c->group);
    }
}

/* ---- one attempt -------------------------------------------------------------------------- */

/* What is signed and sent, in the words of both. */
struct attempt {
    const char *url;
    const struct endpoint *endpoint;
    struct sigv4_request sign;
    struct sigv4_header headers[6];
};

static void add_header(struct attempt *a, const char *name, const char *value)
{
    a->headers[a->sign.header_count].name = name;
    a->headers[a->sign.header_count].value = value;
    a->sign.header_count++;
    a->sign.headers = a->headers;
}

static enum status describe_athena(struct call *c, struct attempt *a)
{
    const struct endpoint *e = &c->session->athena;
    char *url = arena_printf(&c->scratch, "%s/", e->url);
    char *path = arena_printf(&c->scratch, "%s/", e->base_path);
    char *target = arena_printf(&c->scratch, ATHENA_TARGET_PREFIX "%s", c->operation);

    if (!url || !path || !target) return fault_no_memory(&c->fault);
    a->endpoint = e;
    a->url = url;
    a->sign = (struct sigv4_request){.method = "POST",
                                     .host = e->host,
                                     .path = path,
                                     .body = c->body.bytes,
                                     .body_bytes = c->body.count,
                                     .payload = SIGV4_BODY};
    add_header(a, "Content-Type", ATHENA_CONTENT_TYPE);
    add_header(a, "X-Amz-Target", target);
    return ST_OK;
}

static void add_get_headers(const struct call *c, struct attempt *a, const char *range)
{
    const struct session *s = c->session;

    add_header(a, "Range", range);
    if (c->get.if_match && *c->get.if_match) add_header(a, "If-Match", c->get.if_match);
    if (s->expected_bucket_owner) {
        add_header(a, "x-amz-expected-bucket-owner", s->expected_bucket_owner);
    }
    if (s->requester_pays) add_header(a, "x-amz-request-payer", "requester");
}

static enum status describe_get(struct call *c, struct attempt *a) RUNS_ON(io_thread);
static enum status describe_get(struct call *c, struct attempt *a)
{
    struct endpoint *e = arena_alloc(&c->scratch, sizeof *e);
    struct s3_location where = {c->get.bucket, c->get.key};
    struct s3_target target;
    char *range = arena_printf(&c->scratch, "bytes=%llu-%llu", (unsigned long long)c->get.first,
                               (unsigned long long)c->get.last);
    enum status st;

    if (!e || !range) return fault_no_memory(&c->fault);
    st = session_s3_endpoint(c->session, &c->scratch, c->get.bucket, e, &c->fault);
    if (!st) {
        st = s3_target(&target, &c->scratch, e, &where, c->session->s3_path_style, &c->fault);
    }
    if (st) return st;
    a->endpoint = e;
    a->url = target.url;
    a->sign = (struct sigv4_request){.method = "GET",
                                     .host = target.host,
                                     .path = target.path,
                                     .payload = strcmp(e->scheme, "https") == 0 ? SIGV4_UNSIGNED
                                                                                : SIGV4_BODY_HEADER,
                                     .is_s3 = true};
    add_get_headers(c, a, range);
    return ST_OK;
}

/*
 * S3 speaks HTTP/1.1, many connections of it. What was lost on the way is sent again on a connection
 * that it has for itself: curl keeps one of HTTP/2 that has fallen silent, and would use it again.
 */
static enum http_turn next_turn(const struct call *c) RUNS_ON(io_thread);
static enum http_turn next_turn(const struct call *c)
{
    if (!c->operation || c->was_lost) return HTTP_TURN_HTTP1;
    return http_way_next(c->session->athena.host);
}

static enum status send_signed(struct call *c, const struct aws_credentials *credentials)
    RUNS_ON(io_thread);
static enum status send_signed(struct call *c, const struct aws_credentials *credentials)
{
    struct identity *id = c->session->identity;
    struct attempt a = {.endpoint = &c->session->athena};
    struct http_request request = {0};
    const char *const *lines = NULL;
    enum status st;

    arena_clear(&c->scratch);
    st = c->operation ? describe_athena(c, &a) : describe_get(c, &a);
    if (!st) {
        st = sigv4_sign(&lines, &c->scratch, identity_signing_key(id, a.endpoint->service),
                        credentials, a.endpoint->region, a.endpoint->service, &a.sign,
                        clock_wall_s() + identity_clock_offset_s(id), &c->fault);
    }
    if (st) return st;
    request.method = a.sign.method;
    request.url = a.url;
    request.headers = lines;
    request.body = a.sign.body;
    request.body_bytes = a.sign.body_bytes;
    request.settings = &c->session->http;
    request.max_body_bytes = c->max_body_bytes;
    if (c->operation) request.timeout_ms = c->session->request_timeout_ms;
    c->turn = next_turn(c);
    request.may_be_http2 = c->turn != HTTP_TURN_HTTP1;
    if (c->get.sink) {
        request.sink = count_and_sink;
        request.sink_context = c;
    }
    c->sunk_bytes = 0;
    c->attempts++;
    log_trace("%s, attempt %u: sent to %s", c->operation ? c->operation : "GetObject", c->attempts,
              a.endpoint->host);
    return http_start(&c->http, c->owner, &request, &c->fault);
}

/* ---- what came of it ---------------------------------------------------------------------- */

static void read_error(struct call *c)
{
    char value[200];

    if (c->operation) {
        bool has_type = http_header(&c->http, "x-amzn-errortype", value, sizeof value);

        aws_error_parse_json(&c->error, &c->scratch, c->http.status, has_type ? value : NULL,
                             c->http.body.bytes, c->http.body.count);
    } else {
        bool has_region = http_header(&c->http, "x-amz-bucket-region", value, sizeof value);

        aws_error_parse_xml(&c->error, &c->scratch, c->http.status, has_region ? value : NULL,
                            c->http.body.bytes, c->http.body.count);
    }
}

static bool request_id(const struct call *c, char *id, size_t room)
{
    return http_header(&c->http, "x-amzn-requestid", id, room) ||
           http_header(&c->http, "x-amz-request-id", id, room);
}

/* Puts the final outcome of a failed call into c->fault. */
static enum status give_up(struct call *c, bool has_answer)
{
    char id[80];
    bool has_id;

    c->step = CALL_DONE;
    if (!has_answer) {
        return fault_set(&c->fault, c->http.fault.state, c->http.fault.native, "%s: %s", c->doing,
                         c->http.fault.text);
    }
    has_id = request_id(c, id, sizeof id);
    return error_map_fault(&c->fault, c->doing, &c->error, has_id ? id : NULL);
}

static bool fix_clock(struct call *c) RUNS_ON(io_thread);
static bool fix_clock(struct call *c)
{
    char date[64];
    int64_t offset_s;

    if (c->has_fixed_clock || !http_header(&c->http, "date", date, sizeof date)) return false;
    if (!retry_clock_offset(date, clock_wall_s(), &offset_s)) return false;
    c->has_fixed_clock = true;
    log_warn("this machine's clock differs from AWS's by %lld s; corrected", (long long)offset_s);
    identity_set_clock_offset_s(c->session->identity, offset_s);
    return true;
}

static bool refresh(struct call *c) RUNS_ON(io_thread);
static bool refresh(struct call *c)
{
    if (c->has_refreshed) return false;
    c->has_refreshed = true;
    identity_expire(c->session->identity);
    return true;
}

/* Once: S3 that points elsewhere again does not know itself. */
static bool follow_bucket(struct call *c) RUNS_ON(io_thread);
static bool follow_bucket(struct call *c)
{
    if (c->has_moved || !region_is_name(c->error.region)) return false;
    c->has_moved = true;
    log_info("bucket %s is in %s", c->get.bucket, c->error.region);
    bucket_regions_learn(&c->session->bucket_regions, c->get.bucket, c->error.region);
    return true;
}

/* Whether a verdict asks for another attempt; *delay_ms is how long to wait before it. */
static bool may_try_again(struct call *c, enum retry_verdict verdict, int64_t *delay_ms)
    RUNS_ON(io_thread);
static bool may_try_again(struct call *c, enum retry_verdict verdict, int64_t *delay_ms)
{
    bool is_throttled = verdict == RETRY_THROTTLED || verdict == RETRY_QUEUE_FULL;

    *delay_ms = 0;
    if (c->sunk_bytes) return false;
    switch (verdict) {
    case RETRY_CLOCK:
        return fix_clock(c);
    case RETRY_CREDENTIALS:
        return refresh(c);
    case RETRY_REGION:
        return !c->operation && follow_bucket(c);
    case RETRY_BACKOFF:
    case RETRY_THROTTLED:
    case RETRY_QUEUE_FULL:
        break;
    case RETRY_NEVER:
    default:
        return false;
    }
    if (c->attempts > c->session->max_retries && !(is_throttled && c->waits_for_throttling)) {
        return false;
    }
    *delay_ms = retry_delay_ms(verdict, c->attempts, random_u32());
    return true;
}

/* A start waits in the queue, in its old place: until its operation gives up. */
static void queue_again(struct call *c, bool is_full) RUNS_ON(io_thread);
static void queue_again(struct call *c, bool is_full)
{
    log_info("%s: %s, back to the queue", c->doing, c->error.code);
    start_queue_refused(&c->ticket, is_full, c->http.sent_ms);
    http_clear(&c->http);
    c->attempts--; /* the service has not tried it */
    c->step = CALL_QUEUE;
}

static void pause_for(struct call *c, int64_t delay_ms) RUNS_ON(io_thread);
static void pause_for(struct call *c, int64_t delay_ms)
{
    http_clear(&c->http);
    timer_start(&c->pause, c->owner, delay_ms);
    c->step = CALL_PAUSE;
}

static void log_answer(const struct call *c, bool has_answer)
{
    const char *operation = c->operation ? c->operation : "GetObject";
    const int64_t took_ms = c->http.answered_ms - c->http.sent_ms;
    char id[80] = "none";

    if (!log_is_on(LOG_DEBUG)) return;
    if (!has_answer) {
        log_debug("%s, attempt %u: %s, after %lld ms", operation, c->attempts, c->http.fault.text,
                  (long long)took_ms);
        return;
    }
    request_id(c, id, sizeof id);
    log_debug("%s, attempt %u: HTTP %d in %lld ms, request id %s, %zu bytes", operation,
              c->attempts, c->http.status, (long long)took_ms, id,
              c->http.body.count + c->sunk_bytes);
}

/* False: no answer, or none to be trusted; then c->http.fault says so. */
static bool take_answer(struct call *c, enum status st) RUNS_ON(io_thread);
static bool take_answer(struct call *c, enum status st)
{
    const char *host = c->session->athena.host;

    if (!st && http_way_answered(host, c->turn, c->http.is_http2)) return true;
    if (!st) {
        fault_set(&c->http.fault, SQLSTATE_08S01, 0,
                  "talking to %s: an answer by HTTP/1.1 where HTTP/2 was agreed on", host);
    } else {
        http_way_lost(host, c->turn, c->http.fault.state == SQLSTATE_HYT01);
    }
    c->was_lost = true;
    return false;
}

static enum status judge(struct call *c, enum status st) RUNS_ON(io_thread);
static enum status judge(struct call *c, enum status st)
{
    bool has_answer = take_answer(c, st);
    enum retry_verdict verdict;
    int64_t delay_ms;

    log_answer(c, has_answer);
    if (has_answer && c->http.status >= 200 && c->http.status < 300) {
        c->step = CALL_DONE;
        tell_success(c);
        return ST_OK;
    }
    memset(&c->error, 0, sizeof c->error);
    c->error.code = c->error.message = c->error.athena_code = c->error.reason = "";
    c->error.region = c->error.request_id = "";
    if (has_answer) read_error(c);
    if (c->http.was_too_large) return give_up(c, has_answer); /* and would be so again */
    verdict = has_answer ? retry_of_answer(&c->error) : retry_of_transport(&c->http.fault);
    if (is_start(c) && (verdict == RETRY_THROTTLED || verdict == RETRY_QUEUE_FULL)) {
        queue_again(c, verdict == RETRY_QUEUE_FULL);
        return ST_OK;
    }
    c->was_throttled |= verdict == RETRY_THROTTLED;
    if (c->operation && verdict == RETRY_THROTTLED) {
        quota_throttled(identity_quota(c->session->identity), c->group, c->http.sent_ms);
    }
    if (!may_try_again(c, verdict, &delay_ms)) return give_up(c, has_answer);
    if (verdict == RETRY_BACKOFF && (has_answer || c->http.was_delivered)) c->may_have_begun = true;
    log_info("%s: %s (%s), again in %lld ms", c->doing, retry_name(verdict),
             has_answer ? c->error.code : c->http.fault.text, (long long)delay_ms);
    pause_for(c, delay_ms);
    return ST_OK;
}

/* ---- the machine -------------------------------------------------------------------------- */

/* Every attempt counts against the quota. A start keeps its turn: it may have been begun. */
static enum call_step after_pause(struct call *c) RUNS_ON(io_thread);
static enum call_step after_pause(struct call *c)
{
    if (!c->operation) return CALL_SIGN_IN;
    if (!is_start(c)) return CALL_QUEUE;
    quota_charge(identity_quota(c->session->identity), QUOTA_START);
    return CALL_SIGN_IN;
}

static enum status call_step(struct call *c) RUNS_ON(io_thread);
static enum status call_step(struct call *c)
{
    const struct aws_credentials *credentials;
    enum status st;

    switch (c->step) {
    case CALL_QUEUE:
        st = wait_for_turn(c);
        if (!st) c->step = CALL_SIGN_IN;
        return st;

    case CALL_SIGN_IN:
        st = identity_ready(c->session->identity, &c->waiter, c->owner, &credentials, &c->fault);
        if (!st) st = send_signed(c, credentials);
        if (!st) c->step = CALL_SEND;
        return st;

    case CALL_SEND:
        st = http_ready(&c->http);
        return st == ST_WAIT ? st : judge(c, st);

    case CALL_PAUSE:
        st = timer_ready(&c->pause);
        if (!st) c->step = after_pause(c);
        return st;

    case CALL_IDLE:
    case CALL_DONE:
        break;
    }
    return ST_OK;
}

enum status call_ready(struct call *c)
{
    enum status st = fault_is_set(&c->fault) ? ST_ERR : ST_OK;

    while (!st && c->step != CALL_DONE && c->step != CALL_IDLE)
        st = call_step(c);
    if (st == ST_ERR) {
        c->step = CALL_DONE;
        start_queue_leave(&c->ticket);
    }
    return st;
}

bool call_is_worth_another(const struct call *c)
{
    enum retry_verdict verdict = c->http.status && *c->error.code ? retry_of_answer(&c->error)
                                                                  : retry_of_transport(&c->fault);

    return verdict == RETRY_BACKOFF || verdict == RETRY_THROTTLED;
}

bool call_is_between_attempts(const struct call *c)
{
    enum { ENOUGH_ATTEMPTS = 6 }; /* the pauses between so many are three seconds at most */

    if (c->step == CALL_SEND) return false;
    return !c->may_have_begun || c->attempts >= ENOUGH_ATTEMPTS;
}

void call_clear(struct call *c)
{
    if (c->step == CALL_IDLE) return;
    identity_forget_waiter(&c->waiter);
    quota_forget(&c->token);
    start_queue_leave(&c->ticket);
    timer_stop(&c->pause, c->owner->engine);
    if (c->step == CALL_SEND) http_way_lost(c->session->athena.host, c->turn, false);
    http_clear(&c->http);
    buf_clear(&c->body);
    arena_clear(&c->scratch);
    arena_clear(&c->arena);
    memset(c, 0, sizeof *c);
}
