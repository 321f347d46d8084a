"""Every C type as every SQL type: which pairs there are, what a value becomes, and what is refused.

The model below is written after appendix D of the ODBC Programmer's Reference, "Converting data from
C to SQL data types", and knows nothing of how the driver does it.
"""

from __future__ import annotations

import ctypes
import datetime
import struct
import uuid
from decimal import Decimal

import odbc
import pytest

INTERVALS = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "YEAR_TO_MONTH", "DAY_TO_HOUR",
             "DAY_TO_MINUTE", "DAY_TO_SECOND", "HOUR_TO_MINUTE", "HOUR_TO_SECOND",
             "MINUTE_TO_SECOND"]
IS_SINGLE = {name: "_" not in name for name in INTERVALS}
CLASSES = {name: "month" if name in ("YEAR", "MONTH", "YEAR_TO_MONTH") else "second"
           for name in INTERVALS}

# SQL types: number, declared size and digits. Texts and decimals are declared, so that they can be
# too short.
SQL_TYPES = {
    "CHAR": (1, 24, 0), "VARCHAR": (12, 24, 0), "LONGVARCHAR": (-1, 24, 0), "WCHAR": (-8, 24, 0),
    "WVARCHAR": (-9, 24, 0), "WLONGVARCHAR": (-10, 24, 0), "BINARY": (-2, 20, 0),
    "VARBINARY": (-3, 20, 0), "LONGVARBINARY": (-4, 20, 0), "BIT": (-7, 0, 0),
    "TINYINT": (-6, 0, 0), "SMALLINT": (5, 0, 0), "INTEGER": (4, 0, 0), "BIGINT": (-5, 0, 0),
    "DECIMAL": (3, 7, 2), "NUMERIC": (2, 7, 2), "REAL": (7, 0, 0), "FLOAT": (6, 0, 0),
    "DOUBLE": (8, 0, 0), "DATE": (91, 0, 0), "TIME": (92, 0, 0), "TIMESTAMP": (93, 0, 0),
    "GUID": (-11, 0, 0), **{name: (101 + i, 0, 0) for i, name in enumerate(INTERVALS)},
}
TEXTS = ["CHAR", "VARCHAR", "LONGVARCHAR", "WCHAR", "WVARCHAR", "WLONGVARCHAR"]
BINARIES = ["BINARY", "VARBINARY", "LONGVARBINARY"]
BITS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}
FLOATS = {"REAL": "real", "FLOAT": "double", "DOUBLE": "double"}
DECIMALS = ["DECIMAL", "NUMERIC"]
NUMBERS = ["BIT", *BITS, *DECIMALS, *FLOATS]


class Given:
    """A value as it is in memory."""

    def __init__(self, name: str, c_type: int, memory: bytes) -> None:
        self.name, self.c_type, self.memory = name, c_type, memory

    def becomes(self, sql_type: str) -> str | tuple[str, str] | None:
        """An SQLSTATE, or the type and the text of the value that Athena has got."""
        return "07006"


def text_literal(text: str) -> str | tuple[str, str]:
    return "22001" if len(text) > SQL_TYPES["VARCHAR"][1] else ("varchar", text)


def decimal_literal(value: Decimal) -> tuple[str, str]:
    """DECIMAL '...', of as many digits as are written."""
    digits = format(value, "f")
    whole, _, fraction = digits.lstrip("-").partition(".")
    return f"decimal({len(whole.lstrip('0')) + len(fraction) or 1},{len(fraction)})", digits


