/* Keys of containers and instances. See host_keys.h for the drawing. */
#include "ops/host_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds_host.h"
#include "aws/retry.h"
#include "base/log.h"
#include "base/random.h"
#include "ops/small_file.h"

enum {
    CONNECT_MS = 1000,
    TIMEOUT_MS = 5 * 1000, /* a container's endpoint asks STS itself */
    ATTEMPTS_MAX = 3,
    GUESS_ATTEMPTS_MAX = 1, /* where nothing says that this is an instance */
    ANSWER_BYTES_MAX = 64 << 10,
    TOKEN_BYTES_MAX = 64 << 10
};

#define CREDENTIALS_PATH "/latest/meta-data/iam/security-credentials/"
#define TOKEN_PATH       "/latest/api/token"
#define TOKEN_TTL        "X-aws-ec2-metadata-token-ttl-seconds: 21600"
#define TOKEN_NAME       "X-aws-ec2-metadata-token"

static bool is_container(const struct host_keys *h)
{
    return h->place.plan->source == CREDS_CONTAINER;
}

/* ---- asking ------------------------------------------------------------------------------- */

static const char *url_of_step(struct host_keys *h)
{
    const char *base = h->place.plan->url;

    if (is_container(h)) return base;
    if (h->step == HOST_TOKEN) return arena_printf(&h->arena, "%s" TOKEN_PATH, base);
    return arena_printf(&h->arena, "%s" CREDENTIALS_PATH "%s", base, h->role ? h->role : "");
}

static enum status send(struct host_keys *h, struct fault *f) RUNS_ON(io_thread);
static enum status send(struct host_keys *h, struct fault *f)
{
    bool is_token = h->step == HOST_TOKEN;
    const char *const headers[] = {is_token ? TOKEN_TTL : h->header, NULL};
    struct http_request request = {.method = is_token ? "PUT" : "GET",
                                   .url = url_of_step(h),
                                   .headers = headers,
                                   .settings = &h->settings,
                                   .timeout_ms = TIMEOUT_MS,
                                   .max_body_bytes = ANSWER_BYTES_MAX};

    if (!request.url) return fault_no_memory(f);
    h->attempts++;
    return http_start(&h->http, h->owner, &request, f);
}

static enum status begin(struct host_keys *h, enum host_step step, struct fault *f)
    RUNS_ON(io_thread);
static enum status begin(struct host_keys *h, enum host_step step, struct fault *f)
{
    http_clear(&h->http);
    h->step = step;
    h->attempts = 0;
    return send(h, f);
}

/* A container's authorization; the file is read each time, since its token is replaced now and then. */
static enum status take_authorization(struct host_keys *h, struct fault *f)
{
    const char *path = h->place.env->values[ENV_CONTAINER_TOKEN_FILE];
    const char *token = h->place.env->values[ENV_CONTAINER_TOKEN];
    enum creds_env_name from = path ? ENV_CONTAINER_TOKEN_FILE : ENV_CONTAINER_TOKEN;
    char *bytes = NULL;
    size_t count = token ? strlen(token) : 0;

    if (!path && !token) return ST_OK;
    if (path && small_file_read(&bytes, &count, path, TOKEN_BYTES_MAX, f)) return ST_ERR;
    if (path) token = bytes ? bytes : "";
    h->header = creds_host_header(&h->arena, "Authorization", token, count);
    if (bytes) explicit_bzero(bytes, count);
    free(bytes);
    if (h->header) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0, "%s: %s%s %s", h->doing, path ? "the file of " : "",
                     creds_env_variable(from),
                     path ? "cannot be read, or holds no token" : "is no token");
}

enum status host_keys_start(struct host_keys *h, struct op *owner, const struct host_place *place,
                            struct fault *f)
{
    const struct http_settings *http = place->http;

    memset(h, 0, sizeof *h);
    h->owner = owner;
    h->place = *place;
    h->settings.user_agent = http->user_agent;
    h->settings.verify_tls = http->verify_tls;
    h->settings.ca_file = http->ca_file;
    h->settings.ca_path = http->ca_path;
    h->settings.connect_timeout_ms = CONNECT_MS;
    h->settings.stall_timeout_ms = TIMEOUT_MS;
    arena_init(&h->arena);
    h->step = is_container(h) ? HOST_KEYS : HOST_TOKEN;
    snprintf(h->doing, sizeof h->doing, "asking the %s for the credentials of %s",
             is_container(h) ? "container's endpoint" : "instance metadata service",
             place->plan->origin);
    if (is_container(h) && take_authorization(h, f)) return ST_ERR;
    return send(h, f);
}

/* ---- what came of it ---------------------------------------------------------------------- */

