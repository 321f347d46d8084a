/* Forms of a page. See html_form.h. */
#include "aws/html_form.h"

#include <stdint.h>
#include <string.h>

#include "aws/percent.h"
#include "base/ascii.h"
#include "base/utf8.h"

enum { ATTRIBUTES_MAX = 64, NAME_BYTES_MAX = 31 };

struct slice {
    const char *at;
    size_t count;
};

struct attribute {
    struct slice name, value;
};

/* A tag as it stands in the page. */
struct tag {
    char name[NAME_BYTES_MAX + 1]; /* in lower case; "" for none */
    bool is_end;
    struct attribute attributes[ATTRIBUTES_MAX];
    size_t attribute_count;
};

struct scan {
    const char *at, *end;
};

static size_t left(const struct scan *s)
{
    return (size_t)(s->end - s->at);
}

/* ---- character references ----------------------------------------------------------------- */

/* clang-format off */
static const struct { const char *name; char c; } references[] = {
    {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}, {"plus", '+'},
    {"equals", '='}, {"sol", '/'}, {"colon", ':'}, {"nbsp", ' '},
};
/* clang-format on */

/* "#x2b", "#61", "amp": writes what it stands for, and says how many bytes; 0: nothing known. */
static size_t decode_name(char out[4], const char *name, size_t count)
{
    uint32_t c = 0;
    bool is_hex;

    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        if (strlen(references[i].name) != count) continue;
        if (memcmp(references[i].name, name, count) != 0) continue;
        out[0] = references[i].c;
        return 1;
    }
    if (count < 2 || name[0] != '#') return 0;
    is_hex = name[1] == 'x' || name[1] == 'X';
    for (size_t i = is_hex ? 2 : 1; i < count; i++) {
        int digit = ascii_hex_value(name[i]);

        if (digit < 0 || (!is_hex && digit > 9) || c > 0x10ffff) return 0;
        c = c * (is_hex ? 16 : 10) + (uint32_t)digit;
    }
    if (count == 2 && is_hex) return 0;
    return utf8_put(out, c ? c : 0xfffd); /* a NUL would end the text */
}

/* The reference that begins at '&': bytes it takes in the page, with its ';'; 0: none. */
static size_t reference_bytes(const char *at, size_t count)
{
    size_t n = 1;

    while (n < count && n < 12 &&
           (ascii_hex_value(at[n]) >= 0 || ascii_is_letter(at[n]) || (n == 1 && at[n] == '#')))
        n++;
    return n < count && n > 1 && at[n] == ';' ? n + 1 : 0;
}

static char *decode(struct arena *a, struct slice s)
{
    char *out = arena_copy(a, s.at, s.count), *to = out;

    if (!out) return NULL;
    for (size_t i = 0; i < s.count;) {
        size_t taken = s.at[i] == '&' ? reference_bytes(s.at + i, s.count - i) : 0;
        char c[4];
        size_t bytes = taken ? decode_name(c, s.at + i + 1, taken - 2) : 0;

        if (bytes) {
            memcpy(to, c, bytes);
            to += bytes;
            i += taken;
        } else {
            *to++ = s.at[i++];
        }
    }
    *to = '\0';
    return out;
}

/* ---- tags --------------------------------------------------------------------------------- */

static void skip_blanks(struct scan *s)
{
    while (s->at < s->end && ascii_is_blank(*s->at))
        s->at++;
}

/* Behind the next occurrence of what, or at the end. */
static void skip_past(struct scan *s, const char *what)
{
    const char *found = memmem(s->at, left(s), what, strlen(what));

    s->at = found ? found + strlen(what) : s->end;
}

static struct slice take_until(struct scan *s, const char *stops)
{
    struct slice out = {s->at, 0};

    while (s->at < s->end && !ascii_is_blank(*s->at) && (!*s->at || !strchr(stops, *s->at)))
        s->at++;
    out.count = (size_t)(s->at - out.at);
    return out;
}

static struct slice take_value(struct scan *s)
{
    struct slice out;
    const char *end;

