"""The driver's log: levels, files, what is in it, whom lines are about; README, "Logging"."""

from __future__ import annotations

import ctypes
import os
import re
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import odbc
import programs
import pytest
from conftest import DRIVER, RUNTIME, TOP, options
from execution_info import attribute

pytestmark = pytest.mark.usefixtures("no_log")

LEVELS = ["ERROR", "WARN", "INFO", "DEBUG", "TRACE"]
UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LINE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (ERROR|WARN |INFO |DEBUG|TRACE) "
                  rf"(\d+)/(\d+) (-|c\d+(?:\.\d+)?) (-|{UUID}) ([a-z0-9_/]+): (.*)")


class Line(NamedTuple):
    time: str
    level: str
    process: int
    thread: int
    place: str
    query: str
    source: str
    text: str


def read(path: Path) -> list[Line]:
    """The lines, all of which have the form that README tells."""
    lines = []
    for text in path.read_text().splitlines():
        found = LINE.fullmatch(text)
        assert found, text
        lines.append(Line(found[1], found[2].strip(), int(found[3]), int(found[4]), *found.groups()[4:]))
    return lines


@pytest.fixture
def folder(request: pytest.FixtureRequest) -> Path:
    """For logs of one test; check-secrets looks here too."""
    name = re.sub(r"\W+", "_", request.node.name)
    made = Path(os.environ["ATHENA_TEST_LOGS"]) / f"logging-{os.getpid()}" / name
    made.mkdir(parents=True)
    return made


@pytest.fixture
def open_one(env: odbc.Env, connection_string: Callable[..., str]) -> Iterator[Callable]:
    """Connections that end when the test says so, or after it."""
    opened = []

    def connect(**changes: str) -> odbc.Connection:
        connection = odbc.Connection(env)
        opened.append(connection)
        connection.rc = connection.connect(connection_string(**changes))
        connection.check(connection.rc, odbc.SUCCESS, odbc.INFO)
        return connection

    yield connect
    for connection in opened:
        end(connection)


def end(connection: odbc.Connection) -> None:
    if connection.value:
        connection.disconnect()
        connection.check(connection.free())
        connection.value = None


def run(connection: odbc.Connection, sql: str, *results: int) -> str:
    """The query's id, unless it is to fail."""
    s = odbc.Statement(connection)
    s.check(s.execute(sql), *(results or (odbc.SUCCESS,)))
    id = "" if results else attribute(s, "QUERY_EXECUTION_ID")
    s.check(s.free())
    return id


# ---- levels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("given", "level"), [
    ("ERROR", "ERROR"), ("FATAL", "ERROR"), ("1", "ERROR"), ("2", "ERROR"), ("WARN", "WARN"),
    ("warning", "WARN"), ("3", "WARN"), ("INFO", "INFO"), ("4", "INFO"), ("Debug", "DEBUG"),
    ("5", "DEBUG"), ("TRACE", "TRACE"), ("6 # all", "TRACE")])
def test_levels(open_one: Callable, folder: Path, given: str, level: str) -> None:
    connection = open_one(LogLevel=given, LogPath=str(folder / "log"), Unknown="option")
    run(connection, "SELECT broken", odbc.ERROR)
    end(connection)
    assert {line.level for line in read(folder / "log")} == set(LEVELS[:LEVELS.index(level) + 1])


@pytest.mark.parametrize("given", ["OFF", "0", None])
def test_off(open_one: Callable, folder: Path, given: str | None) -> None:
    connection = open_one(LogLevel=given, LogPath=str(folder / "log"))
    run(connection, "SELECT broken", odbc.ERROR)
    end(connection)
    assert not (folder / "log").exists()


# ---- what is in it --------------------------------------------------------------------------


def test_a_failure_is_understood(open_one: Callable, folder: Path,
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    """From connecting to the error: with what options, which query, what Athena said of it."""
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "failure")  # no other connection has found its keys
    connection = open_one(LogLevel="INFO", LogPath=str(folder / "log"))
    run(connection, "SELECT * FROM no_such_table", odbc.ERROR)
    end(connection)
    lines = read(folder / "log")
    story = [next(i for i, line in enumerate(lines) if word in line.text) for word in (
        "connects: ", "credentials found: access key id AKIALOCALATHENA000001", "connected to http://",
        "started: ", "ended FAILED", "42S02 (", "disconnected")]
    assert story == sorted(story)
    options_shown = lines[story[0]].text
    assert "Workgroup=primary" in options_shown and "PWD=***" in options_shown
    assert f"LogPath={folder}" in options_shown
    failed, told = lines[story[4]], lines[story[5]]
    assert re.fullmatch(UUID, failed.query) and "no_such_table" in failed.text
    assert (told.level, told.query) == ("ERROR", failed.query) and failed.query in told.text
    assert {line.place.partition(".")[0] for line in lines} == {lines[0].place}


