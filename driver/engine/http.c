/*
 * An exchange, as its owner sees it: see http.h. curl's side is struct http_easy.
 *
 *     IDLE --http_start()--> RUNNING --curl, a timer or the engine's end--> DONE
 *       ^                       |                                            |
 *       +------http_clear()-----+--------------------------------------------+
 */
#include "engine/http.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/wipe.h"
#include "engine/http_easy.h"
#include "engine/loop.h"

bool http_settings_copy(struct http_settings *to, const struct http_settings *from, struct arena *a)
{
    const struct {
        const char *text;
        const char **copy;
    } texts[] = {
        {from->user_agent, &to->user_agent}, {from->ca_file, &to->ca_file},
        {from->ca_path, &to->ca_path},       {from->proxy, &to->proxy},
        {from->proxy_user, &to->proxy_user}, {from->proxy_password, &to->proxy_password},
        {from->no_proxy, &to->no_proxy},     {from->place, &to->place},
    };
    bool is_whole = true;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i].copy = a ? arena_text(a, texts[i].text) : texts[i].text;
        is_whole = is_whole && !texts[i].text == !*texts[i].copy;
    }
    to->verify_tls = from->verify_tls;
    to->wants_tls13 = from->wants_tls13;
    to->connect_timeout_ms = from->connect_timeout_ms;
    to->stall_timeout_ms = from->stall_timeout_ms;
    return is_whole;
}

void http_settings_wipe(struct http_settings *s)
{
    const char *const secrets[] = {s->proxy, s->proxy_user, s->proxy_password};

    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        wipe_text(secrets[i]);
    }
}

/* For an exchange that could not begin. */
static enum status take_back(struct http *h, struct http_easy *easy, struct fault *f)
    RUNS_ON(io_thread)
{
    if (easy != NULL) http_multi_abandon(easy);
    h->easy = NULL;
    http_clear(h);
    return fault_no_memory(f);
}

enum status http_start(struct http *h, struct op *owner, const struct http_request *request,
                       struct fault *f)
{
    struct http_easy *easy;

    http_clear(h);
    easy = http_multi_take_easy(owner->engine->http, request->sink != NULL);
    if (easy == NULL) return take_back(h, easy, f);
    h->owner = owner;
    h->sent_ms = clock_now_ms();
    h->easy = easy;
    easy->http = h;
    if (http_easy_set_up(easy, request)) return take_back(h, easy, f);
    if (http_multi_add(easy)) return take_back(h, easy, f);
    h->phase = HTTP_RUNNING;
    return ST_OK;
}

static bool has_sent(const struct http_easy *easy)
{
    long request_bytes = 0;

    curl_easy_getinfo(easy->curl, CURLINFO_REQUEST_SIZE, &request_bytes);
    return request_bytes > 0;
}

static void log_end(const struct http *h, const struct http_easy *easy)
{
    const struct log_subject *outer;
    const int64_t took_ms = h->answered_ms - h->sent_ms;

    if (!log_is_on(LOG_TRACE)) return;
    outer = log_about(&h->owner->log);
    if (fault_is_set(&h->fault)) {
        log_trace("%s: no answer after %lld ms: %s", easy->host, (long long)took_ms, h->fault.text);
    } else {
        log_trace("%s: HTTP %d after %lld ms", easy->host, h->status, (long long)took_ms);
    }
    log_about(outer);
}

/* The owner's side of the end. */
static void close_exchange(struct http *h, const struct http_easy *easy) RUNS_ON(io_thread)
{
    h->answered_ms = clock_now_ms();
    log_end(h, easy);
    h->phase = HTTP_DONE;
    h->easy = NULL;
    h->was_delivered = has_sent(easy);
    op_wake(h->owner);
}

void http_finish(struct http_easy *easy, CURLcode code)
{
    struct http *h = easy->http;

    timer_stop(&easy->limit, easy->multi->engine);
    timer_stop(&easy->check, easy->multi->engine);
    http_easy_keep_cookies(easy);
    if (code != CURLE_OK) {
        http_fault_set(&h->fault, code, easy);
        h->was_too_large = easy->is_too_large;
        h->status = 0;
    } else if (h->status == 407) {
        http_fault_of_proxy(&h->fault, easy);
    }
    close_exchange(h, easy);
    easy->http = NULL;
}

void http_fail(struct http_easy *easy, enum sqlstate state, int native, const char *text)
{
    struct http *h = easy->http;

    fault_set(&h->fault, state, native, "%s", text);
    h->status = 0;
    close_exchange(h, easy);
    http_multi_abandon(easy);
}

enum status http_ready(struct http *h)
{
    assert(h->phase != HTTP_IDLE);
    if (h->phase == HTTP_RUNNING) return ST_WAIT;
    return fault_is_set(&h->fault) ? ST_ERR : ST_OK;
}

bool http_header(const struct http *h, const char *name, char *value, size_t value_bytes)
{
    size_t name_count = strlen(name), count;
    const char *line = h->headers.bytes;

    while (line != NULL && *line != '\0') {
        const char *end = strchr(line, '\n');

        if (end == NULL) break;
        if (strncmp(line, name, name_count) == 0 && line[name_count] == ':') {
            line += name_count + 2; /* ": " */
            count = (size_t)(end - line);
            if (count >= value_bytes) count = value_bytes - 1;
            memcpy(value, line, count);
            value[count] = '\0';
            return true;
        }
        line = end + 1;
    }
    return false;
}

void http_clear(struct http *h)
{
    if (h->easy != NULL) {
        engine_assert();
        http_multi_abandon(h->easy);
    }
    buf_clear(&h->headers);
    buf_clear(&h->body);
    fault_clear(&h->fault);
    h->owner = NULL;
    h->phase = HTTP_IDLE;
    h->status = 0;
    h->sent_ms = h->answered_ms = 0;
    h->was_too_large = h->was_delivered = false;
    h->easy = NULL;
}
