"""Which statement is this? Classified by its first words, before anything is parsed.

The kind decides the dialect, StatementType and SubstatementType, the result file's name, and who
runs it (sql/engine.py).
"""

from __future__ import annotations

import dataclasses

from . import lexer
from .errors import GrammarError, line_column
from .lexer import Token

EXPECTED = ("'ALTER', 'ANALYZE', 'CALL', 'COMMENT', 'COMMIT', 'CREATE', 'DEALLOCATE', 'DELETE', "
            "'DENY', 'DESC', 'DESCRIBE', 'DROP', 'EXECUTE', 'EXPLAIN', 'GRANT', 'INSERT', 'MERGE', "
            "'PREPARE', 'REFRESH', 'RESET', 'REVOKE', 'ROLLBACK', 'SET', 'SHOW', 'START', "
            "'TRUNCATE', 'UNLOAD', 'UPDATE', 'USE', 'WITH', <query>")

# kind -> (StatementType, SubstatementType, what follows the id in the result object's name)
KINDS = {
    "select": ("DML", "SELECT", ".csv"),
    "insert": ("DML", "INSERT", ""),
    "ctas": ("DDL", "CREATE_TABLE_AS_SELECT", ""),
    "unload": ("DML", "UNLOAD", ""),
    "update": ("DML", "UPDATE", ".csv"),
    "delete": ("DML", "DELETE", ".csv"),
    "merge": ("DML", "MERGE", ".csv"),
    "create_table": ("DDL", "CREATE_TABLE", ".txt"),
    "create_view": ("DDL", "CREATE_VIEW", ".txt"),
    "create_database": ("DDL", "CREATE_DATABASE", ".txt"),
    "drop_table": ("DDL", "DROP_TABLE", ".txt"),
    "drop_view": ("DDL", "DROP_VIEW", ".txt"),
    "drop_database": ("DDL", "DROP_DATABASE", ".txt"),
    "alter_table": ("DDL", "ALTER_TABLE", ".txt"),
    "alter_database": ("DDL", "ALTER_DATABASE", ".txt"),
    "msck": ("DDL", "MSCK_REPAIR_TABLE", ".txt"),
    "prepare": ("DDL", "PREPARE", ".txt"),
    "deallocate": ("DDL", "DEALLOCATE", ".txt"),
    "show_databases": ("UTILITY", "SHOW_DATABASES", ".txt"),
    "show_tables": ("UTILITY", "SHOW_TABLES", ".txt"),
    "show_views": ("UTILITY", "SHOW_VIEWS", ".txt"),
    "show_columns": ("UTILITY", "SHOW_COLUMNS", ".txt"),
    "show_partitions": ("UTILITY", "SHOW_PARTITIONS", ".txt"),
    "show_create_table": ("UTILITY", "SHOW_CREATE_TABLE", ".txt"),
    "show_create_view": ("UTILITY", "SHOW_CREATE_VIEW", ".txt"),
    "show_tblproperties": ("UTILITY", "SHOW_TBLPROPERTIES", ".txt"),
    "show_functions": ("UTILITY", "SHOW_FUNCTIONS", ".txt"),
    "describe": ("UTILITY", "DESCRIBE_TABLE", ".txt"),
    "describe_database": ("UTILITY", "DESCRIBE_DATABASE", ".txt"),
    "explain": ("UTILITY", "EXPLAIN", ".txt"),
}

# The longest that matches counts; * stands for one word.
_BEGINNINGS = {
    "SELECT": "select", "WITH": "select", "VALUES": "select", "TABLE": "select", "(": "select",
    "INSERT INTO": "insert", "UNLOAD": "unload", "UPDATE": "update", "DELETE FROM": "delete",
    "MERGE INTO": "merge", "EXPLAIN": "explain", "PREPARE": "prepare",
    "DEALLOCATE PREPARE": "deallocate", "EXECUTE": "execute",
    "CREATE TABLE": "create_table", "CREATE EXTERNAL TABLE": "create_table",
    "CREATE VIEW": "create_view", "CREATE OR REPLACE VIEW": "create_view",
    "CREATE DATABASE": "create_database", "CREATE SCHEMA": "create_database",
    "DROP TABLE": "drop_table", "DROP VIEW": "drop_view", "DROP DATABASE": "drop_database",
    "DROP SCHEMA": "drop_database", "ALTER TABLE": "alter_table",
    "ALTER DATABASE": "alter_database", "ALTER SCHEMA": "alter_database",
    "MSCK REPAIR TABLE": "msck", "SHOW DATABASES": "show_databases",
    "SHOW SCHEMAS": "show_databases", "SHOW TABLES": "show_tables", "SHOW VIEWS": "show_views",
    "SHOW COLUMNS": "show_columns", "SHOW PARTITIONS": "show_partitions",
    "SHOW CREATE TABLE": "show_create_table", "SHOW CREATE VIEW": "show_create_view",
    "SHOW TBLPROPERTIES": "show_tblproperties", "SHOW FUNCTIONS": "show_functions",
    "DESCRIBE": "describe", "DESC": "describe", "DESCRIBE DATABASE": "describe_database",
    "DESC DATABASE": "describe_database", "DESCRIBE SCHEMA": "describe_database",
    "DESC SCHEMA": "describe_database",
}
_HIVE_KINDS = {"create_table", "create_database", "drop_table", "drop_database", "alter_table",
               "alter_database", "msck", "show_databases", "show_tables", "show_views",
               "show_columns", "show_partitions", "show_create_table", "show_create_view",
               "show_tblproperties", "show_functions", "describe", "describe_database"}
