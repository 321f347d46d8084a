"""SQL as Athena runs it: functions, types, names, and errors in Athena's words."""

from __future__ import annotations

import pytest

from queries import Queries


@pytest.mark.parametrize(
    "expression, text",
    [
        # what ODBC's scalar functions become
        ("soundex('Robert')", "R163"),
        ("soundex('Honeyman')", "H555"),
        ("rtrim('a\n  ', ' ')", "a\n"),
        ("length(rtrim(CAST(CAST('ab' AS char(5)) AS varchar), ' '))", "2"),
        ("CAST(INTERVAL '90' MINUTE AS varchar)", "0 01:30:00.000"),
        ("CAST(INTERVAL '14' MONTH AS varchar)", "1-2"),
        ("CAST(UUID '12151fd2-7586-11e9-8f9e-2a86e4085a59' AS varbinary)",
         "12 15 1f d2 75 86 11 e9 8f 9e 2a 86 e4 08 5a 59"),
        ("CAST(X'12151fd2758611e98f9e2a86e4085a59' AS uuid)",
         "12151fd2-7586-11e9-8f9e-2a86e4085a59"),
        ("CAST('ab' AS varbinary)", "61 62"),
        ("CAST(CAST(TIME '10:11:12.345' AS timestamp) AS time)", "10:11:12.345"),
        ("DATE '0000-02-29'", "0000-02-29"),
        ("DATE '-0001-12-31'", "-0001-12-31"),
        ("soundex('Ashcraft')", "A261"),
        ("soundex('')", ""),
        ("hamming_distance(soundex('Smith'), soundex('Jones'))", "2"),
        ("length(to_utf8('a\u00e4'))", "3"),
        ("length('a\u00e4')", "2"),
        ("rpad('x', CAST(3 AS bigint), '-')", "x--"),
        ("lpad('x', length('abc'), '-')", "--x"),
        ("typeof(localtimestamp(3))", "timestamp(3)"),
        ("current_catalog", "awsdatacatalog"),
        # numbers
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7.0 / 2", "3.5"),
        ("7e0 / 2", "3.5"),
        ("1e0 / 0", "Infinity"),
        ("DECIMAL '10.00' / 3", "3.33"),
        ("5 % 3", "2"),
        ("mod(-5, 3)", "-2"),
        ("power(2, 10)", "1024.0"),
        ("round(1.255, 2)", "1.26"),
        ("truncate(1.9)", "1"),
        ("greatest(1, 3, 2)", "3"),
        ("bitwise_and(12, 10)", "8"),
        ("CAST(1.5 AS integer)", "2"),
        ("from_base('ff', 16)", "255"),
        ("try(1 / 0)", None),
        ("try_cast('x' AS integer)", None),
        ("nullif(1, 1)", None),
        ("if(1 > 2, 'a', 'b')", "b"),
        ("width_bucket(5.3, 0, 10, 5)", "3"),
        ("is_nan(nan())", "true"),
        # text
        ("length('日本')", "2"),
        ("substr('abc', 2, 1)", "b"),
        ("strpos('abc', 'c')", "3"),
        ("position('b' IN 'abc')", "2"),
        ("concat('a', 'b', 'c')", "abc"),
        ("'a' || 'b'", "ab"),
        ("lpad('7', 3, '0')", "007"),
        ("reverse('abc')", "cba"),
        ("upper('é')", "É"),
        ("split('a,b', ',')", "[a, b]"),
        ("split_part('a,b', ',', 3)", None),
        ("chr(233)", "é"),
        ("codepoint('a')", "97"),
        ("replace('aba', 'a', 'x')", "xbx"),
        ("format('%s-%03d', 'a', 7)", "a-007"),
        ("regexp_like('abc', 'b.')", "true"),
        ("regexp_extract('abc', '(b)(c)', 2)", "c"),
        ("regexp_replace('abc', '(b)', '<$1>')", "a<b>c"),
        ("regexp_extract_all('a1b2', '\\d')", "[1, 2]"),
        ("levenshtein_distance('abc', 'abd')", "1"),
        ("translate('abc', 'a', 'x')", "xbc"),
        ("'a\\b'", "a\\b"),
        ("'it''s'", "it's"),
        ("U&'\\00e9'", "é"),
        ("url_extract_host('https://u@ex.com:8080/p?q=1#f')", "ex.com"),
        ("url_extract_port('https://ex.com:8080/p')", "8080"),
        ("url_extract_path('https://ex.com/a/b?q=1')", "/a/b"),
        ("url_extract_query('https://ex.com/a?q=1#f')", "q=1"),
        ("url_extract_parameter('https://ex.com/a?q=1&r=2', 'r')", "2"),
        ("to_hex(to_utf8('é'))", "C3A9"),
        ("from_utf8(from_hex('C3A9'))", "é"),
        ("to_base64(X'00ff')", "AP8="),
        ("to_hex(md5(to_utf8('a')))", "0CC175B9C0F1B6A831C399E269772661"),
        ("typeof(1)", "integer"),
        ("typeof(ARRAY[1.5])", "array(decimal(2,1))"),
        # dates and times
        ("DATE '2020-01-31' + INTERVAL '1' MONTH", "2020-02-29"),
        ("typeof(DATE '2020-01-31' + INTERVAL '1' DAY)", "date"),
        ("date_add('day', 3, DATE '2020-02-27')", "2020-03-01"),
        ("date_add('quarter', 1, TIMESTAMP '2020-01-01 10:00:00')", "2020-04-01 10:00:00.000"),
        ("date_diff('day', TIMESTAMP '2020-01-01 12:00:00', TIMESTAMP '2020-01-02 11:00:00')", "0"),
        ("date_diff('month', DATE '2020-01-15', DATE '2020-03-14')", "1"),
        ("date_trunc('month', DATE '2020-02-17')", "2020-02-01"),
        ("date_trunc('hour', TIMESTAMP '2020-02-17 10:45:00')", "2020-02-17 10:00:00.000"),
        (
            "date_format(TIMESTAMP '2020-01-02 03:04:05', '%Y-%m-%d %H:%i:%s')",
            "2020-01-02 03:04:05",
        ),
        ("date_parse('2020-01-02 03:04', '%Y-%m-%d %H:%i')", "2020-01-02 03:04:00.000"),
        (
            "format_datetime(TIMESTAMP '2020-01-02 03:04:05', 'yyyy-MM-dd''T''HH:mm')",
            "2020-01-02T03:04",
        ),
        ("from_unixtime(86400)", "1970-01-02 00:00:00.000 UTC"),
        ("to_unixtime(TIMESTAMP '1970-01-02 00:00:00')", "86400.0"),
        ("year(DATE '2020-05-06')", "2020"),
        ("extract(DOW FROM DATE '2020-01-05')", "7"),
        ("day_of_week(DATE '2020-01-06')", "1"),
        ("last_day_of_month(DATE '2020-02-05')", "2020-02-29"),
        ("to_iso8601(DATE '2020-01-01')", "2020-01-01"),
        ("current_date > DATE '2020-01-01'", "true"),
        ("current_timestamp > TIMESTAMP '2020-01-01 00:00:00 UTC'", "true"),
        ("CAST('2020-01-02' AS date)", "2020-01-02"),
        ("CAST(TIMESTAMP '2020-01-02 10:00:00' AS date)", "2020-01-02"),
        # arrays, maps, rows, lambdas
        ("cardinality(ARRAY[1, 2])", "2"),
        ("element_at(ARRAY[1, 2], -1)", "2"),
        ("ARRAY[5, 6][2]", "6"),
        ("element_at(MAP(ARRAY['a'], ARRAY[1]), 'b')", None),
        ("MAP(ARRAY['a'], ARRAY[1])['a']", "1"),
        ("contains(ARRAY[1, 2], 2)", "true"),
        ("array_join(ARRAY[1, 2], '-')", "1-2"),
        ("sequence(1, 7, 3)", "[1, 4, 7]"),
        (
            "sequence(DATE '2020-01-30', DATE '2020-02-01', INTERVAL '1' DAY)",
            "[2020-01-30, 2020-01-31, 2020-02-01]",
        ),
        ("slice(ARRAY[1, 2, 3, 4], 2, 2)", "[2, 3]"),
        ("flatten(ARRAY[ARRAY[1], ARRAY[2]])", "[1, 2]"),
        ("array_sort(ARRAY[3, 1])", "[1, 3]"),
        ("transform(ARRAY[1, 2], x -> x * 2)", "[2, 4]"),
        ("filter(ARRAY[1, 2], x -> x > 1)", "[2]"),
        ("reduce(ARRAY[1, 2], 0, (s, x) -> s + x, s -> s)", "3"),
        ("any_match(ARRAY[1, 2], x -> x > 1)", "true"),
        ("none_match(ARRAY[1, 2], x -> x > 1)", "false"),
        ("map_filter(MAP(ARRAY['a', 'b'], ARRAY[1, 2]), (k, v) -> v > 1)", "{b=2}"),
        ("transform_values(MAP(ARRAY['a'], ARRAY[1]), (k, v) -> v + 1)", "{a=2}"),
        ("zip_with(ARRAY[1], ARRAY[2], (x, y) -> x + y)", "[3]"),
        ("map_keys(MAP(ARRAY['a'], ARRAY[1]))", "[a]"),
        ("CAST(ROW(1, 'x') AS ROW(a integer, b varchar)).b", "x"),
        # json
        ("json_extract_scalar('{\"a\": {\"b\": [5]}}', '$.a.b[0]')", "5"),
        ("json_extract('{\"a\": {\"b\": 5}}', '$.a')", '{"b":5}'),
        ("json_array_length('[1, 2]')", "2"),
        ("json_format(json_parse('{\"a\": 1}'))", '{"a":1}'),
        ("CAST(ARRAY[1, NULL] AS json)", "[1,null]"),
        ("CAST(CAST(ROW(1, 'x') AS ROW(a integer, b varchar)) AS json)", '{"a":1,"b":"x"}'),
        ("CAST('x' AS json)", '"x"'),
        ("CAST(JSON '[1, 2]' AS array(integer))", "[1, 2]"),
        ("CAST(JSON '\"x\"' AS varchar)", "x"),
        # casts to text
        ("CAST(1e10 AS varchar)", "1.0E10"),
        ("CAST(TIMESTAMP '2020-01-01 00:00:00' AS varchar)", "2020-01-01 00:00:00.000"),
        ("CAST('abcdef' AS varchar(3))", "abc"),
        ("CAST('ab' AS char(4)) || '|'", "ab  |"),
        ("CAST(true AS varchar)", "true"),
    ],
)
def test_expressions(queries: Queries, expression: str, text: str | None) -> None:
    assert queries.row(f"SELECT {expression}") == [text]


