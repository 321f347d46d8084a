"""tests/bench/run when all is built: prepares, measures in rounds, reports. See there."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path

import chart
import instructions
import many
import report
from contenders import HERE, Contender, ManyQueries, Wrong, all_contenders, many_queries, run
from databases import Database, Unavailable, all_databases
from local import COLUMNS, Local

ROWS, QUICK_ROWS, MOST_ROWS = 1_000_000, 100_000, 2_000_000
# By API pages of 1,000 rows a million takes minutes; a part of the rows tells the time a row.
SMALL_SHARE = 50
TINY_QUERIES, FIRST_ROWS, MANY = 10, 3, 100
CROWD = 1_000
TINY_SOURCES = {
    "SELECT 1 through the driver": "DSN=AthenaLocal",
    "the same, asking every 5 ms": "DSN=AthenaLocal;MinQueryExecutionPollingInterval=5;"
                                   "MaxQueryExecutionPollingInterval=5",
}
FIRST_ROW = "first row of the large result, after the query's end"
TINY_FLOOR = "SELECT 1 through boto3, asking every 5 ms"


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--huge", action="store_true")
    parser.add_argument("--folder", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--build", type=Path, required=True, help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.rows = given.rows or (QUICK_ROWS if given.quick else ROWS)
    given.rounds = given.rounds or (1 if given.quick else 3)
    if not SMALL_SHARE <= given.rows <= MOST_ROWS or given.rounds < 1:
        parser.error(f"--rows is {SMALL_SHARE} to {MOST_ROWS}, --rounds at least 1")
    return given


class Benchmark:
    def __init__(self, local: Local, given: argparse.Namespace):
        self.local, self.build, self.given = local, given.build, given
        self.large = local.prepare(given.rows)
        self.small = local.prepare(given.rows // SMALL_SHARE)
        self.databases: list[Database] = []
        for start in all_databases(given.folder, self.large):
            try:
                self.databases.append(start())
            except Unavailable as why:
                say(f"not compared with: {why}")
        self.contenders = all_contenders(local, given.build, self.large, self.small,
                                         self.databases, given.quick, given.huge)
        self.latencies = [report.Latency(name, [])
                          for name in [*TINY_SOURCES, TINY_FLOOR, FIRST_ROW]]
        self.runs: list[ManyQueries] = []
        self.crowds: list[many.Figures] = []
        self.instructions: dict[str, float] = {}
        self.reused = 0
        self.failures: list[str] = []
        self.about = report.machine()

    def close(self) -> None:
        for database in self.databases:
            database.stop()

    def measure(self) -> None:
        say(f"all {len(self.contenders)} once, what they read is checked")
        for contender in self.contenders:
            self._read(contender, is_checked=True)
        for number in range(self.given.rounds):
            say(f"round {number + 1} of {self.given.rounds}")
            # Each begins where another did in the round before: nobody is always the first.
            start = number * len(self.contenders) // self.given.rounds
            for contender in self.contenders[start:] + self.contenders[:start]:
                self._read(contender, is_checked=False)
            self._small_ones()
        self._count_instructions()
        self._crowds()

    def _read(self, contender: Contender, is_checked: bool) -> None:
        """Who has failed once is not asked again. The first reading warms up, too."""
        if contender.failure:
            return
        try:
            sample = contender.read(is_checked)
            if not is_checked:
                contender.samples.append(sample)
        except Wrong as wrong:
            contender.failure = str(wrong)
            self._fail(f"{contender.group}: {contender.name}: {wrong}")

    def _small_ones(self) -> None:
        try:
            for latency in self.latencies:
                latency.took_ms += self._tiny(latency.name)
            self.runs.append(many_queries(self.local, self.build, MANY))
        except Wrong as wrong:
            self._fail(f"small queries: {wrong}")

    def _count_instructions(self) -> None:
        say("counting instructions")
        twice = self.local.prepare(2 * self.small.rows)
        try:
            self.instructions = instructions.of_a_row(self.local, self.build, self.small, twice)
        except Wrong as wrong:
            self._fail(f"instructions: {wrong}")

    def _crowds(self) -> None:
        """The short version of tests/bench/run many. It sets the server's counters to zero."""
        self.reused = self.local.reused()
        for load in many.loads(CROWD):
            try:
                self.crowds.append(many.measure(self.local, self.build, load))
            except Wrong as wrong:
                self._fail(str(wrong))

    def _tiny(self, name: str) -> list[float]:
        if name in TINY_SOURCES:
            return json.loads(run([sys.executable, HERE / "tiny_query.py", TINY_SOURCES[name],
                                   TINY_QUERIES], self.local.environment()))
        if name == FIRST_ROW:
            return json.loads(run([sys.executable, HERE / "first_row.py", "DSN=AthenaLocal",
                                   self.large.sql, FIRST_ROWS], self.local.environment()))
        took_ms = []
        for _ in range(TINY_QUERIES):
            began = time.monotonic()
            if self.local.first_row(self.local.run("SELECT 1", poll_s=0.005)) != ["1"]:
                raise Wrong("boto3 got something else than 1")
            took_ms.append((time.monotonic() - began) * 1e3)
        return took_ms

    def _fail(self, text: str) -> None:
        say(f"FAILED: {text}")
        self.failures.append(text)

    def print(self) -> None:
        about = self.about
        print(f"{self.large.rows:,} rows x {len(COLUMNS)} columns, "
              f"{self.large.bytes / 1e6:.1f} MB of CSV; rounds: {self.given.rounds}; "
              f"{about['cpus']} CPUs ({about['cpu']}), "
              f"load before: {about['load_1min']:.1f}\n")
        print(report.table(self.contenders))
        print(f"\n{report.NOTES}\nBy API pages: {self.small.rows:,} rows only.\n")
        print(report.latency_lines(self.latencies))
        print(report.call_lines(self.contenders))
        print(report.instruction_lines(self.instructions))
        if self.runs:
            print(report.many_lines(self.runs))
        for crowd in self.crowds:
            print(many.lines(crowd))
        about |= {"rows": self.large.rows, "rounds": self.given.rounds, "sql": self.large.sql,
                  "instructions_a_row": self.instructions, "queries_reused": self.reused,
                  "failures": self.failures,
                  "crowds": [many.as_json(crowd) for crowd in self.crowds]}
        report.write_json(self.given.folder / "result.json", self.contenders, self.latencies,
                          self.runs, about)
        chart.main(str(self.given.folder / "result.json"), str(self.given.folder / "result.png"))


def main() -> int:
    given = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    say("starting the local Athena (the first time makes its sample data)")
    local = Local(given.folder, given.build / "libathenaodbc.so")
    try:
        local.remove_results()
        benchmark = Benchmark(local, given)
        try:
            benchmark.measure()
            benchmark.print()
        finally:
            benchmark.close()
        local.remove_results()
    finally:
        local.close()
    say(f"{time.monotonic() - began:.0f} s; all figures: build/bench/result.json; the chart: "
        "build/bench/result.png")
    for failure in benchmark.failures:
        say(f"FAILED: {failure}")
    return 1 if benchmark.failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
