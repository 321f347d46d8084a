"""SQLGetData in parts, and the pointers of a binding: what test_conversions.py has no room for."""

from __future__ import annotations

import ctypes

import appendix_d
import odbc
import pytest
from appendix_d import GROUPS, Target

LENGTH = ctypes.c_ssize_t
# characters of one to four bytes, of one unit and two, and a quote, which the file doubles
PATTERN = 'aé€😀"b\U0010fffd\n'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def all_parts(s: odbc.Statement, column: int, c_type: int, room: int, whole: bytes) -> None:
    """Each part fills its buffer, tells what is left, and the parts make up the value."""
    content = appendix_d.room_of(Target(c_type, room))
    terminator = Target(c_type).terminator()
    given = 0
    while True:
        rc, data, length = s.get_data(column, c_type, room)
        rest = whole[given:]
        assert length == len(rest), f"behind byte {given}"
        size = min(len(rest), content)
        assert data[:size + terminator] == rest[:size] + bytes(terminator), f"from byte {given} on"
        given += size
        if given == len(whole):
            break
        assert rc == odbc.INFO and s.states() == ["01004"]
    assert rc == odbc.SUCCESS
    for _ in range(2):
        assert s.get_data(column, c_type, room)[0] == odbc.NO_DATA


# buffers whose parts have content, and the characters that are enough to read with them
PARTS = [(odbc.C_CHAR, room, count) for room, count in
         ((2, 50), (3, 100), (4, 100), (6, 500), (101, 5000), (4096, 40000), (65536, 40000))]
PARTS += [(odbc.C_WCHAR, room, count) for room, count in
          ((4, 50), (5, 50), (6, 100), (9, 100), (12, 500), (203, 5000), (8192, 40000))]
PARTS += [(odbc.C_BINARY, room, count) for room, count in
          ((1, 50), (2, 100), (3, 100), (7, 500), (100, 5000), (4096, 40000), (100000, 40000))]


