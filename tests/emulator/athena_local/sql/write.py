"""CTAS, INSERT INTO and UNLOAD: queries whose rows become data files."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from . import catalog, ddl, files, hive, trino
from .catalog import Column, Partition, Table
from .errors import QueryFailure, schema_not_found
from .results import ROWS_WRITTEN, Outcome
from .scan import split_location, text_literal
from .select import Plan
from .types import Type, not_in_hive, quote

if TYPE_CHECKING:
    from .engine import Engine, Job

MAX_PARTITIONS = 100
_TABLE_PROPERTIES = {
    "format", "external_location", "partitioned_by", "write_compression", "parquet_compression",
    "orc_compression", "compression_level", "field_delimiter", "bucketed_by", "bucket_count",
    "table_type", "is_external", "location"}
_UNLOAD_PROPERTIES = {"format", "compression", "compression_level", "field_delimiter",
                      "partitioned_by"}


def _check_properties(given: dict[str, Any], known: set[str]) -> None:
    for name in given:
        if name not in known:
            raise QueryFailure(f"INVALID_TABLE_PROPERTY: line 1:1: Catalog 'awsdatacatalog' table "
                               f"property '{name}' does not exist")


def _check_columns(planned: Plan) -> None:
    seen: set[str] = set()
    for at, column in enumerate(planned.columns):
        if column.name == f"_col{at}":
            raise QueryFailure("MISSING_COLUMN_NAME: line 1:1: Column name not specified at "
                               f"position {at + 1}", 1006)
        if column.name.lower() in seen:
            raise QueryFailure(f"DUPLICATE_COLUMN_NAME: line 1:1: Column name '{column.name}' "
                               "specified more than once", 1006)
        if column.kind.name == "unknown":
            raise QueryFailure("COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown at position "
                               f"{at + 1}", 1006)
        seen.add(column.name.lower())
        bad = not_in_hive(column.kind)
        if bad:
            raise QueryFailure(f"NOT_SUPPORTED: Unsupported Hive type: {bad.trino()}")


def _check_writable(engine: Engine, job: Job, location: str, what: str, may_exist: bool = False
                    ) -> None:
    bucket, prefix = split_location(location)
    if not engine.store.bucket(bucket):
        raise QueryFailure(f"The specified bucket does not exist: {bucket} (Service: Amazon S3; "
                           "Status Code: 404; Error Code: NoSuchBucket)", 1306)
    if not job.can_write_s3:
        raise QueryFailure(f"PERMISSION_DENIED: Access Denied when writing to {location} (Service: "
                           "Amazon S3; Status Code: 403; Error Code: AccessDenied)", 1500)
    if not may_exist and next(iter(engine.store.scan(bucket, prefix)), None):
        raise QueryFailure(f"HIVE_PATH_ALREADY_EXISTS: Target directory for {what} already exists: "
                           f"{location.rstrip('/')}")


class _Rows:
    """The rows of a plan in the types of their columns, kept while they are written."""

    def __init__(self, cursor: Any, planned: Plan, columns: files.Columns, has_data: bool = True):
        self._cursor = cursor
        self.columns = columns
        cells = ", ".join(f"CAST(c{i} AS {t.duckdb()}) AS {quote(n)}"
                          for i, (n, t) in enumerate(columns))
        names = ", ".join(f"c{i}" for i in range(len(columns)))
        self.sql = f"SELECT {cells} FROM ({planned.sql}) AS t({names})" + (
            "" if has_data else " WHERE false")

    def by_partition(self, count: int) -> tuple[list[list[str | None]], str]:
        """The values of the last ``count`` columns, as text, and a table with all rows."""
        self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE local_rows AS {self.sql}")
        keys = ", ".join(f"CAST({quote(n)} AS VARCHAR)" for n, _ in self.columns[-count:])
        found = self._cursor.execute(
            f"SELECT DISTINCT {keys} FROM local_rows ORDER BY ALL LIMIT {MAX_PARTITIONS + 1}"
        ).fetchall()
        if len(found) > MAX_PARTITIONS:
            raise QueryFailure("HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers "
                               "for partitions/buckets", 1009)
        return [list(row) for row in found], "local_rows"

    def drop(self) -> None:
        self._cursor.execute("DROP TABLE IF EXISTS local_rows")


def _write(engine: Engine, cursor: Any, rows: _Rows, table: Table | None, location: str,
           form: files.Format, keys: list[str]) -> tuple[list[str], int, list[Partition]]:
    """Files for all rows, in a folder per partition when there are keys."""
    if not keys:
        names, count = files.write(engine, cursor, rows.sql, rows.columns, location, form)
        return names, count, []
    names, total, partitions = [], 0, []
    plain = rows.columns[:-len(keys)]
    try:
        found, source = rows.by_partition(len(keys))
        for values in found:
            texts = ["__HIVE_DEFAULT_PARTITION__" if v is None else v for v in values]
            where = " AND ".join(
                f"CAST({quote(k)} AS VARCHAR) IS NOT DISTINCT FROM "
                + ("NULL" if v is None else text_literal(v)) for k, v in zip(keys, values))
            path = "".join(f"{k}={v}/" for k, v in zip(keys, texts)) if table is None else \
                ddl.partition_path(table, texts)
            target = next((p.location for p in table.partitions if p.values == texts), None) \
                if table else None
            target = target or location + path
            cells = ", ".join(quote(n) for n, _ in plain)
            new, count = files.write(engine, cursor, f"SELECT {cells} FROM {source} WHERE {where}",
                                     plain, target, form)
            names, total = names + new, total + count
            partitions.append(Partition(texts, target))
    finally:
        rows.drop()
    return names, total, partitions


def _outcome(planned: Plan, names: list[str], count: int) -> Outcome:
    return Outcome(columns=ROWS_WRITTEN, rows=[], text=b"", update_count=count, manifest=names,
                   output_rows=count, input_bytes=planned.input_bytes)


def _listed(value: Any) -> list[str]:
    return [v.lower() for v in value] if isinstance(value, list) else [value.lower()]


# CREATE TABLE AS

def ctas(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    database, name = made.name[0] or job.database, made.name[1]
    given = made.properties
    _check_properties(given, _TABLE_PROPERTIES)
    if str(given.get("table_type", "hive")).lower() == "iceberg":
        raise QueryFailure("NOT_SUPPORTED: The local Athena has no Iceberg tables")
    if not engine.catalog.database(database):
        raise schema_not_found(1, 1, database)
    if engine.catalog.table(database, name):
        if made.if_not_exists:
            return Outcome(columns=ROWS_WRITTEN, rows=[], text=b"", update_count=0, manifest=[])
        raise QueryFailure(f"TABLE_ALREADY_EXISTS: line 1:1: Destination table 'awsdatacatalog."
                           f"{database}.{name}' already exists", 1009)
    location = _ctas_location(job, given)
    planned = engine.plan(made.query, job, cursor)
    _check_columns(planned)
    keys = _listed(given.get("partitioned_by", []))
    names = [c.name.lower() for c in planned.columns]
    if keys and names[-len(keys):] != keys:
        raise QueryFailure("INVALID_TABLE_PROPERTY: line 1:1: Partition keys must be the last "
                           f"columns in the table and in the same order: {keys}")
    _check_writable(engine, job, location, f"table '{database}.{name}'")
    form = files.make_format(
        given.get("format", "PARQUET"),
        given.get("write_compression") or given.get("parquet_compression"),
        given.get("compression_level"), given.get("field_delimiter"))
    table = _new_table(database, name, planned, keys, location, form)
    rows = _Rows(cursor, planned, [(c.name.lower(), c.kind) for c in planned.columns],
                 made.has_data)
    written, count, table.partitions = _write(engine, cursor, rows, table, location, form, keys)
    engine.catalog.put_table(table)
    return _outcome(planned, written, count)


def _ctas_location(job: Job, given: dict[str, Any]) -> str:
    asked = given.get("external_location")
    if asked:
        if job.is_location_enforced:
            raise QueryFailure(
                "The Create Table As Select query failed because it was submitted with an "
                "'external_location' property to an Athena Workgroup that enforces a centralized "
                "output location for all queries. Please remove the 'external_location' property "
                "and resubmit the query.", 1100)
        return asked if asked.endswith("/") else asked + "/"
    if not job.output_prefix:
        raise QueryFailure("The Create Table As Select query needs an 'external_location' in a "
                           "workgroup with managed query results", 1100)
    return f"{job.output_prefix}tables/{job.query_id}/"


def _new_table(database: str, name: str, planned: Plan, keys: list[str], location: str,
               form: files.Format) -> Table:
    columns = [Column(c.name.lower(), c.kind.hive()) for c in planned.columns]
    serde, source, target = hive.FORMATS[form.name]
    params = {"field.delim": form.delimiter, "serialization.format": form.delimiter} \
        if form.name == "TEXTFILE" else {}
    return Table(
        database, name, columns[:len(columns) - len(keys)], columns[len(columns) - len(keys):],
        location=location, serde=serde, serde_params=params, input_format=source,
        output_format=target, parameters={
            "transient_lastDdlTime": str(int(time.time())), "auto.purge": "false",
            "classification": {"TEXTFILE": "csv"}.get(form.name, form.name.lower()),
            "write.compression": form.compression})


# INSERT INTO

def insert(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    database, name = made.name[0] or job.database, made.name[1]
    table = engine.catalog.table(database, name)
    if not table:
        raise QueryFailure(f"TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.{database}.{name}' "
                           "does not exist")
    if table.is_view:
        raise QueryFailure("NOT_SUPPORTED: line 1:1: Inserting into views is not supported")
    if table.format not in (catalog.PARQUET, catalog.TEXT, catalog.JSON):
        raise QueryFailure(f"NOT_SUPPORTED: Inserting into tables with SerDe {table.serde} is not "
                           "supported")
    planned = _arranged(table, made.columns, engine.plan(made.query, job, cursor))
    _check_writable(engine, job, table.location, f"table '{database}.{name}'", may_exist=True)
    rows = _Rows(cursor, planned, [(c.name, c.kind) for c in table.all_columns])
    keys = [c.name for c in table.partition_keys]
    names, count, partitions = _write(engine, cursor, rows, table, table.location,
                                      _format_of(table), keys)
    have = {tuple(p.values) for p in table.partitions}
    new = [p for p in partitions if tuple(p.values) not in have]
    if new:
        engine.catalog.add_partitions(database, name, new)
    return _outcome(planned, names, count)


def _format_of(table: Table) -> files.Format:
    name = {catalog.PARQUET: "PARQUET", catalog.TEXT: "TEXTFILE"}.get(table.format, "JSON")
    delimiter = table.serde_params.get("field.delim", "\x01")
    codec = table.parameters.get("write.compression") or table.parameters.get("parquet.compress")
    return files.make_format(name, codec if name == "PARQUET" else "GZIP", None,
                             delimiter if name == "TEXTFILE" else None)


def _arranged(table: Table, wanted: list[str], planned: Plan) -> Plan:
    """The query's columns in the table's order, NULL for those not named."""
    every = [c.name for c in table.all_columns]
    targets = wanted or every
    unknown = next((w for w in targets if w not in every), None)
    if unknown:
        raise QueryFailure(f"COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist in "
                           f"target table: {unknown}")
    kinds = {c.name: c.kind for c in table.all_columns}
    given = [c.kind for c in planned.columns]
    if len(given) != len(targets) or not all(
            _fits(g, kinds[t]) for g, t in zip(given, targets)):
        raise QueryFailure(
            "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: ["
            + ", ".join(kinds[t].trino() for t in targets) + "], Query: ["
            + ", ".join(k.trino() for k in given) + "]")
    if targets == every:
        return planned
    cells = ", ".join(f"c{targets.index(n)}" if n in targets else f"NULL AS n{i}"
                      for i, n in enumerate(every))
    names = ", ".join(f"c{i}" for i in range(len(targets)))
    return Plan(f"SELECT {cells} FROM ({planned.sql}) AS t({names})", planned.columns,
                planned.carriers, planned.input_bytes, planned.reads_files)


_NUMBERS = ["tinyint", "smallint", "integer", "bigint", "decimal", "real", "double"]
_TEXTS = ("char", "varchar")


def _fits(given: Type, target: Type) -> bool:
    """Trino's implicit casts on INSERT: to wider numbers, between texts, NULL to anything."""
    if given.name == "unknown" or given.name == target.name:
        return True
    if given.name in _NUMBERS and target.name in _NUMBERS:
        return _NUMBERS.index(given.name) <= _NUMBERS.index(target.name)
    if given.name == "date" and target.name == "timestamp":
        return True
    return given.name in _TEXTS and target.name in _TEXTS


# UNLOAD

def unload(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    given = made.properties
    _check_properties(given, _UNLOAD_PROPERTIES)
    if "format" not in given:
        raise QueryFailure("INVALID_TABLE_PROPERTY: line 1:1: UNLOAD needs the property 'format'")
    form = files.make_format(given["format"], given.get("compression"),
                             given.get("compression_level"), given.get("field_delimiter"))
    planned = engine.plan(made.query, job, cursor)
    _check_columns(planned)
    keys = _listed(given.get("partitioned_by", []))
    columns = [(c.name, c.kind) for c in planned.columns]
    if keys and [n.lower() for n, _ in columns][-len(keys):] != keys:
        raise QueryFailure("INVALID_TABLE_PROPERTY: line 1:1: Partition keys must be the last "
                           f"columns of the query and in the same order: {keys}")
    location = made.location if made.location.endswith("/") else made.location + "/"
    _check_writable(engine, job, location, f"table 'unload_{job.query_id}'", may_exist=bool(keys))
    rows = _Rows(cursor, planned, columns)
    names, count, _ = _write(engine, cursor, rows, None, location, form, keys)
    return _outcome(planned, names, count)
