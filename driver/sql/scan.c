/* Tokens, statement kinds and parameter markers. See scan.h. */
#include "sql/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes above 127 are letters: a name in any script is one word. */
static bool is_word_byte(char c)
{
    return ascii_is_letter(c) || is_digit(c) || c == '_' || c == '$' || c == '@' ||
           (unsigned char)c > 127;
}

static char byte_at(const struct scan *s, size_t at)
{
    return at < s->bytes ? s->text[at] : '\0';
}

/* Past the closing mark; a doubled one, and with has_escapes one behind a backslash, stays in. */
static size_t skip_quoted(const struct scan *s, size_t at, bool has_escapes)
{
    const char mark = s->text[at++];

    while (at < s->bytes) {
        const char c = s->text[at++];

        if (has_escapes && c == '\\') {
            at += at < s->bytes;
        } else if (c == mark) {
            if (byte_at(s, at) != mark) return at;
            at++;
        }
    }
    return s->bytes;
}

static size_t skip_line(const struct scan *s, size_t at)
{
    while (at < s->bytes && s->text[at] != '\n' && s->text[at] != '\r')
        at++;
    return at;
}

static size_t skip_block(const struct scan *s, size_t at)
{
    for (at += 2; at < s->bytes; at++) {
        if (s->text[at] == '*' && byte_at(s, at + 1) == '/') return at + 2;
    }
    return s->bytes;
}

static size_t skip_blank(const struct scan *s, size_t at)
{
    while (at < s->bytes && ascii_is_blank(s->text[at]))
        at++;
    return at;
}

static size_t skip_word(const struct scan *s, size_t at)
{
    while (at < s->bytes && is_word_byte(s->text[at]))
        at++;
    return at;
}

/* A sign belongs to a number behind its exponent's e only. */
static size_t skip_number(const struct scan *s, size_t at)
{
    while (at < s->bytes) {
        const char c = s->text[at];
        const bool is_exponent = (c == 'e' || c == 'E') &&
                                 (byte_at(s, at + 1) == '-' || byte_at(s, at + 1) == '+') &&
                                 is_digit(byte_at(s, at + 2));

        if (is_exponent) {
            at += 2;
        } else if (!is_word_byte(c) && c != '.') {
            break;
        } else {
            at++;
        }
    }
    return at;
}

/* What the byte at s->at, with the next, begins. */
static enum scan_kind kind_at(const struct scan *s)
{
    const char c = s->text[s->at], next = byte_at(s, s->at + 1);

    if (ascii_is_blank(c)) return SCAN_BLANK;
    if ((c == '-' && next == '-') || (c == '/' && next == '*')) return SCAN_COMMENT;
    if (c == '\'') return SCAN_STRING;
    if (c == '"') return s->is_hive ? SCAN_STRING : SCAN_QUOTED;
    if (c == '`') return SCAN_BACK_QUOTED;
    if (is_digit(c) || (c == '.' && is_digit(next))) return SCAN_NUMBER;
    if (is_word_byte(c)) return SCAN_WORD;
    if (c == '?') return SCAN_MARKER;
    if (c == '{') return SCAN_OPEN;
    return c == '}' ? SCAN_CLOSE : SCAN_SYMBOL;
}

static size_t skip_token(const struct scan *s, enum scan_kind kind)
{
    switch (kind) {
    case SCAN_BLANK:
        return skip_blank(s, s->at);
    case SCAN_COMMENT:
        return s->text[s->at] == '-' ? skip_line(s, s->at) : skip_block(s, s->at);
    case SCAN_STRING:
        return skip_quoted(s, s->at, s->is_hive);
    case SCAN_QUOTED:
    case SCAN_BACK_QUOTED:
        return skip_quoted(s, s->at, false);
    case SCAN_NUMBER:
        return skip_number(s, s->at);
    case SCAN_WORD:
        return skip_word(s, s->at);
    default:
        return s->at + 1;
    }
}

