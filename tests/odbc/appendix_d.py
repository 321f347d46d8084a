"""ODBC Programmer's Reference, appendix D, "Converting data from SQL to C data types": a model.

What an application must find in its buffer for a value, independent of the driver: numbers are
exact (Decimal, Fraction), the calendar is Python's. RULES is the appendix's table: a row per family
of SQL types, an entry per group of C types; what has no entry is 07006.

A value is the text that Athena prints. Where the appendix leaves open what happens, or knows
nothing of what Athena has, the model says what this driver promises:

* text is cut at a character's border in a bound column, while SQLGetData fills its buffer, be it
  with half a character; the two digits of a byte stay together in both;
* a buffer without room for anything (BufferLength 0) asks for the length: 01004, not 22003;
* a time has a fraction of seconds: cutting it is 01S07, a timestamp keeps it;
* NaN and the infinities are those of C; to integers and SQL_C_NUMERIC they are out of range;
* a time zone is not in the C structs: the time is the printed one, with 01000 unless it is UTC;
* days and times that do not exist are 22007, what has not even their form is 22018;
* years that a SQLSMALLINT cannot hold are 22007;
* a decimal without whole digits loses the zero before its point rather than its last digit, since
  ODBC's display size (sign, point and digits) has no place for it.
"""

from __future__ import annotations

import calendar
import dataclasses
import datetime
import functools
import math
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

# ---- C types ----

CHAR, WCHAR, BINARY, BIT, NUMERIC, GUID, DEFAULT = 1, -8, -2, -7, 2, -11, 99
FLOAT, DOUBLE = 7, 8
DATE, TIME, TIMESTAMP = 91, 92, 93
NULL_DATA = -1

# name: code, group
C_TYPES: dict[str, tuple[int, str]] = {
    "CHAR": (CHAR, "char"), "WCHAR": (WCHAR, "wchar"), "BINARY": (BINARY, "binary"),
    "BIT": (BIT, "bit"),
    "TINYINT": (-6, "integer"), "STINYINT": (-26, "integer"), "UTINYINT": (-28, "integer"),
    "SHORT": (5, "integer"), "SSHORT": (-15, "integer"), "USHORT": (-17, "integer"),
    "LONG": (4, "integer"), "SLONG": (-16, "integer"), "ULONG": (-18, "integer"),
    "SBIGINT": (-25, "integer"), "UBIGINT": (-27, "integer"),
    "FLOAT": (FLOAT, "float"), "DOUBLE": (DOUBLE, "float"), "NUMERIC": (NUMERIC, "numeric"),
    "DATE": (9, "date"), "TIME": (10, "time"), "TIMESTAMP": (11, "timestamp"),
    "TYPE_DATE": (DATE, "date"), "TYPE_TIME": (TIME, "time"),
    "TYPE_TIMESTAMP": (TIMESTAMP, "timestamp"), "GUID": (GUID, "guid"),
    "INTERVAL_YEAR": (101, "interval"), "INTERVAL_MONTH": (102, "interval"),
    "INTERVAL_DAY": (103, "interval"), "INTERVAL_HOUR": (104, "interval"),
    "INTERVAL_MINUTE": (105, "interval"), "INTERVAL_SECOND": (106, "interval"),
    "INTERVAL_YEAR_TO_MONTH": (107, "intervals"), "INTERVAL_DAY_TO_HOUR": (108, "intervals"),
    "INTERVAL_DAY_TO_MINUTE": (109, "intervals"), "INTERVAL_DAY_TO_SECOND": (110, "intervals"),
    "INTERVAL_HOUR_TO_MINUTE": (111, "intervals"), "INTERVAL_HOUR_TO_SECOND": (112, "intervals"),
    "INTERVAL_MINUTE_TO_SECOND": (113, "intervals"),
}
GROUPS = dict(C_TYPES.values())
INTEGERS = {-6: "<b", -26: "<b", -28: "<B", 5: "<h", -15: "<h", -17: "<H", 4: "<i", -16: "<i",
            -18: "<I", -25: "<q", -27: "<Q"}
# bits of the mantissa, lowest exponent, first power of two that is too large, form
FLOATS = {FLOAT: (24, -149, 128, "<f"), DOUBLE: (53, -1074, 1024, "<d")}
STRUCTS = {"bit": 1, "numeric": 19, "date": 6, "time": 6, "timestamp": 16, "guid": 16,
           "interval": 28, "intervals": 28}
