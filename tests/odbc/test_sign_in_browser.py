"""BrowserSAML, AzureAD and BrowserAzureAD: a program plays the browser, and the person before it."""

from __future__ import annotations

import json
import os
import socket
import stat
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import known_secrets
import odbc
import pytest
from browser import Person
from emulator_process import EmulatorProcess

STS = "sts.AssumeRoleWithSAML"
AZURE = {"idp_tenant": "5e1f0000-0000-4000-8000-00000000f00d",
         "client_id": "c11e0000-0000-4000-8000-0000000000a1"}
CLIENT_SECRET = "az~s3cret+for/the=application"
PATIENCE_S = 60


@pytest.fixture
def idp(athena: EmulatorProcess) -> EmulatorProcess:
    athena.control("POST", "identity", {})
    yield athena
    athena.control("POST", "identity", {})


@pytest.fixture
def person(idp: EmulatorProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Person:
    at = idp.control("GET", "identity")
    person = Person(tmp_path, at["person"]["user"], at["person"]["password"], at["ca_file"])
    known_secrets.add("password", at["person"]["password"])
    monkeypatch.setenv("BROWSER", str(person.program))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return person


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def site(idp: EmulatorProcess) -> dict[str, Any]:
    return idp.control("GET", "identity")


def by_saml(idp: EmulatorProcess, dials: dict[str, Any] | None = None,
            **more: Any) -> dict[str, Any]:
    """Options for BrowserSAML on a port of their own, which the provider is told."""
    at, port = site(idp), free_port()
    dials = dials or {}
    page = {"consumer": f"http://localhost:{port}/athena", **dials.pop("sso_page", {})}
    idp.control("POST", "identity", {"sso_page": page, **dials})
    return {"AuthenticationType": "BrowserSAML", "UID": None, "PWD": None,
            "login_url": f"https://{at['host']}:{at['port']}/saml/sso", "listen_port": str(port),
            "TrustedCerts": at["ca_file"], **more}


def by_azure(idp: EmulatorProcess, dials: dict[str, Any] | None = None,
             **more: Any) -> dict[str, Any]:
    at = site(idp)
    idp.control("POST", "identity", dials or {})
    return {"AuthenticationType": "BrowserAzureAD", "UID": None, "PWD": None, **AZURE,
            "idp_authority": f"https://{at['host']}:{at['port']}/azure",
            "TrustedCerts": at["ca_file"], **more}


def by_password(idp: EmulatorProcess, dials: dict[str, Any] | None = None,
                **more: Any) -> dict[str, Any]:
    person = site(idp)["person"]
    return by_azure(idp, dials, AuthenticationType="AzureAD", UID=person["user"],
                    PWD=person["password"], client_secret=CLIENT_SECRET, **more)


BROWSERS = {"saml": by_saml, "azure": by_azure}
ALL = {**BROWSERS, "password": by_password}


def refused(env: odbc.Env, text: str) -> tuple[str, str]:
    state, _, message = odbc.refusal(env, text)
    return state, message


@pytest.mark.parametrize("kind", ALL)
def test_signs_in(kind: str, idp, person: Person, connect: Callable) -> None:
    assert odbc.answers(connect(**ALL[kind](idp)))
    assert idp.requests(STS) == 1
    assert idp.stats()["signature_failures"] == 0
    if kind in BROWSERS:
        assert len(person.opened()) == 1 and person.ended() == [200]
    else:
        assert not person.opened()


@pytest.mark.parametrize("kind", ALL)
def test_profile_with_the_plugin(kind: str, idp, person: Person, connect: Callable,
                                 tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ALL[kind](idp)
    plugin = given.pop("AuthenticationType")
    certificates = given.pop("TrustedCerts")
    config = tmp_path / "config"
    config.write_text(f"[profile p]\nplugin_name = {plugin}\n"
                      + "".join(f"{k} = {v}\n" for k, v in given.items() if v))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(AuthenticationType="IAM Profile", AWSProfile="p", UID=None, PWD=None,
                           TrustedCerts=certificates))
    assert idp.requests(STS) == 1


def open_one_browser(connections: list[odbc.Connection], person: Person, go: Path) -> None:  # noqa: F811
    """All of them wait for her, none blocks, one of them has asked her."""
    person.does(waits_for=str(go))
    statements = [odbc.Statement(connection, is_async=True) for connection in connections]
    for s in statements:
        assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    person.wait_until_opened()
    go.touch()
    for s in statements:
        s.check(s.poll(lambda s=s: s.execute("SELECT 1")))
    assert len(person.opened()) == 1


@pytest.mark.parametrize("kind", BROWSERS)
def test_many_connections_open_one_browser(kind: str, idp, person: Person, connect: Callable,
                                           tmp_path: Path) -> None:
    given = BROWSERS[kind](idp, ConnectionTest="0", browser_azure_cache="0")
    open_one_browser([connect(**given) for _ in range(10)], person, tmp_path / "go")
    assert idp.requests(STS) == 1


@pytest.mark.parametrize(("kind", "dials", "word"), [
    ("azure", {"azure": {"denies": True}}, "access_denied: AADSTS65004: User declined"),
    ("azure", {"azure": {"gives": "jwt"}}, "no SAML assertion"),
    ("saml", {"claim": {"audience": "urn:somebody:else"}}, "trust policy"),
    ("azure", {"claim": {"valid_s": -1}}, "xpired"),
    ("saml", {"claim": {"signature": "broken"}}, "ignature"),
    ("azure", {"claim": {"roles": ["NoSuchRole"]}}, "Not authorized"),
    ("password", {"claim": {"roles": []}}, "names no role"),
    ("password", {"azure": {"needs_mfa": True}}, "AuthenticationType=BrowserAzureAD"),
    ("password", {"person": {"password": "another"}}, "Check UID and PWD"),
    ("password", {"azure": {"gives": "jwt"}}, "no SAML assertion"),
])
def test_refused(kind: str, dials: dict[str, Any], word: str, idp, person: Person, env: odbc.Env,
                 connection_string: Callable) -> None:
    password = person.given["password"]
    given = ALL[kind](idp)
    idp.control("POST", "identity", {"sso_page": {"consumer": "http://localhost:"
                                                  f"{given.get('listen_port', 0)}/athena"},
                                     **dials})
    state, message = refused(env, connection_string(**given))
    assert state == "28000" and word in message, message
    for secret in (password, CLIENT_SECRET, "Trace ID"):
        assert secret not in message


@pytest.mark.parametrize(("option", "value", "word"), [
    ("client_secret", "wr0ng", "Check client_secret"),
    ("idp_tenant", "elsewhere", "Check idp_tenant"),
    ("client_id", "another", "Check client_id"),
])
def test_wrong_application(option: str, value: str, word: str, idp, person: Person, env: odbc.Env,
                           connection_string: Callable) -> None:
    state, message = refused(env, connection_string(**{**by_password(idp), option: value}))
    assert state == "28000" and word in message and value not in message.replace(option, "")


@pytest.mark.parametrize(("kind", "option"), [("saml", "login_url"), ("azure", "idp_tenant"),
                                              ("azure", "client_id"),
                                              ("password", "client_secret")])
def test_option_that_is_missing(kind: str, option: str, idp, person: Person, env: odbc.Env,
                                connection_string: Callable) -> None:
    state, message = refused(env, connection_string(**{**ALL[kind](idp), option: None}))
    assert state == "28000" and option in message
    assert not person.opened()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "idp.example/sso", "https:///sso",
                                 "https://idp.example/`id`", "-https://idp.example/"])
