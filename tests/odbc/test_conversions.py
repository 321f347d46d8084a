"""Every Athena type into every C type: appendix D of the ODBC reference, with values at the edges.

What has to come out says the model in appendix_d.py. A query gives each value of one Athena type in
as many columns as there are C types and buffer sizes, so that a fetch converts all of them at once:
into bound columns in rowsets, where return code, row status, every diagnostic record with its row
and column, every length and every byte are looked at, and once more by SQLGetData, in parts.
"""

from __future__ import annotations

import ctypes
import dataclasses
import struct

import appendix_d
import odbc
import pytest
from appendix_d import C_TYPES, RULES, TYPES, Outcome, Target
from conftest import TOP

ROWSET = 8
LENGTH_BYTES, GUARD_BYTES, UNTOUCHED = 8, 8, 0xA5


# ---- columns: what is bound and asked for ----

@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    target: Target
    c_type: int  # as the application says it: a code of ODBC 2, SQL_C_DEFAULT

    @property
    def has_fields(self) -> bool:
        """Whether the descriptor is to be told more than SQLBindCol says."""
        t = self.target
        return not (t.precision is None and t.scale is None and t.leading is None)

    def slot_bytes(self) -> int:
        return (self.target.size() + GUARD_BYTES + 7) // 8 * 8


ROOMS = {"CHAR": [0, 1, 2, 3, 5, 6, 7, 9, 11, 20, 24, 37, 300],
         "WCHAR": [0, 1, 2, 3, 4, 7, 11, 14, 22, 41, 48, 600],
         "BINARY": [0, 1, 3, 4, 6, 8, 16, 19, 300]}
NUMERICS = [(5, 2), (38, 10), (38, 38), (4, -2), (1, 0)]
LEADING_AND_SECONDS = [(9, 9), (5, 0), (1, 3), (7, 6)]


def columns_of(athena_type: str) -> list[Column]:
    """All C types; those with options also with some."""
    found = []
    for name, (code, group) in C_TYPES.items():
        for room in ROOMS.get(name, [0]):
            found.append(Column(f"{name} {room}", Target(code, room), code))
        if name == "NUMERIC":
            found += [Column(f"NUMERIC {p},{s}", Target(code, precision=p, scale=s), code)
                      for p, s in NUMERICS]
        if group.startswith("interval"):
            found += [Column(f"{name} {leading},{seconds}",
                             Target(code, precision=seconds, leading=leading), code)
                      for leading, seconds in LEADING_AND_SECONDS[:1 if group == "interval" else 4]]
    default = TYPES[athena_type][1]
    room = 400 if appendix_d.GROUPS[default] in appendix_d.UNITS else 0
    found.append(Column("DEFAULT", Target(default, room), appendix_d.DEFAULT))
    return found


# ---- values, as Athena prints them ----

def around(*limits: int) -> list[str]:
    """Limits, a step beyond each, and fractions next to them."""
    return [text for n in limits for text in (str(n), str(n - 1), str(n + 1), f"{n}.5", f"{n}.0")]


LIMITS = [0, -128, 127, 255, -32768, 32767, 65535, -2**31, 2**31 - 1, 2**32 - 1, -2**63, 2**63 - 1,
          2**64 - 1]
NINES = "9" * 38
TIMESTAMPS = ["2017-01-02 03:04:05", "2017-01-02 03:04:05.000"] + [
    "2017-01-02 03:04:05." + "123456789012"[:n] for n in range(1, 13)] + [
    "2017-01-02 03:04:05.999999999000", "1970-01-01 00:00:00.000", "2000-02-29 23:59:59.999",
    "0001-01-01 00:00:00.000000001", "0000-02-29 12:00:00.000", "-0001-12-31 00:00:00.000",
    "9999-12-31 23:59:59.999999999", "+10000-01-01 00:00:00.000", "32767-12-31 00:00:00.000",
    "32768-01-01 00:00:00.000", "-32768-01-01 00:00:00.000", "-32769-01-01 00:00:00.000",
    "2017-01-01 00:00:00.0000000001", "1992-12-31 23:45:55.12"]
