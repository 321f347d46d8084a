#include "aws/creds_process.h"

#include <string.h>

#include "aws/creds_json.h"

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

enum status creds_process_parse(struct aws_credentials *c, const char *output, size_t bytes,
                                struct fault *f)
{
    static const struct creds_json_form form = {.doing = "credential_process",
                                                .what = "the program's output",
                                                .token = "SessionToken",
                                                .has_version = true};

    return creds_json_parse(c, &form, output, bytes, f);
}
