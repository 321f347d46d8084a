"""Those who are measured. Each reads one result in a process of its own and says what it took."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from databases import TABLE, Database
from local import COLUMNS, TYPES, Column, Local, Result, differs

HERE = Path(__file__).resolve().parent
TIMEOUT_S = 180
SOURCE = "DSN=AthenaLocal;EnableResultReuse=1"


@dataclasses.dataclass
class Sample:
    """One reading. Memory is the peak of the process, at the end and before it began to fetch."""

    seconds: float
    cpu_s: float | None = None
    peak_kib: int | None = None
    before_kib: int | None = None
    execute_s: float | None = None


@dataclasses.dataclass
class Contender:
    """group: the table's section; rows and bytes: of what one reading reads.

    read(True) checks what it reads as far as that takes the reader time, and is not a sample. floor:
    those whose times together are the least that this one could take.
    """

    group: str
    name: str
    rows: int
    bytes: int
    read: Callable[[bool], Sample]
    floor: tuple[Contender, ...] = ()
    samples: list[Sample] = dataclasses.field(default_factory=list)
    failure: str | None = None


class Wrong(Exception):
    """A contender has failed, or has read something else than what was there."""


def all_contenders(local: Local, build: Path, large: Result, small: Result,
                   databases: list[Database], is_quick: bool, has_huge: bool) -> list[Contender]:
    floors = Floors(local, build, large)
    drivers = _drivers(local, build, large, small, floors)
    return [*drivers, *_large_ones(local, build, large, is_quick, has_huge),
            *_others(local, build, large, databases, floors),
            *_pyodbc(local, large, databases),
            *_pyathena(local, large, small), *_limits(local, large), *floors.all()]


def run(command: list[Any], environment: dict[str, str] | None = None) -> str:
    """What a command printed. Raises Wrong when it fails."""
    try:
        done = subprocess.run([str(part) for part in command], env=environment, text=True,
                              capture_output=True, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as late:
        raise Wrong(f"not done after {TIMEOUT_S} s") from late
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Wrong(f"status {done.returncode}: {said[-1] if said else 'nothing said'}")
    return done.stdout


def _sample(told: dict[str, Any]) -> Sample:
    return Sample(told["fetch_s"], told["cpu_s"], told["peak_kib"], told["peak_before_kib"],
                  told["execute_s"])


# The floor: what there is to do without a driver, and what a driver costs that does nothing

@dataclasses.dataclass(frozen=True)
class Mode:
    """How rows are read. rowset 0: by SQLGetData, value by value."""

    kind: str
    rowset: int

    def __str__(self) -> str:
        return f"{self.kind}, " + (f"rowset {self.rowset:,}" if self.rowset else "SQLGetData")

    def arguments(self, is_checked: bool) -> list[Any]:
        """Of tests/clients/bulk_fetch.c, behind connection string and SQL."""
        return [self.rowset or 1, self.kind, "bind" if self.rowset else "getdata",
                *([] if is_checked else ["unchecked"])]


class Floors:
    """Made when first asked for, one for each way of reading."""

    def __init__(self, local: Local, build: Path, result: Result):
        self.local, self.result = local, result
        self.programs = build / "tests" / "bench"
        self.bulk_fetch = build / "tests" / "clients" / "bulk_fetch"
        self.made: dict[tuple[str, Any], Contender] = {}

    def of(self, mode: Mode) -> tuple[Contender, ...]:
        limit, null = ("limit", mode.kind), ("null", mode)
        if limit not in self.made:
            self.made[limit] = self._contender(
                f"L: file to arrays, {mode.kind}", mode.kind, lambda is_checked: [
                    self.programs / "limit", self.result.file, TYPES, 1000, mode.kind,
                    "checked" if is_checked else "unchecked"])
        if null not in self.made:
            self.made[null] = self._contender(
                f"N: a null driver, {mode}", mode.kind, lambda is_checked: [
                    self.bulk_fetch, f"DRIVER={self.programs / 'null_driver.so'}",
                    f"{self.result.file} {TYPES} {mode.kind}", *mode.arguments(is_checked)])
        return self.made[limit], self.made[null]

    def all(self) -> list[Contender]:
        return sorted(self.made.values(), key=lambda contender: contender.name)

    def _contender(self, name: str, kind: str, command: Callable[[bool], list[Any]]) -> Contender:
        def read(is_checked: bool) -> Sample:
            return _measured(command(is_checked), self.local, self.result, kind, is_checked)

        return Contender("floor", name, self.result.rows, self.result.bytes, read)


# The driver, by tests/clients/bulk_fetch.c

def _measured(command: list[Any], local: Local, result: Result, kind: str,
              is_checked: bool) -> Sample:
    told = json.loads(run(command, local.environment()))
    if is_checked:
        _check(told, result, kind)
    elif told["rows"] != result.rows:
        raise Wrong(f"{told['rows']} rows instead of {result.rows}")
    return _sample(told)


def _drivers(local: Local, build: Path, large: Result, small: Result,
             floors: Floors) -> list[Contender]:
    program = build / "tests" / "clients" / "bulk_fetch"

    def driver(mode: Mode) -> Contender:
        def read(is_checked: bool) -> Sample:
            return _measured([program, SOURCE + local.bodies.options(), large.sql,
                              *mode.arguments(is_checked)], local, large, mode.kind, is_checked)

        return Contender("driver", str(mode), large.rows, large.bytes, read, floors.of(mode))

    def read_pages(is_checked: bool) -> Sample:
        return _measured([program, f"{SOURCE};ResultFetcher=GetQueryResults", small.sql,
                          *Mode("native", 1000).arguments(is_checked)],
                         local, small, "native", is_checked)

    modes = [Mode(kind, rowset) for kind in ("native", "char", "wide")
             for rowset in (1000, 1, 100, 10000, 0)]
    return [*map(driver, modes),
            Contender("driver", "API pages, native, rowset 1,000", small.rows, small.bytes,
                      read_pages)]


def _check(told: dict[str, Any], result: Result, mode: str) -> None:
    """Every column's NULLs and sum against what the server, or its file, says."""
    if told["rows"] != result.rows:
        raise Wrong(f"{told['rows']} rows instead of {result.rows}")
    for name, seen, due in zip(COLUMNS, told["columns"], result.sums[mode], strict=True):
        found = Column(seen["nulls"], seen["sum"])
        if found.nulls != due.nulls or differs(name, mode, found.sum, due.sum):
            raise Wrong(f"{name}: {found} instead of {due}")


