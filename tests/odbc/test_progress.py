"""Execution information and progress: by attribute, by diagnostic field, by callback.

Everything twice, ANSI and W, on connections of both kinds: the driver manager converts some of it.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable

import execution_info
import odbc
import pytest
from execution_info import KINDS, PROGRESS_CALLBACK, PROGRESS_CONTEXT, attribute, diagnostic

SLOW = "-- athena-local: queue_ms=200 run_ms=400\n"

@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def wide(request: pytest.FixtureRequest) -> bool:
    return request.param


# How connected, how asked. Where unixODBC's manager is connected by SQLDriverConnect, its W calls
# hand the driver's UTF-8 through; its SQLGetDiagFieldW asks the driver only while the manager knows
# of diagnostic records: see test_w_diagnostics.
WAYS = {
    "attribute, ansi": (False, attribute, False),
    "attribute, wide": (True, attribute, True),
    "attribute, ansi of wide": (True, attribute, False),
    "diagnostic, ansi": (False, diagnostic, False),
    "diagnostic, ansi of wide": (True, diagnostic, False),
}


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def way(request: pytest.FixtureRequest,
        connect: Callable) -> tuple[odbc.Connection, Callable, bool]:
    """A connection, and how to read on it: a function and whether it is the W one."""
    connected_wide, read, wide = request.param
    return connect(connected_wide), read, wide


def everything(s: odbc.Statement, read: Callable, wide: bool) -> dict[str, str | int]:
    return {name: read(s, name, wide) for name in KINDS}


def test_nothing_is_told_before_the_first_execution(way) -> None:
    connection, read, wide = way
    s = odbc.Statement(connection)
    for name, value in everything(s, read, wide).items():
        assert value == ("" if KINDS[name] == "text" else -1), name
    s.check(s.free())


def test_finished_execution(way) -> None:
    connection, read, wide = way
    s = odbc.Statement(connection)
    before = time.time() * 1000
    s.check(s.execute(SLOW + "SELECT trip_id FROM taxi_trips WHERE trip_id < 10", wide))
    told = everything(s, read, wide)
    assert len(told["QUERY_EXECUTION_ID"]) == 36
    assert told["STATE"] == "SUCCEEDED"
    assert told["STATE_CHANGE_REASON"] == ""
    assert before - 1000 < told["SUBMISSION_TIME"] < told["COMPLETION_TIME"] < before + 60000
    assert told["DATA_SCANNED_BYTES"] > 0
    assert told["ENGINE_EXECUTION_MS"] >= 300
    assert told["QUEUE_MS"] >= 150
    assert 0 <= told["PLANNING_MS"] <= told["ENGINE_EXECUTION_MS"]
    assert told["SERVICE_PROCESSING_MS"] >= 0
    assert told["TOTAL_EXECUTION_MS"] >= told["ENGINE_EXECUTION_MS"] + told["QUEUE_MS"]
    assert told["OUTPUT_LOCATION"].startswith("s3://")
    assert told["OUTPUT_LOCATION"].endswith(told["QUERY_EXECUTION_ID"] + ".csv")
    assert (told["STATEMENT_TYPE"], told["SUBSTATEMENT_TYPE"]) == ("DML", "SELECT")
    assert (told["WORKGROUP"], told["CATALOG"], told["DATABASE"]) == (
        "primary", "AwsDataCatalog", "sample")
    assert told["ENGINE_VERSION"] == "Athena engine version 3"
    assert told["RESULT_REUSED"] == 0
    assert [told[f"ERROR_{n}"] for n in ("CATEGORY", "TYPE", "RETRYABLE")] == [-1, -1, -1]
    s.check(s.fetch())  # on the cursor it stays
    assert everything(s, read, wide) == told
    s.check(s.close())
    assert read(s, "STATE", wide) == ""
    s.check(s.free())


def test_failed_execution(way) -> None:
    """Of a missing table the local Athena says category 2 (user), and why."""
    connection, read, wide = way
    s = odbc.Statement(connection)
    s.check(s.execute("SELECT * FROM \"nö_such_table\"", wide), odbc.ERROR)
    if read is attribute:  # which clears the diagnostics, as any function does
        message = s.diagnostics()[0][2]
    told = everything(s, read, wide)
    assert told["STATE"] == "FAILED"
    assert "nö_such_table" in told["STATE_CHANGE_REASON"]
    assert told["ERROR_CATEGORY"] == 2
    assert told["ERROR_TYPE"] > 0
    assert told["ERROR_RETRYABLE"] == 0
    if read is attribute:
        assert told["STATE_CHANGE_REASON"] in message
    else:
        assert s.states() == ["42S02"], "reading these fields leaves the diagnostics as they are"
    s.check(s.free())


def test_w_diagnostics(connect) -> None:
    """Beside the record of an error unixODBC lets SQLGetDiagFieldW's identifiers through."""
    s = odbc.Statement(connect(wide=True))
    s.check(s.execute("SELECT * FROM \"nö_such_table\"", wide=True), odbc.ERROR)
    told = everything(s, diagnostic, wide=True)
    assert "nö_such_table" in told["STATE_CHANGE_REASON"]
    assert told == everything(s, attribute, wide=True)
    s.check(s.free())


