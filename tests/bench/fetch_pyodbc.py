"""Reads a whole result by pyodbc's fetchall: fetch_pyodbc.py CONNECTION-STRING SQL

One line of JSON like that of tests/clients/bulk_fetch.c, with the sums of some columns of integers.
"""

from __future__ import annotations

import json
import sys
import time

import pyodbc
from fetch_pyathena import moment


def main(source: str, sql: str) -> None:
    pyodbc.pooling = False
    connection = pyodbc.connect(source, autocommit=True)
    began_s = time.monotonic()
    cursor = connection.execute(sql)
    began = moment()
    rows = cursor.fetchall()
    ended = moment()
    names = [column[0].lower() for column in cursor.description]
    print(json.dumps({
        "rows": len(rows), "execute_s": began[0] - began_s, "fetch_s": ended[0] - began[0],
        "cpu_s": ended[1] - began[1], "peak_before_kib": began[2], "peak_kib": ended[2],
        "sums": {name: float(sum(row[names.index(name)] for row in rows))
                 for name in ("trip_id", "pickup_zone_id", "passengers")}}))


if __name__ == "__main__":
    main(*sys.argv[1:])
