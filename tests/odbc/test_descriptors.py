"""Descriptors through the driver manager: every field of every kind, by table.

The access table is that of the ODBC Programmer's Reference, "SQLSetDescField Function".
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import odbc
import pytest

KINDS = tuple(odbc.KINDS)
OWN = {"ARD", "APD"}
ALL = {"ARD", "APD", "IRD", "IPD"}

# field: who may read it, who may write it
ACCESS = {
    "ALLOC_TYPE": (ALL, set()), "ARRAY_SIZE": (OWN, OWN), "ARRAY_STATUS_PTR": (ALL, ALL),
    "BIND_OFFSET_PTR": (OWN, OWN), "BIND_TYPE": (OWN, OWN), "COUNT": (ALL, OWN | {"IPD"}),
    "ROWS_PROCESSED_PTR": ({"IRD", "IPD"}, {"IRD", "IPD"}),
    **{name: ({"IRD"}, set()) for name in (
        "AUTO_UNIQUE_VALUE", "BASE_COLUMN_NAME", "BASE_TABLE_NAME", "CATALOG_NAME", "DISPLAY_SIZE",
        "LABEL", "LITERAL_PREFIX", "LITERAL_SUFFIX", "SCHEMA_NAME", "SEARCHABLE", "TABLE_NAME",
        "UPDATABLE")},
    **{name: ({"IRD", "IPD"}, set()) for name in (
        "CASE_SENSITIVE", "FIXED_PREC_SCALE", "LOCAL_TYPE_NAME", "NULLABLE", "ROWVER", "TYPE_NAME",
        "UNSIGNED")},
    **{name: ({"IRD", "IPD"}, {"IPD"}) for name in ("NAME", "UNNAMED")},
    **{name: (ALL, OWN | {"IPD"}) for name in (
        "CONCISE_TYPE", "DATETIME_INTERVAL_CODE", "DATETIME_INTERVAL_PRECISION", "LENGTH",
        "NUM_PREC_RADIX", "OCTET_LENGTH", "PRECISION", "SCALE", "TYPE")},
    **{name: (OWN, OWN) for name in ("INDICATOR_PTR", "OCTET_LENGTH_PTR")},
    "DATA_PTR": (OWN, OWN | {"IPD"}),  # in an IPD it asks for the consistency check alone
    "PARAMETER_TYPE": ({"IPD"}, {"IPD"}),
}
# what is written where a number will not do; a date's subcode needs a date
VALUES = {"TYPE": 1, "CONCISE_TYPE": 1, "NAME": "p", "UNNAMED": 1, "PARAMETER_TYPE": 1,
          "DATETIME_INTERVAL_CODE": 0, "DATA_PTR": None}


@pytest.fixture(params=[False, True], ids=["ansi", "wide"])
def both(request: pytest.FixtureRequest, connect: Callable) -> Iterator[odbc.Statement]:
    """A statement of a connection that was opened by the ANSI or by the W function."""
    statement = odbc.Statement(connect(request.param))
    yield statement
    assert statement.free() == odbc.SUCCESS


def answer(handle: odbc.Handle, rc: int) -> str:
    """What a call came to: the SQLSTATE of an error or warning, else the return code's name."""
    return handle.states()[0] if rc in (odbc.ERROR, odbc.INFO) else odbc.NAMES[rc]


def test_the_table_has_every_field() -> None:
    assert set(ACCESS) == set(odbc.FIELDS)


@pytest.mark.parametrize("kind", KINDS)
def test_access(both: odbc.Statement, kind: str) -> None:
    both.check(both.execute("SELECT 1 AS a"))
    descriptor = both.descriptor(kind)
    if kind != "IRD":
        descriptor.check(descriptor.set(1, "CONCISE_TYPE", 1))
    header = set(list(ACCESS)[:7])
    for field, (readers, writers) in ACCESS.items():
        number = 0 if field in header else 1
        rc, _ = descriptor.read(number, field)
        wanted = "SQL_SUCCESS" if kind in readers else "HY091"
        assert answer(descriptor, rc) == wanted, f"reading {field} of an {kind}"
    for field, (readers, writers) in ACCESS.items():
        rc = descriptor.set(0 if field in header else 1, field, VALUES.get(field, 1))
        wanted = "SQL_SUCCESS" if kind in writers else "HY016" if kind == "IRD" else "HY091"
        assert answer(descriptor, rc) == wanted, f"writing {field} of an {kind}"
        for own in ("ARRAY_SIZE", "ARRAY_STATUS_PTR", "BIND_OFFSET_PTR", "ROWS_PROCESSED_PTR"):
            if field == own and kind in writers:  # 1 is no address to leave there
                descriptor.check(descriptor.set(0, field, 1 if field == "ARRAY_SIZE" else None))
    for field in ("INDICATOR_PTR", "OCTET_LENGTH_PTR"):
        if kind in OWN:
            descriptor.check(descriptor.set(1, field, None))


