/*
 * Options of an exchange, and what curl calls while it runs.
 *
 * What is surprising:
 *  - CURLOPT_CAPATH is set to NULL: with the directory that Debian builds in, libcurl cannot keep the
 *    parsed certificates and reads the whole bundle again for each connection (22 ms, 0.9 MB).
 *  - CURLOPT_PROXY and CURLOPT_NOPROXY are set to "" where the settings say nothing: NULL would mean
 *    the environment's variables.
 *  - A body is always POSTFIELDS, under whatever method: curl then sends it from our memory in one
 *    piece with the headers, and can send it again when a kept connection turns out to be dead.
 *  - "Expect: 100-continue" would cost a round trip, or a second of waiting.
 */
#include "engine/http_easy.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

enum {
    SMALL_BUFFER_BYTES = 8 * 1024,   /* answers of the API: hundreds may be in flight */
    LARGE_BUFFER_BYTES = 512 * 1024, /* downloads: a quarter faster than with curl's 16 KiB */
    HEADERS_LIMIT_BYTES = 64 * 1024,
    COOKIES_LIMIT_BYTES = 256 * 1024,
    BODY_LIMIT_BYTES = 64 * 1024 * 1024,
    CONNECT_MS = 10 * 1000,
    STALL_MS = 30 * 1000,
    SPARE_MS = 200, /* curl's own limit for connecting comes after ours, see http_multi.c */
    SHORTEST_CHECK_MS = 10
};

/* ---- progress ---- */

static curl_off_t number(CURL *curl, CURLINFO what)
{
    curl_off_t value = 0;

    curl_easy_getinfo(curl, what, &value);
    return value;
}

static long request_bytes(CURL *curl)
{
    long value = 0;

    curl_easy_getinfo(curl, CURLINFO_REQUEST_SIZE, &value);
    return value;
}

static curl_off_t moved_bytes(const struct http_easy *easy)
{
    long header_bytes = 0;

    curl_easy_getinfo(easy->curl, CURLINFO_HEADER_SIZE, &header_bytes);
    return request_bytes(easy->curl) + header_bytes + number(easy->curl, CURLINFO_SIZE_UPLOAD_T) +
           number(easy->curl, CURLINFO_SIZE_DOWNLOAD_T);
}

static int64_t check_period_ms(const struct http_easy *easy)
{
    int64_t period_ms = easy->stall_ms / 4;

    return period_ms > SHORTEST_CHECK_MS ? period_ms : SHORTEST_CHECK_MS;
}

/*
 * An exchange stalls when nothing moves after its request has been sent. Before that it waits for a
 * free connection, which may take any time, or connects, which curl watches.
 */
static void check_progress(struct timer *t)
{
    struct http_easy *easy = container_of(t, struct http_easy, check);
    int64_t now_ms = clock_now_ms();
    curl_off_t moved;

    engine_assert();
    if (easy->is_resolving) {
        http_fault_timeout(easy, "resolving the host name", easy->connect_ms);
        return;
    }
    moved = moved_bytes(easy);
    if (moved != easy->progress_bytes || request_bytes(easy->curl) == 0) {
        easy->progress_bytes = moved;
        easy->progress_ms = now_ms;
    } else if (now_ms - easy->progress_ms >= easy->stall_ms) {
        http_fault_timeout(easy, "waiting for the next byte", easy->stall_ms);
        return;
    }
    timer_call(&easy->check, easy->multi->engine, check_period_ms(easy), check_progress);
}

static void limit_reached(struct timer *t)
{
    struct http_easy *easy = container_of(t, struct http_easy, limit);

    engine_assert();
    http_fault_timeout(easy, "waiting for the answer", clock_now_ms() - easy->http->sent_ms);
}

/* ---- called by curl ---- */

static int start_resolving(void *resolver, void *reserved, void *context)
{
    struct http_easy *easy = context;

    (void)resolver;
    (void)reserved;
    engine_assert();
    if (easy->http == NULL) return 1; /* parked: no second try */
    easy->is_resolving = true;
    timer_call(&easy->check, easy->multi->engine, easy->connect_ms, check_progress);
    return 0;
}

