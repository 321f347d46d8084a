"""SQLSetEnvAttr, SQLGetEnvAttr, SQLSetConnectAttr, SQLGetConnectAttr, SQLSetStmtAttr, SQLGetStmtAttr."""

from __future__ import annotations

import ctypes
from typing import Any

import odbc
import pytest
from calls import V3, V38, Case, Scene, refused, run, table, warned, worlds
from odbc import ERROR, INVALID_HANDLE, NTS, SUCCESS

IS_POINTER = -4
ATTR_CONNECTION_POOLING, ATTR_CP_MATCH, ATTR_OUTPUT_NTS = 201, 202, 10001


# ---- environment ----------------------------------------------------------------------------


@pytest.mark.parametrize("attribute, value, rc, state", [
    (odbc.ATTR_ODBC_VERSION, 2, SUCCESS, ""),
    (odbc.ATTR_ODBC_VERSION, 3, SUCCESS, ""),
    (odbc.ATTR_ODBC_VERSION, 380, SUCCESS, ""),
    (odbc.ATTR_ODBC_VERSION, 4, ERROR, "HY024"),
    (ATTR_OUTPUT_NTS, 1, SUCCESS, ""),
    (ATTR_OUTPUT_NTS, 0, ERROR, "HYC00"),
    (ATTR_CP_MATCH, 1, SUCCESS, ""),
    (4711, 1, ERROR, "HY092"),
])
def test_sqlsetenvattr(plain_string, attribute: int, value: int, rc: int, state: str) -> None:
    """All by the manager: it passes on the version alone, when it connects."""
    env = odbc.Env(V38)
    assert odbc.call("SQLSetEnvAttr", env.value, attribute, value, 0) == rc, env.diagnostics()
    if state:
        assert env.states() == [state]
    env.check(env.free())


@pytest.mark.parametrize("attribute, wanted", [(odbc.ATTR_ODBC_VERSION, 380), (ATTR_OUTPUT_NTS, 1),
                                               (ATTR_CP_MATCH, 0), (ATTR_CONNECTION_POOLING, 0)])
def test_sqlgetenvattr(plain_string, attribute: int, wanted: int) -> None:
    env = odbc.Env(V38)
    value, length = ctypes.c_int(77), ctypes.c_int()
    env.check(odbc.call("SQLGetEnvAttr", env.value, attribute, ctypes.byref(value), 4,
                        ctypes.byref(length)))
    assert value.value == wanted
    env.check(odbc.call("SQLGetEnvAttr", env.value, 4711, ctypes.byref(value), 4, None), ERROR)
    assert env.states() == ["HY092"]
    env.check(env.free())


def test_sqlsetenvattr_version_with_a_connection(plain_string) -> None:
    env = odbc.Env(V3)
    connection = odbc.Connection(env)
    env.check(odbc.call("SQLSetEnvAttr", env.value, odbc.ATTR_ODBC_VERSION, 2, 0), ERROR)
    assert env.states() == ["HY010"]
    connection.check(connection.free())
    env.check(env.free())


# ---- connection -----------------------------------------------------------------------------

ACCESS_MODE, AUTOCOMMIT, LOGIN_TIMEOUT, TXN_ISOLATION, CURRENT_CATALOG = 101, 102, 103, 108, 109
CONNECTION_TIMEOUT, PACKET_SIZE, CONNECTION_DEAD, AUTO_IPD, METADATA_ID = 113, 112, 1209, 10001, 10014
QUIET_MODE, TRANSLATE_LIB, TRANSLATE_OPTION, ASYNC_ENABLE, ENLIST_IN_DTC = 111, 106, 107, 4, 1207


def set_connection(attribute: int, value: Any, length: int = 0):
    return lambda s: s.call("SQLSetConnectAttr", s.connection.value, attribute, value, length)


def get_connection(attribute: int, room: int = 4):
    def call(s: Scene) -> int:
        s.out, s.length = s.room(400), ctypes.c_int(-77)
        return s.call("SQLGetConnectAttr", s.connection.value, attribute, s.out, room,
                      ctypes.byref(s.length))
    return call


