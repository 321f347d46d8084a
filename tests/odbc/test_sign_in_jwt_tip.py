"""AuthenticationType=JWT_TIP: a person's token, through IAM Identity Center, to keys that name them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from emulator_process import EmulatorProcess

ROLE = "arn:aws:iam::123456789012:role/"
APPLICATION = "arn:aws:sso::123456789012:application/ssoins-0123456789abcdef/apl-0123456789abcdef"
WORKGROUP = "arn:aws:athena:us-east-1:123456789012:workgroup/"
STEPS = ("sts.AssumeRoleWithWebIdentity", "athena.ListTagsForResource",
         "sso-admin.ListTagsForResource", "sso-oauth.CreateTokenWithIAM", "sts.AssumeRole")


def sign(athena: EmulatorProcess, is_forged: bool = False, **claims: Any) -> str:
    return athena.control("POST", "jwt", {"claims": claims, "is_forged": is_forged})["token"]


def by_token(athena: EmulatorProcess, token: str | None, **more: str | None) -> dict:
    return {"AuthenticationType": "JWT_TIP", "UID": None, "PWD": None,
            "web_identity_token": token, "WorkGroupArn": WORKGROUP + "people",
            "Workgroup": "people", "ApplicationRoleArn": ROLE + "AthenaLocalApplication",
            "SSOOIDCEndpointOverride": athena.url + "/_local/tip/oidc",
            "SSOAdminEndpointOverride": athena.url + "/_local/tip/sso", **more}


def steps(athena: EmulatorProcess) -> list[int]:
    counted = athena.stats()["requests"]
    return [counted.get(name, 0) for name in STEPS]


def refused(env: odbc.Env, text: str, secret: str) -> tuple[str, str]:
    connection = odbc.Connection(env)
    assert connection.connect(text) == odbc.ERROR
    state, _, message = connection.diagnostics()[0]
    connection.check(connection.free())
    assert secret not in message
    return state, message


GOOD = {
    "tags": ({}, {}, [1, 1, 2, 1, 1]),  # the application's are on two pages
    "named application": ({}, {"CustomerIdcApplicationArn": APPLICATION, "WorkGroupArn": None},
                          [1, 0, 2, 1, 1]),
    "named role": ({}, {"AccessRoleArn": ROLE + "AthenaLocalAccess"}, [1, 1, 0, 1, 1]),
    "all named": ({}, {"CustomerIdcApplicationArn": APPLICATION, "role_session_name": "me",
                       "AccessRoleArn": ROLE + "AthenaLocalAccess", "duration": "1800"},
                  [1, 0, 0, 1, 1]),
    "context of the id token": ({"gives_details": False}, {}, [1, 1, 2, 1, 1]),
}


@pytest.mark.parametrize(("dials", "options", "requests"), GOOD.values(), ids=GOOD)
def test_whole_way(athena, connect: Callable, dials: dict, options: dict,
                   requests: list[int]) -> None:
    athena.control("POST", "tip", dials)
    assert odbc.answers(connect(**by_token(athena, sign(athena), **options)))
    assert steps(athena) == requests
    assert athena.stats()["signature_failures"] == 0


BAD = {
    "expired": ({"exp": 1}, {}, {}, "fresh token"),
    "forged": ({"is_forged": True}, {}, {}, "InvalidIdentityToken"),
    "no application role": ({}, {"ApplicationRoleArn": ROLE + "Nobody"}, {}, "trust policy"),
    "no tag": ({}, {"WorkGroupArn": WORKGROUP + "primary"}, {}, "CustomerIdcApplicationArn"),
    "no workgroup": ({}, {"WorkGroupArn": WORKGROUP + "nowhere"}, {}, "was not found"),
    "no such application": ({}, {"CustomerIdcApplicationArn": APPLICATION + "0"}, {},
                            "AccessRoleArn"),
    "application unknown to the exchange": (
        {}, {"CustomerIdcApplicationArn": APPLICATION + "0",
             "AccessRoleArn": ROLE + "AthenaLocalAccess"}, {}, "InvalidClientException"),
    "denied": ({}, {}, {"refuses": "AccessDeniedException"}, "said by the dial"),
    "grant": ({}, {}, {"refuses": "InvalidGrantException"}, "exchanged once"),
    "no access role": ({}, {"AccessRoleArn": ROLE + "Nobody"}, {}, "trust policy"),
    "context has ended": ({}, {}, {"lasts_s": -5}, "context assertion"),
    "two hours": ({}, {"duration": "7200"}, {}, "no more than 3600"),
}


@pytest.mark.parametrize(("token", "options", "dials", "word"), BAD.values(), ids=BAD)
def test_refused(athena, env: odbc.Env, connection_string: Callable, token: dict, options: dict,
                 dials: dict, word: str) -> None:
    athena.control("POST", "tip", dials)
    made = sign(athena, **token)
    state, message = refused(env, connection_string(**by_token(athena, made, **options)), made)
    assert state == "28000" and word in message


@pytest.mark.parametrize("missing", ["web_identity_token", "ApplicationRoleArn", "WorkGroupArn"])
def test_missing_options(athena, env: odbc.Env, connection_string: Callable,
                         missing: str) -> None:
    options = by_token(athena, "x.y.z") | {missing: None}
    state, message = refused(env, connection_string(**options), "x.y.z")
    assert state == "28000" and missing in message and steps(athena) == [0] * 5


@pytest.mark.parametrize("override", ["SSOOIDCEndpointOverride", "SSOAdminEndpointOverride"])
def test_identity_center_that_is_not_there(athena, env: odbc.Env, connection_string: Callable,
                                           override: str) -> None:
    token = sign(athena)
    options = by_token(athena, token, NumRetries="0", **{override: "http://127.0.0.1:9"})
    state, message = refused(env, connection_string(**options), token)
    assert state == "08001" and "application" in message


def test_trouble_that_passes(athena, connect: Callable) -> None:
    athena.faults(*({"service": name.split(".")[0], "operation": name.split(".")[1],
                     "kind": kind, "count": 1}
                    for name, kind in zip(STEPS, ("throttle", "throttle", "error5xx", "error5xx",
                                                  "throttle"))))
    assert odbc.answers(connect(**by_token(athena, sign(athena))))
    assert steps(athena) == [2, 2, 3, 2, 2]


def test_one_sign_in_for_all_connections(athena, connect: Callable) -> None:
    token = sign(athena)
    connections = [connect(**by_token(athena, token)) for _ in range(20)]
    assert odbc.answers(connections[-1]) and steps(athena) == [1, 1, 2, 1, 1]


def test_token_is_exchanged_once_and_its_context_used_again(athena, connect: Callable) -> None:
    statement = odbc.Statement(connect(**by_token(athena, sign(athena))))
    for i in range(3):
        assert statement.query(f"SELECT {i}") == [(str(i),)]
        athena.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert steps(athena) == [1, 1, 2, 1, 3]


def test_token_that_was_exchanged_already(athena, connect: Callable, env: odbc.Env,
                                          connection_string: Callable) -> None:
    """As after the Test button of a tool: nothing is left of the first connection."""
    token = sign(athena)
    connection = connect(**by_token(athena, token))
    connection.check(connection.disconnect())
    state, message = refused(env, connection_string(**by_token(athena, token)), token)
    assert state == "28000" and "exchanged already" in message and "fresh one" in message


def test_file_cache(athena, connect: Callable, tmp_path: Path,
                    monkeypatch: pytest.MonkeyPatch) -> None:
    """The keys outlive the connection, in a file that is the user's alone."""
    monkeypatch.setenv("HOME", str(tmp_path))
    options = by_token(athena, sign(athena), JwtTipFileCache="1")
    for _ in range(2):
        connection = connect(**options)
        assert odbc.answers(connection)
        connection.check(connection.disconnect())
    assert steps(athena) == [1, 1, 2, 1, 1]
    (file,) = (tmp_path / ".athena-odbc").iterdir()
    assert file.name.startswith("JWT_TIP") and os.stat(file).st_mode & 0o777 == 0o600


