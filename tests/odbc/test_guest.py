"""The driver as a guest in a process: fork(), dlclose(), exit(), threads, signals, locale, leaks.

Each test is a small program of its own that is run by a new Python, so that what it counts
(threads, descriptors, memory, what is mapped) is the driver's and not that of other tests.
"""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import programs
import pytest
from conftest import DRIVER, RUNTIME, TOP

IS_TSAN = "tsan" in RUNTIME
EXIT_LIMIT_S = 10 if not RUNTIME else 15

PRELUDE = """
import ctypes, gc, json, locale, os, signal, sys, threading, time
sys.path.insert(0, os.environ["TEST_FOLDER"])
import odbc
odbc.load()
STRING = os.environ["TEST_STRING"]
# What comes with the first thread is not ours: handlers of glibc, a thread of ThreadSanitizer.
first_thread = threading.Thread(target=int)
first_thread.start()
first_thread.join()
time.sleep(0.05)  # a joined thread is still listed for a moment
SLOW = "-- athena-local: run_ms={}\\nSELECT {}"

def connect(env, more=""):
    c = odbc.Connection(env)
    c.check(c.connect(STRING + more), 0, 1)
    return c

def leave(c):
    c.check(c.disconnect())
    c.check(c.free())

def begin(c, run_ms, value):
    s = odbc.Statement(c, is_async=True)
    sql = SLOW.format(run_ms, value)
    assert s.execute(sql) == odbc.STILL_EXECUTING
    return s, sql

def until_running(count):
    # what has been started, by the local Athena's own count
    import urllib.request
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with urllib.request.urlopen(os.environ["TEST_URL"] + "/_local/stats") as answer:
            if json.load(answer)["queries"]["started"] >= count:
                return
        time.sleep(0.02)
    raise SystemExit("the queries were not started")

def threads():
    return sorted(open(f"/proc/self/task/{t}/comm").read().strip()
                  for t in os.listdir("/proc/self/task"))

def settled(count):
    # a thread that has been joined may be listed for a moment longer
    for _ in range(500):
        if len(threads()) <= count:
            break
        time.sleep(0.002)
    return threads()

def descriptors():
    return len(os.listdir("/proc/self/fd"))

def rss_kib():
    line = next(l for l in open("/proc/self/status") if l.startswith("VmRSS:"))
    return int(line.split()[1])

def is_mapped():
    return any("libathenaodbc" in line for line in open("/proc/self/maps"))

def status(name, task="self"):
    path = "/proc/self/status" if task == "self" else f"/proc/self/task/{task}/status"
    return next(l.split()[1] for l in open(path) if l.startswith(name + ":"))

def tell(**found):
    print(json.dumps(found), flush=True)
"""


class Ended:
    """How a program ended: what it told, its status, and how long it took after it told."""

    def __init__(self, told: dict[str, Any], status: int, errors: str, exit_s: float) -> None:
        self.told, self.status, self.errors, self.exit_s = told, status, errors, exit_s


@pytest.fixture
def program(athena, configuration, connection_string) -> Iterator[Callable[..., Ended]]:
    """Runs a program after the prelude; with more options for its connections."""
    started = []

    def run(body: str, *, limit_s: float = 100, status: int | None = 0,
            environment: dict[str, str] | None = None, **options: str) -> Ended:
        variables = {"TEST_FOLDER": str(TOP / "tests" / "odbc"),
                     "TEST_STRING": connection_string(**options), "TEST_URL": athena.url,
                     **(environment or {})}
        child = programs.started(PRELUDE + textwrap.dedent(body), variables)
        started.append(child)
        line = programs.first_line(child, limit_s)
        told_at = time.monotonic()
        rest, errors = programs.ended(child, limit_s)
        exit_s = time.monotonic() - told_at
        if status is not None:
            assert child.returncode == status, f"{line}{rest}{errors}"
        return Ended(json.loads(line or "{}"), child.returncode, errors, exit_s)

    yield run
    for child in started:
        programs.end(child)


# ---- threads, signals, locale ----

def test_one_thread_however_many_queries(program) -> None:
    told = program("""
        env = odbc.Env()
        before = threads()
        c = connect(env)
        pending = [begin(c, 1000, i) for i in range(60)]
        until_running(60)
        during = threads()
        for i, (s, sql) in enumerate(pending):
            s.check(s.poll(lambda: s.execute(sql)))
            assert s.rows() == [(str(i),)]
            s.check(s.free())
        other = connect(env)
        two = threads()
        leave(other)
        leave(c)
        tell(before=before, during=during, two=two, after=settled(len(before)))
    """).told
    assert sorted(told["before"] + ["athena-io"]) == told["during"] == told["two"]
    assert told["after"] == told["before"]


