/*
 * Identities. See identity.h for the states; the search for credentials is auth/search.h's, which
 * tells on the I/O thread what it has found: settle() keeps it and wakes those that wait.
 */
#include "ops/identity.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/search.h"
#include "auth/sign_in.h"
#include "aws/creds_env.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/wipe.h"
#include "config/authentication.h"
#include "ops/catalog_cache.h"
#include "ops/names_refusal.h"
#include "ops/quota.h"
#include "ops/session.h"
#include "ops/watcher.h"

/* Credentials are replaced in good time, and not used at all in their last minute. */
enum { REFRESH_MARGIN_S = 10 * 60, USABLE_MARGIN_S = 60, SEARCH_AGAIN_MS = 30 * 1000 };
enum { KEEPSAKE_BYTES_MAX = 64 << 10 };

struct identity {
    atomic_int references;
    struct list link; /* in the registry */
    char *key;        /* what makes two connections the same identity: a hash */
    struct engine *engine;
    struct arena arena;
    struct options options;         /* of the connection that came first */
    struct creds_env env;           /* copied when the identity was made */
    struct http_settings http, idp; /* to reach AWS, and an identity provider */
    struct places places;           /* where AWS's services are */
    struct search_wish wish;

    atomic_bool is_shut_out; /* see identity_is_shut_out() */

    struct list waiters ONLY_ON(io_thread);
    bool is_searching ONLY_ON(io_thread);
    struct search *search ONLY_ON(io_thread); /* while is_searching */
    unsigned abandoned ONLY_ON(io_thread);    /* searches that were cancelled and have not ended */
    struct aws_credentials found ONLY_ON(io_thread);
    bool needs_person ONLY_ON(io_thread); /* a search asks somebody: never ahead of time */
    struct buf keepsake ONLY_ON(io_thread), refresh_token ONLY_ON(io_thread); /* see search_wish */
    char refused_key_id[132] ONLY_ON(io_thread);
    bool has_used_code ONLY_ON(io_thread);
    struct fault fault ONLY_ON(io_thread); /* of the last search, when it failed */
    int64_t settled_ms ONLY_ON(io_thread); /* when the last search was over */
    int64_t clock_offset_s ONLY_ON(io_thread);
    struct sigv4_key athena_key ONLY_ON(io_thread), s3_key ONLY_ON(io_thread);
    struct quota *quota; /* set once, like the two that follow */
    struct start_queue *starts[START_KINDS];
    struct watcher *watcher;
    struct catalog_cache *catalog_cache ONLY_ON(io_thread);
    struct names_refusal names_refusal ONLY_ON(io_thread);
};

static struct mutex registry_lock = MUTEX_INITIALIZER;
static struct list registry = {&registry, &registry};

/* ---- making and sharing ------------------------------------------------------------------- */

/* A process may change its environment between two connections. */
static void write_environment(struct buf *b)
{
    struct creds_env now;

    creds_env_read(&now, secure_getenv);
    for (int i = 0; i < ENV_COUNT; i++) {
        if (!now.values[i]) continue;
        buf_printf(b, "\n%d %zu ", i, strlen(now.values[i]));
        buf_puts(b, now.values[i]);
    }
}

/* Connections share an identity when all agrees that has a say in who signs in. */
static char *make_key(const struct options *o, struct engine *e, const char *scope)
{
    char hash[65] = "";
    struct buf b;
    bool is_whole;

    buf_init_secret(&b, 1 << 20);
    buf_printf(&b, "%p %s", (void *)e, scope);
    authentication_write(&b, o);
    write_environment(&b);
    is_whole = buf_ok(&b) && sigv4_hash(hash, b.bytes, b.count);
    buf_clear(&b);
    return is_whole ? strdup(hash) : NULL;
}

static bool copy_environment(struct identity *id)
{
    struct creds_env now;

    creds_env_read(&now, secure_getenv);
    for (int i = 0; i < ENV_COUNT; i++) {
        id->env.values[i] = arena_text(&id->arena, now.values[i]);
        if (now.values[i] && !id->env.values[i]) return false;
    }
    return true;
}

