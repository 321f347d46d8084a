"""Downloads of several results at once: memory of all together, and a bucket that is asked too much."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import odbc
import pytest
from conftest import RUNTIME

MIB = 1 << 20
STATEMENTS = 8
ROWS = 60_000
# Rows of a good 400 bytes: 24 MB, which is less than the window of one statement.
LONG = f"SELECT trip_id, rpad('', 400, 'x') FROM taxi_trips WHERE trip_id < {ROWS} ORDER BY trip_id"


def resident_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024


def hold_back(connection: odbc.Connection) -> tuple[list[odbc.Statement], int]:
    """Statements that have each fetched a row of a long result; the memory that they have taken."""
    before = resident_bytes()
    statements = []
    for _ in range(STATEMENTS):
        s = odbc.Statement(connection)
        s.check(s.execute(LONG))
        s.check(s.fetch())
        statements.append(s)
    settle()
    return statements, resident_bytes() - before


def settle() -> None:
    """Until the memory has not grown for a while: nothing is downloaded any more."""
    seen, still = 0, 0
    while still < 10:
        now = resident_bytes()
        still = still + 1 if now <= seen + MIB else 0
        seen = max(seen, now)
        time.sleep(0.05)


def count_rows(s: odbc.Statement) -> int:
    """The rows after the first, which each have their own number."""
    number = 0
    while s.check(s.fetch(), odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
        number += 1
        if number % 997 == 0:
            assert s.text(1) == str(number)
    return number + 1


@pytest.mark.skipif(bool(RUNTIME), reason="a sanitizer has its own memory")
def test_all_statements_share_a_budget(athena, connection_string: Callable[..., str]) -> None:
    """In a process of its own: the highest budget of all connections counts, whoever's they are."""
    text = connection_string(ResultFetcher="S3", DownloadBudget=str(16 * MIB))
    done = subprocess.run([sys.executable, __file__, text], capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["bytes"] < 60 * MIB, "eight results of 24 MB, which must not be in memory"
    assert told["rows"] == [ROWS] * STATEMENTS


def test_without_budget_each_gets_on(connect: Callable) -> None:
    """The least budget there is: all go on with small parts, side by side."""
    statements, _ = hold_back(connect(ResultFetcher="S3", DownloadBudget=str(MIB)))
    for s in reversed(statements):
        assert count_rows(s) == ROWS
        s.check(s.free())


@pytest.mark.parametrize("connections", ["1", "32"])
def test_slow_down_is_obeyed(athena, connect: Callable, connections: str) -> None:
    """S3 refuses four requests in a row; each row comes, once and in order."""
    s = odbc.Statement(connect(ResultFetcher="S3", DownloadConnections=connections,
                               DownloadWindow=str(4 * MIB)))
    s.check(s.execute(LONG))
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "throttle", "skip": 1,
                   "count": 4})
    s.check(s.fetch())
    assert count_rows(s) == ROWS
    assert athena.stats()["faults"]["throttle"] == 4
    s.check(s.free())


def main(text: str) -> None:
    """What test_all_statements_share_a_budget runs: one line of JSON."""
    odbc.load()
    connection = odbc.Connection(odbc.Env())
    connection.check(connection.connect(text), odbc.SUCCESS, odbc.INFO)
    statements, taken = hold_back(connection)
    print(json.dumps({"bytes": taken, "rows": [count_rows(s) for s in statements]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