def test_no_signal_handlers_and_no_signals_taken(program, athena) -> None:
    athena.faults({"service": "athena", "operation": "GetQueryResults", "kind": "reset",
                   "count": 3}, {"service": "athena", "kind": "reset", "probability": 0.1,
                                 "seed": 5})
    told = program("""
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a host may be killed by it
        names = ("SigCgt", "SigIgn", "SigBlk")
        env = odbc.Env()
        before = [status(n) for n in names]
        c = connect(env)
        found = [odbc.Statement(c).query("SELECT %d" % i)[0][0] for i in range(20)]
        io = next(t for t in os.listdir("/proc/self/task")
                  if open(f"/proc/self/task/{t}/comm").read().strip() == "athena-io")
        blocked = int(status("SigBlk", io), 16)
        during = [status(n) for n in names]
        leave(c)
        after = [status(n) for n in names]
        missing = [int(s) for s in signal.valid_signals()
                   if not blocked >> (s - 1) & 1 and s not in (signal.SIGKILL, signal.SIGSTOP)]
        tell(before=before, during=during, after=after, missing=missing, found=found)
    """).told
    assert told["before"] == told["during"] == told["after"]
    assert told["missing"] == [], "signals that the driver's thread would take from the host's"
    assert told["found"] == [str(i) for i in range(20)]


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A locale that writes 1,5 for one and a half; made here, most machines have none."""
    folder = tmp_path_factory.mktemp("locale")
    try:
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder / "de_DE.UTF-8"],
                       capture_output=True, timeout=60)
    except OSError as error:
        pytest.skip(f"no localedef: {error}")
    if not (folder / "de_DE.UTF-8" / "LC_NUMERIC").exists():
        pytest.skip("localedef has no de_DE here")
    return folder


def test_numbers_and_times_are_free_of_the_locale(program, german: Path) -> None:
    told = program("""
        locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
        libc = ctypes.CDLL(None)
        libc.strtod.restype = ctypes.c_double
        assert libc.strtod(b"1,5", None) == 1.5, "the locale has no effect"
        env = odbc.Env()
        c = connect(env)
        s = odbc.Statement(c)
        sql = ("SELECT 1.5e0, DECIMAL '-2.25', TIMESTAMP '2024-02-29 12:34:56.789', 1234567, "
               "CAST(0.1 AS real), '3.5'")
        texts = s.query(sql)
        s.check(s.execute(sql))
        s.check(s.fetch())
        numbers = []
        for column in (1, 2, 4, 5, 6):
            rc, data, length = s.get_data(column, odbc.C_DOUBLE, 8)
            s.check(rc)
            numbers.append(ctypes.c_double.from_buffer_copy(data).value)
        s.check(s.free())
        leave(c)
        tell(texts=texts, numbers=numbers)
    """, environment={"LOCPATH": str(german)}).told
    assert told["texts"][0][:4] == ["1.5", "-2.25", "2024-02-29 12:34:56.789", "1234567"]
    assert told["texts"][0][5] == "3.5"
    assert told["numbers"] == pytest.approx([1.5, -2.25, 1234567, 0.1, 3.5])


# ---- fork() ----

NOT_UNDER_ASAN = pytest.mark.skipif("asan" in RUNTIME, reason="AddressSanitizer's allocator takes locks "
                                    "that a fork in the middle of things leaves taken in the child")

FORK = """
def wait_for(child):
    status = os.waitpid(child, 0)[1]
    assert status == 0, f"the child ended with {status}"

env = odbc.Env()
c = connect(env)
pending = [begin(c, 1500, i) for i in range(5)]
idle = odbc.Statement(c)
until_running(5)
"""
FORK_END = """
for i, (s, sql) in enumerate(pending):
    s.check(s.poll(lambda: s.execute(sql)))
    assert s.rows() == [(str(i),)]
assert idle.query("SELECT 42") == [("42",)]
for s in [idle, *(p[0] for p in pending)]:
    s.check(s.free())
