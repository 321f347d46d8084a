"""Escape clauses run on the local Athena through the driver manager and give what ODBC says.

The tables below are keyed by the bits that SQLGetInfo claims; a claim without a case, and a case
without its claim, fails. Values are those of ODBC's appendix E, not of the translation.
"""

from __future__ import annotations

import ctypes
import datetime
import math
import random

import odbc
import pyodbc
import pytest

STRING_FUNCTIONS, NUMERIC_FUNCTIONS, TIMEDATE_FUNCTIONS, SYSTEM_FUNCTIONS = 50, 49, 52, 51
CONVERT_FUNCTIONS, ADD_INTERVALS, DIFF_INTERVALS = 48, 109, 110
DATETIME_LITERALS, OJ_CAPABILITIES, LIKE_ESCAPE_CLAUSE = 119, 115, 113
ATTR_NOSCAN = 2

DAY = "{d '2024-02-29'}"  # a Thursday
MOMENT = "{ts '2024-02-29 10:11:12.345'}"

STRING = {
    0x1: [("CONCAT('a', 'b')", "ab"), ("CONCAT('a', CAST(NULL AS varchar))", None)],
    0x2: [("INSERT('abcdef', 2, 3, 'XY')", "aXYef"), ("INSERT('abc', 1, 0, 'X')", "Xabc"),
          ("INSERT('abc', 4, 0, 'X')", "abcX"), ("INSERT('abc', 2, 99, 'X')", "aX"),
          ("INSERT('abc', 2, 0, '')", "abc"), ("INSERT('äöü', 2, 1, 'ß')", "äßü"),
          ("INSERT(CAST(NULL AS varchar), 1, 1, 'X')", None)],
    0x4: [("LEFT('abcdef', 2)", "ab"), ("LEFT('ab', 5)", "ab"), ("LEFT('ab', 0)", ""),
          ("LEFT('ab', -1)", ""), ("LEFT('😀äb', 2)", "😀ä"), ("LEFT('', 2)", "")],
    0x8: [("LTRIM('  a ')", "a "), ("LTRIM(' \t a')", "\t a"), ("LTRIM('  ')", "")],
    0x10: [("LENGTH('ab  ')", "2"), ("LENGTH('äö')", "2"), ("LENGTH(' ab')", "3"),
           ("LENGTH('ab\t\n')", "4"), ("LENGTH(CAST('ab' AS char(5)))", "2"), ("LENGTH('')", "0"),
           ("LENGTH(CAST(NULL AS varchar))", None)],
    0x20: [("LOCATE('b', 'abcb', 3)", "4"), ("LOCATE('b', 'abcb', 2)", "2"),
           ("LOCATE('z', 'abc', 2)", "0"), ("LOCATE('a', 'abc', 9)", "0"),
           ("LOCATE('a', 'abc', 1)", "1"), ("LOCATE('', 'abc', 2)", "2"),
           ("LOCATE('ä', 'xäyä', 3)", "4"), ("LOCATE('b', CAST(NULL AS varchar), 2)", None)],
    0x40: [("LCASE('aBÄ')", "abä")],
    0x80: [("REPEAT('ab', 3)", "ababab"), ("REPEAT('ab', 0)", ""), ("REPEAT('', 3)", ""),
           ("REPEAT('ab', -2)", ""), ("REPEAT('ä ', 2)", "ä ä ")],
    0x100: [("REPLACE('abcb', 'b', 'xy')", "axycxy"), ("REPLACE('abc', 'b', '')", "ac"),
            ("REPLACE('abc', 'B', 'x')", "abc")],
    0x200: [("RIGHT('abcdef', 2)", "ef"), ("RIGHT('ab', 5)", "ab"), ("RIGHT('ab', 0)", ""),
            ("RIGHT('ab', -1)", ""), ("RIGHT('äb😀', 2)", "b😀")],
    0x400: [("RTRIM(' a  ')", " a"), ("RTRIM('a\n ')", "a\n"), ("RTRIM('')", "")],
    0x800: [("SUBSTRING('abcdef', 2, 3)", "bcd"), ("SUBSTRING('abc', 2)", "bc"),
            ("SUBSTRING('abcdef' FROM 2 FOR 3)", "bcd"), ("SUBSTRING('abc', 2, 9)", "bc"),
            ("SUBSTRING('abc', 9, 1)", ""), ("SUBSTRING('abc', 2, 0)", ""),
            ("SUBSTRING('äöü', 2, 1)", "ö")],
    0x1000: [("UCASE('aBä')", "ABÄ")],
    0x2000: [("ASCII('Ab')", "65"), ("ASCII('')", None)],
    0x4000: [("CHAR(65)", "A")],
    0x8000: [("DIFFERENCE('Robert', 'Rupert')", "4"), ("DIFFERENCE('Robert', 'Alice')", "0"),
             ("DIFFERENCE('Smith', 'Jones')", "2"), ("DIFFERENCE('', 'Jones')", "1"),
             ("DIFFERENCE('', '')", "4")],
    0x10000: [("LOCATE('b', 'abcb')", "2"), ("LOCATE('z', 'abc')", "0")],
    0x20000: [("SOUNDEX('Robert')", "R163"), ("SOUNDEX('Tymczak')", "T522"),
              ("SOUNDEX('Pfister')", "P236"), ("SOUNDEX('Lee')", "L000"),
              ("SOUNDEX('Honeyman')", "H555"), ("SOUNDEX('')", "")],
    0x40000: [("CONCAT({fn SPACE(3)}, 'x')", "   x"), ("SPACE(0)", "")],
    0x80000: [("BIT_LENGTH('aä')", "24")],
    0x100000: [("CHAR_LENGTH('aä ')", "3")],
    0x200000: [("CHARACTER_LENGTH('aä')", "2")],
    0x400000: [("OCTET_LENGTH('aä')", "3")],
    0x800000: [("POSITION('c' IN 'abc')", "3"), ("POSITION('c', 'abc')", "3")],
}
NUMERIC = {
    0x1: [("ABS(-5)", 5)],
    0x2: [("ACOS(0.5e0)", math.acos(0.5))],
    0x4: [("ASIN(0.5e0)", math.asin(0.5))],
    0x8: [("ATAN(0.5e0)", math.atan(0.5))],
    0x10: [("ATAN2(1e0, -2e0)", math.atan2(1, -2))],
    0x20: [("CEILING(1.2e0)", 2), ("CEILING(-1.2e0)", -1)],
    0x40: [("COS(1e0)", math.cos(1))],
    0x80: [("COT(1e0)", 1 / math.tan(1))],
    0x100: [("EXP(1e0)", math.e)],
    0x200: [("FLOOR(1.8e0)", 1), ("FLOOR(-1.2e0)", -2)],
    0x400: [("LOG(10e0)", math.log(10))],
    0x800: [("MOD(17, 5)", 2), ("MOD(-17, 5)", -2), ("MOD(17, -5)", 2), ("MOD(-17, -5)", -2),
            ("MOD(4, 2)", 0)],
    0x1000: [("SIGN(-3)", -1), ("SIGN(0)", 0), ("SIGN(3)", 1)],
    0x2000: [("SIN(1e0)", math.sin(1))],
    0x4000: [("SQRT(2e0)", math.sqrt(2))],
    0x8000: [("TAN(1e0)", math.tan(1))],
    0x10000: [("PI()", math.pi)],
    0x20000: [("FLOOR({fn RAND()})", 0), ("FLOOR({fn RAND(42)})", 0)],
    0x40000: [("DEGREES(1e0)", math.degrees(1))],
    0x80000: [("LOG10(1000e0)", 3)],
    0x100000: [("POWER(2, 10)", 1024), ("POWER(2e0, -1)", 0.5), ("POWER(9e0, 0.5e0)", 3)],
    0x200000: [("RADIANS(180e0)", math.pi)],
    0x400000: [("ROUND(2.567e0, 2)", 2.57), ("ROUND(2.567e0)", 3), ("ROUND(1234, -2)", 1200),
               ("ROUND(-2.567, 1)", -2.6), ("ROUND(2.5e0, 0)", 3), ("ROUND(-1250, -2)", -1300),
               ("ROUND(4.35, 1)", 4.4)],
    0x800000: [("TRUNCATE(4.35, 1)", 4.3), ("TRUNCATE(-4.35e0, 1)", -4.3),
               ("TRUNCATE(4.35e0, 2)", 4.35), ("TRUNCATE(1234, -2)", 1200),
               ("TRUNCATE(4.99e0)", 4), ("TRUNCATE(-1234, -2)", -1200),
               ("TRUNCATE(1299.99, -2)", 1200), ("TRUNCATE(4.35, 0)", 4),
               ("TRUNCATE(-4.99, 0)", -4)],
}
TIMEDATE = {
    0x4: [(f"DAYOFMONTH({DAY})", "29")],
    0x8: [(f"DAYOFWEEK({DAY})", "5"), ("DAYOFWEEK({d '2024-03-03'})", "1"),
          ("DAYOFWEEK({d '2024-03-02'})", "7")],
    0x10: [(f"DAYOFYEAR({DAY})", "60"), ("DAYOFYEAR({d '2024-12-31'})", "366")],
    0x20: [(f"MONTH({DAY})", "2")],
    0x40: [(f"QUARTER({DAY})", "1"), ("QUARTER({d '2024-12-31'})", "4")],
    0x80: [(f"WEEK({DAY})", "9"), ("WEEK({d '2024-01-01'})", "1"), ("WEEK({d '2023-01-01'})", "52"),
           ("WEEK({d '2020-12-31'})", "53")],
    0x100: [(f"YEAR({MOMENT})", "2024")],
    0x400: [(f"HOUR({MOMENT})", "10"), ("HOUR({t '10:11:12'})", "10")],
    0x800: [(f"MINUTE({MOMENT})", "11")],
    0x1000: [(f"SECOND({MOMENT})", "12")],
    0x2000: [(f"TIMESTAMPADD(SQL_TSI_DAY, 1, {DAY})", "2024-03-01 00:00:00.000"),
             ("TIMESTAMPADD(SQL_TSI_MONTH, 1, {d '2024-01-31'})", "2024-02-29 00:00:00.000"),
             (f"TIMESTAMPADD(SQL_TSI_YEAR, -1, {DAY})", "2023-02-28 00:00:00.000"),
             (f"TIMESTAMPADD(SQL_TSI_FRAC_SECOND, -345000000, {MOMENT})",
              "2024-02-29 10:11:12.000"),
             (f"TIMESTAMPADD(SQL_TSI_HOUR, CAST(NULL AS bigint), {DAY})", None)],
    0x4000: [(f"TIMESTAMPDIFF(SQL_TSI_DAY, {DAY}, {{d '2024-03-31'}})", "31"),
             (f"TIMESTAMPDIFF(SQL_TSI_FRAC_SECOND, {MOMENT}, {DAY})", "-36672345000000"),
             (f"TIMESTAMPDIFF(SQL_TSI_HOUR, {MOMENT}, {{ts '2024-02-29 11:11:12.344'}})", "0"),
             (f"TIMESTAMPDIFF(SQL_TSI_DAY, CAST(NULL AS timestamp), {DAY})", None)],
    0x8000: [(f"DAYNAME({DAY})", "Thursday")],
    0x10000: [(f"MONTHNAME({DAY})", "February")],
    0x100000: [(f"EXTRACT(YEAR FROM {DAY})", "2024"), (f"EXTRACT(MONTH FROM {DAY})", "2"),
               (f"EXTRACT(DAY FROM {DAY})", "29"), (f"EXTRACT(HOUR FROM {MOMENT})", "10"),
               (f"EXTRACT(MINUTE FROM {MOMENT})", "11"), (f"EXTRACT(SECOND FROM {MOMENT})", "12"),
               ("EXTRACT(SECOND FROM {t '10:11:12'})", "12")],
}
NOW_TYPES = {  # bit: calls, SQL type
    0x1: (["NOW()"], 93), 0x2: (["CURDATE()"], 91), 0x200: (["CURTIME()"], 92),
    0x20000: (["CURRENT_DATE()", "CURRENT_DATE"], 91),
    0x40000: (["CURRENT_TIME()", "CURRENT_TIME(3)"], 92),
    0x80000: (["CURRENT_TIMESTAMP()", "CURRENT_TIMESTAMP(3)"], 93),
}
ADD = {  # SQL_TSI_ unit: what 3 of it, from MOMENT on, make
    0x1: ("FRAC_SECOND", "3000000", "2024-02-29 10:11:12.348"),
    0x2: ("SECOND", "3", "2024-02-29 10:11:15.345"),
    0x4: ("MINUTE", "3", "2024-02-29 10:14:12.345"),
    0x8: ("HOUR", "3", "2024-02-29 13:11:12.345"),
    0x10: ("DAY", "3", "2024-03-03 10:11:12.345"),
    0x20: ("WEEK", "3", "2024-03-21 10:11:12.345"),
    0x40: ("MONTH", "-3", "2023-11-29 10:11:12.345"),
    0x80: ("QUARTER", "3", "2024-11-29 10:11:12.345"),
    0x100: ("YEAR", "3", "2027-02-28 10:11:12.345"),
}
DIFF = {  # SQL_TSI_ unit: an end after MOMENT, and the number
    0x1: ("FRAC_SECOND", "{ts '2024-02-29 10:11:13.345'}", "1000000000"),
    0x2: ("SECOND", "{ts '2024-02-29 10:12:12.345'}", "60"),
    0x4: ("MINUTE", "{ts '2024-02-29 12:11:12.345'}", "120"),
    0x8: ("HOUR", "{d '2024-03-01'}", "13"),
    0x10: ("DAY", "{ts '2024-02-25 10:11:12.345'}", "-4"),
    0x20: ("WEEK", "{ts '2024-03-15 10:11:12.345'}", "2"),
    0x40: ("MONTH", "{ts '2025-02-27 10:11:12.345'}", "11"),
    0x80: ("QUARTER", "{ts '2024-12-31 10:11:12.345'}", "3"),
    0x100: ("YEAR", "{ts '2034-02-27 23:11:12.345'}", "9"),
}
INTERVALS = {  # SQL_DL_SQL92_INTERVAL_...: an escape clause and Athena's text of it
    0x8: ("'3' YEAR", "3-0"), 0x10: ("'14' MONTH", "1-2"), 0x20: ("'3' DAY", "3 00:00:00.000"),
    0x40: ("'30' HOUR", "1 06:00:00.000"), 0x80: ("'90' MINUTE", "0 01:30:00.000"),
    0x100: ("'1.5' SECOND(2, 3)", "0 00:00:01.500"), 0x200: ("'1-2' YEAR(4) TO MONTH", "1-2"),
    0x400: ("'1 02' DAY TO HOUR", "1 02:00:00.000"),
    0x800: ("'1 02:03' DAY TO MINUTE", "1 02:03:00.000"),
    0x1000: ("'1 02:03:04.5' DAY TO SECOND", "1 02:03:04.500"),
    0x2000: ("'2:03' HOUR TO MINUTE", "0 02:03:00.000"),
    0x4000: ("'2:03:04' HOUR TO SECOND", "0 02:03:04.000"),
    0x8000: ("-'3:04' MINUTE TO SECOND", "-0 00:03:04.000"),
}