def test_address_that_no_browser_is_sent_to(url: str, idp, person: Person, env: odbc.Env,
                                            connection_string: Callable) -> None:
    given = by_saml(idp)
    state, message = refused(env, connection_string(**{**given, "login_url": url}))
    assert state == "28000" and "login_url" in message
    assert not person.opened() and not listens(int(given["listen_port"]))


def test_authority_without_tls(idp, person: Person, env: odbc.Env,
                               connection_string: Callable) -> None:
    given = by_password(idp, idp_authority="http://127.0.0.1:9")
    state, message = refused(env, connection_string(**given))
    assert state == "HY024" and "idp_authority" in message


def test_authority_that_is_down(idp, person: Person, env: odbc.Env,
                                connection_string: Callable) -> None:
    given = by_password(idp, idp_authority="https://127.0.0.1:9", NumRetries="0")
    state, message = refused(env, connection_string(**given))
    assert state == "08001" and "Entra ID" in message


# ---- what comes to the loopback ---------------------------------------------------------------


@pytest.mark.parametrize(("kind", "dials"), [("saml", {"sso_page": {"relay_state": "another"}}),
                                             ("azure", {"azure": {"state": "another"}})])
def test_answer_of_somebody_else(kind: str, dials: dict[str, Any], idp, person: Person,
                                 env: odbc.Env, connection_string: Callable) -> None:
    """It is not taken; the right one may still come, and does not."""
    state, message = refused(env, connection_string(**BROWSERS[kind](idp, dials, timeout="3")))
    assert state == "HYT00" and "timeout" in message
    assert {"saml": "RelayState", "azure": "state"}[kind] in message
    assert person.ended() == [400] and idp.requests(STS) == 0


