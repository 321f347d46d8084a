/*
 * Okta: user and password to its Authentication API, a second factor where it asks for one, and the
 * page of the application with the SAML response.
 *
 *     ANSWER -> PAGE -> the response
 *      ^  |
 *      |  v
 *     PAUSE              a push waits for somebody to look at a phone
 *
 *   ANSWER  waits for what the API says, which decides what it is asked next: see next_of[]
 *   PAUSE   waits before asking whether the push has been answered
 *   PAGE    waits for https://idp_host/home/app_name/app_id?onetimetoken=...
 *
 * Nobody is prompted: a code comes from MFAToken. A number that has to be chosen on the phone is written
 * to standard error. It is good once, so keys that a second factor was
 * needed for are not renewed ahead of their end. Without a code one is sent where Okta sends them
 * (SMS), and the message says to connect again with it.
 */
#include <stdio.h>
#include <string.h>

#include "auth/exchange.h"
#include "auth/form_login.h"
#include "auth/via.h"
#include "auth/visit.h"
#include "auth/wish.h"
#include "aws/html_form.h"
#include "aws/okta_codec.h"
#include "aws/percent.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/quiet.h"

enum {
    OKTA_PAGE_BYTES_MAX = 2 << 20,
    OKTA_ANSWER_BYTES_MAX = 1 << 20,
    OKTA_BODY_BYTES_MAX = 64 << 10,
    OKTA_POLL_MS = 1000,
    OKTA_POLL_ATTEMPTS_MAX = 3,
    OKTA_ANSWERS_MAX = 8 /* that lead on, pushes apart: more go in a circle */
};

#define OKTA_API   "/api/v1/authn"
#define OKTA_DOING "signing in at Okta"

enum okta_step { OKTA_STEP_ANSWER, OKTA_STEP_PAUSE, OKTA_STEP_PAGE };

struct via_okta {
    struct sign_in base;
    enum okta_step step;
    const char *host; /* "https://idp_host:idp_port" */
    struct exchange exchange;
    struct timer pause;
    struct visit visit;
    struct arena arena; /* of what the last answer said; wiped */
    struct okta_answer answer;
    char factor_id[64]; /* of the one that is verified */
    enum okta_factor_kind factor;
    int64_t deadline_ms; /* of a push */
    unsigned answers;
    bool has_factor; /* a person has been asked, or a code used up */
    int shown;       /* the number that has been told, for a push; 0: none */
};

static const struct visit_manner manner = {.doing = OKTA_DOING,
                                           .max_answer_bytes = OKTA_PAGE_BYTES_MAX};

static const char *code_of(const struct via_okta *o)
{
    return options_text(o->base.options, OPTION_MFA_TOKEN);
}

/* ---- asking ------------------------------------------------------------------------------- */

/* Takes body. may_repeat: asking again does no harm. */
static enum status ask(struct via_okta *o, const char *path, struct buf *body, bool may_repeat,
                       struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct via_okta *o, const char *path, struct buf *body, bool may_repeat,
                       struct fault *f)
{
    struct exchange_wish wish = {.doing = OKTA_DOING,
                                 .method = "POST",
                                 .headers = {{"Accept", "application/json"},
                                             {"Content-Type", "application/json"},
                                             {"Cache-Control", "no-cache"}},
                                 .body = body->bytes,
                                 .body_bytes = body->count,
                                 .http = o->base.wish->idp_http,
                                 .max_answer_bytes = OKTA_ANSWER_BYTES_MAX,
                                 .max_attempts = may_repeat ? OKTA_POLL_ATTEMPTS_MAX : 1,
                                 .is_once = !may_repeat};
    enum status st = ST_ERR;

    wish.url = arena_printf(o->base.arena, "%s" OKTA_API "%s", o->host, path);
    if (!wish.url || !buf_ok(body)) {
        fault_no_memory(f);
    } else {
        o->step = OKTA_STEP_ANSWER;
        st = exchange_start(&o->exchange, o->base.owner, &wish, f);
    }
    buf_clear(body);
    return st ? st : ST_WAIT;
}