UNITS = {"char": 1, "wchar": 2, "binary": 1}  # bytes of a unit of the types of variable length


@dataclasses.dataclass(frozen=True)
class Target:
    """A buffer. The defaults are those that SQLBindCol and SQLGetData bring."""

    c_type: int
    room: int = 0  # BufferLength: of char, wchar and binary
    precision: int | None = None  # SQL_DESC_PRECISION; None: the default
    scale: int | None = None
    leading: int | None = None  # SQL_DESC_DATETIME_INTERVAL_PRECISION

    @property
    def group(self) -> str:
        return GROUPS[self.c_type]

    def size(self) -> int:
        """Bytes of the buffer."""
        if self.group in UNITS:
            return self.room
        if self.c_type in INTEGERS:
            return struct.calcsize(INTEGERS[self.c_type])
        return struct.calcsize(FLOATS[self.c_type][3]) if self.c_type in FLOATS else \
            STRUCTS[self.group]

    def terminator(self) -> int:
        return {"char": 1, "wchar": 2}.get(self.group, 0)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """states: none, warnings (01...) or one error. After an error nothing else is said."""

    states: tuple[str, ...] = ()
    data: bytes = b""  # in the buffer, with a terminator
    length: int = 0  # StrLen_or_Ind, in bytes
    whole: bytes | None = None  # of variable length: all of the value, to be had in parts

    @property
    def is_error(self) -> bool:
        return any(not state.startswith("01") for state in self.states)


def failed(state: str) -> Outcome:
    return Outcome((state,))


def fixed(data: bytes, *warnings: str) -> Outcome:
    return Outcome(warnings, data, len(data))


class Failed(Exception):
    """A value that has no outcome but an error."""


# ---- character and binary targets ----

def border(data: bytes, group: str) -> int:
    """Bytes of data that are whole characters."""
    end = len(data)
    if group == "char":
        while end and len(data) - end < 4:
            try:
                data[:end].decode()
                return end
            except UnicodeDecodeError:
                end -= 1
        return 0
    if group == "wchar" and end and 0xD8 <= data[end - 1] <= 0xDB:
        return end - 2
    return end


def encode(text: str, group: str) -> bytes:
    return text.encode("utf-16-le") if group == "wchar" else text.encode()


def room_of(target: Target) -> int:
    """Bytes of content that a buffer holds, whole units; -1 when not even a terminator."""
    unit, terminator = UNITS[target.group], target.terminator()
    return target.room // unit * unit - terminator if target.room >= terminator else -1


def put_text(whole: bytes, target: Target, is_part: bool) -> Outcome:
    """01004 when it does not fit with its terminator."""
    room = room_of(target)
    if room < 0:
        return Outcome(("01004",), b"", len(whole), whole)
    part = whole[:room]
    if len(part) < len(whole) and not is_part:
        part = part[:border(part, target.group)] or part
    return Outcome(("01004",) if len(part) < len(whole) else (), part + bytes(target.terminator()),
                   len(whole), whole)


def string(text: str, target: Target, is_part: bool) -> Outcome:
    return put_text(encode(text, target.group), target, is_part)


def digits(text: str, target: Target, is_part: bool) -> Outcome:
    """Numbers, dates and times: only a fraction may be cut, else 22003."""
    room = room_of(target)
    needed = text if "E" in text or "." not in text else text.partition(".")[0]
    if target.room > 0 and len(needed) * UNITS[target.group] > max(room, 0):
        return failed("22003")
    return string(text, target, is_part)


def fraction_digits(text: str, target: Target, is_part: bool) -> Outcome:
    """Of decimal(n,n)."""
    if len(text) * UNITS[target.group] == room_of(target) + UNITS[target.group]:
        text = text.replace("0.", ".", 1)
    return digits(text, target, is_part)


def boolean_digit(text: str, target: Target, is_part: bool) -> Outcome:
    return digits(str(boolean(text)), target, is_part)


