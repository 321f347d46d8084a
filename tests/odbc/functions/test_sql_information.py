"""SQLGetFunctions told true, SQLGetInfo's arguments, SQLGetDiagRec and SQLGetDiagField called."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import odbc
import pytest
from calls import VERSIONS, Case, Scene, refused, run, table, warned
from conftest import DRIVER
from odbc import ERROR, INFO, INVALID_HANDLE, NO_DATA, SUCCESS

# ---- SQLGetFunctions ------------------------------------------------------------------------

ALL_FUNCTIONS, ODBC3_ALL_FUNCTIONS = 0, 999
IDS = {
    # the core of ODBC 2 and its extensions
    "SQLAllocConnect": 1, "SQLAllocEnv": 2, "SQLAllocStmt": 3, "SQLBindCol": 4, "SQLCancel": 5,
    "SQLColAttribute": 6, "SQLConnect": 7, "SQLDescribeCol": 8, "SQLDisconnect": 9, "SQLError": 10,
    "SQLExecDirect": 11, "SQLExecute": 12, "SQLFetch": 13, "SQLFreeConnect": 14, "SQLFreeEnv": 15,
    "SQLFreeStmt": 16, "SQLGetCursorName": 17, "SQLNumResultCols": 18, "SQLPrepare": 19,
    "SQLRowCount": 20, "SQLSetCursorName": 21, "SQLSetParam": 22, "SQLTransact": 23,
    "SQLBulkOperations": 24, "SQLColumns": 40, "SQLDriverConnect": 41, "SQLGetConnectOption": 42,
    "SQLGetData": 43, "SQLGetFunctions": 44, "SQLGetInfo": 45, "SQLGetStmtOption": 46,
    "SQLGetTypeInfo": 47, "SQLParamData": 48, "SQLPutData": 49, "SQLSetConnectOption": 50,
    "SQLSetStmtOption": 51, "SQLSpecialColumns": 52, "SQLStatistics": 53, "SQLTables": 54,
    "SQLBrowseConnect": 55, "SQLColumnPrivileges": 56, "SQLDataSources": 57, "SQLDescribeParam": 58,
    "SQLExtendedFetch": 59, "SQLForeignKeys": 60, "SQLMoreResults": 61, "SQLNativeSql": 62,
    "SQLNumParams": 63, "SQLParamOptions": 64, "SQLPrimaryKeys": 65, "SQLProcedureColumns": 66,
    "SQLProcedures": 67, "SQLSetPos": 68, "SQLSetScrollOptions": 69, "SQLTablePrivileges": 70,
    "SQLDrivers": 71, "SQLBindParameter": 72,
    # ODBC 3
    "SQLAllocHandle": 1001, "SQLBindParam": 1002, "SQLCloseCursor": 1003, "SQLCopyDesc": 1004,
    "SQLEndTran": 1005, "SQLFreeHandle": 1006, "SQLGetConnectAttr": 1007, "SQLGetDescField": 1008,
    "SQLGetDescRec": 1009, "SQLGetDiagField": 1010, "SQLGetDiagRec": 1011, "SQLGetEnvAttr": 1012,
    "SQLGetStmtAttr": 1014, "SQLSetConnectAttr": 1016, "SQLSetDescField": 1017,
    "SQLSetDescRec": 1018, "SQLSetEnvAttr": 1019, "SQLSetStmtAttr": 1020, "SQLFetchScroll": 1021,
    "SQLCancelHandle": 1022,
}
# The manager makes them out of others, or has them itself.
MAPPED = {"SQLAllocConnect", "SQLAllocEnv", "SQLAllocStmt", "SQLError", "SQLFreeConnect",
          "SQLFreeEnv", "SQLSetParam", "SQLTransact", "SQLGetConnectOption", "SQLGetStmtOption",
          "SQLSetConnectOption", "SQLSetStmtOption", "SQLDataSources", "SQLDrivers",
          "SQLParamOptions", "SQLSetScrollOptions", "SQLBindParam"}


class Manager:
    """SQLGetFunctions of an application."""

    def __init__(self, connection: odbc.Connection) -> None:
        self.connection = connection

    def ask(self, which: int, answer: object) -> int:
        return odbc.call("SQLGetFunctions", self.connection.value, which, answer)


class Direct:
    """SQLGetFunctions of the driver, no manager in between."""

    def __init__(self) -> None:
        self.lib = ctypes.CDLL(str(DRIVER))
        self.env, self.dbc = ctypes.c_void_p(), ctypes.c_void_p()
        assert self.call("SQLAllocHandle", odbc.ENV, None, ctypes.byref(self.env)) == SUCCESS
        self.call("SQLSetEnvAttr", self.env, odbc.ATTR_ODBC_VERSION, ctypes.c_void_p(3), 0)
        assert self.call("SQLAllocHandle", odbc.DBC, self.env, ctypes.byref(self.dbc)) == SUCCESS

    def call(self, name: str, *arguments: object) -> int:
        function = self.lib[name]
        function.restype = ctypes.c_short
        return function(*arguments)

    def ask(self, which: int, answer: object) -> int:
        return self.call("SQLGetFunctions", self.dbc, which, answer)

    def free(self) -> None:
        assert self.call("SQLFreeHandle", odbc.DBC, self.dbc) == SUCCESS
        assert self.call("SQLFreeHandle", odbc.ENV, self.env) == SUCCESS


@pytest.fixture
def direct(configuration) -> Iterator[Direct]:
    made = Direct()
    yield made
    made.free()


def three_ways(asked: Manager | Direct, which: int) -> list[bool]:
    """One function, by its number, by ODBC 3's bits and (up to 99) by ODBC 2's array."""
    one, bits, old = ctypes.c_ushort(77), (ctypes.c_ushort * 250)(), (ctypes.c_ushort * 100)()
    assert asked.ask(which, ctypes.byref(one)) == SUCCESS
    assert asked.ask(ODBC3_ALL_FUNCTIONS, bits) == SUCCESS
    assert asked.ask(ALL_FUNCTIONS, old) == SUCCESS
    answers = [one.value == 1, bool(bits[which >> 4] & (1 << (which & 15)))]
    assert one.value in (0, 1)
    return [*answers, old[which] == 1] if which < 100 else answers


@pytest.mark.parametrize("name", IDS)
def test_sqlgetfunctions_of_the_driver(direct, name: str) -> None:
    """What it says is what the library shows."""
    exported = hasattr(direct.lib, name)
    assert set(three_ways(direct, IDS[name])) == {exported}


# The manager answers these before it looks at the driver, and leaves them out of its lists.
ALWAYS_TRUE = {"SQLGetFunctions", "SQLDataSources", "SQLDrivers", "SQLGetEnvAttr", "SQLSetEnvAttr"}


# SQLCancelHandle's number is beyond the last that this manager takes.
@pytest.mark.parametrize("name", sorted(set(IDS) - {"SQLCancelHandle"}))
@pytest.mark.parametrize("version", VERSIONS, ids=VERSIONS.values())
def test_sqlgetfunctions(connections, version: int, name: str) -> None:
    answers = three_ways(Manager(connections(version, False)[1]), IDS[name])
    exported = hasattr(ctypes.CDLL(str(DRIVER)), name)
    assert answers[0] == (exported or name in MAPPED), answers
    assert len(set(answers)) == 1 or name in ALWAYS_TRUE, answers


@pytest.mark.parametrize("name", sorted(set(IDS) - MAPPED - ALWAYS_TRUE))
def test_sqlgetfunctions_keeps_its_word(connections, name: str) -> None:
    """Whatever is wrong with the call: the manager does not say that the driver cannot do it."""
    _, connection = connections(odbc.OV_ODBC3, False)
    statement = odbc.Statement(connection)
    explicit = odbc.Handle(odbc.DESC, connection)
    on_connection = {"SQLConnect", "SQLDriverConnect", "SQLBrowseConnect", "SQLGetInfo",
                     "SQLNativeSql", "SQLGetConnectAttr", "SQLSetConnectAttr"}
    if name in ("SQLDisconnect", "SQLAllocHandle", "SQLFreeHandle", "SQLEndTran", "SQLCancelHandle",
                "SQLGetDiagRec", "SQLGetDiagField"):
        pass  # every test calls them
    elif "Desc" in name and "Describe" not in name:
        odbc.call(name, explicit.value, explicit.value, *([0] * 9))
        assert "IM001" not in explicit.states()
    elif name in on_connection:
        odbc.call(name, connection.value, *([0] * 9))
        assert "IM001" not in connection.states()
    else:
        odbc.call(name, statement.value, *([0] * 14))
        assert "IM001" not in statement.states()
    explicit.check(explicit.free())
    statement.check(statement.free())


def functions(which: int):
    return lambda s: odbc.call("SQLGetFunctions", s.connection.value, which,
                               ctypes.byref(ctypes.c_ushort()))


@table(
    Case("a function", functions(IDS["SQLExecDirect"])),
    refused("a gap", "HY095", functions(30), manager=True, handle="connection"),
    refused("beyond the last", "HY095", functions(4711), manager=True, handle="connection"),
    Case("no handle", lambda s: odbc.call("SQLGetFunctions", None, 1, None), INVALID_HANDLE),
)
def test_sqlgetfunctions_arguments(scene, case) -> None:
    run(scene, case)


@table(refused("closed connection", "HY010", lambda s: odbc.call(
    "SQLGetFunctions", s.closed.value, 4, ctypes.byref(ctypes.c_ushort())), manager=True,
    alone=None, handle="closed"))
def test_sqlgetfunctions_closed(scene, case) -> None:
    scene.closed = odbc.Connection(scene.env)
    run(scene, case)
    scene.closed.check(scene.closed.free())


# ---- SQLGetInfo -----------------------------------------------------------------------------

DBMS_NAME, CURSOR_COMMIT_BEHAVIOR, STRING_FUNCTIONS = 17, 23, 50


def info(which: int, room: int = 40):
    """room: in the form's characters; odd(n) below passes bytes."""
    def call(s: Scene) -> int:
        s.out, s.length = s.room(40), ctypes.c_short(-7)
        return s.call("SQLGetInfo", s.connection.value, which, s.out, s.bytes_of(room),
                      ctypes.byref(s.length))
    return call