def mask(connection: odbc.Connection, info: int) -> int:
    return int.from_bytes(connection.info(info)[:4], "little")


def bits(value: int) -> set[int]:
    return {1 << i for i in range(32) if value >> i & 1}


def cases(*tables: dict) -> list:
    return [pytest.param(call, expected, id=call)
            for table in tables for found in table.values() for call, expected in found]


def test_every_claim_has_a_case(connection) -> None:
    assert bits(mask(connection, STRING_FUNCTIONS)) == set(STRING)
    assert bits(mask(connection, NUMERIC_FUNCTIONS)) == set(NUMERIC)
    assert bits(mask(connection, TIMEDATE_FUNCTIONS)) == set(TIMEDATE) | set(NOW_TYPES)
    assert mask(connection, SYSTEM_FUNCTIONS) == 7
    assert mask(connection, CONVERT_FUNCTIONS) == 3
    assert bits(mask(connection, ADD_INTERVALS)) == set(ADD)
    assert bits(mask(connection, DIFF_INTERVALS)) == set(DIFF)
    assert bits(mask(connection, DATETIME_LITERALS)) == set(INTERVALS) | {1, 2, 4}
    assert connection.info(LIKE_ESCAPE_CLAUSE) == b"Y"


@pytest.mark.parametrize("call, expected", cases(STRING, TIMEDATE))
def test_function(statement, call: str, expected: str | None) -> None:
    assert statement.query(f"SELECT {{fn {call}}}") == [(expected,)]


