"""Athena for asyncio, over ODBC: no threads, no polling. One file, to be copied.

    async with await athena_aio.connect("DSN=AthenaLocal") as athena:
        async for row in await athena.execute("SELECT id, name FROM zones"):
            print(row["id"], row["name"])

A query that runs costs the event loop nothing: the driver writes to an eventfd when the query's
outcome is there (SQL_ATTR_ASYNC_STMT_EVENT), and the loop waits for that as it does for sockets.
So hundreds of queries are an asyncio.gather(), and a task that is cancelled, or out of time in
asyncio.timeout(), stops its query in Athena too. Linux, Python 3.11, unixODBC.
"""

from __future__ import annotations

import asyncio
import ctypes as c
import ctypes.util
import datetime
import decimal
import os
import weakref
from collections.abc import Callable
from typing import Any

SUCCESS, WITH_INFO, STILL_EXECUTING, NO_DATA, NTS, NULL_DATA = 0, 1, 2, 100, -3, -1
ENV, DBC, STMT, C_CHAR = 1, 2, 3, 1
ATTR_ODBC_VERSION, ODBC3, ATTR_ASYNC_ENABLE, ATTR_ASYNC_STMT_EVENT = 200, 3, 4, 29
ATHENA_QUERY_EXECUTION_ID = 0x4000

_handle = _pointer = c.c_void_p
_short, _number, _size, _text = c.c_short, c.c_int, c.c_ssize_t, c.c_char_p
_odbc = c.CDLL(ctypes.util.find_library("odbc") or "libodbc.so.2")
for _name, *_arguments in [
        ("SQLAllocHandle", _short, _handle, _pointer), ("SQLFreeHandle", _short, _handle),
        ("SQLSetEnvAttr", _handle, _number, _pointer, _number),
        ("SQLSetStmtAttr", _handle, _number, _pointer, _number),
        ("SQLGetStmtAttr", _handle, _number, _pointer, _number, _pointer),
        ("SQLDriverConnect", _handle, _pointer, _text, _short, _pointer, _short, _pointer, _short),
        ("SQLDisconnect", _handle), ("SQLFetch", _handle), ("SQLCancel", _handle),
        ("SQLExecDirect", _handle, _text, _number),
        ("SQLNumResultCols", _handle, _pointer), ("SQLRowCount", _handle, _pointer),
        ("SQLDescribeCol", _handle, _short, _pointer, _short, *[_pointer] * 5),
        ("SQLGetData", _handle, _short, _short, _pointer, _size, _pointer),
        ("SQLGetDiagRec", _short, _handle, _short, _pointer, _pointer, _pointer, _short, _pointer)]:
    getattr(_odbc, _name).argtypes, getattr(_odbc, _name).restype = _arguments, _short

# from the text of a value, by SQL type; what is not here stays text
_READERS: dict[int, Callable[[str], Any]] = {
    -7: lambda text: text == "1", -6: int, 5: int, 4: int, -5: int, 6: float, 7: float, 8: float,
    2: decimal.Decimal, 3: decimal.Decimal, 91: datetime.date.fromisoformat,
    93: datetime.datetime.fromisoformat, -2: bytes.fromhex, -3: bytes.fromhex, -4: bytes.fromhex}


class Error(Exception):
    """What ODBC said: the SQLSTATE in .state, Athena's own words in the text."""

    def __init__(self, kind: int, handle: c.c_void_p) -> None:
        state, text = c.create_string_buffer(6), c.create_string_buffer(4096)
        _odbc.SQLGetDiagRec(kind, handle, 1, state, None, text, len(text), None)
        self.state = state.value.decode()
        super().__init__(f"[{self.state}] {text.value.decode(errors='replace')}")


def _check(rc: int, kind: int, handle: c.c_void_p) -> int:
    if rc not in (SUCCESS, WITH_INFO, NO_DATA):
        raise Error(kind, handle)
    return rc


def _new(kind: int, parent: c.c_void_p | None, parent_kind: int = 0) -> c.c_void_p:
    handle = c.c_void_p()
    _check(_odbc.SQLAllocHandle(kind, parent, c.byref(handle)), parent_kind, parent or handle)
    return handle


