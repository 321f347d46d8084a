"""Rewrites a Trino query, as sqlglot parsed it, so that DuckDB runs it with Trino's meaning.

sqlglot's own generator does most functions; what it gets differently is listed in _REWRITES, node
class by node class. Tables are replaced by scans of their files (the caller's ``scan`` gives the
SQL).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from . import hints, parse
from .errors import QueryFailure
from .types import Type

Scan = Callable[[exp.Table], str]
UNNAMED = "_unnamed_column_"  # replaced by _col<n> once the number of the column is known


def _call(name: str, *args: exp.Expression | str) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=[
        exp.Literal.string(a) if isinstance(a, str) else a for a in args])


def to_duckdb(tree: exp.Expression, scan: Scan, maps: bool = False) -> str:
    """SQL for DuckDB. Consumes the tree. ``maps``: UNNEST(x) AS t(a, b) has maps in it, which only
    DuckDB's binder can tell; the caller tries again with it."""
    if any(join.method == "NATURAL" for join in tree.find_all(exp.Join)):
        raise QueryFailure("NOT_SUPPORTED: line 1:1: Natural join not supported")
    tree = _name_columns(_plain_query(tree))
    _keep_zones(tree)
    _replace_tables(tree, scan)
    for node in list(tree.walk(bfs=False))[::-1]:
        rewrite = _REWRITES.get(type(node))
        if rewrite:
            new = rewrite(node)
            if new is not node:
                node.replace(new)
    for node in list(tree.find_all(exp.Unnest)):
        if isinstance(node.parent, (exp.From, exp.Join)):
            node.replace(_unnest(node, maps))
    return tree.sql(dialect=_Dialect)


# The outermost query

def _plain_query(tree: exp.Expression) -> exp.Expression:
    """VALUES, TABLE t and (query) as a SELECT, whose columns can be named."""
    if isinstance(tree, exp.Values):
        width = len(tree.expressions[0].expressions) \
            if isinstance(tree.expressions[0], exp.Tuple) else 1
        tree.set("alias", exp.TableAlias(this=exp.to_identifier("t"), columns=[
            exp.to_identifier(f"{UNNAMED}{i}") for i in range(width)]))
        behind = {part: tree.args.get(part) for part in ("order", "offset", "limit")}
        for part in behind:
            tree.set(part, None)
        query = exp.select("*").from_(tree)
        for part, clause in behind.items():
            query.set(part, clause)
        return query
    if isinstance(tree, exp.Table):
        return exp.select("*").from_(tree)
    return tree


def _leaves(tree: exp.Expression) -> list[exp.Select]:
    """The SELECTs that make the rows of a query: itself, or the branches of a UNION."""
    if isinstance(tree, exp.SetOperation):
        return _leaves(tree.this) + _leaves(tree.expression)
    if isinstance(tree, exp.Subquery):
        return _leaves(tree.this)
    return [tree] if isinstance(tree, exp.Select) else []


def _name_columns(tree: exp.Expression) -> exp.Expression:
    """Trino calls an expression without alias _col<n>; a column without quotes is lower case."""
    for inner in tree.find_all(exp.Subquery):  # SELECT * of it shows them
        if isinstance(inner.parent, (exp.From, exp.Join)):
            _name_unnamed(inner)
    for select in _leaves(tree):
        for at, item in enumerate(select.expressions):
            if isinstance(item, exp.Alias):
                identifier = item.args["alias"]
                if not identifier.args.get("quoted"):
                    identifier.set("this", identifier.name.lower())
            elif isinstance(item, (exp.Column, exp.Dot)) and not item.is_star:
                name = item.name if _is_quoted(item) else item.name.lower()
                if name != item.name or isinstance(item, exp.Dot):
                    item.replace(exp.alias_(item.copy(), name, quoted=True))
            elif not isinstance(item, exp.Star) and not item.is_star:
                item.replace(exp.alias_(item.copy(), f"{UNNAMED}{at}"))
    return tree


def _name_unnamed(inner: exp.Subquery) -> None:
    for select in _leaves(inner):
        for at, item in enumerate(select.expressions):
            if not isinstance(item, (exp.Alias, exp.Column, exp.Dot, exp.Star)) \
                    and not item.is_star:
                item.replace(exp.alias_(item.copy(), f"{UNNAMED}{at}"))


