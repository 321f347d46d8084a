/* Okta's Authentication API. See okta_codec.h. */
#include "aws/okta_codec.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "aws/json_bind.h"
#include "aws/json_write.h"

/* ---- answers ------------------------------------------------------------------------------ */

struct raw_factor {
    const char *id, *type, *provider, *phone;
};

struct raw_answer {
    const char *status, *session_token, *state_token, *factor_result;
    struct raw_factor *factors;
    size_t factor_count;
    struct raw_factor factor; /* the one that is being verified */
    int number;
};

/* clang-format off */
static const struct json_member profile_members[] = {
    {.name = "phoneNumber", .kind = JSON_TEXT, .offset = offsetof(struct raw_factor, phone)},
    {0}};

static const struct json_member factor_members[] = {
    {.name = "id",         .kind = JSON_TEXT,   .offset = offsetof(struct raw_factor, id)},
    {.name = "factorType", .kind = JSON_TEXT,   .offset = offsetof(struct raw_factor, type)},
    {.name = "provider",   .kind = JSON_TEXT,   .offset = offsetof(struct raw_factor, provider)},
    {.name = "profile",    .kind = JSON_OBJECT, .inner = profile_members},
    {0}};

static const struct json_member one_profile_members[] = {
    {.name = "phoneNumber", .kind = JSON_TEXT, .offset = offsetof(struct raw_answer, factor.phone)},
    {0}};

static const struct json_member number_members[] = {
    {.name = "correctAnswer", .kind = JSON_INT, .offset = offsetof(struct raw_answer, number), .missing = -1},
    {0}};

static const struct json_member challenge_members[] = {
    {.name = "challenge", .kind = JSON_OBJECT, .inner = number_members},
    {0}};

static const struct json_member one_factor_members[] = {
    {.name = "id",         .kind = JSON_TEXT,   .offset = offsetof(struct raw_answer, factor.id)},
    {.name = "factorType", .kind = JSON_TEXT,   .offset = offsetof(struct raw_answer, factor.type)},
    {.name = "provider",   .kind = JSON_TEXT,   .offset = offsetof(struct raw_answer, factor.provider)},
    {.name = "profile",    .kind = JSON_OBJECT, .inner = one_profile_members},
    {.name = "_embedded",  .kind = JSON_OBJECT, .inner = challenge_members},
    {0}};

static const struct json_member embedded_members[] = {
    {.name = "factors", .kind = JSON_LIST, .offset = offsetof(struct raw_answer, factors),
     .inner = factor_members, .count_offset = offsetof(struct raw_answer, factor_count),
     .item_bytes = sizeof(struct raw_factor)},
    {.name = "factor",  .kind = JSON_OBJECT, .inner = one_factor_members},
    {0}};

static const struct json_member answer_members[] = {
    {.name = "status",       .kind = JSON_TEXT, .offset = offsetof(struct raw_answer, status)},
    {.name = "sessionToken", .kind = JSON_TEXT, .offset = offsetof(struct raw_answer, session_token)},
    {.name = "stateToken",   .kind = JSON_TEXT, .offset = offsetof(struct raw_answer, state_token)},
    {.name = "factorResult", .kind = JSON_TEXT, .offset = offsetof(struct raw_answer, factor_result)},
    {.name = "_embedded",    .kind = JSON_OBJECT, .inner = embedded_members},
    {0}};

static const char *const status_names[] = {
    [OKTA_SUCCESS] = "SUCCESS",
    [OKTA_MFA_REQUIRED] = "MFA_REQUIRED",
    [OKTA_MFA_CHALLENGE] = "MFA_CHALLENGE",
    [OKTA_MFA_ENROLL] = "MFA_ENROLL",
    [OKTA_MFA_ENROLL_ACTIVATE] = "MFA_ENROLL_ACTIVATE",
    [OKTA_PASSWORD_WARN] = "PASSWORD_WARN",
    [OKTA_PASSWORD_EXPIRED] = "PASSWORD_EXPIRED",
    [OKTA_LOCKED_OUT] = "LOCKED_OUT",
};

static const struct { const char *type, *provider, *name; } kinds[OKTA_FACTOR_COUNT] = {
    [OKTA_FACTOR_UNKNOWN] = {"",                    "",       "another factor"},
    [OKTA_FACTOR_GOOGLE]  = {"token:software:totp", "GOOGLE", "Google Authenticator"},
    [OKTA_FACTOR_SMS]     = {"sms",                 "OKTA",   "SMS"},
    [OKTA_FACTOR_PUSH]    = {"push",                "OKTA",   "Okta Verify (push)"},
    [OKTA_FACTOR_TOTP]    = {"token:software:totp", "OKTA",   "Okta Verify (code)"},
};
/* clang-format on */

