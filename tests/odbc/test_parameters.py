"""Parameters: every value that goes in comes back as itself, through pyodbc and the C functions."""

from __future__ import annotations

import ctypes
import datetime
import decimal
import math
import struct
import uuid
from collections.abc import Callable, Iterator

import odbc
import pyodbc
import pytest
from emulator_process import EmulatorProcess
from parameter_sets import Sent, bind_texts

STRINGS = ["", "plain", "O'Brien", "''", "'", "\\", "\\'", "a\\nb", "--", "/* */", "?", "{fn x}",
           "line\nfeed\r\tend", "ž🐎 日本", '"quoted"', "`tick`", "'; DROP TABLE t; --",
           "%_", "x" * 1022, "x" * 1023, "'" * 511, "'" * 600, "🐎" * 5000, "\x01\x7f"]


@pytest.fixture
def python(connection_string: Callable[..., str]) -> Iterator[pyodbc.Connection]:
    connection = pyodbc.connect(connection_string(), autocommit=True)
    yield connection
    connection.close()


@pytest.mark.parametrize("text", STRINGS, ids=lambda t: repr(t)[:20])
def test_strings(python: pyodbc.Connection, text: str) -> None:
    row = python.execute("SELECT ? AS v, length(?) AS n, ? = ? AS same", text, text, text,
                         text).fetchone()
    assert (row.v, row.n, row.same) == (text, len(text), True)


def test_every_ascii_character(python: pyodbc.Connection) -> None:
    text = "".join(map(chr, range(1, 128)))
    assert python.execute("SELECT ?", text).fetchval() == text


def test_nul_is_refused(python: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.Error, match="22018") as caught:
        python.execute("SELECT ?", "a\0b")
    assert "NUL" in str(caught.value)


VALUES = [
    0, 1, -1, 2**31 - 1, -2**31, 2**31, 2**63 - 1, -2**63, True, False, 0.1, -1.5e300, 5e-324,
    1.7976931348623157e308, -0.0, 1e15, b"", b"\x00\x01\xff", b"'\\" * 40, bytes(range(256)) * 5,
    decimal.Decimal("1.20"), decimal.Decimal("-0.001"), decimal.Decimal("123456789012345678.25"),
    decimal.Decimal("12345678901234567890123456789012345678"), decimal.Decimal("0"),
    datetime.date(2024, 2, 29), datetime.date(1, 1, 1), datetime.date(9999, 12, 31),
    datetime.time(12, 34, 56), datetime.time(0, 0),
    datetime.datetime(2024, 2, 29, 12, 34, 56, 789000), datetime.datetime(1999, 1, 1),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: repr(v)[:30])
