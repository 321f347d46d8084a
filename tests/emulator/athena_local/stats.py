"""What the server counted since it started or was reset: GET /_local/stats."""

from __future__ import annotations

import collections
from typing import Any


class Stats:
    def __init__(self) -> None:
        self.active = 0  # requests being answered now; a reset does not change it
        self.reset()

    def reset(self) -> None:
        self.requests: collections.Counter[str] = collections.Counter()
        self.errors: collections.Counter[str] = collections.Counter()
        self.faults: collections.Counter[str] = collections.Counter()
        self.peak = self.active
        self.active_by: collections.Counter[str] = collections.Counter()
        self.peak_by: dict[str, int] = {}
        self.connections = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.signature_failures = 0

    def begin(self, name: str) -> None:
        """A request of service.operation begins; local control requests are not counted."""
        self.requests[name] += 1
        self.active += 1
        self.active_by[name] += 1
        self.peak = max(self.peak, self.active)
        self.peak_by[name] = max(self.peak_by.get(name, 0), self.active_by[name])

    def end(self, name: str) -> None:
        self.active -= 1
        if self.active_by[name] > 0:  # else the counters were reset meanwhile
            self.active_by[name] -= 1

    def report(self) -> dict[str, Any]:
        return {
            "requests": dict(self.requests),
            "requests_total": self.requests.total(),
            "errors": dict(self.errors),
            "faults": dict(self.faults),
            "active": self.active,
            "peak_concurrency": self.peak,
            "peak_concurrency_by_operation": dict(self.peak_by),
            "connections_opened": self.connections,
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
            "signature_failures": self.signature_failures,
        }
