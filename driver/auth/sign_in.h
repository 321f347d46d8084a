/*
 * The ways to credentials, and what they share.
 *
 * Each AuthenticationType, and each place that a profile or the default chain may point to, is one
 * file auth/via_*.c with one struct sign_in_kind: its own struct, which begins with a struct
 * sign_in, and three functions. The search (auth/search.h) makes one, asks it until it has ended,
 * and clears it. I/O thread.
 *
 * A way ends in keys, or in a proof of who signs in (a SAML assertion), with which the search then
 * has a role assumed.
 */
#ifndef ATHENA_AUTH_SIGN_IN_H
#define ATHENA_AUTH_SIGN_IN_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/creds_profile.h"
#include "aws/credentials.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "config/options.h"
#include "config/profile.h"
#include "engine/http.h"
#include "engine/op.h"

struct search_wish;

/* What a way is given. All of it is borrowed, and stands until the way is cleared. */
struct sign_in {
    const struct sign_in_kind *kind;
    struct op *owner;
    const struct search_wish *wish;
    /* the connection's; of a profile with plugin_name, what the profile says stands in for what the
       connection does not say */
    const struct options *options;
    const struct creds_plan *plan; /* where the files and the environment point */
    const struct profiles *profiles;
    struct arena *arena; /* of the search: wiped by nobody, so no secrets */
};

/* What it ends in: keys, or an assertion. */
struct sign_in_result {
    struct aws_credentials keys;
    struct buf assertion; /* a SAML response in base64; empty: none */
    bool needs_person;    /* somebody had to be asked this time, as the kind's needs_person */
};

struct sign_in_kind {
    const char *name; /* for logs: "ADFS", "credential_process" */
    size_t bytes;     /* of the kind's struct */
    /*
     * A person is asked (a browser is opened): it is never done ahead of the end of the keys, and
     * ended when nobody waits for it any more.
     */
    bool needs_person;
    /*
     * The option that says whether the keys are kept for the next process (auth/token_cache.h), and what
     * its absence means. 0: they never are.
     */
    enum option_id cache_option;
    bool is_cached_by_default;

    /* Begins. in is the first member of a zeroed struct of the kind. */
    enum status (*start)(struct sign_in *in, struct fault *f);
    /* ST_WAIT, ST_OK with a result, ST_ERR. Called again after each wake-up of in->owner. */
    enum status (*ready)(struct sign_in *in, struct sign_in_result *out, struct fault *f);
    /* Ends it in any state, also after a start that failed; wipes what is secret. */
    void (*clear)(struct sign_in *in);
};

/*
 * The kind that a connection's AuthenticationType names, or, for a plan made of files and
 * environment, the one that the plan points to. NULL: the keys are in plan->keys already.
 */
const struct sign_in_kind *sign_in_kind_of(const struct options *o, const struct creds_plan *plan);

/*
 * The kind that goes on from keys, once those that the plan points to and its roles are in
 * plan->keys; NULL: there is none, the keys are those that were looked for.
 */
const struct sign_in_kind *sign_in_kind_behind(const struct options *o);

/* Whether its keys are kept for the next process. */
bool sign_in_is_cached(const struct sign_in_kind *kind, const struct options *o);

/*
 * What options say of the way to an identity provider, onto settings that are a copy of those for AWS:
 * past the proxy unless told otherwise, its certificate checked unless told otherwise.
 */
void sign_in_idp_settings(struct http_settings *idp, const struct options *o);

/* NULL with HY001. The caller starts it. */
struct sign_in *sign_in_new(const struct sign_in_kind *kind, const struct sign_in *given,
                            struct fault *f);
void sign_in_free(struct sign_in *in) RUNS_ON(io_thread);

void sign_in_result_clear(struct sign_in_result *r);

#endif