@pytest.mark.parametrize("call, expected", cases(NUMERIC))
def test_number(statement, call: str, expected: float) -> None:
    found = statement.query(f"SELECT {{fn {call}}}")[0][0]
    assert float(found) == pytest.approx(expected, rel=1e-14)


def test_functions_on_columns(statement) -> None:
    """Arguments are columns here, as a tool would send them, and a function may be anywhere."""
    rows = statement.query(
        "SELECT {fn UCASE(name)}, {fn LOCATE('b', name, 2)} FROM (VALUES 'abc', 'bcb') AS t(name) "
        "WHERE {fn LENGTH(name)} = 3 GROUP BY name ORDER BY {fn RIGHT(name, 1)} DESC")
    assert rows == [("ABC", "2"), ("BCB", "3")]


@pytest.mark.parametrize("call, kind", [(c, kind) for calls, kind in NOW_TYPES.values()
                                        for c in calls])
def test_now(statement, call: str, kind: int) -> None:
    statement.check(statement.execute(f"SELECT {{fn {call}}}"))
    assert statement.describe(1)[1] == kind
    statement.check(statement.fetch())
    found, now = statement.text(1), datetime.datetime.now(datetime.timezone.utc)
    if kind == 91:
        assert abs(datetime.date.fromisoformat(found) - now.date()).days <= 1
    elif kind == 93:
        moment = datetime.datetime.fromisoformat(found + "+00:00")
        assert abs((moment - now).total_seconds()) < 600
    else:
        time = datetime.time.fromisoformat(found)
        apart = abs((time.hour - now.hour) * 60 + time.minute - now.minute)
        assert min(apart, 24 * 60 - apart) <= 10
    statement.check(statement.close())