def odd(which: int, room_bytes: int):
    def call(s: Scene) -> int:
        s.out, s.length = s.room(40), ctypes.c_short(-7)
        return s.call("SQLGetInfo", s.connection.value, which, s.out, room_bytes,
                      ctypes.byref(s.length))
    return call


@table(
    Case("a text", info(DBMS_NAME)),
    Case("a small number", info(CURSOR_COMMIT_BEHAVIOR)),
    Case("bits", info(STRING_FUNCTIONS)),
    Case("bits, no length given", info(STRING_FUNCTIONS, 0)),
    Case("length alone", lambda s: s.call("SQLGetInfo", s.connection.value, DBMS_NAME, None, 0,
                                          None)),
    warned("cut", "01004", info(DBMS_NAME, 5), handle="connection"),
    warned("no room", "01004", info(DBMS_NAME, 0), handle="connection"),
    refused("negative room", "HY090", info(DBMS_NAME, -1), manager=True, handle="connection"),
    refused("no such type", "HY096", info(24711), handle="connection"),
    Case("no handle", lambda s: s.call("SQLGetInfo", None, DBMS_NAME, None, 0, None),
         INVALID_HANDLE),
)
def test_sqlgetinfo(scene, case) -> None:
    """Texts are counted in bytes, the W call's too."""
    run(scene, case)
    if case.name in ("a text", "cut"):
        assert scene.length.value == scene.bytes_of(len("Amazon Athena"))
        assert scene.text_in(scene.out) == ("Amazon Athena" if case.name == "a text" else "Amaz")
    if case.name.startswith("bits"):
        assert scene.length.value == 4


