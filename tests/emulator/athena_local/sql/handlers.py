"""Which function runs which kind of statement (the kinds of sql/statement.py)."""

from __future__ import annotations

from typing import Any

from . import ddl, select, show, write
from .engine import Engine, Handler, Job
from .results import Outcome


def _select(engine: Engine, job: Job, cursor: Any) -> Outcome:
    planned = engine.plan(job.statement.sql, job, cursor)
    path = engine.new_path(".csv")
    try:
        rows, etag = select.write_csv(planned, cursor, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Outcome(columns=list(planned.columns), csv=path, csv_etag=etag, output_rows=rows,
                   input_bytes=planned.input_bytes)


HANDLERS: dict[str, Handler] = {
    "select": _select,
    "insert": write.insert,
    "ctas": write.ctas,
    "unload": write.unload,
    "update": ddl.refuse_row_changes,
    "delete": ddl.refuse_row_changes,
    "merge": ddl.refuse_row_changes,
    "create_table": ddl.create_table,
    "create_view": ddl.create_view,
    "create_database": ddl.create_database,
    "drop_table": ddl.drop_table,
    "drop_view": ddl.drop_view,
    "drop_database": ddl.drop_database,
    "alter_table": ddl.alter_table,
    "alter_database": ddl.alter_database,
    "msck": ddl.msck,
    "prepare": ddl.prepare,
    "deallocate": ddl.deallocate,
    "show_databases": show.databases,
    "show_tables": show.tables,
    "show_views": show.view_names,
    "show_columns": show.columns,
    "show_partitions": show.partitions,
    "show_create_table": show.create_table,
    "show_create_view": show.create_view,
    "show_tblproperties": show.tblproperties,
    "show_functions": show.functions,
    "describe": show.describe,
    "describe_database": show.describe_database,
    "explain": show.explain,
}
