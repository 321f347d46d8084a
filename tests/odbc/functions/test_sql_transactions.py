"""SQLEndTran and its like: Athena has no transactions, and programs that think so must not suffer."""

from __future__ import annotations

import ctypes

import odbc
from calls import V2, V3, V38, Case, refused, run, table, warned
from odbc import INVALID_HANDLE

COMMIT, ROLLBACK = 0, 1
TXN_ISOLATION, AUTOCOMMIT = 108, 102


def end_on(kind: str, completion: int):
    def call(s) -> int:
        handle = s.connection if kind == "connection" else s.env
        return odbc.call("SQLEndTran", handle.kind, handle.value, completion)
    return call


@table(
    Case("commit", end_on("connection", COMMIT)),
    warned("rollback", "01000", end_on("connection", ROLLBACK), handle="connection"),
    refused("no such completion", "HY012", end_on("connection", 7), manager=True,
            handle="connection"),
    Case("commit everywhere", end_on("env", COMMIT)),
    Case("rollback everywhere", end_on("env", ROLLBACK)),  # the manager asks no driver
    refused("no such completion, everywhere", "HY012", end_on("env", 7), manager=True,
            handle="env"),
    refused("of a statement", "HY092", lambda s: odbc.call(
        "SQLEndTran", odbc.STMT, s.statement.value, COMMIT), manager=True, alone=None),
    refused("while data is waited for", "HY010",
            lambda s: end_on("connection", COMMIT)(s.waiting_for_data()), manager=True,
            alone=None, handle="connection"),
    Case("no handle", lambda s: odbc.call("SQLEndTran", odbc.DBC, None, COMMIT), INVALID_HANDLE),
    Case("another kind", lambda s: odbc.call("SQLEndTran", odbc.DBC, s.env.value, COMMIT),
         INVALID_HANDLE),
)
def test_sqlendtran(scene, case) -> None:
    run(scene, case)
    scene.statement.cancel()


@table(Case("commit", end_on("connection", COMMIT)),
       warned("rollback", "01000", end_on("connection", ROLLBACK), handle="connection"))
def test_sqlendtran_leaves_everything(scene, case) -> None:
    """Open cursors, prepared statements and waiting rows are as before."""
    s = scene.on_row().statement
    first = s.text(1)
    prepared = odbc.Statement(scene.connection)
    prepared.check(prepared.prepare("SELECT 5"))
    run(scene, case)
    s.check(s.fetch())
    assert s.text(1) != first
    prepared.check(prepared.run())
    prepared.check(prepared.fetch())
    assert prepared.text(1) == "5"
    prepared.check(prepared.free())


@table(refused("closed connection", "08003", lambda s: odbc.call(
    "SQLEndTran", odbc.DBC, s.closed.value, COMMIT), manager=True, handle="closed"))
def test_sqlendtran_closed(scene, case) -> None:
    scene.closed = odbc.Connection(scene.env)
    run(scene, case)
    scene.closed.check(scene.closed.free())


def set_isolation(value: int):
    return lambda s: s.call("SQLSetConnectAttr", s.connection.value, TXN_ISOLATION, value, 0)


@table(
    *(warned(f"level {level}", "01S02", set_isolation(level), handle="connection")
      for level in (1, 2, 4, 8)),
    *(refused(f"no such level: {level}", "HY024", set_isolation(level), manager=True,
              handle="connection") for level in (3, 16, 4711)),
)
def test_txn_isolation(scene, case) -> None:
    """Each level is taken for what there is, which is none; that is what reading it gives."""
    run(scene, case)
    level = ctypes.c_uint(77)
    scene.connection.check(scene.call("SQLGetConnectAttr", scene.connection.value, TXN_ISOLATION,
                                      ctypes.byref(level), 4, None))
    assert level.value == 0


def get_info(s, which: int, size: int) -> int:
    value = ctypes.c_uint(0)
    s.connection.check(odbc.call("SQLGetInfo", s.connection.value, which, ctypes.byref(value),
                                 size, None))
    return value.value


@table(Case("nothing", lambda s: 0, versions=(V2, V3, V38)))
def test_what_is_said_of_transactions(scene, case) -> None:
    run(scene, case)
    assert get_info(scene, 46, 2) == 0, "SQL_TXN_CAPABLE is SQL_TC_NONE"
    assert get_info(scene, 26, 4) == 0, "SQL_DEFAULT_TXN_ISOLATION"
    assert get_info(scene, 72, 4) == 0, "SQL_TXN_ISOLATION_OPTION"
    assert get_info(scene, 23, 2) == 2, "SQL_CURSOR_COMMIT_BEHAVIOR is SQL_CB_PRESERVE"
    assert get_info(scene, 24, 2) == 2, "SQL_CURSOR_ROLLBACK_BEHAVIOR is SQL_CB_PRESERVE"


# ---- ODBC 2 ---------------------------------------------------------------------------------


@table(
    Case("commit", lambda s: odbc.call("SQLTransact", s.env.value, s.connection.value, COMMIT)),
    warned("rollback", "01000", lambda s: odbc.call("SQLTransact", None, s.connection.value,
                                                    ROLLBACK), handle="connection"),
    refused("no such completion", "HY012", lambda s: odbc.call(
        "SQLTransact", None, s.connection.value, 7), manager=True, alone=None, handle="connection"),
    Case("everywhere", lambda s: odbc.call("SQLTransact", s.env.value, None, COMMIT)),
    Case("no handle", lambda s: odbc.call("SQLTransact", None, None, COMMIT), INVALID_HANDLE),
)
def test_sqltransact(scene, case) -> None:
    run(scene, case)


# ---- autocommit off by habit, and the rows are there ------------------------------------------


def test_what_was_inserted_stays(connect) -> None:
    """Rollback does not take it back, and says so; commit has nothing to do."""
    connection = connect()
    connection.check(connection.set(AUTOCOMMIT, 0))
    s = odbc.Statement(connection)
    s.check(s.execute("DROP TABLE IF EXISTS sample.kept_by_rollback"))
    s.check(s.execute("CREATE TABLE sample.kept_by_rollback AS SELECT 1 AS n"))
    # After its first commit or rollback the manager asks SQLGetInfo, and the record is lost.
    connection.check(odbc.call("SQLEndTran", odbc.DBC, connection.value, COMMIT))
    connection.check(odbc.call("SQLEndTran", odbc.DBC, connection.value, ROLLBACK), odbc.INFO)
    assert "not rolled back" in connection.diagnostics()[0][2]
    assert s.query("SELECT n FROM sample.kept_by_rollback") == [("1",)]
    connection.check(odbc.call("SQLEndTran", odbc.DBC, connection.value, COMMIT))
    s.check(s.execute("DROP TABLE sample.kept_by_rollback"))
    s.check(s.free())


def test_pyodbc_by_default(connection_string) -> None:
    """autocommit=False is pyodbc's default; leaving it commits, an exception and close roll back."""
    import pyodbc

    connection = pyodbc.connect(connection_string())
    assert connection.autocommit is False
    with connection:
        assert connection.execute("SELECT 1").fetchval() == 1
    connection.rollback()
    connection.commit()
    try:
        with connection:
            raise KeyError
    except KeyError:
        pass
    connection.execute("SELECT 2")
    connection.close()
