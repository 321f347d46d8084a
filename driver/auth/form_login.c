/* Signing in with a login form. See form_login.h for the drawing. */
#include "auth/form_login.h"

#include <stdio.h>
#include <string.h>

#include "auth/wish.h"
#include "aws/html_form.h"
#include "aws/web_url.h"
#include "base/ascii.h"
#include "base/log.h"

enum { FIELDS_BYTES_MAX = 1 << 20, WORDS_BYTES = 240 };

#define RESPONSE "SAMLResponse"

enum status form_login_start(struct form_login *l, const struct sign_in *in,
                             const struct form_login_kind *kind, const char *url, struct fault *f)
{
    const char *user = options_text(in->options, OPTION_UID);
    const char *password = options_text(in->options, OPTION_PWD);

    l->step = FORM_LOGIN_PAGE;
    l->in = in;
    l->kind = kind;
    l->url = url;
    l->has_user = user && password;
    l->manner = kind->manner;
    l->manner.negotiates = !l->has_user;
    return visit_page(&l->visit, in, &l->manner, url, f);
}

/* ---- refusals ----------------------------------------------------------------------------- */

/* What the page says is wrong; false when it says nothing. */
static bool find_words(const struct form_login *l, char words[WORDS_BYTES])
{
    const struct buf *page = &l->visit.exchange.http.body;

    for (int i = 0; i < FORM_LOGIN_MARKS_MAX && l->kind->error_marks[i]; i++) {
        if (html_text_of(words, WORDS_BYTES, page->bytes, page->count, l->kind->error_marks[i]))
            return true;
    }
    return false;
}

/* "why: what the page says; advice". */
static enum status refuse(const struct form_login *l, const char *why, const char *advice,
                          struct fault *f)
{
    char words[WORDS_BYTES], text[WORDS_BYTES + 400];
    bool has_words = find_words(l, words);

    snprintf(text, sizeof text, "%s%s%s%s; %s", why, has_words ? ": \"" : "",
             has_words ? words : "", has_words ? "\"" : "", advice);
    return exchange_refuse(&l->visit.exchange, text, f);
}

static enum status refuse_ticket(const struct form_login *l, struct fault *f)
{
    if (!http_can_negotiate()) {
        return refuse(l, "there is no UID and PWD, and this libcurl cannot use a Kerberos ticket",
                      "give both", f);
    }
    return refuse(l, "there is no UID and PWD, and no Kerberos ticket has been accepted",
                  "give both, or get a ticket (kinit; klist shows it)", f);
}

/* ---- pages -------------------------------------------------------------------------------- */

enum status form_login_take(struct buf *assertion, const char *response, const struct exchange *x,
                            struct fault *f)
{
    for (const char *at = response; *at; at++) {
        if (!ascii_is_blank(*at)) buf_putc(assertion, *at);
    }
    if (!buf_ok(assertion)) return exchange_refuse(x, "its SAML response is too large", f);
    return assertion->count ? ST_OK : exchange_refuse(x, "its SAML response is empty", f);
}

/* Where the form is to be posted; NULL with a fault. */
static const char *target_of(struct form_login *l, const struct html_form *form, struct arena *a,
                             struct fault *f)
{
    const char *here = l->visit.url, *query = l->kind->query;
    const char *action = form->action ? web_url_resolve(a, here, form->action) : NULL;

    if (!web_url_same_origin(here, l->url)) {
        refuse(l, "its login form is at another host than idp_host, where the password is not sent",
               l->kind->place_advice, f);
        return NULL;
    }
    if (action && *form->action && web_url_same_origin(action, l->url)) return action;
    if (form->action && *form->action) {
        log_warn("%s: the form is for another host, it is posted to its page's", l->manner.doing);
    }
    if (!query) return here;
    here = arena_printf(a, "%s%c%s", here, strchr(here, '?') ? '&' : '?', query);
    if (!here) fault_no_memory(f);
    return here;
}

static enum status post(struct form_login *l, const struct html_page *page, struct arena *a,
                        struct fault *f) RUNS_ON(io_thread);
static enum status post(struct form_login *l, const struct html_page *page, struct arena *a,
                        struct fault *f)
{
    const struct options *o = l->in->options;
    const struct html_form *form = html_login_form(page);
    const char *url;
    struct buf fields;
    enum status st = ST_ERR;

    if (!form) return refuse(l, "its page has no login form", l->kind->place_advice, f);
    url = target_of(l, form, a, f);
    if (!url) return ST_ERR;
    buf_init_secret(&fields, FIELDS_BYTES_MAX);
    if (html_fill_login(&fields, page, form, options_text(o, OPTION_UID),
                        options_text(o, OPTION_PWD))) {
        st = visit_form(&l->visit, l->in, &l->manner, url, &fields, f);
    } else {
        refuse(l, "its login form is not one with one user and one password", l->kind->place_advice,
               f);
    }
    buf_clear(&fields);
    l->step = FORM_LOGIN_LOGIN;
    return st ? st : ST_WAIT;
}

/* A page without the response: the form, or why there is none. */
static enum status go_on(struct form_login *l, const struct html_page *page, struct arena *a,
                         struct fault *f) RUNS_ON(io_thread);
static enum status go_on(struct form_login *l, const struct html_page *page, struct arena *a,
                         struct fault *f)
{
    bool is_fine = l->visit.exchange.http.status == 200;

    if (l->step == FORM_LOGIN_LOGIN && html_login_form(page)) {
        return refuse(l, "the login was not accepted", "check UID and PWD", f);
    }
    if (l->step == FORM_LOGIN_LOGIN) {
        return refuse(l, "the login led to a page without a SAML response",
                      "check UID and PWD, and "
                      "that the user needs no second factor and may use AWS",
                      f);
    }
    if (!l->has_user && l->kind->takes_ticket) return refuse_ticket(l, f);
    if (!is_fine) return refuse(l, "there is no login page", l->kind->place_advice, f);
    return post(l, page, a, f);
}

static enum status take_page(struct form_login *l, struct buf *assertion, struct fault *f)
    RUNS_ON(io_thread);
static enum status take_page(struct form_login *l, struct buf *assertion, struct fault *f)
{
    const struct exchange *x = &l->visit.exchange;
    struct html_page page;
    struct arena a; /* apart from the visit's, which may begin the next */
    enum status st;

    arena_init(&a);
    st = html_read_page(&page, &a, x->http.body.bytes, x->http.body.count, f);
    if (!st) {
        const char *response = html_value(&page, RESPONSE);

        if (response) l->step = FORM_LOGIN_DONE;
        st = response ? form_login_take(assertion, response, x, f) : go_on(l, &page, &a, f);
    }
    arena_wipe(&a);
    return st;
}

enum status form_login_ready(struct form_login *l, struct buf *assertion, struct fault *f)
{
    enum status st = visit_ready(&l->visit, f);

    if (!st) st = take_page(l, assertion, f);
    return st;
}

void form_login_clear(struct form_login *l)
{
    visit_clear(&l->visit);
    *l = (struct form_login){0};
}
