"""The driver manager's connection pool: what comes out of it is as new.

The pool is the process's, so each test has a process of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import odbc
import programs
import pytest
from conftest import DRIVER, TOP

PROGRAM = '''
import ctypes, sys, time
sys.path.insert(0, sys.argv[1])
import odbc
AUTOCOMMIT, CATALOG, METADATA_ID, VERSION = 102, 109, 10014, int(sys.argv[2])

odbc.load()
env = odbc.Env(VERSION)

def connect():
    connection = odbc.Connection(env)
    connection.check(connection.connect("DSN=AthenaLocal"))
    return connection

def attribute(connection, which):
    value = ctypes.c_size_t(0)
    connection.check(odbc.lib.SQLGetConnectAttr(connection.value, which, ctypes.byref(value), 8,
                                                None))
    return value.value & 0xffffffff

first = connect()
first.check(first.set(METADATA_ID, 1))
first.check(first.set(odbc.ATTR_MAX_ROWS, 3))
first.check(odbc.call("SQLSetConnectAttr", first.value, CATALOG, "elsewhere", odbc.NTS))
left = odbc.Statement(first, is_async=True)
left.execute("SELECT 1 -- athena-local: run_ms=60000")
if "cursor" in sys.argv:
    odbc.Statement(first).execute("SELECT * FROM zones")
time.sleep(0.5)  # it has been started
first.check(first.disconnect())
first.check(first.free())

second = connect()
s = odbc.Statement(second)
print("metadata_id", attribute(second, METADATA_ID))
print("max_rows", s.get(odbc.ATTR_MAX_ROWS))
print("rows", s.query("SELECT count(*) FROM zones")[0][0])
s.check(s.free())
second.check(second.disconnect())
second.check(second.free())
print("done", flush=True)
'''


@pytest.fixture
def pooled(athena, configuration: Path, tmp_path: Path) -> Callable[..., str]:
    (tmp_path / "odbcinst.ini").write_text(
        f"[ODBC]\nPooling=Yes\n[Athena]\nDriver={DRIVER}\nThreading=0\nCPTimeout=60\n")
    (tmp_path / "odbc.ini").write_text((configuration / "odbc.ini").read_text())

    def run(*arguments: str) -> str:
        process = programs.started(PROGRAM, {"ODBCSYSINI": str(tmp_path),
                                             "ODBCINI": str(tmp_path / "odbc.ini")},
                                   str(TOP / "tests" / "odbc"), *arguments)
        out, errors = programs.ended(process)
        assert process.returncode == 0, errors
        return out

    return run


@pytest.mark.parametrize("more", [(), ("cursor",)], ids=["a query", "a query and a cursor"])
def test_a_pooled_connection_is_reset(pooled, athena, more: tuple[str, ...]) -> None:
    """ODBC 3.80: the manager asks for it (SQL_ATTR_RESET_CONNECTION)."""
    said = pooled("380", *more).split("\n")
    assert said[:4] == ["metadata_id 0", "max_rows 0", "rows 20", "done"]
    assert athena.stats()["requests"]["athena.GetWorkGroup"] == 1, "it was the same connection"
    odbc.eventually(lambda: athena.stats()["queries"]["stopped"] > 0)
    assert athena.stats()["queries"]["stopped"] == 1