@pytest.mark.parametrize("kind, expected", [
    ("ARD", {"ARRAY_SIZE": 1, "BIND_TYPE": 0, "COUNT": 0, "ALLOC_TYPE": 1, "BIND_OFFSET_PTR": 0}),
    ("APD", {"ARRAY_SIZE": 1, "BIND_TYPE": 0, "COUNT": 0, "ALLOC_TYPE": 1, "ARRAY_STATUS_PTR": 0}),
    ("IPD", {"COUNT": 0, "ALLOC_TYPE": 1, "ROWS_PROCESSED_PTR": 0, "ARRAY_STATUS_PTR": 0}),
])
def test_header_defaults(statement: odbc.Statement, kind: str, expected: dict[str, int]) -> None:
    descriptor = statement.descriptor(kind)
    assert {name: descriptor.get(0, name) for name in expected} == expected


@pytest.mark.parametrize("kind, expected", [
    ("ARD", {"CONCISE_TYPE": 99, "TYPE": 99, "DATA_PTR": 0, "INDICATOR_PTR": 0,
             "OCTET_LENGTH_PTR": 0, "DATETIME_INTERVAL_CODE": 0}),
    ("APD", {"CONCISE_TYPE": 99, "TYPE": 99, "DATA_PTR": 0, "INDICATOR_PTR": 0,
             "OCTET_LENGTH_PTR": 0}),
    ("IPD", {"PARAMETER_TYPE": 1, "NAME": "", "UNNAMED": 1}),
])
def test_record_defaults(statement: odbc.Statement, kind: str, expected: dict[str, Any]) -> None:
    descriptor = statement.descriptor(kind)
    descriptor.check(descriptor.set(0, "COUNT", 2))
    for number in (1, 2):
        assert {name: descriptor.get(number, name) for name in expected} == expected
    assert descriptor.read(3, "TYPE")[0] == odbc.NO_DATA


# SQL_DATETIME and SQL_INTERVAL are verbose types; 91 to 93 and 101 to 113 concise ones.
@pytest.mark.parametrize("kind", ["ARD", "APD", "IPD"])
@pytest.mark.parametrize("settings, expected", [
    ([("CONCISE_TYPE", 93)], {"TYPE": 9, "DATETIME_INTERVAL_CODE": 3, "PRECISION": 6}),
    ([("CONCISE_TYPE", 92)], {"TYPE": 9, "DATETIME_INTERVAL_CODE": 2, "PRECISION": 0}),
    ([("CONCISE_TYPE", 9)], {"TYPE": 9, "DATETIME_INTERVAL_CODE": 1, "CONCISE_TYPE": 91}),
    ([("TYPE", 9), ("DATETIME_INTERVAL_CODE", 3)], {"CONCISE_TYPE": 93, "PRECISION": 6}),
    ([("TYPE", 9), ("DATETIME_INTERVAL_CODE", 1)], {"CONCISE_TYPE": 91, "PRECISION": 0}),
    ([("TYPE", 10), ("DATETIME_INTERVAL_CODE", 10)],
     {"CONCISE_TYPE": 110, "DATETIME_INTERVAL_PRECISION": 2, "PRECISION": 6}),
    ([("CONCISE_TYPE", 107)],
     {"TYPE": 10, "DATETIME_INTERVAL_CODE": 7, "DATETIME_INTERVAL_PRECISION": 2, "PRECISION": 0}),
    ([("CONCISE_TYPE", 2)], {"TYPE": 2, "PRECISION": 38, "SCALE": 0}),
    ([("SCALE", 3), ("TYPE", 2)], {"CONCISE_TYPE": 2, "SCALE": 0}),
    ([("LENGTH", 77), ("TYPE", 1)], {"CONCISE_TYPE": 1, "LENGTH": 1, "PRECISION": 0}),
    ([("TYPE", 93)], {"TYPE": 9, "DATETIME_INTERVAL_CODE": 3}),
    ([("CONCISE_TYPE", 93), ("CONCISE_TYPE", 4)], {"TYPE": 4, "DATETIME_INTERVAL_CODE": 0}),
])
def test_types_bring_their_fields(statement: odbc.Statement, kind: str,
                                  settings: list[tuple[str, int]],
                                  expected: dict[str, int]) -> None:
    descriptor = statement.descriptor(kind)
    for field, value in settings:
        descriptor.check(descriptor.set(1, field, value))
    assert {name: descriptor.get(1, name) for name in expected} == expected


