"""What ODBC 2 had: its functions, its date types, its SQLSTATEs, through the driver manager.

The driver has none of these functions: the manager makes them out of ODBC 3's.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import odbc
import pytest
from calls import V2, V3, V38, Case, Scene, refused, run, table, warned, worlds
from odbc import ERROR, INFO, INVALID_HANDLE, NO_DATA, NTS, SUCCESS

SQL_DATE, SQL_TIME, SQL_TIMESTAMP = 9, 10, 11
TYPE_DATE, TYPE_TIME, TYPE_TIMESTAMP = 91, 92, 93
DROP = 1


# ---- a whole program ------------------------------------------------------------------------


class Old:
    """An application of ODBC 2: SQLAllocEnv and its like, SQLError."""

    def __init__(self, wide: bool) -> None:
        self.wide = wide
        self.env, self.dbc, self.stmt = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()

    def call(self, name: str, *arguments: Any) -> int:
        return odbc.call(name, *arguments, wide=self.wide)

    def open(self) -> None:
        assert self.call("SQLAllocEnv", ctypes.byref(self.env)) == SUCCESS
        assert self.call("SQLAllocConnect", self.env, ctypes.byref(self.dbc)) == SUCCESS
        assert self.call("SQLConnect", self.dbc, "AthenaLocal", NTS, None, 0, None, 0) == SUCCESS
        assert self.call("SQLAllocStmt", self.dbc, ctypes.byref(self.stmt)) == SUCCESS

    def error(self) -> str:
        """The state of the next record of the statement; SQLError takes it away."""
        state = ctypes.create_string_buffer(12)
        rc = self.call("SQLError", None, None, self.stmt, state, None, None, 0, None)
        if rc == NO_DATA:
            return ""
        assert rc in (SUCCESS, INFO)
        return state.raw[:10].decode("utf-16-le") if self.wide else state.value.decode()

    def close(self) -> None:
        if self.stmt:
            assert self.call("SQLFreeStmt", self.stmt, DROP) == SUCCESS
        assert self.call("SQLDisconnect", self.dbc) == SUCCESS
        assert self.call("SQLFreeConnect", self.dbc) == SUCCESS
        assert self.call("SQLFreeEnv", self.env) == SUCCESS


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def old(request: pytest.FixtureRequest, plain_string: str) -> Iterator[Old]:
    application = Old(request.param)
    application.open()
    yield application
    application.close()


def test_a_program_of_odbc2(old) -> None:
    sql = "SELECT id, name FROM zones WHERE id <= ? ORDER BY id"
    most, length = ctypes.c_int(3), ctypes.c_ssize_t(4)
    numbers, statuses, rows = (ctypes.c_int * 4)(), (ctypes.c_ushort * 4)(), ctypes.c_size_t()
    assert old.call("SQLPrepare", old.stmt, sql, NTS) == SUCCESS
    assert old.call("SQLSetParam", old.stmt, 1, odbc.C_LONG, odbc.INTEGER, 0, 0,
                    ctypes.byref(most), ctypes.byref(length)) == SUCCESS
    assert old.call("SQLSetStmtOption", old.stmt, 9, 4) == SUCCESS, "SQL_ROWSET_SIZE"
    assert old.call("SQLBindCol", old.stmt, 1, odbc.C_LONG, numbers, 0, None) == SUCCESS
    assert old.call("SQLExecute", old.stmt) == SUCCESS
    assert old.call("SQLExtendedFetch", old.stmt, 1, 0, ctypes.byref(rows), statuses) == SUCCESS
    assert (rows.value, list(numbers)[:3], list(statuses)) == (3, [1, 2, 3], [0, 0, 0, 3])
    assert old.call("SQLExtendedFetch", old.stmt, 1, 0, ctypes.byref(rows), statuses) == NO_DATA
    assert old.call("SQLFreeStmt", old.stmt, 0) == SUCCESS
    assert old.call("SQLTransact", old.env, old.dbc, 0) == SUCCESS
    assert old.error() == ""


@pytest.mark.parametrize("sql, state", [
    ("SELECT * FROM nowhere", "S0002"), ("SELECT nix FROM zones", "S0022"),
    ("SELECT FROM WHERE", "37000"), ("SELECT CAST('x' AS integer)", "22005"),
    ("SELECT 1 / x FROM (VALUES 0) t (x)", "22012"), ("SELECT ?", "07001"),
])
def test_sqlerror(old, sql: str, state: str) -> None:
    assert old.call("SQLExecDirect", old.stmt, sql, NTS) == ERROR
    assert old.error() == state
    assert old.error() == "", "each record is given once"


def test_sqlerror_of_the_manager(old) -> None:
    assert old.call("SQLExecute", old.stmt) == ERROR
    assert old.error() == "S1010"


# ---- handles --------------------------------------------------------------------------------


@pytest.mark.parametrize("name, parent, state", [
    ("SQLAllocEnv", "", ""), ("SQLAllocConnect", "env", "S1009"), ("SQLAllocStmt", "dbc", "S1009")])
def test_alloc_nowhere(old, name: str, parent: str, state: str) -> None:
    """A null pointer for the handle."""
    handles = [getattr(old, parent)] if parent else []
    assert old.call(name, *handles, None) == ERROR
    if parent:
        found = ctypes.create_string_buffer(12)
        where = (old.env, None, None) if parent == "env" else (None, old.dbc, None)
        assert odbc.call("SQLError", *where, found, None, None, 0, None) in (SUCCESS, INFO)
        assert found.value.decode() == state


def test_sqlallocenv_is_odbc2(old) -> None:
    version = ctypes.c_int()
    assert odbc.call("SQLGetEnvAttr", old.env, odbc.ATTR_ODBC_VERSION, ctypes.byref(version), 4,
                     None) == SUCCESS
    assert version.value == V2


@pytest.mark.parametrize("name", ["SQLAllocConnect", "SQLAllocStmt"])
def test_sqlallocstmt_no_parent(old, name: str) -> None:
    assert old.call(name, None, ctypes.byref(ctypes.c_void_p())) == INVALID_HANDLE


def test_sqlallocconnect_then_sqlallocstmt(old) -> None:
    """Not connected yet: 08003."""
    dbc, stmt, state = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.create_string_buffer(12)
    assert old.call("SQLAllocConnect", old.env, ctypes.byref(dbc)) == SUCCESS
    assert old.call("SQLAllocStmt", dbc, ctypes.byref(stmt)) == ERROR
    assert odbc.call("SQLError", None, dbc, None, state, None, None, 0, None) in (SUCCESS, INFO)
    assert state.value == b"08003"
    assert old.call("SQLFreeConnect", dbc) == SUCCESS


def test_sqlfreeconnect_open(old) -> None:
    assert old.call("SQLFreeConnect", old.dbc) == ERROR
    assert old.call("SQLFreeConnect", None) == INVALID_HANDLE


def test_sqlfreeenv_in_use(old) -> None:
    assert old.call("SQLFreeEnv", old.env) == ERROR
    assert old.call("SQLFreeEnv", None) == INVALID_HANDLE


# ---- what the manager knows ------------------------------------------------------------------


@pytest.mark.parametrize("function, wanted", [("SQLDrivers", "Athena"),
                                              ("SQLDataSources", "AthenaLocal")],
                         ids=["test_sqldrivers", "test_sqldatasources"])
@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_lists_of_the_manager(env, wide: bool, function: str, wanted: str) -> None:
    found, direction = [], 2
    while True:
        name, more = ctypes.create_string_buffer(512), ctypes.create_string_buffer(4096)
        rc = odbc.call(function, env.value, direction, name, 256, None, more, 2048, None,
                       wide=wide)
        if rc == NO_DATA:
            break
        env.check(rc, SUCCESS, INFO)
        found.append(name.raw.decode("utf-16-le").split("\0")[0] if wide else name.value.decode())
        direction = 1
    assert wanted in found


# ---- the date types -------------------------------------------------------------------------

DATES = "SELECT DATE '2024-02-29' AS d, TIME '12:34:56' AS t, TIMESTAMP '2024-02-29 12:34:56' AS ts"
KINDS = {V2: [SQL_DATE, SQL_TIME, SQL_TIMESTAMP], V3: [TYPE_DATE, TYPE_TIME, TYPE_TIMESTAMP],
         V38: [TYPE_DATE, TYPE_TIME, TYPE_TIMESTAMP]}
WORLDS = worlds()


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_date_types_of_a_result(scene) -> None:
    """By SQLDescribeCol, SQLColAttribute and SQLColAttributes, as the application's version says."""
    s = scene.statement
    s.check(scene.on("SQLExecDirect", DATES, NTS))
    for column, kind in enumerate(KINDS[scene.version], 1):
        found, wide = ctypes.c_short(-7), ctypes.c_ssize_t(-7)
        s.check(scene.on("SQLDescribeCol", column, None, 0, None, ctypes.byref(found), None, None,
                         None))
        assert found.value == kind
        for function, field in (("SQLColAttribute", 2), ("SQLColAttributes", 2)):
            wide = ctypes.c_ssize_t(0)
            s.check(scene.on(function, column, field, None, 0, None, ctypes.byref(wide)))
            assert wide.value == kind, function


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_date_types_of_sqlgettypeinfo(scene) -> None:
    """Given as the version says; asked for by either number."""
    s = scene.statement
    for kind in (*KINDS[V2], *KINDS[V3]):
        wanted = KINDS[scene.version][(kind - 1) % 10 - 0 if kind > 90 else kind - 9]
        s.check(scene.on("SQLGetTypeInfo", kind))
        assert s.fetch() == SUCCESS, kind
        assert s.text(2) == str(wanted)
        s.check(s.close())


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_date_types_of_sqlcolumns(scene) -> None:
    s = scene.statement
    s.check(scene.on("SQLColumns", None, 0, "sample", NTS, "taxi\\_trips", NTS, "pickup\\_at", NTS))
    s.check(s.fetch())
    assert (s.text(4), s.text(5)) == ("pickup_at", str(KINDS[scene.version][2]))


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_c_types_by_either_number(scene) -> None:
    """SQL_C_DATE and SQL_C_TYPE_DATE are the same structure to every version."""
    s = scene.statement
    s.check(scene.on("SQLExecDirect", DATES, NTS))
    s.check(s.fetch())
    for old_type, new_type, column, size in ((9, 91, 1, 6), (10, 92, 2, 6), (11, 93, 3, 16)):
        rc, by_old, _ = s.get_data(column, old_type, 16)
        s.check(rc)
        rc, by_new, _ = s.get_data(column, new_type, 16)
        assert rc == NO_DATA or by_new[:size] == by_old[:size]
        assert by_old[:6] != b"\0" * 6


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
@pytest.mark.parametrize("sql_type", [SQL_DATE, TYPE_DATE])
def test_parameters_by_either_number(scene, sql_type: int) -> None:
    s = scene.statement
    value = (ctypes.c_short * 3)(2024, 2, 29)
    s.check(scene.prepared("SELECT ? = DATE '2024-02-29'").statement.bind_parameter(
        1, sql_type, sql_type, value, None, 10))
    s.check(s.run())
    s.check(s.fetch())
    assert s.text(1) == "1"