def test_requests_and_calls_of_a_query(athena, open_one: Callable, folder: Path) -> None:
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "error5xx",
                   "count": 1})
    connection = open_one(LogLevel="TRACE", LogPath=str(folder / "log"))
    id = run(connection, "SELECT 41 + 1")
    lines = read(folder / "log")
    texts = [line.text for line in lines]
    assert any(re.fullmatch(r"StartQueryExecution, attempt 1: HTTP 500 in \d+ ms, request id \S+, "
                            r"\d+ bytes", text) for text in texts), texts
    assert any(re.fullmatch(r"starting the query: .*, again in \d+ ms", text) for text in texts)
    assert any(text.startswith("StartQueryExecution, attempt 2: HTTP 200") for text in texts)
    assert any(re.fullmatch(r"SQLExecDirect\(0x[0-9a-f]+\): SQL_SUCCESS, \d+ ms", text)
               for text in texts)
    assert "executes directly SELECT 41 + 1" in texts
    of_query = [line for line in lines if line.query == id]
    assert [words for words in ("started: ", "is RUNNING", "ended SUCCEEDED: ") if not
            any(line.text.startswith(words) for line in of_query)] == []
    assert len({line.thread for line in lines}) == 2  # the application's, and the I/O thread
    assert {line.process for line in lines} == {os.getpid()}


@pytest.mark.parametrize(("level", "is_there"), [("DEBUG", False), ("TRACE", True)])
def test_values_of_parameters(open_one: Callable, folder: Path, level: str, is_there: bool) -> None:
    connection = open_one(LogLevel=level, LogPath=str(folder / "log"))
    s = odbc.Statement(connection)
    value = ctypes.create_string_buffer(b"somebody's value")
    length = ctypes.c_ssize_t(odbc.NTS)
    s.check(s.bind_parameter(1, odbc.C_CHAR, odbc.VARCHAR, value, length))
    assert s.query("SELECT ? AS v") == [("somebody's value",)]
    s.check(s.free())
    assert ("somebody''s value" in (folder / "log").read_text()) == is_there
    assert "SELECT ? AS v" in (folder / "log").read_text()


def test_a_text_is_no_line(open_one: Callable, folder: Path) -> None:
    connection = open_one(LogLevel="TRACE", LogPath=str(folder / "log"))
    forged = "2026-01-31T23:59:59.123Z ERROR 1/1 - - api: forged"
    run(connection, f"SELECT '\x1b[31m\u2028' /* \n{forged}\n */")
    lines = read(folder / "log")
    assert not [line for line in lines if line.text.startswith("forged")]
    assert [line for line in lines if f"\\x1b[31m\\u2028' /* \\n{forged}\\n */" in line.text]


def test_options_that_are_refused(env: odbc.Env, connection_string: Callable[..., str],
                                  folder: Path) -> None:
    connection = odbc.Connection(env)
    text = connection_string(LogLevel="INFO", LogPath=str(folder / "log"), PWD=None)
    connection.check(connection.connect(text), odbc.ERROR)
    connection.check(connection.free())
    assert [line.text[:5] for line in read(folder / "log") if line.level == "ERROR"] == ["28000"]


# ---- whose lines go where -------------------------------------------------------------------


def test_each_connection_has_its_log(open_one: Callable, folder: Path) -> None:
    first = open_one(LogLevel="INFO", LogPath=str(folder / "first"))
    second = open_one(LogLevel="TRACE", LogPath=str(folder / "second"))
    silent = open_one()
    for number, connection in enumerate((first, second, silent)):
        run(connection, f"SELECT {number} AS mark, broken", odbc.ERROR)
        end(connection)
    logs = [read(folder / name) for name in ("first", "second")]
    places = [{line.place.partition(".")[0] for line in log if line.place != "-"} for log in logs]
    assert [len(p) for p in places] == [1, 1] and places[0] != places[1]
    assert "mark" not in "".join(line.text for line in logs[0])  # a text is DEBUG
    assert "SELECT 1 AS mark" in "".join(line.text for line in logs[1])