@pytest.mark.parametrize("fetcher", ["S3", "GetQueryResults"])
def test_text_in_parts(connect, fetcher: str) -> None:
    s = odbc.Statement(connect(True, ResultFetcher=fetcher))
    counts = sorted({count for _, _, count in PARTS})
    texts = {count: (PATTERN * (count // len(PATTERN) + 1))[:count] for count in counts}
    columns = ", ".join(f"'x', rpad('', {count}, {literal(PATTERN)})" for count in counts)
    s.check(s.execute(f"SELECT {columns}", wide=True))
    s.check(s.fetch())
    for c_type, room, count in PARTS:
        column = 2 * counts.index(count) + 2
        whole = appendix_d.encode(texts[count], GROUPS[c_type])
        all_parts(s, column, c_type, room, whole)
        s.get_data(column - 1)  # another column: the next call begins anew
    s.check(s.free())


@pytest.mark.parametrize("c_type, rooms", [(odbc.C_CHAR, [3, 4, 5, 64, 1000]),
                                           (odbc.C_WCHAR, [6, 7, 8, 10, 100, 2000]),
                                           (odbc.C_BINARY, [1, 2, 3, 999])])
def test_bytes_in_parts(statement, c_type: int, rooms: list[int]) -> None:
    """Two digits of a byte stay together: a buffer that cannot hold a pair more is not filled."""
    s = statement
    raw = bytes(range(256)) * 3
    s.check(s.execute(f"SELECT X'{raw.hex()}', 1"))
    s.check(s.fetch())
    for room in rooms:
        pair = {odbc.C_CHAR: 2, odbc.C_WCHAR: 4, odbc.C_BINARY: 1}[c_type]
        content = appendix_d.room_of(Target(c_type, room)) // pair * pair
        whole = raw if pair == 1 else appendix_d.encode(raw.hex().upper(), GROUPS[c_type])
        for given in range(0, len(whole), content):
            rc, data, length = s.get_data(1, c_type, room)
            part = whole[given:given + content]
            assert (length, data[:len(part)]) == (len(whole) - given, part)
            assert rc == (odbc.INFO if given + content < len(whole) else odbc.SUCCESS)
        assert s.get_data(1, c_type, room)[0] == odbc.NO_DATA
        s.get_data(2)


def test_another_type_or_column_begins_the_value_anew(statement) -> None:
    s = statement
    s.check(s.execute("SELECT 'abcdefgh', 12345, CAST(NULL AS varchar)"))
    s.check(s.fetch())
    for c_type, room, part in ((odbc.C_CHAR, 4, b"abc"), (odbc.C_BINARY, 4, b"abcd"),
                               (odbc.C_WCHAR, 4, b"a\0"), (odbc.C_CHAR, 3, b"ab")):
        rc, data, _ = s.get_data(1, c_type, room)
        assert (rc, data[:len(part)]) == (odbc.INFO, part)
    assert s.get_data(1, odbc.C_CHAR, 3)[1][:2] == b"cd"
    assert s.get_data(2, odbc.C_SLONG, 4)[1] == (12345).to_bytes(4, "little")
    assert s.get_data(1, odbc.C_CHAR, 3)[1][:2] == b"ab"
    assert s.get_data(2, odbc.C_SSHORT, 2)[1] == (12345).to_bytes(2, "little")
    assert s.get_data(2, odbc.C_SSHORT, 2)[0] == odbc.NO_DATA
    assert s.get_data(2, odbc.C_SLONG, 4)[0] == odbc.SUCCESS
    for c_type in (odbc.C_CHAR, odbc.C_SLONG):
        assert s.get_data(3, c_type)[::2] == (odbc.SUCCESS, odbc.NULL_DATA)
        assert s.get_data(3, c_type)[0] == odbc.NO_DATA


def test_an_error_can_be_asked_for_again(statement) -> None:
    s = statement
    s.check(s.execute("SELECT '300', CAST(NULL AS integer)"))
    s.check(s.fetch())
    for _ in range(2):
        assert s.get_data(1, odbc.C_STINYINT, 1)[0] == odbc.ERROR
        assert s.records() == [("22003", 1, 1)]
    assert s.get_data(1, odbc.C_SSHORT, 2)[0] == odbc.SUCCESS
    out = ctypes.c_int()
    for _ in range(2):
        assert odbc.lib.SQLGetData(s.value, 2, odbc.C_SLONG, ctypes.byref(out), 4, None) == \
            odbc.ERROR
        assert s.records() == [("22002", 1, 2)]
    assert s.get_data(2, odbc.C_SLONG, 4)[::2] == (odbc.SUCCESS, odbc.NULL_DATA)


def test_each_row_of_a_rowset(statement) -> None:
    """SQLSetPos chooses the row, and records say which one it was."""
    s = statement
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    s.check(s.execute("SELECT * FROM (VALUES (1, '10'), (2, 'x'), (3, '300')) t (i, v) ORDER BY i"))
    s.check(s.fetch())
    for row, records in ((2, [("22018", 2, 2)]), (3, [("22003", 3, 2)]), (1, [])):
        s.check(s.set_pos(row))
        rc, data, _ = s.get_data(2, odbc.C_STINYINT, 1)
        assert (rc, s.records()) == (odbc.ERROR if records else odbc.SUCCESS, records)
        assert s.get_data(1, odbc.C_SLONG, 4)[1] == row.to_bytes(4, "little")
    assert data == b"\x0a"


def test_a_buffer_without_room_asks_for_the_length(statement) -> None:
    """Whatever the value: an application makes its buffer with what it learns."""
    s = statement
    s.check(s.execute("SELECT 'abc', 1234, true, DATE '2017-01-02', X'ff00', ''"))
    s.check(s.fetch())
    for column, text in enumerate(("abc", "1234", "1", "2017-01-02", "FF00", ""), 1):
        for c_type, unit in ((odbc.C_CHAR, 1), (odbc.C_WCHAR, 2)):
            rc, _, length = s.get_data(column, c_type, 0)
            assert (rc, length, s.states()) == (odbc.INFO, unit * len(text), ["01004"])
            rc, data, length = s.get_data(column, c_type, length + unit)
            whole = appendix_d.encode(text, GROUPS[c_type])
            assert (rc, length, data) == (odbc.SUCCESS, len(whole), whole + bytes(unit))


def test_the_descriptor_says_what_ard_type_is(statement) -> None:
    s = statement
    s.check(s.execute("SELECT '123.456', INTERVAL '400' DAY, 7"))
    ard = s.descriptor("ARD")
    s.check(s.fetch())
    assert s.get_data(1, odbc.ARD_TYPE)[0] == odbc.ERROR
    assert s.states() == ["07009"], "there is no record"
    s.check(ard.set(1, "CONCISE_TYPE", odbc.C_NUMERIC))
    assert s.get_data(1, odbc.ARD_TYPE, 19)[0] == odbc.INFO
    s.check(ard.set(1, "SCALE", 3))
    s.check(ard.set(1, "PRECISION", 6))
    s.get_data(3)
    rc, data, length = s.get_data(1, odbc.ARD_TYPE, 19)
    assert (rc, data, length) == (odbc.SUCCESS, bytes([6, 3, 1]) + (123456).to_bytes(16, "little"),
                                  19)
    s.get_data(3)
    assert s.get_data(1, odbc.C_NUMERIC, 19)[0] == odbc.INFO, "the defaults are without fraction"
    assert s.get_data(2, 103, 28)[0] == odbc.ERROR
    assert s.states() == ["22015"] and "PRECISION" in s.diagnostics()[0][2]
    s.check(ard.set(2, "CONCISE_TYPE", 103))
    s.check(ard.set(2, "DATETIME_INTERVAL_PRECISION", 3))
    assert s.get_data(2, odbc.ARD_TYPE, 28)[0] == odbc.SUCCESS
    assert s.get_data(3, odbc.ARD_TYPE)[0] == odbc.ERROR
    s.check(ard.set(3, "CONCISE_TYPE", odbc.C_SBIGINT))
    assert s.get_data(3, odbc.ARD_TYPE, 8)[1] == (7).to_bytes(8, "little")


@pytest.mark.parametrize("most, text, raw", [
    (1, b"a", b"\xff"), (2, b"a", b"\xff\x00"), (3, "aé".encode(), b"\xff\x00\xff"),
    (5, "aé".encode(), b"\xff\x00\xff"), (7, "aé😀".encode(), b"\xff\x00\xff")])
def test_max_length(statement, most: int, text: bytes, raw: bytes) -> None:
    """SQL_ATTR_MAX_LENGTH cuts without a warning what is text or bytes, and nothing else."""
    s = statement
    s.check(s.set(odbc.ATTR_MAX_LENGTH, most))
    s.check(s.execute("SELECT 'aé' || chr(128512) || 'z', X'ff00ff', 123456, DATE '2017-01-02'",
                      wide=False))
    s.check(s.fetch())
    assert s.get_data(1) == (odbc.SUCCESS, text.ljust(4096, b"\0"), len(text))
    assert s.get_data(1)[0] == odbc.NO_DATA
    wide = text.decode().encode("utf-16-le")
    assert s.get_data(1, odbc.C_WCHAR) == (odbc.SUCCESS, wide.ljust(4096, b"\0"), len(wide))
    assert s.get_data(2, odbc.C_BINARY) == (odbc.SUCCESS, raw.ljust(4096, b"\0"), len(raw))
    assert (s.text(3), s.text(4)) == ("123456", "2017-01-02")


VALUES = "SELECT * FROM (VALUES (1, 'abc', 1.5), (2, NULL, NULL), (3, 'abcdefgh', -2.5)) " \
    "t (i, v, d) ORDER BY i"


def test_length_and_indicator_may_be_apart(statement) -> None:
    """ISO CLI: an indicator of its own says NULL or not; only the length has lengths."""
    s = statement
    text = (ctypes.c_char * 6 * 3)()
    lengths, indicators = (LENGTH * 3)(-7, -7, -7), (LENGTH * 3)(-7, -7, -7)
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    s.check(s.bind(2, odbc.C_CHAR, text, 6, lengths))
    s.check(s.descriptor("ARD").set(2, "INDICATOR_PTR", ctypes.addressof(indicators)))
    s.check(s.execute(VALUES))
    s.check(s.fetch(), odbc.INFO)
    assert s.records() == [("01004", 3, 2)]
    assert [indicators[0], indicators[1], indicators[2]] == [0, odbc.NULL_DATA, 0]
    assert (lengths[0], lengths[2]) == (3, 8)
    assert (text[0].value, text[2].value) == (b"abc", b"abcde")


def test_an_indicator_is_what_null_needs(statement) -> None:
    """Not the length: one of its own without the other is 22002."""
    s = statement
    text, lengths, numbers = (ctypes.c_char * 20 * 3)(), (LENGTH * 3)(), (ctypes.c_double * 3)()
    status = (ctypes.c_ushort * 3)()
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(status)))
    s.check(s.bind(2, odbc.C_CHAR, text, 20, lengths))
    s.check(s.descriptor("ARD").set(2, "INDICATOR_PTR", None))
    s.check(s.bind(3, odbc.C_DOUBLE, numbers, 8, None))
    s.check(s.execute(VALUES))
    s.check(s.fetch(), odbc.INFO)
    assert s.records() == [("22002", 2, 2), ("22002", 2, 3)]
    assert list(status) == [odbc.ROW_SUCCESS, odbc.ROW_ERROR, odbc.ROW_SUCCESS]
    assert (lengths[0], lengths[2]) == (3, 8)


def test_lengths_without_data(statement) -> None:
    s = statement
    lengths, numbers = (LENGTH * 3)(), (LENGTH * 3)()
    s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, 3))
    s.check(s.bind(2, odbc.C_WCHAR, None, 0, lengths))
    s.check(s.bind(3, odbc.C_DOUBLE, None, 0, numbers))
    s.check(s.execute(VALUES))
    s.check(s.fetch())
    assert list(lengths) == [6, odbc.NULL_DATA, 16]
    assert list(numbers) == [8, odbc.NULL_DATA, 8]