class Number(Given):
    """exact: not a float. Where a fraction has no place, it is cut."""

    def __init__(self, name: str, c_type: int, layout: str, value: float | Decimal,
                 is_exact: bool = True, memory: bytes | None = None) -> None:
        super().__init__(f"{name}={value}", c_type,
                         struct.pack(layout, value) if memory is None else memory)
        self.is_exact = is_exact
        self.text = format(value, "f") if isinstance(value, Decimal) else _plain(value)
        self.value = Decimal(self.text)

    def becomes(self, sql_type: str) -> str | tuple[str, str]:
        if sql_type in TEXTS:
            return text_literal(self.text)
        if sql_type == "BIT":
            return self._bit()
        if sql_type in BITS:
            most = 2 ** (BITS[sql_type] - 1)
            whole = int(self.value)
            return (sql_type.lower(), str(whole)) if -most <= whole < most else "22003"
        if sql_type in DECIMALS:
            cut = Decimal(int(self.value * 100)) / 100
            scale = min(2, max(0, -int(self.value.as_tuple().exponent)))
            return "22003" if abs(cut) >= 10**5 else decimal_literal(
                cut.quantize(Decimal(1).scaleb(-scale)))
        if sql_type in FLOATS:
            return "22003" if sql_type == "REAL" and abs(self.value) > Decimal("3.5e38") else (
                FLOATS[sql_type], self._float(sql_type))
        if IS_SINGLE.get(sql_type) and self.is_exact:
            return self._interval(sql_type)
        return "07006"

    def _bit(self) -> str | tuple[str, str]:
        if self.value in (0, 1):
            return "boolean", str(int(self.value))
        return "22001" if 0 < self.value < 2 else "22003"

    def _float(self, sql_type: str) -> str:
        return _athenas(float(self.value), "f" if sql_type == "REAL" else "d")

    def _interval(self, sql_type: str) -> str | tuple[str, str] | None:
        """None: Athena has no interval of so many."""
        whole, cut = int(self.value), self.value != int(self.value)
        if abs(whole) >= 2**32:
            return "22003"
        if cut and sql_type != "SECOND":
            return "22015"
        if abs(whole) * (12 if sql_type == "YEAR" else 1) >= 2**31:
            return None
        return _interval_text(whole, sql_type, Decimal(abs(self.value)) % 1 if cut else Decimal(0))


def _plain(value: float) -> str:
    """The shortest digits, with an exponent beyond 16 digits or 5 zeros."""
    if isinstance(value, int):
        return str(value)
    text = repr(value)
    if "e" not in text:
        return text.removesuffix(".0")
    mantissa, exponent = text.split("e")
    return f"{mantissa}E{int(exponent)}"


def _athenas(value: float, layout: str) -> str:
    """The fewest digits that are the value, as Java writes them: 128.0, 1.0E7, 1.0E-4."""
    packed = struct.pack(layout, value)
    shortest = next(float(f"{value:.{n}g}") for n in range(1, 18)
                    if struct.pack(layout, float(f"{value:.{n}g}")) == packed)
    sign, digits, exponent = Decimal(repr(shortest)).normalize().as_tuple()
    text = "".join(map(str, digits))
    power = len(text) - 1 + exponent if shortest else 0
    if 0 <= power < 7 or (-3 <= power < 0):
        return repr(shortest)
    return f"{'-' if sign else ''}{text[0]}.{text[1:] or '0'}E{power}"


