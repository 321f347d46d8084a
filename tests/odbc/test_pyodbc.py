"""pyodbc, as people use it."""

from __future__ import annotations

import datetime
import decimal
import math
from collections.abc import Callable, Iterator

import pyodbc
import pytest
from emulator_process import EmulatorProcess
from parameter_sets import Sent


@pytest.fixture
def python(connection_string: Callable[..., str]) -> Iterator[pyodbc.Connection]:
    connection = pyodbc.connect(connection_string(), autocommit=True)
    yield connection
    connection.close()


VALUES = [
    ("true", True), ("CAST(-128 AS tinyint)", -128), ("CAST(32767 AS smallint)", 32767),
    ("CAST(-2147483648 AS integer)", -2147483648), ("9223372036854775807", 9223372036854775807),
    ("CAST(-9223372036854775807 AS bigint)", -9223372036854775807),
    ("CAST(0.5 AS real)", 0.5), ("CAST(1e-5 AS double)", 1e-5),
    ("CAST(1.7976931348623157e308 AS double)", 1.7976931348623157e308),
    ("CAST('-12.300' AS decimal(10,3))", decimal.Decimal("-12.300")),
    ("CAST('12345678901234567890123456789012345678' AS decimal(38,0))",
     decimal.Decimal("12345678901234567890123456789012345678")),
    ("'text'", "text"), ("''", ""), ("'ž🐎'", "ž🐎"), ("CAST('ab' AS char(5))", "ab   "),
    ("X'0001ff'", b"\x00\x01\xff"),
    ("DATE '2024-02-29'", datetime.date(2024, 2, 29)),
    ("TIMESTAMP '2024-02-29 12:34:56.789'",
     datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)),
    ("TIME '12:34:56.000'", datetime.time(12, 34, 56)),
    ("CAST(NULL AS integer)", None), ("CAST(NULL AS varchar)", None), ("NULL", None),
    ("ARRAY[1, 2, 3]", "[1, 2, 3]"), ("MAP(ARRAY['k'], ARRAY[1])", "{k=1}"),
]


@pytest.mark.parametrize("sql, value", VALUES, ids=[v[0] for v in VALUES])
def test_python_types(python: pyodbc.Connection, sql: str, value: object) -> None:
    row = python.execute(f"SELECT {sql} AS v").fetchone()
    assert row.v == value
    assert type(row.v) is type(value)


def test_special_floats(python: pyodbc.Connection) -> None:
    row = python.execute("SELECT nan(), infinity(), -infinity()").fetchone()
    assert math.isnan(row[0])
    assert (row[1], row[2]) == (math.inf, -math.inf)


KINDS = {
    "id": int, "c_boolean": bool, "c_tinyint": int, "c_smallint": int, "c_integer": int,
    "c_bigint": int, "c_real": float, "c_double": float, "c_double_special": float,
    "c_decimal": decimal.Decimal, "c_decimal_wide": decimal.Decimal,
    "c_decimal_fraction": decimal.Decimal, "c_varbinary": bytes, "c_date": datetime.date,
    "c_time": datetime.time, "c_timestamp": datetime.datetime, "c_timestamp6": datetime.datetime,
}  # every other type of Athena is text
ORDINARY = {
    "c_boolean": True, "c_real": 0.5, "c_double": 0.25, "c_decimal": decimal.Decimal("12.30"),
    "c_char": "abc  ", "c_varchar": "hello, world", "c_varbinary": b"123",
    "c_date": datetime.date(2017, 1, 2), "c_time": datetime.time(10, 11, 12, 345000),
    "c_timestamp": datetime.datetime(2017, 1, 1), "c_json": "[1,2]", "c_array": "[1, 2]",
    "c_timestamp6": datetime.datetime(2023, 4, 11, 20, 58, 43, 130000),
    "c_timestamp_tz": "2001-08-22 03:04:05.321 America/Los_Angeles", "c_map": "{1=2, 3=4}",
    "c_row": "{a=1, b=two}", "c_interval_ym": "0-3", "c_interval_ds": "2 00:00:00.000",
}