def test_values(python: pyodbc.Connection, value: object) -> None:
    back = python.execute("SELECT ? AS v", value).fetchval()
    assert back == value
    assert type(back) is type(value)
    if isinstance(value, float):
        assert math.copysign(1, back) == math.copysign(1, value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_special_floats(python: pyodbc.Connection, value: float) -> None:
    back = python.execute("SELECT ?", value).fetchval()
    assert back == value or (math.isnan(back) and math.isnan(value))


def test_uuid(python: pyodbc.Connection) -> None:
    value = uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")
    assert uuid.UUID(python.execute("SELECT CAST(? AS varchar)", value).fetchval()) == value


def test_null(python: pyodbc.Connection) -> None:
    row = python.execute("SELECT ?, coalesce(?, 7), ? IS NULL", None, None, None).fetchone()
    assert tuple(row) == (None, 7, True)


def test_places(python: pyodbc.Connection) -> None:
    """Markers are markers only where they are."""
    row = python.execute("SELECT '?', ? /* ? */, 'it''s ?', ?-? -- ?\n", 1, 5, -3).fetchone()
    assert tuple(row) == ("?", 1, "it's ?", 8)


def test_where_and_limit(python: pyodbc.Connection) -> None:
    sql = "SELECT x FROM (VALUES 1, 2, 3, 4) AS t(x) WHERE x > ? AND x <> ? ORDER BY x LIMIT ?"
    assert [tuple(r) for r in python.execute(sql, 1, 3, 5)] == [(2,), (4,)]


def test_prepared_again(python: pyodbc.Connection) -> None:
    """pyodbc prepares once while the text stays the same."""
    cursor = python.cursor()
    for value in ["a", "bcd", None, "x" * 2000, "e"]:
        assert cursor.execute("SELECT ?", value).fetchval() == value


def test_executemany(python: pyodbc.Connection) -> None:
    cursor = python.cursor()
    cursor.executemany("SELECT ?", [("a",), ("b",)])
    assert cursor.fetchval() == "b"


@pytest.mark.parametrize("given", [(), (1,), (1, 2, 3)])
def test_wrong_count(python: pyodbc.Connection, given: tuple[int, ...]) -> None:
    with pytest.raises(pyodbc.Error):
        python.execute("SELECT ?, ?", given)


def test_escapes_and_parameters(python: pyodbc.Connection) -> None:
    row = python.execute("SELECT {fn LOCATE(?, ?)}, {d '2024-02-29'}, ?", "b", "abc", 9).fetchone()
    assert tuple(row) == (2, datetime.date(2024, 2, 29), 9)


def test_insert(python: pyodbc.Connection) -> None:
    python.execute("DROP TABLE IF EXISTS params_made")
    python.execute("CREATE TABLE params_made AS SELECT CAST(? AS integer) AS id, ? AS name", 1,
                   "it's \\ one")
    python.execute("INSERT INTO params_made VALUES (?, ?)", 2, "two")
    rows = python.execute("SELECT id, name FROM params_made ORDER BY id").fetchall()
    assert [tuple(r) for r in rows] == [(1, "it's \\ one"), (2, "two")]
    python.execute("DROP TABLE params_made")


SENT = [  # statement, values, text that Athena gets, its parameters
    ("SELECT ?, ?", (1, "it's"), "SELECT ?, ?", ["1", "'it''s'"]),
    ("SELECT ?, ?", ("x" * 1022, 7), "SELECT ?, ?", ["'" + "x" * 1022 + "'", "7"]),
    ("SELECT ?, ?", ("x" * 1023, 7), "SELECT '" + "x" * 1023 + "', ?", ["7"]),
    ("SELECT 1-?", (-1,), "SELECT 1-?", ["-1"]),
    ("EXPLAIN SELECT 1-?", (-1,), "EXPLAIN SELECT 1- -1", []),
    ("DELETE FROM no_such_table WHERE name = ?", ("\\' OR 1=1 --",),
     "DELETE FROM no_such_table WHERE name = '\\'' OR 1=1 --'", []),
    ("UPDATE no_such_table SET name=?", ("it's",), "UPDATE no_such_table SET name='it''s'", []),
    ("DROP TABLE IF EXISTS no_such_table -- ?", (), "DROP TABLE IF EXISTS no_such_table -- ?", []),
    ("ALTER TABLE no_such_table SET LOCATION ?", ("s3://b/it's\\",),
     "ALTER TABLE no_such_table SET LOCATION 's3://b/it\\'s\\\\'", []),
]


@pytest.mark.parametrize("sql, values, text, parameters", SENT, ids=[s[0][:40] for s in SENT])
def test_what_athena_gets(python: pyodbc.Connection, athena: EmulatorProcess, sql: str,
                          values: tuple, text: str, parameters: list[str]) -> None:
    """Execution parameters where there are such, the text elsewhere, escaped for its dialect."""
    sent = Sent(athena)
    try:
        python.execute(sql, *values)
    except pyodbc.Error as error:
        assert "no_such_table" in str(error) or "FAILED" in str(error) or "42" in str(error)
    execution, = sent.executions()
    assert execution["Query"] == text
    assert execution.get("ExecutionParameters", []) == parameters


def test_explain_is_inlined(python: pyodbc.Connection) -> None:
    """EXPLAIN takes no execution parameters."""
    rows = python.execute("EXPLAIN SELECT ? AS v", "it's").fetchall()
    assert rows


def test_ddl_is_escaped_as_hive_reads_it(python: pyodbc.Connection,
                                         athena: object) -> None:
    python.execute("DROP DATABASE IF EXISTS params_db")
    python.execute("CREATE DATABASE params_db COMMENT ?", "it's a \\ thing")
    rows = python.execute("DESCRIBE DATABASE params_db").fetchall()
    assert "it's a \\ thing" in str(rows) or "it's a \\\\ thing" in str(rows)
    python.execute("DROP DATABASE params_db")


def test_too_long(python: pyodbc.Connection) -> None:
    with pytest.raises(pyodbc.Error, match="42000") as caught:
        python.execute("SELECT ?", "x" * 262144)
    assert "262144" in str(caught.value)
    text = "y" * 262000
    assert python.execute("SELECT ?", text).fetchval() == text


LONG = ("O'Brien \\ ž🐎? " * 4000)[:50000]


def encoded(text: str, wide: bool) -> bytes:
    return text.encode("utf-16-le" if wide else "utf-8")


def text_types(wide: bool) -> tuple[int, int]:
    return (odbc.C_WCHAR, odbc.WVARCHAR) if wide else (odbc.C_CHAR, odbc.VARCHAR)


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def wide(request: pytest.FixtureRequest) -> bool:
    return request.param


def bind_text(statement: odbc.Statement, number: int, text: str, wide: bool) -> tuple:
    """The memory of the binding, which the caller keeps."""
    return bind_texts(statement, number, [text], wide)


@pytest.mark.parametrize("text", STRINGS, ids=lambda t: repr(t)[:20])
def test_text_of_both_widths(statement: odbc.Statement, wide: bool, text: str) -> None:
    kept = bind_text(statement, 1, text, wide)
    assert statement.query("SELECT ? AS v", wide) == [(text,)]
    assert kept


def interval(kind: int, negative: int, *fields: int) -> bytes:
    """SQL_INTERVAL_STRUCT."""
    return struct.pack("=ihxx5I", kind, negative, *(fields + (0,) * 5)[:5])


C_VALUES = [  # C type, SQL type, memory, what is asked, answer
    (odbc.C_STINYINT, -6, struct.pack("b", -128), "typeof(?)", "tinyint"),
    (-28, 5, struct.pack("B", 255), "?", "255"),
    (odbc.C_SSHORT, 5, struct.pack("h", -32768), "typeof(?)", "smallint"),
    (odbc.C_SLONG, 4, struct.pack("i", -7), "5-?", "12"),
    (odbc.C_SBIGINT, -5, struct.pack("q", -2**63), "?", "-9223372036854775808"),
    (-27, 3, struct.pack("Q", 2**64 - 1), "?", "18446744073709551615"),
    (odbc.C_FLOAT, 7, struct.pack("f", 0.1), "typeof(?)", "real"),
    (odbc.C_DOUBLE, 8, struct.pack("d", 0.5), "? * 3", "1.5"),
    (odbc.C_BIT, -7, b"\1", "NOT ?", "0"),
    (odbc.C_BINARY, -3, b"\0'\xff", "to_hex(?)", "0027FF"),
    (odbc.C_NUMERIC, 2, struct.pack("<BbB16s", 10, 2, 0, (12345).to_bytes(16, "little")), "?",
     "-123.45"),
    (odbc.C_GUID, odbc.C_GUID, bytes(range(16)), "CAST(? AS varchar)",
     "03020100-0504-0706-0809-0a0b0c0d0e0f"),
    (odbc.C_TYPE_DATE, 91, struct.pack("hHH", 2024, 2, 29), "? + INTERVAL '1' DAY", "2024-03-01"),
    (9, 9, struct.pack("hHH", 2024, 2, 29), "?", "2024-02-29"),
    (odbc.C_TYPE_TIME, 92, struct.pack("HHH", 23, 59, 58), "? = TIME '23:59:58'", "1"),
    (odbc.C_TYPE_TIMESTAMP, 93, struct.pack("hHHHHHI", 2024, 2, 29, 1, 2, 3, 456000000), "?",
     "2024-02-29 01:02:03.456"),
    (103, 103, interval(3, 0, 3), "DATE '2024-02-28' + ?", "2024-03-02"),
    (103, 103, interval(3, 1, 3), "DATE '2024-03-02' + ?", "2024-02-28"),
    (102, 102, interval(2, 0, 0, 2), "DATE '2024-02-28' + ?", "2024-04-28"),
    (odbc.C_CHAR, 4, b"42", "? + 1", "43"),
    (odbc.C_CHAR, 3, b"1.20", "?", "1.20"),
    (odbc.C_CHAR, 91, b"2024-02-29", "typeof(?)", "date"),
    (odbc.C_CHAR, 93, b"2024-02-29 12:00:00", "typeof(?)", "timestamp(3)"),
    (odbc.C_SLONG, 12, struct.pack("i", 42), "? || 'x'", "42x"),
]


@pytest.mark.parametrize("c_type, sql_type, memory, asked, answer", C_VALUES)
def test_c_types(statement: odbc.Statement, c_type: int, sql_type: int, memory: bytes, asked: str,
                 answer: str) -> None:
    buffer, length = ctypes.create_string_buffer(memory), ctypes.c_ssize_t(len(memory))
    statement.check(statement.bind_parameter(1, c_type, sql_type, buffer, length))
    assert statement.query(f"SELECT {asked} AS v") == [(answer,)]


def test_null_terminated(statement: odbc.Statement, wide: bool) -> None:
    """Without a length a text ends with its NUL; SQL_NTS says the same."""
    data = ctypes.create_string_buffer(encoded("ž🐎", wide) + b"\0\0\0")
    c_type, sql_type = text_types(wide)
    statement.check(statement.bind_parameter(1, c_type, sql_type, data))
    assert statement.query("SELECT ?", wide) == [("ž🐎",)]
    length = ctypes.c_ssize_t(odbc.NTS)
    statement.check(statement.bind_parameter(1, c_type, sql_type, data, length))
    assert statement.query("SELECT ?", wide) == [("ž🐎",)]
    length.value = odbc.NULL_DATA
    assert statement.query("SELECT ?", wide) == [(None,)]


def late(statement: odbc.Statement, number: int, wide: bool, indicator: int) -> ctypes.c_ssize_t:
    length = ctypes.c_ssize_t(indicator)
    c_type, sql_type = text_types(wide)
    statement.check(statement.bind_parameter(number, c_type, sql_type, number * 100, length))
    return length


@pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "prepared"])
@pytest.mark.parametrize("indicator", [odbc.DATA_AT_EXEC, -100 - 50000])
def test_data_at_execution(statement: odbc.Statement, wide: bool, is_direct: bool,
                           indicator: int) -> None:
    """Large text in parts that part characters, a bound value beside it, NULL and the empty text."""
    sql = "SELECT ?, ?, ?, ?"
    kept = [late(statement, n, wide, indicator) for n in (1, 3, 4)]
    number = ctypes.c_int(42)
    statement.check(statement.bind_parameter(2, odbc.C_LONG, odbc.INTEGER, ctypes.byref(number)))
    if is_direct:
        assert statement.execute(sql, wide) == odbc.NEED_DATA
    else:
        statement.check(statement.prepare(sql, wide))
        assert statement.run() == odbc.NEED_DATA
    assert statement.param_data() == (odbc.NEED_DATA, 100)
    data = encoded(LONG, wide)
    for at in range(0, len(data), 4094):
        statement.check(statement.put_data(data[at:at + 4094]))
    assert statement.param_data() == (odbc.NEED_DATA, 300)
    statement.check(statement.put_data(None, odbc.NULL_DATA))
    assert statement.param_data() == (odbc.NEED_DATA, 400)
    statement.check(statement.put_data(b"", 0))
    rc, _ = statement.param_data()
    statement.check(rc)
    assert statement.rows() == [(LONG, "42", None, "")]
    assert kept


