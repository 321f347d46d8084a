"""Roles by a token: AuthenticationType=JWT, and token files of profiles and of the environment."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from emulator_process import ACCESS_KEY, SECRET_KEY, EmulatorProcess

ROLE = "arn:aws:iam::123456789012:role/"
WEB = "sts.AssumeRoleWithWebIdentity"
POWER_BI = "https://analysis.windows.net/powerbi/connector/AmazonAthena"


def sign(athena: EmulatorProcess, algorithm: str = "RS256", is_forged: bool = False,
         **claims: Any) -> str:
    return athena.control("POST", "jwt", {"claims": claims, "algorithm": algorithm,
                                          "is_forged": is_forged})["token"]


def by_token(token: str | None, **more: str | None) -> dict[str, str | None]:
    return {"AuthenticationType": "JWT", "UID": None, "PWD": None, "web_identity_token": token,
            "preferred_role": ROLE + "AthenaLocalWeb", **more}


def by(kind: str, **more: str) -> dict[str, str | None]:
    return {"AuthenticationType": kind, "UID": None, "PWD": None, **more}


def refused(env: odbc.Env, text: str, secret: str = "") -> tuple[str, str]:
    connection = odbc.Connection(env)
    assert connection.connect(text) == odbc.ERROR
    state, _, message = connection.diagnostics()[0]
    connection.check(connection.free())
    assert not secret or secret not in message
    return state, message


@pytest.fixture
def token_file(athena: EmulatorProcess, tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(sign(athena) + "\n")
    return path


@pytest.fixture
def profiles(athena, token_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config = tmp_path / "config"
    config.write_text(f"""\
[profile web]
role_arn = {ROLE}AthenaLocalWeb
web_identity_token_file = {token_file}
role_session_name = pod
duration_seconds = 900

[profile over]
role_arn = {ROLE}AthenaLocal
source_profile = web