leave(c)
tell(is_well=True)
"""
CHILDREN = {
    "what is pending": """
        for s, sql in pending:
            assert s.execute(sql) == odbc.ERROR
            (state, native, text), = s.diagnostics()
            assert state == "HY000" and "forked" in text and "connect again" in text, text
            s.check(s.cancel())
            s.check(s.close())
            s.check(s.free())
    """,
    "a new query": """
        assert idle.execute("SELECT 1") == odbc.ERROR
        assert "connect again" in idle.diagnostics()[0][2], idle.diagnostics()
        idle.check(idle.free())
    """,
    "metadata": """
        assert odbc.lib.SQLTables(idle.value, None, 0, b"sample", -3, b"%", -3, None, 0) == -1
        assert "connect again" in idle.diagnostics()[0][2], idle.diagnostics()
    """,
    "cancel and disconnect": """
        for s, sql in pending:
            s.check(s.cancel())
        leave(c)
        env.check(env.free())
    """,
}


@NOT_UNDER_ASAN
@pytest.mark.parametrize("child", CHILDREN.values(), ids=CHILDREN.keys())
@pytest.mark.parametrize("end", ["os._exit(0)", "sys.exit(0)"], ids=["_exit", "exit"])
def test_fork_with_queries_pending(program, athena, child: str, end: str) -> None:
    """A clear error and no hang in the child; the parent goes on as if nothing had been."""
    body = textwrap.indent(textwrap.dedent(child), "    ")
    told = program(f"{FORK}\nchild = os.fork()\nif not child:\n    signal.alarm(20)\n{body}\n"
                   f"    {end}\nwait_for(child)\n{FORK_END}").told
    assert told == {"is_well": True}
    assert athena.requests("athena.StopQueryExecution") == 0, "the child stopped a query"


@NOT_UNDER_ASAN
@pytest.mark.skipif(IS_TSAN, reason="ThreadSanitizer supports no threads in a forked child")
def test_forked_child_connects_anew(program) -> None:
    told = program(f"""{FORK}
child = os.fork()
if not child:
    signal.alarm(30)
    own = odbc.Env()
    mine = connect(own)
    assert odbc.Statement(mine).query("SELECT 7") == [("7",)]
    assert threads().count("athena-io") == 1
    leave(mine)
    leave(c)  # the parent's
    sys.exit(0)
wait_for(child)
{FORK_END}""").told
    assert told == {"is_well": True}


@NOT_UNDER_ASAN
def test_fork_while_a_thread_is_waiting(program) -> None:
    """The waiting thread is not in the child, but the locks that it held are."""
    told = program("""
        env = odbc.Env()
        c = connect(env)
        s = odbc.Statement(c)
        found = []
        thread = threading.Thread(target=lambda: found.append(s.query(SLOW.format(1500, 1))))
        thread.start()
        until_running(1)
        child = os.fork()
        if not child:
            signal.alarm(20)
            other = odbc.Statement(c)
            assert other.execute("SELECT 1") == odbc.ERROR
            assert "connect again" in other.diagnostics()[0][2]
            s.check(s.cancel())
            c.check(c.disconnect())
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        thread.join()
        leave(c)
        tell(status=status, found=found)
    """).told
    assert told == {"status": 0, "found": [[["1"]]]}


# ---- dlclose() ----

NOT_UNDER_TSAN = pytest.mark.skipif(IS_TSAN, reason="ThreadSanitizer gives up when a library with "
                                    "suppressions (libcurl) is unloaded")


@pytest.fixture(scope="module")
def unloading(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A configuration with which unixODBC unloads the driver after the last disconnect."""
    folder = tmp_path_factory.mktemp("unloading")
    (folder / "odbcinst.ini").write_text(f"[ODBC]\nPooling=No\n[Athena]\nDriver={DRIVER}\n"
                                         "Threading=0\nDontDLClose=0\n")
    return {"ODBCSYSINI": str(folder), "ODBCINI": os.devnull}


@NOT_UNDER_TSAN
def test_unloaded_and_loaded_again(program, unloading) -> None:
    told = program("""
        env = odbc.Env()
        before = threads()
        was_mapped, seen, counts = [], [], []
        for i in range(50):
            c = connect(env, "" if i % 10 == 0 else ";ConnectionTest=0")
            if i % 5 == 0:
                assert odbc.Statement(c).query("SELECT %d" % i) == [(str(i),)]
            seen.append("athena-io" in threads() and is_mapped())
            leave(c)
            was_mapped.append(is_mapped())
            counts.append(descriptors())
        tell(before=before, after=settled(len(before)), seen=seen, mapped=was_mapped,
             counts=counts[1:])
    """, environment=unloading).told
    assert all(told["seen"]), "loaded, with its thread, while connected"
    assert not any(told["mapped"]), "still there after the last disconnect"
    assert told["after"] == told["before"]
    assert len(set(told["counts"])) == 1, "descriptors are left behind"