/* MATCH_RECOGNIZE (... PATTERN (A B? {- C -} D{2,}) ...): what is in there are symbols. */
static void follow_pattern(struct scan *s, struct scan_token *token)
{
    const char c = s->text[token->start];

    if (token->kind == SCAN_BLANK || token->kind == SCAN_COMMENT) return;
    if (s->pattern_depth) {
        if (token->kind == SCAN_SYMBOL && c == '(') s->pattern_depth++;
        if (token->kind == SCAN_SYMBOL && c == ')') s->pattern_depth--;
        if (token->kind >= SCAN_MARKER) token->kind = SCAN_SYMBOL;
        return;
    }
    if (s->has_pattern && token->kind == SCAN_SYMBOL && c == '(') s->pattern_depth = 1;
    s->has_pattern = s->has_match_recognize && scan_is(s->text, token, "PATTERN");
    if (scan_is(s->text, token, "MATCH_RECOGNIZE")) s->has_match_recognize = true;
}

void scan_init(struct scan *scan, const char *text, size_t bytes, bool is_hive)
{
    *scan = (struct scan){.text = text, .bytes = bytes, .is_hive = is_hive};
}

enum scan_kind scan_next(struct scan *scan, struct scan_token *token)
{
    token->start = token->end = scan->at;
    token->kind = SCAN_END;
    if (scan->at >= scan->bytes) return SCAN_END;
    token->kind = kind_at(scan);
    scan->at = token->end = skip_token(scan, token->kind);
    follow_pattern(scan, token);
    return token->kind;
}

enum scan_kind scan_next_word(struct scan *scan, struct scan_token *token)
{
    while (scan_next(scan, token) == SCAN_BLANK || token->kind == SCAN_COMMENT) {}
    return token->kind;
}

bool scan_is(const char *text, const struct scan_token *token, const char *word)
{
    const size_t bytes = token->end - token->start;

    return token->kind == SCAN_WORD && strlen(word) == bytes &&
           ascii_same_bytes(text + token->start, word, bytes);
}

bool scan_is_symbol(const char *text, const struct scan_token *token, char symbol)
{
    return token->kind == SCAN_SYMBOL && text[token->start] == symbol;
}

/* What kind a statement is: the first row whose words fit; "" fits any word. */
static const struct {
    const char *first, *second;
    enum sql_kind kind;
} statements[] = {
    /* clang-format off */
    {"SELECT",     "",          SQL_KIND_SELECT},
    {"WITH",       "",          SQL_KIND_SELECT},
    {"VALUES",     "",          SQL_KIND_SELECT},
    {"TABLE",      "",          SQL_KIND_SELECT},
    {"INSERT",     "",          SQL_KIND_INSERT},
    {"CREATE",     "TABLE",     SQL_KIND_CTAS}, /* when a query follows */
    {"CREATE",     "VIEW",      SQL_KIND_VIEW},
    {"CREATE",     "OR",        SQL_KIND_VIEW}, /* OR REPLACE [PROTECTED MULTI DIALECT] VIEW */
    {"CREATE",     "PROTECTED", SQL_KIND_VIEW},
    {"DROP",       "VIEW",      SQL_KIND_VIEW},
    {"CREATE",     "",          SQL_KIND_DDL},
    {"DROP",       "",          SQL_KIND_DDL},
    {"ALTER",      "",          SQL_KIND_DDL},
    {"MSCK",       "",          SQL_KIND_DDL},
    {"SHOW",       "",          SQL_KIND_SHOW},
    {"DESCRIBE",   "",          SQL_KIND_SHOW},
    {"DESC",       "",          SQL_KIND_SHOW},
    {"UPDATE",     "",          SQL_KIND_UPDATE},
    {"DELETE",     "",          SQL_KIND_DELETE},
    {"MERGE",      "",          SQL_KIND_MERGE},
    {"UNLOAD",     "",          SQL_KIND_UNLOAD},
    {"EXPLAIN",    "",          SQL_KIND_EXPLAIN},
    {"PREPARE",    "",          SQL_KIND_PREPARE},
    {"EXECUTE",    "",          SQL_KIND_PREPARED},
    {"DEALLOCATE", "",          SQL_KIND_PREPARED},
    {"CALL",       "",          SQL_KIND_CALL},
    /* clang-format on */
};

