/* Plug-ins of profiles. See plugin.h. */
#include "auth/plugin.h"

#include <string.h>

#include "base/arena.h"
#include "base/ascii.h"
#include "config/authentication.h"

/* Names that say something else in a profile than they do in a connection string. */
static bool is_of_aws(const char *name)
{
    return ascii_begins(name, "aws_") || !strcmp(name, "role_arn") ||
           !strcmp(name, "external_id") || !strcmp(name, "role_session_name");
}

/* The profile's value under one of the option's names. */
static const char *value_of(const struct profiles *profiles, const char *profile,
                            const struct option_info *info, struct arena *a)
{
    const char *value =
        is_of_aws(info->name) ? NULL : profile_get(profiles, PROFILE_PROFILE, profile, info->name);
    const char *alias = info->aliases;

    while (!value && *alias) {
        size_t bytes = strcspn(alias, "|");
        const char *other = arena_copy(a, alias, bytes);

        if (other && !is_of_aws(other)) {
            value = profile_get(profiles, PROFILE_PROFILE, profile, other);
        }
        alias += bytes + (alias[bytes] == '|');
    }
    return value;
}

static enum status add_profile(struct options *o, const struct profiles *profiles,
                               const char *profile, struct fault *f)
{
    enum status st = ST_OK;
    struct arena a;

    arena_init(&a);
    for (unsigned id = 0; id < OPTION_COUNT && !st; id++) {
        const char *value = NULL;

        if (authentication_concerns(id) && id != OPTION_AUTHENTICATION_TYPE) {
            value = value_of(profiles, profile, options_info(id), &a);
        }
        if (value) st = options_set(o, id, value, strlen(value), OPTION_FROM_WIDE, f);
    }
    arena_clear(&a);
    return st;
}

static bool reads_profiles(const struct options *o)
{
    return options_choice(o, OPTION_AUTHENTICATION_TYPE) <= AUTHENTICATION_DEFAULT_CREDENTIALS;
}

enum status plugin_options(struct options *out, const struct options *connection,
                           const struct profiles *profiles, const char *profile, const char *plugin,
                           struct fault *f)
{
    struct fault why = {0};
    enum status st = options_copy(out, connection, f);

    if (st) return st;
    options_forget(out, OPTION_AUTHENTICATION_TYPE);
    st = options_set(out, OPTION_AUTHENTICATION_TYPE, plugin, strlen(plugin), OPTION_FROM_ATTRIBUTE,
                     &why);
    if (!st && reads_profiles(out)) {
        st = fault_set(&why, SQLSTATE_28000, 0, "%s cannot be a plug-in", plugin);
    }
    if (!st) st = add_profile(out, profiles, profile, &why);
    if (!st) st = authentication_check(out, &why);
    if (!st) return ST_OK;
    return fault_set(f, why.state, why.native, "profile %s: plugin_name: %s", profile, why.text);
}
