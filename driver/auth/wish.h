/*
 * What a search for credentials is asked for, and with what means: part of the identity that asks.
 *
 * Unchanged while the search runs, but for what is said to be corrected. I/O thread.
 */
#ifndef ATHENA_AUTH_WISH_H
#define ATHENA_AUTH_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/places.h"
#include "aws/creds_env.h"
#include "aws/credentials.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "config/options.h"
#include "engine/http.h"

struct search;

struct search_wish {
    const struct options *options; /* the connection's */
    const struct creds_env *env;
    const struct http_settings *http;     /* to reach AWS */
    const struct http_settings *idp_http; /* to reach an identity provider */
    const struct places *places;          /* where AWS's services are */
    unsigned max_retries;
    int64_t *clock_offset_s; /* of AWS's clock against ours, in seconds; a search may correct it */

    /*
     * What a way to credentials keeps from one search to the next, in a format of its own (a refresh
     * token, say). Secret: wiped by its owner. Empty before the first.
     */
    struct buf *keepsake;

    /* The same for the refresh token of an OpenID Connect provider (auth/oidc_login.h). */
    struct buf *refresh_token;

    /* Keys that AWS has refused as ended, by their id: they are not taken from the cache again. */
    const char *refused_key_id; /* "": none */

    /* MFAToken has been used: a code is good once. A search may set it. */
    bool *has_used_code;

    /*
     * Called once, on the I/O thread, unless the engine ends before: ST_OK with keys, which are
     * borrowed, or ST_ERR with why there are none. needs_person: a person had to be asked.
     */
    void (*done)(void *context, enum status st, const struct aws_credentials *keys,
                 bool needs_person, const struct fault *why);
    /* the search, which is about to be gone, does not need the wish any more */
    void (*release)(void *context, const struct search *search);
    void *context;
};

#endif
