"""Catalogs that a test asks for: Lambda, Hive and federated ones, and databases by the hundred.

They live in memory until the next reset. Their tables have names and columns and no data: metadata
calls, SHOW TABLES and information_schema know them, a query cannot read them.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from .catalog import NAME, Catalog, Column, Database, Table

TYPES = ("GLUE", "LAMBDA", "HIVE", "FEDERATED")
FIELDS = {"name", "type", "databases", "tables", "columns", "partition_keys", "empty_pages",
          "comment"}


@dataclasses.dataclass
class Other:
    """A catalog, with the questions of sql/catalog.py's Catalog."""

    name: str
    type: str
    _databases: dict[str, Database]  # by name in lower case

    def databases(self) -> list[Database]:
        return sorted(self._databases.values(), key=lambda d: d.name)

    def database(self, name: str) -> Database | None:
        return self._databases.get(name.lower())

    def tables(self, database: str) -> list[Table]:
        found = self.database(database)
        return sorted(found.tables.values(), key=lambda t: t.name) if found else []

    def table(self, database: str, name: str) -> Table | None:
        found = self.database(database)
        return found.tables.get(name.lower()) if found else None


class Others:
    """All of them, by name in lower case; beside AwsDataCatalog, which may be given more databases."""

    def __init__(self, glue: Catalog):
        self._glue = glue
        self._catalogs: dict[str, Other] = {}
        self.empty_pages = 0  # in front of every page of a list

    def set(self, specs: Any) -> None:
        """Replaces them all. Raises ValueError or TypeError, and changes nothing, for a wrong one."""
        if not isinstance(specs, list):
            raise ValueError("expected a list of catalogs")
        made = [_make(spec) for spec in specs]
        self._catalogs = {c.name.lower(): c for c in made if c.name != NAME}
        self._glue.made_up = {d.name: d for c in made if c.name == NAME for d in c.databases()}
        self._glue.generation += 1
        self.empty_pages = max((spec.get("empty_pages", 0) for spec in specs), default=0)

    def find(self, name: str) -> Other | Catalog | None:
        return self._glue if name.lower() == NAME.lower() else self._catalogs.get(name.lower())

    def summaries(self) -> list[dict[str, str]]:
        every = [{"CatalogName": NAME, "Type": "GLUE"}]
        return every + [{"CatalogName": c.name, "Type": c.type, "Status": "CREATE_COMPLETE"}
                        for c in self._catalogs.values()]


def _make(spec: dict[str, Any]) -> Other:
    unknown = set(spec) - FIELDS
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    kind = spec.get("type", "LAMBDA")
    if kind not in TYPES:
        raise ValueError(f"type must be one of {', '.join(TYPES)}")
    columns = _columns(spec.get("columns", 1), "column")
    keys = _columns(spec.get("partition_keys", 0), "key")
    tables = spec.get("tables", 1)
    databases: dict[str, Database] = {}
    for name, names in _content(spec.get("databases", 1), tables).items():
        databases[name.lower()] = Database(name, tables={
            table.lower(): Table(name, table, columns, keys, comment=spec.get("comment", ""))
            for table in names})
    return Other(spec["name"], kind, databases)


def _content(databases: Any, tables: Any) -> dict[str, list[str]]:
    """Database -> tables. Numbers stand for so many, named db_0001 and table_0001."""
    if isinstance(databases, dict):
        return databases
    return {name: _names(tables, "table") for name in _names(databases, "db")}


def _names(given: Any, word: str) -> list[str]:
    return given if isinstance(given, list) else [f"{word}_{n:04}" for n in range(1, given + 1)]


def _columns(given: Any, word: str) -> list[Column]:
    if isinstance(given, list):
        return [Column(*one) for one in given]
    return [Column(name, "string") for name in _names(given, word)]
