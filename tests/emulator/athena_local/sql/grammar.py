"""Checks a statement's grammar before it is accepted, so that its errors fail the start."""

from __future__ import annotations

from . import parse
from .statement import Statement


def check(statement: Statement) -> None:
    """Raises GrammarError."""
    if statement.kind == "select":
        parse.check(statement.sql)