def test_plugin_of_a_profile(athena, connect: Callable, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile people]\nplugin_name = JWT_TIP\nWorkGroupArn = {WORKGROUP}people\n"
                      f"ApplicationRoleArn = {ROLE}AthenaLocalApplication\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    options = by_token(athena, sign(athena), AuthenticationType="IAM Profile",
                       AWSProfile="people", WorkGroupArn=None, ApplicationRoleArn=None)
    assert odbc.answers(connect(**options))
    assert steps(athena) == [1, 1, 2, 1, 1]


def test_cancelled_in_each_step(athena, connect: Callable) -> None:
    for name in STEPS:
        service, operation = name.split(".")
        athena.faults({"service": service, "operation": operation, "kind": "delay",
                       "delay_ms": 20000})
        connection = connect(**by_token(athena, sign(athena), ConnectionTest="0"))
        s = odbc.Statement(connection, is_async=True)
        assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
        while not athena.requests(name):
            assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
        s.check(s.cancel())
        s.check(s.poll(lambda s=s: s.execute("SELECT 1")), odbc.ERROR)
        assert s.states() == ["HY008"]


def test_log_holds_no_secret(no_log, athena, connect: Callable, tmp_path: Path) -> None:
    token, log = sign(athena), tmp_path / "log"
    assert odbc.answers(connect(**by_token(athena, token), LogLevel="TRACE", LogPath=str(log)))
    text = log.read_text()
    assert "JWT_TIP" in text
    for secret in [token, *(value for _, value in athena.control("GET", "secrets"))]:
        assert secret not in text
