"""{fn CONVERT()}: every pair of types that SQL_CONVERT_... claims gives its value, and the pairs that
are not claimed are refused by Athena.
"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import odbc
import pytest

SCALARS = Path(__file__).resolve().parents[2] / "driver" / "sql" / "scalar.def"
GUID = "12151fd2-7586-11e9-8f9e-2a86e4085a59"
DAY, TIME = "2024-02-29", "10:11:12.345"

# Information type SQL_CONVERT_...: a value of that type, and its kind in the tables below. A text is
# written for its target: {0} is what converts to it.
TEXT = "'{0}'"
SOURCES = {
    53: ("CAST(1 AS bigint)", "whole"), 54: ("X'{1}'", "bytes"), 55: ("true", "bit"),
    56: ("CAST('{0}' AS char(10))", "padded"), 57: (f"{{{{d '{DAY}'}}}}", "date"),
    58: ("DECIMAL '1.00'", "decimal"), 59: ("1e0", "double"), 60: ("1e0", "double"),
    61: ("1", "whole"), 62: (TEXT, "text"), 63: ("DECIMAL '1.00'", "decimal"),
    64: ("REAL '1'", "double"), 65: ("CAST(1 AS smallint)", "whole"),
    66: (f"{{{{t '{TIME}'}}}}", "time"), 67: (f"{{{{ts '{DAY} {TIME}'}}}}", "timestamp"),
    68: ("CAST(1 AS tinyint)", "whole"), 69: ("X'{1}'", "bytes"), 70: (TEXT, "text"),
    71: ("X'{1}'", "bytes"), 122: ("CAST('{0}' AS char(10))", "padded"), 123: ("{{interval '1' DAY}}", "days"),
    124: ("{{interval '1' MONTH}}", "months"), 125: (TEXT, "text"), 126: (TEXT, "text"),
    173: (f"{{{{guid '{GUID}'}}}}", "guid"),
}
# SQL_CVT_ bits: the ODBC name, the SQL type that is described, and the kind
TARGETS = {
    0x1: ("SQL_CHAR", 12, "text"), 0x2: ("SQL_NUMERIC", 3, "number"),
    0x4: ("SQL_DECIMAL", 3, "number"), 0x8: ("SQL_INTEGER", 4, "number"),
    0x10: ("SQL_SMALLINT", 5, "number"), 0x20: ("SQL_FLOAT", 8, "number"),
    0x40: ("SQL_REAL", 7, "number"), 0x80: ("SQL_DOUBLE", 8, "number"),
    0x100: ("SQL_VARCHAR", 12, "text"), 0x200: ("SQL_LONGVARCHAR", 12, "text"),
    0x400: ("SQL_BINARY", -3, "bytes"), 0x800: ("SQL_VARBINARY", -3, "bytes"),
    0x1000: ("SQL_BIT", -7, "number"), 0x2000: ("SQL_TINYINT", -6, "number"),
    0x4000: ("SQL_BIGINT", -5, "number"), 0x8000: ("SQL_DATE", 91, "date"),
    0x10000: ("SQL_TIME", 92, "time"), 0x20000: ("SQL_TIMESTAMP", 93, "timestamp"),
    0x40000: ("SQL_LONGVARBINARY", -3, "bytes"), 0x80000: ("SQL_INTERVAL_MONTH", 12, "months"),
    0x100000: ("SQL_INTERVAL_DAY", 12, "days"), 0x200000: ("SQL_WCHAR", 12, "text"),
    0x400000: ("SQL_WLONGVARCHAR", 12, "text"), 0x800000: ("SQL_WVARCHAR", 12, "text"),
    0x1000000: ("SQL_GUID", 12, "guid"),
}
ALL = sum(TARGETS)
# What a text must be to convert to a kind
WRITTEN = {"text": "abc", "number": "1", "bytes": "12", "date": DAY, "time": TIME,
           "timestamp": f"{DAY} {TIME}", "guid": GUID}
# What comes of a kind as text
AS_TEXT = {"whole": "1", "bit": "true", "decimal": "1.00", "date": DAY,
           "time": TIME, "timestamp": f"{DAY} {TIME}", "days": "1 00:00:00.000", "months": "0-1",
           "guid": GUID, "text": "abc", "padded": "abc".ljust(10)}
BYTES = {"text": "3132", "guid": GUID.replace("-", ""),
         "bytes": "3132"}


def claims(connection: odbc.Connection, source: int) -> int:
    return int.from_bytes(connection.info(source)[:4], "little")


def expected(source: str, target: str) -> str | float:
    if target == "text" and source == "double":
        return 1.0  # "1.0E0" or "1.0", by the engine's version
    if target == "text":
        return AS_TEXT[source]
    if target == "number":
        return 1.0
    if target == "bytes":
        return BYTES[source]
    if target == "timestamp":
        day = datetime.datetime.now(datetime.timezone.utc).date() if source == "time" else DAY
        return f"{day} {'00:00:00.000' if source == 'date' else TIME}"
    return {"date": DAY, "time": TIME, "days": "1 00:00:00.000", "months": "0-1",
            "guid": GUID}[target]


def call(source: int, bit: int) -> str:
    value, _ = SOURCES[source]
    name, _, kind = TARGETS[bit]
    packed = GUID.replace("-", "") if kind == "guid" else "3132"
    return f"{{fn CONVERT({value.format(WRITTEN.get(kind, 'abc'), packed)}, {name})}}"


@pytest.mark.parametrize("source", [*range(53, 72), 122, 123, 124, 125, 126, 173])
def test_claimed(connection, statement, source: int) -> None:
    """Every conversion that SQL_CONVERT_... claims, and the type that comes of it."""
    claimed = [bit for bit in TARGETS if claims(connection, source) & bit]
    assert claims(connection, source) & ~ALL == 0
    assert len(claimed) >= 4, "every type converts at least to itself or to text"
    statement.check(statement.execute("SELECT " + ", ".join(call(source, b) for b in claimed)))
    described = [statement.describe(n + 1)[1] for n in range(len(claimed))]
    assert described == [TARGETS[bit][1] for bit in claimed]
    statement.check(statement.fetch())
    for column, bit in enumerate(claimed, 1):
        found, wanted = statement.text(column), expected(SOURCES[source][1], TARGETS[bit][2])
        if isinstance(wanted, float):
            assert float(found) == wanted, TARGETS[bit][0]
        else:
            assert found.lower() == wanted.lower(), TARGETS[bit][0]
    statement.check(statement.close())


# One of each of the engine's types: CONVERT makes the same of SQL_VARCHAR and SQL_WVARCHAR. The
# local Athena has one type for both kinds of intervals, and one for char and varchar.
ENGINE_SOURCES = [53, 55, 57, 58, 59, 66, 67, 69, 70, 173]
ENGINE_TARGETS = [0x100, 0x4, 0x80, 0x4000, 0x1000, 0x800, 0x8000, 0x10000, 0x20000, 0x80000,
                  0x100000, 0x1000000]


@pytest.mark.parametrize("source", ENGINE_SOURCES)
def test_not_claimed(connection, statement, source: int) -> None:
    works = []
    for bit in ENGINE_TARGETS:
        if claims(connection, source) & bit:
            continue
        if statement.execute("SELECT " + call(source, bit)) != odbc.ERROR:
            works.append(TARGETS[bit][0])
            statement.check(statement.close())
    assert not works, "Athena converts what is not claimed"


NAMES = re.findall(r'^TYPE\("(SQL_\w+)",\s*"([^"(]+)', SCALARS.read_text(), re.MULTILINE)
VALUES = {  # what converts to a type of the engine
    "varbinary": "'ab'", "boolean": "'true'", "date": f"'{DAY}'", "time": f"'{TIME}'",
    "timestamp": f"'{DAY} {TIME}'", "uuid": f"'{GUID}'", "varchar": "17",
    "interval year to month": "{interval '14' MONTH}",
    "interval day to second": "{interval '90' MINUTE}",
}


@pytest.mark.parametrize("lower", [False, True], ids=["upper", "lower"])
def test_every_name_of_a_type(statement, lower: bool) -> None:
    """Each data type that ODBC names (appendix D), in any case, is one that CAST takes."""
    assert len(NAMES) >= 39
    calls = [f"{{fn CONVERT({VALUES.get(kind, '17')}, {name.lower() if lower else name})}}"
             for name, kind in NAMES]
    rows = statement.query("SELECT " + ", ".join(calls))
    assert len(rows[0]) == len(NAMES)
    assert all(rows[0])


def test_convert_with_a_length(statement) -> None:
    statement.check(statement.execute("SELECT {fn CONVERT('1.256', SQL_DECIMAL(10, 2))}, "
                                      "{fn CAST(7 AS varchar)}, {fn CONVERT(1.5, SQL_DECIMAL)}"))
    assert statement.describe(1)[1:4] == (3, 10, 2)
    statement.check(statement.fetch())
    assert [statement.text(c) for c in (1, 2)] == ["1.26", "7"]
    assert float(statement.text(3)) == 1.5
    statement.check(statement.close())


