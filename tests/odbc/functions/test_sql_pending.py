"""What each function on a statement says while another is still executing (state S11)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import odbc
import pytest
from calls import V2, V3, V38, Scene, worlds
from odbc import ERROR, NTS, STILL_EXECUTING, SUCCESS

N = None
# By the manager mostly; without one the driver refuses them all by itself.
REFUSED: dict[str, tuple[Any, ...]] = {
    "SQLBindCol": (1, odbc.C_CHAR, N, 0, N),
    "SQLBindParameter": (1, 1, odbc.C_CHAR, odbc.VARCHAR, 1, 0, b"", 1, N),
    "SQLCloseCursor": (),
    "SQLColAttribute": (1, 1011, N, 0, N, N),
    "SQLColumnPrivileges": (N, 0, N, 0, "zones", NTS, N, 0),
    "SQLColumns": (N, 0, N, 0, "zones", NTS, N, 0),
    "SQLDescribeCol": (1, N, 0, N, N, N, N, N),
    "SQLDescribeParam": (1, N, N, N, N),
    "SQLExecute": (),
    "SQLExtendedFetch": (1, 0, N, N),
    "SQLFetch": (),
    "SQLFetchScroll": (1, 0),
    "SQLForeignKeys": (N, 0, N, 0, "zones", NTS, N, 0, N, 0, N, 0),
    "SQLGetCursorName": (N, 0, N),
    "SQLGetData": (1, odbc.C_CHAR, b"", 1, N),
    "SQLGetStmtAttr": (odbc.ATTR_MAX_ROWS, N, 0, N),
    "SQLGetTypeInfo": (0,),
    "SQLMoreResults": (),
    "SQLNumParams": (N,),
    "SQLNumResultCols": (N,),
    "SQLParamData": (N,),
    "SQLPrepare": ("SELECT 1", NTS),
    "SQLPrimaryKeys": (N, 0, N, 0, "zones", NTS),
    "SQLProcedureColumns": (N, 0, N, 0, N, 0, N, 0),
    "SQLProcedures": (N, 0, N, 0, N, 0),
    "SQLPutData": (b"x", 1),
    "SQLRowCount": (N,),
    "SQLSetCursorName": ("mine", NTS),
    "SQLSetPos": (1, 0, 0),
    "SQLSetStmtAttr": (odbc.ATTR_MAX_ROWS, 1, 0),
    "SQLSpecialColumns": (1, N, 0, N, 0, "zones", NTS, 0, 0),
    "SQLStatistics": (N, 0, N, 0, "zones", NTS, 1, 0),
    "SQLTablePrivileges": (N, 0, N, 0, N, 0),
    "SQLTables": (N, 0, N, 0, N, 0, N, 0),
    "SQLFreeStmt": (odbc.CLOSE,),
}
ALONE = [pytest.param((V3, False, True), id="odbc3-alone"),
         pytest.param((V38, True, True), id="odbc380-alone")]
SQL = "SELECT 1 -- athena-local: run_ms=60000"


@pytest.fixture
def pending(scene: Scene) -> Iterator[Scene]:
    scene.statement.check(scene.statement.set(odbc.ATTR_ASYNC_ENABLE, 1))
    assert scene.on("SQLExecDirect", SQL, NTS) == STILL_EXECUTING
    yield scene
    scene.statement.check(scene.statement.cancel())
    rc = scene.statement.poll(lambda: scene.on("SQLExecDirect", SQL, NTS))
    assert rc == ERROR
    assert scene.statement.states() == ["S1008" if scene.version == V2 else "HY008"]


@pytest.mark.parametrize("scene", [*worlds(), *ALONE], indirect=True)
def test_other_functions_are_refused(pending) -> None:
    """HY010 each, and none disturbs the query."""
    for function, arguments in REFUSED.items():
        assert pending.on(function, *arguments) == ERROR, function
        states = pending.statement.states()
        assert states == ["S1010" if pending.version == V2 else "HY010"], (function, states)


@pytest.mark.parametrize("scene", worlds(), indirect=True)
def test_handles_are_refused(pending) -> None:
    """Neither the statement nor what it belongs to can be freed, and no transaction ended."""
    wanted = ["S1010"] if pending.version == V2 else ["HY010"]
    calls: list[tuple[odbc.Handle, Callable[[], int]]] = [
        (pending.statement, pending.statement.free),
        (pending.connection, pending.connection.free),
        (pending.env, pending.env.free),
        (pending.connection, lambda: odbc.call("SQLEndTran", odbc.DBC,
                                               pending.connection.value, 0)),
    ]
    for handle, call in calls:
        assert call() == ERROR
        assert handle.states() == wanted


@pytest.mark.parametrize("scene", worlds(), indirect=True)
def test_other_statements_are_not_concerned(pending) -> None:
    other = odbc.Statement(pending.connection)
    assert other.query("SELECT 1", pending.wide) == [("1",)]
    assert other.free() == SUCCESS