DATES = ["2017-01-02", "2024-02-29", "2000-02-29", "1970-01-01", "0001-01-01", "0000-02-29",
         "-0004-02-29", "9999-12-31", "+10000-01-01", "123456-07-08", "-32768-01-01"]
TIMES = ["00:00:00", "00:00:00.000", "23:59:59.999", "10:11:12." + "5" * 9, "10:11:12." + "5" * 12,
         "10:11:12.000000000", "01:02:03.100000000000"]
INTERVALS = ["2-11", "0-0", "-0-1", "99-11", "100-0", "178956970-7", "-178956970-8", "1-12", "0-03",
             "2 00:00:00.000", "-0 00:00:01.000", "1 02:03:04.567", "99 23:59:59.999999999",
             "100 00:00:00.000", "0 00:00:00.0000000001", "106751991167 07:12:55.807",
             "4294967295 23:59:59.000", "5 23", "5 23:59", "5 24:00:00", "0 23:60:00", "5 1:2:3.4",
             "23:59", "23:59:58", "23:59:58.5", "100:30", "12:60", "1 2 3", "5 10:11:12.", "1:",
             "00 00:00:00.000", "12345678901234", "123456789012345", "9876543210987654321098-0",
             "123456789012345 00:00:00"]
GUIDS = ["12151fd2-7586-11e9-8f9e-2a86e4085a59", "{12151FD2-7586-11E9-8F9E-2A86E4085A59}",
         "00000000-0000-0000-0000-000000000000", " 12151fd2-7586-11e9-8f9e-2a86e4085a59  ",
         "12151fd2-7586-11e9-8f9e-2a86e4085a5", "12151fd2-7586-11e9-8f9e-2a86e4085a59}",
         "12151fd27586-11e9-8f9e-2a86e4085a59-", "12151fd2-7586-11e9-8f9e-2a86e4085a5g"]
BAD_TIMES = ["2017-02-29", "2017-13-01", "2017-00-01", "2017-01-00", "2017-1-2", "17-01-02",
             "24:00:00", "23:60:00", "23:59:60", "23:59:61.5", "23:59:62", "2016-12-31 23:59:60",
             "2016-12-31 24:00:00", "1:02:03", "10:11", "10:11:12.", "2017-01-02T03:04:05",
             "2017-01-02  03:04:05", "2017-01-02 ", " 10:11:12 ", "2017-01-02 03", "2017-01-02T",
             "2017-01-02 03:04:05 UTC", "2017-01-02 03:04:05.5+05:30", "03:04:05.5 -08:00",
             "2017-01-02 00:00:00 Europe/Berlin", "2017-01-02 03:04:05 Mars?", "2017/01/02",
             "1234567890-01-01", "today", "10:11:12:13", "10:11 5", "10:11:12 :5"]
BAD_NUMBERS = ["", " ", "  42  ", "\t42", "+42", "+-1", "- 1", "1 2", "1e", "1e+", "e5", ".", "-.",
               "1.", ".5", "-.5", "0x10", "1,5", "1_000", "1d", "inf", "NAN", "nan", "infinity",
               " NaN ", "+Infinity", "٤٢", "1e400", "1E-400", "-1e999999999999", "1e-999999999999",
               "00000000000000000000000000000000000000000042", "0." + "0" * 50 + "1", "true"]
FLOATS = ["0.0", "-0.0", "1.0", "0.1", "-1.5", "0.25", "12.75", "1.0E7", "1.0E10", "-1.25E-5",
          "3.4028235E38", "3.4028236E38", "-3.5E38", "1.4E-45", "7.0E-46", "1.17549435E-38",
          "16777217.0", "1.6777219E7", "NaN", "Infinity", "-Infinity", "9.223372036854775E18",
          "9.223372036854776E18", "1.8446744073709552E19", "2.0", "1.9999999", "-0.5"]
