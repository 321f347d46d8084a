"""Rowsets into bound columns, and SQLGetData: what appendix C and D of the ODBC reference ask."""

from __future__ import annotations

import ctypes

import odbc
import pytest

LENGTH = ctypes.c_ssize_t
NUMBERS = "SELECT n, CAST(n AS varchar) FROM UNNEST(sequence(1, {})) AS t (n) ORDER BY n"
SIZES = [1, 7, 100, 1000]


@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("total", [0, 1, 7, 250, 4321])
def test_column_wise(connection, total: int, size: int, is_async: bool) -> None:
    s = odbc.Statement(connection, is_async)
    numbers, texts = (ctypes.c_longlong * size)(), (ctypes.c_char * 8 * size)()
    number_lengths, text_lengths = (LENGTH * size)(), (LENGTH * size)()
    status, fetched = (ctypes.c_ushort * size)(), ctypes.c_size_t()
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, size))
    s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(status)))
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
    s.check(s.bind(1, odbc.C_SBIGINT, numbers, 8, number_lengths))
    s.check(s.bind(2, odbc.C_CHAR, texts, 8, text_lengths))
    s.check(s.poll(lambda: s.execute(NUMBERS.format(total) if total else
                                     NUMBERS.format(1).replace("ORDER", "WHERE 1 = 0 ORDER"))))
    seen = 0
    while s.check(s.poll(s.fetch), odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
        count = fetched.value
        assert count == min(size, total - seen)
        for i in range(count):
            assert numbers[i] == seen + i + 1
            assert texts[i].value.decode() == str(seen + i + 1)
            assert text_lengths[i] == len(str(seen + i + 1))
            assert number_lengths[i] == 8
            assert status[i] == odbc.ROW_SUCCESS
        assert all(status[i] == odbc.ROW_NOROW for i in range(count, size))
        seen += count
    assert seen == total
    s.check(s.free())


class Row(ctypes.Structure):
    _fields_ = [("number", ctypes.c_int), ("number_length", LENGTH),
                ("text", ctypes.c_char * 12), ("text_length", LENGTH)]


class Packed(ctypes.Structure):
    """As compilers lay out what is packed: nothing is where its type would want to be."""

    _pack_ = 1
    _fields_ = [("odd", ctypes.c_char), ("number", ctypes.c_longlong), ("number_length", LENGTH),
                ("real", ctypes.c_double), ("when", ctypes.c_char * 16), ("text", ctypes.c_char * 7),
                ("text_length", LENGTH), ("fetched", ctypes.c_size_t), ("offset", LENGTH),
                ("wide", ctypes.c_char * 12)]


def test_buffers_may_be_unaligned(statement) -> None:
    """RODBC counts its rows in a packed structure."""
    s, rows = statement, (Packed * 3)()

    def at(field: str) -> int:
        return ctypes.addressof(rows) + getattr(Packed, field).offset

    s.check(s.set(odbc.ATTR_ROW_BIND_TYPE, ctypes.sizeof(Packed)))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 2))
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, at("fetched")))
    s.check(s.set(odbc.ATTR_ROW_BIND_OFFSET_PTR, at("offset")))
    rows[0].offset = ctypes.sizeof(Packed)
    s.check(s.bind(1, odbc.C_SBIGINT, at("number"), 8, at("number_length")))
    s.check(s.bind(2, odbc.C_DOUBLE, at("real"), 8, None))
    s.check(s.bind(3, odbc.C_TYPE_TIMESTAMP, at("when"), 16, None))
    s.check(s.bind(4, odbc.C_CHAR, at("text"), 7, at("text_length")))
    s.check(s.bind(5, odbc.C_WCHAR, at("wide"), 12, None))
    number = Packed()
    number.number, number.number_length = 40, 8
    address = ctypes.addressof(number)
    s.check(odbc.lib.SQLBindParameter(
        s.value, 1, odbc.PARAM_INPUT, odbc.C_SBIGINT, -5, 0, 0, address + Packed.number.offset, 8,
        address + Packed.number_length.offset))
    s.check(s.set(odbc.ATTR_PARAMS_PROCESSED_PTR, address + Packed.fetched.offset))
    s.check(s.execute("SELECT n + ?, n / 4e0, TIMESTAMP '2024-02-29 12:34:56', 'n' || "
                      "CAST(n AS varchar), '🐎' FROM UNNEST(sequence(1, 2)) AS t (n) ORDER BY n"))
    assert number.fetched == 1
    s.check(s.fetch())
    assert rows[0].fetched == 2
    assert [(r.number, r.number_length, r.real, r.text, r.text_length) for r in rows[1:]] == [
        (41, 8, 0.25, b"n1", 2), (42, 8, 0.5, b"n2", 2)]
    assert rows[2].when[:4] == b"\xe8\x07\x02"  # up to the NUL in "2024, 2"
    assert rows[2].wide[:4] == "🐎".encode("utf-16-le")