@table(warned("an odd number of bytes", "01004", odd(DBMS_NAME, 11), handle="connection",
              forms=(True,)))
def test_sqlgetinfo_odd(scene, case) -> None:
    """The manager lets it through; whole characters are given."""
    run(scene, case)
    assert scene.text_in(scene.out) == "Amaz"


@table(refused("closed connection", "08003", lambda s: s.call(
    "SQLGetInfo", s.closed.value, DBMS_NAME, None, 0, None), manager=True, handle="closed"))
def test_sqlgetinfo_closed(scene, case) -> None:
    """But for SQL_ODBC_VER, which is the manager's own."""
    scene.closed = odbc.Connection(scene.env)
    run(scene, case)
    if not scene.alone:
        assert scene.call("SQLGetInfo", scene.closed.value, 10, None, 0, None) == SUCCESS
    scene.closed.check(scene.closed.free())


# ---- diagnostics ----------------------------------------------------------------------------


def record(s: Scene, number: int = 1, room: int = 400) -> int:
    """After a failed call: SQLGetDiagRec."""
    s.on("SQLExecDirect", "SELECT {fn ucase('x')", odbc.NTS)
    s.out, s.length = s.room(400), ctypes.c_short(-7)
    return s.call("SQLGetDiagRec", odbc.STMT, s.statement.value, number, s.room(6), None, s.out,
                  room, ctypes.byref(s.length))