DOUBLES = FLOATS + ["1.7976931348623157E308", "-1.7976931348623157E308", "1.7976931348623159E308",
                    "4.9E-324", "2.4703282292062327E-324", "2.2250738585072014E-308",
                    "9007199254740993.0", "1.0E38", "9.999999999999999E37", "1.0E39",
                    "0.30000000000000004", "123456.789012345678901234567890",
                    # half way between two of them, and a digit that decides
                    "9007199254740993." + "0" * 30 + "1", "16777217." + "0" * 30 + "1",
                    "9007199254740992." + "9" * 30, "9007199254740993." + "0" * 900 + "1"]
TEXTS = ["hello", "a", "abcd", "abcdefghi", "abcdefghij", "é€😀", "😀😀😀😀😀", "aé" * 9, "ž🐎" * 7,
         'say "hi"', '""', '"', "a,b\r\nc\t\\", "  blanks  ", "NULL", "x" * 299, "y" * 300,
         "é" * 200, "ab\u0301e", "\ufeffx", "\U0010ffff" + "z" * 40]

VALUES: dict[str, list[str]] = {
    "boolean": ["true", "false"],
    "tinyint": ["0", "1", "2", "-1", "127", "-128", "99", "100"],
    "smallint": ["0", "1", "255", "256", "-129", "128", "32767", "-32768"],
    "integer": ["0", "1", "100", "-100", "65535", "65536", "-32769", "2147483647", "-2147483648"],
    "bigint": ["0", "1", "2147483648", "-2147483649", "4294967295", "4294967296", "99999999",
               "123456789", "9223372036854775807", "-9223372036854775808", "16777217",
               "9007199254740993", "-1"],
    "decimal": around(*LIMITS) + ["0.00", "-0.00", "0.5", "-0.5", "1.99", "2.00", "-0.0001",
                                  "12.300", "-12.300", NINES, "-" + NINES,
                                  NINES[:28] + "." + NINES[28:],
                                  "0." + NINES, "0." + "0" * 37 + "1", "100", "99.999999", "0.1",
                                  "16777217", "4294967296", "1234.56"],
    "decimal(4,4)": ["0.0000", "0.9999", "-0.9999", "-0.0001", "0.5000"],
    "real": FLOATS, "double": DOUBLES,
    "varbinary": ["", "00", "31 32 33", "ff fe 00 80", "00 " * 7 + "00", "de ad be ef " * 37 + "99",
                  "ab " * 149 + "cd"],
    "date": DATES, "time": TIMES, "timestamp": TIMESTAMPS,
    "time with time zone": ["01:02:03.456-08:00", "01:02:03.000+00:00", "23:59:59.999+14:00",
                            "01:02:03.000Z", "01:02:03.456 America/Los_Angeles"],
    "timestamp with time zone": ["2017-01-01 00:00:00.000 UTC", "2001-08-22 03:04:05.321 +08:35",
                                 "2001-08-22 03:04:05.321 America/Los_Angeles",
                                 "2001-08-22 00:00:00.000000000001 Z",
                                 "2001-08-22 00:00:00.000 Etc/GMT+5"],
    "interval year to month": INTERVALS[:9], "interval day to second": INTERVALS[9:16],
    "char": ["ab   ", "     ", "42   ", "é    ", "2017-01-02     ", "1 02:03:04  "] + GUIDS[:1],
    "varchar": TEXTS + BAD_NUMBERS + around(*LIMITS) + DOUBLES + [NINES, "0." + NINES, NINES + "0"]
    + DATES + TIMES + TIMESTAMPS + BAD_TIMES + INTERVALS + GUIDS,
    "uuid": GUIDS[:1] + GUIDS[2:3], "json": ["null", '{"a":[1,"é"]}', "42", '""', '"2017-01-02"'],
    "ipaddress": ["10.0.0.1", "2001:db8::1"], "array": ["[]", "[1, 2]", "[null, é]"],
    "map": ["{}", "{k=v, w}"], "row": ["{a=1, b=two}", "{a=null}"],
    "geometry": ["POINT (1 2)"], "hyperloglog": ["02 0c 01 00"],
}
WIRE_NAMES = {"real": "float", "decimal": "decimal(38,10)", "timestamp": "timestamp(3)",
              "char": "char(15)"}


