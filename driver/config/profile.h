/*
 * The AWS files ~/.aws/config and ~/.aws/credentials, read from bytes (AWS SDKs and
 * Tools Reference Guide, "Shared config and credentials files").
 *
 * Sections [default], [profile x] (config) or [x] (credentials), [sso-session x], [services x];
 * keys in any case; "#" and ";" begin comments; indented lines below a key without value are that
 * key's own block and are found as "key.inner" ("s3.addressing_style"). For one profile, values of
 * the credentials file win, whichever file was read first.
 *
 * Thread: one owner at a time; read-only lookups from any.
 */
#ifndef ATHENA_CONFIG_PROFILE_H
#define ATHENA_CONFIG_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

enum profile_file { PROFILE_CONFIG, PROFILE_CREDENTIALS };

enum profile_section { PROFILE_PROFILE, PROFILE_SSO_SESSION, PROFILE_SERVICES };

struct profile_entry;

struct profiles {
    struct arena arena;
    struct profile_entry *first, *last;
};

/* A zeroed struct is an empty one. */
void profile_init(struct profiles *p);

/* Wipes (there are keys in it) and frees; empty and usable again. */
void profile_clear(struct profiles *p);

/*
 * Adds what a file says. Lines that make no sense are skipped, as AWS's own tools do with files
 * they share; the fault is HY001 alone.
 */
enum status profile_add(struct profiles *p, enum profile_file kind, const char *bytes, size_t count,
                        struct fault *f);

/* The value, NULL when section or key is absent. key in any case, name exactly. Borrowed. */
const char *profile_get(const struct profiles *p, enum profile_section section, const char *name,
                        const char *key);

/*
 * The profile behind one in the order of the files, or the first for NULL; NULL behind the last. Each
 * is named once. Borrowed.
 */
const char *profile_next(const struct profiles *p, const char *behind);

/* Whether the section exists, even an empty one. */
bool profile_exists(const struct profiles *p, enum profile_section section, const char *name);

#endif