def _interval_text(count: int, unit: str, fraction: Decimal = Decimal(0)) -> tuple[str, str]:
    """How Athena prints it: "Y-M", "D HH:MM:SS.mmm"."""
    sign, count = ("-" if count < 0 else ""), abs(count)
    if CLASSES[unit] == "month":
        months = count * (12 if unit == "YEAR" else 1)
        return "interval", f"{sign}{months // 12}-{months % 12}"
    seconds = count * {"DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}[unit]
    day, rest = divmod(seconds, 86400)
    return ("interval",
            f"{sign}{day} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
            f".{int(fraction * 1000):03}")


def _time_literal(text: str) -> tuple[str, str]:
    """The local Athena has times of three digits; Athena's has as many as are written."""
    return "time(3)", text + ".000"


class Moment(Given):
    """A date, a time or a timestamp."""

    def __init__(self, name: str, c_type: int, memory: bytes,
                 when: datetime.date | datetime.time | datetime.datetime | None) -> None:
        super().__init__(f"{name}={when}", c_type, memory)
        self.kind, self.when = name, when

    def becomes(self, sql_type: str) -> str | tuple[str, str]:
        kinds = {"DATE": ["DATE", "TIMESTAMP"], "TIME": ["TIME", "TIMESTAMP"],
                 "TIMESTAMP": ["DATE", "TIME", "TIMESTAMP"]}[self.kind]
        if sql_type not in TEXTS and sql_type not in kinds:
            return "07006"
        if self.when is None:
            return "22008" if sql_type in TEXTS else "22007"
        text = str(self.when)
        if sql_type in TEXTS:
            return text_literal(text.rstrip("0") if "." in text else text)
        return getattr(self, "_" + sql_type.lower())()

    def _date(self) -> str | tuple[str, str]:
        if isinstance(self.when, datetime.datetime) and self.when.time() != datetime.time():
            return "22008"
        return "date", str(self.when)[:10]

    def _time(self) -> str | tuple[str, str]:
        time = self.when.time() if isinstance(self.when, datetime.datetime) else self.when
        return "22008" if time.microsecond else _time_literal(str(time))

    def _timestamp(self) -> tuple[str, str]:
        when = self.when
        if isinstance(when, datetime.time):
            when = datetime.datetime.combine(datetime.date.today(), when)
        elif not isinstance(when, datetime.datetime):
            when = datetime.datetime.combine(when, datetime.time())
        return "timestamp(3)", when.isoformat(" ", "milliseconds")


class Span(Given):
    """An interval of one field."""

    def __init__(self, unit: str, count: int) -> None:
        fields = [0] * 5
        fields[{"YEAR": 0, "MONTH": 1, "DAY": 0, "HOUR": 1, "MINUTE": 2, "SECOND": 3}[unit]] = abs(
            count)
        super().__init__(f"INTERVAL_{unit}={count}", SQL_TYPES[unit][0], struct.pack(
            "=ihxx5I", INTERVALS.index(unit) + 1, count < 0, *fields))
        self.unit, self.count = unit, count

    def becomes(self, sql_type: str) -> str | tuple[str, str]:
        if sql_type in TEXTS:
            return text_literal(str(self.count))
        if sql_type in BITS or sql_type in DECIMALS:
            return Number("", 0, "", self.count, memory=b"").becomes(sql_type)
        if CLASSES.get(sql_type) != CLASSES[self.unit]:
            return "07006"
        return self._as(sql_type)

    def _as(self, sql_type: str) -> str | tuple[str, str]:
        """Into other fields, if nothing is left over."""
        units = {"YEAR": 12, "MONTH": 1, "DAY": 86400, "HOUR": 3600, "MINUTE": 60, "SECOND": 1}
        last = sql_type.split("_")[-1]
        total = abs(self.count) * units[self.unit]
        return _interval_text(self.count, self.unit) if total % units[last] == 0 else "22015"


class Text(Given):
    """A text, and what it is of each type that it is a value of; span: class of the interval."""

    def __init__(self, text: str, is_wide: bool, span: str = "none",
                 **values: str | tuple[str, str]) -> None:
        data = text.encode("utf-16-le" if is_wide else "utf-8")
        super().__init__(("WCHAR " if is_wide else "CHAR ") + text,
                         odbc.C_WCHAR if is_wide else odbc.C_CHAR, data)
        self.text, self.span, self.values = text, span, values

    def becomes(self, sql_type: str) -> str | tuple[str, str]:
        if sql_type in TEXTS:
            return text_literal(self.text)
        family = next((f for f, types in (("binary", BINARIES), ("decimal", DECIMALS))
                       if sql_type in types), sql_type)
        other = "22015" if CLASSES.get(sql_type) == self.span else "22018"
        return self.values.get(family, other)


class Bytes(Given):
    """Bytes are the C value of the declared type, or text, or bytes."""

    def __init__(self, data: bytes, **values: str | tuple[str, str]) -> None:
        super().__init__(f"BINARY {data!r}", odbc.C_BINARY, data)
        self.values = values

    def becomes(self, sql_type: str) -> str | tuple[str, str]:
        if sql_type in TEXTS:
            return text_literal(self.memory.decode())
        if sql_type in BINARIES:
            return "varbinary", self.memory.hex().upper()
        return self.values.get(sql_type, "22018" if sql_type in DECIMALS else "22003")


class Uuid(Given):
    def __init__(self, value: uuid.UUID) -> None:
        super().__init__("GUID", odbc.C_GUID, value.bytes_le)
        self.value = value

    def becomes(self, sql_type: str) -> str | tuple[str, str]:
        if sql_type == "GUID":
            return "uuid", str(self.value)
        return text_literal(str(self.value)) if sql_type in TEXTS else "07006"


def numeric(digits: int, scale: int, positive: bool = True) -> Number:
    memory = struct.pack("<BbB16s", 38, scale, positive, digits.to_bytes(16, "little"))
    value = Decimal(digits if positive else -digits).scaleb(-scale)
    return Number("NUMERIC", odbc.C_NUMERIC, "", value, memory=memory)


def both(text: str, span: str = "none", **values: str | tuple[str, str]) -> list[Given]:
    return [Text(text, is_wide, span, **values) for is_wide in (False, True)]


INTEGERS = [("STINYINT", -26, "b", 8), ("UTINYINT", -28, "B", 8), ("SSHORT", -15, "h", 16),
            ("USHORT", -17, "H", 16), ("SLONG", -16, "i", 32), ("ULONG", -18, "I", 32),
            ("SBIGINT", -25, "q", 64), ("UBIGINT", -27, "Q", 64), ("TINYINT", -6, "b", 8),
            ("SHORT", 5, "h", 16), ("LONG", 4, "i", 32)]
ONE = {"BIT": ("boolean", "1"), "TINYINT": ("tinyint", "1"), "SMALLINT": ("smallint", "1"),
       "INTEGER": ("integer", "1"), "BIGINT": ("bigint", "1"), "decimal": ("decimal(1,0)", "1"),
       "REAL": ("real", "1.0"), "FLOAT": ("double", "1.0"), "DOUBLE": ("double", "1.0"),
       **{unit: _interval_text(1, unit) for unit in INTERVALS if IS_SINGLE[unit]}}

GIVEN: list[Given] = [
    *(Number(name, c_type, layout, value) for name, c_type, layout, bits in INTEGERS
      for value in sorted({0, 1, 7, 2**bits - 1 if name[0] == "U" else 2**(bits - 1) - 1,
                           0 if name[0] == "U" else -2**(bits - 1)})),
    *(Number("BIT", odbc.C_BIT, "B", value, is_exact=False) for value in (0, 1)),
    *(Number("FLOAT", odbc.C_FLOAT, "f", value, is_exact=False) for value in (1.0, -0.5, 1.5)),
    *(Number("DOUBLE", odbc.C_DOUBLE, "d", value, is_exact=False)
      for value in (0.0, 1.5, -123.25, 99999.999, 1e20, -1e300)),
    numeric(12345, 2), numeric(12345, 2, False), numeric(1, 0), numeric(10**30, 0),
    numeric(5, 1), numeric(99999999, 3),
    Moment("DATE", odbc.C_TYPE_DATE, struct.pack("hHH", 2024, 2, 29), datetime.date(2024, 2, 29)),
    Moment("DATE", odbc.C_TYPE_DATE, struct.pack("hHH", 2023, 2, 29), None),
    Moment("TIME", odbc.C_TYPE_TIME, struct.pack("HHH", 1, 2, 3), datetime.time(1, 2, 3)),
    Moment("TIME", odbc.C_TYPE_TIME, struct.pack("HHH", 24, 0, 0), None),
    *(Moment("TIMESTAMP", odbc.C_TYPE_TIMESTAMP, struct.pack(
        "hHHHHHI", when.year, when.month, when.day, when.hour, when.minute, when.second,
        when.microsecond * 1000), when)
      for when in (datetime.datetime(2024, 2, 29), datetime.datetime(2024, 2, 29, 23, 59, 58),
                   datetime.datetime(1969, 12, 31, 1, 2, 3, 456000))),
    Moment("TIMESTAMP", odbc.C_TYPE_TIMESTAMP, struct.pack("hHHHHHI", 2024, 13, 1, 0, 0, 0, 0),
           None),
    *(Span(unit, count) for unit in INTERVALS if IS_SINGLE[unit] for count in (1, -14, 24, 3600)),
    Uuid(uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")),
    *both("1", **{**ONE, "binary": "22018"}),
    *both("01", **{**ONE, "binary": ("varbinary", "01")}),
    *both("-1.5", BIT="22003", TINYINT="22001", SMALLINT="22001", INTEGER="22001", BIGINT="22001",
          decimal=("decimal(2,1)", "-1.5"), REAL=("real", "-1.5"), FLOAT=("double", "-1.5"),
          DOUBLE=("double", "-1.5"), SECOND=_interval_text(-1, "SECOND", Decimal("0.5"))),
    *both("2024-02-29", DATE=("date", "2024-02-29"), TIMESTAMP=("timestamp(3)",
                                                               "2024-02-29 00:00:00.000")),
    *both("23:59:58", "second", TIME=_time_literal("23:59:58"),
          **dict.fromkeys(("SECOND", "DAY_TO_SECOND", "HOUR_TO_SECOND", "MINUTE_TO_SECOND"),
                          ("interval", "0 23:59:58.000")),
          TIMESTAMP=("timestamp(3)", "today 23:59:58.000")),
    *both("2024-02-29 01:02:03", DATE="22008", TIME=_time_literal("01:02:03"),
          TIMESTAMP=("timestamp(3)", "2024-02-29 01:02:03.000")),
    *both("2-3", "month", YEAR_TO_MONTH=("interval", "2-3"), MONTH=("interval", "2-3")),
    *both("nonsense"), *both("ž🐎' -- x"), *both("x" * 25), *both("", binary=("varbinary", "")),
    Bytes(b"A", BIT="22003", TINYINT=("tinyint", "65")),
    Bytes(b"\1", BIT=("boolean", "1"), TINYINT=("tinyint", "1")),
    Bytes(struct.pack("=h", 0x4142), SMALLINT=("smallint", str(0x4142))),
    Bytes(struct.pack("=i", 0x41424344), INTEGER=("integer", str(0x41424344)),
          REAL=("real", Number("", 0, "", struct.unpack("f", b"DCBA")[0], memory=b"")._float("REAL"))),
    Bytes(b"12", SMALLINT=("smallint", str(0x3231)), DECIMAL=("decimal(2,0)", "12"),
          NUMERIC=("decimal(2,0)", "12")),
]


def bind(statement: odbc.Statement, number: int, given: Given, sql_type: str,
         kept: list) -> int:
    data = ctypes.create_string_buffer(given.memory, max(len(given.memory), 1))
    length = ctypes.c_ssize_t(len(given.memory))
    kept.append((data, length))
    kind, size, digits = SQL_TYPES[sql_type]
    return statement.bind_parameter(number, given.c_type, kind, data, length, size, digits)


@pytest.mark.parametrize("given", GIVEN, ids=[g.name[:40] for g in GIVEN])
def test_matrix(statement: odbc.Statement, given: Given) -> None:
    kept: list = []
    good = {}
    for sql_type in SQL_TYPES:
        wanted = given.becomes(sql_type)
        rc = bind(statement, 1, given, sql_type, kept)
        if wanted is None:
            continue
        if not isinstance(wanted, str):
            good[sql_type] = wanted
            statement.check(rc)
            continue
        if wanted != "07006":
            statement.check(rc)
            rc = statement.execute("SELECT ?")
        assert (sql_type, rc, statement.states()) == (sql_type, odbc.ERROR, [wanted])
    if not good:
        return
    columns = []
    for i, sql_type in enumerate(good):
        asked = "to_hex(?)" if sql_type in BINARIES else "?"
        columns.append(f"typeof(?), {asked}")
        for number in (2 * i + 1, 2 * i + 2):
            statement.check(bind(statement, number, given, sql_type, kept))
    today = str(datetime.date.today())
    row, = statement.query("SELECT " + ", ".join(columns))
    found = {name: (kind.split(" ")[0], text)  # the local Athena does not tell intervals apart
             for name, kind, text in zip(good, row[::2], row[1::2])}
    assert found == {name: (kind, text.replace("today", today))
                     for name, (kind, text) in good.items()}
