"""AuthenticationType=BrowserSSOOIDC: a person signs in at IAM Identity Center, with the browser of this
machine or with any other one."""

from __future__ import annotations

import json
import re
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import odbc
import pytest
from browser_desk import PASSWORD, PERSON, Desk, refusal
from emulator_process import EmulatorProcess

NOWHERE = "http://127.0.0.1:9"
TOKENS, KEYS, PAGES = "sso-oidc.CreateToken", "sso.GetRoleCredentials", "sso-oidc.Authorize"


@pytest.fixture
def desk(athena: EmulatorProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(athena, tmp_path, monkeypatch)


@pytest.fixture
def refused(env: odbc.Env, connection_string: Callable) -> Callable:
    def refuse(**options: str | None) -> tuple[str, str]:
        state, message = refusal(env, connection_string(**options))
        assert PASSWORD not in message and not re.search(r"\bao[ar][\w-]{60}", message)
        return state, message

    return refuse


def free_port() -> int:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        return finder.getsockname()[1]


# ---- with the browser of this machine --------------------------------------------------------


def test_browser(desk, connect: Callable) -> None:
    assert odbc.answers(connect(**desk.options()))
    assert desk.visits() == [f"{desk.athena.url}/_local/sso-oidc/authorize"]
    assert [desk.count(name) for name in (TOKENS, KEYS)] == [1, 1]
    assert desk.athena.stats()["signature_failures"] == 0


def test_port_that_was_given(desk, connect: Callable) -> None:
    assert odbc.answers(connect(**desk.options(listen_port=str(free_port()))))


def test_port_that_is_taken(desk, refused: Callable) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        state, message = refused(**desk.options(listen_port=str(other.getsockname()[1])))
    assert state == "08001" and "listen_port" in message
    assert desk.count("sso-oidc.RegisterClient") == 0


@pytest.mark.parametrize(("dials", "word"), [({"decision": "deny"}, "The person said no"),
                                             ({"denied": True}, "no such role")])
def test_person_or_center_refuses(desk, refused: Callable, dials: dict, word: str) -> None:
    desk.dial(**dials)
    state, message = refused(**desk.options())
    assert state == "28000" and word in message


@pytest.mark.parametrize("behaviour", [{"signs_in": False}, {"password": "wrong"}],
                         ids=["goes away", "wrong password"])
def test_nobody_signs_in(desk, refused: Callable, behaviour: dict) -> None:
    desk.person.does(**behaviour)
    state, message = refused(**desk.options(sso_oidc_timeout="2"))
    assert state == "HYT00" and "sso_oidc_timeout" in message


@pytest.mark.parametrize(("changes", "word"), [
    ({"sso_oidc_account_id": "210987654321"}, "No access"),
    ({"sso_oidc_role_name": "Nobody"}, "The role is not there"),
    ({"sso_oidc_scopes": "more"}, None)])
def test_what_is_not_given(desk, connect: Callable, refused: Callable, changes: dict,
                           word: str | None) -> None:
    if word is None:  # scopes are those that are registered
        assert odbc.answers(connect(**desk.options(**changes)))
        return
    state, message = refused(**desk.options(**changes))
    assert state == "28000" and word in message


@pytest.mark.parametrize("missing", ["start_url", "region", "account_id", "role_name"])
def test_option_that_is_missing(desk, refused: Callable, missing: str) -> None:
    state, message = refused(**desk.options(**{f"sso_oidc_{missing}": None}))
    assert state == "28000" and f"sso_oidc_{missing}" in message and desk.visits() == []


def test_region_that_is_none(desk, refused: Callable) -> None:
    state, message = refused(**desk.options(sso_oidc_region="Here"))
    assert state == "HY024" and '"Here" is no region' in message and desk.visits() == []


@pytest.mark.parametrize("option", ["SSOEndpointOverride", "SSOOIDCEndpointOverride"])
def test_nobody_is_there(desk, refused: Callable, option: str) -> None:
    state, message = refused(**desk.options(NumRetries="0", **{option: NOWHERE}))
    assert state == "08001" and "IAM Identity Center" in message


def test_profile_with_this_plugin(desk, connect: Callable, tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    named = {name: value for name, value in desk.options().items() if name.startswith("sso_")}
    config.write_text("[profile center]\nplugin_name = BrowserSSOOIDC\n" + "".join(
        f"{name} = {value}\n" for name, value in named.items()))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    changes = {name: None for name in named} | {"AuthenticationType": "IAM Profile",
                                                "AWSProfile": "center"}
    assert odbc.answers(connect(**desk.options(**changes)))
    assert len(desk.visits()) == 1


# ---- once, and not again ---------------------------------------------------------------------


def test_one_sign_in_for_all_connections(desk, connect: Callable) -> None:
    connections = [connect(**desk.options()) for _ in range(10)]
    assert odbc.answers(connections[-1])
    assert len(desk.visits()) == 1 and desk.count(KEYS) == 1


def test_keys_that_end_are_replaced_without_a_person(desk, connect: Callable) -> None:
    """By the token while it lasts, and by the refresh token behind it."""
    desk.dial(role_s=62.5)
    statement = odbc.Statement(connect(**desk.options()))
    assert statement.query("SELECT 1") == [("1",)]
    assert desk.count(KEYS) == 1
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert desk.count(KEYS) == 2
    desk.dial(forgets="access")
    time.sleep(2.6)
    assert statement.query("SELECT 3") == [("3",)]
    assert len(desk.visits()) == 1 and desk.count(TOKENS) >= 2


def test_token_that_is_forgotten(desk, connect: Callable) -> None:
    """When neither it nor its refresh token works, the person is asked again."""
    desk.dial(role_s=62.5)
    statement = odbc.Statement(connect(**desk.options()))
    assert statement.query("SELECT 1") == [("1",)]
    desk.dial(forgets="all")
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert len(desk.visits()) == 2


def sign_in_and_leave(desk: Desk, env: odbc.Env, text: str) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(text), odbc.SUCCESS, odbc.INFO)
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize(("cache", "visits"), [("0", 2), ("1", 1), (None, 1)])
def test_next_process(desk, env: odbc.Env, connection_string: Callable, cache: str | None,
                      visits: int) -> None:
    """With the cache, its default, neither keys nor tokens are asked for again."""
    text = connection_string(**desk.options(sso_oidc_cache=cache))
    sign_in_and_leave(desk, env, text)
    sign_in_and_leave(desk, env, text)
    assert len(desk.visits()) == visits and desk.count(KEYS) == visits
    kept = sorted((desk.home / ".athena-odbc").glob("*")) if visits == 1 else []
    assert [file.stat().st_mode & 0o777 for file in kept] == [0o600] * len(kept)
    if visits == 1:
        assert len(kept) == 2
        kept[0].unlink()  # the keys: the token gives new ones
        sign_in_and_leave(desk, env, text)
        assert len(desk.visits()) == 1 and desk.count(KEYS) == 2


# ---- a person who does not come --------------------------------------------------------------


def test_cancelled_while_waiting(desk, connect: Callable) -> None:
    """Nobody waits for the person any more: the port is free at once."""
    desk.person.does(signs_in=False)
    port = free_port()
    s = odbc.Statement(connect(**desk.options(ConnectionTest="0", listen_port=str(port))),
                       is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    desk.person.wait_until_opened()
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    desk.person.does(signs_in=True)
    s.check(s.poll(lambda: s.execute("SELECT 2")))
    assert s.poll(s.fetch) == odbc.SUCCESS and s.text(1) == "2"


def test_login_timeout(desk, refused: Callable) -> None:
    desk.person.does(signs_in=False)
    state, _ = refused(**desk.options(LoginTimeout="2"))
    assert state in ("HYT00", "HYT01")


# ---- with any other browser ------------------------------------------------------------------


def shown(capfd: pytest.CaptureFixture, text: str = "") -> tuple[str, str]:
    """Address and code, once they are on standard error."""
    found = None
    while not found:
        time.sleep(0.02)
        text += capfd.readouterr().err
        found = re.search(r"^(http\S+)$.*the code ([\w-]+)$", text, re.M | re.S)
    return found[1], found[2]


def visit(address: str, **fields: str) -> str:
    form = {**PERSON, **dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query)), **fields}
    data = urllib.parse.urlencode(form).encode()
    with urllib.request.urlopen(address.partition("?")[0], data, timeout=30) as answer:
        return answer.read().decode()