@pytest.mark.parametrize(
    "sql, rows",
    [
        (
            "SELECT a.i, b.i FROM (VALUES 1, 2) AS a (i) LEFT JOIN ((VALUES 2) AS b (i) "
            "LEFT JOIN (VALUES 3) AS c (i) ON b.i = c.i) ON a.i = b.i ORDER BY 1",
            [["1", None], ["2", "2"]],
        ),
        (
            "SELECT avg(x), sum(x), count(*), max_by(y, x), arbitrary(1), approx_distinct(y), "
            "array_agg(x ORDER BY x DESC), bool_and(x > 0), count_if(x > 1) "
            "FROM (VALUES (1, 'a'), (2, 'b')) AS t (x, y)",
            [["1.5", "3", "2", "b", "1", "2", "[2, 1]", "true", "1"]],
        ),
        (
            "SELECT avg(d), sum(d) FROM (VALUES DECIMAL '1.50', DECIMAL '2.25') AS t (d)",
            [["1.88", "3.75"]],
        ),
        ("SELECT approx_percentile(x, 0.5) FROM (VALUES 1, 2, 3) AS t (x)", [["2"]]),
        ("SELECT map_agg(x, y) FROM (VALUES ('a', 1), ('b', 2)) AS t (x, y)", [["{a=1, b=2}"]]),
        (
            "SELECT listagg(x, ',') WITHIN GROUP (ORDER BY x) FROM (VALUES 'b', 'a') AS t (x)",
            [["a,b"]],
        ),
        ("SELECT sum(x) FILTER (WHERE x > 1) FROM (VALUES 1, 2, 3) AS t (x)", [["5"]]),
        (
            "SELECT x, sum(y) FROM (VALUES (1, 2), (1, 3), (2, 5)) AS t (x, y) "
            "GROUP BY GROUPING SETS ((x), ()) ORDER BY 1",
            [["1", "5"], ["2", "5"], [None, "10"]],
        ),
        (
            "WITH t AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT a, row_number() OVER (ORDER "
            "BY a DESC) FROM t ORDER BY a",
            [["1", "2"], ["2", "1"]],
        ),
        (
            "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) "
            "SELECT n FROM r ORDER BY n",
            [["1"], ["2"], ["3"]],
        ),
        (
            "SELECT a, x, n FROM (VALUES (1, ARRAY['p', 'q'])) AS t (a, b) CROSS JOIN "
            "UNNEST(b) WITH ORDINALITY AS u (x, n)",
            [["1", "p", "1"], ["1", "q", "2"]],
        ),
        (
            "SELECT k, v FROM UNNEST(MAP(ARRAY['a', 'b'], ARRAY[1, 2])) AS t (k, v)",
            [["a", "1"], ["b", "2"]],
        ),
        ("SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['a']) AS t (x, y)", [["1", "a"], ["2", None]]),
        ("SELECT x FROM (VALUES 3, NULL, 1) AS t (x) ORDER BY x DESC", [["3"], ["1"], [None]]),
        ("SELECT x FROM (VALUES 3, 1, 2) AS t (x) ORDER BY x OFFSET 1 LIMIT 1", [["2"]]),
        ("TABLE sample.payments", None),
        ("(SELECT 1) UNION (SELECT 2) ORDER BY 1", [["1"], ["2"]]),
        (
            "SELECT z.* FROM sample.zones z WHERE z.id IN (SELECT max(id) FROM sample.zones)",
            [["20", "EWR", "Newark Airport"]],
        ),
        ("SELECT sample.zones.id FROM sample.zones WHERE zones.name = 'Battery Park'", [["2"]]),
        (
            "SELECT ID, Zones.NAME FROM AWSDATACATALOG.Sample.ZONES WHERE Id = 2",
            [["2", "Battery Park"]],
        ),
        ("SELECT fees.percent FROM sample.payments WHERE code = 'card'", [["1.5"]]),
        (
            "SELECT count(*) FROM sample.orders_by_month WHERE year = 2024 AND month IN (1, 2)",
            [["430"]],
        ),
        (
            'SELECT DISTINCT year FROM sample."orders_by_month$partitions" ORDER BY 1',
            [["2023"], ["2024"]],
        ),
        (
            "SELECT borough, count(*) FROM sample.trips_by_zone GROUP BY borough ORDER BY "
            "borough LIMIT 1",
            [["Bronx", "3"]],
        ),
        (
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema "
            "= 'sample' ORDER BY 1 LIMIT 3",
            [["airport_trips", "VIEW"], ["all_types", "VIEW"], ["orders_by_month", "BASE TABLE"]],
        ),
        (
            "SELECT column_name, data_type, extra_info FROM information_schema.columns "
            "WHERE table_schema = 'sample' AND table_name = 'orders_by_month' ORDER BY "
            "ordinal_position DESC LIMIT 2",
            [["month", "integer", "partition key"], ["year", "integer", "partition key"]],
        ),
        (
            "SELECT schema_name FROM information_schema.schemata WHERE schema_name = 'default'",
            [["default"]],
        ),
    ],
)
def test_queries(queries: Queries, sql: str, rows: list | None) -> None:
    found = queries.rows(sql)
    assert found == rows if rows is not None else len(found) == 4


