"""The catalog functions: arguments and states. What they list is tested elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import odbc
import pytest
from calls import Case, Scene, refused, run, table
from odbc import INVALID_HANDLE, NTS

Call = Callable[[Scene], int]


def names(function: str, count: int, *more: int, first: int | None = None, **changes: Any) -> Call:
    """A call with so many names: null pointers, but for the third ("table") and the changes.

    A change is text, or (text, length); none=2 makes the third a null pointer.
    """
    def call(s: Scene) -> int:
        given: list[Any] = [None, 0] * count
        given[4:6] = ["zones", NTS]
        for key, value in changes.items():
            place = 2 * int(key[1:])
            given[place:place + 2] = value if isinstance(value, tuple) else (value, NTS)
        lead = [] if first is None else [first]
        return s.on(function, *lead, *given, *more)
    return call


def end(scene: Scene) -> None:
    scene.statement.cancel()


def checks(function: str, count: int, *more: int, first: int | None = None) -> list[Case]:
    def call(**changes: Any) -> Call:
        return names(function, count, *more, first=first, **changes)

    return [
        Case("a table", call()),
        Case("counted name", call(n2=("zones and more", 5))),
        Case("after an execution", lambda s: call()(s.executed())),
        Case("of a prepared statement", lambda s: call()(s.prepared())),
        refused("negative length", "HY090", call(n2=("zones", -7)), manager=True),
        refused("negative length of a schema", "HY090", call(n1=("sample", -7)), manager=True),
        refused("with an open cursor", "24000", lambda s: call()(s.with_cursor())),
        refused("with a row fetched", "24000", lambda s: call()(s.on_row()), manager=True),
        refused("while data is waited for", "HY010", lambda s: call()(s.waiting_for_data()),
                manager=True),
        Case("no handle", lambda s: s.call(function, None, *([0] * 14)), INVALID_HANDLE),
    ]


@table(*checks("SQLTables", 4), Case("everything", names("SQLTables", 4, n2=(None, 0))))
def test_sqltables(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLColumns", 4), Case("everything of a schema",
                                      names("SQLColumns", 4, n1="default", n2=(None, 0))))
def test_sqlcolumns(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(
    *checks("SQLStatistics", 3, 1, 0),
    refused("null pointer", "HY009", names("SQLStatistics", 3, 1, 0, n2=(None, 0)), manager=True),
    refused("no such uniqueness", "HY100", names("SQLStatistics", 3, 7, 0), manager=True),
    refused("no such accuracy", "HY101", names("SQLStatistics", 3, 1, 7), manager=True),
)
def test_sqlstatistics(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(
    *checks("SQLSpecialColumns", 3, 0, 0, first=1),
    refused("null pointer", "HY009", names("SQLSpecialColumns", 3, 0, 0, first=1, n2=(None, 0)),
            manager=True),
    refused("no such kind", "HY097", names("SQLSpecialColumns", 3, 0, 0, first=7), manager=True),
    refused("no such scope", "HY098", names("SQLSpecialColumns", 3, 7, 0, first=1), manager=True),
    refused("no such nullability", "HY099", names("SQLSpecialColumns", 3, 0, 7, first=1),
            manager=True),
)
def test_sqlspecialcolumns(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLPrimaryKeys", 3),
       refused("null pointer", "HY009", names("SQLPrimaryKeys", 3, n2=(None, 0)), manager=True))
def test_sqlprimarykeys(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLForeignKeys", 6),
       Case("the other table", names("SQLForeignKeys", 6, n2=(None, 0), n5="zones")),
       refused("no table at all", "HY009", names("SQLForeignKeys", 6, n2=(None, 0)),
               manager=True))
def test_sqlforeignkeys(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLProcedures", 3))
def test_sqlprocedures(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLProcedureColumns", 4))
def test_sqlprocedurecolumns(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLTablePrivileges", 3))
def test_sqltableprivileges(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(*checks("SQLColumnPrivileges", 4),
       refused("null pointer", "HY009", names("SQLColumnPrivileges", 4, n2=(None, 0)),
               manager=True))
def test_sqlcolumnprivileges(scene, case) -> None:
    run(scene, case)
    end(scene)


def type_info(kind: int) -> Call:
    return lambda s: s.on("SQLGetTypeInfo", kind)


@table(
    Case("all types", type_info(0)),
    Case("a type", type_info(odbc.VARCHAR)),
    Case("a type that Athena has not", type_info(-11)),
    Case("an interval", type_info(103)),
    refused("no such type", "HY004", type_info(4711)),
    refused("with an open cursor", "24000", lambda s: type_info(0)(s.with_cursor())),
    refused("while data is waited for", "HY010", lambda s: type_info(0)(s.waiting_for_data()),
            manager=True),
    Case("no handle", lambda s: s.call("SQLGetTypeInfo", None, 0), INVALID_HANDLE),
)
def test_sqlgettypeinfo(scene, case) -> None:
    run(scene, case)
    end(scene)


@pytest.mark.parametrize("function", ["SQLTables", "SQLColumns", "SQLStatistics", "SQLPrimaryKeys",
                                      "SQLForeignKeys", "SQLSpecialColumns"])
def test_names_are_identifiers(connection, function: str) -> None:
    """SQL_ATTR_METADATA_ID: a name must not be a null pointer then."""
    s = odbc.Statement(connection)
    s.check(s.set(10014, 1))
    more = {"SQLTables": [None, 0], "SQLColumns": [None, 0], "SQLStatistics": [1, 0],
            "SQLForeignKeys": [None, 0, None, 0, None, 0], "SQLSpecialColumns": [0, 0]}
    lead = [1] if function == "SQLSpecialColumns" else []
    rc = odbc.call(function, s.value, *lead, None, 0, None, 0, None, 0, *more.get(function, []))
    s.check(rc, odbc.ERROR)
    assert s.states() == ["HY009"]
    s.check(s.free())
