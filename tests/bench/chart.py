"""The chart of the README, drawn by gnuplot from what a run has measured: chart.py RESULT PNG"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

# What is shown, by the names of the table, and what the chart calls it.
BARS = [
    ("driver", "native, rowset 1,000", "this driver, rowset 1,000"),
    ("driver", "native, rowset 1", "this driver, rowset 1"),
    ("driver", "native, SQLGetData", "this driver, SQLGetData"),
    ("limits", "DuckDB, sums of the file, 1 thread", "DuckDB reading the CSV, 1 thread"),
    ("others", "odbc-mariadb, native, rowset 1,000", "odbc-mariadb"),
    ("others", "libsqliteodbc, native, rowset 1,000", "libsqliteodbc"),
    ("others", "odbc-postgresql, native, rowset 1,000", "odbc-postgresql"),
    ("PyAthena", "PolarsCursor, a frame", "PyAthena PolarsCursor"),
    ("PyAthena", "PandasCursor, a frame", "PyAthena PandasCursor"),
    ("PyAthena", "ArrowCursor, a table", "PyAthena ArrowCursor"),
    ("PyAthena", "S3FSCursor, tuples", "PyAthena S3FSCursor"),
    ("PyAthena", "AioCursor, tuples, by API pages", "PyAthena AioCursor"),
]
SCRIPT = """\
set terminal pngcairo size 900,460 font "sans,11" background "#ffffff"
set output "{png}"
set title "A million rows of ten columns: seconds, logarithmic (shorter is better)"
set logscale x
set xrange [{least}:*]
set yrange [-0.7:{count}-0.3]
set grid xtics lc rgb "#dddddd"
set border 1
set ytics nomirror scale 0
unset key
set lmargin 34
set style fill solid
plot $bars using (0):0:({least}):2:($0-0.35):($0+0.35):(int($3)):ytic(1) \\
     with boxxyerror lc rgb variable, \\
     $bars using 2:0:(sprintf(" %.2f", $2)) with labels left
"""
OURS, THEIRS = 0x1F6FB4, 0xB0B7BF


def main(result: str, png: str) -> None:
    told = json.loads(Path(result).read_text())
    readings = {(r["group"], r["name"]): r for r in told["readings"]}
    bars = [(label, readings[group, name]["seconds_median"] / readings[group, name]["rows"] * 1e6,
             OURS if group == "driver" else THEIRS)
            for group, name, label in BARS
            if readings.get((group, name), {}).get("seconds_median")]
    bars.sort(key=lambda bar: (bar[2] != OURS, bar[1]), reverse=True)  # gnuplot counts from below
    least = min(seconds for _, seconds, _ in bars) / 2
    data = "".join(f'"{label}" {seconds:.4f} {colour}\n' for label, seconds, colour in bars)
    subprocess.run(["gnuplot"], check=True, text=True, input=(
        f"$bars << EOD\n{data}EOD\n"
        + SCRIPT.format(png=png, least=least, count=len(bars))))


if __name__ == "__main__":
    main(*sys.argv[1:])
