"""Runs Hive's data definition statements on the catalog."""

from __future__ import annotations

import time
import urllib.parse
from typing import TYPE_CHECKING, Any

from . import hive, trino, views
from .catalog import Column, Database, Partition, Table
from .errors import QueryFailure
from .results import Outcome, nothing
from .scan import split_location

if TYPE_CHECKING:
    from .engine import Engine, Job

_TASK = ("FAILED: Execution Error, return code 1 from org.apache.hadoop.hive.ql.exec.DDLTask. ")


def find_table(engine: Engine, job: Job, name: hive.Name) -> Table:
    """The table that a Hive statement names; Hive's own message when there is none."""
    database = name[0] or job.database
    if not engine.catalog.database(database):
        raise QueryFailure(f"FAILED: SemanticException [Error 10072]: Database does not exist: "
                           f"{database}", 1301)
    found = engine.catalog.table(database, name[1])
    if not found:
        raise QueryFailure(f"FAILED: SemanticException [Error 10001]: Table not found "
                           f"{database}.{name[1]}", 1301)
    return found


# Databases

def create_database(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    engine.catalog.create_database(Database(made.name, made.comment, made.location,
                                            made.properties), made.if_not_exists)
    return nothing()


def alter_database(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    found = engine.catalog.database(made.name)
    if not found:
        raise QueryFailure(f"FAILED: SemanticException [Error 10072]: Database does not exist: "
                           f"{made.name}", 1301)
    engine.catalog.change_database(made.name, parameters={**found.parameters, **made.properties})
    return nothing()


def drop_database(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    engine.catalog.drop_database(made.name[1], made.if_exists, made.cascade)
    return nothing()


# Tables

def create_table(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    _check_new(made)
    location = made.location if made.location.endswith("/") else made.location + "/"
    split_location(location)
    properties = {"transient_lastDdlTime": str(int(time.time())), **made.properties}
    table = Table(
        made.name[0] or job.database, made.name[1], made.columns, made.partition_keys,
        location=location, serde=made.serde, serde_params=made.serde_params,
        input_format=made.formats[0], output_format=made.formats[1], parameters=properties,
        comment=made.comment)
    engine.catalog.put_table(table, made.if_not_exists)
    return nothing()


def _check_new(made: hive.CreateTable) -> None:
    if made.properties.get("table_type", "").upper() in ("ICEBERG", "DELTA", "HUDI"):
        raise QueryFailure("NOT_SUPPORTED: The local Athena has no Iceberg, Delta Lake or Hudi "
                           "tables")
    if not made.is_external:
        raise QueryFailure("FAILED: SemanticException creating a table that is not EXTERNAL is "
                           "supported for Iceberg tables only", 1200)
    if not made.location:
        raise QueryFailure(_TASK + "MetaException(message:No location specified for table: "
                           f"{made.name[1]})", 1003)
    if not made.columns:
        raise QueryFailure("FAILED: SemanticException at least one column must be specified for "
                           "the table", 1004)
    seen: set[str] = set()
    for column in made.columns + made.partition_keys:
        if column.name in seen:
            text = "[Error 10035]: Column repeated in partitioning columns" \
                if column in made.partition_keys else f"[Error 10036]: Duplicate column name: " \
                f"{column.name}"
            raise QueryFailure(f"FAILED: SemanticException {text}", 1004)
        seen.add(column.name)


def drop_table(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    database = made.name[0] or job.database
    found = engine.catalog.table(database, made.name[1])
    if not found:
        if not made.if_exists:
            raise QueryFailure(f"FAILED: SemanticException [Error 10001]: Table not found "
                               f"{database}.{made.name[1]}", 1301)
    elif found.is_view:
        raise QueryFailure("FAILED: SemanticException [Error 10202]: Cannot drop a view with DROP "
                           "TABLE", 1009)
    else:
        engine.catalog.drop_table(database, made.name[1])
    return nothing()


# Views

def create_view(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    database = made.name[0] or job.database
    if not engine.catalog.database(database):
        raise QueryFailure(f"SCHEMA_NOT_FOUND: line 1:1: Schema '{database}' does not exist")
    views.create(engine, database, made.name[1], made.query.strip(), cursor, made.replace)
    return nothing()


def drop_view(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    database = made.name[0] or job.database
    found = engine.catalog.table(database, made.name[1])
    if found and found.is_view:
        engine.catalog.drop_table(database, made.name[1])
    elif not made.if_not_exists or found:
        raise QueryFailure(f"VIEW_NOT_FOUND: line 1:1: View 'awsdatacatalog.{database}."
                           f"{made.name[1]}' does not exist", 1301)
    return nothing()


# ALTER TABLE

def alter_table(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    table = find_table(engine, job, made.name)
    if table.is_view:
        raise QueryFailure(f"FAILED: SemanticException [Error 10214]: {table.name} is a view", 1009)
    _ACTIONS[made.action](engine, table, made)
    return nothing()


def partition_of(table: Table, values: dict[str, str], location: str = "") -> Partition:
    """A partition from its PARTITION (key = value, ...) clause."""
    keys = [c.name for c in table.partition_keys]
    if sorted(values) != sorted(keys):
        raise QueryFailure("FAILED: SemanticException partition spec "
                           f"{values} doesn't contain all ({len(keys)}) partition columns", 1004)
    ordered = [values[key] for key in keys]
    place = location or table.location + partition_path(table, ordered)
    return Partition(ordered, place if place.endswith("/") else place + "/")


def partition_path(table: Table, values: list[str]) -> str:
    """year=2024/month=1/, with what S3 or Hive could not bear escaped."""
    return "".join(f"{key.name}={urllib.parse.quote(value, safe=' .-_,+@()')}/"
                   for key, value in zip(table.partition_keys, values))


def partition_name(table: Table, partition: Partition) -> str:
    return partition_path(table, partition.values).rstrip("/")


def _add_partitions(engine: Engine, table: Table, made: hive.Alter) -> None:
    new = [partition_of(table, values, location) for values, location in made.partitions]
    have = {tuple(p.values) for p in table.partitions}
    old = [p for p in new if tuple(p.values) in have]
    if old and not made.if_exists:
        raise QueryFailure(_TASK + "AlreadyExistsException(message:Partition already exists: "
                           f"{partition_name(table, old[0])})", 1009)
    engine.catalog.add_partitions(table.database, table.name,
                                  [p for p in new if tuple(p.values) not in have])


def _drop_partitions(engine: Engine, table: Table, made: hive.Alter) -> None:
    left = list(table.partitions)
    keys = [c.name for c in table.partition_keys]
    for wanted, _ in made.partitions:
        unknown = set(wanted) - set(keys)
        if unknown:
            raise QueryFailure(f"FAILED: SemanticException [Error 10098]: Non-Partition column "
                               f"appears in the partition specification: {unknown.pop()}", 1004)
        kept = [p for p in left if not _matches(keys, p, wanted)]
        if len(kept) == len(left) and not made.if_exists:
            raise QueryFailure(f"FAILED: SemanticException [Error 10006]: Partition not found "
                               f"{wanted}", 1301)
        left = kept
    engine.catalog.change_table(table.database, table.name, partitions=left)


def _matches(keys: list[str], partition: Partition, wanted: dict[str, str]) -> bool:
    have = dict(zip(keys, partition.values))
    return all(have[key] == value for key, value in wanted.items())


def _rename_partition(engine: Engine, table: Table, made: hive.Alter) -> None:
    (old, _), (new, _) = made.partitions
    source, target = partition_of(table, old), partition_of(table, new)
    found = next((p for p in table.partitions if p.values == source.values), None)
    if not found:
        raise QueryFailure(f"FAILED: SemanticException [Error 10006]: Partition not found {old}",
                           1301)
    others = [p for p in table.partitions if p is not found]
    engine.catalog.change_table(table.database, table.name, partitions=sorted(
        [*others, Partition(target.values, found.location)], key=lambda p: p.values))


def _set_location(engine: Engine, table: Table, made: hive.Alter) -> None:
    location = made.location if made.location.endswith("/") else made.location + "/"
    split_location(location)
    if not made.partitions:
        engine.catalog.change_table(table.database, table.name, location=location)
        return
    wanted = partition_of(table, made.partitions[0][0], location)
    engine.catalog.add_partitions(table.database, table.name, [wanted])


def _set_properties(engine: Engine, table: Table, made: hive.Alter) -> None:
    engine.catalog.change_table(table.database, table.name,
                                parameters={**table.parameters, **made.properties})


def _add_columns(engine: Engine, table: Table, made: hive.Alter) -> None:
    have = {c.name for c in table.all_columns}
    repeated = next((c.name for c in made.columns if c.name in have), None)
    if repeated:
        raise QueryFailure(_TASK + f"Duplicate column name: {repeated}", 1004)
    engine.catalog.change_table(table.database, table.name,
                                columns=[*table.columns, *made.columns])


def _replace_columns(engine: Engine, table: Table, made: hive.Alter) -> None:
    engine.catalog.change_table(table.database, table.name, columns=list(made.columns))


_ACTIONS = {
    "add_partitions": _add_partitions, "drop_partitions": _drop_partitions,
    "rename_partition": _rename_partition, "set_location": _set_location,
    "set_properties": _set_properties, "add_columns": _add_columns,
    "replace_columns": _replace_columns,
}


# MSCK REPAIR TABLE

def msck(engine: Engine, job: Job, cursor: Any) -> Outcome:
    """Finds year=2024/month=1/ folders that the catalog does not know."""
    table = find_table(engine, job, hive.parse(job.statement).name)
    known = {tuple(p.values) for p in table.partitions}
    found: dict[tuple[str, ...], Partition] = {}
    _, prefix = split_location(table.location)
    for file in engine.scanner.files(table.location):
        values = _folder_values(table.partition_keys, file.key[len(prefix):])
        if values and tuple(values) not in known and tuple(values) not in found:
            folder = "/".join(file.key[len(prefix):].split("/")[:len(values)])
            found[tuple(values)] = Partition(values, f"{table.location}{folder}/")
    if not found:
        return nothing()
    engine.catalog.add_partitions(table.database, table.name, list(found.values()))
    names = [f"{table.name}:{partition_name(table, p)}" for p in found.values()]
    rows: list[list[str | None]] = [["Partitions not in metastore:", *names]]
    rows += [[f"Repair: Added partition to metastore {name}"] for name in names]
    return Outcome(rows=rows, text="".join("\t".join(r) + "\n" for r in rows).encode())


def _folder_values(keys: list[Column], path: str) -> list[str] | None:
    folders = path.split("/")[:-1]
    if not keys or len(folders) < len(keys):
        return None
    values = []
    for key, folder in zip(keys, folders):
        name, mark, value = folder.partition("=")
        if not mark or name.lower() != key.name:
            return None
        values.append(urllib.parse.unquote(value))
    return values


# Prepared statements

def prepare(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    job.prepare(made.name[1], made.query)
    return nothing()


def deallocate(engine: Engine, job: Job, cursor: Any) -> Outcome:
    job.prepare(trino.parse(job.statement).name[1], None)
    return nothing()


def refuse_row_changes(engine: Engine, job: Job, cursor: Any) -> Outcome:
    """UPDATE, DELETE and MERGE: for Iceberg tables, of which there are none here."""
    raise QueryFailure("NOT_SUPPORTED: Modifying Hive table rows is only supported for "
                       "transactional tables")
