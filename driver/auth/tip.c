/* Trusted identity propagation. See tip.h for the drawing. */
#include "auth/tip.h"

#include <stdio.h>
#include <string.h>

#include "auth/places.h"
#include "auth/wish.h"
#include "aws/sso_codec.h"
#include "aws/tip_codec.h"
#include "base/clock.h"
#include "base/wipe.h"

enum {
    TOKEN_BYTES_MAX = 20000, /* what STS takes */
    BODY_BYTES_MAX = 256 << 10,
    ANSWER_BYTES_MAX = 256 << 10,
    PAGES_MAX = 40,
    MARGIN_S = 61,         /* keys are not used in their last minute (ops/identity.c) */
    CONTEXT_LIFE_S = 3600, /* where IAM Identity Center does not say */
    DURATION_S = 3600      /* JWT_TIP's default, and the most that a chain of roles allows */
};

/* ---- what there is ------------------------------------------------------------------------ */

static int64_t now_s(const struct sign_in *in)
{
    return clock_wall_s() + *in->wish->clock_offset_s;
}

/* What an earlier sign-in has left, when its context is still good; the arena's texts are secret. */
static bool read_kept(struct tip_kept *kept, const struct sign_in *in, struct arena *a)
{
    const struct buf *keepsake = in->wish->keepsake;

    if (!keepsake->count || !tip_read_kept(kept, a, keepsake->bytes, keepsake->count)) return false;
    if (kept->context_ends_s > now_s(in) + MARGIN_S) return true;
    credentials_clear(&kept->keys);
    wipe_text(kept->context);
    return false;
}

bool tip_is_kept(const struct sign_in *in)
{
    struct tip_kept kept;
    struct arena a;
    bool is_kept;

    arena_init(&a);
    is_kept = read_kept(&kept, in, &a);
    if (is_kept) {
        is_kept = !credentials_expire_within(&kept.keys, now_s(in), MARGIN_S);
        credentials_clear(&kept.keys);
        wipe_text(kept.context);
    }
    arena_clear(&a);
    return is_kept;
}

static const char *unless_empty(const char *text)
{
    return *text ? text : NULL;
}

/* A token can bring the keys again, so theirs may have ended; the context it may not bring again. */
static void take_kept(struct tip *t)
{
    struct tip_kept kept;

    if (!read_kept(&kept, t->in, &t->arena)) return;
    t->context = kept.context;
    t->context_ends_s = kept.context_ends_s;
    t->is_kept = true;
    if (!t->application) t->application = unless_empty(kept.application);
    if (!t->access_role) t->access_role = unless_empty(kept.access_role);
    if (credentials_expire_within(&kept.keys, now_s(t->in), MARGIN_S)) {
        credentials_clear(&kept.keys);
    } else {
        t->application_keys = kept.keys;
    }
}

/* What was kept is no good any more: the next sign-in begins with the token. */
static void forget(const struct tip *t)
{
    buf_clear(t->in->wish->keepsake);
}

static void keep(const struct tip *t)
{
    struct buf *keepsake = t->in->wish->keepsake;

    forget(t);
    tip_write_kept(keepsake, &(struct tip_kept){.context = t->context,
                                                .context_ends_s = t->context_ends_s,
                                                .application = t->application,
                                                .access_role = t->access_role,
                                                .keys = t->application_keys});
}

/* ---- roles -------------------------------------------------------------------------------- */

static enum status start_role(struct tip *t, const struct aws_credentials *with,
                              struct sts_assume_role request, struct fault *f) RUNS_ON(io_thread);
static enum status start_role(struct tip *t, const struct aws_credentials *with,
                              struct sts_assume_role request, struct fault *f)
{
    const struct sign_in *in = t->in;

    request.session_name = options_text(in->options, OPTION_ROLE_SESSION_NAME);
    return role_call_start(&t->role, in->owner,
                           &(struct role_wish){.search = in->wish,
                                               .sts = &t->sts,
                                               .with = with,
                                               .origin = in->plan->origin,
                                               .request = request},
                           f);
}