def test_data_at_execution_of_fixed_size(statement: odbc.Statement) -> None:
    length = ctypes.c_ssize_t(odbc.DATA_AT_EXEC)
    statement.check(statement.bind_parameter(1, odbc.C_LONG, odbc.INTEGER, 7, length))
    assert statement.execute("SELECT ? + 1") == odbc.NEED_DATA
    assert statement.param_data() == (odbc.NEED_DATA, 7)
    value = (-5).to_bytes(4, "little", signed=True)
    statement.check(statement.put_data(value))
    statement.check(statement.param_data()[0])
    assert statement.rows() == [("-4",)]
    statement.check(statement.close())
    assert statement.execute("SELECT ? + 1") == odbc.NEED_DATA
    assert statement.param_data() == (odbc.NEED_DATA, 7)
    statement.check(statement.put_data(value))
    assert statement.put_data(value) == odbc.ERROR, "a number comes in one piece"
    assert statement.states() == ["HY019"]
    assert statement.query("SELECT 1") == [("1",)], "the error has ended the execution"


def test_data_at_execution_is_executed_again(statement: odbc.Statement) -> None:
    kept = late(statement, 1, False, odbc.DATA_AT_EXEC)
    statement.check(statement.prepare("SELECT ?"))
    for text in ("one", "two"):
        assert statement.run() == odbc.NEED_DATA
        assert statement.param_data() == (odbc.NEED_DATA, 100)
        statement.check(statement.put_data(text.encode()))
        statement.check(statement.param_data()[0])
        assert statement.rows() == [(text,)]
        statement.check(statement.close())
    assert kept


