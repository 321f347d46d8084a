/*
 * What an OAuth 2.0 token endpoint and an OpenID Connect discovery document say (RFC 6749, section 5;
 * OpenID Connect Discovery 1.0, section 3; OpenID Connect Core 1.0, section 2).
 *
 * Pure. Any thread. Tokens are secret: whoever owns the arena wipes them with oauth_answer_wipe().
 */
#ifndef ATHENA_AWS_OAUTH_H
#define ATHENA_AWS_OAUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* Texts are in the arena, "" where there is none. */
struct oauth_answer {
    const char *access_token, *id_token, *refresh_token;
    const char *error, *error_description;
    int64_t expires_in_s; /* 0: not said */
};

/* False when it is no JSON; all is "" then. */
bool oauth_answer_read(struct oauth_answer *o, struct arena *a, const char *bytes, size_t count);

void oauth_answer_wipe(struct oauth_answer *o);

struct oauth_places {
    const char *issuer, *authorization_endpoint, *token_endpoint;
};

/* False when it is no JSON, or one of the endpoints is missing or no https address. */
bool oauth_places_read(struct oauth_places *p, struct arena *a, const char *bytes, size_t count);

/*
 * Claims of an id token. Its signature is not checked: it has come over TLS from the token endpoint
 * itself (OpenID Connect Core, section 3.1.3.7, number 6), and AWS checks it.
 */
struct id_claims {
    const char *issuer, *nonce;
    int64_t expires_at_s; /* 0: not said */
};

/* False when it is no JSON web token. */
bool id_claims_read(struct id_claims *c, struct arena *a, const char *token);

/* The first line of what a provider says, without controls, cut to the room; for messages. */
void oauth_words(char *out, size_t room, const char *said);

#endif
