"""Catalog functions called with texts, and waiting for what the local Athena is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

import odbc


def call(s: odbc.Statement, name: str, *texts: str | None) -> list[tuple[str | None, ...]]:
    """A catalog function with text arguments; all rows of its result."""
    arguments: list = []
    for text in texts:
        arguments += [None if text is None else text.encode(), odbc.NTS if text is not None else 0]
    s.check(s.poll(lambda: getattr(odbc.lib, name)(s.value, *arguments)))
    rows = s.rows()
    s.check(s.close())
    return rows


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