static enum status start_application_role(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status start_application_role(struct tip *t, struct fault *f)
{
    const char *role = options_text(t->in->options, OPTION_APPLICATION_ROLE_ARN);
    struct sts_assume_role request = {.role_arn = role, .web_identity_token = t->token};

    return start_role(t, NULL, request, f);
}

static enum status start_access_role(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status start_access_role(struct tip *t, struct fault *f)
{
    const struct options *o = t->in->options;
    const char *partition = region_partition(t->sts.region)->name;
    struct sts_assume_role request = {.role_arn = t->access_role, .context = t->context};

    request.duration_s = options_is_set(o, OPTION_DURATION) ? options_number(o, OPTION_DURATION)
                                                            : DURATION_S;
    request.context_provider =
        arena_printf(&t->arena, "arn:%s:iam::aws:contextProvider/IdentityCenter", partition);
    return request.context_provider ? start_role(t, &t->application_keys, request, f)
                                    : fault_no_memory(f);
}

/* ---- questions in JSON -------------------------------------------------------------------- */

/* The three steps that ask services which speak JSON. */
static const struct question {
    enum aws_service service;
    const char *path, *type, *target;
    const char *doing;    /* with the ARN that it is about */
    const char *resource; /* what tags are asked of is called so */
    const char *no_tag, *advice;
} questions[] = {
    [TIP_WORKGROUP_TAGS] = {AWS_ATHENA, "/", "application/x-amz-json-1.1",
                            "AmazonAthena.ListTagsForResource",
                            "looking for the Identity Center application of workgroup %s",
                            "ResourceARN",
                            "it has no tag " TIP_TAG
                            " with the ARN of an application; add it, or give "
                            "CustomerIdcApplicationArn",
                            "ApplicationRoleArn needs athena:ListTagsForResource on the workgroup; "
                            "or give CustomerIdcApplicationArn"},
    [TIP_APPLICATION_TAGS] = {AWS_SSO_ADMIN, "/", "application/x-amz-json-1.1",
                              "SWBExternalService.ListTagsForResource",
                              "looking for the access role of application %s", "ResourceArn",
                              "it has no tag " TIP_TAG
                              " with the ARN of a role; add it, or give AccessRoleArn",
                              "ApplicationRoleArn needs sso:ListTagsForResource on the "
                              "application; or give AccessRoleArn"},
    [TIP_EXCHANGE] = {AWS_SSO_OIDC, "/token?aws_iam=t", "application/json", NULL,
                      "exchanging the token at the Identity Center application %s", NULL, NULL,
                      NULL},
};

static enum status ask(struct tip *t, const char *arn, const struct buf *body, struct fault *f)
    RUNS_ON(io_thread);
static enum status ask(struct tip *t, const char *arn, const struct buf *body, struct fault *f)
{
    const struct question *q = &questions[t->step];
    const struct search_wish *w = t->in->wish;
    const char *region =
        q->service == AWS_ATHENA ? NULL : options_text(t->in->options, OPTION_SSO_OIDC_REGION);
    struct exchange_wish wish = {
        .method = "POST",
        .headers = {{"Content-Type", q->type}, {"X-Amz-Target", q->target}},
        .body = body->bytes,
        .body_bytes = body->count,
        .http = w->http,
        .max_answer_bytes = ANSWER_BYTES_MAX,
        .max_attempts = w->max_retries + 1,
        .errors = EXCHANGE_JSON,
        .with = &t->application_keys,
        .endpoint = &t->where,
        .clock_offset_s = w->clock_offset_s};

    if (!q->target) wish.headers[1].name = NULL;
    if (places_endpoint(&t->where, &t->arena, w->places, q->service, region, f)) return ST_ERR;
    wish.doing = arena_printf(&t->arena, q->doing, arn);
    wish.url = arena_printf(&t->arena, "%s%s", t->where.url, q->path);
    if (!wish.doing || !wish.url || !buf_ok(body)) return fault_no_memory(f);
    return exchange_start(&t->exchange, t->in->owner, &wish, f);
}

static const char *tagged_arn(const struct tip *t)
{
    return t->step == TIP_WORKGROUP_TAGS ? options_text(t->in->options, OPTION_WORKGROUP_ARN)
                                         : t->application;
}

static enum status ask_for_tags(struct tip *t, const char *next, struct fault *f)
    RUNS_ON(io_thread);
static enum status ask_for_tags(struct tip *t, const char *next, struct fault *f)
{
    const char *arn = tagged_arn(t);
    struct buf body;
    enum status st;

    buf_init_secret(&body, BODY_BYTES_MAX);
    tip_write_tags(&body, questions[t->step].resource, arn, next);
    st = ask(t, arn, &body, f);
    buf_clear(&body);
    return st;
}

static enum status start_exchange(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status start_exchange(struct tip *t, struct fault *f)
{
    struct buf body;
    enum status st;

    buf_init_secret(&body, BODY_BYTES_MAX);
    tip_write_exchange(&body, t->application, t->token);
    st = ask(t, t->application, &body, f);
    buf_clear(&body);
    return st;
}

/* ---- from step to step -------------------------------------------------------------------- */

/* The first step that brings something which is not there. */
static enum tip_step next_step(const struct tip *t)
{
    if (t->keys.key_id) return TIP_DONE;
    if (!t->application_keys.key_id) return TIP_APPLICATION_ROLE;
    if (!t->application && (!t->context || !t->access_role)) return TIP_WORKGROUP_TAGS;
    if (!t->access_role) return TIP_APPLICATION_TAGS;
    return t->context ? TIP_ACCESS_ROLE : TIP_EXCHANGE;
}

static enum status go_on(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status go_on(struct tip *t, struct fault *f)
{
    t->step = next_step(t);
    t->pages = 0;
    if (!t->token && (t->step == TIP_APPLICATION_ROLE || t->step == TIP_EXCHANGE)) {
        return fault_set(f, SQLSTATE_28000, 0, "what an earlier sign-in has left has ended");
    }
    switch (t->step) {
    case TIP_APPLICATION_ROLE:
        return start_application_role(t, f);
    case TIP_WORKGROUP_TAGS:
    case TIP_APPLICATION_TAGS:
        return ask_for_tags(t, NULL, f);
    case TIP_EXCHANGE:
        return start_exchange(t, f);
    case TIP_ACCESS_ROLE:
        return start_access_role(t, f);
    case TIP_DONE:
    case TIP_IDLE:
        break;
    }
    keep(t);
    return ST_OK;
}

static enum status finish_role(struct tip *t, struct aws_credentials *keys, struct fault *f)
    RUNS_ON(io_thread);
static enum status finish_role(struct tip *t, struct aws_credentials *keys, struct fault *f)
{
    enum status st = role_call_ready(&t->role, keys, f);

    if (st == ST_ERR && t->is_kept && f->state == SQLSTATE_28000) forget(t);
    if (st) return st;
    role_call_clear(&t->role);
    return go_on(t, f);
}

static enum status finish_tags(struct tip *t, const char **arn, struct fault *f) RUNS_ON(io_thread);
static enum status finish_tags(struct tip *t, const char **arn, struct fault *f)
{
    const struct question *q = &questions[t->step];
    const struct buf *body = &t->exchange.http.body;
    const char *value, *next;
    enum status st = exchange_ready(&t->exchange, f);

    if (st) return st;
    if (t->exchange.http.status != 200) {
        return exchange_refuse_error(&t->exchange, q->advice, f);
    }
    st = tip_read_tags(&value, &next, &t->arena, body->bytes, body->count, t->exchange.doing, f);
    if (st) return st;
    if (!value && next && ++t->pages < PAGES_MAX) return ask_for_tags(t, next, f);
    if (!value) return exchange_refuse(&t->exchange, q->no_tag, f);
    *arn = value;
    return go_on(t, f);
}

static enum status refuse_exchange(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status refuse_exchange(struct tip *t, struct fault *f)
{
    const struct buf *body = &t->exchange.http.body;
    char type[160], text[400];
    bool has_type = http_header(&t->exchange.http, "x-amzn-errortype", type, sizeof type);
    struct sso_error e;

    sso_read_error(&e, &t->arena, has_type ? type : NULL, body->bytes, body->count);
    snprintf(
        text, sizeof text, "%.160s (%.60s). %s", e.message, e.code,
        strstr(e.code, "rant")
            ? "A token is exchanged once: connect again with a fresh one"
            : "The application has to trust the token's issuer, and to name ApplicationRoleArn "
              "among its credentials");
    return exchange_refuse(&t->exchange, text, f);
}

static enum status finish_exchange(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status finish_exchange(struct tip *t, struct fault *f)
{
    const struct buf *body = &t->exchange.http.body;
    enum status st = exchange_ready(&t->exchange, f);
    int64_t life_s;

    if (st) return st;
    if (t->exchange.http.status != 200) return refuse_exchange(t, f);
    st = tip_read_exchange(&t->context, &life_s, &t->arena, body->bytes, body->count,
                           t->exchange.doing, f);
    if (st) {
        t->context = NULL;
        return st;
    }
    t->context_ends_s = now_s(t->in) + (life_s ? life_s : CONTEXT_LIFE_S);
    exchange_clear(&t->exchange);
    keep(t); /* the token will not bring it again, whatever becomes of the next step */
    return go_on(t, f);
}

/* ---- the machine -------------------------------------------------------------------------- */

enum status tip_start(struct tip *t, const struct sign_in *in, const char *token, struct fault *f)
{
    const struct options *o = in->options;

    tip_clear(t);
    t->in = in;
    t->step = TIP_DONE;
    arena_init(&t->arena);
    if (token && strlen(token) > TOKEN_BYTES_MAX) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "the token is longer than the %d characters that STS takes",
                         TOKEN_BYTES_MAX);
    }
    t->token = arena_text(&t->arena, token);
    if (token && !t->token) return fault_no_memory(f);
    t->application = options_text(o, OPTION_CUSTOMER_IDC_APPLICATION_ARN);
    t->access_role = options_text(o, OPTION_ACCESS_ROLE_ARN);
    take_kept(t);
    if (places_endpoint(&t->sts, &t->arena, in->wish->places, AWS_STS, NULL, f)) return ST_ERR;
    return go_on(t, f);
}

static enum status step(struct tip *t, struct fault *f) RUNS_ON(io_thread);
static enum status step(struct tip *t, struct fault *f)
{
    switch (t->step) {
    case TIP_APPLICATION_ROLE:
        return finish_role(t, &t->application_keys, f);
    case TIP_WORKGROUP_TAGS:
        return finish_tags(t, &t->application, f);
    case TIP_APPLICATION_TAGS:
        return finish_tags(t, &t->access_role, f);
    case TIP_EXCHANGE:
        return finish_exchange(t, f);
    case TIP_ACCESS_ROLE:
        return finish_role(t, &t->keys, f);
    case TIP_DONE:
    case TIP_IDLE:
        break;
    }
    return ST_OK;
}

enum status tip_ready(struct tip *t, struct aws_credentials *out, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && t->step != TIP_DONE)
        st = step(t, f);
    return st ? st : credentials_copy(out, &t->keys, f);
}

void tip_clear(struct tip *t)
{
    if (t->step == TIP_IDLE) return;
    role_call_clear(&t->role);
    exchange_clear(&t->exchange);
    credentials_clear(&t->application_keys);
    credentials_clear(&t->keys);
    wipe_text(t->token);
    wipe_text(t->context);
    arena_clear(&t->arena);
    memset(t, 0, sizeof *t);
}
