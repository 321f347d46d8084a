"""Cancelling and time-outs in every phase of a statement, through unixODBC.

A query that was begun and is not wanted any more must be stopped in Athena, once; one that was not
begun must not be begun; and the statement is as good as new afterwards.
"""

from __future__ import annotations

import ctypes
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import execution_info
import odbc
import pytest

ATTR_EVENT, CONNECTION_TIMEOUT = 29, 113
QUEUED = "-- athena-local: queue_ms=20000 run_ms=100\nSELECT 1"
RUNNING = "-- athena-local: run_ms=20000\nSELECT 1"
LARGE = "SELECT * FROM taxi_trips WHERE trip_id <= 200000"  # a file of several parts
PHASES = {"queued": (QUEUED, "QUEUED"), "running": (RUNNING, "RUNNING")}


def cancel(s: odbc.Statement) -> int:
    return s.cancel()


def cancel_handle(s: odbc.Statement) -> int:
    return odbc.lib.SQLCancelHandle(odbc.STMT, s.value)


@pytest.fixture(params=[cancel, cancel_handle], ids=["SQLCancel", "SQLCancelHandle"])
def stop(request: pytest.FixtureRequest) -> Callable[[odbc.Statement], int]:
    return request.param


def finish(s: odbc.Statement) -> None:
    """The statement is as good as new: closed, used again."""
    s.check(s.close())
    assert s.query("SELECT 42") == [("42",)]


def reach(s: odbc.Statement, state: str, limit_s: float = 18) -> None:
    """Waits until the pending execution is in a state."""
    deadline = time.monotonic() + limit_s
    while execution_info.diagnostic(s, "STATE") != state:
        assert time.monotonic() < deadline, f"never {state}"
        time.sleep(0.01)


def assert_stopped(athena, times: int) -> None:
    """Stop requests go out in the background."""
    name = "athena.StopQueryExecution"
    assert odbc.eventually(lambda: athena.requests(name) >= times)
    assert athena.requests(name) == times


@contextmanager
def soon(at_least_s: float = 0) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert at_least_s <= time.monotonic() - began < odbc.SOON_S


# ---- cancel -----------------------------------------------------------------------------------

@pytest.mark.parametrize("sql, state", PHASES.values(), ids=PHASES.keys())
def test_same_thread(athena, async_statement, stop, sql, state) -> None:
    s = async_statement
    s.check(s.execute(sql), odbc.STILL_EXECUTING)
    reach(s, state)
    with soon():
        s.check(stop(s))
        s.check(s.poll(lambda: s.execute(sql)), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert_stopped(athena, 1)
    finish(s)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_other_thread(athena, connection, stop, is_async) -> None:
    s = odbc.Statement(connection, is_async)
    timer = threading.Timer(0.5, lambda: stop(s))
    timer.start()
    with soon():
        s.check(s.poll(lambda: s.execute(RUNNING)), odbc.ERROR)
    timer.join()
    assert s.states() == ["HY008"]
    assert_stopped(athena, 1)
    finish(s)
    s.check(s.free())


def test_at_once(athena, async_statement, stop) -> None:
    """Nothing may be known of the start yet: the query is begun and stopped, or never begun."""
    s = async_statement
    for _ in range(20):
        s.check(s.execute(RUNNING), odbc.STILL_EXECUTING)
        s.check(stop(s))
        with soon():
            s.check(s.poll(lambda: s.execute(RUNNING)), odbc.ERROR)
        assert s.states() == ["HY008"]
    begun = athena.stats()["queries"]["started"]
    assert_stopped(athena, begun)
    finish(s)


def test_while_the_start_is_answered(athena, async_statement, stop) -> None:
    """Athena has begun it and the answer is on its way: it is waited for, then stopped."""
    s = async_statement
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "delay",
                   "count": 1, "delay_ms": 800})
    s.check(s.execute(RUNNING), odbc.STILL_EXECUTING)
    time.sleep(0.2)
    s.check(stop(s))
    with soon():
        s.check(s.poll(lambda: s.execute(RUNNING)), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert_stopped(athena, athena.stats()["queries"]["started"])
    finish(s)


def test_after_the_answer_was_lost(athena, async_statement, stop) -> None:
    """Athena has begun it and nobody knows its id: the start is repeated until it is, then stopped."""
    s = async_statement
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "reset",
                   "when": "after", "count": 4})
    s.check(s.execute(RUNNING), odbc.STILL_EXECUTING)
    assert odbc.eventually(lambda: athena.requests("athena.StartQueryExecution") >= 1)
    s.check(stop(s))
    with soon():
        s.check(s.poll(lambda: s.execute(RUNNING)), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert athena.stats()["queries"]["started"] == 1
    assert_stopped(athena, 1)
    finish(s)


def test_while_the_start_is_throttled(athena, async_statement, stop) -> None:
    s = async_statement
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "throttle",
                   "count": 1000})
    s.check(s.execute(RUNNING), odbc.STILL_EXECUTING)
    time.sleep(0.5)
    s.check(stop(s))
    with soon():
        s.check(s.poll(lambda: s.execute(RUNNING)), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert athena.stats()["queries"]["started"] == 0
    assert athena.requests("athena.StopQueryExecution") == 0
    athena.reset()
    finish(s)


def slow_download(athena, delay_ms: int = 20000) -> None:
    """Of the next result: its first part comes at once, the others do not come soon."""
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "delay", "count": 1000,
                   "delay_ms": delay_ms, "skip": 1})


