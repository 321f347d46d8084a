/*
 * Signing in with a login form, as AD FS and PingFederate show it, up to the page with the SAML response.
 *
 *     PAGE -> LOGIN -> DONE
 *      |                ^
 *      +----------------+       who is known already gets the response at once
 *
 *   PAGE   waits for the page with the form
 *   LOGIN  waits for what answers the form, filled in
 *
 * The password goes to the host that was asked, over https, once: a form that says otherwise is
 * posted to where its page came from, as AWS's own driver does. Without a user or password the Kerberos
 * ticket of the process stands in for them, where the provider may take one. I/O thread.
 */
#ifndef ATHENA_AUTH_FORM_LOGIN_H
#define ATHENA_AUTH_FORM_LOGIN_H

#include <stdbool.h>

#include "auth/sign_in.h"
#include "auth/visit.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

enum { FORM_LOGIN_MARKS_MAX = 3 };

/* How one system differs from the other. */
struct form_login_kind {
    struct visit_manner manner;
    const char *place_advice; /* what to check when there is no login form: "check idp_host ..." */
    const char
        *error_marks[FORM_LOGIN_MARKS_MAX]; /* id or class of the element with an error text */
    const char *query; /* put behind the page's own address when a form is posted there; or NULL */
    bool takes_ticket;
};

enum form_login_step { FORM_LOGIN_PAGE, FORM_LOGIN_LOGIN, FORM_LOGIN_DONE };

/* Zeroed: idle. */
struct form_login {
    enum form_login_step step;
    const struct sign_in *in;
    const struct form_login_kind *kind;
    struct visit_manner manner;
    struct visit visit;
    const char *url; /* the one asked first, in in->arena */
    bool has_user;   /* user and password are there */
};

/* Asks for the page at url, which is in in->arena. */
enum status form_login_start(struct form_login *l, const struct sign_in *in,
                             const struct form_login_kind *kind, const char *url, struct fault *f)
    RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: the response is appended to assertion; ST_ERR: 28000 with what the provider says, or
 * as visit_ready().
 */
enum status form_login_ready(struct form_login *l, struct buf *assertion, struct fault *f)
    RUNS_ON(io_thread);

void form_login_clear(struct form_login *l) RUNS_ON(io_thread);

/* Appends a SAML response in base64, without blanks; 28000 when it is empty, HY001. */
enum status form_login_take(struct buf *assertion, const char *response, const struct exchange *x,
                            struct fault *f);

#endif
