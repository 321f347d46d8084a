/* Connecting. See connect.h. */
#include "exec/connect.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/version.h"
#include "config/authentication.h"
#include "config/connstr.h"
#include "config/dsn.h"
#include "config/log_options.h"
#include "config/proxy.h"
#include "engine/engine.h"
#include "engine/op.h"
#include "exec/cancel.h"
#include "exec/description_cache.h"
#include "exec/execute.h"
#include "handle/desc.h"
#include "handle/env.h"
#include "handle/stmt.h"
#include "ops/hello.h"
#include "ops/session.h"

enum {
    LOGIN_SECONDS = 60,            /* when nobody says how long */
    STOP_QUERIES_MS = 2000,        /* how long the last disconnect lets stop requests go out */
    WAY_OUT_MS = 200,              /* for a call that a disconnect has ended to leave the manager */
    OPTIONS_SHOWN_BYTES = 16 << 10 /* a line of the log is cut before that */
};

/*
 * The environment's log, if there is one, else the one that the options ask for. What has no log of
 * its own writes none.
 */
static SQLRETURN open_log(struct dbc *d)
{
    char why[100];
    struct log_wish wish;
    int error = 0;

    if (d->env->log.file) return SQL_SUCCESS;
    log_subject_leave(&d->log);
    log_options_read(&wish, &d->options);
    d->log.file = log_file_open(&wish, &error);
    d->log.level = d->log.file ? wish.level : LOG_OFF;
    if (d->log.file) handle_begin_log(&d->base);
    if (!error) return SQL_SUCCESS;
    return diag_warn(&d->base.diag, SQLSTATE_01000,
                     "the log file %.300s cannot be opened (%s); standard error takes its place",
                     wish.path, strerror_r(error, why, sizeof why));
}

static void log_options(const struct dbc *d)
{
    struct buf text;

    if (!log_is_on(LOG_INFO)) return;
    buf_init(&text, OPTIONS_SHOWN_BYTES);
    log_options_show(&d->options, &text);
    log_info("odbc-athena %s in %s connects: %s", version_text, program_invocation_short_name,
             text.count ? text.bytes : "");
    buf_clear(&text);
}

SQLRETURN connect_report_warnings(struct dbc *d, struct option_warnings *w)
{
    SQLRETURN rc = w->first ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;

    for (const struct option_warning *warning = w->first; warning; warning = warning->next) {
        diag_warn(&d->base.diag, warning->state, "%s", warning->text);
    }
    options_warnings_clear(w);
    return rc;
}

/* What is read lies in d->options; the data source that it names and the check come on top. */
static SQLRETURN finish_options(struct dbc *d, enum status read, struct option_warnings *w,
                                struct fault *f)
{
    enum status st = read;

    if (!st) {
        st = dsn_read(&d->options, options_text(&d->options, OPTION_DSN), dsn_get_from_odbcinst, w,
                      f);
    }
    if (!st) st = options_check(&d->options, f);
    if (!st) {
        options_warn_of_ineffective(&d->options, w);
        proxy_warn(&d->options, w);
        return SQL_SUCCESS;
    }
    open_log(d); /* by what could be read of them: it tells what could not */
    return diag_fault(&d->base.diag, f);
}

static SQLRETURN open_with_warnings(struct dbc *d, enum status read, struct option_warnings *w,
                                    struct fault *f)
{
    SQLRETURN rc = finish_options(d, read, w, f);

    if (!rc) rc = connect_open(d);
    if (rc == SQL_ERROR) {
        options_clear(&d->options);
        options_warnings_clear(w);
        return rc;
    }
    return connect_report_warnings(d, w) ? SQL_SUCCESS_WITH_INFO : rc;
}

SQLRETURN connect_with_string(struct dbc *d, const char *string)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct option_warnings w = {.first = NULL};
    enum status st;

    options_clear(&d->options);
    st = connstr_parse(&d->options, string, strlen(string), &w, &f);
    return open_with_warnings(d, st, &w, &f);
}

static enum status set_option(struct options *o, enum option_id id, const char *value,
                              struct fault *f)
{
    return value ? options_set(o, id, value, strlen(value), OPTION_FROM_STRING, f) : ST_OK;
}

