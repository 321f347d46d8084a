/* The loopback of browsers' sign-ins. See loopback.h. */
#include "auth/loopback.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "aws/form.h"
#include "aws/oauth.h"
#include "aws/served_request.h"
#include "base/ascii.h"
#include "base/log.h"

enum {
    PEERS_MAX = 32,
    PEER_MS = 20 * 1000,
    FIELD_BYTES_MAX = SERVED_BODY_BYTES_MAX,
    WORD_BYTES_MAX = 4096,
    PAGE_BYTES_MAX = 4096
};

#define PATH "/athena"

/* ---- what is shown ------------------------------------------------------------------------ */

enum page {
    PAGE_DONE,
    PAGE_REFUSED,
    PAGE_STRANGER,
    PAGE_BAD,
    PAGE_NOT_HERE,
    PAGE_WRONG_METHOD,
    PAGE_WRONG_HOST,
    PAGE_TOO_LARGE
};

static const struct {
    const char *status, *title, *text;
} pages[] = {
    [PAGE_DONE] =
        {"200 OK", "Signed in",
         "Your sign-in has been handed to the Athena driver. You can close this window and "
         "go back to your program."},
    [PAGE_REFUSED] =
        {"200 OK", "Not signed in",
         "The identity provider did not sign you in. Your program shows the reason. You can "
         "close this window."},
    [PAGE_STRANGER] =
        {"400 Bad Request", "Not the answer that is waited for",
         "This does not belong to the sign-in that the Athena driver has begun. Sign in in "
         "the window that it has opened."},
    [PAGE_BAD] = {"400 Bad Request", "Bad request", "The Athena driver cannot read this."},
    [PAGE_NOT_HERE] = {"404 Not Found", "Nothing here", "There is nothing at this address."},
    [PAGE_WRONG_METHOD] = {"405 Method Not Allowed", "Not allowed", "GET or POST."},
    [PAGE_WRONG_HOST] = {"421 Misdirected Request", "Not this machine's name",
                         "This address is for localhost alone."},
    [PAGE_TOO_LARGE] = {"413 Content Too Large", "Too large", "This is too large to be a sign-in."},
};

static void show(struct peer *p, enum page page) RUNS_ON(io_thread);
static void show(struct peer *p, enum page page)
{
    struct buf body, answer;

    buf_init_secret(&body, PAGE_BYTES_MAX);
    buf_init_secret(&answer, PAGE_BYTES_MAX);
    buf_printf(&body,
               "<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>%s</title>"
               "<style>body{font:1.1em sans-serif;margin:4em auto;max-width:34em}</style>"
               "<h1>%s</h1><p>%s</p></html>\n",
               pages[page].title, pages[page].title, pages[page].text);
    buf_printf(&answer,
               "HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %zu\r\n"
               "Connection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
               "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n"
               "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n",
               pages[page].status, body.count);
    buf_put(&answer, body.bytes, body.count);
    peer_answer(p, answer.bytes, answer.count);
    buf_clear(&body);
    buf_clear(&answer);
}

/* ---- what comes --------------------------------------------------------------------------- */

/* A name that somebody else has made to point to this machine (DNS rebinding) is not ours. */
static bool is_own_host(struct served_text host, unsigned port)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char own[32];
        size_t bytes = (size_t)snprintf(own, sizeof own, "%s:%u", names[i], port);

        if (port == 80 && host.count == strlen(names[i])) bytes = host.count;
        if (host.count == bytes && ascii_same_bytes(host.bytes, own, bytes)) return true;
    }
    return false;
}

/* A field of the query or of the form. */
static bool find(struct buf *b, const struct served_request *r, const char *name)
{
    if (r->query.count && form_find(b, r->query.bytes, r->query.count, name)) return true;
    return served_text_is(r->method, "POST") && served_request_is_form(r) && r->body.count &&
           form_find(b, r->body.bytes, r->body.count, name);
}

static bool has_right_echo(const struct loopback *l, const struct served_request *r)
{
    struct buf echo;
    bool is_right;

    buf_init_secret(&echo, WORD_BYTES_MAX);
    is_right = find(&echo, r, l->wish.echo) && pkce_same(echo.bytes, l->state);
    buf_clear(&echo);
    return is_right;
}

static void find_words(char *out, size_t room, const struct served_request *r, const char *name)
{
    struct buf b;

    buf_init_secret(&b, WORD_BYTES_MAX);
    find(&b, r, name);
    oauth_words(out, room, b.bytes);
    buf_clear(&b);
}

/* RFC 6749, section 4.1.2.1. False when no error is told. */
static bool take_error(struct loopback *l, const struct served_request *r)
{
    char error[100], words[600];

    find_words(error, sizeof error, r, "error");
    find_words(words, sizeof words, r, "error_description");
    if (!*error) return false;
    fault_set(&l->fault, SQLSTATE_28000, 0, "%s: the identity provider refuses: %s%s%s",
              l->wish.doing, error, *words ? ": " : "", words);
    return true;
}