def test_values_have_an_end(queries: Queries) -> None:
    assert queries.rows("VALUES 1, 2, 3 ORDER BY 1 DESC LIMIT 2") == [["3"], ["2"]]
    assert queries.rows("VALUES 1, 2, 3 OFFSET 2") == [["3"]]


def test_names_of_columns_of_subqueries(queries: Queries) -> None:
    """What has no name in a subquery has none in SELECT * of it."""
    columns = queries.columns(
        "SELECT * FROM (SELECT 1, count(*), 'a' AS b FROM sample.zones) AS t LIMIT 0")
    assert [column["Name"] for column in columns] == ["_col0", "_col1", "b"]


def test_names_are_as_long_as_glue_takes(queries: Queries) -> None:
    found = queries.run(f"CREATE DATABASE {'n' * 256}")
    assert found["Status"]["State"] == "FAILED"
    assert "less than or equal to 255" in found["Status"]["StateChangeReason"]


def test_names_of_columns(queries: Queries) -> None:
    columns = queries.columns(
        "SELECT 1, Upper('x'), 2 AS Foo, 3 AS \"Bar\", ID, z.Name, r.a.b "
        "FROM sample.zones z, (SELECT CAST(ROW(ROW(1)) AS ROW(a ROW(b integer))) AS r) "
        "LIMIT 1"
    )
    assert [c["Name"] for c in columns] == ["_col0", "_col1", "foo", "Bar", "id", "name", "b"]


