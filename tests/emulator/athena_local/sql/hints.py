"""What Athena calls a query's columns, where DuckDB's types cannot say it.

varchar(10), char(4), timestamp(6), interval year to month, ipaddress or a time with its zone have
no DuckDB type of their own. This follows each output column through aliases, subqueries, WITH,
UNION and VALUES to the cast, literal or table column that it comes from. None means: not known
here, take what DuckDB says. A wrong structure is never an error: the query itself will tell. But
DuckDB reads texts as numbers and dates where they are compared with such, and Trino does not: on
the way, comparisons are looked at (sql/comparisons.py).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from . import comparisons, types
from .types import Type

Columns = list[tuple[str, Type | None]]
TableColumns = Callable[[exp.Table], Columns | None]

_PASS_THROUGH = (exp.Max, exp.Min, exp.AnyValue, exp.First, exp.Last, exp.ArgMax, exp.ArgMin,
                 exp.FirstValue, exp.LastValue, exp.Lag, exp.Lead, exp.Window, exp.Paren)


def columns_of(query: exp.Expression, tables: TableColumns) -> Columns | None:
    """Name and type of each output column; None when their number is not known."""
    return _Scope(tables, {}).query(query)


class _Scope:
    def __init__(self, tables: TableColumns, withs: dict[str, Columns | None]):
        self.tables = tables
        self.withs = withs

    def query(self, node: exp.Expression) -> Columns | None:
        scope = self._with(node)
        if isinstance(node, exp.Subquery):
            return _renamed(scope.query(node.this), node.args.get("alias"))
        if isinstance(node, exp.SetOperation):
            return _merged(scope.query(node.this), scope.query(node.expression))
        if isinstance(node, exp.Values):
            return _renamed(scope._values(node), node.args.get("alias"))
        if isinstance(node, exp.Table):
            return scope._table(node)
        if isinstance(node, exp.Select):
            return scope._select(node)
        return None

    def _with(self, node: exp.Expression) -> _Scope:
        clause = node.args.get("with_")
        if not clause:
            return self
        inner = _Scope(self.tables, dict(self.withs))
        for cte in clause.expressions:
            inner.withs[cte.alias.lower()] = None if clause.args.get("recursive") else \
                _renamed(inner.query(cte.this), cte.args.get("alias"))
        return inner

    def _table(self, node: exp.Table) -> Columns | None:
        name = node.name.lower()
        if not node.args.get("db") and name in self.withs:
            found = self.withs[name]
        else:
            found = self.tables(node)
        return _renamed(found, node.args.get("alias"))

    def _values(self, node: exp.Values) -> Columns | None:
        rows = [row.expressions if isinstance(row, exp.Tuple) else [row]
                for row in node.expressions]
        result: Columns | None = None
        for row in rows:
            columns = [(f"_col{i}", self._type(cell, {})) for i, cell in enumerate(row)]
            result = columns if result is None else _merged(result, columns)
        return result

    def _select(self, node: exp.Select) -> Columns | None:
        sources = self._sources(node)
        for nested in comparisons.check(node, lambda side: self._type(side, sources)):
            self.query(nested)
        result: Columns = []
        for item in node.expressions:
            star = item.this if isinstance(item, exp.Column) else item
            if isinstance(star, exp.Star):
                wanted = [item.table.lower()] if isinstance(item, exp.Column) else list(sources)
                for name in wanted:
                    if sources.get(name) is None or star.args.get("except_"):
                        return None
                    result += sources[name]
            else:
                result.append((item.alias_or_name.lower(), self._type(item, sources)))
        return result

    def _sources(self, node: exp.Select) -> dict[str, Columns | None]:
        first = node.args.get("from_")
        joins = node.args.get("joins") or []
        sources: dict[str, Columns | None] = {}
        for source in ([first.this] if first else []) + [j.this for j in joins]:
            name = source.alias_or_name.lower() or f"#{len(sources)}"
            sources[name] = self.query(source)
        if any(j.args.get("using") or j.method == "NATURAL" for j in joins):
            sources["#using"] = None  # a star would merge columns: their number is not known
        return sources

    def _type(self, node: exp.Expression, sources: dict[str, Columns | None]) -> Type | None:
        if isinstance(node, (exp.Alias, *_PASS_THROUGH)):
            return self._type(node.this, sources)
        if isinstance(node, exp.Column):
            return _column(node, sources)
        if isinstance(node, (exp.Coalesce, exp.Case, exp.If)):
            branches = _branches(node)
            found = [self._type(branch, sources) for branch in branches]
            return found[0] if found and all(f == found[0] for f in found) else None
        if isinstance(node, exp.Subquery):
            inner = self.query(node.this)
            return inner[0][1] if inner else None
        return _literal(node)


def _branches(node: exp.Expression) -> list[exp.Expression]:
    if isinstance(node, exp.Coalesce):
        return [node.this, *node.expressions]
    if isinstance(node, exp.If):
        found = [node.args.get("true"), node.args.get("false")]
    else:
        found = [i.args.get("true") for i in node.args.get("ifs", [])] + [node.args.get("default")]
    return [f for f in found if f is not None and not isinstance(f, exp.Null)]


def _column(node: exp.Column, sources: dict[str, Columns | None]) -> Type | None:
    name, table = node.name.lower(), node.table.lower()
    wanted = [sources.get(table)] if table else list(sources.values())
    found = [kind for columns in wanted for column, kind in columns or [] if column == name]
    return found[0] if len(found) == 1 else None


def _literal(node: exp.Expression) -> Type | None:
    if isinstance(node, exp.Literal) and node.is_string:
        return Type("varchar", len(node.this)) if node.this else None
    if isinstance(node, exp.Null):
        return Type("unknown")
    if isinstance(node, exp.Interval):
        unit = node.args.get("unit")
        word = (unit.this.name if isinstance(unit, exp.IntervalSpan) else str(unit)).upper()
        months = word.rstrip("S") in ("YEAR", "MONTH", "QUARTER")
        return Type("interval year to month" if months else "interval day to second")
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return cast_type(node)
    if isinstance(node, exp.AtTimeZone) or (
            isinstance(node, exp.Anonymous) and node.name.lower() == "at_timezone"):
        return Type("timestamp with time zone", 3)
    if isinstance(node, exp.Neg):
        return _literal(node.this)
    return None


def cast_type(node: exp.Cast) -> Type | None:
    """The type that a cast names; None when it is not one of Athena's."""
    if isinstance(node.to.this, exp.Interval):
        return types.parse("interval " + node.to.this.args["unit"].sql().lower())
    try:
        kind = types.parse(node.to.sql("trino"))
    except types.TypeSyntaxError:
        return None
    if kind.name == "time" and isinstance(node.this, exp.Literal) and kind.precision < 3:
        return Type("time", 3)  # a literal, which sqlglot writes as a cast to the digits it has
    return kind


def _renamed(columns: Columns | None, alias: exp.Expression | None) -> Columns | None:
    names = alias.args.get("columns") if isinstance(alias, exp.TableAlias) else None
    if columns is None or not names or len(names) != len(columns):
        return columns
    return [(name.name.lower(), kind) for name, (_, kind) in zip(names, columns)]


def _merged(left: Columns | None, right: Columns | None) -> Columns | None:
    """UNION and the rows of VALUES: a common type per column."""
    if left is None or right is None or len(left) != len(right):
        return left
    return [(name, _common(a, b)) for (name, a), (_, b) in zip(left, right)]


def _common(a: Type | None, b: Type | None) -> Type | None:
    if a == b or b == Type("unknown"):
        return a
    if a == Type("unknown"):
        return b
    if a and b and a.name == b.name and not a.fields:
        if a.name == "varchar":
            return Type("varchar", max(a.precision, b.precision) if a.precision and b.precision
                        else 0)
        if a.name in ("char", "time", "timestamp", "timestamp with time zone",
                      "time with time zone"):
            return Type(a.name, max(a.precision, b.precision))
    return None
