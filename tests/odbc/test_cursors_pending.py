"""Scrollable cursors that have to wait for their rows: deferred, cancelled, timed out, failing; and
those whose rows are more than memory should hold.

How a deferred call may end is unixODBC's rule as much as ODBC's: after SQL_ERROR from a deferred
SQLFetchScroll the manager would never let the statement be closed. `finish` shows that it can be.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import odbc
import pytest
from conftest import RUNTIME
from cursors import row_number, run, scrollable
from odbc import (ERROR, FETCH_ABSOLUTE, FETCH_FIRST, FETCH_LAST, FETCH_NEXT, INFO, ROW_ERROR,
                  STILL_EXECUTING, SUCCESS)

LARGE = "SELECT trip_id, payment FROM taxi_trips WHERE trip_id BETWEEN 1 AND 300000"
WAITS = [(FETCH_LAST, 0), (FETCH_ABSOLUTE, -5), (FETCH_ABSOLUTE, 299990)]
WAIT_IDS = ["last", "absolute from the end", "absolute"]


def finish(s: odbc.Statement) -> None:
    """The statement is as good as new: closed, used again."""
    s.check(s.close())
    assert s.query("SELECT 42") == [("42",)]
    s.check(s.free())


def hold_back(athena, kind: str, delay_ms: int = 0) -> None:
    """The next result's first part comes at once, the others late, or broken each time, or both."""
    athena.faults({"service": "s3", "operation": "GetObject", "kind": kind, "count": 1000,
                   "skip": 1, **({"delay_ms": delay_ms} if delay_ms else {}),
                   **({"after_bytes": 0} if kind == "truncate" else {})})


def until_pending(s: odbc.Statement, orientation: int, offset: int) -> None:
    """Calls until it waits for the network and not for this thread."""
    for _ in range(20):
        assert s.fetch_scroll(orientation, offset) == STILL_EXECUTING
        time.sleep(0.02)


@pytest.mark.parametrize("orientation, offset", WAITS, ids=WAIT_IDS)
def test_deferred(connection, orientation: int, offset: int) -> None:
    s = scrollable(connection, is_async=True)
    run(s, LARGE)
    s.check(s.poll(lambda: s.fetch_scroll(orientation, offset)))
    assert s.polls > 0, "a file of several parts cannot be there at once"
    wanted = {FETCH_LAST: 300000}.get(orientation, 300001 + offset if offset < 0 else offset)
    assert (row_number(s), s.text(1)) == (wanted, str(wanted))
    s.check(s.fetch_scroll(FETCH_FIRST))
    assert s.text(1) == "1"
    finish(s)


@pytest.mark.parametrize("orientation, offset", WAITS, ids=WAIT_IDS)
def test_cancel_of_a_deferred_fetch(athena, connection, orientation: int, offset: int) -> None:
    """It ends without SQL_ERROR, says HY008, and the next one too; the cursor has not moved."""
    s, status, fetched = scrollable(connection, True), (ctypes.c_ushort * 3)(), ctypes.c_size_t()
    hold_back(athena, "delay", 20000)
    run(s, LARGE)
    s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(status)))
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    s.check(s.poll(s.fetch_scroll))
    until_pending(s, orientation, offset)
    s.check(s.cancel())
    s.check(s.poll(lambda: s.fetch_scroll(orientation, offset)), INFO)
    assert s.states() == ["HY008"]
    assert (fetched.value, status[0]) == (1, ROW_ERROR)
    assert s.get_data(1)[0] == ERROR
    assert s.fetch_scroll(FETCH_NEXT) == ERROR
    assert s.states() == ["HY008"]
    s.check(s.poll(s.fetch_scroll))
    assert (row_number(s), s.text(1)) == (4, "4")
    athena.reset()
    finish(s)


def test_cancel_of_a_blocked_fetch(athena, connection) -> None:
    s = scrollable(connection)
    hold_back(athena, "delay", 20000)
    run(s, LARGE)
    s.check(s.fetch())
    timer = threading.Timer(0.5, s.cancel)
    timer.start()
    began = time.monotonic()
    assert s.fetch_scroll(FETCH_LAST) == ERROR
    assert s.states() == ["HY008"]
    assert time.monotonic() - began < odbc.SOON_S
    timer.join()
    athena.reset()
    finish(s)


