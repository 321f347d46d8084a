"""Checks a statement's grammar before it is accepted, so that its errors fail the start."""

from __future__ import annotations

from . import hive, parse, trino
from .errors import GrammarError
from .statement import Statement, classify

_PREPARABLE = {"select", "insert", "ctas", "unload"}


def check(statement: Statement) -> None:
    """Raises GrammarError."""
    kind = statement.kind
    if kind == "select":
        parse.check(statement.sql)
    elif hive.is_hive(kind):
        hive.parse(statement)
    elif kind in ("update", "delete", "merge"):
        pass  # Iceberg tables only, of which there are none: the run says so
    else:
        made = trino.parse(statement)
        if kind == "prepare":
            inner = classify(made.query)
            if inner.kind not in _PREPARABLE:
                raise GrammarError("Queries of this type are not supported in a prepared "
                                   "statement", "INVALID_INPUT")
            check(inner)
        elif kind == "explain":
            inner = classify(made.query)
            if inner.kind not in _PREPARABLE:
                raise GrammarError("Queries of this type are not supported", "INVALID_INPUT")
            check(inner)
