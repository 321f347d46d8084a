"""AthenaService: every operation of the Athena API that concerns SQL, by its name.

The HTTP half (app.py) has checked signature and request model; what comes here is a request body as
botocore's model describes it, and what goes back is the answer's body.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from typing import Any

from ..errors import AthenaError
from ..sql import sample
from ..sql.engine import Engine
from ..store import ObjectStore
from . import pages
from .account import RESULTS_BUCKET, Account, invalid, page
from .life import Life, quota_of
from .limits import Limits
from .metadata import Metadata
from .query import SUCCEEDED, Query
from .output import Output
from .start import MANAGED_BUCKET, Starter

MAX_KEPT_QUERIES = 100000  # older ones that are over are forgotten
LONG_SQL_CHARS = 5000


class AthenaService:
    def __init__(self, store: ObjectStore, config: Any):
        self._store = store
        self._config = config
        config.athena_dir.mkdir(parents=True, exist_ok=True)
        for bucket in (RESULTS_BUCKET, MANAGED_BUCKET):
            store.create_bucket(bucket)
        self._account = Account(config.athena_dir / "account.json")
        self._engine = Engine(store, config)
        self._life = Life(self._engine, Output(store, config.account_id))
        self._starter = Starter(self._engine, store, self._account)
        self._limits = Limits()
        self._queries: dict[str, Query] = {}
        self._tokens: dict[str, tuple[dict[str, Any], str]] = {}
        self._reusable: dict[tuple, str] = {}
        self._operations = self._table()

    async def start(self) -> None:
        self._life.start()
        if self._config.has_sample_data:
            await asyncio.to_thread(sample.make, self._engine)

    async def close(self) -> None:
        for query in list(self._queries.values()):
            self._life.stop(query)
        await self._life.close()
        self._engine.close()

    async def handle(self, operation: str, body: dict[str, Any], identity: Any) -> dict[str, Any]:
        action = self._operations.get(operation)
        if action is None:
            raise AthenaError("InvalidRequestException",
                              f"{operation} is not part of the local Athena")
        self._limits.check_rate(operation)
        if operation == "StartQueryExecution":
            if len(body["QueryString"]) > LONG_SQL_CHARS:
                # Parsing it takes a while; the loop then finds the tree in the parser's cache.
                await asyncio.to_thread(self._starter.check, body)
            return self._start(body, identity)
        answer = action(body)
        return await answer if asyncio.iscoroutine(answer) else answer

    def configure_limits(self, values: dict[str, Any]) -> dict[str, float]:
        return self._limits.configure(values or {})

    def set_catalogs(self, specs: Any) -> list[dict[str, str]]:
        self._engine.others.set(specs)
        return self._engine.others.summaries()

    def stats(self) -> dict[str, Any]:
        counts = self._life.counts
        return {"queries": {
            **{name: counts[name] for name in ("started", "stopped", "succeeded", "failed",
                                               "cancelled", "reused", "idempotent")},
            "active": self._life.active.total(), "peak_active": self._life.peak_active,
            "abandoned": sum(1 for q in self._queries.values()
                             if q.is_over and not q.is_seen and not q.is_stop_asked),
            "throttled": self._limits.throttled}}

    def reset(self) -> None:
        """Stops and forgets all queries, limits and other catalogs; tables, workgroups and files
        stay."""
        for query in list(self._queries.values()):
            query.is_forgotten = True
            self._life.stop(query)
        self._queries.clear()
        self._tokens.clear()
        self._reusable.clear()
        self._limits.reset()
        self._engine.others.set([])
        self._life.counts.clear()
        self._life.peak_active = self._life.active.total()

    def _table(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """Operation -> method; those of Metadata and Account are named like their operations."""
        table: dict[str, Any] = {
            "StartQueryExecution": self._start, "GetQueryExecution": self._get,
            "BatchGetQueryExecution": self._batch_get, "GetQueryResults": self._results,
            "GetQueryRuntimeStatistics": self._runtime, "StopQueryExecution": self._stop,
            "ListQueryExecutions": self._list}
        for part in (Metadata(self._engine.others, self._account,
                              self._config.account_id), self._account):
            for name in dir(part):
                if re.match(r"(batch_)?(get|list|create|update|delete|tag|untag)_", name):
                    table["".join(w.capitalize() for w in name.split("_"))] = getattr(part, name)
        return table

    # Queries

    def _start(self, request: dict[str, Any], identity: Any) -> dict[str, Any]:
        token = request.get("ClientRequestToken")
        earlier = self._tokens.get(token) if token else None
        if earlier:
            if earlier[0] != request:
                raise invalid("Idempotent parameters do not match")
            self._life.counts["idempotent"] += 1
            return {"QueryExecutionId": earlier[1]}
        query = self._starter.make(request, identity)
        kind = quota_of(query)
        self._limits.check_active(kind, self._life.active[kind])
        self._queries[query.id] = query
        if token:
            self._tokens[token] = (request, query.id)
        old = self._reusable_result(query)
        if old:
            self._life.reused(query, old)
        else:
            self._life.submit(query)
        self._forget_oldest()
        return {"QueryExecutionId": query.id}

    def _reusable_result(self, query: Query) -> Query | None:
        """An earlier result of the same text, when the request allows its age."""
        if query.kind != "select" or query.is_managed:
            return None
        text = re.sub(r"--[^\n]*|/\*.*?\*/", " ", query.sql, flags=re.DOTALL)
        context = query.request.get("QueryExecutionContext", {})
        key = (query.workgroup, context.get("Catalog", "").lower(), query.job.database,
               str(query.result_configuration), " ".join(text.split()), str(query.job.parameters))
        old = self._queries.get(self._reusable.get(key, ""))
        self._reusable[key] = query.id
        age = query.request.get("ResultReuseConfiguration", {}).get(
            "ResultReuseByAgeConfiguration", {})
        if not age.get("Enabled") or not old or old.state != SUCCEEDED:
            return None
        if time.time() - old.completed > age.get("MaxAgeInMinutes", 60) * 60:
            return None
        if not self._store.info(old.bucket, old.key):
            return None
        self._reusable[key] = old.id
        return old

    def _forget_oldest(self) -> None:
        if len(self._queries) > MAX_KEPT_QUERIES:
            oldest = next(iter(self._queries))
            if self._queries[oldest].is_over:
                del self._queries[oldest]

    def _query(self, request: dict[str, Any]) -> Query:
        found = self._queries.get(request["QueryExecutionId"])
        if not found:
            raise invalid(f"QueryExecution {request['QueryExecutionId']} was not found")
        return found

    def _get(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"QueryExecution": self._query(request).describe()}

    def _batch_get(self, request: dict[str, Any]) -> dict[str, Any]:
        ids = request["QueryExecutionIds"]
        if not 1 <= len(ids) <= 50:
            raise invalid("QueryExecutionIds must have length between 1 and 50")
        return {"QueryExecutions": [self._queries[i].describe() for i in ids
                                    if i in self._queries],
                "UnprocessedQueryExecutionIds": [
                    {"QueryExecutionId": i, "ErrorCode": "INVALID_INPUT",
                     "ErrorMessage": f"QueryExecution {i} was not found"}
                    for i in ids if i not in self._queries]}

    async def _results(self, request: dict[str, Any]) -> dict[str, Any]:
        query = self._query(request)
        if pages.is_large(query):
            return await asyncio.to_thread(pages.results, query, self._store, request)
        return pages.results(query, self._store, request)

    def _runtime(self, request: dict[str, Any]) -> dict[str, Any]:
        query = self._query(request)
        found: dict[str, Any] = {"Timeline": query.times_ms()}
        if query.state == SUCCEEDED:
            # Not the rows that were read: DuckDB's scans do not tell.
            sizes = {"InputBytes": query.input_bytes, "OutputBytes": query.output_bytes,
                     "OutputRows": query.output_rows}
            found["Rows"] = sizes
            found["OutputStage"] = {
                "StageId": 0, "State": "FINISHED", **sizes,
                "ExecutionTime": found["Timeline"]["EngineExecutionTimeInMillis"],
                "QueryStagePlan": {"Name": "Output", "Identifier": "[]", "Children": [],
                                   "RemoteSources": []}, "SubStages": []}
        return {"QueryRuntimeStatistics": found}

    def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        self._life.stop(self._query(request))
        return {}

    def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        group = self._account.workgroup(request.get("WorkGroup"))["Name"]
        newest = [q.id for q in reversed(self._queries.values()) if q.workgroup == group]
        return page(newest, request, "QueryExecutionIds", 50)
