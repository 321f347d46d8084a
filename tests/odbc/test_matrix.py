"""Every function that may be deferred, every way it can end, every way to learn of it.

A cell of the matrix is a function, an outcome, a mechanism (polling, event descriptor, callback) and
ANSI or W. In each the outcome must be right, and afterwards the statement must be as good as
new: closed, used again and freed through unixODBC, which refuses that for ever when a deferred
call has ended in a way that it does not expect (DESIGN, "the S11 trap"). The mechanisms are strict: a
deferred operation signals exactly once, one that completes at once never, and after the signal
the next call has the outcome.

What cannot occur has no row: executions give no warnings, a fetch has no time-out of its own but
the transport's, SQLPrepare and SQLGetTypeInfo ask nobody. Cells that wait for a time-out run together,
at the end.
"""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import odbc
import pytest
from conftest import options, write_string

ATTR_EVENT, ATTR_CALLBACK, ATTR_CONTEXT = 29, 30, 31
LIMIT_S = 20
PAGE_ROWS, FIRST_ROWS, ALL_ROWS = 10, 9, 25  # Athena's first page begins with the names
CONNECTION = {"ConnectionTest": "0", "NumRetries": "1", "ResultFetcher": "GetQueryResults",
              "RowsToFetchPerBlock": str(PAGE_ROWS), "MinQueryExecutionPollingInterval": "20",
              "MaxQueryExecutionPollingInterval": "100"}


# ---- how an application learns that a call has its outcome ----

class Polling:
    """Asks again and again."""

    def __init__(self, statement: odbc.Statement) -> None:
        self.statement = statement
        self.deferred = 0

    def wait(self) -> None:
        time.sleep(0.002)

    def repeat(self, call: Callable[[], int], meanwhile: Callable[[], None]) -> int:
        deadline = time.monotonic() + LIMIT_S
        self.deferred += 1
        meanwhile()
        while (rc := call()) == odbc.STILL_EXECUTING:
            assert time.monotonic() < deadline, "still executing"
            self.wait()
        return rc

    def run(self, call: Callable[[], int],
            meanwhile: Callable[[], None] = lambda: None) -> tuple[int, bool]:
        """The outcome of a call, and whether it was deferred; then meanwhile was called."""
        rc = call()
        if rc != odbc.STILL_EXECUTING:
            return rc, False
        return self.repeat(call, meanwhile), True

    def close(self) -> None:
        pass


class Signalled(Polling):
    """Sleeps until it is told, and then calls once."""

    def repeat(self, call: Callable[[], int], meanwhile: Callable[[], None]) -> int:
        self.deferred += 1
        meanwhile()
        self.wait()
        rc = call()
        assert rc != odbc.STILL_EXECUTING, "signalled, but not ready"
        return rc

    def signals(self) -> int:
        raise NotImplementedError

    def close(self) -> None:
        assert self.signals() == self.deferred, "signals, one for each deferred call"


class Event(Signalled):
    def __init__(self, statement: odbc.Statement) -> None:
        super().__init__(statement)
        self.fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.seen = 0
        statement.check(statement.set(ATTR_EVENT, self.fd))

    def wait(self) -> None:
        assert select.select([self.fd], [], [], LIMIT_S)[0], "no signal"
        self.seen += os.eventfd_read(self.fd)

    def signals(self) -> int:
        assert not select.select([self.fd], [], [], 0)[0], "a signal that nobody waited for"
        return self.seen

    def close(self) -> None:
        super().close()
        self.statement.check(self.statement.set(ATTR_EVENT, 0))
        os.close(self.fd)


CALLBACK = ctypes.CFUNCTYPE(ctypes.c_short, ctypes.c_void_p, ctypes.c_int)
CONTEXT = 0x1234


class Callback(Signalled):
    def __init__(self, statement: odbc.Statement) -> None:
        super().__init__(statement)
        self.ready = threading.Semaphore(0)
        self.calls: list[tuple[int, bool]] = []
        self.function = CALLBACK(self.called)
        statement.check(statement.set(ATTR_CALLBACK, ctypes.cast(self.function, ctypes.c_void_p)))
        statement.check(statement.set(ATTR_CONTEXT, CONTEXT))

    def called(self, context: int, is_last: int) -> int:
        if is_last:
            self.calls.append((context, threading.current_thread() is threading.main_thread()))
            self.ready.release()
        return odbc.SUCCESS

    def wait(self) -> None:
        assert self.ready.acquire(timeout=LIMIT_S), "no callback"

    def signals(self) -> int:
        assert set(self.calls) <= {(CONTEXT, False)}, "with its context, on the driver's thread"
        return len(self.calls)

    def close(self) -> None:
        super().close()
        self.statement.check(self.statement.set(ATTR_CALLBACK, None))


