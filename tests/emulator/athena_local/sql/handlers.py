"""Which function runs which kind of statement (the kinds of sql/statement.py)."""

from __future__ import annotations

from typing import Any

from . import select
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
}