def test_answer_that_comes_twice(idp, person: Person, connect: Callable) -> None:
    person.does(twice=True)
    assert odbc.answers(connect(**by_saml(idp)))
    first, second = person.ended(2)
    assert first == 200 and second in (0, 400)
    assert idp.requests(STS) == 1


def post(port: int, host: str, body: bytes) -> int:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/athena", body, {"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_name_that_was_made_to_point_here(idp, person: Person, connect: Callable,
                                          tmp_path: Path) -> None:
    """DNS rebinding: a page of evil.example reaches the loopback under its own name."""
    go = tmp_path / "go"
    person.does(waits_for=str(go))
    given = by_saml(idp, ConnectionTest="0")
    s = odbc.Statement(connect(**given), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    state = person.wait_until_opened()[0].partition("RelayState=")[2]
    port = int(given["listen_port"])
    body = f"SAMLResponse=PHg%2B&RelayState={state}".encode()
    assert post(port, f"evil.example:{port}", body) == 421
    assert post(port, "localhost:1", body) == 421
    go.touch()
    s.check(s.poll(lambda: s.execute("SELECT 1")))
    assert person.ended() == [200]


def test_port_in_use(idp, person: Person, env: odbc.Env, connection_string: Callable) -> None:
    given = by_saml(idp)
    with socket.socket() as s:
        s.bind(("127.0.0.1", int(given["listen_port"])))
        s.listen()
        state, message = refused(env, connection_string(**given))
    assert state == "08001" and "listen_port" in message and given["listen_port"] in message
    assert not person.opened()


def test_nobody_comes(idp, person: Person, env: odbc.Env, connection_string: Callable) -> None:
    person.does(signs_in=False)
    given = by_saml(idp, timeout="1")
    state, message = refused(env, connection_string(**given))
    assert state == "HYT00" and "within 1 s (option timeout)" in message
    assert not listens(int(given["listen_port"]))


@pytest.mark.usefixtures("no_log")
def test_no_browser(idp, person: Person, connect: Callable, monkeypatch: pytest.MonkeyPatch,
                    capfd: pytest.CaptureFixture, tmp_path: Path) -> None:
    """The address is told on standard error, and not in the log; whoever opens it signs in."""
    monkeypatch.setenv("BROWSER", "/nowhere/browser:false")
    log = tmp_path / "log"
    given = by_saml(idp, ConnectionTest="0", LogLevel="TRACE", LogPath=str(log))
    s = odbc.Statement(connect(**given), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    told, until = "", time.monotonic() + PATIENCE_S
    while "RelayState=" not in told and time.monotonic() < until:
        told += capfd.readouterr().err
        time.sleep(0.02)
    url = next(line for line in told.splitlines() if line.startswith(given["login_url"]))
    os.spawnl(os.P_NOWAIT, str(person.program), str(person.program), url)
    s.check(s.poll(lambda: s.execute("SELECT 1")))
    assert url.partition("RelayState=")[2] not in log.read_text()


# ---- ending, cancelling, renewing --------------------------------------------------------------


def test_cancelled_while_the_browser_is_open(idp, person: Person, connect: Callable) -> None:
    """Nobody waits any more, so the port is free; a second try opens a browser again."""
    person.does(signs_in=False)
    given = by_saml(idp, ConnectionTest="0")
    s = odbc.Statement(connect(**given), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    person.wait_until_opened()
    assert listens(int(given["listen_port"]))
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    until = time.monotonic() + PATIENCE_S
    while listens(int(given["listen_port"])) and time.monotonic() < until:
        time.sleep(0.02)
    assert not listens(int(given["listen_port"]))
    person.does(signs_in=True)
    s.check(s.poll(lambda: s.execute("SELECT 2")))
    assert len(person.opened()) == 2


def test_one_of_two_goes(idp, person: Person, connect: Callable, tmp_path: Path) -> None:
    go = tmp_path / "go"
    person.does(waits_for=str(go))
    given = by_saml(idp, ConnectionTest="0")
    first, second = (odbc.Statement(connect(**given), is_async=True) for _ in range(2))
    for s in (first, second):
        assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    person.wait_until_opened()
    first.check(first.cancel())
    first.check(first.poll(lambda: first.execute("SELECT 1")), odbc.ERROR)
    go.touch()
    second.check(second.poll(lambda: second.execute("SELECT 1")))
    assert len(person.opened()) == 1


@pytest.mark.parametrize("is_async", [True, False])
def test_disconnected_while_the_browser_is_open(is_async: bool, idp, person: Person, env: odbc.Env,
                                                connection_string: Callable) -> None:
    person.does(signs_in=False)
    given = by_saml(idp, ConnectionTest="0")
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(**given)), odbc.SUCCESS, odbc.INFO)
    s = odbc.Statement(connection, is_async=is_async)
    if is_async:
        assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
        person.wait_until_opened()
    else:
        ended = threading.Thread(target=s.execute, args=("SELECT 1",))
        ended.start()
        person.wait_until_opened()
        s.check(s.cancel())
        ended.join()
    connection.disconnect()
    connection.check(connection.free())
    assert not listens(int(given["listen_port"]))


def test_login_timeout(idp, person: Person, env: odbc.Env, connection_string: Callable) -> None:
    person.does(signs_in=False)
    given = by_saml(idp, LoginTimeout="1")
    state, _ = refused(env, connection_string(**given))
    assert state == "HYT00" and not listens(int(given["listen_port"]))


def test_keys_that_end_are_asked_for_only_then(idp, person: Person, connect: Callable) -> None:
    """A person is not asked while keys still work, and once when they do not."""
    given = by_saml(idp)
    s = odbc.Statement(connect(**given))
    assert s.query("SELECT 1") == [("1",)]
    idp.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert s.query("SELECT 2") == [("2",)]
    assert len(person.opened()) == 2


@pytest.mark.parametrize("kind", ALL)
def test_keys_end_during_a_fetch(kind: str, idp, person: Person, connect: Callable) -> None:
    """The download stops for a sign-in and goes on; no row is lost."""
    given = ALL[kind](idp, ResultFetcher="S3", DownloadWindow="1048576", browser_azure_cache="0")
    s = odbc.Statement(connect(**given))
    idp.faults({"service": "s3", "operation": "GetObject", "kind": "expired_credentials",
                "skip": 3, "count": 1})
    rows = s.query("SELECT repeat('x', 500) || cast(n AS varchar) "
                   "FROM UNNEST(sequence(1, 10000)) AS t(n)")
    assert [int(row[0][500:]) for row in rows] == list(range(1, 10001))
    assert idp.stats()["faults"] == {"expired_credentials": 1}
    assert idp.requests(STS) == 2
    assert len(person.opened()) == (2 if kind in BROWSERS else 0)


# ---- the cache ---------------------------------------------------------------------------------


def cached(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / ".athena-odbc").glob("*"))


