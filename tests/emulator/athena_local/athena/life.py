"""The life of queries: QUEUED -> RUNNING -> SUCCEEDED, FAILED or CANCELLED.

    submit -> [queue_ms] -> begin: RUNNING -> [planning_ms] -> work (a worker thread runs DuckDB)
           -> worked -> [rest of run_ms] -> finish: result files into the store, final state

Each arrow is a timer of the event loop, so a query that only waits costs one timer and no thread:
ten thousand may be in flight. Everything here runs on the loop, except engine.run.
"""

from __future__ import annotations

import asyncio
import collections
import concurrent.futures
import logging
import time
from typing import Any

from ..errors import S3Error
from ..sql.engine import Engine, Interrupted
from ..sql.errors import SYSTEM, QueryFailure
from ..sql.results import ROWS_WRITTEN, Outcome, ResultColumn
from ..sql.types import named
from .output import Output
from .query import CANCELLED, FAILED, RUNNING, SUCCEEDED, Query

WORKERS = 3
INTERRUPT_AGAIN_S = 0.1
log = logging.getLogger(__name__)


class Life:
    def __init__(self, engine: Engine, output: Output):
        self._engine = engine
        self._output = output
        self._workers = concurrent.futures.ThreadPoolExecutor(WORKERS, "athena-sql")
        self._loop: asyncio.AbstractEventLoop | None = None
        self.counts: collections.Counter[str] = collections.Counter()
        self.active: collections.Counter[str] = collections.Counter()  # by quota: dml, ddl
        self.peak_active = 0
        self._commits: collections.Counter[str] = collections.Counter()  # by dialled table

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def close(self) -> None:
        await asyncio.to_thread(self._workers.shutdown, wait=True, cancel_futures=True)

    # The way of a query

    def submit(self, query: Query) -> None:
        self.counts["started"] += 1
        self.active[quota_of(query)] += 1
        self.peak_active = max(self.peak_active, self.active.total())
        self._after(query, query.dials.queue_ms / 1000, self._begin)

    def _begin(self, query: Query) -> None:
        query.state, query.running = RUNNING, time.time()
        planning_s = query.dials.planning_ms / 1000
        dials = query.dials
        if dials.writes:
            query.snapshot = self._commits[dials.writes]
        if dials.cancel or dials.fail is not None or dials.updated is not None:
            self._after(query, max(query.dials.run_ms / 1000, planning_s), self._end_as_dialled)
        else:
            self._after(query, planning_s, self._work)

    def _work(self, query: Query) -> None:
        query.timer = None
        future = self._workers.submit(self._engine.run, query.job)
        future.add_done_callback(
            lambda f: self._loop.is_closed() or
            self._loop.call_soon_threadsafe(self._worked, query, f))

    def _worked(self, query: Query, future: concurrent.futures.Future) -> None:
        if query.is_over:
            _discard(future)
            return
        rest_s = query.dials.run_ms / 1000 - (time.time() - query.running)
        if query.is_stop_asked:
            rest_s = 0
        query.worked = time.time() + max(rest_s, 0)
        self._after(query, rest_s, self._finish, future)

    def _finish(self, query: Query, future: concurrent.futures.Future) -> None:
        if query.is_over:  # cancelled between its work's end and now
            _discard(future)
            return
        try:
            outcome = future.result()
        except Interrupted:
            self._end(query, CANCELLED, *_cancelled())
        except QueryFailure as failure:
            self._fail(query, failure)
        except Exception as error:  # a bug here must not leave a query running for ever
            log.exception("query %s", query.id)
            self._fail(query, QueryFailure(f"GENERIC_INTERNAL_ERROR: {error}", 100, SYSTEM))
        else:
            self._publish(query, outcome)

    def _publish(self, query: Query, outcome: Outcome) -> None:
        if query.dials.column_type:
            kind = named(query.dials.column_type)
            outcome.columns = [ResultColumn(c.name, kind) for c in outcome.columns]
        query.columns, query.rows = outcome.columns, outcome.rows
        query.update_count, query.output_rows = outcome.update_count, outcome.output_rows
        query.input_bytes = outcome.input_bytes if query.dials.scanned_bytes is None \
            else query.dials.scanned_bytes
        if query.cutoff_bytes is not None and query.input_bytes > query.cutoff_bytes:
            outcome.discard()
            self._end(query, CANCELLED, "Query cancelled! : Bytes scanned limit was exceeded",
                      {"ErrorCategory": 2, "ErrorType": 1014, "Retryable": False,
                       "ErrorMessage": "Bytes scanned limit was exceeded"})
            return
        try:
            self._output.write(query, outcome)
        except QueryFailure as failure:
            outcome.discard()
            self._fail(query, failure)
        except S3Error as error:
            outcome.discard()
            self._fail(query, QueryFailure(
                f"Unable to write query results to {query.output_uri}: {error.message}", 401))
        else:
            self._end(query, SUCCEEDED)

    # Other ends

    def stop(self, query: Query) -> None:
        """StopQueryExecution: nothing for a query that is over."""
        if query.is_over:
            return
        self.counts["stopped"] += 1
        query.is_stop_asked = True
        if query.timer is not None:
            query.timer.cancel()
        self._interrupt(query)

    def _interrupt(self, query: Query) -> None:
        """Interrupts DuckDB, after which _worked() follows, or ends a query that is not at work.
        Again and again: an interrupt between two statements of one job has no effect."""
        if query.is_over:
            return
        if query.job.stop():
            self._loop.call_later(INTERRUPT_AGAIN_S, self._interrupt, query)
        else:
            self._loop.call_soon(self._cancel, query)

    def _cancel(self, query: Query) -> None:
        if not query.is_over:
            self._end(query, CANCELLED, *_cancelled())

    def _end_as_dialled(self, query: Query) -> None:
        if query.dials.cancel:
            self._end(query, CANCELLED, *_cancelled())
        elif query.dials.fail is not None:
            self._fail(query, QueryFailure(query.dials.fail))
        elif query.dials.writes and query.snapshot != self._commits[query.dials.writes]:
            self._fail(query, QueryFailure("ICEBERG_COMMIT_ERROR: Failed to commit Iceberg update "
                                           f"to table: {query.dials.writes}"))
        else:
            if query.dials.writes:
                self._commits[query.dials.writes] += 1
            self._publish(query, Outcome(columns=ROWS_WRITTEN, rows=[], text=b"",
                                         update_count=query.dials.updated))

    def _fail(self, query: Query, failure: QueryFailure) -> None:
        self._end(query, FAILED, failure.reason, {
            "ErrorCategory": failure.category, "ErrorType": failure.error_type,
            "Retryable": failure.retryable, "ErrorMessage": failure.reason})

    def _end(self, query: Query, state: str, reason: str | None = None,
             error: dict[str, Any] | None = None) -> None:
        query.completed = time.time()
        query.worked = min(query.worked or query.completed, query.completed)
        query.running = query.running or query.completed
        query.reason, query.error, query.timer, query.job = reason, error, None, None
        query.state = state
        if not query.is_forgotten:
            self.counts[state.lower()] += 1
        self.active[quota_of(query)] -= 1

    def reused(self, query: Query, old: Query) -> None:
        """Ends a new query at once with an older one's result."""
        query.columns, query.output_rows = old.columns, old.output_rows
        query.bucket, query.key, query.is_reused = old.bucket, old.key, True
        query.output_bytes, query.readable_bucket = old.output_bytes, old.readable_bucket
        query.running = query.worked = query.submitted
        self.counts["started"] += 1
        self.counts["reused"] += 1
        self.active[quota_of(query)] += 1
        self._end(query, SUCCEEDED)

    def _after(self, query: Query, seconds: float, step: Any, *args: Any) -> None:
        query.timer = self._loop.call_later(max(seconds, 0), step, query, *args)


def _discard(future: concurrent.futures.Future) -> None:
    if not future.cancelled() and not future.exception():
        future.result().discard()


def quota_of(query: Query) -> str:
    """CTAS is DDL by type and DML by quota."""
    return "dml" if query.statement_type == "DML" or query.kind == "ctas" else "ddl"


def _cancelled() -> tuple[str, dict[str, Any]]:
    reason = "Query cancelled by user"
    return reason, {"ErrorCategory": 2, "ErrorType": 1014, "Retryable": False,
                    "ErrorMessage": reason}
