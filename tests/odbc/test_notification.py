"""Being told that a deferred call has its outcome: by descriptor and by callback, through unixODBC.

The rule everywhere: each call that has returned SQL_STILL_EXECUTING is followed by exactly one
signal, and one that completes at once by none.
"""

from __future__ import annotations

import array
import contextlib
import ctypes
import fcntl
import os
import select
import signal
import socket
import termios
import threading
import time
from collections.abc import Callable, Iterator

import odbc
import pytest

EVENT, CALLBACK, CONTEXT = 29, 30, 31
SLOW = "-- athena-local: queue_ms=100 run_ms=200\n"
LONG = "-- athena-local: run_ms=20000\nSELECT 1"
ONE = (1).to_bytes(8, "little")

Callback = ctypes.CFUNCTYPE(ctypes.c_short, ctypes.c_void_p, ctypes.c_int)


class Wake:
    """A descriptor for the driver and one to read from, of one of the kinds that may be used."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        if kind == "eventfd":
            self.reader = self.writer = os.eventfd(0, os.EFD_CLOEXEC)
        elif kind == "pipe":
            self.reader, self.writer = os.pipe()
        else:
            self.sockets = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            self.reader, self.writer = (s.detach() for s in self.sockets)

    def wait(self, limit_s: float = 60) -> bool:
        return bool(select.select([self.reader], [], [], limit_s)[0])

    def signals(self, settle_s: float = 0.1) -> int:
        """How many have come by now, taken away. A late one is given the time to come."""
        time.sleep(settle_s)
        if not self.wait(0):
            return 0
        if self.kind == "eventfd":
            return int.from_bytes(os.read(self.reader, 8), "little")
        waiting = array.array("i", [0])
        fcntl.ioctl(self.reader, termios.FIONREAD, waiting)
        data = os.read(self.reader, waiting[0])
        assert data == ONE * (len(data) // 8)
        return len(data) // 8

    def close_writer(self) -> None:
        if self.writer != self.reader and self.writer >= 0:
            os.close(self.writer)
            self.writer = -1

    def close(self) -> None:
        self.close_writer()
        if self.reader >= 0:
            os.close(self.reader)
        self.reader = self.writer = -1


@pytest.fixture(params=["eventfd", "pipe", "socketpair"])
def wake(request: pytest.FixtureRequest) -> Iterator[Wake]:
    made = Wake(request.param)
    yield made
    made.close()


@pytest.fixture
def pipe() -> Iterator[Wake]:
    made = Wake("pipe")
    yield made
    made.close()


@contextlib.contextmanager
def default_sigpipe() -> Iterator[None]:
    """SIGPIPE kills the process, as it would a C program; Python ignores it otherwise."""
    before = signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGPIPE, before)


def run(s: odbc.Statement, call: Callable[[], int], wake: Wake) -> tuple[int, bool]:
    """A call, slept over when deferred: its outcome, and whether it was deferred."""
    rc = call()
    if rc != odbc.STILL_EXECUTING:
        return rc, False
    assert wake.wait(), "nothing was signalled"
    assert wake.signals(0) == 1
    rc = call()
    assert rc != odbc.STILL_EXECUTING, "signalled before the outcome was there"
    return rc, True


# ---- descriptors ------------------------------------------------------------------------------

def test_one_signal_for_each_deferred_call(async_statement, wake) -> None:
    s = async_statement
    s.check(s.set(EVENT, wake.writer))
    assert s.get(EVENT) == wake.writer
    sql = SLOW + "SELECT trip_id FROM taxi_trips WHERE trip_id < 30000"
    rc, was_deferred = run(s, lambda: s.execute(sql), wake)
    s.check(rc)
    assert was_deferred
    deferred = rows = 0
    while rc != odbc.NO_DATA:
        rc, was_deferred = run(s, s.fetch_scroll, wake)
        s.check(rc, odbc.SUCCESS, odbc.NO_DATA)
        deferred += was_deferred
        rows += rc == odbc.SUCCESS
    assert rows == 30000
    s.check(s.close())
    assert wake.signals() == 0


def test_catalog_functions_signal_too(async_statement, wake) -> None:
    s = async_statement
    s.check(s.set(EVENT, wake.writer))
    rc, was_deferred = run(
        s, lambda: odbc.lib.SQLTables(s.value, None, 0, None, 0, b"%", odbc.NTS, None, 0), wake)
    s.check(rc)
    assert was_deferred
    assert wake.signals() == 0
    s.check(s.close())


@pytest.mark.parametrize("sql, state", [
    ("-- athena-local: run_ms=300\nSELECT * FROM no_such_table", "42S02"),
    (LONG, "HY008"),
    (LONG, "HYT00"),
])
def test_signal_of_errors(async_statement, wake, sql, state) -> None:
    s = async_statement
    s.check(s.set(EVENT, wake.writer))
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1 if state == "HYT00" else 0))
    s.check(s.execute(sql), odbc.STILL_EXECUTING)
    if state == "HY008":
        time.sleep(0.3)
        assert not wake.wait(0)
        s.check(s.cancel())
    assert wake.wait()
    s.check(s.execute(sql), odbc.ERROR)
    assert s.states() == [state]
    assert wake.signals() == 1


def test_nothing_is_signalled_where_nothing_is_deferred(statement, wake) -> None:
    """A synchronous statement; errors found at once; a result that is there already."""
    s = statement
    s.check(s.set(EVENT, wake.writer))
    s.query("SELECT 1")
    s.check(s.set(odbc.ATTR_ASYNC_ENABLE, 1))
    s.check(s.execute("  "), odbc.ERROR)
    s.check(odbc.lib.SQLGetTypeInfo(s.value, 0))
    assert wake.signals() == 0
    s.check(s.close())


@pytest.mark.parametrize("none", [None, -1])
def test_set_back_to_none(async_statement, wake, none) -> None:
    s = async_statement
    s.check(s.set(EVENT, wake.writer))
    s.check(s.set(EVENT, none))
    assert s.get(EVENT) == 0
    assert s.query(SLOW + "SELECT 7") == [("7",)]
    assert wake.signals() == 0


def test_replaced_by_another(async_statement, wake) -> None:
    s, other = async_statement, Wake("eventfd")
    s.check(s.set(EVENT, other.writer))
    s.check(s.set(EVENT, wake.writer))
    s.check(run(s, lambda: s.execute(SLOW + "SELECT 1"), wake)[0])
    assert (wake.signals(), other.signals()) == (0, 0)
    other.close()


def test_refused_values(async_statement, pipe) -> None:
    s = async_statement
    s.check(s.set(EVENT, pipe.writer))
    for bad in (pipe.reader, 999, -2, 1 << 40):
        s.check(s.set(EVENT, bad), odbc.ERROR)
        assert s.states() == ["HY024"], bad
    assert s.get(EVENT) == pipe.writer
    s.check(run(s, lambda: s.execute(SLOW + "SELECT 1"), pipe)[0])


def test_application_closes_its_own_descriptor(async_statement, pipe) -> None:
    s = async_statement
    s.check(s.set(EVENT, pipe.writer))
    pipe.close_writer()
    s.check(run(s, lambda: s.execute(SLOW + "SELECT 1"), pipe)[0])


def test_descriptor_s_own_mode_stays(async_statement, wake) -> None:
    """It is blocking here and stays so; what the driver writes never blocks."""
    before = fcntl.fcntl(wake.writer, fcntl.F_GETFL)
    async_statement.check(async_statement.set(EVENT, wake.writer))
    async_statement.query(SLOW + "SELECT 1")
    assert fcntl.fcntl(wake.writer, fcntl.F_GETFL) == before


@pytest.mark.parametrize("when", ["before", "while pending"])
@pytest.mark.parametrize("kind", ["pipe", "socketpair"])
def test_nobody_reads_any_more(async_statement, kind, when) -> None:
    """No SIGPIPE, no harm: the statement is polled instead."""
    s, wake = async_statement, Wake(kind)
    with default_sigpipe():
        s.check(s.set(EVENT, wake.writer))
        if when == "before":
            wake.close()
        sql = SLOW + "SELECT 5"
        s.check(s.execute(sql), odbc.STILL_EXECUTING)
        wake.close()
        s.check(s.poll(lambda: s.execute(sql)))
        assert s.rows() == [("5",)]
        s.check(s.set(EVENT, None))


@pytest.mark.parametrize("kind", ["eventfd", "pipe", "socketpair"])
def test_full_descriptor_never_blocks(connection, async_statement, kind) -> None:
    """Filled to the brim; were the I/O thread to block, no other statement would go on."""
    s, wake = async_statement, Wake(kind)
    s.check(s.set(EVENT, wake.writer))
    if kind == "eventfd":
        os.write(wake.writer, (2**64 - 2).to_bytes(8, "little"))
    else:
        os.set_blocking(wake.writer, False)
        with contextlib.suppress(BlockingIOError):
            while os.write(wake.writer, bytes(4096)):
                pass
        with contextlib.suppress(BlockingIOError):
            while os.write(wake.writer, bytes(1)):
                pass
        os.set_blocking(wake.writer, True)
    sql = SLOW + "SELECT 5"
    s.check(s.execute(sql), odbc.STILL_EXECUTING)
    other = odbc.Statement(connection)
    assert other.query("-- athena-local: run_ms=500\nSELECT 1") == [("1",)]
    s.check(s.execute(sql))
    assert s.rows() == [("5",)]
    other.check(other.free())
    s.check(s.set(EVENT, None))
    wake.close()


def test_pipe_that_others_fill_at_the_same_time(async_statement, pipe) -> None:
    """Between asking for room and writing, somebody else may have taken it."""
    s, is_over = async_statement, threading.Event()
    s.check(s.set(EVENT, pipe.writer))

    def fill() -> None:
        mine = os.dup(pipe.writer)
        while not is_over.is_set():
            if select.select([], [mine], [], 0.01)[1]:
                os.write(mine, bytes(512))  # one page at a time is drained below
        os.close(mine)

    def drain() -> None:
        while not is_over.is_set():
            if select.select([pipe.reader], [], [], 0.01)[0]:
                os.read(pipe.reader, 512)

    threads = [threading.Thread(target=f) for f in (fill, drain)]
    for thread in threads:
        thread.start()
    for number in range(5):
        assert s.query(f"SELECT {number}") == [(str(number),)]
    is_over.set()
    for thread in threads:
        thread.join()


def test_one_descriptor_for_a_connection_s_statements(connection, wake) -> None:
    """The connection's is the default; the driver needs one duplicate for all of them."""
    def count() -> int:
        return len(os.listdir("/proc/self/fd"))

    connection.check(connection.set(EVENT, wake.writer))
    before = count()
    statements = [odbc.Statement(connection, is_async=True) for _ in range(40)]
    assert count() == before
    for s in statements:
        assert s.get(EVENT) == wake.writer
        s.check(s.execute(SLOW + "SELECT 1"), odbc.STILL_EXECUTING)
    waiting, signals = list(statements), 0
    while waiting:
        assert wake.wait()
        signals += wake.signals(0)
        waiting = [s for s in waiting
                   if s.check(s.execute(SLOW + "SELECT 1"), 0, 2) == odbc.STILL_EXECUTING]
    signals += wake.signals()
    assert signals == len(statements)
    connection.check(connection.set(EVENT, None))
    for s in statements:
        s.check(s.free())


