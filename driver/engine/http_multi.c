/*
 * curl_multi on the engine's epoll: curl says which sockets it wants watched and when it wants to be
 * called; nothing here costs more when a thousand exchanges wait than when one does
 * (curl_multi_perform and curl_multi_poll would look at all of them each time).
 *
 * Name resolution. libcurl resolves names in a thread of its own, and removing a handle whose name is
 * being resolved waits for that thread, seconds long when a name server is silent: the whole engine
 * would stand still. So such a handle is parked: the exchange is over for its owner, curl goes on
 * until the name is known, is then refused a socket (open_socket() in http_easy.c) and gives up. For
 * the same reason the time allowed for connecting is watched by our own timer while a name is being
 * resolved.
 *
 * When the engine ends, a parked handle's thread is left behind (CURLOPT_QUICK_EXIT), and because
 * that thread runs code of libcurl, libcurl is then kept in memory even if the driver is unloaded.
 *
 * Not ours to mend: the socket pair that curl_multi_init() makes for curl_multi_wakeup() is not
 * closed on exec before libcurl 8; nothing is ever sent on it.
 */
#include "engine/http_multi.h"

#include <assert.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "engine/http_easy.h"
#include "engine/loop.h"

/*
 * Bounds. A host gets up to 128 connections: the windows of some downloads side by side, and API
 * calls by the hundred, which wait in curl for a connection to be free; where an answer takes 200 ms
 * these are 640 calls a second. 192 in all keeps well under the usual limit of 1,024 descriptors,
 * most of which are the host program's.
 */
enum { HOST_CONNECTIONS = 128, TOTAL_CONNECTIONS = 192, IDLE_HANDLES = 32 };

struct http_socket { /* what curl_multi_assign() remembers about a socket */
    struct watch watch;
    struct http_multi *multi;
};

/* Held while curl may hold its global lock, a spinlock, and across fork(). Never for long. */
static struct mutex curl_global = MUTEX_INITIALIZER;

void http_global_init(void)
{
    curl_global_init(CURL_GLOBAL_ALL);
}

void http_fork_begin(void) NO_THREAD_CHECK
{
    mutex_lock(&curl_global);
}

void http_fork_end(void) NO_THREAD_CHECK
{
    mutex_unlock(&curl_global);
}

CURL *http_multi_new_handle(void)
{
    CURL *curl;

    mutex_lock(&curl_global);
    curl = curl_easy_init();
    mutex_unlock(&curl_global);
    return curl;
}

/* ---- what curl has done ---- */

static void take_finished(struct http_multi *m) RUNS_ON(io_thread)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(m->curl, &left)) != NULL) {
        struct http_easy *easy = NULL;
        CURLcode code = message->data.result; /* the message dies with the handle's removal */

        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&easy);
        if (easy->http != NULL) http_finish(easy, code);
        easy->is_resolving = false;
        http_multi_give_easy(easy);
    }
}

static void timeout_due(struct timer *t)
{
    struct http_multi *m = container_of(t, struct http_multi, due);
    int running;

    engine_assert();
    curl_multi_socket_action(m->curl, CURL_SOCKET_TIMEOUT, 0, &running);
    take_finished(m);
}

static void socket_ready(struct watch *w, uint32_t events)
{
    struct http_socket *s = container_of(w, struct http_socket, watch);
    struct http_multi *m = s->multi; /* s may be gone when curl returns */
    int mask = 0, running;

    engine_assert();
    if (events & (EPOLLIN | EPOLLHUP)) mask |= CURL_CSELECT_IN;
    if (events & EPOLLOUT) mask |= CURL_CSELECT_OUT;
    if (events & EPOLLERR) mask |= CURL_CSELECT_ERR;
    curl_multi_socket_action(m->curl, w->fd, mask, &running);
    take_finished(m);
}

/* ---- what curl wants ---- */

/* Called from inside curl, which must not be called back from here: hence the timer, even for 0. */
static int set_timeout(CURLM *curl, long timeout_ms, void *context)
{
    struct http_multi *m = context;

    (void)curl;
    engine_assert();
    if (timeout_ms < 0) {
        timer_stop(&m->due, m->engine);
    } else {
        timer_call(&m->due, m->engine, timeout_ms, timeout_due);
    }
    return 0;
}

static uint32_t events_of(int what)
{
    uint32_t events = 0;

    if (what & CURL_POLL_IN) events |= EPOLLIN;
    if (what & CURL_POLL_OUT) events |= EPOLLOUT;
    return events;
}

static int forget_socket(struct http_multi *m, struct http_socket *s, curl_socket_t fd)
    RUNS_ON(io_thread)
{
    if (s == NULL) return 0;
    watch_stop(m->engine, &s->watch);
    curl_multi_assign(m->curl, fd, NULL);
    free(s);
    return 0;
}

static int watch_socket(CURL *curl, curl_socket_t fd, int what, void *context, void *remembered)
{
    struct http_multi *m = context;
    struct http_socket *s = remembered;

    (void)curl;
    engine_assert();
    if (what == CURL_POLL_REMOVE) return forget_socket(m, s, fd);
    if (s == NULL) {
        s = calloc(1, sizeof *s);
        if (s == NULL) return -1;
        s->watch = (struct watch){.fd = fd, .ready = socket_ready};
        s->multi = m;
        curl_multi_assign(m->curl, fd, s);
    }
    return watch_start(m->engine, &s->watch, events_of(what)) ? -1 : 0;
}

/* ---- handles ---- */