def test_row_wise_with_offset(statement) -> None:
    s = statement
    rows = (Row * 20)()
    offset = ctypes.c_size_t(0)
    s.check(s.set(odbc.ATTR_ROW_BIND_TYPE, ctypes.sizeof(Row)))
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 10))
    s.check(s.set(odbc.ATTR_ROW_BIND_OFFSET_PTR, ctypes.addressof(offset)))
    base = ctypes.addressof(rows)
    s.check(s.bind(1, odbc.C_SLONG, base + Row.number.offset, 4, base + Row.number_length.offset))
    s.check(s.bind(2, odbc.C_CHAR, base + Row.text.offset, 12, base + Row.text_length.offset))
    s.check(s.execute(NUMBERS.format(20)))
    s.check(s.fetch())
    offset.value = 10 * ctypes.sizeof(Row)
    s.check(s.fetch())
    assert [row.number for row in rows] == list(range(1, 21))
    assert [row.text.decode() for row in rows] == [str(n) for n in range(1, 21)]
    assert s.fetch() == odbc.NO_DATA


def test_binding_may_change_between_fetches(connection, statement) -> None:
    """Another buffer, another type, another descriptor, none, and again the first of them."""
    s = statement
    number, other, text = ctypes.c_longlong(), ctypes.c_longlong(), ctypes.create_string_buffer(8)
    descriptor = odbc.Handle(odbc.DESC, connection)
    ard, own = descriptor.value.value, s.get(odbc.ATTR_APP_ROW_DESC)
    s.check(s.set(odbc.ATTR_APP_ROW_DESC, ard))
    s.check(s.bind(1, odbc.C_SBIGINT, ctypes.byref(other), 8, None))
    s.check(s.set(odbc.ATTR_APP_ROW_DESC, own))
    s.check(s.bind(1, odbc.C_SBIGINT, ctypes.byref(number), 8, None))
    s.check(s.execute(NUMBERS.format(6)))
    seen = []
    for change in (lambda: odbc.SUCCESS,
                   lambda: s.bind(1, odbc.C_CHAR, text, 8, None),
                   lambda: s.set(odbc.ATTR_APP_ROW_DESC, ard),
                   lambda: s.set(odbc.ATTR_APP_ROW_DESC, own),
                   lambda: s.bind(1, odbc.C_SBIGINT, None, 0, None),
                   lambda: s.bind(1, odbc.C_SBIGINT, ctypes.byref(number), 8, None)):
        s.check(change())
        s.check(s.fetch())
        seen.append((number.value, other.value, text.value))
    assert seen == [(1, 0, b""), (1, 0, b"2"), (1, 3, b"2"), (1, 3, b"4"), (1, 3, b"4"),
                    (6, 3, b"4")]
    descriptor.check(descriptor.free())


def test_rowset_size_may_change_between_fetches(statement) -> None:
    s = statement
    numbers, fetched = (ctypes.c_longlong * 100)(), ctypes.c_size_t()
    s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(fetched)))
    s.check(s.bind(1, odbc.C_SBIGINT, numbers, 8, None))
    s.check(s.execute(NUMBERS.format(60)))
    seen = []
    for size in (1, 50, 3, 100):
        s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, size))
        s.check(s.fetch())
        seen += numbers[:fetched.value]
    assert seen == list(range(1, 61))
    assert s.fetch() == odbc.NO_DATA