# ---- SQLColAttributes -----------------------------------------------------------------------

ATTRIBUTES = {"count": 0, "name": 1, "type": 2, "length": 3, "precision": 4, "scale": 5,
              "display size": 6, "nullable": 7, "unsigned": 8, "money": 9, "updatable": 10,
              "auto increment": 11, "case sensitive": 12, "searchable": 13, "type name": 14,
              "table name": 15, "owner name": 16, "qualifier name": 17, "label": 18}
TEXTS = {"name", "type name", "table name", "owner name", "qualifier name", "label"}


NUMBERS = {"count": 1, "type": 3, "precision": 7, "scale": 2, "nullable": 2, "unsigned": 0,
           "money": 0, "updatable": 0, "auto increment": 0, "case sensitive": 0}


def col_attributes(column: int, attribute: str):
    def call(s: Scene) -> int:
        s.out, s.length, s.number = s.room(60), ctypes.c_short(-7), ctypes.c_ssize_t(-7)
        return s.on("SQLColAttributes", column, ATTRIBUTES[attribute], s.out, s.bytes_of(60),
                    ctypes.byref(s.length), ctypes.byref(s.number))
    return call


@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_sqlcolattributes(scene) -> None:
    scene.prepared("SELECT CAST(1.5 AS decimal(7,2)) AS dec")
    for name in ATTRIBUTES:
        scene.statement.check(col_attributes(1, name)(scene))
        if name in TEXTS:
            wanted = {"name": "dec", "label": "dec", "type name": "decimal"}.get(name, "")
            assert scene.text_in(scene.out) == wanted, name
        else:
            assert scene.number.value == NUMBERS.get(name, scene.number.value), name
            assert scene.number.value != -7, name


