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


@pytest.mark.parametrize("sql", [
    "INSERT INTO no_table SELECT 1", "CREATE TABLE scratch_of_prepare AS SELECT 1 AS a",
    "CREATE DATABASE never_made", "DROP TABLE taxi_trips",
])
def test_statements_without_rows_are_not_run(athena, statement, sql: str) -> None:
    prepare(statement, sql)
    assert statement.columns() == 0
    assert athena.stats()["queries"]["started"] == 0


def test_text_results_are_known_after_execution(statement) -> None:
    s = statement
    prepare(s, "SHOW TABLES")
    assert odbc.lib.SQLNumResultCols(s.value, ctypes.byref(ctypes.c_short())) == odbc.ERROR
    assert s.states() == ["HYC00"]
    s.check(odbc.lib.SQLExecute(s.value))
    assert s.columns() == 1


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
