#include "aws/creds_json.h"

#include <string.h>

#include "aws/json_bind.h"
#include "base/wipe.h"

struct answer {
    int version;
    const char *code, *message, *key_id, *secret, *token, *expiration;
};

static enum status check(const struct answer *o, const struct creds_json_form *form,
                         int64_t *expires_at_s, struct fault *f)
{
    if (form->has_version && o->version != 1) {
        return fault_set(f, SQLSTATE_28000, 0, "%s: %s has no \"Version\": 1", form->doing,
                         form->what);
    }
    if (form->has_code && *o->code && strcmp(o->code, "Success") != 0) {
        return fault_set(f, SQLSTATE_28000, 0, "%s: %.100s: %.400s", form->doing, o->code,
                         o->message);
    }
    if (!*o->key_id || !*o->secret) {
        return fault_set(f, SQLSTATE_28000, 0, "%s: %s has no %s", form->doing, form->what,
                         *o->key_id ? "SecretAccessKey" : "AccessKeyId");
    }
    if (*o->expiration && !credentials_parse_time(o->expiration, expires_at_s)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "%s: Expiration in %s is no time such as 2026-11-22T12:00:00Z",
                         form->doing, form->what);
    }
    return ST_OK;
}

enum status creds_json_parse(struct aws_credentials *c, const struct creds_json_form *form,
                             const char *bytes, size_t count, struct fault *f)
{
    /* clang-format off */
    const struct json_member members[] = {
#define AT(field) offsetof(struct answer, field)
        {.name = "Version",         .kind = JSON_INT,  .offset = AT(version)},
        {.name = "Code",            .kind = JSON_TEXT, .offset = AT(code)},
        {.name = "Message",         .kind = JSON_TEXT, .offset = AT(message)},
        {.name = "AccessKeyId",     .kind = JSON_TEXT, .offset = AT(key_id)},
        {.name = "SecretAccessKey", .kind = JSON_TEXT, .offset = AT(secret)},
        {.name = form->token,       .kind = JSON_TEXT, .offset = AT(token)},
        {.name = "Expiration",      .kind = JSON_TEXT, .offset = AT(expiration)},
        {0}};
#undef AT
    /* clang-format on */
    struct answer o = {0};
    int64_t expires_at_s = 0;
    struct arena a;
    enum status st;

    arena_init(&a);
    if (json_bind(&o, members, &a, bytes, count, "", NULL)) {
        st = fault_set(f, SQLSTATE_28000, 0, "%s: %s is no JSON", form->doing, form->what);
    } else {
        st = check(&o, form, &expires_at_s, f);
    }
    if (!st) st = credentials_set(c, o.key_id, o.secret, o.token, expires_at_s, f);
    wipe_text(o.secret);
    wipe_text(o.token);
    arena_clear(&a);
    return st;
}
