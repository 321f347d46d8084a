/* sql/escape.c: escape clauses in, Athena's SQL out; what is refused, and where it stands. */
#include "sql/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void translate(const char *sql, struct sql_native *native)
{
    struct fault f = {.state = SQLSTATE_NONE};

    if (escape_translate(sql, strlen(sql), true, native, &f)) fail_msg("%s: %s", sql, f.text);
}

static void expect(const char *sql, const char *expected)
{
    struct sql_native native;

    translate(sql, &native);
    assert_non_null(native.text);
    if (strcmp(native.text, expected)) fail_msg("%s:\n%s, not\n%s", sql, native.text, expected);
    sql_native_clear(&native);
    assert_null(native.text);
}

static void test_clauses(void **state)
{
    static const char *const cases[][2] = {
        {"select {d '2024-02-29'}", "select DATE '2024-02-29'"},
        {"select { D  '2024-02-29' }", "select DATE '2024-02-29'"},
        {"select {t '10:11:12'}", "select TIME '10:11:12'"},
        {"select {ts '2024-02-29 10:11:12.123456789'}",
         "select TIMESTAMP '2024-02-29 10:11:12.123456789'"},
        {"select {guid '12151fd2-7586-11e9-8f9e-2a86e4085a59'}",
         "select UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59'"},
        {"a like 'x!_y' {escape '!'}", "a like 'x!_y' ESCAPE '!'"},
        {"a like 'x''y'{escape ''''}and b", "a like 'x''y' ESCAPE '''' and b"},
        {"{interval '3' DAY}", "INTERVAL '3' DAY"},
        {"{INTERVAL - '1-2' YEAR(4) TO MONTH}", "INTERVAL -'1-2' YEAR TO MONTH"},
        {"{interval '1 02:03:04.5' day to second(9)}", "INTERVAL '1 02:03:04.5' day to second"},
        {"select * from {oj a left outer join b on a.x = b.x} where 1=1",
         "select * from a left outer join b on a.x = b.x where 1=1"},
        {"{oj a left join {oj b right join c on b.i = c.i} on a.i = b.i}",
         "a left join b right join c on b.i = c.i on a.i = b.i"},
        {"select{fn now()}from t", "select localtimestamp from t"},
        {"f({fn PI()},{fn PI ( )})", "f(pi(),pi())"},
        {"-{oj -1}", "- -1"},
        {"'a'{oj 'b'}", "'a' 'b'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(cases[i][0], cases[i][1]);
}

static void test_functions(void **state)
{
    static const char *const cases[][2] = {
        {"{fn ucase(name)}", "upper(name)"},
        {"{ FN  UCASE ( name ) }", "upper(name)"},
        {"{fn CONCAT({fn LCASE('A}{')}, {fn UCASE(b)})}", "concat(lower('A}{'), upper(b))"},
        {"{fn LEFT(f(a, b), 3)}", "substr(f(a, b), 1, 3)"},
        {"{fn LEFT(ARRAY['a', 'b'][1], 3)}", "substr(ARRAY['a', 'b'][1], 1, 3)"},
        {"{fn LOCATE('a', s)}", "strpos(s, 'a')"},
        {"{fn LOCATE('a', s, 2)}", "(CASE WHEN strpos(substr(s, 2), 'a') = 0 THEN 0 ELSE "
                                   "strpos(substr(s, 2), 'a') + (2) - 1 END)"},
        {"{fn POSITION('a' IN s)}", "position('a' IN s)"},
        {"{fn INSERT(s, a-b, 2, r)}", "concat(substr(s, 1, (a-b) - 1), r, substr(s, (a-b) + (2)))"},
        {"{fn ROUND(x)}", "round(x)"},
        {"{fn ROUND(x, 2)}", "round(x, 2)"},
        {"{fn EXTRACT(YEAR FROM {d '2024-01-01'})}", "extract(YEAR FROM DATE '2024-01-01')"},
        {"{fn CURRENT_DATE}", "current_date"},
        {"{fn CURRENT_TIMESTAMP(6)}", "localtimestamp(6)"},
        {"{fn DAYOFWEEK(d)}", "(day_of_week(d) % 7 + 1)"},
        {"{fn TIMESTAMPADD(SQL_TSI_MONTH, n, d)}",
         "date_add('month', n, coalesce(d, CAST(NULL AS timestamp)))"},
        {"{fn timestampdiff( sql_tsi_frac_second , a, b)}",
         "(date_diff('millisecond', coalesce(a, CAST(NULL AS timestamp)), "
         "coalesce(b, CAST(NULL AS timestamp))) * 1000000)"},
        {"{fn TIMESTAMPADD(SQL_TSI_HOUR, 1, {t '10:11:12'})}",
         "date_add('hour', 1, CAST(TIME '10:11:12' AS timestamp))"},
        {"{fn TIMESTAMPDIFF(SQL_TSI_HOUR, { T '1:2:3'}, time '10:11:12')}",
         "date_diff('hour', CAST(TIME '1:2:3' AS timestamp), CAST(time '10:11:12' AS timestamp))"},
        {"{fn TIMESTAMPADD(SQL_TSI_DAY, 1, {fn CURTIME()})}",
         "date_add('day', 1, CAST(localtime AS timestamp))"},
        {"{fn TIMESTAMPADD(SQL_TSI_DAY, 1, time)}",
         "date_add('day', 1, coalesce(time, CAST(NULL AS timestamp)))"},
        {"{fn CONVERT(x, SQL_INTEGER)}", "CAST(x AS integer)"},
        {"{fn CONVERT(x, SQL_DECIMAL)}", "CAST(x AS decimal(38, 10))"},
        {"{fn CONVERT(x, SQL_DECIMAL(10, 2))}", "CAST(x AS decimal(10, 2))"},
        {"{fn CONVERT(x, SQL_VARCHAR (20))}", "CAST(x AS varchar(20))"},
        {"{fn CAST(x AS bigint)}", "CAST(x AS bigint)"},
        {"{fn IFNULL(a, {fn IFNULL(b, c)})}", "coalesce(a, coalesce(b, c))"},
        /* a comment at an argument's end must not swallow what comes behind it */
        {"{fn UCASE(a -- b)}\n)} + 1", "upper(a) + 1"},
        {"{fn UCASE(a /* , */)}", "upper(a)"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(cases[i][0], cases[i][1]);
}

/* These texts are not even copied. */
static void test_left_alone(void **state)
{
    static const char *const texts[] = {
        "",
        "select 1",
        "select '{d ''2024-01-01''}', \"{fn x}\" /* {call */ -- }\n, 2",
        "show tables '\\'{fn'",
        "select * from t match_recognize (pattern (a{2,3} {- b -}) define a as true)",
        "select ? + ?",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct sql_native native;

        translate(texts[i], &native);
        assert_null(native.text);
        sql_native_clear(&native);
    }
}

static void test_refused(void **state)
{
    static const struct {
        const char *sql, *code, *words;
    } cases[] = {
        {"select {d '2024-01-01'", "42000", "character 8: the brace { is not closed"},
        {"select 1 }", "42000", "character 10: the brace } was not opened"},
        {"'\xc3\xa4\xc3\xb6' {d '1' }}", "42000", "character 14: the brace }"},
        {"{call p(1)}", "HYC00", "no procedures"},
        {"{?=call p(1)}", "HYC00", "no procedures"},
        {"{? = call p(1)}", "HYC00", "no procedures"},
        {"{fn nosuch(1)}", "42000", "no scalar function nosuch"},
        {"{fn UCASE(a, b)}", "42000", "UCASE does not take 2 arguments"},
        {"{fn UCASE()}", "42000", "UCASE does not take 0 arguments"},
        {"{fn INSERT(a, b, c, d, e)}", "42000", "INSERT does not take 5 arguments"},
        {"{fn CONCAT(a, )}", "42000", "is empty"},
        {"{fn UCASE(a}", "42000", "not closed"},
        {"{fn UCASE(a) b}", "42000", "nothing may follow"},
        {"{fn UCASE a}", "42000", "in parentheses"},
        {"{fn 'x'}", "42000", "name of a function"},
        {"{fn}", "42000", "name of a function"},
        {"{fn TIMESTAMPADD(DAY, 1, d)}", "42000", "SQL_TSI_"},
        {"{fn CONVERT(a, integer)}", "42000", "integer is no data type of ODBC"},
        {"{fn CONVERT(a, SQL_INTEGER b)}", "42000", "no data type"},
        {"{d 2024}", "42000", "literal in single quotes"},
        {"{d ?}", "42000", "literal in single quotes"},
        {"{d '1' '2'}", "42000", "nothing may follow"},
        {"{interval 1 DAY}", "42000", "literal in single quotes"},
        {"{interval '1'}", "42000", "needs its fields"},
        {"{interval '1' WEEK}", "42000", "fields are"},
        {"{interval '1' DAY(x)}", "42000", "precision is a number"},
        {"{interval '1' DAY(3}", "42000", "precision has no end"},
        {"{oj }", "42000", "joined table"},
        {"{nosuch 'x'}", "42000", "there is no {nosuch}"},
        {"{}", "42000", "no word"},
        {"{'x'}", "42000", "no word"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sql_native native;
        struct fault f = {.state = SQLSTATE_NONE};

        if (!escape_translate(cases[i].sql, strlen(cases[i].sql), true, &native, &f)) {
            fail_msg("%s: %s", cases[i].sql, native.text ? native.text : "as it is");
        }
        assert_string_equal(sqlstate_code(f.state), cases[i].code);
        if (!strstr(f.text, cases[i].words)) fail_msg("%s: %s", cases[i].sql, f.text);
        assert_null(native.text);
        assert_null(native.markers.list);
    }
}

/* Parameters keep their numbers, in whatever order and however often a form names them. */
static void test_markers(void **state)
{
    static const struct {
        const char *sql;
        unsigned parameter_count;
        size_t count;
        unsigned parameters[8];
    } cases[] = {
        {"? + {fn ABS(?)} + ?", 3, 3, {0, 1, 2}},
        {"{fn LOCATE(?, ?)}", 2, 2, {1, 0}},
        {"{fn LOCATE(?, ?, ?)}", 3, 7, {1, 2, 0, 1, 2, 0, 2}},
        {"{fn RAND(?)} + ?", 2, 1, {1}},
        {"{fn CONCAT('?', {fn POSITION({fn UCASE(?)}, ?)})}", 2, 2, {1, 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sql_native native;

        translate(cases[i].sql, &native);
        assert_int_equal(native.markers.parameter_count, cases[i].parameter_count);
        assert_int_equal(native.markers.count, cases[i].count);
        for (size_t at = 0; at < native.markers.count; at++) {
            assert_int_equal(native.text[native.markers.list[at].offset], '?');
            assert_int_equal(native.markers.list[at].parameter, cases[i].parameters[at]);
        }
        sql_native_clear(&native);
    }
}

static void test_noscan(void **state)
{
    static const char sql[] = "select {d '2024-01-01'}, ?";
    struct sql_native native;
    struct fault f = {.state = SQLSTATE_NONE};

    (void)state;
    assert_int_equal(escape_translate(sql, strlen(sql), false, &native, &f), ST_OK);
    assert_null(native.text);
    assert_int_equal(native.markers.parameter_count, 1);
    assert_int_equal(native.markers.list[0].offset, strlen(sql) - 1);
    assert_int_equal(native.statement.kind, SQL_KIND_SELECT);
    sql_native_clear(&native);
}

/* What nests too deep, or would grow without bound, ends with a fault and soon. */
static void test_bounds(void **state)
{
    static char sql[64 * 1024];
    struct sql_native native;
    struct fault f = {.state = SQLSTATE_NONE};

    (void)state;
    *sql = '\0';
    for (int i = 0; i < 101; i++)
        strcat(sql, "{fn ABS(");
    strcat(sql, "1");
    for (int i = 0; i < 101; i++)
        strcat(sql, ")}");
    assert_int_equal(escape_translate(sql, strlen(sql), true, &native, &f), ST_ERR);
    assert_non_null(strstr(f.text, "nested too deep"));

    fault_clear(&f);
    *sql = '\0';
    for (int i = 0; i < 60; i++)
        strcat(sql, "{fn REPEAT(");
    strcat(sql, "a");
    for (int i = 0; i < 60; i++)
        strcat(sql, ", 2)}");
    assert_int_equal(escape_translate(sql, strlen(sql), true, &native, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_HY001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clauses),    cmocka_unit_test(test_functions),
        cmocka_unit_test(test_left_alone), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_markers),    cmocka_unit_test(test_noscan),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
