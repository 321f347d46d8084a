"""SHOW, DESCRIBE and EXPLAIN: statements whose result is text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import ddl, hive, trino
from .catalog import Column, Table
from .errors import QueryFailure
from .results import Outcome, text_outcome
from .statement import classify

if TYPE_CHECKING:
    from .engine import Engine, Job


def _like(pattern: str | None) -> re.Pattern:
    """Hive's pattern: * for anything, | between choices. Athena also takes a regular expression."""
    if pattern is None:
        return re.compile("")
    choices = "|".join(p if re.search(r"[.\[(^$]", p) else p.replace("*", ".*").replace("%", ".*")
                       for p in pattern.split("|"))
    try:
        return re.compile(f"(?:{choices})$", re.IGNORECASE)
    except re.error:
        return re.compile(re.escape(pattern) + "$", re.IGNORECASE)


def _database(engine: Engine, job: Job, name: str | None) -> str:
    database = name or job.database
    if not engine.catalog.database(database):
        raise _no_database(database)
    return database


def _no_database(name: str) -> QueryFailure:
    return QueryFailure(f"FAILED: SemanticException [Error 10072]: Database does not exist: "
                        f"{name}", 1301)


def databases(engine: Engine, job: Job, cursor: Any) -> Outcome:
    wanted = _like(hive.parse(job.statement).pattern)
    return text_outcome(["database_name"], [[d.name] for d in engine.catalog.databases()
                                            if wanted.match(d.name)])