def test_connections_share_a_file(open_one: Callable, folder: Path) -> None:
    connections = [open_one(LogLevel=level, LogPath=str(folder / "log"))
                   for level in ("DEBUG", "INFO")]
    for connection in connections:
        run(connection, "SELECT 1")
        end(connection)
    lines = read(folder / "log")
    first, second = (next(line.place for line in lines if "connects: " in line.text
                          and f"LogLevel={level};" in line.text) for level in ("DEBUG", "INFO"))
    levels = {place: {line.level for line in lines if line.place.startswith(place)}
              for place in (first, second)}
    assert levels == {first: {"INFO", "DEBUG"}, second: {"INFO"}}


def test_the_environment_takes_the_place_of_options(
        connection_string: Callable[..., str], folder: Path, monkeypatch: pytest.MonkeyPatch,
        configuration: Path) -> None:
    text = connection_string(LogLevel="TRACE", LogPath=str(folder / "option"))
    monkeypatch.setenv("ATHENA_ODBC_LOG", f"info:{folder / 'environment'}")
    env = odbc.Env()
    connection = odbc.Connection(env)
    connection.check(connection.connect(text))
    end(connection)
    assert env.free() == odbc.SUCCESS
    assert not (folder / "option").exists()
    lines = read(folder / "environment")
    assert {line.level for line in lines} == {"INFO"}
    assert "disconnected" in [line.text for line in lines]


# ---- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "changes", "name"), [
    ("here", {}, "here"),
    ("", {}, "athena_odbc_{}.log"),
    ("made/", {}, "made/athena_odbc_{}.log"),
    ("here", {"UseLogPrefix": "1"}, "{}_here"),
])
def test_names(open_one: Callable, folder: Path, path: str, changes: dict, name: str) -> None:
    end(open_one(LogLevel="INFO", LogPath=f"{folder}/{path}", **changes))
    found = [f for f in folder.rglob("*") if f.is_file()]
    assert found == [folder / name.format(os.getpid())]
    assert found[0].stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_opened_is_told(open_one: Callable, folder: Path,
                                              capfd: pytest.CaptureFixture) -> None:
    connection = open_one(LogLevel="INFO", LogPath=str(folder / "nowhere" / "log"))
    assert connection.rc == odbc.INFO
    state, _, text = connection.diagnostics()[0]
    assert state == "01000" and "nowhere/log cannot be opened (No such file" in text
    end(connection)
    printed = capfd.readouterr().err
    assert "disconnected" in printed and all(map(LINE.fullmatch, printed.splitlines()))


@pytest.mark.parametrize("path", ["stderr", "STDERR", None])
def test_standard_error(open_one: Callable, capfd: pytest.CaptureFixture, path: str | None) -> None:
    end(open_one(LogLevel="INFO", LogPath=path))
    printed = capfd.readouterr().err
    assert "disconnected" in printed and all(map(LINE.fullmatch, printed.splitlines()))


def test_files_turn_over(open_one: Callable, folder: Path) -> None:
    connection = open_one(LogLevel="TRACE", LogPath=str(folder / "log"), LogFileSize="8 KB",
                          LogFileCount="3")
    for _ in range(6):
        run(connection, "SELECT 1")
    end(connection)
    files = sorted(f.name for f in folder.iterdir())
    assert files == ["log", "log.1", "log.2"]
    for name in files[1:]:
        assert 8192 <= (folder / name).stat().st_size <= 8192 + 4096
    lines = [line for name in reversed(files) for line in read(folder / name)]
    assert [line.time for line in lines] == sorted(line.time for line in lines)
    assert lines[-1].text.startswith("SQLFreeHandle(")


PROGRAM = """
import os, sys
sys.path[:0] = [{tests!r}]
import odbc
odbc.load()
env = odbc.Env()

def connected():
    connection = odbc.Connection(env)
    connection.check(connection.connect(os.environ["TEST_STRING"]))
    return connection

def ends(connection):
    connection.check(connection.disconnect())
    connection.check(connection.free())

def log_descriptors():
    names = [os.readlink(f"/proc/self/fd/{{fd}}") for fd in os.listdir("/proc/self/fd")
             if os.path.islink(f"/proc/self/fd/{{fd}}")]
    return [name for name in names if name.endswith("/log")]

"""


@pytest.fixture
def program(connection_string: Callable[..., str], configuration: Path) -> Callable:
    """Starts a program of a test, with a connection string for it."""

    def start(code: str, more: dict[str, str] | None = None, **changes: str) -> subprocess.Popen:
        text = PROGRAM.format(tests=str(TOP / "tests/odbc"))
        return programs.started(text + textwrap.dedent(code),
                                {"TEST_STRING": connection_string(**changes), **(more or {})})

    return start