static void identity_free(struct identity *id) NO_THREAD_CHECK;
static void identity_free(struct identity *id)
{
    options_clear(&id->options);
    credentials_clear(&id->found);
    buf_clear(&id->keepsake);
    buf_clear(&id->refresh_token);
    sigv4_key_clear(&id->athena_key);
    sigv4_key_clear(&id->s3_key);
    watcher_free(id->watcher);
    catalog_cache_free(id->catalog_cache);
    names_refusal_clear(&id->names_refusal);
    for (int i = 0; i < START_KINDS; i++)
        start_queue_free(id->starts[i]);
    quota_free(id->quota);
    for (int i = 0; i < ENV_COUNT; i++)
        wipe_text(id->env.values[i]);
    http_settings_wipe(&id->http);
    http_settings_wipe(&id->idp);
    arena_clear(&id->arena);
    free(id->key);
    free(id);
}

/* What calls and queries of the identity share. */
static bool make_shared_parts(struct identity *id)
{
    id->quota = quota_new(id->engine);
    if (!id->quota) return false;
    for (int i = 0; i < START_KINDS; i++) {
        id->starts[i] = start_queue_new(id->engine, id->quota);
        if (!id->starts[i]) return false;
    }
    id->watcher = watcher_new(id->engine, id->quota);
    return id->watcher != NULL;
}

/*
 * The session that comes first lends its ways; they are copied, since the identity outlives it.
 */
static bool copy_network(struct identity *id, const struct http_settings *from)
{
    if (!http_settings_copy(&id->http, from, &id->arena)) return false;
    if (!http_settings_copy(&id->idp, from, &id->arena)) return false;
    sign_in_idp_settings(&id->idp, &id->options);
    return true;
}

/* An access key id names the keys, in CloudTrail too, and opens nothing. */
static void log_found(const struct aws_credentials *c)
{
    const char *kind = c->token ? "temporary" : "lasting";

    if (c->expires_at_s) {
        log_info("credentials found: access key id %s, %s, good for %lld s", c->key_id, kind,
                 (long long)(c->expires_at_s - clock_wall_s()));
    } else {
        log_info("credentials found: access key id %s, %s", c->key_id, kind);
    }
}

static void settle(void *context, enum status st, const struct aws_credentials *keys,
                   bool needs_person, const struct fault *why);
static void end_search(void *context, const struct search *search);

static bool make_wish(struct identity *id, const struct session *s) NO_THREAD_CHECK;
static bool make_wish(struct identity *id, const struct session *s)
{
    id->wish = (struct search_wish){
        .options = &id->options,
        .env = &id->env,
        .http = &id->http,
        .idp_http = &id->idp,
        .places = &id->places,
        .max_retries = s->max_retries,
        .clock_offset_s = &id->clock_offset_s,
        .keepsake = &id->keepsake,
        .refresh_token = &id->refresh_token,
        .refused_key_id = id->refused_key_id,
        .has_used_code = &id->has_used_code,
        .done = settle,
        .release = end_search,
        .context = id,
    };
    return copy_network(id, &s->http) && !places_copy(&id->places, &id->arena, &s->places, NULL);
}

static struct identity *identity_new(const struct options *o, const struct session *s,
                                     struct fault *f) NO_THREAD_CHECK;
static struct identity *identity_new(const struct options *o, const struct session *s,
                                     struct fault *f)
{
    struct identity *id = calloc(1, sizeof *id);

    if (!id) {
        fault_no_memory(f);
        return NULL;
    }
    atomic_init(&id->references, 1);
    arena_init(&id->arena);
    list_init(&id->link);
    list_init(&id->waiters);
    buf_init_secret(&id->keepsake, KEEPSAKE_BYTES_MAX);
    buf_init_secret(&id->refresh_token, KEEPSAKE_BYTES_MAX);
    id->engine = s->engine;
    id->catalog_cache = catalog_cache_new();
    if (id->catalog_cache && make_shared_parts(id) && copy_environment(id) &&
        !options_copy(&id->options, o, f) && make_wish(id, s)) {
        return id;
    }
    fault_no_memory(f);
    identity_free(id);
    return NULL;
}

