"""Views: a query's text and the columns it had when the view was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import parse, select
from .catalog import Column, Table
from .errors import QueryFailure
from .types import Type

if TYPE_CHECKING:
    from .engine import Engine


def _stored_type(kind: Type) -> str:
    """Hive's name, or Trino's where Hive's would forget the digits of a timestamp."""
    return kind.trino() if kind.name == "timestamp" and kind.precision > 3 else kind.hive()


def create(engine: Engine, database: str, name: str, sql: str, cursor: Any,
           replace: bool = False) -> None:
    """Binds the query for its columns and keeps its text."""
    planned = select.plan(parse.query(sql), engine.resolver(database), cursor)
    columns: list[Column] = []
    for at, column in enumerate(planned.columns):
        if column.name == f"_col{at}":
            raise QueryFailure(f"MISSING_COLUMN_NAME: line 1:1: Column name not specified at "
                               f"position {at + 1}", 1006)
        if column.name.lower() in (c.name for c in columns):
            raise QueryFailure(f"DUPLICATE_COLUMN_NAME: line 1:1: Column name '{column.name}' "
                               "specified more than once", 1006)
        if column.kind.name == "unknown":
            raise QueryFailure(f"COLUMN_TYPE_UNKNOWN: line 1:1: Column type is unknown: "
                               f"{column.name}", 1006)
        columns.append(Column(column.name.lower(), _stored_type(column.kind)))
    existing = engine.catalog.table(database, name)
    if existing and not existing.is_view:
        raise QueryFailure(f"ALREADY_EXISTS: line 1:1: Table already exists: "
                           f"'awsdatacatalog.{database}.{name}'", 1009)
    if existing and not replace:
        raise QueryFailure(f"ALREADY_EXISTS: line 1:1: View already exists: "
                           f"'awsdatacatalog.{database}.{name}'", 1009)
    engine.catalog.put_table(Table(database, name, columns, table_type="VIRTUAL_VIEW",
                                   view_sql=sql, parameters={"comment": "Presto View"}),
                             replace=replace)
