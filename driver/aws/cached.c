#include "aws/cached.h"

#include <string.h>

#include "aws/creds_json.h"
#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "base/wipe.h"

static void put_end(struct buf *b, int64_t expires_at_s)
{
    char text[CREDENTIALS_TIME_BYTES];

    credentials_write_time(text, expires_at_s);
    json_put_text(b, "Expiration", text);
    buf_puts(b, "}\n");
}

void cached_write_keys(struct buf *b, const struct aws_credentials *keys)
{
    buf_putc(b, '{');
    json_put_integer(b, "Version", 1);
    json_put_text(b, "AccessKeyId", keys->key_id);
    json_put_text(b, "SecretAccessKey", keys->secret);
    json_put_text(b, "SessionToken", keys->token);
    put_end(b, keys->expires_at_s);
}

bool cached_read_keys(struct aws_credentials *keys, const char *bytes, size_t count)
{
    const struct creds_json_form form = {.doing = "reading the cache",
                                         .what = "the file",
                                         .token = "SessionToken",
                                         .has_version = true};

    if (creds_json_parse(keys, &form, bytes, count, NULL)) return false;
    if (keys->expires_at_s) return true;
    credentials_clear(keys);
    return false;
}

void cached_write_token(struct buf *b, const char *token, int64_t expires_at_s)
{
    buf_putc(b, '{');
    json_put_integer(b, "Version", 1);
    json_put_text(b, "Token", token);
    put_end(b, expires_at_s);
}

struct token {
    int version;
    const char *text, *expiration;
};

bool cached_read_token(struct buf *out, int64_t *expires_at_s, const char *bytes, size_t count)
{
    /* clang-format off */
    static const struct json_member members[] = {
        {.name = "Version",    .kind = JSON_INT,  .offset = offsetof(struct token, version)},
        {.name = "Token",      .kind = JSON_TEXT, .offset = offsetof(struct token, text)},
        {.name = "Expiration", .kind = JSON_TEXT, .offset = offsetof(struct token, expiration)},
        {0}};
    /* clang-format on */
    struct token t = {0};
    struct arena a;
    bool is_sound;

    arena_init(&a);
    is_sound = !json_bind(&t, members, &a, bytes, count, "", NULL) && t.version == 1 && *t.text &&
               credentials_parse_time(t.expiration, expires_at_s);
    if (is_sound) buf_puts(out, t.text);
    wipe_text(t.text);
    arena_clear(&a);
    return is_sound && buf_ok(out);
}
