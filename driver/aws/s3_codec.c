#include "aws/s3_codec.h"

#include <string.h>

#include "aws/percent.h"
#include "base/ascii.h"

enum { PATH_LIMIT = 1 << 16 };

enum status s3_split(struct s3_location *l, struct arena *a, const char *uri, struct fault *f)
{
    const char *bucket, *slash;
    size_t bucket_bytes;

    if (!uri || !ascii_begins(uri, "s3://") || !uri[5] || uri[5] == '/') {
        return fault_set(f, SQLSTATE_HY024, 0, "\"%.200s\" is no S3 location (s3://bucket/key)",
                         uri ? uri : "");
    }
    bucket = uri + 5;
    bucket_bytes = strcspn(bucket, "/");
    slash = bucket + bucket_bytes;
    l->bucket = arena_copy(a, bucket, bucket_bytes);
    l->key = arena_text(a, *slash ? slash + 1 : slash);
    return l->bucket && l->key ? ST_OK : fault_no_memory(f);
}

void s3_encode_key(struct buf *b, const char *key)
{
    percent_put(b, key, strlen(key), '/');
}

/* 3 to 63 lower-case letters, digits and hyphens: one label of a host name. */
static bool is_host_label(const char *bucket)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t bytes = strlen(bucket);

    return bytes >= 3 && bytes <= 63 && strspn(bucket, allowed) == bytes && *bucket != '-' &&
           bucket[bytes - 1] != '-';
}

enum status s3_target(struct s3_target *t, struct arena *a, const struct endpoint *e,
                      const struct s3_location *l, bool use_path_style, struct fault *f)
{
    bool is_in_path = use_path_style || e->needs_path_style || !is_host_label(l->bucket);
    struct buf path;

    buf_init(&path, PATH_LIMIT);
    buf_puts(&path, e->base_path);
    buf_putc(&path, '/');
    if (is_in_path) {
        s3_encode_key(&path, l->bucket);
        buf_putc(&path, '/');
    }
    s3_encode_key(&path, l->key);

    t->path = buf_ok(&path) ? arena_text(a, path.bytes) : NULL;
    t->host = is_in_path ? arena_text(a, e->host) : arena_printf(a, "%s.%s", l->bucket, e->host);
    t->url = t->path && t->host ? arena_printf(a, "%s://%s%s", e->scheme, t->host, t->path) : NULL;
    buf_clear(&path);
    return t->url ? ST_OK : fault_no_memory(f);
}

/* ---- Content-Range ---- */

static bool take_number(const char **text, int64_t *n)
{
    const char *from = *text;

    for (*n = 0; **text >= '0' && **text <= '9'; ++*text) {
        if (*n > (INT64_MAX - 9) / 10) return false;
        *n = *n * 10 + (**text - '0');
    }
    return *text > from;
}

static bool take(const char **text, char c)
{
    if (**text != c) return false;
    ++*text;
    return true;
}

bool s3_parse_range(struct s3_range *r, const char *text)
{
    *r = (struct s3_range){.first = -1, .last = -1, .total = -1};
    if (!ascii_begins(text, "bytes")) return false;
    text += 5;
    while (take(&text, ' '))
        continue;
    if (!take(&text, '*')) {
        if (!take_number(&text, &r->first) || !take(&text, '-') || !take_number(&text, &r->last) ||
            r->last < r->first) {
            return false;
        }
    }
    if (!take(&text, '/')) return false;
    if (!take(&text, '*') && (!take_number(&text, &r->total) || r->last >= r->total)) return false;
    while (take(&text, ' '))
        continue;
    return !*text;
}