def test_types_survive_subqueries_and_unions(queries: Queries) -> None:
    columns = queries.columns(
        "WITH t AS (SELECT CAST('a' AS varchar(5)) AS v, 'abc' AS l, NULL AS n, CAST('x' AS "
        "char(3)) AS c "
        "UNION ALL SELECT CAST('b' AS varchar(9)), 'x', NULL, CAST('y' AS char(3))) "
        "SELECT v, max(l) AS l, n, c FROM (SELECT * FROM t) GROUP BY v, n, c"
    )
    assert [(c["Type"], c["Precision"]) for c in columns] == [
        ("varchar", 9),
        ("varchar", 3),
        ("unknown", 0),
        ("char", 3),
    ]


def test_database_of_the_context(queries: Queries) -> None:
    assert queries.row("SELECT count(*) FROM zones", Database="sample") == ["20"]
    assert queries.row(
        "SELECT count(*) FROM zones",
        QueryExecutionContext={"Database": "SAMPLE", "Catalog": "awsdatacatalog"},
    ) == ["20"]
    assert queries.row("SELECT 1", Database="does_not_exist") == ["1"]
    assert (
        queries.reason(
            "SELECT * FROM zones", QueryExecutionContext={"Database": "sample", "Catalog": "other"}
        )
        == "CATALOG_NOT_FOUND: line 1:15: Catalog 'other' does not exist"
    )