    if (s->at == s->end || (*s->at != '"' && *s->at != '\'')) return take_until(s, ">");
    end = memchr(s->at + 1, *s->at, left(s) - 1);
    out = (struct slice){s->at + 1, (size_t)((end ? end : s->end) - s->at - 1)};
    s->at = end ? end + 1 : s->end;
    return out;
}

/* The next attribute; false at the tag's '>', which is stepped over, or at the end of the page. */
static bool next_attribute(struct scan *s, struct attribute *out)
{
    skip_blanks(s);
    while (s->at < s->end && (*s->at == '/' || *s->at == '='))
        s->at++;
    skip_blanks(s);
    if (s->at == s->end) return false;
    if (*s->at == '>') {
        s->at++;
        return false;
    }
    *out = (struct attribute){.name = take_until(s, "=>/")};
    skip_blanks(s);
    if (s->at == s->end || *s->at != '=') return true;
    s->at++;
    skip_blanks(s);
    out->value = take_value(s);
    return true;
}

static void read_tag(struct scan *s, struct tag *t)
{
    struct attribute attribute;
    struct slice name;

    t->attribute_count = 0;
    t->is_end = *s->at == '/';
    if (t->is_end) s->at++;
    name = take_until(s, "/>");
    if (name.count > NAME_BYTES_MAX) name.count = 0;
    for (size_t i = 0; i < name.count; i++)
        t->name[i] = ascii_lower(name.at[i]);
    t->name[name.count] = '\0';
    while (next_attribute(s, &attribute)) {
        if (t->attribute_count < ATTRIBUTES_MAX) t->attributes[t->attribute_count++] = attribute;
    }
}

static bool holds_plain_text(const char *name)
{
    static const char *const names[] = {"script", "style", "textarea", "title"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!strcmp(names[i], name)) return true;
    }
    return false;
}

/* To the end tag of the element whose inside is no markup. */
static void skip_plain_text(struct scan *s, const char *name)
{
    size_t count = strlen(name);

    while (s->at < s->end) {
        skip_past(s, "</");
        if (left(s) >= count && ascii_same_bytes(s->at, name, count)) {
            s->at -= 2;
            return;
        }
    }
}

/* The page's next tag; false at its end. */
static bool next_tag(struct scan *s, struct tag *t)
{
    while (s->at < s->end) {
        s->at = memchr(s->at, '<', left(s));
        if (!s->at) break;
        s->at++;
        if (left(s) >= 3 && !memcmp(s->at, "!--", 3)) {
            s->at += 3;
            skip_past(s, "-->");
        } else if (left(s) && (*s->at == '!' || *s->at == '?')) {
            skip_past(s, ">");
        } else if (left(s) && (ascii_is_letter(*s->at) || *s->at == '/')) {
            read_tag(s, t);
            if (!t->is_end && holds_plain_text(t->name)) skip_plain_text(s, t->name);
            return true;
        }
    }
    s->at = s->end;
    return false;
}

/* The first attribute of a name counts; NULL when there is none. */
static const struct slice *attribute_of(const struct tag *t, const char *name)
{
    for (size_t i = 0; i < t->attribute_count; i++) {
        const struct slice *is = &t->attributes[i].name;

        if (is->count == strlen(name) && ascii_same_bytes(is->at, name, is->count)) {
            return &t->attributes[i].value;
        }
    }
    return NULL;
}

/* ---- the page ----------------------------------------------------------------------------- */

/* missing when the tag has none; NULL when memory has run out. */
static const char *text_of(const struct tag *t, const char *name, struct arena *a,
                           const char *missing)
{
    const struct slice *value = attribute_of(t, name);

    return value ? decode(a, *value) : missing;
}

static bool add_form(struct html_page *page, const struct tag *t, struct arena *a)
{
    struct html_form *form = &page->forms[page->form_count];
    const char *method = text_of(t, "method", a, "get");

    form->action = text_of(t, "action", a, NULL);
    if (!method || (!form->action && attribute_of(t, "action"))) return false;
    form->is_post = ascii_same(method, "post");
    page->form_count++;
    return true;
}