@table(
    Case("read only", set_connection(ACCESS_MODE, 1)),
    Case("read and write", set_connection(ACCESS_MODE, 0)),
    refused("no such access", "HY024", set_connection(ACCESS_MODE, 2), manager=True,
            handle="connection"),
    Case("login time-out", set_connection(LOGIN_TIMEOUT, 9)),
    Case("login time-out off", set_connection(LOGIN_TIMEOUT, 0)),
    Case("connection time-out", set_connection(CONNECTION_TIMEOUT, 30)),
    Case("connection time-out off", set_connection(CONNECTION_TIMEOUT, 0)),
    Case("catalog", set_connection(CURRENT_CATALOG, "AwsDataCatalog", NTS)),
    refused("catalog by a null pointer", "HY009", set_connection(CURRENT_CATALOG, None, NTS),
            handle="connection"),
    refused("catalog of a negative length", "HY090", set_connection(CURRENT_CATALOG, "x", -7),
            handle="connection"),
    refused("catalog of half a character", "HY090", set_connection(CURRENT_CATALOG, "abcd", 7),
            handle="connection", forms=(True,)),
    Case("reset", set_connection(116, 1)),
    refused("reset otherwise", "HY024", set_connection(116, 2), handle="connection"),
    Case("quiet mode", set_connection(QUIET_MODE, None)),
    Case("names are no patterns", set_connection(METADATA_ID, 1)),
    Case("names are patterns", set_connection(METADATA_ID, 0)),
    Case("asynchronous", set_connection(ASYNC_ENABLE, 1)),
    Case("synchronous", set_connection(ASYNC_ENABLE, 0)),
    refused("packet size of an open connection", "HY011", set_connection(PACKET_SIZE, 8192),
            manager=True, handle="connection"),
    refused("translation", "HYC00", set_connection(TRANSLATE_OPTION, 1), handle="connection"),
    refused("distributed transactions", "HYC00", set_connection(ENLIST_IN_DTC, 1),
            handle="connection"),
    refused("no such attribute", "HY092", set_connection(24711, 1), handle="connection"),
    refused("only to be read", "HY092", set_connection(AUTO_IPD, 1), handle="connection"),
    refused("a dead connection", "HY092", set_connection(CONNECTION_DEAD, 1), handle="connection"),
)
def test_sqlsetconnectattr(scene, case) -> None:
    run(scene, case)


@table(
    Case("access mode", get_connection(ACCESS_MODE)),
    Case("autocommit", get_connection(AUTOCOMMIT)),
    Case("login time-out", get_connection(LOGIN_TIMEOUT)),
    Case("packet size", get_connection(PACKET_SIZE)),
    Case("isolation", get_connection(TXN_ISOLATION)),
    Case("dead", get_connection(CONNECTION_DEAD)),
    Case("automatic IPD", get_connection(AUTO_IPD)),
    Case("a catalog whose length alone is asked for", lambda s: s.call(
        "SQLGetConnectAttr", s.connection.value, CURRENT_CATALOG, None, 0, None)),
    warned("a catalog that does not fit", "01004", get_connection(CURRENT_CATALOG, 8),
           handle="connection"),
    refused("a catalog into a negative buffer", "HY090", get_connection(CURRENT_CATALOG, -8),
            handle="connection"),
    refused("no such attribute", "HY092", get_connection(24711), handle="connection"),
    refused("translation", "HYC00", get_connection(TRANSLATE_OPTION), handle="connection"),
)
def test_sqlgetconnectattr(scene, case) -> None:
    run(scene, case)


@table(Case("catalog", get_connection(CURRENT_CATALOG, 200)))
def test_sqlgetconnectattr_text(scene, case) -> None:
    """Counted in bytes, the W call's too."""
    run(scene, case)
    assert scene.text_in(scene.out) == "AwsDataCatalog"
    assert scene.length.value == scene.bytes_of(len("AwsDataCatalog"))


def closed(attribute: int):
    def call(s: Scene) -> int:
        s.closed = odbc.Connection(s.env)
        s.out = ctypes.c_uint(77)
        return s.call("SQLGetConnectAttr", s.closed.value, attribute, ctypes.byref(s.out), 4, None)
    return call


@table(
    Case("autocommit", closed(AUTOCOMMIT)),
    Case("login time-out", closed(LOGIN_TIMEOUT)),
    refused("catalog", "08003", closed(CURRENT_CATALOG), manager=True, alone=None,
            handle="closed"),
    refused("no such attribute", "08003", closed(24711), manager=True, alone="HY092",
            handle="closed"),
)
def test_sqlgetconnectattr_closed(scene, case) -> None:
    """The manager's answers: what it would set when connecting."""
    run(scene, case)
    if case.name == "autocommit":
        assert scene.out.value == 1
    scene.closed.check(scene.closed.free())