# Errors. Grammar: the start is refused.


@pytest.mark.parametrize(
    "sql, message",
    [
        ("SELEC 1", "line 1:1: mismatched input 'SELEC'. Expecting: 'ALTER', "),
        ("\n -- comment\n  SELEC 1", "line 3:3: mismatched input 'SELEC'. Expecting: 'ALTER', "),
        ("", "length"),
        ("   ", "line 1:4: mismatched input '<EOF>'. Expecting: 'ALTER', "),
        ("SELECT * FROM", "line 1:14: mismatched input '<EOF>'."),
        ("SELECT 1 1", "line 1:10: mismatched input '1'."),
        ("SELECT", "line 1:7: mismatched input '<EOF>'."),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed. Got: SELECT 1; SELECT 2"),
        ("SHOW FOO", "line 1:6: mismatched input 'FOO'. Expecting: 'COLUMNS', "),
        ('DROP TABLE "t"', "line 1:12: mismatched input '\"t\"'. Expecting: <identifier>"),
        ("COMMIT", "Queries of this type are not supported"),
        ("EXPLAIN DROP TABLE t", "Queries of this type are not supported"),
        ("SELECT `a` FROM t", "line 1:8: backquoted identifiers are not supported; use double"),
        ("SELECT 1::int", "line 1:10: mismatched input ':'."),
        ("SELECT a, FROM t", "line 1:11: mismatched input 'FROM'."),
        ("SELECT * FROM t WHERE", "line 1:22: mismatched input '<EOF>'."),
        ("SELECT 1 LIMIT 1 OFFSET 2", "line 1:18: mismatched input 'OFFSET'."),
        ("SELECT 'abc", "line 1:8: mismatched input '''."),
        ("SELECT a IN () FROM t", "line 1:14: mismatched input ')'."),
        ("CREATE VIEW v AS", "line 1:17: mismatched input '<EOF>'."),
        ("INSERT INTO t", "line 1:14: mismatched input '<EOF>'."),
        ("EXECUTE", "line 1:8: mismatched input '<EOF>'. Expecting: <identifier>"),
        (
            "CREATE EXTERNAL TABLE t (a intt) LOCATION 's3://b/'",
            "line 1:28: mismatched input 'intt'.",
        ),
        (
            "UNLOAD (SELECT 1 1) TO 's3://b/' WITH (format = 'JSON')",
            "line 1:18: mismatched input '1'.",
        ),
    ],
)
def test_grammar_errors(queries: Queries, sql: str, message: str) -> None:
    if not sql:
        with pytest.raises(Exception, match=message):
            queries.start(sql)
        return
    assert queries.refusal(sql).startswith(message)


