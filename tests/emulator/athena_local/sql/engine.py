"""The engine: DuckDB, the catalog, and who runs which statement.

One in-memory database; each worker thread has its own cursor on it, so that queries run side by
side and can be interrupted one by one.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import duckdb
from sqlglot import exp

from . import errors, functions, parse, select
from .catalog import Catalog
from .errors import QueryFailure
from .others import Others
from .resolve import Resolver
from .results import Outcome
from .scan import Scanner
from .statement import Statement

DUCKDB_THREADS = 2
MEMORY_LIMIT = "2GB"


class Interrupted(Exception):
    """The query was stopped while DuckDB ran it."""


@dataclasses.dataclass
class Job:
    """One statement to run, and what it needs to know of its execution."""

    statement: Statement
    database: str
    query_id: str
    output_prefix: str | None  # s3://bucket/prefix/ for CTAS data; None with managed results
    catalog: str = "AwsDataCatalog"
    can_write_s3: bool = True
    is_location_enforced: bool = False
    parameters: list[str] = dataclasses.field(default_factory=list)
    # PREPARE and DEALLOCATE: what the workgroup does with (name, text or None)
    prepare: Callable[[str, str | None], None] | None = None
    _lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)
    _cursor: Any = None
    _is_stopped: bool = False

    def stop(self) -> bool:
        """From any thread: interrupts DuckDB, or keeps the job from beginning. Tells whether a
        worker is at it now, which then raises Interrupted."""
        with self._lock:
            self._is_stopped = True
            if self._cursor is not None:
                self._cursor.interrupt()
            return self._cursor is not None

    def enter(self, cursor: Any) -> None:
        with self._lock:
            if self._is_stopped:
                raise Interrupted
            self._cursor = cursor

    def leave(self) -> None:
        with self._lock:
            self._cursor = None


Handler = Callable[["Engine", Job, Any], Outcome]


class Engine:
    def __init__(self, store: Any, config: Any):
        self.store = store
        self.config = config
        self.catalog = Catalog(config.athena_dir / "catalog.json")
        self.others = Others(self.catalog)
        self.scanner = Scanner(store)
        spill = config.athena_dir / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        self._database = duckdb.connect(config={
            "threads": DUCKDB_THREADS, "memory_limit": MEMORY_LIMIT, "temp_directory": str(spill),
            "preserve_insertion_order": True, "autoinstall_known_extensions": False,
            "autoload_known_extensions": False})
        self._database.execute("SET GLOBAL TimeZone = 'UTC'")
        functions.install(self._database)
        self._local = threading.local()
        self._plans: dict[tuple, select.Plan] = {}

    def close(self) -> None:
        self._database.close()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's connection."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._database.cursor()
        return self._local.cursor

    # Running

    def run(self, job: Job) -> Outcome:
        """Runs a statement in a worker thread. Raises QueryFailure or Interrupted."""
        from .handlers import HANDLERS

        cursor = self.cursor()
        job.enter(cursor)
        try:
            return HANDLERS[job.statement.kind](self, job, cursor)
        except duckdb.InterruptException as error:
            raise Interrupted from error
        except duckdb.Error as error:
            raise errors.from_duckdb(error, job.statement.sql) from error
        except errors.GrammarError as error:  # in a view or a prepared text
            raise QueryFailure(f"SYNTAX_ERROR: {error}") from error
        finally:
            job.leave()

    def plan(self, sql: str, job: Job, cursor: Any) -> select.Plan:
        """Binds a query. One that reads no files is the same until the catalog changes, so its
        plan is kept."""
        key = (sql, tuple(job.parameters), job.database, job.catalog, self.catalog.generation)
        if key in self._plans:
            return self._plans[key]
        tree = bind_parameters(parse.query(sql), job.parameters)
        planned = select.plan(tree, self.resolver(job.database, job.catalog), cursor)
        if not planned.reads_files:
            if len(self._plans) > 1000:
                self._plans.clear()
            self._plans[key] = planned
        return planned

    def resolver(self, database: str, catalog: str = "AwsDataCatalog") -> Resolver:
        return Resolver(self.catalog, self.scanner, database, catalog)

    def new_path(self, suffix: str) -> Any:
        return self.store.temp_path(suffix)


def bind_parameters(tree: exp.Expression, parameters: list[str]) -> exp.Expression:
    """Puts the texts of ExecutionParameters in the place of the question marks."""
    marks = sorted(tree.find_all(exp.Placeholder), key=lambda mark: mark.meta["start"])
    if len(marks) != len(parameters):
        raise QueryFailure("INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: "
                           f"expected {len(marks)} but found {len(parameters)}")
    for mark, text in zip(marks, parameters):
        try:
            mark.replace(exp.Paren(this=value) if isinstance(
                value := parse.literal(text), (exp.Binary, exp.Neg)) else value)
        except ValueError as error:
            raise QueryFailure("SYNTAX_ERROR: line 1:1: Execution parameter is no expression: "
                               f"{text}") from error
    return tree