struct http_easy *http_multi_take_easy(struct http_multi *m, bool wants_large_buffer)
{
    /* A large buffer is made for the exchange and freed after it: see http_multi_give_easy(). */
    if (wants_large_buffer || list_is_empty(&m->idle)) return http_easy_new(m);
    m->idle_count--;
    return container_of(list_shift(&m->idle), struct http_easy, link);
}

void http_multi_give_easy(struct http_easy *easy)
{
    struct http_multi *m = easy->multi;

    curl_multi_remove_handle(m->curl, easy->curl);
    list_remove(&easy->link);
    if (easy->has_large_buffer || easy->is_for_once || m->idle_count >= IDLE_HANDLES ||
        !http_easy_reset(easy)) {
        http_easy_free(easy);
        return;
    }
    list_append(&m->idle, &easy->link);
    m->idle_count++;
}

enum status http_multi_add(struct http_easy *easy)
{
    list_append(&easy->multi->running, &easy->link);
    return curl_multi_add_handle(easy->multi->curl, easy->curl) == CURLM_OK ? ST_OK : ST_ERR;
}

void http_multi_abandon(struct http_easy *easy)
{
    struct http_multi *m = easy->multi;

    timer_stop(&easy->limit, m->engine);
    timer_stop(&easy->check, m->engine);
    easy->http = NULL;
    if (!easy->is_resolving) {
        http_multi_give_easy(easy);
        return;
    }
    /* curl would wait for the resolver when it found that the time for connecting is over. */
    curl_easy_setopt(easy->curl, CURLOPT_CONNECTTIMEOUT_MS, 24L * 3600 * 1000);
    curl_easy_setopt(easy->curl, CURLOPT_POSTFIELDS, ""); /* the owner's memory is no longer lent */
    curl_easy_setopt(easy->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
    list_remove(&easy->link);
    list_append(&m->parked, &easy->link);
}

/* ---- from beginning to end ---- */

static bool set_options(struct http_multi *m)
{
    bool is_set = true;

    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, watch_socket);
    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, set_timeout);
    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HOST_CONNECTIONS);
    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)TOTAL_CONNECTIONS);
    is_set &= !curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, (long)TOTAL_CONNECTIONS);
    is_set &= !curl_share_setopt(m->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    return is_set;
}

/*
 * The system's certificates: where libcurl was built to look, or, for a libcurl that comes from
 * another system, where Linux distributions have them. Static storage.
 */
static const char *find_ca_file(void)
{
    static const char *const known[] = {
        "/etc/ssl/certs/ca-certificates.crt",                /* Debian, Alpine, Arch */
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", /* Fedora, RHEL */
        "/etc/pki/tls/certs/ca-bundle.crt",                  /* Amazon Linux, older RHEL */
        "/etc/ssl/ca-bundle.pem",                            /* SUSE */
        "/etc/ssl/cert.pem",
    };
    const char *built_in = curl_version_info(CURLVERSION_NOW)->cainfo;

    if (built_in && access(built_in, R_OK) == 0) return built_in;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (access(known[i], R_OK) == 0) return known[i];
    }
    return NULL;
}

/* The I/O thread does not exist yet, so this is as good as being on it. */
struct http_multi *http_multi_new(struct engine *e, struct fault *f) NO_THREAD_CHECK
{
    struct http_multi *m = calloc(1, sizeof *m);

    if (m == NULL) {
        fault_no_memory(f);
        return NULL;
    }
    m->engine = e;
    m->ca_file = find_ca_file();
    list_init(&m->running);
    list_init(&m->parked);
    list_init(&m->idle);
    mutex_lock(&curl_global);
    m->curl = curl_multi_init(); /* makes an easy handle for itself */
    mutex_unlock(&curl_global);
    m->share = curl_share_init();
    if (m->curl != NULL && m->share != NULL && set_options(m)) return m;
    fault_set(f, SQLSTATE_HY001, 0, "starting the driver's HTTP client: out of memory");
    http_multi_free(m);
    return NULL;
}

void http_multi_drop(struct http_multi *m)
{
    while (!list_is_empty(&m->running)) {
        http_fail(container_of(m->running.next, struct http_easy, link), SQLSTATE_HY008, 0,
                  "cancelled: the last connection was closed");
    }
}

/* Keeps libcurl in memory until the process ends. */
static void pin_libcurl(void)
{
    Dl_info info;

    if (dladdr((void *)(uintptr_t)curl_multi_init, &info) == 0 || info.dli_fname == NULL) return;
    if (dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD | RTLD_NODELETE) == NULL) {
        log_debug("libcurl is not a shared library of its own");
    }
}

static void leave_resolvers_behind(struct http_multi *m)
{
    if (list_is_empty(&m->parked)) return;
#if LIBCURL_VERSION_NUM >= 0x075700
    pin_libcurl();
    list_each(link, &m->parked) {
        curl_easy_setopt(container_of(link, struct http_easy, link)->curl, CURLOPT_QUICK_EXIT, 1L);
    }
#else
    log_debug("waiting for names to be resolved"); /* older versions know no other way */
    (void)pin_libcurl;
#endif
}

static void free_all(struct http_multi *m, struct list *list)
{
    struct list *link;

    while ((link = list_shift(list)) != NULL) {
        struct http_easy *easy = container_of(link, struct http_easy, link);

        curl_multi_remove_handle(m->curl, easy->curl);
        http_easy_free(easy);
    }
}

void http_multi_free(struct http_multi *m)
{
    if (m == NULL) return;
    assert(list_is_empty(&m->running));
    leave_resolvers_behind(m);
    free_all(m, &m->parked);
    free_all(m, &m->idle);
    curl_multi_cleanup(m->curl);
    curl_share_cleanup(m->share);
    timer_stop(&m->due, m->engine); /* curl may have asked for it once more */
    free(m);
}