static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct http_easy *easy = context;

    (void)purpose;
    engine_assert();
    easy->is_resolving = false;
    if (easy->http == NULL) return CURL_SOCKET_BAD; /* parked: nobody wants it any more */
    timer_call(&easy->check, easy->multi->engine, check_period_ms(easy), check_progress);
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* "HTTP/1.1 200 OK": what came before (100 Continue, say) is not the final answer. */
static void start_answer(struct http *h, const char *line, size_t count)
{
    const char *space = memchr(line, ' ', count), *end = line + count;

    buf_reset(&h->headers);
    h->status = 0;
    h->is_http2 = count >= 7 && memcmp(line, "HTTP/2", 6) == 0;
    if (space == NULL) return;
    for (const char *at = space + 1; at < end && *at >= '0' && *at <= '9' && at < space + 4; at++) {
        h->status = h->status * 10 + (*at - '0');
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void keep_header(struct http *h, const char *line, size_t count)
{
    const char *colon = memchr(line, ':', count), *value, *end = line + count;

    if (colon == NULL) return;
    for (const char *at = line; at < colon; at++) {
        buf_putc(&h->headers, (char)(*at >= 'A' && *at <= 'Z' ? *at - 'A' + 'a' : *at));
    }
    value = colon + 1;
    while (value < end && is_blank(*value))
        value++;
    while (end > value && is_blank(end[-1]))
        end--;
    buf_puts(&h->headers, ": ");
    buf_put(&h->headers, value, (size_t)(end - value));
    buf_putc(&h->headers, '\n');
}

static size_t take_header(char *line, size_t one, size_t count, void *context)
{
    struct http_easy *easy = context;

    (void)one;
    engine_assert();
    if (easy->http == NULL) return 0;
    if (count >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        start_answer(easy->http, line, count);
    } else {
        keep_header(easy->http, line, count);
    }
    return buf_ok(&easy->http->headers) ? count : 0;
}

static size_t take_body(char *bytes, size_t one, size_t count, void *context)
{
    struct http_easy *easy = context;
    struct http *h = easy->http;

    (void)one;
    engine_assert();
    if (h == NULL) return 0;
    if (easy->sink != NULL && h->status / 100 == 2) {
        if (easy->sink(easy->sink_context, bytes, count) == count) return count;
        easy->was_refused = true;
        return count + 1; /* an error for any count, 0 included */
    }
    easy->is_too_large = count > easy->max_body_bytes - h->body.count;
    buf_put(&h->body, bytes, count);
    return buf_ok(&h->body) ? count : count + 1;
}

/* ---- options ---- */

/* "https://user@host:8443/path?query" gives "host:8443". */
static void name_host(struct http_easy *easy, const char *url)
{
    const char *start = strstr(url, "://"), *at;
    size_t count;

    start = start != NULL ? start + 3 : url;
    count = strcspn(start, "/?#");
    at = memchr(start, '@', count);
    if (at != NULL) {
        count -= (size_t)(at + 1 - start);
        start = at + 1;
    }
    if (count >= sizeof easy->host) count = sizeof easy->host - 1;
    memcpy(easy->host, start, count);
    easy->host[count] = '\0';
}

static bool has_header(const struct http_request *request, const char *name)
{
    size_t count = strlen(name);

    for (const char *const *h = request->headers; h != NULL && *h != NULL; h++) {
        bool is_same = strnlen(*h, count) == count && (*h)[count] == ':';

        for (size_t i = 0; is_same && i < count; i++)
            is_same = ((*h)[i] | 0x20) == name[i];
        if (is_same) return true;
    }
    return false;
}

static bool add_header(struct http_easy *easy, const char *header)
{
    struct curl_slist *longer = curl_slist_append(easy->headers, header);

    if (longer != NULL) easy->headers = longer;
    return longer != NULL;
}

/* "Name:" takes a header away that curl would add by itself. */
static bool set_headers(struct http_easy *easy, const struct http_request *request)
{
    bool is_set = add_header(easy, "Expect:");

    for (const char *const *h = request->headers; h != NULL && *h != NULL; h++) {
        is_set = is_set && add_header(easy, *h);
    }
    if (!has_header(request, "content-type")) is_set = is_set && add_header(easy, "Content-Type:");
    return is_set && !curl_easy_setopt(easy->curl, CURLOPT_HTTPHEADER, easy->headers);
}

static bool set_method(CURL *curl, const struct http_request *request)
{
    const char *method = request->method;
    bool is_set = true;

    if (strcmp(method, "HEAD") == 0) return !curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    if (request->body_bytes == 0 && strcmp(method, "GET") == 0) {
        return !curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
    }
    if (request->body_bytes == 0 && strcmp(method, "DELETE") == 0) {
        is_set &= !curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
        return is_set && !curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "DELETE");
    }
    is_set &= !curl_easy_setopt(curl, CURLOPT_POST, 1L);
    /* Without a pointer curl would read standard input. */
    is_set &=
        !curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body != NULL ? request->body : "");
    is_set &= !curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_bytes);
    if (strcmp(method, "POST") != 0) {
        is_set &= !curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    }
    return is_set;
}

