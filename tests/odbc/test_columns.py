"""What columns are said to be, against what their values are.

A line per type: SQLDescribeCol, the fields of the IRD and the sizes of appendix D, on ANSI and W
connections and in ODBC 2's numbers. The sizes are then held to what comes: a buffer of
SQL_DESC_DISPLAY_SIZE characters takes the longest value, one of SQL_DESC_OCTET_LENGTH bytes the
default C type's.
"""

from __future__ import annotations

import ctypes
import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import odbc
import pytest
from conftest import TOP

BIT, TINYINT, BIGINT, REAL, DATE, TIME, TIMESTAMP = -7, -6, -5, 7, 91, 92, 93
CHAR, WCHAR, VARCHAR, WVARCHAR, VARBINARY, DECIMAL = 1, -8, 12, -9, -3, 3
SMALLINT, INTEGER, DOUBLE, DATETIME = 5, 4, 8, 9
BASIC, SEARCHABLE = 2, 3  # all predicates but LIKE; all
DEFAULTS = {BIT: (odbc.C_BIT, 1), TINYINT: (odbc.C_STINYINT, 1), SMALLINT: (odbc.C_SSHORT, 2),
            INTEGER: (odbc.C_SLONG, 4), BIGINT: (odbc.C_SBIGINT, 8), REAL: (odbc.C_FLOAT, 4),
            DOUBLE: (odbc.C_DOUBLE, 8), DATE: (odbc.C_TYPE_DATE, 6), TIME: (odbc.C_TYPE_TIME, 6),
            TIMESTAMP: (odbc.C_TYPE_TIMESTAMP, 16)}


@dataclasses.dataclass(frozen=True)
class Kind:
    """A type as it should be described, and its longest value."""

    name: str
    sql: str
    type: int
    size: int
    digits: int = 0
    display: int = 0  # the column size when 0
    octets: int = 0  # of the default C type; text: 4 bytes a character
    radix: int = 0
    precision: int = 0  # SQL_DESC_PRECISION: digits, bits of floats, digits of seconds
    prefix: str = "'"
    suffix: str = "'"
    searchable: int = BASIC

    @property
    def is_text(self) -> bool:
        return self.type in (CHAR, VARCHAR)


def text(name: str, sql: str, size: int, prefix: str = "'", suffix: str = "'",
         searchable: int = SEARCHABLE, kind: int = VARCHAR) -> Kind:
    return Kind(name, sql, kind, size, 0, size, 4 * size, prefix=prefix, suffix=suffix,
                searchable=searchable)