@table(
    refused("behind the last column", "07009", lambda s: col_attributes(2, "name")(s.prepared())),
    refused("nothing done yet", "HY010", col_attributes(1, "name"), manager=True, alone=None),
    Case("no handle", lambda s: s.call("SQLColAttributes", None, 1, 1, None, 0, None, None),
         INVALID_HANDLE),
)
def test_sqlcolattributes_refused(scene, case) -> None:
    run(scene, case)


# ---- options --------------------------------------------------------------------------------

QUERY_TIMEOUT, MAX_ROWS, NOSCAN, MAX_LENGTH, ASYNC_ENABLE, BIND_TYPE = 0, 1, 2, 3, 4, 5
CURSOR_TYPE, CONCURRENCY, KEYSET_SIZE, ROWSET_SIZE, SIMULATE_CURSOR, RETRIEVE_DATA = 6, 7, 8, 9, 10, 11
USE_BOOKMARKS, GET_BOOKMARK, ROW_NUMBER = 12, 13, 14


def set_option(option: int, value: int):
    def call(s: Scene) -> int:
        s.value = value
        return s.on("SQLSetStmtOption", option, value)
    return call


@table(
    Case("0", set_option(QUERY_TIMEOUT, 7)),
    Case("1", set_option(MAX_ROWS, 12)),
    Case("2", set_option(NOSCAN, 1)),
    Case("3", set_option(MAX_LENGTH, 100)),
    Case("4", set_option(ASYNC_ENABLE, 1)),
    Case("5", set_option(BIND_TYPE, 64)),
    Case("9", set_option(ROWSET_SIZE, 10)),
    Case("11", set_option(RETRIEVE_DATA, 0)),
    refused("no such option", "HY092", set_option(2471, 1)),
    refused("with a bad value", "HY024", set_option(NOSCAN, 7), manager=True, alone=None),
    Case("no handle", lambda s: odbc.call("SQLSetStmtOption", None, 1, 1), INVALID_HANDLE),
)
def test_sqlsetstmtoption(scene, case) -> None:
    """What was set reads back by SQLGetStmtOption."""
    run(scene, case)
    if case.name.isdigit():
        value = ctypes.c_size_t(0)
        scene.statement.check(scene.on("SQLGetStmtOption", int(case.name), ctypes.byref(value)))
        assert value.value == scene.value


