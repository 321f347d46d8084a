/*
 * The twin of a reader of text: a regular expression of the C library says whether a text has the
 * form, and where its parts are.
 */
#ifndef ATHENA_TESTS_FUZZ_FORM_H
#define ATHENA_TESTS_FUZZ_FORM_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FORM_MOST_PARTS = 16, FORM_MOST_BYTES = 600 };

/* POSIX extended, compiled when first used and never freed. Part 0 is the whole. */
struct form {
    const char *pattern;
    regex_t compiled;
    bool is_compiled;
};

struct form_parts {
    const char *text;
    regmatch_t at[FORM_MOST_PARTS];
};

static inline bool form_matches(struct form *f, const char *text, struct form_parts *parts)
{
    if (!f->is_compiled && regcomp(&f->compiled, f->pattern, REG_EXTENDED)) abort();
    f->is_compiled = true;
    parts->text = text;
    return regexec(&f->compiled, text, FORM_MOST_PARTS, parts->at, 0) == 0;
}

static inline bool form_has(const struct form_parts *p, unsigned part)
{
    return p->at[part].rm_so >= 0;
}

static inline size_t form_bytes(const struct form_parts *p, unsigned part)
{
    return form_has(p, part) ? (size_t)(p->at[part].rm_eo - p->at[part].rm_so) : 0;
}

static inline const char *form_text(const struct form_parts *p, unsigned part)
{
    return p->text + (form_has(p, part) ? p->at[part].rm_so : 0);
}

/* The digits of a part as a number; 0 when it is not there. At most 18 digits. */
static inline uint64_t form_number(const struct form_parts *p, unsigned part)
{
    char digits[20];

    snprintf(digits, sizeof digits, "%.*s", (int)form_bytes(p, part), form_text(p, part));
    return strtoull(digits, NULL, 10);
}

/* The first nine digits of a fraction as nanoseconds; *is_cut: others that are not 0 follow. */
static inline uint32_t form_nanoseconds(const struct form_parts *p, unsigned part, bool *is_cut)
{
    char digits[] = "000000000";
    size_t count = form_bytes(p, part), kept = count < 9 ? count : 9;

    memcpy(digits, form_text(p, part), kept);
    *is_cut = strspn(form_text(p, part) + kept, "0") < count - kept;
    return (uint32_t)strtoul(digits, NULL, 10);
}

/* A copy that ends with a NUL; false for texts with one inside, and for long ones. */
static inline bool form_copy(const uint8_t *bytes, size_t count, char text[FORM_MOST_BYTES + 1])
{
    if (count > FORM_MOST_BYTES || memchr(bytes, '\0', count)) return false;
    memcpy(text, bytes, count);
    text[count] = '\0';
    return true;
}

/* Ends the program, which is what a fuzzer looks for, after telling the text. */
static inline void form_expect(bool holds, const char *text, const char *what)
{
    if (holds) return;
    fprintf(stderr, "\"%s\": %s\n", text, what);
    abort();
}

#endif