def test_text_that_does_not_fit(connect, wide) -> None:
    """01004, the whole length in bytes, and whole characters with a terminator."""
    s = odbc.Statement(connect(wide))
    s.check(s.execute("SELECT 1"))
    number = ctypes.c_int(execution_info.NUMBERS["QUERY_EXECUTION_ID"])
    whole = attribute(s, "QUERY_EXECUTION_ID", wide)
    unit = 2 if wide else 1
    room, length = ctypes.create_string_buffer(b"\xff" * 128, 128), ctypes.c_int()
    call = odbc.lib.SQLGetStmtAttrW if wide else odbc.lib.SQLGetStmtAttr
    s.check(call(s.value, number, room, 10 * unit, ctypes.byref(length)), odbc.INFO)
    assert s.states() == ["01004"]
    assert length.value == 36 * unit
    cut = room.raw[:10 * unit].decode("utf-16-le" if wide else "utf-8")
    assert cut == whole[:9] + "\0"
    assert room.raw[10 * unit:] == b"\xff" * (128 - 10 * unit)
    s.check(call(s.value, number, None, 0, ctypes.byref(length)), odbc.SUCCESS, odbc.INFO)
    assert length.value == 36 * unit
    s.check(s.free())


def test_figures_of_a_pending_execution(connect, wide) -> None:
    """Driver-defined fields by the ANSI function are all that unixODBC lets through meanwhile."""
    s = odbc.Statement(connect(wide), is_async=True)
    sql = "-- athena-local: queue_ms=1000 run_ms=1500\nSELECT count(*) FROM taxi_trips"
    seen, rc = [], odbc.STILL_EXECUTING
    while rc == odbc.STILL_EXECUTING:
        rc = s.execute(sql, wide)
        seen.append(everything(s, diagnostic, wide=False))
        time.sleep(0.01)
    s.check(rc)
    states = list(dict.fromkeys(x["STATE"] for x in seen))
    assert states == ["", "QUEUED", "RUNNING", "SUCCEEDED"]
    running = [x for x in seen if x["STATE"] == "RUNNING"]
    assert {len(x["QUERY_EXECUTION_ID"]) for x in running} == {36}
    assert {x["WORKGROUP"] for x in running} == {"primary"}
    assert {x["SUBMISSION_TIME"] > 0 for x in running} == {True}
    assert {x["COMPLETION_TIME"] for x in running} == {-1}
    assert everything(s, attribute, wide) == everything(s, diagnostic, wide=False)
    s.check(s.free())


def test_behind_the_manager_s_own_records(async_statement) -> None:
    """A call that the manager refuses leaves it with a record 1; any number gives the figures."""
    s, sql = async_statement, SLOW + "SELECT 1"
    s.check(s.execute(sql), odbc.STILL_EXECUTING)
    s.check(s.fetch(), odbc.ERROR)
    assert s.states() == ["HY010"]
    deadline = time.monotonic() + 30
    while diagnostic(s, "STATE", record=1000) != "RUNNING" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert diagnostic(s, "STATE", record=2) == "RUNNING"
    assert diagnostic(s, "QUEUE_MS", record=1000) >= 100
    s.check(s.poll(lambda: s.execute(sql)))


