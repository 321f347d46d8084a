"""How soon queries could be done under Athena's quotas, by somebody who wastes no time.

The quotas are those of `POST /_local/limits` (tests/emulator/README.md). Starts go out in order, as
early as the rate of starts and the number of active queries allow; a query's one page of results is
asked for when it ends, as soon as the rate of status calls allows.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

#: What every account has by default (2023's table of call rates; us-east-1's active queries).
DEFAULT_LIMITS = {"start_per_s": 20, "start_burst": 80, "status_per_s": 100, "status_burst": 200,
                  "batch_per_s": 20, "batch_burst": 40, "list_per_s": 5, "list_burst": 10,
                  "active_dml": 200, "active_ddl": 20}


class _Bucket:
    def __init__(self, per_s: float | None, burst: float | None):
        self.per_s = per_s
        self.burst = burst if burst is not None else max(per_s or 1, 1)
        self.tokens, self.at = self.burst, 0.0

    def earliest(self, wanted_s: float) -> float:
        """Takes a token at wanted_s or as soon after it as there is one."""
        if self.per_s is None:
            return wanted_s
        at = max(wanted_s, self.at)
        self.tokens = min(self.burst, self.tokens + (at - self.at) * self.per_s)
        if self.tokens < 1:
            at += (1 - self.tokens) / self.per_s
            self.tokens = 1
        self.tokens -= 1
        self.at = at
        return at


def ideal_s(run_s: Sequence[float], limits: dict[str, float]) -> float:
    """Seconds from the first start to the last page of results."""
    starts = _Bucket(limits.get("start_per_s"), limits.get("start_burst"))
    pages = _Bucket(limits.get("status_per_s"), limits.get("status_burst"))
    most = limits.get("active_dml", float("inf"))
    active: list[float] = []
    ends, now_s = [], 0.0
    for each_s in run_s:
        if len(active) >= most:
            now_s = max(now_s, heapq.heappop(active))
        now_s = starts.earliest(now_s)
        heapq.heappush(active, now_s + each_s)
        ends.append(now_s + each_s)
    return max(pages.earliest(end_s) for end_s in sorted(ends))


def run_times_s(queries: int, from_ms: int, to_ms: int) -> list[float]:
    """The run times that tests/clients/many_queries.c gives its queries."""
    spread = to_ms - from_ms + 1
    return [(from_ms + number * 7919 % spread) / 1000 for number in range(queries)]