class Cursor:
    """An execution and its rows. Ends with its last row, close(), or when nobody has it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection  # which must not be gone before its cursors
        connection._cursors.add(self)
        self._stmt: c.c_void_p | None = _new(STMT, connection._dbc, DBC)
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._set(ATTR_ASYNC_ENABLE, 1)
        self._set(ATTR_ASYNC_STMT_EVENT, self._event)
        self._room = c.create_string_buffer(4096)
        self.columns: list[tuple[str, int]] = []  # name, SQL type
        self.row_count = -1  # rows written; -1 when that is not known, or for a SELECT
        self.query_id = ""

    def _set(self, attribute: int, value: int) -> None:
        _check(_odbc.SQLSetStmtAttr(self._stmt, attribute, value, 0), STMT, self._stmt)

    async def _signal(self) -> None:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        loop.add_reader(self._event, lambda: ready.done() or ready.set_result(None))
        try:
            await ready
            os.eventfd_read(self._event)
        finally:
            loop.remove_reader(self._event)

    async def _finish(self, function: Callable[..., int], *arguments: Any) -> int:
        """Makes the call until it has its outcome. A pending call cannot be left alone, so a task
        that is cancelled cancels the call, sees it end, which is soon, and ends then."""
        cancelled = None
        while (rc := function(self._stmt, *arguments)) == STILL_EXECUTING:
            try:
                await self._signal()
            except asyncio.CancelledError as request:
                cancelled = request
                _odbc.SQLCancel(self._stmt)
        if cancelled:
            self.close()
            raise cancelled
        try:
            return _check(rc, STMT, self._stmt)
        except Error:
            self.close()
            raise

    async def _execute(self, sql: str) -> Cursor:
        await self._finish(_odbc.SQLExecDirect, sql.encode(), NTS)
        count, rows, text = c.c_short(), c.c_ssize_t(), c.create_string_buffer(64)
        _odbc.SQLGetStmtAttr(self._stmt, ATHENA_QUERY_EXECUTION_ID, text, 64, None)
        _odbc.SQLNumResultCols(self._stmt, c.byref(count))
        _odbc.SQLRowCount(self._stmt, c.byref(rows))
        self.query_id, self.row_count = text.value.decode(), rows.value
        self.columns = [self._describe(i) for i in range(1, count.value + 1)]
        return self

    def _describe(self, number: int) -> tuple[str, int]:
        name, sql_type = c.create_string_buffer(1024), c.c_short()
        _odbc.SQLDescribeCol(self._stmt, number, name, 1024, None, c.byref(sql_type), None, None,
                             None)
        return name.value.decode(), sql_type.value

    def _value(self, number: int, sql_type: int) -> Any:
        whole, length, rc = b"", c.c_ssize_t(), WITH_INFO
        while rc == WITH_INFO:  # longer than there was room for: the next part
            rc = _odbc.SQLGetData(self._stmt, number, C_CHAR, self._room, 4096, c.byref(length))
            _check(rc, STMT, self._stmt)
            if length.value == NULL_DATA:
                return None
            whole += b"" if rc == NO_DATA else self._room.value
        return _READERS.get(sql_type, str)(whole.decode())

    def __aiter__(self) -> Cursor:
        return self

    async def __anext__(self) -> dict[str, Any]:
        if not self.columns or not self._stmt or await self._finish(_odbc.SQLFetch) == NO_DATA:
            self.close()
            raise StopAsyncIteration
        return {name: self._value(i, kind) for i, (name, kind) in enumerate(self.columns, 1)}

    def close(self) -> None:
        stmt, self._stmt = self._stmt, None
        if stmt:
            _odbc.SQLFreeHandle(STMT, stmt)
            os.close(self._event)

    __del__ = close


class Connection:
    def __init__(self, text: str) -> None:
        self._cursors: weakref.WeakSet[Cursor] = weakref.WeakSet()
        self._env = _new(ENV, None)
        _odbc.SQLSetEnvAttr(self._env, ATTR_ODBC_VERSION, ODBC3, 0)
        self._dbc: c.c_void_p | None = _new(DBC, self._env, ENV)
        try:
            _check(_odbc.SQLDriverConnect(self._dbc, None, text.encode(), NTS, None, 0, None, 0),
                   DBC, self._dbc)
        except Error:
            self.close()
            raise

    async def execute(self, sql: str) -> Cursor:
        """Runs a statement to the point where its first row, or the absence of rows, is known."""
        return await Cursor(self)._execute(sql)

    def close(self) -> None:
        for cursor in list(self._cursors):
            cursor.close()
        dbc, self._dbc = self._dbc, None
        if dbc:
            _odbc.SQLDisconnect(dbc)
            _odbc.SQLFreeHandle(DBC, dbc)
            _odbc.SQLFreeHandle(ENV, self._env)

    async def __aenter__(self) -> Connection:
        return self

    async def __aexit__(self, *_: object) -> None:
        for cursor in list(self._cursors):
            cursor.close()
        await asyncio.to_thread(self.close)  # which gives queries that run time to be stopped


async def connect(text: str) -> Connection:
    """Connecting is what ODBC cannot do asynchronously with unixODBC: a thread waits for it."""
    return await asyncio.to_thread(Connection, text)
