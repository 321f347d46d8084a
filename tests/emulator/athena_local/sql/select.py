"""Runs a query on DuckDB, which also makes every cell into Athena's text and writes the .csv."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from . import hints, translate, types
from .resolve import Resolver
from .results import ResultColumn
from .scan import text_literal
from .text import text_sql
from .types import Type, quote


@dataclasses.dataclass(frozen=True)
class Plan:
    """A query ready to run: DuckDB's SQL, Athena's columns, DuckDB's type names."""

    sql: str
    columns: tuple[ResultColumn, ...]
    carriers: tuple[str, ...]
    input_bytes: int
    reads_files: bool

    def as_text(self) -> str:
        """The query with every column as Athena's text, named as the result's columns are."""
        cells = ", ".join(
            f"{text_sql(f'c{i}', c.kind, carrier)} AS {quote(c.name)}"
            for i, (c, carrier) in enumerate(zip(self.columns, self.carriers)))
        return f"SELECT {cells} FROM ({self.sql}) AS t({self._names()})"

    def _names(self) -> str:
        return ", ".join(f"c{i}" for i in range(len(self.columns)))


def plan(tree: exp.Expression, resolver: Resolver, cursor: duckdb.DuckDBPyConnection) -> Plan:
    """Binds the query, so that every semantic error comes from here. Consumes the tree."""
    expected = hints.columns_of(tree, resolver.columns)
    attempt = tree.copy()
    sql = translate.to_duckdb(tree, resolver.scan)
    try:
        relation = cursor.sql(sql)
    except duckdb.BinderException as error:
        if "UNNEST" not in str(error):
            raise
        resolver.maps = True
        resolver.input_bytes = 0
        sql = translate.to_duckdb(attempt, resolver.scan, maps=True)
        relation = cursor.sql(sql)
    columns, carriers = [], []
    for at, (name, duck) in enumerate(zip(relation.columns, relation.types)):
        hint = expected[at][1] if expected and len(expected) == len(relation.types) else None
        name = f"_col{at}" if name.startswith(translate.UNNAMED) else name
        columns.append(ResultColumn(name, _kind(hint, duck)))
        carriers.append(str(duck))
    return Plan(sql, tuple(columns), tuple(carriers), resolver.input_bytes, resolver.reads_files)


def _kind(hint: Type | None, duck: Any) -> Type:
    """The hint, when DuckDB's type can be a carrier of it."""
    actual = types.from_duckdb(duck)
    if hint is None or hint == Type("unknown"):
        return actual
    carried = str(duck)
    if carried == hint.duckdb() or (carried == "VARCHAR" and "with time zone" in hint.name) or (
            carried == '"NULL"'):
        return hint
    return actual


def write_csv(planned: Plan, cursor: duckdb.DuckDBPyConnection, path: Path) -> tuple[int, str]:
    """Writes the result file; gives the number of rows and the file's MD5."""
    names = [c.name for c in planned.columns]
    repeated = len({n.lower() for n in names}) < len(names)  # DuckDB would rename them
    body = path.with_suffix(".body") if repeated else path
    rows = cursor.execute(
        f"COPY ({planned.as_text()}) TO {text_literal(str(body))} "
        f"(FORMAT csv, HEADER {not repeated}, FORCE_QUOTE *)").fetchone()[0]
    if repeated:
        with open(path, "wb") as target, open(body, "rb") as source:
            target.write((",".join(map(quote, names)) + "\n").encode())
            shutil.copyfileobj(source, target)
        body.unlink()
    with open(path, "rb") as file:
        return rows, hashlib.file_digest(file, "md5").hexdigest()