static struct identity *find_locked(const char *key) NEEDS_LOCK(registry_lock);
static struct identity *find_locked(const char *key)
{
    list_each(item, &registry) {
        struct identity *id = container_of(item, struct identity, link);

        if (strcmp(id->key, key) == 0) return id;
    }
    return NULL;
}

struct identity *identity_acquire(const struct options *o, const struct session *s,
                                  const char *scope, struct fault *f)
{
    char *key = make_key(o, s->engine, scope);
    struct identity *id;

    if (!key) {
        fault_no_memory(f);
        return NULL;
    }
    mutex_lock(&registry_lock);
    id = find_locked(key);
    if (id) {
        identity_hold(id);
    } else {
        id = identity_new(o, s, f);
        if (id) {
            id->key = key;
            key = NULL;
            list_append(&registry, &id->link);
        }
    }
    mutex_unlock(&registry_lock);
    free(key);
    return id;
}

void identity_hold(struct identity *id)
{
    atomic_fetch_add(&id->references, 1);
}

void identity_release(struct identity *id)
{
    bool is_last;

    if (!id) return;
    mutex_lock(&registry_lock);
    is_last = atomic_fetch_sub(&id->references, 1) == 1;
    if (is_last) list_remove(&id->link);
    mutex_unlock(&registry_lock);
    if (is_last) identity_free(id);
}

/* ---- the search --------------------------------------------------------------------------- */

static void wake_all(struct list *waiters) RUNS_ON(io_thread);
static void wake_all(struct list *waiters)
{
    struct list *item;

    while ((item = list_shift(waiters))) {
        struct identity_waiter *w = container_of(item, struct identity_waiter, link);
        struct op *owner = w->owner;

        w->owner = NULL;
        w->has_waited = true;
        op_wake(owner);
    }
}

static bool is_good_for(const struct identity *id, int64_t margin_s) RUNS_ON(io_thread);
static bool is_good_for(const struct identity *id, int64_t margin_s)
{
    return id->found.key_id &&
           !credentials_expire_within(&id->found, clock_wall_s() + id->clock_offset_s, margin_s);
}

static void settle(void *context, enum status st, const struct aws_credentials *keys,
                   bool needs_person, const struct fault *why)
{
    struct identity *id = context;

    engine_assert();
    if (st && why->state == SQLSTATE_HY008 && id->abandoned) {
        id->abandoned--;
        return; /* another one may be under way already */
    }
    id->needs_person = needs_person;
    fault_clear(&id->fault);
    if (!st) {
        st = credentials_copy(&id->found, keys, &id->fault);
    } else {
        fault_copy(&id->fault, why);
    }
    if (!st && !is_good_for(id, USABLE_MARGIN_S)) { /* or the search would begin anew for ever */
        st =
            fault_set(&id->fault, SQLSTATE_28000, 0,
                      "the credentials that were found end at once, or have ended already; is this "
                      "machine's clock right?");
    }
    id->settled_ms = clock_now_ms();
    if (st &&
        is_good_for(id, USABLE_MARGIN_S)) { /* it was ahead of time: those that are there do */
        log_warn("the credentials are not renewed yet: %s", id->fault.text);
    } else if (st) {
        atomic_store(&id->is_shut_out, true);
        log_warn("no credentials: %s", id->fault.text);
    } else {
        sigv4_key_clear(&id->athena_key);
        sigv4_key_clear(&id->s3_key);
        log_found(&id->found);
    }
    id->is_searching = false;
    id->search = NULL;
    wake_all(&id->waiters);
}

static void end_search(void *context, const struct search *search)
{
    struct identity *id = context;

    engine_assert();
    if (id->search == search) { /* the engine's end has cut it short */
        id->search = NULL;
        id->is_searching = false;
    }
    identity_release(id);
}

static enum status start_search(struct identity *id, struct fault *f) RUNS_ON(io_thread);
static enum status start_search(struct identity *id, struct fault *f)
{
    identity_hold(id);
    fault_clear(&id->fault);
    id->is_searching = true;
    if (!search_start(&id->search, id->engine, &id->wish, f)) return ST_OK;
    id->is_searching = false;
    identity_release(id);
    return ST_ERR;
}