MECHANISMS = {"polling": Polling, "event": Event, "callback": Callback}


# ---- the functions ----

def text(words: str | None, wide: bool) -> Any:
    if words is None:
        return None
    return odbc.utf16(words) if wide else words.encode()


def named(name: str, wide: bool) -> Callable[..., int]:
    return getattr(odbc.lib, name + "W" if wide else name)


def exec_direct(s: odbc.Statement, wide: bool, sql: str) -> Callable[[], int]:
    return lambda: named("SQLExecDirect", wide)(s.value, text(sql, wide), odbc.NTS)


def prepared(s: odbc.Statement, wide: bool, sql: str) -> Callable[[], int]:
    s.check(named("SQLPrepare", wide)(s.value, text(sql, wide), odbc.NTS))
    return lambda: odbc.lib.SQLExecute(s.value)


def listing(name: str, last: str) -> Callable:
    def make(s: odbc.Statement, wide: bool, schema: str) -> Callable[[], int]:
        words: list[Any] = []
        for part in (None, schema, "%", last):
            words += [text(part, wide), odbc.NTS if part else 0]
        return lambda: named(name, wide)(s.value, *words)
    return make


EXECUTIONS = {"SQLExecDirect": exec_direct, "SQLPrepare+SQLExecute": prepared}
LISTINGS = {"SQLTables": listing("SQLTables", "TABLE"), "SQLColumns": listing("SQLColumns", "%")}
FETCHES = {"SQLFetch": odbc.Statement.fetch, "SQLFetchScroll": odbc.Statement.fetch_scroll}


# ---- the outcomes ----

def rule(operation: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"service": "athena", "operation": operation, "kind": kind, **more}


@dataclasses.dataclass
class Outcome:
    """What is done to bring it about (a fault, a cancel), and what is to be seen then."""

    argument: str
    rc: int = odbc.SUCCESS
    state: str = ""
    faults: tuple[dict[str, Any], ...] = ()
    is_cancelled: bool = False
    stops: int = 0  # queries that are stopped in Athena


QUICK = "-- athena-local: queue_ms=0 run_ms=20 planning_ms=0\n"
SELECT = QUICK + "SELECT 'one' AS a"
ENDLESS = "-- athena-local: run_ms=30000\nSELECT 1"
START, RESULTS, TABLES = "StartQueryExecution", "GetQueryResults", "ListTableMetadata"
STATUS = "*GetQueryExecution"
SLOW_START = rule(START, "delay", delay_ms=40)
MANY = QUICK + ("SELECT 'row ' || CAST(n AS varchar) "
                f"FROM UNNEST(sequence(1, {ALL_ROWS})) AS t (n)")
EXECUTED = {
    "success": Outcome(SELECT),
    "no rows": Outcome(SELECT + " WHERE 1 = 0"),
    "error": Outcome("SELECT * FROM no_such_table", odbc.ERROR, "42S02"),
    "refused": Outcome("SELEC 1", odbc.ERROR, "42000", (SLOW_START,)),
    "denied": Outcome(SELECT, odbc.ERROR, "42501", (rule(START, "access_denied"), SLOW_START)),
    "cancelled": Outcome(ENDLESS, odbc.ERROR, "HY008", is_cancelled=True, stops=1),
    "throttled start": Outcome(SELECT, faults=(rule(START, "throttle", count=1),)),
    "throttled status": Outcome(SELECT, faults=(rule(STATUS, "throttle", count=1),)),
    "throttled results": Outcome(SELECT, faults=(rule(RESULTS, "throttle", count=1),)),
    "lost": Outcome(SELECT, odbc.ERROR, "08S01", (rule(START, "reset"), SLOW_START)),
    "lost once": Outcome(SELECT, faults=(rule(START, "reset", when="after", count=1),)),
    "results lost": Outcome(SELECT, odbc.ERROR, "08S01", (rule(RESULTS, "reset"),)),
}