SQLRETURN connect_with_dsn(struct dbc *d, const char *dsn, const char *user, const char *password)
{
    struct fault f = {.state = SQLSTATE_NONE};
    struct option_warnings w = {.first = NULL};
    enum status st;

    options_clear(&d->options);
    st = set_option(&d->options, OPTION_DSN, dsn, &f);
    if (!st) st = set_option(&d->options, OPTION_UID, user, &f);
    if (!st) st = set_option(&d->options, OPTION_PWD, password, &f);
    return open_with_warnings(d, st, &w, &f);
}

void connect_write_string(struct dbc *d, struct buf *out)
{
    connstr_write(&d->options, out);
}

/* A person who signs in has the time that the option says, when nobody says how long all may take. */
static int64_t login_ms(const struct dbc *d)
{
    int64_t seconds = d->login_timeout_s;

    if (!seconds) seconds = options_number(&d->options, OPTION_LOGIN_TIMEOUT);
    if (!seconds) seconds = LOGIN_SECONDS + authentication_person_s(&d->options);
    return seconds * 1000;
}

/* While connecting, "the link broke" is "no connection could be made". */
static SQLRETURN refuse(struct dbc *d, const struct fault *f)
{
    struct fault shown = *f;

    if (shown.state == SQLSTATE_08S01) shown.state = SQLSTATE_08001;
    return diag_fault(&d->base.diag, &shown);
}

static void publish(struct dbc *d, struct op *op)
{
    mutex_lock(&d->shared);
    d->running = op;
    mutex_unlock(&d->shared);
}

void connect_cancel(struct dbc *d)
{
    mutex_lock(&d->shared);
    if (d->running) op_cancel(d->running);
    mutex_unlock(&d->shared);
}

/* What other drivers want to be told in any case, and such a workgroup refuses. */
static SQLRETURN warn_of_managed_results(struct dbc *d)
{
    static const enum option_id in_vain[] = {OPTION_S3_OUTPUT_LOCATION, OPTION_S3_OUTPUT_ENC_OPTION,
                                             OPTION_EXPECTED_BUCKET_OWNER, OPTION_ACL_OPTION};
    SQLRETURN rc = SQL_SUCCESS;

    if (!atomic_load(&d->session->has_managed_results)) return rc;
    for (size_t i = 0; i < sizeof in_vain / sizeof *in_vain; i++) {
        if (!options_is_set(&d->options, in_vain[i])) continue;
        rc = diag_warn(&d->base.diag, SQLSTATE_01000,
                       "option %s has no effect: workgroup %s keeps results itself",
                       options_info(in_vain[i])->name, d->session->workgroup);
    }
    return rc;
}

static SQLRETURN say_hello(struct dbc *d)
{
    struct hello *hello;
    SQLRETURN rc = SQL_SUCCESS;

    if (!options_flag(&d->options, OPTION_CONNECTION_TEST)) return SQL_SUCCESS;
    if (d->async_dbc_enable == SQL_ASYNC_DBC_ENABLE_ON) return SQL_SUCCESS;

    hello = hello_new(d->session);
    if (!hello) return diag_push(&d->base.diag, SQLSTATE_HY001, 0, "no memory to connect");
    hello->op.deadline_ms = clock_deadline_ms(login_ms(d));
    op_submit(&hello->op);
    publish(d, &hello->op);
    if (op_wait(&hello->op, CLOCK_NEVER)) rc = refuse(d, &hello->op.fault);
    publish(d, NULL);
    op_release(&hello->op);
    return rc ? rc : warn_of_managed_results(d);
}

static void read_settings(struct dbc *d)
{
    const struct options *o = &d->options;

    d->types.string_column_length = (int)options_number(o, OPTION_STRING_COLUMN_LENGTH);
    d->types.complex_column_length = (int)options_number(o, OPTION_COMPLEX_TYPE_COLUMN_LENGTH);
    d->types.use_wchar = options_flag(o, OPTION_USE_WCHAR_FOR_STRING_TYPES);
}

/* Names that were set by attribute before connecting stay. */
static bool read_names(struct dbc *d)
{
    char *catalog = dbc_catalog(d), *schema = dbc_schema(d);

    mutex_lock(&d->shared);
    free(d->catalog);
    free(d->schema);
    d->catalog = catalog;
    d->schema = schema;
    mutex_unlock(&d->shared);
    return catalog && schema;
}

static void let_go(struct dbc *d)
{
    session_release(d->session);
    d->session = NULL;
    if (d->engine) engine_release(d->engine, STOP_QUERIES_MS);
    d->engine = NULL;
}

