/* The end of a query. See limit.h. */
#include "sql/limit.h"

#include "sql/scan.h"

size_t limit_query_end(const char *text, size_t bytes)
{
    struct scan scan;
    struct scan_token token;
    size_t end = 0;

    scan_init(&scan, text, bytes, false);
    while (scan_next_word(&scan, &token) != SCAN_END) {
        if (text[token.start] != ';') end = token.end;
    }
    return end;
}

static bool is_one_of(const char *text, const struct scan_token *token, const char *const *words)
{
    for (; *words; words++) {
        if (scan_is(text, token, *words)) return true;
    }
    return false;
}

/*
 * A limit behind (SELECT ... ORDER BY x) is one of another query than the order is of, and Trino takes
 * an ORDER BY within a query for redundant: there has to be something outside of parentheses that
 * says what the limit is of.
 */
bool limit_is_possible(const char *text, size_t bytes)
{
    static const char *const limits[] = {"LIMIT", "FETCH", NULL};
    static const char *const bodies[] = {"SELECT", "VALUES",    "TABLE", "UNION",
                                         "EXCEPT", "INTERSECT", "ORDER", NULL};
    struct sql_statement statement;
    bool has_body = false;
    struct scan scan;
    struct scan_token token;
    size_t depth = 0;

    scan_statement(text, bytes, &statement);
    if (statement.kind != SQL_KIND_SELECT) return false;
    scan_init(&scan, text, bytes, false);
    while (scan_next_word(&scan, &token) != SCAN_END) {
        const char c = token.kind == SCAN_SYMBOL ? text[token.start] : '\0';

        if (c == '(') depth++;
        if (c == ')' && depth) depth--;
        if (depth) continue;
        if (is_one_of(text, &token, limits)) return false;
        has_body = has_body || is_one_of(text, &token, bodies);
    }
    return has_body;
}
