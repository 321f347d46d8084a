"""How a statement goes wrong, and what DuckDB's errors are called in Athena.

Grammar errors end StartQueryExecution; everything else is a query that ends FAILED, with a
StateChangeReason of the form ``CODE: line L:C: text`` and an AthenaError.
"""

from __future__ import annotations

import re

USER, SYSTEM = 2, 1


class GrammarError(Exception):
    """The statement is not in the language; its text is what StartQueryExecution answers."""

    def __init__(self, message: str, code: str = "MALFORMED_QUERY"):
        super().__init__(message)
        self.code = code


class QueryFailure(Exception):
    """The query ends FAILED with this reason, category and ErrorType (ATHENA.md section 2.2)."""

    def __init__(self, reason: str, error_type: int | None = None, category: int = USER,
                 retryable: bool = False):
        super().__init__(reason)
        self.reason = reason
        self.category = category
        self.error_type = error_type_of(reason) if error_type is None else error_type
        self.retryable = retryable


_ERROR_TYPES = {
    "TABLE_NOT_FOUND": 1301, "SCHEMA_NOT_FOUND": 1301, "CATALOG_NOT_FOUND": 1301,
    "COLUMN_NOT_FOUND": 1006, "SYNTAX_ERROR": 1006, "TYPE_MISMATCH": 1006,
    "FUNCTION_NOT_FOUND": 1006, "DIVISION_BY_ZERO": 1001, "INVALID_CAST_ARGUMENT": 1001,
    "NUMERIC_VALUE_OUT_OF_RANGE": 1001, "INVALID_FUNCTION_ARGUMENT": 1100,
    "SUBQUERY_MULTIPLE_ROWS": 1001, "NOT_SUPPORTED": 1200, "HIVE_BAD_DATA": 1001,
    "HIVE_CURSOR_ERROR": 1001, "EXPRESSION_NOT_AGGREGATE": 1006,
    "HIVE_PATH_ALREADY_EXISTS": 1009, "EXCEEDED_MEMORY_LIMIT": 0, "GENERIC_INTERNAL_ERROR": 100,
    "PERMISSION_DENIED": 1500, "FAILED": 1003, "INVALID_TABLE_PROPERTY": 1100,
    "INVALID_PARAMETER_USAGE": 1006, "MISMATCHED_COLUMN_ALIASES": 1006, "ALREADY_EXISTS": 1009,
}


def error_type_of(reason: str) -> int:
    return _ERROR_TYPES.get(reason.split(":", 1)[0].strip(), 1009)


def table_not_found(line: int, column: int, catalog: str, database: str, name: str) -> QueryFailure:
    return QueryFailure(f"TABLE_NOT_FOUND: line {line}:{column}: Table "
                        f"'{catalog.lower()}.{database}.{name}' does not exist")


def schema_not_found(line: int, column: int, database: str) -> QueryFailure:
    return QueryFailure(f"SCHEMA_NOT_FOUND: line {line}:{column}: Schema '{database}' does not "
                        "exist")


def position_of(sql: str, word: str) -> tuple[int, int]:
    """Line and column of the first use of an identifier, 1:1 when it cannot be found."""
    found = re.search(r'(?<![\w"])"?' + re.escape(word) + r'"?(?![\w"])', sql, re.IGNORECASE)
    return line_column(sql, found.start() if found else 0)


def line_column(sql: str, offset: int) -> tuple[int, int]:
    line = sql.count("\n", 0, offset) + 1
    return line, offset - (sql.rfind("\n", 0, offset) + 1) + 1


_DUCKDB_TYPES = {"INT8": "tinyint", "INT16": "smallint", "INT32": "integer", "INT64": "bigint",
                 "BOOL": "boolean", "DOUBLE": "double", "FLOAT": "real", "STRING_LITERAL":
                 "varchar", "INTEGER_LITERAL": "integer", "VARCHAR": "varchar", "BLOB":
                 "varbinary", "DATE": "date", "TIMESTAMP": "timestamp(3)", "TIMESTAMP WITH TIME "
                 "ZONE": "timestamp(3) with time zone", "FLOAT_LITERAL": "real"}