def test_no_descriptor_is_left_behind(connect, wake) -> None:
    connection = connect()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(50):
        s = odbc.Statement(connection, is_async=True)
        s.check(s.set(EVENT, wake.writer))
        s.check(s.set(EVENT, wake.writer))
        s.check(s.free())
    s = odbc.Statement(connection, is_async=True)
    s.check(s.set(EVENT, wake.writer))
    s.check(s.execute(LONG), odbc.STILL_EXECUTING)
    connection.check(connection.disconnect())
    assert len(os.listdir("/proc/self/fd")) <= before
    assert wake.signals() <= 1, "the execution's end by cancelling may be told"


# ---- the driver manager's callback ------------------------------------------------------------

class Bell:
    """A notification callback that counts."""

    def __init__(self) -> None:
        self.rung = threading.Semaphore(0)
        self.calls: list[tuple[int | None, int, int]] = []
        self.function = Callback(self._ring)

    def _ring(self, context: int | None, is_last: int) -> int:
        self.calls.append((context, is_last, threading.get_native_id()))
        if is_last:
            self.rung.release()
        return odbc.SUCCESS

    def last_calls(self, settle_s: float = 0.1) -> int:
        time.sleep(settle_s)
        return sum(bool(is_last) for _, is_last, _ in self.calls)

    def hang(self, where: odbc.Statement | odbc.Connection, context: int = 4711) -> None:
        where.check(where.set(CALLBACK, ctypes.cast(self.function, ctypes.c_void_p)))
        where.check(where.set(CONTEXT, context))


