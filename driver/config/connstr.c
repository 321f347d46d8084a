#include "config/connstr.h"

#include <stdlib.h>
#include <string.h>

/* The text still to be read. */
struct reader {
    const char *at, *end;
};

struct part {
    const char *key;
    size_t key_bytes;
    const char *value;
    size_t value_bytes;
    char *unescaped; /* owned, when value had to be rewritten; value points into it */
    bool has_value;  /* there was a "=" */
    bool is_braced;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

static size_t trimmed(const char *from, const char *to)
{
    while (to > from && is_blank(to[-1]))
        to--;
    return (size_t)(to - from);
}

static const char *find(const char *at, const char *end, char c)
{
    const char *found = at < end ? memchr(at, c, (size_t)(end - at)) : NULL;

    return found ? found : end;
}

/* The brace that closes a value whose first byte (behind "{") is at; end when there is none. */
static const char *closing_brace(const char *at, const char *end, size_t *escaped)
{
    *escaped = 0;
    for (;;) {
        at = find(at, end, '}');
        if (at == end || at + 1 == end || at[1] != '}') return at;
        at += 2;
        ++*escaped;
    }
}

/* What may follow a braced value: blanks, then the next part or the end. */
static bool ends_part(const char *at, const char *end)
{
    at = skip_blanks(at, end);
    return at == end || *at == ';';
}

static enum status unescape(struct part *p, const char *from, const char *to, struct fault *f)
{
    char *out = p->unescaped = malloc((size_t)(to - from) + 1);

    if (!out) return fault_no_memory(f);
    for (; from < to; from++) {
        *out++ = *from;
        if (*from == '}') from++;
    }
    p->value = p->unescaped;
    p->value_bytes = (size_t)(out - p->unescaped);
    return ST_OK;
}

/*
 * Reads a value that begins with "{". A brace that closes in the middle of the value is no brace of
 * ours ("{abc}d" as a password): then the value is taken as it stands, up to the next ";".
 */
static enum status read_braced(struct reader *r, struct part *p, struct fault *f)
{
    const char *from = r->at + 1;
    size_t escaped;
    const char *to = closing_brace(from, r->end, &escaped);

    if (to == r->end) {
        return fault_set(f, SQLSTATE_HY000, 0,
                         "connection string: the brace that begins the value of %.*s is never "
                         "closed",
                         (int)(p->key_bytes < 64 ? p->key_bytes : 64), p->key);
    }
    if (!ends_part(to + 1, r->end)) {
        to = find(r->at, r->end, ';');
        p->value = r->at;
        p->value_bytes = trimmed(r->at, to);
        r->at = to;
        return ST_OK;
    }
    r->at = to + 1;
    p->is_braced = true;
    if (escaped) return unescape(p, from, to, f);
    p->value = from;
    p->value_bytes = (size_t)(to - from);
    return ST_OK;
}

/* Reads "key = value" up to and with its ";". */
static enum status read_part(struct reader *r, struct part *p, struct fault *f)
{
    const char *stop = find(r->at, r->end, ';');
    const char *equals = find(r->at, stop, '=');
    enum status st = ST_OK;

    *p = (struct part){.key = r->at, .key_bytes = trimmed(r->at, equals)};
    p->has_value = equals < stop;
    r->at = stop;
    if (p->has_value) {
        r->at = skip_blanks(equals + 1, r->end);
        if (r->at < r->end && *r->at == '{') {
            st = read_braced(r, p, f);
        } else {
            p->value = r->at;
            r->at = find(r->at, r->end, ';');
            p->value_bytes = trimmed(p->value, r->at);
        }
    }
    r->at = find(r->at, r->end, ';');
    if (r->at < r->end) r->at++;
    return st;
}

/* Of DSN and DRIVER the first counts. */
static bool is_overruled(const struct options *o, enum option_id id)
{
    return (id == OPTION_DSN && options_is_set(o, OPTION_DRIVER)) ||
           (id == OPTION_DRIVER && options_is_set(o, OPTION_DSN));
}

/* What may be the end of a password with ";" in it is not shown. */
static void warn_of_unknown(struct option_warnings *w, const struct part *p, bool may_be_secret)
{
    int shown_bytes = (int)(p->key_bytes < 64 ? p->key_bytes : 64);

    if (!p->has_value || may_be_secret) {
        options_warn(w, SQLSTATE_01S00,
                     "connection string: a part %s is ignored (a value that contains \";\" must be "
                     "in braces)",
                     p->has_value ? "that is no option, behind a secret," : "without \"=\"");
    } else {
        options_warn(w, SQLSTATE_01S00, "connection string: unknown option \"%.*s\" is ignored",
                     shown_bytes, p->key);
    }
}

/* *ends_in_secret: the text up to here is a secret, or may be, and goes on at the next ";". */
static enum status take_part(struct options *o, const struct part *p, bool *ends_in_secret,
                             struct option_warnings *w, struct fault *f)
{
    enum option_id id = options_find(p->key, p->key_bytes);

    if (!p->has_value || id == OPTION_COUNT) {
        warn_of_unknown(w, p, *ends_in_secret);
        return ST_OK;
    }
    *ends_in_secret = options_info(id)->kind == OPTION_KIND_SECRET && !p->is_braced;
    if (is_overruled(o, id)) return ST_OK;
    return options_set(o, id, p->value, p->value_bytes, OPTION_FROM_STRING, f);
}

static void part_clear(struct part *p)
{
    if (!p->unescaped) return;
    explicit_bzero(p->unescaped, p->value_bytes);
    free(p->unescaped);
}

enum status connstr_parse(struct options *o, const char *text, size_t bytes,
                          struct option_warnings *w, struct fault *f)
{
    /* a NUL inside can only be the end of a string whose length was counted too long */
    struct reader r = {text, text + strnlen(text, bytes)};
    enum status st = ST_OK;
    bool ends_in_secret = false;

    while (!st) {
        struct part p;

        while (r.at < r.end && (is_blank(*r.at) || *r.at == ';'))
            r.at++;
        if (r.at == r.end) break;
        st = read_part(&r, &p, f);
        if (!st) st = take_part(o, &p, &ends_in_secret, w, f);
        part_clear(&p);
    }
    return st;
}

/* ---- writing ---- */

/*
 * ODBC asks for braces round the characters []{}(),;?*=!@ only; braces at other times do no harm,
 * and many applications split at the first of these whatever the place.
 */
static bool needs_braces(const char *value)
{
    size_t bytes = strlen(value);

    return !bytes || is_blank(value[0]) || is_blank(value[bytes - 1]) ||
           value[strcspn(value, "[]{}(),;?*=!@")];
}

static void write_option(const struct options *o, enum option_id id, struct buf *out)
{
    const struct option_value *v = &o->values[id];

    if (!v->text || v->source < OPTION_FROM_STRING) return;
    buf_puts(out, options_info(id)->name);
    buf_putc(out, '=');
    if (!needs_braces(v->text)) {
        buf_puts(out, v->text);
    } else {
        buf_putc(out, '{');
        for (const char *c = v->text; *c; c++) {
            if (*c == '}') buf_putc(out, '}');
            buf_putc(out, *c);
        }
        buf_putc(out, '}');
    }
    buf_putc(out, ';');
}

void connstr_write(const struct options *o, struct buf *out)
{
    write_option(o, OPTION_DSN, out);
    write_option(o, OPTION_DRIVER, out);
    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        if (id == OPTION_DSN || id == OPTION_DRIVER) continue;
        if (id != OPTION_FILE_DSN && id != OPTION_SAVE_FILE)
            write_option(o, (enum option_id)id, out);
    }
}
