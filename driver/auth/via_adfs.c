/*
 * ADFS: a sign-on that Active Directory Federation Services begin themselves, with the login form or,
 * without UID and PWD, with a Kerberos ticket.
 *
 *     GET https://idp_host:idp_port/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=LoginToRP
 *
 * The rest is form_login.h's.
 */
#include <string.h>

#include "auth/form_login.h"
#include "auth/via.h"
#include "aws/percent.h"

enum { ADFS_PAGE_BYTES_MAX = 200 << 10 };

#define ADFS_PATH "/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp="

static const struct form_login_kind adfs = {
    .manner = {.doing = "signing in at AD FS", .max_answer_bytes = ADFS_PAGE_BYTES_MAX},
    .place_advice =
        "check idp_host, idp_port and LoginToRP, and that IdP-initiated sign-on is enabled",
    .error_marks = {"errorText", "errorMessage"},
    .takes_ticket = true,
};

struct via_adfs {
    struct sign_in base;
    struct form_login login;
};

/* A relying party is a name with colons: they may stand in a query. */
static const char *page_url(const struct sign_in *in, struct fault *f)
{
    const char *base = visit_base(in, f);
    const char *party = options_text(in->options, OPTION_LOGIN_TO_RP), *url = NULL;
    struct buf b;

    buf_init_secret(&b, 1 << 16);
    percent_put(&b, party, strlen(party), ':');
    if (base && buf_ok(&b)) url = arena_printf(in->arena, "%s" ADFS_PATH "%s", base, b.bytes);
    buf_clear(&b);
    if (base && !url) fault_no_memory(f);
    return url;
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_adfs *s = container_of(in, struct via_adfs, base);
    const char *url = page_url(in, f);

    if (!url) return ST_ERR;
    return form_login_start(&s->login, in, &adfs, url, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    return form_login_ready(&container_of(in, struct via_adfs, base)->login, &out->assertion, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    form_login_clear(&container_of(in, struct via_adfs, base)->login);
}

const struct sign_in_kind via_adfs = {
    .name = "ADFS",
    .bytes = sizeof(struct via_adfs),
    .start = start,
    .ready = ready,
    .clear = clear,
};