def _type(name: str) -> str:
    return _DUCKDB_TYPES.get(name.strip(), name.strip().lower())


def _types(names: str) -> str:
    return ", ".join(map(_type, names.split(",")))


def _unresolved(sql: str, match: re.Match) -> str:
    line, column = position_of(sql, match[match.lastindex])
    name = ".".join(g for g in match.groups() if g)
    return f"SYNTAX_ERROR: line {line}:{column}: Column '{name}' cannot be resolved"


def _at(sql: str, word: str, text: str) -> str:
    line, column = position_of(sql, word)
    return f"line {line}:{column}: {text}"


def _operator(sql: str, match: re.Match) -> str:
    name, types = match[1].strip('"'), _types(match[2])
    if re.fullmatch(r"\W+", name):
        line, column = line_column(sql, max(sql.find(name), 0))
        return f"TYPE_MISMATCH: line {line}:{column}: Cannot apply operator: " + \
            f" {name} ".join(types.split(", ")[:2])
    return "FUNCTION_NOT_FOUND: " + _at(sql, name, f"Unexpected parameters ({types}) for function "
                                        f"{name.lower()}. Expected: see the documentation")


_WHOLE = {"tinyint", "smallint", "integer", "bigint"}


def _out_of_range(sql: str, match: re.Match) -> str:
    """Among whole numbers Trino calls it what it is; all else is a cast that cannot be."""
    if _type(match[1]) in _WHOLE and _type(match[3]) in _WHOLE:
        return f"NUMERIC_VALUE_OUT_OF_RANGE: Out of range for {_type(match[3])}: {match[2]}"
    return f"INVALID_CAST_ARGUMENT: Cannot cast '{match[2]}' to {_type(match[3])}"


def _cast(sql: str, match: re.Match) -> str:
    return f"INVALID_CAST_ARGUMENT: Cannot cast '{match[1]}' to {_type(match[2])}"