@pytest.mark.parametrize("kind, settings, state", [
    ("ARD", [("CONCISE_TYPE", 12345)], "HY021"),
    ("ARD", [("TYPE", 12345)], "HY021"),
    ("ARD", [("CONCISE_TYPE", 12)], "HY021"),  # SQL_VARCHAR is no C type
    ("IPD", [("CONCISE_TYPE", -16)], "HY021"),  # SQL_C_SLONG is no SQL type
    ("ARD", [("TYPE", 9), ("DATETIME_INTERVAL_CODE", 9)], "HY021"),
    ("ARD", [("TYPE", 10), ("DATETIME_INTERVAL_CODE", 14)], "HY021"),
    ("ARD", [("TYPE", 4), ("DATETIME_INTERVAL_CODE", 1)], "HY021"),
    ("ARD", [("TYPE", 9), ("DATA_PTR", "data")], "HY021"),  # no subcode yet
    ("ARD", [("TYPE", 2), ("PRECISION", 39), ("DATA_PTR", "data")], "HY021"),
    ("ARD", [("TYPE", 2), ("PRECISION", 0), ("DATA_PTR", "data")], "HY021"),
    ("APD", [("TYPE", 2), ("PRECISION", 5), ("SCALE", 6), ("DATA_PTR", "data")], "HY021"),
    ("APD", [("CONCISE_TYPE", 93), ("PRECISION", 10), ("DATA_PTR", "data")], "HY021"),
    ("ARD", [("CONCISE_TYPE", 110), ("PRECISION", -1), ("DATA_PTR", "data")], "HY021"),
    ("ARD", [("CONCISE_TYPE", 101), ("DATETIME_INTERVAL_PRECISION", 0), ("DATA_PTR", "data")],
     "HY021"),
    ("IPD", [("LENGTH", 3), ("DATA_PTR", "data")], "HY021"),  # no type yet
    ("IPD", [("CONCISE_TYPE", 3), ("SCALE", 40), ("DATA_PTR", "data")], "HY021"),
    ("IPD", [("CONCISE_TYPE", 3), ("DATA_PTR", "data")], None),
    ("ARD", [("CONCISE_TYPE", 99), ("DATA_PTR", "data")], None),
    ("ARD", [("CONCISE_TYPE", 1), ("DATA_PTR", "data")], None),
    ("APD", [("CONCISE_TYPE", 110), ("DATA_PTR", "data")], None),
    ("IPD", [("PARAMETER_TYPE", 3)], "HY105"),
    ("IPD", [("UNNAMED", 0)], "HY092"),
    ("ARD", [("COUNT", -1)], "07009"),
    ("ARD", [("ARRAY_SIZE", 0)], "HY092"),
])
def test_consistency(statement: odbc.Statement, kind: str, settings: list[tuple[str, Any]],
                     state: str | None) -> None:
    descriptor, data = statement.descriptor(kind), ctypes.create_string_buffer(64)
    for field, value in settings[:-1]:
        descriptor.check(descriptor.set(1, field, value))
    field, value = settings[-1]
    rc = descriptor.set(1, field, ctypes.addressof(data) if value == "data" else value)
    assert answer(descriptor, rc) == (state or "SQL_SUCCESS")
    if state and kind == "ARD" and value == "data":
        assert descriptor.get(1, "DATA_PTR") == 0, "what is not consistent is not bound"
    descriptor.check(descriptor.set(0, "COUNT", 0))


