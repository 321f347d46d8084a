"""A Hive table as a query over its files: SELECT <columns, cast to their types> FROM read_...().

Files are found anew for each query, as Athena does. Hidden ones (_name, .name) and empty ones are
passed over. Partition values come from the catalog, not from the path.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import duckdb

from . import catalog
from .catalog import Column, Table
from .errors import QueryFailure
from .types import Type, quote


def text_literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def split_location(location: str) -> tuple[str, str]:
    """Bucket and prefix of an s3:// location, the prefix with a final slash."""
    match = re.fullmatch(r"s3[an]?://([^/]+)/?(.*)", location)
    if not match:
        raise QueryFailure(f"FAILED: SemanticException invalid location: {location}", 1100)
    prefix = match[2]
    return match[1], prefix if not prefix or prefix.endswith("/") else prefix + "/"


class Scanner:
    """Writes scans; remembers how many bytes each one will read."""

    def __init__(self, store: Any):
        self._store = store

    def files(self, location: str) -> list[Any]:
        bucket, prefix = split_location(location)
        return [f for f in self._store.list(bucket, prefix)
                if f.size and not f.key.rsplit("/", 1)[-1].startswith(("_", "."))]

    def scan(self, table: Table) -> tuple[str, int]:
        """SQL that gives the table's rows, and the size of its files in bytes."""
        parts, size = [], 0
        for values, files in self._parts(table):
            size += sum(f.size for f in files)
            if files:
                parts.append(_select(table, [str(f.path) for f in files], values))
        if not parts:
            return _nothing(table), 0
        return " UNION ALL ".join(parts), size

    def _parts(self, table: Table) -> Iterator[tuple[list[str], list[Any]]]:
        if not table.partition_keys:
            yield [], self.files(table.location)
        for partition in table.partitions if table.partition_keys else []:
            yield partition.values, self.files(partition.location)


def _nothing(table: Table) -> str:
    columns = ", ".join(f"CAST(NULL AS {c.kind.duckdb()}) AS {quote(c.name)}"
                        for c in table.all_columns)
    return f"SELECT {columns} WHERE false"


def _select(table: Table, paths: list[str], values: list[str]) -> str:
    reader = _READERS.get(table.format)
    if not reader:
        raise QueryFailure(f"NOT_SUPPORTED: The local Athena cannot read tables with SerDe "
                           f"{table.serde}")
    columns, source = reader(table, paths)
    for key, value in zip(table.partition_keys, values):
        text = "NULL" if value == "__HIVE_DEFAULT_PARTITION__" else text_literal(value)
        columns.append(f"CAST({text} AS {key.kind.duckdb()}) AS {quote(key.name)}")
    return f"SELECT {', '.join(columns)} FROM {source}"


def _paths(paths: list[str]) -> str:
    return "[" + ", ".join(map(text_literal, paths)) + "]"


# Parquet

@functools.cache
def _reader() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@functools.lru_cache(maxsize=4096)
def _parquet_columns(path: str) -> dict[str, str]:
    """Lower-case name -> DuckDB type. A path's content never changes (store.py)."""
    with _reader().cursor() as cursor:
        relation = cursor.sql(f"SELECT * FROM read_parquet({text_literal(path)})")
        return {n.lower(): str(t) for n, t in zip(relation.columns, relation.types)}


def _parquet(table: Table, paths: list[str]) -> tuple[list[str], str]:
    layouts = [_parquet_columns(path) for path in paths]
    columns = []
    for column in table.columns:
        wanted = column.kind.duckdb()
        found = {layout.get(column.name) for layout in layouts}
        name = quote(column.name)
        if found != {None} and column.kind.name == "char":
            columns.append(f"local_char({name}, {column.kind.precision}) AS {name}")
        elif found == {None}:
            columns.append(f"CAST(NULL AS {wanted}) AS {name}")
        elif found == {wanted}:
            columns.append(name)
        else:
            columns.append(f"CAST({name} AS {wanted}) AS {name}")
    by_name = ", union_by_name = true" if len({tuple(layout) for layout in layouts}) > 1 else ""
    return columns, f"read_parquet({_paths(paths)}{by_name})"


# Delimited text and CSV

def _options(table: Table, paths: list[str], **options: str) -> str:
    names = ", ".join(f"{text_literal(f'c{i}')}: 'VARCHAR'" for i in range(len(table.columns)))
    skip = table.parameters.get("skip.header.line.count", "0")
    given = {"columns": "{" + names + "}", "header": "false", "auto_detect": "false",
             "null_padding": "true", "strict_mode": "false", "skip": str(int(skip)),
             "compression": "'auto_detect'", "max_line_size": "2097152"} | options
    return f"read_csv({_paths(paths)}, " + ", ".join(f"{k} = {v}" for k, v in given.items()) + ")"