@pytest.mark.parametrize("c_types", [(9, 10, 11), (91, 92, 93)], ids=["odbc2", "odbc3"])
@pytest.mark.parametrize("version", [odbc.OV_ODBC2, odbc.OV_ODBC3, odbc.OV_ODBC3_80])
def test_dates_by_both_names(connection_string, version: int, c_types: tuple[int, ...]) -> None:
    """SQL_C_DATE and SQL_C_TYPE_DATE and so on, whatever the application's version."""
    env = odbc.Env(version)
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string()), odbc.SUCCESS, odbc.INFO)
    s = odbc.Statement(connection)
    text = "2017-01-02 03:04:05.000", "2017-02-30", "never"
    bound = ctypes.create_string_buffer(16)
    s.check(s.bind(1, c_types[2], bound, 16, None))
    s.check(s.execute(f"SELECT TIMESTAMP '{text[0]}', '{text[1]}', '{text[2]}'"))
    s.check(s.fetch())
    for c_type, group in zip(c_types, (91, 92, 93)):
        expected = appendix_d.convert("timestamp", text[0], Target(group), False)
        rc, data, length = s.get_data(1, c_type, Target(group).size())
        assert (rc, data, length) == (odbc.INFO if expected.states else odbc.SUCCESS,
                                      expected.data, expected.length)
    assert bound.raw == expected.data
    old = version == odbc.OV_ODBC2
    assert s.get_data(2, c_types[0], 6)[0] == odbc.ERROR
    assert s.states() == ["22008" if old else "22007"]
    assert s.get_data(3, c_types[0], 6)[0] == odbc.ERROR
    assert s.states() == ["22005" if old else "22018"]
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())
    env.check(env.free())


