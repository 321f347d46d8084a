/*
 * The forms of a page, as far as signing in needs them: no HTML library, no tree.
 *
 * A tolerant scanner, which reads as browsers do (WHATWG HTML, section 13.2.5, tokenization): comments
 * and the insides of scripts, styles, text areas and titles hold no inputs; names of tags and
 * attributes come in any case, values with either quote or none; character references are decoded; a
 * form within a form is not one. What stands outside of all forms counts as a form of its own.
 *
 * Bounded: the first HTML_FORMS_MAX forms with HTML_INPUTS_MAX inputs together.
 *
 * Pure. Any thread. Pages hold secrets (a SAML response): whoever gave the arena has it wiped.
 */
#ifndef ATHENA_AWS_HTML_FORM_H
#define ATHENA_AWS_HTML_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

enum { HTML_FORMS_MAX = 32, HTML_INPUTS_MAX = 256 };

struct html_input {
    const char *name, *value, *id; /* "" when absent */
    const char *type;              /* as written; "text" when absent */
    bool is_checked;
    size_t form; /* index of its form */
};

struct html_form {
    const char *action; /* NULL: none is said */
    bool is_post;
};

struct html_page {
    struct html_form forms[HTML_FORMS_MAX]; /* 0: what is outside of forms */
    size_t form_count;
    struct html_input *inputs; /* in the order of the page */
    size_t input_count;
};

/* Texts are in the arena. HY001. */
enum status html_read_page(struct html_page *page, struct arena *a, const char *bytes, size_t count,
                           struct fault *f);

/* The form to log in with: the first that asks for a password; NULL when none does. */
const struct html_form *html_login_form(const struct html_page *page);

/* The value of the page's first input of that name, in any case; NULL when there is none. */
const char *html_value(const struct html_page *page, const char *name);

/*
 * Fills the form in as a person would, ready to be posted (application/x-www-form-urlencoded): user and
 * password, and what the page has put into the other inputs, each name once, in whatever case. The user
 * goes where the input's name or id says "user", or else "email", or into the only input for text.
 * False when the form has no place for the user or the password, or several for the password. The body
 * is secret: its owner wipes it.
 */
bool html_fill_login(struct buf *body, const struct html_page *page, const struct html_form *form,
                     const char *user, const char *password);

/*
 * The text of the first element whose id or class is mark, without tags, blanks made one, cut to room;
 * false when there is none, or it is empty.
 */
bool html_text_of(char *out, size_t room, const char *bytes, size_t count, const char *mark);

#endif
