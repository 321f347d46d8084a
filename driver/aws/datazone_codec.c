#include "aws/datazone_codec.h"

#include <string.h>

#include "aws/form.h"
#include "aws/json_bind.h"
#include "aws/json_write.h"
#include "aws/percent.h"
#include "base/wipe.h"

enum { PATH_BYTES_MAX = 16 << 10 };

/* ---- requests ---- */

void datazone_write_redeem(struct buf *b, const char *domain, const char *access_token)
{
    buf_putc(b, '{');
    json_put_text(b, "domainId", domain);
    json_put_text(b, "accessToken", access_token);
    buf_putc(b, '}');
}

static void begin_path(struct buf *b, const char *domain)
{
    buf_init(b, PATH_BYTES_MAX);
    buf_puts(b, "/v2/domains/");
    percent_put(b, domain, strlen(domain), '\0');
    buf_puts(b, "/connections");
}

static const char *end_path(struct buf *b, struct arena *a)
{
    const char *path = buf_ok(b) ? arena_text(a, b->bytes) : NULL;

    buf_clear(b);
    return path;
}

const char *datazone_list_path(struct arena *a, const char *domain, const char *project,
                               const char *next_token)
{
    struct buf b;

    begin_path(&b, domain);
    buf_putc(&b, '?');
    form_put(&b, "projectIdentifier", project);
    form_put(&b, "type", "ATHENA");
    form_put(&b, "nextToken", next_token);
    return end_path(&b, a);
}

const char *datazone_connection_path(struct arena *a, const char *domain, const char *id)
{
    struct buf b;

    begin_path(&b, domain);
    buf_putc(&b, '/');
    percent_put(&b, id, strlen(id), '\0');
    buf_puts(&b, "?withSecret=true");
    return end_path(&b, a);
}

/* ---- answers ---- */

#define AT(type, field) offsetof(struct type, field)

enum status datazone_read_connections(struct datazone_connections *out, struct arena *a,
                                      const char *body, size_t bytes, const char *doing,
                                      struct fault *f)
{
    static const struct json_member item[] = {
        {.name = "connectionId", .kind = JSON_TEXT, .offset = AT(datazone_connection, id)},
        {.name = "name", .kind = JSON_TEXT, .offset = AT(datazone_connection, name)},
        {.name = "type", .kind = JSON_TEXT, .offset = AT(datazone_connection, type)},
        {0}};
    static const struct json_member members[] = {
        {.name = "items",
         .kind = JSON_LIST,
         .offset = AT(datazone_connections, items),
         .inner = item,
         .count_offset = AT(datazone_connections, count),
         .item_bytes = sizeof(struct datazone_connection)},
        {.name = "nextToken", .kind = JSON_TEXT, .offset = AT(datazone_connections, next_token)},
        {0}};

    if (!json_bind(out, members, a, body, bytes, doing, NULL)) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0, "%s: the answer of DataZone is not what was asked for",
                     doing);
}

struct keys {
    const char *key_id, *secret, *token, *expiration;
    int64_t expiration_s;
};

static bool bind_keys(struct keys *k, struct arena *a, const char *body, size_t bytes,
                      const struct json_member *expiration)
{
    const struct json_member inner[] = {
        {.name = "accessKeyId", .kind = JSON_TEXT, .offset = AT(keys, key_id)},
        {.name = "secretAccessKey", .kind = JSON_TEXT, .offset = AT(keys, secret)},
        {.name = "sessionToken", .kind = JSON_TEXT, .offset = AT(keys, token)},
        *expiration,
        {0}};
    const struct json_member members[] = {
        {.name = "connectionCredentials", .kind = JSON_OBJECT, .inner = inner},
        {.name = "credentials", .kind = JSON_OBJECT, .inner = inner},
        {0}};

    return !json_bind(k, members, a, body, bytes, "", NULL);
}

static void wipe_keys(struct keys *k)
{
    wipe_text(k->secret);
    wipe_text(k->token);
    *k = (struct keys){0};
}

/* Once for a time in words, and where there is none once more for a number. */
static bool read_keys(struct keys *k, struct arena *a, const char *body, size_t bytes)
{
    static const struct json_member words = {
        .name = "expiration", .kind = JSON_TEXT, .offset = AT(keys, expiration)};
    static const struct json_member number = {
        .name = "expiration", .kind = JSON_INTEGER, .offset = AT(keys, expiration_s)};

    if (!bind_keys(k, a, body, bytes, &words)) return false;
    if (*k->expiration) return credentials_parse_time(k->expiration, &k->expiration_s);
    wipe_keys(k);
    return bind_keys(k, a, body, bytes, &number);
}

enum status datazone_read_keys(struct aws_credentials *c, const char *body, size_t bytes,
                               const char *doing, struct fault *f)
{
    struct keys k = {0};
    struct arena a;
    enum status st;

    arena_init(&a);
    if (read_keys(&k, &a, body, bytes) && *k.key_id && *k.secret && *k.token) {
        st = credentials_set(c, k.key_id, k.secret, k.token, k.expiration_s, f);
    } else {
        st = fault_set(f, SQLSTATE_28000, 0, "%s: the answer of DataZone has no keys", doing);
    }
    wipe_keys(&k);
    arena_clear(&a);
    return st;
}
