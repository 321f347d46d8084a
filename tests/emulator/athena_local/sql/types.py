"""Athena's types: one value per type, with its name in each of the places that names types.

A type is called differently by Hive DDL (int, string, struct<a:int>), by Trino SQL (integer,
varchar, row(a integer)), by GetQueryResults (one word: integer, varchar, row) and by DuckDB, which
runs the query. Some Trino types have no DuckDB counterpart; their values travel as the DuckDB type
that ``duckdb()`` names, and sql/hints.py remembers what they are.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import Any

UNBOUNDED = 2147483647  # what Athena reports as the precision of varchar without a length


@dataclasses.dataclass(frozen=True)
class Type:
    """name is Trino's base word; precision is also the length of char and varchar (0: none), and of
    times the digits of a second. GetQueryResults says 3 of those whatever they are; values have as
    many digits as the type."""

    name: str
    precision: int = 0
    scale: int = 0
    fields: tuple[tuple[str, Type], ...] = ()  # array: element; map: key, value; row: its fields

    def hive(self) -> str:
        return _HIVE.get(self.name, _hive_nested)(self) if self.name in _HIVE or self.fields \
            else self.trino()

    def trino(self) -> str:
        if self.name == "array":
            return f"array({self.fields[0][1].trino()})"
        if self.name == "map":
            return f"map({self.fields[0][1].trino()}, {self.fields[1][1].trino()})"
        if self.name == "row":
            return "row(%s)" % ", ".join(
                f"{name} {kind.trino()}".lstrip() for name, kind in self.fields)
        if self.name == "decimal":
            return f"decimal({self.precision},{self.scale})"
        if self.name in ("char", "varchar") and self.precision:
            return f"{self.name}({self.precision})"
        if self.name in ("time", "timestamp"):
            return f"{self.name}({self.precision})"
        if self.name in ("time with time zone", "timestamp with time zone"):
            return f"{self.name.split()[0]}({self.precision}) with time zone"
        return self.name

    def duckdb(self) -> str:
        if self.name == "array":
            return self.fields[0][1].duckdb() + "[]"
        if self.name == "map":
            return f"MAP({self.fields[0][1].duckdb()}, {self.fields[1][1].duckdb()})"
        if self.name == "row":
            return "STRUCT(%s)" % ", ".join(
                f"{quote(name or f'field{i}')} {kind.duckdb()}"
                for i, (name, kind) in enumerate(self.fields))
        if self.name == "decimal":
            return f"DECIMAL({self.precision},{self.scale})"
        if self.name == "timestamp" and self.precision > 6:
            return "TIMESTAMP_NS"
        return _DUCKDB.get(self.name, "VARCHAR")

    def info(self) -> tuple[str, int, int]:
        """Type, Precision and Scale as GetQueryResults reports them."""
        if self.name == "decimal":
            return "decimal", self.precision, self.scale
        if self.name == "varchar":
            return "varchar", self.precision or UNBOUNDED, 0
        if self.name == "char":
            return "char", self.precision, 0
        word, precision = _INFO.get(self.name, (self.name, 0))
        return word, precision, 0


def quote(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


_INFO = {
    "tinyint": ("tinyint", 3), "smallint": ("smallint", 5), "integer": ("integer", 10),
    "bigint": ("bigint", 19), "real": ("float", 17), "double": ("double", 17),
    "varbinary": ("varbinary", 1073741824), "time": ("time", 3),
    "time with time zone": ("time with time zone", 3), "timestamp": ("timestamp", 3),
    "timestamp with time zone": ("timestamp with time zone", 3),
}
_DUCKDB = {
    "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "integer": "INTEGER",
    "bigint": "BIGINT", "real": "FLOAT", "double": "DOUBLE", "varbinary": "BLOB", "date": "DATE",
    "time": "TIME", "time with time zone": "TIMETZ", "timestamp": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPTZ",
    "interval year to month": "INTERVAL", "interval day to second": "INTERVAL", "json": "JSON",
    "uuid": "UUID",
}
_HIVE = {
    "integer": lambda t: "int", "real": lambda t: "float", "varbinary": lambda t: "binary",
    "varchar": lambda t: f"varchar({t.precision})" if t.precision else "string",
    "timestamp": lambda t: "timestamp",
    "array": lambda t: f"array<{t.fields[0][1].hive()}>",
    "map": lambda t: f"map<{t.fields[0][1].hive()},{t.fields[1][1].hive()}>",
}
# What a Hive table (CTAS, UNLOAD) cannot store.
NOT_IN_HIVE = {"time", "time with time zone", "timestamp with time zone", "json", "uuid",
               "ipaddress", "interval year to month", "interval day to second"}


def _hive_nested(kind: Type) -> str:
    return "struct<%s>" % ",".join(
        f"{name or f'field{i}'}:{t.hive()}" for i, (name, t) in enumerate(kind.fields))


def not_in_hive(kind: Type) -> Type | None:
    """The first part of a type that Hive cannot store, or None."""
    if kind.name in NOT_IN_HIVE:
        return kind
    return next(filter(None, (not_in_hive(t) for _, t in kind.fields)), None)


# Names in Hive DDL and in Trino SQL

_ALIASES = {"int": "integer", "string": "varchar", "float": "real", "binary": "varbinary",
            "numeric": "decimal", "dec": "decimal", "double precision": "double",
            "struct": "row", "bool": "boolean"}
_SIMPLE = set(_INFO) | {"boolean", "date", "json", "uuid", "ipaddress", "unknown", "varchar",
                        "interval year to month", "interval day to second", "hyperloglog"}
_TYPE_TOKEN = re.compile(r'\s*(?:("(?:[^"]|"")*"|`[^`]*`)|([A-Za-z_][\w$]*)|(\d+)|(.))', re.S)


class TypeSyntaxError(ValueError):
    pass


class _TypeParser:
    def __init__(self, text: str):
        self.tokens = [m.group(1) or m.group(2) or m.group(3) or m.group(4)
                       for m in _TYPE_TOKEN.finditer(text.strip())]
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at].lower() if self.at < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        got = self.peek()
        if not got or (wanted and got != wanted):
            raise TypeSyntaxError(f"expected {wanted or 'a type'} and not '{got}'")
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, *words: str) -> bool:
        if [t.lower() for t in self.tokens[self.at:self.at + len(words)]] != list(words):
            return False
        self.at += len(words)
        return True

    def type(self) -> Type:
        word = self.take().lower()
        word = _ALIASES.get(word, word)
        if word == "double":
            self.accept("precision")
        if word == "interval":
            word = "interval year to month" if self.accept("year", "to", "month") \
                else "interval day to second"
            self.accept("day", "to", "second")
        if word in ("array", "map", "row"):
            return self.nested(word)
        numbers = self.numbers()
        if word in ("time", "timestamp") and self.accept("with", "time", "zone"):
            word += " with time zone"
        elif word in ("time", "timestamp"):
            self.accept("without", "time", "zone")
        return self.finish(word, numbers)

    def finish(self, word: str, numbers: list[int]) -> Type:
        if word == "decimal":
            return Type("decimal", *(numbers + [10, 0][len(numbers):])[:2]) if numbers \
                else Type("decimal", 10, 0)
        if word == "char":
            return Type("char", numbers[0] if numbers else 1)
        if word.startswith("time"):
            return Type(word, numbers[0] if numbers else 3)
        if word == "varchar" and numbers:
            return Type("varchar", 0 if numbers[0] == UNBOUNDED else numbers[0])
        if word not in _SIMPLE:
            raise TypeSyntaxError(f"unknown type '{word}'")
        return Type(word)

    def numbers(self) -> list[int]:
        found: list[int] = []
        if self.accept("("):
            while not self.accept(")"):
                found.append(int(self.take()))
                self.accept(",")
        return found

    def nested(self, word: str) -> Type:
        close = {"(": ")", "<": ">"}.get(self.take())
        fields: list[tuple[str, Type]] = []
        while close and not self.accept(close):
            fields.append((self.field_name() if word == "row" else "", self.type()))
            self.accept(",")
        wanted = {"array": 1, "map": 2}.get(word, len(fields) or 1)
        if not close or len(fields) != wanted:
            raise TypeSyntaxError(f"malformed {word} type")
        return Type(word, fields=tuple(fields))

    def field_name(self) -> str:
        following = self.tokens[self.at + 1:self.at + 2]
        if following and following[0] in (",", ")", "(", "<", ">"):
            return ""  # row(integer, varchar): no names
        name = self.take()
        self.accept(":")
        return name.strip('"`').replace('""', '"').lower()


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Type:
    """A type in Hive's or Trino's notation; TypeSyntaxError when it is neither."""
    parser = _TypeParser(text)
    kind = parser.type()
    if parser.at != len(parser.tokens):
        raise TypeSyntaxError(f"unexpected '{parser.peek()}' after the type")
    return kind


def named(text: str) -> Type:
    """As parse(), but a word that is unknown here is a type of that name."""
    try:
        return parse(text)
    except TypeSyntaxError:
        return Type(text)


# What DuckDB says a column is

_FROM_DUCKDB = {
    "boolean": "boolean", "tinyint": "tinyint", "smallint": "smallint", "integer": "integer",
    "bigint": "bigint", "hugeint": "bigint", "uhugeint": "bigint", "bignum": "bigint",
    "ubigint": "bigint", "uinteger": "bigint", "usmallint": "integer", "utinyint": "smallint",
    "float": "real", "double": "double", "varchar": "varchar", "blob": "varbinary",
    "bit": "varchar", "enum": "varchar", "date": "date", "uuid": "uuid", "null": "unknown",
    "interval": "interval day to second",
}
_TIMES = {"time with time zone": Type("time with time zone", 3),
          "time": Type("time", 3), "time_ns": Type("time", 3), "timestamp": Type("timestamp", 3),
          "timestamp_s": Type("timestamp", 3), "timestamp_ms": Type("timestamp", 3),
          "timestamp_ns": Type("timestamp", 9),
          "timestamp with time zone": Type("timestamp with time zone", 3)}


def from_duckdb(kind: Any) -> Type:
    """The Athena type of a DuckDBPyType."""
    word = kind.id
    if word in _TIMES:
        return _TIMES[word]
    if str(kind) == "JSON":
        return Type("json")
    if word == "decimal":
        return Type("decimal", *(number for _, number in kind.children))
    if word in ("list", "array"):
        return Type("array", fields=(("", from_duckdb(kind.children[0][1])),))
    if word == "map":
        return Type("map", fields=tuple(("", from_duckdb(t)) for _, t in kind.children))
    if word in ("struct", "tuple"):
        return Type("row", fields=tuple((name, from_duckdb(t)) for name, t in kind.children))
    return Type(_FROM_DUCKDB.get(word, "varchar"))