@pytest.mark.parametrize(("decision", "state"), [("allow", None), ("deny", "28000")])
def test_device(desk, connect: Callable, capfd: pytest.CaptureFixture, decision: str,
                state: str | None) -> None:
    desk.dial(decision="none", pending=1)
    options = desk.options(sso_oidc_flow="device", ConnectionTest="0")
    s = odbc.Statement(connect(**options), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    address, code = shown(capfd)
    assert address.endswith(f"?user_code={code}")
    assert "approved" in visit(address, decision=decision)
    rc = s.poll(lambda: s.execute("SELECT 1"))
    if state:
        s.check(rc, odbc.ERROR)
        assert s.states() == [state] and "not allowed" in s.diagnostics()[0][2]
    else:
        s.check(rc)
        assert desk.visits() == [] and desk.count(TOKENS) >= 2


def test_device_slows_down(desk, connect: Callable) -> None:
    desk.dial(slow_down=1, pending=0)
    begun = time.monotonic()
    assert odbc.answers(connect(**desk.options(sso_oidc_flow="device")))
    assert desk.count(TOKENS) == 2 and time.monotonic() - begun >= 7  # 1 s, then 1 and 5


@pytest.mark.parametrize(("changes", "dials", "state", "word"), [
    ({"sso_oidc_timeout": "2"}, {"decision": "none"}, "HYT00", "sso_oidc_timeout"),
    ({}, {"device_s": 0}, "28000", "Device code is expired"),
    ({"sso_oidc_start_url": "https://elsewhere.awsapps.com/start"}, {}, "28000",
     "sso_oidc_start_url")])
def test_device_that_is_refused(desk, refused: Callable, changes: dict, dials: dict, state: str,
                                word: str) -> None:
    desk.dial(**dials)
    got, message = refused(**desk.options(sso_oidc_flow="device", **changes))
    assert got == state and word in message


# ---- secrets ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_log")
@pytest.mark.parametrize("flow", ["code", "device"])
def test_log_holds_no_secret(desk, connect: Callable, tmp_path: Path, flow: str) -> None:
    log = tmp_path / "log"
    desk.dial(pending=0)
    desk.athena.faults({"service": "sso", "kind": "error5xx", "count": 1})
    assert odbc.answers(connect(**desk.options(sso_oidc_flow=flow, sso_oidc_cache="1", LogLevel="TRACE",
                                          LogPath=str(log))))
    text = log.read_text()
    assert "IAM Identity Center" in text and PASSWORD not in text
    [kept] = (desk.home / ".athena-odbc").glob("*token*")
    token = json.loads(json.loads(kept.read_text())["Token"])
    for name in ("accessToken", "refreshToken", "clientSecret"):
        assert len(token[name]) > 60 and token[name] not in text
    assert "code=" not in text and "state=" not in text