ZONE = 33  # a blank and the longest name of a zone
KINDS = [
    Kind("boolean", "true", BIT, 1, 0, 1, 1, prefix="", suffix=""),
    Kind("tinyint", "CAST(-128 AS tinyint)", TINYINT, 3, 0, 4, 1, 10, 3, "", ""),
    Kind("smallint", "CAST(-32768 AS smallint)", SMALLINT, 5, 0, 6, 2, 10, 5, "", ""),
    Kind("integer", "CAST(-2147483648 AS integer)", INTEGER, 10, 0, 11, 4, 10, 10, "", ""),
    Kind("bigint", "CAST(-9223372036854775807 - 1 AS bigint)", BIGINT, 19, 0, 20, 8, 10, 19, "",
         ""),
    Kind("real", "CAST('-1.17549435E-38' AS real)", REAL, 7, 0, 14, 4, 2, 24, "REAL '"),
    Kind("double", "CAST('-1.7976931348623157E308' AS double)", DOUBLE, 15, 0, 24, 8, 2, 53,
         "DOUBLE '"),
    # a sign and a point; and the zero that Athena writes in front of it
    *[Kind("decimal", f"CAST('{value}' AS decimal({p},{s}))", DECIMAL, p, s, p + 2 + (p == s),
           p + 2 + (p == s), 10, p, "DECIMAL '")
      for p, s, value in ((10, 2, "-12345678.90"), (38, 0, "-" + "9" * 38), (1, 0, "-9"),
                          (38, 38, "-0." + "9" * 38), (5, 4, "-9.9999"))],
    text("char", "CAST('abcde' AS char(5))", 5, kind=CHAR),
    text("varchar", "CAST('zwölf' AS varchar(5))", 5),
    text("varchar", "CAST('x' AS varchar)", 255),
    Kind("varbinary", "X'00ff'", VARBINARY, 65535, 0, 131070, 65535, prefix="X'"),
    Kind("date", "DATE '2024-02-29'", DATE, 10, 0, 10, 6, prefix="DATE '"),
    *[Kind("time", f"CAST(TIME '23:59:59' AS time({p}))", TIME, 9 + p if p else 8, p,
           9 + p if p else 8, 6, 0, p, "TIME '") for p in range(0, 13)],
    *[Kind("timestamp", f"CAST(TIMESTAMP '2024-02-29 23:59:59' AS timestamp({p}))", TIMESTAMP,
           20 + p if p else 19, p, 20 + p if p else 19, 16, 0, p, "TIMESTAMP '")
      for p in range(0, 13)],
    text("time with time zone", "TIME '01:02:03.456 -08:00'", 12 + ZONE, "TIME '"),
    text("timestamp with time zone",
         "TIMESTAMP '2001-08-22 03:04:05.321 America/Argentina/ComodRivadavia'", 23 + ZONE,
         "TIMESTAMP '"),
    text("interval year to month", "INTERVAL '178956970-7' YEAR TO MONTH", 13, "INTERVAL '",
         "' YEAR TO MONTH"),
    text("interval day to second", "INTERVAL '99999' DAY", 27, "INTERVAL '", "' DAY TO SECOND"),
    text("json", "JSON '[1]'", 65535, "JSON '", searchable=BASIC),
    text("uuid", "CAST('12151fd2-7586-11e9-8f9e-2a86e4085a59' AS uuid)", 36, "UUID '"),
    text("ipaddress", "CAST('2001:db8::ffff:ffff:ffff' AS ipaddress)", 45, "IPADDRESS '"),
    text("array", "ARRAY[1, 2]", 65535, "", "", BASIC),
    text("map", "MAP(ARRAY[1], ARRAY[2])", 65535, "", "", BASIC),
    text("row", "ROW(1, 'x')", 65535, "", "", BASIC),
    text("unknown", "NULL", 255),
]
SELECT = "SELECT " + ", ".join(f"{k.sql} AS c{i}" for i, k in enumerate(KINDS, 1))


@pytest.fixture(params=["ansi", "wide", "wchar"])
def opened(request: pytest.FixtureRequest, connect: Callable) -> Iterator[tuple]:
    """A cursor with a column of each type: (mode, statement)."""
    changes = {"UseWCharForStringTypes": "1"} if request.param == "wchar" else {}
    statement = odbc.Statement(connect(request.param != "ansi", **changes))
    statement.check(statement.execute(SELECT))
    yield request.param, statement
    assert statement.free() == odbc.SUCCESS


def attribute(statement: odbc.Statement, column: int, field: int, wide: bool) -> tuple[str, int]:
    """SQLColAttribute: both of its answers."""
    out, length = ctypes.create_string_buffer(512), ctypes.c_short()
    number = ctypes.c_ssize_t(-99)
    call = odbc.lib.SQLColAttributeW if wide else odbc.lib.SQLColAttribute
    statement.check(call(statement.value, column, field, out, 512, ctypes.byref(length),
                         ctypes.byref(number)))
    words = out.raw[:length.value].decode("utf-16-le") if wide else out.value.decode()
    return words, number.value


def numbers_of(kind: Kind, mode: str) -> dict[str, int]:
    wide_type = {CHAR: WCHAR, VARCHAR: WVARCHAR}
    concise = wide_type.get(kind.type, kind.type) if mode == "wchar" else kind.type
    is_datetime = kind.type in (DATE, TIME, TIMESTAMP)
    octets = 2 * kind.size if kind.is_text and mode == "wchar" else kind.octets
    # an ANSI application counts bytes, of which a character may take four
    display = 4 * kind.size if kind.is_text and mode == "ansi" else kind.display
    return {"CONCISE_TYPE": concise, "TYPE": DATETIME if is_datetime else concise,
            "DISPLAY_SIZE": display, "OCTET_LENGTH": octets, "LENGTH": kind.size,
            "PRECISION": kind.precision, "SCALE": kind.digits if kind.type == DECIMAL else 0,
            "NUM_PREC_RADIX": kind.radix, "NULLABLE": 2, "UNSIGNED": int(kind.radix == 0),
            "CASE_SENSITIVE": int(kind.is_text), "SEARCHABLE": kind.searchable,
            "AUTO_UNIQUE_VALUE": 0, "UPDATABLE": 0, "FIXED_PREC_SCALE": 0, "UNNAMED": 0}


