"""SQLPrepare, SQLExecute, SQLExecDirect, SQLRowCount, SQLMoreResults, cursor names, SQLNativeSql."""

from __future__ import annotations

import ctypes
from typing import Any

import odbc
from calls import V2, V3, V38, Case, Scene, refused, run, table, warned
from odbc import INVALID_HANDLE, NO_DATA, NTS

# ---- SQLPrepare, SQLExecDirect: arguments and states ----------------------------------------


def text_cases(function: str):
    """The same arguments and states for both functions that take a statement."""
    def with_text(text: Any, length: int = NTS, prepare=lambda s: s):
        return lambda s: prepare(s).on(function, text, length)

    return (
        Case("whole text", with_text("SELECT 1")),
        Case("counted text", with_text("SELECT 1 this is not counted", 8)),
        Case("text after another", with_text("SELECT 2", prepare=Scene.prepared)),
        Case("text after an execution", with_text("SELECT 2", prepare=Scene.executed)),
        refused("null pointer", "HY009", with_text(None), manager=True),
        refused("negative length", "HY090", with_text("SELECT 1", -7), manager=True),
        refused("length 0", "HY090", with_text("SELECT 1", 0), manager=True),
        refused("with an open cursor", "24000", with_text("SELECT 1", prepare=Scene.with_cursor)),
        refused("with a row fetched", "24000", with_text("SELECT 1", prepare=Scene.on_row),
                manager=True),
        refused("while data is waited for", "HY010",
                with_text("SELECT 1", prepare=Scene.waiting_for_data), manager=True),
        Case("no handle", lambda s: s.call(function, None, "SELECT 1", NTS), INVALID_HANDLE),
    )


def end(scene: Scene) -> None:
    """Ends what a case has left waiting, so that the statement can be freed."""
    scene.statement.cancel()


