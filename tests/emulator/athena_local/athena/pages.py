"""GetQueryResults: pages of rows, read from the result file as they are asked for.

A token is the byte where the next page begins in the file (or the number of the next row of a text
result), so any page may be asked for again and nothing is kept between requests.
"""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import Any

from ..errors import AthenaError
from ..store import ObjectStore
from .query import SUCCEEDED, Query

READ_BYTES = 1 << 20
MANIFEST_KINDS = ("ctas", "insert", "unload")
# A cell and what ends it. NULL is nothing at all, the empty string is "".
_CELL = re.compile(rb'(?:"([^"]*(?:""[^"]*)*)"|)([,\n])')


def results(query: Query, store: ObjectStore, request: dict[str, Any]) -> dict[str, Any]:
    """The answer of GetQueryResults. Reads the file: for large ones, call it in a thread."""
    if query.state != SUCCEEDED:
        raise _invalid(f"Query has not yet finished. Current state: {query.state}"
                       if not query.is_over else
                       f"Query did not finish successfully. Final query state: {query.state}")
    limit = request.get("MaxResults", 1000)
    if not 1 <= limit <= 1000:
        raise _invalid("MaxResults is more than maximum allowed length 1000")
    start = _decode(query, request.get("NextToken"))
    if request.get("QueryResultType") == "DATA_MANIFEST":
        return _manifest(query, store, start, limit)
    if query.kind == "select":
        rows, end = _csv_rows(_local_file(query, store), start, limit)
    else:
        every = query.rows or []
        rows = [{"Data": _data(row)} for row in every[start:start + limit]]
        end = start + limit if start + limit < len(every) else None
    return _answer(query, rows, end)


def _answer(query: Query, rows: list[dict[str, Any]], end: int | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "UpdateCount": query.update_count or 0,
        "ResultSet": {"Rows": rows, "ResultSetMetadata": {
            "ColumnInfo": [c.info for c in query.columns]}}}
    if end is not None:
        answer["NextToken"] = _encode(query, end)
    return answer


def is_large(query: Query) -> bool:
    return query.output_bytes > 65536


def _data(row: list[str | None]) -> list[dict[str, str]]:
    return [{} if cell is None else {"VarCharValue": cell} for cell in row]


def _local_file(query: Query, store: ObjectStore) -> Path:
    path = store.local_path(query.readable_bucket or query.bucket, query.key)
    if path is None:
        raise _invalid("Could not find results")
    return path


def _csv_rows(path: Path, start: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Up to ``limit`` records from the byte ``start`` on, and where the next one begins."""
    rows: list[dict[str, Any]] = []
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        file.seek(start)
        data, base = file.read(READ_BYTES), start
        while True:
            used = _take_rows(data, rows, limit)
            base += used
            if len(rows) == limit or base >= size:
                break
            more = file.read(max(READ_BYTES, len(data)))
            if not more:
                raise AthenaError("InternalServerException", "truncated result", 500)
            data = data[used:] + more
    return rows, base if base < size else None


def _take_rows(data: bytes, rows: list[dict[str, Any]], limit: int) -> int:
    """Appends the whole records of data; gives the length of what was taken."""
    at = taken = 0
    cells: list[dict[str, str]] = []
    match = _CELL.match
    while len(rows) < limit:
        cell = match(data, at)
        if cell is None:  # the rest of this record is not in data
            break
        at = cell.end()
        text, end = cell.groups()
        cells.append({} if text is None else {
            "VarCharValue": (text.replace(b'""', b'"') if b'"' in text else text).decode()})
        if end == b"\n":
            rows.append({"Data": cells})
            cells, taken = [], at
    return taken


def _manifest(query: Query, store: ObjectStore, start: int, limit: int) -> dict[str, Any]:
    if query.kind not in MANIFEST_KINDS:
        raise _invalid("DATA_MANIFEST is only available for CTAS, INSERT INTO and UNLOAD queries")
    path = store.local_path(query.readable_bucket or query.bucket,
                            query.key + "-manifest.csv")
    if path is None:
        raise _invalid("Could not find results")
    lines = path.read_text("utf-8").splitlines()
    rows = [{"Data": [{"VarCharValue": line}]} for line in lines[start:start + limit]]
    return _answer(query, rows, start + limit if start + limit < len(lines) else None)


def _encode(query: Query, at: int) -> str:
    return base64.urlsafe_b64encode(f"{query.id}:{at}".encode()).decode()


def _decode(query: Query, token: str | None) -> int:
    if token is None:
        return 0
    try:
        owner, at = base64.urlsafe_b64decode(token).decode().split(":")
        if owner == query.id:
            return int(at)
    except ValueError:
        pass
    raise _invalid("Invalid nextToken")


def _invalid(message: str) -> AthenaError:
    return AthenaError("InvalidRequestException", message,
                       extra={"AthenaErrorCode": "INVALID_QUERY_EXECUTION_ID"
                              if "Query" in message else "INVALID_INPUT"})