/* The state's token, with or without a code. */
static enum status ask_on(struct via_okta *o, const char *path, const char *code, bool may_repeat,
                          struct fault *f) RUNS_ON(io_thread);
static enum status ask_on(struct via_okta *o, const char *path, const char *code, bool may_repeat,
                          struct fault *f)
{
    struct buf body;

    if (code) *o->base.wish->has_used_code = true;
    buf_init_secret(&body, OKTA_BODY_BYTES_MAX);
    okta_write_state(&body, o->answer.state_token, code);
    return ask(o, path, &body, may_repeat, f);
}

/* "/factors/ID/verify" of the factor in hand, with verb at its end. */
static enum status ask_factor(struct via_okta *o, const char *verb, const char *code,
                              bool may_repeat, struct fault *f) RUNS_ON(io_thread);
static enum status ask_factor(struct via_okta *o, const char *verb, const char *code,
                              bool may_repeat, struct fault *f)
{
    char path[128];

    snprintf(path, sizeof path, "/factors/%s/%s", o->factor_id, verb);
    return ask_on(o, path, code, may_repeat, f);
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_okta *o = container_of(in, struct via_okta, base);
    struct buf body;
    enum status st;

    arena_init(&o->arena);
    o->host = visit_base(in, f);
    if (!o->host) return ST_ERR;
    buf_init_secret(&body, OKTA_BODY_BYTES_MAX);
    okta_write_login(&body, options_text(in->options, OPTION_UID),
                     options_text(in->options, OPTION_PWD));
    st = ask(o, "", &body, false, f);
    return st == ST_WAIT ? ST_OK : st;
}

/* ---- refusals ----------------------------------------------------------------------------- */

static enum status refuse_answer(const struct via_okta *o, struct fault *f)
{
    static const struct {
        const char *code, *advice;
    } rows[] = {
        {"E0000004", "; check UID and PWD"},
        {"E0000068", "; check MFAToken and the clock of the device, and connect with a new code"},
        {"E0000047", "; wait a minute, or set okta_cache=1 so that fewer sign-ins are needed"},
        {"E0000119", "; have the account unlocked"},
        {"E0000001", "; check okta_mfa_phone_number (+1 555 0100)"},
    };
    struct okta_refusal r;
    const struct buf *body = &o->exchange.http.body;
    const char *advice = "; check idp_host and idp_port";
    char why[480];

    okta_parse_refusal(&r, body->bytes, body->count);
    if (*r.text) advice = "";
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!strcmp(rows[i].code, r.code)) advice = rows[i].advice;
    }
    snprintf(why, sizeof why, "%s%s", *r.text ? r.text : "what answers there is not Okta's API",
             advice);
    return exchange_refuse(&o->exchange, why, f);
}

static enum status refuse_expired_password(struct via_okta *o, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0,
                     OKTA_DOING ": the password has expired; set a new one at %s", o->host);
}

static enum status refuse_locked_out(struct via_okta *o, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0,
                     OKTA_DOING ": the account is locked; unlock it at %s, or have it unlocked",
                     o->host);
}

static enum status refuse_status(struct via_okta *o, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0,
                     OKTA_DOING ": Okta wants something else first (%.60s); sign in at %s with a "
                                "browser and see",
                     *o->answer.status_name ? o->answer.status_name : "no status", o->host);
}

/* ---- second factors ----------------------------------------------------------------------- */

static const struct okta_factor *find_factor(const struct okta_answer *answer,
                                             enum okta_factor_kind kind)
{
    for (size_t i = 0; i < answer->factor_count; i++) {
        if (answer->factors[i].kind == kind) return &answer->factors[i];
    }
    return NULL;
}

/* The one that okta_mfa_type names; else, with a code, one that takes codes, and without, one that
   needs none, or sends one. */
