/*
 * The keys of a project of SageMaker Unified Studio, which DataZone gives with the project's
 * connection to Athena (aws/datazone_codec.h, also for what of this is inferred).
 *
 *     ACCESS -> REDEEM -> LIST -> CONNECTION -> keys      SageMakerBrowserIdc
 *       ^         |        ^ |
 *       +---------+        +-+ pages
 *
 *                         LIST -> CONNECTION -> keys      SageMakerIam
 *
 *   ACCESS      waits for a good token of IAM Identity Center (auth/sso_access.h)
 *   REDEEM      waits for the keys of the domain's execution role, in exchange for the token
 *   LIST        waits for the project's connections
 *   CONNECTION  waits for the connection with its keys
 *
 * SageMakerIam begins with keys that the search has found before: UID and PWD, or the default chain.
 */
#include <stdio.h>
#include <string.h>

#include "auth/exchange.h"
#include "auth/places.h"
#include "auth/sso_access.h"
#include "auth/via.h"
#include "auth/wish.h"
#include "aws/datazone_codec.h"
#include "base/log.h"

enum { BODY_BYTES_MAX = 64 << 10, ANSWER_BYTES_MAX = 4 << 20, PAGES_MAX = 100 };

/* The name that the studio gives the connection it makes for each project. */
static const char own_connection[] = "project.athena";

enum project_step { PROJECT_ACCESS, PROJECT_REDEEM, PROJECT_LIST, PROJECT_CONNECTION };

struct via_sagemaker {
    struct sign_in base;
    enum project_step step;
    const char *domain, *project;
    struct arena arena;
    struct endpoint at;
    struct sso_access access;           /* SageMakerBrowserIdc */
    struct aws_credentials domain_keys; /* the same: of the execution role */
    const struct aws_credentials *with; /* what signs */
    const char *found_id, *found_name;  /* in the arena; NULL: no connection yet */
    unsigned pages;
    char doing[200];
    struct exchange exchange;
};

/* ---- asking ------------------------------------------------------------------------------- */

static enum status ask(struct via_sagemaker *v, enum project_step step, const char *path,
                       const struct buf *body, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct via_sagemaker *v, enum project_step step, const char *path,
                       const struct buf *body, struct fault *f)
{
    static const char *const what[] = {
        [PROJECT_ACCESS] = "",
        [PROJECT_REDEEM] = "exchanging the token of IAM Identity Center for keys",
        [PROJECT_LIST] = "listing the connections to Athena",
        [PROJECT_CONNECTION] = "asking for the connection to Athena",
    };
    const struct search_wish *w = v->base.wish;
    struct exchange_wish x = {.doing = v->doing,
                              .method = body ? "POST" : "GET",
                              .http = w->http,
                              .max_answer_bytes = ANSWER_BYTES_MAX,
                              .max_attempts = w->max_retries + 1,
                              .errors = EXCHANGE_JSON};

    v->step = step;
    snprintf(v->doing, sizeof v->doing,
             "SageMaker Unified Studio: %s of project %.40s, domain %.40s", what[step], v->project,
             v->domain);
    x.url = path ? arena_printf(&v->arena, "%s%s", v->at.url, path) : NULL;
    if (!x.url) return fault_no_memory(f);
    if (body) {
        x.body = body->bytes;
        x.body_bytes = body->count;
        x.headers[0] = (struct sigv4_header){"Content-Type", "application/json"};
    } else {
        x.with = v->with;
        x.endpoint = &v->at;
        x.clock_offset_s = w->clock_offset_s;
    }
    return exchange_start(&v->exchange, v->base.owner, &x, f);
}

static enum status start_redeem(struct via_sagemaker *v, struct fault *f) RUNS_ON(io_thread);
static enum status start_redeem(struct via_sagemaker *v, struct fault *f)
{
    struct buf body;
    enum status st;

    buf_init_secret(&body, BODY_BYTES_MAX);
    datazone_write_redeem(&body, v->domain, v->access.token.texts[SSO_ACCESS_TOKEN]);
    st = buf_ok(&body) ? ask(v, PROJECT_REDEEM, DATAZONE_REDEEM_PATH, &body, f)
                       : fault_no_memory(f);
    buf_clear(&body);
    return st;
}

static enum status start_list(struct via_sagemaker *v, const char *next_token, struct fault *f)
    RUNS_ON(io_thread);
static enum status start_list(struct via_sagemaker *v, const char *next_token, struct fault *f)
{
    v->pages++;
    return ask(v, PROJECT_LIST, datazone_list_path(&v->arena, v->domain, v->project, next_token),
               NULL, f);
}

/* ---- beginnings --------------------------------------------------------------------------- */

static enum status begin(struct via_sagemaker *v, struct fault *f)
{
    const struct options *o = v->base.options;
    const char *region = options_text(o, OPTION_SAGEMAKER_DOMAIN_REGION);

    arena_init(&v->arena);
    v->domain = options_text(o, OPTION_SAGEMAKER_DOMAIN_ID);
    v->project = options_text(o, OPTION_SAGEMAKER_PROJECT_ID);
    if (!region_is_name(region)) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option SageMakerDomainRegion: \"%.64s\" is no region's name, such as "
                         "us-east-1",
                         region);
    }
    return places_endpoint(&v->at, &v->arena, v->base.wish->places, AWS_DATAZONE, region, f);
}