def texts_of(kind: Kind, at: int) -> dict[str, str]:
    return {"NAME": f"c{at}", "LABEL": f"c{at}", "TYPE_NAME": kind.name,
            "LOCAL_TYPE_NAME": kind.name, "LITERAL_PREFIX": kind.prefix,
            "LITERAL_SUFFIX": kind.suffix, "BASE_COLUMN_NAME": "", "BASE_TABLE_NAME": "",
            "TABLE_NAME": "", "SCHEMA_NAME": "", "CATALOG_NAME": ""}


def test_attributes_of_every_type(opened: tuple) -> None:
    mode, statement = opened
    for at, kind in enumerate(KINDS, 1):
        for name, wanted in numbers_of(kind, mode).items():
            got = attribute(statement, at, odbc.FIELDS[name][0], mode != "ansi")[1]
            assert got == wanted, f"{name} of {kind.sql}"
        for name, words in texts_of(kind, at).items():
            got = attribute(statement, at, odbc.FIELDS[name][0], mode != "ansi")[0]
            assert got == words, f"{name} of {kind.sql}"


def test_the_ird_says_the_same(opened: tuple) -> None:
    mode, statement = opened
    ird = statement.descriptor("IRD")
    assert ird.get(0, "COUNT") == len(KINDS)
    for at, kind in enumerate(KINDS, 1):
        wanted = {**numbers_of(kind, mode), **texts_of(kind, at)}
        wanted["DISPLAY_SIZE"] = kind.display  # a descriptor counts characters
        assert {name: ird.get(at, name) for name in wanted} == wanted


def test_described_in_short(opened: tuple) -> None:
    mode, statement = opened
    for at, kind in enumerate(KINDS, 1):
        concise = numbers_of(kind, mode)["CONCISE_TYPE"]
        assert statement.describe(at) == (f"c{at}", concise, kind.size, kind.digits, 2), kind.sql


def test_numbers_of_odbc_2(opened: tuple) -> None:
    """SQL_COLUMN_..., which say of sizes what SQLDescribeCol says."""
    mode, statement = opened
    for at, kind in enumerate(KINDS, 1):
        numbers = numbers_of(kind, mode)
        wanted = {2: numbers["CONCISE_TYPE"], 3: numbers["OCTET_LENGTH"], 4: kind.size,
                  5: kind.digits, 6: numbers["DISPLAY_SIZE"], 7: 2, 8: numbers["UNSIGNED"], 9: 0,
                  10: 0, 11: 0, 12: numbers["CASE_SENSITIVE"], 13: kind.searchable}
        got = {f: attribute(statement, at, f, mode != "ansi")[1] for f in wanted}
        assert got == wanted, kind.sql
        words = {f: attribute(statement, at, f, mode != "ansi")[0] for f in (1, 14, 18)}
        assert words == {1: f"c{at}", 14: kind.name, 18: f"c{at}"}
    # SQL_COLUMN_COUNT, for which unixODBC wants a column nevertheless, and SQL_DESC_COUNT
    assert attribute(statement, 1, 0, mode != "ansi")[1] == len(KINDS)
    assert attribute(statement, 0, 1001, mode != "ansi")[1] == len(KINDS)


def test_values_have_the_sizes(opened: tuple) -> None:
    """Nothing is cut by a buffer of the size that was said."""
    mode, statement = opened
    statement.check(statement.fetch())
    unit = 1 if mode == "ansi" else 2
    for at, kind in enumerate(KINDS, 1):
        size = attribute(statement, at, odbc.FIELDS["DISPLAY_SIZE"][0], mode != "ansi")[1]
        octets = attribute(statement, at, odbc.FIELDS["OCTET_LENGTH"][0], mode != "ansi")[1]
        rc, _, length = statement.get_data(at, odbc.C_CHAR if mode == "ansi" else odbc.C_WCHAR,
                                           unit * (size + 1))
        assert rc == odbc.SUCCESS, f"{kind.sql}: {statement.diagnostics()}"
        if kind.name in ("time", "timestamp", "date", "bigint", "decimal"):
            is_integral = kind.type == DECIMAL and kind.digits == 0  # has no point
            assert length == unit * (size - is_integral), f"{kind.sql}: no longer than that"
        c_type, width = DEFAULTS.get(kind.type, (odbc.C_DEFAULT, octets + 2))
        check_default(statement, at, kind, c_type, width, octets)