static const struct okta_factor *choose_factor(const struct via_okta *o)
{
    static const enum okta_factor_kind with_code[] = {OKTA_FACTOR_GOOGLE, OKTA_FACTOR_TOTP,
                                                      OKTA_FACTOR_SMS, OKTA_FACTOR_PUSH};
    static const enum okta_factor_kind without[] = {OKTA_FACTOR_PUSH, OKTA_FACTOR_SMS,
                                                    OKTA_FACTOR_GOOGLE, OKTA_FACTOR_TOTP};
    const enum okta_factor_kind *order = code_of(o) ? with_code : without;
    unsigned wanted = options_choice(o->base.options, OPTION_OKTA_MFA_TYPE);

    if (wanted) return find_factor(&o->answer, wanted);
    for (size_t i = 0; i < sizeof with_code / sizeof *with_code; i++) {
        const struct okta_factor *found = find_factor(&o->answer, order[i]);

        if (found) return found;
    }
    return NULL;
}

static enum status refuse_factors(struct via_okta *o, struct fault *f)
{
    unsigned wanted = options_choice(o->base.options, OPTION_OKTA_MFA_TYPE);
    struct buf names;
    enum status st;

    buf_init_secret(&names, 400);
    for (size_t i = 0; i < o->answer.factor_count; i++) {
        const struct okta_factor *at = &o->answer.factors[i];

        if (i) buf_puts(&names, ", ");
        buf_printf(&names, "%.60s", at->kind ? okta_factor_name(at->kind) : at->type);
    }
    st = fault_set(f, SQLSTATE_28000, 0,
                   OKTA_DOING
                   ": the user has no second factor that can be used%s%s%s; there are: %s",
                   wanted ? " (okta_mfa_type=" : "",
                   wanted ? options_text(o->base.options, OPTION_OKTA_MFA_TYPE) : "",
                   wanted ? ")" : "", names.count ? names.bytes : "none");
    buf_clear(&names);
    return st;
}

static enum status refuse_used_code(struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0,
                     OKTA_DOING ": the session has ended, and the code in MFAToken was good once; "
                                "connect again with a new one");
}