/*
 * For HTTP/2 the greatest version is named, which changes nothing but this: curl uses a connection
 * again only where all of this agrees, and connections of the two kinds are to be kept apart, since
 * one of HTTP/1.1 among those of HTTP/2 would be taken for one that many can share (7.88.1).
 */
static bool set_tls(CURL *curl, const struct http_settings *s, const char *system_file,
                    bool may_be_http2)
{
    const char *file = s->ca_file;
    bool is_set = true;
    long verify = s->verify_tls;
    long least = s->wants_tls13 ? CURL_SSLVERSION_TLSv1_3 : CURL_SSLVERSION_TLSv1_2;
    long greatest = may_be_http2 ? CURL_SSLVERSION_MAX_TLSv1_3 : CURL_SSLVERSION_MAX_DEFAULT;

    is_set &= !curl_easy_setopt(curl, CURLOPT_SSLVERSION, least | greatest);
    is_set &= !curl_easy_setopt(curl, CURLOPT_PROXY_SSLVERSION, least);
    is_set &= !curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, verify);
    is_set &= !curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    is_set &= !curl_easy_setopt(curl, CURLOPT_PROXY_SSL_VERIFYPEER, verify);
    is_set &= !curl_easy_setopt(curl, CURLOPT_PROXY_SSL_VERIFYHOST, verify ? 2L : 0L);
    if (s->ca_file == NULL && s->ca_path == NULL) file = system_file;
    /* A libcurl without a bundle has its own folder, or its TLS library the system's ways. */
    if (file == NULL && s->ca_path == NULL) return is_set;
    is_set &= !curl_easy_setopt(curl, CURLOPT_CAINFO, file);
    is_set &= !curl_easy_setopt(curl, CURLOPT_PROXY_CAINFO, file);
    curl_easy_setopt(curl, CURLOPT_CAPATH, s->ca_path); /* refused by some TLS libraries */
    curl_easy_setopt(curl, CURLOPT_PROXY_CAPATH, s->ca_path);
    return is_set;
}

static void wipe_and_free(char *secret)
{
    if (secret != NULL) explicit_bzero(secret, strlen(secret));
    curl_free(secret);
}

/*
 * As "user:password" both are percent-encoded, and every libcurl decodes them; some decode what is
 * given to CURLOPT_PROXYUSERNAME and CURLOPT_PROXYPASSWORD, too, which are to be plain.
 */
static bool set_proxy_login(CURL *curl, const struct http_settings *s)
{
    char *user = curl_easy_escape(curl, s->proxy_user, 0);
    char *password = curl_easy_escape(curl, s->proxy_password != NULL ? s->proxy_password : "", 0);
    struct buf login;
    bool is_set;

    buf_init_secret(&login, SIZE_MAX);
    buf_printf(&login, "%s:%s", user != NULL ? user : "", password != NULL ? password : "");
    is_set = user != NULL && password != NULL && buf_ok(&login) &&
             !curl_easy_setopt(curl, CURLOPT_PROXYUSERPWD, login.bytes);
    buf_clear(&login);
    wipe_and_free(user);
    wipe_and_free(password);
    return is_set;
}

