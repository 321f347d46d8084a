"""A browser that is open, and a process that ends, unloads the driver or forks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browser import Person
from test_guest import EXIT_LIMIT_S, NOT_UNDER_TSAN, program, unloading  # noqa: F401
from test_sign_in_browser import by_saml, idp, listens, person  # noqa: F401

WAITING = """
OPENED = {log!r}
PORT = {port}

def until_opened(count):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if os.path.exists(OPENED) and len(open(OPENED).read().splitlines()) >= count:
            return
        time.sleep(0.02)
    raise SystemExit("no browser was opened")

def listens():
    import socket
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", PORT)) == 0

env = odbc.Env()
before = descriptors()
c = connect(env)
s = odbc.Statement(c, is_async=True)
assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
until_opened(1)
assert listens()
"""


@pytest.fixture
def waiting(idp, person: Person, program: Callable) -> Callable:  # noqa: F811
    """Runs a program in which a statement waits for a person; {go} is a file that lets her sign in."""
    go = Path(person.given["log"]).with_name("go")
    person.does(waits_for=str(go))
    given = by_saml(idp, ConnectionTest="0")

    def run(body: str, **more) -> object:
        known = WAITING.format(log=str(person.log), port=given["listen_port"])
        ended = program(known + body.replace("GO", repr(str(go))), **given, **more)
        assert not listens(int(given["listen_port"]))
        return ended

    yield run
    go.touch()


@NOT_UNDER_TSAN
@pytest.mark.parametrize("end", ["", "sys.exit(0)", "ctypes.CDLL(None).exit(0)"])
def test_exit(waiting: Callable, end: str) -> None:
    assert waiting(f"tell(is_well=True)\n{end}\n").exit_s < EXIT_LIMIT_S


@NOT_UNDER_TSAN
def test_unloaded(waiting: Callable, unloading: dict[str, str]) -> None:  # noqa: F811
    told = waiting("c.check(c.disconnect())\n"
                   "tell(mapped=is_mapped(), listens=listens(), more=descriptors() - before)\n"
                   "c.check(c.free())\n", environment=unloading).told
    assert told == {"mapped": False, "listens": False, "more": 0}


@NOT_UNDER_TSAN
def test_forked_child_does_not_keep_the_port(waiting: Callable) -> None:
    """The child has a copy of every descriptor, for as long as it lives."""
    told = waiting("""
child = os.fork()
if not child:
    signal.alarm(60)
    while True:
        time.sleep(1)
s.check(s.cancel())
s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
was_free = not listens()
assert s.execute("SELECT 2") == odbc.STILL_EXECUTING
until_opened(2)
open(GO, "w").close()
s.check(s.poll(lambda: s.execute("SELECT 2")))
rows = s.rows()
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
tell(was_free=was_free, rows=rows)
s.check(s.free())
leave(c)
""").told
    assert told == {"was_free": True, "rows": [["2"]]}