def test_records_that_are_not_there(statement: odbc.Statement) -> None:
    ard, ipd = statement.descriptor("ARD"), statement.descriptor("IPD")
    assert answer(ard, ard.set(-1, "TYPE", 1)) == "07009"
    assert answer(ard, ard.read(-1, "TYPE")[0]) == "07009"
    assert answer(ipd, ipd.set(0, "TYPE", 1)) == "07009"
    assert answer(ipd, ipd.set_record(0, 12)) == "07009"
    assert answer(ard, ard.record(1)[0]) == "SQL_NO_DATA"
    assert answer(ard, odbc.lib.SQLSetDescField(ard.value, 1, 4242, None, 0)) == "HY091"


def test_ird_before_and_after(statement: odbc.Statement) -> None:
    ird = statement.descriptor("IRD")
    assert answer(ird, ird.read(1, "TYPE")[0]) == "HY007"
    assert answer(ird, ird.record(1)[0]) == "HY007"
    statement.check(statement.prepare("SELECT passengers, payment FROM taxi_trips"))
    assert ird.get(0, "COUNT") == 2, "known before it is executed"
    assert (ird.get(1, "NAME"), ird.get(2, "TYPE")) == ("passengers", 12)
    assert ird.record(2)[1][:3] == ("payment", 12, 0)
    assert answer(ird, ird.read(3, "TYPE")[0]) == "SQL_NO_DATA"
    statement.check(statement.run())
    assert ird.get(2, "NAME") == "payment"
    statement.check(statement.close())
    statement.check(statement.prepare("CREATE TABLE never_made AS SELECT 1 AS a"))
    assert ird.get(0, "COUNT") == 0, "no columns, and nothing was run for that"
    assert answer(ird, ird.set(1, "LENGTH", 1)) == "HY016"
    assert answer(ird, ird.set_record(1, 12)) == "HY016"


def test_what_is_not_of_columns_asks_for_none(athena, statement: odbc.Statement) -> None:
    statement.check(statement.prepare("SELECT 1"))
    ird = statement.descriptor("IRD")
    assert (ird.get(0, "ARRAY_STATUS_PTR"), ird.get(0, "ALLOC_TYPE")) == (0, 1)
    assert athena.stats()["queries"]["started"] == 0
    assert ird.get(1, "TYPE") == odbc.INTEGER
    assert athena.stats()["queries"]["started"] == 1
    statement.check(statement.prepare("VACUUM zones"))
    assert ird.get(0, "ROWS_PROCESSED_PTR") == 0
    assert answer(ird, ird.read(0, "COUNT")[0]) == "HYC00"
    assert statement.states() == [], "the statement's diagnostics are another handle's"


def test_count_grows_and_unbinds(statement: odbc.Statement) -> None:
    ard, data = statement.descriptor("ARD"), ctypes.create_string_buffer(8)
    address = ctypes.addressof(data)
    ard.check(ard.set(3, "CONCISE_TYPE", odbc.C_CHAR))
    assert ard.get(0, "COUNT") == 3
    for number in (1, 2, 3):
        ard.check(ard.set(number, "CONCISE_TYPE", odbc.C_CHAR))
        ard.check(ard.set(number, "DATA_PTR", address))
    ard.check(ard.set(2, "DATA_PTR", None))
    assert ard.get(0, "COUNT") == 3, "not the highest"
    ard.check(ard.set(3, "DATA_PTR", None))
    assert ard.get(0, "COUNT") == 1, "the highest that is still bound"
    assert ard.get(1, "DATA_PTR") == address
    ard.check(ard.set(1, "LENGTH", 5))
    assert ard.get(1, "DATA_PTR") == 0, "a change ends the binding"
    ard.check(ard.set(1, "DATA_PTR", address))
    ard.check(ard.set(1, "INDICATOR_PTR", address))
    assert ard.get(1, "DATA_PTR") == address, "but not of the pointers"
    ard.check(ard.set(0, "COUNT", 0))
    ard.check(ard.set(0, "COUNT", 1))
    assert ard.get(1, "DATA_PTR") == 0
    statement.check(statement.bind(2, odbc.C_CHAR, data, 8, None))
    assert (ard.get(0, "COUNT"), ard.get(2, "OCTET_LENGTH")) == (2, 8)
    statement.check(odbc.lib.SQLFreeStmt(statement.value, odbc.UNBIND))
    assert ard.get(0, "COUNT") == 0