def hexadecimal(text: str, target: Target, is_part: bool) -> Outcome:
    """Two digits a byte, which stay together."""
    raw = bytes.fromhex(text)
    if target.group == "binary":
        return put_text(raw, target, is_part)
    unit = 2 * UNITS[target.group]
    room = room_of(target)
    found = put_text(encode(raw.hex().upper(), target.group), target, is_part)
    if room < 0 or not found.states:
        return found
    return dataclasses.replace(
        found, data=found.data[:room // unit * unit] + bytes(target.terminator()))


def native(default: Target) -> Callable[[str, Target, bool], Outcome]:
    """SQL_C_BINARY of a type of fixed size: the bytes of its default C type, all or nothing."""
    def rule(text: str, target: Target, is_part: bool) -> Outcome:
        if 0 < target.room < default.size():
            return failed("22003")
        inner = RULES[family_of_default(default)][default.group](text, default, is_part)
        if target.room == 0 and not inner.is_error:
            return Outcome(inner.states + ("01004",), b"", len(inner.data), inner.data)
        return dataclasses.replace(inner, whole=inner.data)
    return rule


def decimal_bytes(text: str, target: Target, is_part: bool) -> Outcome:
    """SQL_DECIMAL's default is SQL_C_CHAR: the digits, all or nothing."""
    if 0 < target.room < len(text):
        return failed("22003")
    return string(text, target, is_part)


# ---- numbers ----

LITERAL = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+))?", re.ASCII)
FARTHEST_EXPONENT = 1000000  # as good as any beyond
SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}


def boolean(text: str) -> int:
    return {"false": 0, "true": 1}[text]


def number(text: str) -> Decimal:
    """Of a numeric literal; blanks around it are ignored."""
    text = text.strip(" ")
    if text in SPECIAL:
        raise Failed("22003")
    found = LITERAL.fullmatch(text)
    if not found:
        raise Failed("22018")
    exponent = max(min(int(found[2] or 0), FARTHEST_EXPONENT), -FARTHEST_EXPONENT)
    return Decimal(f"{found[1]}e{exponent}")


def shifted(value: Decimal, places: int) -> tuple[int, bool]:
    """value * 10^places towards zero, and whether anything was lost. Failed when it is vast."""
    if value and value.adjusted() + places > 60:
        raise Failed("22003")
    if value and value.adjusted() + places < -60:
        return 0, True
    exact = Fraction(value) * Fraction(10) ** places
    whole = math.trunc(exact)
    return whole, exact != whole


def cut_if(is_cut: bool) -> tuple[str, ...]:
    return ("01S07",) if is_cut else ()


def to_integer(text: str, target: Target, _: bool) -> Outcome:
    whole, is_cut = shifted(number(text), 0)
    try:
        return fixed(struct.pack(INTEGERS[target.c_type], whole), *cut_if(is_cut))
    except struct.error:
        return failed("22003")


def to_bit(text: str, target: Target, _: bool) -> Outcome:
    value = number(text)
    if not 0 <= value < 2:
        return failed("22003")
    return fixed(bytes([int(value)]), *cut_if(value != int(value)))


def nearest(value: Fraction, bits: int, lowest: int, beyond: int) -> Fraction:
    """The binary number with so many bits that is nearest, the even one of two."""
    if not value:
        return value
    size = abs(value.numerator).bit_length() - value.denominator.bit_length()
    if abs(value) < Fraction(2) ** size:
        size -= 1
    quantum = Fraction(2) ** max(size - bits + 1, lowest)
    rounded = round(value / quantum) * quantum
    if abs(rounded) >= Fraction(2) ** beyond:
        raise Failed("22003")
    return rounded


def to_float(text: str, target: Target, _: bool) -> Outcome:
    bits, lowest, beyond, form = FLOATS[target.c_type]
    text = text.strip(" ")
    if text in SPECIAL:
        return fixed(struct.pack(form, SPECIAL[text]))
    value = number(text)
    if value and value.adjusted() > 400:
        return failed("22003")
    exact = Fraction(0) if value.adjusted() < -400 else Fraction(value)
    found = float(nearest(exact, bits, lowest, beyond))
    return fixed(struct.pack(form, math.copysign(found, -1 if text[0] == "-" else 1)))


DEFAULT_PRECISION, DEFAULT_SCALE = 38, 0


def to_numeric(text: str, target: Target, _: bool) -> Outcome:
    precision = DEFAULT_PRECISION if target.precision is None else target.precision
    scale = DEFAULT_SCALE if target.scale is None else target.scale
    whole, is_cut = shifted(number(text), scale)
    if abs(whole) >= 10 ** precision:
        return failed("22003")
    return fixed(struct.pack("<BbB", precision, scale, int(whole >= 0))
                 + abs(whole).to_bytes(16, "little"), *cut_if(is_cut))


