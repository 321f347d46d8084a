"""A hundred queries in an asyncio program, by athena_aio.

    python3 asyncio_queries.py [connection string [number of queries]]

Shows what a program with an event loop wants: queries that run side by side while the loop does
other things, rows as they come, a time limit that stops a query in Athena too, and an
error that can be caught. The comments at the heads of the queries are read by the local Athena
alone: they make a query take so many milliseconds, as real ones do.
"""

from __future__ import annotations

import asyncio
import sys
import time

import athena_aio


async def count_trips(athena: athena_aio.Connection, part: int, parts: int) -> int:
    rows = await athena.execute(f"-- athena-local: run_ms={300 + 7 * part}\n"
                                "SELECT count(*) AS trips FROM taxi_trips "
                                f"WHERE trip_id BETWEEN 1 AND 10000 AND trip_id % {parts} = {part}")
    return sum([row["trips"] async for row in rows])


async def heart_beat(beats: list[float]) -> None:
    """What else the program does, and when it came to it."""
    while True:
        beats.append(time.monotonic())
        await asyncio.sleep(0.01)


async def show_hundred(athena: athena_aio.Connection, parts: int) -> None:
    beats: list[float] = []
    other_work = asyncio.create_task(heart_beat(beats))
    began = time.monotonic()
    counts = await asyncio.gather(*(count_trips(athena, i, parts) for i in range(parts)))
    took = time.monotonic() - began
    other_work.cancel()
    late = max(b - a for a, b in zip(beats, beats[1:]))
    print(f"{parts} queries, {sum(counts)} trips in {took:.1f} s; the loop was never away for "
          f"longer than {late * 1000:.0f} ms")


async def show_rows(athena: athena_aio.Connection) -> None:
    zones = await athena.execute("SELECT id, name FROM zones ORDER BY id LIMIT 3")
    async for row in zones:
        print(f"zone {row['id']}: {row['name']}")


async def show_time_limit(athena: athena_aio.Connection) -> None:
    try:
        async with asyncio.timeout(0.5):
            await athena.execute("-- athena-local: run_ms=60000\nSELECT 1")
    except TimeoutError:
        print("a query was too slow, and was stopped")


async def show_error(athena: athena_aio.Connection) -> None:
    try:
        await athena.execute("SELECT * FROM no_such_table")
    except athena_aio.Error as error:
        print(f"an error can be caught: {error.state}")


async def main(text: str, parts: int) -> None:
    async with await athena_aio.connect(text) as athena:
        await show_rows(athena)
        await show_hundred(athena, parts)
        await show_time_limit(athena)
        await show_error(athena)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "DSN=AthenaLocal",
                     int(sys.argv[2]) if len(sys.argv) > 2 else 100))
