"""SQLGetDescField, SQLSetDescField, SQLGetDescRec, SQLSetDescRec, SQLCopyDesc: entry checks.

What the fields mean is tested in tests/odbc/test_descriptors.py.
"""

from __future__ import annotations

import ctypes
from typing import Any

import odbc
from calls import Case, Scene, refused, run, table, warned
from odbc import INVALID_HANDLE, NO_DATA

ARD, APD, IRD, IPD = 10010, 10011, 10012, 10013
COUNT, TYPE, NAME, CONCISE_TYPE, ALLOC_TYPE = 1001, 1002, 1011, 2, 1099
IS_SMALLINT = -8


def descriptor(s: Scene, which: int) -> odbc.Handle:
    """A statement's own descriptor; cases read its diagnostics as scene.desc."""
    s.desc = odbc.Handle.__new__(odbc.Handle)
    s.desc.kind, s.desc.value = odbc.DESC, ctypes.c_void_p(s.statement.get(which))
    return s.desc


def explicit(s: Scene) -> odbc.Handle:
    s.desc = odbc.Handle(odbc.DESC, s.connection)
    return s.desc


def get_field(which: int, record: int, field: int, room: int = 40, prepare=lambda s: s):
    def call(s: Scene) -> int:
        prepare(s)
        s.out, s.length = s.room(40), ctypes.c_int(-7)
        return s.call("SQLGetDescField", descriptor(s, which).value, record, field, s.out,
                      s.bytes_of(room), ctypes.byref(s.length))
    return call


@table(
    Case("a header field", get_field(ARD, 0, COUNT)),
    Case("a name", get_field(IRD, 1, NAME, prepare=Scene.with_cursor)),
    warned("a cut name", "01004", get_field(IRD, 1, NAME, 4, Scene.with_cursor), handle="desc"),
    Case("record behind the last", get_field(IRD, 99, NAME, prepare=Scene.with_cursor), NO_DATA),
    refused("record -1", "07009", get_field(ARD, -1, TYPE), handle="desc", manager=True),
    refused("no such field", "HY091", get_field(ARD, 1, 24711), handle="desc"),
    refused("IRD before preparing", "HY007", get_field(IRD, 1, NAME), handle="desc", manager=True,
            odbc2="S1007"),
    Case("no handle", lambda s: s.call("SQLGetDescField", None, 1, NAME, None, 0, None),
         INVALID_HANDLE),
)
def test_sqlgetdescfield(scene, case) -> None:
    """Texts are counted in bytes, the W call's too."""
    run(scene, case)
    if "name" in case.name:
        assert scene.length.value == scene.bytes_of(len("TYPE_NAME"))
        assert scene.text_in(scene.out) == ("TYPE_NAME" if case.name == "a name" else "TYP")


def set_field(which: int, record: int, field: int, value: Any, length: int = 0,
              prepare=lambda s: s):
    def call(s: Scene) -> int:
        prepare(s)
        return s.call("SQLSetDescField", descriptor(s, which).value, record, field, value, length)
    return call


@table(
    Case("a header field", set_field(ARD, 0, COUNT, 3, IS_SMALLINT)),
    Case("a type", set_field(ARD, 1, CONCISE_TYPE, odbc.C_SLONG, IS_SMALLINT)),
    Case("a parameter's name", set_field(IPD, 1, NAME, "název", odbc.NTS)),
    refused("record -1", "07009", set_field(ARD, -1, TYPE, 1), handle="desc", manager=True),
    refused("no such field", "HY091", set_field(ARD, 1, 24711, 1), handle="desc"),
    refused("a field to be read", "HY091", set_field(ARD, 0, ALLOC_TYPE, 1), handle="desc"),
    refused("a type that is none", "HY021", set_field(ARD, 1, CONCISE_TYPE, 4711, IS_SMALLINT),
            handle="desc"),
    refused("the implementation's", "HY016", set_field(IRD, 1, CONCISE_TYPE, 4, IS_SMALLINT,
                                                       Scene.with_cursor), handle="desc"),
    refused("a name of half a character", "HY090", set_field(IPD, 1, NAME, "abcd", 7),
            handle="desc", forms=(True,)),
    Case("no handle", lambda s: s.call("SQLSetDescField", None, 1, TYPE, 1, 0), INVALID_HANDLE),
)
def test_sqlsetdescfield(scene, case) -> None:
    run(scene, case)