def _is_quoted(item: exp.Expression) -> bool:
    last = item.this if isinstance(item, exp.Column) else item.expression
    return bool(last.args.get("quoted"))


def _keep_zones(tree: exp.Expression) -> None:
    """DuckDB keeps the instant of a time with zone and not the zone. In what is only shown, that
    is in the outermost SELECT list, such a literal stays the text that Athena would print."""
    for select in _leaves(tree):
        for item in select.expressions:
            if isinstance(item, exp.Alias):
                item.this.replace(_zoned(item.this))
        source = select.args.get("from_")
        if source and isinstance(source.this, exp.Values) and select.is_star:
            for row in source.this.expressions:
                for cell in row.expressions if isinstance(row, exp.Tuple) else []:
                    cell.replace(_zoned(cell))


def _zoned(node: exp.Expression) -> exp.Expression:
    value, zone = _shifted(node)
    if zone is not None and zone.is_string:
        zone = zone.this
        local = _call("timezone", zone, exp.cast(value.copy(), "timestamptz"))
        return exp.DPipe(this=_call("strftime", local, "%Y-%m-%d %H:%M:%S.%g"),
                         expression=exp.Literal.string(" " + zone))
    if not isinstance(node, exp.Cast):
        return node
    kind = hints.cast_type(node)
    if not kind or "with time zone" not in kind.name:
        return node
    if isinstance(node.this, exp.Null):
        return exp.cast(exp.null(), "varchar")
    if not isinstance(node.this, exp.Literal):
        return node
    return exp.Literal.string(_zoned_text(node.this.this.strip(), kind))


def _shifted(node: exp.Expression) -> tuple:
    """Value and zone of x AT TIME ZONE z and of at_timezone(x, z)."""
    if isinstance(node, exp.AtTimeZone):
        return node.this, node.args["zone"]
    if isinstance(node, exp.Anonymous) and node.name.lower() == "at_timezone":
        return tuple(node.expressions[:2])
    return None, None


def _zoned_text(text: str, kind: Type) -> str:
    match = re.fullmatch(r"(.*?\d{1,2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*(\S*)", text)
    if not match:
        return text
    stem = match[1] if match[1].count(":") == 2 else match[1] + ":00"
    digits = (match[2] or "").ljust(3, "0")[:max(kind.precision, 3)]
    zone = match[3] or "UTC"
    zone = "UTC" if zone in ("Z", "+00:00", "UTC") else zone
    space = " " if kind.name.startswith("timestamp") else ""
    return f"{stem}.{digits}{space}{'+00:00' if not space and zone == 'UTC' else zone}"


# Tables

def _replace_tables(tree: exp.Expression, scan: Scan) -> None:
    for table in list(tree.find_all(exp.Table)):
        if isinstance(table.this, exp.Values):  # as sqlglot reads (VALUES ...) AS t(a) JOIN ...
            table.replace(exp.Subquery(this=table.this, alias=table.args.get("alias"),
                                       joins=table.args.get("joins")))
            continue
        if not isinstance(table.this, exp.Identifier):
            # DuckDB has functions here that read the machine's own files; Trino has none of them.
            this = table.this
            name = this.name if isinstance(this, exp.Anonymous) else this.sql_name()
            raise QueryFailure(f"FUNCTION_NOT_FOUND: line 1:1: Table function '{name.lower()}' not "
                               "registered")
        if not is_with_name(table):
            alias = table.args.get("alias") or exp.TableAlias(
                this=exp.to_identifier(table.name, quoted=True))
            table.replace(exp.Subquery(this=exp.Var(this=scan(table)), alias=alias,
                                       joins=table.args.get("joins"),
                                       sample=table.args.get("sample")))


def is_with_name(table: exp.Table) -> bool:
    """Whether the name is that of a WITH query that is visible where the table stands."""
    if table.args.get("db"):
        return False
    name, child, node = table.name.lower(), table, table.parent
    while node is not None:
        clause = node.args.get("with_")
        if isinstance(node, exp.With):
            earlier = node.expressions if node.args.get("recursive") else \
                node.expressions[:node.expressions.index(child)]
            if any(cte.alias.lower() == name for cte in earlier):
                return True
        elif clause is not None and clause is not child and any(
                cte.alias.lower() == name for cte in clause.expressions):
            return True
        child, node = node, node.parent
    return False