static void end(struct loopback *l, enum loopback_step step) RUNS_ON(io_thread);
static void end(struct loopback *l, enum loopback_step step)
{
    l->step = step;
    timer_stop(&l->limit, l->owner->engine);
    op_wake(l->owner);
}

static enum page take_answer(struct loopback *l, const struct served_request *r) RUNS_ON(io_thread);
static enum page take_answer(struct loopback *l, const struct served_request *r)
{
    if (l->step != LOOPBACK_LISTENING) return PAGE_STRANGER; /* one is enough */
    if (!has_right_echo(l, r)) {
        l->strangers++;
        log_warn("%s: an answer without the right %s came, and was not taken", l->wish.doing,
                 l->wish.echo);
        return PAGE_STRANGER;
    }
    buf_reset(&l->proof);
    if (find(&l->proof, r, l->wish.proof) && l->proof.count) {
        end(l, LOOPBACK_ANSWERED);
        return PAGE_DONE;
    }
    if (!take_error(l, r)) return PAGE_BAD;
    end(l, LOOPBACK_REFUSED);
    return PAGE_REFUSED;
}

static enum page page_for(struct loopback *l, const struct served_request *r) RUNS_ON(io_thread);
static enum page page_for(struct loopback *l, const struct served_request *r)
{
    if (!is_own_host(r->host, l->listener.port)) return PAGE_WRONG_HOST;
    if (!served_text_is(r->path, PATH) && !served_text_is(r->path, PATH "/")) return PAGE_NOT_HERE;
    if (!served_text_is(r->method, "GET") && !served_text_is(r->method, "POST")) {
        return PAGE_WRONG_METHOD;
    }
    return take_answer(l, r);
}

static void received(void *context, struct peer *p, const struct buf *in)
{
    struct loopback *l = context;
    struct served_request r;

    engine_assert();
    switch (served_request_read(&r, in->bytes, in->count)) {
    case SERVED_PARTIAL:
        break;
    case SERVED_WHOLE:
        show(p, page_for(l, &r));
        break;
    case SERVED_TOO_LARGE:
        show(p, PAGE_TOO_LARGE);
        break;
    case SERVED_BAD:
        show(p, PAGE_BAD);
        break;
    }
}

/* ---- the beginning and the end ------------------------------------------------------------ */

static enum status explain(const struct loopback *l, const struct fault *why, struct fault *f)
{
    bool is_taken = why->native == EADDRINUSE;

    return fault_set(f, why->state, why->native, "%s: %s%s", l->wish.doing, why->text,
                     is_taken
                         ? "; another program uses it, perhaps a sign-in that has not ended. "
                           "listen_port chooses another port, which the identity provider must "
                           "know as http://localhost:PORT" PATH
                         : "");
}

enum status loopback_start(struct loopback *l, struct op *owner, const struct loopback_wish *wish,
                           struct fault *f)
{
    const struct listener_wish doors = {.port = (unsigned)wish->port,
                                        .max_in_bytes = SERVED_HEAD_BYTES_MAX +
                                                        SERVED_BODY_BYTES_MAX,
                                        .max_peers = PEERS_MAX,
                                        .patience_ms = PEER_MS,
                                        .received = received,
                                        .context = l};
    struct fault why = {0};

    loopback_clear(l);
    l->owner = owner;
    l->wish = *wish;
    buf_init_secret(&l->proof, FIELD_BYTES_MAX);
    if (!pkce_random_text(l->state)) {
        return fault_set(f, SQLSTATE_HY000, 0, "%s: the system gives no random bits", wish->doing);
    }
    if (listener_open(&l->listener, owner->engine, &doors, &why)) return explain(l, &why, f);
    snprintf(l->redirect_uri, sizeof l->redirect_uri, "http://localhost:%u" PATH, l->listener.port);
    l->step = LOOPBACK_LISTENING;
    timer_start(&l->limit, owner, wish->timeout_s * 1000);
    log_info("%s: waiting at %s", wish->doing, l->redirect_uri);
    return ST_OK;
}

static enum status give_up(const struct loopback *l, struct fault *f)
{
    char strangers[120] = "";

    if (l->strangers) {
        snprintf(strangers, sizeof strangers,
                 "; what came lacked the right %s, which the provider "
                 "has to hand back",
                 l->wish.echo);
    }
    return fault_set(f, SQLSTATE_HYT00, 0, "%s: nobody has signed in within %lld s (option %s)%s",
                     l->wish.doing, (long long)l->wish.timeout_s, l->wish.timeout_option,
                     strangers);
}

enum status loopback_ready(struct loopback *l, struct fault *f)
{
    if (l->step == LOOPBACK_ANSWERED) return ST_OK;
    if (l->step == LOOPBACK_REFUSED) {
        fault_copy(f, &l->fault);
        return ST_ERR;
    }
    return timer_ready(&l->limit) ? ST_WAIT : give_up(l, f);
}

void loopback_clear(struct loopback *l)
{
    if (!l->owner) return;
    timer_stop(&l->limit, l->owner->engine);
    listener_close(&l->listener);
    buf_clear(&l->proof);
    explicit_bzero(l, sizeof *l);
}
