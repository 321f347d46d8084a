"""SQLBrowseConnect: each step names what is missing, until the connection stands."""

from __future__ import annotations

import ctypes
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import odbc
import pytest
from calls import ODBC2_STATES, V2, V38, VERSIONS
from emulator_process import ACCESS_KEY, SECRET_KEY, EmulatorProcess
from odbc import ERROR, INFO, NEED_DATA, NTS, SUCCESS

OPTIONS = Path(__file__).parents[3] / "driver/config/options.def"
TYPES = "".join(re.findall(r'"(.*?)"', OPTIONS.read_text().split("AUTHENTICATION_TYPES", 1)[1]
                           .split("\n#define", 1)[0])).split("|")
PLACE = (f"*AuthenticationType:Authentication={{{','.join(TYPES)}}};"
         "*Workgroup:Workgroup=?;*S3OutputLocation:Location of results=?;*Catalog:Catalog=?;"
         "*Schema:Database=?;")
REGION = "AwsRegion:AWS region=?;" + PLACE
KEYS = "UID:Access key ID=?;PWD:Secret access key=?;*SessionToken:Session token=?;"
GIVEN = f"UID={ACCESS_KEY};PWD={SECRET_KEY}"


class Browser:
    """A connection that is browsed for."""

    def __init__(self, version: int, wide: bool) -> None:
        self.env = odbc.Env(version)
        self.connection = odbc.Connection(self.env)
        self.wide = wide
        self.answer = ""
        self.length = 0

    def step(self, text: Any, room: int = 2000, length: int = NTS) -> int:
        out, written = ctypes.create_string_buffer(2 * 2048), ctypes.c_short()
        rc = odbc.call("SQLBrowseConnect", self.connection.value, text, length, out, room,
                       ctypes.byref(written), wide=self.wide)
        self.length = written.value
        units = min(self.length, room - 1)
        self.answer = (out.raw[:2 * units].decode("utf-16-le") if self.wide
                       else out.raw[:units].decode())
        return rc

    def states(self) -> list[str]:
        return [record[0] for record in self.connection.diagnostics(self.wide)]


@pytest.fixture(params=[(v, w) for v in VERSIONS for w in (False, True)],
                ids=lambda p: VERSIONS[p[0]] + ("-wide" if p[1] else "-ansi"))
def browser(request: pytest.FixtureRequest, plain_string: str) -> Iterator[Browser]:
    found = Browser(*request.param)
    yield found
    found.connection.disconnect()
    assert found.connection.free() == SUCCESS
    assert found.env.free() == SUCCESS


@pytest.fixture
def endpoint(athena_session: EmulatorProcess) -> str:
    return f"EndpointOverride={athena_session.url}"


def state(browser: Browser, by_odbc3: str) -> str:
    is_odbc2 = browser.env.version == V2
    return ODBC2_STATES.get(by_odbc3, by_odbc3) if is_odbc2 else by_odbc3


def test_sqlbrowseconnect_asks_level_by_level(browser, endpoint) -> None:
    b = browser
    assert (b.step("DRIVER=Athena"), b.answer, b.states()) == (NEED_DATA, REGION, [])
    assert b.step(f"AwsRegion=us-east-1;Workgroup=primary;{endpoint}") == NEED_DATA
    assert b.answer == KEYS + PLACE.replace("*Workgroup:Workgroup=?;", "")
    assert b.step(GIVEN) == SUCCESS
    for part in ("Athena;AwsRegion=us-east-1;", "Workgroup=primary;", f"UID={ACCESS_KEY};", "PWD="):
        assert part in b.answer
    statement = odbc.Statement(b.connection)
    statement.check(statement.free())
    assert b.connection.disconnect() == SUCCESS


