"""From text to sqlglot's tree of a Trino query, with Athena's message when it is no query."""

from __future__ import annotations

import functools
import re

import sqlglot
from sqlglot import exp
from sqlglot.dialects.trino import Trino
from sqlglot.errors import ParseError, TokenError
from sqlglot.tokens import TokenType

from . import lexer, statement
from .errors import GrammarError, line_column


# Functions of other dialects, which sqlglot takes for one of Trino's: here they stay what they are.
FOREIGN = {"CHAR_LENGTH", "CHARACTER_LENGTH", "OCTET_LENGTH", "BIT_LENGTH"}


class _Dialect(Trino):
    """Trino, whose question marks know where they stand."""

    class Parser(Trino.Parser):
        FUNCTIONS = {name: build for name, build in Trino.Parser.FUNCTIONS.items()
                     if name not in FOREIGN}
        PLACEHOLDER_PARSERS = {
            **Trino.Parser.PLACEHOLDER_PARSERS,
            TokenType.PLACEHOLDER: lambda self: self.expression(
                exp.Placeholder()).update_positions(self._prev),
        }


QUERIES = (exp.Select, exp.SetOperation, exp.Values, exp.Subquery, exp.Table)


def _spelled(sql: str) -> str:
    """Literals that sqlglot does not read, written so that it does; nothing moves."""
    if not re.search(r"(?i)\bx\s*'|decimal\s*'|interval\s*[-+]|time(stamp)?\s*'", sql):
        return sql
    sql = _signed_intervals(sql)
    found = lexer.tokens(sql)
    for word, literal in reversed(list(zip(found, found[1:]))):
        if literal.kind != "string":
            continue
        if word.upper == "X" and word.end == literal.start:
            packed = "'" + re.sub(r"\s", "", literal.text[1:-1]) + "'"
            sql = sql[:literal.start] + packed.ljust(len(literal.text)) + sql[literal.end:]
        elif word.upper == "DECIMAL":
            digits = literal.text[1:-1].strip().lstrip("+-")
            scale = len(digits.partition(".")[2])
            precision = max(len(digits.replace(".", "").lstrip("0")), scale, 1)
            sql = sql[:word.start] + f"CAST({literal.text} AS DECIMAL({precision},{scale}))" \
                + sql[literal.end:]
        elif word.upper in ("TIME", "TIMESTAMP"):
            match = re.fullmatch(r"'[^.]*\.(\d{4,12})\s*'", literal.text)
            if match:  # as many digits as the literal has
                sql = sql[:word.start] + \
                    f"CAST({literal.text} AS {word.upper}({len(match[1])}))" + sql[literal.end:]
    return sql


def _signed_intervals(sql: str) -> str:
    """INTERVAL -'3' DAY, as the grammar has it, as INTERVAL '-3' DAY."""
    found = lexer.tokens(sql)
    for word, sign, literal in zip(found, found[1:], found[2:]):
        if word.upper == "INTERVAL" and sign.text in ("-", "+") and literal.kind == "string":
            blanks = " " * (literal.start - sign.start - 1)
            signed = "'-" if sign.text == "-" else " '"
            sql = sql[:sign.start] + blanks + signed + sql[literal.start + 1:]
    return sql


def _mismatch(sql: str, error: ParseError) -> GrammarError:
    """sqlglot names the last token it took; Trino names the one it did not expect."""
    detail = error.errors[0] if error.errors else {}
    found = lexer.tokens(sql)
    end = found[-1]
    highlight = detail.get("highlight") or ""
    context = detail.get("start_context") or ""
    start = None
    if highlight:
        start = sql.find(context + highlight)
        start = len(context) + start if start >= 0 else None
    token = next((t for t in found if start is not None and t.start >= start), end)
    if "Expect" in str(detail.get("description")) and token is not end:
        following = found[found.index(token) + 1]
        token = following if following is end or _complete(token) else token
    line, column = line_column(sql, token.start)
    return GrammarError(f"line {line}:{column}: mismatched input '{token.text}'. "
                        "Expecting: <expression>")