def test_figures_read_by_another_thread(async_statement) -> None:
    """For the thread checker: one thread polls, one reads, the I/O thread hears."""
    s, states, is_over = async_statement, set(), threading.Event()

    def watch() -> None:
        while not is_over.is_set():
            states.add(diagnostic(s, "STATE"))

    sql = SLOW + "SELECT 1"
    s.check(s.execute(sql), odbc.STILL_EXECUTING)
    watcher = threading.Thread(target=watch)
    watcher.start()
    s.check(s.poll(lambda: s.execute(sql)))
    is_over.set()
    watcher.join()
    assert states >= {"QUEUED", "RUNNING"}


# ---- the callback -----------------------------------------------------------------------------

class Listener:
    """Collects what a progress callback is told; `inside` is called in it."""

    def __init__(self, inside: Callable[[], None] | None = None) -> None:
        self.told: list[dict[str, str | int]] = []
        self.contexts: set[int | None] = set()
        self.threads: set[int] = set()
        self.inside = inside
        self.function = execution_info.ProgressCallback(self.hear)

    def hear(self, context: int | None, progress: ctypes._Pointer) -> None:
        p = progress.contents
        assert p.struct_bytes >= ctypes.sizeof(execution_info.Progress)
        self.threads.add(threading.get_native_id())
        self.contexts.add(context)
        values = {name: getattr(p, name) for name, _ in p._fields_}
        self.told.append({k: v.decode() if isinstance(v, bytes) else v for k, v in values.items()})
        if self.inside:
            self.inside()

    def listen(self, where: odbc.Statement | odbc.Connection, context: int = 0x1234) -> None:
        where.check(where.set(PROGRESS_CALLBACK, ctypes.cast(self.function, ctypes.c_void_p)))
        where.check(where.set(PROGRESS_CONTEXT, context))

    def states(self) -> list[str]:
        return list(dict.fromkeys(x["state"] for x in self.told))


def stop_listening(s: odbc.Statement) -> None:
    s.check(s.set(PROGRESS_CALLBACK, None))


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_callback(connection, is_async) -> None:
    s = odbc.Statement(connection, is_async)
    listener = Listener()
    listener.listen(s)
    s.check(s.poll(lambda: s.execute(SLOW + "SELECT count(*) FROM taxi_trips")))
    assert listener.states() == ["", "QUEUED", "RUNNING", "SUCCEEDED"]
    assert listener.contexts == {0x1234}
    assert len(listener.threads) == 1
    assert listener.threads.isdisjoint({threading.get_native_id()})
    first, last = listener.told[0], listener.told[-1]
    assert first["query_execution_id"] == last["query_execution_id"]
    assert first["data_scanned_bytes"] == first["submission_time"] == -1
    assert first["state_change_reason"] == ""
    final = {k.upper(): v for k, v in last.items() if k != "struct_bytes"}
    assert final == {name: attribute(s, name) for name in final}
    assert all(a != b for a, b in zip(listener.told, listener.told[1:])), "told twice"
    assert s.rows() != []
    heard = len(listener.told)
    s.check(s.close())
    stop_listening(s)
    s.check(s.poll(lambda: s.execute("SELECT 1")))
    assert len(listener.told) == heard
    s.check(s.free())


def test_figures_are_told_as_they_change(connect) -> None:
    """Not only states: the engine's milliseconds go on while it runs."""
    s, listener = odbc.Statement(connect(MaxQueryExecutionPollingInterval="200")), Listener()
    listener.listen(s)
    s.check(s.execute("-- athena-local: run_ms=2500\nSELECT 1"))
    running = [x for x in listener.told if x["state"] == "RUNNING"]
    assert len(running) >= 2  # a busy machine asks less often
    times = [x["engine_execution_ms"] for x in running]
    assert times == sorted(times)
    assert len(set(times)) == len(times)
    s.check(s.free())


