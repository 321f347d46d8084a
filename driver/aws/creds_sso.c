#include "aws/creds_sso.h"

#include <stddef.h>
#include <string.h>

#include "aws/creds_profile.h"

static const struct {
    const char *key;
    size_t offset;
} keys[] = {
    {"sso_start_url", offsetof(struct creds_sso, start_url)},
    {"sso_region", offsetof(struct creds_sso, region)},
    {"sso_account_id", offsetof(struct creds_sso, account_id)},
    {"sso_role_name", offsetof(struct creds_sso, role_name)},
};

static const char *get(const struct creds_files *files, const char *profile, const char *key)
{
    return files->get(files->context, profile, key);
}

bool creds_sso_is_said(const struct creds_files *files, const char *profile)
{
    return get(files, profile, "sso_account_id") || get(files, profile, "sso_role_name");
}

/* What the session says counts; the profile may repeat it, and says the rest. */
static enum status find(const char **value, const struct creds_files *files, const char *profile,
                        const char *session, const char *key, struct fault *f)
{
    const char *own = get(files, profile, key);
    const char *shared = session ? files->session(files->context, session, key) : NULL;

    *value = shared ? shared : own;
    if (shared && own && strcmp(own, shared) != 0) {
        return fault_set(f, SQLSTATE_28000, 0, "profile %s and its sso_session %s disagree on %s",
                         profile, session, key);
    }
    if (*value) return ST_OK;
    return fault_set(f, SQLSTATE_28000, 0, "profile %s: for IAM Identity Center it lacks %s%s%s%s",
                     profile, key, session ? ", as does the section [sso-session " : "",
                     session ? session : "", session ? "]" : "");
}

enum status creds_sso_plan(const struct creds_sso **out, struct arena *a,
                           const struct creds_files *files, const char *profile, struct fault *f)
{
    const char *session = get(files, profile, "sso_session");
    struct creds_sso *sso = arena_alloc(a, sizeof *sso);

    if (!sso) return fault_no_memory(f);
    sso->profile = arena_text(a, profile);
    sso->session = arena_text(a, session);
    if (!sso->profile || (session && !sso->session)) return fault_no_memory(f);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *value, **at = (const char **)(void *)((char *)sso + keys[i].offset);

        if (find(&value, files, profile, session, keys[i].key, f)) return ST_ERR;
        *at = arena_text(a, value);
        if (!*at) return fault_no_memory(f);
    }
    *out = sso;
    return ST_OK;
}
