/* A request of the search for credentials. See exchange.h for the drawing. */
#include "auth/exchange.h"

#include <stdio.h>
#include <string.h>

#include "aws/retry.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/wipe.h"

enum { BODY_BYTES_MAX = 4 << 20, ANSWER_BYTES_MAX = 1 << 20, TIMEOUT_MS = 20 * 1000 };

/* ---- an attempt --------------------------------------------------------------------------- */

static size_t header_count(const struct exchange *x)
{
    size_t n = 0;

    while (n < EXCHANGE_HEADERS_MAX && x->wish.headers[n].name)
        n++;
    return n;
}

static enum status make_plain_lines(struct exchange *x, const char *const **lines, struct fault *f)
{
    const char **out = arena_array(&x->attempt, EXCHANGE_HEADERS_MAX + 1, sizeof *out);
    size_t count = header_count(x);

    if (!out) return fault_no_memory(f);
    for (size_t i = 0; i < count; i++) {
        const struct sigv4_header *h = &x->wish.headers[i];

        out[i] = arena_printf(&x->attempt, "%s: %s", h->name, h->value);
        if (!out[i]) return fault_no_memory(f);
    }
    out[count] = NULL;
    *lines = out;
    return ST_OK;
}

/* The path of a URL up to its query, "/" when it has none. */
static const char *path_of_url(struct arena *a, const char *url, const char **query)
{
    const char *authority = strstr(url, "://");
    const char *path = authority ? strchr(authority + 3, '/') : NULL;
    size_t bytes = path ? strcspn(path, "?") : 0;

    *query = path && path[bytes] ? path + bytes + 1 : NULL;
    return path ? arena_printf(a, "%.*s", (int)bytes, path) : arena_text(a, "/");
}

static enum status make_signed_lines(struct exchange *x, const char *const **lines, struct fault *f)
{
    const struct exchange_wish *w = &x->wish;
    const char *query;
    const char *path = path_of_url(&x->attempt, w->url, &query);

    if (!path) return fault_no_memory(f);
    return sigv4_sign(lines, &x->attempt, &x->key, w->with, w->endpoint->region,
                      w->endpoint->service,
                      &(struct sigv4_request){
                          .method = w->method,
                          .host = w->endpoint->host,
                          .path = path,
                          .query = query,
                          .headers = w->headers,
                          .header_count = header_count(x),
                          .body = x->body.bytes,
                          .body_bytes = x->body.count,
                          .payload = SIGV4_BODY,
                      },
                      clock_wall_s() + *w->clock_offset_s, f);
}

static void wipe_lines(const char *const *lines)
{
    for (; lines && *lines; lines++)
        wipe_text(*lines);
}

static enum status send(struct exchange *x, struct fault *f) RUNS_ON(io_thread);
static enum status send(struct exchange *x, struct fault *f)
{
    const struct exchange_wish *w = &x->wish;
    struct http_request request = {.method = w->method,
                                   .url = w->url,
                                   .settings = w->http,
                                   .body = x->body.count ? x->body.bytes : NULL,
                                   .body_bytes = x->body.count,
                                   .is_secret = true,
                                   .timeout_ms = w->timeout_ms,
                                   .max_body_bytes = w->max_answer_bytes,
                                   .cookies = w->cookies,
                                   .is_once = w->is_once,
                                   .negotiates = w->negotiates};
    const char *const *lines = NULL;
    enum status st;

    arena_clear(&x->attempt);
    st = w->with ? make_signed_lines(x, &lines, f) : make_plain_lines(x, &lines, f);
    if (st) return st;
    request.headers = lines;
    x->attempts++;
    x->step = EXCHANGE_SEND;
    st = http_start(&x->http, x->owner, &request, f);
    wipe_lines(lines);
    return st;
}

/* ---- the beginning ------------------------------------------------------------------------ */

static bool copy_texts(struct exchange *x)
{
    struct exchange_wish *w = &x->wish;
    bool is_whole;

    w->url = arena_text(&x->arena, w->url);
    is_whole = w->url != NULL;
    for (size_t i = 0; i < EXCHANGE_HEADERS_MAX && w->headers[i].name; i++) {
        w->headers[i].value = arena_text(&x->arena, w->headers[i].value);
        is_whole = is_whole && w->headers[i].value;
    }
    buf_put(&x->body, w->body, w->body_bytes);
    return is_whole && buf_ok(&x->body);
}

enum status exchange_start(struct exchange *x, struct op *owner, const struct exchange_wish *wish,
                           struct fault *f)
{
    exchange_clear(x);
    x->owner = owner;
    x->wish = *wish;
    x->step = EXCHANGE_DONE;
    arena_init(&x->arena);
    arena_init(&x->attempt);
    buf_init_secret(&x->body, BODY_BYTES_MAX);
    snprintf(x->doing, sizeof x->doing, "%s", wish->doing);
    if (!x->wish.timeout_ms) x->wish.timeout_ms = TIMEOUT_MS;
    if (!x->wish.max_answer_bytes) x->wish.max_answer_bytes = ANSWER_BYTES_MAX;
    return copy_texts(x) ? send(x, f) : fault_no_memory(f);
}

/* ---- what came of it ---------------------------------------------------------------------- */

