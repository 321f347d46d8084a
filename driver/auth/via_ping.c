/*
 * Ping: a sign-on that PingFederate begins itself, with the form of its HTML form adapter.
 *
 *     GET https://idp_host:idp_port/idp/startSSO.ping?PartnerSpId=partner_spid[&ping_uri_param]
 *
 * A form without an address of its own is posted there too, with a parameter more, or PingFederate
 * takes it for a second sign-on beside the first. The rest is form_login.h's.
 */
#include <string.h>

#include "auth/form_login.h"
#include "auth/via.h"
#include "aws/percent.h"
#include "aws/web_url.h"

enum { PING_PAGE_BYTES_MAX = 1 << 20 };

#define PING_PATH "/idp/startSSO.ping?PartnerSpId="

static const struct form_login_kind ping = {
    .manner = {.doing = "signing in at PingFederate", .max_answer_bytes = PING_PAGE_BYTES_MAX},
    .place_advice = "check idp_host, idp_port and partner_spid",
    .error_marks = {"ping-error", "ping-messages"},
    .query = "skip.simultaneous.authn.req.check=true",
};

struct via_ping {
    struct sign_in base;
    struct form_login login;
};

/* ping_uri_param is an argument already, "role=my_role". */
static const char *page_url(const struct sign_in *in, struct fault *f)
{
    const struct options *o = in->options;
    const char *base = visit_base(in, f);
    const char *partner = options_text(o, OPTION_PARTNER_SPID), *url = NULL;
    const char *more = options_text(o, OPTION_PING_URI_PARAM);
    struct buf b;

    buf_init_secret(&b, 1 << 16);
    percent_put(&b, partner, strlen(partner), ':');
    if (more) buf_printf(&b, "%s%s", *more == '&' ? "" : "&", more);
    if (base && buf_ok(&b)) url = arena_printf(in->arena, "%s" PING_PATH "%s", base, b.bytes);
    buf_clear(&b);
    url = url ? web_url_resolve(in->arena, url, "") : NULL;
    if (base && !url) {
        fault_set(f, SQLSTATE_HY024, 0, "option ping_uri_param is no part of an address");
    }
    return url;
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_ping *s = container_of(in, struct via_ping, base);
    const char *url = page_url(in, f);

    if (!url) return ST_ERR;
    return form_login_start(&s->login, in, &ping, url, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    return form_login_ready(&container_of(in, struct via_ping, base)->login, &out->assertion, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    form_login_clear(&container_of(in, struct via_ping, base)->login);
}

const struct sign_in_kind via_ping = {
    .name = "Ping",
    .bytes = sizeof(struct via_ping),
    .start = start,
    .ready = ready,
    .clear = clear,
};
