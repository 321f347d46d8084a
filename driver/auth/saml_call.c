/* A role by a SAML assertion. See saml_call.h. */
#include "auth/saml_call.h"

#include <stdio.h>
#include <string.h>

#include "auth/wish.h"
#include "aws/base64.h"
#include "aws/form.h"
#include "aws/saml.h"
#include "aws/sts_codec.h"

enum { BODY_BYTES_MAX = 4 << 20, ASSERTION_BYTES_MAX = 2 << 20 };

static void write_body(const struct saml_call *c, struct buf *body, const struct saml_role *role,
                       const char *assertion, int64_t duration_s)
{
    if (c->is_lake_formation) {
        saml_write_decorated_role(body, role, assertion, duration_s);
    } else {
        sts_write_assume_role_with_saml(body, &(struct sts_assume_role_with_saml){
                                                  .role_arn = role->role_arn,
                                                  .provider_arn = role->provider_arn,
                                                  .assertion = assertion,
                                                  .duration_s = duration_s,
                                              });
    }
}

static enum status ask(struct saml_call *c, const struct sign_in *in, const struct saml_role *role,
                       const struct buf *body, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct saml_call *c, const struct sign_in *in, const struct saml_role *role,
                       const struct buf *body, struct fault *f)
{
    struct endpoint where;
    char doing[200];
    struct exchange_wish wish = {
        .doing = doing,
        .method = "POST",
        .headers = {{"Content-Type",
                     c->is_lake_formation ? "application/json" : FORM_CONTENT_TYPE}},
        .body = body->bytes,
        .body_bytes = body->count,
        .http = in->wish->http,
        .max_attempts = in->wish->max_retries + 1,
        .errors = c->is_lake_formation ? EXCHANGE_JSON : EXCHANGE_XML,
    };
    enum status st = places_endpoint(&where, in->arena, in->wish->places,
                                     c->is_lake_formation ? AWS_LAKE_FORMATION : AWS_STS, NULL, f);

    if (st) return st;
    snprintf(doing, sizeof doing, "assuming role %s with the SAML assertion of %s", role->role_arn,
             in->plan->origin);
    wish.url = arena_printf(in->arena, "%s/%s", where.url,
                            c->is_lake_formation ? "AssumeDecoratedRoleWithSAML" : "");
    if (!wish.url || !buf_ok(body)) return fault_no_memory(f);
    return exchange_start(&c->exchange, in->owner, &wish, f);
}

enum status saml_call_start(struct saml_call *c, const struct sign_in *in,
                            const struct buf *assertion, struct fault *f)
{
    const char *preferred = options_text(in->options, OPTION_PREFERRED_ROLE);
    const struct saml_role *role = NULL;
    struct saml_roles roles;
    struct buf body, xml, text;
    enum status st;

    c->is_lake_formation = options_flag(in->options, OPTION_LAKEFORMATION_ENABLED);
    buf_init_secret(&body, BODY_BYTES_MAX);
    buf_init_secret(&xml, SAML_BYTES_MAX);
    buf_init_secret(&text, ASSERTION_BYTES_MAX);
    st = saml_read_roles(&roles, in->arena, assertion->bytes, assertion->count, f);
    if (!st) st = saml_choose_role(&role, &roles, preferred, f);
    if (!st) {
        /* without the line ends and URL letters that it may have come with */
        base64_read(&xml, assertion->bytes, assertion->count);
        base64_put(&text, xml.bytes, xml.count);
        write_body(c, &body, role, text.bytes, options_number(in->options, OPTION_DURATION));
        st = ask(c, in, role, &body, f);
    }
    buf_clear(&body);
    buf_clear(&xml);
    buf_clear(&text);
    return st;
}

enum status saml_call_ready(struct saml_call *c, struct aws_credentials *out, struct fault *f)
{
    const struct http *http = &c->exchange.http;
    enum status st = exchange_ready(&c->exchange, f);

    if (st) return st;
    if (http->status != 200) {
        return exchange_refuse_error(
            &c->exchange,
            "The role's trust policy has to name the identity provider, and "
            "duration may be no longer than the role's own limit",
            f);
    }
    return c->is_lake_formation
               ? saml_parse_decorated_role(out, http->body.bytes, http->body.count, f)
               : sts_parse_assume_role(out, http->body.bytes, http->body.count, f);
}

void saml_call_clear(struct saml_call *c)
{
    exchange_clear(&c->exchange);
}