SLOW_LIST = rule("*", "delay", delay_ms=80)
LISTED = {
    "success": Outcome("sample", faults=(SLOW_LIST,)),
    "no rows": Outcome("no_such_database", faults=(SLOW_LIST,)),
    "info": Outcome("%", odbc.INFO, "01000", (rule(TABLES, "access_denied", count=1), SLOW_LIST)),
    "error": Outcome("sample", odbc.ERROR, "42501", (rule(TABLES, "access_denied"), SLOW_LIST)),
    "cancelled": Outcome("sample", odbc.ERROR, "HY008",
                         (rule(TABLES, "delay", delay_ms=3000),), is_cancelled=True),
    "throttled": Outcome("sample", faults=(rule(TABLES, "throttle", count=1), SLOW_LIST)),
    "lost": Outcome("sample", odbc.ERROR, "08S01", (rule(TABLES, "reset"), SLOW_LIST)),
    "lost once": Outcome("sample", faults=(rule(TABLES, "reset", count=1), SLOW_LIST)),
}

# of the second page of three; the deferred fetch itself always ends well, and what is said here comes
# with a later one
SECOND = {"skip": 1, "count": 1}
FETCHED = {
    "success": Outcome("", odbc.NO_DATA, "", (rule(RESULTS, "delay", delay_ms=80, **SECOND),)),
    "info": Outcome("short", odbc.NO_DATA, "", (rule(RESULTS, "delay", delay_ms=80, **SECOND),)),
    "error": Outcome("", odbc.ERROR, "42501",
                     (rule(RESULTS, "access_denied", skip=1, delay_ms=80),)),
    "cancelled": Outcome("", odbc.ERROR, "HY008",
                         (rule(RESULTS, "delay", delay_ms=300, **SECOND),), is_cancelled=True),
    "throttled": Outcome("", odbc.NO_DATA, "",
                         (rule(RESULTS, "throttle", delay_ms=80, **SECOND),)),
    "lost": Outcome("", odbc.ERROR, "08S01", (rule(RESULTS, "reset", skip=1, delay_ms=80),)),
    "lost once": Outcome("", odbc.NO_DATA, "", (rule(RESULTS, "reset", delay_ms=80, **SECOND),)),
    "cut off": Outcome("", odbc.ERROR, "08S01",
                       (rule(RESULTS, "truncate", skip=1, after_bytes=99, delay_ms=80),)),
}


# ---- the cells ----

@pytest.fixture(scope="module")
def matrix_env(configuration) -> Iterator[odbc.Env]:
    env = odbc.Env(odbc.OV_ODBC3_80)
    yield env
    env.check(env.free())


@contextlib.contextmanager
def connected(env: odbc.Env, url: str, wide: bool, **changes: str) -> Iterator[odbc.Connection]:
    """A connection by ANSI or by W calls."""
    connection = odbc.Connection(env)
    string = "DRIVER=Athena;" + write_string(options(url, **{**CONNECTION, **changes}))
    connection.check(connection.connect(string, wide), odbc.SUCCESS, odbc.INFO)
    yield connection
    connection.check(connection.disconnect())
    connection.check(connection.free())