@table(
    *text_cases("SQLPrepare"),
    refused("escape clause without end", "42000", lambda s: s.on(
        "SQLPrepare", "SELECT {fn ucase('x')", NTS)),
)
def test_sqlprepare(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(
    *text_cases("SQLExecDirect"),
    refused("syntax", "42000", lambda s: s.on("SQLExecDirect", "SELECT FROM WHERE", NTS)),
    refused("no such table", "42S02", lambda s: s.on("SQLExecDirect", "SELECT * FROM nowhere",
                                                     NTS)),
    refused("no such column", "42S22", lambda s: s.on("SQLExecDirect", "SELECT nix FROM zones",
                                                      NTS)),
    refused("division by zero", "22012", lambda s: s.on(
        "SQLExecDirect", "SELECT 1 / x FROM (VALUES 0) t (x)", NTS)),
    refused("bad cast", "22018", lambda s: s.on("SQLExecDirect", "SELECT CAST('x' AS integer)",
                                                NTS)),
    refused("parameter that is not bound", "07002", lambda s: s.on("SQLExecDirect", "SELECT ?",
                                                                   NTS)),
    refused("escape clause without end", "42000", lambda s: s.on(
        "SQLExecDirect", "SELECT {fn ucase('x')", NTS)),
)
def test_sqlexecdirect(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(
    Case("prepared", lambda s: s.prepared().on("SQLExecute")),
    Case("again, closed between", lambda s: s.prepared().on("SQLExecute")
         or s.on("SQLFreeStmt", odbc.CLOSE) or s.on("SQLExecute")),
    refused("not prepared", "HY010", lambda s: s.on("SQLExecute"), manager=True),
    refused("with an open cursor of another function", "HY010",
            lambda s: s.with_cursor().on("SQLExecute")),
    refused("with its own cursor open", "24000", lambda s: s.prepared().on("SQLExecute")
            or s.on("SQLExecute")),
    refused("parameter that is not bound", "07002", lambda s: s.prepared("SELECT ?").on(
        "SQLExecute")),
    Case("parameter to come", lambda s: s.waiting_for_data() and odbc.NEED_DATA, odbc.NEED_DATA),
    refused("while data is waited for", "HY010", lambda s: s.waiting_for_data().on("SQLExecute"),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLExecute", None), INVALID_HANDLE),
)
def test_sqlexecute(scene, case) -> None:
    run(scene, case)
    end(scene)


# ---- after the execution --------------------------------------------------------------------


def count(s: Scene) -> int:
    s.count = ctypes.c_ssize_t(77)
    return s.on("SQLRowCount", ctypes.byref(s.count))


@table(
    Case("of a result", lambda s: count(s.with_cursor())),
    Case("of a statement without result", lambda s: count(s.executed())),
    Case("null pointer", lambda s: s.with_cursor().on("SQLRowCount", None)),
    refused("nothing done yet", "HY010", count, manager=True),
    refused("prepared", "HY010", lambda s: count(s.prepared()), manager=True),
    Case("no handle", lambda s: odbc.call("SQLRowCount", None, None), INVALID_HANDLE),
)
def test_sqlrowcount(scene, case) -> None:
    run(scene, case)
    if case.name == "of a result":
        assert scene.count.value == -1


@table(
    Case("no more", lambda s: s.with_cursor().on("SQLMoreResults"), NO_DATA),
    Case("no more, without result", lambda s: s.executed().on("SQLMoreResults"), NO_DATA),
    Case("nothing done yet", lambda s: s.on("SQLMoreResults"), NO_DATA),
    Case("prepared", lambda s: s.prepared().on("SQLMoreResults"), NO_DATA),
    refused("while data is waited for", "HY010",
            lambda s: s.waiting_for_data().on("SQLMoreResults"), manager=True),
    Case("no handle", lambda s: odbc.call("SQLMoreResults", None), INVALID_HANDLE),
)
def test_sqlmoreresults(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(Case("the cursor is closed then", lambda s: s.on_row().on("SQLMoreResults"), NO_DATA))
def test_sqlmoreresults_closes(scene, case) -> None:
    run(scene, case)
    assert scene.statement.query("SELECT 1") == [("1",)]


# ---- cursor names ---------------------------------------------------------------------------


def name(text: Any, length: int = NTS, prepare=lambda s: s):
    return lambda s: prepare(s).on("SQLSetCursorName", text, length)


def name_taken(s: Scene) -> int:
    other = odbc.Statement(s.connection)
    other.check(odbc.call("SQLSetCursorName", other.value, "taken", NTS, wide=s.wide))
    rc = s.on("SQLSetCursorName", "TAKEN", NTS)
    other.check(other.free())
    return rc


@table(
    Case("a name", name("mine")),
    Case("counted", name("mine and more", 4)),
    Case("beyond ASCII", name("můj")),
    Case("prepared", name("mine", prepare=Scene.prepared)),
    refused("null pointer", "HY009", name(None), manager=True),
    refused("negative length", "HY009", name("mine", -7), manager=True, alone="HY090"),
    refused("empty", "34000", name("")),
    refused("length 0", "34000", name("mine", 0)),
    refused("the driver's own", "34000", name("SQL_CUR7")),
    refused("the driver's own of older times", "34000", name("sqlcurious")),
    refused("too long", "34000", name("x" * 200)),
    refused("taken", "3C000", name_taken),
    refused("with an open cursor", "24000", name("mine", prepare=Scene.with_cursor), manager=True),
    refused("while data is waited for", "HY010", name("mine", prepare=Scene.waiting_for_data),
            manager=True),
    Case("no handle", lambda s: s.call("SQLSetCursorName", None, "mine", NTS), INVALID_HANDLE),
)
def test_sqlsetcursorname(scene, case) -> None:
    run(scene, case)
    end(scene)


def give_name(room: int):
    def call(s: Scene) -> int:
        s.statement.check(s.on("SQLSetCursorName", "můj kurzor", NTS))
        s.out, s.length = s.room(100), ctypes.c_short(-7)
        return s.on("SQLGetCursorName", s.out, room, ctypes.byref(s.length))
    return call


@table(
    Case("whole", give_name(100)),
    warned("cut", "01004", give_name(5)),
    Case("length alone", lambda s: s.on("SQLGetCursorName", None, 0, None)),
    refused("negative length", "HY090", give_name(-1), manager=True),
    refused("while data is waited for", "HY010", lambda s: s.waiting_for_data().on(
        "SQLGetCursorName", None, 0, None), manager=True),
    Case("no handle", lambda s: s.call("SQLGetCursorName", None, None, 0, None), INVALID_HANDLE),
)
def test_sqlgetcursorname(scene, case) -> None:
    """Lengths count characters, the ANSI call's bytes."""
    run(scene, case)
    if case.name in ("whole", "cut"):
        whole = "můj kurzor"
        assert scene.length.value == len(whole if scene.wide else whole.encode())
        cut = whole[:4] if scene.wide else whole[:3]
        assert scene.text_in(scene.out) == (whole if case.name == "whole" else cut)
    end(scene)


@table(Case("made up", lambda s: s.on("SQLGetCursorName", s.out, 40, None)))
def test_sqlgetcursorname_of_nobody(scene, case) -> None:
    scene.out = scene.room(40)
    run(scene, case)
    assert scene.text_in(scene.out).startswith("SQL_CUR")


# ---- SQLNativeSql ---------------------------------------------------------------------------


def native(text: Any, length: int = NTS, room: int = 200):
    def call(s: Scene) -> int:
        s.out, s.length = s.room(200), ctypes.c_int(-7)
        return s.call("SQLNativeSql", s.connection.value, text, length, s.out, room,
                      ctypes.byref(s.length))
    return call


TRANSLATED = "SELECT upper('ř')"


@table(
    Case("as it is", native("SELECT 1")),
    Case("translated", native("SELECT {fn ucase('ř')}")),
    Case("counted", native("SELECT 1 and more", 8)),
    Case("length alone", lambda s: s.call("SQLNativeSql", s.connection.value, "SELECT 1", NTS, None,
                                          0, None)),
    warned("cut", "01004", native("SELECT {fn ucase('ř')}", room=10), handle="connection"),
    refused("null pointer", "HY009", native(None), manager=True, handle="connection"),
    refused("negative length", "HY090", native("SELECT 1", -7), manager=True, handle="connection"),
    refused("negative room", "HY090", native("SELECT 1", room=-7), manager=True,
            handle="connection"),
    refused("escape clause without end", "42000", native("SELECT {fn ucase('ř')"),
            handle="connection"),
    Case("no handle", lambda s: s.call("SQLNativeSql", None, "SELECT 1", NTS, None, 0, None),
         INVALID_HANDLE),
)
def test_sqlnativesql(scene, case) -> None:
    run(scene, case)
    if case.name in ("translated", "cut"):
        assert scene.length.value == len(TRANSLATED if scene.wide else TRANSLATED.encode())
        wanted = TRANSLATED if case.name == "translated" else TRANSLATED[:9]
        assert scene.text_in(scene.out) == wanted


@table(refused("closed connection", "08003", lambda s: s.call(
    "SQLNativeSql", s.closed.value, "SELECT 1", NTS, None, 0, None), manager=True, handle="closed",
    versions=(V2, V3, V38)))
def test_sqlnativesql_closed(scene, case) -> None:
    scene.closed = odbc.Connection(scene.env)
    run(scene, case)
    scene.closed.check(scene.closed.free())
