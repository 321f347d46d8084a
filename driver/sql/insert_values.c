/* The rows of an INSERT. See insert_values.h. */
#include "sql/insert_values.h"

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

/* catalog.schema.table, each part plain or quoted */
static bool take_name(struct reading *r)
{
    do {
        if (r->token.kind != SCAN_WORD && r->token.kind != SCAN_QUOTED) return false;
        next(r);
    } while (take_symbol(r, '.'));
    return true;
}

static bool take_columns(struct reading *r)
{
    if (!take_symbol(r, '(')) return true; /* there are none */
    do {
        if (!take_name(r)) return false;
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
    struct reading r;

    scan_init(&r.scan, text, bytes, false);
    next(&r);
    return take_word(&r, "INSERT") && take_word(&r, "INTO") && take_name(&r) && take_columns(&r) &&
           take_word(&r, "VALUES") && take_rows(&r, out);
}