def test_sqlbrowseconnect_profile(browser, endpoint, monkeypatch, tmp_path) -> None:
    """What is asked for follows from AuthenticationType."""
    file = tmp_path / "credentials"
    file.write_text(f"[work]\naws_access_key_id={ACCESS_KEY}\naws_secret_access_key={SECRET_KEY}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    b = browser
    b.step("DRIVER=Athena")
    b.step(f"AwsRegion=us-east-1;AuthenticationType=IAM Profile;{endpoint}")
    assert b.answer.startswith("AWSProfile:AWS profile={work};*Workgroup")
    assert b.step("AWSProfile=nobody") == NEED_DATA
    assert b.states() == [state(b, "28000")]
    assert b.answer.startswith("AWSProfile:AWS profile={work};")
    assert b.step("AWSProfile=work") == SUCCESS


def test_sqlbrowseconnect_all_at_once(browser, endpoint) -> None:
    assert browser.step(f"DRIVER=Athena;AwsRegion=us-east-1;{endpoint};{GIVEN}") == SUCCESS


def test_sqlbrowseconnect_data_source(browser) -> None:
    """What the data source says is not asked for."""
    assert browser.step("DSN=AthenaLocal") == SUCCESS
    assert browser.answer == "DSN=AthenaLocal;"


def test_sqlbrowseconnect_wrong_key_of_a_data_source(browser) -> None:
    """What the data source says and was refused does not come back."""
    b = browser
    assert b.step("DSN=AthenaLocal;PWD=wrong") == NEED_DATA
    assert b.answer.startswith(KEYS)
    assert b.step(f"PWD={SECRET_KEY}") == NEED_DATA
    assert b.answer.startswith("UID:Access key ID=?;*SessionToken")
    assert b.step(f"UID={ACCESS_KEY}") == SUCCESS
    assert b.answer == f"DSN=AthenaLocal;UID={ACCESS_KEY};PWD={SECRET_KEY};"


@pytest.mark.parametrize("browser", [(V38, True)], indirect=True, ids=["odbc380-wide"])
def test_sqlbrowseconnect_cancelled(browser, athena) -> None:
    """By SQLCancelHandle from another thread."""
    b = browser
    b.step("DRIVER=Athena")
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "delay",
                   "delay_ms": 20000})
    began = time.monotonic()
    cancel = threading.Timer(0.3, lambda: odbc.call("SQLCancelHandle", odbc.DBC,
                                                    b.connection.value))
    cancel.start()
    assert b.step(f"AwsRegion=us-east-1;EndpointOverride={athena.url};{GIVEN}") == ERROR
    cancel.join()
    assert time.monotonic() - began < 10
    assert b.states() == [state(b, "HY008")]


