"""SQLConnect, SQLDriverConnect, SQLDisconnect: arguments, states, the completed string."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

import odbc
import pytest
from calls import ODBC2_STATES, V2, VERSIONS
from emulator_process import ACCESS_KEY, SECRET_KEY
from odbc import ERROR, INFO, INVALID_HANDLE, NTS, SUCCESS

NOPROMPT, COMPLETE, PROMPT, REQUIRED = 0, 1, 2, 3


class Closed:
    """A connection that is not open yet."""

    def __init__(self, version: int, wide: bool) -> None:
        self.env = odbc.Env(version)
        self.connection = odbc.Connection(self.env)
        self.wide = wide

    def call(self, name: str, *arguments: object) -> int:
        return odbc.call(name, self.connection.value, *arguments, wide=self.wide)

    def states(self) -> list[str]:
        return [record[0] for record in self.connection.diagnostics(self.wide)]

    def by_version(self, state: str) -> str:
        return ODBC2_STATES.get(state, state) if self.env.version == V2 else state


@pytest.fixture(params=[(v, w) for v in VERSIONS for w in (False, True)],
                ids=lambda p: VERSIONS[p[0]] + ("-wide" if p[1] else "-ansi"))
def closed(request: pytest.FixtureRequest, plain_string: str) -> Iterator[Closed]:
    made = Closed(*request.param)
    yield made
    made.connection.disconnect()
    assert made.connection.free() == SUCCESS
    assert made.env.free() == SUCCESS


# ---- SQLConnect -----------------------------------------------------------------------------


@pytest.mark.parametrize("arguments, rc, state", [
    (("AthenaLocal", NTS, None, 0, None, 0), SUCCESS, ""),
    (("AthenaLocal", NTS, ACCESS_KEY, NTS, SECRET_KEY, NTS), SUCCESS, ""),
    (("AthenaLocal and more", 11, ACCESS_KEY + "more", len(ACCESS_KEY), SECRET_KEY + "more",
      len(SECRET_KEY)), SUCCESS, ""),
    (("AthenaLocal", NTS, ACCESS_KEY, NTS, "wrong", NTS), ERROR, "28000"),
    (("AthenaLocal", NTS, "nobody", NTS, SECRET_KEY, NTS), ERROR, "28000"),
    (("NoSuchSource", NTS, None, 0, None, 0), ERROR, "IM002"),
    (("x" * 40, NTS, None, 0, None, 0), ERROR, "HY090"),
    (("AthenaLocal", -7, None, 0, None, 0), ERROR, "HY090"),
    (("AthenaLocal", NTS, "u", -7, None, 0), ERROR, "HY090"),
    (("AthenaLocal", NTS, None, 0, "p", -7), ERROR, "HY090"),
], ids=["data source", "keys", "counted", "wrong secret", "unknown key", "no such source",
        "long name", "bad length", "bad length of the user", "bad length of the password"])
def test_sqlconnect(closed, arguments: tuple, rc: int, state: str) -> None:
    assert closed.call("SQLConnect", *arguments) == rc, closed.states()
    assert closed.states()[:1] == ([closed.by_version(state)] if state else [])


def test_sqlconnect_twice(closed) -> None:
    assert closed.call("SQLConnect", "AthenaLocal", NTS, None, 0, None, 0) == SUCCESS
    assert closed.call("SQLConnect", "AthenaLocal", NTS, None, 0, None, 0) == ERROR
    assert closed.states() == ["08002"]


def test_sqlconnect_no_handle(plain_string) -> None:
    assert odbc.call("SQLConnect", None, "x", NTS, None, 0, None, 0) == INVALID_HANDLE


# ---- SQLDriverConnect -----------------------------------------------------------------------


def driver_connect(c: Closed, text: object, length: int = NTS, room: int = 2000,
                   completion: int = NOPROMPT) -> tuple[int, str, int]:
    """Return code, completed string (as far as it fitted), its whole length."""
    out = ctypes.create_string_buffer(b"\xfe" * 4096)
    written = ctypes.c_short(-7)
    rc = c.call("SQLDriverConnect", None, text, length, out, room, ctypes.byref(written),
                completion)
    units = max(0, room) * (2 if c.wide else 1)
    raw = out.raw[:units].decode("utf-16-le" if c.wide else "utf-8", "replace")
    beyond = out.raw[2 * room if c.wide else room:][:8]
    assert room < 0 or beyond == b"\xfe" * 8, "written behind the buffer"
    return rc, raw.partition("\0")[0] if "\0" in raw else "", written.value


@pytest.mark.parametrize("text, length, completion, rc, state", [
    ("DSN=AthenaLocal", NTS, NOPROMPT, SUCCESS, ""),
    ("DSN=AthenaLocal;and more", 15, NOPROMPT, SUCCESS, ""),
    ("DSN=AthenaLocal", NTS, COMPLETE, SUCCESS, ""),
    ("DSN=AthenaLocal", NTS, REQUIRED, SUCCESS, ""),
    ("DSN=AthenaLocal", NTS, 77, ERROR, "HY110"),
    ("DSN=AthenaLocal", -7, NOPROMPT, ERROR, "HY090"),
    ("DSN=NoSuchSource", NTS, NOPROMPT, ERROR, "IM002"),
    ("DRIVER=NoSuchDriver", NTS, NOPROMPT, ERROR, "01000"),  # "Can't open lib", not IM003
    ("DSN=" + "x" * 40, NTS, NOPROMPT, ERROR, "IM012"),
    ("DSN=AthenaLocal;Nonsense=1", NTS, NOPROMPT, INFO, "01S00"),
    ("DSN=AthenaLocal;Nonsense", NTS, NOPROMPT, INFO, "01S00"),
    ("DSN=AthenaLocal;PWD=wrong", NTS, NOPROMPT, ERROR, "28000"),
    ("DSN=AthenaLocal;StringColumnLength=many", NTS, NOPROMPT, ERROR, "HY024"),
    ("DSN=AthenaLocal;AuthenticationType=Nobody", NTS, NOPROMPT, ERROR, "HY024"),
    ("DSN=AthenaLocal;PWD={never closed", NTS, NOPROMPT, ERROR, "HY000"),
], ids=["data source", "counted", "complete", "complete required", "no such completion",
        "bad length", "no such source", "no such driver", "long name", "unknown keyword",
        "no equals sign", "wrong secret", "bad value", "no such type", "open brace"])
def test_sqldriverconnect(closed, text: str, length: int, completion: int, rc: int,
                          state: str) -> None:
    got, completed, _ = driver_connect(closed, text, length, completion=completion)
    assert got == rc, closed.states()
    assert closed.states()[:1] == ([closed.by_version(state)] if state else [])
    if rc == SUCCESS:
        assert completed == "DSN=AthenaLocal;"


def test_sqldriverconnect_prompt(closed) -> None:
    """There is no dialog: SQL_DRIVER_PROMPT goes by the string. The manager wants a window."""
    assert driver_connect(closed, "DSN=AthenaLocal", completion=PROMPT)[0] == ERROR
    assert closed.states() == [closed.by_version("HY092")]
    a_window = ctypes.c_void_p(1)
    assert closed.call("SQLDriverConnect", a_window, "DSN=AthenaLocal", NTS, None, 0, None,
                       PROMPT) == SUCCESS


WHOLE = "DSN=AthenaLocal;Schema=default;ApplicationName={a;b}};c ř};"


@pytest.mark.parametrize("room", [0, 1, 2, 10, 30, 58, 59, 60, 61, 200])
def test_sqldriverconnect_truncation(closed, room: int) -> None:
    """01004, whole characters, the whole length; the connection stands."""
    rc, completed, length = driver_connect(closed, WHOLE, room=room)
    units = len(WHOLE) if closed.wide else len(WHOLE.encode())
    assert length == units
    if room > units:
        assert (rc, completed, closed.states()) == (SUCCESS, WHOLE, [])
    else:
        assert (rc, closed.states()) == (INFO, ["01004"])
        cut = WHOLE[:max(0, room - 1)] if closed.wide else WHOLE.encode()[:max(0, room - 1)].decode(
            errors="ignore")
        assert completed == cut
    statement = odbc.Statement(closed.connection)
    statement.check(statement.free())


def test_sqldriverconnect_length_alone(closed) -> None:
    length = ctypes.c_short(-7)
    assert closed.call("SQLDriverConnect", None, "DSN=AthenaLocal", NTS, None, 0,
                       ctypes.byref(length), NOPROMPT) == SUCCESS
    assert length.value == len("DSN=AthenaLocal;")


def test_sqldriverconnect_negative_room(closed) -> None:
    assert driver_connect(closed, "DSN=AthenaLocal", room=-1)[0] == ERROR
    assert closed.states() == [closed.by_version("HY090")]


def test_sqldriverconnect_twice(closed) -> None:
    assert driver_connect(closed, "DSN=AthenaLocal")[0] == SUCCESS
    assert driver_connect(closed, "DSN=AthenaLocal")[0] == ERROR
    assert closed.states() == ["08002"]


def test_sqldriverconnect_completes_what_was_given(closed) -> None:
    """Under canonical names, braces where needed; it connects again."""
    text = f"DRIVER=Athena;region=us-east-1;user={ACCESS_KEY};Password={SECRET_KEY};Database=sample"
    _, completed, _ = driver_connect(closed, text + ";ConnectionTest=0;ApplicationName={a;b}")
    lower = completed.lower()
    for part in ("driver=athena;", "awsregion=us-east-1;", f"uid={ACCESS_KEY};".lower(),
                 f"pwd={SECRET_KEY};".lower(), "schema=sample;", "applicationname={a;b};"):
        assert part in lower, completed
    closed.connection.check(closed.connection.disconnect())
    assert driver_connect(closed, completed)[1].lower() == lower


def test_sqldriverconnect_file_dsn(closed, tmp_path) -> None:
    """The manager reads the file, and writes it; its W function (2.3.11) knows neither."""
    if closed.wide:
        assert driver_connect(closed, f"FILEDSN={tmp_path / 'read.dsn'}")[0] == ERROR
        assert closed.states() == ["IM002"]
        return
    section = Path(os.environ["ODBCINI"]).read_text()
    read, written = tmp_path / "read.dsn", tmp_path / "written.dsn"
    read.write_text(section.replace("[AthenaLocal]", "[ODBC]"))
    assert driver_connect(closed, f"FILEDSN={read}")[0] == SUCCESS, closed.states()
    closed.connection.check(closed.connection.disconnect())
    rc, completed, _ = driver_connect(closed, f"DSN=AthenaLocal;Schema=default;SAVEFILE={written}")
    assert (rc, completed.count("SAVEFILE")) == (SUCCESS, 1)
    assert "Schema=default" in written.read_text()


def test_sqldriverconnect_no_handle(plain_string) -> None:
    assert odbc.call("SQLDriverConnect", None, None, "DSN=x", NTS, None, 0, None,
                     0) == INVALID_HANDLE


# ---- SQLDisconnect --------------------------------------------------------------------------


def test_sqldisconnect(closed) -> None:
    assert driver_connect(closed, "DSN=AthenaLocal")[0] == SUCCESS
    statement = odbc.Statement(closed.connection)
    statement.check(odbc.call("SQLGetTypeInfo", statement.value, 0))
    assert closed.connection.disconnect() == SUCCESS, "with an open cursor"
    assert closed.connection.disconnect() == ERROR
    assert closed.states() == ["08003"]


def test_sqldisconnect_while_data_is_waited_for(closed) -> None:
    """The manager: HY010."""
    assert driver_connect(closed, "DSN=AthenaLocal")[0] == SUCCESS
    statement = odbc.Statement(closed.connection)
    length = ctypes.c_ssize_t(odbc.DATA_AT_EXEC)
    statement.check(statement.bind_parameter(1, odbc.C_CHAR, odbc.VARCHAR, 1, length, 10))
    statement.check(statement.execute("SELECT ?"), odbc.NEED_DATA)
    assert closed.connection.disconnect() == ERROR
    assert closed.states() == [closed.by_version("HY010")]
    statement.check(statement.cancel())
    assert closed.connection.disconnect() == SUCCESS


def test_sqldisconnect_no_handle(plain_string) -> None:
    assert odbc.call("SQLDisconnect", None) == INVALID_HANDLE