def drain(fetch: Callable[[], int]) -> int:
    """Fetches until something else than a row comes, or none for a while."""
    while True:
        rc = fetch()
        if rc == odbc.STILL_EXECUTING:
            time.sleep(0.3)
            rc = fetch()
        if rc != odbc.SUCCESS:
            return rc


def test_downloading(athena, async_statement, stop) -> None:
    """A fetch that waits ends with the row in hand; the next tells of the cancel."""
    s = async_statement
    slow_download(athena)
    s.check(s.poll(lambda: s.execute(LARGE)))
    assert drain(s.fetch) == odbc.STILL_EXECUTING
    s.check(stop(s))
    with soon():
        s.check(s.poll(s.fetch))
        s.check(s.fetch(), odbc.ERROR)
    assert s.states() == ["HY008"]
    athena.reset()
    finish(s)


def test_downloading_in_a_blocked_fetch(athena, connection, stop) -> None:
    s = odbc.Statement(connection)
    slow_download(athena)
    s.check(s.execute(LARGE))
    timer = threading.Timer(0.5, lambda: stop(s))
    timer.start()
    with soon():
        assert drain(s.fetch) == odbc.ERROR
    assert s.states() == ["HY008"]
    timer.join()
    athena.reset()
    finish(s)
    s.check(s.free())


def test_before_the_first_row(athena, async_statement, stop) -> None:
    """Athena has finished, its result is on its way: nothing is left to be stopped there."""
    s = async_statement
    athena.faults({"service": "athena", "operation": "GetQueryResults", "kind": "delay",
                   "count": 10, "delay_ms": 20000})
    s.check(s.execute("SELECT 1"), odbc.STILL_EXECUTING)
    reach(s, "SUCCEEDED")
    s.check(stop(s))
    with soon():
        s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert athena.requests("athena.StopQueryExecution") == 0
    athena.reset()
    finish(s)


def test_idle(async_statement, stop) -> None:
    """
    The driver has nothing to do; unixODBC takes it for SQLFreeStmt(SQL_CLOSE), and refuses to
    fetch from a cursor afterwards, and to close it. So the next execution must not be refused.
    """
    s = async_statement
    s.check(stop(s))
    s.check(odbc.lib.SQLPrepare(s.value, b"SELECT 1", odbc.NTS))
    s.check(stop(s))
    for _ in range(2):
        s.check(s.poll(lambda: odbc.lib.SQLExecute(s.value)))
        s.check(stop(s))
        s.check(s.fetch(), odbc.ERROR)
        assert s.states() == ["HY010"]
    s.check(odbc.lib.SQLPrepare(s.value, b"SELECT 2", odbc.NTS))
    s.check(s.poll(lambda: odbc.lib.SQLExecute(s.value)))
    s.check(stop(s))
    s.check(s.poll(lambda: odbc.lib.SQLTables(s.value, None, 0, b"%", odbc.NTS, None, 0, None, 0)))
    s.check(stop(s))
    assert s.query("SELECT 3") == [("3",)]
    s.check(s.poll(lambda: s.execute("SELECT 4")))
    s.check(s.execute("SELECT 5"), odbc.ERROR)
    assert s.states() == ["24000"], "not because of a cancel of long ago"
    finish(s)


