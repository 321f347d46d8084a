#include "aws/sso_codec.h"

#include <string.h>

#include "aws/form.h"
#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "base/wipe.h"

enum { PATH_LIMIT_BYTES = 8 << 10, LIFE_MAX_S = 366 * 86400 };

#define AT(type, field) offsetof(struct type, field)

static enum status refuse(const char *doing, const char *what, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0, "%s: the answer of IAM Identity Center has no %s", doing,
                     what);
}

/* ---- clients ---- */

static void put_list(struct buf *b, const char *name, const char *words)
{
    json_put_name(b, name);
    buf_putc(b, '[');
    while (words && *words) {
        size_t bytes = strcspn(words, " ,");

        if (bytes) {
            if (b->count && b->bytes[b->count - 1] != '[') buf_putc(b, ',');
            json_put_string(b, words, bytes);
        }
        words += bytes;
        words += strspn(words, " ,");
    }
    buf_putc(b, ']');
}

void sso_write_register(struct buf *b, const struct sso_client_wish *wish)
{
    buf_putc(b, '{');
    json_put_text(b, "clientName", wish->name);
    json_put_text(b, "clientType", "public");
    put_list(b, "scopes", wish->scopes);
    json_put_name(b, "grantTypes");
    buf_putc(b, '[');
    json_put_item(b, wish->grant);
    json_put_item(b, SSO_REFRESH_GRANT);
    buf_putc(b, ']');
    if (wish->redirect_uri) {
        json_put_name(b, "redirectUris");
        buf_putc(b, '[');
        json_put_item(b, wish->redirect_uri);
        buf_putc(b, ']');
    }
    json_put_text(b, "issuerUrl", wish->start_url);
    buf_putc(b, '}');
}

enum status sso_read_client(struct sso_token *t, const char *body, size_t bytes, const char *doing,
                            struct fault *f)
{
    struct client {
        const char *id, *secret;
        int64_t expires_at_s;
    } o = {0};
    static const struct json_member members[] = {
        {.name = "clientId", .kind = JSON_TEXT, .offset = AT(client, id)},
        {.name = "clientSecret", .kind = JSON_TEXT, .offset = AT(client, secret)},
        {.name = "clientSecretExpiresAt", .kind = JSON_INTEGER, .offset = AT(client, expires_at_s)},
        {0}};
    struct arena a;
    enum status st;

    arena_init(&a);
    if (json_bind(&o, members, &a, body, bytes, doing, NULL) || !*o.id || !*o.secret) {
        st = refuse(doing, "client", f);
    } else {
        st = sso_token_set(t, SSO_CLIENT_ID, o.id, f);
        if (!st) st = sso_token_set(t, SSO_CLIENT_SECRET, o.secret, f);
        if (!st) st = sso_token_set_time(t, SSO_REGISTRATION_EXPIRES_AT, o.expires_at_s, f);
    }
    wipe_text(o.secret);
    arena_clear(&a);
    return st;
}

static void put_client(struct buf *b, const struct sso_token *t)
{
    buf_putc(b, '{');
    json_put_text(b, "clientId", t->texts[SSO_CLIENT_ID]);
    json_put_text(b, "clientSecret", t->texts[SSO_CLIENT_SECRET]);
}

/* ---- devices ---- */

void sso_write_device(struct buf *b, const struct sso_token *t)
{
    put_client(b, t);
    json_put_text(b, "startUrl", t->texts[SSO_START_URL]);
    buf_putc(b, '}');
}

/* It is shown to a person on a terminal: nothing that a terminal would obey. */
static bool is_printable(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text <= 0x20 || (unsigned char)*text >= 0x7f) return false;
    }
    return true;
}

enum status sso_read_device(struct sso_device *d, struct arena *a, const char *body, size_t bytes,
                            const char *doing, struct fault *f)
{
    static const struct json_member members[] = {
        {.name = "deviceCode", .kind = JSON_TEXT, .offset = AT(sso_device, device_code)},
        {.name = "userCode", .kind = JSON_TEXT, .offset = AT(sso_device, user_code)},
        {.name = "verificationUri", .kind = JSON_TEXT, .offset = AT(sso_device, url)},
        {.name = "verificationUriComplete", .kind = JSON_TEXT, .offset = AT(sso_device, whole_url)},
        {.name = "expiresIn", .kind = JSON_INTEGER, .offset = AT(sso_device, expires_in_s)},
        {.name = "interval", .kind = JSON_INTEGER, .offset = AT(sso_device, interval_s)},
        {0}};

    if (json_bind(d, members, a, body, bytes, doing, NULL) || !*d->device_code || !*d->user_code ||
        !*d->url) {
        return refuse(doing, "device code", f);
    }
    if (is_printable(d->user_code) && is_printable(d->url) && is_printable(d->whole_url)) {
        return ST_OK;
    }
    return refuse(doing, "code that can be shown", f);
}

/* ---- tokens ---- */