# DuckDB's message -> Athena's reason; the first that matches counts.
_MESSAGES = [
    (r'Referenced column "([^"]+)" (?:was )?not found', _unresolved),
    (r'Column "([^"]+)" referenced that exists in the SELECT clause', _unresolved),
    (r'Values list "([^"]+)" does not have a column named "([^"]+)"', _unresolved),
    (r'Table "([^"]+)" does not have a column named "([^"]+)"', _unresolved),
    (r'Referenced table "([^"]+)" not found', lambda s, m: "SYNTAX_ERROR: " + _at(
        s, m[1], f"Relation '{m[1]}' cannot be resolved")),
    (r'Ambiguous reference to column name "([^"]+)"', lambda s, m: "SYNTAX_ERROR: " + _at(
        s, m[1], f"Column '{m[1]}' is ambiguous")),
    (r'column "([^"]+)" must appear in the GROUP BY', lambda s, m: "EXPRESSION_NOT_AGGREGATE: " +
        _at(s, m[1], f"'{m[1]}' must be an aggregate expression or appear in GROUP BY clause")),
    (r'(?:Function|Macro) with name "?(\w+)"? (?:does not exist|is not in)', lambda s, m:
        "FUNCTION_NOT_FOUND: " + _at(s, m[1], f"Function '{m[1].lower()}' not registered")),
    (r'(?:function call |types \')"?([^\s"(]+)"?\(([^)]*)\)', _operator),
    (r"(TYPE_MISMATCH: line .*)", lambda s, m: m[1]),  # local_no_cast()
    (r"Division by zero", lambda s, m: "DIVISION_BY_ZERO: Division by zero"),
    (r"Could not convert string '(.*)' to (\w+)", lambda s, m:
        f"INVALID_CAST_ARGUMENT: Cannot cast '{m[1]}' to {_type(m[2].upper())}"),
    (r'(date|time|timestamp) field value out of range: "(.*?)"', lambda s, m:
        f"INVALID_CAST_ARGUMENT: Value cannot be cast to {m[1]}: {m[2]}"),
    (r'invalid (date|time|timestamp) field format: "(.*?)"', lambda s, m:
        f"INVALID_CAST_ARGUMENT: Value cannot be cast to {m[1]}: {m[2]}"),
    (r"Overflow in (\w+) of (\w+) \((.*)\)", lambda s, m:
        f"NUMERIC_VALUE_OUT_OF_RANGE: {_type(m[2])} {m[1]} overflow: {m[3]}"),
    (r"Type (\w+) with value (\S+) can't be cast because .* type (\w+(?:\([\d,]+\))?)",
     _out_of_range),
    (r"with value (\S+) can't be cast because .* type (\w+(?:\([\d,]+\))?)", _cast),
    (r'Could not parse string "(.*?)" according to format', lambda s, m:
        f'INVALID_FUNCTION_ARGUMENT: Invalid format: "{m[1]}"'),
    (r"Invalid escape string", lambda s, m:
        "INVALID_FUNCTION_ARGUMENT: Escape string must be a single character"),
    (r"Like pattern must not end with escape", lambda s, m:
        "INVALID_FUNCTION_ARGUMENT: Escape character must be followed by '%', '_' or the escape "
        "character itself"),
    (r'table "([^"]+)" has (\d+) columns available but (\d+) columns specified', lambda s, m:
        "MISMATCHED_COLUMN_ALIASES: " + _at(s, m[1], f"Column alias list has {m[3]} entries but "
                                            f"'{m[1]}' has {m[2]} columns available")),
    (r'Casting value "?(.*?)"? to type (\w+(?:\([\d,]+\))?)', _cast),
    (r"Out of Range Error: (.*)", lambda s, m: f"NUMERIC_VALUE_OUT_OF_RANGE: {m[1]}"),
    (r"More than one row returned by a subquery", lambda s, m:
        "SUBQUERY_MULTIPLE_ROWS: Scalar sub-query has returned multiple rows"),
    (r"same number of result columns", lambda s, m: "SYNTAX_ERROR: " + _at(
        s, "union", "UNION query has different number of fields")),
    (r"CSV Error on Line: (\d+)", lambda s, m:
        f"HIVE_BAD_DATA: Error parsing a field of line {m[1]}"),
    (r"(?:Malformed JSON|JSON transform error) in file", lambda s, m:
        "HIVE_CURSOR_ERROR: Row is not a valid JSON Object"),
    (r"(?i)magic bytes|not a parquet|too small to be a Parquet", lambda s, m:
        "HIVE_BAD_DATA: Not valid Parquet file: expected magic number: PAR1"),
    (r"Malformed JSON", lambda s, m: "INVALID_FUNCTION_ARGUMENT: Cannot convert value to JSON"),
    (r"Out of Memory Error", lambda s, m: "EXCEEDED_MEMORY_LIMIT: Query exhausted resources at "
        "this scale factor"),
    (r"Parser Error: (.*)", lambda s, m: f"SYNTAX_ERROR: line 1:1: {m[1]}"),
    (r"Binder Error: (.*)", lambda s, m: f"SYNTAX_ERROR: line 1:1: {m[1]}"),
    (r"Catalog Error: (.*)", lambda s, m: f"SYNTAX_ERROR: line 1:1: {m[1]}"),
    (r"(?:Conversion|Invalid Input) Error: (.*)", lambda s, m:
        f"INVALID_FUNCTION_ARGUMENT: {m[1]}"),
]


def from_duckdb(error: Exception, sql: str) -> QueryFailure:
    """What Athena would have said; sql is the text as submitted, where positions are looked up."""
    message = re.sub(r"[\"']?/\S+/objects/\S+", "the file", str(error))  # a place of ours
    for pattern, write in _MESSAGES:
        match = re.search(pattern, message)
        if match:
            return QueryFailure(write(sql, match))
    first = message.strip().split("\n", 1)[0]
    return QueryFailure(f"GENERIC_INTERNAL_ERROR: {first}", 100, SYSTEM)
