"""Roles of profiles: assumed by STS, in chains, once for all connections, and again when they end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import odbc
import pytest
from emulator_process import ACCESS_KEY, SECRET_KEY, EmulatorProcess

ROLE = "arn:aws:iam::123456789012:role/"
PROFILES = f"""\
[profile base]
aws_access_key_id = {ACCESS_KEY}
aws_secret_access_key = {SECRET_KEY}

[profile one]
role_arn = {ROLE}AthenaLocal
source_profile = base
role_session_name = somebody
duration_seconds = 900

[profile long]
role_arn = {ROLE}AthenaLocal
source_profile = base
duration_seconds = 14400

[profile two]
role_arn = {ROLE}AthenaLocalShort
source_profile = one

[profile external]
role_arn = {ROLE}AthenaLocalExternal
source_profile = base
external_id = local-external-id

[profile stranger]
role_arn = {ROLE}AthenaLocalExternal
source_profile = base
external_id = another-id

[profile nobody]
role_arn = {ROLE}NotThere
source_profile = base

[profile environment]
role_arn = {ROLE}AthenaLocal
credential_source = Environment
"""


@pytest.fixture
def profiles(athena: EmulatorProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))


def by_profile(athena: EmulatorProcess, profile: str, **more: str) -> dict[str, str | None]:
    return {"AuthenticationType": "IAM Profile", "AWSProfile": profile, "UID": None, "PWD": None,
            "StsEndpointOverride": athena.url, **more}


def refused(env: odbc.Env, text: str) -> tuple[str, str]:
    connection = odbc.Connection(env)
    assert connection.connect(text) == odbc.ERROR
    state, _, message = connection.diagnostics()[0]
    connection.check(connection.free())
    return state, message


@pytest.mark.parametrize(("profile", "roles"), [("one", 1), ("two", 2), ("external", 1)])
def test_role_is_assumed(athena, profiles, connect: Callable, profile: str, roles: int) -> None:
    s = odbc.Statement(connect(**by_profile(athena, profile)))
    assert s.query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == roles
    assert athena.stats()["signature_failures"] == 0


def test_role_with_the_keys_of_the_environment(athena, profiles, connect: Callable,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    s = odbc.Statement(connect(**by_profile(athena, "environment")))
    assert s.query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == 1


@pytest.mark.parametrize("profile", ["stranger", "nobody"])
def test_refused_role_is_said(athena, profiles, env: odbc.Env, connection_string: Callable,
                              profile: str) -> None:
    state, message = refused(env, connection_string(**by_profile(athena, profile)))
    assert state == "28000"
    assert f"of profile {profile}" in message and "is not authorized to perform" in message
    assert "AccessDenied" in message and SECRET_KEY not in message


def test_sts_that_is_not_there(profiles, athena, env: odbc.Env,
                               connection_string: Callable) -> None:
    options = by_profile(athena, "one", StsEndpointOverride="http://127.0.0.1:9", NumRetries="1")
    state, message = refused(env, connection_string(**options))
    assert state == "08001" and "assuming role" in message and "127.0.0.1" in message


def test_trouble_that_passes(athena, profiles, connect: Callable) -> None:
    athena.faults({"service": "sts", "kind": "throttle", "count": 2},
                  {"service": "sts", "kind": "reset", "count": 1})
    s = odbc.Statement(connect(**by_profile(athena, "one")))
    assert s.query("SELECT 1") == [("1",)]
    assert sum(athena.stats()["faults"].values()) == 3


def test_clock_that_is_off(athena, profiles, connect: Callable) -> None:
    """STS is the first who sees the signature; the correction is the identity's."""
    athena.faults({"kind": "clock_skew", "offset_ms": 3_600_000})
    s = odbc.Statement(connect(**by_profile(athena, "long")))
    assert s.query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == 2


def test_keys_that_have_ended_already(athena, profiles, env: odbc.Env,
                                      connection_string: Callable) -> None:
    """A clock that is wrong by more than the session lasts is an error, and not a search for ever."""
    athena.faults({"kind": "clock_skew", "offset_ms": 3_600_000})
    state, message = refused(env, connection_string(**by_profile(athena, "one")))
    assert state == "28000" and "clock" in message
    assert athena.requests("sts.AssumeRole") == 2


def test_one_role_for_all_connections(athena, profiles, connect: Callable) -> None:
    statements = [odbc.Statement(connect(**by_profile(athena, "one"))) for _ in range(50)]
    assert statements[-1].query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == 1


def test_role_that_has_ended_is_assumed_again(athena, profiles, connect: Callable) -> None:
    s = odbc.Statement(connect(**by_profile(athena, "one")))
    assert s.query("SELECT 1") == [("1",)]
    athena.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert s.query("SELECT 2") == [("2",)]
    assert athena.requests("sts.AssumeRole") == 2


def test_cancelled_while_a_role_is_assumed(athena, profiles, connect: Callable) -> None:
    """Without a test of the connection the search begins with the first statement."""
    athena.faults({"service": "sts", "kind": "delay", "delay_ms": 5000})
    s = odbc.Statement(connect(**by_profile(athena, "one", ConnectionTest="0")), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    athena.faults()
    s.check(s.poll(lambda: s.execute("SELECT 2")))
    assert s.poll(s.fetch) == odbc.SUCCESS
    assert s.text(1) == "2"
