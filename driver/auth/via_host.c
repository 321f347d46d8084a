/*
 * The keys that a host gives: a container's endpoint, or an instance's metadata service.
 *
 *     TOKEN -> ROLE -> KEYS      an instance
 *                      KEYS      a container
 *
 *   TOKEN  waits for a session token (IMDSv2); where version 1 is allowed it is done without
 *   ROLE   waits for the name of the role that the instance has
 *   KEYS   waits for the keys
 *
 * Nobody far away is asked, so time-outs are short, and a proxy is never used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/exchange.h"
#include "auth/small_file.h"
#include "auth/via.h"
#include "auth/wish.h"
#include "aws/creds_host.h"
#include "base/log.h"
#include "base/wipe.h"

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
#define TOKEN_SECONDS    "21600"

enum host_step { HOST_TOKEN, HOST_ROLE, HOST_KEYS };

struct via_host {
    struct sign_in base;
    enum host_step step;
    struct http_settings settings;
    struct arena arena;
    const char *token; /* the session's, or the authorization; in the arena, wiped */
    const char *role;
    char doing[160];
    struct exchange exchange;
};

static bool is_container(const struct via_host *h)
{
    return h->base.plan->source == CREDS_CONTAINER;
}

/* ---- asking ------------------------------------------------------------------------------- */

static const char *url_of_step(struct via_host *h)
{
    const char *base = h->base.plan->url;

    if (is_container(h)) return base;
    if (h->step == HOST_TOKEN) return arena_printf(&h->arena, "%s" TOKEN_PATH, base);
    return arena_printf(&h->arena, "%s" CREDENTIALS_PATH "%s", base, h->role ? h->role : "");
}

static struct sigv4_header header_of_step(const struct via_host *h)
{
    if (h->step == HOST_TOKEN) {
        return (struct sigv4_header){"X-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS};
    }
    if (!h->token) return (struct sigv4_header){NULL, NULL};
    return (struct sigv4_header){is_container(h) ? "Authorization" : "X-aws-ec2-metadata-token",
                                 h->token};
}

static enum status ask(struct via_host *h, enum host_step step, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct via_host *h, enum host_step step, struct fault *f)
{
    struct exchange_wish wish = {.doing = h->doing,
                                 .method = step == HOST_TOKEN ? "PUT" : "GET",
                                 .http = &h->settings,
                                 .timeout_ms = TIMEOUT_MS,
                                 .max_answer_bytes = ANSWER_BYTES_MAX,
                                 .max_attempts = h->base.plan->guess ? GUESS_ATTEMPTS_MAX
                                                                     : ATTEMPTS_MAX};

    h->step = step;
    wish.url = url_of_step(h);
    wish.headers[0] = header_of_step(h);
    return wish.url ? exchange_start(&h->exchange, h->base.owner, &wish, f) : fault_no_memory(f);
}

/* A container's authorization; the file is read each time, since its token is replaced now and then. */
static enum status take_authorization(struct via_host *h, struct fault *f)
{
    const struct creds_env *env = h->base.wish->env;
    const char *path = env->values[ENV_CONTAINER_TOKEN_FILE];
    const char *token = env->values[ENV_CONTAINER_TOKEN];
    enum creds_env_name from = path ? ENV_CONTAINER_TOKEN_FILE : ENV_CONTAINER_TOKEN;
    char *bytes = NULL;
    size_t count = token ? strlen(token) : 0;

    if (!path && !token) return ST_OK;
    if (path && small_file_read(&bytes, &count, path, TOKEN_BYTES_MAX, f)) return ST_ERR;
    if (path) token = bytes ? bytes : "";
    h->token = creds_host_token(&h->arena, token, count);
    if (bytes) explicit_bzero(bytes, count);
    free(bytes);
    if (h->token) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0, "%s: %s%s %s", h->doing, path ? "the file of " : "",
                     creds_env_variable(from),
                     path ? "cannot be read, or holds no token" : "is no token");
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_host *h = container_of(in, struct via_host, base);
    const struct http_settings *http = in->wish->http;