def test_callback(async_statement) -> None:
    s, bell = async_statement, Bell()
    bell.hang(s)
    s.check(s.execute(SLOW + "SELECT 1"), odbc.STILL_EXECUTING)
    assert bell.rung.acquire(timeout=60)
    s.check(s.execute(SLOW + "SELECT 1"))
    assert s.rows() == [("1",)]
    assert bell.last_calls() == 1
    assert {context for context, _, _ in bell.calls} == {4711}
    assert threading.get_native_id() not in {thread for _, _, thread in bell.calls}
    s.check(s.close())
    s.check(s.set(CALLBACK, None))
    s.check(s.set(CONTEXT, None))
    assert s.query(SLOW + "SELECT 1") == [("1",)]
    assert bell.last_calls() == 1


def test_callback_of_the_connection(connection) -> None:
    bell = Bell()
    bell.hang(connection)
    s = odbc.Statement(connection, is_async=True)
    connection.check(connection.set(CALLBACK, None))
    s.check(s.execute(SLOW + "SELECT 1"), odbc.STILL_EXECUTING)
    assert bell.rung.acquire(timeout=60)
    s.check(s.execute(SLOW + "SELECT 1"))
    assert bell.last_calls() == 1
    s.check(s.free())


def test_callback_of_an_error_and_of_a_cancel(async_statement) -> None:
    s, bell = async_statement, Bell()
    bell.hang(s)
    for number, sql in enumerate((SLOW + "SELECT * FROM no_such_table", LONG), 1):
        s.check(s.execute(sql), odbc.STILL_EXECUTING)
        if sql == LONG:
            s.check(s.cancel())
        assert bell.rung.acquire(timeout=60)
        s.check(s.execute(sql), odbc.ERROR)
        assert bell.last_calls() == number
    s.check(s.set(CALLBACK, None))


