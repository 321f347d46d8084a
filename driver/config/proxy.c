/* Proxies. See proxy.h. */
#include "config/proxy.h"

#include <string.h>

#include "base/ascii.h"
#include "config/slice.h"

/* "scheme://user:password@name:port/": where each part is; all within text. */
struct proxy_parts {
    const char *scheme; /* NULL: none is said */
    size_t scheme_bytes;
    const char *name;  /* what follows the user, to the end */
    size_t name_bytes; /* with the port, without slashes at the end */
};

static struct proxy_parts split(const char *text)
{
    struct proxy_parts p = {.name = text};
    const char *end = strstr(text, "://"), *user_end;

    if (end) {
        p.scheme = text;
        p.scheme_bytes = (size_t)(end - text);
        p.name = end + 3;
    }
    user_end = strrchr(p.name, '@');
    if (user_end) p.name = user_end + 1;
    p.name_bytes = strlen(p.name);
    while (p.name_bytes && p.name[p.name_bytes - 1] == '/')
        p.name_bytes--;
    return p;
}

/* Whether "host:123", "[::1]:123"; the colons of a bare IPv6 address are no port's. */
static bool has_port(const struct proxy_parts *p)
{
    const char *first = memchr(p->name, ':', p->name_bytes);
    const char *last = memrchr(p->name, ':', p->name_bytes);
    size_t digits = last ? p->name_bytes - (size_t)(last + 1 - p->name) : 0;

    if (!digits || strspn(last + 1, "0123456789") < digits) return false;
    return last == first || last[-1] == ']';
}

const char *proxy_address(const struct options *o, struct arena *a)
{
    const char *text = options_text(o, OPTION_PROXY_HOST);
    struct proxy_parts p;
    int front_bytes, name_bytes;
    bool is_bare_ipv6;

    if (!options_flag(o, OPTION_USE_PROXY) || !text) return NULL;
    p = split(text);
    front_bytes = (int)(p.name - text); /* "http://user:password@" */
    name_bytes = (int)p.name_bytes;
    if (has_port(&p) || !options_is_set(o, OPTION_PROXY_PORT)) {
        return arena_printf(a, "%.*s%.*s", front_bytes, text, name_bytes, p.name);
    }
    is_bare_ipv6 = memchr(p.name, ':', p.name_bytes) && p.name[0] != '[';
    return arena_printf(a, "%.*s%s%.*s%s:%lld", front_bytes, text, is_bare_ipv6 ? "[" : "",
                        name_bytes, p.name, is_bare_ipv6 ? "]" : "",
                        (long long)options_number(o, OPTION_PROXY_PORT));
}

const char *proxy_exempt_hosts(const struct options *o, struct arena *a)
{
    char *list = arena_text(a, options_text(o, OPTION_NON_PROXY_HOST));
    char *out = list;

    if (!list) return NULL;
    for (const char *in = list; *in; in++) {
        bool is_first = out == list || out[-1] == ',';

        if (slice_is_blank(*in) || (*in == '*' && is_first && in[1] == '.')) continue;
        *out++ = *in == '|' ? ',' : *in;
    }
    *out = '\0';
    return list;
}

/* ---- checks ---- */

static bool is_known_scheme(const struct proxy_parts *p)
{
    static const char *const known[] = {"http", "https", "socks4", "socks4a", "socks5", "socks5h"};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        bool is_long = strlen(known[i]) == p->scheme_bytes;

        if (is_long && ascii_same_bytes(p->scheme, known[i], p->scheme_bytes)) return true;
    }
    return !p->scheme;
}

/* A name, an address in brackets or without: no path, no query, no blank. */
static bool is_name(const struct proxy_parts *p)
{
    size_t bytes = strcspn(p->name, "/?#\\ \t\r\n");

    return p->name_bytes && bytes >= p->name_bytes;
}

enum status proxy_check(const struct options *o, struct fault *f)
{
    const char *text = options_text(o, OPTION_PROXY_HOST);
    struct proxy_parts p;

    if (!options_flag(o, OPTION_USE_PROXY)) return ST_OK;
    if (!text) return fault_set(f, SQLSTATE_HY024, 0, "UseProxy=1 needs ProxyHost");
    p = split(text);
    if (!is_known_scheme(&p) || !is_name(&p)) { /* repeated without user and password */
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option ProxyHost: \"%.*s%s%.200s\" is no proxy; allowed: a host, or a "
                         "URL of http, https, socks4, socks4a, socks5 or socks5h without path",
                         p.scheme ? (int)p.scheme_bytes : 0, p.scheme ? p.scheme : "",
                         p.scheme ? "://" : "", p.name);
    }
    if (!has_port(&p) && !options_is_set(o, OPTION_PROXY_PORT)) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option ProxyHost: \"%.200s\" has no port; give ProxyPort, or write it "
                         "behind the host",
                         p.name);
    }
    return ST_OK;
}

void proxy_warn(const struct options *o, struct option_warnings *w)
{
    if (options_is_set(o, OPTION_USE_PROXY) || !options_is_set(o, OPTION_PROXY_HOST)) return;
    options_warn(w, SQLSTATE_01000, "ProxyHost is not used: UseProxy=1 turns it on");
}
