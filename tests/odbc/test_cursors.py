"""Scrollable cursors: what SQLFetchScroll and SQLExtendedFetch give, from any place to any other.

What they must give is written down twice: as a table of cases, and as a model (cursors.py), which
random walks are compared with.
"""

from __future__ import annotations

import ctypes
import random
from collections.abc import Callable
from dataclasses import dataclass

import odbc
import pytest
from cursors import LENGTH, NAMES, NUMBERS, Model, Rowset, numbers, row_number, run, scrollable
from odbc import (ERROR, FETCH_ABSOLUTE, FETCH_BOOKMARK, FETCH_FIRST, FETCH_LAST, FETCH_NEXT,
                  FETCH_PRIOR, FETCH_RELATIVE, INFO, NO_DATA, ROW_ERROR, ROW_NOROW, ROW_SUCCESS,
                  SUCCESS)

# ---- the rules ----------------------------------------------------------------------------------

# total rows, then fetches: (orientation, offset, rowset size) -> (return code, rows, SQLSTATE)
N, P, F, L, A, R = FETCH_NEXT, FETCH_PRIOR, FETCH_FIRST, FETCH_LAST, FETCH_ABSOLUTE, FETCH_RELATIVE
WALKS = {
    "to the end and back": (7, [
        (N, 0, 3, SUCCESS, [1, 2, 3], ""), (N, 0, 3, SUCCESS, [4, 5, 6], ""),
        (N, 0, 3, SUCCESS, [7], ""), (N, 0, 3, NO_DATA, [], ""), (N, 0, 3, NO_DATA, [], ""),
        (P, 0, 3, SUCCESS, [5, 6, 7], ""), (P, 0, 3, SUCCESS, [2, 3, 4], ""),
        (P, 0, 3, INFO, [1, 2, 3], "01S06"), (P, 0, 3, NO_DATA, [], ""),
        (P, 0, 3, NO_DATA, [], ""), (N, 0, 3, SUCCESS, [1, 2, 3], "")]),
    "the rowset size changes": (20, [
        (N, 0, 2, SUCCESS, [1, 2], ""), (N, 0, 5, SUCCESS, [3, 4, 5, 6, 7], ""),
        (N, 0, 1, SUCCESS, [8], ""), (P, 0, 4, SUCCESS, [4, 5, 6, 7], ""),
        (P, 0, 5, INFO, [1, 2, 3, 4, 5], "01S06"), (N, 0, 1, SUCCESS, [6], "")]),
    "absolute": (10, [
        (A, 4, 3, SUCCESS, [4, 5, 6], ""), (A, -1, 3, SUCCESS, [10], ""),
        (A, -10, 3, SUCCESS, [1, 2, 3], ""), (A, -11, 3, NO_DATA, [], ""),
        (A, 10, 3, SUCCESS, [10], ""), (A, 11, 3, NO_DATA, [], ""), (A, 0, 3, NO_DATA, [], ""),
        (N, 0, 3, SUCCESS, [1, 2, 3], ""), (A, -12, 12, INFO, list(range(1, 11)), "01S06"),
        (A, 2**62, 3, NO_DATA, [], ""), (A, -2**62, 3, NO_DATA, [], "")]),
    "relative": (10, [
        (R, 0, 3, NO_DATA, [], ""), (R, 2, 3, SUCCESS, [2, 3, 4], ""),
        (R, 5, 3, SUCCESS, [7, 8, 9], ""), (R, 0, 3, SUCCESS, [7, 8, 9], ""),
        (R, -5, 3, SUCCESS, [2, 3, 4], ""), (R, -2, 3, INFO, [1, 2, 3], "01S06"),
        (R, -1, 3, NO_DATA, [], ""), (R, -1, 3, NO_DATA, [], ""), (R, 3, 3, SUCCESS, [3, 4, 5], ""),
        (R, -4, 3, NO_DATA, [], ""), (R, 10, 3, SUCCESS, [10], ""), (R, 1, 3, NO_DATA, [], ""),
        (R, 5, 3, NO_DATA, [], ""), (R, -2, 3, SUCCESS, [9, 10], "")]),
    "first and last": (5, [
        (L, 0, 2, SUCCESS, [4, 5], ""), (F, 0, 2, SUCCESS, [1, 2], ""),
        (L, 0, 5, SUCCESS, [1, 2, 3, 4, 5], ""), (L, 0, 9, SUCCESS, [1, 2, 3, 4, 5], ""),
        (N, 0, 9, NO_DATA, [], ""), (P, 0, 9, INFO, [1, 2, 3, 4, 5], "01S06"),
        (F, 0, 1, SUCCESS, [1], ""), (P, 0, 1, NO_DATA, [], "")]),
    "no rows": (0, [
        (F, 0, 2, NO_DATA, [], ""), (L, 0, 2, NO_DATA, [], ""), (N, 0, 2, NO_DATA, [], ""),
        (P, 0, 2, NO_DATA, [], ""), (A, 1, 2, NO_DATA, [], ""), (A, -1, 2, NO_DATA, [], ""),
        (R, 1, 2, NO_DATA, [], "")]),
}


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("total, walk", WALKS.values(), ids=WALKS.keys())
def test_walks(connection, total: int, walk: list[tuple], is_async: bool) -> None:
    s = scrollable(connection, is_async)
    rowset, model = Rowset(s, 16), Model(total)
    rowset.bind()
    run(s, numbers(total))
    for step, (orientation, offset, size, rc, rows, state) in enumerate(walk):
        case = f"step {step}: {NAMES[orientation]} {offset}"
        rowset.size(size)
        assert s.poll(lambda o=orientation, x=offset: s.fetch_scroll(o, x)) == rc, case
        assert rowset.rows() == rows, case
        assert s.states() == ([state] if state else []), case
        assert list(rowset.status[len(rows):size]) == [ROW_NOROW] * (size - len(rows)), case
        if rows:
            assert row_number(s) == rows[0], case
        wanted = model.fetch(orientation, offset, size)
        assert (wanted.rc, wanted.rows, wanted.state) == (rc, rows, state), f"the model, {case}"
    s.check(s.free())