def get_option(option: int, prepare=lambda s: s):
    def call(s: Scene) -> int:
        s.out = ctypes.c_size_t(0)
        return prepare(s).on("SQLGetStmtOption", option, ctypes.byref(s.out))
    return call


@table(
    *(Case(str(option), get_option(option)) for option in range(13)),
    Case("row number", get_option(ROW_NUMBER, Scene.on_row)),
    refused("no such option", "HY092", get_option(2471)),
    Case("no handle", lambda s: odbc.call("SQLGetStmtOption", None, 1, None), INVALID_HANDLE),
)
def test_sqlgetstmtoption(scene, case) -> None:
    run(scene, case)
    if case.name == "row number":
        assert scene.out.value == 1


def connect_option(option: int, value: Any):
    return lambda s: s.call("SQLSetConnectOption", s.connection.value, option, value)


@table(
    Case("login time-out", connect_option(103, 0)),
    Case("autocommit", connect_option(102, 1)),
    Case("read and write", connect_option(101, 0)),
    Case("catalog", connect_option(109, "AwsDataCatalog")),
    warned("isolation", "01S02", connect_option(108, 8), handle="connection"),
    refused("translation", "HYC00", connect_option(107, 1), handle="connection"),
    refused("no such option", "HY092", connect_option(2471, 1), handle="connection"),
    Case("no handle", lambda s: s.call("SQLSetConnectOption", None, 102, 1), INVALID_HANDLE),
)
def test_sqlsetconnectoption(scene, case) -> None:
    run(scene, case)