def of_boolean(rule: Callable[[str, Target, bool], Outcome]) -> Callable:
    return lambda text, target, is_part: rule(str(boolean(text)), target, is_part)


# ---- dates and times ----

DAY = r"(?P<year>[+-]?\d{4,9})-(?P<month>\d\d)-(?P<day>\d\d)"
CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d+))?)?"
ZONE = r"( ?(?P<zone>[A-Za-z+-][A-Za-z0-9+:/_-]*))?"
DAYTIME = [re.compile(form, re.ASCII) for form in (DAY, CLOCK + ZONE, f"{DAY}[ T]{CLOCK}{ZONE}",
                                                   f"{DAY} ")]
UTC = {"UTC", "Z", "GMT", "UT", "+00:00", "-00:00", "+00", "+0000", "Etc/UTC", "Etc/GMT", "Zulu",
       "Etc/UCT", "UCT"}


@dataclasses.dataclass(frozen=True)
class When:
    date: tuple[int, int, int] | None
    clock: tuple[int, int, int] | None
    nanosecond: int
    is_cut: bool  # the fraction has more digits than nine
    zone: str | None

    def loses(self, is_cut: bool) -> tuple[str, ...]:
        if is_cut:
            return ("01S07",)
        return ("01000",) if self.zone and self.zone not in UTC else ()


def when(text: str) -> When:
    found = next(filter(None, (form.fullmatch(text.strip(" ")) for form in DAYTIME)), None)
    if not found:
        raise Failed("22018")
    parts = {"hour": None, "second": None, "fraction": None, "zone": None, "year": None,
             **found.groupdict()}
    date = clock = None
    if parts["year"]:
        date = int(parts["year"]), int(parts["month"]), int(parts["day"])
        if not 1 <= date[1] <= 12 or not 1 <= date[2] <= calendar.mdays[date[1]] + (
                date[1] == 2 and calendar.isleap(date[0])):
            raise Failed("22007")
    if parts["hour"]:
        clock = int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0)
        if clock[0] > 23 or clock[1] > 59 or clock[2] > 61:  # two leap seconds
            raise Failed("22007")
    fraction = parts["fraction"] or ""
    return When(date, clock, int(fraction[:9].ljust(9, "0")), bool(fraction[9:].strip("0")),
                parts["zone"])


def year_of(value: When) -> int:
    assert value.date
    if not -32768 <= value.date[0] <= 32767:
        raise Failed("22007")
    return value.date[0]


def to_date(text: str, target: Target, _: bool) -> Outcome:
    value = when(text)
    if not value.date:
        return failed("22018")
    is_cut = any(value.clock or ()) or value.nanosecond > 0 or value.is_cut
    return fixed(struct.pack("<hHH", year_of(value), *value.date[1:]), *value.loses(is_cut))


def to_time(text: str, target: Target, _: bool) -> Outcome:
    value = when(text)
    if not value.clock:
        return failed("22018")
    return fixed(struct.pack("<HHH", *value.clock),
                 *value.loses(value.nanosecond > 0 or value.is_cut))


def to_timestamp(text: str, target: Target, _: bool) -> Outcome:
    value = when(text)
    if not value.date:
        today = datetime.date.today()
        value = dataclasses.replace(value, date=(today.year, today.month, today.day))
    return fixed(struct.pack("<hHHHHHI", year_of(value), *value.date[1:],
                             *(value.clock or (0, 0, 0)), value.nanosecond),
                 *value.loses(value.is_cut))


# ---- intervals ----

YEAR, MONTH, DAYS, HOUR, MINUTE, SECOND = range(6)
IN_UNITS = [12, 1, 86400, 3600, 60, 1]  # of months, of seconds
KINDS = {101: (YEAR, YEAR), 102: (MONTH, MONTH), 103: (DAYS, DAYS), 104: (HOUR, HOUR),
         105: (MINUTE, MINUTE), 106: (SECOND, SECOND), 107: (YEAR, MONTH), 108: (DAYS, HOUR),
         109: (DAYS, MINUTE), 110: (DAYS, SECOND), 111: (HOUR, MINUTE), 112: (HOUR, SECOND),
         113: (MINUTE, SECOND)}
