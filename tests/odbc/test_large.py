"""A million rows of ten columns through column-wise binding: every value, in bounded memory."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import odbc
import pytest
from conftest import RUNTIME

BUILD = Path(os.environ.get("ATHENA_BUILD", Path(__file__).resolve().parents[2] / "build/debug"))
PROGRAM = BUILD / "tests" / "clients" / "bulk_fetch"
COLUMNS = ["trip_id", "pickup_at", "dropoff_at", "pickup_zone_id", "dropoff_zone_id", "passengers",
           "distance_km", "fare", "tip", "payment"]
TIMES, TEXTS = {"pickup_at", "dropoff_at"}, {"payment"}
PEAK_MEMORY_MIB = 150


def aggregate(name: str) -> str:
    if name in TIMES:
        value = f"to_unixtime({name})"
    elif name in TEXTS:
        value = f"length({name})"
    else:
        value = f"CAST({name} AS double)"
    return f"sum({value}), count(*) - count({name})"


@pytest.mark.skipif(bool(RUNTIME), reason="a sanitizer has its own memory")
@pytest.mark.parametrize("rows", [1_000_000])
def test_checksums_and_memory(connection_string: Callable[..., str], statement: odbc.Statement,
                              rows: int) -> None:
    where = f"FROM taxi_trips WHERE trip_id < {rows}"
    printed = subprocess.run([PROGRAM, connection_string(),
                              f"SELECT {', '.join(COLUMNS)} {where}", "1000", "native"],
                             capture_output=True, text=True, timeout=300)
    assert printed.returncode == 0, printed.stderr
    seen = json.loads(printed.stdout)
    told = statement.query(f"SELECT {', '.join(aggregate(c) for c in COLUMNS)} {where}")[0]
    assert seen["rows"] == rows
    for i, name in enumerate(COLUMNS):
        column = seen["columns"][i]
        assert column["nulls"] == int(told[2 * i + 1]), name
        assert column["sum"] == pytest.approx(float(told[2 * i]), rel=1e-9), name
    assert seen["peak_kib"] < PEAK_MEMORY_MIB * 1024, "peak memory of the whole process"