def check_default(statement: odbc.Statement, at: int, kind: Kind, c_type: int, width: int,
                  octets: int) -> None:
    """The default C type into SQL_DESC_OCTET_LENGTH bytes, by a bound column."""
    buffer, length = ctypes.create_string_buffer(width), ctypes.c_ssize_t()
    second = odbc.Statement(statement.parent)
    second.check(second.bind(1, c_type, buffer, width, ctypes.addressof(length)))
    second.check(second.execute(f"SELECT {kind.sql}"))
    second.check(second.fetch())
    assert length.value <= octets, kind.sql
    second.check(second.free())


@pytest.mark.parametrize("p", range(0, 13))
def test_digits_of_seconds_are_those_of_the_values(statement: odbc.Statement, p: int) -> None:
    """Athena says precision 3 of all of them; NULLs before the first value do not matter."""
    value = f"CAST(TIMESTAMP '2024-02-29 23:59:59.987' AS timestamp({p}))" if p != 1 and p != 2 \
        and p else f"CAST(TIMESTAMP '2024-02-29 23:59:59.000' AS timestamp({p}))"
    statement.check(statement.execute(
        f"SELECT at FROM (VALUES (1, CAST(NULL AS timestamp({p}))), (2, {value})) AS t (n, at) "
        "ORDER BY n"))
    assert statement.describe(1)[1:4] == (TIMESTAMP, 20 + p if p else 19, p)
    rows = statement.rows()
    assert rows[0] == (None,)
    fraction = ("." + ("987" if p > 2 else "000").ljust(p, "0")[:p]) if p else ""
    assert rows[1] == ("2024-02-29 23:59:59" + fraction,)


@pytest.mark.parametrize("fetcher", ["S3", "GetQueryResults"])
def test_digits_are_seen_whatever_brings_the_rows(connect: Callable, fetcher: str) -> None:
    statement = odbc.Statement(connect(ResultFetcher=fetcher))
    for p, size in ((0, 19), (6, 26), (12, 32)):
        statement.check(statement.execute(
            f"SELECT trip_id, CAST(pickup_at AS timestamp({p})) AS t FROM taxi_trips LIMIT 3000"))
        assert statement.describe(2)[1:4] == (TIMESTAMP, size, p)
        statement.check(statement.fetch())
        assert len(statement.text(2)) == size
        statement.check(statement.close())
    statement.check(statement.free())


def test_times_without_values_are_as_athena_says(statement: odbc.Statement) -> None:
    for end in ("WHERE 1 = 0", ""):
        statement.check(statement.execute(
            f"SELECT CAST(NULL AS timestamp(6)) AS a, CAST(NULL AS time(9)) AS b FROM zones {end}"))
        assert statement.describe(1)[2:4] == (23, 3)
        assert statement.describe(2)[2:4] == (12, 3)
        statement.check(statement.close())


@pytest.mark.parametrize("options, expected", [
    ({}, {1: (VARCHAR, 255), 2: (VARCHAR, 7), 3: (VARCHAR, 65535), 4: (VARBINARY, 65535)}),
    ({"StringColumnLength": "4000"}, {1: (VARCHAR, 4000), 2: (VARCHAR, 7), 3: (VARCHAR, 65535)}),
    ({"ComplexTypeColumnLength": "100"}, {1: (VARCHAR, 255), 3: (VARCHAR, 100),
                                          4: (VARBINARY, 100)}),
    ({"UseWCharForStringTypes": "1", "StringColumnLength": "10"},
     {1: (WVARCHAR, 10), 2: (WVARCHAR, 7), 3: (WVARCHAR, 65535), 4: (VARBINARY, 65535)}),
], ids=str)
def test_options_change_what_is_said_and_not_what_comes(
        connect: Callable, options: dict[str, str], expected: dict[int, tuple[int, int]]) -> None:
    statement = odbc.Statement(connect(**options))
    statement.check(statement.execute("SELECT rpad('x', 5000, 'y'), CAST('abc' AS varchar(7)), "
                                      "ARRAY[rpad('z', 300, 'z')], X'0102'"))
    assert {c: statement.describe(c)[1:3] for c in expected} == expected
    statement.check(statement.fetch())
    assert statement.text(1) == "x" + 4999 * "y"
    assert statement.text(3) == "[" + 300 * "z" + "]"
    statement.check(statement.free())


@pytest.mark.parametrize("name, size", [("geometry", 65535), ("hyperloglog", 255),
                                        ("qdigest", 255), ("something new", 255)])
