"""The example programs of tests/clients, run as their readers would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import RUNTIME, TOP

BUILD = Path(os.environ.get("ATHENA_BUILD", TOP / "build" / "debug"))
CLIENTS = TOP / "tests" / "clients"
LIMIT_S = 120


def run(*command: str | Path, preload: bool = False) -> subprocess.CompletedProcess:
    """A C program has a sanitizer's runtime of its own; Python needs it preloaded."""
    environment = {**os.environ, "LD_PRELOAD": RUNTIME} if preload and RUNTIME else None
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S,
                          env=environment)


@pytest.fixture
def client(athena, configuration: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Runs a program of tests/clients by name."""

    def run_one(name: str, *arguments: str) -> subprocess.CompletedProcess:
        if name.endswith(".py"):
            return run(sys.executable, CLIENTS / name, *arguments, preload=True)
        program = BUILD / "tests" / "clients" / name
        assert program.exists(), f"{program} is not built (ATHENA_BUILD)"
        return run(program, *arguments)

    return run_one


def test_epoll(client, athena) -> None:
    done = client("epoll_queries", "AthenaLocal", "200")
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"200 queries on one thread in ([\d.]+) s: (\d+) calls, (\d+) wake-ups, "
                      r"0 failed, 0 wrong", done.stdout)
    assert found, done.stdout + done.stderr
    calls, wakeups = int(found[2]), int(found[3])
    # begin, outcome, five rows, end: a query is not asked in vain
    assert calls <= 200 * 8 + wakeups - 200, "calls that nothing had asked for"
    assert 200 <= wakeups <= 200 * 7
    assert athena.stats()["queries"]["started"] == 200


def test_epoll_reports_what_fails(client, athena) -> None:
    athena.faults({"service": "athena", "operation": "StartQueryExecution",
                   "kind": "access_denied", "count": 1})
    done = client("epoll_queries", "AthenaLocal", "5")
    assert done.returncode == 1
    assert "executing: [42501]" in done.stderr and "1 failed, 1 wrong" in done.stdout


def test_polling(client) -> None:
    done = client("polling_queries", "AthenaLocal",
                  "-- athena-local: run_ms=800\nSELECT id, name FROM zones ORDER BY id LIMIT 2",
                  "SELECT CAST(NULL AS integer), 'x'")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "2\tNULL\tx", "the second query is quicker"
    assert [line.split("\t")[:2] for line in lines[1:]] == [["1", "1"], ["1", "2"]]
    assert "query 1: RUNNING" in done.stderr


def test_polling_with_limit(client, athena) -> None:
    began = time.monotonic()
    done = client("polling_queries", "-s", "0.5", "AthenaLocal",
                  "-- athena-local: run_ms=30000\nSELECT 1")
    assert done.returncode == 1 and "[HY008]" in done.stderr
    assert time.monotonic() - began < 10
    assert athena.requests("athena.StopQueryExecution") == 1


def test_polling_without_connection(client) -> None:
    done = client("polling_queries", "NoSuchSource", "SELECT 1")
    assert done.returncode == 1 and "connecting: [IM002]" in done.stderr


def test_async_demo(client) -> None:
    done = client("async_demo", "AthenaLocal", "20")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "one blocking query over the whole table says the same" in done.stdout


def test_asyncio(client, athena) -> None:
    done = client("asyncio_queries.py")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len([line for line in lines if line.startswith("zone ")]) == 3
    assert "100 queries, 10000 trips" in done.stdout
    assert lines[-2:] == ["a query was too slow, and was stopped",
                          "an error can be caught: 42S02"]
    assert athena.requests("athena.StopQueryExecution") == 1
    late = re.search(r"longer than (\d+) ms", done.stdout)
    if not RUNTIME:  # other programs on this machine, too, keep a loop waiting
        assert int(late[1]) < 1000


# Of the module itself, in a program of its own each: asyncio and the driver in one process.
CASES = {
    "types": (
        'row = [r async for r in await a.execute("SELECT true b, 7 i, 2.5e0 d, '
        'DECIMAL \'1.50\' n, DATE \'2024-02-29\' t, CAST(NULL AS varchar) e, \'\' s, X\'00ff\' x")]\n'
        "print(row)",
        "[{'b': True, 'i': 7, 'd': 2.5, 'n': Decimal('1.50'), 't': datetime.date(2024, 2, 29), "
        "'e': None, 's': '', 'x': b'\\x00\\xff'}]"),
    "long text": (
        'row = [r async for r in await a.execute("SELECT rpad(\'\', 30000, \'ä\') AS long")]\n'
        'print(len(row), row[0]["long"] == "ä" * 30000)', "1 True"),
    "many rows": (
        'c = await a.execute("SELECT trip_id FROM taxi_trips WHERE trip_id <= 5000")\n'
        'print(sum([r["trip_id"] async for r in c]), len(c.query_id))', "12502500 36"),
    "no result": (
        'c = await a.execute("CREATE DATABASE IF NOT EXISTS aio")\n'
        "print([r async for r in c])", "[]"),
    "left early": (
        'async for r in await a.execute("SELECT trip_id FROM taxi_trips WHERE trip_id <= 50000"):\n'
        "    break\nprint('left')", "left"),
    "closed with the connection": (
        'global c\nc = await a.execute("SELECT 1")\na.close()\nc.close()\nprint(1)', "1"),
    "cancelled while fetching": (
        'c = await a.execute("SELECT trip_id FROM taxi_trips WHERE trip_id <= 50000")\n'
        "async def read():\n"
        "    async for r in c:\n"
        "        await asyncio.sleep(0)\n"
        "t = asyncio.create_task(read())\n"
        "await asyncio.sleep(0.05)\n"
        "t.cancel()\n"
        "print((await asyncio.gather(t, return_exceptions=True))[0].__class__.__name__)\n"
        'print([r async for r in await a.execute("SELECT 5 AS five")])',
        "CancelledError\n[{'five': 5}]"),
    "all cancelled": (
        "ts = [asyncio.create_task(a.execute(f'-- athena-local: run_ms=30000\\nSELECT {i}')) "
        "for i in range(30)]\n"
        "await asyncio.sleep(0.5)\n"
        "for t in ts: t.cancel()\n"
        "r = await asyncio.wait_for(asyncio.gather(*ts, return_exceptions=True), 10)\n"
        "print({type(x).__name__ for x in r})", "{'CancelledError'}"),
}


@pytest.mark.parametrize("code, expected", CASES.values(), ids=CASES.keys())
def test_athena_aio(athena, configuration, code: str, expected: str) -> None:
    body = "".join(f"        {line}\n" for line in code.splitlines())
    program = (f"import asyncio, sys\nsys.path.insert(0, {str(CLIENTS)!r})\nimport athena_aio\n"
               "async def main():\n"
               f"    async with await athena_aio.connect('DSN=AthenaLocal') as a:\n{body}"
               "asyncio.run(main())\n")
    done = run(sys.executable, "-c", program, preload=True)
    assert done.stdout.strip() == expected, done.stderr
    assert done.returncode == 0, done.stderr


def test_athena_aio_errors(athena, configuration) -> None:
    program = (f"import asyncio, sys\nsys.path.insert(0, {str(CLIENTS)!r})\nimport athena_aio\n"
               "async def main():\n"
               "    try:\n        await athena_aio.connect('DSN=NoSuchSource')\n"
               "    except athena_aio.Error as e:\n        print(e.state)\n"
               "asyncio.run(main())\n")
    assert run(sys.executable, "-c", program, preload=True).stdout.strip() == "IM002"