@pytest.mark.parametrize("attribute, value", [(LOGIN_TIMEOUT, 7), (PACKET_SIZE, 8192),
                                              (ACCESS_MODE, 1), (CONNECTION_TIMEOUT, 11)])
@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_sqlsetconnectattr_before_connecting(env, wide: bool, attribute: int, value: int) -> None:
    """The manager keeps it and hands it over."""
    connection = odbc.Connection(env)
    connection.check(odbc.call("SQLSetConnectAttr", connection.value, attribute, value, 0,
                               wide=wide))
    connection.check(connection.connect("DSN=AthenaLocal", wide), SUCCESS, odbc.INFO)
    out = ctypes.c_uint(77)
    connection.check(odbc.call("SQLGetConnectAttr", connection.value, attribute,
                               ctypes.byref(out), 4, None, wide=wide))
    assert out.value == (0 if attribute == PACKET_SIZE else value)
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_sqlsetconnectattr_sets_the_default_of_statements(connection) -> None:
    """ODBC 2's statement options on a connection."""
    connection.check(connection.set(odbc.ATTR_QUERY_TIMEOUT, 13))
    connection.check(connection.set(odbc.ATTR_MAX_ROWS, 17))
    s = odbc.Statement(connection)
    assert (s.get(odbc.ATTR_QUERY_TIMEOUT), s.get(odbc.ATTR_MAX_ROWS)) == (13, 17)
    s.check(s.free())


# ---- statement ------------------------------------------------------------------------------

CURSOR_TYPE, CONCURRENCY, KEYSET_SIZE, USE_BOOKMARKS, ROW_NUMBER = 6, 7, 8, 12, 14
RETRIEVE_DATA, NOSCAN, SIMULATE_CURSOR, ROW_ARRAY_SIZE, APP_ROW_DESC = 11, 2, 10, 27, 10010
IMP_ROW_DESC, CURSOR_SCROLLABLE, CURSOR_SENSITIVITY, PARAMSET_SIZE = 10012, -1, -2, 22
ENABLE_AUTO_IPD, STMT_METADATA_ID = 15, 10014


def set_statement(attribute: int, value: Any, prepare=lambda s: s):
    return lambda s: prepare(s).on("SQLSetStmtAttr", attribute, value, 0)


def get_statement(attribute: int, prepare=lambda s: s):
    def call(s: Scene) -> int:
        s.out = ctypes.c_size_t(77)
        return prepare(s).on("SQLGetStmtAttr", attribute, ctypes.byref(s.out), 8, None)
    return call


@table(
    Case("query time-out", set_statement(odbc.ATTR_QUERY_TIMEOUT, 5)),
    Case("most rows", set_statement(odbc.ATTR_MAX_ROWS, 5)),
    Case("rowset", set_statement(ROW_ARRAY_SIZE, 100)),
    refused("rowset of no rows", "HY024", set_statement(ROW_ARRAY_SIZE, 0)),
    refused("no parameter sets", "HY024", set_statement(PARAMSET_SIZE, 0)),
    Case("no scan", set_statement(NOSCAN, 1)),
    refused("no such scan", "HY024", set_statement(NOSCAN, 2), manager=True),
    refused("no such retrieval", "HY024", set_statement(RETRIEVE_DATA, 9), manager=True),
    refused("no such cursor type", "HY024", set_statement(CURSOR_TYPE, 77), manager=True),
    refused("no such concurrency", "HY024", set_statement(CONCURRENCY, 77), manager=True),
    refused("no such attribute", "HY092", set_statement(24711, 1)),
    refused("row number", "HY092", set_statement(ROW_NUMBER, 1)),
    refused("implementation's descriptor", "HY017", set_statement(IMP_ROW_DESC, None),
            manager=True),
    Case("no descriptor", lambda s: s.on("SQLSetStmtAttr", APP_ROW_DESC, s.statement.value,
                                         IS_POINTER), INVALID_HANDLE),
    refused("cursor type, cursor open", "24000", set_statement(CURSOR_TYPE, 0, Scene.with_cursor),
            manager=True),
    refused("cursor type, prepared", "HY011", set_statement(CURSOR_TYPE, 0, Scene.prepared),
            manager=True),
    refused("while data is waited for", "HY010",
            set_statement(odbc.ATTR_MAX_ROWS, 1, Scene.waiting_for_data), manager=True),
    Case("no handle", lambda s: s.call("SQLSetStmtAttr", None, 1, 1, 0), INVALID_HANDLE),
)
def test_sqlsetstmtattr(scene, case) -> None:
    run(scene, case)
    if "waited" in case.name:
        scene.statement.check(scene.statement.cancel())