def query_of(athena_type: str, column_count: int) -> str:
    values: list[str | None] = [*VALUES[athena_type], None]
    rows = ", ".join("({}, {})".format(
        i, "NULL" if text is None else "'" + text.replace("'", "''") + "'")
        for i, text in enumerate(values))
    items = ", ".join(f"v AS c{i}" for i in range(1, column_count + 1))
    return (f'/* athena-local: column_type="{WIRE_NAMES.get(athena_type, athena_type)}" '
            f"queue_ms=0 planning_ms=0 */ SELECT {items} "
            f"FROM (VALUES {rows}) AS t (i, v) ORDER BY i")


# ---- bound columns ----

class Buffers:
    """Memory for a rowset, by row or by column, at odd addresses; guards where there is room."""

    def __init__(self, columns: list[Column], by_row: bool) -> None:
        self.columns, self.by_row = columns, by_row
        self.places, self.row_bytes, total = [], 0, 0
        for column in columns:
            each = column.slot_bytes() if by_row else column.target.size()
            self.places.append(total)
            total += each + LENGTH_BYTES if by_row else \
                (each * ROWSET + GUARD_BYTES + 7) // 8 * 8 + LENGTH_BYTES * ROWSET
        self.row_bytes = total
        self.memory = ctypes.create_string_buffer(1 + (total * ROWSET if by_row else total))
        self.base = ctypes.addressof(self.memory) + 1
        self.content = b""
        self.status, self.fetched = (ctypes.c_ushort * ROWSET)(), ctypes.c_size_t()

    def clear(self) -> None:
        ctypes.memset(self.base, UNTOUCHED, len(self.memory) - 1)

    def data_at(self, index: int, row: int) -> int:
        each = self.columns[index].target.size()
        return self.places[index] + row * (self.row_bytes if self.by_row else each)

    def length_at(self, index: int, row: int) -> int:
        if self.by_row:
            return self.data_at(index, row) + self.columns[index].slot_bytes()
        size = self.columns[index].target.size() * ROWSET
        return self.places[index] + (size + GUARD_BYTES + 7) // 8 * 8 + row * LENGTH_BYTES

    def bind(self, s: odbc.Statement) -> None:
        s.check(s.set(odbc.ATTR_ROW_BIND_TYPE, self.row_bytes if self.by_row else 0))
        s.check(s.set(odbc.ATTR_ROW_ARRAY_SIZE, ROWSET))
        s.check(s.set(odbc.ATTR_ROW_STATUS_PTR, ctypes.addressof(self.status)))
        s.check(s.set(odbc.ATTR_ROWS_FETCHED_PTR, ctypes.addressof(self.fetched)))
        for index, column in enumerate(self.columns):
            data = self.base + self.data_at(index, 0)
            s.check(s.bind(index + 1, column.c_type, data, column.target.size(),
                           self.base + self.length_at(index, 0)))
            if column.has_fields:
                tell_fields(s, index + 1, column.target)
                s.check(s.descriptor("ARD").set(index + 1, "DATA_PTR", data))

    def read(self) -> None:
        self.content = self.memory.raw[1:]

    def wrong(self, index: int, row: int, expected: Outcome) -> str:
        """What is not as expected in a buffer; "" when all is well."""
        at, size = self.data_at(index, row), self.columns[index].target.size()
        guard = self.content[at + size:at + size + GUARD_BYTES]
        if (self.by_row or row == ROWSET - 1) and guard != bytes([UNTOUCHED]) * GUARD_BYTES:
            return f"{guard!r} behind the buffer"
        if expected.is_error:
            return ""
        data = self.content[at:at + len(expected.data)]
        where = self.length_at(index, row)
        length = int.from_bytes(self.content[where:where + LENGTH_BYTES], "little", signed=True)
        if (data, length) == (expected.data, expected.length):
            return ""
        return f"{data!r} of length {length} and not {expected.data!r} of {expected.length}"