@dataclass
class Source:
    """A result from one of the places that rows come from, with its two columns as text."""

    open: Callable[[odbc.Statement], int]
    columns: tuple[int, int]
    options: dict[str, str]


SOURCES = {
    "file": Source(lambda s: s.execute(NUMBERS.format(2500)), (1, 2), {"ResultFetcher": "S3"}),
    "small file": Source(lambda s: s.execute(NUMBERS.format(37)), (1, 2), {"ResultFetcher": "S3"}),
    "pages": Source(lambda s: s.execute(NUMBERS.format(2500)), (1, 2),
                    {"ResultFetcher": "GetQueryResults"}),
    "one page": Source(lambda s: s.execute(NUMBERS.format(37)), (1, 2), {}),
    "one row": Source(lambda s: s.execute(NUMBERS.format(1)), (1, 2), {}),
    "catalog": Source(lambda s: odbc.lib.SQLColumns(s.value, None, 0, b"sample", odbc.NTS,
                                                    b"taxi_trips", odbc.NTS, None, 0), (4, 17), {}),
    "catalog in memory": Source(lambda s: odbc.lib.SQLGetTypeInfo(s.value, 0), (1, 2), {}),
}


def read_all(s: odbc.Statement, source: Source) -> list[tuple]:
    s.check(s.poll(lambda: source.open(s)))
    found = []
    while s.check(s.poll(s.fetch), SUCCESS, INFO, NO_DATA) != NO_DATA:
        found.append(tuple(s.text(c) for c in source.columns))
    s.check(s.close())
    return found


def random_step(chance: random.Random, last: int) -> tuple[int, int, int]:
    orientation = chance.choice([N, N, N, P, P, F, L, A, A, R, R])
    near = chance.choice([1, 5, last // 3 + 1, last + 3, 2 * last + 3])
    return orientation, chance.randint(-near, near), chance.choice([1, 1, 2, 7, 40, 300])


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("name", SOURCES)
def test_random_walks(connect, name: str, seed: int, is_async: bool) -> None:
    """Every source, any order: the model's rows, the values that a forward-only cursor reads."""
    source, chance = SOURCES[name], random.Random(f"{name} {seed}")
    connection = connect(wide=seed % 2 == 1, **source.options)
    plain = odbc.Statement(connection)
    values = read_all(plain, source)
    s = scrollable(connection, is_async)
    model, buffers = Model(len(values)), [(ctypes.c_char * 64 * 300)() for _ in source.columns]
    status, fetched = (ctypes.c_ushort * 300)(), ctypes.c_size_t()
    lengths = (LENGTH * 300)()
    s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(status)))
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
    for column, buffer in zip(source.columns, buffers):
        s.check(s.bind(column, odbc.C_CHAR, buffer, 64, lengths))
    s.check(s.poll(lambda: source.open(s)))
    for step in range(120):
        orientation, offset, size = random_step(chance, len(values))
        case = f"step {step}: {NAMES[orientation]} {offset}, {size} rows"
        s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, size))
        wanted = model.fetch(orientation, offset, size)
        if orientation == N and step % 3 == 0:
            rc = s.poll(s.fetch)
        else:
            rc = s.poll(lambda o=orientation, x=offset: s.fetch_scroll(o, x))
        assert rc == wanted.rc, case
        assert fetched.value == len(wanted.rows), case
        for i, row in enumerate(wanted.rows):
            assert (buffers[0][i].value.decode(), buffers[1][i].value.decode()) == tuple(
                v or "" for v in values[row - 1]), f"{case}, row {row}"
        if wanted.rows:
            assert row_number(s) == wanted.rows[0], case
            at = chance.randrange(len(wanted.rows))
            s.check(s.set_pos(at + 1))
            assert tuple(s.text(c) for c in source.columns) == values[wanted.rows[at] - 1], case
            assert row_number(s) == wanted.rows[at], case
        else:
            assert s.get_data(1)[0] == ERROR and s.states() == ["24000"], case
    s.check(s.free())
    plain.check(plain.free())