static bool set_proxy(CURL *curl, const struct http_settings *s)
{
    bool is_set = true;

    is_set &= !curl_easy_setopt(curl, CURLOPT_PROXY, s->proxy != NULL ? s->proxy : "");
    is_set &= !curl_easy_setopt(curl, CURLOPT_NOPROXY, s->no_proxy != NULL ? s->no_proxy : "");
    is_set &= !curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    if (s->proxy == NULL || s->proxy_user == NULL) return is_set;
    return is_set && set_proxy_login(curl, s);
}

/*
 * With HTTP/2 the first exchange with a host is waited for, which tells whether the host speaks it:
 * else each of a hundred that begin at once would make a connection of its own.
 */
static bool set_version(CURL *curl, bool may_be_http2)
{
    long version = may_be_http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;

    /* refused by a libcurl that was built without HTTP/2 */
    if (curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, version)) {
        return !curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    }
    return !curl_easy_setopt(curl, CURLOPT_PIPEWAIT, (long)may_be_http2);
}

static bool set_protocol(struct http_easy *easy, const struct http_request *request)
{
    CURL *curl = easy->curl;
    bool is_set = true;

    is_set &= !curl_easy_setopt(curl, CURLOPT_URL, request->url);
    is_set &= !curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L); /* signed as it stands */
    is_set &= !curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075500
    is_set &= !curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    is_set &= !curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    is_set &= set_version(curl, request->may_be_http2);
    is_set &= !curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
    is_set &= !curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)easy->connect_ms + SPARE_MS);
    if (request->settings->user_agent != NULL) {
        is_set &= !curl_easy_setopt(curl, CURLOPT_USERAGENT, request->settings->user_agent);
    }
    return is_set;
}

static bool set_callbacks(struct http_easy *easy)
{
    CURL *curl = easy->curl;
    long buffer_bytes = easy->has_large_buffer ? LARGE_BUFFER_BYTES : SMALL_BUFFER_BYTES;
    bool is_set = true;

    is_set &= !curl_easy_setopt(curl, CURLOPT_PRIVATE, easy);
    is_set &= !curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    is_set &= !curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, easy->error);
    is_set &= !curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, buffer_bytes);
    is_set &= !curl_easy_setopt(curl, CURLOPT_SHARE, easy->multi->share);
    is_set &= !curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    is_set &= !curl_easy_setopt(curl, CURLOPT_HEADERDATA, easy);
    is_set &= !curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    is_set &= !curl_easy_setopt(curl, CURLOPT_WRITEDATA, easy);
    is_set &= !curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    is_set &= !curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, easy);
    is_set &= !curl_easy_setopt(curl, CURLOPT_RESOLVER_START_FUNCTION, start_resolving);
    is_set &= !curl_easy_setopt(curl, CURLOPT_RESOLVER_START_DATA, easy);
    return is_set;
}

/*
 * curl keeps cookies, and who has been authenticated, in the handle, also past curl_easy_reset(): one
 * that has been used so is thrown away.
 */
static bool set_cookies(struct http_easy *easy, const struct http_request *request)
{
    const struct http_cookies *jar = request->cookies;
    bool is_set = true;

    if (jar == NULL) return true;
    easy->is_for_once = true;
    easy->cookies = request->cookies;
    is_set &= !curl_easy_setopt(easy->curl, CURLOPT_COOKIEFILE, ""); /* none; but remember */
    for (const char *line = jar->lines.bytes; line != NULL && *line != '\0';
         line += strlen(line) + 1) {
        is_set &= !curl_easy_setopt(easy->curl, CURLOPT_COOKIELIST, line);
    }
    return is_set;
}

void http_cookies_clear(struct http_cookies *c)
{
    if (c->lines.bytes == NULL) return;
    buf_clear(&c->lines);
}

/* Each line ends with a NUL, and so does the list. */
void http_easy_keep_cookies(struct http_easy *easy)
{
    struct curl_slist *list = NULL;

    if (easy->cookies == NULL) return;
    http_cookies_clear(easy->cookies);
    buf_init_secret(&easy->cookies->lines, COOKIES_LIMIT_BYTES);
    curl_easy_getinfo(easy->curl, CURLINFO_COOKIELIST, &list);
    for (struct curl_slist *at = list; at != NULL; at = at->next) {
        buf_put(&easy->cookies->lines, at->data, strlen(at->data) + 1);
        explicit_bzero(at->data, strlen(at->data));
    }
    curl_slist_free_all(list);
    easy->cookies = NULL;
}