static bool add_input(struct html_page *page, const struct tag *t, struct arena *a, size_t form)
{
    struct html_input *input = &page->inputs[page->input_count];

    *input = (struct html_input){.name = text_of(t, "name", a, ""),
                                 .value = text_of(t, "value", a, ""),
                                 .id = text_of(t, "id", a, ""),
                                 .type = text_of(t, "type", a, "text"),
                                 .is_checked = attribute_of(t, "checked") != NULL,
                                 .form = form};
    if (!input->name || !input->value || !input->id || !input->type) return false;
    page->input_count++;
    return true;
}

enum status html_read_page(struct html_page *page, struct arena *a, const char *bytes, size_t count,
                           struct fault *f)
{
    struct scan s = {bytes, bytes + count};
    size_t form = 0; /* the one that is open; 0: none */
    bool is_whole = true;
    struct tag t;

    *page = (struct html_page){.form_count = 1};
    page->inputs = arena_array(a, HTML_INPUTS_MAX, sizeof *page->inputs);
    if (!page->inputs) return fault_no_memory(f);
    while (is_whole && next_tag(&s, &t)) {
        if (!strcmp(t.name, "form")) {
            if (t.is_end) {
                form = 0;
            } else if (!form && page->form_count < HTML_FORMS_MAX) {
                form = page->form_count;
                is_whole = add_form(page, &t, a);
            }
        } else if (!strcmp(t.name, "input") && !t.is_end && page->input_count < HTML_INPUTS_MAX) {
            is_whole = add_input(page, &t, a, form);
        }
    }
    return is_whole ? ST_OK : fault_no_memory(f);
}

const struct html_form *html_login_form(const struct html_page *page)
{
    for (size_t i = 0; i < page->input_count; i++) {
        const struct html_input *input = &page->inputs[i];

        if (ascii_same(input->type, "password")) return &page->forms[input->form];
    }
    return NULL;
}

const char *html_value(const struct html_page *page, const char *name)
{
    for (size_t i = 0; i < page->input_count; i++) {
        if (ascii_same(page->inputs[i].name, name)) return page->inputs[i].value;
    }
    return NULL;
}

/* ---- logging in --------------------------------------------------------------------------- */

static bool is_type(const struct html_input *input, const char *const *types)
{
    for (; *types; types++) {
        if (ascii_same(input->type, *types)) return true;
    }
    return false;
}

/* Where a person writes. */
static bool is_for_text(const struct html_input *input)
{
    static const char *const others[] = {"password", "hidden", "checkbox", "radio", "submit",
                                         "button",   "image",  "reset",    "file",  NULL};

    return !is_type(input, others);
}

/* What a browser would send of an input nobody has touched. */
static bool is_sent_untouched(const struct html_input *input)
{
    static const char *const buttons[] = {"submit", "button", "image", "reset", "file", NULL};
    static const char *const boxes[] = {"checkbox", "radio", NULL};

    return !is_type(input, buttons) && (input->is_checked || !is_type(input, boxes));
}

/* How surely the user's name goes here; 0: not at all. */
static int user_rank(const struct html_input *input)
{
    static const char *const words[] = {"email", "user"};
    int rank = 1;

    if (!is_for_text(input) || !*input->name) return 0;
    for (int i = 0; i < 2; i++) {
        if (ascii_contains(input->name, words[i]) || ascii_contains(input->id, words[i])) {
            rank = i + 2;
        }
    }
    return rank;
}

/* NULL when there is none, or when it could be any of several. */
static const struct html_input *find_user(const struct html_page *page, size_t form)
{
    const struct html_input *best = NULL;
    int best_rank = 0;
    bool is_alone = true;

    for (size_t i = 0; i < page->input_count; i++) {
        const struct html_input *input = &page->inputs[i];
        int rank = input->form == form ? user_rank(input) : 0;

        if (rank && rank == best_rank) is_alone = false;
        if (rank <= best_rank) continue;
        best = input;
        best_rank = rank;
        is_alone = true;
    }
    return best_rank > 1 || is_alone ? best : NULL;
}

static const struct html_input *find_password(const struct html_page *page, size_t form)
{
    const struct html_input *found = NULL;

    for (size_t i = 0; i < page->input_count; i++) {
        const struct html_input *input = &page->inputs[i];

        if (input->form != form || !ascii_same(input->type, "password")) continue;
        if (found || !*input->name) return NULL;
        found = input;
    }
    return found;
}

