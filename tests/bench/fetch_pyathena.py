"""Reads the result of a query with one of PyAthena's cursors: fetch_pyathena.py CURSOR SQL

One line of JSON like that of tests/clients/bulk_fetch.c. Fetching begins when PyAthena knows that
the query has succeeded, and ends when all rows are in memory in the cursor's own form.
"""

from __future__ import annotations

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


def timed(base: type) -> type:
    """The cursor, with a note of the moment when the query was seen to have ended."""

    class Timed(base):
        ended: tuple[float, float, int]

        def _poll(self, *args: Any, **options: Any) -> Any:
            execution = super()._poll(*args, **options)
            self.ended = (time.monotonic(), time.process_time(), peak_kib())
            return execution

    return Timed


def plain(cursor: Any) -> tuple[int, Callable[[int], float]]:
    rows = cursor.fetchall()
    return len(rows), lambda at: float(sum(row[at] for row in rows))


def arrow(cursor: Any) -> tuple[int, Callable[[int], float]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = cursor.as_arrow()
    # decimals are left as text by it
    return table.num_rows, lambda at: pc.sum(pc.cast(table.column(at), pa.float64())).as_py()


def pandas(cursor: Any) -> tuple[int, Callable[[int], float]]:
    frame = cursor.as_pandas()
    return len(frame), lambda at: float(frame.iloc[:, at].sum())


def point_arrow_at_endpoint() -> None:
    """ArrowCursor names its keys to pyarrow's file system, which then ignores AWS_ENDPOINT_URL."""
    from pyarrow import fs
    from pyathena.arrow.result_set import AthenaArrowResultSetMetadataReader as Reader

    scheme, _, host = os.environ["AWS_ENDPOINT_URL"].partition("://")
    Reader._create_s3_file_system = lambda self: fs.S3FileSystem(
        access_key=os.environ["AWS_ACCESS_KEY_ID"], secret_key=os.environ["AWS_SECRET_ACCESS_KEY"],
        region=os.environ["AWS_REGION"], scheme=scheme, endpoint_override=host)


def classes(kind: str) -> tuple[type, Callable[[Any], tuple[int, Callable[[int], float]]]]:
    """Imports only what the cursor needs: the memory is to be its own."""
    if kind == "ArrowCursor":
        from pyathena.arrow.cursor import ArrowCursor
        point_arrow_at_endpoint()
        return ArrowCursor, arrow
    if kind == "PandasCursor":
        from pyathena.pandas.cursor import PandasCursor
        return PandasCursor, pandas
    from pyathena.cursor import Cursor
    return Cursor, plain


def main(kind: str, sql: str) -> None:
    base, materialise = classes(kind)
    connection = connect(work_group="primary", schema_name="sample", catalog_name="AwsDataCatalog",
                         poll_interval=0.05, cursor_class=timed(base))
    cursor = connection.cursor()
    began = time.monotonic()
    cursor.execute(sql, result_reuse_enable=True, result_reuse_minutes=60)
    rows, total = materialise(cursor)
    ended_s, ended_cpu_s, before_kib = cursor.ended
    told = {"rows": rows, "execute_s": ended_s - began, "fetch_s": time.monotonic() - ended_s,
            "cpu_s": time.process_time() - ended_cpu_s, "peak_before_kib": before_kib,
            "peak_kib": peak_kib()}
    names = [column[0] for column in cursor.description]
    told["sums"] = {name: total(names.index(name)) for name in ("trip_id", "fare")}
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
