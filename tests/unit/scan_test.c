/* sql/scan.c: tokens of both dialects, kinds of statements, parameter markers. */
#include "sql/scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char *const letters[] = {
    [SCAN_BLANK] = "b", [SCAN_COMMENT] = "c",     [SCAN_STRING] = "s", [SCAN_QUOTED] = "q",
    [SCAN_WORD] = "w",  [SCAN_BACK_QUOTED] = "t", [SCAN_NUMBER] = "n", [SCAN_MARKER] = "?",
    [SCAN_OPEN] = "{",  [SCAN_CLOSE] = "}",       [SCAN_SYMBOL] = ".",
};

/* A letter per token; they must lie side by side and cover the text. */
static void expect_tokens(const char *text, bool is_hive, const char *expected)
{
    struct scan s;
    struct scan_token token;
    char found[128] = "";
    size_t end = 0;

    scan_init(&s, text, strlen(text), is_hive);
    while (scan_next(&s, &token)) {
        assert_int_equal(token.start, end);
        assert_true(token.end > token.start);
        end = token.end;
        strncat(found, letters[token.kind], sizeof found - strlen(found) - 1);
    }
    assert_int_equal(end, strlen(text));
    if (strcmp(found, expected)) fail_msg("%s: %s, not %s", text, found, expected);
    assert_int_equal(scan_next(&s, &token), SCAN_END);
}