# A gigabyte through TLS, beside a program that does nothing else; and ten of them

def _large_ones(local: Local, build: Path, result: Result, is_quick: bool,
                has_huge: bool) -> list[Contender]:
    program = build / "tests" / "clients" / "bulk_fetch"
    pipeline = build / "tests" / "bench" / "pipeline"
    mode = Mode("native", 1000)
    gib = local.repeat(result, "repeated", 1 << (27 if is_quick else 30))

    def prototype(is_checked: bool) -> Sample:
        return _measured([pipeline, local.bodies.url_of(gib.location, "repeated", is_tls=True),
                          local.bodies.certificate, TYPES, mode.kind,
                          "checked" if is_checked else "unchecked"],
                         local, gib, mode.kind, is_checked)

    def driver(of: Result, root: str, is_tls: bool) -> Callable[[bool], Sample]:
        return lambda is_checked: _measured(
            [program, SOURCE + local.bodies.options(root, is_tls), of.sql,
             *mode.arguments(is_checked)], local, of, mode.kind, is_checked)

    def contender(name: str, of: Result, read: Callable[[bool], Sample]) -> Contender:
        return Contender("large results", f"{of.bytes / (1 << 30):.1f} GiB, {name}", of.rows,
                         of.bytes, read)

    found = [contender("TLS, the driver", gib, driver(gib, "repeated", True)),
             contender("TLS, a bare pipeline", gib, prototype),
             contender("HTTP, the driver", gib, driver(gib, "repeated", False))]
    if has_huge:
        huge = local.repeat(result, "huge", 10 << 30)
        found.append(contender("HTTP, the driver", huge, driver(huge, "huge", False)))
    return found


# Other databases' drivers, by the same program

def _others(local: Local, build: Path, result: Result, databases: list[Database],
            floors: Floors) -> list[Contender]:
    """They receive all rows while they execute, so that this belongs to their time."""
    program = build / "tests" / "clients" / "bulk_fetch"
    exact = [COLUMNS.index(name) for name in ("trip_id", "pickup_zone_id", "passengers")]

    def other(database: Database, mode: Mode) -> Contender:
        def read(is_checked: bool) -> Sample:
            told = json.loads(run([program, database.connection_string,
                                   f"SELECT {', '.join(COLUMNS)} FROM {TABLE}",
                                   *mode.arguments(is_checked)], local.environment()))
            if told["rows"] != result.rows:
                raise Wrong(f"{told['rows']} rows instead of {result.rows}")
            for at in exact if is_checked else ():
                due = result.sums[mode.kind][at].sum
                if told["columns"][at]["sum"] != due:
                    raise Wrong(f"{COLUMNS[at]}: {told['columns'][at]} instead of {due}")
            sample = _sample(told)
            return dataclasses.replace(sample, seconds=sample.seconds + sample.execute_s)

        return Contender("others", f"{database.name}, {mode}", result.rows, result.bytes, read,
                         floors.of(mode))

    return [other(database, mode) for database in databases
            for mode in (Mode("native", 1000), Mode("native", 1), Mode("native", 0),
                         Mode("char", 1000), Mode("wide", 1000))]


