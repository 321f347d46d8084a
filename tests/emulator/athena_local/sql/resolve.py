"""From a table's name in a query to what it stands for: files, a view's query, or the catalog."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from sqlglot import exp

from . import catalog, hints, parse, translate
from .catalog import Catalog, Column, Table
from .errors import QueryFailure, schema_not_found, table_not_found
from .scan import Scanner, text_literal
from .types import quote

INFORMATION_SCHEMA = {
    "schemata": [("catalog_name", "string"), ("schema_name", "string")],
    "tables": [("table_catalog", "string"), ("table_schema", "string"), ("table_name", "string"),
               ("table_type", "string")],
    "columns": [("table_catalog", "string"), ("table_schema", "string"), ("table_name", "string"),
                ("column_name", "string"), ("ordinal_position", "bigint"),
                ("column_default", "string"), ("is_nullable", "string"), ("data_type", "string"),
                ("comment", "string"), ("extra_info", "string")],
    "views": [("table_catalog", "string"), ("table_schema", "string"), ("table_name", "string"),
              ("view_definition", "string")],
}
MAX_VIEW_DEPTH = 32


@dataclasses.dataclass
class Resolver:
    """The tables of one query. ``maps`` as in translate.to_duckdb."""

    catalog: Catalog
    scanner: Scanner
    database: str
    home: str = catalog.NAME  # the catalog of the query's context
    maps: bool = False
    depth: int = 0
    input_bytes: int = 0
    reads_files: bool = False

    def columns(self, node: exp.Table) -> hints.Columns | None:
        try:
            found = self.find(node)
        except QueryFailure:
            return None  # the query itself will say it
        return [(c.name, c.kind) for c in found.all_columns]

    def scan(self, node: exp.Table) -> str:
        table = self.find(node)
        if table.database == "information_schema":
            return _values(table, self._information(table.name))
        if table.name.endswith("$partitions"):
            base = self.catalog.table(table.database, table.name.removesuffix("$partitions"))
            return _values(table, (p.values for p in base.partitions))
        if table.is_view:
            return self._view(table)
        self.reads_files = True
        sql, size = self.scanner.scan(table)
        self.input_bytes += size
        return sql

    def find(self, node: exp.Table) -> Table:
        first = next(p for p in (node.args.get("catalog"), node.args.get("db"), node.this) if p)
        line, column = _position(first)
        home = (node.catalog or self.home).lower()
        if home != catalog.NAME.lower():
            raise QueryFailure(f"CATALOG_NOT_FOUND: line {line}:{column}: Catalog '{home}' does "
                               "not exist")
        database = (node.db or self.database).lower()
        name = node.name.lower()
        if database == "information_schema":
            if name not in INFORMATION_SCHEMA:
                raise table_not_found(line, column, catalog.NAME, database, name)
            return Table(database, name, [Column(*c) for c in INFORMATION_SCHEMA[name]])
        if not self.catalog.database(database):
            raise schema_not_found(line, column, database)
        found = self.catalog.table(database, name.removesuffix("$partitions"))
        if not found or (name.endswith("$partitions") and not found.partition_keys):
            raise table_not_found(line, column, catalog.NAME, database, name)
        return found if found.name == name else Table(database, name, found.partition_keys)

    def _view(self, table: Table) -> str:
        if self.depth > MAX_VIEW_DEPTH:
            raise QueryFailure(f"VIEW_IS_RECURSIVE: line 1:1: View '{table.name}' is recursive",
                               1100)
        inner = Resolver(self.catalog, self.scanner, table.database, maps=self.maps,
                         depth=self.depth + 1)
        sql = translate.to_duckdb(parse.query(table.view_sql), inner.scan, self.maps)
        self.input_bytes += inner.input_bytes
        self.reads_files |= inner.reads_files
        names = ", ".join(quote(c.name) for c in table.columns)
        return f"SELECT * FROM ({sql}) AS v({names})"

    def _information(self, name: str) -> Iterable[list[str | int | None]]:
        home = catalog.NAME.lower()
        for database in self.catalog.databases():
            if name == "schemata":
                yield [home, database.name]
                continue
            for table in self.catalog.tables(database.name):
                place = [home, database.name, table.name]
                if name == "tables":
                    yield place + ["VIEW" if table.is_view else "BASE TABLE"]
                elif name == "views" and table.is_view:
                    yield place + [table.view_sql]
                elif name == "columns":
                    keys = {c.name for c in table.partition_keys}
                    for at, c in enumerate(table.all_columns, 1):
                        yield place + [c.name, at, None, "YES", c.kind.trino(), c.comment or None,
                                       "partition key" if c.name in keys else None]
        if name == "schemata":
            yield [home, "information_schema"]


def _position(identifier: exp.Expression) -> tuple[int, int]:
    meta = identifier.meta
    if "start" not in meta:
        return 1, 1
    width = meta["end"] - meta["start"]
    return meta["line"], max(meta["col"] - width, 1)


def _values(table: Table, rows: Iterable[list]) -> str:
    """As one JSON text: DuckDB takes a minute for the same in VALUES when there are 100,000 rows."""
    cells = [[None if v is None else str(v) for v in row] for row in rows]
    names = ", ".join(f"CAST(cells[{at}] AS {c.kind.duckdb()}) AS {quote(c.name)}"
                      for at, c in enumerate(table.all_columns, 1))
    text = text_literal(json.dumps(cells, ensure_ascii=False))
    return f"""SELECT {names} FROM (SELECT unnest(from_json({text}, '[["VARCHAR"]]')) AS cells)"""