@pytest.mark.parametrize("unit, count, expected", ADD.values(), ids=[a[0] for a in ADD.values()])
def test_timestampadd(statement, unit: str, count: str, expected: str) -> None:
    sql = f"SELECT {{fn TIMESTAMPADD(SQL_TSI_{unit}, {count}, {MOMENT})}}"
    assert statement.query(sql) == [(expected,)]


@pytest.mark.parametrize("unit, end, expected", DIFF.values(), ids=[d[0] for d in DIFF.values()])
def test_timestampdiff(statement, unit: str, end: str, expected: str) -> None:
    sql = f"SELECT {{fn TIMESTAMPDIFF(SQL_TSI_{unit}, {MOMENT}, {end})}}"
    assert statement.query(sql) == [(expected,)]


def test_timestampadd_of_a_date_counts_from_midnight(statement) -> None:
    assert statement.query(f"SELECT {{fn TIMESTAMPADD(SQL_TSI_HOUR, 5, {DAY})}}, "
                           f"{{fn TIMESTAMPDIFF(SQL_TSI_MINUTE, {DAY}, {MOMENT})}}") == [
        ("2024-02-29 05:00:00.000", "611")]


def test_times_are_those_of_today(statement) -> None:
    """TIMESTAMPADD of a time, in days too, takes the current date."""
    rows = statement.query(
        "SELECT {fn TIMESTAMPADD(SQL_TSI_HOUR, 2, {t '10:11:12'})}, {d '2024-02-29'}, "
        "{fn TIMESTAMPADD(SQL_TSI_DAY, 1, {t '10:11:12'})}, "
        "{fn TIMESTAMPDIFF(SQL_TSI_MINUTE, {t '10:00:00'}, {t '11:30:59'})}, "
        "{fn TIMESTAMPDIFF(SQL_TSI_SECOND, {fn CURTIME()}, {fn CURTIME()})}")
    today = datetime.datetime.now(datetime.timezone.utc)
    days = [(today + datetime.timedelta(days=n)).date() for n in (-1, 0, 1)]
    assert rows[0][0] in [f"{day} 12:11:12.000" for day in days]
    assert rows[0][2] in [f"{day + datetime.timedelta(days=1)} 10:11:12.000" for day in days]
    assert rows[0][3:] == ("90", "0")


