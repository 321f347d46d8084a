"""Quotas that a test can set (POST /_local/limits); without that there are none.

    active_dml, active_ddl              queued and running queries; more: TooManyRequestsException
    start_per_s, start_burst            StartQueryExecution and StopQueryExecution
    status_per_s, status_burst          GetQueryExecution and GetQueryResults
    batch_per_s, batch_burst            BatchGetQueryExecution
    list_per_s, list_burst              every other operation; more: ThrottlingException

A burst that is not given is one second's worth. null takes a limit away.
"""

from __future__ import annotations

import time
from typing import Any

from ..errors import AthenaError

NAMES = {"active_dml", "active_ddl", *(f"{group}_{kind}" for group in
         ("start", "status", "batch", "list") for kind in ("per_s", "burst"))}
_GROUPS = {"StartQueryExecution": "start", "StopQueryExecution": "start",
           "GetQueryExecution": "status", "GetQueryResults": "status",
           "BatchGetQueryExecution": "batch"}


class _Bucket:
    def __init__(self, per_s: float, burst: float):
        self.per_s, self.burst = per_s, burst
        self.tokens, self.at = burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.per_s)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Limits:
    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.throttled = 0
        self._buckets: dict[str, _Bucket] = {}

    def configure(self, values: dict[str, Any]) -> dict[str, float]:
        """Replaces the limits; ValueError for one that does not exist."""
        unknown = set(values) - NAMES
        if unknown:
            raise ValueError(f"unknown limits: {', '.join(sorted(unknown))}")
        self.values = {k: float(v) for k, v in values.items() if v is not None}
        self._buckets = {}
        for group in ("start", "status", "batch", "list"):
            rate = self.values.get(f"{group}_per_s")
            if rate is not None:
                burst = self.values.get(f"{group}_burst", max(rate, 1))
                self._buckets[group] = _Bucket(rate, burst)
        return self.values

    def reset(self) -> None:
        self.throttled = 0
        self.configure({})

    def check_rate(self, operation: str) -> None:
        bucket = self._buckets.get(_GROUPS.get(operation, "list"))
        if bucket and not bucket.take():
            self.throttled += 1
            raise AthenaError("ThrottlingException", "Rate exceeded")

    def check_active(self, kind: str, active: int) -> None:
        """kind: dml or ddl; active: how many queries of it there are already."""
        limit = self.values.get(f"active_{kind}")
        if limit is not None and active >= limit:
            self.throttled += 1
            raise AthenaError(
                "TooManyRequestsException",
                f"You have exceeded the limit for the number of queries you can run "
                f"concurrently. Please reduce the number of concurrent {kind.upper()} queries "
                "submitted by this account. Contact customer support to request a concurrent "
                "query limit increase.",
                extra={"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"})