@table(
    Case("the first", lambda s: record(s)),
    Case("behind the last", lambda s: record(s, 2), NO_DATA),
    Case("cut", lambda s: record(s, room=20), INFO),
    Case("record 0", lambda s: record(s, 0), ERROR),
    Case("record -1", lambda s: record(s, -1), ERROR),
    Case("negative room", lambda s: record(s, room=-1), ERROR),
    Case("nothing has failed", lambda s: s.call("SQLGetDiagRec", odbc.STMT, s.statement.value, 1,
                                                None, None, None, 0, None), NO_DATA),
    Case("no handle", lambda s: s.call("SQLGetDiagRec", odbc.STMT, None, 1, None, None, None, 0,
                                       None), INVALID_HANDLE),
    Case("another kind", lambda s: s.call("SQLGetDiagRec", odbc.DBC, s.statement.value, 1, None,
                                          None, None, 0, None), INVALID_HANDLE),
)
def test_sqlgetdiagrec(scene, case) -> None:
    run(scene, case)
    if case.name == "cut":
        assert scene.text_in(scene.out) == "[Athena][ODBC Drive"


DIAG_NUMBER, DIAG_SQLSTATE, DIAG_ROW_COUNT = 2, 4, 3


def diag_field(s: Scene, number: int, field: int, room: int = 40, kind: int = odbc.STMT) -> int:
    s.on("SQLExecDirect", "SELECT {fn ucase('x')", odbc.NTS)
    s.out, s.length = s.room(40), ctypes.c_short(-7)
    handle = s.statement if kind == odbc.STMT else s.connection
    return s.call("SQLGetDiagField", kind, handle.value, number, field, s.out, room,
                  ctypes.byref(s.length))


@table(
    Case("state", lambda s: diag_field(s, 1, DIAG_SQLSTATE)),
    Case("number of records", lambda s: diag_field(s, 0, DIAG_NUMBER)),
    Case("cut state", lambda s: diag_field(s, 1, DIAG_SQLSTATE, 4), INFO),
    Case("behind the last", lambda s: diag_field(s, 2, DIAG_SQLSTATE), NO_DATA),
    Case("record -1", lambda s: diag_field(s, -1, DIAG_SQLSTATE), ERROR),
    Case("no such field", lambda s: diag_field(s, 1, 2471), ERROR),
    Case("rows of a connection", lambda s: diag_field(s, 0, DIAG_ROW_COUNT, kind=odbc.DBC), ERROR),
    Case("no handle", lambda s: s.call("SQLGetDiagField", odbc.STMT, None, 1, 4, None, 0, None),
         INVALID_HANDLE),
)
def test_sqlgetdiagfield(scene, case) -> None:
    run(scene, case)
