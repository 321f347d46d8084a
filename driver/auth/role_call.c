/* AssumeRole. See role_call.h. */
#include "auth/role_call.h"

#include <stdio.h>

#include "aws/form.h"
#include "aws/sts_codec.h"
#include "base/clock.h"

enum { BODY_BYTES_MAX = 64 << 10 };

/* Whoever looks at CloudTrail sees this name where the profile gives none. */
static void write_body(struct buf *b, const struct creds_role *role)
{
    char session_name[64];

    snprintf(session_name, sizeof session_name, "odbc-athena-%lld", (long long)clock_wall_s());
    sts_write_assume_role(
        b, &(struct sts_assume_role){
               .role_arn = role->role_arn,
               .session_name = role->session_name ? role->session_name : session_name,
               .external_id = role->external_id,
               .duration_s = role->duration_s,
           });
}

static enum status ask(struct role_call *c, struct op *owner, const struct search_wish *wish,
                       const struct endpoint *sts, const char *doing, const struct buf *body,
                       const struct aws_credentials *with, struct fault *f) RUNS_ON(io_thread);
static enum status ask(struct role_call *c, struct op *owner, const struct search_wish *wish,
                       const struct endpoint *sts, const char *doing, const struct buf *body,
                       const struct aws_credentials *with, struct fault *f)
{
    char *url = NULL;
    enum status st;
    struct arena a;

    arena_init(&a);
    url = arena_printf(&a, "%s/", sts->url);
    st = !url || !buf_ok(body)
             ? fault_no_memory(f)
             : exchange_start(&c->exchange, owner,
                              &(struct exchange_wish){
                                  .doing = doing,
                                  .method = "POST",
                                  .url = url,
                                  .headers = {{"Content-Type", FORM_CONTENT_TYPE}},
                                  .body = body->bytes,
                                  .body_bytes = body->count,
                                  .http = wish->http,
                                  .max_attempts = wish->max_retries + 1,
                                  .errors = EXCHANGE_XML,
                                  .with = with,
                                  .endpoint = sts,
                                  .clock_offset_s = wish->clock_offset_s,
                              },
                              f);
    arena_clear(&a);
    return st;
}

enum status role_call_start(struct role_call *c, struct op *owner, const struct search_wish *wish,
                            const struct endpoint *sts, const struct creds_role *role,
                            const struct aws_credentials *with, struct fault *f)
{
    char doing[200];
    struct buf body;
    enum status st;

    snprintf(doing, sizeof doing, "assuming role %s of profile %s", role->role_arn, role->profile);
    buf_init(&body, BODY_BYTES_MAX);
    write_body(&body, role);
    st = ask(c, owner, wish, sts, doing, &body, with, f);
    buf_clear(&body);
    return st;
}

enum status role_call_ready(struct role_call *c, struct aws_credentials *out, struct fault *f)
{
    struct http *http = &c->exchange.http;
    enum status st = exchange_ready(&c->exchange, f);

    if (st) return st;
    if (http->status == 200) {
        return sts_parse_assume_role(out, http->body.bytes, http->body.count, f);
    }
    return exchange_refuse_error(&c->exchange,
                                 "The keys that assume it need sts:AssumeRole on it, and its trust "
                                 "policy must let them",
                                 f);
}

void role_call_clear(struct role_call *c)
{
    exchange_clear(&c->exchange);
}
