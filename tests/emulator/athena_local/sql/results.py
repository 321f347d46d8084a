"""A query's result as Athena keeps it: columns, the .metadata file, and text results (.txt).

The .csv itself is written by DuckDB (sql/select.py); reading it back is athena/pages.py.
"""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path
from typing import Any

from .types import Type

_CASE_SENSITIVE = {"varchar", "char"}


@dataclasses.dataclass(frozen=True)
class ResultColumn:
    name: str
    kind: Type

    @functools.cached_property
    def info(self) -> dict[str, Any]:
        """The ColumnInfo of GetQueryResults."""
        word, precision, scale = self.kind.info()
        return {"CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": self.name,
                "Label": self.name, "Type": word, "Precision": precision, "Scale": scale,
                "Nullable": "UNKNOWN", "CaseSensitive": word in _CASE_SENSITIVE}


@dataclasses.dataclass
class Outcome:
    """What running a statement gave. Files are not in the store yet: the query's life puts them
    there when it ends, unless it was stopped."""

    columns: list[ResultColumn] = dataclasses.field(default_factory=list)
    csv: Path | None = None  # SELECT: a finished file, taken over by the receiver
    csv_etag: str = ""
    rows: list[list[str | None]] | None = None  # statements with a text result
    text: bytes | None = None  # the .txt object's content
    update_count: int | None = None
    manifest: list[str] | None = None  # s3:// names of the data files that were written
    output_rows: int = 0
    input_bytes: int = 0

    def discard(self) -> None:
        if self.csv:
            self.csv.unlink(missing_ok=True)


ROWS_WRITTEN = [ResultColumn("rows", Type("bigint"))]


def text_outcome(names: list[str], rows: list[list[str]]) -> Outcome:
    """SHOW, DESCRIBE and EXPLAIN: string columns, a line per row, fields parted by tabs."""
    lines = "".join("\t".join(row) + "\n" for row in rows)
    return Outcome(columns=[ResultColumn(n, Type("varchar")) for n in names], rows=list(rows),
                   text=lines.encode(), output_rows=len(rows))


def nothing() -> Outcome:
    """DDL that says nothing."""
    return Outcome(rows=[], text=b"")


# The .metadata file: protobuf, field 4 = column, repeated

def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def _field(number: int, value: str | bytes | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


_NULLABLE = {"NOT_NULL": 1, "NULLABLE": 2, "UNKNOWN": 3}


def metadata_file(columns: list[ResultColumn]) -> bytes:
    """ATHENA.md section 4.4: 1 catalog, 2 schema, 3 table, 4 name, 5 label, 6 type, 7 precision,
    8 scale, 9 nullable, 10 case-sensitive."""
    content = b""
    for column in columns:
        i = column.info
        values = [i["CatalogName"], i["SchemaName"], i["TableName"], i["Name"], i["Label"],
                  i["Type"], i["Precision"], i["Scale"], _NULLABLE[i["Nullable"]],
                  int(i["CaseSensitive"])]
        content += _field(4, b"".join(_field(n + 1, v) for n, v in enumerate(values)))
    return content