/* AS and a query, outside of parentheses. Hive's STORED AS is followed by a format's name. */
static bool has_query(struct scan s)
{
    static const char *const begins[] = {"SELECT", "WITH", "VALUES", "TABLE"};
    struct scan_token token;
    bool is_behind_as = false;
    size_t depth = 0;

    while (scan_next_word(&s, &token)) {
        for (size_t i = 0; is_behind_as && i < sizeof begins / sizeof *begins; i++) {
            if (scan_is(s.text, &token, begins[i])) return true;
        }
        if (is_behind_as && scan_is_symbol(s.text, &token, '(')) return true;
        is_behind_as = !depth && scan_is(s.text, &token, "AS");
        if (scan_is_symbol(s.text, &token, '(')) depth++;
        if (scan_is_symbol(s.text, &token, ')') && depth) depth--;
    }
    return false;
}

static enum sql_kind kind_of(const struct scan *s, const struct scan_token *first)
{
    struct scan rest = *s;
    struct scan_token second;

    scan_next_word(&rest, &second);
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        if (!scan_is(s->text, first, statements[i].first)) continue;
        if (*statements[i].second && !scan_is(s->text, &second, statements[i].second)) continue;
        if (statements[i].kind == SQL_KIND_CTAS && !has_query(rest)) continue;
        return statements[i].kind;
    }
    return SQL_KIND_OTHER;
}

void scan_statement(const char *text, size_t bytes, struct sql_statement *out)
{
    struct scan s;
    struct scan_token token;

    *out = (struct sql_statement){.kind = SQL_KIND_EMPTY};
    scan_init(&s, text, bytes, false);
    do {
        scan_next_word(&s, &token);
    } while (scan_is_symbol(text, &token, '(') || scan_is_symbol(text, &token, ';'));
    if (token.kind == SCAN_END) return;
    out->kind = kind_of(&s, &token);
    out->is_hive = out->kind == SQL_KIND_DDL || out->kind == SQL_KIND_SHOW;
    if (token.kind != SCAN_WORD) return;
    out->word = token.start;
    out->word_bytes = token.end - token.start;
}

enum status scan_add_marker(struct sql_markers *m, size_t offset, unsigned parameter,
                            struct fault *f)
{
    if ((m->count & (m->count - 1)) == 0) { /* full: room is the next power of two */
        const size_t room = m->count ? m->count * 2 : 1;
        struct sql_marker *list = realloc(m->list, room * sizeof *list);

        if (!list) return fault_no_memory(f);
        m->list = list;
    }
    m->list[m->count++] = (struct sql_marker){offset, parameter};
    return ST_OK;
}

enum status scan_markers(const char *text, size_t bytes, struct sql_markers *out, struct fault *f)
{
    struct sql_statement statement;
    struct scan s;
    struct scan_token token;

    *out = (struct sql_markers){0};
    if (!bytes || !memchr(text, '?', bytes)) return ST_OK;
    scan_statement(text, bytes, &statement);
    scan_init(&s, text, bytes, statement.is_hive);
    while (scan_next(&s, &token)) {
        if (token.kind != SCAN_MARKER) continue;
        if (scan_add_marker(out, token.start, (unsigned)out->count, f)) {
            scan_markers_clear(out);
            return ST_ERR;
        }
    }
    out->parameter_count = (unsigned)out->count;
    return ST_OK;
}

void scan_markers_clear(struct sql_markers *m)
{
    free(m->list);
    *m = (struct sql_markers){0};
}