# ---- attributes and refusals --------------------------------------------------------------------

TYPE, SCROLLABLE, SENSITIVITY = (odbc.ATTR_CURSOR_TYPE, odbc.ATTR_CURSOR_SCROLLABLE,
                                 odbc.ATTR_CURSOR_SENSITIVITY)


@pytest.mark.parametrize("attribute, value, state, then", [
    (TYPE, odbc.CURSOR_STATIC, None, 3), (TYPE, odbc.CURSOR_KEYSET_DRIVEN, "01S02", 3),
    (TYPE, odbc.CURSOR_DYNAMIC, "01S02", 3), (SCROLLABLE, 1, None, 1), (SENSITIVITY, 1, None, 1),
])
def test_ways_to_a_scrollable_cursor(statement, attribute: int, value: int, state: str | None,
                                     then: int) -> None:
    s = statement
    s.check(s.set(attribute, value), INFO if state else SUCCESS)
    assert s.states() == ([state] if state else [])
    assert s.get(attribute) == then
    assert (s.get(TYPE), s.get(SCROLLABLE)) == (odbc.CURSOR_STATIC, 1)
    s.check(s.execute(NUMBERS.format(9)))
    s.check(s.fetch_scroll(FETCH_LAST))
    assert s.text(1) == "9"


def test_the_connection_s_cursor(connect) -> None:
    """ODBC 2's SQLSetConnectOption: for all statements that come later."""
    connection = connect()
    connection.check(connection.set(TYPE, odbc.CURSOR_KEYSET_DRIVEN), INFO)
    assert connection.states() == ["01S02"]
    connection.check(connection.set(odbc.ATTR_USE_BOOKMARKS, odbc.UB_FIXED))
    s = odbc.Statement(connection)
    run(s, NUMBERS.format(9))
    s.check(s.fetch_scroll(FETCH_LAST))
    assert s.text(1) == "9"
    assert int.from_bytes(s.get_data(0, odbc.C_DEFAULT, 8)[1], "little") == 9
    s.check(s.free())


@pytest.mark.parametrize("attribute, value, state", [
    (odbc.ATTR_CONCURRENCY, 2, "01S02"), (8, 100, "01S02"), (SENSITIVITY, 2, "01S02"),
    (10, 2, "01S02")])
def test_what_there_is_not_is_replaced(statement, attribute: int, value: int, state: str) -> None:
    before = statement.get(attribute)
    statement.check(statement.set(attribute, value), INFO)
    assert statement.states() == [state]
    assert statement.get(attribute) == before


@pytest.mark.parametrize("orientation", [P, F, L, A, R])
def test_a_forward_only_cursor_goes_forward_only(statement, orientation: int) -> None:
    s = statement
    s.check(s.execute(NUMBERS.format(3)))
    assert s.fetch_scroll(orientation, 1) == ERROR
    assert s.states() == ["HY106"]
    s.check(s.fetch_scroll(N))
    assert s.text(1) == "1"


def test_cursor_attributes_are_for_the_next_cursor(statement) -> None:
    s = statement
    s.check(s.execute(NUMBERS.format(3)))
    for attribute in (TYPE, SCROLLABLE, SENSITIVITY, odbc.ATTR_USE_BOOKMARKS):
        assert s.set(attribute, 1) == ERROR
        assert s.states() == ["24000"]
    s.check(s.close())


