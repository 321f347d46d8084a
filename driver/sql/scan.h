/*
 * SQL text as tokens: where literals, quoted names and comments are, so that nothing in them is
 * taken for a parameter marker or an escape clause; and what kind of statement a text is.
 *
 * Athena has two dialects, which differ in what a literal is (Trino for queries, Hive for DDL):
 *     Trino  '' is one quote, a backslash is a backslash, "" quotes names (queries, views, CTAS)
 *     Hive   a backslash escapes, "..." is a string too           (DDL, SHOW, DESCRIBE, MSCK)
 * Comments are -- to the end of the line, and slash-star to the first star-slash (not nested). In
 * the PATTERN of MATCH_RECOGNIZE, ? and braces are quantifiers: symbols, no markers, no escapes.
 *
 * Plain functions over bytes, any thread. Texts are UTF-8 with their length, need no NUL, and may
 * be anything: what is not closed reaches to the end of the text.
 */
#ifndef ATHENA_SQL_SCAN_H
#define ATHENA_SQL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

enum sql_kind {
    SQL_KIND_EMPTY,  /* blanks, comments and semicolons only */
    SQL_KIND_SELECT, /* also WITH, VALUES, TABLE and a query in parentheses */
    SQL_KIND_INSERT,
    SQL_KIND_CTAS, /* CREATE TABLE ... AS query */
    SQL_KIND_UPDATE,
    SQL_KIND_DELETE,
    SQL_KIND_MERGE,
    SQL_KIND_UNLOAD,
    SQL_KIND_VIEW, /* CREATE [OR REPLACE] VIEW, DROP VIEW: Trino's */
    SQL_KIND_DDL,  /* CREATE, ALTER and DROP of Hive, MSCK */
    SQL_KIND_SHOW, /* SHOW, DESCRIBE */
    SQL_KIND_EXPLAIN,
    SQL_KIND_PREPARE,  /* PREPARE name FROM ...: its markers are for EXECUTE ... USING */
    SQL_KIND_PREPARED, /* EXECUTE, DEALLOCATE */
    SQL_KIND_CALL,
    SQL_KIND_OTHER /* OPTIMIZE, VACUUM, and words we do not know: Trino's */
};

struct sql_statement {
    enum sql_kind kind;
    bool is_hive;            /* the dialect of the text's literals */
    size_t word, word_bytes; /* the first keyword: its offset and length; 0, 0 when there is none */
};

enum scan_kind {
    SCAN_END,
    SCAN_BLANK,
    SCAN_COMMENT,
    SCAN_STRING, /* '...', and "..." of Hive */
    SCAN_QUOTED, /* "..." */
    SCAN_BACK_QUOTED,
    SCAN_WORD,   /* letters, digits, _ $ @ and every byte above 127 */
    SCAN_NUMBER, /* 12, 1.5, .5, 1e-3 */
    SCAN_MARKER, /* ? */
    SCAN_OPEN,   /* { */
    SCAN_CLOSE,  /* } */
    SCAN_SYMBOL  /* any other single byte */
};

struct scan_token {
    enum scan_kind kind;
    size_t start, end; /* offsets in the text: [start, end) */
};

/* A walk over a text. Fields are the scanner's own, except `at`: where the next token starts. */
struct scan {
    const char *text;
    size_t bytes;
    size_t at;
    bool is_hive;
    bool has_match_recognize; /* the word was met */
    bool has_pattern;         /* PATTERN was the last token but blanks and comments */
    unsigned pattern_depth;   /* open parentheses of a PATTERN; 0: not in one */
};

struct sql_marker {
    size_t offset;      /* of the `?`, in bytes */
    unsigned parameter; /* the ODBC parameter that belongs here, from 0 */
};

/*
 * The parameter markers of a text, in its order. In a text as the application wrote it, marker i
 * is parameter i. The translation of an escape clause may name an argument in another order or
 * twice (escape.h): then several markers may have the same parameter.
 */
struct sql_markers {
    size_t count;
    unsigned parameter_count; /* what SQLNumParams says */
    struct sql_marker *list;  /* owned; NULL when count is 0 */
};

/* What a text is, from its first words. Comments, blanks and parentheses before are skipped. */
void scan_statement(const char *text, size_t bytes, struct sql_statement *out);

void scan_init(struct scan *scan, const char *text, size_t bytes, bool is_hive);

/* The next token; SCAN_END for ever at the end. Every byte of the text is in one token. */
enum scan_kind scan_next(struct scan *scan, struct scan_token *token);

/* The next token that is neither blank nor comment. */
enum scan_kind scan_next_word(struct scan *scan, struct scan_token *token);

/* Whether the token is this word, in any case. */
bool scan_is(const char *text, const struct scan_token *token, const char *word);

/* Whether the token is this single byte, as a symbol. */
bool scan_is_symbol(const char *text, const struct scan_token *token, char symbol);

/*
 * Finds the markers of a text in its own dialect. Fills *out (scan_markers_clear() it). Only HY001.
 * On failure *out is empty.
 */
enum status scan_markers(const char *text, size_t bytes, struct sql_markers *out, struct fault *f);

/* Adds a marker behind the last one; HY001. parameter_count is the caller's to set. */
enum status scan_add_marker(struct sql_markers *m, size_t offset, unsigned parameter,
                            struct fault *f);

/* Frees the list; a zeroed struct is empty and may be cleared. */
void scan_markers_clear(struct sql_markers *m);

#endif