def _delimited(table: Table, paths: list[str]) -> tuple[list[str], str]:
    params = table.serde_params
    delimiter = params.get("field.delim", params.get("serialization.format", "\x01"))
    delimiter = "\x01" if delimiter == "1" else delimiter
    null = params.get("serialization.null.format", "\\N")
    escape = params.get("escape.delim", "")
    source = _options(table, paths, delim=text_literal(delimiter), quote="''", escape="''",
                      nullstr=text_literal(null))
    marks = (params.get("collection.delim") or params.get("colelction.delim") or "\x02",
             params.get("mapkey.delim", "\x03"))
    columns = []
    for at, column in enumerate(table.columns):
        value = f"c{at}"
        if escape:
            value = f"regexp_replace({value}, '\\\\(.)', '\\1', 'g')"
        columns.append(f"{_from_text(value, column.kind, marks)} AS {quote(column.name)}")
    return columns, source


def _from_base64(value: str) -> str:
    """How both SerDes keep bytes; what is no base64 is taken as it stands."""
    return f"coalesce(TRY(from_base64({value})), encode({value}))"


def _from_text(value: str, kind: Type, marks: tuple[str, str]) -> str:
    """LazySimpleSerDe: what is not a value of the type becomes NULL."""
    items, pairs = text_literal(marks[0]), text_literal(marks[1])
    if kind.name == "char":
        return f"local_char({value}, {kind.precision})"
    if kind.name == "varchar":
        return f"left({value}, {kind.precision})" if kind.precision else value
    if kind.name == "array":
        inner = _from_text("v", kind.fields[0][1], (marks[1], "\x04"))
        inner = inner if inner != "v" else "nullif(v, '\\N')"
        return f"list_transform({_split(value, items)}, LAMBDA v : {inner})"
    if kind.name == "map":
        key = _from_text(f"split_part(v, {pairs}, 1)", kind.fields[0][1], ("\x04", "\x05"))
        item = _from_text(f"split_part(v, {pairs}, 2)", kind.fields[1][1], ("\x04", "\x05"))
        return (f"map_from_entries(list_transform({_split(value, items)}, "
                f"LAMBDA v : {{'key': {key}, 'value': {item}}}))")
    if kind.name == "row":
        fields = ", ".join(
            f"{quote(name)} := "
            + _from_text(f"split_part({value}, {items}, {i + 1})", t, (marks[1], "\x04"))
            for i, (name, t) in enumerate(kind.fields))
        return f"CASE WHEN {value} IS NULL THEN NULL ELSE struct_pack({fields}) END"
    if kind.name == "varbinary":
        return _from_base64(value)
    return f"TRY_CAST({value} AS {kind.duckdb()})"


def _split(value: str, mark: str) -> str:
    """The parts of a text; none of an empty one."""
    return f"CASE WHEN {value} = '' THEN [] ELSE string_split({value}, {mark}) END"


def _opencsv(table: Table, paths: list[str]) -> tuple[list[str], str]:
    """OpenCSVSerde knows no NULL: an empty field is '', and NULL where it must be a number. Its
    dates are days, its timestamps milliseconds since 1970, or the usual text."""
    params = table.serde_params
    mark = params.get("quoteChar", '"')
    source = _options(
        table, paths, delim=text_literal(params.get("separatorChar", ",")),
        quote=text_literal(mark), escape=text_literal(mark), nullstr="'\\0'",
        allow_quoted_nulls="false", parallel="false")  # for line breaks in quotes
    columns = []
    for at, column in enumerate(table.columns):
        value, kind = f"coalesce(c{at}, '')", column.kind
        if kind.name == "date":
            value = (f"coalesce(TRY_CAST({value} AS DATE), "
                     f"DATE '1970-01-01' + TRY_CAST({value} AS INTEGER))")
        elif kind.name == "timestamp":
            value = (f"coalesce(TRY_CAST({value} AS TIMESTAMP), "
                     f"epoch_ms(TRY_CAST({value} AS BIGINT)))")
        else:
            value = _from_text(value, kind, ("\x02", "\x03"))
        columns.append(f"{value} AS {quote(column.name)}")
    return columns, source


# JSON, one object per line

def _json(table: Table, paths: list[str]) -> tuple[list[str], str]:
    names = ", ".join(f"{text_literal(c.name)}: {text_literal(_json_type(c))}"
                      for c in table.columns)
    source = (f"read_json({_paths(paths)}, format = 'newline_delimited', columns = {{{names}}}, "
              "maximum_object_size = 8388608"
              + (", ignore_errors = true"
                 if table.serde_params.get("ignore.malformed.json") == "true" else "") + ")")
    columns = []
    for column in table.columns:
        name, kind = quote(column.name), column.kind
        value = _from_base64(name) if kind.name == "varbinary" else name
        columns.append(f"{value} AS {name}")
    return columns, source


def _json_type(column: Column) -> str:
    return "VARCHAR" if column.kind.name == "varbinary" else column.kind.duckdb()


_READERS = {catalog.PARQUET: _parquet, catalog.TEXT: _delimited, catalog.CSV: _opencsv,
            catalog.JSON: _json}
