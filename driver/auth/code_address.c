/* The address for an authorization code. See code_address.h. */
#include "auth/code_address.h"

#include <string.h>

#include "aws/form.h"
#include "base/buf.h"

enum { ADDRESS_BYTES_MAX = 64 << 10 };

enum status code_address(const char **url, struct arena *a, const char *page, const char *client_id,
                         const struct loopback *l, const struct code_parameter *more,
                         char verifier[PKCE_TEXT_BYTES], struct fault *f)
{
    char challenge[PKCE_TEXT_BYTES];
    struct buf b;

    if (!pkce_random_text(verifier) || !pkce_challenge(challenge, verifier)) {
        return fault_set(f, SQLSTATE_HY000, 0, "making a proof key: libcrypto or the system fails");
    }
    buf_init_secret(&b, ADDRESS_BYTES_MAX);
    buf_printf(&b, "%s%c", page, strchr(page, '?') ? '&' : '?');
    form_put(&b, "client_id", client_id);
    form_put(&b, "response_type", "code");
    form_put(&b, "redirect_uri", l->redirect_uri);
    form_put(&b, "state", l->state);
    form_put(&b, "code_challenge", challenge);
    form_put(&b, "code_challenge_method", "S256");
    for (; more->name; more++)
        form_put(&b, more->name, more->value);
    *url = buf_ok(&b) ? arena_text(a, b.bytes) : NULL;
    buf_clear(&b);
    return *url ? ST_OK : fault_no_memory(f);
}
