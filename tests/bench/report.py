"""From samples to the table and to build/bench/result.json."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import platform
import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from contenders import Contender, ManyQueries
from local import COLUMNS

KIB_PER_MIB = 1024
COLUMN_COUNT = len(COLUMNS)
HEADINGS = ["", "rows", "s min", "s median", "M rows/s", "MB/s", "CPU s/M rows", "peak MiB",
            "over start", "x min", "x median", "x F", "CPU x F"]
NOTES = """\
s: from the first row known (PyAthena: from the query's success) until all rows are read; M rows/s
and MB/s of the result's CSV file, CPU seconds and memory: medians. Over start: peak memory over
the process's peak before it fetched, the application's own buffers included. x: time a row
as a multiple of the first line's, minimum by minimum, median by median. All rounds are interleaved;
the server runs on the same CPUs. Before the rounds each reads once more, and the sums of all it
has read are checked. x F: seconds (min) as a multiple of the floor's, L + N: L makes arrays of a
file in memory, with no ODBC; N fetches rows that are ready, through unixODBC. Below 1 is possible:
two threads share the work of the driver. Receiving the file is in its time and CPU seconds. Other
databases' drivers receive all rows while they execute: their seconds begin there, their CPU and
memory do not. The driver reads its results from nginx, PyAthena from the local Athena."""


@dataclasses.dataclass
class Latency:
    """How long a tiny query takes, from the call to its row."""

    name: str
    took_ms: list[float]


def numbers(contender: Contender) -> dict[str, float | None]:
    """The figures of one line. Needs a sample."""
    seconds = [sample.seconds for sample in contender.samples]
    median = statistics.median(seconds)
    millions = contender.rows / 1e6

    def middle(values: Iterable[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return statistics.median(known) if known else None

    cpu_s = middle(sample.cpu_s for sample in contender.samples)
    peak = middle(sample.peak_kib for sample in contender.samples)
    over = middle(sample.peak_kib - sample.before_kib for sample in contender.samples
                  if sample.peak_kib is not None and sample.before_kib is not None)
    return {
        "seconds_min": min(seconds), "seconds_median": median,
        "rows_per_s": contender.rows / median, "bytes_per_s": contender.bytes / median,
        "cpu_s_per_million_rows": None if cpu_s is None else cpu_s / millions,
        "peak_mib": None if peak is None else peak / KIB_PER_MIB,
        "over_start_mib": None if over is None else over / KIB_PER_MIB,
        "execute_s_median": middle(sample.execute_s for sample in contender.samples),
    }


def measured(contenders: list[Contender]) -> dict[int, dict[str, float | None]]:
    """By id(), the figures of those that have samples, with ratios against the first contender."""
    lines = {id(c): numbers(c) for c in contenders if c.samples}
    base = lines.get(id(contenders[0]))
    for contender in contenders:
        line = lines.get(id(contender), {})
        for kind in ("min", "median") if line else ():
            line[f"ratio_{kind}"] = None if not base else (
                line[f"seconds_{kind}"] / contender.rows) / (
                base[f"seconds_{kind}"] / contenders[0].rows)
        if line:
            floor = [lines.get(id(c)) for c in contender.floor]
            line["ratio_floor"] = _over_floor("seconds_min", line, floor)
            line["ratio_floor_cpu"] = _over_floor("cpu_s_per_million_rows", line, floor)
    return lines


def _over_floor(figure: str, line: dict[str, float | None],
                floor: list[dict[str, float | None] | None]) -> float | None:
    parts = [part[figure] for part in floor if part]
    return line[figure] / sum(parts) if parts and len(parts) == len(floor) else None


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:,.{digits}f}"


def _row(contender: Contender, line: dict[str, float | None]) -> list[str]:
    return [contender.name, f"{contender.rows:,}", _cell(line["seconds_min"], 3),
            _cell(line["seconds_median"], 3), _cell(line["rows_per_s"] / 1e6, 3),
            _cell(line["bytes_per_s"] / 1e6, 0), _cell(line["cpu_s_per_million_rows"], 2),
            _cell(line["peak_mib"], 0), _cell(line["over_start_mib"], 0),
            _cell(line["ratio_min"], 2), _cell(line["ratio_median"], 2),
            _cell(line["ratio_floor"], 2), _cell(line["ratio_floor_cpu"], 2)]


def table(contenders: list[Contender]) -> str:
    grouped: list[list[str]] = []
    group = None
    lines = measured(contenders)
    for contender in contenders:
        if contender.group != group:
            group = contender.group
            grouped.append([group])
        line = lines.get(id(contender))
        cells = _row(contender, line) if line else [contender.name, "failed"]
        grouped.append(["  " + cells[0], *cells[1:]])
    for row in grouped:
        row += [""] * (len(HEADINGS) - len(row))
    widths = [max(len(row[i]) for row in [HEADINGS, *grouped]) for i in range(len(HEADINGS))]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]),
                   *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))])
        .rstrip() for row in [HEADINGS, *grouped])


def latency_lines(latencies: list[Latency]) -> str:
    return "\n".join(
        f"  {latency.name:<56} min {min(latency.took_ms):7.1f} ms   "
        f"median {statistics.median(latency.took_ms):7.1f} ms   ({len(latency.took_ms)} queries)"
        for latency in latencies if latency.took_ms)


def call_lines(contenders: list[Contender]) -> str:
    """What a call costs: rowset 1 against 1,000, and values by SQLGetData against bound ones.

    By CPU time, which the download's thread has the same part of in all of them.
    """
    cpu_s = {c.name: statistics.median(s.cpu_s for s in c.samples) for c in contenders
             if c.samples and c.group in ("driver", "floor") and c.samples[0].cpu_s is not None}
    rows = contenders[0].rows

    def each_ns(prefix: str, more: str, less: str, calls: int) -> str:
        try:
            return f"{(cpu_s[prefix + more] - cpu_s[prefix + less]) / calls * 1e9:.0f} ns"
        except KeyError:
            return "?"

    fetch, get = [], []
    for prefix in ("", "N: a null driver, "):
        fetch.append(each_ns(prefix, "native, rowset 1", "native, rowset 1,000", rows))
        get.append(each_ns(prefix, "native, SQLGetData", "native, rowset 1", rows * COLUMN_COUNT))
    return (f"  a call of SQLFetch: {fetch[0]} of CPU, of a null driver {fetch[1]}; "
            f"of SQLGetData: {get[0]}, of a null driver {get[1]}")


def instruction_lines(counted: dict[str, float]) -> str:
    return "\n".join(f"  {count:7,.0f} instructions a row: {name}"
                     for name, count in counted.items())


def many_lines(runs: list[ManyQueries]) -> str:
    def middle(name: str) -> float:
        return statistics.median(getattr(run, name) for run in runs)

    return (f"  {runs[0].queries} queries in flight on one thread (async_demo, runs: {len(runs)}): "
            f"wall time min {min(run.wall_s for run in runs):.2f} s, "
            f"median {middle('wall_s'):.2f} s;\n"
            f"  by Athena's clock the queries took {middle('athena_s'):.1f} s together; "
            f"the longest single call took {middle('longest_call_ms'):.1f} ms")


def machine() -> dict[str, Any]:
    """To be asked before anything is measured, for the load is to be that of others."""
    model = next((line.partition(":")[2].strip() for line in
                  Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"cpus": len(os.sched_getaffinity(0)), "cpu": model, "kernel": platform.release(),
            "load_1min": os.getloadavg()[0]}


def write_json(path: Path, contenders: list[Contender], latencies: list[Latency],
               runs: list[ManyQueries], about: dict[str, Any]) -> None:
    lines = measured(contenders)
    told = {
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        **about,
        "readings": [{
            "group": c.group, "name": c.name, "rows": c.rows, "bytes": c.bytes,
            "failure": c.failure, **lines.get(id(c), {}),
            "samples": [dataclasses.asdict(sample) for sample in c.samples]} for c in contenders],
        "latency_ms": {latency.name: latency.took_ms for latency in latencies},
        "many_queries": [dataclasses.asdict(run) for run in runs],
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