@pytest.mark.parametrize("steps", [0, 1, 2], ids=["S8", "S9", "S10"])
def test_cancel_while_data_is_waited_for(statement: odbc.Statement, steps: int) -> None:
    kept = late(statement, 1, False, odbc.DATA_AT_EXEC)
    statement.check(statement.prepare("SELECT ?"))
    assert statement.run() == odbc.NEED_DATA
    if steps >= 1:
        assert statement.param_data() == (odbc.NEED_DATA, 100)
    if steps >= 2:
        statement.check(statement.put_data(b"lost"))
    statement.check(statement.cancel())
    assert statement.run() == odbc.NEED_DATA, "the statement is still prepared"
    statement.check(statement.cancel())
    assert statement.query("SELECT 1") == [("1",)]
    assert kept


def test_sequence_of_data_at_execution(statement: odbc.Statement) -> None:
    kept = late(statement, 1, False, odbc.DATA_AT_EXEC)
    assert statement.put_data(b"x") == odbc.ERROR
    assert statement.states() == ["HY010"]
    assert statement.execute("SELECT ?") == odbc.NEED_DATA
    assert statement.put_data(b"x") == odbc.ERROR, "SQLParamData comes first"
    assert statement.execute("SELECT 1") == odbc.ERROR
    assert statement.states() == ["HY010"]
    assert statement.param_data() == (odbc.NEED_DATA, 100)
    statement.check(statement.put_data(b"x"))
    assert statement.put_data(None, odbc.NULL_DATA) == odbc.ERROR
    assert statement.states() in (["HY020"], ["HY011"]), "the manager says HY011 itself"
    statement.check(statement.param_data()[0])
    assert statement.rows() == [("x",)]
    assert kept


