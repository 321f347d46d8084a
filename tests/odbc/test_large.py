"""A million rows of ten columns through column-wise binding: every value, in bounded memory."""

from __future__ import annotations

import ctypes
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


@pytest.mark.parametrize("fetcher", ["auto", "GetQueryResults"])
def test_pages_too_large_for_memory(athena, connect: Callable, fetcher: str) -> None:
    """A thousand rows of 20 KB are a page of 20 MB: fewer are asked for, none is lost."""
    s = odbc.Statement(connect(ResultFetcher=fetcher))
    s.check(s.execute("SELECT trip_id, rpad('', 20000, 'x') FROM taxi_trips "
                      "WHERE trip_id BETWEEN 1 AND 1500 ORDER BY trip_id"))
    length = ctypes.c_ssize_t()
    buffer = ctypes.create_string_buffer(1)
    for number in range(1, 1501):
        s.check(s.fetch())
        assert s.text(1) == str(number)
        s.check(odbc.lib.SQLGetData(s.value, 2, odbc.C_CHAR, buffer, 1, ctypes.byref(length)),
                odbc.INFO)
        assert length.value == 20000
    assert s.fetch() == odbc.NO_DATA
    assert athena.requests("s3.GetObject") > 0 or fetcher != "auto"
    s.check(s.free())


@pytest.mark.parametrize("fetcher", ["auto", "GetQueryResults"])
def test_rows_of_twenty_megabytes(connect: Callable, fetcher: str) -> None:
    """Athena's limit is 32 MB a row, which is more than the download window."""
    s = odbc.Statement(connect(ResultFetcher=fetcher, RequestTimeout="60000"))
    s.check(s.execute("SELECT rpad('', 20000000, t.c) FROM (VALUES 'a', 'b') t(c)"))
    length = ctypes.c_ssize_t()
    buffer = ctypes.create_string_buffer(20000001)
    for letter in b"ab":
        s.check(s.fetch())
        s.check(odbc.lib.SQLGetData(s.value, 1, odbc.C_CHAR, buffer, 20000001,
                                    ctypes.byref(length)))
        assert length.value == 20000000
        assert buffer.value == bytes([letter]) * 20000000
    assert s.fetch() == odbc.NO_DATA
    s.check(s.free())
