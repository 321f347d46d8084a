/* Places of services. See places.h. */
#include "auth/places.h"

#include <stdlib.h>

#include "auth/profile_files.h"
#include "aws/creds_env.h"

/* clang-format off */
static const enum option_id override_options[AWS_SERVICE_COUNT] = {
    [AWS_ATHENA]         = OPTION_ENDPOINT_OVERRIDE,
    [AWS_S3]             = OPTION_S3_ENDPOINT_OVERRIDE,
    [AWS_STS]            = OPTION_STS_ENDPOINT_OVERRIDE,
    [AWS_LAKE_FORMATION] = OPTION_LAKE_FORMATION_ENDPOINT_OVERRIDE,
    [AWS_SSO_PORTAL]     = OPTION_SSO_ENDPOINT_OVERRIDE,
    [AWS_SSO_OIDC]       = OPTION_SSO_OIDC_ENDPOINT_OVERRIDE,
    [AWS_SSO_ADMIN]      = OPTION_SSO_ADMIN_ENDPOINT_OVERRIDE,
    [AWS_DATAZONE]       = OPTION_SAGEMAKER_ENDPOINT_OVERRIDE,
};
/* clang-format on */

/* Of the profile that the connection signs in with, or would: also beside keys that were given. */
static enum status read_region(const char **region, struct arena *a, const struct creds_env *env,
                               const char *asked, struct fault *f)
{
    const char *found;
    struct profiles files;
    enum status st;

    profile_init(&files);
    st = profile_files_read(&files, env, f);
    if (!st) {
        found = profile_get(&files, PROFILE_PROFILE, creds_env_profile(env, asked), "region");
        *region = arena_text(a, found);
        if (found && !*region) st = fault_no_memory(f);
    }
    profile_clear(&files);
    return st;
}

enum status places_read(struct places *p, struct arena *a, const struct options *o, struct fault *f)
{
    struct places here = {.region = options_text(o, OPTION_AWS_REGION),
                          .use_fips = options_flag(o, OPTION_USE_FIPS_ENDPOINT),
                          .use_dual_stack = options_flag(o, OPTION_USE_DUAL_STACK_ENDPOINT)};
    struct creds_env env;

    if (!here.region) {
        creds_env_read(&env, secure_getenv);
        here.region = creds_env_region(&env);
        if (!here.region &&
            read_region(&here.region, a, &env, options_text(o, OPTION_AWS_PROFILE), f)) {
            return ST_ERR;
        }
    }
    for (int i = 0; i < AWS_SERVICE_COUNT; i++)
        here.overrides[i] = options_text(o, override_options[i]);
    return places_copy(p, a, &here, f);
}

enum status places_copy(struct places *to, struct arena *a, const struct places *from,
                        struct fault *f)
{
    *to = *from;
    to->region = arena_text(a, from->region);
    if (from->region && !to->region) return fault_no_memory(f);
    for (int i = 0; i < AWS_SERVICE_COUNT; i++) {
        to->overrides[i] = arena_text(a, from->overrides[i]);
        if (from->overrides[i] && !to->overrides[i]) return fault_no_memory(f);
    }
    return ST_OK;
}

enum status places_endpoint(struct endpoint *out, struct arena *a, const struct places *p,
                            enum aws_service service, const char *region, struct fault *f)
{
    struct region_wish wish = {.region = region ? region : p->region,
                               .override = p->overrides[service],
                               .use_fips = p->use_fips,
                               .use_dual_stack = p->use_dual_stack};

    return region_endpoint(out, a, service, &wish, f);
}