def test_free_with_data_outstanding(connection: odbc.Connection) -> None:
    """SQLDisconnect ends it; nothing is left behind."""
    statement = odbc.Statement(connection)
    kept = late(statement, 1, False, odbc.DATA_AT_EXEC)
    assert statement.execute("SELECT ?") == odbc.NEED_DATA
    statement.check(statement.cancel())
    statement.check(statement.free())
    assert kept


def test_bind_offset(statement: odbc.Statement) -> None:
    """One binding, two values: SQL_ATTR_PARAM_BIND_OFFSET_PTR moves values and lengths."""
    class Row(ctypes.Structure):
        _fields_ = [("text", ctypes.c_char * 16), ("length", ctypes.c_ssize_t)]

    rows = (Row * 2)(Row(b"first", 5), Row(b"second", 6))
    offset = ctypes.c_size_t(0)
    base = ctypes.addressof(rows)
    statement.check(odbc.lib.SQLBindParameter(
        statement.value, 1, odbc.PARAM_INPUT, odbc.C_CHAR, odbc.VARCHAR, 16, 0, base, 16,
        base + Row.length.offset))
    statement.check(statement.set(odbc.ATTR_PARAM_BIND_OFFSET_PTR, ctypes.addressof(offset)))
    assert statement.query("SELECT ?") == [("first",)]
    offset.value = ctypes.sizeof(Row)
    assert statement.query("SELECT ?") == [("second",)]