def test_next_process_opens_no_browser(idp, person: Person, env: odbc.Env,
                                       connection_string: Callable, tmp_path: Path) -> None:
    """With the last connection closed nothing is left in memory: as good as another process."""
    given = connection_string(**by_azure(idp))
    for _ in range(2):
        connection = odbc.Connection(env)
        connection.check(connection.connect(given), odbc.SUCCESS, odbc.INFO)
        assert odbc.answers(connection)
        connection.disconnect()
        connection.check(connection.free())
    assert len(person.opened()) == 1 and idp.requests(STS) == 1
    file, = cached(tmp_path)
    assert file.name.startswith("BrowserAzureAD-") and set(json.loads(file.read_text())) == {
        "Version", "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("more", [{"browser_azure_cache": "0"}, {"EnableTokenCaching": "0"}])
def test_no_cache(more: dict[str, str], idp, person: Person, connect: Callable,
                  tmp_path: Path) -> None:
    assert odbc.answers(connect(**by_azure(idp, **more)))
    assert not cached(tmp_path)


def test_cached_keys_that_are_refused(idp, person: Person, env: odbc.Env,
                                      connection_string: Callable, tmp_path: Path) -> None:
    """They are not tried for ever: a person is asked, and the file is replaced."""
    given, kept = connection_string(**by_azure(idp)), set()
    for count in (1, 2):
        connection = odbc.Connection(env)
        connection.check(connection.connect(given), odbc.SUCCESS, odbc.INFO)
        assert odbc.answers(connection)
        connection.disconnect()
        connection.check(connection.free())
        assert len(person.opened()) == count
        kept.add(cached(tmp_path)[0].read_text())
        idp.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert len(kept) == 2