def test_names_of_parameters(both: odbc.Statement) -> None:
    ipd = both.descriptor("IPD")
    ipd.check(ipd.set(1, "NAME", "größe"))
    assert (ipd.get(1, "NAME"), ipd.get(1, "UNNAMED")) == ("größe", 0)
    ipd.check(ipd.set(1, "NAME", "zwölf", wide=True))
    assert ipd.read(1, "NAME", wide=True) == (odbc.SUCCESS, "zwölf")
    ipd.check(ipd.set(1, "UNNAMED", 1))
    assert (ipd.get(1, "NAME"), ipd.get(1, "UNNAMED")) == ("", 1)
    ipd.check(ipd.set(1, "NAME", "gone"))
    ipd.check(ipd.set(0, "COUNT", 0))
    ipd.check(ipd.set(0, "COUNT", 1))
    assert ipd.get(1, "NAME") == ""


def test_setting_and_getting_records(statement: odbc.Statement) -> None:
    ard, ipd = statement.descriptor("ARD"), statement.descriptor("IPD")
    value, length = ctypes.c_int(), ctypes.c_ssize_t()
    ard.check(ard.set_record(1, odbc.C_SLONG, 0, 4, 0, 0, ctypes.addressof(value),
                             ctypes.addressof(length), ctypes.addressof(length)))
    assert ard.record(1) == (odbc.SUCCESS, ("", odbc.C_SLONG, 0, 4, 0, 0, 1))
    assert ard.get(1, "INDICATOR_PTR") == ctypes.addressof(length)
    statement.check(statement.execute("SELECT 4711"))
    statement.check(statement.fetch())
    assert (value.value, length.value) == (4711, 4)
    statement.check(statement.close())
    ipd.check(ipd.set_record(2, 9, 3, 26, 6, 0))
    assert ipd.record(2) == (odbc.SUCCESS, ("", 9, 3, 26, 6, 0, 1))
    assert ipd.get(2, "CONCISE_TYPE") == 93
    for bad in ((4, 1), (9, 7), (777, 0)):
        assert answer(ard, ard.set_record(1, *bad)) == "HY021"
    assert answer(ard, ard.set_record(1, 2, 0, 19, 39, 0)) == "HY021"


def test_a_parameter_by_its_fields_alone(statement: odbc.Statement) -> None:
    apd, ipd = statement.descriptor("APD"), statement.descriptor("IPD")
    value, length = ctypes.create_string_buffer(b"Mitte"), ctypes.c_ssize_t(5)
    for field, wanted in (("CONCISE_TYPE", odbc.C_CHAR), ("OCTET_LENGTH", 6),
                          ("OCTET_LENGTH_PTR", ctypes.addressof(length)),
                          ("INDICATOR_PTR", ctypes.addressof(length)),
                          ("DATA_PTR", ctypes.addressof(value))):
        apd.check(apd.set(1, field, wanted))
    for field, wanted in (("CONCISE_TYPE", 12), ("LENGTH", 20), ("PARAMETER_TYPE", 1)):
        ipd.check(ipd.set(1, field, wanted))
    assert statement.query("SELECT ? || '!'") == [("Mitte!",)]
    ipd.check(ipd.set(1, "PARAMETER_TYPE", odbc.PARAM_OUTPUT))
    assert answer(statement, statement.execute("SELECT ?")) == "HYC00"


# What an attribute of a statement is another name for.
ALIASES = [
    (27, "ARD", "ARRAY_SIZE", 3), (5, "ARD", "BIND_TYPE", 24), (23, "ARD", "BIND_OFFSET_PTR", "p"),
    (24, "ARD", "ARRAY_STATUS_PTR", "p"), (25, "IRD", "ARRAY_STATUS_PTR", "p"),
    (26, "IRD", "ROWS_PROCESSED_PTR", "p"), (22, "APD", "ARRAY_SIZE", 4),
    (18, "APD", "BIND_TYPE", 40), (17, "APD", "BIND_OFFSET_PTR", "p"),
    (19, "APD", "ARRAY_STATUS_PTR", "p"), (20, "IPD", "ARRAY_STATUS_PTR", "p"),
    (21, "IPD", "ROWS_PROCESSED_PTR", "p"),
]


@pytest.mark.parametrize("attribute, kind, field, value", ALIASES)
def test_attributes_that_are_fields(statement: odbc.Statement, attribute: int, kind: str,
                                    field: str, value: Any) -> None:
    place = ctypes.create_string_buffer(64)
    value = ctypes.addressof(place) if value == "p" else value
    if kind == "IRD":
        statement.check(statement.execute("SELECT 1"))  # unixODBC: HY007 before
    descriptor = statement.descriptor(kind)
    first = statement.get(attribute)
    statement.check(statement.set(attribute, value))
    assert descriptor.get(0, field) == value
    descriptor.check(descriptor.set(0, field, first))
    assert statement.get(attribute) == first


