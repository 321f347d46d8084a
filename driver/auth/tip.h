/*
 * Trusted identity propagation: from a person's token to keys of AWS that say who that person is
 * (Athena User Guide, "Use trusted identity propagation with drivers"; IAM Identity Center OIDC API
 * Reference, CreateTokenWithIAM).
 *
 *     APPLICATION_ROLE   sts AssumeRoleWithWebIdentity(ApplicationRoleArn, token)
 *     WORKGROUP_TAGS     athena ListTagsForResource(WorkGroupArn): CustomerIdcApplicationArn
 *     APPLICATION_TAGS   sso ListTagsForResource(that application): AccessRoleArn
 *     EXCHANGE           sso-oidc CreateTokenWithIAM(application, token): the identity context
 *     ACCESS_ROLE        sts AssumeRole(AccessRoleArn, the identity context)
 *     DONE               its keys are there
 *
 * The steps come in this order, each when what it brings is not there yet: what an option says is not
 * asked for. A token that has a "jti" can be exchanged once, so what it was exchanged for is kept in
 * wish->keepsake while the identity lives: until that ends, a refresh needs no token. Shared by
 * JWT_TIP and BrowserOidcTip. I/O thread.
 */
#ifndef ATHENA_AUTH_TIP_H
#define ATHENA_AUTH_TIP_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/exchange.h"
#include "auth/role_call.h"
#include "auth/sign_in.h"
#include "aws/credentials.h"
#include "aws/region.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"

enum tip_step {
    TIP_IDLE,
    TIP_APPLICATION_ROLE,
    TIP_WORKGROUP_TAGS,
    TIP_APPLICATION_TAGS,
    TIP_EXCHANGE,
    TIP_ACCESS_ROLE,
    TIP_DONE
};

/* Zeroed: idle. */
struct tip {
    enum tip_step step;
    const struct sign_in *in;
    struct arena arena;      /* token and context are wiped */
    const char *token;       /* NULL: what is kept is used */
    const char *context;     /* the identity context; NULL until it is there, like the next two */
    const char *application; /* ARN */
    const char *access_role; /* ARN */
    int64_t context_ends_s;  /* wall clock */
    struct aws_credentials application_keys;
    struct aws_credentials keys; /* DONE: what it was about */
    struct endpoint sts, where;  /* where: of the exchange */
    bool is_kept;                /* the context is an earlier sign-in's */
    unsigned pages;              /* of tags that were asked for */
    struct role_call role;
    struct exchange exchange;
};

/*
 * Whether what an earlier sign-in has left will do without a token: nobody has to be asked. Only
 * for as long as it is good for another minute.
 */
bool tip_is_kept(const struct sign_in *in) RUNS_ON(io_thread);

/*
 * Begins; in is the way's own, and its options are those that count. token is a JWT, copied; NULL
 * when tip_is_kept(). HY001, HY024; 28000 for a token that is too long.
 */
enum status tip_start(struct tip *t, const struct sign_in *in, const char *token, struct fault *f)
    RUNS_ON(io_thread);

/* ST_WAIT; ST_OK: *out are the keys, which the caller clears; ST_ERR: f. */
enum status tip_ready(struct tip *t, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it in any state; wipes and frees. Idle again. */
void tip_clear(struct tip *t) RUNS_ON(io_thread);

#endif