def _complete(token: lexer.Token) -> bool:
    return token.upper in {"FROM", "SELECT", "WHERE", "BY", "ON", "AND", "OR", "JOIN", "(", ","}


# Nothing may end with these.
_DANGLING = {"SELECT", "DISTINCT", "ALL", "FROM", "WHERE", "GROUP", "ORDER", "BY", "HAVING", "AND",
             "OR", "NOT", "AS", "JOIN", "ON", "UNION", "EXCEPT", "INTERSECT", "LIKE", "IN",
             "BETWEEN", "VALUES", "TABLE", "WITH", "LIMIT", "OFFSET", "WHEN", "THEN", "ELSE",
             "CASE", "OVER", ",", "(", "=", "<", ">", "<=", ">=", "<>", "!=", "+", "-", "/", "||"}
_ILLEGAL = set("$#@~^\\{};")


def _check_tokens(sql: str) -> None:
    """What sqlglot would take, and Trino's grammar does not, told by neighbouring tokens."""
    found = lexer.tokens(sql)
    words = ["", "", *(token.upper for token in found)]
    for at, token in enumerate(found):
        before, last = words[at:at + 2]
        if token.kind == "bquote":
            line, column = line_column(sql, token.start)
            raise GrammarError(f"line {line}:{column}: backquoted identifiers are not supported; "
                               "use double quotes to quote identifiers")
        if (token.kind == "end" and last in _DANGLING) or (
                token.kind == "end" and not last) or (
                token.text in _ILLEGAL and token.kind == "symbol") or (
                last == "," and words[at + 2] in ("FROM", ")")) or (
                token.text == ":" and last == ":") or (
                (before, last, token.text) == ("IN", "(", ")")) or (
                token.upper == "OFFSET" and before == "LIMIT"):
            raise statement.mismatched(sql, token, "<expression>")


@functools.lru_cache(maxsize=512)
def _parsed(sql: str) -> exp.Expression:
    _check_tokens(sql)
    try:
        trees = sqlglot.parse(_spelled(sql), dialect=_Dialect)
    except ParseError as error:
        raise _mismatch(sql, error) from error
    except TokenError as error:
        raise GrammarError("line 1:1: mismatched input. Expecting: <query>") from error
    except RecursionError as error:
        raise GrammarError("statement is too large (stack overflow during analysis)") from error
    if len(trees) != 1 or not isinstance(trees[0], QUERIES):
        raise GrammarError(f"line 1:1: mismatched input '{sql.split()[0]}'. Expecting: <query>")
    _check(sql, trees[0])
    return trees[0]


def _check(sql: str, tree: exp.Expression) -> None:
    """What sqlglot lets pass and Trino's grammar does not."""
    for mark in tree.find_all(exp.Placeholder, exp.Parameter):
        if mark.args.get("this"):
            name = mark.name
            line, column = line_column(sql, max(sql.find(name) - 1, 0))
            raise GrammarError(f"line {line}:{column}: mismatched input '{sql[sql.find(name) - 1]}'"
                               ". Expecting: <expression>")
    for select in tree.find_all(exp.Select):
        if not select.expressions:
            token = lexer.tokens(sql)
            after = next((b for a, b in zip(token, token[1:]) if a.upper == "SELECT"), token[-1])
            line, column = line_column(sql, after.start)
            raise GrammarError(f"line {line}:{column}: mismatched input '{after.text}'. "
                               "Expecting: '*', 'ALL', 'DISTINCT', <expression>")


def query(sql: str) -> exp.Expression:
    """A private copy of the query's tree. Parses each text once; raises GrammarError."""
    return _parsed(sql).copy()


def literal(sql: str) -> exp.Expression:
    """An execution parameter: an expression of its own. Raises ValueError."""
    try:
        return sqlglot.parse_one(_spelled(sql), dialect=_Dialect)
    except (ParseError, TokenError) as error:
        raise ValueError(sql) from error


def check(sql: str) -> None:
    _parsed(sql)
