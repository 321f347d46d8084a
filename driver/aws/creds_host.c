#include "aws/creds_host.h"

#include <string.h>

#include "aws/creds_json.h"
#include "base/ascii.h"

#define CONTAINER_HOST     "http://169.254.170.2" /* ECS */
#define INSTANCE_HOST      "http://169.254.169.254"
#define INSTANCE_HOST_IPV6 "http://[fd00:ec2::254]"

enum { ROLE_NAME_MAX = 64 }; /* characters; IAM */

/* ---- where ---- */

bool creds_host_has_container(const struct creds_env *env)
{
    return env->values[ENV_CONTAINER_RELATIVE_URI] || env->values[ENV_CONTAINER_FULL_URI];
}

static bool is_true(const char *value)
{
    return value && ascii_same(value, "true");
}

bool creds_host_is_instance_disabled(const struct creds_env *env)
{
    return is_true(env->values[ENV_METADATA_DISABLED]);
}

bool creds_host_is_v1_disabled(const struct creds_env *env)
{
    return is_true(env->values[ENV_METADATA_V1_DISABLED]);
}

/* Printable ASCII without blanks, quotes and backslashes: what nobody reads in two ways. */
static bool is_plain(const char *url)
{
    for (; *url; url++) {
        if (*url <= ' ' || *url > '~' || strchr("\"'<>\\^`{|}#", *url)) return false;
    }
    return true;
}

/* Behind "://"; NULL when the scheme is another one. */
static const char *behind_scheme(const char *url, const char *scheme)
{
    size_t bytes = strlen(scheme);

    return ascii_begins(url, scheme) && !strncmp(url + bytes, "://", 3) ? url + bytes + 3 : NULL;
}

/* "127.1.2.3": four numbers, or a name such as 127.evil.example would pass. */
static bool is_loopback(const char *host, size_t bytes)
{
    unsigned dots = 0, digits = 0;

    if (bytes < 4 || memcmp(host, "127.", 4) != 0) return false;
    for (size_t i = 0; i < bytes; i++) {
        if (host[i] == '.') {
            if (!digits) return false;
            dots++;
            digits = 0;
        } else if (host[i] < '0' || host[i] > '9' || ++digits > 3) {
            return false;
        }
    }
    return dots == 3 && digits;
}

/* Hosts that are reached without leaving the machine, or its hypervisor. */
static bool is_near(const char *host, size_t bytes)
{
    static const char *const near[] = {"localhost", "[::1]", "169.254.170.2", "169.254.170.23",
                                       "[fd00:ec2::23]"};

    for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
        if (strlen(near[i]) == bytes && ascii_same_bytes(host, near[i], bytes)) return true;
    }
    return is_loopback(host, bytes);
}

/* The length of the host that an authority begins with: "[::1]:80", "localhost:80". */
static size_t host_bytes(const char *authority, size_t bytes)
{
    const char *end = *authority == '[' ? memchr(authority, ']', bytes) : NULL;

    if (end) return (size_t)(end + 1 - authority);
    end = memchr(authority, ':', bytes);
    return end ? (size_t)(end - authority) : bytes;
}

static bool is_port(const char *text, size_t bytes)
{
    if (!bytes) return true;
    if (*text != ':' || bytes == 1 || bytes > 6) return false;
    for (size_t i = 1; i < bytes; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
    }
    return true;
}

/* Whether it is an http or https URL; *is_safe: that a token may be sent there. */
static bool check_url(const char *url, bool *is_safe)
{
    const char *plain = behind_scheme(url, "http"), *secure = behind_scheme(url, "https");
    const char *authority = plain ? plain : secure;
    size_t bytes, host;

    if (!authority || !is_plain(url)) return false;
    bytes = strcspn(authority, "/?");
    if (!bytes || memchr(authority, '@', bytes)) return false;
    host = host_bytes(authority, bytes);
    if (!host || !is_port(authority + host, bytes - host)) return false;
    *is_safe = secure || is_near(authority, host);
    return true;
}

static enum status refuse_url(enum creds_env_name variable, const char *why, struct fault *f)
{
    return fault_set(f, SQLSTATE_28000, 0, "%s is %s", creds_env_variable(variable), why);
}