INFOS = {  # SQLGetInfo's type -> value
    44: 0x01 | 0x10,  # SQL_SCROLL_OPTIONS: forward only, static
    8: 0xbf,  # SQL_FETCH_DIRECTION: all
    79: 0x01 | 0x02,  # SQL_POS_OPERATIONS: position, refresh
    83: 0,  # SQL_STATIC_SENSITIVITY
    144: 0, 145: 0, 150: 0, 151: 0,  # dynamic, keyset driven
    146: 0x01 | 0x40 | 0x200 | 0x1000,  # forward only: next, no lock, position, refresh
    167: 0x01 | 0x02 | 0x04 | 0x08 | 0x40 | 0x200 | 0x1000 | 0x80000,  # static
    10001: 1,  # SQL_CURSOR_SENSITIVITY: insensitive
}


def test_what_is_claimed(connection) -> None:
    def number(which: int) -> int:
        value = ctypes.c_uint32(0xdeadbeef)
        connection.check(odbc.lib.SQLGetInfo(connection.value, which, ctypes.byref(value), 4, None))
        return value.value

    for which, value in INFOS.items():
        if value is not None:
            assert number(which) == value, which
    assert number(82) != 0, "bookmarks live as long as their cursor"
    supported = ctypes.c_ushort()
    for function in (24, 59, 68, 1021):  # SQLBulkOperations, ExtendedFetch, SetPos, FetchScroll
        connection.check(odbc.lib.SQLGetFunctions(connection.value, function,
                                                  ctypes.byref(supported)))
        assert supported.value == 1, function


# ---- bookmarks ----------------------------------------------------------------------------------

@pytest.mark.parametrize("kind, c_type", [
    (odbc.UB_VARIABLE, odbc.C_BINARY), (odbc.UB_VARIABLE, odbc.C_DEFAULT),
    (odbc.UB_FIXED, -27), (odbc.UB_FIXED, odbc.C_DEFAULT)], ids=["binary", "var", "ubigint", "fix"])
def test_bookmarks(connection, kind: int, c_type: int) -> None:
    """Read in two ways, kept, and gone back to, with an offset, from anywhere."""
    s = scrollable(connection, bookmarks=kind)
    rowset = Rowset(s, 10)
    rowset.bind()
    s.check(s.bind(0, c_type, rowset.bookmarks, 8, None))
    assert s.get(odbc.ATTR_USE_BOOKMARKS) == kind
    run(s, NUMBERS.format(200))
    rowset.size(10)
    kept = {}
    while s.check(s.fetch(), SUCCESS, NO_DATA) == SUCCESS:
        rows = rowset.rows()
        for i, row in enumerate(rows):
            kept[row] = rowset.bookmarks[i]
        s.check(s.set_pos(3))
        rc, data, length = s.get_data(0, c_type, 8)
        assert (rc, length) == (SUCCESS, 8)
        assert int.from_bytes(data, "little") == rowset.bookmarks[2]
        assert s.get_data(0, c_type, 8)[0] == NO_DATA
    assert len(set(kept.values())) == 200
    mark = ctypes.c_ulonglong()
    s.check(s.set(odbc.ATTR_FETCH_BOOKMARK_PTR, ctypes.addressof(mark)))
    model = Model(200)
    for row, offset, size in [(1, 0, 1), (77, 0, 5), (77, -3, 5), (77, 120, 5), (77, 124, 5),
                              (200, 0, 2), (200, 1, 2), (5, -4, 1), (5, -5, 1), (3, 10, 10)]:
        mark.value = kept[row]
        rowset.size(size)
        wanted = model.fetch(FETCH_BOOKMARK, offset, size, row)
        assert s.fetch_scroll(FETCH_BOOKMARK, offset) == wanted.rc
        assert rowset.rows() == wanted.rows
    for bad in (0, 201, 2**40):
        mark.value = bad
        assert s.fetch_scroll(FETCH_BOOKMARK, 0) == ERROR
        assert s.states() == ["HY111"]
    s.check(s.set(odbc.ATTR_FETCH_BOOKMARK_PTR, None))
    assert s.fetch_scroll(FETCH_BOOKMARK, 0) == ERROR
    assert s.states() == ["HY111"]
    s.check(s.free())