def get_record(which: int, record: int, room: int = 40, prepare=lambda s: s):
    def call(s: Scene) -> int:
        prepare(s)
        s.out, s.length, s.type = s.room(40), ctypes.c_short(-7), ctypes.c_short(-7)
        return s.call("SQLGetDescRec", descriptor(s, which).value, record, s.out, room,
                      ctypes.byref(s.length), ctypes.byref(s.type), None, None, None, None, None)
    return call


@table(
    Case("a column", get_record(IRD, 1, prepare=Scene.with_cursor)),
    warned("a cut name", "01004", get_record(IRD, 1, 4, Scene.with_cursor), handle="desc"),
    Case("behind the last", get_record(IRD, 99, prepare=Scene.with_cursor), NO_DATA),
    Case("nothing bound", get_record(ARD, 1), NO_DATA),
    refused("record -1", "07009", get_record(ARD, -1), handle="desc"),
    refused("IRD before preparing", "HY007", get_record(IRD, 1), handle="desc", manager=True,
            odbc2="S1007"),
    Case("no handle", lambda s: s.call("SQLGetDescRec", None, 1, None, 0, None, None, None, None,
                                       None, None, None), INVALID_HANDLE),
)
def test_sqlgetdescrec(scene, case) -> None:
    """Names are counted in characters."""
    run(scene, case)
    if case.name in ("a column", "a cut name"):
        assert scene.length.value == len("TYPE_NAME")
        assert scene.text_in(scene.out) == ("TYPE_NAME" if case.name == "a column" else "TYP")


def set_record(which: int, record: int, kind: int = odbc.C_SLONG, prepare=lambda s: s):
    def call(s: Scene) -> int:
        prepare(s)
        s.data = ctypes.c_int()
        return odbc.call("SQLSetDescRec", descriptor(s, which).value, record, kind, 0, 4, 0, 0,
                         ctypes.byref(s.data), None, None)
    return call


@table(
    Case("a binding", set_record(ARD, 1)),
    Case("a record further on", set_record(ARD, 5)),
    refused("record -1", "07009", set_record(ARD, -1), handle="desc"),
    refused("a type that is none", "HY021", set_record(ARD, 1, 4711), handle="desc"),
    refused("the implementation's", "HY016", set_record(IRD, 1, prepare=Scene.with_cursor),
            handle="desc"),
    Case("no handle", lambda s: odbc.call("SQLSetDescRec", None, 1, 4, 0, 4, 0, 0, None, None,
                                          None), INVALID_HANDLE),
)
def test_sqlsetdescrec(scene, case) -> None:
    run(scene, case)


def copy(source, target, prepare=lambda s: s):
    def call(s: Scene) -> int:
        prepare(s)
        from_handle = source(s)
        return odbc.call("SQLCopyDesc", from_handle.value, target(s).value)
    return call


def own(which: int):
    return lambda s: descriptor(s, which)


@table(
    Case("ARD to APD", copy(own(ARD), own(APD))),
    Case("IRD to IPD", copy(own(IRD), own(IPD), Scene.with_cursor)),
    refused("to the IRD", "HY016", copy(own(ARD), own(IRD), Scene.with_cursor), handle="desc"),
    refused("from the IRD before preparing", "HY007", copy(own(IRD), own(ARD)), handle="desc"),
    Case("no source", lambda s: odbc.call("SQLCopyDesc", None, own(ARD)(s).value), INVALID_HANDLE),
    Case("no target", lambda s: odbc.call("SQLCopyDesc", own(ARD)(s).value, None), INVALID_HANDLE),
)
def test_sqlcopydesc(scene, case) -> None:
    run(scene, case)


@table(Case("ARD to an explicit one", copy(own(ARD), explicit)))
def test_sqlcopydesc_to_explicit(scene, case) -> None:
    scene.statement.check(scene.statement.bind(3, odbc.C_SLONG, None, 0, None))
    run(scene, case)
    scene.desc.check(scene.desc.free())
