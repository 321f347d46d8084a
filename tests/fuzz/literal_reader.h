/*
 * What an engine makes of a string literal: readers for Trino and Hive that know nothing of how the
 * driver writes them, and the property that no text gets out of its literal.
 */
#ifndef ATHENA_TESTS_FUZZ_LITERAL_READER_H
#define ATHENA_TESTS_FUZZ_LITERAL_READER_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "convert/c2sql.h"

/* Trino: '' is a quote, a single quote ends the literal. -1 when it does not end with the text. */
static inline long read_trino_literal(const char *text, size_t bytes, char *out)
{
    long count = 0;

    if (bytes < 2 || text[0] != '\'') return -1;
    for (size_t i = 1; i < bytes; i++) {
        if (text[i] == '\'') {
            if (i + 1 == bytes) return count;
            if (text[++i] != '\'') return -1;
        }
        out[count++] = text[i];
    }
    return -1;
}

/* Hive: a backslash takes the next character with it; a quote ends the literal. */
static inline long read_hive_literal(const char *text, size_t bytes, char *out)
{
    long count = 0;

    if (bytes < 2 || text[0] != '\'') return -1;
    for (size_t i = 1; i < bytes; i++) {
        char c = text[i];

        if (c == '\'') return i + 1 == bytes ? count : -1;
        if (c == '\\') {
            if (++i == bytes) return -1;
            c = text[i];
            if (c == 'n')
                c = '\n';
            else if (c == 'r')
                c = '\r';
            else if (c == 't')
                c = '\t';
            else if (c != '\'' && c != '\\')
                return -1;
        }
        out[count++] = c;
    }
    return -1;
}

/* Whether a text is refused, or is what the engine reads. */
static inline bool literal_comes_back(const char *text, size_t bytes, enum c2sql_dialect dialect)
{
    const struct c_source in = {SQL_C_CHAR, bytes ? text : "", bytes, 0, 0};
    const struct sql_target to = {.sql_type = SQL_VARCHAR, .dialect = dialect};
    struct fault f = {.state = SQLSTATE_NONE};
    struct buf out;
    char *back;
    long count;
    bool is_same;

    buf_init(&out, (size_t)1 << 24);
    if (c2sql_literal(&in, &to, &out, &f)) {
        buf_clear(&out);
        return f.state == SQLSTATE_22018;
    }
    back = malloc(out.count + 1);
    if (!back) abort();
    count = dialect == C2SQL_HIVE ? read_hive_literal(out.bytes, out.count, back)
                                  : read_trino_literal(out.bytes, out.count, back);
    is_same = count == (long)bytes && (bytes == 0 || memcmp(back, text, bytes) == 0);
    free(back);
    buf_clear(&out);
    return is_same;
}

#endif
