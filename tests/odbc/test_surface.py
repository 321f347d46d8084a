"""What applications ask of handles: attributes, descriptors, diagnostics, SQLGetInfo."""

from __future__ import annotations

import ctypes
import struct

import odbc
import pytest

SMALL = ctypes.c_short
DIAG_SQLSTATE, DIAG_NATIVE, DIAG_NUMBER, DIAG_CLASS_ORIGIN = 4, 5, 2, 8
INFO = {"driver name": 6, "driver version": 7, "ODBC version": 77, "DBMS name": 17,
        "quote": 29, "async mode": 10021, "async notification": 10025, "async dbc": 10023,
        "transactions": 46, "GetData": 81, "statement length": 105}


def number(connection: odbc.Connection, which: int) -> int:
    return int.from_bytes(connection.info(which)[:4].ljust(4, b"\0"), "little")


def test_info_that_applications_decide_by(connection) -> None:
    assert connection.info(INFO["driver name"]) == b"libathenaodbc.so"
    assert connection.info(INFO["ODBC version"]) == b"03.80"
    assert b"Athena" in connection.info(INFO["DBMS name"])
    assert connection.info(INFO["quote"]) == b'"'
    assert number(connection, INFO["transactions"]) == 0
    assert number(connection, INFO["GetData"]) & 0b1011 == 0b1011


def info_u32(connection: odbc.Connection, which: int) -> int:
    value = ctypes.c_uint32(0xdeadbeef)
    connection.check(odbc.lib.SQLGetInfo(connection.value, which, ctypes.byref(value), 4, None))
    return value.value


def test_asynchrony_is_announced(connection) -> None:
    assert info_u32(connection, INFO["async mode"]) == 2, "SQL_AM_STATEMENT"
    assert info_u32(connection, INFO["async notification"]) == 1
    assert info_u32(connection, INFO["async dbc"]) == 0
    assert info_u32(connection, INFO["statement length"]) == 262144


def test_every_information_type_is_answered(connection) -> None:
    """All of ODBC 3.8's: 1 to 173 with gaps, and 10000 to 10025."""
    refused = []
    for which in [*range(1, 174), *range(10000, 10026)]:
        out = ctypes.create_string_buffer(4096)
        rc = odbc.lib.SQLGetInfo(connection.value, which, out, 4096, None)
        if rc not in (odbc.SUCCESS, odbc.INFO):
            refused.append(which)
    needs_a_handle = {5, 135}  # SQL_DRIVER_HSTMT and HDESC take one in, the manager answers
    unassigned = set(range(10006, 10021))
    assert set(refused) <= needs_a_handle | unassigned, refused


def test_functions(connection) -> None:
    supported = (ctypes.c_ushort * 250)()
    connection.check(odbc.lib.SQLGetFunctions(connection.value, 999, supported))

    def has(function: int) -> bool:
        return bool(supported[function >> 4] & (1 << (function & 15)))

    for function in (9, 11, 13, 16, 40, 43, 54, 59, 1021, 1012):  # BindCol ... FetchScroll
        assert has(function), function


@pytest.mark.parametrize("attribute, value", [
    (odbc.ATTR_QUERY_TIMEOUT, 7), (odbc.ATTR_MAX_ROWS, 12), (odbc.ATTR_ROW_ARRAY_SIZE, 33),
    (odbc.ATTR_ASYNC_ENABLE, 1), (2, 1), (3, 100),
])
def test_statement_attributes_read_back(statement, attribute: int, value: int) -> None:
    statement.check(statement.set(attribute, value), odbc.SUCCESS)
    assert statement.get(attribute) == value


def test_cursor_type_that_is_not_there_is_substituted(statement) -> None:
    statement.check(statement.set(6, 2), odbc.INFO)  # SQL_CURSOR_DYNAMIC
    assert statement.states() == ["01S02"]
    assert statement.get(6) == 3, "SQL_CURSOR_STATIC"


def test_current_catalog(connection) -> None:
    out, length = ctypes.create_string_buffer(128), ctypes.c_int()
    connection.check(odbc.lib.SQLGetConnectAttr(connection.value, odbc.ATTR_CURRENT_CATALOG, out,
                                                128, ctypes.byref(length)))
    assert out.value.decode().lower() == "awsdatacatalog"


def test_diagnostics_both_ways(statement) -> None:
    s = statement
    s.check(s.execute("SELECT * FROM no_such_tablé"), odbc.ERROR)
    narrow, wide = s.diagnostics(), s.diagnostics(wide=True)
    assert [(r[0], r[1]) for r in narrow] == [(r[0], r[1]) for r in wide]
    assert "no_such_tabl" in narrow[0][2]
    assert "[Athena][ODBC Driver]" in narrow[0][2]
    state, length = ctypes.create_string_buffer(6), SMALL()
    s.check(odbc.lib.SQLGetDiagField(odbc.STMT, s.value, 1, DIAG_SQLSTATE, state, 6,
                                     ctypes.byref(length)))
    assert state.value.decode() == narrow[0][0]
    count = ctypes.c_int()
    s.check(odbc.lib.SQLGetDiagField(odbc.STMT, s.value, 0, DIAG_NUMBER, ctypes.byref(count), 4,
                                     None))
    assert count.value == 1


def test_message_carries_the_query_id(statement) -> None:
    statement.check(statement.execute("SELECT no_such_column FROM zones"), odbc.ERROR)
    assert "(query " in statement.diagnostics()[0][2]


