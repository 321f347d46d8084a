"""The catalog: databases, tables, partitions and views, kept in one JSON file.

What AWS Glue is for Athena. Names are lower case. All methods may be called from any thread; the
tables handed out are not changed but replaced, so that a running query sees one state.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from . import types
from .errors import QueryFailure
from .types import Type

NAME = "AwsDataCatalog"
NAME_CHARS_MAX = 255  # of databases, tables and columns in Glue

PARQUET, TEXT, CSV, JSON, OTHER = "parquet", "text", "csv", "json", "other"
SERDES = {
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe": PARQUET,
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe": TEXT,
    "org.apache.hadoop.hive.serde2.OpenCSVSerde": CSV,
    "org.openx.data.jsonserde.JsonSerDe": JSON,
    "org.apache.hive.hcatalog.data.JsonSerDe": JSON,
    "com.amazon.ionhiveserde.IonHiveSerDe": OTHER,
}


@dataclasses.dataclass
class Column:
    name: str
    type: str  # in Hive's notation; a view's column may have a Trino type that Hive lacks
    comment: str = ""

    @property
    def kind(self) -> Type:
        return types.parse(self.type)


@dataclasses.dataclass
class Partition:
    values: list[str]  # as text, one per partition key
    location: str  # s3://bucket/prefix/


@dataclasses.dataclass
class Table:
    database: str
    name: str
    columns: list[Column]
    partition_keys: list[Column] = dataclasses.field(default_factory=list)
    table_type: str = "EXTERNAL_TABLE"
    location: str = ""
    serde: str = ""
    serde_params: dict[str, str] = dataclasses.field(default_factory=dict)
    input_format: str = ""
    output_format: str = ""
    parameters: dict[str, str] = dataclasses.field(default_factory=dict)
    comment: str = ""
    partitions: list[Partition] = dataclasses.field(default_factory=list)
    view_sql: str = ""
    created: float = dataclasses.field(default_factory=time.time)

    @property
    def format(self) -> str:
        return SERDES.get(self.serde, OTHER)

    @property
    def is_view(self) -> bool:
        return self.table_type == "VIRTUAL_VIEW"

    @property
    def all_columns(self) -> list[Column]:
        return self.columns + self.partition_keys


@dataclasses.dataclass
class Database:
    name: str
    comment: str = ""
    location: str = ""
    parameters: dict[str, str] = dataclasses.field(default_factory=dict)
    tables: dict[str, Table] = dataclasses.field(default_factory=dict)


def _check_name(what: str, name: str) -> None:
    if len(name) > NAME_CHARS_MAX:
        raise QueryFailure(
            "FAILED: Execution Error, return code 1 from "
            "org.apache.hadoop.hive.ql.exec.DDLTask. 1 validation error detected: Value "
            f"'{name}' at '{what}.name' failed to satisfy constraint: Member must have length less "
            f"than or equal to {NAME_CHARS_MAX}", 1003)


class Catalog:
    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.RLock()
        self._databases: dict[str, Database] = {}
        self.made_up: dict[str, Database] = {}  # in memory alone: sql/others.py
        self.generation = 0  # grows with every change
        if path.exists():
            self._load()
        else:
            self.create_database(Database("default", "Default Hive database"))

    # Reading

    def databases(self) -> list[Database]:
        with self._lock:
            return sorted((self._databases | self.made_up).values(), key=lambda d: d.name)

    def database(self, name: str) -> Database | None:
        with self._lock:
            return self._databases.get(name.lower()) or self.made_up.get(name.lower())

    def tables(self, database: str) -> list[Table]:
        with self._lock:
            found = self.database(database)
            return sorted(found.tables.values(), key=lambda t: t.name) if found else []

    def table(self, database: str, name: str) -> Table | None:
        with self._lock:
            found = self.database(database)
            return found.tables.get(name.lower()) if found else None

    # Changing

    def create_database(self, database: Database, if_not_exists: bool = False) -> None:
        _check_name("database", database.name)
        with self._lock:
            if database.name in self._databases:
                if if_not_exists:
                    return
                raise QueryFailure(
                    "FAILED: Execution Error, return code 1 from "
                    "org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:"
                    f"Database {database.name} already exists.)", 1003)
            self._databases[database.name] = database
            self._save()

    def drop_database(self, name: str, if_exists: bool, cascade: bool) -> None:
        with self._lock:
            found = self._databases.get(name.lower())
            if not found:
                if if_exists:
                    return
                raise QueryFailure(f"FAILED: SemanticException [Error 10072]: Database does not "
                                   f"exist: {name}", 1301)
            if found.tables and not cascade:
                raise QueryFailure(
                    "FAILED: Execution Error, return code 1 from "
                    "org.apache.hadoop.hive.ql.exec.DDLTask. InvalidOperationException(message:"
                    f"Database {name} is not empty. One or more tables exist.)", 1003)
            del self._databases[name.lower()]
            self._save()

    def put_table(self, table: Table, if_not_exists: bool = False, replace: bool = False) -> bool:
        """False when it existed and was left alone."""
        _check_name("table", table.name)
        for column in table.all_columns:
            _check_name("column", column.name)
        with self._lock:
            database = self._databases.get(table.database)
            if not database:
                raise QueryFailure(f"FAILED: SemanticException [Error 10072]: Database does not "
                                   f"exist: {table.database}", 1301)
            if table.name in database.tables and not replace:
                if if_not_exists:
                    return False
                raise QueryFailure(
                    "FAILED: Execution Error, return code 1 from "
                    "org.apache.hadoop.hive.ql.exec.DDLTask. AlreadyExistsException(message:"
                    f"Table {table.name} already exists.)", 1009)
            database.tables[table.name] = table
            self._save()
            return True

    def drop_table(self, database: str, name: str) -> None:
        with self._lock:
            self._databases[database].tables.pop(name, None)
            self._save()

    def change_table(self, database: str, name: str, **fields: Any) -> None:
        """Replaces the table by a copy with other fields."""
        with self._lock:
            tables = self._databases[database].tables
            tables[name] = dataclasses.replace(tables[name], **fields)
            self._save()

    def change_database(self, name: str, **fields: Any) -> None:
        with self._lock:
            self._databases[name] = dataclasses.replace(self._databases[name], **fields)
            self._save()

    def add_partitions(self, database: str, name: str, new: list[Partition]) -> None:
        with self._lock:
            table = self._databases[database].tables[name]
            fresh = {tuple(p.values): p for p in [*table.partitions, *copy.deepcopy(new)]}
            self.change_table(database, name, partitions=sorted(
                fresh.values(), key=lambda p: p.values))

    # On disk

    def _load(self) -> None:
        for item in json.loads(self._path.read_text("utf-8")):
            tables = {}
            for t in item.pop("tables"):
                for part, kind in (("columns", Column), ("partition_keys", Column),
                                   ("partitions", Partition)):
                    t[part] = [kind(**value) for value in t[part]]
                tables[t["name"]] = Table(**t)
            self._databases[item["name"]] = Database(**item, tables=tables)

    def _save(self) -> None:
        self.generation += 1
        content = []
        for database in self._databases.values():
            item = dataclasses.asdict(database)
            item["tables"] = list(item["tables"].values())
            content.append(item)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(content), "utf-8")
        os.replace(fresh, self._path)
