"""Tokens of both dialects, with their places, comments left out.

Used to tell statements apart and by the Hive DDL parser; queries are parsed by sqlglot.
"""

from __future__ import annotations

import dataclasses
import re

from .errors import GrammarError, line_column

_TOKEN = re.compile(r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<string>'(?:[^'\\]|''|\\.)*')
  | (?P<dquote>"(?:[^"\\]|""|\\.)*")
  | (?P<bquote>`(?:[^`]|``)*`)
  | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)
  | (?P<word>[^\W\d][\w$]*(?::[^\W\d]\w*)?|[^\W\d][\w$@]*)
  | (?P<symbol><>|!=|<=|>=|\|\||->|=>|.)
""", re.VERBOSE | re.DOTALL)
# Trino strings know no backslash: '\' is a whole string there.
_TRINO_STRING = re.compile(r"'(?:[^']|'')*'")
_HIVE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    kind: str  # string, dquote, bquote, number, word, symbol, end
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


def tokens(sql: str, hive: bool = False) -> list[Token]:
    """All tokens, then one of kind ``end``."""
    found: list[Token] = []
    at = 0
    while at < len(sql):
        match = None
        if not hive and sql[at] == "'":
            match = _TRINO_STRING.match(sql, at)
            kind = "string"
        if match is None:
            match = _TOKEN.match(sql, at)
            kind = match.lastgroup
        if kind == "symbol" and match[0] in "'\"`":
            raise GrammarError("line %d:%d: mismatched input '%s'. Expecting: <expression>"
                               % (*line_column(sql, at), match[0]))
        if kind == "word" and ":" in match[0]:
            match = re.compile(r"[^\W\d][\w$@]*").match(sql, at)
        if kind != "space":
            found.append(Token(kind, match[0], at, match.end()))
        at = match.end()
    found.append(Token("end", "<EOF>", len(sql), len(sql)))
    return found


def unquote(token: Token, hive: bool = True) -> str:
    """The name or text that a token stands for."""
    body = token.text[1:-1]
    if token.kind == "bquote":
        return body.replace("``", "`")
    if token.kind == "string" or (token.kind == "dquote" and hive):
        mark = token.text[0]
        body = body.replace(mark * 2, mark)
        return _hive_unescape(body) if hive else body
    if token.kind == "dquote":
        return body.replace('""', '"')
    return token.text


def _hive_unescape(body: str) -> str:
    def one(match: re.Match) -> str:
        escape = match[1]
        if escape[0] == "u":
            return chr(int(escape[1:], 16))
        if escape.isdigit() and len(escape) == 3:
            return chr(int(escape, 8))
        return _HIVE_ESCAPES.get(escape, escape)

    return re.sub(r"\\(u[0-9A-Fa-f]{4}|[0-3][0-7]{2}|.)", one, body, flags=re.DOTALL)


def blank(sql: str, start: int, end: int) -> str:
    """sql[start:end] behind as much white space as was cut off, so that positions stay true."""
    return re.sub(r"[^\n]", " ", sql[:start]) + sql[start:end]