static enum status refuse(struct host_keys *h, const char *why, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, h->http.status, "%s: %s (HTTP %d)", h->doing, why,
                     h->http.status);
}

/* What a status says at a step; the first row that fits counts. 0: any. */
static enum status refuse_status(struct host_keys *h, struct fault *f)
{
    static const struct {
        enum host_step step;
        bool is_container;
        int status;
        const char *why;
    } rows[] = {
        {HOST_TOKEN, false, 0,
         "it gives no session token (IMDSv2); where version 1 alone is to be had, "
         "AllowInstanceMetadataV1=1 allows it"},
        {HOST_ROLE, false, 404, "no role is attached to this instance"},
        {HOST_KEYS, false, 404, "the instance's role gives no credentials"},
        {HOST_KEYS, true, 404, "it has no credentials at the path that it was asked for"},
        {HOST_KEYS, true, 401, "it refuses the authorization token, or its absence"},
        {HOST_KEYS, true, 403, "it refuses the authorization token, or its absence"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool fits = rows[i].step == h->step && rows[i].is_container == is_container(h);

        if (fits && (!rows[i].status || rows[i].status == h->http.status)) {
            return refuse(h, rows[i].why, f);
        }
    }
    return refuse(h, "it refuses", f);
}

/* The answer of the step is good: the next one, or the end. */
static enum status take_answer(struct host_keys *h, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status take_answer(struct host_keys *h, struct aws_credentials *out, struct fault *f)
{
    struct buf *body = &h->http.body;
    enum status st;

    if (h->step == HOST_TOKEN) {
        h->header = creds_host_header(&h->arena, TOKEN_NAME, body->bytes, body->count);
        return h->header ? begin(h, HOST_ROLE, f) : refuse(h, "its session token is none", f);
    }
    if (h->step == HOST_ROLE) {
        h->role = creds_host_role(&h->arena, body->bytes, body->count);
        return h->role ? begin(h, HOST_KEYS, f) : refuse(h, "it names no role", f);
    }
    st = creds_host_parse(out, body->bytes, body->count, h->doing, f);
    if (body->count) explicit_bzero(body->bytes, body->count);
    h->step = HOST_DONE;
    return st;
}

static bool may_try_again(const struct host_keys *h, enum status st)
{
    unsigned most = h->place.plan->guess ? GUESS_ATTEMPTS_MAX : ATTEMPTS_MAX;

    if (h->attempts >= most) return false;
    if (st) return retry_of_transport(&h->http.fault) == RETRY_BACKOFF;
    return h->http.status >= 500 || h->http.status == 429;
}

/* No session token: the service is old, or a container's network is too far from it for one. */
static bool may_do_without_token(const struct host_keys *h, enum status st)
{
    int status = h->http.status;

    if (h->step != HOST_TOKEN || !h->place.may_use_metadata_v1) return false;
    return st || status == 403 || status == 404 || status == 405;
}

static enum status judge(struct host_keys *h, enum status st, struct aws_credentials *out,
                         struct fault *f) RUNS_ON(io_thread);
static enum status judge(struct host_keys *h, enum status st, struct aws_credentials *out,
                         struct fault *f)
{
    if (!st && h->http.status == 200) return take_answer(h, out, f);
    if (may_try_again(h, st)) {
        log_debug("%s: no answer yet, again", h->doing);
        http_clear(&h->http);
        timer_start(&h->pause, h->owner, retry_delay_ms(RETRY_BACKOFF, h->attempts, random_u32()));
        h->is_pausing = true;
        return ST_OK;
    }
    if (may_do_without_token(h, st)) {
        log_info("%s: no session token, going on with version 1", h->doing);
        return begin(h, HOST_ROLE, f);
    }
    if (!st) return refuse_status(h, f);
    return fault_set(f, h->http.fault.state, h->http.fault.native, "%s: %s", h->doing,
                     h->http.fault.text);
}

enum status host_keys_ready(struct host_keys *h, struct aws_credentials *out, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && h->step != HOST_DONE) {
        if (h->is_pausing) {
            st = timer_ready(&h->pause);
            if (st) break;
            h->is_pausing = false;
            st = send(h, f);
        } else {
            st = http_ready(&h->http);
            if (st != ST_WAIT) st = judge(h, st, out, f);
        }
    }
    return st;
}

void host_keys_clear(struct host_keys *h)
{
    if (h->step == HOST_IDLE) return;
    timer_stop(&h->pause, h->owner->engine);
    http_clear(&h->http);
    if (h->header) explicit_bzero((char *)(uintptr_t)h->header, strlen(h->header));
    arena_clear(&h->arena);
    memset(h, 0, sizeof *h);
}