def test_describe(statement: odbc.Statement) -> None:
    statement.check(statement.prepare("SELECT ?, '?', {fn CONCAT(?, 'x')} -- ?"))
    assert statement.parameters() == 2
    kind, digits, nullable = (ctypes.c_short() for _ in range(3))
    size = ctypes.c_size_t()
    for number, wanted in ((1, odbc.SUCCESS), (2, odbc.SUCCESS), (3, odbc.ERROR)):
        rc = odbc.lib.SQLDescribeParam(statement.value, number, ctypes.byref(kind),
                                       ctypes.byref(size), ctypes.byref(digits),
                                       ctypes.byref(nullable))
        assert rc == wanted
    assert statement.states() == ["07009"]
    assert (kind.value, size.value, digits.value, nullable.value) == (odbc.VARCHAR, 262144, 9, 2)


COMPARED = [  # SQL types of a text "3" that is compared with a column; whether Athena takes it
    ("id", odbc.INTEGER, True), ("id", -5, True), ("id", odbc.DOUBLE, True),
    ("id", odbc.VARCHAR, False), ("name", odbc.VARCHAR, True), ("name", odbc.INTEGER, False)]


@pytest.mark.parametrize("column, sql_type, is_taken", COMPARED)
def test_texts_are_of_the_sql_type(statement: odbc.Statement, wide: bool, column: str,
                                   sql_type: int, is_taken: bool) -> None:
    """Athena compares no text with a number: what a text is bound as decides."""
    data = encoded("3", wide)
    length = ctypes.c_ssize_t(len(data))
    statement.check(odbc.lib.SQLBindParameter(
        statement.value, 1, odbc.PARAM_INPUT, text_types(wide)[0], sql_type, 10, 0, data,
        len(data), ctypes.byref(length)))
    rc = statement.execute(f"SELECT count(*) FROM sample.zones WHERE {column} = ?")
    if is_taken:
        statement.check(rc)
        assert statement.rows() == [("1" if column == "id" else "0",)]
    else:
        assert rc == odbc.ERROR
        assert "TYPE_MISMATCH" in statement.diagnostics()[0][2]


def test_bound_as_described(statement: odbc.Statement) -> None:
    """What is bound as SQLDescribeParam says is of its C type: a number stays a number."""
    number = ctypes.c_int(42)
    statement.check(statement.bind_parameter(1, odbc.C_LONG, odbc.VARCHAR, ctypes.byref(number),
                                             size=262144))
    assert statement.query("SELECT ? + 1") == [("43",)]