def test_cancel_at_any_time(connection) -> None:
    """While rows are moved and while they are waited for. The manager takes it for a close."""
    s = scrollable(connection)
    for delay_ms in range(0, 60, 3):
        run(s, LARGE)
        timer = threading.Timer(delay_ms / 1000, s.cancel)
        timer.start()
        rc = s.fetch_scroll(FETCH_LAST)
        timer.join()
        assert rc == SUCCESS or s.states() in (["HY008"], ["HY010"]), "HY010: it came before"
        s.close()
    finish(s)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_time_out_of_the_whole_call(athena, connect, is_async: bool) -> None:
    """However many waits a fetch has, they are over after SQL_ATTR_QUERY_TIMEOUT together."""
    s = scrollable(connect(DownloadWindow="1048576"), is_async)
    hold_back(athena, "delay", 1500)
    run(s, LARGE)
    s.check(s.set(odbc.ATTR_QUERY_TIMEOUT, 2))
    began = time.monotonic()
    rc = s.poll(lambda: s.fetch_scroll(FETCH_LAST))
    assert rc == (INFO if is_async else ERROR)
    assert s.states() == ["HYT00"]
    assert 1.8 < time.monotonic() - began < 7
    athena.reset()
    finish(s)


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("orientation, offset", WAITS, ids=WAIT_IDS)
def test_download_that_fails(athena, connect, orientation: int, offset: int,
                             is_async: bool) -> None:
    """An error, never a shorter result; what has come can still be scrolled over."""
    s = scrollable(connect(NumRetries="1"), is_async)
    hold_back(athena, "truncate")
    run(s, LARGE)
    rc = s.poll(lambda: s.fetch_scroll(orientation, offset))
    assert rc == (INFO if is_async and s.polls else ERROR)
    assert s.states()[0] in ("08S01", "HYT01")
    if rc == INFO:
        s.check(s.fetch_scroll(FETCH_FIRST), ERROR)
        assert s.states()[0] in ("08S01", "HYT01")
    s.check(s.poll(lambda: s.fetch_scroll(FETCH_FIRST)))
    assert s.text(1) == "1"
    s.check(s.fetch_scroll(FETCH_ABSOLUTE, 1000))
    assert s.text(1) == "1000"
    seen = 1000
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 500))
    while (rc := s.poll(s.fetch)) == SUCCESS:
        seen += 500
    assert (rc in (ERROR, INFO), seen < 300000) == (True, True)
    athena.reset()
    finish(s)


@pytest.mark.parametrize("orientation", [FETCH_LAST, FETCH_NEXT])
def test_extended_fetch_that_fails(athena, connect, orientation: int) -> None:
    """Deferred, it may end in anything: measured with unixODBC, which comes out of it."""
    s = scrollable(connect(NumRetries="1"), True)
    fetched, status = ctypes.c_size_t(), (ctypes.c_ushort * 1000)()
    hold_back(athena, "truncate", 1000)  # so late that the first part has been read
    run(s, LARGE)
    s.check(s.set(odbc.ROWSET_SIZE, 1000))
    deferred = 0
    while (rc := s.poll(lambda: s.extended_fetch(orientation, 0, fetched, status))) == SUCCESS:
        deferred += s.polls > 0
    assert rc == ERROR
    assert s.states()[0] in ("08S01", "HYT01")
    assert deferred or s.polls
    athena.reset()
    finish(s)


def test_notified_until_it_is_done(connection) -> None:
    """An application that calls only when it is told: each pause of the call ends with a signal."""
    s, event = scrollable(connection, True), os.eventfd(0, os.EFD_NONBLOCK)
    s.check(s.set(29, event))  # SQL_ATTR_ASYNC_STMT_EVENT

    def told() -> bool:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                os.eventfd_read(event)
                return True
            except BlockingIOError:
                time.sleep(0.001)
        return False

    while (rc := s.execute(LARGE)) == STILL_EXECUTING:
        assert told()
    s.check(rc)
    calls = 1
    while (rc := s.fetch_scroll(FETCH_LAST)) == STILL_EXECUTING:
        assert told(), f"not told after {calls} calls"
        calls += 1
    s.check(rc)
    assert calls > 1
    assert s.text(1) == "300000"
    finish(s)
    os.close(event)