def test_system_functions(statement) -> None:
    rows = statement.query("SELECT {fn IFNULL(NULL, 'x')}, {fn IFNULL('a', 'x')}, "
                           "{fn DATABASE()}, {fn USER()}")
    assert rows[0][:3] == ("x", "a", "awsdatacatalog")
    assert rows[0][3]


def test_literals(statement) -> None:
    rows = statement.query("SELECT {d '2024-02-29'}, {t '10:11:12'}, {ts '2024-02-29 10:11:12'}, "
                           "{guid '12151fd2-7586-11e9-8f9e-2a86e4085a59'}")
    assert rows[0][0] == "2024-02-29"
    assert rows[0][1].startswith("10:11:12")
    assert rows[0][2].startswith("2024-02-29 10:11:12")
    assert rows[0][3] == "12151fd2-7586-11e9-8f9e-2a86e4085a59"


@pytest.mark.parametrize("clause, expected", INTERVALS.values())
def test_interval(statement, clause: str, expected: str) -> None:
    found = statement.query(f"SELECT {{interval {clause}}}, CAST({{d '2024-01-01'}} AS timestamp) "
                            f"+ {{interval {clause}}} - {{interval {clause}}}")
    assert found == [(expected, "2024-01-01 00:00:00.000")]


JOINS = {"LEFT OUTER JOIN": [("1", None), ("2", "2")],
         "RIGHT OUTER JOIN": [("2", "2"), (None, "3")],
         "FULL OUTER JOIN": [("1", None), ("2", "2"), (None, "3")]}


