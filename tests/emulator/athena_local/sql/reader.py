"""Reads a statement's tokens one after another; the base of both DDL parsers."""

from __future__ import annotations

from . import types
from .errors import GrammarError
from .lexer import Token, unquote
from .statement import Statement, mismatched

Name = tuple[str | None, str]  # database (None: the query's), table; lower case


class Reader:
    hive = True

    def __init__(self, statement: Statement):
        self.sql = statement.sql
        self.tokens = statement.tokens
        self.at = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def wrong(self, expected: str) -> GrammarError:
        return mismatched(self.sql, self.token, expected)

    def accept(self, *words: str) -> bool:
        """Takes the words if they are the next ones."""
        following = self.tokens[self.at:self.at + len(words)]
        if [t.upper for t in following] != list(words):
            return False
        self.at += len(words)
        return True

    def expect(self, *words: str) -> None:
        for word in words:
            if not self.accept(word):
                raise self.wrong(f"'{word}'")

    def end(self) -> None:
        if self.token.kind != "end":
            raise self.wrong("<EOF>")

    def identifier(self) -> str:
        token = self.token
        if token.kind not in (("word", "bquote") if self.hive else ("word", "dquote")):
            raise self.wrong("<identifier>")
        self.at += 1
        return unquote(token, self.hive).lower()

    def name(self) -> Name:
        """[catalog.][database.]table"""
        parts = self.identifier().split(".")  # SHOW CREATE TABLE writes `database.table`
        while self.accept("."):
            parts.append(self.identifier())
        if len(parts) > 3:
            raise self.wrong("<EOF>")
        return (parts[-2] if len(parts) > 1 else None), parts[-1]

    def string(self) -> str:
        token = self.token
        if token.kind != "string" and not (self.hive and token.kind == "dquote"):
            raise self.wrong("<string>")
        self.at += 1
        return unquote(token, self.hive)

    def text_until_close(self) -> tuple[int, int]:
        """Where the text up to the closing parenthesis starts and ends; takes that too."""
        depth, start = 0, self.token.start
        while self.token.kind != "end":
            if self.token.text == ")" and depth == 0:
                self.at += 1
                return start, self.tokens[self.at - 1].start
            depth += (self.token.text == "(") - (self.token.text == ")")
            self.at += 1
        raise self.wrong("')'")

    def type(self) -> str:
        """A type, up to what cannot belong to one; in Hive's notation."""
        depth, start = 0, self.at
        while self.token.kind != "end":
            text = self.token.text
            if depth == 0 and (text in (",", ")") or self.token.upper in ("COMMENT", "NOT")):
                break
            depth += (text in "<(") - (text in ">)")
            self.at += 1
        source = self.sql[self.tokens[start].start:self.tokens[self.at].start]
        try:
            return types.parse(" ".join(source.split())).hive()
        except types.TypeSyntaxError:
            self.at = start
            raise self.wrong("<type>") from None