@contextlib.contextmanager
def pair(env: odbc.Env, url: str, **changes: str) -> Iterator[dict[bool, odbc.Connection]]:
    with connected(env, url, False, **changes) as ansi, connected(env, url, True, **changes) as w:
        yield {False: ansi, True: w}


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def wide(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture(params=MECHANISMS.values(), ids=MECHANISMS.keys())
def waiter(request: pytest.FixtureRequest, athena, matrix_env, wide: bool) -> Iterator[Polling]:
    """A statement with a way to wait for it; afterwards it must be as good as new.

    It has a connection of its own: what the driver has learnt about Athena's quotas, when a cell
    is throttled, ends with the last connection and does not slow down the cells after it.
    """
    with connected(matrix_env, athena.url, wide) as connection:
        waiter = request.param(odbc.Statement(connection, is_async=True))
        yield waiter
        athena.faults()
        as_good_as_new(waiter, wide)


def as_good_as_new(waiter: Polling, wide: bool) -> None:
    """Closed, used again, freed; and no signal is missing, none is left over."""
    s = waiter.statement
    s.check(s.close())
    s.check(odbc.lib.SQLFreeStmt(s.value, odbc.UNBIND))
    s.check(waiter.run(exec_direct(s, wide, QUICK + "SELECT 42"))[0])
    s.check(waiter.run(s.fetch)[0])
    assert s.text(1, wide) == "42"
    s.check(waiter.run(s.fetch)[0], odbc.NO_DATA)
    s.check(s.close())
    waiter.close()
    s.check(s.free())


def cells(table: dict, outcomes: dict) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("function, outcome", [
        pytest.param(table[f], outcomes[o], id=f"{f}-{o}") for f in table for o in outcomes])


def judge(s: odbc.Statement, rc: int, outcome: Outcome, wide: bool) -> None:
    diagnostics = s.diagnostics(wide)
    assert (rc, [d[0] for d in diagnostics]) == (
        outcome.rc, [outcome.state] if outcome.state else []), diagnostics


@cells(EXECUTIONS, EXECUTED)
def test_execution(athena, waiter, wide, function, outcome: Outcome) -> None:
    s = waiter.statement
    athena.faults(*outcome.faults)

    def cancel() -> None:
        if outcome.is_cancelled:
            time.sleep(0.05)  # mostly the query is under way then; if not, it is stopped later
            s.check(s.cancel())

    rc, was_deferred = waiter.run(function(s, wide, outcome.argument), cancel)
    assert was_deferred, "an execution asks the network and is deferred"
    judge(s, rc, outcome, wide)
    if rc == odbc.SUCCESS:
        found = []
        while s.check(waiter.run(s.fetch)[0], odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
            found.append(s.text(1, wide))
        assert found == ([] if "1 = 0" in outcome.argument else ["one"])
        assert athena.stats()["queries"]["started"] == 1
    assert odbc.eventually(
        lambda: athena.requests("athena.StopQueryExecution") >= outcome.stops), "not stopped"


@cells(LISTINGS, LISTED)
def test_listing(athena, waiter, wide, function, outcome: Outcome) -> None:
    s = waiter.statement
    athena.faults(*outcome.faults)

    def cancel() -> None:
        if outcome.is_cancelled:
            s.check(s.cancel())

    rc, was_deferred = waiter.run(function(s, wide, outcome.argument), cancel)
    assert was_deferred, "metadata comes from the network"
    judge(s, rc, outcome, wide)
    if rc in (odbc.SUCCESS, odbc.INFO):
        found = 0
        while s.check(waiter.run(s.fetch)[0], odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
            assert s.text(2, wide), "a table is in a database"
            found += 1
        assert (found == 0) == (outcome.argument == "no_such_database")


@cells(FETCHES, FETCHED)
def test_fetch(athena, waiter, wide, function, outcome: Outcome) -> None:
    s = waiter.statement
    athena.faults(*outcome.faults)
    s.check(waiter.run(exec_direct(s, wide, MANY))[0])
    room, length = ctypes.create_string_buffer(8), ctypes.c_ssize_t()
    is_short = outcome.argument == "short"
    if is_short:
        s.check(s.bind(1, odbc.C_WCHAR if wide else odbc.C_CHAR, room, 8, ctypes.byref(length)))
    rows, ended, deferrals = 0, odbc.SUCCESS, 0
    while ended in (odbc.SUCCESS, odbc.INFO):
        ended, was_deferred = waiter.run(
            lambda: function(s), lambda: outcome.is_cancelled and s.check(s.cancel()))
        deferrals += was_deferred
        if was_deferred:
            assert ended in (odbc.SUCCESS, odbc.INFO), "unixODBC would not let go of it"
        if ended in (odbc.SUCCESS, odbc.INFO):
            rows += 1
            # in eight bytes: seven of text by ANSI, three characters by W
            is_cut = is_short and len(f"row {rows}") > (3 if wide else 7)
            assert ended == (odbc.INFO if is_cut else odbc.SUCCESS)
            assert s.states() == (["01004"] if is_cut else [])
            if not is_short:
                assert s.text(1, wide) == f"row {rows}"
    judge(s, ended, outcome, wide)
    assert deferrals > 0, "no fetch had to wait"
    if ended == odbc.NO_DATA:
        assert rows == ALL_ROWS
        assert waiter.run(lambda: function(s)) == (odbc.NO_DATA, False), "at the end once more"
    else:
        assert rows == FIRST_ROWS, "what was there is delivered, and nothing else"


@pytest.mark.parametrize("sql_type, rc, state", [(0, 0, ""), (12, 0, ""), (-1000, -1, "HY004")],
                         ids=["all", "varchar", "no such type"])
def test_type_info(waiter, wide, sql_type: int, rc: int, state: str) -> None:
    s = waiter.statement
    call = named("SQLGetTypeInfo", wide)
    call.restype = ctypes.c_short
    s.check(s.cancel())  # of nothing
    assert waiter.run(lambda: call(s.value, sql_type)) == (rc, False), "nobody is asked"
    assert s.states() == ([state] if state else [])
    if rc == odbc.SUCCESS:
        assert waiter.run(s.fetch) == (odbc.SUCCESS, False)


@pytest.mark.parametrize("sql, rc, state", [("SELECT 7", 0, ""), ("", -1, "42000")],
                         ids=["success", "error"])
def test_prepare(athena, waiter, wide, sql: str, rc: int, state: str) -> None:
    s = waiter.statement
    call = named("SQLPrepare", wide)
    assert waiter.run(lambda: call(s.value, text(sql, wide), odbc.NTS)) == (rc, False)
    assert s.states() == ([state] if state else [])
    assert athena.stats()["queries"]["started"] == 0


TIMED = {**EXECUTIONS, **LISTINGS}


@pytest.mark.parametrize("function", TIMED.values(), ids=TIMED.keys())
def test_time_out(athena, matrix_env, function) -> None:
    """All mechanisms, ANSI and W, at the same time: SQL_ATTR_QUERY_TIMEOUT is in seconds."""
    with pair(matrix_env, athena.url) as connections:
        run_into_time_outs(athena, connections, function)


def run_into_time_outs(athena, connections: dict[bool, odbc.Connection],
                       function: Callable) -> None:
    is_query = function in EXECUTIONS.values()
    athena.faults(rule(TABLES, "stall", delay_ms=20000))
    waiters = [(mechanism(odbc.Statement(connections[wide], is_async=True)), wide)
               for mechanism in MECHANISMS.values() for wide in (False, True)]
    calls = []
    began = time.monotonic()
    for waiter, wide in waiters:
        s = waiter.statement
        s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1))
        calls.append(function(s, wide, ENDLESS if is_query else "sample"))
        assert calls[-1]() == odbc.STILL_EXECUTING
    for (waiter, wide), call in zip(waiters, calls):
        rc = waiter.repeat(call, lambda: None)
        judge(waiter.statement, rc, Outcome("", odbc.ERROR, "HYT00"), wide)
    assert 0.9 < time.monotonic() - began < odbc.SOON_S
    athena.faults()
    for waiter, wide in waiters:
        waiter.statement.check(waiter.statement.set(odbc.ATTR_QUERY_TIMEOUT, 0))
        as_good_as_new(waiter, wide)
    if is_query:
        assert athena.requests("athena.StopQueryExecution") == len(waiters)


def until_hit(athena) -> None:
    """The request has come that the one rule in force is for: the next may be posted."""
    deadline = time.monotonic() + LIMIT_S
    while not athena.control("GET", "faults")[0]["hits"]:
        assert time.monotonic() < deadline, "no such request"
        time.sleep(0.005)


def test_fetch_time_out(athena, matrix_env) -> None:
    """All cells at the same time. A page that never comes: HYT01, once what was there is out."""
    with pair(matrix_env, athena.url, NumRetries="0", RequestTimeout="3000") as connections:
        pending = []
        for function in FETCHES.values():
            for mechanism in MECHANISMS.values():
                for wide, connection in connections.items():
                    waiter = mechanism(odbc.Statement(connection, is_async=True))
                    s = waiter.statement
                    # of this execution: its first page comes, its second is begun and stalls
                    athena.faults(rule(RESULTS, "stall", skip=1, delay_ms=20000))
                    s.check(waiter.run(exec_direct(s, wide, MANY))[0])
                    rows = 0
                    while (rc := function(s)) == odbc.SUCCESS:
                        rows += 1
                    assert (rc, rows) == (odbc.STILL_EXECUTING, FIRST_ROWS - 1)
                    until_hit(athena)
                    pending.append((waiter, function, wide))
        athena.faults()
        for waiter, function, wide in pending:
            s = waiter.statement
            s.check(waiter.repeat(lambda: function(s), lambda: None))
            rc, was_deferred = waiter.run(lambda: function(s))
            assert not was_deferred
            judge(s, rc, Outcome("", odbc.ERROR, "HYT01"), wide)
            as_good_as_new(waiter, wide)
