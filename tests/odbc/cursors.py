"""Scrollable cursors for tests: the positioning rules of the ODBC reference ("SQLFetchScroll
Function") as a model, and a statement with buffers for its rowsets.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

import odbc
from odbc import (FETCH_ABSOLUTE, FETCH_BOOKMARK, FETCH_FIRST, FETCH_LAST, FETCH_NEXT, FETCH_PRIOR,
                  FETCH_RELATIVE, INFO, NO_DATA, ROW_SUCCESS, SUCCESS)

LENGTH = ctypes.c_ssize_t
NUMBERS = "SELECT n, 'row ' || CAST(n AS varchar) FROM UNNEST(sequence(1, {})) AS t (n) ORDER BY n"
NOTHING = "SELECT n, 'row' FROM UNNEST(sequence(1, 3)) AS t (n) WHERE n > 3"
NAMES = {FETCH_NEXT: "next", FETCH_PRIOR: "prior", FETCH_FIRST: "first", FETCH_LAST: "last",
         FETCH_ABSOLUTE: "absolute", FETCH_RELATIVE: "relative", FETCH_BOOKMARK: "bookmark"}
BEFORE, AFTER = "before start", "after end"


def numbers(total: int) -> str:
    return NUMBERS.format(total) if total else NOTHING


@dataclass
class Answer:
    """What a fetch gives: the rows' numbers, none with SQL_NO_DATA; and a SQLSTATE, or ""."""

    rc: int
    rows: list[int]
    state: str = ""


class Model:
    """The positioning rules of the reference, over a result of rows 1 to last."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.at: int | str = BEFORE  # CurrRowsetStart
        self.size = 1  # the rowset size of the fetch before

    def fetch(self, orientation: int, offset: int, size: int, bookmark: int = 0) -> Answer:
        overlap = False
        target = getattr(self, "go_" + NAMES[orientation])(offset, size, bookmark)
        if target == "overlap":
            target, overlap = 1, True
        if isinstance(target, int) and target > self.last:
            target, overlap = AFTER, False
        self.at, self.size = target, size
        if not isinstance(target, int):
            return Answer(NO_DATA, [])
        rows = list(range(target, min(target + size, self.last + 1)))
        return Answer(INFO, rows, "01S06") if overlap else Answer(SUCCESS, rows)

    def go_next(self, offset: int, size: int, bookmark: int) -> int | str:
        if self.at == BEFORE:
            return 1
        return AFTER if self.at == AFTER else self.at + self.size

    def go_prior(self, offset: int, size: int, bookmark: int) -> int | str:
        if self.at == AFTER:
            return "overlap" if self.last < size else self.last - size + 1
        if self.at in (BEFORE, 1):
            return BEFORE
        return "overlap" if self.at <= size else self.at - size

    def go_first(self, offset: int, size: int, bookmark: int) -> int | str:
        return 1

    def go_last(self, offset: int, size: int, bookmark: int) -> int | str:
        return max(self.last - size + 1, 1)

    def go_absolute(self, offset: int, size: int, bookmark: int) -> int | str:
        if offset >= 0:
            return offset or BEFORE
        if -offset <= self.last:
            return self.last + offset + 1
        return BEFORE if -offset > size else "overlap"

    def go_relative(self, offset: int, size: int, bookmark: int) -> int | str:
        if (self.at == BEFORE and offset > 0) or (self.at == AFTER and offset < 0):
            return self.go_absolute(offset, size, bookmark)
        if isinstance(self.at, str):
            return self.at
        if self.at + offset >= 1:
            return self.at + offset
        return BEFORE if self.at == 1 or -offset > size else "overlap"

    def go_bookmark(self, offset: int, size: int, bookmark: int) -> int | str:
        return bookmark + offset if bookmark + offset >= 1 else BEFORE


class Rowset:
    """Buffers of a statement for up to `room` rows, with bookmarks in column 0 where wanted."""

    def __init__(self, s: odbc.Statement, room: int, is_bookmarked: bool = False) -> None:
        self.s, self.room = s, room
        self.numbers, self.texts = (ctypes.c_longlong * room)(), (ctypes.c_char * 16 * room)()
        self.lengths, self.bookmarks = (LENGTH * room)(), (ctypes.c_ulonglong * room)()
        self.status, self.fetched = (ctypes.c_ushort * room)(), ctypes.c_size_t()
        s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(self.status)))
        s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(self.fetched)))
        if is_bookmarked:
            s.check(s.bind(0, odbc.C_BINARY, self.bookmarks, 8, None))

    def bind(self) -> None:
        self.s.check(self.s.bind(1, odbc.C_SBIGINT, self.numbers, 8, None))
        self.s.check(self.s.bind(2, odbc.C_CHAR, self.texts, 16, self.lengths))

    def size(self, rows: int) -> None:
        self.s.check(self.s.set(odbc.ATTR_ROW_ARRAY_SIZE, rows))

    def rows(self) -> list[int]:
        """The numbers fetched; text and status say the same."""
        found = list(self.numbers[:self.fetched.value])
        for i, number in enumerate(found):
            assert self.texts[i].value.decode() == f"row {number}"
            assert self.lengths[i] == len(f"row {number}")
            assert self.status[i] == ROW_SUCCESS
        return found


def scrollable(connection: odbc.Connection, is_async: bool = False,
               bookmarks: int = odbc.UB_OFF) -> odbc.Statement:
    s = odbc.Statement(connection, is_async)
    s.check(s.set(odbc.ATTR_CURSOR_TYPE, odbc.CURSOR_STATIC))
    s.check(s.set(odbc.ATTR_USE_BOOKMARKS, bookmarks))
    return s


def run(s: odbc.Statement, sql: str) -> None:
    s.check(s.poll(lambda: s.execute(sql)))


def row_number(s: odbc.Statement) -> int:
    return s.get(odbc.ATTR_ROW_NUMBER)