def test_parameter_status(statement: odbc.Statement) -> None:
    status, processed = ctypes.c_ushort(99), ctypes.c_size_t(99)
    number = ctypes.c_int(1)
    statement.check(statement.set(odbc.ATTR_PARAM_STATUS_PTR, ctypes.addressof(status)))
    statement.check(statement.set(odbc.ATTR_PARAMS_PROCESSED_PTR, ctypes.addressof(processed)))
    statement.check(statement.bind_parameter(1, odbc.C_LONG, odbc.INTEGER, ctypes.byref(number)))
    statement.query("SELECT ?")
    assert (status.value, processed.value) == (0, 1)
    assert statement.execute("SELECT no_such_column + ?") == odbc.ERROR
    assert (status.value, processed.value) == (5, 1)
    status.value = processed.value = 99
    number.value = 7
    statement.check(statement.bind_parameter(1, odbc.C_LONG, -7, ctypes.byref(number)))
    assert statement.execute("SELECT ?") == odbc.ERROR
    assert statement.records() == [("22003", 1, 1)]
    assert (status.value, processed.value) == (5, 1)


REFUSED = [  # C type, SQL type, direction, size, digits, where, SQLSTATE
    (odbc.C_LONG, odbc.INTEGER, odbc.PARAM_OUTPUT, 0, 0, "bind", "HYC00"),
    (odbc.C_LONG, odbc.INTEGER, odbc.PARAM_INPUT_OUTPUT, 0, 0, "bind", "HYC00"),
    (odbc.C_LONG, odbc.INTEGER, 8, 0, 0, "bind", "HY105"),  # the manager: it knows no streams
    (odbc.C_LONG, odbc.INTEGER, 16, 0, 0, "bind", "HY105"),
    (odbc.C_LONG, odbc.INTEGER, 77, 0, 0, "bind", "HY105"),
    (odbc.C_DOUBLE, 103, 1, 0, 0, "bind", "07006"),
    (odbc.C_LONG, 12345, 1, 0, 0, "bind", "HY004"),
    (12345, odbc.INTEGER, 1, 0, 0, "bind", "HY003"),
    (odbc.C_LONG, 91, 1, 0, 0, "bind", "07006"),
    (odbc.C_LONG, odbc.DECIMAL, 1, 39, 0, "bind", "HY104"),
    (odbc.C_LONG, odbc.DECIMAL, 1, 3, 4, "bind", "HY104"),
    (odbc.C_LONG, odbc.VARCHAR, 1, 2, 0, "execute", "22001"),
    (odbc.C_LONG, -6, 1, 0, 0, "execute", "22003"),
    (odbc.C_LONG, -7, 1, 0, 0, "execute", "22003"),
]


@pytest.mark.parametrize("c_type, sql_type, direction, size, digits, where, state", REFUSED)
def test_refused(statement: odbc.Statement, c_type: int, sql_type: int, direction: int, size: int,
                 digits: int, where: str, state: str) -> None:
    value = ctypes.c_int(12345)
    rc = statement.bind_parameter(1, c_type, sql_type, ctypes.byref(value), None, size, digits,
                                  direction=direction)
    if where == "execute":
        statement.check(rc)
        rc = statement.execute("SELECT ?")
    assert rc == odbc.ERROR
    assert statement.states() == [state]


DEFAULTS = [  # SQL type, memory that SQL_C_DEFAULT stands for, answer
    (odbc.VARCHAR, b"text", "text"), (odbc.WVARCHAR, "ž".encode("utf-16-le"), "ž"),
    (odbc.DECIMAL, b"-1.50", "-1.50"), (-7, b"\1", "1"), (-6, b"\x80", "-128"),
    (5, struct.pack("h", -2), "-2"), (odbc.INTEGER, struct.pack("i", -3), "-3"),
    (-5, struct.pack("q", 2**40), str(2**40)), (7, struct.pack("f", 0.5), "0.5"),
    (6, struct.pack("d", 0.25), "0.25"), (91, struct.pack("hHH", 2024, 2, 29), "2024-02-29"),
    (93, struct.pack("hHHHHHI", 2024, 2, 29, 1, 2, 3, 0), "2024-02-29 01:02:03.000"),
    (odbc.C_GUID, bytes(range(16)), "03020100-0504-0706-0809-0a0b0c0d0e0f"),
]


