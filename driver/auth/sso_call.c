/* Requests to IAM Identity Center. See sso_call.h. */
#include "auth/sso_call.h"

#include <stdio.h>

#include "auth/places.h"

enum { ANSWER_BYTES_MAX = 64 << 10 };

/* Asks at path of a service; what is not the same for all is in x already. */
static enum status ask(struct sso_call *c, struct op *owner, const struct search_wish *wish,
                       enum aws_service service, const char *region, const char *path,
                       struct exchange_wish *x, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct sso_call *c, struct op *owner, const struct search_wish *wish,
                       enum aws_service service, const char *region, const char *path,
                       struct exchange_wish *x, struct fault *f)
{
    struct endpoint at;
    enum status st;

    arena_clear(&c->arena);
    st = places_endpoint(&at, &c->arena, wish->places, service, region, f);
    if (st) return st;
    x->url = path ? arena_printf(&c->arena, "%s%s", at.url, path) : NULL;
    x->http = wish->http;
    x->max_answer_bytes = ANSWER_BYTES_MAX;
    x->max_attempts = wish->max_retries + 1;
    x->errors = EXCHANGE_STATUS;
    return x->url ? exchange_start(&c->exchange, owner, x, f) : fault_no_memory(f);
}

enum status sso_call_oidc(struct sso_call *c, struct op *owner, const struct search_wish *wish,
                          const char *region, const char *path, const struct buf *body,
                          const char *doing, struct fault *f)
{
    struct exchange_wish x = {.doing = doing,
                              .method = "POST",
                              .headers = {{"Content-Type", "application/json"}},
                              .body = body->bytes,
                              .body_bytes = body->count};

    if (!buf_ok(body)) return fault_no_memory(f);
    return ask(c, owner, wish, AWS_SSO_OIDC, region, path, &x, f);
}

/* What came from outside and goes into a header: nothing that would end it. */
static bool is_header_value(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f) return false;
    }
    return true;
}

enum status sso_call_role(struct sso_call *c, struct op *owner, const struct search_wish *wish,
                          const char *region, const char *account_id, const char *role_name,
                          const char *access_token, const char *doing, struct fault *f)
{
    struct exchange_wish x = {
        .doing = doing, .method = "GET", .headers = {{"x-amz-sso_bearer_token", access_token}}};
    struct arena a;
    enum status st;

    if (!is_header_value(access_token)) {
        return fault_set(f, SQLSTATE_28000, 0, "%s: the access token is no text for a header",
                         doing);
    }
    arena_init(&a);
    st = ask(c, owner, wish, AWS_SSO_PORTAL, region, sso_role_path(&a, account_id, role_name), &x,
             f);
    arena_clear(&a);
    return st;
}

enum status sso_call_ready(struct sso_call *c, struct fault *f)
{
    return exchange_ready(&c->exchange, f);
}

void sso_call_error(struct sso_call *c, struct sso_error *e)
{
    const struct http *http = &c->exchange.http;
    char type[160];
    bool has_type = http_header(http, "x-amzn-errortype", type, sizeof type);

    arena_clear(&c->arena);
    sso_read_error(e, &c->arena, has_type ? type : NULL, http->body.bytes, http->body.count);
}

enum status sso_call_refuse(struct sso_call *c, const char *advice, struct fault *f)
{
    struct sso_error e;
    char why[600];

    sso_call_error(c, &e);
    snprintf(why, sizeof why, "%s%s%s%s%s", e.message, *e.message && *e.code ? ", " : "", e.code,
             advice ? "; " : "", advice ? advice : "");
    return exchange_refuse(&c->exchange, *why ? why : "it refuses", f);
}

void sso_call_clear(struct sso_call *c)
{
    exchange_clear(&c->exchange);
    arena_clear(&c->arena);
}
