"""Asynchronous execution by polling, through unixODBC.

What unixODBC does with a deferred call that ends badly (the statement can never be closed or freed
again) is why each test here closes, reuses and frees its statement afterwards: see the fixtures.
"""

from __future__ import annotations

import threading
import time

import odbc
import pytest

SLOW = "-- athena-local: queue_ms=100 run_ms=200\n"

RESULTS = {
    "empty": ("SELECT id, name FROM zones WHERE 1 = 0", 0),
    "one row": ("SELECT 1, 'one'", 1),
    "one page": ("SELECT trip_id, payment FROM taxi_trips WHERE trip_id < 900", 900),
    "a file": ("SELECT trip_id, payment FROM taxi_trips WHERE trip_id < 30000", 30000),
}


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def wide(request: pytest.FixtureRequest) -> bool:
    return request.param


def finish(statement: odbc.Statement) -> None:
    """The statement is as good as new: closed, used again."""
    statement.check(statement.close())
    assert statement.query("SELECT 42") == [("42",)]


@pytest.mark.parametrize("sql, rows", RESULTS.values(), ids=RESULTS.keys())
def test_execute_and_fetch(async_statement: odbc.Statement, sql: str, rows: int,
                           wide: bool) -> None:
    s = async_statement
    s.check(s.poll(lambda: s.execute(SLOW + sql, wide)))
    assert s.polls > 0, "a query that takes 300 ms in the service was not deferred"
    seen = 0
    while s.check(s.poll(s.fetch), odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
        seen += 1
    assert seen == rows
    finish(s)


@pytest.mark.parametrize("sql, rows", RESULTS.values(), ids=RESULTS.keys())
def test_same_rows_by_fetch_scroll(async_statement: odbc.Statement, sql: str, rows: int) -> None:
    s = async_statement
    s.check(s.poll(lambda: s.execute(sql)))
    seen = 0
    while s.check(s.poll(s.fetch_scroll), odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
        seen += 1
    assert seen == rows
    finish(s)


@pytest.mark.parametrize("sql, state", [
    ("SELECT * FROM no_such_table", "42S02"),
    ("SELECT no_such_column FROM zones", "42S22"),
    ("SELEC 1", "42000"),
    ("SELECT 1/0", "22012"),
    ('-- athena-local: fail="INTERNAL_ERROR: broken"\nSELECT 1', "HY000"),
])
def test_failing_query(async_statement: odbc.Statement, sql: str, state: str, wide: bool) -> None:
    s = async_statement
    s.check(s.poll(lambda: s.execute(sql, wide)), odbc.ERROR)
    assert s.states() == [state], s.diagnostics()
    finish(s)


def test_download_that_fails_is_reported_by_the_next_fetch(athena, async_statement) -> None:
    """Rows that have come are delivered; then SQL_ERROR, not deferred, and never a short result."""
    s = async_statement
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "truncate", "count": 1000,
                   "after_bytes": 0, "skip": 1})
    rc = s.poll(lambda: s.execute("SELECT * FROM taxi_trips WHERE trip_id <= 200000"))
    seen = 0
    if rc == odbc.SUCCESS:
        while (rc := s.poll(s.fetch)) == odbc.SUCCESS:
            seen += 1
    assert rc == odbc.ERROR, f"{odbc.NAMES.get(rc, rc)} after {seen} rows"
    assert s.states()[0] in ("08S01", "HYT01")
    athena.reset()
    finish(s)


def test_arguments_of_later_calls_are_ignored(async_statement: odbc.Statement) -> None:
    s = async_statement
    assert s.execute(SLOW + "SELECT 'first'") == odbc.STILL_EXECUTING
    s.check(s.poll(lambda: s.execute("SELECT 'second'")))
    assert s.rows() == [("first",)]
    finish(s)


def test_other_statements_work_meanwhile(connection, async_statement) -> None:
    other = odbc.Statement(connection)
    sql = "-- athena-local: run_ms=1500\nSELECT 'slow'"
    assert async_statement.execute(sql) == odbc.STILL_EXECUTING
    assert other.query("SELECT 'quick'") == [("quick",)]
    assert async_statement.execute(sql) == odbc.STILL_EXECUTING
    async_statement.check(async_statement.poll(lambda: async_statement.execute(sql)))
    assert async_statement.rows() == [("slow",)]
    other.check(other.free())


def test_another_function_while_executing_is_a_sequence_error(async_statement) -> None:
    s = async_statement
    sql = SLOW + "SELECT 1"
    assert s.execute(sql) == odbc.STILL_EXECUTING
    assert s.fetch() == odbc.ERROR
    assert s.states() == ["HY010"]
    s.check(s.poll(lambda: s.execute(sql)))
    finish(s)