def test_after_the_end(async_statement, stop) -> None:
    """The outcome is there, and has not been asked for yet: it stands."""
    s, event = async_statement, os.eventfd(0)
    s.check(s.set(ATTR_EVENT, event))
    s.check(s.execute("SELECT 6"), odbc.STILL_EXECUTING)
    assert select.select([event], [], [], 60)[0]
    s.check(stop(s))
    s.check(s.execute("SELECT 6"))
    assert s.rows() == [("6",)]
    s.check(s.close())
    s.check(s.set(ATTR_EVENT, None))
    os.close(event)
    finish(s)


def test_catalog_function(athena, async_statement, stop) -> None:
    s = async_statement
    athena.faults({"service": "athena", "operation": "ListDatabases", "kind": "delay",
                   "count": 100, "delay_ms": 20000},
                  {"service": "athena", "operation": "ListTableMetadata", "kind": "delay",
                   "count": 100, "delay_ms": 20000})

    def tables() -> int:
        return odbc.lib.SQLTables(s.value, None, 0, b"%", odbc.NTS, b"%", odbc.NTS, None, 0)

    s.check(tables(), odbc.STILL_EXECUTING)
    time.sleep(0.2)
    s.check(stop(s))
    with soon():
        s.check(s.poll(tables), odbc.ERROR)
    assert s.states() == ["HY008"]
    athena.reset()
    finish(s)


def test_only_the_statement_that_is_meant(athena, connection, stop) -> None:
    statements = [odbc.Statement(connection, is_async=True) for _ in range(6)]
    sql = "-- athena-local: run_ms=3000\nSELECT 1"
    for s in statements:
        s.check(s.execute(sql), odbc.STILL_EXECUTING)
    for s in statements:
        reach(s, "RUNNING")
    for s in statements[::2]:
        s.check(stop(s))
    outcomes = [s.poll(lambda s=s: s.execute(sql)) for s in statements]
    assert outcomes == [odbc.ERROR, odbc.SUCCESS] * 3
    assert_stopped(athena, 3)
    for s in statements:
        s.check(s.free())


def test_many_times_from_another_thread(athena, connection) -> None:
    """Cancels at any moment of short queries: each ends in its result or in HY008."""
    s, is_over = odbc.Statement(connection), threading.Event()

    def pester() -> None:
        pause = 0.0
        while not is_over.is_set():
            time.sleep(pause)
            pause = (pause + 0.007) % 0.06
            s.cancel()

    thread = threading.Thread(target=pester)
    thread.start()
    outcomes = []
    for number in range(40):
        rc = s.execute(f"SELECT {number}")
        if rc == odbc.ERROR:
            assert s.states() == ["HY008"]
        else:
            s.check(rc)
        outcomes.append(rc)
        s.check(s.close())
    is_over.set()
    thread.join()
    assert odbc.ERROR in outcomes
    finish(s)
    s.check(s.free())


# ---- the connection ---------------------------------------------------------------------------

def test_connecting(env, athena, connection_string) -> None:
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "delay", "count": 10,
                   "delay_ms": 20000})
    connection = odbc.Connection(env)
    timer = threading.Timer(
        0.7, lambda: odbc.lib.SQLCancelHandle(odbc.DBC, connection.value))
    timer.start()
    with soon():
        rc = connection.connect(connection_string())
    timer.cancel()  # should the call have failed early: unixODBC's crashes when not connected
    timer.join()
    connection.check(rc, odbc.ERROR)
    assert connection.states() == ["HY008"]
    athena.reset()
    connection.check(connection.connect(connection_string()))
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_connection_s_cancel_leaves_statements_alone(connection, async_statement) -> None:
    s, sql = async_statement, "-- athena-local: run_ms=500\nSELECT 1"
    s.check(s.execute(sql), odbc.STILL_EXECUTING)
    connection.check(odbc.lib.SQLCancelHandle(odbc.DBC, connection.value))
    s.check(s.poll(lambda: s.execute(sql)))
    assert s.rows() == [("1",)]


# ---- time-outs --------------------------------------------------------------------------------