enum status creds_host_container(const char **url, struct arena *a, const struct creds_env *env,
                                 struct fault *f)
{
    const char *path = env->values[ENV_CONTAINER_RELATIVE_URI];
    const char *full = env->values[ENV_CONTAINER_FULL_URI];
    bool is_safe = false;

    if (!path && !full) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "neither %s nor %s is set: this is no container with a role",
                         creds_env_variable(ENV_CONTAINER_RELATIVE_URI),
                         creds_env_variable(ENV_CONTAINER_FULL_URI));
    }
    if (path && (*path != '/' || !is_plain(path))) {
        return refuse_url(ENV_CONTAINER_RELATIVE_URI, "no path that begins with a slash", f);
    }
    if (!path && !check_url(full, &is_safe)) {
        return refuse_url(ENV_CONTAINER_FULL_URI, "no http or https URL", f);
    }
    if (!path && !is_safe) {
        return refuse_url(ENV_CONTAINER_FULL_URI,
                          "an http URL of another machine; allowed are https, and http to "
                          "loopback, 169.254.170.2, 169.254.170.23 and [fd00:ec2::23]",
                          f);
    }
    *url = path ? arena_printf(a, CONTAINER_HOST "%s", path) : arena_text(a, full);
    return *url ? ST_OK : fault_no_memory(f);
}

static const char *host_of_mode(const char *mode)
{
    if (!mode || ascii_same(mode, "IPv4")) return INSTANCE_HOST;
    return ascii_same(mode, "IPv6") ? INSTANCE_HOST_IPV6 : NULL;
}

enum status creds_host_instance(const char **url, struct arena *a, const struct creds_env *env,
                                struct fault *f)
{
    const char *given = env->values[ENV_METADATA_ENDPOINT];
    size_t bytes;
    bool is_safe;

    if (creds_host_is_instance_disabled(env)) {
        return refuse_url(ENV_METADATA_DISABLED,
                          "true: the instance metadata service may not be asked", f);
    }
    if (given && (!check_url(given, &is_safe) || strchr(given, '?'))) {
        return refuse_url(ENV_METADATA_ENDPOINT, "no http or https URL", f);
    }
    if (!given) given = host_of_mode(env->values[ENV_METADATA_ENDPOINT_MODE]);
    if (!given) {
        return refuse_url(ENV_METADATA_ENDPOINT_MODE,
                          "no mode of the metadata service; allowed are IPv4 and IPv6", f);
    }
    bytes = strlen(given);
    while (given[bytes - 1] == '/')
        bytes--;
    *url = arena_copy(a, given, bytes);
    return *url ? ST_OK : fault_no_memory(f);
}

/* ---- what they answer ---- */

/* Drops blanks and line ends around a text that is not terminated. */
static void trim(const char **text, size_t *bytes)
{
    while (*bytes && (unsigned char)**text <= ' ') {
        (*text)++;
        (*bytes)--;
    }
    while (*bytes && (unsigned char)(*text)[*bytes - 1] <= ' ')
        (*bytes)--;
}

const char *creds_host_token(struct arena *a, const char *token, size_t bytes)
{
    trim(&token, &bytes);
    for (size_t i = 0; i < bytes; i++) {
        if (token[i] < ' ' || token[i] > '~') return NULL;
    }
    return bytes ? arena_copy(a, token, bytes) : NULL;
}

static bool is_role_character(char c)
{
    return ascii_is_letter(c) || (c >= '0' && c <= '9') || (c && strchr("+=,.@_-", c));
}

const char *creds_host_role(struct arena *a, const char *body, size_t bytes)
{
    const char *end;

    trim(&body, &bytes);
    if (!bytes) return NULL;
    end = memchr(body, '\n', bytes);
    if (end) bytes = (size_t)(end - body);
    trim(&body, &bytes);
    if (bytes > ROLE_NAME_MAX) return NULL;
    for (size_t i = 0; i < bytes; i++) {
        if (!is_role_character(body[i])) return NULL;
    }
    return arena_copy(a, body, bytes);
}

enum status creds_host_parse(struct aws_credentials *c, const char *body, size_t bytes,
                             const char *doing, struct fault *f)
{
    const struct creds_json_form form = {
        .doing = doing, .what = "the answer", .token = "Token", .has_code = true};

    return creds_json_parse(c, &form, body, bytes, f);
}
