/*
 * The token endpoint of Entra ID (Azure AD) is asked for a SAML assertion (OAuth 2.0 SAML bearer flow
 * of the v1.0 endpoint): shared by AzureAD and BrowserAzureAD. I/O thread.
 *
 *     POST AUTHORITY/TENANT/oauth2/token     a form; requested_token_type=...:saml2, resource=client_id
 */
#ifndef ATHENA_AUTH_AZURE_CALL_H
#define ATHENA_AUTH_AZURE_CALL_H

#include "auth/exchange.h"
#include "auth/sign_in.h"

/* Zeroed: idle. */
struct azure_call {
    struct exchange exchange;
};

/* AUTHORITY/TENANT/oauth2/WHAT in the arena, from the options. HY024 for an authority without https; HY001. */
enum status azure_url(const char **url, struct arena *a, const struct options *o, const char *what,
                      struct fault *f);

/*
 * Asks. form holds what the grant needs; the client and what is wanted are added here. The caller
 * wipes it.
 */
enum status azure_call_start(struct azure_call *c, const struct sign_in *in, struct buf *form,
                             struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: a SAML response in base64 is appended to assertion; ST_ERR: f, 28000 with what
 * Entra ID says, 08xxx when it cannot be reached.
 */
enum status azure_call_ready(struct azure_call *c, struct buf *assertion, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; idle again. */
void azure_call_clear(struct azure_call *c) RUNS_ON(io_thread);

#endif
