/* sql/insert_values.c: which texts insert rows that can stand beside those of other sets,
 * and which read what they write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sql/insert_values.h"

#include <cmocka.h>

static void test_rows(void **state)
{
    static const struct {
        const char *text, *rows; /* NULL: not such a statement */
    } cases[] = {
        {"INSERT INTO t VALUES (?, ?)", "(?, ?)"},
        {"insert into a.b.c (x, \"y\") values(?,?)", "(?,?)"},
        {"INSERT INTO \"odd ( name\" VALUES (?)", "(?)"},
        {"INSERT INTO t VALUES ?, ?", "?, ?"},
        {"INSERT INTO t VALUES (1, ?), (2, ?) ; -- end", "(1, ?), (2, ?)"},
        {"/* ? */ INSERT -- x\nINTO t VALUES ( /* ) */ ? )\n/* ; */", "( /* ) */ ? )"},
        {"INSERT INTO t VALUES ('SELECT )', f(?, (1 + 2)), CAST(? AS decimal(3,1)))",
         "('SELECT )', f(?, (1 + 2)), CAST(? AS decimal(3,1)))"},
        {"INSERT INTO values VALUES (?)", "(?)"},
        {"INSERT INTO t VALUES (ROW(?, ?), ARRAY[?])", "(ROW(?, ?), ARRAY[?])"},
        {"INSERT INTO t VALUES ((SELECT max(x) FROM t))", NULL},
        {"INSERT INTO t VALUES (? IN (VALUES 1, 2))", NULL},
        {"INSERT INTO t VALUES (?) UNION ALL VALUES (?)", NULL},
        {"INSERT INTO t VALUES (?) LIMIT 1", NULL},
        {"INSERT INTO t VALUES (?); SELECT 1", NULL},
        {"INSERT INTO t (VALUES (?))", NULL},
        {"INSERT INTO t SELECT ?", NULL},
        {"INSERT INTO ? VALUES (1)", NULL},
        {"INSERT INTO t VALUES", NULL},
        {"INSERT INTO t VALUES (?", NULL},
        {"INSERT INTO t VALUES ?)", NULL},
        {"INSERT INTO t (a, VALUES (?)", NULL},
        {"INSERT t VALUES (?)", NULL},
        {"SELECT 1", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = cases[i].text, *rows = cases[i].rows;
        struct insert_values found = {0, 0};

        if (insert_values_find(text, strlen(text), &found) != (rows != NULL)) {
            fail_msg("%s", text);
        }
        if (!rows) continue;
        assert_int_equal(found.end - found.start, strlen(rows));
        assert_memory_equal(text + found.start, rows, strlen(rows));
    }
}

static void test_own_table(void **state)
{
    static const struct {
        const char *text;
        bool reads_it;
    } cases[] = {
        {"INSERT INTO t SELECT ?, ?", false},
        {"INSERT INTO t SELECT ? FROM u", false},
        {"INSERT INTO t SELECT ? WHERE NOT EXISTS (SELECT 1 FROM t WHERE id = ?)", true},
        {"INSERT INTO a.b.T VALUES ((SELECT max(n) FROM \"t\"))", true},
        {"insert into \"T\" (x) select x + ? from c.t", true},
        {"INSERT INTO \"t u\" SELECT ? FROM \"T U\"", true},
        {"INSERT INTO t SELECT 't', ? /* t */ -- t", false},
        {"INSERT INTO a.t SELECT ? FROM a.u", false},
        {"INSERT INTO t SELECT ? FROM tt", false},
        {"UPDATE t SET n = ? WHERE t.n = 1", false},
        {"INSERT INTO ? SELECT 1", false},
        {"INSERT INTO", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = cases[i].text;

        if (insert_reads_its_table(text, strlen(text)) != cases[i].reads_it) fail_msg("%s", text);
    }
}

/* Nothing is read behind the text, wherever it is cut. */
static void test_cut_texts(void **state)
{
    static const char text[] = "INSERT INTO a.\"b\" (c, d) VALUES (?, 'x'), (/* */ 1, ?) ;";

    (void)state;
    for (size_t bytes = 0; bytes < sizeof text - 1; bytes++) {
        struct insert_values found = {0, 0};

        if (insert_values_find(text, bytes, &found)) assert_true(found.end <= bytes);
        assert_false(insert_reads_its_table(text, bytes));
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_own_table),
        cmocka_unit_test(test_cut_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
