"""Writes rows as data files for CTAS, INSERT and UNLOAD, in Hive's formats.

Parquet goes through Arrow, to be what Athena writes: timestamps as INT96, list elements named
array_element. Text and JSON are written by DuckDB.
"""

from __future__ import annotations

import dataclasses
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from .errors import QueryFailure
from .scan import split_location, text_literal
from .text import text_sql
from .types import Type, quote

if TYPE_CHECKING:
    from .engine import Engine

ROWS_PER_FILE = 1_000_000
ROWS_PER_GROUP = 122_880
_PARQUET_CODECS = {"GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd", "NONE": "none",
                   "UNCOMPRESSED": "none"}


@dataclasses.dataclass
class Format:
    name: str  # PARQUET, TEXTFILE, JSON
    compression: str = ""  # of Parquet; text is always compressed by gzip
    level: int | None = None
    delimiter: str = "\x01"


def make_format(name: str, compression: str | None, level: str | None = None,
                delimiter: str | None = None) -> Format:
    """Checks what a WITH clause asked for."""
    name = name.upper()
    if name in ("ORC", "AVRO", "ION"):
        raise QueryFailure(f"NOT_SUPPORTED: The local Athena does not write {name}")
    if name not in ("PARQUET", "TEXTFILE", "JSON"):
        raise QueryFailure(f"INVALID_TABLE_PROPERTY: line 1:1: Invalid value for property format: "
                           f"{name}")
    wanted = (compression or "GZIP").upper()
    if name == "PARQUET" and wanted not in _PARQUET_CODECS:
        raise QueryFailure(f"INVALID_TABLE_PROPERTY: line 1:1: Compression {wanted} is not "
                           "supported for PARQUET")
    if name != "PARQUET" and wanted not in ("GZIP", "NONE"):
        raise QueryFailure(f"INVALID_TABLE_PROPERTY: line 1:1: Compression {wanted} is not "
                           f"supported for {name}")
    if level is not None and wanted != "ZSTD":
        raise QueryFailure("INVALID_TABLE_PROPERTY: line 1:1: compression_level is only for ZSTD")
    if delimiter is not None and len(delimiter) != 1:
        raise QueryFailure("INVALID_TABLE_PROPERTY: line 1:1: field_delimiter must be one "
                           "character")
    return Format(name, wanted, int(level) if level else None, delimiter or "\x01")


Columns = list[tuple[str, Type]]


def write(engine: Engine, cursor: Any, sql: str, columns: Columns, location: str, form: Format
          ) -> tuple[list[str], int]:
    """Runs the query and stores its rows under the location. Gives the files' s3:// names (none
    when there is no row) and the number of rows."""
    bucket, prefix = split_location(location)
    paths, rows = _WRITERS[form.name](engine, cursor, sql, columns, form)
    names = []
    for path, suffix in paths:
        key = f"{prefix}{uuid.uuid4().hex}{suffix}"
        engine.store.put_path(bucket, key, path)
        names.append(f"s3://{bucket}/{key}")
    return names, rows


# Parquet

def arrow_type(kind: Type) -> pa.DataType:
    if kind.name == "array":
        return pa.list_(pa.field("array_element", arrow_type(kind.fields[0][1])))
    if kind.name == "map":
        return pa.map_(arrow_type(kind.fields[0][1]), arrow_type(kind.fields[1][1]))
    if kind.name == "row":
        return pa.struct([pa.field(n or f"field{i}", arrow_type(t))
                          for i, (n, t) in enumerate(kind.fields)])
    if kind.name == "decimal":
        return pa.decimal128(kind.precision, kind.scale)
    return _ARROW.get(kind.name, pa.string())


_ARROW = {"boolean": pa.bool_(), "tinyint": pa.int8(), "smallint": pa.int16(),
          "integer": pa.int32(), "bigint": pa.int64(), "real": pa.float32(),
          "double": pa.float64(), "varbinary": pa.binary(), "date": pa.date32(),
          "timestamp": pa.timestamp("us")}  # INT96 in the file; the years of ns end at 2262