def tell_fields(s: odbc.Statement, number: int, target: Target) -> None:
    for field, value in (("PRECISION", target.precision), ("SCALE", target.scale),
                         ("DATETIME_INTERVAL_PRECISION", target.leading)):
        if value is not None:
            s.check(s.descriptor("ARD").set(number, field, value))


def expected_rc(statuses: list[int]) -> int:
    if all(status == odbc.ROW_ERROR for status in statuses):
        return odbc.ERROR
    return odbc.SUCCESS if all(status == odbc.ROW_SUCCESS for status in statuses) else odbc.INFO


def status_of(outcomes: list[Outcome]) -> int:
    if any(outcome.is_error for outcome in outcomes):
        return odbc.ROW_ERROR
    return odbc.ROW_SUCCESS_WITH_INFO if any(outcome.states for outcome in outcomes) else \
        odbc.ROW_SUCCESS


def wrong_records(found: list[tuple[str, int, int]], outcomes: list[list[Outcome]]) -> list[str]:
    """Each warning and error has its record, in ODBC's order: by row, in a row errors first."""
    wanted = [(state, row + 1, column + 1) for row, cells in enumerate(outcomes)
              for column, cell in enumerate(cells) for state in cell.states]
    wanted.sort(key=lambda r: (r[1], r[0].startswith("01")))
    if found == wanted:
        return []
    return [f"the records in excess {sorted(set(found) - set(wanted))[:5]}, missing "
            f"{sorted(set(wanted) - set(found))[:5]}"]


def check_rowset(s: odbc.Statement, athena_type: str, buffers: Buffers,
                 texts: list[str | None]) -> list[str]:
    """A fetch; what is wrong with it."""
    outcomes = [[appendix_d.convert(athena_type, text, c.target, is_part=False)
                 for c in buffers.columns] for text in texts]
    statuses = [status_of(cells) for cells in outcomes]
    buffers.clear()
    rc = s.fetch()
    buffers.read()
    wrong = []
    records = s.records()
    states: dict[tuple[int, int], tuple[str, ...]] = {}
    for state, *at in records:
        states[tuple(at)] = (*states.get(tuple(at), ()), state)
    for row, (text, cells) in enumerate(zip(texts, outcomes)):
        for index, cell in enumerate(cells):
            found = states.get((row + 1, index + 1), ())
            why = f"{found} and not {cell.states}" if found != cell.states else \
                buffers.wrong(index, row, cell)
            if why:
                wrong.append(f"{text!r} to {buffers.columns[index].name}: {why}")
    if not wrong:
        wrong = wrong_records(records, outcomes)
    if (rc, buffers.fetched.value) != (expected_rc(statuses), len(texts)):
        wrong.append(f"SQLFetch gave {rc} and {buffers.fetched.value} rows")
    if list(buffers.status)[:len(texts)] != statuses:
        wrong.append(f"the row status is {list(buffers.status)} and not {statuses}")
    return wrong


def check_bound(s: odbc.Statement, athena_type: str, wide: bool, by_row: bool) -> list[str]:
    columns = [c for c in columns_of(athena_type) if c.target.group in RULES[TYPES[athena_type][0]]]
    buffers = Buffers(columns, by_row)
    buffers.bind(s)
    s.check(s.execute(query_of(athena_type, len(columns)), wide))
    texts = [*VALUES[athena_type], None]
    wrong = []
    for start in range(0, len(texts), ROWSET):
        wrong += check_rowset(s, athena_type, buffers, texts[start:start + ROWSET])
    assert s.fetch() == odbc.NO_DATA
    return wrong


# ---- SQLGetData ----

