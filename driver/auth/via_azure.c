/*
 * AzureAD: a user's password, and the secret of an application, become a SAML assertion (resource
 * owner password grant of Entra ID). No second factor can be asked for.
 */
#include <string.h>

#include "auth/azure_call.h"
#include "auth/via.h"
#include "aws/form.h"

enum { FORM_BYTES_MAX = 64 << 10 };

struct via_azure {
    struct sign_in base;
    struct azure_call call;
};

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_azure *v = container_of(in, struct via_azure, base);
    struct buf form;
    enum status st;

    buf_init_secret(&form, FORM_BYTES_MAX);
    form_put(&form, "grant_type", "password");
    form_put(&form, "username", options_text(in->options, OPTION_UID));
    form_put(&form, "password", options_text(in->options, OPTION_PWD));
    st = azure_call_start(&v->call, in, &form, f);
    buf_clear(&form);
    return st;
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    return azure_call_ready(&container_of(in, struct via_azure, base)->call, &out->assertion, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    azure_call_clear(&container_of(in, struct via_azure, base)->call);
}

const struct sign_in_kind via_azure = {
    .name = "AzureAD",
    .bytes = sizeof(struct via_azure),
    .start = start,
    .ready = ready,
    .clear = clear,
};