# ---- more rows than memory holds ----------------------------------------------------------------

WALK = """
import ctypes, json, os, resource, signal, sys
sys.path.insert(0, sys.argv[1])
import odbc, cursors
from odbc import FETCH_ABSOLUTE, FETCH_LAST, FETCH_PRIOR
odbc.load()
env = odbc.Env()
connection = odbc.Connection(env)
connection.check(connection.connect(sys.argv[2]), 0, 1)
s = odbc.Statement(connection)
s.query("SELECT 1")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
s.check(s.set(odbc.ATTR_CURSOR_TYPE, odbc.CURSOR_STATIC))
if len(sys.argv) > 4:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)  # which Python ignores, and C programs do not
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), resource.RLIM_INFINITY))
numbers, fetched = (ctypes.c_longlong * 1000)(), ctypes.c_size_t()
s.check(s.bind(1, odbc.C_SBIGINT, numbers, 8, None))
s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 1000))
s.check(s.execute(sys.argv[3]))
rc = s.fetch_scroll(FETCH_LAST)
answer = {"rc": rc, "records": s.diagnostics() if rc < 0 else [], "left": os.listdir(
    os.environ["TMPDIR"])}
total, sum_of_rows = 0, 0
while rc in (0, 1):
    total += fetched.value
    sum_of_rows += sum(numbers[:fetched.value])
    rc = s.fetch_scroll(FETCH_PRIOR)
if answer["rc"] >= 0:
    picked = []
    for row in (1, 500000, 123457, 999999, 2):
        s.check(s.fetch_scroll(FETCH_ABSOLUTE, row))
        picked.append(numbers[0])
    answer["picked"] = picked
else:
    s.check(s.fetch_scroll(FETCH_ABSOLUTE, 1))
    answer["first"] = numbers[0]
answer.update(rows=total, sum=sum_of_rows,
              grown_kib=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
s.check(s.close())
print(json.dumps(answer))
"""
MEMORY_MIB = 60  # the download's window of 32 MiB, and what goes with it


def walk(connection_string: str, folder: Path, *arguments: str) -> dict:
    printed = subprocess.run(
        [sys.executable, "-c", WALK, str(Path(__file__).parent), connection_string, *arguments],
        capture_output=True, text=True, timeout=300, env={**os.environ, "TMPDIR": str(folder)})
    assert printed.returncode == 0, printed.stderr
    return json.loads(printed.stdout)


@pytest.mark.skipif(bool(RUNTIME), reason="a sanitizer has its own memory")
def test_a_million_rows_in_bounded_memory(connection_string, tmp_path: Path) -> None:
    """Some 75 MB, from the last row to the first; the file has no name."""
    columns = ("trip_id, pickup_at, dropoff_at, pickup_zone_id, dropoff_zone_id, passengers, "
               "distance_km, fare, tip, payment")
    told = walk(connection_string(), tmp_path,
                f"SELECT {columns} FROM taxi_trips WHERE trip_id BETWEEN 1 AND 1000000 "
                "ORDER BY trip_id")
    assert (told["rc"], told["left"]) == (SUCCESS, [])
    assert (told["rows"], told["sum"]) == (1_000_000, 500_000_500_000)
    assert told["picked"] == [1, 500000, 123457, 999999, 2]
    assert told["grown_kib"] < MEMORY_MIB * 1024


@pytest.mark.skipif(bool(RUNTIME), reason="the sanitizer's runtime would have to be preloaded")
def test_disk_full(connection_string, tmp_path: Path) -> None:
    """Said with what to do about it; the rows that are there can be fetched."""
    told = walk(connection_string(), tmp_path, LARGE + " ORDER BY trip_id", str(2 << 20))
    assert told["rc"] == ERROR
    state, _, text = told["records"][0]
    assert state == "HY000"
    assert "TMPDIR" in text and str(tmp_path) in text
    assert told["first"] == 1
