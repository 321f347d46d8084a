"""Dials: a comment in the SQL that sets the life of its query.

    -- athena-local: queue_ms=300 run_ms=1500 fail="TABLE_NOT_FOUND: ..."

queue_ms, run_ms (the least time in that state), fail (ends FAILED with that reason), fail_start
(StartQueryExecution answers that error code), scanned_bytes, cancel (ends CANCELLED by itself),
column_type (what every column is said to be, whatever it is: its text stays), updated (the query is
not run, and has written so many rows: UPDATE, DELETE and MERGE, which no table here allows), writes
(with updated: to a table of that name, which fails as Iceberg's commit does when another has written
to it meanwhile), hides_encryption (GetQueryExecution does not tell how the result is encrypted).
"""

from __future__ import annotations

import dataclasses
import functools
import re

_COMMENT = re.compile(r"(?:--|/\*)[ \t]*athena-local:(.*?)(?:\*/|\n|$)", re.DOTALL)
_SETTING = re.compile(r'(\w+)(?:=(?:"((?:[^"\\]|\\.)*)"|(\S+)))?')


@dataclasses.dataclass(frozen=True)
class Dials:
    queue_ms: int = 20
    run_ms: int = 0
    planning_ms: int = 30
    fail: str | None = None
    fail_start: str | None = None
    scanned_bytes: int | None = None
    cancel: bool = False
    column_type: str | None = None
    updated: int | None = None
    hides_encryption: bool = False
    writes: str | None = None


_DEFAULT = Dials()
_NAMES = {f.name for f in dataclasses.fields(Dials)}


@functools.lru_cache(maxsize=4096)
def parse(sql: str) -> Dials:
    """ValueError for a dial that does not exist or a number that is none."""
    if "athena-local:" not in sql:
        return _DEFAULT
    found: dict[str, object] = {}
    for comment in _COMMENT.finditer(sql):
        for name, quoted, bare in _SETTING.findall(comment[1]):
            if name not in _NAMES:
                raise ValueError(f"unknown dial '{name}' in an athena-local comment")
            text = re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
            if name in ("fail", "fail_start", "column_type", "writes"):
                found[name] = text
            elif name in ("cancel", "hides_encryption"):
                found[name] = text not in ("0", "false")
            else:
                found[name] = int(text)
    return Dials(**found)
