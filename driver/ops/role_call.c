/* AssumeRole. See role_call.h. */
#include "ops/role_call.h"

#include <stdio.h>
#include <string.h>

#include "aws/aws_error.h"
#include "aws/error_map.h"
#include "aws/retry.h"
#include "aws/sts_codec.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

enum { BODY_BYTES_MAX = 64 << 10, ANSWER_BYTES_MAX = 1 << 20, TIMEOUT_MS = 20 * 1000 };

/* Whoever looks at CloudTrail sees this name where the profile gives none. */
static void write_body(struct buf *b, const struct creds_role *role)
{
    char session_name[64];

    snprintf(session_name, sizeof session_name, "odbc-athena-%lld", (long long)clock_wall_s());
    sts_write_assume_role(
        b, &(struct sts_assume_role){
               .role_arn = role->role_arn,
               .session_name = role->session_name ? role->session_name : session_name,
               .external_id = role->external_id,
               .duration_s = role->duration_s,
           });
}

static enum status send(struct role_call *c, struct fault *f) RUNS_ON(io_thread);
static enum status send(struct role_call *c, struct fault *f)
{
    const struct endpoint *e = c->place->endpoint;
    const struct sigv4_header type = {"Content-Type", STS_CONTENT_TYPE};
    struct http_request request = {.method = "POST",
                                   .settings = c->place->http,
                                   .body = c->body.bytes,
                                   .body_bytes = c->body.count,
                                   .timeout_ms = TIMEOUT_MS,
                                   .max_body_bytes = ANSWER_BYTES_MAX};
    const char *const *lines = NULL;
    enum status st;

    arena_clear(&c->arena);
    request.url = arena_printf(&c->arena, "%s/", e->url);
    if (!request.url) return fault_no_memory(f);
    st = sigv4_sign(&lines, &c->arena, &c->key, c->with, e->region, e->service,
                    &(struct sigv4_request){
                        .method = "POST",
                        .host = e->host,
                        .path = arena_printf(&c->arena, "%s/", e->base_path),
                        .headers = &type,
                        .header_count = 1,
                        .body = c->body.bytes,
                        .body_bytes = c->body.count,
                        .payload = SIGV4_BODY,
                    },
                    clock_wall_s() + *c->place->clock_offset_s, f);
    if (st) return st;
    request.headers = lines;
    c->attempts++;
    c->step = ROLE_SEND;
    return http_start(&c->http, c->owner, &request, f);
}

enum status role_call_start(struct role_call *c, struct op *owner, const struct sts_place *place,
                            const struct creds_role *role, const struct aws_credentials *with,
                            struct fault *f)
{
    memset(c, 0, sizeof *c);
    c->owner = owner;
    c->place = place;
    c->with = with;
    arena_init(&c->arena);
    buf_init(&c->body, BODY_BYTES_MAX);
    snprintf(c->doing, sizeof c->doing, "assuming role %s of profile %s", role->role_arn,
             role->profile);
    write_body(&c->body, role);
    return buf_ok(&c->body) ? send(c, f) : fault_no_memory(f);
}

/* ---- what came of it ---------------------------------------------------------------------- */

static bool fix_clock(struct role_call *c) RUNS_ON(io_thread);
static bool fix_clock(struct role_call *c)
{
    char date[64];

    if (c->has_fixed_clock || !http_header(&c->http, "date", date, sizeof date)) return false;
    if (!retry_clock_offset(date, clock_wall_s(), c->place->clock_offset_s)) return false;
    c->has_fixed_clock = true;
    log_warn("this machine's clock differs from AWS's; corrected");
    return true;
}

static bool may_try_again(struct role_call *c, enum retry_verdict verdict) RUNS_ON(io_thread);
static bool may_try_again(struct role_call *c, enum retry_verdict verdict)
{
    if (verdict == RETRY_CLOCK) return fix_clock(c);
    if (verdict != RETRY_BACKOFF && verdict != RETRY_THROTTLED) return false;
    return c->attempts <= c->place->max_retries;
}

static enum status refuse(struct role_call *c, const struct aws_error *error, struct fault *f)
{
    char id[80];
    bool has_id = http_header(&c->http, "x-amzn-requestid", id, sizeof id);

    return fault_set(f, SQLSTATE_28000, c->http.status,
                     "%s: %s (%s%s%s). The keys that assume it need sts:AssumeRole on it, and its "
                     "trust policy must let them",
                     c->doing, error->message, error->code, has_id ? "; request " : "",
                     has_id ? id : "");
}

static enum status judge(struct role_call *c, enum status st, struct aws_credentials *out,
                         struct fault *f) RUNS_ON(io_thread);
static enum status judge(struct role_call *c, enum status st, struct aws_credentials *out,
                         struct fault *f)
{
    struct aws_error error = {0};
    enum retry_verdict verdict;

    if (!st && c->http.status == 200) {
        c->step = ROLE_DONE;
        return sts_parse_assume_role(out, c->http.body.bytes, c->http.body.count, f);
    }
    if (!st) {
        aws_error_parse_xml(&error, &c->arena, c->http.status, NULL, c->http.body.bytes,
                            c->http.body.count);
    }
    verdict = st ? retry_of_transport(&c->http.fault) : retry_of_answer(&error);
    if (may_try_again(c, verdict)) {
        log_debug("%s: %s, again", c->doing, retry_name(verdict));
        http_clear(&c->http);
        timer_start(&c->pause, c->owner,
                    verdict == RETRY_CLOCK ? 0
                                           : retry_delay_ms(verdict, c->attempts, random_u32()));
        c->step = ROLE_PAUSE;
        return ST_OK;
    }
    c->step = ROLE_DONE;
    if (!st) return refuse(c, &error, f);
    return fault_set(f, c->http.fault.state, c->http.fault.native, "%s: %s", c->doing,
                     c->http.fault.text);
}

enum status role_call_ready(struct role_call *c, struct aws_credentials *out, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && c->step != ROLE_DONE) {
        if (c->step == ROLE_PAUSE) {
            st = timer_ready(&c->pause);
            if (!st) st = send(c, f);
        } else {
            st = http_ready(&c->http);
            if (st != ST_WAIT) st = judge(c, st, out, f);
        }
    }
    return st;
}

void role_call_clear(struct role_call *c)
{
    if (c->step == ROLE_IDLE) return;
    timer_stop(&c->pause, c->owner->engine);
    http_clear(&c->http);
    buf_clear(&c->body);
    arena_clear(&c->arena);
    sigv4_key_clear(&c->key);
    memset(c, 0, sizeof *c);
}
