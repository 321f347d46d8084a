/*
 * What a statement is, whatever literals stand in the place of its markers: the driver's scanner must
 * find the same tokens in it, beside the literals' own.
 */
#ifndef ATHENA_TESTS_FUZZ_STATEMENT_SHAPE_H
#define ATHENA_TESTS_FUZZ_STATEMENT_SHAPE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "convert/c2sql.h"
#include "sql/splice.h"

/* The next token that is no blank: comments count, one that swallows a token would be seen. */
static inline enum scan_kind shape_next(struct scan *scan, struct scan_token *token)
{
    enum scan_kind kind;

    while ((kind = scan_next(scan, token)) == SCAN_BLANK) {}
    return kind;
}

static inline bool is_same_token(const struct scan *a, const struct scan_token *x,
                                 const struct scan *b, const struct scan_token *y)
{
    return x->kind == y->kind && x->end - x->start == y->end - y->start &&
           memcmp(a->text + x->start, b->text + y->start, x->end - x->start) == 0;
}

/* Whether the tokens that come next are those of the literal alone. */
static inline bool reads_literal(struct scan *scan, const char *literal)
{
    struct scan alone;
    struct scan_token x, y;

    scan_init(&alone, literal, strlen(literal), scan->is_hive);
    while (shape_next(&alone, &y)) {
        shape_next(scan, &x);
        if (!is_same_token(scan, &x, &alone, &y)) return false;
    }
    return true;
}

static inline bool has_shape(const char *statement, const char *text, const char *literal)
{
    struct sql_statement what, is;
    struct scan wanted, found;
    struct scan_token x, y;

    scan_statement(statement, strlen(statement), &what);
    scan_statement(text, strlen(text), &is);
    if (what.kind != is.kind || what.is_hive != is.is_hive) return false;
    scan_init(&wanted, statement, strlen(statement), what.is_hive);
    scan_init(&found, text, strlen(text), what.is_hive);
    while (shape_next(&wanted, &x)) {
        if (x.kind == SCAN_MARKER) {
            if (!reads_literal(&found, literal)) return false;
            continue;
        }
        shape_next(&found, &y);
        if (!is_same_token(&wanted, &x, &found, &y)) return false;
    }
    return shape_next(&found, &y) == SCAN_END;
}

/* Whether a literal, put in the place of each marker of a statement of its dialect, stays there. */
static inline bool literal_stays_in_its_place(const char *literal, enum c2sql_dialect dialect)
{
    enum { MARKERS_MAX = 8 };
    const char *statement =
        dialect == C2SQL_HIVE
            ? "ALTER TABLE t SET TBLPROPERTIES ('a?'=?, \"\\\"?\"=?,/* ? */'c'=?) -- ?\n, ?"
            : "SELECT a-?-b,? FROM \"t?\" /* ? */ WHERE '?''?\\' =? -- ?\nAND x<?OR ?=? -- ";
    const char *literals[MARKERS_MAX];
    struct fault f = {.state = SQLSTATE_NONE};
    struct sql_markers markers;
    struct buf out;
    bool is_same;

    if (scan_markers(statement, strlen(statement), &markers, &f)) abort();
    if (markers.count > MARKERS_MAX || markers.count < 4) abort();
    for (size_t i = 0; i < markers.count; i++)
        literals[i] = literal;
    buf_init(&out, (size_t)1 << 28);
    splice_markers(&out, statement, strlen(statement), &markers, literals);
    if (!buf_ok(&out)) abort();
    is_same = has_shape(statement, out.bytes, literal);
    buf_clear(&out);
    scan_markers_clear(&markers);
    return is_same;
}

#endif