def _unnest(node: exp.Unnest, maps: bool) -> exp.Expression:
    """UNNEST(a, b) WITH ORDINALITY as a lateral SELECT unnest(a), unnest(b), which pads with NULL
    and keeps the order of the elements."""
    values = [v.sql(dialect=_Dialect) for v in node.expressions]
    alias = node.args.get("alias")
    ordinality = node.args.get("offset")
    names = list(alias.args.get("columns") or []) if alias else []
    width = len(names)
    parts = []
    for value in values:
        if maps and width > len(values):
            parts += [f"unnest(map_keys({value}))", f"unnest(map_values({value}))"]
        elif width > len(values):  # an array of rows gives a column per field
            parts += [f"struct_extract_at(unnest({value}), {i + 1})"
                      for i in range(width // len(values))]
        else:
            parts.append(f"unnest({value})")
    if ordinality:
        sizes = ", ".join(f"len({'map_keys' if maps else ''}({v}))" for v in values)
        parts.append(f"unnest(range(1, greatest({sizes}) + 1))")
        names.append(ordinality if isinstance(ordinality, exp.Identifier)
                     else exp.to_identifier("ordinality"))
    names = names if len(names) == len(parts) else []
    columns = names or [exp.to_identifier(f"_col{i}") for i in range(len(parts))]
    name = alias.this if alias and alias.this else exp.to_identifier("_unnest")
    body = exp.Subquery(this=exp.Var(this="SELECT " + ", ".join(parts)))
    return exp.Lateral(this=body, alias=exp.TableAlias(this=name, columns=columns)) \
        if isinstance(node.parent, exp.Join) else exp.Subquery(
            this=body.this, alias=exp.TableAlias(this=name, columns=columns))


# Expressions

def _cast(node: exp.Cast) -> exp.Expression:
    kind = hints.cast_type(node)
    if kind is None:
        return node
    rewrite = _CASTS.get(kind.name)
    safe = isinstance(node, exp.TryCast)
    if rewrite and not (safe and kind.name in ("json", "varbinary", "time", "uuid", "timestamp")):
        return rewrite(node, kind)
    target = exp.Var(this=kind.duckdb())
    return exp.Var(this=f"{'TRY_CAST' if safe else 'CAST'}({node.this.sql(dialect=_Dialect)} "
                        f"AS {target.this})")


def _cast_varchar(node: exp.Cast, kind: Type) -> exp.Expression:
    if kind.precision:
        return _call("local_varchar_n", node.this, exp.Literal.number(kind.precision))
    if isinstance(node.this, exp.Null):
        return exp.cast(exp.null(), "varchar")
    if _is_interval(node.this):
        return _call("local_interval_text", node.this)
    return node.this if _is_text(node.this) else _call("local_varchar", node.this)


def _cast_time(node: exp.Cast, kind: Type) -> exp.Expression:
    if _is_date(node.this):
        raise QueryFailure("TYPE_MISMATCH: line 1:8: Cannot cast date to time")
    return _call("local_time", node.this)


def _is_text(node: exp.Expression) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


_CASTS = {
    "time": _cast_time,
    "varchar": _cast_varchar,
    "char": lambda n, k: _call("local_char_text" if _is_text(n.this) else "local_char", n.this,
                               exp.Literal.number(k.precision)),
    "json": lambda n, k: _call("to_json", n.this),
    "varbinary": lambda n, k: _call("local_varbinary", n.this),
    "uuid": lambda n, k: _call("local_uuid", n.this),
    "timestamp": lambda n, k: exp.Var(
        this=f"CAST({_call('local_moment', n.this).sql(dialect=_Dialect)} AS {k.duckdb()})"),
}
_UNITS = ["millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"]


def _unit(node: exp.Expression) -> str:
    unit = node.args.get("unit")
    return (unit.name if isinstance(unit, exp.Expression) else str(unit)).lower().rstrip("s")


def _date_add(node: exp.DateAdd) -> exp.Expression:
    unit = _unit(node)
    count, factor = node.expression, {"quarter": 3}.get(unit, 1)
    if isinstance(count, exp.Interval):
        count = count.this
    name = {"quarter": "to_months", "millisecond": "to_milliseconds"}.get(unit, f"to_{unit}s")
    if factor != 1:
        count = exp.Mul(this=exp.Paren(this=count), expression=exp.Literal.number(factor))
    if name != "to_milliseconds":
        count = exp.Var(this=f"CAST({count.sql(dialect=_Dialect)} AS "
                             f"{'BIGINT' if name in ('to_hours', 'to_minutes') else 'INTEGER'})")
    return _call("local_plus", node.this, _call(name, count))


def _plus(node: exp.Binary) -> exp.Expression:
    if _is_interval(node.expression):
        return _call("local_plus" if isinstance(node, exp.Add) else "local_minus",
                     node.this, node.expression)
    if isinstance(node, exp.Sub) and (_is_date(node.this) or _is_date(node.expression)):
        return _call("local_apart", node.this, node.expression)
    return node


def _is_interval(node: exp.Expression) -> bool:
    """Children come first, so what was an interval literal is a call of to_days() by now."""
    if isinstance(node, (exp.Paren, exp.Neg)):
        return _is_interval(node.this)
    if isinstance(node, exp.Mul):
        return _is_interval(node.this) or _is_interval(node.expression)
    return isinstance(node, exp.Interval) or (
        isinstance(node, exp.Anonymous) and node.name.startswith("to_")
        and node.name[3:].rstrip("s") in _UNITS)


def _is_date(node: exp.Expression) -> bool:
    return isinstance(node, exp.CurrentDate) or (
        isinstance(node, exp.Var) and node.this.endswith(" AS DATE)"))


def _interval(node: exp.Interval) -> exp.Expression:
    """INTERVAL '1-2' YEAR TO MONTH, '2 03:04:05.678' DAY TO SECOND and the plain forms."""
    if node.this is None:  # the name of a type
        return node
    unit = node.args.get("unit")
    value = node.this.this if isinstance(node.this, exp.Literal) else node.this.sql()
    if isinstance(unit, exp.IntervalSpan):
        span = f"{unit.this.name} {unit.expression.name}".upper()
        sign = -1 if value.strip().startswith("-") else 1
        numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", value)]
        if span == "YEAR MONTH":
            return _call("to_months", exp.Literal.number(
                int(sign * (numbers[0] * 12 + (numbers[1:] or [0])[0]))))
        sizes = {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
        first = list(sizes).index(span.split()[0])
        seconds = sum(n * s for n, s in zip(numbers, list(sizes.values())[first:]))
        return _call("to_milliseconds", exp.Literal.number(int(round(sign * seconds * 1000))))
    word = str(unit).lower().rstrip("s")
    if word == "second" and "." in value:
        return _call("to_milliseconds", exp.Literal.number(int(round(float(value) * 1000))))
    return _call({"year": "to_years", "week": "to_weeks"}.get(word, f"to_{word}s"),
                 exp.Var(this=f"CAST({value} AS INTEGER)"))


def _date_diff(node: exp.DateDiff) -> exp.Expression:
    """date_diff counts whole units, as DuckDB's date_sub does."""
    return _call("date_sub", _unit(node), node.expression, node.this)


def _avg(node: exp.Avg) -> exp.Expression:
    plain = not isinstance(node.parent, (exp.Window, exp.Filter)) and \
        not isinstance(node.this, exp.Distinct)
    return _call("local_avg", node.this) if plain else node


def _column(node: exp.Column) -> exp.Expression:
    """schema.table.column: the scan has the table's name only."""
    if node.args.get("db") and _names_table(node):
        node.set("db", None)
        node.set("catalog", None)
    return node


def _names_table(node: exp.Column) -> bool:
    select = node.find_ancestor(exp.Select)
    if not select or not select.args.get("from_"):
        return False
    sources = [select.args["from_"].this] + [j.this for j in select.args.get("joins") or []]
    return any(s.alias_or_name.lower() == node.table.lower() for s in sources)


def _json_path(node: exp.Expression) -> exp.Expression:
    path = node.expression
    if isinstance(path, exp.JSONPath):
        return exp.Literal.string(path.sql(dialect=_Dialect).strip("'"))
    return path


def _regexp_replace(node: exp.RegexpReplace) -> exp.Expression:
    replacement = node.args.get("replacement")
    if isinstance(replacement, exp.Literal):
        replacement = exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", replacement.this))
    return _call("regexp_replace", node.this, node.expression,
                 replacement or exp.Literal.string(""), "g")


_JODA = [("yyyy", "%Y"), ("YYYY", "%Y"), ("yy", "%y"), ("MMMM", "%B"), ("MMM", "%b"), ("MM", "%m"),
         ("dd", "%d"), ("HH", "%H"), ("hh", "%I"), ("mm", "%M"), ("ss", "%S"), ("SSS", "%g"),
         ("EEEE", "%A"), ("EEE", "%a"), ("DDD", "%j"), ("a", "%p"), ("M", "%-m"), ("d", "%-d"),
         ("H", "%-H"), ("h", "%-I"), ("ZZ", "%z"), ("Z", "%z"), ("y", "%Y")]
_JODA_TOKEN = re.compile(r"'((?:[^']|'')*)'|" + "|".join(p for p, _ in _JODA) + r"|%|.", re.DOTALL)


def _joda(pattern: str) -> str:
    formats = dict(_JODA)

    def one(match: re.Match) -> str:
        if match[1] is not None:
            return (match[1].replace("''", "'") or "'").replace("%", "%%")
        return formats.get(match[0], match[0].replace("%", "%%"))

    return _JODA_TOKEN.sub(one, pattern)


def _joda_pattern(pattern: exp.Expression) -> exp.Expression:
    return exp.Literal.string(_joda(pattern.this)) if _is_text(pattern) else pattern


def _pad(node: exp.Pad) -> exp.Expression:
    """lpad and rpad take a bigint."""
    size = exp.Var(this=f"CAST({node.expression.sql(dialect=_Dialect)} AS INTEGER)")
    return _call("lpad" if node.args.get("is_left") else "rpad", node.this, size,
                 node.args.get("fill_pattern") or exp.Literal.string(" "))


def _row(node: exp.Struct) -> exp.Expression:
    named = any(isinstance(e, (exp.PropertyEQ, exp.Alias)) for e in node.expressions)
    return node if named else _call("row", *node.expressions)


def _joda_call(name: str) -> Callable[[exp.Anonymous], exp.Expression]:
    def rewrite(node: exp.Anonymous) -> exp.Expression:
        value, pattern = node.expressions[:2]
        return _call(name, value, _joda_pattern(pattern))
    return rewrite


def _match(quantifier: str) -> Callable[[exp.Anonymous], exp.Expression]:
    def rewrite(node: exp.Anonymous) -> exp.Expression:
        found = _call(quantifier, exp.Transform(this=node.expressions[0],
                                                expression=node.expressions[1]))
        return exp.Not(this=found) if node.name.lower() == "none_match" else found
    return rewrite


def _slice(node: exp.Expression) -> exp.Expression:
    """slice(array, start, length): DuckDB wants the end."""
    array, start, length = node.this, node.args["start"], node.args["end"]
    end = exp.Sub(this=exp.Add(this=start.copy(), expression=length),
                  expression=exp.Literal.number(1))
    return _call("list_slice", array, start, end)


def _from_unixtime(node: exp.Expression) -> exp.Expression:
    return _call("local_from_unixtime", node.this)


def _sequence(node: exp.Expression) -> exp.Expression:
    args = [node.args["start"], node.args["end"]] + [s for s in [node.args.get("step")] if s]
    found = _call("generate_series", *args)
    start = args[0]
    return exp.Var(this=f"CAST({found.sql(dialect=_Dialect)} AS DATE[])") \
        if _is_date(start) else found


_FUNCTIONS: dict[str, Callable[[exp.Anonymous], exp.Expression]] = {
    "format_datetime": _joda_call("strftime"),
    "parse_datetime": _joda_call("strptime"),
    "any_match": _match("list_bool_or"),
    "all_match": _match("list_bool_and"),
    "none_match": _match("list_bool_or"),
    "every": lambda n: _call("bool_and", *n.expressions),
    "map_union": lambda n: _call("map_concat_agg", *n.expressions),
    "zip": lambda n: _call("list_zip", *n.expressions),
    "sha1": lambda n: _call("local_sha1", *n.expressions),
    "json_format": lambda n: _call("local_varchar", *n.expressions),
    "map_filter": lambda n: _map_of_entries("list_filter", n),
    "transform_values": lambda n: _map_of_entries("values", n),
    "transform_keys": lambda n: _map_of_entries("keys", n),
    "zip_with": lambda n: _zip_with(n),
}


def _two_names(node: exp.Anonymous, at: int, names: tuple[str, str]) -> tuple[str, str]:
    """The body of a lambda (a, b) -> ... with its parameters replaced."""
    function = node.expressions[at]
    given = dict(zip((e.name.lower() for e in function.expressions), names))
    body = function.this.copy()
    for used in list(body.find_all(exp.Column, exp.Identifier)):
        name = used.name.lower()
        if name in given and not isinstance(used.parent, exp.Column):
            if used is body:
                body = exp.Var(this=given[name])
            else:
                used.replace(exp.Var(this=given[name]))
    return body.sql(dialect=_Dialect), given and names[0]


def _map_of_entries(what: str, node: exp.Anonymous) -> exp.Expression:
    body, _ = _two_names(node, 1, ("e.key", "e.value"))
    source = f"map_entries({node.expressions[0].sql(dialect=_Dialect)})"
    item = {"values": f"{{'key': e.key, 'value': {body}}}",
            "keys": f"{{'key': {body}, 'value': e.value}}"}.get(what)
    if item is None:
        return exp.Var(this=f"map_from_entries(list_filter({source}, LAMBDA e : {body}))")
    return exp.Var(this=f"map_from_entries(list_transform({source}, LAMBDA e : {item}))")


def _zip_with(node: exp.Anonymous) -> exp.Expression:
    body, _ = _two_names(node, 2, ("struct_extract_at(e, 1)", "struct_extract_at(e, 2)"))
    left, right = (e.sql(dialect=_Dialect) for e in node.expressions[:2])
    return exp.Var(this=f"list_transform(list_zip({left}, {right}), LAMBDA e : {body})")


def _anonymous(node: exp.Anonymous) -> exp.Expression:
    name = node.name.lower()
    if name.upper() in parse.FOREIGN and node.meta.get("line"):  # of the text, not of a rewrite
        column = node.meta["col"] - len(name) + 1
        raise QueryFailure(f"FUNCTION_NOT_FOUND: line {node.meta['line']}:{column}: Function "
                           f"'{name}' not registered")
    rewrite = _FUNCTIONS.get(name)
    return rewrite(node) if rewrite else node


_REWRITES: dict[type, Callable] = {
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Div: lambda n: _call("local_div", n.this, n.expression),
    exp.Avg: _avg,
    exp.Add: _plus,
    exp.Sub: _plus,
    exp.DateAdd: _date_add,
    exp.DateDiff: _date_diff,
    exp.TimestampTrunc: lambda n: _call("local_trunc", _unit(n), n.this),
    exp.DateTrunc: lambda n: _call("local_trunc", _unit(n), n.this),
    exp.Interval: _interval,
    exp.Column: _column,
    exp.Typeof: lambda n: _call("local_typeof", n.this),
    exp.JSONExtract: lambda n: _call("json_extract", n.this, _json_path(n)),
    exp.JSONExtractScalar: lambda n: _call("json_extract_string", n.this, _json_path(n)),
    exp.JSONFormat: lambda n: _call("local_varchar", n.this),
    exp.ParseJSON: lambda n: _call("json", n.this),
    exp.Struct: _row,
    exp.Format: lambda n: _call("printf", n.this, *n.expressions),
    exp.ParseDatetime: lambda n: _call("strptime", n.this, _joda_pattern(n.args["format"])),
    exp.RegexpReplace: _regexp_replace,
    exp.UnixToTime: _from_unixtime,
    exp.ArraySlice: _slice,
    exp.GenerateSeries: _sequence,
    exp.ArraySize: lambda n: _call("len", n.this),
    exp.SplitPart: lambda n: _call("local_split_part", n.this, n.args["delimiter"],
                                   n.args["part_index"]),
    exp.CurrentTimestamp: lambda n: _call("now"),
    exp.Localtimestamp: lambda n: exp.Localtimestamp(),
    exp.CurrentCatalog: lambda n: exp.Literal.string("awsdatacatalog"),
    exp.Length: lambda n: _call("local_length", n.this),
    exp.Soundex: lambda n: _call("local_soundex", n.this),
    exp.Pad: _pad,
    exp.Extract: lambda n: _call("isodow", n.expression)
    if n.name.upper() in ("DOW", "DAYOFWEEK", "DAY_OF_WEEK") else n,
    exp.Anonymous: _anonymous,
}


class _Dialect(DuckDB):
    """DuckDB as sqlglot writes it, with Trino's functions already replaced."""

    class Generator(DuckDB.Generator):
        unsupported_level = None

        def unsupported(self, message: str) -> None:
            """Silence: what DuckDB cannot do, DuckDB says."""