def test_callback_is_not_called_after_disconnect(connect) -> None:
    connection, bell, other = connect(), Bell(), connect()
    bell.hang(connection)
    for _ in range(10):
        s = odbc.Statement(connection, is_async=True)
        s.check(s.execute(SLOW + "SELECT 1"), odbc.STILL_EXECUTING)
    connection.check(connection.disconnect())
    calls = len(bell.calls)
    assert bell.last_calls(0.6) == calls
    other.check(other.disconnect())


# ---- none lost, none doubled ------------------------------------------------------------------

def test_three_hundred_fast_queries(connection) -> None:
    """
    Outcomes that arrive while the call that defers is still returning: executions with nothing to
    wait for but the network, 30 at a time, every second by callback.
    """
    wake, bell = Wake("eventfd"), Bell()
    deferred = {"event": 0, "callback": 0}
    statements = [odbc.Statement(connection, is_async=True) for _ in range(30)]
    for number, s in enumerate(statements):
        if number % 2:
            bell.hang(s)
        else:
            s.check(s.set(EVENT, wake.writer))
    signals = 0
    for _ in range(10):
        waiting = {}
        for number, s in enumerate(statements):
            sql = f"SELECT {number}"
            rc = s.check(s.execute(sql), odbc.SUCCESS, odbc.STILL_EXECUTING)
            if rc == odbc.STILL_EXECUTING:
                deferred["callback" if number % 2 else "event"] += 1
                waiting[s] = sql
        deadline = time.monotonic() + 60
        while signals < deferred["event"] or len(bell.calls) < deferred["callback"]:
            assert time.monotonic() < deadline, (signals, len(bell.calls), deferred)
            signals += wake.signals(0.001)
        for s, sql in waiting.items():
            s.check(s.execute(sql))
        for number, s in enumerate(statements):
            assert s.rows() == [(str(number),)]
            s.check(s.close())
    assert signals + wake.signals() == deferred["event"]
    assert bell.last_calls() == deferred["callback"]
    assert min(deferred.values()) > 100
    for s in statements:
        s.check(s.free())
    wake.close()


def test_failures_that_are_there_at_once(connect) -> None:
    """Nothing listens at the endpoint: the outcome races with the return of the first call."""
    wake = Wake("eventfd")
    connection = connect(ConnectionTest="0", EndpointOverride="http://127.0.0.1:9", NumRetries="0")
    s = odbc.Statement(connection, is_async=True)
    s.check(s.set(EVENT, wake.writer))
    for _ in range(200):
        rc = run(s, lambda: s.execute("SELECT 1"), wake)[0]
        s.check(rc, odbc.ERROR)
        assert s.states() == ["08001"]
    assert wake.signals() == 0
    s.check(s.free())
    wake.close()