def test_length_of_a_query(queries: Queries) -> None:
    longest = "SELECT '" + "x" * (262144 - 9) + "'"
    assert len(queries.row(longest)[0]) == 262144 - 9
    message = queries.refusal(longest + " ")
    assert "queryString" in message and "262144" in message


# Meaning: the query fails.


@pytest.mark.parametrize(
    "sql, reason, error_type",
    [
        (
            "SELECT nope FROM sample.zones",
            "SYNTAX_ERROR: line 1:8: Column 'nope' cannot be resolved",
            1006,
        ),
        (
            "SELECT id,\n  z.nope FROM sample.zones z",
            "SYNTAX_ERROR: line 2:5: Column 'z.nope' cannot be resolved",
            1006,
        ),
        (
            "SELECT * FROM nope",
            "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nope' does not exist",
            1301,
        ),
        (
            "SELECT *\nFROM sample.nope",
            "TABLE_NOT_FOUND: line 2:6: Table 'awsdatacatalog.sample.nope' does not exist",
            1301,
        ),
        ("SELECT * FROM nope.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nope' does not exist", 1301),
        (
            "SELECT * FROM nope.a.b",
            "CATALOG_NOT_FOUND: line 1:15: Catalog 'nope' does not exist",
            1301,
        ),
        ("SELECT 1 / 0", "DIVISION_BY_ZERO: Division by zero", 1001),
        (
            "SELECT CAST('abc' AS integer)",
            "INVALID_CAST_ARGUMENT: Cannot cast 'abc' to integer",
            1001,
        ),
        (
            "SELECT DATE '2020-13-01'",
            "INVALID_CAST_ARGUMENT: Value cannot be cast to date: 2020-13-01",
            1001,
        ),
        (
            "SELECT CAST(300 AS tinyint)",
            "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for tinyint: 300",
            1001,
        ),
        (
            "SELECT 2147483647 + 1",
            "NUMERIC_VALUE_OUT_OF_RANGE: integer addition overflow: 2147483647 + 1",
            1001,
        ),
        (
            "SELECT 1 + 'x'",
            "TYPE_MISMATCH: line 1:10: Cannot apply operator: integer + varchar",
            1006,
        ),
        (
            "SELECT nofunc(1)",
            "FUNCTION_NOT_FOUND: line 1:8: Function 'nofunc' not registered",
            1006,
        ),
        (
            "SELECT * FROM read_text('/etc/hostname')",
            "FUNCTION_NOT_FOUND: line 1:1: Table function 'read_text' not registered",
            1006,
        ),
        (
            "SELECT st_point(1, 2)",
            "FUNCTION_NOT_FOUND: line 1:8: Function 'st_point' not registered",
            1006,
        ),
        (
            "SELECT 1,\n char_length('a')",
            "FUNCTION_NOT_FOUND: line 2:2: Function 'char_length' not registered",
            1006,
        ),
        (
            "SELECT * FROM (VALUES 1) AS a(i) NATURAL JOIN (VALUES 1) AS b(i)",
            "NOT_SUPPORTED: line 1:1: Natural join not supported",
            1200,
        ),
        ("SELECT CAST(X'61' AS varchar)",
         "TYPE_MISMATCH: line 1:8: Cannot cast varbinary to varchar", 1006),
        ("SELECT CAST(1 AS varbinary)",
         "TYPE_MISMATCH: line 1:8: Cannot cast integer to varbinary", 1006),
        ("SELECT CAST(DATE '2024-02-29' AS time)",
         "TYPE_MISMATCH: line 1:8: Cannot cast date to time", 1006),
        ("SELECT 1 FROM sample.zones WHERE id = '1'",
         "TYPE_MISMATCH: line 1:34: Cannot apply operator: integer = varchar(1)", 1006),
        ("SELECT 1 FROM sample.zones z JOIN sample.zones y ON z.id <> y.name",
         "TYPE_MISMATCH: line 1:53: Cannot apply operator: integer <> varchar", 1006),
        ("SELECT 1 FROM (SELECT DATE '2024-02-29' AS d) WHERE d BETWEEN '2024' AND '2025'",
         "TYPE_MISMATCH: line 1:53: Cannot check if date is BETWEEN varchar(4) and varchar(4)",
         1006),
        ("SELECT name FROM sample.zones WHERE EXISTS (SELECT 1 FROM sample.zones AS p WHERE "
         "p.id IN ('1', '2'))",
         "TYPE_MISMATCH: line 1:83: IN value and list items must be the same type or coercible to "
         "a common type", 1006),
        (
            "SELECT id, count(*) FROM sample.zones",
            "EXPRESSION_NOT_AGGREGATE: line 1:8: 'id' must be an aggregate "
            "expression or appear in GROUP BY clause",
            None,
        ),
        (
            "SELECT (SELECT id FROM sample.zones)",
            "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows",
            1001,
        ),
        (
            "DELETE FROM sample.zones",
            "NOT_SUPPORTED: Modifying Hive table rows is only supported for transactional tables",
            1200,
        ),
    ],
)
def test_semantic_errors(queries: Queries, sql: str, reason: str, error_type: int | None) -> None:
    found = queries.run(sql)
    assert found["Status"]["State"] == "FAILED"
    assert found["Status"]["StateChangeReason"] == reason
    error = found["Status"]["AthenaError"]
    assert error["ErrorCategory"] == 2 and error["Retryable"] is False
    assert error_type in (None, error["ErrorType"])


