"""Tables of single calls: what goes in, what must come out, and who answers.

A Case is one call of one function. It is made through the driver manager, with the ANSI and the W
function, by applications of ODBC 2, 3 and 3.80 (the fixture `scene` of conftest.py), and says
the return code and the SQLSTATE of the first record, by the names of ODBC 3.

Where the manager answers and the driver is not asked, the case says so (`manager`): who has
written a message stands at its beginning. Such a call is then made once more without the manager,
because others (iODBC, an application that has none) leave the question to the driver.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import odbc
import pytest
from odbc import ERROR, INFO, NTS, SUCCESS

V2, V3, V38 = odbc.OV_ODBC2, odbc.OV_ODBC3, odbc.OV_ODBC3_80
VERSIONS = {V2: "odbc2", V3: "odbc3", V38: "odbc380"}

# ODBC Programmer's Reference, appendix A, "SQLSTATE Mappings": what ODBC 2 calls them. 07009 is
# S1002 for columns and S1093 for parameters; HY024 is one of the meanings of S1009.
ODBC2_STATES = {
    "07002": "07001", "07005": "24000", "07009": "S1002", "22007": "22008", "22018": "22005",
    "42000": "37000", "42S01": "S0001", "42S02": "S0002", "42S22": "S0022", "HY000": "S1000", "HY001": "S1001",
    "HY003": "S1003", "HY004": "S1004", "HY007": "S1010", "HY008": "S1008", "HY009": "S1009",
    "HY010": "S1010", "HY011": "S1011", "HY012": "S1012", "HY024": "S1009", "HY090": "S1090",
    "HY091": "S1091", "HY092": "S1092", "HY095": "S1095", "HY096": "S1096", "HY097": "S1097", "HY098": "S1098",
    "HY099": "S1099", "HY100": "S1100", "HY101": "S1101", "HY103": "S1103", "HY104": "S1104",
    "HY105": "S1105", "HY106": "S1106", "HY107": "S1107", "HY109": "S1109", "HY110": "S1110", "HY111": "S1111",
    "HYC00": "S1C00", "HYT00": "S1T00",
}


@dataclass
class Scene:
    """Handles for one call. The connection is open and shared; the statement is new."""

    env: odbc.Env
    connection: odbc.Connection
    statement: odbc.Statement
    version: int
    wide: bool
    alone: bool = False  # the driver without a manager

    def call(self, name: str, *arguments: Any) -> int:
        return odbc.call(name, *arguments, wide=self.wide)

    def on(self, name: str, *arguments: Any) -> int:
        """A call on the statement."""
        return self.call(name, self.statement.value, *arguments)

    def prepared(self, sql: str = "SELECT 1") -> Scene:
        self.statement.check(self.on("SQLPrepare", sql, NTS))
        return self

    def with_cursor(self) -> Scene:
        """An open cursor that needs no query."""
        self.statement.check(self.on("SQLGetTypeInfo", 0))
        return self

    def on_row(self) -> Scene:
        self.with_cursor().statement.check(self.statement.fetch())
        return self

    def executed(self) -> Scene:
        """A statement that has run and has no result."""
        self.statement.check(self.on("SQLExecDirect", "CREATE DATABASE IF NOT EXISTS default",
                                     NTS))
        return self

    def waiting_for_data(self) -> Scene:
        """SQLExecute has answered SQL_NEED_DATA."""
        length = ctypes.c_ssize_t(odbc.DATA_AT_EXEC)
        self.keep = length
        self.prepared("SELECT ?")
        self.statement.check(self.statement.bind_parameter(1, odbc.C_CHAR, odbc.VARCHAR, 1, length,
                                                           10))
        self.statement.check(self.statement.run(), odbc.NEED_DATA)
        return self

    def room(self, characters: int) -> Any:
        """A buffer of so many characters; what lies behind its end is checked by full()."""
        return ctypes.create_string_buffer(b"\xfe" * self.bytes_of(characters))

    def bytes_of(self, characters: int) -> int:
        return characters * (2 if self.wide else 1)

    def text_in(self, buffer: Any) -> str:
        """The text up to its NUL."""
        if not self.wide:
            return buffer.raw[:buffer.raw.index(b"\0")].decode()
        raw = buffer.raw
        end = next(i for i in range(0, len(raw), 2) if raw[i:i + 2] == b"\0\0")
        return raw[:end].decode("utf-16-le")


@dataclass
class Case:
    name: str
    call: Callable[[Scene], int]
    rc: int = SUCCESS
    state: str = ""
    manager: bool = False  # the driver manager answers, not the driver
    alone: str | None = "same"  # the driver's state without a manager; None: not its business
    versions: tuple[int, ...] = (V2, V3, V38)
    odbc2: str = ""  # the state by ODBC 2, where it is not the mapping's
    handle: str = "statement"  # whose diagnostics
    forms: tuple[bool, ...] = (False, True)  # ANSI, W

    def expected(self, version: int, alone: bool) -> str:
        if alone and self.alone not in (None, "same"):
            return self.alone
        if version != V2:
            return self.state
        return self.odbc2 or ODBC2_STATES.get(self.state, self.state)


def refused(name: str, state: str, call: Callable[[Scene], int], **more: Any) -> Case:
    return Case(name, call, ERROR, state, **more)


def warned(name: str, state: str, call: Callable[[Scene], int], **more: Any) -> Case:
    return Case(name, call, INFO, state, **more)


def table(*cases: Case) -> pytest.MarkDecorator:
    """Parametrises a test with `case`, for each form and version that a case is about."""
    assert len({c.name for c in cases}) == len(cases), "two cases of one name"
    return pytest.mark.parametrize("scene, case", list(_combinations(cases)), indirect=["scene"])


def _combinations(cases: tuple[Case, ...]) -> Iterator[Any]:
    for case in cases:
        worlds = [(version, wide, False) for version in case.versions for wide in case.forms]
        if case.manager and case.alone:
            worlds.append((V38, case.forms[0], True))
        for version, wide, alone in worlds:
            form = "alone" if alone else "wide" if wide else "ansi"
            yield pytest.param((version, wide, alone), case,
                               id=f"{case.name}-{VERSIONS[version]}-{form}")


def worlds() -> list[Any]:
    """For tests that are no tables: each version and form."""
    return [pytest.param((v, w, False), id=f"{VERSIONS[v]}-{'wide' if w else 'ansi'}")
            for v in VERSIONS for w in (False, True)]


def run(scene: Scene, case: Case) -> None:
    rc = case.call(scene)
    handle = getattr(scene, case.handle)
    records = handle.diagnostics(scene.wide) if rc in (ERROR, INFO, odbc.NEED_DATA) else []
    said = f"{odbc.NAMES.get(rc, rc)} {records}"
    assert rc == case.rc, said
    if case.state:
        assert records and records[0][0] == case.expected(scene.version, scene.alone), said
        answered = records[0][2].startswith("[unixODBC][Driver Manager]")
        assert answered == (case.manager and not scene.alone), f"the other one has answered: {said}"
