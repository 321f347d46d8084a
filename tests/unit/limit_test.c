/* sql/limit.c: which queries may get a LIMIT, and where it goes. */
#include "sql/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_end(void **state)
{
    static const struct {
        const char *text, *query;
    } cases[] = {
        {"SELECT 1", "SELECT 1"},
        {"SELECT 1 ; ", "SELECT 1"},
        {"SELECT 1 -- end\n", "SELECT 1"},
        {"SELECT 1 /* a ; b */ ;; -- c", "SELECT 1"},
        {"SELECT ';' -- x", "SELECT ';'"},
        {"SELECT \";\" -- x", "SELECT \";\""},
        {"-- nothing", ""},
        {"", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(limit_query_end(cases[i].text, strlen(cases[i].text)),
                         strlen(cases[i].query));
    }
}

static void test_possible(void **state)
{
    static const struct {
        const char *text;
        bool is_possible;
    } cases[] = {
        {"SELECT * FROM t", true},
        {"/* tool */ SELECT * FROM t ORDER BY x DESC", true},
        {"WITH a AS (SELECT 1 LIMIT 2) SELECT * FROM a", true},
        {"SELECT * FROM (SELECT * FROM t LIMIT 10) AS a", true},
        {"(SELECT 1) UNION ALL (SELECT 2 LIMIT 1)", true},
        {"SELECT 'LIMIT', \"limit\" /* LIMIT */ -- LIMIT", true},
        {"VALUES 1, 2", true},
        {"TABLE t", true},
        {"SELECT * FROM t OFFSET 5", true},
        {"(SELECT 1) ORDER BY 1", true},
        {"(SELECT a FROM t ORDER BY a)", false},
        {"((SELECT a FROM t) ORDER BY a)", false},
        {"WITH x AS (SELECT 1 a) (SELECT a FROM x ORDER BY a)", false},
        {"SELECT * FROM t LIMIT 10", false},
        {"select * from t limit all", false},
        {"SELECT * FROM t FETCH FIRST 5 ROWS ONLY", false},
        {"SELECT limit FROM t", false},
        {"INSERT INTO t SELECT 1", false},
        {"CREATE TABLE t AS SELECT 1", false},
        {"UNLOAD (SELECT 1) TO 's3://b/' WITH (format = 'PARQUET')", false},
        {"SHOW TABLES", false},
        {"EXECUTE p USING 1", false},
        {"EXPLAIN SELECT 1", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (limit_is_possible(cases[i].text, strlen(cases[i].text)) != cases[i].is_possible) {
            fail_msg("%s", cases[i].text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_end), cmocka_unit_test(test_possible)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
