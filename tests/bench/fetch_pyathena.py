"""Reads the result of a query with one of PyAthena's cursors: fetch_pyathena.py CURSOR SQL

One line of JSON like that of tests/clients/bulk_fetch.c. Fetching begins when PyAthena knows that
the query has succeeded, and ends when all rows are in memory in the cursor's own form.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from pyathena import connect


def peak_kib() -> int:
    """Not ru_maxrss, which starts at the peak of the process that started this one."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


Moment = tuple[float, float, int]
Reader = Callable[[Any], tuple[int, Callable[[int], float]]]
OPTIONS = {"work_group": "primary", "schema_name": "sample", "catalog_name": "AwsDataCatalog",
           "poll_interval": 0.05}
REUSE = {"result_reuse_enable": True, "result_reuse_minutes": 60}


def moment() -> Moment:
    return time.monotonic(), time.process_time(), peak_kib()


def timed(base: type) -> type:
    """The cursor, with a note of the moment when the query was seen to have ended."""

    class Timed(base):
        ended: Moment

        def _poll(self, *args: Any, **options: Any) -> Any:
            execution = super()._poll(*args, **options)
            self.ended = moment()
            return execution

    return Timed


def timed_aio(base: type) -> type:
    """The same for a cursor that waits by asyncio."""

    class Timed(base):
        ended: Moment

        async def _poll(self, *args: Any, **options: Any) -> Any:
            execution = await super()._poll(*args, **options)
            self.ended = moment()
            return execution

    return Timed


def of_rows(rows: list[tuple[Any, ...]]) -> tuple[int, Callable[[int], float]]:
    return len(rows), lambda at: float(sum(row[at] for row in rows))


def plain(cursor: Any) -> tuple[int, Callable[[int], float]]:
    return of_rows(cursor.fetchall())


def arrow(cursor: Any) -> tuple[int, Callable[[int], float]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = cursor.as_arrow()
    # decimals are left as text by it
    return table.num_rows, lambda at: pc.sum(pc.cast(table.column(at), pa.float64())).as_py()


def pandas(cursor: Any) -> tuple[int, Callable[[int], float]]:
    frame = cursor.as_pandas()
    return len(frame), lambda at: float(frame.iloc[:, at].sum())


def polars(cursor: Any) -> tuple[int, Callable[[int], float]]:
    frame = cursor.as_polars()
    return frame.height, lambda at: float(frame[:, at].cast(float).sum())


def point_arrow_at_endpoint() -> None:
    """ArrowCursor names its keys to pyarrow's file system, which then ignores AWS_ENDPOINT_URL."""
    from pyarrow import fs
    from pyathena.arrow.result_set import AthenaArrowResultSetMetadataReader as Reader

    scheme, _, host = os.environ["AWS_ENDPOINT_URL"].partition("://")
    Reader._create_s3_file_system = lambda self: fs.S3FileSystem(
        access_key=os.environ["AWS_ACCESS_KEY_ID"], secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        region=os.environ["AWS_REGION"], scheme=scheme, endpoint_override=host)


def classes(kind: str) -> tuple[type, Reader]:
    """Imports only what the cursor needs: the memory is to be its own."""
    if kind == "ArrowCursor":
        from pyathena.arrow.cursor import ArrowCursor
        point_arrow_at_endpoint()
        return ArrowCursor, arrow
    if kind == "PandasCursor":
        from pyathena.pandas.cursor import PandasCursor
        return PandasCursor, pandas
    if kind == "PolarsCursor":
        from pyathena.polars.cursor import PolarsCursor
        return PolarsCursor, polars
    if kind == "S3FSCursor":
        from pyathena.s3fs.cursor import S3FSCursor
        return S3FSCursor, plain
    from pyathena.cursor import Cursor
    return Cursor, plain


def read(kind: str, sql: str) -> tuple[Any, int, Callable[[int], float]]:
    base, materialise = classes(kind)
    cursor = connect(**OPTIONS, cursor_class=timed(base)).cursor()
    cursor.execute(sql, **REUSE)
    return cursor, *materialise(cursor)


async def read_aio(sql: str) -> tuple[Any, int, Callable[[int], float]]:
    from pyathena.aio.connection import AioConnection
    from pyathena.aio.cursor import AioCursor

    async with await AioConnection.create(**OPTIONS, cursor_class=timed_aio(AioCursor),
                                          ) as connection:
        cursor = connection.cursor()
        await cursor.execute(sql, **REUSE)
        return cursor, *of_rows(await cursor.fetchall())


def main(kind: str, sql: str) -> None:
    began_s = time.monotonic()
    cursor, rows, total = (asyncio.run(read_aio(sql)) if kind == "AioCursor"
                           else read(kind, sql))
    (ended_s, ended_cpu_s, before_kib), (now_s, now_cpu_s, now_kib) = cursor.ended, moment()
    told = {"rows": rows, "execute_s": ended_s - began_s, "fetch_s": now_s - ended_s,
            "cpu_s": now_cpu_s - ended_cpu_s, "peak_before_kib": before_kib, "peak_kib": now_kib}
    names = [column[0] for column in cursor.description]
    told["sums"] = {name: total(names.index(name)) for name in ("trip_id", "fare")}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