def printed(process: subprocess.Popen) -> str:
    out, errors = programs.ended(process)
    assert process.returncode == 0, out + errors
    return out


@pytest.mark.parametrize(("source", "string", "log"), [
    ("", "", "wide"),
    ("LogPath={}/source", "", "source"),
    ("LogLevel=OFF", "", None),
    ("LogLevel=OFF", ";LogLevel=INFO", "wide"),
    ("", ";LogPath={}/string", "string"),
], ids=["wide", "source", "source-off", "string-on", "string"])
def test_wide_settings(athena, program: Callable, folder: Path, tmp_path: Path, source: str,
                       string: str, log: str | None) -> None:
    """In a process of its own, for odbcinst remembers what it has read."""
    section = "".join(f"{k}={v}\n" for k, v in options(athena.url).items())
    (tmp_path / "odbc.ini").write_text(
        f"[Here]\nDriver=Athena\n{section}{source.format(folder)}\n"
        f"[ATHENA_WIDE_SETTINGS]\nLogLevel=INFO\nLogPath={folder}/wide\nLogFileSize=1G\n")
    printed(program("ends(connected())", {"ODBCINI": str(tmp_path / "odbc.ini"),
                                          "TEST_STRING": "DSN=Here" + string.format(folder)}))
    assert [path.name for path in folder.iterdir()] == ([log] if log else [])
    if log:
        assert "LogFileSize=1G" in (folder / log).read_text()


def test_processes_share_a_file(program: Callable, folder: Path) -> None:
    processes = [program("""
        connection = connected()
        for _ in range(5):
            odbc.Statement(connection).query("SELECT 1")
        ends(connection)
        """, LogLevel="TRACE", LogPath=str(folder / "log"), LogFileSize="16K", LogFileCount="500")
        for _ in range(3)]
    for process in processes:
        printed(process)
    lines = [line for file in folder.iterdir() for line in read(file)]
    for process in processes:
        own = [line.text for line in lines if line.process == process.pid]
        assert sum(text.startswith("started: ") for text in own) == 5
        assert sum(text == "disconnected" for text in own) == 1
    assert len(list(folder.iterdir())) > 3


@pytest.mark.skipif("tsan" in RUNTIME, reason="as in test_guest.py")
def test_unloading_closes_the_file(program: Callable, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "odbcinst.ini").write_text(f"[ODBC]\nPooling=No\n[Athena]\nDriver={DRIVER}\n"
                                           "Threading=0\nDontDLClose=0\n")
    out = printed(program("""
        connection = connected()
        print(len(log_descriptors()), "libathenaodbc" in open("/proc/self/maps").read())
        ends(connection)
        print(len(log_descriptors()), "libathenaodbc" in open("/proc/self/maps").read())
        """, {"ODBCSYSINI": str(tmp_path), "ODBCINI": os.devnull}, LogLevel="INFO",
                          LogPath=str(folder / "log")))
    assert out.splitlines() == ["1 True", "0 False"]


@pytest.mark.skipif("tsan" in RUNTIME, reason="ThreadSanitizer supports no threads after a fork")
def test_a_forked_child_has_a_log(program: Callable, folder: Path) -> None:
    """Of its own where each process has one; the parent's goes on."""
    child = printed(program("""
        first = connected()
        child = os.fork()
        if not child:
            second = connected()
            odbc.Statement(second).query("SELECT 5 AS of_child")
            ends(second)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        odbc.Statement(first).query("SELECT 6 AS of_parent")
        ends(first)
        print(child)
        """, LogLevel="DEBUG", LogPath=f"{folder}/")).strip()
    own = read(folder / f"athena_odbc_{child}.log")
    assert {line.process for line in own} == {int(child)}
    assert [line for line in own if "SELECT 5 AS of_child" in line.text]
    [parent] = [f for f in folder.iterdir() if f.name != f"athena_odbc_{child}.log"]
    assert "SELECT 6 AS of_parent" in parent.read_text()
    assert len({line.process for line in read(parent)}) == 1


def test_a_full_pipe_holds_nothing_up(open_one: Callable, folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    connection = open_one(LogLevel="TRACE", LogPath=str(folder / "pipe"))
    for _ in range(20):
        run(connection, "SELECT '" + "x" * 2000 + "' AS wide")
    os.close(reader)
    run(connection, "SELECT 1")  # and no SIGPIPE
    end(connection)
    (folder / "pipe").unlink()
