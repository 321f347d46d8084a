"""One query execution: what was asked, where it stands, what GetQueryExecution says of it."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from ..sql.engine import Job
from ..sql.results import ResultColumn
from .dials import Dials

QUEUED, RUNNING, SUCCEEDED, FAILED, CANCELLED = (
    "QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED")
ENGINE = "Athena engine version 3"


@dataclasses.dataclass(slots=True)
class Query:
    id: str
    sql: str
    kind: str  # of sql/statement.py
    statement_type: str
    substatement: str
    workgroup: str
    request: dict[str, Any]  # QueryExecutionContext, ExecutionParameters, ... as echoed
    result_configuration: dict[str, Any] | None  # None: managed results
    bucket: str  # of the result object, also of a managed result, which nobody is told
    key: str
    job: Job | None  # None once it has ended
    dials: Dials
    is_managed: bool = False
    readable_bucket: str = ""  # of a copy in clear, where the result object is ciphertext
    state: str = QUEUED
    reason: str | None = None
    error: dict[str, Any] | None = None
    submitted: float = dataclasses.field(default_factory=time.time)
    running: float = 0.0
    worked: float = 0.0
    completed: float = 0.0
    columns: list[ResultColumn] = dataclasses.field(default_factory=list)
    rows: list[list[str | None]] | None = None  # of a text result
    update_count: int | None = None
    manifest_uri: str | None = None
    output_rows: int = 0
    output_bytes: int = 0
    input_bytes: int = 0
    is_reused: bool = False
    snapshot: int = 0  # of a dialled table, when it began to run
    is_seen: bool = False  # somebody was told its final state
    is_stop_asked: bool = False
    is_forgotten: bool = False  # by a reset: not counted any more
    cutoff_bytes: int | None = None  # the workgroup's BytesScannedCutoffPerQuery
    timer: Any = None

    @property
    def is_over(self) -> bool:
        return self.state in (SUCCEEDED, FAILED, CANCELLED)

    @property
    def output_uri(self) -> str:
        return f"s3://{self.bucket}/{self.key}"

    def times_ms(self) -> dict[str, int]:
        """The members of Statistics and Timeline; they add up to the total."""
        end = self.completed or time.time()
        running = self.running or end
        worked = self.worked or end
        planning = min(int((worked - running) * 1000), self.dials.planning_ms)
        queue = int((running - self.submitted) * 1000)
        engine = int((worked - running) * 1000)
        service = max(int((end - worked) * 1000), 0)
        return {"EngineExecutionTimeInMillis": engine,
                "TotalExecutionTimeInMillis": queue + engine + service,
                "QueryQueueTimeInMillis": queue, "ServicePreProcessingTimeInMillis": 0,
                "QueryPlanningTimeInMillis": planning,
                "ServiceProcessingTimeInMillis": service}

    def _statistics(self) -> dict[str, Any]:
        found: dict[str, Any] = self.times_ms()
        if not self.is_over:
            found.pop("QueryPlanningTimeInMillis")
        found["DataScannedInBytes"] = self.input_bytes
        if self.manifest_uri:
            found["DataManifestLocation"] = self.manifest_uri
        found["ResultReuseInformation"] = {"ReusedPreviousResult": self.is_reused}
        return found

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = {"State": self.state,
                                  "SubmissionDateTime": round(self.submitted, 3)}
        if self.reason:
            status["StateChangeReason"] = self.reason
        if self.completed:
            status["CompletionDateTime"] = round(self.completed, 3)
        if self.error:
            status["AthenaError"] = self.error
        return status

    def describe(self) -> dict[str, Any]:
        """The QueryExecution structure."""
        found = {
            "QueryExecutionId": self.id, "Query": self.sql, "StatementType": self.statement_type,
            "ManagedQueryResultsConfiguration": {"Enabled": self.is_managed},
            "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": False}},
            "Status": self._status(), "Statistics": self._statistics(),
            "WorkGroup": self.workgroup,
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": ENGINE},
            "SubstatementType": self.substatement, **self.request}
        if self.result_configuration is not None:
            found["ResultConfiguration"] = {**self.result_configuration,
                                            "OutputLocation": self.output_uri}
            if self.dials.hides_encryption:
                found["ResultConfiguration"].pop("EncryptionConfiguration", None)
        if self.is_over:
            self.is_seen = True
        return found