def test_two_statements_share_descriptors(connection: odbc.Connection) -> None:
    ard, apd = odbc.Descriptor(connection), odbc.Descriptor(connection)
    assert ard.get(0, "ALLOC_TYPE") == 2, "SQL_DESC_ALLOC_USER"
    pair = odbc.Statement(connection), odbc.Statement(connection)
    own = [s.get(odbc.KINDS["ARD"]) for s in pair]
    given, got = ctypes.c_int(20), ctypes.c_int()
    for s in pair:
        s.check(s.set(odbc.KINDS["ARD"], ard.value))
        s.check(s.set(odbc.KINDS["APD"], apd.value))
        assert s.get(odbc.KINDS["ARD"]) == ard.value.value
    pair[0].check(pair[0].bind(1, odbc.C_SLONG, ctypes.addressof(got), 4, None))
    pair[0].check(pair[0].bind_parameter(1, odbc.C_SLONG, odbc.INTEGER, ctypes.addressof(given)))
    ipd = pair[1].descriptor("IPD")  # types of parameters are each statement's own
    ipd.check(ipd.set(1, "CONCISE_TYPE", odbc.INTEGER))
    for s, add in zip(pair, (1, 2), strict=True):
        s.check(s.execute(f"SELECT ? + {add}"))
        s.check(s.fetch())
        assert got.value == 20 + add
        s.check(s.close())
    ard.check(ard.free())
    apd.check(apd.free())
    assert [s.get(odbc.KINDS["ARD"]) for s in pair] == own, "each has its own back"
    assert pair[0].descriptor("ARD").get(0, "COUNT") == 0
    assert pair[0].query("SELECT 7") == [("7",)]
    for s in pair:
        s.check(s.free())


def test_rowset_size_goes_with_the_descriptor(connection: odbc.Connection,
                                              statement: odbc.Statement) -> None:
    ard = odbc.Descriptor(connection)
    ard.check(ard.set(0, "ARRAY_SIZE", 5))
    statement.check(statement.set(odbc.KINDS["ARD"], ard.value))
    assert statement.get(odbc.ATTR_ROW_ARRAY_SIZE) == 5
    statement.check(statement.set(odbc.KINDS["ARD"], None))
    assert statement.get(odbc.ATTR_ROW_ARRAY_SIZE) == 1
    ard.check(ard.free())


def test_descriptors_that_are_refused(connect: Callable, statement: odbc.Statement) -> None:
    other = odbc.Statement(statement.parent)
    foreign = odbc.Descriptor(connect())
    for attribute, value, states in (
            (odbc.KINDS["ARD"], other.descriptor("ARD").value, {"HY017"}),
            (odbc.KINDS["APD"], other.descriptor("IRD").value, {"HY017"}),
            (odbc.KINDS["ARD"], foreign.value, {"HY024"}),
            (odbc.KINDS["IRD"], foreign.value, {"HY017", "HY024"}),
            (odbc.KINDS["IPD"], other.descriptor("IPD").value, {"HY017"})):
        assert answer(statement, statement.set(attribute, value)) in states
    implicit = statement.descriptor("ARD")
    assert answer(implicit, implicit.free()) == "HY017"
    foreign.check(foreign.free())
    other.check(other.free())


def test_parameters_are_not_described_by_the_driver(connection: odbc.Connection,
                                                    statement: odbc.Statement) -> None:
    value = ctypes.c_uint(7)
    connection.check(odbc.lib.SQLGetConnectAttr(connection.value, 10001, ctypes.byref(value), 4,
                                                None))
    assert value.value == 0, "SQL_ATTR_AUTO_IPD"
    assert statement.get(15) == 0
    statement.check(statement.set(15, 0))
    assert answer(statement, statement.set(15, 1)) == "HYC00"
    statement.check(statement.prepare("SELECT ? + 1"))
    assert statement.descriptor("IPD").get(0, "COUNT") == 0


COPIES = [(source, target) for source in KINDS for target in (*KINDS, "own")]


