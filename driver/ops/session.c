/* Sessions: options read once into the words that ops/ uses. See session.h. */
#include "ops/session.h"

#include <stdlib.h>
#include <string.h>

#include "auth/trust.h"
#include "aws/sigv4.h"
#include "base/version.h"
#include "config/proxy.h"
#include "engine/budget.h"
#include "ops/identity.h"

enum { ENGINE_VERSION = 3 }; /* that of every workgroup today */

static const char *text(struct session *s, const struct options *o, enum option_id id)
{
    return arena_text(&s->arena, options_text(o, id));
}

/* "odbc-athena/0.1.0 app/NAME": what Athena's own logs tell an administrator. */
static const char *user_agent(struct session *s, const struct options *o)
{
    const char *application = options_text(o, OPTION_APPLICATION_NAME);

    if (!application) return arena_printf(&s->arena, "odbc-athena/%s", version_text);
    return arena_printf(&s->arena, "odbc-athena/%s app/%s", version_text, application);
}

static enum status read_trust(struct session *s, const struct options *o, struct fault *f)
{
    struct trust trust = {0};

    s->http.verify_tls = options_flag(o, OPTION_VERIFY_SSL);
    s->http.wants_tls13 = options_choice(o, OPTION_MIN_TLS) == MIN_TLS_13;
    if (trust_find(&trust, &s->arena, o, f)) return ST_ERR;
    s->http.ca_file = trust.file;
    s->http.ca_path = trust.folder;
    return ST_OK;
}

static void read_network(struct session *s, const struct options *o)
{
    s->http.user_agent = user_agent(s, o);
    s->http.proxy = proxy_address(o, &s->arena);
    s->http.proxy_user = text(s, o, OPTION_PROXY_UID);
    s->http.proxy_password = text(s, o, OPTION_PROXY_PWD);
    s->http.no_proxy = proxy_exempt_hosts(o, &s->arena);
    s->http.connect_timeout_ms = options_number(o, OPTION_CONNECTION_TIMEOUT);
    s->http.stall_timeout_ms = options_number(o, OPTION_REQUEST_TIMEOUT);
    s->request_timeout_ms = options_number(o, OPTION_NETWORK_TIMEOUT);
    s->max_retries = (unsigned)options_number(o, OPTION_NUM_RETRIES);
}

static void read_results(struct session *s, const struct options *o)
{
    s->workgroup = text(s, o, OPTION_WORKGROUP);
    s->output_location = text(s, o, OPTION_S3_OUTPUT_LOCATION);
    s->encryption_option = options_choice_word(o, OPTION_S3_OUTPUT_ENC_OPTION, &s->arena);
    s->kms_key = text(s, o, OPTION_S3_OUTPUT_ENC_KMS_KEY);
    s->expected_bucket_owner = text(s, o, OPTION_EXPECTED_BUCKET_OWNER);
    s->acl_option = options_choice_word(o, OPTION_ACL_OPTION, &s->arena);
    s->reuse_results = options_flag(o, OPTION_ENABLE_RESULT_REUSE);
    s->reuse_max_age_minutes = options_number(o, OPTION_REUSED_RESULT_MAX_AGE);
    s->fetcher = options_fetcher(o);
    s->page_rows = options_page_rows(o);
    s->window_bytes = (size_t)options_number(o, OPTION_DOWNLOAD_WINDOW);
    s->download_requests = (unsigned)options_number(o, OPTION_DOWNLOAD_CONNECTIONS);
    budget_allow(engine_budget(s->engine), (size_t)options_number(o, OPTION_DOWNLOAD_BUDGET));
}

static void read_polling(struct session *s, const struct options *o)
{
    s->poll_min_ms = options_number(o, OPTION_MIN_POLL_MS);
    s->poll_max_ms = options_number(o, OPTION_MAX_POLL_MS);
    if (s->poll_max_ms < s->poll_min_ms) s->poll_max_ms = s->poll_min_ms;
    if (options_is_set(o, OPTION_POLL_MULTIPLIER)) {
        s->poll_factor = (double)options_number(o, OPTION_POLL_MULTIPLIER) / 1000.0;
    }
    s->poll_limit_ms = options_number(o, OPTION_MAX_POLL_DURATION);
}

static enum status read_endpoints(struct session *s, const struct options *o, struct fault *f)
{
    enum status st = places_read(&s->places, &s->arena, o, f);

    s->s3_path_style = options_flag(o, OPTION_S3_PATH_STYLE);
    s->requester_pays = options_flag(o, OPTION_REQUESTER_PAYS);
    if (!st) st = places_endpoint(&s->athena, &s->arena, &s->places, AWS_ATHENA, NULL, f);
    if (!st) st = places_endpoint(&s->s3, &s->arena, &s->places, AWS_S3, NULL, f);
    return st;
}

enum status session_s3_endpoint(const struct session *s, struct arena *arena, const char *bucket,
                                struct endpoint *out, struct fault *f)
{
    const char *region = bucket_regions_find(&s->bucket_regions, bucket);

    if (region) return places_endpoint(out, arena, &s->places, AWS_S3, region, f);
    *out = s->s3;
    return ST_OK;
}

static void session_free(struct session *s)
{
    identity_release(s->identity);
    http_settings_wipe(&s->http);
    arena_clear(&s->arena);
    free(s);
}

/* Connections that differ in this do not share an identity. A proxy's URL may hold a password. */
static const char *make_scope(struct session *s)
{
    const struct http_settings *h = &s->http;
    char proxy[65] = "";

    if (h->proxy) sigv4_hash(proxy, h->proxy, strlen(h->proxy));
    return arena_printf(&s->arena, "%s %s %s %d %d %s %s", s->places.region, s->athena.url, proxy,
                        h->verify_tls, h->wants_tls13, h->ca_file ? h->ca_file : "",
                        h->ca_path ? h->ca_path : "");
}

NO_THREAD_CHECK struct session *session_new(const struct options *o, struct engine *e,
                                            struct fault *f)
{
    struct session *s = calloc(1, sizeof *s);
    const char *scope;
    enum status st;

    if (!s) {
        fault_no_memory(f);
        return NULL;
    }
    atomic_init(&s->references, 1);
    arena_init(&s->arena);
    for (int i = 0; i < START_KINDS; i++)
        start_line_init(&s->starts[i]);
    s->engine = e;
    read_network(s, o);
    read_results(s, o);
    read_polling(s, o);
    st = read_trust(s, o, f);
    if (!st) st = read_endpoints(s, o, f);
    if (!st) {
        scope = make_scope(s);
        if (!scope) st = fault_no_memory(f);
        if (!st) s->identity = identity_acquire(o, s, scope, f);
    }
    if (!s->identity) {
        session_free(s);
        return NULL;
    }
    return s;
}

unsigned session_engine_version(struct session *s)
{
    const unsigned known = s ? atomic_load(&s->engine_version) : 0;

    return known ? known : ENGINE_VERSION;
}

void session_set_engine_version(struct session *s, const char *name)
{
    const char *digits = name ? strpbrk(name, "0123456789") : NULL;

    if (digits) atomic_store(&s->engine_version, (unsigned)strtoul(digits, NULL, 10));
}

void session_hold(struct session *s)
{
    atomic_fetch_add(&s->references, 1);
}

void session_release(struct session *s)
{
    if (s && atomic_fetch_sub(&s->references, 1) == 1) session_free(s);
}