def _parquet(engine: Engine, cursor: Any, sql: str, columns: Columns, form: Format
             ) -> tuple[list[tuple[Path, str]], int]:
    schema = pa.schema([pa.field(n, arrow_type(t)) for n, t in columns])
    paths: list[tuple[Path, str]] = []
    writer, total = None, 0
    try:
        for batch in cursor.sql(sql).to_arrow_reader(ROWS_PER_GROUP):
            if batch.num_rows == 0:
                continue
            if total // ROWS_PER_FILE >= len(paths):
                if writer:
                    writer.close()
                path = engine.new_path(".parquet")
                paths.append((path, ".parquet"))
                writer = pq.ParquetWriter(
                    path, schema, compression=_PARQUET_CODECS[form.compression],
                    compression_level=form.level, use_deprecated_int96_timestamps=True,
                    use_compliant_nested_type=False, store_schema=False)
            writer.write_table(_cast(pa.Table.from_batches([batch]), schema))
            total += batch.num_rows
    except BaseException:
        for path, _ in paths:
            path.unlink(missing_ok=True)
        raise
    finally:
        if writer:
            writer.close()
    return paths, total


def _cast(table: pa.Table, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_arrays(
        [column.cast(field.type, safe=False) for column, field in zip(table.columns, schema)],
        schema=schema)


# Text and JSON

def _copied(engine: Engine, cursor: Any, sql: str, options: str, form: Format, suffix: str
            ) -> tuple[list[tuple[Path, str]], int]:
    suffix += ".gz" if form.compression == "GZIP" else ""
    codec = "gzip" if form.compression == "GZIP" else "uncompressed"
    path = engine.new_path(suffix)
    try:
        rows = cursor.execute(f"COPY ({sql}) TO {text_literal(str(path))} "
                              f"({options}, COMPRESSION {codec})").fetchone()[0]
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    if not rows:
        path.unlink()
        return [], 0
    return [(path, suffix)], rows


def _textfile(engine: Engine, cursor: Any, sql: str, columns: Columns, form: Format
              ) -> tuple[list[tuple[Path, str]], int]:
    """LazySimpleSerDe: no quotes, NULL is \\N, parts of nested values behind bytes 2, 3, ..."""
    cells = ", ".join(f"{_lazy_text(quote(n), t, 2)} AS {quote(n)}" for n, t in columns)
    options = (f"FORMAT csv, HEADER false, DELIMITER {text_literal(form.delimiter)}, QUOTE '', "
               "ESCAPE '', NULLSTR '\\N'")
    return _copied(engine, cursor, f"SELECT {cells} FROM ({sql})", options, form, ".txt")


def _lazy_text(value: str, kind: Type, mark: int) -> str:
    if kind.name == "varbinary":
        return f"to_base64({value})"
    if not kind.fields:
        return text_sql(value, kind, kind.duckdb())

    def inside(item: str, t: Type, by: int) -> str:
        return f"coalesce({_lazy_text(item, t, by)}, '\\N')"

    x = f"v{mark}"
    if kind.name == "array":
        body = f"LAMBDA {x} : {inside(x, kind.fields[0][1], mark + 1)}"
        return f"array_to_string(list_transform({value}, {body}), chr({mark}))"
    if kind.name == "map":
        pair = (f"{inside(x + '.key', kind.fields[0][1], mark + 2)} || chr({mark + 1}) || "
                f"{inside(x + '.value', kind.fields[1][1], mark + 2)}")
        return (f"array_to_string(list_transform(map_entries({value}), LAMBDA {x} : {pair}), "
                f"chr({mark}))")
    parts = f" || chr({mark}) || ".join(
        inside(f"({value}).{quote(name or f'field{i}')}", t, mark + 1)
        for i, (name, t) in enumerate(kind.fields))
    return f"CASE WHEN {value} IS NULL THEN NULL ELSE {parts} END"


def _json(engine: Engine, cursor: Any, sql: str, columns: Columns, form: Format
          ) -> tuple[list[tuple[Path, str]], int]:
    cells = ", ".join(f"to_base64({quote(n)}) AS {quote(n)}" if t.name == "varbinary"
                      else quote(n) for n, t in columns)
    return _copied(engine, cursor, f"SELECT {cells} FROM ({sql})",
                   "FORMAT json, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S.%g'", form, ".json")


_WRITERS = {"PARQUET": _parquet, "TEXTFILE": _textfile, "JSON": _json}
