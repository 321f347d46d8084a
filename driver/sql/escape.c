/*
 * Escape clauses to Athena's SQL. See escape.h; translation.h says how a text is gone through, and
 * scalar_call.h what {fn ...} becomes.
 */
#include "sql/escape.h"

#include <stdlib.h>
#include <string.h>

#include "sql/scalar_call.h"
#include "sql/translation.h"

enum { GROWTH_BYTES_MAX = 1 << 20 }; /* four times the longest statement that Athena takes */

/* {d '...'}: a word and the literal. */
static enum status emit_literal(struct translation *t, struct range r, const char *prefix)
{
    struct scan s;
    struct scan_token literal, rest;

    translation_scan(t, r, &s);
    if (scan_next_word(&s, &literal) != SCAN_STRING) {
        return translation_refuse(t, r.start, "a literal in single quotes must follow");
    }
    if (scan_next_word(&s, &rest) != SCAN_END) {
        return translation_refuse(t, rest.start, "nothing may follow the literal");
    }
    buf_puts(&t->out, prefix);
    buf_put(&t->out, t->sql + literal.start, literal.end - literal.start);
    return ST_OK;
}

static bool is_interval_word(const char *sql, const struct scan_token *token)
{
    static const char *const words[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (scan_is(sql, token, words[i])) return true;
    }
    return false;
}

/* (3) or (2, 6), behind its parenthesis. */
static enum status skip_precision(struct translation *t, struct scan *s)
{
    struct scan_token token;

    while (scan_next_word(s, &token)) {
        if (scan_is_symbol(t->sql, &token, ')')) return ST_OK;
        if (token.kind != SCAN_NUMBER && !scan_is_symbol(t->sql, &token, ',')) {
            return translation_refuse(t, token.start, "an interval's precision is a number");
        }
    }
    return translation_refuse(t, s->at, "an interval's precision has no end");
}

/* DAY(3) TO SECOND(6): Athena's intervals have one precision, so what is in parentheses goes. */
static enum status emit_interval_fields(struct translation *t, struct scan *s)
{
    struct scan_token token;
    unsigned fields = 0;

    while (scan_next_word(s, &token)) {
        if (scan_is_symbol(t->sql, &token, '(')) {
            if (skip_precision(t, s)) return ST_ERR;
            continue;
        }
        if (!is_interval_word(t->sql, &token)) {
            return translation_refuse(t, token.start,
                                      "an interval's fields are YEAR, MONTH, DAY, HOUR, "
                                      "MINUTE and SECOND");
        }
        buf_putc(&t->out, ' ');
        buf_put(&t->out, t->sql + token.start, token.end - token.start);
        fields++;
    }
    return fields ? ST_OK
                  : translation_refuse(t, s->at, "an interval needs its fields: DAY TO SECOND");
}

static enum status emit_interval(struct translation *t, struct range r, const char *prefix)
{
    struct scan s;
    struct scan_token token;

    translation_scan(t, r, &s);
    buf_puts(&t->out, prefix);
    scan_next_word(&s, &token);
    if (scan_is_symbol(t->sql, &token, '-') || scan_is_symbol(t->sql, &token, '+')) {
        buf_putc(&t->out, t->sql[token.start]);
        scan_next_word(&s, &token);
    }
    if (token.kind != SCAN_STRING) {
        return translation_refuse(t, r.start, "a literal in single quotes must follow");
    }
    buf_put(&t->out, t->sql + token.start, token.end - token.start);
    return emit_interval_fields(t, &s);
}

static enum status emit_join(struct translation *t, struct range r, const char *prefix)
{
    (void)prefix;
    if (range_is_empty(r)) return translation_refuse(t, r.start, "a joined table must follow");
    return translation_emit(t, r);
}

static enum status refuse_call(struct translation *t, struct range r, const char *prefix)
{
    (void)prefix;
    return fault_set(t->f, SQLSTATE_HYC00, 0,
                     "escape clause at character %zu: Athena has no procedures to call",
                     translation_position(t, r.start));
}

static enum status emit_function(struct translation *t, struct range r, const char *prefix)
{
    (void)prefix;
    return scalar_call_emit(t, r);
}

static const struct clause {
    const char *word;
    enum status (*emit)(struct translation *t, struct range r, const char *prefix);
    const char *prefix;
} clauses[] = {
    {"d", emit_literal, "DATE "},        {"t", emit_literal, "TIME "},
    {"ts", emit_literal, "TIMESTAMP "},  {"guid", emit_literal, "UUID "},
    {"fn", emit_function, ""},           {"oj", emit_join, ""},
    {"escape", emit_literal, "ESCAPE "}, {"interval", emit_interval, "INTERVAL "},
    {"call", refuse_call, ""},
};

/* What is between the braces: a word that says which clause it is, and its content. */
static enum status emit_clause(struct translation *t, struct range r)
{
    struct scan s;
    struct scan_token word;
    size_t shown;

    translation_scan(t, r, &s);
    scan_next_word(&s, &word);
    if (word.kind == SCAN_MARKER) return refuse_call(t, r, ""); /* {?=call f()} */
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        if (!scan_is(t->sql, &word, clauses[i].word)) continue;
        translation_gap(t);
        return clauses[i].emit(t, translation_trim(t, (struct range){s.at, r.end}),
                               clauses[i].prefix);
    }
    if (word.kind != SCAN_WORD) return translation_refuse(t, r.start, "no word says what it is");
    shown = word.end - word.start;
    return fault_set(t->f, SQLSTATE_42000, 0, "escape clause at character %zu: there is no {%.*s}",
                     translation_position(t, r.start), shown < 64 ? (int)shown : 64,
                     t->sql + word.start);
}

static bool has_braces(const char *sql, size_t bytes)
{
    return bytes && (memchr(sql, '{', bytes) || memchr(sql, '}', bytes));
}

static enum status translate(const char *sql, size_t bytes, struct sql_native *out,
                             struct sql_markers *markers, struct fault *f)
{
    struct translation t = {.sql = sql,
                            .is_hive = out->statement.is_hive,
                            .given = &out->markers,
                            .markers = markers,
                            .clause = emit_clause,
                            .f = f};
    enum status st;

    buf_init(&t.out, bytes + GROWTH_BYTES_MAX);
    st = translation_emit(&t, (struct range){0, bytes});
    if (!st && !buf_ok(&t.out)) {
        st = fault_set(f, SQLSTATE_HY001, 0,
                       "translating escape clauses: no memory, or more than %zu bytes",
                       bytes + GROWTH_BYTES_MAX);
    }
    if (!st && t.has_clauses) {
        out->text = buf_take(&t.out);
        markers->parameter_count = out->markers.parameter_count;
    }
    buf_clear(&t.out);
    return st;
}

enum status escape_translate(const char *sql, size_t bytes, bool is_scanned, struct sql_native *out,
                             struct fault *f)
{
    struct sql_markers markers = {0};
    enum status st;

    *out = (struct sql_native){0};
    scan_statement(sql, bytes, &out->statement);
    st = scan_markers(sql, bytes, &out->markers, f);
    if (st || !is_scanned || !has_braces(sql, bytes)) return st;
    st = translate(sql, bytes, out, &markers, f);
    if (out->text) {
        scan_markers_clear(&out->markers);
        out->markers = markers;
    } else {
        scan_markers_clear(&markers);
    }
    if (st) sql_native_clear(out);
    return st;
}

void sql_native_clear(struct sql_native *native)
{
    free(native->text);
    scan_markers_clear(&native->markers);
    *native = (struct sql_native){0};
}
