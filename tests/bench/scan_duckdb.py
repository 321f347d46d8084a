"""Sums up the columns of a result file with one thread of DuckDB: scan_duckdb.py FILE

What a good reader of CSV takes for the bytes alone, without a network. The sums are those of
tests/clients/bulk_fetch.c.
"""

from __future__ import annotations

import json
import sys
import time

import duckdb

TYPES = {"trip_id": "BIGINT", "pickup_at": "TIMESTAMP", "dropoff_at": "TIMESTAMP",
         "pickup_zone_id": "INTEGER", "dropoff_zone_id": "INTEGER", "passengers": "TINYINT",
         "distance_km": "DOUBLE", "fare": "DECIMAL(10,2)", "tip": "DECIMAL(10,2)",
         "payment": "VARCHAR"}
SUMMANDS = {"TIMESTAMP": "epoch({})", "VARCHAR": "length({})"}


def main(file: str) -> None:
    connection = duckdb.connect(config={"threads": 1})
    sums = ", ".join(f"sum(CAST({SUMMANDS.get(kind, '{}').format(name)} AS DOUBLE))"
                     for name, kind in TYPES.items())
    began_s, began_cpu_s = time.monotonic(), time.process_time()
    found = connection.execute(
        f"SELECT {sums} FROM read_csv(?, header = true, delim = ',', quote = '\"', "
        f"escape = '\"', auto_detect = false, columns = {TYPES})", [file]).fetchone()
    print(json.dumps({"seconds": time.monotonic() - began_s,
                      "cpu_s": time.process_time() - began_cpu_s, "sums": found}))


if __name__ == "__main__":
    main(*sys.argv[1:])
