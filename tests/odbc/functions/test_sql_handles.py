"""SQLAllocHandle, SQLFreeHandle, SQLFreeStmt, SQLCloseCursor, SQLCancel, SQLCancelHandle."""

from __future__ import annotations

import ctypes

import odbc
from calls import Case, Scene, refused, run, table
from odbc import ERROR, INVALID_HANDLE, SUCCESS


def allocate(scene: Scene, kind: int, parent: odbc.Handle, keep: bool = False) -> int:
    made = ctypes.c_void_p()
    rc = odbc.call("SQLAllocHandle", kind, parent.value, ctypes.byref(made))
    if rc == SUCCESS and not keep:
        assert odbc.call("SQLFreeHandle", kind, made) == SUCCESS
    return rc


def on_connection(kind: int):
    return lambda s: allocate(s, kind, s.connection)


def on_new_connection(kind: int):
    def call(s: Scene) -> int:
        s.closed = odbc.Connection(s.env)
        return allocate(s, kind, s.closed)
    return call


@table(
    Case("statement", on_connection(odbc.STMT)),
    Case("descriptor", on_connection(odbc.DESC)),
    Case("connection", lambda s: allocate(s, odbc.DBC, s.env)),
    Case("environment", lambda s: odbc.Env(s.version).free()),
    refused("no such kind", "HY092", lambda s: allocate(s, 77, s.env), manager=True, handle="env"),
    refused("null pointer for a statement", "HY009", lambda s: odbc.call(
        "SQLAllocHandle", odbc.STMT, s.connection.value, None), manager=True,
        handle="connection"),
    refused("null pointer for a connection", "HY009", lambda s: odbc.call(
        "SQLAllocHandle", odbc.DBC, s.env.value, None), manager=True, handle="env"),
    refused("statement of a closed connection", "08003", on_new_connection(odbc.STMT),
            manager=True, handle="closed"),
    refused("descriptor of a closed connection", "08003", on_new_connection(odbc.DESC),
            manager=True, handle="closed"),
    Case("statement of an environment", lambda s: allocate(s, odbc.STMT, s.env), INVALID_HANDLE),
)
def test_sqlallochandle(scene, case) -> None:
    scene.closed = None
    run(scene, case)
    if scene.closed:
        scene.closed.check(scene.closed.free())


def test_sqlallochandle_needs_a_version(plain_string) -> None:
    """An environment whose ODBC version nobody has set: the manager's answer."""
    env = odbc.Handle(odbc.ENV, None)
    made = ctypes.c_void_p()
    env.check(odbc.lib.SQLAllocHandle(odbc.DBC, env.value, ctypes.byref(made)), ERROR)
    assert env.states() == ["HY010"]
    env.check(env.free())


# ---- SQLFreeHandle --------------------------------------------------------------------------


def free_own_descriptor(s: Scene) -> int:
    s.own = odbc.Handle.__new__(odbc.Handle)
    s.own.kind, s.own.value = odbc.DESC, ctypes.c_void_p(s.statement.get(10010))
    return s.own.free()


@table(
    refused("environment with a connection", "HY010", lambda s: s.env.free(), manager=True,
            handle="env"),
    refused("open connection", "HY010", lambda s: s.connection.free(), manager=True,
            handle="connection"),
    refused("a statement's own descriptor", "HY017", free_own_descriptor, manager=True,
            handle="own"),
    refused("a statement that waits for data", "HY010",
            lambda s: s.waiting_for_data().statement.free(), manager=True, alone=None),
    Case("no handle", lambda s: odbc.call("SQLFreeHandle", odbc.STMT, None), INVALID_HANDLE),
    Case("another kind", lambda s: odbc.call("SQLFreeHandle", odbc.DBC, s.statement.value),
         INVALID_HANDLE),
    Case("with an open cursor", lambda s: s.with_cursor().statement.free()),
    Case("prepared", lambda s: s.prepared().statement.free()),
)
def test_sqlfreehandle(scene, case) -> None:
    run(scene, case)
    if scene.statement.value and "waits" in case.name:
        scene.statement.check(scene.statement.cancel())


def test_sqlfreehandle_descriptor_in_use(connection) -> None:
    """Statements that use an explicit descriptor get their own back."""
    s, explicit = odbc.Statement(connection), odbc.Handle(odbc.DESC, connection)
    own = s.get(10010)
    s.check(odbc.lib.SQLSetStmtAttr(s.value, 10010, explicit.value, -4))
    assert s.get(10010) == explicit.value.value
    explicit.check(explicit.free())
    assert s.get(10010) == own
    s.check(s.query("SELECT 1") == [("1",)] and SUCCESS)
    s.check(s.free())


