"""Many queries at once with PyAthena's AioCursor: many_pyathena.py QUERIES FROM_MS TO_MS

The queries of tests/clients/many_queries.c, all begun at once, each with a cursor of one connection
and otherwise as PyAthena comes: it asks after every query once a second, in asyncio's threads. One
line of JSON; a name means what it means there. A query that failed is counted, not repeated.
"""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import sys
import time

from fetch_pyathena import peak_kib
from ideal_schedule import run_times_s
from pyathena.aio.connection import AioConnection

WATCH_THREADS_S = 0.1


class Watch:
    """The most threads that the process was seen to have."""

    def __init__(self) -> None:
        self.most = 0

    async def run(self) -> None:
        while True:
            with open("/proc/self/status") as status:
                now = next(int(line.split()[1]) for line in status if line.startswith("Threads:"))
            self.most = max(self.most, now)
            await asyncio.sleep(WATCH_THREADS_S)


async def query(connection: AioConnection, number: int, run_ms: int) -> float:
    """Returns the milliseconds from the query's end in Athena to its row here."""
    async with connection.cursor() as cursor:
        await cursor.execute(
            f"-- athena-local: queue_ms=0 planning_ms=0 run_ms={run_ms}\nSELECT {number}")
        row = await cursor.fetchone()
        if row != (number,):
            raise ValueError(f"query {number} answered {row}")
        late = datetime.datetime.now(datetime.UTC) - cursor.completion_date_time
        return late.total_seconds() * 1e3


async def measure(queries: int, from_ms: int, to_ms: int) -> dict[str, float]:
    watch = Watch()
    async with await AioConnection.create(
            work_group="primary", schema_name="sample",
            catalog_name="AwsDataCatalog") as connection:
        # One before anything is measured, as there: modules are loaded, a connection is open.
        await query(connection, 0, 0)
        watching = asyncio.create_task(watch.run())
        before_kib, began_s, began_cpu_s = peak_kib(), time.monotonic(), time.process_time()
        ends = await asyncio.gather(
            *(query(connection, number, round(run_s * 1000))
              for number, run_s in enumerate(run_times_s(queries, from_ms, to_ms))),
            return_exceptions=True)
        told = {"wall_s": time.monotonic() - began_s,
                "cpu_s": time.process_time() - began_cpu_s, "peak_kib": peak_kib() - before_kib}
        watching.cancel()
    late = sorted(end for end in ends if isinstance(end, float))
    failures = [end for end in ends if not isinstance(end, float)]
    if failures:
        print(f"{len(failures)} failed, the first: {failures[0]!r}", file=sys.stderr)
    if not late:
        raise SystemExit("no query succeeded")
    return told | {"queries": queries, "failed": len(failures), "threads": watch.most,
                   "late_ms": round(late[len(late) // 2]),
                   "late_p95_ms": round(late[len(late) * 95 // 100])}


def main(queries: str, from_ms: str, to_ms: str) -> None:
    logging.disable()  # every throttled answer is a line
    print(json.dumps(asyncio.run(measure(int(queries), int(from_ms), int(to_ms)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