def _pyodbc(local: Local, result: Result, databases: list[Database]) -> list[Contender]:
    """By each driver: it asks for one value after the other and makes objects of them."""
    def fetchall(name: str, source: str, sql: str, receives_first: bool) -> Contender:
        def read(_: bool) -> Sample:
            told = json.loads(run([sys.executable, HERE / "fetch_pyodbc.py", source, sql],
                                  local.environment()))
            if told["rows"] != result.rows:
                raise Wrong(f"{told['rows']} rows instead of {result.rows}")
            for column, total in told["sums"].items():
                if total != result.sums["native"][COLUMNS.index(column)].sum:
                    raise Wrong(f"{column}: a sum of {total}")
            sample = _sample(told)
            return (dataclasses.replace(sample, seconds=sample.seconds + sample.execute_s)
                    if receives_first else sample)

        return Contender("pyodbc fetchall", name, result.rows, result.bytes, read)

    return [fetchall("this driver", SOURCE + local.bodies.options(), result.sql, False),
            *(fetchall(database.name, database.connection_string,
                       f"SELECT {', '.join(COLUMNS)} FROM {TABLE}", True)
              for database in databases)]


# PyAthena

def _pyathena(local: Local, large: Result, small: Result) -> list[Contender]:
    def cursor(kind: str, note: str, result: Result) -> Contender:
        def read(_: bool) -> Sample:
            told = json.loads(run([sys.executable, HERE / "fetch_pyathena.py", kind, result.sql],
                                  local.environment()))
            if told["rows"] != result.rows:
                raise Wrong(f"{told['rows']} rows instead of {result.rows}")
            for name, total in told["sums"].items():
                due = result.sums["native"][COLUMNS.index(name)].sum
                if differs(name, "native", total, due):
                    raise Wrong(f"{name}: a sum of {total} instead of {due}")
            return _sample(told)

        return Contender("PyAthena", f"{kind}, {note}", result.rows, result.bytes, read)

    return [cursor("ArrowCursor", "a table", large), cursor("PandasCursor", "a frame", large),
            cursor("PolarsCursor", "a frame", large), cursor("S3FSCursor", "tuples", large),
            cursor("Cursor", "tuples, by API pages", small),
            cursor("AioCursor", "tuples, by API pages", small)]


# What the machine can do at best with the same bytes

def _limits(local: Local, large: Result) -> list[Contender]:
    def limit(name: str, command: Callable[[], list[Any]]) -> Contender:
        def read(_: bool) -> Sample:
            return _timed(command(), large.bytes)

        return Contender("limits", name, large.rows, large.bytes, read)

    def copy(_: bool) -> Sample:
        told = json.loads(run([sys.executable, HERE / "copy_memory.py", large.file]))
        return Sample(told["seconds"], told["cpu_s"])

    def scan(_: bool) -> Sample:
        told = json.loads(run([sys.executable, HERE / "scan_duckdb.py", large.file]))
        due = large.sums["native"]
        for name, seen, of in zip(COLUMNS, told["sums"], due, strict=True):
            if differs(name, "native", seen, of.sum):
                raise Wrong(f"{name}: a sum of {seen} instead of {of.sum}")
        return Sample(told["seconds"], told["cpu_s"])

    return [
        limit("curl, the file to /dev/null", lambda: [
            "curl", "--silent", "--show-error", "--fail", "--output", "/dev/null",
            "--write-out", "%{size_download}", local.bodies.url_of(large.location)]),
        limit("cat, the file from the page cache", lambda: ["cat", large.file]),
        Contender("limits", "DuckDB, sums of the file, 1 thread", large.rows, large.bytes, scan),
        Contender("limits", "memcpy, memory in use", large.rows, large.bytes, copy),
    ]


def _timed(command: list[Any], size: int) -> Sample:
    """A program from its start to its end, with its CPU time; curl must have read it all."""
    began = time.monotonic()
    with open("/dev/null", "wb") as nowhere:
        is_curl = command[0] == "curl"
        child = subprocess.Popen([str(part) for part in command], text=True,
                                 stdout=subprocess.PIPE if is_curl else nowhere)
        printed = child.stdout.read() if child.stdout else ""
        usage = _reap(child)
    seconds = time.monotonic() - began
    if child.returncode or (is_curl and printed != str(size)):
        raise Wrong(f"{command[0]}: status {child.returncode}, {printed or 'no'} bytes read")
    return Sample(seconds, usage.ru_utime + usage.ru_stime)


def _reap(child: subprocess.Popen) -> Any:
    """Popen.wait() with the usage of that one child."""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.stdout:
        child.stdout.close()
    return usage


# A hundred queries on one thread

@dataclasses.dataclass
class ManyQueries:
    """What tests/clients/async_demo.c prints. athena_s: the queries' own times, added up."""

    queries: int
    wall_s: float
    athena_s: float
    longest_call_ms: float


def many_queries(local: Local, build: Path, count: int) -> ManyQueries:
    printed = run([build / "tests" / "clients" / "async_demo", "AthenaLocal", count],
                  local.environment())
    patterns = (r"wall time ([\d.]+) s", r"took ([\d.]+) s together",
                r"longest call took ([\d.]+) ms")
    found = [re.search(pattern, printed) for pattern in patterns]
    if not all(found):
        raise Wrong("async_demo did not say what it took")
    return ManyQueries(count, *(float(match[1]) for match in found))