@pytest.mark.parametrize("join", JOINS)
def test_outer_join(connection, statement, join: str) -> None:
    assert mask(connection, OJ_CAPABILITIES) & 7 == 7
    rows = statement.query("SELECT a.i, b.i FROM {oj (VALUES 1, 2) AS a(i) " + join
                           + " (VALUES 2, 3) AS b(i) ON a.i = b.i} ORDER BY 1, 2")
    assert rows == JOINS[join]


def test_nested_outer_join(statement) -> None:
    rows = statement.query(
        "SELECT a.i, b.i, c.i FROM {oj (VALUES 1, 2) AS a(i) LEFT OUTER JOIN ((VALUES 2) AS b(i) "
        "LEFT OUTER JOIN (VALUES 3) AS c(i) ON b.i = c.i) ON a.i = b.i} ORDER BY 1")
    assert rows == [("1", None, None), ("2", "2", None)]


def test_like_escape(statement) -> None:
    assert statement.query("SELECT v FROM (VALUES 'a_b', 'axb') AS t(v) "
                           "WHERE v LIKE 'a!_b' {escape '!'}") == [("a_b",)]


def test_braces_in_literals_and_comments(statement) -> None:
    assert statement.query("SELECT '{fn x}' AS \"{a}\" /* {call */ -- }\n, '{d ''1''}'") == [
        ("{fn x}", "{d '1'}")]


@pytest.mark.parametrize("wide", [False, True])
def test_noscan(statement, wide: bool) -> None:
    statement.check(statement.set(ATTR_NOSCAN, 1))
    statement.check(statement.execute("SELECT {d '2024-02-29'}", wide), odbc.ERROR)
    assert "mismatched input" in statement.diagnostics()[0][2]
    statement.check(statement.set(ATTR_NOSCAN, 0))
    assert statement.query("SELECT {d '2024-02-29'}", wide) == [("2024-02-29",)]


