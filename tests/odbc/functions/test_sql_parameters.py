"""SQLBindParameter, SQLNumParams, SQLDescribeParam, SQLParamData, SQLPutData. Entry checks, states."""

from __future__ import annotations

import ctypes

import odbc
from calls import Case, Scene, refused, run, table
from odbc import INVALID_HANDLE, NEED_DATA, SUCCESS


def end(scene: Scene) -> None:
    scene.statement.cancel()


def bind(number: int = 1, direction: int = odbc.PARAM_INPUT, c_type: int = odbc.C_CHAR,
         sql_type: int = odbc.VARCHAR, size: int = 10, digits: int = 0, room: int = 40,
         has_data: bool = True):
    def call(s: Scene) -> int:
        s.data, s.length = ctypes.create_string_buffer(40), ctypes.c_ssize_t(0)
        return odbc.call("SQLBindParameter", s.statement.value, number, direction, c_type, sql_type,
                         size, digits, s.data if has_data else None, room,
                         ctypes.byref(s.length) if has_data else None)
    return call


@table(
    Case("text", bind()),
    Case("a number as text", bind(sql_type=odbc.DECIMAL, size=10, digits=2)),
    Case("with a cursor", lambda s: bind()(s.with_cursor())),
    Case("parameter that there is not (yet)", bind(99)),
    refused("parameter 0", "07009", bind(0), manager=True, odbc2="S1093"),
    refused("no such direction", "HY105", bind(direction=77), manager=True),
    refused("output", "HYC00", bind(direction=odbc.PARAM_OUTPUT)),
    refused("input and output", "HYC00", bind(direction=odbc.PARAM_INPUT_OUTPUT)),
    refused("no such C type", "HY003", bind(c_type=4711), manager=True),
    refused("no such SQL type", "HY004", bind(sql_type=4711)),
    refused("precision out of range", "HY104", bind(sql_type=odbc.DECIMAL, size=77)),
    refused("scale above precision", "HY104", bind(sql_type=odbc.DECIMAL, size=4, digits=5)),
    refused("C type that cannot become the SQL type", "07006",
            bind(c_type=odbc.C_GUID, sql_type=odbc.INTEGER)),
    refused("negative room", "HY090", bind(room=-1), manager=True),
    refused("neither data nor length", "HY009", bind(has_data=False), manager=True),
    refused("while data is waited for", "HY010", lambda s: bind()(s.waiting_for_data()),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLBindParameter", None, 1, 1, 1, 1, 1, 0, None, 0,
                                          None), INVALID_HANDLE),
)
def test_sqlbindparameter(scene, case) -> None:
    run(scene, case)
    end(scene)


def number(s: Scene) -> int:
    s.count = ctypes.c_short(-7)
    return odbc.call("SQLNumParams", s.statement.value, ctypes.byref(s.count))


@table(
    Case("2 prepared", lambda s: number(s.prepared("SELECT ?, '?', \"?\" -- ?\n, ?"))),
    Case("0 prepared", lambda s: number(s.prepared())),
    Case("null pointer", lambda s: odbc.call("SQLNumParams", s.prepared().statement.value, None)),
    refused("nothing prepared", "HY010", number, manager=True),
    refused("while data is waited for", "HY010", lambda s: number(s.waiting_for_data()),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLNumParams", None, None), INVALID_HANDLE),
)
def test_sqlnumparams(scene, case) -> None:
    run(scene, case)
    if case.name[0].isdigit():
        assert scene.count.value == int(case.name.split()[0])
    end(scene)


def describe(which: int = 1):
    def call(s: Scene) -> int:
        s.type, s.nullable = ctypes.c_short(-7), ctypes.c_short(-7)
        return odbc.call("SQLDescribeParam", s.statement.value, which, ctypes.byref(s.type), None,
                         None, ctypes.byref(s.nullable))
    return call


@table(
    Case("a parameter", lambda s: describe()(s.prepared("SELECT ?"))),
    Case("nothing asked", lambda s: odbc.call("SQLDescribeParam", s.prepared("SELECT ?").statement
                                              .value, 1, None, None, None, None)),
    refused("parameter 0", "07009", lambda s: describe(0)(s.prepared("SELECT ?")), manager=True),
    refused("parameter behind the last", "07009", lambda s: describe(2)(s.prepared("SELECT ?")),
            odbc2="S1093"),
    refused("nothing prepared", "HY010", describe(), manager=True),
    refused("while data is waited for", "HY010", lambda s: describe()(s.waiting_for_data()),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLDescribeParam", None, 1, None, None, None, None),
         INVALID_HANDLE),
)
def test_sqldescribeparam(scene, case) -> None:
    run(scene, case)
    if case.name == "a parameter":
        assert (scene.type.value, scene.nullable.value) == (odbc.VARCHAR, 2)
    end(scene)


# ---- data at execution ----------------------------------------------------------------------


def param_data(s: Scene) -> int:
    s.token = ctypes.c_void_p()
    return odbc.call("SQLParamData", s.statement.value, ctypes.byref(s.token))


def put(data: bytes | None = b"x", length: int = 1, parameter: bool = True):
    def call(s: Scene) -> int:
        s.waiting_for_data()
        if parameter:
            s.statement.check(param_data(s), NEED_DATA)
        return odbc.call("SQLPutData", s.statement.value, data, length)
    return call


@table(
    Case("the next", lambda s: param_data(s.waiting_for_data()), NEED_DATA),
    Case("the last", lambda s: put()(s) or param_data(s)),
    refused("nobody waits", "HY010", param_data, manager=True),
    refused("nobody waits, a cursor is open", "HY010", lambda s: param_data(s.with_cursor()),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLParamData", None, None), INVALID_HANDLE),
)
def test_sqlparamdata(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(
    Case("data", put()),
    Case("in pieces", lambda s: put()(s) or odbc.call("SQLPutData", s.statement.value, b"y", 1)),
    Case("NULL", put(None, odbc.NULL_DATA)),
    Case("to its NUL", put(b"text", odbc.NTS)),
    Case("nothing", put(b"", 0)),
    refused("null pointer", "HY009", put(None, 4), manager=True),
    refused("negative length", "HY090", put(b"x", -7)),
    refused("data behind NULL", "HY020", lambda s: put(None, odbc.NULL_DATA)(s) or odbc.call(
        "SQLPutData", s.statement.value, b"x", 1)),
    refused("before SQLParamData", "HY010", put(parameter=False), manager=True),
    refused("nobody waits", "HY010", lambda s: odbc.call("SQLPutData", s.statement.value, b"x", 1),
            manager=True),
    Case("no handle", lambda s: odbc.call("SQLPutData", None, b"x", 1), INVALID_HANDLE),
)
def test_sqlputdata(scene, case) -> None:
    run(scene, case)
    end(scene)


@table(Case("the parameter's token", lambda s: param_data(s.waiting_for_data()), NEED_DATA))
def test_sqlparamdata_whole(scene, case) -> None:
    """From SQL_NEED_DATA to the row; the token is what was bound."""
    run(scene, case)
    s = scene.statement
    assert scene.token.value == 1
    s.check(s.put_data("příliš".encode()), SUCCESS)
    s.check(param_data(scene), SUCCESS)
    s.check(s.fetch())
    assert s.text(1) == "příliš"
