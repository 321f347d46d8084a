"""Thousands of queries on one thread (tests/bench/run many): wall time against the ideal, API
requests, CPU, memory, how late ends are noticed, how long calls keep the application's thread.

The work is done by tests/clients/many_queries.c through the driver manager, and for comparison by
PyAthena's AioCursor (many_pyathena.py); the local Athena enforces the quotas. It runs
on the same CPUs: where it is busy all the time, it and not the driver sets the pace, so its CPU
time is told too.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from contenders import HERE, Wrong
from ideal_schedule import DEFAULT_LIMITS, ideal_s, run_times_s
from local import Local

# An account whose starts and active queries are raised; status calls are as for everybody. The
# local Athena itself can do about 450 starts a second on one core.
RAISED = {name: value for name, value in DEFAULT_LIMITS.items() if "active" not in name} | {
    "start_per_s": 300, "start_burst": 600}
# AioCursor asks after each query by itself, once a second: with 500 it is at the 100 status calls a
# second that an account has, and a tenth of its requests are throttled.
MOST_FOR_PYATHENA = 500
DELAY_MS, DELAYED = 200, 1000
ROUND_TRIPS = 3  # of a query at least: its start, its end, its row
DRIVER, PYATHENA = "the driver", "PyAthena's AioCursor"
STATUS = ("GetQueryExecution", "BatchGetQueryExecution")


@dataclasses.dataclass(frozen=True)
class Load:
    """So many queries; how long each runs; what the account may; how many are begun at once.

    delay_ms is added to every answer, as a network far away would. by: who executes the queries.
    """

    name: str
    queries: int
    run_ms: tuple[int, int]
    limits: dict[str, float]
    at_once: int | None = None
    delay_ms: int = 0
    by: str = DRIVER

    def ideal_s(self) -> float:
        times = run_times_s(self.queries, *self.run_ms)
        if self.at_once == 1:
            return sum(times)
        if self.delay_ms:
            return ideal_s(times, self.limits) + ROUND_TRIPS * self.delay_ms / 1000
        # rows need no call of Athena's: the files in S3 have them too
        return ideal_s(times, {name: value for name, value in self.limits.items()
                               if not name.startswith("status")})


@dataclasses.dataclass
class Figures:
    load: Load
    ideal_s: float
    told: dict[str, Any]  # what many_queries or many_pyathena.py printed
    requests: dict[str, int]  # to Athena, by operation
    s3_requests: dict[str, int]  # rows that came from the results' files
    throttled: int
    server_cpu_s: float
    load_1min: float  # of the machine, before it began


def loads(statements: int) -> list[Load]:
    """The long version has 10,000 statements, the short one a part of them and shorter queries."""
    is_long = statements >= 10_000
    run_ms = (5000, 60_000) if is_long else (1000, 6000)
    return [
        Load("one after another, 300 ms each", 30 if is_long else 10, (300, 300), {}, 1),
        Load("default quotas", statements // 10, (1000, 3000), DEFAULT_LIMITS),
        Load("no quotas, every answer 200 ms late", min(statements, DELAYED), (100, 3000), {},
             delay_ms=DELAY_MS),
        Load("starts and active queries raised", statements, run_ms, RAISED),
        Load("starts and active queries raised", min(MOST_FOR_PYATHENA, statements // 10), run_ms,
             RAISED, by=PYATHENA),
    ]


def measure(local: Local, build: Path, load: Load) -> Figures:
    """Raises Wrong when a query failed, was not notified once, or was started twice."""
    ideal, load_1min = load.ideal_s(), os.getloadavg()[0]
    local.server.reset()
    local.server.control("POST", "limits", load.limits)
    if load.delay_ms:
        local.server.faults({"kind": "delay", "delay_ms": load.delay_ms})
    before_s = local.cpu_s()
    try:
        done = subprocess.run(_command(build, load), env=local.environment(), text=True,
                              capture_output=True, timeout=120 + 5 * ideal)
        stats = local.server.stats()
    except subprocess.TimeoutExpired as late:
        raise Wrong(f"{load.name}: not done after {late.timeout:.0f} s") from late
    finally:
        local.server.reset()
    if done.returncode:
        raise Wrong(f"{load.name}: {done.stderr.strip()[-500:]}")
    told = json.loads(done.stdout)
    _check(load, told, stats["queries"])
    return Figures(load, ideal, told, _of("athena.", stats), _of("s3.", stats),
                   stats["queries"]["throttled"],
                   local.cpu_s() - before_s, load_1min)


def _of(service: str, stats: dict[str, Any]) -> dict[str, int]:
    return {name.removeprefix(service): count for name, count in sorted(stats["requests"].items())
            if name.startswith(service)}


def _command(build: Path, load: Load) -> list[Any]:
    if load.by == PYATHENA:
        return [sys.executable, HERE / "many_pyathena.py", *map(str, (load.queries, *load.run_ms))]
    command = [build / "tests" / "clients" / "many_queries", f"queries={load.queries}",
               f"run_ms={load.run_ms[0]}-{load.run_ms[1]}"]
    return [*command, f"at_once={load.at_once}"] if load.at_once else command


def _check(load: Load, told: dict[str, Any], counted: dict[str, int]) -> None:
    if load.by != DRIVER:
        return  # its failures are told, not ours to answer for
    if told["notified"] != told["deferred"]:
        raise Wrong(f"{load.name}: {told['notified']} notifications of {told['deferred']} "
                    "functions")
    if counted["succeeded"] != load.queries + 1:  # and one to begin with
        raise Wrong(f"{load.name}: {counted['succeeded']} of {load.queries} queries succeeded")


def lines(figures: Figures) -> str:
    """A few lines for people."""
    told, load = figures.told, figures.load
    each = {name: count / load.queries for name, count in figures.requests.items()}
    status_per_s = sum(figures.requests.get(name, 0) for name in STATUS) / told["wall_s"]
    return (
        f"  {_title(load)} ({load.run_ms[0] / 1e3:g} to {load.run_ms[1] / 1e3:g} s each)\n"
        f"    wall {told['wall_s']:.1f} s, ideal {figures.ideal_s:.1f} s "
        f"({told['wall_s'] / figures.ideal_s:.2f}); row after the end: median "
        f"{told['late_ms']} ms, 95 % {told['late_p95_ms']} ms; {_outcome(figures)}\n"
        f"    requests a query: "
        + ", ".join(f"{name} {count:.2f}" for name, count in each.items())
        + f", together {sum(each.values()):.2f}"
        + "".join(f"; of S3 {name} {count / load.queries:.2f}"
                  for name, count in figures.s3_requests.items())
        + f"; status requests {status_per_s:.1f}/s; "
        f"throttled {figures.throttled / sum(figures.requests.values()):.1%}\n"
        f"    CPU {told['cpu_s']:.2f} s ({told['cpu_s'] / load.queries * 1e6:.0f} us a query); "
        f"threads {told['threads']}; memory a statement "
        f"{told['peak_kib'] / load.queries:.1f} KiB {_memory(figures)}; "
        f"the server's CPU {figures.server_cpu_s:.0f} s; load before {figures.load_1min:.1f}"
        + _calls(figures))


def _title(load: Load) -> str:
    return f"{load.queries:,} queries, {load.name}, by {load.by}"


def _outcome(figures: Figures) -> str:
    told = figures.told
    if figures.load.by == DRIVER:
        return f"out of order by {told['displaced']} at most"
    return f"{told['failed']} failed"


def _memory(figures: Figures) -> str:
    if figures.load.by != DRIVER:
        return "with its cursor"
    beyond_kib = (figures.told["peak_kib"] - figures.told["allocated_kib"]) / figures.load.queries
    return f"with its handles, {beyond_kib:.1f} KiB for executing"


def _calls(figures: Figures) -> str:
    told = figures.told
    if figures.load.by != DRIVER:
        return ""
    return (f"\n    {told['calls']:,} ODBC calls: the longest {told['longest_call_ms']:.2f} ms "
            f"({told['longest_call']}), over 10 ms {told['over_goal']}; in {told['waits']} the "
            f"thread waited, {told['longest_wait_ms']:.2f} ms at most; the longest undisturbed "
            f"{told['undisturbed_ms']:.2f} ms\n"
            f"    SQLExecDirect and SQLFetch: median {told['execute_fetch_ms']:.4f} ms, "
            f"99 % {told['execute_fetch_p99_ms']:.4f} ms")


def as_json(figures: Figures) -> dict[str, Any]:
    return dataclasses.asdict(figures)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/bench/run many")
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--only", default="")
    parser.add_argument("--folder", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.statements < 10:
        parser.error("--statements is at least 10")
    chosen = [load for load in loads(given.statements) if given.only in _title(load)]
    if not chosen:
        parser.error(f"--only {given.only}: no load is called so")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    local = Local(given.folder, given.build / "libathenaodbc.so")
    found, status = [], 0
    try:
        for load in chosen:
            print(f"bench: {_title(load)}; {time.strftime('%H:%M:%S')}", file=sys.stderr,
                  flush=True)
            try:
                found.append(measure(local, given.build, load))
                print(lines(found[-1]), flush=True)
            except Wrong as wrong:
                print(f"bench: FAILED: {wrong}", file=sys.stderr, flush=True)
                status = 1
        local.remove_results()
    finally:
        local.close()
    (given.folder / "many.json").write_text(json.dumps(list(map(as_json, found)), indent=1) + "\n")
    return status


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
