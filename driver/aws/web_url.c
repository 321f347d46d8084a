/* Addresses of pages. See web_url.h. */
#include "aws/web_url.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/ascii.h"

enum { URL_BYTES_MAX = 64 << 10 };

/* Pieces of an address; borrowed from it. */
struct parts {
    const char *scheme;
    size_t scheme_bytes; /* 0: none */
    const char *host;    /* "host:port" */
    size_t host_bytes;
    bool has_host;
    const char *path;
    size_t path_bytes;
    const char *query; /* behind the '?' */
    size_t query_bytes;
    bool has_query;
};

static bool is_clean(const char *text)
{
    size_t count = strnlen(text, URL_BYTES_MAX);

    if (count == URL_BYTES_MAX) return false;
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c <= ' ' || c == 0x7f || c == '\\') return false;
    }
    return true;
}

static size_t scheme_bytes(const char *text)
{
    size_t n = 0;

    if (!ascii_is_letter(text[0])) return 0;
    while (ascii_is_letter(text[n]) || (text[n] >= '0' && text[n] <= '9') ||
           (text[n] && strchr("+-.", text[n])))
        n++;
    return text[n] == ':' ? n : 0;
}

static bool is_web_scheme(const char *scheme, size_t bytes)
{
    return (bytes == 4 && ascii_same_bytes(scheme, "http", 4)) ||
           (bytes == 5 && ascii_same_bytes(scheme, "https", 5));
}

static bool is_host(const char *host, size_t bytes)
{
    if (!bytes || *host == ':') return false;
    for (size_t i = 0; i < bytes; i++) {
        char c = host[i];
        bool is_plain = ascii_is_letter(c) || (c >= '0' && c <= '9') || (c & 0x80);

        if (!is_plain && !strchr("-._:[]", c)) return false;
    }
    return true;
}

/* False when text is no address, relative ones included. */
static bool take_apart(struct parts *p, const char *text)
{
    const char *at = text;

    *p = (struct parts){0};
    if (!is_clean(text)) return false;
    p->scheme_bytes = scheme_bytes(text);
    if (p->scheme_bytes) {
        p->scheme = text;
        at = text + p->scheme_bytes + 1;
        if (!is_web_scheme(text, p->scheme_bytes) || strncmp(at, "//", 2) != 0) return false;
    }
    if (strncmp(at, "//", 2) == 0) {
        p->has_host = true;
        p->host = at + 2;
        p->host_bytes = strcspn(p->host, "/?#");
        at = p->host + p->host_bytes;
        if (!is_host(p->host, p->host_bytes)) return false;
    }
    p->path = at;
    p->path_bytes = strcspn(at, "?#");
    at += p->path_bytes;
    p->has_query = *at == '?';
    p->query = p->has_query ? at + 1 : at;
    p->query_bytes = p->has_query ? strcspn(p->query, "#") : 0;
    return true;
}

/* Where the last segment of out begins, its slash included. */
static size_t last_segment(const char *out, size_t count)
{
    while (count && out[count - 1] != '/')
        count--;
    return count ? count - 1 : 0;
}

/* RFC 3986, 5.2.4, on segments; path begins with a slash. Returns the bytes of what is left. */
static size_t remove_dots(char *path)
{
    size_t count = 0;

    for (const char *at = path; *at;) {
        size_t segment = 1 + strcspn(at + 1, "/");
        bool is_last = at[segment] == '\0';
        bool is_dot = segment == 2 && at[1] == '.';
        bool is_up = segment == 3 && at[1] == '.' && at[2] == '.';

        if (is_up) count = last_segment(path, count);
        if (is_dot || is_up) {
            if (is_last) path[count++] = '/';
        } else {
            memmove(path + count, at, segment);
            count += segment;
        }
        at += segment;
    }
    path[count] = '\0';
    return count;
}

/* The path of the result: the reference's own, or one beside the base's. */
static char *join_paths(struct arena *a, const struct parts *base, const struct parts *ref)
{
    size_t kept = base->path_bytes;
    char *path;

    if (ref->has_host || (ref->path_bytes && ref->path[0] == '/')) {
        path =
            arena_printf(a, "%s%.*s", ref->path_bytes ? "" : "/", (int)ref->path_bytes, ref->path);
    } else {
        if (ref->path_bytes) kept = last_segment(base->path, kept) + (kept != 0);
        path = arena_printf(a, "%s%.*s%.*s", base->path_bytes ? "" : "/", (int)kept, base->path,
                            (int)ref->path_bytes, ref->path);
    }
    if (path) remove_dots(path);
    return path;
}

const char *web_url_resolve(struct arena *a, const char *base, const char *reference)
{
    struct parts b, r;
    const struct parts *query, *host;
    char *path;

    if (!take_apart(&b, base) || !b.scheme_bytes || !take_apart(&r, reference)) return NULL;
    host = r.has_host ? &r : &b;
    query = r.has_query || r.has_host || r.path_bytes ? &r : &b;
    path = join_paths(a, &b, &r);
    if (!path) return NULL;
    return arena_printf(a, "%.*s://%.*s%s%s%.*s",
                        (int)(r.scheme_bytes ? r.scheme_bytes : b.scheme_bytes),
                        r.scheme_bytes ? r.scheme : b.scheme, (int)host->host_bytes, host->host,
                        path, query->has_query ? "?" : "", (int)query->query_bytes, query->query);
}

/* ---- origins ------------------------------------------------------------------------------ */

/* The bytes of "host" in "host:port", and the port, the scheme's own when none is said. */
static size_t split_port(const struct parts *p, long *port)
{
    size_t at = p->host_bytes;

    *port = p->scheme_bytes == 5 ? 443 : 80;
    while (at && p->host[at - 1] >= '0' && p->host[at - 1] <= '9')
        at--;
    if (!at || p->host[at - 1] != ':') return p->host_bytes;
    if (at < p->host_bytes) *port = 0;
    for (size_t i = at; i < p->host_bytes && *port < 100000; i++)
        *port = *port * 10 + (p->host[i] - '0');
    return at - 1;
}

bool web_url_same_origin(const char *a, const char *b)
{
    struct parts x, y;
    size_t x_bytes, y_bytes;
    long x_port, y_port;

    if (!take_apart(&x, a) || !take_apart(&y, b)) return false;
    if (!x.scheme_bytes || x.scheme_bytes != y.scheme_bytes) return false;
    x_bytes = split_port(&x, &x_port);
    y_bytes = split_port(&y, &y_port);
    return x_port == y_port && x_bytes == y_bytes && ascii_same_bytes(x.host, y.host, x_bytes);
}

bool web_url_is_https(const char *url)
{
    struct parts p;

    return take_apart(&p, url) && p.scheme_bytes == 5;
}

const char *web_url_of_host(struct arena *a, const char *host, int port)
{
    struct parts p;
    const char *url;
    long own_port;

    url = strstr(host, "://") ? arena_text(a, host) : arena_printf(a, "https://%s", host);
    if (!url || !take_apart(&p, url) || p.scheme_bytes != 5) return NULL;
    if (p.path_bytes > 1 || p.has_query) return NULL;
    if (split_port(&p, &own_port) < p.host_bytes)
        port = (int)own_port;
    else if (strchr(host, ':') && !strchr(host, ']') && !strstr(host, "://"))
        return NULL;
    return arena_printf(a, "https://%.*s:%d", (int)split_port(&p, &own_port), p.host, port);
}
