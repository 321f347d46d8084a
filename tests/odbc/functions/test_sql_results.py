"""What is asked of a result: columns, binding, fetching, SQLGetData. Entry checks and states."""

from __future__ import annotations

import ctypes
from typing import Any

import odbc
import pytest
from calls import V2, V3, V38, Case, Scene, refused, run, table, warned, worlds
from odbc import ERROR, INVALID_HANDLE, NO_DATA, NTS, SUCCESS

BOOKMARK = 0
FIRST, LAST, PRIOR, NEXT = 2, 3, 4, 1


def end(scene: Scene) -> None:
    scene.statement.cancel()


def states(call, function: str, **more: Any) -> tuple[Case, ...]:
    """What every function on a result says without one; all but the last by the manager."""
    return (
        refused("nothing done yet", "HY010", call, manager=True, **more),
        refused("while data is waited for", "HY010", lambda s: call(s.waiting_for_data()),
                manager=True, **more),
        Case("no handle", lambda s: s.call(function, None, 1, None, 0, None, None, None, None,
                                           None), INVALID_HANDLE, **more),
    )


# ---- SQLNumResultCols, SQLDescribeCol, SQLColAttribute --------------------------------------


def number(s: Scene) -> int:
    s.count = ctypes.c_short(-7)
    return s.on("SQLNumResultCols", ctypes.byref(s.count))


@table(
    Case("19 of SQLGetTypeInfo", lambda s: number(s.with_cursor())),
    Case("1 prepared", lambda s: number(s.prepared())),
    Case("0 without result", lambda s: number(s.executed())),
    Case("null pointer", lambda s: s.with_cursor().on("SQLNumResultCols", None)),
    *states(number, "SQLNumResultCols"),
)
def test_sqlnumresultcols(scene, case) -> None:
    run(scene, case)
    if case.name[0].isdigit():
        assert scene.count.value == int(case.name.split()[0])
    end(scene)


def describe(column: int = 1, room: int = 40):
    def call(s: Scene) -> int:
        s.out, s.length = s.room(40), ctypes.c_short(-7)
        s.type, s.size = ctypes.c_short(-7), ctypes.c_size_t(77)
        return s.on("SQLDescribeCol", column, s.out, room, ctypes.byref(s.length),
                    ctypes.byref(s.type), ctypes.byref(s.size), None, None)
    return call


@table(
    Case("a column", lambda s: describe()(s.with_cursor())),
    Case("of a prepared query", lambda s: describe()(s.prepared("SELECT 1 AS one"))),
    Case("nothing asked", lambda s: s.with_cursor().on("SQLDescribeCol", 1, None, 0, None, None,
                                                       None, None, None)),
    warned("cut name", "01004", lambda s: describe(room=4)(s.with_cursor())),
    refused("column 0, bookmarks off", "07009", lambda s: describe(0)(s.with_cursor()),
            manager=True),
    refused("column behind the last", "07009", lambda s: describe(99)(s.with_cursor())),
    refused("negative room", "HY090", lambda s: describe(room=-1)(s.with_cursor()), manager=True),
    refused("executed without result", "07005", lambda s: describe()(s.executed())),
    refused("prepared without result", "07005",
            lambda s: describe()(s.prepared("DROP TABLE IF EXISTS nowhere"))),
    *states(describe(), "SQLDescribeCol"),
)
def test_sqldescribecol(scene, case) -> None:
    run(scene, case)
    if case.name in ("a column", "cut name"):
        assert scene.length.value == len("TYPE_NAME")
        assert scene.text_in(scene.out) == ("TYPE_NAME" if case.name == "a column" else "TYP")
    end(scene)


NAME, COUNT, OCTET_LENGTH = 1011, 1001, 1013


def attribute(column: int = 1, field: int = NAME, room: int = 40):
    def call(s: Scene) -> int:
        s.out, s.length, s.number = s.room(40), ctypes.c_short(-7), ctypes.c_ssize_t(-77)
        return s.on("SQLColAttribute", column, field, s.out, s.bytes_of(room),
                    ctypes.byref(s.length), ctypes.byref(s.number))
    return call


@table(
    Case("a text", lambda s: attribute()(s.with_cursor())),
    Case("a number", lambda s: attribute(field=OCTET_LENGTH)(s.with_cursor())),
    Case("count, for which the column does not matter", lambda s: attribute(0, COUNT)(
        s.with_cursor())),
    Case("of a prepared query", lambda s: attribute()(s.prepared("SELECT 1 AS one"))),
    warned("cut text", "01004", lambda s: attribute(room=4)(s.with_cursor())),
    refused("column behind the last", "07009", lambda s: attribute(99)(s.with_cursor())),
    refused("no such field", "HY091", lambda s: attribute(field=24711)(s.with_cursor())),
    refused("executed without result", "07005", lambda s: attribute()(s.executed())),
    *states(attribute(), "SQLColAttribute"),
)
def test_sqlcolattribute(scene, case) -> None:
    """Texts are counted in bytes, the W call's too."""
    run(scene, case)
    if case.name in ("a text", "cut text"):
        assert scene.length.value == scene.bytes_of(len("TYPE_NAME"))
        assert scene.text_in(scene.out) == ("TYPE_NAME" if case.name == "a text" else "TYP")
    if case.name.startswith("count"):
        assert scene.number.value == 19
    end(scene)


