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

bool limit_is_possible(const char *text, size_t bytes)
{
    struct sql_statement statement;
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
        if (scan_is(text, &token, "LIMIT") || scan_is(text, &token, "FETCH")) return false;
    }
    return true;
}
