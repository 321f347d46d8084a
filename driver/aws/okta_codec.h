/*
 * Okta's Authentication API in bytes: what is asked, and what the answers say (Okta developer
 * documentation, "Authentication API", primary authentication and multifactor authentication).
 *
 * Pure. Any thread. Requests hold passwords, answers tokens: whoever gave buffer or arena has it wiped.
 */
#ifndef ATHENA_AWS_OKTA_CODEC_H
#define ATHENA_AWS_OKTA_CODEC_H

#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

/* Where a sign-in has got to. */
enum okta_status {
    OKTA_SUCCESS,             /* session_token */
    OKTA_MFA_REQUIRED,        /* state_token, factors to choose from */
    OKTA_MFA_CHALLENGE,       /* a code or a push is on its way: factor_result of a push */
    OKTA_MFA_ENROLL,          /* no factor is set up yet */
    OKTA_MFA_ENROLL_ACTIVATE, /* one is, and wants its first code: factors[0] */
    OKTA_PASSWORD_WARN,       /* the password ends soon; may be skipped */
    OKTA_PASSWORD_EXPIRED,
    OKTA_LOCKED_OUT,
    OKTA_OTHER
};

/* In the order of the choices of okta_mfa_type, whose first is "not set". */
enum okta_factor_kind {
    OKTA_FACTOR_UNKNOWN,
    OKTA_FACTOR_GOOGLE, /* Google Authenticator */
    OKTA_FACTOR_SMS,
    OKTA_FACTOR_PUSH, /* Okta Verify asks on the phone */
    OKTA_FACTOR_TOTP, /* Okta Verify shows a code */
    OKTA_FACTOR_COUNT
};

struct okta_factor {
    enum okta_factor_kind kind;
    const char *id, *type; /* "" when absent */
    const char *phone;     /* as Okta shows it: "+1 XXX-XXX-1337" */
};

struct okta_answer {
    enum okta_status status;
    const char *status_name; /* as Okta has it; "" when absent */
    const char *session_token, *state_token;
    const char *factor_result; /* WAITING, SUCCESS, REJECTED, TIMEOUT ... */
    int number;                /* that is to be chosen on the phone; -1: none */
    struct okta_factor *factors;
    size_t factor_count;
};

/* Texts in arena. 08S01 for what is no such answer, HY001. */
enum status okta_parse(struct okta_answer *answer, struct arena *a, const char *bytes, size_t count,
                       struct fault *f);

/* What an answer that is no 2xx says: "text (code)", and the code by itself; "" when it says nothing. */
struct okta_refusal {
    char code[16];
    char text[300];
};
void okta_parse_refusal(struct okta_refusal *r, const char *bytes, size_t count);

/* Bodies of requests. */
void okta_write_login(struct buf *b, const char *user, const char *password);
/* For a factor's verification or activation; pass_code NULL: have one sent, or ask how it goes. */
void okta_write_state(struct buf *b, const char *state_token, const char *pass_code);
void okta_write_sms_enrolment(struct buf *b, const char *state_token, const char *phone);

/* "Google Authenticator": for messages. Static storage. */
const char *okta_factor_name(enum okta_factor_kind kind);

#endif