const char *okta_factor_name(enum okta_factor_kind kind)
{
    return kinds[kind].name;
}

static enum okta_status status_of(const char *name)
{
    for (unsigned i = 0; i < sizeof status_names / sizeof *status_names; i++) {
        if (!strcmp(status_names[i], name)) return i;
    }
    return OKTA_OTHER;
}

static void read_factor(struct okta_factor *to, const struct raw_factor *from)
{
    *to = (struct okta_factor){.id = from->id, .type = from->type, .phone = from->phone};
    for (unsigned i = OKTA_FACTOR_GOOGLE; i < OKTA_FACTOR_COUNT; i++) {
        if (!strcmp(kinds[i].type, from->type) && !strcmp(kinds[i].provider, from->provider)) {
            to->kind = i;
        }
    }
}

enum status okta_parse(struct okta_answer *answer, struct arena *a, const char *bytes, size_t count,
                       struct fault *f)
{
    struct raw_answer raw = {0};
    const struct raw_factor *from = &raw.factor;
    enum status st = json_bind(&raw, answer_members, a, bytes, count, "reading Okta's answer", f);

    if (st) return st;
    *answer = (struct okta_answer){.status = status_of(raw.status),
                                   .status_name = raw.status,
                                   .session_token = raw.session_token,
                                   .state_token = raw.state_token,
                                   .factor_result = raw.factor_result,
                                   .number = raw.number,
                                   .factor_count = raw.factor_count};
    if (raw.factor_count) from = raw.factors;
    if (!raw.factor_count && *raw.factor.id) answer->factor_count = 1;
    answer->factors = arena_array(a, answer->factor_count + 1, sizeof *answer->factors);
    if (!answer->factors) return fault_no_memory(f);
    for (size_t i = 0; i < answer->factor_count; i++)
        read_factor(&answer->factors[i], &from[i]);
    return ST_OK;
}

/* ---- refusals ----------------------------------------------------------------------------- */

struct raw_cause {
    const char *summary;
};

struct raw_refusal {
    const char *code, *summary;
    struct raw_cause *causes;
    size_t cause_count;
};

void okta_parse_refusal(struct okta_refusal *r, const char *bytes, size_t count)
{
    /* clang-format off */
    static const struct json_member cause_members[] = {
        {.name = "errorSummary", .kind = JSON_TEXT, .offset = offsetof(struct raw_cause, summary)},
        {0}};
    static const struct json_member members[] = {
        {.name = "errorCode",    .kind = JSON_TEXT, .offset = offsetof(struct raw_refusal, code)},
        {.name = "errorSummary", .kind = JSON_TEXT, .offset = offsetof(struct raw_refusal, summary)},
        {.name = "errorCauses",  .kind = JSON_LIST, .offset = offsetof(struct raw_refusal, causes),
         .inner = cause_members, .count_offset = offsetof(struct raw_refusal, cause_count),
         .item_bytes = sizeof(struct raw_cause)},
        {0}};
    /* clang-format on */
    struct raw_refusal raw = {0};
    struct fault ignored = {0};
    struct arena a;
    const char *cause;

    *r = (struct okta_refusal){0};
    arena_init(&a);
    if (!json_bind(&raw, members, &a, bytes, count, "", &ignored) && *raw.summary) {
        cause = raw.cause_count ? raw.causes[0].summary : "";
        snprintf(r->code, sizeof r->code, "%.15s", raw.code);
        snprintf(r->text, sizeof r->text, "%.120s%s%.140s (%.15s)", raw.summary, *cause ? ": " : "",
                 cause, raw.code);
    }
    arena_clear(&a);
}

/* ---- requests ----------------------------------------------------------------------------- */

void okta_write_login(struct buf *b, const char *user, const char *password)
{
    buf_putc(b, '{');
    json_put_text(b, "username", user);
    json_put_text(b, "password", password);
    buf_putc(b, '}');
}

void okta_write_state(struct buf *b, const char *state_token, const char *pass_code)
{
    buf_putc(b, '{');
    json_put_text(b, "stateToken", state_token);
    json_put_text(b, "passCode", pass_code);
    buf_putc(b, '}');
}

void okta_write_sms_enrolment(struct buf *b, const char *state_token, const char *phone)
{
    buf_putc(b, '{');
    json_put_text(b, "stateToken", state_token);
    json_put_text(b, "factorType", "sms");
    json_put_text(b, "provider", "OKTA");
    json_put_name(b, "profile");
    buf_putc(b, '{');
    json_put_text(b, "phoneNumber", phone);
    buf_puts(b, "}}");
}
