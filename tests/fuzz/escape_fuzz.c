/*
 * Escape clauses: any bytes are read without harm. A text without braces comes back as itself; what
 * is translated has no brace left outside of literals, names and comments; markers are markers,
 * and no more parameters than the application wrote. What is translated is left alone when it is
 * translated again. With SQL_ATTR_NOSCAN nothing changes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sql/escape.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void demand(int holds)
{
    if (!holds) abort();
}

/* Tokens cover a text without gaps. */
static void check_tokens(const char *text, size_t bytes, bool is_hive)
{
    struct scan s;
    struct scan_token token;
    size_t end = 0;

    scan_init(&s, text, bytes, is_hive);
    while (scan_next(&s, &token)) {
        demand(token.start == end && token.end > end && token.end <= bytes);
        end = token.end;
    }
    demand(end == bytes);
}

static void check_no_clause(const char *text, bool is_hive)
{
    struct scan s;
    struct scan_token token;

    scan_init(&s, text, strlen(text), is_hive);
    while (scan_next(&s, &token))
        demand(token.kind != SCAN_OPEN && token.kind != SCAN_CLOSE);
}

static void check_markers(const struct sql_markers *m, const char *text, size_t bytes)
{
    for (size_t i = 0; i < m->count; i++) {
        demand(m->list[i].offset < bytes && text[m->list[i].offset] == '?');
        demand(!i || m->list[i].offset > m->list[i - 1].offset);
        demand(m->list[i].parameter < m->parameter_count);
    }
}

/* A PATTERN, in which ? is no marker, can be put together from a clause and what is beside it. */
static int has_pattern(const char *text)
{
    struct scan s;
    struct scan_token token;

    scan_init(&s, text, strlen(text), false);
    while (scan_next(&s, &token)) {
        if (scan_is(text, &token, "MATCH_RECOGNIZE")) return 1;
    }
    return 0;
}

/*
 * Translating the translation changes nothing: it has no clause in it. (A clause may hold the word
 * that says which dialect the text is of: then its tokens are others.)
 */
static void check_again(const char *text, const struct sql_native *first)
{
    struct sql_native again;
    struct sql_statement statement;
    struct fault f = {.state = SQLSTATE_NONE};

    scan_statement(text, strlen(text), &statement);
    if (statement.is_hive != first->statement.is_hive || has_pattern(text)) return;
    demand(!escape_translate(text, strlen(text), true, &again, &f) && !again.text);
    demand(again.markers.count == first->markers.count);
    for (size_t i = 0; i < again.markers.count; i++)
        demand(again.markers.list[i].offset == first->markers.list[i].offset);
    sql_native_clear(&again);
}

static void check_translation(const char *sql, size_t bytes)
{
    struct sql_native native;
    struct fault f = {.state = SQLSTATE_NONE};

    if (escape_translate(sql, bytes, true, &native, &f)) {
        demand(fault_is_set(&f) && !native.text && !native.markers.list);
        return;
    }
    check_tokens(sql, bytes, native.statement.is_hive);
    if (!memchr(sql, '{', bytes)) demand(!native.text);
    if (native.text) {
        check_no_clause(native.text, native.statement.is_hive);
        check_markers(&native.markers, native.text, strlen(native.text));
        check_again(native.text, &native);
    } else {
        demand(native.markers.count == native.markers.parameter_count);
        check_markers(&native.markers, sql, bytes);
    }
    sql_native_clear(&native);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    char *sql = malloc(count + 1); /* a copy without NUL in it, as an application's text is */
    struct sql_native native;
    struct fault f = {.state = SQLSTATE_NONE};
    size_t length;

    demand(sql != NULL);
    memcpy(sql, bytes, count);
    sql[count] = '\0';
    length = strlen(sql);
    check_translation(sql, length);
    demand(!escape_translate(sql, length, false, &native, &f) && !native.text);
    sql_native_clear(&native);
    free(sql);
    return 0;
}