def test_bookmarks_that_were_not_asked_for(connection) -> None:
    s = scrollable(connection)
    mark = ctypes.c_ulonglong(1)
    assert s.bind(0, odbc.C_BINARY, ctypes.byref(mark), 8, None) == ERROR
    assert s.states() == ["07009"]
    run(s, NUMBERS.format(3))
    s.check(s.fetch())
    assert s.get_data(0, odbc.C_BINARY, 8)[0] == ERROR
    assert s.states() == ["07009"]
    assert s.fetch_scroll(FETCH_BOOKMARK, 0) == ERROR
    assert s.states() == ["HY106"]
    assert s.bulk(7) == ERROR
    assert s.states() == ["HY092"]
    s.check(s.free())


@pytest.mark.parametrize("kind", [odbc.CURSOR_STATIC, odbc.CURSOR_FORWARD_ONLY])
def test_bookmarks_alone(connection, kind: int) -> None:
    """With SQL_RD_OFF the bookmarks come, and nothing else is touched."""
    s = odbc.Statement(connection)
    s.check(s.set(TYPE, kind))
    s.check(s.set(odbc.ATTR_USE_BOOKMARKS, odbc.UB_VARIABLE))
    s.check(s.set(11, 0))  # SQL_ATTR_RETRIEVE_DATA, SQL_RD_OFF
    rowset = Rowset(s, 4, is_bookmarked=True)
    rowset.bind()
    rowset.size(4)
    run(s, NUMBERS.format(6))
    s.check(s.fetch())
    assert list(rowset.bookmarks) == [1, 2, 3, 4]
    s.check(s.fetch())
    assert (list(rowset.bookmarks[:2]), rowset.fetched.value) == ([5, 6], 2)
    assert list(rowset.numbers) == [0] * 4
    assert list(rowset.status) == [ROW_SUCCESS] * 2 + [ROW_NOROW] * 2
    s.check(s.set(11, 1))
    if kind == odbc.CURSOR_STATIC:
        s.check(s.fetch_scroll(FETCH_FIRST))
        assert rowset.rows() == [1, 2, 3, 4]
    s.check(s.free())


def test_the_bookmark_column_is_described(connection) -> None:
    for kind, sql_type in ((odbc.UB_VARIABLE, -2), (odbc.UB_FIXED, 4)):
        s = scrollable(connection, bookmarks=kind)
        run(s, NUMBERS.format(3))
        assert s.describe(0)[1:3] == (sql_type, 8)
        assert s.columns() == 2, "the bookmark is not counted"
        s.check(s.free())


def test_fetch_by_bookmark(connection) -> None:
    """Rows in the order of the bookmarks; what is excluded stays; a bad one is a row in error."""
    s = scrollable(connection, bookmarks=odbc.UB_VARIABLE)
    rowset = Rowset(s, 5, is_bookmarked=True)
    operation = (ctypes.c_ushort * 5)(0, 0, 1, 0, 0)
    rowset.bind()
    rowset.size(5)
    run(s, NUMBERS.format(50))
    s.check(s.fetch_scroll(FETCH_LAST))
    rowset.bookmarks[:] = [50, 7, 8, 1, 30]
    rowset.numbers[2] = 99
    s.check(s.set(24, ctypes.addressof(operation)))  # SQL_ATTR_ROW_OPERATION_PTR
    s.check(s.bulk(7))
    assert list(rowset.numbers) == [50, 7, 99, 1, 30]
    assert list(rowset.bookmarks) == [50, 7, 8, 1, 30]
    assert rowset.texts[4].value == b"row 30"
    assert s.get_data(1)[0] == ERROR, "the cursor is on no row"
    s.check(s.set(24, None))
    rowset.bookmarks[:] = [2, 51, 3, 4, 5]
    s.check(s.bulk(7), INFO)
    assert sorted(set(s.states())) == ["01S01", "HY111"]
    assert list(rowset.status) == [ROW_SUCCESS, ROW_ERROR] + [ROW_SUCCESS] * 3
    assert [rowset.numbers[i] for i in (0, 2, 3, 4)] == [2, 3, 4, 5]
    for other in (4, 5, 6):
        assert s.bulk(other) == ERROR
        assert s.states() == ["HYC00"]
    s.check(s.fetch_scroll(FETCH_FIRST))
    assert rowset.rows() == [1, 2, 3, 4, 5]
    s.check(s.free())


# ---- SQLSetPos ----------------------------------------------------------------------------------

POSITION, REFRESH, UPDATE, DELETE, ADD = range(5)


