/* Pages of an identity provider. See visit.h for the drawing. */
#include "auth/visit.h"

#include <string.h>

#include "auth/wish.h"
#include "aws/form.h"
#include "aws/web_url.h"
#include "base/log.h"

enum { PAGE_ATTEMPTS_MAX = 3, FORM_ATTEMPTS_MAX = 1, LOCATION_BYTES_MAX = 8 << 10 };

/*
 * AD FS asks those for a ticket whom it takes for a browser that has one; the words are those of its
 * default list (WIASupportedUserAgents).
 */
#define TICKET_AGENT "Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko odbc-athena"

const char *visit_base(const struct sign_in *in, struct fault *f)
{
    const char *host = options_text(in->options, OPTION_IDP_HOST);
    int port = (int)options_number(in->options, OPTION_IDP_PORT);
    const char *url = web_url_of_host(in->arena, host, port);

    if (!url) {
        fault_set(f, SQLSTATE_HY024, 0,
                  "option idp_host: \"%.200s\" is not a host's name, nor https://NAME", host);
    }
    return url;
}

static enum status ask(struct visit *v, const char *url, const struct buf *fields, struct fault *f)
    RUNS_ON(io_thread);
static enum status ask(struct visit *v, const char *url, const struct buf *fields, struct fault *f)
{
    struct exchange_wish wish = {.doing = v->manner->doing,
                                 .method = fields ? "POST" : "GET",
                                 .http = v->in->wish->idp_http,
                                 .max_answer_bytes = v->manner->max_answer_bytes,
                                 .max_attempts = fields ? FORM_ATTEMPTS_MAX : PAGE_ATTEMPTS_MAX,
                                 .cookies = &v->cookies,
                                 .is_once = fields != NULL,
                                 .negotiates = v->manner->negotiates && !fields};
    size_t headers = 0;

    if (!web_url_is_https(url)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "%s: the identity provider points to an address that is not https",
                         v->manner->doing);
    }
    v->url = arena_text(&v->arena, url);
    if (!v->url) return fault_no_memory(f);
    wish.url = v->url;
    wish.headers[headers++] = (struct sigv4_header){"Accept", "text/html,*/*;q=0.8"};
    if (wish.negotiates)
        wish.headers[headers++] = (struct sigv4_header){"User-Agent", TICKET_AGENT};
    if (fields) {
        wish.headers[headers++] = (struct sigv4_header){"Content-Type", FORM_CONTENT_TYPE};
        wish.body = fields->bytes;
        wish.body_bytes = fields->count;
    }
    return exchange_start(&v->exchange, v->in->owner, &wish, f);
}

static enum status begin(struct visit *v, const struct sign_in *in,
                         const struct visit_manner *manner, const char *url,
                         const struct buf *fields, struct fault *f) RUNS_ON(io_thread);
static enum status begin(struct visit *v, const struct sign_in *in,
                         const struct visit_manner *manner, const char *url,
                         const struct buf *fields, struct fault *f)
{
    v->in = in;
    v->manner = manner;
    v->redirects = 0;
    return ask(v, url, fields, f);
}

enum status visit_page(struct visit *v, const struct sign_in *in, const struct visit_manner *manner,
                       const char *url, struct fault *f)
{
    return begin(v, in, manner, url, NULL, f);
}

enum status visit_form(struct visit *v, const struct sign_in *in, const struct visit_manner *manner,
                       const char *url, const struct buf *fields, struct fault *f)
{
    return begin(v, in, manner, url, fields, f);
}

/* ---- redirects ---------------------------------------------------------------------------- */

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where the answer points; NULL with a fault. */
static const char *next_url(struct visit *v, struct fault *f)
{
    int status = v->exchange.http.status;
    char location[LOCATION_BYTES_MAX];
    const char *url = NULL;

    if (v->redirects == VISIT_REDIRECTS_MAX) {
        exchange_refuse(&v->exchange, "it redirects for ever", f);
        return NULL;
    }
    if (status >= 307 && v->exchange.body.count) {
        exchange_refuse(&v->exchange, "it wants the password sent on to another address", f);
        return NULL;
    }
    if (http_header(&v->exchange.http, "location", location, sizeof location)) {
        url = web_url_resolve(&v->arena, v->url, location);
    }
    explicit_bzero(location, sizeof location);
    if (!url) exchange_refuse(&v->exchange, "it redirects to what is no web address", f);
    return url;
}

enum status visit_ready(struct visit *v, struct fault *f)
{
    for (;;) {
        enum status st = exchange_ready(&v->exchange, f);
        const char *url;

        if (st || !is_redirect(v->exchange.http.status)) return st;
        url = next_url(v, f);
        if (!url) return ST_ERR;
        v->redirects++;
        log_debug("%s: redirected", v->manner->doing);
        st = ask(v, url, NULL, f);
        if (st) return st;
    }
}

void visit_clear(struct visit *v)
{
    exchange_clear(&v->exchange);
    http_cookies_clear(&v->cookies);
    arena_wipe(&v->arena);
    *v = (struct visit){0};
}
