/* The rows of an INSERT, and what it reads. See insert_values.h. */
#include "sql/insert_values.h"

#include "base/ascii.h"
#include "sql/scan.h"

/* The token that is looked at; reading goes from word to word, comments are left out. */
struct reading {
    struct scan scan;
    struct scan_token token;
};

static void next(struct reading *r)
{
    scan_next_word(&r->scan, &r->token);
}

static bool is_word(const struct reading *r, const char *word)
{
    return r->token.kind == SCAN_WORD && scan_is(r->scan.text, &r->token, word);
}

static bool is_symbol(const struct reading *r, char symbol)
{
    return r->token.kind == SCAN_SYMBOL && r->scan.text[r->token.start] == symbol;
}

static bool take_word(struct reading *r, const char *word)
{
    if (!is_word(r, word)) return false;
    next(r);
    return true;
}

static bool take_symbol(struct reading *r, char symbol)
{
    if (!is_symbol(r, symbol)) return false;
    next(r);
    return true;
}

static bool is_name(const struct reading *r)
{
    return r->token.kind == SCAN_WORD || r->token.kind == SCAN_QUOTED;
}

/* catalog.schema.table, each part plain or quoted; *last is the last of them */
static bool take_name(struct reading *r, struct scan_token *last)
{
    do {
        if (!is_name(r)) return false;
        *last = r->token;
        next(r);
    } while (take_symbol(r, '.'));
    return true;
}

static bool take_columns(struct reading *r)
{
    struct scan_token last;

    if (!take_symbol(r, '(')) return true; /* there are none */
    do {
        if (!take_name(r, &last)) return false;
    } while (take_symbol(r, ','));
    return take_symbol(r, ')');
}

static bool begins_query(const struct reading *r)
{
    return is_word(r, "SELECT") || is_word(r, "VALUES") || is_word(r, "TABLE") ||
           is_word(r, "WITH");
}

/* Words that may follow the rows of a query expression. */
static bool goes_on(const struct reading *r)
{
    static const char *const words[] = {"UNION", "EXCEPT", "INTERSECT", "ORDER",
                                        "LIMIT", "OFFSET", "FETCH"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(r, words[i])) return true;
    }
    return false;
}

/* To the end of the text, which it has to be the rows. */
static bool take_rows(struct reading *r, struct insert_values *out)
{
    unsigned depth = 0;

    for (out->start = out->end = r->token.start; r->token.kind != SCAN_END; next(r)) {
        if (is_symbol(r, ';')) break;
        if (begins_query(r) || (depth == 0 && goes_on(r))) return false;
        if (is_symbol(r, '(')) depth++;
        if (is_symbol(r, ')') && depth-- == 0) return false;
        out->end = r->token.end;
    }
    while (take_symbol(r, ';')) {}
    return depth == 0 && r->token.kind == SCAN_END && out->end > out->start;
}

bool insert_values_find(const char *text, size_t bytes, struct insert_values *out)
{
    struct scan_token table;
    struct reading r;

    scan_init(&r.scan, text, bytes, false);
    next(&r);
    return take_word(&r, "INSERT") && take_word(&r, "INTO") && take_name(&r, &table) &&
           take_columns(&r) && take_word(&r, "VALUES") && take_rows(&r, out);
}

/* Names have no case, in quotes neither. */
static bool are_same(const char *text, struct scan_token a, struct scan_token b)
{
    const size_t a_quote = a.kind == SCAN_QUOTED, b_quote = b.kind == SCAN_QUOTED;
    const size_t bytes = a.end - a.start - 2 * a_quote;

    return b.end - b.start - 2 * b_quote == bytes &&
           ascii_same_bytes(text + a.start + a_quote, text + b.start + b_quote, bytes);
}

bool insert_reads_its_table(const char *text, size_t bytes)
{
    struct scan_token table;
    struct reading r;

    scan_init(&r.scan, text, bytes, false);
    next(&r);
    if (!take_word(&r, "INSERT") || !take_word(&r, "INTO") || !take_name(&r, &table)) return false;
    for (; r.token.kind != SCAN_END; next(&r)) {
        if (is_name(&r) && are_same(text, table, r.token)) return true;
    }
    return false;
}
