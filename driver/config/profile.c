#include "config/profile.h"

#include <string.h>

#include "base/ascii.h"
#include "base/wipe.h"
#include "config/slice.h"

/* One "key = value", or the head of a section (key NULL). */
struct profile_entry {
    struct profile_entry *next;
    enum profile_section section;
    enum profile_file file;
    const char *name; /* of the section */
    const char *key;  /* "outer.inner" for an indented one */
    const char *value;
};

/* Where the reader of a file stands. */
struct reader {
    struct profiles *profiles;
    enum profile_file file;
    enum profile_section section;
    const char *name;  /* NULL: outside of any section that concerns us */
    const char *outer; /* the key without value that an indented line belongs to; NULL: none */
};

void profile_init(struct profiles *p)
{
    *p = (struct profiles){0};
}

void profile_clear(struct profiles *p)
{
    for (struct profile_entry *e = p->first; e; e = e->next) {
        wipe_text(e->value);
    }
    arena_clear(&p->arena);
    profile_init(p);
}

/* A comment behind a value begins with a blank and "#" or ";". */
static struct slice without_comment(struct slice s)
{
    for (size_t i = 1; i < s.count; i++) {
        if ((s.bytes[i] == '#' || s.bytes[i] == ';') && slice_is_blank(s.bytes[i - 1])) s.count = i;
    }
    return slice_trim(s);
}

static bool add(struct reader *r, const char *key, const char *value)
{
    struct profiles *p = r->profiles;
    struct profile_entry *e = arena_alloc(&p->arena, sizeof *e);

    if (!e) return false;
    *e = (struct profile_entry){
        .section = r->section, .file = r->file, .name = r->name, .key = key, .value = value};
    if (p->last)
        p->last->next = e;
    else
        p->first = e;
    p->last = e;
    return true;
}

/* Takes word off the front of s when it stands there before a blank. */
static bool take_word(struct slice *s, const char *word)
{
    size_t bytes = strlen(word);

    if (s->count <= bytes || strncmp(s->bytes, word, bytes) || !slice_is_blank(s->bytes[bytes])) {
        return false;
    }
    *s = slice_trim((struct slice){s->bytes + bytes, s->count - bytes});
    return true;
}

/*
 * "[default]", "[profile x]" of the config file, "[x]" of the credentials file. A bare name in the
 * config file is no profile, but old files have it and AWS's tools have been lenient.
 */
static bool enter_section(struct reader *r, struct slice line)
{
    const char *close = memchr(line.bytes, ']', line.count);
    struct slice head;

    r->name = r->outer = NULL;
    if (!close) return true;
    head = slice_trim((struct slice){line.bytes + 1, (size_t)(close - line.bytes) - 1});
    r->section = PROFILE_PROFILE;
    if (r->file == PROFILE_CONFIG) {
        if (take_word(&head, "sso-session"))
            r->section = PROFILE_SSO_SESSION;
        else if (take_word(&head, "services"))
            r->section = PROFILE_SERVICES;
        else
            take_word(&head, "profile");
    }
    if (head.count >= 2 && (*head.bytes == '"' || *head.bytes == '\'') &&
        head.bytes[head.count - 1] == *head.bytes) {
        head = (struct slice){head.bytes + 1, head.count - 2};
    }
    r->name = arena_copy(&r->profiles->arena, head.bytes, head.count);
    return r->name && add(r, NULL, NULL);
}

static bool add_value(struct reader *r, struct slice line)
{
    struct arena *a = &r->profiles->arena;
    const char *equals = memchr(line.bytes, '=', line.count);
    bool is_inner = r->outer && slice_is_blank(*line.bytes);
    struct slice key, value;
    char *name, *text;

    if (!r->name || !equals) return true;
    key = slice_trim((struct slice){line.bytes, (size_t)(equals - line.bytes)});
    value = (struct slice){equals + 1, line.count - (size_t)(equals + 1 - line.bytes)};
    value = without_comment(value);
    if (!key.count) return true;

    name = is_inner ? arena_printf(a, "%s.%.*s", r->outer, (int)key.count, key.bytes)
                    : arena_copy(a, key.bytes, key.count);
    text = arena_copy(a, value.bytes, value.count);
    if (!name || !text) return false;
    if (!is_inner) r->outer = value.count ? NULL : name;
    return add(r, name, text);
}

static bool read_line(struct reader *r, struct slice line)
{
    struct slice bare = slice_trim(line);

    if (!bare.count || *bare.bytes == '#' || *bare.bytes == ';') return true;
    if (*bare.bytes == '[') return enter_section(r, bare);
    return add_value(r, (struct slice){line.bytes, line.count});
}

enum status profile_add(struct profiles *p, enum profile_file kind, const char *bytes, size_t count,
                        struct fault *f)
{
    struct reader r = {.profiles = p, .file = kind};
    const char *end = bytes + count;

    if (count >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) bytes += 3;
    while (bytes < end) {
        const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));

        if (!stop) stop = end;
        if (!read_line(&r, (struct slice){bytes, (size_t)(stop - bytes)}))
            return fault_no_memory(f);
        bytes = stop < end ? stop + 1 : end;
    }
    return ST_OK;
}

static bool is_section(const struct profile_entry *e, enum profile_section section,
                       const char *name)
{
    return e->section == section && !strcmp(e->name, name);
}

const char *profile_get(const struct profiles *p, enum profile_section section, const char *name,
                        const char *key)
{
    const struct profile_entry *found = NULL;

    for (const struct profile_entry *e = p->first; e; e = e->next) {
        if (!e->key || !is_section(e, section, name) || !ascii_same(e->key, key)) continue;
        /* within a file the last one counts, between files the credentials file */
        if (!found || e->file >= found->file) found = e;
    }
    return found && *found->value ? found->value : NULL;
}

bool profile_exists(const struct profiles *p, enum profile_section section, const char *name)
{
    for (const struct profile_entry *e = p->first; e; e = e->next) {
        if (is_section(e, section, name)) return true;
    }
    return false;
}

/* Whether an entry before this one is of the same profile. */
static bool is_repeated(const struct profiles *p, const struct profile_entry *of)
{
    for (const struct profile_entry *e = p->first; e != of; e = e->next) {
        if (is_section(e, of->section, of->name)) return true;
    }
    return false;
}

const char *profile_next(const struct profiles *p, const char *behind)
{
    bool has_come = !behind;

    for (const struct profile_entry *e = p->first; e; e = e->next) {
        if (e->section != PROFILE_PROFILE) continue;
        if (has_come && !is_repeated(p, e)) return e->name;
        if (!has_come && !strcmp(e->name, behind)) has_come = true;
    }
    return NULL;
}