def as_printed(athena_type: str, text: str | None) -> str | None:
    """Athena's text, of which SQL_C_CHAR makes another for two types."""
    if text is not None and athena_type == "boolean":
        return {"0": "false", "1": "true"}[text]
    return bytes.fromhex(text).hex(" ") if text and athena_type == "varbinary" else text


@pytest.mark.parametrize("wide_strings", ["0", "1"])
def test_every_type_as_its_default(connect, wide_strings: str) -> None:
    """The engine's own values of all types, as SQL_C_DEFAULT and as the model makes of the text."""
    s = odbc.Statement(connect(UseWCharForStringTypes=wide_strings))
    s.check(s.execute("SELECT * FROM all_types ORDER BY id"))
    names = [type_name(s, column) for column in range(1, s.columns() + 1)]
    assert len(set(names)) >= 22
    while s.check(s.fetch(), odbc.SUCCESS, odbc.NO_DATA) == odbc.SUCCESS:
        texts = [as_printed(name, s.text(column)) for column, name in enumerate(names, 1)]
        for column, (name, text) in enumerate(zip(names, texts), 1):
            family, c_type = appendix_d.TYPES[name]
            if wide_strings == "1" and family == "character":
                c_type = odbc.C_WCHAR
            expected = appendix_d.convert(name, text, Target(c_type, 4096), is_part=True)
            rc, data, length = s.get_data(column, odbc.C_DEFAULT, 4096)
            assert rc == (odbc.INFO if expected.states else odbc.SUCCESS), (name, text)
            assert (length, data[:len(expected.data)]) == (expected.length, expected.data), text
    s.check(s.free())


def type_name(s: odbc.Statement, column: int) -> str:
    name, length = ctypes.create_string_buffer(64), ctypes.c_short()
    s.check(odbc.lib.SQLColAttribute(s.value, column, odbc.DESC_NAMES["type_name"], name, 64,
                                     ctypes.byref(length), None))
    return name.value.decode()
