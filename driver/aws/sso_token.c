#include "aws/sso_token.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "aws/credentials.h"
#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "base/wipe.h"

enum { SHA1_BYTES = 20 };

static const char *const names[SSO_FIELD_COUNT] = {
    [SSO_START_URL] = "startUrl",
    [SSO_REGION] = "region",
    [SSO_ACCESS_TOKEN] = "accessToken",
    [SSO_EXPIRES_AT] = "expiresAt",
    [SSO_CLIENT_ID] = "clientId",
    [SSO_CLIENT_SECRET] = "clientSecret",
    [SSO_REGISTRATION_EXPIRES_AT] = "registrationExpiresAt",
    [SSO_REFRESH_TOKEN] = "refreshToken",
};

bool sso_cache_name(char name[SSO_CACHE_NAME_BYTES], const char *session_or_url)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned count = 0;

    if (EVP_Digest(session_or_url, strlen(session_or_url), hash, &count, EVP_sha1(), NULL) != 1 ||
        count != SHA1_BYTES) {
        return false;
    }
    for (size_t i = 0; i < SHA1_BYTES; i++) {
        name[2 * i] = digits[hash[i] >> 4];
        name[2 * i + 1] = digits[hash[i] & 15];
    }
    memcpy(name + 2 * SHA1_BYTES, ".json", sizeof ".json");
    return true;
}

/* ---- fields ---- */

enum status sso_token_set(struct sso_token *t, enum sso_field field, const char *text,
                          struct fault *f)
{
    char *copy = text && *text ? strdup(text) : NULL;

    if (text && *text && !copy) return fault_no_memory(f);
    wipe_free(&t->texts[field]);
    t->texts[field] = copy;
    return ST_OK;
}

enum status sso_token_set_time(struct sso_token *t, enum sso_field field, int64_t wall_s,
                               struct fault *f)
{
    char text[CREDENTIALS_TIME_BYTES];

    credentials_write_time(text, wall_s);
    return sso_token_set(t, field, text, f);
}

/* Older versions of the AWS CLI end a time with "UTC". */
int64_t sso_token_time(const struct sso_token *t, enum sso_field field)
{
    const char *text = t->texts[field];
    size_t bytes = text ? strlen(text) : 0;
    char plain[40];
    int64_t seconds;

    if (bytes < 3 || bytes >= sizeof plain) return 0;
    memcpy(plain, text, bytes + 1);
    if (!strcmp(plain + bytes - 3, "UTC")) plain[bytes - 3] = '\0';
    return credentials_parse_time(plain, &seconds) ? seconds : 0;
}

bool sso_token_is_good(const struct sso_token *t, int64_t wall_s)
{
    return t->texts[SSO_ACCESS_TOKEN] && sso_token_time(t, SSO_EXPIRES_AT) > wall_s;
}

bool sso_token_is_renewable(const struct sso_token *t, int64_t wall_s)
{
    return t->texts[SSO_REFRESH_TOKEN] && t->texts[SSO_CLIENT_ID] && t->texts[SSO_CLIENT_SECRET] &&
           sso_token_time(t, SSO_REGISTRATION_EXPIRES_AT) > wall_s;
}

void sso_token_clear(struct sso_token *t)
{
    for (int i = 0; i < SSO_FIELD_COUNT; i++)
        wipe_free(&t->texts[i]);
}

/* ---- the file ---- */

static enum status take_texts(struct sso_token *t, const char *const *texts, struct fault *f)
{
    for (int i = 0; i < SSO_FIELD_COUNT; i++) {
        if (sso_token_set(t, (enum sso_field)i, texts[i], f)) return ST_ERR;
    }
    return ST_OK;
}

enum status sso_token_read(struct sso_token *t, const char *bytes, size_t count, struct fault *f)
{
    struct json_member members[SSO_FIELD_COUNT + 1] = {0};
    const char *texts[SSO_FIELD_COUNT] = {0};
    struct arena a;
    enum status st;

    for (int i = 0; i < SSO_FIELD_COUNT; i++) {
        members[i] = (struct json_member){
            .name = names[i], .kind = JSON_TEXT, .offset = (size_t)i * sizeof *texts};
    }
    sso_token_clear(t);
    arena_init(&a);
    st = json_bind(texts, members, &a, bytes, count, "", NULL)
             ? fault_set(f, SQLSTATE_28000, 0, "the cached token is no JSON")
             : take_texts(t, texts, f);
    for (int i = 0; i < SSO_FIELD_COUNT; i++) {
        wipe_text(texts[i]);
    }
    arena_clear(&a);
    if (!st && (!t->texts[SSO_ACCESS_TOKEN] || !sso_token_time(t, SSO_EXPIRES_AT))) {
        st = fault_set(f, SQLSTATE_28000, 0, "the cached token has no %s",
                       names[t->texts[SSO_ACCESS_TOKEN] ? SSO_EXPIRES_AT : SSO_ACCESS_TOKEN]);
    }
    if (st) sso_token_clear(t);
    return st;
}

/* With the blanks that Python's json.dumps() puts. */
void sso_token_write(struct buf *b, const struct sso_token *t)
{
    const char *before = "{";

    for (int i = 0; i < SSO_FIELD_COUNT; i++) {
        if (!t->texts[i]) continue;
        buf_printf(b, "%s\"%s\": ", before, names[i]);
        json_put_string(b, t->texts[i], strlen(t->texts[i]));
        before = ", ";
    }
    buf_puts(b, *before == '{' ? "{}" : "}");
}