def test_every_type_of_the_sample(python: pyodbc.Connection) -> None:
    cursor = python.execute("SELECT * FROM all_types ORDER BY id")
    names = [d[0] for d in cursor.description]
    rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    assert set(KINDS) < set(names)
    for row in rows:
        for name, value in row.items():
            assert value is None or type(value) is KINDS.get(name, str), (row["id"], name, value)
    assert {name: rows[0][name] for name in ORDINARY} == ORDINARY
    assert any(all(row[n] is None for n in names[1:]) for row in rows), "the row of NULLs"
    assert any(row["c_varchar"] == "" for row in rows), "the empty string is not NULL"
    assert any("😀" in (row["c_varchar"] or "") for row in rows)
    extremes = {row["c_bigint"] for row in rows}
    assert {-2**63, 2**63 - 1} <= extremes


def test_description(python: pyodbc.Connection) -> None:
    cursor = python.execute("SELECT 1 AS one, 'x' AS \"Two Words\", CAST(1 AS decimal(10,2)) AS d")
    assert [(d[0], d[1]) for d in cursor.description] == [
        ("one", int), ("Two Words", str), ("d", decimal.Decimal)]
    assert cursor.description[2][4:6] == (10, 2)


def test_fetch_many_iteration_and_reuse(python: pyodbc.Connection) -> None:
    cursor = python.cursor()
    cursor.execute("SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 2500 ORDER BY trip_id")
    assert [r[0] for r in cursor.fetchmany(3)] == [1, 2, 3]
    assert sum(1 for _ in cursor) == 2497
    cursor.execute("SELECT 'again'")
    assert [tuple(row) for row in cursor.fetchall()] == [("again",)]
    assert cursor.fetchone() is None


def test_long_text(python: pyodbc.Connection) -> None:
    text = python.execute("SELECT lpad('', 220000, '0123456789é')").fetchval()
    assert len(text) == 220000
    assert text.endswith("9é")


def test_error_carries_state_and_athenas_words(python: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.ProgrammingError) as caught:
        python.execute("SELECT * FROM no_such_table")
    assert caught.value.args[0] == "42S02"
    assert "no_such_table" in caught.value.args[1]


def test_tables_and_columns(python: pyodbc.Connection) -> None:
    cursor = python.cursor()
    tables = {(row.table_schem, row.table_name): row.table_type
              for row in cursor.tables(schema="sample")}
    assert tables[("sample", "taxi_trips")] == "TABLE"
    columns = [row.column_name for row in cursor.columns(schema="sample", table="zones")]
    assert "name" in columns
    kinds = [row.type_name for row in cursor.getTypeInfo()]
    assert "bigint" in kinds
    assert "decimal" in kinds

def test_every_catalog_method(python: pyodbc.Connection) -> None:
    cursor = python.cursor()
    assert [row.type_name for row in cursor.getTypeInfo(pyodbc.SQL_BIGINT)] == ["bigint"]
    assert {row.table_cat for row in cursor.tables(catalog="%", schema="", table="")} == {
        "AwsDataCatalog"}
    assert {row.table_type for row in cursor.tables(catalog="", schema="", table="",
                                                    tableType="%")} == {"TABLE", "VIEW"}
    views = cursor.tables(schema="sample", tableType="VIEW").fetchall()
    assert [row.table_name for row in views] == sorted(row.table_name for row in views)
    keys = [row.column_name for row in cursor.columns(schema="sample", table="orders_by_month")]
    assert keys[-2:] == ["year", "month"]
    for ask in (lambda: cursor.primaryKeys("zones", schema="sample"),
                lambda: cursor.foreignKeys("zones", schema="sample"),
                lambda: cursor.statistics("zones", schema="sample"),
                lambda: cursor.rowIdColumns("zones", schema="sample"),
                lambda: cursor.rowVerColumns("zones", schema="sample"),
                lambda: cursor.procedures(), lambda: cursor.procedureColumns()):
        assert ask().fetchall() == []