# ---- SQLFreeStmt, SQLCloseCursor ------------------------------------------------------------


def free_stmt(option: int, prepare=lambda s: s):
    return lambda s: prepare(s).on("SQLFreeStmt", option)


@table(
    Case("close nothing", free_stmt(odbc.CLOSE)),
    Case("close a cursor", free_stmt(odbc.CLOSE, Scene.with_cursor)),
    Case("close after fetching", free_stmt(odbc.CLOSE, Scene.on_row)),
    Case("close what has no cursor", free_stmt(odbc.CLOSE, Scene.executed)),
    Case("unbind", free_stmt(odbc.UNBIND)),
    Case("unbind with a cursor", free_stmt(odbc.UNBIND, Scene.with_cursor)),
    Case("reset parameters", free_stmt(odbc.RESET_PARAMS)),
    refused("no such option", "HY092", free_stmt(77), manager=True),
    refused("while data is waited for", "HY010", free_stmt(odbc.CLOSE, Scene.waiting_for_data),
            manager=True, alone=None),
    Case("no handle", lambda s: odbc.call("SQLFreeStmt", None, odbc.CLOSE), INVALID_HANDLE),
)
def test_sqlfreestmt(scene, case) -> None:
    run(scene, case)
    if "waited" in case.name:
        scene.statement.check(scene.statement.cancel())


@table(Case("drop", free_stmt(1)))
def test_sqlfreestmt_drop(scene, case) -> None:
    run(scene, case)
    scene.statement.value = ctypes.c_void_p()


@table(Case("close a prepared statement's cursor", lambda s: s.on("SQLFreeStmt", odbc.CLOSE)))
def test_sqlfreestmt_leaves_it_prepared(scene, case) -> None:
    s = scene.prepared("SELECT 7").statement
    for _ in range(2):
        s.check(s.run())
        s.check(s.fetch())
        assert s.text(1) == "7"
        run(scene, case)


@table(
    Case("open", lambda s: s.with_cursor().on("SQLCloseCursor")),
    refused("nothing done yet", "24000", lambda s: s.on("SQLCloseCursor"), manager=True),
    refused("prepared", "24000", lambda s: s.prepared().on("SQLCloseCursor"), manager=True),
    refused("executed without a result", "24000", lambda s: s.executed().on("SQLCloseCursor")),
    refused("closed already", "24000", lambda s: s.with_cursor().on("SQLCloseCursor")
            or s.on("SQLCloseCursor"), manager=True),
    refused("while data is waited for", "HY010",
            lambda s: s.waiting_for_data().on("SQLCloseCursor"), manager=True),
    Case("no handle", lambda s: odbc.call("SQLCloseCursor", None), INVALID_HANDLE),
)
def test_sqlclosecursor(scene, case) -> None:
    run(scene, case)
    if "waited" in case.name:
        scene.statement.check(scene.statement.cancel())


# ---- SQLCancel, SQLCancelHandle -------------------------------------------------------------


@table(
    Case("nothing to cancel", lambda s: s.on("SQLCancel")),
    Case("with an open cursor", lambda s: s.with_cursor().on("SQLCancel")),
    Case("data that is waited for", lambda s: s.waiting_for_data().on("SQLCancel")),
    Case("no handle", lambda s: odbc.call("SQLCancel", None), INVALID_HANDLE),
)
def test_sqlcancel(scene, case) -> None:
    run(scene, case)
    scene.statement.close()
    assert scene.statement.query("SELECT 1") == [("1",)]


@table(
    Case("a statement", lambda s: odbc.call("SQLCancelHandle", odbc.STMT, s.statement.value)),
    Case("data that is waited for", lambda s: odbc.call(
        "SQLCancelHandle", odbc.STMT, s.waiting_for_data().statement.value)),
    Case("a connection", lambda s: odbc.call("SQLCancelHandle", odbc.DBC, s.connection.value)),
    Case("an environment", lambda s: odbc.call("SQLCancelHandle", odbc.ENV, s.env.value),
         INVALID_HANDLE),
    Case("no handle", lambda s: odbc.call("SQLCancelHandle", odbc.STMT, None), INVALID_HANDLE),
)
def test_sqlcancelhandle(scene, case) -> None:
    run(scene, case)
    assert scene.statement.query("SELECT 1") == [("1",)]