[profile plugin]
plugin_name = JWT
preferred_role = {ROLE}AthenaLocalWeb
""")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    return config


# ---- JWT -------------------------------------------------------------------------------------


GOOD = {
    "all of it": ({}, {"role_session_name": "somebody", "duration": "3600"}),
    "ES256": ({"algorithm": "ES256"}, {}),
    "role_arn": ({}, {"preferred_role": None, "role_arn": ROLE + "AthenaLocalWeb"}),
    "JDBC's names": ({}, {"preferred_role": None, "JwtRoleArn": ROLE + "AthenaLocalWeb",
                          "JwtRoleSessionName": "me", "RoleSessionDuration": "1800"}),
    "Power BI": ({"aud": POWER_BI}, {}),
}


@pytest.mark.parametrize(("token", "options"), GOOD.values(), ids=GOOD)
def test_token_of_an_option(athena, connect: Callable, token: dict[str, Any],
                            options: dict[str, str | None]) -> None:
    assert odbc.answers(connect(**by_token(sign(athena, **token), **options)))
    assert athena.requests(WEB) == 1 and athena.requests("sts.AssumeRole") == 0
    assert athena.stats()["signature_failures"] == 0


def test_a_role_behind_the_tokens_own(athena, connect: Callable) -> None:
    assert odbc.answers(connect(**by_token(sign(athena), role_arn=ROLE + "AthenaLocal")))
    assert [athena.requests(name) for name in (WEB, "sts.AssumeRole")] == [1, 1]


BAD = {
    "expired": ({"exp": 1}, {}, "fresh token"),
    "audience": ({"aud": "somebody"}, {}, "Incorrect token audience"),
    "issuer": ({"iss": "https://x.example"}, {}, "No OpenIDConnect provider"),
    "unsigned": ({"algorithm": "none"}, {}, "signature"),
    "forged": ({"is_forged": True}, {}, "signature"),
    "role": ({}, {"preferred_role": ROLE + "AthenaLocal"}, "trust policy"),
    "no role": ({}, {"preferred_role": ROLE + "Nobody"}, "AccessDenied"),
    "too long": ({"sub": "x" * 20000}, {}, "20000 characters"),
}


@pytest.mark.parametrize(("token", "options", "word"), BAD.values(), ids=BAD)
def test_refused_token(athena, env: odbc.Env, connection_string: Callable, token: dict[str, Any],
                       options: dict[str, str], word: str) -> None:
    made = sign(athena, **token)
    state, message = refused(env, connection_string(**by_token(made, **options)), made)
    assert state == "28000" and word in message


@pytest.mark.parametrize(("changes", "word"), [
    ({"web_identity_token": None}, "web_identity_token"),
    ({"preferred_role": None}, "preferred_role"),
])
def test_missing_options(athena, env: odbc.Env, connection_string: Callable, changes: dict,
                         word: str) -> None:
    state, message = refused(env, connection_string(**by_token("x.y.z") | changes))
    assert state == "28000" and word in message
    assert athena.requests(WEB) == 0


@pytest.mark.parametrize("duration", ["899", "43201", "an hour"])
def test_durations_that_sts_does_not_take(athena, env: odbc.Env, connection_string: Callable,
                                          duration: str) -> None:
    state, message = refused(env, connection_string(**by_token("x.y.z", duration=duration)))
    assert state == "HY024" and "duration" in message and "43200" in message


def test_sts_that_is_not_there(athena, env: odbc.Env, connection_string: Callable) -> None:
    options = by_token("x.y.z", StsEndpointOverride="http://127.0.0.1:9", NumRetries="0")
    state, message = refused(env, connection_string(**options))
    assert state == "08001" and "AthenaLocalWeb" in message


def test_trouble_that_passes(athena, connect: Callable) -> None:
    athena.faults({"service": "sts", "kind": "throttle", "count": 1},
                  {"service": "sts", "kind": "custom", "code": "IDPCommunicationError",
                   "message": "the provider does not answer", "skip": 1, "count": 1})
    assert odbc.answers(connect(**by_token(sign(athena))))
    assert athena.requests(WEB) == 3


def test_one_sign_in_for_all_connections(athena, connect: Callable) -> None:
    token = sign(athena)
    connections = [connect(**by_token(token)) for _ in range(30)]
    assert odbc.answers(connections[-1]) and athena.requests(WEB) == 1
    assert odbc.answers(connect(**by_token(sign(athena)))), "another token is another identity"
    assert athena.requests(WEB) == 2


def test_token_that_has_ended_meanwhile(athena, connect: Callable) -> None:
    """Keys outlive the token; when AWS takes them no more, there are none to be had."""
    token = sign(athena, exp=time.time() + 3)
    statement = odbc.Statement(connect(**by_token(token)))
    time.sleep(3.1)
    assert statement.query("SELECT 1") == [("1",)]
    athena.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert statement.execute("SELECT 2") == odbc.ERROR
    state, _, message = statement.diagnostics()[0]
    assert state == "28000" and "fresh token" in message and token not in message


def test_no_token_in_the_log(no_log, athena, connect: Callable, tmp_path: Path) -> None:
    token, log = sign(athena), tmp_path / "log"
    athena.faults({"service": "sts", "kind": "error5xx", "count": 1})
    assert odbc.answers(connect(**by_token(token), LogLevel="TRACE", LogPath=str(log)))
    text = log.read_text()
    assert "AthenaLocalWeb" in text and token not in text and token.split(".")[2] not in text


def test_cancelled_while_sts_thinks(athena, connect: Callable) -> None:
    athena.faults({"service": "sts", "kind": "delay", "delay_ms": 20000})
    s = odbc.Statement(connect(**by_token(sign(athena), ConnectionTest="0")), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]


# ---- token files -----------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "roles"), [("web", 0), ("over", 1)])
def test_token_file_of_a_profile(athena, profiles, connect: Callable, profile: str,
                                 roles: int) -> None:
    assert odbc.answers(connect(**by("IAM Profile", AWSProfile=profile)))
    assert [athena.requests(name) for name in (WEB, "sts.AssumeRole")] == [1, roles]


def test_plugin_of_a_profile(athena, profiles, connect: Callable) -> None:
    options = by("IAM Profile", AWSProfile="plugin", web_identity_token=sign(athena))
    assert odbc.answers(connect(**options))
    assert athena.requests(WEB) == 1


def test_token_file_is_read_each_time(athena, profiles, token_file: Path,
                                      connect: Callable) -> None:
    token_file.write_text(sign(athena, exp=time.time() + 3))
    connection = connect(**by("IAM Profile", AWSProfile="web"))
    assert odbc.answers(connection)
    time.sleep(3.1)
    token_file.write_text(sign(athena))
    athena.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert odbc.answers(connection)
    assert athena.requests(WEB) == 2


@pytest.mark.parametrize("content", [None, "", " \n", "x" * 50000])
def test_token_file_that_is_none(athena, profiles, token_file: Path, env: odbc.Env,
                                 connection_string: Callable, content: str | None) -> None:
    token_file.unlink() if content is None else token_file.write_text(content)
    state, message = refused(env, connection_string(**by("IAM Profile", AWSProfile="web")))
    assert state == "28000" and str(token_file) in message and "profile web" in message
    assert athena.requests(WEB) == 0


def test_environment(athena, token_file: Path, connect: Callable,
                     monkeypatch: pytest.MonkeyPatch) -> None:
    """As EKS sets it for a pod: the default chain finds it behind keys, before containers."""
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token_file))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE + "AthenaLocalWeb")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod")
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{athena.url}/_local/credentials")
    assert odbc.answers(connect(**by("Default Credentials")))
    assert athena.requests(WEB) == 1
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    assert odbc.answers(connect(**by("Default Credentials", duration="901")))  # another identity
    assert athena.requests(WEB) == 1 and athena.requests("host.GetContainerCredentials") == 0