# In Athena's grammar, but refused by it too: there are no transactions, users or sessions.
_UNSUPPORTED = {"COMMIT", "ROLLBACK", "START", "GRANT", "REVOKE", "DENY", "SET", "RESET", "CALL",
                "USE", "ANALYZE", "TRUNCATE", "COMMENT", "REFRESH", "LOCK", "UNLOCK", "EXPORT",
                "IMPORT", "LOAD", "OPTIMIZE", "VACUUM"}


@dataclasses.dataclass(frozen=True)
class Statement:
    kind: str  # a key of KINDS, or "execute"
    sql: str  # without a final semicolon
    tokens: tuple[Token, ...]  # in the statement's dialect, the last one of kind "end"

    @property
    def types(self) -> tuple[str, str, str]:
        return KINDS[self.kind]


def classify(sql: str) -> Statement:
    """Raises GrammarError for what is no statement, or more than one."""
    found = _tokens(sql)
    if found[0].kind == "end":
        raise mismatched(sql, found[0], EXPECTED)
    kind = _kind(sql, found)
    if kind in _HIVE_KINDS:
        found = lexer.tokens(sql, hive=True)
    if kind == "create_table" and _has_as(found):
        kind, found = "ctas", lexer.tokens(sql)
    found, sql = _single(sql, found)
    return Statement(kind, sql, tuple(found))


def _tokens(sql: str) -> list[Token]:
    try:
        return lexer.tokens(sql)
    except GrammarError:
        return lexer.tokens(sql, hive=True)  # a Hive string with \' in it, or really broken


def _kind(sql: str, found: list[Token]) -> str:
    words = [t.upper for t in found[:4]]
    for count in range(4, 0, -1):
        kind = _BEGINNINGS.get(" ".join(words[:count]))
        if kind:
            return kind
    if found[0].upper in _UNSUPPORTED:
        raise GrammarError("Queries of this type are not supported", "INVALID_INPUT")
    firsts = {b.split()[0] for b in _BEGINNINGS}
    if found[0].upper in firsts:
        followers = sorted({f"'{b.split()[1]}'" for b in _BEGINNINGS
                            if b.split()[0] == found[0].upper and " " in b})
        raise mismatched(sql, found[1], ", ".join(followers))
    raise mismatched(sql, found[0], EXPECTED)


def _has_as(found: list[Token]) -> bool:
    """CREATE TABLE t [WITH (...)] AS query: AS outside parentheses, and a query behind it."""
    depth = 0
    for token, following in zip(found, found[1:]):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.upper == "AS" and following.upper in ("SELECT", "WITH", "(",
                                                                      "VALUES", "TABLE"):
            return True
    return False


def _single(sql: str, found: list[Token]) -> tuple[list[Token], str]:
    for at, token in enumerate(found):
        if token.kind == "symbol" and token.text == ";":
            if any(t.text != ";" for t in found[at + 1:-1]):
                raise GrammarError(f"Only one sql statement is allowed. Got: {sql}",
                                   "INVALID_INPUT")
            return found[:at] + [Token("end", "<EOF>", token.start, token.start)], \
                sql[:token.start]
    return found, sql


def mismatched(sql: str, token: Token, expected: str) -> GrammarError:
    line, column = line_column(sql, token.start)
    return GrammarError(f"line {line}:{column}: mismatched input '{token.text}'. "
                        f"Expecting: {expected}")
