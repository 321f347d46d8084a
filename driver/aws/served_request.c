#include "aws/served_request.h"

#include <string.h>

#include "base/ascii.h"

struct reader {
    const char *at, *end;
};

struct head {
    struct served_request *request;
    size_t body_bytes;
    bool has_length, has_host;
};

bool served_text_is(struct served_text t, const char *word)
{
    return strlen(word) == t.count && !memcmp(t.bytes, word, t.count);
}

static bool is_called(struct served_text name, const char *word)
{
    return strlen(word) == name.count && ascii_same_bytes(name.bytes, word, name.count);
}

/* The text up to a byte, which is stepped over; false when it is not there. */
static bool take_until(struct reader *r, char stop, struct served_text *t)
{
    const char *found = memchr(r->at, stop, (size_t)(r->end - r->at));

    if (!found) return false;
    *t = (struct served_text){r->at, (size_t)(found - r->at)};
    r->at = found + 1;
    return true;
}

static struct served_text trimmed(struct served_text t)
{
    while (t.count && (t.bytes[0] == ' ' || t.bytes[0] == '\t'))
        t.bytes++, t.count--;
    while (t.count && (t.bytes[t.count - 1] == ' ' || t.bytes[t.count - 1] == '\t'))
        t.count--;
    return t;
}

/* A line without its CR LF; a bare CR or LF is none. */
static bool take_line(struct reader *r, struct served_text *line)
{
    if (!take_until(r, '\n', line) || !line->count) return false;
    line->count--;
    return line->bytes[line->count] == '\r' && !memchr(line->bytes, '\r', line->count);
}

static void split_target(struct served_request *r, struct served_text target)
{
    const char *mark = memchr(target.bytes, '?', target.count);

    r->path = target;
    if (!mark) return;
    r->path.count = (size_t)(mark - target.bytes);
    r->query = (struct served_text){mark + 1, target.count - r->path.count - 1};
}

/* "GET /path?query HTTP/1.1" */
static bool read_first_line(struct served_request *r, struct served_text line)
{
    struct reader in = {line.bytes, line.bytes + line.count};
    struct served_text target, version;

    if (!take_until(&in, ' ', &r->method) || !r->method.count) return false;
    if (!take_until(&in, ' ', &target) || !target.count || target.bytes[0] != '/') return false;
    version = (struct served_text){in.at, (size_t)(in.end - in.at)};
    split_target(r, target);
    return served_text_is(version, "HTTP/1.1") || served_text_is(version, "HTTP/1.0");
}

/* Digits alone; what is beyond every limit stays there. */
static bool read_length(struct served_text t, size_t *length)
{
    size_t n = 0;

    if (!t.count) return false;
    for (size_t i = 0; i < t.count; i++) {
        if (t.bytes[i] < '0' || t.bytes[i] > '9') return false;
        if (n <= SERVED_BODY_BYTES_MAX) n = n * 10 + (size_t)(t.bytes[i] - '0');
    }
    *length = n;
    return true;
}

/* A header that comes twice is refused where it decides something. */
static bool read_header(struct head *h, struct served_text line)
{
    struct reader in = {line.bytes, line.bytes + line.count};
    struct served_text name, value;

    if (!take_until(&in, ':', &name) || !name.count) return false;
    if (memchr(name.bytes, ' ', name.count) || memchr(name.bytes, '\t', name.count)) return false;
    value = trimmed((struct served_text){in.at, (size_t)(in.end - in.at)});
    if (is_called(name, "transfer-encoding")) return false;
    if (is_called(name, "content-length")) {
        if (h->has_length) return false;
        h->has_length = true;
        return read_length(value, &h->body_bytes);
    }
    if (is_called(name, "host")) {
        if (h->has_host) return false;
        h->has_host = true;
        h->request->host = value;
    }
    if (is_called(name, "content-type")) h->request->content_type = value;
    return true;
}

static bool read_head(struct head *h, struct served_text text)
{
    struct reader in = {text.bytes, text.bytes + text.count};
    struct served_text line;

    if (memchr(text.bytes, '\0', text.count)) return false;
    if (!take_line(&in, &line) || !read_first_line(h->request, line)) return false;
    while (in.at < in.end) {
        if (!take_line(&in, &line) || !read_header(h, line)) return false;
    }
    return true;
}

enum served_verdict served_request_read(struct served_request *r, const char *bytes, size_t count)
{
    const char *blank = count ? memmem(bytes, count, "\r\n\r\n", 4) : NULL;
    size_t head_bytes = blank ? (size_t)(blank - bytes) + 4 : count;
    struct head h = {.request = r};

    memset(r, 0, sizeof *r);
    if (head_bytes > SERVED_HEAD_BYTES_MAX) return SERVED_TOO_LARGE;
    if (!blank) return SERVED_PARTIAL;
    if (!read_head(&h, (struct served_text){bytes, head_bytes - 2})) return SERVED_BAD;
    if (h.body_bytes > SERVED_BODY_BYTES_MAX) return SERVED_TOO_LARGE;
    if (count - head_bytes < h.body_bytes) return SERVED_PARTIAL;
    r->body = (struct served_text){bytes + head_bytes, h.body_bytes};
    return SERVED_WHOLE;
}

bool served_request_is_form(const struct served_request *r)
{
    static const char form[] = "application/x-www-form-urlencoded";
    const size_t bytes = sizeof form - 1;
    struct served_text t = r->content_type;

    if (t.count < bytes || !ascii_same_bytes(t.bytes, form, bytes)) return false;
    return t.count == bytes || t.bytes[bytes] == ';' || t.bytes[bytes] == ' ';
}
