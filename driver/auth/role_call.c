/* Roles of STS. See role_call.h. */
#include "auth/role_call.h"

#include <stdio.h>
#include <string.h>

#include "aws/form.h"
#include "base/clock.h"

enum { BODY_BYTES_MAX = 256 << 10 }; /* a token has 20,000 characters at most */

/* ---- asking ------------------------------------------------------------------------------- */

static void describe(char *out, size_t room, const struct role_wish *w)
{
    const char *role = w->request.role_arn;

    if (!role) {
        snprintf(out, room, "asking for a session with the MFA device of %s", w->origin);
    } else {
        snprintf(out, room, "assuming role %s of %s", role, w->origin);
    }
}

/* Whoever looks at CloudTrail sees this name where nobody gives one. */
static void write_body(struct buf *b, const struct role_wish *w)
{
    struct sts_assume_role request = w->request;
    char session_name[64];

    snprintf(session_name, sizeof session_name, "odbc-athena-%lld", (long long)clock_wall_s());
    if (request.role_arn && !request.session_name) request.session_name = session_name;
    sts_write_assume_role(b, &request);
}

static enum status ask(struct role_call *c, struct op *owner, const struct role_wish *w,
                       const struct buf *body, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct role_call *c, struct op *owner, const struct role_wish *w,
                       const struct buf *body, struct fault *f)
{
    char doing[200];
    struct arena a;
    struct exchange_wish wish = {
        .doing = doing,
        .method = "POST",
        .headers = {{"Content-Type", FORM_CONTENT_TYPE}},
        .body = body->bytes,
        .body_bytes = body->count,
        .http = w->search->http,
        .max_attempts = w->search->max_retries + 1,
        .errors = EXCHANGE_XML,
        .with = w->with,
        .endpoint = w->sts,
        .clock_offset_s = w->search->clock_offset_s,
    };
    enum status st;

    arena_init(&a);
    describe(doing, sizeof doing, w);
    wish.url = arena_printf(&a, "%s/", w->sts->url);
    st = wish.url && buf_ok(body) ? exchange_start(&c->exchange, owner, &wish, f)
                                  : fault_no_memory(f);
    arena_clear(&a);
    return st;
}

enum status role_call_start(struct role_call *c, struct op *owner, const struct role_wish *wish,
                            struct fault *f)
{
    struct buf body;
    enum status st;

    buf_init_secret(&body, BODY_BYTES_MAX);
    write_body(&body, wish);
    st = ask(c, owner, wish, &body, f);
    buf_clear(&body);
    return st;
}

/* ---- what came of it ---------------------------------------------------------------------- */

/* What may be done; the first row counts whose code is the answer's and whose word is in its text. */
static const char *advice_for(const struct aws_error *e)
{
    static const struct {
        const char *code, *word, *advice;
    } rows[] = {
        {"AccessDenied", "MultiFactor",
         "A code is good once, and for half a minute: give the device's next one in MFAToken"},
        {"AccessDenied", "sts:SetContext",
         "The role's trust policy has to allow sts:SetContext too"},
        {"AccessDenied", "AssumeRoleWithWebIdentity",
         "The role's trust policy has to name the token's issuer, its audience and its subject"},
        {"AccessDenied", "",
         "The keys that assume it need sts:AssumeRole on it, and its trust "
         "policy must let them"},
        {"ValidationError", "chaining",
         "A role that is assumed with another role's keys lasts an hour at most: duration (in a "
         "profile, duration_seconds) may be no more than 3600"},
        {"ValidationError", "MaxSessionDuration",
         "duration (in a profile, duration_seconds) may be no longer than the role's own limit"},
        {"ExpiredTokenException", "", "Connect again with a fresh token"},
        {"InvalidIdentityToken", "",
         "IAM has to know the token's issuer as an OpenID Connect provider, and its audience"},
        {"IDPRejectedClaim", "", "The identity provider does not stand by the token any more"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!strcmp(rows[i].code, e->code) && strstr(e->message, rows[i].word)) {
            return rows[i].advice;
        }
    }
    return NULL;
}

enum status role_call_ready(struct role_call *c, struct aws_credentials *out, struct fault *f)
{
    struct http *http = &c->exchange.http;
    enum status st = exchange_ready(&c->exchange, f);

    if (st) return st;
    if (http->status == 200) {
        return sts_parse_assume_role(out, http->body.bytes, http->body.count, f);
    }
    return exchange_refuse_error(&c->exchange, advice_for(&c->exchange.error), f);
}

void role_call_clear(struct role_call *c)
{
    exchange_clear(&c->exchange);
}