@pytest.mark.parametrize("condition", [
    "id = 1", "name = '1'", "CAST(id AS varchar) = '1'", "id = CAST('1' AS integer)",
    "'a' < 'b'", "id IN (1, 2)", "name BETWEEN 'a' AND 'z'", "NULL = '1'", "name = NULL",
    "abs(id) > 1", "id IS NOT DISTINCT FROM 1", "CAST(name AS char(3)) = 'abc'"])
def test_texts_and_others_that_can_be_compared(queries: Queries, condition: str) -> None:
    queries.rows(f"SELECT id FROM sample.zones WHERE {condition}")


# Parameters


def test_a_parameter_is_of_its_literal_s_type(queries: Queries) -> None:
    sql = "SELECT name FROM sample.zones WHERE id = ?"
    assert len(queries.rows(sql, ExecutionParameters=["1"])) == 1
    found = queries.run(sql, ExecutionParameters=["'1'"])
    assert "Cannot apply operator: integer = varchar(1)" in found["Status"]["StateChangeReason"]


def test_execution_parameters(queries: Queries) -> None:
    rows = queries.rows(
        "SELECT id FROM sample.zones WHERE name = ? OR id IN (?, ? + 1) ORDER BY id",
        ExecutionParameters=["'Café de l''Étoile'", "3", "-1"],
    )
    assert rows == [["1"], ["3"]]
    found = queries.succeed(
        "SELECT ?, ?, ?, ?",
        ExecutionParameters=[
            "NULL",
            "DATE '2024-01-01'",
            "TIMESTAMP '2024-01-01 00:00:00.000'",
            "'it''s ?'",
        ],
    )
    assert found["ExecutionParameters"][0] == "NULL"
    assert queries.texts(found["QueryExecutionId"])[1] == [
        None,
        "2024-01-01",
        "2024-01-01 00:00:00.000",
        "it's ?",
    ]


