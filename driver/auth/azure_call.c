/* Asking Entra ID for an assertion. See azure_call.h. */
#include "auth/azure_call.h"

#include <stdio.h>
#include <string.h>

#include "auth/wish.h"
#include "aws/azure_token.h"
#include "aws/form.h"
#include "aws/oauth.h"
#include "aws/percent.h"
#include "base/ascii.h"

enum { URL_BYTES_MAX = 4096, ANSWER_BYTES_MAX = 2 << 20 };

enum status azure_url(const char **url, struct arena *a, const struct options *o, const char *what,
                      struct fault *f)
{
    const char *authority = options_text(o, OPTION_IDP_AUTHORITY);
    const char *tenant = options_text(o, OPTION_IDP_TENANT);
    size_t bytes = strlen(authority);
    struct buf b;

    if (strstr(authority, "://") && !ascii_begins(authority, "https://")) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option idp_authority: \"%.200s\" does not begin with https://",
                         authority);
    }
    while (bytes && authority[bytes - 1] == '/')
        bytes--;
    buf_init_secret(&b, URL_BYTES_MAX);
    if (!strstr(authority, "://")) buf_puts(&b, "https://");
    buf_put(&b, authority, bytes);
    buf_putc(&b, '/');
    percent_put(&b, tenant, strlen(tenant), '\0');
    buf_printf(&b, "/oauth2/%s", what);
    *url = buf_ok(&b) ? arena_text(a, b.bytes) : NULL;
    buf_clear(&b);
    return *url ? ST_OK : fault_no_memory(f);
}

enum status azure_call_start(struct azure_call *c, const struct sign_in *in, struct buf *form,
                             struct fault *f)
{
    const struct options *o = in->options;
    const char *client = options_text(o, OPTION_CLIENT_ID), *url;

    form_put(form, "requested_token_type", AZURE_SAML_TOKEN);
    form_put(form, "client_id", client);
    form_put(form, "client_secret", options_text(o, OPTION_CLIENT_SECRET));
    form_put(form, "resource", client);
    if (!buf_ok(form)) return fault_no_memory(f);
    if (azure_url(&url, in->arena, o, "token", f)) return ST_ERR;
    return exchange_start(
        &c->exchange, in->owner,
        &(struct exchange_wish){
            .doing = "signing in to Entra ID (Azure AD)",
            .method = "POST",
            .url = url,
            .headers = {{"Content-Type", FORM_CONTENT_TYPE}, {"Accept", "application/json"}},
            .body = form->bytes,
            .body_bytes = form->count,
            .http = in->wish->idp_http,
            .max_answer_bytes = ANSWER_BYTES_MAX,
            .max_attempts = in->wish->max_retries + 1,
            .errors = EXCHANGE_STATUS,
        },
        f);
}

/* What to do about some of Entra ID's own numbers (its "authentication and authorization error codes"). */
static const char *advice_for(const char *said)
{
    static const struct {
        const char *code, *advice;
    } rows[] = {
        {"AADSTS50126", ". Check UID and PWD"},
        {"AADSTS50034", ". Check UID and idp_tenant"},
        {"AADSTS90002", ". Check idp_tenant"},
        {"AADSTS700016", ". Check client_id and idp_tenant"},
        {"AADSTS7000215", ". Check client_secret"},
        {"AADSTS7000218", ". The application is no public client: give client_secret"},
        {"AADSTS50076", ". A second factor needs AuthenticationType=BrowserAzureAD"},
        {"AADSTS50079", ". A second factor needs AuthenticationType=BrowserAzureAD"},
        {"AADSTS50158", ". A second factor needs AuthenticationType=BrowserAzureAD"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t bytes = strlen(rows[i].code);

        if (!strncmp(said, rows[i].code, bytes) && (said[bytes] < '0' || said[bytes] > '9')) {
            return rows[i].advice;
        }
    }
    return "";
}

static enum status refuse(const struct exchange *x, const struct oauth_answer *o, struct fault *f)
{
    char said[400], why[600];

    oauth_words(said, sizeof said, *o->error_description ? o->error_description : o->error);
    snprintf(why, sizeof why, "%s%s", *said ? said : "it refuses", advice_for(said));
    return exchange_refuse(x, why, f);
}

enum status azure_call_ready(struct azure_call *c, struct buf *assertion, struct fault *f)
{
    struct exchange *x = &c->exchange;
    enum status st = exchange_ready(x, f);
    struct oauth_answer o;
    struct arena a;

    if (st) return st;
    arena_init(&a);
    oauth_answer_read(&o, &a, x->http.body.bytes, x->http.body.count);
    if (x->http.status != 200) {
        st = refuse(x, &o, f);
    } else if (!azure_token_wrap(assertion, o.access_token)) {
        st = exchange_refuse(
            x,
            "it gives no SAML assertion; the application has to be one that signs in "
            "to Amazon Web Services by SAML, and a resource of its own",
            f);
    }
    oauth_answer_wipe(&o);
    arena_clear(&a);
    return st;
}

void azure_call_clear(struct azure_call *c)
{
    exchange_clear(&c->exchange);
}
