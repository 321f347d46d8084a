/* Connecting in steps. See browse.h; what is asked stands in config/browse.c. */
#include "exec/browse.h"

#include <stdlib.h>
#include <string.h>

#include "aws/creds_env.h"
#include "config/browse.h"
#include "config/connstr.h"
#include "config/dsn.h"
#include "exec/connect.h"
#include "auth/profile_files.h"

/* The data source is read once: what it said and was refused must not come back. */
static enum status take_answers(struct dbc *d, const char *string, struct option_warnings *w,
                                struct fault *f)
{
    enum status st, read = ST_OK;
    struct options answers;

    options_init(&answers);
    st = connstr_parse(&answers, string, strlen(string), w, f);
    if (d->browse != BROWSE_ASKED) options_clear(&d->options);
    options_override(&d->options, &answers);
    if (d->browse != BROWSE_ASKED) {
        read = dsn_read(&d->options, options_text(&d->options, OPTION_DSN), dsn_get_from_odbcinst,
                        w, f);
    }
    return st ? st : read;
}

/* False when nothing has to be asked. Files that cannot be read only make the choice smaller. */
static bool ask(struct dbc *d, struct buf *out)
{
    struct browse_environment known;
    struct profiles profiles;
    struct creds_env env;
    bool is_asked;

    creds_env_read(&env, secure_getenv);
    profile_init(&profiles);
    profile_files_read(&profiles, &env, NULL);
    known.has_region =
        creds_env_region(&env) ||
        profile_get(&profiles, PROFILE_PROFILE,
                    creds_env_profile(&env, options_text(&d->options, OPTION_AWS_PROFILE)),
                    "region");
    known.has_profile = env.values[ENV_PROFILE] || env.values[ENV_DEFAULT_PROFILE];
    known.profiles = &profiles;
    is_asked = browse_write_needs(&d->options, &known, out);
    profile_clear(&profiles);
    if (is_asked) d->browse = BROWSE_ASKED;
    return is_asked;
}

/* All that is needed is there. Refused credentials are asked for again. */
static SQLRETURN complete(struct dbc *d, struct buf *out)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct option_warnings w = {.first = NULL};
    SQLRETURN rc;

    if (options_check(&d->options, &f)) return diag_fault(&d->base.diag, &f);
    rc = connect_open(d);
    if (rc != SQL_ERROR) {
        connect_write_string(d, out);
        options_warn_of_ineffective(&d->options, &w);
        return connect_report_warnings(d, &w) ? SQL_SUCCESS_WITH_INFO : rc;
    }
    if (d->base.diag.records[0].state == SQLSTATE_28000 && browse_forget_credentials(&d->options) &&
        ask(d, out)) {
        return SQL_NEED_DATA;
    }
    return rc;
}

static SQLRETURN end_browse(struct dbc *d)
{
    options_clear(&d->options);
    d->browse = d->browse == BROWSE_NONE ? BROWSE_NONE : BROWSE_FAILED;
    return SQL_ERROR;
}

SQLRETURN browse_connect(struct dbc *d, const char *string, struct buf *out)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct option_warnings w = {.first = NULL};
    enum status st = take_answers(d, string, &w, &f);
    SQLRETURN rc, warned = connect_report_warnings(d, &w);

    if (st) diag_fault(&d->base.diag, &f);
    if (ask(d, out)) {
        rc = SQL_NEED_DATA;
    } else {
        rc = st ? SQL_ERROR : complete(d, out);
    }
    if (rc != SQL_ERROR && !buf_ok(out)) {
        if (rc != SQL_NEED_DATA) connect_close(d);
        rc = diag_push(&d->base.diag, SQLSTATE_HY001, 0, "no memory to connect");
    }
    if (rc == SQL_ERROR) return end_browse(d);
    return rc ? rc : warned;
}
