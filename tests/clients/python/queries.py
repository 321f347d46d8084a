#!/usr/bin/env python3
"""Athena from Python, by pyodbc. Usage: queries.py 'DSN=AthenaLocal;...'

Prints what it sees, a line each: a name and values between tabs, \\N for NULL. The programs of the
other languages print the same lines; tests/odbc/test_languages.py knows what they must be.
"""

from __future__ import annotations

import concurrent.futures
import datetime
import decimal
import hashlib
import sys
import threading
from typing import Any

import pyodbc

SOURCE = sys.argv[1] if len(sys.argv) > 1 else "DSN=AthenaLocal"
TEXT = "it's “ž🐎”, a \\ and a ?"
athena = pyodbc.connect(SOURCE, autocommit=True)


def escaped(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return value.hex()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def report(*values: Any) -> None:
    print(*map(escaped, values), sep="\t")


def ask(sql: str, *parameters: Any) -> Any:
    return athena.execute(sql, *parameters).fetchval()


def show_catalog() -> None:
    for row in athena.cursor().tables(schema="sample"):
        report("table", row.table_schem, row.table_name, row.table_type)
    for row in athena.cursor().columns(schema="sample", table="zones"):
        report("column", row.column_name, row.type_name)


def show_types() -> None:
    rows = athena.execute("SELECT * FROM all_types ORDER BY id")
    names = [column[0] for column in rows.description]
    for row in rows:
        for name, value in zip(names[1:], row[1:]):
            report("type", row.id, name, value)


def show_parameters() -> None:
    report("parameter", "integer", ask("SELECT ? + 1", 41))
    report("parameter", "bigint", ask("SELECT ? + 1", 9223372036854775806))
    report("parameter", "double", ask("SELECT ? * 2", 0.25))
    report("parameter", "decimal", ask("SELECT ? + 1", decimal.Decimal("12345678901234567.25")))
    report("parameter", "text", ask("SELECT ?", TEXT))
    report("parameter", "empty", ask("SELECT ?", ""))
    report("parameter", "null", ask("SELECT ?", None))
    report("parameter", "date", ask("SELECT ?", datetime.date(2024, 2, 29)))
    report("parameter", "timestamp", ask("SELECT ?",
                                         datetime.datetime(2024, 2, 29, 12, 34, 56, 789000)))
    for number in range(1, 4):
        report("again", number, ask("SELECT name FROM zones WHERE id = ?", number))


def show_much() -> None:
    long = ask("SELECT rpad('', 1048576, 'ž🐎x')")
    report("long", len(long), hashlib.md5(long.encode()).hexdigest())
    trips = athena.execute("SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000")
    numbers = [row.trip_id for row in trips]
    report("many", len(numbers), sum(numbers))


def show_writing() -> None:
    athena.execute("DROP TABLE IF EXISTS from_python")
    athena.execute("CREATE TABLE from_python AS SELECT 1 AS id, CAST('one' AS varchar) AS name")
    report("inserted", athena.execute("INSERT INTO from_python VALUES (?, ?), (3, NULL)",
                                      2, TEXT).rowcount)
    for row in athena.execute("SELECT id, name FROM from_python ORDER BY id"):
        report("stored", *row)
    athena.execute("DROP TABLE from_python")


def show_transaction() -> None:
    athena.autocommit = False
    one = ask("SELECT 1")
    athena.commit()
    athena.autocommit = True
    report("committed", one)


def show_bulk() -> None:
    """Parameter arrays: a thousand rows in a few INSERTs of many."""
    athena.execute("DROP TABLE IF EXISTS bulk_python")
    athena.execute("CREATE TABLE bulk_python AS SELECT 0 AS id, CAST('' AS varchar) AS name")
    cursor = athena.cursor()
    cursor.fast_executemany = True
    cursor.setinputsizes([(pyodbc.SQL_INTEGER, 0, 0), (pyodbc.SQL_WVARCHAR, 100, 0)])
    cursor.executemany("INSERT INTO bulk_python VALUES (?, ?)",
                       [(n, f"{n} {TEXT}") for n in range(1, 1001)])
    report("bulk", *athena.execute("SELECT count(*), sum(id), count_if(name LIKE '% it''s “ž🐎”%') "
                                   "FROM bulk_python").fetchone())
    athena.execute("DROP TABLE bulk_python")


def show_together() -> None:
    def one(number: int) -> int:
        connection = pyodbc.connect(SOURCE, autocommit=True)
        answer = connection.execute("SELECT ?", number).fetchval()
        connection.close()
        return answer

    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(one, range(12)))
    report("together", len(answers), sum(answers))


def show_timeout() -> None:
    """A query that takes too long, or is cancelled by another thread, is stopped in Athena too."""
    slow = "/* athena-local: run_ms=20000 */ SELECT 1"
    athena.timeout = 1
    try:
        ask(slow)
    except pyodbc.OperationalError as error:
        report("stopped", error.args[0])
    athena.timeout = 0
    cursor = athena.cursor()
    threading.Timer(0.5, cursor.cancel).start()
    try:
        cursor.execute(slow)
    except pyodbc.Error as error:
        report("cancelled", error.args[0])


def show_errors() -> None:
    for sql in ("SELECT * FROM no_such_table", "SELEC 1", "SELECT 1 / 0"):
        try:
            ask(sql)
        except pyodbc.Error as error:
            report("error", *error.args)
    report("after errors", ask("SELECT 5"))


show_catalog()
show_types()
show_parameters()
show_much()
show_writing()
show_transaction()
show_bulk()
show_together()
show_timeout()
show_errors()
athena.close()