@pytest.mark.parametrize("sql, state, words", [
    ("SELECT {d '2024-02-29'", "42000", "character 8"),
    ("SELECT 1 }", "42000", "character 10"),
    ("SELECT {fn NO_SUCH(1)}", "42000", "NO_SUCH"),
    ("SELECT {fn UCASE('a', 'b')}", "42000", "2 arguments"),
    ("{call p(1)}", "HYC00", "procedures"),
    ("{?=call p(1)}", "HYC00", "procedures"),
])
@pytest.mark.parametrize("function", ["SQLExecDirect", "SQLPrepare", "SQLNativeSql"])
def test_refused(connection, statement, function: str, sql: str, state: str, words: str) -> None:
    handle = statement
    if function == "SQLNativeSql":
        handle = connection
        out = ctypes.create_string_buffer(100)
        rc = native_sql(connection, sql, out, 100)[0]
    else:
        rc = getattr(odbc.lib, function)(statement.value, sql.encode(), odbc.NTS)
    handle.check(rc, odbc.ERROR)
    assert handle.states() == [state]
    assert words in handle.diagnostics()[0][2]


def native_sql(connection: odbc.Connection, sql: str, out, room: int,
               wide: bool = False) -> tuple[int, int]:
    function = odbc.lib.SQLNativeSqlW if wide else odbc.lib.SQLNativeSql
    function.restype = ctypes.c_short
    length = ctypes.c_int()
    text = odbc.utf16(sql) if wide else sql.encode()
    return function(connection.value, text, odbc.NTS, out, room, ctypes.byref(length)), length.value


NATIVE = [
    ("SELECT 1 -- {d '1'}", "SELECT 1 -- {d '1'}"),
    ("SELECT {fn UCASE(a)} FROM t WHERE d = {d '2024-02-29'} AND x = ?",
     "SELECT upper(a) FROM t WHERE d = DATE '2024-02-29' AND x = ?"),
]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("sql, expected", NATIVE)
def test_native_sql(connect, sql: str, expected: str, wide: bool) -> None:
    connection = connect(wide=wide)
    out = ctypes.create_string_buffer(400)
    rc, length = native_sql(connection, sql, out, 200, wide)
    connection.check(rc)
    found = out.raw[:2 * length].decode("utf-16-le") if wide else out.value.decode()
    assert (found, length) == (expected, len(expected))


