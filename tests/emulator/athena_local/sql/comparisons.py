"""Comparisons that Trino refuses: a text with something that is none.

What is no column, literal or cast has a type that is not known here, and is let through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlglot import exp

from .errors import QueryFailure
from .types import Type

TypeOf = Callable[[exp.Expression], Type | None]

_OPERATORS: dict[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">",
                               exp.GTE: ">=", exp.NullSafeEQ: "IS DISTINCT FROM",
                               exp.NullSafeNEQ: "IS DISTINCT FROM"}
_TEXTS = {"varchar", "char"}


def check(select: exp.Select, type_of: TypeOf) -> Iterator[exp.Expression]:
    """QueryFailure for what is refused; gives the queries within the SELECT's expressions, whose
    comparisons are their own."""
    for part in ("expressions", "where", "having", "joins"):
        found = select.args.get(part) or []
        for tree in found if isinstance(found, list) else [found]:
            yield from _walk(tree.args.get("on") if isinstance(tree, exp.Join) else tree, type_of)


def _walk(tree: exp.Expression | None, type_of: TypeOf) -> Iterator[exp.Expression]:
    if tree is None:
        return
    for node in tree.walk(prune=lambda n: isinstance(n, exp.Query)):
        if isinstance(node, exp.Query):
            yield node
        elif type(node) in _OPERATORS:
            _operator(node, type_of)
        elif isinstance(node, exp.Between):
            _between(node, type_of)
        elif isinstance(node, exp.In):
            _in(node, type_of)


def _side(node: exp.Expression, type_of: TypeOf) -> Type | None:
    if isinstance(node, exp.Paren):
        return _side(node.this, type_of)
    if isinstance(node, exp.Boolean):
        return Type("boolean")
    if isinstance(node, exp.Literal):
        if node.is_string:
            return Type("varchar", len(node.this))
        return Type("integer") if node.this.isdigit() else Type("double")
    return type_of(node)


def _differ(left: Type | None, right: Type | None) -> bool:
    if left is None or right is None or "unknown" in (left.name, right.name):
        return False
    return (left.name in _TEXTS) != (right.name in _TEXTS)


def _refuse(node: exp.Expression, text: str) -> None:
    """At the first name on its left, which is near enough."""
    names = [i.meta for i in node.this.find_all(exp.Identifier) if "start" in i.meta]
    first = min(names, key=lambda m: m["start"], default=None)
    line, column = (first["line"], first["col"] - first["end"] + first["start"]) if first else (1, 1)
    raise QueryFailure(f"TYPE_MISMATCH: line {line}:{column}: {text}")


def _operator(node: exp.Binary, type_of: TypeOf) -> None:
    left, right = _side(node.this, type_of), _side(node.expression, type_of)
    if _differ(left, right):
        _refuse(node, f"Cannot apply operator: {left.trino()} {_OPERATORS[type(node)]} "
                      f"{right.trino()}")


def _between(node: exp.Between, type_of: TypeOf) -> None:
    value, low, high = (_side(n, type_of) for n in (node.this, node.args["low"], node.args["high"]))
    if _differ(value, low) or _differ(value, high):
        shown = " and ".join(k.trino() if k else "unknown" for k in (low, high))
        _refuse(node, f"Cannot check if {value.trino()} is BETWEEN {shown}")


def _in(node: exp.In, type_of: TypeOf) -> None:
    value = _side(node.this, type_of)
    if any(_differ(value, _side(item, type_of)) for item in node.expressions):
        _refuse(node, "IN value and list items must be the same type or coercible to a common type")
