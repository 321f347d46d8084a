/* Ranges, markers and braces. See translation.h. */
#include "sql/translation.h"

#include <stdlib.h>

#include "base/ascii.h"

enum { NESTING_MAX = 100 };

size_t translation_position(const struct translation *t, size_t offset)
{
    size_t count = 1;

    for (size_t i = 0; i < offset; i++)
        count += ((unsigned char)t->sql[i] & 0xC0) != 0x80;
    return count;
}

enum status translation_refuse(struct translation *t, size_t offset, const char *why)
{
    return fault_set(t->f, SQLSTATE_42000, 0, "escape clause at character %zu: %s",
                     translation_position(t, offset), why);
}

void translation_scan(const struct translation *t, struct range r, struct scan *s)
{
    scan_init(s, t->sql, r.end, t->is_hive);
    s->at = r.start;
}

struct range translation_trim(const struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;
    struct range inner = {r.end, r.end};

    translation_scan(t, r, &s);
    while (scan_next_word(&s, &token)) {
        if (inner.start == r.end) inner.start = token.start;
        inner.end = token.end;
    }
    return inner;
}

void translation_gap(struct translation *t)
{
    const char last = t->out.count ? t->out.bytes[t->out.count - 1] : ' ';

    if (!ascii_is_blank(last) && last != '(' && last != ',') buf_putc(&t->out, ' ');
}

/* The same for what stands behind it. */
static void put_gap_behind(struct translation *t, size_t at, size_t end)
{
    const char next = at < end ? t->sql[at] : ' ';

    if (!ascii_is_blank(next) && next != ')' && next != ',') buf_putc(&t->out, ' ');
}

/* The offset of the brace that closes the one before r; r.end: there is none. */
static size_t find_close(const struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;
    size_t depth = 1;

    translation_scan(t, r, &s);
    while (scan_next(&s, &token)) {
        if (token.kind == SCAN_OPEN) depth++;
        if (token.kind == SCAN_CLOSE && --depth == 0) return token.start;
    }
    return r.end;
}

static enum status emit_braces(struct translation *t, struct range r, size_t *behind)
{
    const size_t close = find_close(t, (struct range){r.start + 1, r.end});
    enum status st;

    if (close == r.end) return translation_refuse(t, r.start, "the brace { is not closed");
    if (t->depth == NESTING_MAX) return translation_refuse(t, r.start, "nested too deep");
    t->has_clauses = true;
    t->depth++;
    st = t->clause(t, (struct range){r.start + 1, close});
    t->depth--;
    *behind = close + 1;
    if (!st) put_gap_behind(t, *behind, r.end);
    return st;
}

static int compare_offsets(const void *key, const void *item)
{
    const size_t offset = *(const size_t *)key;
    const struct sql_marker *marker = item;

    return offset < marker->offset ? -1 : offset > marker->offset;
}

/* In a part of a PATTERN that a clause cuts out, ? may stand where the whole text has no marker. */
static enum status emit_marker(struct translation *t, size_t offset)
{
    const struct sql_marker *given = NULL;
    enum status st = ST_OK;

    if (t->given->count) {
        given = bsearch(&offset, t->given->list, t->given->count, sizeof *given, compare_offsets);
    }
    if (given) st = scan_add_marker(t->markers, t->out.count, given->parameter, t->f);
    buf_putc(&t->out, '?');
    return st;
}

enum status translation_emit(struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token token;
    enum status st = ST_OK;

    translation_scan(t, r, &s);
    while (!st && buf_ok(&t->out) && scan_next(&s, &token)) {
        if (token.kind == SCAN_OPEN) {
            st = emit_braces(t, (struct range){token.start, r.end}, &s.at);
        } else if (token.kind == SCAN_CLOSE) {
            st = translation_refuse(t, token.start, "the brace } was not opened");
        } else if (token.kind == SCAN_MARKER) {
            st = emit_marker(t, token.start);
        } else {
            buf_put(&t->out, t->sql + token.start, token.end - token.start);
        }
    }
    return st;
}