static enum status start_with_keys(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start_with_keys(struct sign_in *in, struct fault *f)
{
    struct via_sagemaker *v = container_of(in, struct via_sagemaker, base);
    enum status st = begin(v, f);

    v->with = &in->plan->keys;
    return st ? st : start_list(v, "", f);
}

static enum status start_with_person(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start_with_person(struct sign_in *in, struct fault *f)
{
    struct via_sagemaker *v = container_of(in, struct via_sagemaker, base);
    enum status st = begin(v, f);

    if (st) return st;
    v->step = PROJECT_ACCESS;
    sso_access_of_type(&v->access, in, "datazone:domain:access");
    return sso_access_start(&v->access, in, f);
}

/* ---- what came of it ---------------------------------------------------------------------- */

static enum status finish_redeem(struct via_sagemaker *v, struct fault *f) RUNS_ON(io_thread);
static enum status finish_redeem(struct via_sagemaker *v, struct fault *f)
{
    const struct http *http = &v->exchange.http;
    enum status st = exchange_ready(&v->exchange, f);

    if (st) return st;
    if (http->status == 401) {
        v->step = PROJECT_ACCESS;
        return sso_access_refused(&v->access, f);
    }
    if (http->status != 200) {
        return exchange_refuse_error(&v->exchange,
                                     "Is SageMakerDomainId right? Whoever signs in must have "
                                     "opened that studio once",
                                     f);
    }
    st = datazone_read_keys(&v->domain_keys, http->body.bytes, http->body.count, v->doing, f);
    v->with = &v->domain_keys;
    return st ? st : start_list(v, "", f);
}

/* The studio's own connection, wherever it stands in the list; else the first. True at the former. */
static bool pick(struct via_sagemaker *v, const struct datazone_connections *page)
{
    for (size_t i = 0; i < page->count; i++) {
        const struct datazone_connection *c = &page->items[i];
        bool is_own = !strcmp(c->name, own_connection);

        if (strcmp(c->type, "ATHENA") != 0 || !*c->id || (v->found_id && !is_own)) continue;
        v->found_id = c->id;
        v->found_name = c->name;
        if (is_own) return true;
    }
    return false;
}

static enum status finish_list(struct via_sagemaker *v, struct fault *f) RUNS_ON(io_thread);
static enum status finish_list(struct via_sagemaker *v, struct fault *f)
{
    const struct http *http = &v->exchange.http;
    struct datazone_connections page;
    enum status st = exchange_ready(&v->exchange, f);

    if (st) return st;
    if (http->status != 200) {
        return exchange_refuse_error(&v->exchange,
                                     "Are SageMakerDomainId and SageMakerProjectId right, and is "
                                     "the caller a member of the project?",
                                     f);
    }
    st = datazone_read_connections(&page, &v->arena, http->body.bytes, http->body.count, v->doing,
                                   f);
    if (st) return st;
    if (!pick(v, &page) && *page.next_token && v->pages < PAGES_MAX) {
        return start_list(v, page.next_token, f);
    }
    if (!v->found_id) return exchange_refuse(&v->exchange, "there is none", f);
    log_debug("SageMaker Unified Studio: connection %s (%s)", v->found_name, v->found_id);
    return ask(v, PROJECT_CONNECTION, datazone_connection_path(&v->arena, v->domain, v->found_id),
               NULL, f);
}

static enum status finish_connection(struct via_sagemaker *v, struct aws_credentials *out,
                                     struct fault *f) RUNS_ON(io_thread);
static enum status finish_connection(struct via_sagemaker *v, struct aws_credentials *out,
                                     struct fault *f)
{
    const struct http *http = &v->exchange.http;
    enum status st = exchange_ready(&v->exchange, f);

    if (st) return st;
    if (http->status == 200) {
        return datazone_read_keys(out, http->body.bytes, http->body.count, v->doing, f);
    }
    return exchange_refuse_error(&v->exchange, NULL, f);
}

/* ---- the machine -------------------------------------------------------------------------- */

static enum status project_step(struct via_sagemaker *v, struct aws_credentials *out,
                                struct fault *f) RUNS_ON(io_thread);
static enum status project_step(struct via_sagemaker *v, struct aws_credentials *out,
                                struct fault *f)
{
    enum status st;

    switch (v->step) {
    case PROJECT_ACCESS:
        st = sso_access_ready(&v->access, f);
        return st ? st : start_redeem(v, f);

    case PROJECT_REDEEM:
        return finish_redeem(v, f);

    case PROJECT_LIST:
        return finish_list(v, f);

    case PROJECT_CONNECTION:
        break;
    }
    return finish_connection(v, out, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_sagemaker *v = container_of(in, struct via_sagemaker, base);
    enum status st = ST_OK;

    while (!st && !out->keys.key_id)
        st = project_step(v, &out->keys, f);
    return st;
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_sagemaker *v = container_of(in, struct via_sagemaker, base);

    exchange_clear(&v->exchange);
    sso_access_clear(&v->access);
    credentials_clear(&v->domain_keys);
    arena_clear(&v->arena);
}

const struct sign_in_kind via_sagemaker_iam = {
    .name = "SageMakerIam",
    .bytes = sizeof(struct via_sagemaker),
    .start = start_with_keys,
    .ready = ready,
    .clear = clear,
};

const struct sign_in_kind via_sagemaker_browser_idc = {
    .name = "SageMakerBrowserIdc",
    .bytes = sizeof(struct via_sagemaker),
    .needs_person = true,
    .cache_option = OPTION_SSO_OIDC_CACHE,
    .start = start_with_person,
    .ready = ready,
    .clear = clear,
};