def test_sqlbrowseconnect_region_of_the_environment(browser, monkeypatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert browser.step("DRIVER=Athena") == NEED_DATA
    assert browser.answer == KEYS + PLACE


def test_sqlbrowseconnect_nothing_to_ask(browser, endpoint, monkeypatch) -> None:
    """Default Credentials: refused, and nothing that could be asked for."""
    b = browser
    assert b.step(f"DRIVER=Athena;AwsRegion=us-east-1;{endpoint};"
                  "AuthenticationType=Default Credentials") == ERROR
    assert b.states() == [state(b, "28000")]


@pytest.mark.parametrize("text, by_odbc3", [
    ("Nonsense=1", "01S00"),
    ("no equals sign", "01S00"),
    ("StringColumnLength=many", "HY024"),
    ("AuthenticationType=Nobody", "HY024"),
])
def test_sqlbrowseconnect_goes_on_after(browser, endpoint, text: str, by_odbc3: str) -> None:
    """Faults of an answer leave the question open."""
    b = browser
    b.step("DRIVER=Athena")
    assert (b.step(text), b.answer) == (NEED_DATA, REGION)
    assert b.states() == [state(b, by_odbc3)]
    b.step(f"AwsRegion=us-east-1;{endpoint}")
    assert b.step(GIVEN) == SUCCESS


def test_sqlbrowseconnect_unknown_keyword_at_the_end(browser, endpoint) -> None:
    b = browser
    assert b.step(f"DRIVER=Athena;AwsRegion=us-east-1;{endpoint};{GIVEN};Nonsense=1") == INFO
    assert b.states() == ["01S00"]


def test_sqlbrowseconnect_a_later_answer_counts(browser, endpoint) -> None:
    b = browser
    b.step("DRIVER=Athena")
    b.step("AwsRegion=mars-north-1;Schema=nowhere")
    assert b.step(f"AwsRegion=us-east-1;{endpoint};UID={ACCESS_KEY};PWD=wrong") == NEED_DATA
    assert b.states() == [state(b, "28000")]
    assert b.answer.startswith(KEYS)
    assert b.step(GIVEN + ";Schema=sample") == SUCCESS
    assert "AwsRegion=us-east-1;" in b.answer and "Schema=sample;" in b.answer


def test_sqlbrowseconnect_truncation(browser, endpoint) -> None:
    """01004 beside SQL_NEED_DATA is in the diagnostics alone."""
    b = browser
    assert (b.step("DRIVER=Athena", room=10), b.answer) == (NEED_DATA, REGION[:9])
    assert (b.length, b.states()) == (len(REGION), ["01004"])
    b.step(f"AwsRegion=us-east-1;{endpoint}")
    assert b.step(GIVEN, room=10) == INFO
    assert b.states() == ["01004"]
    assert len(b.answer) == 9 < b.length


def test_sqlbrowseconnect_failure_ends_it(browser) -> None:
    """SQL_ERROR; unixODBC's manager then wants an SQLDisconnect."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"EndpointOverride=http://127.0.0.1:{free.getsockname()[1]}"
    b = browser
    b.step("DRIVER=Athena")
    assert b.step(f"AwsRegion=us-east-1;{GIVEN};NumRetries=0;{nobody}") == ERROR
    assert b.states() == ["08001"]
    assert (b.step("Workgroup=primary"), "AwsRegion" in b.answer) == (NEED_DATA, True), "from anew"
    assert b.connection.disconnect() == SUCCESS
    assert b.step("DSN=AthenaLocal") == SUCCESS


def test_sqlbrowseconnect_disconnect_ends_it(browser) -> None:
    b = browser
    b.step("DRIVER=Athena")
    assert b.connection.disconnect() == SUCCESS
    assert b.connection.disconnect() == ERROR
    assert b.states() == ["08003"], "the manager's"
    assert b.connection.connect("DSN=AthenaLocal", b.wide) == SUCCESS


def call_connect(b: Browser) -> int:
    return b.connection.connect("DSN=AthenaLocal", b.wide)


def call_statement(b: Browser) -> int:
    return odbc.lib.SQLAllocHandle(odbc.STMT, b.connection.value, ctypes.byref(ctypes.c_void_p()))


@pytest.mark.parametrize("text, steps, by_odbc3", [
    ("DSN=NoSuchSource", 0, "IM002"),
    ("DRIVER=NoSuchDriver", 0, "IM002"),
])
def test_sqlbrowseconnect_no_driver(browser, text: str, steps: int, by_odbc3: str) -> None:
    """The manager's answers."""
    assert browser.step(text) == ERROR
    assert browser.states()[0] == by_odbc3


def test_sqlbrowseconnect_lengths(browser, endpoint) -> None:
    b = browser
    assert b.step("DRIVER=Athena", length=-5) == ERROR
    assert b.states() == [state(b, "HY090")]
    assert b.step("DRIVER=Athena;this is not counted", length=len("DRIVER=Athena")) == NEED_DATA
    assert b.step("AwsRegion=us-east-1", room=-1) == ERROR, "the driver's HY090"
    assert b.states() == [state(b, "HY090")]


@pytest.mark.parametrize("function, by_odbc3", [(call_connect, "08002"),
                                                (call_statement, "08003")],
                         ids=["connect", "allocate a statement"])
def test_sqlbrowseconnect_what_is_not_legal_meanwhile(browser, function: Callable,
                                                      by_odbc3: str) -> None:
    """State C3: the manager keeps the rest away."""
    b = browser
    b.step("DRIVER=Athena")
    assert function(b) == ERROR
    assert b.states() == [by_odbc3]
    assert b.step("AwsRegion=us-east-1") == NEED_DATA, "the browse goes on"


def test_sqlbrowseconnect_on_an_open_connection(browser) -> None:
    b = browser
    assert b.step("DSN=AthenaLocal") == SUCCESS
    assert b.step("DSN=AthenaLocal") == ERROR
    assert b.states() == ["08002"]


def test_sqlbrowseconnect_null_handle(plain_string) -> None:
    assert odbc.call("SQLBrowseConnect", None, "DSN=x", NTS, None, 0, None) == -2


def test_sqlbrowseconnect_asks_for_what_a_type_needs(browser, endpoint, athena) -> None:
    """Each round what is still missing, until the token is there."""
    b = browser
    role = "arn:aws:iam::123456789012:role/AthenaLocalWeb"
    token = athena.control("POST", "jwt", {})["token"]
    assert b.step("DRIVER=Athena;AuthenticationType=JWT") == NEED_DATA
    assert b.step(f"AwsRegion=us-east-1;{endpoint};StsEndpointOverride={athena.url}") == NEED_DATA
    assert b.answer.startswith("web_identity_token:web_identity_token=?;preferred_role:")
    assert b.step(f"preferred_role={role}") == NEED_DATA
    assert b.answer.startswith("web_identity_token:") and "preferred_role" not in b.answer
    assert b.step(f"web_identity_token={token}") in (SUCCESS, odbc.INFO)