@pytest.mark.parametrize("scene", worlds(), indirect=True)
def test_lengths_beyond_ascii(scene) -> None:
    """Bytes of UTF-8; units of UTF-16 or, for SQLColAttributeW, their bytes. Characters are whole."""
    name, s = "řeka 🐎 jede", scene.statement
    sql = f'SELECT \'🐎\' AS "{name}"'
    units = len(sql.encode("utf-16-le")) // 2 if scene.wide else len(sql.encode())
    whole = len(name.encode("utf-16-le")) // 2 if scene.wide else len(name.encode())
    s.check(scene.on("SQLExecDirect", sql + " and more", units))
    s.check(describe(room=40)(scene))
    assert (scene.text_in(scene.out), scene.length.value) == (name, whole)
    s.check(attribute(room=40)(scene))
    assert (scene.text_in(scene.out), scene.length.value) == (name, scene.bytes_of(whole))
    # the last place would hold half of the horse
    room = 7 if scene.wide else 9
    s.check(describe(room=room)(scene), odbc.INFO)
    assert scene.text_in(scene.out) == "řeka "
    s.check(attribute(room=room)(scene), odbc.INFO)
    assert scene.text_in(scene.out) == "řeka "
    s.check(s.fetch())
    assert s.text(1, scene.wide) == "🐎"


# ---- SQLBindCol -----------------------------------------------------------------------------


def bind(column: int = 1, c_type: int = odbc.C_CHAR, room: int = 10):
    def call(s: Scene) -> int:
        s.out, s.length = s.room(40), ctypes.c_ssize_t(-77)
        return odbc.call("SQLBindCol", s.statement.value, column, c_type, s.out, room,
                         ctypes.byref(s.length))
    return call


@table(
    Case("before executing", bind()),
    Case("with a cursor", lambda s: bind()(s.with_cursor())),
    Case("a column that there is not (yet)", bind(99)),
    Case("unbound", lambda s: bind()(s) or odbc.call("SQLBindCol", s.statement.value, 1,
                                                     odbc.C_CHAR, None, 0, None)),
    *(Case(f"C type {t}", bind(c_type=t)) for t in (
        odbc.C_WCHAR, odbc.C_SLONG, odbc.C_SBIGINT, odbc.C_DOUBLE, odbc.C_BIT, odbc.C_BINARY,
        odbc.C_DEFAULT, odbc.C_NUMERIC, odbc.C_GUID, 9, 10, 11, odbc.C_TYPE_DATE, 101, 113)),
    refused("no such C type", "HY003", bind(c_type=4711), manager=True),
    refused("negative room", "HY090", bind(room=-1), manager=True),
    refused("bookmark, bookmarks off", "07009", bind(0)),
    refused("while data is waited for", "HY010", lambda s: bind()(s.waiting_for_data()),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLBindCol", None, 1, 1, None, 0, None),
         INVALID_HANDLE),
)
def test_sqlbindcol(scene, case) -> None:
    run(scene, case)
    end(scene)


# ---- SQLFetch, SQLFetchScroll, SQLExtendedFetch ---------------------------------------------


def fetch(s: Scene) -> int:
    return odbc.call("SQLFetch", s.statement.value)


def scroll(orientation: int, offset: int = 0):
    return lambda s: odbc.call("SQLFetchScroll", s.statement.value, orientation, offset)


def to_the_end(s: Scene) -> Scene:
    s.with_cursor()
    while s.statement.fetch() == SUCCESS:
        pass
    return s


FETCH_CASES = (
    Case("a row", lambda s: fetch(s.with_cursor())),
    Case("behind the end", lambda s: fetch(to_the_end(s)), NO_DATA),
    refused("prepared", "HY010", lambda s: fetch(s.prepared()), manager=True),
    refused("executed without result", "24000", lambda s: fetch(s.executed())),
    *states(fetch, "SQLFetch"),
)


