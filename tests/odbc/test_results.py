"""Law 5: every row exactly once, in order, or an error. Broken transfers, dialled in."""

from __future__ import annotations

import odbc
import pytest

SQL = "SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND 60000 ORDER BY trip_id"
TOTAL = 60000


def read_all(s: odbc.Statement) -> tuple[int, list[str]]:
    """Executes and fetches; the last return code and the values that came before it."""
    values = []
    rc = s.execute(SQL)
    while rc == odbc.SUCCESS:
        rc = s.fetch()
        if rc == odbc.SUCCESS:
            values.append(s.text(1))
    return rc, values


def expect_whole(s: odbc.Statement) -> None:
    rc, values = read_all(s)
    assert rc == odbc.NO_DATA, s.diagnostics()
    assert values == [str(n) for n in range(1, TOTAL + 1)]
    s.check(s.close())


@pytest.mark.parametrize("fault", [
    {"kind": "truncate", "after_bytes": 100000, "count": 2},
    {"kind": "truncate", "after_bytes": 0, "count": 2},
    {"kind": "error5xx", "count": 2},
    {"kind": "throttle", "count": 2},
    {"kind": "reset", "count": 2},
], ids=["cut inside", "cut at once", "500", "slow down", "reset at once"])
def test_a_transfer_that_breaks_goes_on(athena, statement, fault) -> None:
    athena.faults({"service": "s3", "operation": "GetObject", **fault})
    expect_whole(statement)
    assert athena.requests("s3.GetObject") >= 3


@pytest.mark.parametrize("fault", [
    {"kind": "error5xx", "count": 2}, {"kind": "throttle", "count": 3}, {"kind": "reset", "count": 2},
], ids=["500", "throttled", "reset"])
@pytest.mark.parametrize("operation", ["GetQueryExecution", "BatchGetQueryExecution",
                                       "GetQueryResults", "StartQueryExecution"])
def test_api_trouble_is_retried(athena, statement, operation: str, fault) -> None:
    athena.faults({"service": "athena", "operation": operation, **fault})
    assert statement.query("SELECT 1") == [("1",)]


def test_trouble_that_does_not_end_is_an_error_never_a_short_result(athena, statement) -> None:
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "truncate",
                   "after_bytes": 0, "count": 100000})
    rc, values = read_all(statement)
    assert rc == odbc.ERROR
    assert statement.states()[0] in ("08S01", "HYT01"), statement.diagnostics()
    assert values == [str(n) for n in range(1, len(values) + 1)]
    athena.reset()
    statement.check(statement.close())
    expect_whole(statement)


@pytest.mark.parametrize("answer, words", [
    ({"status": 200}, "does not give parts"),
    ({"status": 206}, "not the part"),
    ({"status": 206, "headers": {"Content-Range": "bytes 0-99/500000"}}, "not the part"),
], ids=["whole file", "no range", "another range"])
def test_a_part_that_was_not_asked_for_is_an_error(athena, connect, answer, words) -> None:
    s = odbc.Statement(connect(DownloadWindow="1048576"))
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "custom", "skip": 1,
                   "count": 1, **answer})
    rc, values = read_all(s)
    assert rc == odbc.ERROR
    assert s.states() == ["08S01"] and words in s.diagnostics()[0][2], s.diagnostics()
    assert values == [str(n) for n in range(1, len(values) + 1)]
    s.check(s.free())


def test_denied_bucket_falls_back_to_the_api(athena, statement) -> None:
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "access_denied",
                   "count": 100000})
    expect_whole(statement)
    assert athena.requests("athena.GetQueryResults") > 60


def test_denied_bucket_is_an_error_when_s3_was_asked_for(athena, connect) -> None:
    s = odbc.Statement(connect(ResultFetcher="S3"))
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "access_denied",
                   "count": 100000})
    s.check(s.execute(SQL), odbc.ERROR)
    assert s.states() == ["42501"], s.diagnostics()
    athena.reset()
    s.check(s.free())


def test_denied_batch_call_is_remembered(athena, connect) -> None:
    """A policy without athena:BatchGetQueryExecution: each query is asked after by itself."""
    connection = connect(ApplicationName="lonely", MinQueryExecutionPollingInterval="50")
    athena.faults({"service": "athena", "operation": "BatchGetQueryExecution",
                   "kind": "access_denied", "count": 100000})
    statements = [odbc.Statement(connection, is_async=True) for _ in range(5)]
    sql = "-- athena-local: run_ms=400\nSELECT 1"
    for s in statements:
        assert s.execute(sql) == odbc.STILL_EXECUTING
    for s in statements:
        s.check(s.poll(lambda: s.execute(sql)))
        assert s.rows() == [("1",)]
        s.check(s.free())
    assert athena.requests("athena.BatchGetQueryExecution") <= 4
    assert athena.requests("athena.GetQueryExecution") >= 5


def test_clock_skew_is_corrected_once(athena, connect) -> None:
    athena.faults({"service": "athena", "kind": "clock_skew", "offset_ms": 3600000})
    s = odbc.Statement(connect(ApplicationName="late"))
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())


def test_managed_results(athena, connect) -> None:
    s = odbc.Statement(connect(Workgroup="managed"))
    expect_whole(s)
    assert athena.requests("s3.GetObject") == 0
    s.check(s.free())


def test_small_results_need_no_file(athena, statement) -> None:
    assert statement.query("SELECT 1") == [("1",)]
    assert athena.requests("s3.GetObject") == 0
    assert athena.requests("athena.GetQueryResults") == 1


def test_denied_files_of_very_many_queries(athena, connect) -> None:
    """So many that columns come from the files beside the results, which may be read."""
    athena.faults({"service": "s3", "operation": "GetObject", "key": "*.csv",
                   "kind": "access_denied"})
    connection = connect(ApplicationName="crowd")
    statements = [odbc.Statement(connection, is_async=True) for _ in range(260)]
    texts = [f"-- athena-local: run_ms=6000\nSELECT {i}" for i in range(260)]
    rows = odbc.gather(dict(zip(statements, texts)), limit_s=100)
    assert [rows[s] for s in statements] == [[(str(i),)] for i in range(260)]
    stats = athena.stats()
    assert stats["errors"].get("s3.GetObject", 0) > 0 or stats["faults"], "no file was asked for"
    for s in statements:
        s.check(s.free())
