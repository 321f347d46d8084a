#include "aws/oauth.h"

#include <stdio.h>
#include <string.h>

#include "aws/json_bind.h"
#include "aws/jwt.h"
#include "base/ascii.h"
#include "base/wipe.h"

enum { TOKEN_BYTES_MAX = 1 << 20 };

bool oauth_answer_read(struct oauth_answer *o, struct arena *a, const char *bytes, size_t count)
{
    /* clang-format off */
    static const struct json_member members[] = {
#define AT(field) offsetof(struct oauth_answer, field)
        {.name = "access_token",      .kind = JSON_TEXT,    .offset = AT(access_token)},
        {.name = "id_token",          .kind = JSON_TEXT,    .offset = AT(id_token)},
        {.name = "refresh_token",     .kind = JSON_TEXT,    .offset = AT(refresh_token)},
        {.name = "error",             .kind = JSON_TEXT,    .offset = AT(error)},
        {.name = "error_description", .kind = JSON_TEXT,    .offset = AT(error_description)},
        {.name = "expires_in",        .kind = JSON_INTEGER, .offset = AT(expires_in_s)},
        {0}};
#undef AT
    /* clang-format on */

    if (!json_bind(o, members, a, bytes, count, "", NULL)) return true;
    *o = (struct oauth_answer){"", "", "", "", "", 0};
    return false;
}

void oauth_answer_wipe(struct oauth_answer *o)
{
    wipe_text(o->access_token);
    wipe_text(o->id_token);
    wipe_text(o->refresh_token);
    *o = (struct oauth_answer){"", "", "", "", "", 0};
}

static bool is_address(const char *text)
{
    return ascii_begins(text, "https://");
}

bool oauth_places_read(struct oauth_places *p, struct arena *a, const char *bytes, size_t count)
{
    /* clang-format off */
    static const struct json_member members[] = {
#define AT(field) offsetof(struct oauth_places, field)
        {.name = "issuer",                 .kind = JSON_TEXT, .offset = AT(issuer)},
        {.name = "authorization_endpoint", .kind = JSON_TEXT, .offset = AT(authorization_endpoint)},
        {.name = "token_endpoint",         .kind = JSON_TEXT, .offset = AT(token_endpoint)},
        {0}};
#undef AT
    /* clang-format on */

    return !json_bind(p, members, a, bytes, count, "", NULL) &&
           is_address(p->authorization_endpoint) && is_address(p->token_endpoint);
}

bool id_claims_read(struct id_claims *c, struct arena *a, const char *token)
{
    /* clang-format off */
    static const struct json_member members[] = {
#define AT(field) offsetof(struct id_claims, field)
        {.name = "iss",   .kind = JSON_TEXT,    .offset = AT(issuer)},
        {.name = "nonce", .kind = JSON_TEXT,    .offset = AT(nonce)},
        {.name = "exp",   .kind = JSON_INTEGER, .offset = AT(expires_at_s)},
        {0}};
#undef AT
    /* clang-format on */
    struct buf json;
    bool is_read;

    buf_init_secret(&json, TOKEN_BYTES_MAX);
    is_read = jwt_read_claims(&json, token) &&
              !json_bind(c, members, a, json.bytes, json.count, "", NULL);
    buf_clear(&json);
    return is_read;
}

void oauth_words(char *out, size_t room, const char *said)
{
    size_t bytes = strcspn(said, "\r\n");

    snprintf(out, room, "%.*s", (int)(bytes < 2000 ? bytes : 2000), said);
    for (char *c = out; *c; c++) {
        if ((unsigned char)*c < ' ' || *c == 0x7f) *c = ' ';
    }
}