def check_pieces(s: odbc.Statement, number: int, c_type: int, target: Target,
                 first: Outcome) -> str:
    """What the first call has left, to the end."""
    whole, given = first.whole or b"", len(first.data) - target.terminator()
    each = appendix_d.room_of(target) if given == appendix_d.room_of(target) else given
    while given < len(whole):
        rc, data, length = s.get_data(number, c_type, target.room)
        rest = whole[given:]
        part = rest[:each] + bytes(target.terminator())
        if (rc, length) != (odbc.INFO if each < len(rest) else odbc.SUCCESS, len(rest)) or \
                data[:len(part)] != part:
            return f"from byte {given} on: {rc}, {length}, {data!r} and not {part!r}"
        given += each
    return ""


def wrong_value(s: odbc.Statement, number: int, column: Column, athena_type: str,
                text: str | None) -> str:
    target, c_type = column.target, odbc.ARD_TYPE if column.has_fields else column.c_type
    expected = appendix_d.convert(athena_type, text, target, is_part=True)
    rc, data, length = s.get_data(number, c_type, target.size())
    at = (-1, -1) if expected.states == ("07006",) else (1, number)
    found = rc, [] if rc == odbc.SUCCESS else s.records()
    wanted = (odbc.ERROR if expected.is_error else odbc.INFO if expected.states else odbc.SUCCESS,
              [(state, *at) for state in expected.states])
    if found != wanted:
        return f"{found} and not {wanted}"
    if expected.is_error:
        return ""
    if (data[:len(expected.data)], length) != (expected.data, expected.length):
        return f"{data!r} of {length} and not {expected.data!r} of {expected.length}"
    if "01004" in expected.states:
        if len(expected.data) <= target.terminator():
            return ""  # without room there is no end
        why = check_pieces(s, number, c_type, target, expected)
        if why:
            return why
    rc = s.get_data(number, c_type, target.size())[0]
    return "" if rc == odbc.NO_DATA else f"{rc} after the end"


def check_get_data(s: odbc.Statement, athena_type: str, wide: bool) -> list[str]:
    columns, wrong = columns_of(athena_type), []
    s.check(s.execute(query_of(athena_type, len(columns)), wide))
    for number, column in enumerate(columns, 1):
        if column.has_fields:
            s.check(s.descriptor("ARD").set(number, "CONCISE_TYPE", column.c_type))
            tell_fields(s, number, column.target)
    for text in [*VALUES[athena_type], None]:
        s.check(s.fetch())
        for number, column in enumerate(columns, 1):
            why = wrong_value(s, number, column, athena_type, text)
            if why:
                wrong.append(f"{text!r} to {column.name}: {why}")
    assert s.fetch() == odbc.NO_DATA
    return wrong


# ---- the matrix ----

# "SQL to C Data Conversion Examples", but for two lines in which the reference contradicts its own
# table: a double of 1.2345678 as SQL_C_FLOAT and as SQL_C_STINYINT.
EXAMPLES = [
    ("char", "abcdef", "CHAR", 7, b"abcdef\0", ""),
    ("char", "abcdef", "CHAR", 6, b"abcde\0", "01004"),
    ("decimal", "1234.56", "CHAR", 8, b"1234.56\0", ""),
    ("decimal", "1234.56", "CHAR", 5, b"1234\0", "01004"),
    ("decimal", "1234.56", "CHAR", 4, b"", "22003"),
    ("decimal", "1234.56", "FLOAT", 0, struct.pack("<f", 1234.56), ""),
    ("decimal", "1234.56", "SSHORT", 0, struct.pack("<h", 1234), "01S07"),
    ("decimal", "1234.56", "STINYINT", 0, b"", "22003"),
    ("double", "1.2345678", "DOUBLE", 0, struct.pack("<d", 1.2345678), ""),
    ("date", "1992-12-31", "CHAR", 11, b"1992-12-31\0", ""),
    ("date", "1992-12-31", "CHAR", 10, b"", "22003"),
    ("date", "1992-12-31", "TIMESTAMP", 0, struct.pack("<hHHHHHI", 1992, 12, 31, 0, 0, 0, 0), ""),
    ("timestamp", "1992-12-31 23:45:55.12", "CHAR", 23, b"1992-12-31 23:45:55.12\0", ""),
    ("timestamp", "1992-12-31 23:45:55.12", "CHAR", 22, b"1992-12-31 23:45:55.1\0", "01004"),
    ("timestamp", "1992-12-31 23:45:55.12", "CHAR", 18, b"", "22003"),
]


