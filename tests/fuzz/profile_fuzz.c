/* The AWS files, and the plans made of them: any bytes, read as both kinds of file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/creds_profile.h"
#include "config/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static const char *get(void *context, const char *profile, const char *key)
{
    return profile_get(context, PROFILE_PROFILE, profile, key);
}

static bool exists(void *context, const char *profile)
{
    return profile_exists(context, PROFILE_PROFILE, profile);
}

static const char *session(void *context, const char *name, const char *key)
{
    return profile_get(context, PROFILE_SSO_SESSION, name, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    static const char *const names[] = {"default", "a", "b", ""};
    struct profiles p;
    struct creds_files files = {get, exists, session, &p};
    struct creds_env env = {0};
    struct creds_plan plan;
    struct fault f = {0};
    struct arena a;

    profile_init(&p);
    arena_init(&a);
    profile_add(&p, PROFILE_CONFIG, (const char *)bytes, count, &f);
    profile_add(&p, PROFILE_CREDENTIALS, (const char *)bytes, count, &f);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (creds_profile_plan(&plan, &a, &files, &env, names[i], &f)) {
            if (!fault_is_set(&f)) abort();
        } else if (plan.source == CREDS_KEYS && !plan.keys.key_id) {
            abort();
        }
        creds_plan_clear(&plan);
        fault_clear(&f);
    }
    profile_clear(&p);
    arena_clear(&a);
    return 0;
}