def test_truncation_and_errors_per_row(statement) -> None:
    s = statement
    texts, lengths = (ctypes.c_char * 4 * 3)(), (LENGTH * 3)()
    numbers, status = (ctypes.c_byte * 3)(), (ctypes.c_ushort * 3)()
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(status)))
    s.check(s.bind(1, odbc.C_CHAR, texts, 4, lengths))
    s.check(s.bind(2, odbc.C_STINYINT, numbers, 1, None))
    s.check(s.execute("SELECT * FROM (VALUES (1, 'abc', 5), (2, 'abcdef', 6), (3, 'x', 700)) "
                      "AS t (i, a, b) ORDER BY i"))
    s.check(s.close())
    s.check(s.execute("SELECT a, b FROM (VALUES (1, 'abc', 5), (2, 'abcdef', 6), (3, 'x', 700)) "
                      "AS t (i, a, b) ORDER BY i"))
    s.check(s.fetch(), odbc.INFO)
    assert list(status) == [odbc.ROW_SUCCESS, odbc.ROW_SUCCESS_WITH_INFO, odbc.ROW_ERROR]
    assert [t.value for t in texts[:2]] == [b"abc", b"abc"]
    assert lengths[1] == 6, "the indicator has the whole length"
    assert sorted(s.states()) == ["01004", "22003"]


def test_null_needs_an_indicator(statement) -> None:
    s = statement
    number = ctypes.c_int()
    s.check(s.bind(1, odbc.C_SLONG, ctypes.addressof(number), 4, None))
    s.check(s.execute("SELECT CAST(NULL AS integer)"))
    s.check(s.fetch(), odbc.ERROR)
    assert s.states() == ["22002"]


def test_get_data_in_parts(statement) -> None:
    s = statement
    value = "".join(chr(ord("a") + i % 26) for i in range(1000))
    s.check(s.execute(f"SELECT '{value}', 7"))
    s.check(s.fetch())
    rc, data, length = s.get_data(1, odbc.C_CHAR, 101)
    assert (rc, length, data[:100].decode()) == (odbc.INFO, 1000, value[:100])
    assert s.states() == ["01004"]
    rc, data, length = s.get_data(1, odbc.C_CHAR, 501)
    assert (rc, length, data[:500].decode()) == (odbc.INFO, 900, value[100:600])
    rc, data, length = s.get_data(1, odbc.C_CHAR, 501)
    assert (rc, length, data[:400].decode()) == (odbc.SUCCESS, 400, value[600:])
    assert s.get_data(1)[0] == odbc.NO_DATA
    rc, data, _ = s.get_data(2, odbc.C_SLONG, 4)
    assert (rc, int.from_bytes(data, "little")) == (odbc.SUCCESS, 7)
    assert s.get_data(2, odbc.C_SLONG, 4)[0] == odbc.NO_DATA
    rc, data, _ = s.get_data(1, odbc.C_CHAR, 11)
    assert (rc, data[:10].decode()) == (odbc.INFO, value[:10]), "any column again, from its start"


def test_get_data_of_a_bound_column_and_in_any_order(statement) -> None:
    s = statement
    number = ctypes.c_int()
    s.check(s.bind(2, odbc.C_SLONG, ctypes.addressof(number), 4, None))
    s.check(s.execute("SELECT 'a', 2, 'c'"))
    s.check(s.fetch())
    assert (s.text(3), s.text(2), s.text(1), number.value) == ("c", "2", "a", 2)


def test_get_data_wide_with_surrogates(statement) -> None:
    s = statement
    value = "é🐎" * 300
    s.check(s.execute(f"SELECT '{value}'", wide=True))
    s.check(s.fetch())
    assert s.text(1, wide=True) == value
    s.check(s.close())
    s.check(s.execute(f"SELECT '{value}'"))
    s.check(s.fetch())
    assert s.text(1) == value


@pytest.mark.parametrize("column, c_type, state", [(0, odbc.C_CHAR, None), (3, odbc.C_CHAR, "07009"),
                                                   (1, 1234, "HY003")])
def test_get_data_refusals(statement, column: int, c_type: int, state: str | None) -> None:
    s = statement
    s.check(s.execute("SELECT 1, 2"))
    s.check(s.fetch())
    assert s.get_data(column, c_type)[0] == odbc.ERROR
    assert s.states()[0] == state or state is None


def test_null_is_not_the_empty_string(statement) -> None:
    rows = "(1, NULL, ''), (2, '', NULL), (3, 'NULL', '\"')"
    sql = f"SELECT a, b FROM (VALUES {rows}) AS t (i, a, b) ORDER BY i"
    assert statement.query(sql) == [(None, ""), ("", None), ("NULL", '"')]