def test_types_that_are_not_known_are_text(statement: odbc.Statement, name: str, size: int) -> None:
    statement.check(statement.execute(
        f'-- athena-local: column_type="{name}"\nSELECT \'POINT (1 2)\' AS g'))
    assert statement.describe(1)[1:3] == (VARCHAR, size)
    assert attribute(statement, 1, odbc.FIELDS["TYPE_NAME"][0], False)[0] == name
    assert statement.rows() == [("POINT (1 2)",)]


def test_readme_says_the_same() -> None:
    """Its table of types, where it gives numbers or their names."""
    named = {"SQL_BIT": BIT, "SQL_TINYINT": TINYINT, "SQL_SMALLINT": SMALLINT, "SQL_CHAR": CHAR,
             "SQL_INTEGER": INTEGER, "SQL_BIGINT": BIGINT, "SQL_REAL": REAL, "SQL_DOUBLE": DOUBLE,
             "SQL_DECIMAL": DECIMAL, "SQL_VARCHAR": VARCHAR, "SQL_VARBINARY": VARBINARY,
             "SQL_TYPE_DATE": DATE, "SQL_TYPE_TIME": TIME, "SQL_TYPE_TIMESTAMP": TIMESTAMP}
    section = (TOP / "README.md").read_text().split("\n## Types\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in section.splitlines() if line.startswith("|")][2:]
    found = {}
    for names, kind, sizes, display, _ in rows:
        all_names = names.split(", ")
        for at, name in enumerate(all_names):
            parts = sizes.split(", ") if len(all_names) > 1 else [sizes]
            found[name] = (named[kind], parts[min(at, len(parts) - 1)], display)
    assert set(found) == {k.name for k in KINDS} - {"unknown"} | {"geometry", "any other"}
    for kind in KINDS:
        type_, size, display = found.get(kind.name, found["any other"])
        assert type_ == kind.type, kind.name
        for words, number in ((size, kind.size), (display, kind.display)):
            match = re.fullmatch(r"(?:(\d+) \+ )?p(?: \+ (\d+))?|(\d+)", words)
            if match and match[3]:
                assert number == int(match[3]), kind.name
            elif match and kind.precision and not (kind.type == DECIMAL
                                                   and kind.digits == kind.precision):
                assert number == kind.precision + int(match[1] or match[2] or 0), kind.name


def test_names(statement: odbc.Statement) -> None:
    statement.check(statement.execute('SELECT 1, 2 AS "zwölf", 3 AS a, 4 AS a'))
    assert [statement.describe(c)[0] for c in range(1, 5)] == ["_col0", "zwölf", "a", "a"]
    assert attribute(statement, 1, odbc.FIELDS["UNNAMED"][0], False)[1] == 0, \
        "the name that Athena gives it can be used"


@pytest.mark.parametrize("column, field, state", [
    (0, 2, "07009"), (3, 2, "07009"), (9999, 1011, "07009"), (1, 4242, "HY091"),
    (1, 1010, "HY091"), (1, 20, "HY091"),
])
def test_attributes_that_are_not_there(statement: odbc.Statement, column: int, field: int,
                                       state: str) -> None:
    statement.check(statement.execute("SELECT 1, 2"))
    rc = odbc.lib.SQLColAttribute(statement.value, column, field, None, 0, None, None)
    assert (rc, statement.states()) == (odbc.ERROR, [state])


def test_names_are_cut_with_a_warning(connect: Callable) -> None:
    for wide in (False, True):
        statement = odbc.Statement(connect(wide))
        statement.check(statement.execute("SELECT 1 AS abcdefghij"))
        out, length = ctypes.create_string_buffer(32), ctypes.c_short()
        call = odbc.lib.SQLDescribeColW if wide else odbc.lib.SQLDescribeCol
        rc = call(statement.value, 1, out, 6, ctypes.byref(length), None, None, None, None)
        assert (rc, statement.states(), length.value) == (odbc.INFO, ["01004"], 10)
        name = out.raw[:12].decode("utf-16-le") if wide else out.raw[:6].decode()
        assert name == "abcde\0"
        rc = odbc.lib.SQLDescribeCol(statement.value, 1, None, -1, None, None, None, None, None)
        assert (rc, statement.states()) == (odbc.ERROR, ["HY090"])
        statement.check(statement.free())


def test_no_columns_no_answer(statement: odbc.Statement) -> None:
    call: Any = odbc.lib.SQLDescribeCol
    statement.check(statement.execute("CREATE SCHEMA IF NOT EXISTS sample"))
    assert statement.columns() == 0
    assert call(statement.value, 1, None, 0, None, None, None, None, None) == odbc.ERROR
    assert statement.states() == ["07005"]