@pytest.mark.parametrize("kind", [odbc.CURSOR_STATIC, odbc.CURSOR_FORWARD_ONLY])
@pytest.mark.parametrize("row, operation, lock, state", [
    (4, POSITION, 0, "HY107"), (0, POSITION, 0, "HY109"), (1, UPDATE, 0, "HY092"),
    (1, DELETE, 0, "HY092"), (1, ADD, 0, "HYC00"), (1, POSITION, 1, "HYC00"),
    (1, REFRESH, 2, "HYC00"), (4, REFRESH, 0, "HY107")])
def test_set_pos_refusals(connection, kind: int, row: int, operation: int, lock: int,
                          state: str) -> None:
    s = odbc.Statement(connection)
    s.check(s.set(TYPE, kind))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 5))
    run(s, NUMBERS.format(3))
    assert s.set_pos(1) == ERROR
    assert s.states() == ["24000"]
    s.check(s.fetch())
    assert s.set_pos(row, operation, lock) == ERROR
    assert s.states() == [state]
    assert s.fetch() == NO_DATA
    s.check(s.free())


@pytest.mark.parametrize("kind", [odbc.CURSOR_STATIC, odbc.CURSOR_FORWARD_ONLY])
def test_refresh(connection, kind: int) -> None:
    s = odbc.Statement(connection)
    s.check(s.set(TYPE, kind))
    rowset, operation = Rowset(s, 4), (ctypes.c_ushort * 4)(0, 1, 0, 0)
    rowset.bind()
    rowset.size(4)
    run(s, NUMBERS.format(7))
    s.check(s.fetch())
    s.check(s.fetch())
    assert rowset.rows() == [5, 6, 7]
    rowset.numbers[:] = [0] * 4
    s.check(s.set_pos(2, REFRESH))
    assert list(rowset.numbers) == [0, 6, 0, 0]
    assert s.text(1) == "6", "the cursor is on the row"
    rowset.numbers[:] = [0] * 4
    s.check(s.set(24, ctypes.addressof(operation)))
    s.check(s.set_pos(0, REFRESH))
    assert list(rowset.numbers) == [5, 0, 7, 0]
    tiny = (ctypes.c_char * 4 * 4)()
    s.check(s.bind(2, odbc.C_CHAR, tiny, 4, None))
    s.check(s.set_pos(3, REFRESH), INFO)
    assert s.states() == ["01004"]
    assert (tiny[2].value, tiny[0].value) == (b"row", b"")
    assert rowset.status[2] == odbc.ROW_SUCCESS_WITH_INFO
    s.check(s.free())


# ---- SQLExtendedFetch ---------------------------------------------------------------------------

@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("version", [odbc.OV_ODBC2, odbc.OV_ODBC3, odbc.OV_ODBC3_80])
def test_extended_fetch(configuration, connection_string, version: int, is_async: bool) -> None:
    env = odbc.Env(version)
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string()))
    s = scrollable(connection, is_async, odbc.UB_FIXED)
    number, fetched = (ctypes.c_longlong * 8)(), ctypes.c_size_t()
    status = (ctypes.c_ushort * 8)()
    s.check(s.bind(1, odbc.C_SBIGINT, number, 8, None))
    s.check(s.set(odbc.ROWSET_SIZE, 8))
    run(s, NUMBERS.format(30))
    model, chance = Model(30), random.Random(version)
    for step in range(60):
        orientation, offset, _ = random_step(chance, 30)
        wanted = model.fetch(orientation, offset, 8)
        rc = s.poll(lambda o=orientation, x=offset: s.extended_fetch(o, x, fetched, status))
        assert rc == wanted.rc, f"step {step}: {NAMES[orientation]} {offset}"
        assert list(number[:fetched.value]) == wanted.rows
        assert list(status) == [ROW_SUCCESS] * len(wanted.rows) + [ROW_NOROW] * (
            8 - len(wanted.rows))
        if wanted.rows:
            s.check(s.set_pos(len(wanted.rows)))
            assert s.text(1) == str(wanted.rows[-1])
            assert s.get(odbc.GET_BOOKMARK) == wanted.rows[-1]
    s.check(s.poll(lambda: s.extended_fetch(FETCH_BOOKMARK, 17, fetched, None)))
    assert list(number) == list(range(17, 25))
    assert s.poll(lambda: s.extended_fetch(FETCH_BOOKMARK, 31, fetched, None)) == ERROR
    assert s.states() == ["S1111" if version == odbc.OV_ODBC2 else "HY111"]
    s.check(s.close())
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())
    env.check(env.free())