static void test_tokens(void **state)
{
    static const struct {
        const char *text;
        bool is_hive;
        const char *expected;
    } cases[] = {
        {"", false, ""},
        {"select 1", false, "wbn"},
        {"a.b$c@d_1", false, "w.w"},
        {"1.5 .5 1e-3 2E+10 1e", false, "nbnbnbnbn"},
        {"1-2", false, "n.n"},
        {"'it''s' ''", false, "sbs"},
        {"'a\\' b", false, "sbw"},
        {"'a\\' b'", true, "s"},
        {"'a''b'", true, "s"},
        {"\"a\"\"b\" \"c\"", false, "qbq"},
        {"\"a\\\"b\"", true, "s"},
        {"`a``b`", false, "t"},
        {"-- a ' ?\n?", false, "cb?"},
        {"-- a\r?", false, "cb?"},
        {"/* /* ? */?", false, "c?"},
        {"/*/?*/?", false, "c?"},
        {"a-b/c*d", false, "w.w.w.w"},
        {"{fn x(?)}", false, "{wbw.?.}"},
        {"'open ?", false, "s"},
        {"\"open ?", false, "q"},
        {"`open ?", false, "t"},
        {"/* open ?", false, "c"},
        {"-", false, "."},
        {"'a\\", true, "s"},
        {"stra\xc3\x9f"
         "e ?",
         false, "wb?"},
        {"u&'\\0041?'", false, "w.s"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_tokens(cases[i].text, cases[i].is_hive, cases[i].expected);
    }
}

/* ? and braces are quantifiers between the parentheses of a PATTERN, and nowhere else. */
static void test_row_patterns(void **state)
{
    (void)state;
    expect_tokens("match_recognize(pattern (a? (b?) {- c -} d{2,}) x ?)", false,
                  "w.wb.w.b.w..b..bwb..bw.n...bwb?.");
    expect_tokens("pattern (?)", false, "wb.?.");
    expect_tokens("match_recognize(pattern, ?)", false, "w.w.b?.");
}

static void test_statements(void **state)
{
    static const struct {
        const char *text;
        enum sql_kind kind;
        bool is_hive;
        const char *word;
    } cases[] = {
        {"", SQL_KIND_EMPTY, false, ""},
        {" -- x\n ; /* y */ ;", SQL_KIND_EMPTY, false, ""},
        {"select 1", SQL_KIND_SELECT, false, "select"},
        {" /* a */ -- b\n ((SELECT 1))", SQL_KIND_SELECT, false, "SELECT"},
        {"with a as (select 1) select * from a", SQL_KIND_SELECT, false, "with"},
        {"values 1", SQL_KIND_SELECT, false, "values"},
        {"table t", SQL_KIND_SELECT, false, "table"},
        {"selected", SQL_KIND_OTHER, false, "selected"},
        {"insert into t values (1)", SQL_KIND_INSERT, false, "insert"},
        {"create table t as select 1", SQL_KIND_CTAS, false, "create"},
        {"create table t with (x='as') as (select 1)", SQL_KIND_CTAS, false, "create"},
        {"create table t (a int) stored as parquet", SQL_KIND_DDL, true, "create"},
        {"create table t (a int, as int)", SQL_KIND_DDL, true, "create"},
        {"create external table t (a int)", SQL_KIND_DDL, true, "create"},
        {"create database d", SQL_KIND_DDL, true, "create"},
        {"create or replace view v as select 1", SQL_KIND_VIEW, false, "create"},
        {"create view v as select 1", SQL_KIND_VIEW, false, "create"},
        {"drop view v", SQL_KIND_VIEW, false, "drop"},
        {"drop table t", SQL_KIND_DDL, true, "drop"},
        {"alter table t add columns (a int)", SQL_KIND_DDL, true, "alter"},
        {"msck repair table t", SQL_KIND_DDL, true, "msck"},
        {"show tables", SQL_KIND_SHOW, true, "show"},
        {"describe t", SQL_KIND_SHOW, true, "describe"},
        {"delete from t", SQL_KIND_DELETE, false, "delete"},
        {"update t set a = 1", SQL_KIND_UPDATE, false, "update"},
        {"merge into t using u on true", SQL_KIND_MERGE, false, "merge"},
        {"unload (select 1) to 's3://x'", SQL_KIND_UNLOAD, false, "unload"},
        {"explain select 1", SQL_KIND_EXPLAIN, false, "explain"},
        {"execute p using 1", SQL_KIND_PREPARED, false, "execute"},
        {"prepare p from select ?", SQL_KIND_PREPARE, false, "prepare"},
        {"call p()", SQL_KIND_CALL, false, "call"},
        {"optimize t rewrite data using bin_pack", SQL_KIND_OTHER, false, "optimize"},
        {"'x'", SQL_KIND_OTHER, false, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sql_statement s;

        scan_statement(cases[i].text, strlen(cases[i].text), &s);
        if (s.kind != cases[i].kind) fail_msg("%s: kind %d", cases[i].text, s.kind);
        assert_int_equal(s.is_hive, cases[i].is_hive);
        assert_int_equal(s.word_bytes, strlen(cases[i].word));
        assert_memory_equal(cases[i].text + s.word, cases[i].word, s.word_bytes);
    }
}

static void test_markers(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        size_t offsets[4];
    } cases[] = {
        {"select 1", 0, {0}},
        {"?", 1, {0}},
        {"select ?, '?', \"?\", `?` /* ? */ -- ?\n, ?", 2, {7, 39}},
        {"a = ? and b = 'it''s ?' and c in (?,?)", 3, {4, 34, 36}},
        {"'\\' ? '", 1, {4}},                /* Trino: the backslash is a string */
        {"show tables '\\' ? ' ?", 1, {20}}, /* Hive: the quote is escaped */
        {"create table t as select '\\' ? '", 1, {29}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sql_markers m;
        struct fault f = {.state = SQLSTATE_NONE};

        assert_int_equal(scan_markers(cases[i].text, strlen(cases[i].text), &m, &f), ST_OK);
        if (m.count != cases[i].count) fail_msg("%s: %zu markers", cases[i].text, m.count);
        assert_int_equal(m.parameter_count, m.count);
        for (size_t at = 0; at < m.count; at++) {
            assert_int_equal(m.list[at].offset, cases[i].offsets[at]);
            assert_int_equal(m.list[at].parameter, at);
        }
        scan_markers_clear(&m);
        assert_null(m.list);
    }
}

static void test_many_markers(void **state)
{
    char text[2000];
    struct sql_markers m;
    struct fault f = {.state = SQLSTATE_NONE};

    (void)state;
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 ? ',' : '?';
    assert_int_equal(scan_markers(text, sizeof text, &m, &f), ST_OK);
    assert_int_equal(m.count, 1000);
    for (size_t i = 0; i < m.count; i++)
        assert_int_equal(m.list[i].offset, 2 * i);
    scan_markers_clear(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),       cmocka_unit_test(test_row_patterns),
        cmocka_unit_test(test_statements),   cmocka_unit_test(test_markers),
        cmocka_unit_test(test_many_markers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
