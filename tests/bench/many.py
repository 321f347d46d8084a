"""Thousands of queries on one thread (tests/bench/run many): wall time against the ideal, API
requests, CPU, memory, and how late ends are noticed.

The work is done by tests/clients/many_queries.c through the driver manager; the local Athena
enforces the quotas. It runs on the same CPUs: where it is busy all the time, it and not the driver
sets the pace, so its CPU time is told too.
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

from contenders import Wrong
from ideal_schedule import DEFAULT_LIMITS, ideal_s, run_times_s
from local import Local

# An account whose starts and active queries are raised; status calls are as for everybody. The local
# Athena itself can do about 450 starts a second on one core.
RAISED = {name: value for name, value in DEFAULT_LIMITS.items() if "active" not in name} | {
    "start_per_s": 300, "start_burst": 600}
STATUS = ("GetQueryExecution", "BatchGetQueryExecution")


@dataclasses.dataclass(frozen=True)
class Load:
    """So many queries; how long each runs; what the account may; how many are begun at once."""

    name: str
    queries: int
    run_ms: tuple[int, int]
    limits: dict[str, float]
    at_once: int | None = None

    def ideal_s(self) -> float:
        times = run_times_s(self.queries, *self.run_ms)
        if self.at_once == 1:
            return sum(times)
        # rows need no call of Athena's: the files in S3 have them too
        return ideal_s(times, {name: value for name, value in self.limits.items()
                               if not name.startswith("status")})


@dataclasses.dataclass
class Figures:
    load: Load
    ideal_s: float
    told: dict[str, Any]  # what many_queries printed
    requests: dict[str, int]  # by operation
    throttled: int
    server_cpu_s: float


def loads(statements: int) -> list[Load]:
    """The long version has 10,000 statements, the short one a part of them and shorter queries."""
    is_long = statements >= 10_000
    return [
        Load("one after another, 300 ms each", 30 if is_long else 10, (300, 300), {}, 1),
        Load("default quotas", statements // 10, (1000, 3000), DEFAULT_LIMITS),
        Load("starts and active queries raised", statements,
             (5000, 60_000) if is_long else (1000, 6000), RAISED),
    ]


def measure(local: Local, build: Path, load: Load) -> Figures:
    """Raises Wrong when a query failed, was not notified once, or was started twice."""
    command = [build / "tests" / "clients" / "many_queries", f"queries={load.queries}",
               f"run_ms={load.run_ms[0]}-{load.run_ms[1]}"]
    if load.at_once:
        command.append(f"at_once={load.at_once}")
    ideal = load.ideal_s()
    local.server.reset()
    local.server.control("POST", "limits", load.limits)
    before_s = _cpu_s(local.server.process.pid)
    try:
        done = subprocess.run(command, env=local.environment(), text=True, capture_output=True,
                              timeout=120 + 5 * ideal)
        stats = local.server.stats()
    except subprocess.TimeoutExpired as late:
        raise Wrong(f"{load.name}: not done after {late.timeout:.0f} s") from late
    finally:
        local.server.reset()
    if done.returncode:
        raise Wrong(f"{load.name}: {done.stderr.strip()[-500:]}")
    told = json.loads(done.stdout)
    _check(load, told, stats["queries"])
    requests = {name.removeprefix("athena."): count for name, count in stats["requests"].items()
                if name.startswith("athena.")}
    return Figures(load, ideal, told, requests, stats["queries"]["throttled"],
                   _cpu_s(local.server.process.pid) - before_s)


def _check(load: Load, told: dict[str, Any], counted: dict[str, int]) -> None:
    if told["notified"] != told["deferred"]:
        raise Wrong(f"{load.name}: {told['notified']} notifications of {told['deferred']} functions")
    if counted["succeeded"] != load.queries + 1:  # and one to begin with
        raise Wrong(f"{load.name}: {counted['succeeded']} of {load.queries} queries succeeded")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def lines(figures: Figures) -> str:
    """A few lines for people."""
    told, load = figures.told, figures.load
    each = {name: count / load.queries for name, count in sorted(figures.requests.items())}
    status_per_s = sum(figures.requests.get(name, 0) for name in STATUS) / told["wall_s"]
    beyond_kib = (told["peak_kib"] - told["allocated_kib"]) / load.queries
    return (
        f"  {load.queries:,} queries, {load.name} "
        f"({load.run_ms[0] / 1e3:g} to {load.run_ms[1] / 1e3:g} s each)\n"
        f"    wall {told['wall_s']:.1f} s, ideal {figures.ideal_s:.1f} s "
        f"({told['wall_s'] / figures.ideal_s:.2f}); row after the end: median "
        f"{told['late_ms']} ms, 95 % {told['late_p95_ms']} ms; "
        f"out of order by {told['displaced']} at most\n"
        f"    requests a query: "
        + ", ".join(f"{name} {count:.2f}" for name, count in each.items())
        + f", together {sum(each.values()):.2f}; status requests {status_per_s:.1f}/s; "
        f"throttled {figures.throttled / sum(figures.requests.values()):.1%}\n"
        f"    CPU {told['cpu_s']:.2f} s ({told['cpu_s'] / load.queries * 1e6:.0f} us a query); "
        f"longest call {told['longest_call_ms']:.1f} ms; "
        f"memory a statement {told['peak_kib'] / load.queries:.1f} KiB with its handles, "
        f"{beyond_kib:.1f} KiB for executing; the server's CPU {figures.server_cpu_s:.0f} s")


def as_json(figures: Figures) -> dict[str, Any]:
    return dataclasses.asdict(figures)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/bench/run many")
    parser.add_argument("--statements", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.statements < 10:
        parser.error("--statements is at least 10")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    local = Local(given.folder, given.build / "libathenaodbc.so")
    found, status = [], 0
    try:
        for load in loads(given.statements):
            print(f"bench: {load.queries:,} queries, {load.name}; {time.strftime('%H:%M:%S')}",
                  file=sys.stderr, flush=True)
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
