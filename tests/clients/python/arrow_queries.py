#!/usr/bin/env python3
"""Athena as Arrow tables, by arrow-odbc. Usage: arrow_queries.py 'DSN=AthenaLocal;...'

Prints what it sees, a line each: a name and values between tabs, \\N for NULL. The programs of the
other languages print the same lines; tests/odbc/test_languages.py knows what they must be. What
Rust does with odbc-api is the same calls: arrow-odbc is made of it.

It reads batches of rows into columns, on a thread of its own; max_text_size is the room
for texts whose length is not known (StringColumnLength=0). Parameters are text.
"""

from __future__ import annotations

import hashlib
import re
import sys
from typing import Any

import pyarrow
import pyarrow.compute
from arrow_odbc import read_arrow_batches_from_odbc
from arrow_odbc.error import Error

SOURCE = sys.argv[1] if len(sys.argv) > 1 else "DSN=AthenaLocal"
TEXT = "it's “ž🐎”, a \\ and a ?"


def escaped(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return value.hex()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def report(*values: Any) -> None:
    print(*map(escaped, values), sep="\t")


def ask(sql: str, *parameters: str | None, room: int = 4096) -> pyarrow.Table:
    batches = read_arrow_batches_from_odbc(
        query=sql, connection_string=SOURCE, parameters=list(parameters), batch_size=1000,
        max_text_size=room, max_binary_size=room)
    return pyarrow.Table.from_batches(batches, batches.schema)


def value(table: pyarrow.Table) -> Any:
    return table.column(0)[0].as_py()


def show_catalog() -> None:
    tables = ask("SELECT table_schema, table_name, table_type FROM information_schema.tables "
                 "WHERE table_schema = ? ORDER BY table_name", "sample")
    for row in tables.to_pylist():
        report("table", *row.values())
    columns = ask("SELECT column_name, data_type FROM information_schema.columns WHERE "
                  "table_schema = ? AND table_name = ? ORDER BY ordinal_position", "sample", "zones")
    for row in columns.to_pylist():
        report("column", *row.values())


def show_types() -> None:
    for row in ask("SELECT * FROM all_types ORDER BY id").to_pylist():
        for name in list(row)[1:]:
            report("type", row["id"], name, row[name])


def show_parameters() -> None:
    report("parameter", "integer", value(ask("SELECT CAST(? AS integer) + 1", "41")))
    report("parameter", "bigint", value(ask("SELECT CAST(? AS bigint) + 1", "9223372036854775806")))
    report("parameter", "double", value(ask("SELECT CAST(? AS double) * 2", "0.25")))
    report("parameter", "decimal", value(ask("SELECT CAST(? AS decimal(20,2)) + 1",
                                             "12345678901234567.25")))
    report("parameter", "text", value(ask("SELECT ?", TEXT)))
    report("parameter", "empty", value(ask("SELECT ?", "")))
    report("parameter", "null", value(ask("SELECT ?", None)))
    report("parameter", "date", value(ask("SELECT CAST(? AS date)", "2024-02-29")))
    report("parameter", "timestamp", value(ask("SELECT CAST(? AS timestamp)",
                                               "2024-02-29 12:34:56.789")))
    for number in range(1, 4):
        report("again", number, value(ask("SELECT name FROM zones WHERE id = CAST(? AS integer)",
                                          str(number))))


def show_much() -> None:
    long = value(ask("SELECT rpad('', 1048576, 'ž🐎x')", room=4 << 20))
    report("long", len(long), hashlib.md5(long.encode()).hexdigest())
    trips = ask("SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 20000")
    report("many", trips.num_rows, pyarrow.compute.sum(trips.column(0)).as_py())


def show_errors() -> None:
    for sql in ("SELECT * FROM no_such_table", "SELEC 1", "SELECT 1 / 0"):
        try:
            ask(sql)
        except Error as error:
            found = re.search(r"State: (\w+), .*?Message: (.*)", str(error))
            report("error", *found.groups())
    report("after errors", value(ask("SELECT 5")))


show_catalog()
show_types()
show_parameters()
show_much()
show_errors()