static bool fix_clock(struct exchange *x) RUNS_ON(io_thread);
static bool fix_clock(struct exchange *x)
{
    char date[64];

    if (!x->wish.clock_offset_s || x->has_fixed_clock) return false;
    if (!http_header(&x->http, "date", date, sizeof date)) return false;
    if (!retry_clock_offset(date, clock_wall_s(), x->wish.clock_offset_s)) return false;
    x->has_fixed_clock = true;
    log_warn("this machine's clock differs from AWS's; corrected");
    return true;
}

static void read_error(struct exchange *x)
{
    char type[160];
    const struct buf *body = &x->http.body;
    bool has_type = http_header(&x->http, "x-amzn-errortype", type, sizeof type);

    if (x->wish.errors == EXCHANGE_XML) {
        aws_error_parse_xml(&x->error, &x->attempt, x->http.status, NULL, body->bytes, body->count);
    } else if (x->wish.errors == EXCHANGE_JSON) {
        aws_error_parse_json(&x->error, &x->attempt, x->http.status, has_type ? type : NULL,
                             body->bytes, body->count);
    }
}

static enum retry_verdict verdict_of(struct exchange *x, enum status st)
{
    if (st) return retry_of_transport(&x->http.fault);
    if (x->http.status / 100 == 2) return RETRY_NEVER;
    if (x->wish.errors != EXCHANGE_STATUS) return retry_of_answer(&x->error);
    return x->http.status >= 500 || x->http.status == 429 ? RETRY_BACKOFF : RETRY_NEVER;
}

static bool may_try_again(struct exchange *x, enum retry_verdict verdict) RUNS_ON(io_thread);
static bool may_try_again(struct exchange *x, enum retry_verdict verdict)
{
    if (verdict == RETRY_CLOCK) return fix_clock(x);
    if (verdict != RETRY_BACKOFF && verdict != RETRY_THROTTLED) return false;
    return x->attempts < x->wish.max_attempts;
}

static void log_answer(const struct exchange *x, enum status st)
{
    const long long took_ms = x->http.answered_ms - x->http.sent_ms;

    if (st) {
        log_debug("%s, attempt %u: %s", x->doing, x->attempts, x->http.fault.text);
    } else {
        log_debug("%s, attempt %u: HTTP %d in %lld ms", x->doing, x->attempts, x->http.status,
                  took_ms);
    }
}

static enum status judge(struct exchange *x, enum status st, struct fault *f) RUNS_ON(io_thread);
static enum status judge(struct exchange *x, enum status st, struct fault *f)
{
    enum retry_verdict verdict;

    log_answer(x, st);
    memset(&x->error, 0, sizeof x->error);
    if (!st && x->http.status / 100 != 2) read_error(x);
    verdict = verdict_of(x, st);
    if (may_try_again(x, verdict)) {
        int64_t delay_ms =
            verdict == RETRY_CLOCK ? 0 : retry_delay_ms(verdict, x->attempts, random_u32());

        log_debug("%s: %s, again", x->doing, retry_name(verdict));
        http_clear(&x->http);
        timer_start(&x->pause, x->owner, delay_ms);
        x->step = EXCHANGE_PAUSE;
        return ST_OK;
    }
    x->step = EXCHANGE_DONE;
    if (!st) return ST_OK;
    return fault_set(f, x->http.fault.state, x->http.fault.native, "%s: %s", x->doing,
                     x->http.fault.text);
}

enum status exchange_ready(struct exchange *x, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && x->step != EXCHANGE_DONE) {
        if (x->step == EXCHANGE_PAUSE) {
            st = timer_ready(&x->pause);
            if (!st) st = send(x, f);
        } else {
            st = http_ready(&x->http);
            if (st != ST_WAIT) st = judge(x, st, f);
        }
    }
    return st;
}

/* "; request 1234", or nothing. */
static void name_request(const struct exchange *x, char *out, size_t room)
{
    char id[80];
    bool has_id = http_header(&x->http, "x-amzn-requestid", id, sizeof id);

    snprintf(out, room, "%s%s", has_id ? "; request " : "", has_id ? id : "");
}

enum status exchange_refuse(const struct exchange *x, const char *why, struct fault *f)
{
    char request[96];

    name_request(x, request, sizeof request);
    return fault_set(f, SQLSTATE_28000, x->http.status, "%s: %s (HTTP %d%s)", x->doing, why,
                     x->http.status, request);
}

enum status exchange_refuse_error(const struct exchange *x, const char *advice, struct fault *f)
{
    char request[96];

    name_request(x, request, sizeof request);
    return fault_set(f, SQLSTATE_28000, x->http.status, "%s: %s (%s%s)%s%s", x->doing,
                     x->error.message, x->error.code, request, advice ? ". " : "",
                     advice ? advice : "");
}

/* ---- the end ------------------------------------------------------------------------------ */

void exchange_clear(struct exchange *x)
{
    if (x->step == EXCHANGE_IDLE) return;
    timer_stop(&x->pause, x->owner->engine);
    if (x->http.headers.count) explicit_bzero(x->http.headers.bytes, x->http.headers.count);
    http_clear(&x->http);
    wipe_text(x->wish.url);
    for (size_t i = 0; i < header_count(x); i++)
        wipe_text(x->wish.headers[i].value);
    buf_clear(&x->body);
    arena_clear(&x->arena);
    arena_clear(&x->attempt);
    sigv4_key_clear(&x->key);
    memset(x, 0, sizeof *x);
}
