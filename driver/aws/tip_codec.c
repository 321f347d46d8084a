#include "aws/tip_codec.h"

#include <string.h>

#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "aws/jwt.h"
#include "base/wipe.h"

enum { CLAIMS_BYTES_MAX = 64 << 10, LIFE_MAX_S = 366 * 86400 };

#define GRANT            "urn:ietf:params:oauth:grant-type:jwt-bearer"
#define AT(type, member) offsetof(struct type, member)

/* ---- tags ---- */

void tip_write_tags(struct buf *b, const char *member, const char *arn, const char *next)
{
    buf_putc(b, '{');
    json_put_text(b, member, arn);
    json_put_text(b, "NextToken", next);
    buf_putc(b, '}');
}

enum status tip_read_tags(const char **value, const char **next, struct arena *a, const char *body,
                          size_t bytes, const char *doing, struct fault *f)
{
    struct tag {
        const char *key, *value;
    };
    struct page {
        struct tag *tags;
        size_t count;
        const char *next;
    } page = {0};
    static const struct json_member tag[] = {
        {.name = "Key", .kind = JSON_TEXT, .offset = AT(tag, key)},
        {.name = "Value", .kind = JSON_TEXT, .offset = AT(tag, value)},
        {0}};
    static const struct json_member members[] = {
        {.name = "NextToken", .kind = JSON_TEXT, .offset = AT(page, next)},
        {.name = "Tags",
         .kind = JSON_LIST,
         .offset = AT(page, tags),
         .inner = tag,
         .count_offset = AT(page, count),
         .item_bytes = sizeof(struct tag)},
        {0}};
    enum status st = json_bind(&page, members, a, body, bytes, doing, f);

    *value = *next = NULL;
    if (st) return st;
    if (*page.next) *next = page.next;
    for (size_t i = 0; i < page.count; i++) {
        if (!strcmp(page.tags[i].key, TIP_TAG) && *page.tags[i].value) *value = page.tags[i].value;
    }
    return ST_OK;
}

/* ---- the exchange ---- */

void tip_write_exchange(struct buf *b, const char *application, const char *token)
{
    buf_putc(b, '{');
    json_put_text(b, "clientId", application);
    json_put_text(b, "grantType", GRANT);
    json_put_text(b, "assertion", token);
    buf_putc(b, '}');
}

/* The claim of an id token; "" when it has none. */
static const char *context_of(struct arena *a, const char *id_token)
{
    struct claims {
        const char *context;
    } claims = {""};
    static const struct json_member members[] = {
        {.name = "sts:identity_context", .kind = JSON_TEXT, .offset = AT(claims, context)}, {0}};
    struct buf json;

    buf_init_secret(&json, CLAIMS_BYTES_MAX);
    if (jwt_read_claims(&json, id_token)) {
        json_bind(&claims, members, a, json.bytes, json.count, "", NULL);
    }
    buf_clear(&json);
    return claims.context ? claims.context : "";
}

enum status tip_read_exchange(const char **context, int64_t *life_s, struct arena *a,
                              const char *body, size_t bytes, const char *doing, struct fault *f)
{
    struct answer {
        const char *context, *id_token;
        int64_t life_s;
    } o = {0};
    static const struct json_member details[] = {
        {.name = "identityContext", .kind = JSON_TEXT, .offset = AT(answer, context)}, {0}};
    static const struct json_member members[] = {
        {.name = "idToken", .kind = JSON_TEXT, .offset = AT(answer, id_token)},
        {.name = "expiresIn", .kind = JSON_INTEGER, .offset = AT(answer, life_s)},
        {.name = "awsAdditionalDetails", .kind = JSON_OBJECT, .inner = details},
        {0}};
    bool is_json = !json_bind(&o, members, a, body, bytes, doing, NULL);

    *context = is_json ? o.context : "";
    if (is_json && !**context) *context = context_of(a, o.id_token);
    *life_s = is_json && o.life_s > 0 && o.life_s < LIFE_MAX_S ? o.life_s : 0;
    if (is_json) wipe_text(o.id_token);
    if (**context) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0,
                     "%s: the answer of IAM Identity Center has no identity context", doing);
}

/* ---- what is kept ---- */

void tip_write_kept(struct buf *b, const struct tip_kept *kept)
{
    buf_putc(b, '{');
    json_put_text(b, "context", kept->context);
    json_put_integer(b, "contextEnds", kept->context_ends_s);
    json_put_text(b, "application", kept->application);
    json_put_text(b, "accessRole", kept->access_role);
    json_put_text(b, "keyId", kept->keys.key_id);
    json_put_text(b, "secret", kept->keys.secret);
    json_put_text(b, "token", kept->keys.token);
    json_put_integer(b, "keysEnd", kept->keys.expires_at_s);
    buf_putc(b, '}');
}

bool tip_read_kept(struct tip_kept *kept, struct arena *a, const char *bytes, size_t count)
{
    struct own {
        const char *context, *application, *access_role, *key_id, *secret, *token;
        int64_t context_ends_s, keys_end_s;
    } o = {0};
    static const struct json_member members[] = {
        {.name = "context", .kind = JSON_TEXT, .offset = AT(own, context)},
        {.name = "contextEnds", .kind = JSON_INTEGER, .offset = AT(own, context_ends_s)},
        {.name = "application", .kind = JSON_TEXT, .offset = AT(own, application)},
        {.name = "accessRole", .kind = JSON_TEXT, .offset = AT(own, access_role)},
        {.name = "keyId", .kind = JSON_TEXT, .offset = AT(own, key_id)},
        {.name = "secret", .kind = JSON_TEXT, .offset = AT(own, secret)},
        {.name = "token", .kind = JSON_TEXT, .offset = AT(own, token)},
        {.name = "keysEnd", .kind = JSON_INTEGER, .offset = AT(own, keys_end_s)},
        {0}};
    bool is_whole;

    *kept = (struct tip_kept){0};
    if (json_bind(&o, members, a, bytes, count, "", NULL)) return false;
    is_whole = *o.context && *o.key_id && *o.secret &&
               !credentials_set(&kept->keys, o.key_id, o.secret, o.token, o.keys_end_s, NULL);
    if (is_whole) {
        kept->context = o.context;
        kept->context_ends_s = o.context_ends_s;
        kept->application = o.application;
        kept->access_role = o.access_role;
    } else {
        wipe_text(o.context);
    }
    wipe_text(o.secret);
    wipe_text(o.token);
    return is_whole;
}
