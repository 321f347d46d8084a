"""Athena has no transactions; what programs do about them all the same must do no harm."""

from __future__ import annotations

import ctypes

import odbc
import pytest

ATTR_AUTOCOMMIT, COMMIT, ROLLBACK = 102, 0, 1


def autocommit(connection: odbc.Connection) -> int:
    value = ctypes.c_uint32(77)
    connection.check(odbc.lib.SQLGetConnectAttr(connection.value, ATTR_AUTOCOMMIT,
                                                ctypes.byref(value), 4, None))
    return value.value


@pytest.mark.parametrize("before", [True, False], ids=["before connecting", "after"])
def test_autocommit_can_be_off(env: odbc.Env, connection_string, before: bool) -> None:
    connection = odbc.Connection(env)
    if before:
        connection.check(connection.set(ATTR_AUTOCOMMIT, 0), odbc.SUCCESS)
    connection.check(connection.connect(connection_string()), odbc.SUCCESS, odbc.INFO)
    if not before:
        assert autocommit(connection) == 1
        connection.check(connection.set(ATTR_AUTOCOMMIT, 0), odbc.SUCCESS)
    assert autocommit(connection) == 0

    statement = odbc.Statement(connection)
    assert statement.query("SELECT 1") == [("1",)]
    statement.check(statement.execute("SELECT id FROM zones WHERE id <= 3 ORDER BY id"))
    statement.check(statement.fetch())
    connection.check(odbc.lib.SQLEndTran(odbc.DBC, connection.value, COMMIT), odbc.SUCCESS)
    statement.check(statement.fetch())
    assert statement.text(1) == "2", "a commit closes no cursor"
    connection.check(odbc.lib.SQLEndTran(odbc.DBC, connection.value, ROLLBACK), odbc.INFO)
    assert connection.states() == ["01000"]
    statement.check(statement.fetch())
    assert statement.text(1) == "3"
    statement.check(statement.free())
    connection.check(connection.set(ATTR_AUTOCOMMIT, 1), odbc.SUCCESS)
    assert autocommit(connection) == 1
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_no_such_mode(connection: odbc.Connection) -> None:
    connection.check(connection.set(ATTR_AUTOCOMMIT, 2), odbc.ERROR)
    assert connection.states() == ["HY024"]
    assert autocommit(connection) == 1
