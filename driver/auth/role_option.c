/* Roles by options. See role_option.h. */
#include "auth/role_option.h"

#include <string.h>

enum { CODE_DIGITS = 6 };

/* With JWT and without preferred_role it is the token's own role. */
static const char *role_to_add(const struct options *o)
{
    bool is_taken = options_choice(o, OPTION_AUTHENTICATION_TYPE) == AUTHENTICATION_JWT &&
                    !options_is_set(o, OPTION_PREFERRED_ROLE);

    return is_taken ? NULL : options_text(o, OPTION_ROLE_ARN);
}

static struct creds_role *add(struct creds_plan *plan, struct arena *a, const char *origin)
{
    struct creds_role *roles = arena_array(a, plan->role_count + 1, sizeof *roles);

    if (!roles) return NULL;
    if (plan->role_count) memcpy(roles, plan->roles, plan->role_count * sizeof *roles);
    roles[plan->role_count] = (struct creds_role){.origin = origin};
    plan->roles = roles;
    return &roles[plan->role_count++];
}

static enum status add_role(struct creds_plan *plan, struct arena *a, const struct options *o,
                            const char *role_arn, struct fault *f)
{
    struct creds_role *role = add(plan, a, "the option role_arn");

    if (!role) return fault_no_memory(f);
    role->role_arn = role_arn;
    role->external_id = options_text(o, OPTION_EXTERNAL_ID);
    role->session_name = options_text(o, OPTION_ROLE_SESSION_NAME);
    /* the default is that of the identity providers' roles; STS's own is an hour */
    if (options_is_set(o, OPTION_DURATION)) role->duration_s = options_number(o, OPTION_DURATION);
    return ST_OK;
}

static enum status add_device(struct creds_plan *plan, struct arena *a, const struct options *o,
                              const char *serial, struct fault *f)
{
    struct creds_role *first;

    if (!plan->role_count) {
        first = add(plan, a, "the option serial_number");
        if (first && options_is_set(o, OPTION_DURATION)) {
            first->duration_s = options_number(o, OPTION_DURATION);
        }
    } else {
        first = arena_array(a, plan->role_count, sizeof *first);
        if (first) memcpy(first, plan->roles, plan->role_count * sizeof *first);
    }
    if (!first) return fault_no_memory(f);
    first->mfa_serial = serial;
    plan->roles = first;
    return ST_OK;
}

enum status role_option_apply(struct creds_plan *plan, struct arena *a, const struct options *o,
                              struct fault *f)
{
    const char *role_arn = role_to_add(o), *serial = options_text(o, OPTION_SERIAL_NUMBER);
    enum status st = role_arn ? add_role(plan, a, o, role_arn, f) : ST_OK;

    return st || !serial ? st : add_device(plan, a, o, serial, f);
}

/* ---- codes -------------------------------------------------------------------------------- */

static const struct creds_role *role_with_device(const struct creds_plan *plan)
{
    for (size_t i = 0; i < plan->role_count; i++) {
        if (plan->roles[i].mfa_serial) return &plan->roles[i];
    }
    return NULL;
}

bool role_option_needs_code(const struct creds_plan *plan)
{
    return role_with_device(plan) != NULL;
}

enum status role_option_code(const char **code, const struct creds_plan *plan,
                             const struct options *o, bool has_been_used, struct fault *f)
{
    const struct creds_role *role = role_with_device(plan);

    *code = options_text(o, OPTION_MFA_TOKEN);
    if (!*code) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "%s asks for a code of the MFA device %s: give the code that it shows in "
                         "MFAToken",
                         role->origin, role->mfa_serial);
    }
    if (strlen(*code) != CODE_DIGITS || strspn(*code, "0123456789") != CODE_DIGITS) {
        return fault_set(f, SQLSTATE_28000, 0, "MFAToken is no code: those have %d digits",
                         CODE_DIGITS);
    }
    if (has_been_used) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "the session of %s has ended, and the code in MFAToken was good once: "
                         "connect again with the code that the device %s shows now",
                         role->origin, role->mfa_serial);
    }
    return ST_OK;
}
