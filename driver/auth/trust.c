/* Trusted certificates. See trust.h. */
#include "auth/trust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/profile_files.h"
#include "aws/creds_env.h"

enum { REASON_BYTES = 80 };

/* A file or a folder, whichever it is; origin is what the user would have to change. */
static enum status use(struct trust *t, struct arena *a, const char *origin, const char *path,
                       struct fault *f)
{
    char reason[REASON_BYTES] = "";
    struct stat st;
    const char *copy;

    if (stat(path, &st) || access(path, R_OK)) {
        return fault_set(f, SQLSTATE_HY024, errno,
                         "%s: \"%.300s\" cannot be read (%s); allowed: a file of certificates in "
                         "PEM, or a folder of them that openssl rehash has seen",
                         origin, path, strerror_r(errno, reason, sizeof reason));
    }
    copy = arena_text(a, path);
    if (!copy) return fault_no_memory(f);
    if (S_ISDIR(st.st_mode)) {
        t->folder = copy;
    } else {
        t->file = copy;
    }
    return ST_OK;
}

/* The profile's ca_bundle in arena, NULL when it has none or no profile is used. */
static enum status profile_bundle(const char **path, struct arena *a, const struct options *o,
                                  const struct creds_env *env, struct fault *f)
{
    unsigned way = options_choice(o, OPTION_AUTHENTICATION_TYPE);
    const char *name = creds_env_profile(env, options_text(o, OPTION_AWS_PROFILE));
    struct profiles files;
    enum status st;

    *path = NULL;
    if (way != AUTHENTICATION_IAM_PROFILE && way != AUTHENTICATION_DEFAULT_CREDENTIALS) {
        return ST_OK;
    }
    profile_init(&files);
    st = profile_files_read(&files, env, f);
    if (!st) *path = arena_text(a, profile_get(&files, PROFILE_PROFILE, name, "ca_bundle"));
    profile_clear(&files);
    return st;
}

/* Of the variables; an empty one is not set. */
static const char *variable(const char *name)
{
    const char *value = secure_getenv(name);

    return value && *value ? value : NULL;
}

/* OpenSSL's own two, of which the second may be a list. */
static enum status use_openssl(struct trust *t, struct arena *a, struct fault *f)
{
    const char *file = variable("SSL_CERT_FILE"), *folders = variable("SSL_CERT_DIR");

    if (folders) t->folder = arena_text(a, folders);
    if (folders && !t->folder) return fault_no_memory(f);
    return file ? use(t, a, "SSL_CERT_FILE", file, f) : ST_OK;
}

enum status trust_find(struct trust *t, struct arena *a, const struct options *o, struct fault *f)
{
    const char *path = options_text(o, OPTION_TRUSTED_CERTS);
    struct creds_env env;
    enum status st;

    *t = (struct trust){0};
    if (path) return use(t, a, "option TrustedCerts", path, f);
    creds_env_read(&env, secure_getenv);
    path = env.values[ENV_CA_BUNDLE];
    if (path) return use(t, a, creds_env_variable(ENV_CA_BUNDLE), path, f);
    st = profile_bundle(&path, a, o, &env, f);
    if (st) return st;
    if (path) return use(t, a, "ca_bundle of the AWS profile", path, f);
    path = variable("CURL_CA_BUNDLE");
    if (path) return use(t, a, "CURL_CA_BUNDLE", path, f);
    return use_openssl(t, a, f);
}