def test_describe(statement) -> None:
    s = statement
    s.check(s.execute("SELECT trip_id, fare, pickup_at, payment, CAST('x' AS varchar(9)) AS v, "
                      "passengers FROM taxi_trips WHERE 1 = 0"))
    kinds = [s.describe(c) for c in range(1, 7)]
    assert [k[0] for k in kinds] == ["trip_id", "fare", "pickup_at", "payment", "v", "passengers"]
    assert [k[1] for k in kinds] == [-5, 3, 93, 12, 12, -6]
    assert (kinds[0][2], kinds[1][2:4], kinds[3][2], kinds[4][2]) == (19, (10, 2), 255, 9)
    value, length = ctypes.c_ssize_t(), SMALL()
    s.check(odbc.lib.SQLColAttribute(s.value, 1, 8, None, 0, None, ctypes.byref(value)))
    assert value.value == 0, "bigint is signed"
    text = ctypes.create_string_buffer(64)
    s.check(odbc.lib.SQLColAttribute(s.value, 2, odbc.DESC_NAMES["type_name"], text, 64,
                                     ctypes.byref(length), None))
    assert text.value == b"decimal"


def test_string_lengths_are_options(connect) -> None:
    s = odbc.Statement(connect(StringColumnLength="4000", UseWCharForStringTypes="1"))
    s.check(s.execute("SELECT name FROM zones"))
    assert s.describe(1)[1:3] == (-9, 4000)
    s.check(s.free())


def test_no_string_length(connect) -> None:
    """0 is ODBC's word for a length that is not known; nobody binds a buffer by it then."""
    s = odbc.Statement(connect(StringColumnLength="0", ComplexTypeColumnLength="0"))
    s.check(s.execute("SELECT 'naïve', CAST('ab' AS char(5)), CAST('x' AS varchar(20)), X'00', "
                      "ARRAY[1], 1"))
    assert [s.describe(column)[1:3] for column in range(1, 7)] == [
        (12, 0), (12, 0), (12, 0), (-3, 0), (12, 0), (4, 10)]
    size = ctypes.c_ssize_t(-1)
    for field in (odbc.DESC_NAMES["display_size"], 1013, 1003):  # octet length, length
        s.check(odbc.lib.SQLColAttribute(s.value, 1, field, None, 0, None, ctypes.byref(size)))
        assert size.value == 0
    s.check(s.fetch())
    assert [s.text(column) for column in range(1, 6)] == ["naïve", "ab   ", "x", "00", "[1]"]
    s.check(s.free())


@pytest.mark.parametrize("sql, text", [
    ("CAST('-0.9999' AS decimal(4,4))", "-0.9999"), ("CAST('-9.99' AS decimal(3,2))", "-9.99"),
    ("CAST('-3.4028235E38' AS real)", "-3.4028235E38"),
    ("-1.7976931348623157E308", "-1.7976931348623157E308"),
    ("TIMESTAMP '2024-02-29 12:34:56.789012'", "2024-02-29 12:34:56.789012"),
    ("TIMESTAMP '2024-02-29 12:34:56.789012 America/Los_Angeles'",
     "2024-02-29 12:34:56.789012 America/Los_Angeles"),
    ("CAST(-9223372036854775807 AS bigint)", "-9223372036854775807"), ("true", "1"),
])
def test_display_size_has_room_for_the_text(statement, sql: str, text: str) -> None:
    statement.check(statement.execute(f"SELECT {sql}"))
    size = ctypes.c_ssize_t()
    statement.check(odbc.lib.SQLColAttribute(statement.value, 1, odbc.DESC_NAMES["display_size"],
                                             None, 0, None, ctypes.byref(size)))
    out, length = ctypes.create_string_buffer(size.value + 1), ctypes.c_ssize_t()
    statement.check(statement.bind(1, odbc.C_CHAR, ctypes.addressof(out), size.value + 1,
                                   ctypes.byref(length)))
    statement.check(statement.fetch())
    assert out.value.decode() == text


def test_explicit_descriptor_shared_by_two_statements(connection) -> None:
    ard = odbc.Handle(odbc.DESC, connection)
    first, second = odbc.Statement(connection), odbc.Statement(connection)
    value = ctypes.c_int()
    for s in (first, second):
        s.check(odbc.lib.SQLSetStmtAttr(s.value, 10010, ard.value, -4))
    first.check(first.bind(1, odbc.C_SLONG, ctypes.addressof(value), 4, None))
    for s, wanted in ((first, 11), (second, 22)):
        s.check(s.execute(f"SELECT {wanted}"))
        s.check(s.fetch())
        assert value.value == wanted
        s.check(s.free())
    ard.check(ard.free())


def test_any_odbc_version(any_env, connection_string) -> None:
    connection = odbc.Connection(any_env)
    connection.check(connection.connect(connection_string()))
    s = odbc.Statement(connection)
    assert s.query("SELECT DATE '2024-02-29'") == [("2024-02-29",)]
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_date_structs(statement) -> None:
    s = statement
    s.check(s.execute("SELECT DATE '2024-02-29', TIMESTAMP '2024-02-29 12:34:56.789'"))
    s.check(s.fetch())
    _, data, _ = s.get_data(1, odbc.C_TYPE_DATE, 6)
    assert struct.unpack("hHH", data[:6]) == (2024, 2, 29)
    _, data, _ = s.get_data(2, odbc.C_TYPE_TIMESTAMP, 16)
    assert struct.unpack("hHHHHHI", data[:16]) == (2024, 2, 29, 12, 34, 56, 789000000)
