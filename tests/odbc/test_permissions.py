"""Policies that leave out what the driver can do without: each alone, and all together.

Everything else goes on: connecting, queries however many, catalog functions, cancel, time-outs, leaving.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator

import odbc
import pytest
from odbc import ERROR, NTS, STILL_EXECUTING

DISPENSABLE = ["GetWorkGroup", "GetTableMetadata", "StopQueryExecution", "BatchGetQueryExecution"]
POLICIES = [*([name] for name in DISPENSABLE), DISPENSABLE]
RUNNING = "-- athena-local: run_ms=100000\nSELECT 1"
SOON = "-- athena-local: run_ms=400\nSELECT {}"


@pytest.fixture(params=POLICIES, ids=lambda policy: policy[0] if len(policy) == 1 else "all")
def denied(request: pytest.FixtureRequest, athena) -> list[str]:
    athena.faults({"service": "athena", "operation": request.param, "kind": "access_denied"})
    return request.param


@pytest.fixture
def poor(denied: list[str], connect: Callable) -> Iterator[odbc.Connection]:
    """A connection under the policy, which shares with no other what it finds out of it."""
    yield connect(role_session_name=uuid.uuid4().hex, MinQueryExecutionPollingInterval="50")


def tables(s: odbc.Statement, schema: str, table: str) -> list[tuple]:
    s.check(odbc.lib.SQLTables(s.value, None, 0, schema.encode(), NTS, table.encode(), NTS, None, 0),
            odbc.SUCCESS, odbc.INFO)
    rows = s.rows()
    s.check(s.close())
    return rows


def columns(s: odbc.Statement, schema: str, table: str) -> list[tuple]:
    s.check(odbc.lib.SQLColumns(s.value, None, 0, schema.encode(), NTS, table.encode(), NTS,
                                None, 0), odbc.SUCCESS, odbc.INFO)
    rows = s.rows()
    s.check(s.close())
    return rows


def test_connecting(poor: odbc.Connection, athena) -> None:
    assert athena.requests("athena.GetWorkGroup") == 1
    assert poor.diagnostics() == []


def test_wrong_keys_are_still_told(denied, env, connection_string) -> None:
    """What is denied and what is not signed are two things."""
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(PWD="not/the/right/secret")), ERROR)
    assert connection.states() == ["28000"]
    connection.check(connection.free())


def test_queries(poor: odbc.Connection) -> None:
    s = odbc.Statement(poor)
    assert s.query("SELECT id, name FROM zones WHERE id = 2") != []
    s.check(s.execute("SELECT * FROM no_such_table"), ERROR)
    assert s.states() == ["42S02"]
    s.check(s.prepare("SELECT count(*) AS n FROM zones"))
    assert s.describe(1)[0] == "n"
    s.check(s.run())
    assert s.rows() == [("20",)]
    s.check(s.free())


def test_many_queries(poor: odbc.Connection, athena, denied: list[str]) -> None:
    """The watcher: where the batch call is denied it is found out once, and remembered."""
    statements = {odbc.Statement(poor, is_async=True): SOON.format(n) for n in range(30)}
    for s, sql in statements.items():
        s.check(s.execute(sql), STILL_EXECUTING)
    for n, (s, sql) in enumerate(statements.items()):
        s.check(s.poll(lambda s=s, sql=sql: s.execute(sql)))
        assert s.rows() == [(str(n),)]
        s.check(s.free())
    if "BatchGetQueryExecution" in denied:
        assert athena.requests("athena.BatchGetQueryExecution") <= 4
        assert athena.requests("athena.GetQueryExecution") >= 30
    assert athena.stats()["queries"]["abandoned"] == 0


def test_catalog_functions(poor: odbc.Connection) -> None:
    s = odbc.Statement(poor)
    assert [row[2] for row in tables(s, "sample", "zones")] == ["zones"]
    assert {"zones", "taxi_trips", "payments"} <= {row[2] for row in tables(s, "sample", "%")}
    assert tables(s, "sample", "no_such_table") == []
    assert [row[3] for row in columns(s, "sample", "zones")][:2] == ["id", "borough"]
    assert [row[3] for row in columns(s, "sample", "orders\\_by\\_month")][-2:] == ["year", "month"]
    s.check(odbc.lib.SQLPrimaryKeys(s.value, None, 0, b"sample", NTS, b"zones", NTS))
    assert s.rows() == []
    s.check(s.free())


def until_started(athena, count: int) -> None:
    deadline = time.monotonic() + 60
    while athena.stats()["queries"]["started"] < count and time.monotonic() < deadline:
        time.sleep(0.02)


def answers_at_once(connection: odbc.Connection) -> None:
    """Nothing hangs on the query that goes on."""
    s = odbc.Statement(connection)
    assert s.query("SELECT 5") == [("5",)]
    s.check(s.free())


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_cancel(poor: odbc.Connection, athena, is_async: bool) -> None:
    s = odbc.Statement(poor, is_async)

    is_over = threading.Event()

    def cancel() -> None:
        until_started(athena, 1)
        while not is_over.wait(0.05):  # what has started may be what another test left behind
            s.check(s.cancel(), odbc.SUCCESS, odbc.INFO)

    thread = threading.Thread(target=cancel)
    thread.start()
    s.check(s.poll(lambda: s.execute(RUNNING)), ERROR)
    is_over.set()
    thread.join()
    assert s.states() == ["HY008"]
    answers_at_once(poor)
    s.check(s.free())


def test_time_out(poor: odbc.Connection, athena) -> None:
    s = odbc.Statement(poor)
    s.check(s.set(0, 1))  # SQL_ATTR_QUERY_TIMEOUT
    s.check(s.execute(RUNNING), ERROR)
    assert s.states() == ["HYT00"]
    answers_at_once(poor)
    s.check(s.free())


def test_leaving(denied: list[str], env, connection_string, athena) -> None:
    """A disconnect with queries under way ends, and asks to stop each once."""
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(ApplicationName="leaves")))
    statements = [odbc.Statement(connection, is_async=True) for _ in range(3)]
    for s in statements:
        s.check(s.execute(RUNNING), STILL_EXECUTING)
    until_started(athena, 3)
    connection.check(connection.disconnect())
    connection.check(connection.free())
    deadline = time.monotonic() + 60  # the stops go on in the background
    while athena.requests("athena.StopQueryExecution") < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert athena.requests("athena.StopQueryExecution") == 3


def test_what_is_denied_is_logged(denied: list[str], env, connection_string, athena,
                                  tmp_path, no_log) -> None:
    """Whoever asks why it is slow, or why a query goes on, finds it in the log."""
    words = {"GetWorkGroup": "athena:GetWorkGroup is denied",
             "GetTableMetadata": "GetTableMetadata is denied",
             "StopQueryExecution": "could not be stopped: ",
             "BatchGetQueryExecution": "athena:BatchGetQueryExecution is denied"}

    def lacks(*names: str) -> list[str]:
        text = (tmp_path / "log").read_text()
        return [name for name in names if name in denied and words[name] not in text]

    def wait_for(*names: str) -> None:
        deadline = time.monotonic() + 60
        while lacks(*names) and time.monotonic() < deadline:
            time.sleep(0.02)

    own = odbc.Env()
    connection = odbc.Connection(own)
    connection.check(connection.connect(connection_string(
        role_session_name=uuid.uuid4().hex, LogLevel="INFO", LogPath=str(tmp_path / "log"))))
    statements = [odbc.Statement(connection, is_async=True) for _ in range(3)]
    for s in statements:
        s.check(s.execute(RUNNING), STILL_EXECUTING)
    wait_for("BatchGetQueryExecution")
    metadata = odbc.Statement(connection)
    columns(metadata, "sample", "zones")
    for s in statements:
        s.check(s.cancel())
        s.check(s.poll(lambda s=s: s.execute(RUNNING)), ERROR)
    wait_for("StopQueryExecution")
    connection.check(connection.disconnect())
    connection.check(connection.free())
    assert own.free() == odbc.SUCCESS
    assert lacks(*words) == []
