"""Many statements under Athena's quotas: none is lost, none waits needlessly, no storms.

The local Athena enforces what POST /_local/limits says, as the real one does: call rates by token
buckets, active queries by TooManyRequestsException.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from conftest import TOP
from emulator_process import READ_ONLY_KEYS, EmulatorProcess
from ideal_schedule import DEFAULT_LIMITS, ideal_s, run_times_s

BUILD = Path(os.environ.get("ATHENA_BUILD", TOP / "build" / "debug"))
SANITIZED = bool(os.environ.get("ATHENA_SANITIZED"))
# The server shares the machine with the tests; a sanitizer makes everything slower.
SLACK_S = 5
WINDOW = 24  # starts on their way at once, which may overtake each other


@pytest.fixture
def limits(athena: EmulatorProcess) -> Callable[[dict[str, float]], None]:
    return lambda wanted: athena.control("POST", "limits", wanted)


@pytest.fixture
def many(athena: EmulatorProcess, configuration: Path) -> Callable[..., dict[str, Any]]:
    """Runs tests/clients/many_queries and gives what it says, with the server's counters."""

    def run(queries: int, run_ms: tuple[int, int], connections: int = 1) -> dict[str, Any]:
        program = BUILD / "tests" / "clients" / "many_queries"
        assert program.exists(), f"{program} is not built (ATHENA_BUILD)"
        done = subprocess.run(
            [program, f"queries={queries}", f"connections={connections}",
             f"run_ms={run_ms[0]}-{run_ms[1]}"], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout) | {"stats": athena.stats()}

    return run


def throttled_share(told: dict[str, Any]) -> float:
    stats = told["stats"]
    return stats["queries"]["throttled"] / stats["requests_total"]


def check_complete(told: dict[str, Any], queries: int) -> None:
    assert told["failed"] == 0
    assert told["notified"] == told["deferred"] >= queries, "each is notified once"
    counters = told["stats"]["queries"]
    assert counters["started"] == queries + 1  # and the program's first
    assert counters["succeeded"] == queries + 1
    assert counters["abandoned"] == 0


def test_default_quotas(many, limits) -> None:
    """The rate of starts is what holds them up; the burst of 80 meets the active quota."""
    quotas = DEFAULT_LIMITS | {"active_dml": 50}
    limits(quotas)
    told = many(200, (400, 600))
    check_complete(told, 200)
    assert told["wall_s"] <= 1.2 * ideal_s(run_times_s(200, 400, 600), quotas) + SLACK_S
    assert throttled_share(told) < 0.08, "a busy machine hears late that the quota is used up"
    assert told["displaced"] <= WINDOW, "started in another order than begun"


def test_active_quota(many, limits) -> None:
    """Room is used as soon as queries end."""
    quotas = {"active_dml": 20}
    limits(quotas)
    told = many(100, (800, 800))
    check_complete(told, 100)
    assert told["stats"]["queries"]["peak_active"] == 20
    assert told["wall_s"] <= 1.2 * ideal_s(run_times_s(100, 800, 800), quotas) + SLACK_S
    assert told["stats"]["queries"]["throttled"] <= 40
    assert told["displaced"] <= WINDOW


def test_status_quota(many, limits) -> None:
    """All ask together: many running queries take no more status calls than few."""
    limits({name: value for name, value in DEFAULT_LIMITS.items() if "active" not in name
            and "start" not in name})
    told = many(300, (500, 2000), connections=3)
    check_complete(told, 300)
    requests = told["stats"]["requests"]
    assert requests["athena.BatchGetQueryExecution"] <= 40 + 20 * told["wall_s"]
    assert throttled_share(told) < 0.05


def test_results_without_the_api(many, limits, athena) -> None:
    """While very many run, columns come from the file beside the result; if not, from the API."""
    limits({"status_per_s": 100, "status_burst": 200, "batch_per_s": 20, "batch_burst": 40})
    athena.faults({"service": "s3", "operation": "GetObject", "key": "*.metadata",
                   "kind": "access_denied", "probability": 0.3, "seed": 7})
    told = many(500, (6000, 7000), connections=2)
    check_complete(told, 500)
    requests = told["stats"]["requests"]
    assert requests["s3.GetObject"] > 200, "nothing came by way of the files"
    assert requests["athena.GetQueryResults"] < 400
    assert throttled_share(told) < 0.05


def test_batch_call_denied(many, athena) -> None:
    athena.faults({"service": "athena", "operation": "BatchGetQueryExecution",
                   "kind": "access_denied"})
    told = many(30, (200, 400))
    check_complete(told, 30)
    assert told["stats"]["requests"]["athena.BatchGetQueryExecution"] <= 8, "not remembered"


def test_short_query_is_noticed_soon(many) -> None:
    late_ms = sorted(many(1, (300, 300))["late_ms"] for _ in range(7))
    assert late_ms[0] < (300 if SANITIZED else 60), late_ms