@pytest.mark.parametrize("source, target", COPIES)
def test_copy(connection: odbc.Connection, statement: odbc.Statement, source: str,
              target: str) -> None:
    second = odbc.Statement(connection)
    own = odbc.Descriptor(connection)
    statement.check(statement.execute("SELECT CAST(1 AS decimal(9,2)) AS price, 'x' AS name"))
    data = ctypes.create_string_buffer(64)
    from_ = statement.descriptor(source)
    if source != "IRD":
        from_.check(from_.set(2, "TYPE", 2))
        from_.check(from_.set(2, "PRECISION", 9))
        from_.check(from_.set(2, "SCALE", 2))
        if source in OWN:
            from_.check(from_.set(2, "DATA_PTR", ctypes.addressof(data)))
            from_.check(from_.set(0, "ARRAY_SIZE", 3))
    to = own if target == "own" else second.descriptor(target)
    rc = from_.copy_to(to)
    number = 1 if source == "IRD" else 2
    if target == "IRD":
        assert answer(to, rc) == "HY016"
    else:
        to.check(rc)
        assert (to.get(0, "COUNT"), to.get(number, "PRECISION"), to.get(number, "SCALE")) == \
            (2, 9, 2)
        assert to.get(0, "ALLOC_TYPE") == (2 if target == "own" else 1)
        if target != "IPD":
            assert to.get(0, "ARRAY_SIZE") == (3 if source in OWN else 1)
            assert to.get(2, "DATA_PTR") == (ctypes.addressof(data) if source in OWN else 0)
        elif source == "IRD":
            assert to.get(1, "NAME") == "price"
    for s in (own, second):
        s.check(s.free())


def test_copy_of_what_is_not_prepared(statement: odbc.Statement) -> None:
    ard = statement.descriptor("ARD")
    assert answer(ard, statement.descriptor("IRD").copy_to(ard)) == "HY007"


def test_a_copied_binding_works(connection: odbc.Connection) -> None:
    first, second = odbc.Statement(connection), odbc.Statement(connection)
    value = ctypes.c_int()
    first.check(first.bind(1, odbc.C_SLONG, ctypes.addressof(value), 4, None))
    ard = first.descriptor("ARD")
    ard.check(ard.copy_to(second.descriptor("ARD")))
    second.check(second.execute("SELECT 99"))
    second.check(second.fetch())
    assert value.value == 99
    for s in (first, second):
        s.check(s.free())


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_names_are_cut_with_a_warning(connect: Callable, wide: bool) -> None:
    statement = odbc.Statement(connect(wide))
    statement.check(statement.execute("SELECT 1 AS abcdefghij"))
    ird = statement.descriptor("IRD")
    out, length = ctypes.create_string_buffer(12), ctypes.c_int()
    call = odbc.lib.SQLGetDescFieldW if wide else odbc.lib.SQLGetDescField
    rc = call(ird.value, 1, odbc.FIELDS["NAME"][0], out, 12 if wide else 6, ctypes.byref(length))
    assert answer(ird, rc) == "01004"
    assert out.raw[:12].decode("utf-16-le")[:6] == "abcde\0" if wide else out.value == b"abcde"
    assert length.value == (20 if wide else 10), "of the whole name, in bytes"
    statement.check(statement.free())


def test_the_bookmark_is_record_0(connection: odbc.Connection, statement: odbc.Statement) -> None:
    ard, bookmark = statement.descriptor("ARD"), ctypes.create_string_buffer(8)
    assert answer(ard, ard.set(0, "CONCISE_TYPE", odbc.C_BINARY)) == "07009"
    statement.check(statement.set(6, 3))  # SQL_ATTR_CURSOR_TYPE, SQL_CURSOR_STATIC
    statement.check(statement.set(12, 2))  # SQL_ATTR_USE_BOOKMARKS, SQL_UB_VARIABLE
    for field, value in (("CONCISE_TYPE", odbc.C_BINARY), ("OCTET_LENGTH", 8),
                         ("DATA_PTR", ctypes.addressof(bookmark))):
        ard.check(ard.set(0, field, value))
    assert ard.get(0, "COUNT") == 0, "which does not count it"
    statement.check(statement.execute("SELECT 1 UNION ALL SELECT 2"))
    ird = statement.descriptor("IRD")
    assert (ird.get(0, "TYPE"), ird.get(0, "OCTET_LENGTH")) == (odbc.C_BINARY, 8)
    assert ird.record(0)[1][1] == odbc.C_BINARY
    seen = []
    for _ in range(2):
        statement.check(statement.fetch())
        seen.append(bookmark.raw)
        assert statement.get_data(0, odbc.C_BINARY, 8)[1] == bookmark.raw
    assert len(set(seen)) == 2
    second = odbc.Descriptor(connection)
    ard.check(ard.copy_to(second))
    assert second.get(0, "DATA_PTR") == ctypes.addressof(bookmark)
    ard.check(ard.set(0, "COUNT", 0))
    assert ard.get(0, "DATA_PTR") != 0, "SQL_DESC_COUNT does not unbind it"
    ard.check(ard.set(0, "DATA_PTR", None))
    assert ard.get(0, "DATA_PTR") == 0
    second.check(second.free())