def tables(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    home = engine.others.find(job.catalog)
    wanted, database = _like(made.pattern), made.name[0] or job.database
    if not home or not home.database(database):
        raise _no_database(database)
    return text_outcome(["tab_name"], [[t.name] for t in home.tables(database)
                                       if wanted.match(t.name)])


def view_names(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    wanted, database = _like(made.pattern), _database(engine, job, made.name[0])
    return text_outcome(["views"], [[t.name] for t in engine.catalog.tables(database)
                                    if t.is_view and wanted.match(t.name)])


def columns(engine: Engine, job: Job, cursor: Any) -> Outcome:
    table = ddl.find_table(engine, job, hive.parse(job.statement).name)
    return text_outcome(["field"], [[c.name.ljust(20)] for c in table.all_columns])


def partitions(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    table = ddl.find_table(engine, job, made.name)
    if not table.partition_keys:
        raise QueryFailure(f"FAILED: SemanticException [Error 10001]: Table {table.name} is not a "
                           "partitioned table", 1009)
    keys = [c.name for c in table.partition_keys]
    found = [p for p in table.partitions
             if all(dict(zip(keys, p.values)).get(k) == v for k, v in made.partition.items())]
    return text_outcome(["partition"], [[ddl.partition_name(table, p)] for p in found])


def tblproperties(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    table = ddl.find_table(engine, job, made.name)
    every = {"EXTERNAL": "TRUE"} | table.parameters if not table.is_view else table.parameters
    if made.property is not None:
        text = every.get(made.property, f"Table {table.database}.{table.name} does not have "
                         f"property: {made.property}")
        return text_outcome(["prpt_name", "prpt_value"], [[text]])
    return text_outcome(["prpt_name", "prpt_value"],
                        [[f"{k}\t{v}"] for k, v in sorted(every.items())])


def functions(engine: Engine, job: Job, cursor: Any) -> Outcome:
    wanted = _like(hive.parse(job.statement).pattern)
    names = cursor.execute("SELECT DISTINCT function_name FROM duckdb_functions() "
                           "WHERE function_name SIMILAR TO '[a-z_0-9]+' ORDER BY 1").fetchall()
    return text_outcome(["Function"], [[n] for n, in names
                                       if not n.startswith("local_") and wanted.match(n)])


# DESCRIBE: one Datum per row, fields padded and parted by tabs

def _padded(*fields: str) -> list[str]:
    return ["\t".join(field.ljust(20) for field in fields)]


def _described(columns_: list[Column]) -> list[list[str]]:
    return [_padded(c.name, c.type, c.comment) for c in columns_]


def describe(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = hive.parse(job.statement)
    table = ddl.find_table(engine, job, made.name)
    rows = _described(table.all_columns)
    if table.partition_keys:
        rows += [["\t \t "], ["# Partition Information\t \t "],
                 _padded("# col_name", "data_type", "comment"), ["\t \t "],
                 *_described(table.partition_keys)]
    if made.is_extended:
        rows += [["\t \t "], _padded("Detailed Table Information", _details(table), "")]
    return text_outcome(["col_name", "data_type", "comment"], rows)


def _details(table: Table) -> str:
    return (f"Table(tableName:{table.name}, dbName:{table.database}, "
            f"createTime:{int(table.created)}, tableType:{table.table_type}, "
            f"location:{table.location}, inputFormat:{table.input_format}, "
            f"outputFormat:{table.output_format}, serializationLib:{table.serde}, "
            f"parameters:{table.parameters})")


def describe_database(engine: Engine, job: Job, cursor: Any) -> Outcome:
    name = hive.parse(job.statement).name[1]
    found = engine.catalog.database(_database(engine, job, name))
    return text_outcome(["db_name", "comment", "location", "owner_name", "owner_type",
                         "parameters"],
                        [["\t".join([found.name, found.comment, found.location, "", "", ""])]])


# SHOW CREATE

def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _column_lines(columns_: list[Column]) -> list[str]:
    lines = [f"  `{c.name}` {c.type}" + (f" COMMENT {_text(c.comment)}" if c.comment else "")
             for c in columns_]
    return [line + ", " for line in lines[:-1]] + [lines[-1] + ")"]


def _pairs(values: dict[str, str]) -> list[str]:
    lines = [f"  {_text(k)}={_text(v)}" for k, v in values.items()]
    return [line + ", " for line in lines[:-1]] + [lines[-1] + ")"]


def create_table(engine: Engine, job: Job, cursor: Any) -> Outcome:
    table = ddl.find_table(engine, job, hive.parse(job.statement).name)
    if table.is_view:
        return text_outcome(["createtab_stmt"], [[line] for line in _view_text(table)])
    lines = [f"CREATE EXTERNAL TABLE `{table.database}.{table.name}`("]
    lines += _column_lines(table.columns)
    if table.comment:
        lines.append(f"COMMENT {_text(table.comment)}")
    if table.partition_keys:
        lines += ["PARTITIONED BY ( ", *_column_lines(table.partition_keys)]
    lines += ["ROW FORMAT SERDE ", f"  {_text(table.serde)} "]
    if table.serde_params:
        lines += ["WITH SERDEPROPERTIES ( ", *_pairs(table.serde_params)]
    lines += ["STORED AS INPUTFORMAT ", f"  {_text(table.input_format)} ", "OUTPUTFORMAT ",
              f"  {_text(table.output_format)}", "LOCATION", f"  {_text(table.location)}"]
    if table.parameters:
        lines += ["TBLPROPERTIES (", *_pairs(table.parameters)]
    return text_outcome(["createtab_stmt"], [[line] for line in lines])


def _view_text(table: Table) -> list[str]:
    return [f"CREATE VIEW {table.database}.{table.name} AS", *table.view_sql.split("\n")]


def create_view(engine: Engine, job: Job, cursor: Any) -> Outcome:
    table = ddl.find_table(engine, job, hive.parse(job.statement).name)
    if not table.is_view:
        raise QueryFailure(f"NOT_SUPPORTED: line 1:1: Relation 'awsdatacatalog.{table.database}."
                           f"{table.name}' is a table, not a view")
    return text_outcome(["Create View"], [[line] for line in _view_text(table)])


# EXPLAIN

def explain(engine: Engine, job: Job, cursor: Any) -> Outcome:
    made = trino.parse(job.statement)
    inner = classify(made.query)
    sql = made.query if inner.kind == "select" else trino.parse(inner).query
    planned = engine.plan(sql, job, cursor)
    verb = "EXPLAIN ANALYZE" if made.is_analyze else "EXPLAIN"
    plan = cursor.execute(f"{verb} {planned.sql}").fetchall()[-1][-1]
    names = ", ".join(f"{c.name}:{c.kind.trino()}" for c in planned.columns)
    lines = ["Fragment 0 [SINGLE]", f"    Output layout: [{names}]",
             *("    " + line for line in plan.rstrip("\n").split("\n"))]
    return text_outcome(["Query Plan"], [[line] for line in lines])
