"""What a prepared statement says of its columns before it is executed."""

from __future__ import annotations

import ctypes

import odbc
import pytest

BIGINT, DECIMAL, VARCHAR = -5, 3, 12


def prepare(s: odbc.Statement, sql: str, wide: bool = False) -> None:
    if wide:
        s.check(odbc.lib.SQLPrepareW(s.value, odbc.utf16(sql), odbc.NTS))
    else:
        s.check(odbc.lib.SQLPrepare(s.value, sql.encode(), odbc.NTS))


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_columns_of_a_query(athena, statement, wide: bool) -> None:
    s = statement
    prepare(s, "SELECT trip_id, fare, payment AS \"Způsob\" FROM taxi_trips; -- that is all", wide)
    assert s.columns() == 3
    assert [s.describe(c)[1] for c in (1, 2, 3)] == [BIGINT, DECIMAL, VARCHAR]
    assert s.describe(2)[2:4] == (10, 2)
    assert athena.stats()["queries"]["started"] == 1, "it is asked for once"
    s.check(odbc.lib.SQLExecute(s.value))
    assert s.columns() == 3
    s.check(s.fetch())
    s.check(s.close())
    assert s.columns() == 3
    assert athena.stats()["queries"]["started"] == 2


@pytest.mark.parametrize("sql, width", [
    ("WITH z AS (SELECT id, name FROM zones) SELECT * FROM z", 2),
    ("/* first */ VALUES (1, 'a', 2.5)", 3), ("(SELECT 1)", 1), ("SELECT 1;;", 1),
    ("SELECT {fn UCASE(name)} FROM zones WHERE id = ? AND name LIKE ?", 1),
    ("SELECT id, id FROM zones ORDER BY 1", 2),
])
def test_forms_of_queries(statement, sql: str, width: int) -> None:
    prepare(statement, sql)
    assert statement.columns() == width


def test_with_parameters(statement) -> None:
    s = statement
    prepare(s, "SELECT id, name FROM zones WHERE id = ?")
    assert s.columns() == 2
    value, length = ctypes.c_int(3), ctypes.c_ssize_t(4)
    s.check(odbc.lib.SQLBindParameter(s.value, ctypes.c_ushort(1), ctypes.c_short(1),
                                      ctypes.c_short(odbc.C_SLONG), ctypes.c_short(4),
                                      ctypes.c_size_t(0), ctypes.c_short(0), ctypes.byref(value),
                                      ctypes.c_ssize_t(4), ctypes.byref(length)))
    s.check(odbc.lib.SQLExecute(s.value))
    assert [row[0] for row in s.rows()] == ["3"]


# A statement of every kind: how many columns it has before it is executed (None: not known), and
# how many queries were run to know that. None of them may change anything or read data.
KINDS = [
    ("SELECT id, name FROM zones", 2, 1), ("TABLE zones", 3, 1), ("VALUES 1", 1, 1),
    ("WITH z AS (SELECT 1 AS a) SELECT a, a FROM z", 2, 1), ("(SELECT 1) UNION ALL SELECT 2", 1, 1),
    ("INSERT INTO zones SELECT * FROM zones", 0, 0), ("INSERT INTO no_table VALUES (1)", 0, 0),
    ("CREATE TABLE scratch_of_prepare AS SELECT 1 AS a", 0, 0),
    ("CREATE TABLE scratch_of_prepare WITH (format = 'PARQUET') AS (SELECT 1 AS a)", 0, 0),
    ("UPDATE zones SET name = 'x'", 0, 0), ("DELETE FROM zones", 0, 0),
    ("MERGE INTO zones z USING zones y ON z.id = y.id WHEN MATCHED THEN DELETE", 0, 0),
    ("UNLOAD (SELECT 1 AS a) TO 's3://bucket/x/' WITH (format = 'PARQUET')", 0, 0),
    ("CREATE OR REPLACE VIEW never_made AS SELECT 1 AS a", 0, 0), ("DROP VIEW never_made", 0, 0),
    ("CREATE DATABASE never_made", 0, 0), ("DROP TABLE taxi_trips", 0, 0),
    ("CREATE EXTERNAL TABLE never_made (a int) LOCATION 's3://bucket/y/'", 0, 0),
    ("ALTER TABLE zones ADD COLUMNS (b int)", 0, 0), ("MSCK REPAIR TABLE zones", 0, 0),
    ("PREPARE never_made FROM SELECT 1", 0, 0), ("DEALLOCATE PREPARE never_made", None, 0),
    ("SHOW TABLES", 1, 1), ("/* a */ SHOW DATABASES LIKE 's%'", 1, 1), ("DESCRIBE zones", 3, 1),
    ("EXPLAIN SELECT 1", 1, 1), ("EXPLAIN (FORMAT JSON) SELECT 1", 1, 1), ("SHOW ?", None, 0),
    ("EXPLAIN ANALYZE SELECT 1", None, 0), ("explain/**/analyze SELECT 1", None, 0),
    ("EXPLAIN SELECT ?", None, 0), ("EXECUTE never_made", None, 0),
    ("OPTIMIZE zones REWRITE DATA USING BIN_PACK", None, 0), ("VACUUM zones", None, 0),
]