@pytest.mark.parametrize("kind", [odbc.CURSOR_STATIC, odbc.CURSOR_FORWARD_ONLY])
def test_bad_rows_of_an_extended_fetch(connection, kind: int) -> None:
    """Counted in 01S01, and no SQL_ERROR even when there are no others."""
    s, status = odbc.Statement(connection), (ctypes.c_ushort * 3)()
    small, fetched = (ctypes.c_byte * 3)(), ctypes.c_size_t()
    s.check(s.set(TYPE, kind))
    s.check(s.bind(1, odbc.C_STINYINT, small, 1, None))
    s.check(s.set(odbc.ROWSET_SIZE, 3))
    run(s, "SELECT n FROM (VALUES 1, 200, 3, 400) AS t (n)")
    s.check(s.extended_fetch(FETCH_NEXT, 0, fetched, status), INFO)
    assert sorted(s.states()) == ["01S01", "22003"]
    assert (list(status), small[0], small[2]) == ([ROW_SUCCESS, ROW_ERROR, ROW_SUCCESS], 1, 3)
    s.check(s.extended_fetch(FETCH_NEXT, 0, fetched, status), INFO)
    assert (list(status), fetched.value) == ([ROW_ERROR, ROW_NOROW, ROW_NOROW], 1)
    s.check(s.free())


@pytest.mark.parametrize("keyset, kind", [(0, odbc.CURSOR_FORWARD_ONLY), (-3, odbc.CURSOR_STATIC)])
def test_set_scroll_options(connection, keyset: int, kind: int) -> None:
    """ODBC 2's way, which the manager translates."""
    s = odbc.Statement(connection)
    s.check(odbc.call("SQLSetScrollOptions", s.value, 1, keyset, 4))
    assert (s.get(TYPE), s.get(odbc.ATTR_CONCURRENCY)) == (kind, 1)
    assert odbc.call("SQLSetScrollOptions", s.value, 1, -2, 4) == ERROR, "no dynamic cursors"
    assert odbc.call("SQLSetScrollOptions", s.value, 2, -3, 4) == ERROR, "no locks"
    s.check(s.free())


class Row(ctypes.Structure):
    _fields_ = [("bookmark", ctypes.c_ulonglong), ("number", ctypes.c_int), ("length", LENGTH),
                ("text", ctypes.c_char * 12)]


def test_row_wise_with_offset(connection) -> None:
    s, rows = scrollable(connection, bookmarks=odbc.UB_VARIABLE), (Row * 20)()
    base, offset = ctypes.addressof(rows), ctypes.c_size_t(10 * ctypes.sizeof(Row))
    s.check(s.set(odbc.ATTR_ROW_BIND_TYPE, ctypes.sizeof(Row)))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 5))
    s.check(s.set(odbc.ATTR_ROW_BIND_OFFSET_PTR, ctypes.addressof(offset)))
    s.check(s.bind(0, odbc.C_BINARY, base + Row.bookmark.offset, 8, None))
    s.check(s.bind(1, odbc.C_SLONG, base + Row.number.offset, 4, base + Row.length.offset))
    s.check(s.bind(2, odbc.C_CHAR, base + Row.text.offset, 12, None))
    run(s, NUMBERS.format(40))
    s.check(s.fetch_scroll(FETCH_LAST))
    seen = [(row.bookmark, row.number, row.length, row.text) for row in rows]
    assert seen[10:15] == [(n, n, 4, b"row %d" % n) for n in range(36, 41)]
    assert not any(row[1] for row in seen[:10] + seen[15:])
    for i in range(5):
        rows[10 + i].bookmark = 1 + 3 * i
    s.check(s.bulk(7))
    assert [row.number for row in rows[10:15]] == [1, 4, 7, 10, 13]
    assert [row.text for row in rows[10:15]] == [b"row %d" % n for n in (1, 4, 7, 10, 13)]
    s.check(s.fetch_scroll(FETCH_ABSOLUTE, 20))
    rows[12].number = 0
    s.check(s.set_pos(3, REFRESH))
    assert rows[12].number == 22
    s.check(s.free())


def test_results_of_parameter_arrays(connection) -> None:
    """One scrollable cursor after the other."""
    s, values = scrollable(connection), (ctypes.c_longlong * 3)(5, 0, 7)
    s.check(s.prepare("SELECT n FROM UNNEST(sequence(1, 10)) AS t (n) WHERE n <= ? ORDER BY n"))
    s.check(s.bind_parameter(1, odbc.C_SBIGINT, -5, values, size=19))
    s.check(s.set(odbc.ATTR_PARAMSET_SIZE, 3))
    s.check(s.run())
    for last in values:
        rc = s.fetch_scroll(FETCH_LAST)
        assert (rc, s.text(1) if last else "") == ((SUCCESS, str(last)) if last else (NO_DATA, ""))
        assert s.fetch_scroll(FETCH_FIRST) == (SUCCESS if last else NO_DATA)
        more = odbc.lib.SQLMoreResults(s.value)
    assert more == NO_DATA
    s.check(s.free())