def test_parameters_are_taken_in_the_order_of_the_text(queries: Queries) -> None:
    sql = (
        "WITH w AS (SELECT ? AS a) SELECT ?, a, b FROM w JOIN (SELECT ? AS b) x ON b <> ? "
        "WHERE a <> ? ORDER BY a + ? LIMIT ?"
    )
    parameters = ["1", "2", "3", "4", "5", "6", "7"]
    assert queries.rows(sql, ExecutionParameters=parameters) == [["2", "1", "3"]]
    assert queries.rows("SELECT 1 -- ?\n, '?', ?", ExecutionParameters=["2"]) == [["1", "?", "2"]]
    assert "mismatched input ':'" in queries.refusal("SELECT :name")


@pytest.mark.parametrize(
    "parameters, reason",
    [
        (None, "expected 2 but found 0"),
        (["1"], "expected 2 but found 1"),
        (["1", "2", "3"], "expected 2 but found 3"),
    ],
)
def test_wrong_number_of_parameters(queries: Queries, parameters: list | None, reason: str) -> None:
    request = {"ExecutionParameters": parameters} if parameters else {}
    assert (
        queries.reason("SELECT ? + ?", **request)
        == f"INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: {reason}"
    )


def test_prepared_statements_in_sql(queries: Queries) -> None:
    prepared = queries.succeed(
        "PREPARE by_id FROM SELECT name FROM sample.zones WHERE id = ? OR name = ?"
    )
    assert prepared["StatementType"] == "DDL"
    found = queries.succeed("EXECUTE by_id USING 2, 'it''s, (x)'")
    assert found["SubstatementType"] == "SELECT"
    assert queries.texts(found["QueryExecutionId"])[1:] == [["Battery Park"]]
    assert queries.rows("EXECUTE by_id", ExecutionParameters=["2", "''"]) == [["Battery Park"]]
    assert "expected 2 but found 1" in queries.reason("EXECUTE by_id USING 2")
    queries.succeed("DEALLOCATE PREPARE by_id")
    assert (
        queries.refusal("EXECUTE by_id USING 2, ''")
        == "PreparedStatement by_id was not found in workGroup primary"
    )


def test_explain(queries: Queries) -> None:
    found = queries.succeed("EXPLAIN SELECT id FROM sample.zones WHERE id > 3")
    assert (found["StatementType"], found["SubstatementType"]) == ("UTILITY", "EXPLAIN")
    page = queries.results(found["QueryExecutionId"])
    assert [c["Name"] for c in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]] == [
        "Query Plan"
    ]
    assert len(page["ResultSet"]["Rows"]) > 3
    assert "id:integer" in page["ResultSet"]["Rows"][1]["Data"][0]["VarCharValue"]