def test_rollback_hides_no_exception(connection_string) -> None:
    """A context manager, and a pool, roll back without being asked to; nothing is open then."""
    connection = pyodbc.connect(connection_string())
    connection.rollback()
    with pytest.raises(ValueError, match="of the application"):
        with connection:
            connection.execute("SELECT 1")
            raise ValueError("of the application")
    connection.close()


MANY = [(n, f"it's {n} \\ ž🐎 ?", n / 3, datetime.date(2024, 1, n), n % 2 == 0,
         datetime.datetime(2024, 1, n, 12, 34, 56, 789000), decimal.Decimal(n) / 4, n * 10**12,
         bytes([n, 0, 255])) for n in range(1, 9)]
MANY_AND_NULL = [*MANY, (None,) * 9, *MANY[:2]]


@pytest.fixture
def made(python: pyodbc.Connection) -> Iterator[pyodbc.Cursor]:
    cursor = python.cursor()
    cursor.execute("DROP TABLE IF EXISTS many_made")
    cursor.execute("CREATE TABLE many_made AS SELECT CAST(0 AS integer) AS n, 'x' AS t, "
                   "CAST(0 AS double) AS d, DATE '2024-01-01' AS day, true AS flag, "
                   "TIMESTAMP '2024-01-01 00:00:00.000' AS at, CAST(0 AS decimal(10,2)) AS amount, "
                   "CAST(0 AS bigint) AS big, X'00' AS bytes WHERE false")
    yield cursor
    cursor.execute("DROP TABLE many_made")


@pytest.mark.parametrize("rows", [MANY, MANY_AND_NULL, MANY[:1]], ids=["rows", "nulls", "one"])
@pytest.mark.parametrize("is_fast", [False, True], ids=["plain", "fast"])
def test_executemany(made: pyodbc.Cursor, athena: EmulatorProcess, is_fast: bool,
                     rows: list[tuple]) -> None:
    made.fast_executemany = is_fast
    sent = Sent(athena)
    made.executemany("INSERT INTO many_made VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    assert len(sent.texts()) == (1 if is_fast else len(rows))
    back = [tuple(row) for row in made.execute("SELECT * FROM many_made").fetchall()]
    assert sorted(back, key=str) == sorted(rows, key=str)


@pytest.mark.parametrize("length", [0, 255, 4000, 60000])
def test_fast_executemany_of_long_text(made: pyodbc.Cursor, length: int) -> None:
    rows = [(n, "ž🐎'"[n % 3] * length) for n in range(20)]
    made.fast_executemany = True
    made.executemany("INSERT INTO many_made (n, t) VALUES (?, ?)", rows)
    back = [tuple(row) for row in made.execute("SELECT n, t FROM many_made ORDER BY n").fetchall()]
    assert back == rows


def test_fast_executemany_loses_nothing(made: pyodbc.Cursor) -> None:
    """A row that cannot be inserted is an exception, and none of the others is there without it."""
    made.fast_executemany = True
    with pytest.raises(pyodbc.Error, match="42000"):
        made.executemany("INSERT INTO many_made (n, t) VALUES (?, ?)",
                         [(1, "a"), (2, "🐎" * 70000), (3, "c")])
    assert made.execute("SELECT count(*) FROM many_made").fetchval() == 0


def test_fast_executemany_that_fails(made: pyodbc.Cursor) -> None:
    made.fast_executemany = True
    with pytest.raises(pyodbc.ProgrammingError) as caught:
        made.executemany("INSERT INTO no_such_table VALUES (?, ?)", [(1, "a"), (2, "b")])
    assert caught.value.args[0] == "42S02"
    assert made.execute("SELECT 1").fetchval() == 1