@pytest.mark.parametrize("total, limit, before, after", [
    (37, 0, 37, 37), (0, 0, -1, -1), (30000, 0, -1, 30000), (30000, 500, -1, 500)])
def test_row_count(connect, total: int, limit: int, before: int, after: int) -> None:
    """As soon as it is known, and never before."""
    s = scrollable(connect(EnableResultReuse="1"))  # which keeps the limit out of the query
    s.check(s.set(odbc.ATTR_MAX_ROWS, limit))
    run(s, numbers(total))
    assert s.row_count() == before
    s.check(s.fetch_scroll(FETCH_LAST), SUCCESS, NO_DATA)
    assert s.row_count() == after
    s.check(s.free())


# ---- limits -------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", ["file", "pages", "catalog in memory"])
def test_max_rows_is_the_end(connect, name: str) -> None:
    source = SOURCES[name]
    s = scrollable(connect(**source.options))
    s.check(s.set(odbc.ATTR_MAX_ROWS, 10))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 4))
    fetched = ctypes.c_size_t()
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
    s.check(source.open(s))
    s.check(s.fetch_scroll(FETCH_LAST))
    assert (row_number(s), fetched.value) == (7, 4)
    s.check(s.fetch_scroll(FETCH_ABSOLUTE, 9))
    assert (row_number(s), fetched.value) == (9, 2)
    assert s.fetch_scroll(FETCH_NEXT) == NO_DATA
    assert s.fetch_scroll(FETCH_ABSOLUTE, 11) == NO_DATA
    s.check(s.fetch_scroll(FETCH_ABSOLUTE, -10))
    assert row_number(s) == 1
    s.check(s.free())


def test_max_length(connection) -> None:
    s = scrollable(connection)
    s.check(s.set(3, 4))  # SQL_ATTR_MAX_LENGTH
    run(s, "SELECT 'abcdefgh', 'xy'")
    s.check(s.fetch_scroll(FETCH_LAST))
    assert (s.text(1), s.text(2)) == ("abcd", "xy")
    s.check(s.free())


def test_values_of_any_kind_survive(connection) -> None:
    values = ["plain", 'say "hi"', '"', '""', "a,b", "line\nbreak", "cr\r\nlf", "", None, "ž🐎",
              "x" * 70000, " blanks "]
    literal = ", ".join("({}, {})".format(i, "NULL" if v is None else "'" + v.replace("'", "''")
                                          + "'") for i, v in enumerate(values))
    s = scrollable(connection)
    run(s, f"SELECT i, v FROM (VALUES {literal}) AS t (i, v) ORDER BY i")
    for at in [*range(len(values)), *reversed(range(len(values)))]:
        s.check(s.fetch_scroll(FETCH_ABSOLUTE, at + 1))
        assert s.text(2) == values[at]
    s.check(s.free())


@pytest.mark.parametrize("fetcher", ["S3", "GetQueryResults"])
def test_rows_of_megabytes(connect, fetcher: str) -> None:
    """Each larger than a block of the store, all of them than what it keeps in memory."""
    s = scrollable(connect(ResultFetcher=fetcher, DownloadWindow="4194304"))
    run(s, "SELECT n, rpad('', 1000000 + n, substr('abcdefghi', n, 1)) "
           "FROM UNNEST(sequence(1, 9)) AS t (n) ORDER BY n")
    length, buffer = LENGTH(), ctypes.create_string_buffer(1000100)
    for orientation, offset, n in [(FETCH_LAST, 0, 9), (FETCH_FIRST, 0, 1), (FETCH_ABSOLUTE, 5, 5),
                                   (FETCH_PRIOR, 0, 4), (FETCH_RELATIVE, 4, 8)]:
        s.check(s.fetch_scroll(orientation, offset))
        s.check(odbc.lib.SQLGetData(s.value, 2, odbc.C_CHAR, buffer, 1000100,
                                    ctypes.byref(length)))
        assert length.value == 1000000 + n
        assert buffer.value == bytes([96 + n]) * (1000000 + n)
    s.check(s.free())