@pytest.mark.parametrize("wide", [False, True])
def test_native_sql_is_cut(connect, wide: bool) -> None:
    """Lengths are characters in both widths; there is always a terminator."""
    connection = connect(wide=wide)
    whole = "SELECT pi() AS größe"
    unit = 2 if wide else 1
    encoded = whole.encode("utf-16-le" if wide else "utf-8")
    for room in (1, 8, len(encoded) // unit):
        out = ctypes.create_string_buffer(b"\xee" * 100, 100)
        rc, length = native_sql(connection, "SELECT {fn PI()} AS größe", out, room, wide)
        connection.check(rc, odbc.INFO)
        assert connection.states() == ["01004"]
        kept = encoded[:(room - 1) * unit]
        assert length == len(encoded) // unit
        assert out.raw[:room * unit] == kept + b"\0" * unit
        assert out.raw[room * unit:] == b"\xee" * (100 - room * unit)
    out = ctypes.create_string_buffer(100)
    rc, length = native_sql(connection, "SELECT {fn PI()} AS größe", out, len(encoded) // unit + 1,
                            wide)
    connection.check(rc)
    assert out.raw[:len(encoded)] == encoded


def test_native_sql_with_lengths(connection) -> None:
    """TextLength1 may stop short of the text's end; no buffer asks for the length alone."""
    length = ctypes.c_int(-1)
    text = b"SELECT {fn PI()} and what follows"
    for out, room in ((None, 0), (ctypes.create_string_buffer(50), 50)):
        rc = ctypes.c_short(odbc.lib.SQLNativeSql(connection.value, text, 16, out, room,
                                                  ctypes.byref(length))).value
        connection.check(rc, odbc.SUCCESS, odbc.INFO)
        assert length.value == len("SELECT pi()")
    assert out.value == b"SELECT pi()"
    for sql, size, state in ((None, odbc.NTS, "HY009"), (text, -7, "HY090")):
        rc = ctypes.c_short(odbc.lib.SQLNativeSql(connection.value, sql, size, out, 50,
                                                  ctypes.byref(length))).value
        connection.check(rc, odbc.ERROR)
        assert connection.states() == [state]


PIECES = ["SELECT ", "'", "''", '"', "--", "/*", "*/", "\n", " ", "a", "Ä", "😀", "(", ")", ",", "?",
          ";", "1.5e-3", "\\", "`", "fn", "PATTERN", "call", "-", "/", "*", "[", "$", ":"]


@pytest.mark.parametrize("seed", range(8))
def test_texts_without_braces_are_left_alone(connection, seed: int) -> None:
    pick = random.Random(seed)
    for _ in range(200):
        sql = "".join(pick.choices(PIECES, k=pick.randint(1, 40)))
        out = ctypes.create_string_buffer(1000)
        rc, length = native_sql(connection, sql, out, 1000)
        connection.check(rc)
        assert out.raw[:length].decode() == sql


@pytest.mark.parametrize("quoted", ["'{}'", '"{}"', "/* {} */", "-- {}\n", "`{}`"])
def test_clauses_in_quotes_and_comments_are_left_alone(connection, quoted: str) -> None:
    for clause in ("{fn PI()}", "{d ", "}", "{{", "{call p}", "{oj {fn"):
        sql = f"SELECT {quoted.replace('{}', clause)} x, {{fn PI()}}"
        out = ctypes.create_string_buffer(400)
        rc, length = native_sql(connection, sql, out, 400)
        connection.check(rc)
        assert out.value.decode() == sql.removesuffix("{fn PI()}") + "pi()"


@pytest.mark.parametrize("sql, count", [
    ("SELECT 1", 0),
    ("SELECT ?", 1),
    ("SELECT '?', \"?\" /* ? */ -- ?\n, ?, ?", 2),
    ("SELECT {fn LOCATE(?, ?, ?)}", 3),
])
@pytest.mark.parametrize("noscan", [0, 1])
def test_num_params(statement, sql: str, count: int, noscan: int) -> None:
    statement.check(statement.set(ATTR_NOSCAN, noscan))
    statement.check(odbc.lib.SQLPrepare(statement.value, sql.encode(), odbc.NTS))
    found = ctypes.c_short(-1)
    statement.check(odbc.lib.SQLNumParams(statement.value, ctypes.byref(found)))
    assert found.value == count


@pytest.mark.parametrize("sql, values, expected", [
    ("{fn LOCATE(?, ?)}", ["c", "abc"], 3),
    ("{fn LOCATE(?, ?, ?)}", ["b", "abcb", 3], 4),
    ("{fn INSERT(?, ?, ?, ?)}", ["abcdef", 2, 3, "?"], "a?ef"),
    ("{fn RIGHT(?, ?)}", ["abc", 2], "bc"),
    ("{fn REPEAT({fn UCASE(?)}, ?)}", ["ab", 2], "ABAB"),
    ("{fn ABS(?)} + {fn RAND(?)} * 0 + ?", [-1, 42, 5], 6),
    ("5 -{fn ABS(?)} -{oj ?}", [-1, -2], 6),
    ("{fn TIMESTAMPDIFF(SQL_TSI_DAY, ?, ?)}",
     [datetime.datetime(2024, 2, 28), datetime.datetime(2024, 3, 1)], 2),
    ("{fn CONVERT(?, SQL_VARCHAR)}", [17], "17"),
])
def test_parameters_keep_their_numbers(connection_string, sql: str, values: list,
                                       expected: object) -> None:
    """A translation names arguments in another order, twice, or not at all."""
    connection = pyodbc.connect(connection_string(), autocommit=True)
    try:
        assert connection.execute(f"SELECT {sql}", *values).fetchval() == expected
    finally:
        connection.close()