SQLRETURN connect_open(struct dbc *d)
{
    const int64_t begun_ms = clock_now_ms();
    struct fault f = {.state = SQLSTATE_NONE};
    SQLRETURN rc, opened = open_log(d);

    log_options(d);
    d->engine = engine_acquire(&f);
    if (d->engine) d->session = session_new(&d->options, d->engine, &f);
    dbc_apply_network_timeout(d);
    rc = d->session ? say_hello(d) : refuse(d, &f);
    if (!rc && !read_names(d)) {
        rc = diag_push(&d->base.diag, SQLSTATE_HY001, 0, "no memory to connect");
    }
    if (rc == SQL_ERROR) {
        let_go(d);
        return rc;
    }
    read_settings(d);
    d->is_connected = true;
    d->browse = BROWSE_NONE;
    log_info("connected to %s, region %s, workgroup %s, in %lld ms", d->session->athena.url,
             d->session->places.region, d->session->workgroup,
             (long long)(clock_now_ms() - begun_ms));
    return rc ? rc : opened;
}

/* The statement behind one, or the first for NULL. */
static struct stmt *next_stmt(struct dbc *d, struct stmt *behind)
{
    struct stmt *s = NULL;
    struct list *link;

    mutex_lock(&d->shared);
    link = behind ? behind->link.next : d->stmts.next;
    if (link != &d->stmts) s = container_of(link, struct stmt, link);
    mutex_unlock(&d->shared);
    return s;
}

/*
 * The lock waits for a thread that is inside a function of the statement; the cancel before it sees
 * to it that this does not take long. In the child of a fork(), and when the process is ending, such
 * a thread may be no more: false then.
 */
static bool lock_cancelled(struct stmt *s) TRIES_LOCK(s->base.lock);

static bool lock_cancelled(struct stmt *s)
{
    if (!engine_is_usable(s->dbc->engine)) return mutex_try_lock(&s->base.lock);
    exec_cancel(s);
    mutex_lock(&s->base.lock);
    return true;
}

/* Whether a thread is inside a function of the statement. */
static bool is_in_a_call(struct stmt *s)
{
    if (!mutex_try_lock(&s->base.lock)) return engine_is_usable(s->dbc->engine);
    mutex_unlock(&s->base.lock);
    return false;
}

/* True when that has ended a call of another thread. */
static bool end_stmt(struct stmt *s)
{
    bool ends_call = is_in_a_call(s);

    if (!lock_cancelled(s)) {
        stmt_abandon(s);
        return false;
    }
    exec_discard(s);
    stmt_bury(s);
    mutex_unlock(&s->base.lock);
    return ends_call;
}

static void empty_stmt(struct stmt *s)
{
    if (!lock_cancelled(s)) return;
    exec_discard(s);
    mutex_unlock(&s->base.lock);
}

static struct desc *any_desc(struct dbc *d)
{
    struct desc *desc = NULL;

    mutex_lock(&d->shared);
    if (!list_is_empty(&d->descs)) desc = container_of(d->descs.next, struct desc, link);
    mutex_unlock(&d->shared);
    return desc;
}

/* Nobody knows the statements and descriptors that are left, but nobody has said so: they stay. */
SQLRETURN connect_reset(struct dbc *d)
{
    for (struct stmt *s = next_stmt(d, NULL); s; s = next_stmt(d, s)) {
        empty_stmt(s);
    }
    dbc_reset_attributes(d);
    if (read_names(d)) return SQL_SUCCESS;
    return diag_push(&d->base.diag, SQLSTATE_HY001, 0, "no memory to reset the connection");
}

/*
 * unixODBC frees its own statements as soon as SQLDisconnect returns, also one whose call another
 * thread is just leaving, which crashes there (seen with 2.3.11). It is on its way out already.
 */
static void let_calls_out(void)
{
    usleep(WAY_OUT_MS * 1000);
}

void connect_close(struct dbc *d)
{
    struct stmt *s;
    struct desc *desc;
    bool has_ended_calls = false;

    while ((s = next_stmt(d, NULL))) {
        if (end_stmt(s)) has_ended_calls = true;
    }
    while ((desc = any_desc(d))) {
        desc_free(desc);
    }
    description_cache_clear(d);
    let_go(d);
    mutex_lock(&d->shared);
    free(d->catalog);
    free(d->schema);
    d->catalog = d->schema = NULL;
    mutex_unlock(&d->shared);
    options_clear(&d->options);
    if (d->is_connected) log_info("disconnected");
    d->is_connected = false;
    d->browse = BROWSE_NONE;
    if (has_ended_calls) let_calls_out();
}