@NOT_UNDER_TSAN
def test_unloaded_with_queries_pending(program, athena, unloading) -> None:
    """The disconnect lets the stop requests out, in bounded time, before the code goes."""
    told = program("""
        env = odbc.Env()
        took = []
        for i in range(5):
            c = connect(env)
            pending = [begin(c, 30000, n) for n in range(4)]
            until_running(4 * i + 4)
            began = time.monotonic()
            c.check(c.disconnect())
            took.append(time.monotonic() - began)
            assert not is_mapped()
            c.check(c.free())
        tell(took=took)
    """, environment=unloading).told
    assert max(told["took"]) < EXIT_LIMIT_S
    assert athena.stats()["queries"]["stopped"] == 20


def test_thousand_rounds_leak_nothing(program) -> None:
    told = program("""
        env = odbc.Env()
        before = threads()
        memory, counts = {}, []
        for i in range(1000):
            has_test = i % 50 == 0
            c = connect(env, "" if has_test else ";ConnectionTest=0")
            s = odbc.Statement(c, is_async=i % 3 == 0)
            if has_test:
                assert s.query("SELECT 1, 'one'") == [("1", "one")]
            if i % 2:
                s.check(s.free())  # else it goes with the connection
            leave(c)
            counts.append(descriptors())
            if i in (200, 999):
                gc.collect()
                memory[i] = rss_kib()
        tell(before=before, after=settled(len(before)), counts=counts[1:],
             growth_kib=memory[999] - memory[200])
    """, limit_s=200).told
    assert told["after"] == told["before"]
    assert len(set(told["counts"])) == 1, "descriptors are left behind"
    if not RUNTIME:  # a sanitizer keeps what was freed for a while
        assert told["growth_kib"] < 1500, "some 1.5 KiB and more are lost in each round"


# ---- exit() ----

EXIT = """
env = odbc.Env()
c = connect(env)
pending = [begin(c, 60000, i) for i in range(10)]
until_running(10)
tell(count=10)
"""
ENDS = {
    "return": "",
    "sys.exit": "sys.exit(3)",
    "exit of libc": "ctypes.CDLL(None).exit(3)",
    "by another thread": "threading.Thread(target=lambda: ctypes.CDLL(None).exit(3)).start()\n"
                         "time.sleep(60)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_exit_stops_queries(program, athena, end: str) -> None:
    ended = program(EXIT + end, status=3 if end else 0)
    assert ended.exit_s < EXIT_LIMIT_S
    assert athena.stats()["queries"]["stopped"] == 10, ended.errors


def test_exit_while_threads_wait(program, athena) -> None:
    ended = program("""
        env = odbc.Env()
        c = connect(env)
        def wait():
            odbc.Statement(c).execute(SLOW.format(60000, 1))
            time.sleep(60)
        for _ in range(3):
            threading.Thread(target=wait, daemon=True).start()
        until_running(3)
        tell(count=3)
        sys.exit(4)
    """, status=4)
    assert ended.exit_s < EXIT_LIMIT_S
    assert athena.stats()["queries"]["stopped"] == 3, ended.errors


def test_exit_before_athena_has_answered_the_start(program, athena) -> None:
    """A query without id cannot be stopped, and would run and be billed: the answer is awaited."""
    athena.faults({"service": "athena", "operation": "StartQueryExecution", "kind": "delay",
                   "delay_ms": 600})
    ended = program("""
        env = odbc.Env()
        c = connect(env)
        begin(c, 60000, 1)
        time.sleep(0.2)
        tell()
    """)
    assert ended.exit_s < EXIT_LIMIT_S
    queries = athena.stats()["queries"]
    assert (queries["started"], queries["stopped"]) == (1, 1), queries


def test_exit_does_not_wait_for_a_silent_athena(program, athena) -> None:
    athena.faults({"service": "athena", "operation": "StopQueryExecution", "kind": "delay",
                   "delay_ms": 30000})
    assert program(EXIT).exit_s < EXIT_LIMIT_S


def test_exit_with_an_idle_connection_takes_no_time(program) -> None:
    source = """
        env = odbc.Env()
        c = connect(env)
        odbc.Statement(c).query("SELECT 1")
        tell()
    """
    shortest_s = min(program(source).exit_s for _ in range(3))  # a busy machine makes them longer
    assert shortest_s < (1 if not RUNTIME else 10)
