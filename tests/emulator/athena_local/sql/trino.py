"""Trino's statements around a query: CTAS, INSERT, UNLOAD, views, PREPARE, EXPLAIN.

The query inside is kept as text behind white space, so that its error positions stay true.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from . import lexer
from . import parse as trino_parse
from .reader import Name, Reader
from .statement import Statement

Property = str | list[str]


@dataclasses.dataclass
class WithQuery:
    """name is a table's, a view's or, with no database, a prepared statement's."""

    query: str = ""
    name: Name = (None, "")
    if_not_exists: bool = False
    replace: bool = False
    columns: list[str] = dataclasses.field(default_factory=list)
    properties: dict[str, Property] = dataclasses.field(default_factory=dict)
    location: str = ""
    has_data: bool = True
    is_analyze: bool = False
    comment: str = ""


class TrinoReader(Reader):
    hive = False

    def rest(self, end: int | None = None) -> str:
        """The text from here on."""
        start = self.token.start
        self.at = len(self.tokens) - 1
        return lexer.blank(self.sql, start, len(self.sql) if end is None else end)

    def properties(self) -> dict[str, Property]:
        """( name = value, ... )"""
        self.expect("(")
        found: dict[str, Property] = {}
        while True:
            key = self.identifier()
            self.expect("=")
            found[key] = self.value()
            if not self.accept(","):
                self.expect(")")
                return found

    def value(self) -> Property:
        if self.accept("ARRAY"):
            self.expect("[")
            items = []
            while not self.accept("]"):
                items.append(self.string())
                self.accept(",")
            return items
        if self.token.kind in ("number", "word"):
            self.at += 1
            return self.tokens[self.at - 1].text
        return self.string()

    def ctas(self) -> WithQuery:
        self.expect("CREATE", "TABLE")
        made = WithQuery(if_not_exists=self.accept("IF", "NOT", "EXISTS"))
        made.name = self.name()
        if self.accept("COMMENT"):
            made.comment = self.string()
        if self.accept("WITH"):
            made.properties = self.properties()
        self.expect("AS")
        end = None
        for words, has_data in (("WITH", "NO", "DATA"), False), (("WITH", "DATA"), True):
            last = self.tokens[-1 - len(words):-1]
            if [t.upper for t in last] == list(words):
                made.has_data, end = has_data, last[0].start
        made.query = self.rest(end)
        return made

    def insert(self) -> WithQuery:
        self.expect("INSERT", "INTO")
        made = WithQuery(name=self.name())
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)].upper
        if self.token.text == "(" and following not in ("SELECT", "WITH", "VALUES", "(", "TABLE"):
            self.expect("(")
            while True:
                made.columns.append(self.identifier())
                if not self.accept(","):
                    break
            self.expect(")")
        made.query = self.rest()
        return made

    def unload(self) -> WithQuery:
        self.expect("UNLOAD", "(")
        start, end = self.text_until_close()
        made = WithQuery(query=lexer.blank(self.sql, start, end))
        self.expect("TO")
        made.location = self.string()
        if self.accept("WITH"):
            made.properties = self.properties()
        self.end()
        return made

    def create_view(self) -> WithQuery:
        self.expect("CREATE")
        made = WithQuery(replace=self.accept("OR", "REPLACE"))
        self.expect("VIEW")
        made.name = self.name()
        if self.accept("COMMENT"):
            made.comment = self.string()
        self.expect("AS")
        made.query = self.rest()
        return made

    def drop_view(self) -> WithQuery:
        self.expect("DROP", "VIEW")
        made = WithQuery(if_not_exists=self.accept("IF", "EXISTS"))
        made.name = self.name()
        self.end()
        return made

    def prepare(self) -> WithQuery:
        self.expect("PREPARE")
        made = WithQuery(name=(None, self.identifier()))
        self.expect("FROM")
        made.query = self.rest().strip()
        return made

    def deallocate(self) -> WithQuery:
        self.expect("DEALLOCATE", "PREPARE")
        made = WithQuery(name=(None, self.identifier()))
        self.end()
        return made

    def explain(self) -> WithQuery:
        self.expect("EXPLAIN")
        made = WithQuery(is_analyze=self.accept("ANALYZE"))
        self.accept("VERBOSE")
        if self.token.text == "(" and self.tokens[self.at + 1].upper in ("TYPE", "FORMAT"):
            self.expect("(")
            self.text_until_close()
        made.query = self.rest()
        return made


_READERS: dict[str, Callable[[TrinoReader], WithQuery]] = {
    "ctas": TrinoReader.ctas, "insert": TrinoReader.insert, "unload": TrinoReader.unload,
    "create_view": TrinoReader.create_view, "drop_view": TrinoReader.drop_view,
    "prepare": TrinoReader.prepare, "deallocate": TrinoReader.deallocate,
    "explain": TrinoReader.explain,
}
_NO_QUERY = {"drop_view", "deallocate", "prepare", "explain"}


def parse(statement: Statement) -> Any:
    """The value of the statement, its query's grammar checked; raises GrammarError."""
    made = _READERS[statement.kind](TrinoReader(statement))
    if statement.kind not in _NO_QUERY:
        trino_parse.check(made.query)
    return made