@pytest.mark.parametrize("fetcher", ["S3", "GetQueryResults", "auto"])
def test_every_fetcher_gives_the_same(connect, fetcher: str) -> None:
    """Quotes, line breaks, separators, NULL in every place, and a single column of NULLs."""
    s = odbc.Statement(connect(ResultFetcher=fetcher))
    values = ["plain", 'say "hi"', '"', '""', "a,b", "line\nbreak", "cr\r\nlf", "", None, "ž🐎",
              "'quoted'", "tab\there", " blanks "]
    literal = ", ".join("({}, {})".format(i, "NULL" if v is None else "'" + v.replace("'", "''")
                                          + "'") for i, v in enumerate(values))
    sql = f"SELECT v FROM (VALUES {literal}) AS t (i, v) ORDER BY i"
    assert s.query(sql) == [(v,) for v in values]
    sql = f"SELECT v, i, v FROM (VALUES {literal}) AS t (i, v) ORDER BY i"
    assert s.query(sql) == [(v, str(i), v) for i, v in enumerate(values)]
    s.check(s.free())


@pytest.mark.parametrize("fetcher", ["S3", "GetQueryResults"])
def test_many_pages_and_parts(connect, fetcher: str) -> None:
    """More rows than a page, more bytes than the first part, in order, none lost, none twice."""
    s = odbc.Statement(connect(ResultFetcher=fetcher, DownloadWindow="1048576"))
    total = 12345
    s.check(s.execute(NUMBERS.format(total)))
    for n in range(1, total + 1):
        s.check(s.fetch())
        if n % 617 == 0 or n in (1, 999, 1000, 1001, total):
            assert (s.text(1), s.text(2)) == (str(n), str(n))
    assert s.fetch() == odbc.NO_DATA
    s.check(s.free())


def test_max_rows(statement) -> None:
    statement.check(statement.set(odbc.ATTR_MAX_ROWS, 3))
    assert statement.query(NUMBERS.format(10)) == [(str(n), str(n)) for n in (1, 2, 3)]


def test_cursor_states(statement) -> None:
    s = statement
    assert s.fetch() == odbc.ERROR
    assert s.states()[0] in ("HY010", "24000")
    s.check(s.execute("SELECT 1"))
    assert s.execute("SELECT 2") == odbc.ERROR
    assert s.states() == ["24000"]
    assert odbc.lib.SQLMoreResults(s.value) == odbc.NO_DATA
    s.check(s.execute("SELECT 3"))
    s.check(odbc.lib.SQLCloseCursor(s.value))
    assert odbc.lib.SQLCloseCursor(s.value) == odbc.ERROR
    assert s.states() == ["24000"]


def test_prepare_and_execute_again(statement) -> None:
    s = statement
    s.check(odbc.lib.SQLPrepare(s.value, b"SELECT 'again'", odbc.NTS))
    for _ in range(3):
        s.check(odbc.lib.SQLExecute(s.value))
        assert s.rows() == [("again",)]
        s.check(s.close())


def test_statements_without_rows(statement) -> None:
    s = statement
    s.check(s.execute("CREATE DATABASE IF NOT EXISTS scratch"))
    assert s.columns() == 0
    s.check(s.close())
    s.check(s.execute("DROP TABLE IF EXISTS scratch.copies"))
    s.check(s.close())
    s.check(s.execute("CREATE TABLE scratch.copies AS SELECT n FROM UNNEST(sequence(1, 25)) t (n)"))
    assert (s.columns(), s.row_count()) == (0, 25)
    s.check(s.close())
    s.check(s.execute("INSERT INTO scratch.copies SELECT n FROM UNNEST(sequence(1, 5)) t (n)"))
    assert (s.columns(), s.row_count()) == (0, 5)
    s.check(s.close())
    assert s.query("SELECT count(*) FROM scratch.copies") == [("30",)]
    assert ("copies",) in s.query("SHOW TABLES IN scratch")
    s.check(s.execute("DROP TABLE scratch.copies"))
    s.check(s.close())


def test_row_count_of_a_select_is_unknown_never_zero(statement) -> None:
    s = statement
    s.check(s.execute("SELECT 1"))
    assert s.row_count() in (-1, 1)