bool http_can_negotiate(void)
{
    return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_SPNEGO) != 0;
}

static bool set_negotiation(struct http_easy *easy, const struct http_request *request)
{
    bool is_set = true;

    if (!request->negotiates) return true;
    easy->is_for_once = true;
    is_set &= !curl_easy_setopt(easy->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_NEGOTIATE);
    is_set &= !curl_easy_setopt(easy->curl, CURLOPT_USERPWD, ":"); /* the ticket knows who */
    return is_set;
}

static void set_limits(struct http_easy *easy, const struct http_request *request)
    RUNS_ON(io_thread)
{
    const struct http_settings *s = request->settings;

    easy->connect_ms = s->connect_timeout_ms > 0 ? s->connect_timeout_ms : CONNECT_MS;
    easy->stall_ms = s->stall_timeout_ms;
    if (easy->stall_ms <= 0) easy->stall_ms = STALL_MS;
    easy->max_body_bytes = request->max_body_bytes > 0 ? request->max_body_bytes : BODY_LIMIT_BYTES;
    easy->progress_ms = clock_now_ms();
    timer_call(&easy->check, easy->multi->engine, check_period_ms(easy), check_progress);
    if (request->timeout_ms > 0) {
        timer_call(&easy->limit, easy->multi->engine, request->timeout_ms, limit_reached);
    }
}

enum status http_easy_set_up(struct http_easy *easy, const struct http_request *request)
{
    bool is_set = true;

    easy->sink = request->sink;
    easy->sink_context = request->sink_context;
    easy->has_large_buffer = request->sink != NULL;
    name_host(easy, request->url);
    easy->place = request->settings->place;
    if (easy->place == NULL) easy->place = "AwsRegion and the endpoint options";
    set_limits(easy, request);
    buf_init(&easy->http->headers, HEADERS_LIMIT_BYTES);
    if (request->is_secret) {
        buf_init_secret(&easy->http->body, easy->max_body_bytes);
    } else {
        buf_init(&easy->http->body, easy->max_body_bytes);
    }
    is_set &= set_callbacks(easy);
    is_set &= set_protocol(easy, request);
    is_set &= set_method(easy->curl, request);
    is_set &= set_headers(easy, request);
    is_set &= set_tls(easy->curl, request->settings, easy->multi->ca_file, request->may_be_http2);
    is_set &= set_proxy(easy->curl, request->settings);
    /* curl sends again what was lost on a connection that had served before: here it has not. */
    if (request->is_once) is_set &= !curl_easy_setopt(easy->curl, CURLOPT_FRESH_CONNECT, 1L);
    is_set &= set_cookies(easy, request);
    is_set &= set_negotiation(easy, request);
    return is_set ? ST_OK : ST_ERR;
}

/* ---- life ---- */

struct http_easy *http_easy_new(struct http_multi *m)
{
    struct http_easy *easy = calloc(1, sizeof *easy);

    if (easy == NULL) return NULL;
    easy->multi = m;
    list_init(&easy->link);
    easy->curl = http_multi_new_handle();
    if (easy->curl != NULL) return easy;
    free(easy);
    return NULL;
}

/*
 * curl refuses a size for the buffer to a handle that still has one, as after a failure before
 * there was a connection; and it has forgotten by the reset how small that one is, and would write
 * as much into it as its default has room for.
 */
bool http_easy_reset(struct http_easy *easy)
{
    CURL *curl = easy->curl;
    struct http_multi *m = easy->multi;

    curl_easy_reset(curl);
    curl_slist_free_all(easy->headers);
    *easy = (struct http_easy){.curl = curl, .multi = m};
    list_init(&easy->link);
    return curl_easy_setopt(curl, CURLOPT_BUFFERSIZE, (long)SMALL_BUFFER_BYTES) == CURLE_OK;
}

void http_easy_free(struct http_easy *easy)
{
    curl_easy_cleanup(easy->curl);
    curl_slist_free_all(easy->headers);
    free(easy);
}