/* ---- what calls ask ----------------------------------------------------------------------- */

static void wait_for_search(struct identity *id, struct identity_waiter *w, struct op *owner)
    RUNS_ON(io_thread);
static void wait_for_search(struct identity *id, struct identity_waiter *w, struct op *owner)
{
    if (w->owner) return;
    w->owner = owner;
    w->identity = id;
    list_append(&id->waiters, &w->link);
}

/*
 * A search now makes sense: none is under way, and the last one is not fresh. Keys that still work
 * may be all there are for a while (an instance's are replaced minutes before they end, and not
 * earlier), so that those who use them ask seldom.
 */
static bool wants_search(const struct identity *id, const struct identity_waiter *waiter)
    RUNS_ON(io_thread);
static bool wants_search(const struct identity *id, const struct identity_waiter *waiter)
{
    if (id->is_searching || is_good_for(id, REFRESH_MARGIN_S)) return false;
    if (is_good_for(id, USABLE_MARGIN_S)) {
        return !id->needs_person && clock_now_ms() - id->settled_ms > SEARCH_AGAIN_MS;
    }
    return !fault_is_set(&id->fault) || !waiter->has_waited;
}

enum status identity_ready(struct identity *id, struct identity_waiter *waiter, struct op *owner,
                           const struct aws_credentials **credentials, struct fault *f)
{
    if (wants_search(id, waiter) && start_search(id, f)) return ST_ERR;
    if (is_good_for(id, USABLE_MARGIN_S)) {
        waiter->has_waited = false;
        *credentials = &id->found;
        return ST_OK;
    }
    if (id->is_searching) {
        wait_for_search(id, waiter, owner);
        return ST_WAIT;
    }
    waiter->has_waited = false;
    fault_copy(f, &id->fault);
    return fault_set(f, SQLSTATE_28000, 0, "the credentials have expired");
}

void identity_forget_waiter(struct identity_waiter *waiter)
{
    struct identity *id = waiter->identity;

    if (!waiter->owner) return;
    list_remove(&waiter->link);
    waiter->owner = NULL;
    if (!id->is_searching || !list_is_empty(&id->waiters) || !search_asks_person(id->search))
        return;
    search_cancel(id->search);
    id->search = NULL;
    id->is_searching = false;
    id->abandoned++;
}

void identity_expire(struct identity *id)
{
    atomic_store(&id->is_shut_out, true);
    if (id->found.key_id) {
        snprintf(id->refused_key_id, sizeof id->refused_key_id, "%s", id->found.key_id);
    }
    if (id->found.expires_at_s || options_choice(&id->options, OPTION_AUTHENTICATION_TYPE) !=
                                      AUTHENTICATION_IAM_CREDENTIALS) {
        credentials_clear(&id->found); /* keys that were given are all there are */
    }
}

void identity_accepted(struct identity *id)
{
    if (atomic_load(&id->is_shut_out)) atomic_store(&id->is_shut_out, false);
}

bool identity_is_shut_out(struct identity *id)
{
    return atomic_load(&id->is_shut_out);
}

struct sigv4_key *identity_signing_key(struct identity *id, const char *service)
{
    return strcmp(service, "s3") == 0 ? &id->s3_key : &id->athena_key;
}

int64_t identity_clock_offset_s(const struct identity *id)
{
    return id->clock_offset_s;
}

void identity_set_clock_offset_s(struct identity *id, int64_t offset_s)
{
    id->clock_offset_s = offset_s;
}

struct watcher *identity_watcher(struct identity *id)
{
    return id->watcher;
}

struct quota *identity_quota(struct identity *id)
{
    return id->quota;
}

struct start_queue *identity_starts(struct identity *id, enum start_kind kind)
{
    return id->starts[kind];
}

struct catalog_cache *identity_catalog_cache(struct identity *id)
{
    return id->catalog_cache;
}

struct names_refusal *identity_names_refusal(struct identity *id)
{
    return &id->names_refusal;
}