static void put_field(struct buf *b, const char *name, const char *value)
{
    if (b->count) buf_putc(b, '&');
    percent_put(b, name, strlen(name), '\0');
    buf_putc(b, '=');
    percent_put(b, value, strlen(value), '\0');
}

/* Whether an input before it, in the same form, is sent under its name. */
static bool is_repeated(const struct html_page *page, const struct html_input *input)
{
    for (const struct html_input *at = page->inputs; at < input; at++) {
        if (at->form != input->form || !is_sent_untouched(at)) continue;
        if (ascii_same(at->name, input->name)) return true;
    }
    return false;
}

bool html_fill_login(struct buf *body, const struct html_page *page, const struct html_form *form,
                     const char *user, const char *password)
{
    size_t index = (size_t)(form - page->forms);
    const struct html_input *user_input = find_user(page, index);
    const struct html_input *password_input = find_password(page, index);

    if (!user_input || !password_input) return false;
    put_field(body, user_input->name, user);
    put_field(body, password_input->name, password);
    for (size_t i = 0; i < page->input_count; i++) {
        const struct html_input *input = &page->inputs[i];

        if (input->form != index || !*input->name || !is_sent_untouched(input)) continue;
        if (ascii_same(input->name, user_input->name)) continue;
        if (ascii_same(input->name, password_input->name)) continue;
        if (!is_repeated(page, input)) put_field(body, input->name, input->value);
    }
    return buf_ok(body);
}

/* ---- what a page says --------------------------------------------------------------------- */

/* Whether the blank-separated words hold mark. */
static bool has_word(const struct slice *words, const char *mark)
{
    size_t count = strlen(mark);

    if (!words) return false;
    for (size_t i = 0; i + count <= words->count; i++) {
        bool begins = !i || ascii_is_blank(words->at[i - 1]);
        bool ends = i + count == words->count || ascii_is_blank(words->at[i + count]);

        if (begins && ends && ascii_same_bytes(words->at + i, mark, count)) return true;
    }
    return false;
}

/* One character of text, blanks made one; false when out is full. */
static bool put_char(char *out, size_t room, size_t *count, char c)
{
    bool is_blank = ascii_is_blank(c) || !c;

    if (is_blank && (!*count || out[*count - 1] == ' ')) return true;
    if (*count + 1 >= room) return false;
    out[(*count)++] = is_blank ? ' ' : c;
    return true;
}

/* The text from here to the end tag of the element that has been entered. */
static size_t collect_text(struct scan *s, const char *name, char *out, size_t room)
{
    size_t count = 0;
    int depth = 1;
    bool fits = true;
    struct tag t;

    while (fits && s->at < s->end) {
        if (*s->at == '<') {
            if (!next_tag(s, &t)) break;
            if (!strcmp(t.name, name)) depth += t.is_end ? -1 : 1;
            if (!depth) break;
            fits = put_char(out, room, &count, ' ');
        } else {
            size_t taken = *s->at == '&' ? reference_bytes(s->at, left(s)) : 0;
            char c[4];
            size_t bytes = taken ? decode_name(c, s->at + 1, taken - 2) : 0;

            for (size_t i = 0; i < bytes && fits; i++)
                fits = put_char(out, room, &count, c[i]);
            if (!bytes) fits = put_char(out, room, &count, *s->at);
            s->at += bytes ? taken : 1;
        }
    }
    while (count && out[count - 1] == ' ')
        count--;
    return count;
}

bool html_text_of(char *out, size_t room, const char *bytes, size_t count, const char *mark)
{
    struct scan s = {bytes, bytes + count};
    struct tag t;
    size_t got = 0;

    while (next_tag(&s, &t)) {
        if (t.is_end) continue;
        if (!has_word(attribute_of(&t, "id"), mark) && !has_word(attribute_of(&t, "class"), mark))
            continue;
        got = collect_text(&s, t.name, out, room);
        if (got) break;
    }
    out[utf8_whole(out, got)] = '\0';
    return *out != '\0';
}