@pytest.mark.parametrize("athena_type, text, c_type, room, data, state", EXAMPLES)
def test_the_model_by_the_examples_of_the_reference(athena_type: str, text: str, c_type: str,
                                                    room: int, data: bytes, state: str) -> None:
    for is_part in (False, True):
        found = appendix_d.convert(athena_type, text, Target(C_TYPES[c_type][0], room), is_part)
        assert (found.data, found.states) == (data, (state,) if state else ())


MODES = {"file, ANSI": ("S3", False), "file, W": ("S3", True),
         "pages, ANSI": ("GetQueryResults", False), "pages, W": ("GetQueryResults", True)}


def told(wrong: list[str]) -> str:
    return f"{len(wrong)} wrong:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize("athena_type", VALUES)
def test_pairs_that_there_are_not(statement, athena_type: str) -> None:
    """07006 from the fetch that meets the binding; no row is lost by it."""
    s = statement
    buffer, length = ctypes.create_string_buffer(32), ctypes.c_ssize_t()
    s.check(s.execute(query_of(athena_type, 1)))
    for code, group in C_TYPES.values():
        if group not in RULES[TYPES[athena_type][0]]:
            s.check(s.bind(1, code, buffer, 32, ctypes.byref(length)))
            assert s.fetch() == odbc.ERROR
            assert s.records() == [("07006", -1, -1)]
    s.check(s.bind(1, odbc.C_CHAR, None, 0, ctypes.byref(length)))
    assert [s.fetch() for _ in VALUES[athena_type]] == [odbc.SUCCESS] * len(VALUES[athena_type])
    s.check(s.fetch())
    assert (length.value, s.fetch()) == (odbc.NULL_DATA, odbc.NO_DATA)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("athena_type", VALUES)
def test_bound_columns(connect, athena_type: str, mode: str) -> None:
    fetcher, wide = MODES[mode]
    s = odbc.Statement(connect(wide, ResultFetcher=fetcher))
    wrong = check_bound(s, athena_type, wide, by_row=wide)
    assert not wrong, told(wrong)
    s.check(s.free())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("athena_type", VALUES)
def test_get_data(connect, athena_type: str, mode: str) -> None:
    fetcher, wide = MODES[mode]
    s = odbc.Statement(connect(wide, ResultFetcher=fetcher))
    wrong = check_get_data(s, athena_type, wide)
    assert not wrong, told(wrong)
    s.check(s.free())


@pytest.mark.parametrize("athena_type", ["varchar", "varbinary", "decimal", "timestamp"])
def test_rows_that_were_kept(connect, athena_type: str) -> None:
    """A scrollable cursor's rows come from where they are kept, not from the answer."""
    s = odbc.Statement(connect(True))
    s.check(s.set(odbc.ATTR_CURSOR_TYPE, odbc.CURSOR_STATIC))
    wrong = check_bound(s, athena_type, wide=True, by_row=True)
    assert not wrong, told(wrong)
    s.check(s.free())
    s = odbc.Statement(connect(True))
    s.check(s.set(odbc.ATTR_CURSOR_TYPE, odbc.CURSOR_STATIC))
    wrong = check_get_data(s, athena_type, wide=True)
    assert not wrong, told(wrong)
    s.check(s.free())


def test_readme_names_the_default_types() -> None:
    codes = {f"SQL_C_{name}": code for name, (code, _) in C_TYPES.items()}
    section = (TOP / "README.md").read_text().split("\n## Types\n")[1].split("\n#")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if "SQL_C_" in line]
    said = {name: codes[row[-1]] for row in rows[1:] for name in row[0].split(", ")}
    assert len(said) >= 24
    for athena_type, c_type in said.items():
        assert TYPES.get(athena_type, TYPES["hyperloglog"])[1] == c_type, athena_type
