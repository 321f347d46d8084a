"""How long the catalog functions take over a slow network (tests/bench/run catalog).

The local Athena answers each request late, as one far away would; a time is told in milliseconds
and in round trips, and how much of it is the engine's, which runs the query for the names. In series
of calls, 500 databases of 200 tables are 2,010 round trips: ten pages of databases, four pages of
tables for each. What the account allows is what paces these on Athena itself: 20 metadata calls a
second to begin with.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local import WORKGROUP, Local

import odbc

DATABASES, TABLES, COLUMNS = 500, 200, 2000
QUICK = (20, 60, 200)


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    options: dict[str, str]
    ask: Callable[[odbc.Statement], int]
    rows: int


@dataclasses.dataclass
class Figures:
    name: str
    ms: float
    round_trips: float
    rows: int
    requests: dict[str, int]
    throttled: int
    engine_ms: int  # of the queries, from their start to their end in the local Athena
    cpu_s: float  # the driver's, Python with it
    server_cpu_s: float


class Wrong(Exception):
    """The rows were not those that are there."""


def tables(s: odbc.Statement) -> int:
    return odbc.lib.SQLTables(s.value, None, 0, b"db%", odbc.NTS, None, 0, None, 0)


def columns(s: odbc.Statement) -> int:
    return odbc.lib.SQLColumns(s.value, None, 0, b"wide", odbc.NTS, b"table\\_0001", odbc.NTS,
                               None, 0)


def loads(size: tuple[int, int, int]) -> list[Load]:
    databases, per_database, wide = size
    every = databases * per_database
    cached = {"MetadataCacheSeconds": "600"}
    return [
        Load(f"SQLColumns, a table of {wide:,} columns", {}, columns, wide),
        Load(f"SQLTables, {databases} databases of {per_database} tables", {}, tables, every),
        Load("the same, again", {}, tables, every),
        Load("the same, MetadataRetrievalMethod=AWS Glue", {"MetadataRetrievalMethod": "AWS Glue"},
             tables, every),
        Load("the same, kept in the cache", cached, tables, every),
        Load("the same, again from the cache", cached, tables, every),
        Load("the same, MetadataRetrievalMethod=Query", {"MetadataRetrievalMethod": "Query"},
             tables, every),
    ]


def prepare(local: Local, size: tuple[int, int, int], delay_ms: int) -> None:
    databases, per_database, wide = size
    local.server.control("POST", "catalogs", [
        {"name": "AwsDataCatalog", "databases": databases, "tables": per_database, "columns": 5},
        {"name": "AwsDataCatalog", "databases": ["wide"], "columns": wide}])
    local.server.faults({"kind": "delay", "delay_ms": delay_ms})


def engine_ms(local: Local, known: set[str]) -> int:
    """Of the queries that are not known yet; they are from now on."""
    ids = set(local.athena.list_query_executions(WorkGroup=WORKGROUP)["QueryExecutionIds"]) - known
    known |= ids
    return sum(local.athena.get_query_execution(QueryExecutionId=one)["QueryExecution"]
               ["Statistics"]["TotalExecutionTimeInMillis"] for one in ids)


def measure(local: Local, connection: odbc.Connection, load: Load, delay_ms: int,
            known: set[str]) -> Figures:
    before, server_s, own_s = local.server.stats(), local.cpu_s(), time.process_time()
    s = odbc.Statement(connection)
    began = time.perf_counter()
    s.check(load.ask(s))
    ms = (time.perf_counter() - began) * 1000
    server_s, own_s = local.cpu_s() - server_s, time.process_time() - own_s
    rows = 0
    while s.check(s.fetch(), odbc.SUCCESS, odbc.INFO, odbc.NO_DATA) != odbc.NO_DATA:
        rows += 1
    s.check(s.free())
    if rows != load.rows:
        raise Wrong(f"{load.name}: {rows} rows instead of {load.rows}")
    stats = local.server.stats()
    requests = {name.removeprefix("athena."): count - before["requests"].get(name, 0)
                for name, count in stats["requests"].items()}
    return Figures(load.name, ms, ms / delay_ms, rows,
                   {name: count for name, count in requests.items() if count},
                   stats["queries"]["throttled"] - before["queries"]["throttled"], engine_ms(local, known), own_s,
                   server_s)


def line(f: Figures) -> str:
    asked = ", ".join(f"{name} {count}" for name, count in sorted(f.requests.items()))
    engine = f", of them {f.engine_ms} ms the engine's" if f.engine_ms else ""
    return (f"  {f.name}\n    {f.ms:.0f} ms{engine}, {f.round_trips:.1f} round trips; {f.rows:,} rows; "
            f"CPU {f.cpu_s:.2f} s, the server's {f.server_cpu_s:.2f} s; requests: {asked or 'none'}"
            + (f"; throttled {f.throttled}" if f.throttled else ""))


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/bench/run catalog")
    parser.add_argument("--delay", type=int, default=50)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--folder", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    size = QUICK if given.quick else (DATABASES, TABLES, COLUMNS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    local = Local(given.folder, given.build / "libathenaodbc.so")
    os.environ.update(local.environment())
    odbc.load()
    found: list[dict[str, Any]] = []
    known: set[str] = set()
    try:
        prepare(local, size, given.delay)
        env = odbc.Env()
        for load in loads(size):
            connection = odbc.Connection(env)
            text = "".join(f";{name}={value}" for name, value in load.options.items())
            connection.check(connection.connect(f"DSN=AthenaLocal{text}"), odbc.SUCCESS, odbc.INFO)
            figures = measure(local, connection, load, given.delay, known)
            print(line(figures), flush=True)
            found.append(dataclasses.asdict(figures))
            if "cache" not in load.name:
                connection.disconnect()
                connection.free()
    except (Wrong, odbc.OdbcError) as wrong:
        print(f"bench: FAILED: {wrong}", file=sys.stderr, flush=True)
        return 1
    finally:
        local.close()
    (given.folder / "catalog.json").write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
