#include "config/browse.h"

#include <string.h>

#include "config/authentication.h"

enum level { PLACE, CREDENTIALS };

#define WITH(type) (1u << AUTHENTICATION_##type)
#define ALWAYS     (~0u)

/* In the order in which they are shown. */
static const struct question {
    enum option_id id;
    enum level level;
    unsigned authentications; /* those that it belongs to, as bits */
    bool is_required;
    const char *prompt;
} questions[] = {
    /* clang-format off */
    {OPTION_AWS_REGION,          PLACE,       ALWAYS,                true,  "AWS region"},
    {OPTION_UID,                 CREDENTIALS, WITH(IAM_CREDENTIALS), true,  "Access key ID"},
    {OPTION_PWD,                 CREDENTIALS, WITH(IAM_CREDENTIALS), true,  "Secret access key"},
    {OPTION_SESSION_TOKEN,       CREDENTIALS, WITH(IAM_CREDENTIALS), false, "Session token"},
    {OPTION_AWS_PROFILE,         CREDENTIALS, WITH(IAM_PROFILE),     true,  "AWS profile"},
    {OPTION_AUTHENTICATION_TYPE, PLACE,       ALWAYS,                false, "Authentication"},
    {OPTION_WORKGROUP,           PLACE,       ALWAYS,                false, "Workgroup"},
    {OPTION_S3_OUTPUT_LOCATION,  PLACE,       ALWAYS,                false, "Location of results"},
    {OPTION_CATALOG,             PLACE,       ALWAYS,                false, "Catalog"},
    {OPTION_SCHEMA,              PLACE,       ALWAYS,                false, "Database"},
    /* clang-format on */
};

enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static bool is_open(const struct options *o, const struct browse_environment *env,
                    const struct question *q)
{
    if (options_is_set(o, q->id)) return false;
    if (!(q->authentications & 1u << options_choice(o, OPTION_AUTHENTICATION_TYPE))) return false;
    if (q->id == OPTION_AWS_REGION) return !env->has_region;
    return q->id != OPTION_AWS_PROFILE || !env->has_profile;
}

static bool lacks(const struct options *o, const struct browse_environment *env, enum level level)
{
    for (unsigned i = 0; i < QUESTIONS; i++) {
        const struct question *q = &questions[i];

        if (q->level == level && q->is_required && is_open(o, env, q)) return true;
    }
    return false;
}

/*
 * What a type needs: "idp_host:idp_host=?;". The keys of IAM Credentials have questions of their own.
 * False when there is nothing; out may be NULL.
 */
static bool write_other_needs(const struct options *o, struct buf *out)
{
    enum option_id missing[AUTHENTICATION_NEEDS_MAX];
    unsigned count = authentication_missing(o, missing);

    if (options_choice(o, OPTION_AUTHENTICATION_TYPE) == AUTHENTICATION_IAM_CREDENTIALS) {
        return false;
    }
    for (unsigned i = 0; out && i < count; i++) {
        const char *name = options_info(missing[i])->name;

        buf_printf(out, "%s:%s=?;", name, name);
    }
    return count != 0;
}

/* "{IAM Credentials,IAM Profile}". */
static void write_choices(const char *choices, struct buf *out)
{
    buf_putc(out, '{');
    for (const char *c = choices; *c; c++)
        buf_putc(out, *c == '|' ? ',' : *c);
    buf_putc(out, '}');
}

/* A name with one of these could not be told from the grammar; it can still be given. */
static bool can_be_listed(const char *profile)
{
    return !profile[strcspn(profile, "{},;=?*")];
}

/* "{default,work}", or "?" without any. */
static void write_profiles(const struct profiles *p, struct buf *out)
{
    const char *before = "{";

    for (const char *name = p ? profile_next(p, NULL) : NULL; name; name = profile_next(p, name)) {
        if (!can_be_listed(name)) continue;
        buf_puts(out, before);
        buf_puts(out, name);
        before = ",";
    }
    buf_putc(out, *before == ',' ? '}' : '?');
}

static void write_question(const struct question *q, const struct browse_environment *env,
                           struct buf *out)
{
    const struct option_info *info = options_info(q->id);

    if (!q->is_required) buf_putc(out, '*');
    buf_printf(out, "%s:%s=", info->name, q->prompt);
    if (info->choices) {
        write_choices(info->choices, out);
    } else if (q->id == OPTION_AWS_PROFILE) {
        write_profiles(env->profiles, out);
    } else {
        buf_putc(out, '?');
    }
    buf_putc(out, ';');
}

bool browse_write_needs(const struct options *o, const struct browse_environment *env,
                        struct buf *out)
{
    enum level level = lacks(o, env, PLACE) ? PLACE : CREDENTIALS;

    if (level == CREDENTIALS && !lacks(o, env, CREDENTIALS) && !write_other_needs(o, NULL)) {
        return false;
    }
    if (level == CREDENTIALS) write_other_needs(o, out);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        const struct question *q = &questions[i];

        if (q->level <= level && is_open(o, env, q)) write_question(q, env, out);
    }
    return true;
}

bool browse_forget_credentials(struct options *o)
{
    static const struct browse_environment nothing = {false, false, NULL};

    for (unsigned i = 0; i < QUESTIONS; i++) {
        if (questions[i].level == CREDENTIALS) options_forget(o, questions[i].id);
    }
    return lacks(o, &nothing, CREDENTIALS) || write_other_needs(o, NULL);
}