def test_attributes_can_be_read_back(connection) -> None:
    listener = Listener()
    address = ctypes.cast(listener.function, ctypes.c_void_p).value
    listener.listen(connection, 77)
    s = odbc.Statement(connection)
    assert (s.get(PROGRESS_CALLBACK), s.get(PROGRESS_CONTEXT)) == (address, 77)
    stop_listening(s)
    assert s.get(PROGRESS_CALLBACK) == 0
    s.check(s.free())
    connection.check(connection.set(PROGRESS_CALLBACK, None))
    s = odbc.Statement(connection)
    assert s.get(PROGRESS_CALLBACK) == 0
    s.check(s.free())


def test_connection_s_callback_is_the_default_of_later_statements(connection) -> None:
    early = odbc.Statement(connection)
    listener = Listener()
    listener.listen(connection)
    late = odbc.Statement(connection)
    early.query("SELECT 1")
    assert listener.told == []
    late.query("SELECT 1")
    assert listener.states()[-1] == "SUCCEEDED"
    for s in (early, late):
        s.check(s.free())


def test_set_before_connecting(env, connection_string) -> None:
    connection, listener = odbc.Connection(env), Listener()
    listener.listen(connection)
    connection.check(connection.connect(connection_string()))
    s = odbc.Statement(connection)
    s.query("SELECT 1")
    assert listener.states()[-1] == "SUCCEEDED"
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_failed_query_tells_why(connection) -> None:
    s, listener = odbc.Statement(connection), Listener()
    listener.listen(s)
    s.check(s.execute("SELECT * FROM no_such_table"), odbc.ERROR)
    assert listener.told[-1]["state"] == "FAILED"
    assert "no_such_table" in listener.told[-1]["state_change_reason"]
    s.check(s.free())


def test_no_lock_is_held_while_it_is_called(connection) -> None:
    """SQLCancel inside the callback: of a call that another thread is blocked in."""
    s = odbc.Statement(connection)
    listener = Listener(inside=lambda: s.check(s.cancel()))
    listener.listen(s)
    began = time.monotonic()
    s.check(s.execute("-- athena-local: run_ms=20000\nSELECT 1"), odbc.ERROR)
    assert s.states() == ["HY008"]
    assert time.monotonic() - began < odbc.SOON_S
    stop_listening(s)
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())


@pytest.mark.parametrize("delay_s", [0, 0.02, 0.1, 0.3])
def test_never_called_after_disconnect(connect, delay_s) -> None:
    """Queries still running: what the callback uses may be freed after SQLDisconnect."""
    connection, gone, late = connect(), threading.Event(), []
    listener = Listener(inside=lambda: late.append(1) if gone.is_set() else time.sleep(0.02))
    listener.listen(connection)
    statements = [odbc.Statement(connection, is_async=True) for _ in range(8)]
    for s in statements:
        s.check(s.execute("-- athena-local: queue_ms=100 run_ms=3000\nSELECT 1"),
                odbc.STILL_EXECUTING)
    other = connect()  # keeps the I/O thread alive, so that late calls could come
    time.sleep(delay_s)
    connection.check(connection.disconnect())
    gone.set()
    time.sleep(0.4)
    assert late == []
    other.check(other.disconnect())


def test_many_statements_at_once(connection) -> None:
    listeners = [Listener() for _ in range(60)]
    statements = [odbc.Statement(connection, is_async=True) for _ in listeners]
    for s, listener in zip(statements, listeners):
        listener.listen(s)
    sql = SLOW + "SELECT 1"
    for s in statements:
        s.check(s.execute(sql), odbc.STILL_EXECUTING)
    for s, listener in zip(statements, listeners):
        s.check(s.poll(lambda s=s: s.execute(sql)))
        assert listener.told[0]["state"] == ""
        assert listener.told[-1]["state"] == "SUCCEEDED"
        ids = {x["query_execution_id"] for x in listener.told}
        assert ids == {attribute(s, "QUERY_EXECUTION_ID")}
        s.check(s.free())