def test_cancel_of_a_running_query(athena, async_statement, wide) -> None:
    s = async_statement
    sql = "-- athena-local: run_ms=20000\nSELECT 1"
    assert s.execute(sql, wide) == odbc.STILL_EXECUTING
    time.sleep(0.5)
    s.check(s.cancel())
    began = time.monotonic()
    s.check(s.poll(lambda: s.execute(sql, wide)), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert time.monotonic() - began < odbc.SOON_S
    finish(s)
    assert athena.requests("athena.StopQueryExecution") == 1


def test_cancel_from_another_thread_ends_a_blocking_call(connection) -> None:
    s = odbc.Statement(connection)
    timer = threading.Timer(0.5, s.cancel)
    timer.start()
    began = time.monotonic()
    s.check(s.execute("-- athena-local: run_ms=20000\nSELECT 1"), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert time.monotonic() - began < odbc.SOON_S
    timer.join()
    finish(s)
    s.check(s.free())


def test_cancel_between_polls_of_a_fetch(athena, async_statement) -> None:
    """The deferred fetch ends with the row that is in hand; the cancel comes with the next."""
    s = async_statement
    s.check(s.poll(lambda: s.execute("SELECT * FROM taxi_trips WHERE trip_id <= 200000")))
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "delay", "count": 100,
                   "delay_ms": 15000})
    while (rc := s.fetch()) in (odbc.SUCCESS, odbc.STILL_EXECUTING):
        if rc == odbc.STILL_EXECUTING:
            time.sleep(0.5)  # parts that were on their way before the delay still come
            if (rc := s.fetch()) != odbc.SUCCESS:
                break
    if rc == odbc.STILL_EXECUTING:
        s.check(s.cancel())
        s.check(s.poll(s.fetch))
        s.check(s.poll(s.fetch), odbc.ERROR)
        assert s.states() == ["HY008"]
    else:
        assert rc == odbc.NO_DATA, "the whole file was there before the delay took effect"
    athena.reset()
    finish(s)


def test_query_timeout(athena, async_statement) -> None:
    s = async_statement
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    sql = "-- athena-local: run_ms=20000\nSELECT 1"
    s.check(s.poll(lambda: s.execute(sql)), odbc.ERROR)
    assert s.states() == ["HYT00"]
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 0))
    finish(s)
    assert athena.requests("athena.StopQueryExecution") == 1


def test_throttled_start_is_waited_out(athena, async_statement) -> None:
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "throttle",
                   "count": 3})
    s = async_statement
    s.check(s.poll(lambda: s.execute("SELECT 'through'")))
    assert s.rows() == [("through",)]
    assert athena.requests("athena.StartQueryExecution") == 4
    finish(s)


def test_a_lost_answer_does_not_run_a_query_twice(athena, async_statement) -> None:
    """The request reaches Athena, its answer is lost: the retry carries the same token."""
    athena.faults({"service": "athena", "operation": "StartQueryExecution",
                   "kind": "reset", "when": "after", "count": 1})
    s = async_statement
    s.check(s.poll(lambda: s.execute("SELECT 'once'")))
    assert s.rows() == [("once",)]
    stats = athena.stats()
    assert stats["queries"]["started"] == 1
    finish(s)


def test_disconnect_with_queries_pending(athena, connect) -> None:
    """unixODBC lets SQLDisconnect through; the driver stops what runs and frees it by itself."""
    connection = connect()
    statements = [odbc.Statement(connection, is_async=True) for _ in range(5)]
    for s in statements:
        assert s.execute("-- athena-local: run_ms=30000\nSELECT 1") == odbc.STILL_EXECUTING
    time.sleep(0.5)
    began = time.monotonic()
    connection.check(connection.disconnect())
    assert time.monotonic() - began < odbc.SOON_S
    odbc.eventually(lambda: athena.requests("athena.StopQueryExecution") >= 5)
    assert athena.requests("athena.StopQueryExecution") == 5


def test_hundred_queries_on_one_thread(athena, connection) -> None:
    before = threading.active_count()
    statements = [odbc.Statement(connection, is_async=True) for _ in range(100)]
    texts = [f"-- athena-local: run_ms={300 + 10 * i}\nSELECT {i}" for i in range(100)]
    rows = odbc.gather(dict(zip(statements, texts)), limit_s=60)
    assert [rows[s] for s in statements] == [[(str(i),)] for i in range(100)]
    assert threading.active_count() == before
    with open("/proc/self/status") as status:
        threads = next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
    assert threads <= before + 8, "the driver is to add one thread"  # numerical libraries add some
    for s in statements:
        s.check(s.free())


def test_connection_attribute_is_the_default_of_statements(connection) -> None:
    connection.check(connection.set(odbc.ATTR_ASYNC_ENABLE, 1))
    s = odbc.Statement(connection)
    assert s.get(odbc.ATTR_ASYNC_ENABLE) == 1
    s.check(s.poll(lambda: s.execute(SLOW + "SELECT 5")))
    assert s.polls > 0
    assert s.rows() == [("5",)]
    s.check(s.free())


def test_disconnect_ends_a_blocking_call_of_another_thread(athena, connect) -> None:
    connection = connect()
    statement = odbc.Statement(connection)
    answers = []

    def work() -> None:
        rc = statement.execute("-- athena-local: run_ms=30000\nSELECT 1")
        answers.append((rc, statement.diagnostics()))

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.5)
    began = time.monotonic()
    connection.disconnect()
    worker.join(odbc.SOON_S)
    assert not worker.is_alive()
    assert time.monotonic() - began < odbc.SOON_S
    assert answers[0][0] in (odbc.ERROR, odbc.INVALID_HANDLE)
