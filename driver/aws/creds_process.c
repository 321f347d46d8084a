#include "aws/creds_process.h"

#include <string.h>

#include "aws/json_bind.h"

/* ---- the command line ---- */

enum { WORDS_MAX = 256 };

/* A command line being read; words go, one after the other, into out. */
struct splitter {
    const char *at;
    char *out;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind an opening quote; false when none closes. In double quotes \" \\ \$ \` are escapes. */
static bool take_quoted(struct splitter *s, char quote)
{
    for (; *s->at && *s->at != quote; s->at++) {
        bool is_escape = quote == '"' && *s->at == '\\' && s->at[1] && strchr("\"\\$`", s->at[1]);

        if (is_escape) s->at++;
        *s->out++ = *s->at;
    }
    if (!*s->at) return false;
    s->at++;
    return true;
}

static bool take_word(struct splitter *s)
{
    while (*s->at && !is_blank(*s->at)) {
        char c = *s->at++;

        if (c == '\'' || c == '"') {
            if (!take_quoted(s, c)) return false;
        } else if (c == '\\' && *s->at) {
            *s->out++ = *s->at++;
        } else {
            *s->out++ = c;
        }
    }
    *s->out++ = '\0';
    return true;
}

enum status creds_process_split(char *const **argv, struct arena *a, const char *command,
                                struct fault *f)
{
    /* a word is never longer than what it came from, and its NUL takes the place of a blank */
    struct splitter s = {.at = command, .out = arena_alloc(a, strlen(command) + 2)};
    char **words = arena_array(a, WORDS_MAX + 1, sizeof *words);
    size_t count = 0;

    if (!s.out || !words) return fault_no_memory(f);
    for (;;) {
        while (is_blank(*s.at))
            s.at++;
        if (!*s.at) break;
        if (count == WORDS_MAX) {
            return fault_set(f, SQLSTATE_28000, 0, "credential_process: more than %d words",
                             WORDS_MAX);
        }
        words[count++] = s.out;
        if (!take_word(&s)) {
            return fault_set(f, SQLSTATE_28000, 0,
                             "credential_process: a quote in the command is never closed");
        }
    }
    if (!count) return fault_set(f, SQLSTATE_28000, 0, "credential_process: the command is empty");
    *argv = words;
    return ST_OK;
}

/* ---- the output ---- */

struct output {
    int version;
    const char *key_id, *secret, *token, *expiration;
};

static enum status check(const struct output *o, int64_t *expires_at_s, struct fault *f)
{
    if (o->version != 1) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "credential_process: the program's output has no \"Version\": 1");
    }
    if (!*o->key_id || !*o->secret) {
        return fault_set(f, SQLSTATE_28000, 0, "credential_process: the program's output has no %s",
                         *o->key_id ? "SecretAccessKey" : "AccessKeyId");
    }
    if (*o->expiration && !credentials_parse_time(o->expiration, expires_at_s)) {
        return fault_set(
            f, SQLSTATE_28000, 0,
            "credential_process: Expiration in the program's output is no time such as "
            "2026-11-22T12:00:00Z");
    }
    return ST_OK;
}

static void wipe(const char *text)
{
    /* the arena's own copy; an absent text is a constant, and empty */
    if (*text) explicit_bzero((char *)text, strlen(text));
}

enum status creds_process_parse(struct aws_credentials *c, const char *output, size_t bytes,
                                struct fault *f)
{
    /* clang-format off */
    static const struct json_member members[] = {
#define AT(field) offsetof(struct output, field)
        {.name = "Version",         .kind = JSON_INT,  .offset = AT(version)},
        {.name = "AccessKeyId",     .kind = JSON_TEXT, .offset = AT(key_id)},
        {.name = "SecretAccessKey", .kind = JSON_TEXT, .offset = AT(secret)},
        {.name = "SessionToken",    .kind = JSON_TEXT, .offset = AT(token)},
        {.name = "Expiration",      .kind = JSON_TEXT, .offset = AT(expiration)},
        {0}};
#undef AT
    /* clang-format on */
    struct output o = {0};
    int64_t expires_at_s = 0;
    struct arena a;
    enum status st;

    arena_init(&a);
    if (json_bind(&o, members, &a, output, bytes, "", NULL)) {
        st = fault_set(f, SQLSTATE_28000, 0, "credential_process: the program's output is no JSON");
    } else {
        st = check(&o, &expires_at_s, f);
    }
    if (!st) st = credentials_set(c, o.key_id, o.secret, o.token, expires_at_s, f);
    wipe(o.secret);
    wipe(o.token);
    arena_clear(&a);
    return st;
}