void sso_write_grant(struct buf *b, const struct sso_token *t, const struct sso_grant *grant)
{
    put_client(b, t);
    json_put_text(b, "grantType", grant->grant);
    json_put_text(b, "code", grant->code);
    json_put_text(b, "codeVerifier", grant->verifier);
    json_put_text(b, "redirectUri", grant->redirect_uri);
    json_put_text(b, "deviceCode", grant->device_code);
    if (!strcmp(grant->grant, SSO_REFRESH_GRANT)) {
        json_put_text(b, "refreshToken", t->texts[SSO_REFRESH_TOKEN]);
    }
    buf_putc(b, '}');
}

static int64_t within(int64_t expires_in_s)
{
    if (expires_in_s < 0) return 0;
    return expires_in_s > LIFE_MAX_S ? LIFE_MAX_S : expires_in_s;
}

enum status sso_read_token(struct sso_token *t, const char *body, size_t bytes, int64_t wall_s,
                           const char *doing, struct fault *f)
{
    struct answer {
        const char *access, *refresh;
        int64_t expires_in_s;
    } o = {0};
    static const struct json_member members[] = {
        {.name = "accessToken", .kind = JSON_TEXT, .offset = AT(answer, access)},
        {.name = "refreshToken", .kind = JSON_TEXT, .offset = AT(answer, refresh)},
        {.name = "expiresIn", .kind = JSON_INTEGER, .offset = AT(answer, expires_in_s)},
        {0}};
    struct arena a;
    enum status st;

    arena_init(&a);
    if (json_bind(&o, members, &a, body, bytes, doing, NULL) || !*o.access) {
        st = refuse(doing, "access token", f);
    } else {
        st = sso_token_set(t, SSO_ACCESS_TOKEN, o.access, f);
        if (!st) st = sso_token_set_time(t, SSO_EXPIRES_AT, wall_s + within(o.expires_in_s), f);
        if (!st && *o.refresh) st = sso_token_set(t, SSO_REFRESH_TOKEN, o.refresh, f);
    }
    wipe_text(o.access);
    wipe_text(o.refresh);
    arena_clear(&a);
    return st;
}

/* ---- the portal ---- */

const char *sso_role_path(struct arena *a, const char *account_id, const char *role_name)
{
    const char *path = NULL;
    struct buf b;

    buf_init(&b, PATH_LIMIT_BYTES);
    buf_puts(&b, "/federation/credentials?");
    form_put(&b, "account_id", account_id);
    form_put(&b, "role_name", role_name);
    if (buf_ok(&b)) path = arena_text(a, b.bytes);
    buf_clear(&b);
    return path;
}

enum status sso_read_role(struct aws_credentials *c, const char *body, size_t bytes,
                          const char *doing, struct fault *f)
{
    struct role {
        const char *key_id, *secret, *token;
        int64_t expires_at_ms;
    } o = {0};
    static const struct json_member keys[] = {
        {.name = "accessKeyId", .kind = JSON_TEXT, .offset = AT(role, key_id)},
        {.name = "secretAccessKey", .kind = JSON_TEXT, .offset = AT(role, secret)},
        {.name = "sessionToken", .kind = JSON_TEXT, .offset = AT(role, token)},
        {.name = "expiration", .kind = JSON_INTEGER, .offset = AT(role, expires_at_ms)},
        {0}};
    static const struct json_member members[] = {
        {.name = "roleCredentials", .kind = JSON_OBJECT, .inner = keys}, {0}};
    struct arena a;
    enum status st;

    arena_init(&a);
    st = json_bind(&o, members, &a, body, bytes, doing, NULL) || !*o.key_id || !*o.secret ||
                 !*o.token
             ? refuse(doing, "keys", f)
             : credentials_set(c, o.key_id, o.secret, o.token, o.expires_at_ms / 1000, f);
    wipe_text(o.secret);
    wipe_text(o.token);
    arena_clear(&a);
    return st;
}

/* ---- refusals ---- */

/* "ns#Name:http://..." is Name. */
static const char *bare_name(struct arena *a, const char *code)
{
    const char *hash = strrchr(code, '#');
    const char *from = hash ? hash + 1 : code;
    const char *bare = arena_copy(a, from, strcspn(from, ": "));

    return bare ? bare : "";
}

void sso_read_error(struct sso_error *e, struct arena *a, const char *header_type, const char *body,
                    size_t bytes)
{
    struct refusal {
        const char *type, *error, *description, *message;
    } o = {0};
    static const struct json_member members[] = {
        {.name = "__type", .kind = JSON_TEXT, .offset = AT(refusal, type)},
        {.name = "error", .kind = JSON_TEXT, .offset = AT(refusal, error)},
        {.name = "error_description", .kind = JSON_TEXT, .offset = AT(refusal, description)},
        {.name = "message", .kind = JSON_TEXT, .offset = AT(refusal, message)},
        {0}};

    *e = (struct sso_error){"", ""};
    if (json_bind(&o, members, a, body, bytes, "", NULL)) o = (struct refusal){"", "", "", ""};
    e->code = bare_name(a, header_type && *header_type ? header_type : *o.type ? o.type : o.error);
    e->message = *o.description ? o.description : o.message;
}