@table(
    *(Case(str(attribute), get_statement(attribute)) for attribute in (
        odbc.ATTR_QUERY_TIMEOUT, odbc.ATTR_MAX_ROWS, NOSCAN, 3, ASYNC_ENABLE, CURSOR_TYPE,
        CONCURRENCY, KEYSET_SIZE, RETRIEVE_DATA, USE_BOOKMARKS, SIMULATE_CURSOR, ROW_ARRAY_SIZE,
        odbc.ATTR_ROW_BIND_TYPE, 23, 24, 25, 26, 17, 18, 19, 20, 21, PARAMSET_SIZE, 16, 9,
        APP_ROW_DESC, 10011, IMP_ROW_DESC, 10013, CURSOR_SCROLLABLE, CURSOR_SENSITIVITY,
        ENABLE_AUTO_IPD, STMT_METADATA_ID)),
    Case("row number", get_statement(ROW_NUMBER, Scene.on_row)),
    refused("row number without a row", "24000", get_statement(ROW_NUMBER), manager=True,
            alone=None),  # 0 would be as right
    refused("no such attribute", "HY092", get_statement(24711)),
    refused("while data is waited for", "HY010", get_statement(1, Scene.waiting_for_data),
            manager=True),
    Case("no handle", lambda s: s.call("SQLGetStmtAttr", None, 1, None, 0, None), INVALID_HANDLE),
)
def test_sqlgetstmtattr(scene, case) -> None:
    run(scene, case)
    if case.name == "row number":
        assert scene.out.value == 1
    if "waited" in case.name:
        scene.statement.check(scene.statement.cancel())


QUERY_ID = 0x4000


@pytest.mark.parametrize("scene", worlds(), indirect=True)
def test_sqlgetstmtattr_text(scene) -> None:
    """The one text among them, the query's id: counted in bytes, the W call's too."""
    s = scene.statement
    s.check(scene.on("SQLExecDirect", "SELECT 1", NTS))
    length, whole = ctypes.c_int(-7), scene.bytes_of(36)
    for room, rc, fits in ((scene.bytes_of(37), SUCCESS, 36), (scene.bytes_of(10), odbc.INFO, 9),
                           (scene.bytes_of(10) + 1, odbc.INFO, 9 if scene.wide else 10),
                           (0, odbc.INFO, 0)):
        out = scene.room(40)
        assert scene.on("SQLGetStmtAttr", QUERY_ID, out, room, ctypes.byref(length)) == rc
        assert length.value == whole
        assert rc == SUCCESS or s.states() == ["01004"]
        if room:
            assert len(scene.text_in(out)) == fits
    assert scene.on("SQLGetStmtAttr", QUERY_ID, None, 0, ctypes.byref(length)) == SUCCESS
    assert length.value == whole
    assert scene.on("SQLGetStmtAttr", QUERY_ID, out, -1, None) == ERROR
    assert s.states()[0] in ("HY090", "S1090")


@pytest.mark.parametrize("attribute, value", [
    (odbc.ATTR_QUERY_TIMEOUT, 7), (odbc.ATTR_MAX_ROWS, 12), (NOSCAN, 1), (3, 100),
    (ASYNC_ENABLE, 1), (RETRIEVE_DATA, 0), (ROW_ARRAY_SIZE, 33), (odbc.ATTR_ROW_BIND_TYPE, 64),
    (STMT_METADATA_ID, 1), (9, 7), (18, 24)])
@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_sqlsetstmtattr_reads_back(connections, attribute: int, value: int, wide: bool) -> None:
    s = odbc.Statement(connections(V3, wide)[1])
    s.check(odbc.call("SQLSetStmtAttr", s.value, attribute, value, 0, wide=wide))
    assert s.get(attribute) == value
    s.check(s.free())