def get_connect_option(option: int):
    def call(s: Scene) -> int:
        s.out = s.room(400)
        return s.call("SQLGetConnectOption", s.connection.value, option, s.out)
    return call


@table(
    Case("access mode", get_connect_option(101)),
    Case("autocommit", get_connect_option(102)),
    Case("catalog", get_connect_option(109)),
    refused("no such option", "HY092", get_connect_option(2471), handle="connection"),
    Case("no handle", lambda s: s.call("SQLGetConnectOption", None, 102, None), INVALID_HANDLE),
)
def test_sqlgetconnectoption(scene, case) -> None:
    run(scene, case)
    if case.name == "catalog":
        assert scene.text_in(scene.out) == "AwsDataCatalog"


# ---- cursors and parameters -----------------------------------------------------------------


def scroll_options(concurrency: int, keyset: int, rowset: int, prepare=lambda s: s):
    return lambda s: odbc.call("SQLSetScrollOptions", prepare(s).statement.value, concurrency,
                               keyset, rowset)


FORWARD_ONLY, KEYSET_DRIVEN, DYNAMIC, STATIC = 0, -1, -2, -3


@table(
    Case("forward only", scroll_options(1, FORWARD_ONLY, 5)),
    Case("static", scroll_options(1, STATIC, 5)),
    refused("to lock", "HYC00", scroll_options(2, FORWARD_ONLY, 5), manager=True, alone=None),
    refused("keyset", "HYC00", scroll_options(1, KEYSET_DRIVEN, 5), manager=True, alone=None),
    refused("dynamic", "HYC00", scroll_options(1, DYNAMIC, 5), manager=True, alone=None),
    refused("no such keyset", "HY107", scroll_options(1, -77, 5), manager=True, alone=None),
    refused("no rowset", "HY107", scroll_options(1, FORWARD_ONLY, 0), manager=True, alone=None),
    refused("no such concurrency", "HY108", scroll_options(77, FORWARD_ONLY, 5), manager=True, alone=None,
            odbc2="S1108"),
    refused("prepared", "HY010", scroll_options(1, FORWARD_ONLY, 5, Scene.prepared), manager=True, alone=None),
    Case("no handle", lambda s: odbc.call("SQLSetScrollOptions", None, 1, 0, 1), INVALID_HANDLE),
)
def test_sqlsetscrolloptions(scene, case) -> None:
    run(scene, case)
    if case.name in ("forward only", "static"):
        assert scene.statement.get(ROWSET_SIZE) == 5
        assert scene.statement.get(CURSOR_TYPE) == (3 if case.name == "static" else 0)


def param_options(sets: int):
    def call(s: Scene) -> int:
        s.done = ctypes.c_size_t(77)
        return odbc.call("SQLParamOptions", s.statement.value, sets, ctypes.byref(s.done))
    return call


@table(Case("1 set", param_options(1)), Case("3 sets", param_options(3)))
def test_sqlparamoptions(scene, case) -> None:
    """How many sets, and where it stands which is processed."""
    run(scene, case)
    s = scene.statement
    assert s.get(odbc.ATTR_PARAMSET_SIZE) == int(case.name[0])
    assert s.get(odbc.ATTR_PARAMS_PROCESSED_PTR) == ctypes.addressof(scene.done)


@table(refused("no set", "HY107", lambda s: odbc.call("SQLParamOptions", s.statement.value, 0, None),
               manager=True, alone=None))
def test_sqlparamoptions_refused(scene, case) -> None:
    run(scene, case)


@pytest.mark.parametrize("function", ["SQLSetParam", "SQLBindParam"])
@pytest.mark.parametrize("scene", WORLDS, indirect=True)
def test_sqlsetparam(scene, function: str) -> None:
    """Binding in the ways of ODBC 1 and of ISO."""
    s = scene.statement
    value, length = ctypes.create_string_buffer("ř".encode()), ctypes.c_ssize_t(NTS)
    s.check(odbc.call(function, s.value, 1, odbc.C_CHAR, odbc.VARCHAR, 10, 0, value,
                      ctypes.byref(length)))
    s.check(scene.on("SQLExecDirect", "SELECT ? || 'x'", NTS))
    s.check(s.fetch())
    assert s.text(1, scene.wide) == "řx"