static enum status go_with_factor(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status go_with_factor(struct via_okta *o, struct fault *f)
{
    const struct okta_factor *factor = choose_factor(o);
    const char *code = code_of(o);

    if (!factor || !*factor->id) return refuse_factors(o, f);
    o->has_factor = true;
    o->factor = factor->kind;
    snprintf(o->factor_id, sizeof o->factor_id, "%s", factor->id);
    if (strspn(o->factor_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.") !=
        strlen(factor->id)) {
        return refuse_status(o, f); /* it would change the address */
    }
    if (factor->kind == OKTA_FACTOR_PUSH) {
        int64_t wait_s = options_number(o->base.options, OPTION_OKTA_MFA_WAIT_TIME);

        o->deadline_ms = clock_now_ms() + wait_s * 1000;
        return ask_factor(o, "verify", NULL, false, f);
    }
    if (code && *o->base.wish->has_used_code) return refuse_used_code(f);
    if (code || factor->kind == OKTA_FACTOR_SMS) return ask_factor(o, "verify", code, false, f);
    return fault_set(f, SQLSTATE_28000, 0,
                     OKTA_DOING ": Okta asks for a second factor: give the code that %s shows in "
                                "MFAToken",
                     okta_factor_name(factor->kind));
}

/* Okta Verify may show three numbers, one of which is right. */
static void tell_number(struct via_okta *o)
{
    char text[120];
    int bytes;

    if (o->answer.number < 0 || o->shown == o->answer.number + 1) return;
    o->shown = o->answer.number + 1;
    bytes = snprintf(text, sizeof text, "Okta Verify asks for a number on the phone: %d\n",
                     o->answer.number);
    quiet_tell(text, (size_t)bytes);
    log_info(OKTA_DOING ": the number to choose on the phone was shown on standard error");
}

/* Somebody has to look at a phone; or a code is on its way to it. */
static enum status go_on_challenge(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status go_on_challenge(struct via_okta *o, struct fault *f)
{
    const struct okta_factor *sms = find_factor(&o->answer, OKTA_FACTOR_SMS);
    const char *result = o->answer.factor_result;

    if (o->factor != OKTA_FACTOR_PUSH) {
        return fault_set(f, SQLSTATE_28000, 0,
                         OKTA_DOING ": a code has been sent to %.40s; connect again with it in "
                                    "MFAToken",
                         sms && *sms->phone ? sms->phone : "the phone");
    }
    if (strcmp(result, "WAITING") != 0) {
        return fault_set(f, SQLSTATE_28000, 0, OKTA_DOING ": the request on the phone was %s",
                         !strcmp(result, "REJECTED")  ? "rejected"
                         : !strcmp(result, "TIMEOUT") ? "not answered in time"
                                                      : "not approved");
    }
    if (clock_now_ms() >= o->deadline_ms) {
        return fault_set(f, SQLSTATE_HYT00, 0,
                         OKTA_DOING ": nobody has answered the request on the phone within %lld "
                                    "seconds (okta_mfa_wait_time)",
                         (long long)options_number(o->base.options, OPTION_OKTA_MFA_WAIT_TIME));
    }
    tell_number(o);
    o->answers--; /* as often as it takes */
    o->step = OKTA_STEP_PAUSE;
    timer_start(&o->pause, o->base.owner, OKTA_POLL_MS);
    return ST_WAIT;
}

static enum status go_enroll(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status go_enroll(struct via_okta *o, struct fault *f)
{
    const struct options *options = o->base.options;
    const char *phone = options_text(options, OPTION_OKTA_MFA_PHONE_NUMBER);
    struct buf body;

    if (!phone || options_choice(options, OPTION_OKTA_MFA_TYPE) != OKTA_FACTOR_SMS) {
        return fault_set(f, SQLSTATE_28000, 0,
                         OKTA_DOING ": the user has to set up a second factor first: sign in at %s "
                                    "with a browser, or give okta_mfa_type=smsauthentication and "
                                    "okta_mfa_phone_number",
                         o->host);
    }
    o->has_factor = true;
    buf_init_secret(&body, OKTA_BODY_BYTES_MAX);
    okta_write_sms_enrolment(&body, o->answer.state_token, phone);
    return ask(o, "/factors", &body, false, f);
}

static enum status go_activate(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status go_activate(struct via_okta *o, struct fault *f)
{
    const char *code = code_of(o);

    if (!code) {
        return fault_set(f, SQLSTATE_28000, 0,
                         OKTA_DOING ": a code has been sent to okta_mfa_phone_number, to set the "
                                    "phone up as second factor; connect again with it in MFAToken");
    }
    if (*o->base.wish->has_used_code) return refuse_used_code(f);
    if (!o->answer.factor_count) return refuse_status(o, f);
    snprintf(o->factor_id, sizeof o->factor_id, "%s", o->answer.factors[0].id);
    return ask_factor(o, "lifecycle/activate", code, false, f);
}

static enum status go_skip(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status go_skip(struct via_okta *o, struct fault *f)
{
    return ask_on(o, "/skip", NULL, false, f);
}

/* ---- the application ---------------------------------------------------------------------- */

/* app_id is two parts of a path: their slash stays. */
static enum status go_to_page(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status go_to_page(struct via_okta *o, struct fault *f)
{
    const char *name = options_text(o->base.options, OPTION_APP_NAME);
    const char *id = options_text(o->base.options, OPTION_APP_ID);
    struct buf url;
    enum status st;

    buf_init_secret(&url, OKTA_BODY_BYTES_MAX);
    buf_printf(&url, "%s/home/", o->host);
    percent_put(&url, name, strlen(name), '/');
    buf_putc(&url, '/');
    percent_put(&url, id, strlen(id), '/');
    buf_puts(&url, "?onetimetoken=");
    percent_put(&url, o->answer.session_token, strlen(o->answer.session_token), '\0');
    o->step = OKTA_STEP_PAGE;
    st = buf_ok(&url) ? visit_page(&o->visit, &o->base, &manner, url.bytes, f) : fault_no_memory(f);
    buf_clear(&url);
    return st ? st : ST_WAIT;
}

static enum status take_page(struct via_okta *o, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status take_page(struct via_okta *o, struct sign_in_result *out, struct fault *f)
{
    const struct exchange *x = &o->visit.exchange;
    struct html_page page;
    const char *response;
    struct arena a;
    enum status st = visit_ready(&o->visit, f);

    if (st) return st;
    arena_init(&a);
    st = html_read_page(&page, &a, x->http.body.bytes, x->http.body.count, f);
    response = st ? NULL : html_value(&page, "SAMLResponse");
    if (response) {
        st = form_login_take(&out->assertion, response, x, f);
        out->needs_person = o->has_factor;
    } else if (!st) {
        st = exchange_refuse(x,
                             "the application's page has no SAML response; check app_name and "
                             "app_id (.../home/app_name/app_id of the application's embed link), "
                             "and that the application is assigned to the user",
                             f);
    }
    arena_wipe(&a);
    return st;
}

/* ---- the machine -------------------------------------------------------------------------- */

static enum status take_answer(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status take_answer(struct via_okta *o, struct fault *f)
{
    static enum status (*const next_of[])(struct via_okta * o, struct fault * f) = {
        [OKTA_SUCCESS] = go_to_page,
        [OKTA_MFA_REQUIRED] = go_with_factor,
        [OKTA_MFA_CHALLENGE] = go_on_challenge,
        [OKTA_MFA_ENROLL] = go_enroll,
        [OKTA_MFA_ENROLL_ACTIVATE] = go_activate,
        [OKTA_PASSWORD_WARN] = go_skip,
        [OKTA_PASSWORD_EXPIRED] = refuse_expired_password,
        [OKTA_LOCKED_OUT] = refuse_locked_out,
        [OKTA_OTHER] = refuse_status,
    };
    const struct buf *body = &o->exchange.http.body;
    enum status st = exchange_ready(&o->exchange, f);

    if (st) return st;
    if (o->exchange.http.status / 100 != 2) return refuse_answer(o, f);
    arena_wipe(&o->arena);
    o->answer = (struct okta_answer){0};
    if (okta_parse(&o->answer, &o->arena, body->bytes, body->count, f)) return ST_ERR;
    if (++o->answers > OKTA_ANSWERS_MAX) return refuse_status(o, f);
    return next_of[o->answer.status](o, f);
}

static enum status poll_again(struct via_okta *o, struct fault *f) RUNS_ON(io_thread);
static enum status poll_again(struct via_okta *o, struct fault *f)
{
    enum status st = timer_ready(&o->pause);

    return st ? st : ask_factor(o, "verify", NULL, true, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_okta *o = container_of(in, struct via_okta, base);

    switch (o->step) {
    case OKTA_STEP_ANSWER:
        return take_answer(o, f);

    case OKTA_STEP_PAUSE:
        return poll_again(o, f);

    case OKTA_STEP_PAGE:
        break;
    }
    return take_page(o, out, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_okta *o = container_of(in, struct via_okta, base);

    timer_stop(&o->pause, in->owner->engine);
    exchange_clear(&o->exchange);
    visit_clear(&o->visit);
    arena_wipe(&o->arena);
}

const struct sign_in_kind via_okta = {
    .name = "Okta",
    .bytes = sizeof(struct via_okta),
    .cache_option = OPTION_OKTA_CACHE,
    .start = start,
    .ready = ready,
    .clear = clear,
};