@pytest.mark.parametrize("sql, width, queries", KINDS, ids=[k[0][:32] for k in KINDS])
def test_describing_runs_nothing(athena, connection, statement, sql: str, width: int | None,
                                 queries: int) -> None:
    prepare(statement, sql)
    count = ctypes.c_short(-1)
    rc = odbc.lib.SQLNumResultCols(statement.value, ctypes.byref(count))
    if width is None:
        assert (rc, statement.states()) == (odbc.ERROR, ["HYC00"])
    else:
        assert (rc, count.value) == (odbc.SUCCESS, width)
        assert statement.columns() == width, "and again"
    assert athena.stats()["queries"]["started"] == queries
    if width == 0:
        call = odbc.lib.SQLDescribeCol
        assert call(statement.value, 1, None, 0, None, None, None, None, None) == odbc.ERROR
        assert statement.states() == ["07005"]
    tables = odbc.Statement(connection)
    names = [row[0] for row in tables.query("SHOW TABLES")]
    assert "taxi_trips" in names and "never_made" not in names
    assert "scratch_of_prepare" not in names
    tables.check(tables.free())


def test_describing_reads_no_data(athena, statement) -> None:
    """The query that asks for the columns wants no row of any file."""
    athena.reset()
    prepare(statement, "SELECT * FROM taxi_trips")
    assert statement.columns() > 5
    assert athena.requests("athena.GetQueryResults") <= 1
    assert athena.requests("s3.GetObject") == 0


def test_columns_of_show_are_those_of_its_execution(statement) -> None:
    """Power BI prepares and describes native queries of any kind."""
    s = statement
    for sql in ("SHOW TABLES", "DESCRIBE zones", "EXPLAIN SELECT * FROM zones", "SHOW COLUMNS IN zones",
                "SHOW CREATE VIEW all_types"):
        prepare(s, sql)
        described = [s.describe(n + 1) for n in range(s.columns())]
        s.check(odbc.lib.SQLExecute(s.value))
        assert [s.describe(n + 1) for n in range(s.columns())] == described, sql
        assert s.rows()
        s.check(s.close())


def test_a_query_that_is_wrong(statement) -> None:
    s = statement
    prepare(s, "SELECT * FROM no_such_table")
    assert odbc.lib.SQLNumResultCols(s.value, ctypes.byref(ctypes.c_short())) == odbc.ERROR
    assert s.states() == ["42S02"]
    prepare(s, "SELECT 1, 2")
    assert s.columns() == 2


def test_an_asynchronous_statement_waits_for_its_columns(async_statement) -> None:
    s = async_statement
    s.check(s.poll(lambda: odbc.lib.SQLPrepare(s.value, b"SELECT 1, 2", odbc.NTS)))
    assert s.columns() == 2
    s.check(s.poll(lambda: odbc.lib.SQLExecute(s.value)))
    assert s.rows() == [("1", "2")]