    h->settings.user_agent = http->user_agent;
    h->settings.verify_tls = http->verify_tls;
    h->settings.ca_file = http->ca_file;
    h->settings.ca_path = http->ca_path;
    h->settings.connect_timeout_ms = CONNECT_MS;
    h->settings.stall_timeout_ms = TIMEOUT_MS;
    arena_init(&h->arena);
    snprintf(h->doing, sizeof h->doing, "asking the %s for the credentials of %s",
             is_container(h) ? "container's endpoint" : "instance metadata service",
             in->plan->origin);
    if (is_container(h) && take_authorization(h, f)) return ST_ERR;
    return ask(h, is_container(h) ? HOST_KEYS : HOST_TOKEN, f);
}

/* ---- what came of it ---------------------------------------------------------------------- */

/* What a status says at a step; the first row that fits counts. 0: any. */
static const char *meaning_of(const struct via_host *h)
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

        if (fits && (!rows[i].status || rows[i].status == h->exchange.http.status)) {
            return rows[i].why;
        }
    }
    return "it refuses";
}

/* The answer of the step is good: the next one, or the keys. */
static enum status take_answer(struct via_host *h, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status take_answer(struct via_host *h, struct aws_credentials *out, struct fault *f)
{
    const struct exchange *x = &h->exchange;
    const struct buf *body = &x->http.body;

    if (h->step == HOST_TOKEN) {
        h->token = creds_host_token(&h->arena, body->bytes, body->count);
        if (!h->token) return exchange_refuse(x, "its session token is none", f);
        return ask(h, HOST_ROLE, f) ? ST_ERR : ST_WAIT;
    }
    if (h->step == HOST_ROLE) {
        h->role = creds_host_role(&h->arena, body->bytes, body->count);
        if (!h->role) return exchange_refuse(x, "it names no role", f);
        return ask(h, HOST_KEYS, f) ? ST_ERR : ST_WAIT;
    }
    return creds_host_parse(out, body->bytes, body->count, h->doing, f);
}

/* No session token: the service is old, or a container's network is too far from it for one. */
static bool may_do_without_token(const struct via_host *h, enum status st)
{
    int status = h->exchange.http.status;

    if (h->step != HOST_TOKEN) return false;
    if (h->base.plan->is_v1_disabled) return false;
    if (!options_flag(h->base.options, OPTION_ALLOW_INSTANCE_METADATA_V1)) return false;
    return st || status == 403 || status == 404 || status == 405;
}

static enum status judge(struct via_host *h, enum status st, struct aws_credentials *out,
                         struct fault *f) RUNS_ON(io_thread);
static enum status judge(struct via_host *h, enum status st, struct aws_credentials *out,
                         struct fault *f)
{
    if (!st && h->exchange.http.status == 200) return take_answer(h, out, f);
    if (may_do_without_token(h, st)) {
        fault_clear(f);
        log_info("%s: no session token, going on with version 1", h->doing);
        return ask(h, HOST_ROLE, f) ? ST_ERR : ST_WAIT;
    }
    return st ? st : exchange_refuse(&h->exchange, meaning_of(h), f);
}

/* Where nobody has said that this is an instance, a failure means that there is nothing at all. */
static enum status explain(const struct via_host *h, const struct fault *why, struct fault *f)
{
    if (h->base.plan->guess) {
        return fault_set(f, SQLSTATE_28000, why->native, "%s (%s)", h->base.plan->guess, why->text);
    }
    fault_copy(f, why);
    return ST_ERR;
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_host *h = container_of(in, struct via_host, base);
    struct fault why = {0};
    enum status st = exchange_ready(&h->exchange, &why);

    if (st != ST_WAIT) st = judge(h, st, &out->keys, &why);
    return st == ST_ERR ? explain(h, &why, f) : st;
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_host *h = container_of(in, struct via_host, base);

    exchange_clear(&h->exchange);
    wipe_text(h->token);
    arena_clear(&h->arena);
}

const struct sign_in_kind via_host = {
    .name = "host",
    .bytes = sizeof(struct via_host),
    .start = start,
    .ready = ready,
    .clear = clear,
};
