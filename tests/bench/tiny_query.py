"""Times SELECT 1 through the driver, from the call to the row: tiny_query.py SOURCE COUNT

One line of JSON: the milliseconds of each. The first, uncounted, opens connections.
"""

from __future__ import annotations

import json
import sys
import time

import pyodbc


def main(source: str, count: str) -> None:
    cursor = pyodbc.connect(source, autocommit=True).cursor()
    took_ms = []
    for _ in range(int(count) + 1):
        began = time.monotonic()
        row = cursor.execute("SELECT 1").fetchone()
        took_ms.append((time.monotonic() - began) * 1e3)
        if tuple(row) != (1,):
            sys.exit(f"SELECT 1 gave {row}")
    print(json.dumps(took_ms[1:]))


if __name__ == "__main__":
    main(*sys.argv[1:])