YEAR_MONTH = re.compile(r"(\d+)-(\d{1,2})", re.ASCII)
DAY_TIME = re.compile(r"(\d+) (\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(\.\d+)?)?)?", re.ASCII)
HOURS = re.compile(r"(\d+):(\d{1,2})(?::(\d{1,2})(\.\d+)?)?", re.ASCII)
MINUTES = re.compile(r"(\d+):(\d{1,2})(\.\d+)?", re.ASCII)
ONE_FIELD = re.compile(r"(\d+)(\.\d+)?", re.ASCII)
MOST_DIGITS = 14  # of a first field; more is too large whatever the precision


def interval_value(text: str, kind: int) -> tuple[bool, Fraction]:
    """Sign and months, or seconds: of an interval that converts to the kind."""
    text = text.strip(" ")
    is_negative = text.startswith("-")
    text = text[1:] if text[:1] in ("-", "+") else text
    first, last = KINDS[kind]

    def field(digits: str | None, limit: int) -> int:
        if int(digits or 0) >= limit:
            raise Failed("22018")
        return int(digits or 0)

    leading = re.match(r"\d+", text, re.ASCII)
    if leading and len(leading[0]) > MOST_DIGITS:
        raise Failed("22015")
    if (found := YEAR_MONTH.fullmatch(text)) and last <= MONTH:
        return is_negative, Fraction(int(found[1]) * 12 + field(found[2], 12))
    if last <= MONTH and first == last and text.isascii() and text.isdigit():
        return is_negative, Fraction(int(text) * IN_UNITS[first])
    if last <= MONTH:
        raise Failed("22018")
    if found := DAY_TIME.fullmatch(text):
        seconds = int(found[1]) * 86400 + field(found[2], 24) * 3600 + field(found[3], 60) * 60 \
            + field(found[4], 60)
        return is_negative, seconds + Fraction(found[5] or 0)
    if first == MINUTE and (found := MINUTES.fullmatch(text)):
        return is_negative, int(found[1]) * 60 + field(found[2], 60) + Fraction(found[3] or 0)
    if found := HOURS.fullmatch(text):
        return is_negative, int(found[1]) * 3600 + field(found[2], 60) * 60 \
            + field(found[3], 60) + Fraction(found[4] or 0)
    if first == last and (found := ONE_FIELD.fullmatch(text)) and (not found[2] or first == SECOND):
        return is_negative, (int(found[1]) + Fraction(found[2] or 0)) * IN_UNITS[first]
    raise Failed("22018")


def put_interval(is_negative: bool, value: Fraction, target: Target) -> Outcome:
    first, last = KINDS[target.c_type]
    seconds_digits = 6 if target.precision is None else target.precision
    leading = 2 if target.leading is None else target.leading
    left = math.floor(value)
    fields, fraction, is_cut = {}, 0, False
    for field in range(first, last + 1):
        fields[field], left = divmod(left, IN_UNITS[field])
    if fields[first] >= 10 ** leading or fields[first] >= 2 ** 32:
        return failed("22015")
    rest = value - math.floor(value)
    if last == SECOND:
        fraction, is_cut = math.floor(rest * 10 ** seconds_digits), bool(
            rest * 10 ** seconds_digits % 1)
    is_cut = is_cut or left > 0 or (last != SECOND and rest > 0)
    numbers = [fields.get(YEAR, 0), fields.get(MONTH, 0), 0, 0, 0] if last <= MONTH else \
        [fields.get(f, 0) for f in (DAYS, HOUR, MINUTE, SECOND)] + [fraction]
    return fixed(struct.pack("<ihxx5I", target.c_type - 100, int(is_negative), *numbers),
                 *cut_if(is_cut))


def text_to_interval(text: str, target: Target, _: bool) -> Outcome:
    return put_interval(*interval_value(text, target.c_type), target)


def number_to_interval(text: str, target: Target, _: bool) -> Outcome:
    """The whole part is the one field; seconds have their fraction."""
    value = number(text)
    if value.adjusted() > 60:
        return failed("22015")
    exact = abs(Fraction(value))
    first = KINDS[target.c_type][0]
    whole = exact if first == SECOND else Fraction(math.floor(exact))
    found = put_interval(value < 0 and (value <= -1 or first == SECOND), whole * IN_UNITS[first],
                         target)
    return found if found.is_error or found.states or whole == exact else \
        dataclasses.replace(found, states=("01S07",))


def never_an_interval(text: str, target: Target, _: bool) -> Outcome:
    """"Whole part of number truncated", whatever the number."""
    return failed("22015")


# ---- GUID ----

GUID_FORM = re.compile(r"\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-"
                       r"([0-9a-f]{12})\}?", re.ASCII | re.IGNORECASE)