@table(*FETCH_CASES)
def test_sqlfetch(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(
    Case("next", lambda s: scroll(NEXT)(s.with_cursor())),
    Case("next behind the end", lambda s: scroll(NEXT)(to_the_end(s)), NO_DATA),
    refused("no such orientation", "HY106", lambda s: scroll(77)(s.with_cursor()), manager=True),
    refused("back, forward only", "HY106", lambda s: scroll(PRIOR)(s.with_cursor())),
    refused("prepared", "HY010", lambda s: scroll(NEXT)(s.prepared()), manager=True),
    refused("executed without result", "24000", lambda s: scroll(NEXT)(s.executed())),
    *states(scroll(NEXT), "SQLFetchScroll"),
)
def test_sqlfetchscroll(scene, case) -> None:
    run(scene, case)
    end(scene)


def extended(orientation: int = NEXT):
    def call(s: Scene) -> int:
        s.rows, s.status = ctypes.c_size_t(77), (ctypes.c_ushort * 4)(7, 7, 7, 7)
        return odbc.call("SQLExtendedFetch", s.statement.value, orientation, 0,
                         ctypes.byref(s.rows), s.status)
    return call


@table(
    Case("a row", lambda s: extended()(s.with_cursor())),
    Case("behind the end", lambda s: extended()(to_the_end_extended(s)), NO_DATA),
    refused("after SQLFetch", "HY010", lambda s: extended()(s.on_row()), manager=True,
            alone=None),
    refused("no such orientation", "HY106", lambda s: extended(77)(s.with_cursor()),
            manager=True),
    refused("executed without result", "24000", lambda s: extended()(s.executed())),
    *states(extended(), "SQLExtendedFetch"),
)
def test_sqlextendedfetch(scene, case) -> None:
    run(scene, case)
    if case.name == "a row":
        assert (scene.rows.value, scene.status[0]) == (1, odbc.ROW_SUCCESS)
    end(scene)


def to_the_end_extended(s: Scene) -> Scene:
    s.with_cursor()
    while extended()(s) == SUCCESS:
        pass
    return s


# ---- SQLGetData -----------------------------------------------------------------------------


def get_data(column: int = 1, c_type: int = odbc.C_CHAR, room: int = 40):
    def call(s: Scene) -> int:
        s.out, s.length = s.room(40), ctypes.c_ssize_t(-77)
        return odbc.call("SQLGetData", s.statement.value, column, c_type, s.out, room,
                         ctypes.byref(s.length))
    return call


@table(
    Case("a text", lambda s: get_data()(s.on_row())),
    Case("a second time", lambda s: get_data()(s.on_row()) or get_data()(s), NO_DATA),
    Case("by default type", lambda s: get_data(2, odbc.C_DEFAULT)(s.on_row())),
    Case("NULL", lambda s: get_data(6)(s.on_row())),
    warned("cut", "01004", lambda s: get_data(room=3)(s.on_row())),
    refused("NULL without indicator", "22002", lambda s: odbc.call(
        "SQLGetData", s.on_row().statement.value, 6, odbc.C_CHAR, s.room(9), 9, None)),
    refused("null pointer", "HY009", lambda s: odbc.call(
        "SQLGetData", s.on_row().statement.value, 1, odbc.C_CHAR, None, 9, None), manager=True),
    refused("negative room", "HY090", lambda s: get_data(room=-1)(s.on_row()), manager=True),
    refused("no such C type", "HY003", lambda s: get_data(c_type=4711)(s.on_row()), manager=True),
    refused("a C type that a name cannot become", "07006",
            lambda s: get_data(2, odbc.C_GUID)(s.on_row())),
    refused("a number of a name", "22018", lambda s: get_data(1, odbc.C_SLONG)(s.on_row())),
    refused("column behind the last", "07009", lambda s: get_data(99)(s.on_row())),
    refused("bookmark, bookmarks off", "07009", lambda s: get_data(0)(s.on_row()), manager=True),
    refused("before fetching", "24000", lambda s: get_data()(s.with_cursor()), manager=True),
    refused("behind the end", "24000", lambda s: get_data()(to_the_end(s)), manager=True),
    refused("executed without result", "24000", lambda s: get_data()(s.executed()), manager=True),
    *states(get_data(), "SQLGetData"),
)
def test_sqlgetdata(scene, case) -> None:
    run(scene, case)
    end(scene)


# ---- SQLSetPos, SQLBulkOperations -----------------------------------------------------------


def set_pos(row: int = 1, operation: int = 0, lock: int = 0):
    return lambda s: odbc.call("SQLSetPos", s.statement.value, row, operation, lock)


@table(
    Case("position", lambda s: set_pos()(s.on_row())),
    refused("a row that is not in the rowset", "HY107", lambda s: set_pos(2)(s.on_row())),
    refused("no such operation", "HY092", lambda s: set_pos(operation=77)(s.on_row()),
            manager=True),
    refused("no such lock", "HY092", lambda s: set_pos(lock=77)(s.on_row()), manager=True),
    refused("lock", "HYC00", lambda s: set_pos(lock=1)(s.on_row())),
    refused("update", "HY092", lambda s: set_pos(operation=2)(s.on_row())),
    refused("delete", "HY092", lambda s: set_pos(operation=3)(s.on_row())),
    refused("before fetching", "24000", lambda s: set_pos()(s.with_cursor()), manager=True),
    refused("executed without result", "24000", lambda s: set_pos()(s.executed()), manager=True),
    *states(set_pos(), "SQLSetPos"),
)
def test_sqlsetpos(scene, case) -> None:
    run(scene, case)
    end(scene)


def bulk(operation: int = 4):
    return lambda s: odbc.call("SQLBulkOperations", s.statement.value, operation)


@table(
    refused("insert", "HYC00", lambda s: bulk()(s.on_row()), versions=(V3, V38)),
    refused("no such operation", "HY092", lambda s: bulk(77)(s.on_row()), versions=(V3, V38)),
    *states(bulk(), "SQLBulkOperations", versions=(V3, V38)),
)
def test_sqlbulkoperations(scene, case) -> None:
    run(scene, case)
    end(scene)
