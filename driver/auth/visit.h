/*
 * A page of an identity provider, as a browser without a screen gets it: cookies kept, redirects
 * followed.
 *
 *     ASK -> DONE
 *      ^ |
 *      +-+       a redirect, VISIT_REDIRECTS_MAX at most
 *
 * Only https, wherever a redirect points. A form's fields hold a password: they go to the address they
 * are meant for, and are not sent on, even where a redirect asks for that (307, 308). I/O thread.
 */
#ifndef ATHENA_AUTH_VISIT_H
#define ATHENA_AUTH_VISIT_H

#include <stdbool.h>
#include <stddef.h>

#include "auth/exchange.h"
#include "auth/sign_in.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/http.h"

enum { VISIT_REDIRECTS_MAX = 10 };

/* What does not change from page to page. */
struct visit_manner {
    const char *doing;       /* "signing in at AD FS": how faults begin; static */
    size_t max_answer_bytes; /* of a page */
    bool negotiates;         /* with the Kerberos ticket of the process; for pages, not for forms */
};

/* Zeroed: idle. */
struct visit {
    const struct sign_in *in;
    const struct visit_manner *manner;
    struct http_cookies cookies; /* of all visits until the end */
    struct exchange exchange;    /* the page in exchange.http, once it is there */
    struct arena arena;
    const char *url; /* where the page is; may hold a token */
    unsigned redirects;
};

/* "https://idp_host:idp_port" in in->arena; NULL with HY024 when idp_host is no host. */
const char *visit_base(const struct sign_in *in, struct fault *f);

/*
 * Gets a page. in and manner are borrowed until the visit is cleared; what it has had before, its
 * cookies but for, is dropped. 28000 for an address that is not https, HY001.
 */
enum status visit_page(struct visit *v, const struct sign_in *in, const struct visit_manner *manner,
                       const char *url, struct fault *f) RUNS_ON(io_thread);

/* The same, with the fields of a form that are posted there, once. fields are copied and wiped. */
enum status visit_form(struct visit *v, const struct sign_in *in, const struct visit_manner *manner,
                       const char *url, const struct buf *fields, struct fault *f)
    RUNS_ON(io_thread);

/* ST_WAIT; ST_OK: a page came, whatever its status; ST_ERR: as exchange_ready(), 28000 for a redirect
   that is not followed. */
enum status visit_ready(struct visit *v, struct fault *f) RUNS_ON(io_thread);

/* Ends it; wipes and frees, cookies too. Idle again. */
void visit_clear(struct visit *v) RUNS_ON(io_thread);

#endif