def to_guid(text: str, target: Target, _: bool) -> Outcome:
    text = text.strip(" ")
    found = GUID_FORM.fullmatch(text)
    if not found or (text[0] == "{") != (text[-1] == "}"):
        return failed("22018")
    return fixed(struct.pack("<IHH", *(int(part, 16) for part in found.groups()[:3]))
                 + bytes.fromhex(found[4] + found[5]))


# ---- the table ----

STRINGS = {"char": string, "wchar": string}
DIGITS = {"char": digits, "wchar": digits}
NUMBERS = {"integer": to_integer, "bit": to_bit, "float": to_float, "numeric": to_numeric}

RULES: dict[str, dict[str, Callable[[str, Target, bool], Outcome]]] = {
    "character": {**STRINGS, "binary": string, **NUMBERS, "date": to_date, "time": to_time,
                  "timestamp": to_timestamp, "guid": to_guid, "interval": text_to_interval,
                  "intervals": text_to_interval},
    "bit": {"char": boolean_digit, "wchar": boolean_digit, "binary": native(Target(BIT)),
            **{group: of_boolean(rule) for group, rule in NUMBERS.items()}},
    "tinyint": {**DIGITS, **NUMBERS, "binary": native(Target(-26)),
                "interval": number_to_interval, "intervals": never_an_interval},
    "smallint": {**DIGITS, **NUMBERS, "binary": native(Target(-15)),
                 "interval": number_to_interval, "intervals": never_an_interval},
    "integer": {**DIGITS, **NUMBERS, "binary": native(Target(-16)),
                "interval": number_to_interval, "intervals": never_an_interval},
    "bigint": {**DIGITS, **NUMBERS, "binary": native(Target(-25)),
               "interval": number_to_interval, "intervals": never_an_interval},
    "decimal": {**DIGITS, **NUMBERS, "binary": decimal_bytes,
                "interval": number_to_interval, "intervals": never_an_interval},
    "fraction": {**NUMBERS, "char": fraction_digits, "wchar": fraction_digits,
                 "binary": decimal_bytes, "interval": number_to_interval,
                 "intervals": never_an_interval},
    "real": {**DIGITS, **NUMBERS, "binary": native(Target(FLOAT))},
    "double": {**DIGITS, **NUMBERS, "binary": native(Target(DOUBLE))},
    "binary": {"char": hexadecimal, "wchar": hexadecimal, "binary": hexadecimal},
    "date": {**DIGITS, "binary": native(Target(DATE)), "date": to_date, "timestamp": to_timestamp},
    "time": {**DIGITS, "binary": native(Target(TIME)), "time": to_time, "timestamp": to_timestamp},
    "timestamp": {**DIGITS, "binary": native(Target(TIMESTAMP)), "date": to_date, "time": to_time,
                  "timestamp": to_timestamp},
}

# Athena's types: family, and what SQL_C_DEFAULT stands for
TYPES: dict[str, tuple[str, int]] = {
    "boolean": ("bit", BIT), "tinyint": ("tinyint", -26), "smallint": ("smallint", -15),
    "integer": ("integer", -16), "bigint": ("bigint", -25), "real": ("real", FLOAT),
    "double": ("double", DOUBLE), "decimal": ("decimal", CHAR),
    "decimal(4,4)": ("fraction", CHAR), "varbinary": ("binary", BINARY),
    "date": ("date", DATE), "time": ("time", TIME), "timestamp": ("timestamp", TIMESTAMP),
    **{name: ("character", CHAR) for name in (
        "char", "varchar", "json", "uuid", "ipaddress", "array", "map", "row", "geometry",
        "time with time zone", "timestamp with time zone", "interval year to month",
        "interval day to second", "hyperloglog")},
}


def family_of_default(target: Target) -> str:
    """The family whose default C type a target has."""
    return next(family for family, c_type in TYPES.values() if c_type == target.c_type)


@functools.cache
def convert(athena_type: str, text: str | None, target: Target, is_part: bool) -> Outcome:
    """What the appendix asks for a value; is_part: by SQLGetData and not in a bound column."""
    rule = RULES[TYPES[athena_type][0]].get(target.group)
    if not rule:
        return failed("07006")
    if text is None:
        return Outcome((), b"", NULL_DATA)
    try:
        return rule(text, target, is_part)
    except Failed as failure:
        return failed(str(failure))