@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("sql, state", PHASES.values(), ids=PHASES.keys())
def test_query_timeout(athena, connection, is_async, sql, state) -> None:
    s = odbc.Statement(connection, is_async)
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    with soon(at_least_s=0.9):
        s.check(s.poll(lambda: s.execute(sql)), odbc.ERROR)
    assert s.states() == ["HYT00"]
    assert_stopped(athena, 1)
    assert execution_info.attribute(s, "STATE") == state, "what was heard last"
    finish(s)
    s.check(s.free())


def test_query_timeout_covers_the_wait_for_a_start(athena, async_statement) -> None:
    s = async_statement
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "throttle",
                   "count": 1000})
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    with soon(at_least_s=0.9):
        s.check(s.poll(lambda: s.execute(RUNNING)), odbc.ERROR)
    assert s.states() == ["HYT00"]
    assert athena.stats()["queries"]["started"] == 0
    athena.reset()
    finish(s)


def test_query_timeout_of_a_blocked_fetch(athena, statement) -> None:
    """It ends in time, and the rows can still be fetched, each once, when they have come."""
    s, number = statement, ctypes.c_int64(-1)
    slow_download(athena, 8000)
    s.check(s.execute(LARGE))
    s.check(s.bind(1, odbc.C_SBIGINT, ctypes.byref(number), 8, None))
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    seen = []

    def fetch() -> int:
        if (rc := s.fetch()) == odbc.SUCCESS:
            seen.append(number.value)
        return rc

    began = time.monotonic()
    assert drain(fetch) == odbc.ERROR
    assert s.states() == ["HYT00"]
    assert time.monotonic() - began < 7.5
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 0))
    assert drain(fetch) == odbc.NO_DATA
    assert sorted(seen) == list(range(200001))
    finish(s)


def test_query_timeout_of_a_deferred_fetch(athena, async_statement) -> None:
    s = async_statement
    slow_download(athena)
    s.check(s.poll(lambda: s.execute(LARGE)))
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    assert drain(s.fetch) == odbc.STILL_EXECUTING
    with soon(at_least_s=0.4):
        s.check(s.poll(s.fetch))
    s.check(s.fetch(), odbc.ERROR)
    assert s.states() == ["HYT00"]
    athena.reset()
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 0))
    finish(s)


def test_a_timeout_that_is_not_reached(async_statement) -> None:
    async_statement.check(async_statement.set(odbc.ATTR_QUERY_TIMEOUT, 30))
    assert len(async_statement.query(LARGE.replace("200000", "3000"))) == 3001


def stalled(athena, operation: str) -> None:
    athena.faults({"service": "athena", "operation": operation, "kind": "delay", "count": 100,
                   "delay_ms": 15000})


@pytest.mark.parametrize("when", ["before connecting", "after connecting"])
def test_connection_timeout(env, athena, connection_string, when) -> None:
    """A request without answer for so long fails, here with no more attempts: HYT01."""
    connection, text = odbc.Connection(env), connection_string(NumRetries="0")
    if when == "before connecting":
        connection.check(connection.set(CONNECTION_TIMEOUT, 1))
    connection.check(connection.connect(text))
    if when == "after connecting":
        connection.check(connection.set(CONNECTION_TIMEOUT, 1))
    s = odbc.Statement(connection)
    stalled(athena, "StartQueryExecution")
    with soon(at_least_s=0.9):
        s.check(s.execute("SELECT 1"), odbc.ERROR)
    assert s.states() == ["HYT01"]
    athena.reset()
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_connection_timeout_while_connecting(env, athena, connection_string) -> None:
    stalled(athena, "GetWorkGroup")
    connection = odbc.Connection(env)
    connection.check(connection.set(CONNECTION_TIMEOUT, 1))
    with soon(at_least_s=0.9):
        connection.check(connection.connect(connection_string(NumRetries="0")), odbc.ERROR)
    assert connection.states() == ["HYT01"]
    connection.check(connection.free())


def test_login_timeout_covers_every_attempt(env, athena, connection_string) -> None:
    """The time-out is for connecting as a whole, retries and their pauses included."""
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "error5xx",
                   "count": 1000})
    connection = odbc.Connection(env)
    connection.check(connection.set(odbc.ATTR_LOGIN_TIMEOUT, 1))
    with soon(at_least_s=0.9):
        connection.check(connection.connect(connection_string(NumRetries="100")), odbc.ERROR)
    assert connection.states() == ["HYT00"]
    connection.check(connection.free())