def calls_of(statement: odbc.Statement, kind: str) -> dict[str, Callable[[], int]]:
    """Every function of descriptors, on one that the statement uses."""
    one, other = statement.descriptor(kind), odbc.Descriptor(statement.parent)
    return {"SQLGetDescField": lambda: one.read(0, "COUNT")[0],
            "SQLSetDescField": lambda: one.set(0, "ARRAY_STATUS_PTR", None),
            "SQLGetDescRec": lambda: one.record(1)[0],
            "SQLSetDescRec": lambda: one.set_record(1, odbc.CHAR),
            "SQLCopyDesc from it": lambda: one.copy_to(other),
            "SQLCopyDesc to it": lambda: other.copy_to(one), "one": one, "other": other}


@pytest.mark.parametrize("kind", KINDS)
def test_while_the_statement_is_executing(async_statement: odbc.Statement, kind: str) -> None:
    calls = calls_of(async_statement, kind)
    one, other = calls.pop("one"), calls.pop("other")
    sql = "-- athena-local: run_ms=2500\nSELECT 1"
    assert async_statement.execute(sql) == odbc.STILL_EXECUTING
    for name, call in calls.items():
        assert (call(), one.states()) == (odbc.ERROR, ["HY010"]), name
    async_statement.check(async_statement.poll(lambda: async_statement.execute(sql)))
    assert one.read(0, "COUNT")[0] == odbc.SUCCESS
    other.check(other.free())


@pytest.mark.parametrize("kind", KINDS)
def test_while_data_are_waited_for(statement: odbc.Statement, kind: str) -> None:
    calls = calls_of(statement, kind)
    one, other = calls.pop("one"), calls.pop("other")
    length = ctypes.c_ssize_t(odbc.DATA_AT_EXEC)
    statement.check(statement.bind_parameter(1, odbc.C_CHAR, odbc.VARCHAR, 1, length))
    assert statement.execute("SELECT ?") == odbc.NEED_DATA
    for name, call in calls.items():
        assert (call(), one.states()) == (odbc.ERROR, ["HY010"]), name
    statement.check(statement.cancel())
    other.check(other.free())


def test_free_while_the_statement_is_executing(async_statement: odbc.Statement) -> None:
    s, value = async_statement, ctypes.c_int(-1)
    ard = odbc.Descriptor(s.parent)
    s.check(s.set(odbc.KINDS["ARD"], ard.value))
    s.check(s.bind(1, odbc.C_SLONG, ctypes.addressof(value), 4, None))
    sql = "-- athena-local: run_ms=1500\nSELECT 1"
    assert s.execute(sql) == odbc.STILL_EXECUTING
    assert ard.free() == odbc.ERROR
    assert set(ard.states()) == {"HY010"}, "the manager says so after it has asked the driver"
    s.check(s.poll(lambda: s.execute(sql)))
    s.check(s.poll(s.fetch))
    assert value.value == 1, "what is bound stays bound"
    assert ard.get(0, "COUNT") == 1
    ard.check(ard.free())


def test_free_while_a_cursor_is_open(connection: odbc.Connection,
                                     statement: odbc.Statement) -> None:
    ard, value = odbc.Descriptor(connection), ctypes.c_int(-1)
    statement.check(statement.set(odbc.KINDS["ARD"], ard.value))
    statement.check(statement.bind(1, odbc.C_SLONG, ctypes.addressof(value), 4, None))
    statement.check(statement.execute("SELECT 1 UNION ALL SELECT 2"))
    statement.check(statement.fetch())
    ard.check(ard.free())
    seen = value.value
    statement.check(statement.fetch())
    assert value.value == seen, "nothing is bound any more"