def begin(connection: odbc.Connection, count: int, run_ms: int) -> list[tuple[Any, str]]:
    begun = []
    for number in range(count):
        statement = odbc.Statement(connection, is_async=True)
        sql = f"-- athena-local: queue_ms=0 planning_ms=0 run_ms={run_ms}\nSELECT {number}"
        assert statement.execute(sql) == odbc.STILL_EXECUTING
        begun.append((statement, sql))
    return begun


def count_done(begun: list[tuple[Any, str]]) -> int:
    """Polls those that are left in the list and takes out those that are done."""
    done = [item for item in begun if item[0].execute(item[1]) != odbc.STILL_EXECUTING]
    for item in done:
        begun.remove(item)
        assert item[0].rows() == [(item[1].rsplit(" ", 1)[1],)]
        assert item[0].free() == odbc.SUCCESS
    return len(done)


def test_connections_take_turns(connect, limits) -> None:
    """A connection with few statements does not wait for another's hundred."""
    limits({"active_dml": 10})
    crowd, few = begin(connect(), 80, 200), begin(connect(), 4, 200)
    done = 0
    while few:
        done += count_done(crowd)
        count_done(few)
        time.sleep(0.005)
    assert done < 50, "the few waited for the crowd"
    while crowd:
        count_done(crowd)
        time.sleep(0.005)


def test_ddl_and_dml_are_counted_apart(connect, limits, athena) -> None:
    """Statements of one kind go on while the other kind's quota is used up."""
    limits({"active_ddl": 1})
    connection = connect()
    sql = "-- athena-local: run_ms=8000\nSHOW TABLES"
    ddl = [odbc.Statement(connection, is_async=True) for _ in range(3)]
    for statement in ddl:
        assert statement.execute(sql) == odbc.STILL_EXECUTING
    while athena.stats()["queries"]["throttled"] == 0:
        time.sleep(0.005)
    began = time.monotonic()
    dml = odbc.Statement(connection)
    for number in range(3):
        assert dml.query(f"SELECT {number}") == [(str(number),)]
        dml.check(dml.close())
    assert time.monotonic() - began < 1 + SLACK_S
    assert athena.stats()["queries"]["succeeded"] == 3
    ddl[0].check(ddl[0].poll(lambda: ddl[0].execute(sql)))
    for statement in ddl[1:]:
        statement.check(statement.cancel())
        statement.check(statement.poll(lambda s=statement: s.execute(sql)), odbc.ERROR)
    for statement in [dml, *ddl]:
        assert statement.free() == odbc.SUCCESS


@pytest.mark.parametrize("how, state", [("cancel", "HY008"), ("time-out", "HYT00")])
def test_ending_while_queued(connect, limits, athena, how: str, state: str) -> None:
    """A statement that Athena has no room for yet ends at once, and is never started."""
    limits({"active_dml": 1})
    connection = connect()
    (first, sql), = begin(connection, 1, 8000)
    while athena.stats()["queries"]["active"] == 0:
        time.sleep(0.005)
    waiting = odbc.Statement(connection, is_async=True)
    if how == "time-out":
        waiting.check(waiting.set(odbc.ATTR_QUERY_TIMEOUT, 1))
    assert waiting.execute("SELECT 2") == odbc.STILL_EXECUTING
    time.sleep(0.3)
    began = time.monotonic()
    if how == "cancel":
        waiting.check(waiting.cancel())
    waiting.check(waiting.poll(lambda: waiting.execute("SELECT 2")), odbc.ERROR)
    assert waiting.states() == [state]
    assert time.monotonic() - began < 1 + SLACK_S
    assert waiting.free() == odbc.SUCCESS
    first.check(first.poll(lambda: first.execute(sql)))
    assert first.free() == odbc.SUCCESS
    assert athena.stats()["queries"]["started"] == 1


def test_identities_are_kept_apart(connect, athena) -> None:
    """One signer's throttling slows nobody else down."""
    key, secret = READ_ONLY_KEYS
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "throttle",
                   "access_key": key})
    throttled = odbc.Statement(connect(UID=key, PWD=secret), is_async=True)
    assert throttled.execute("SELECT 1") == odbc.STILL_EXECUTING
    time.sleep(0.3)
    free = odbc.Statement(connect())
    began = time.monotonic()
    assert free.query("SELECT 2") == [("2",)]
    assert time.monotonic() - began < 1 + SLACK_S
    assert throttled.execute("SELECT 1") == odbc.STILL_EXECUTING
    throttled.check(throttled.cancel())
    throttled.check(throttled.poll(lambda: throttled.execute("SELECT 1")), odbc.ERROR)
    assert throttled.states() == ["HY008"]
    assert throttled.free() == odbc.SUCCESS and free.free() == odbc.SUCCESS