@pytest.mark.parametrize("sql_type, memory, answer", DEFAULTS)
def test_default_c_type(statement: odbc.Statement, sql_type: int, memory: bytes,
                        answer: str) -> None:
    buffer, length = ctypes.create_string_buffer(memory), ctypes.c_ssize_t(len(memory))
    statement.check(statement.bind_parameter(1, odbc.C_DEFAULT, sql_type, buffer, length))
    assert statement.query("SELECT ?") == [(answer,)]


@pytest.mark.parametrize("precision, scale, own, answer", [
    (38, 0, 2, "123.45"), (38, 3, 0, "12.345"), (38, 1, 2, "1234.5"), (5, 2, 0, "123.45"),
    (4, 2, 0, None)])
def test_numeric_of_the_descriptor(statement: odbc.Statement, precision: int, scale: int, own: int,
                                   answer: str | None) -> None:
    """SQL_DESC_PRECISION and SQL_DESC_SCALE of the APD; the structure's scale without them."""
    memory = struct.pack("<BbB16s", 9, own, 1, (12345).to_bytes(16, "little"))
    buffer = ctypes.create_string_buffer(memory)
    statement.check(statement.bind_parameter(1, odbc.C_NUMERIC, odbc.DECIMAL, buffer, None, 38, 10))
    apd = statement.descriptor("APD")
    for field, value in (("PRECISION", precision), ("SCALE", scale),
                         ("DATA_PTR", ctypes.addressof(buffer))):
        apd.check(apd.set(1, field, value))
    if answer is None:
        assert statement.execute("SELECT ?") == odbc.ERROR
        assert statement.records() == [("22003", 1, 1)]
    else:
        assert statement.query("SELECT ?") == [(answer,)]


def test_not_bound(statement: odbc.Statement) -> None:
    number = ctypes.c_int(1)
    statement.check(statement.bind_parameter(1, odbc.C_LONG, odbc.INTEGER, ctypes.byref(number)))
    assert statement.execute("SELECT ?, ?") == odbc.ERROR
    assert statement.states() == ["07002"]
    statement.check(odbc.lib.SQLFreeStmt(statement.value, odbc.RESET_PARAMS))
    assert statement.execute("SELECT ?") == odbc.ERROR
    assert statement.states() == ["07002"]


def test_bad_lengths(statement: odbc.Statement) -> None:
    buffer, length = ctypes.create_string_buffer(b"text"), ctypes.c_ssize_t(-77)
    statement.check(statement.bind_parameter(1, odbc.C_CHAR, odbc.VARCHAR, buffer, length))
    assert statement.execute("SELECT ?") == odbc.ERROR
    assert statement.states() == ["HY090"]
    length.value = odbc.DEFAULT_PARAM
    assert statement.execute("SELECT ?") == odbc.ERROR
    assert statement.states() == ["07S01"]


def test_prepare_keeps_its_markers(statement: odbc.Statement) -> None:
    """The markers of PREPARE belong to EXECUTE ... USING, whose own are ODBC's."""
    statement.check(statement.execute("PREPARE params_ps FROM SELECT ? AS v"))
    statement.check(statement.close())
    kept = bind_text(statement, 1, "it's", False)
    assert statement.query("EXECUTE params_ps USING ?") == [("it's",)]
    statement.check(statement.execute("DEALLOCATE PREPARE params_ps"))
    assert kept


def test_asynchronous(async_statement: odbc.Statement) -> None:
    kept = bind_text(async_statement, 1, "it's", False)
    assert async_statement.query("SELECT ?") == [("it's",)]
    late_one = late(async_statement, 1, False, odbc.DATA_AT_EXEC)
    assert async_statement.execute("SELECT ?") == odbc.NEED_DATA
    assert async_statement.param_data() == (odbc.NEED_DATA, 100)
    async_statement.check(async_statement.put_data(b"late"))
    async_statement.check(async_statement.param_data()[0])
    assert async_statement.rows() == [("late",)]
    assert kept and late_one
