"""Roles of profiles and by options: assumed by STS, in chains, with codes of an MFA device, once for
all connections, and again when they end."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import odbc
import pytest
from emulator_process import ACCESS_KEY, SECRET_KEY, EmulatorProcess

ROLE = "arn:aws:iam::123456789012:role/"
DEVICE = "arn:aws:iam::123456789012:mfa/local"
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

[profile device]
role_arn = {ROLE}AthenaLocalMfa
source_profile = base
mfa_serial = {DEVICE}

[profile here]
region = us-east-1
role_arn = {ROLE}AthenaLocal
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
    state, _, message = odbc.refusal(env, text)
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


# ---- by options ------------------------------------------------------------------------------


def by_option(role: str = "AthenaLocal", **more: str | None) -> dict[str, str | None]:
    return {"role_arn": ROLE + role, **more}


GOOD = {
    "plain": (by_option(), 1),
    "external id": (by_option("AthenaLocalExternal", external_id="local-external-id"), 1),
    "JDBC's and others' names": ({"AWSRoleARN": ROLE + "AthenaLocalExternal",
                                  "AWSExternalId": "local-external-id"}, 1),
    "name and time": (by_option("AthenaLocalShort", role_session_name="me", duration="3600"), 1),
    "half a day": (by_option(duration="43200"), 1),
}


@pytest.mark.parametrize(("options", "roles"), GOOD.values(), ids=GOOD)
def test_role_of_an_option(athena, connect: Callable, options: dict, roles: int) -> None:
    s = odbc.Statement(connect(**options))
    assert s.query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == roles
    assert athena.stats()["signature_failures"] == 0


@pytest.mark.parametrize(("profile", "roles"), [("base", 1), ("two", 3)])
def test_role_behind_a_profile(athena, profiles, connect: Callable, profile: str,
                               roles: int) -> None:
    s = odbc.Statement(connect(**by_profile(athena, profile, **by_option())))
    assert s.query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == roles


BAD = {
    "external id": (by_option("AthenaLocalExternal"), "28000", "trust policy"),
    "nobody": (by_option("Nobody"), "28000", "the option role_arn"),
    "too long for the role": (by_option("AthenaLocalShort", duration="3601"), "28000",
                              "the role's own limit"),
    "too short": (by_option(duration="899"), "HY024", "900 to 43200"),
    "too long": (by_option(duration="43201"), "HY024", "900 to 43200"),
    "no ARN": ({"role_arn": "analysts-and-all-of-them"}, "28000", "is invalid"),
}


@pytest.mark.parametrize(("options", "state", "word"), BAD.values(), ids=BAD)
def test_refused_role_of_an_option(athena, env: odbc.Env, connection_string: Callable,
                                   options: dict, state: str, word: str) -> None:
    got, message = refused(env, connection_string(**options))
    assert got == state and word in message and SECRET_KEY not in message


def test_chains_last_an_hour(athena, profiles, env: odbc.Env, connection_string: Callable) -> None:
    options = by_profile(athena, "one", **by_option(duration="7200"))
    state, message = refused(env, connection_string(**options))
    assert state == "28000" and "no more than 3600" in message


def test_region_of_the_profile(athena, profiles, env: odbc.Env, connect: Callable,
                               connection_string: Callable) -> None:
    s = odbc.Statement(connect(**by_profile(athena, "here", AwsRegion=None)))
    assert s.query("SELECT 1") == [("1",)]
    options = by_profile(athena, "one", AwsRegion=None)
    state, message = refused(env, connection_string(**options))
    assert state == "HY024" and "AwsRegion" in message and "profile" in message


# ---- codes -----------------------------------------------------------------------------------


def code(athena: EmulatorProcess) -> str:
    return athena.control("POST", "mfa", {})["code"]


def with_device(athena: EmulatorProcess, kind: str, **more: str) -> dict[str, str | None]:
    if kind == "profile":
        return by_profile(athena, "device", **more)
    return by_option("AthenaLocalMfa", serial_number=DEVICE, **more)


@pytest.mark.parametrize("kind", ["profile", "option"])
def test_code_is_shown_once(athena, profiles, connect: Callable, kind: str) -> None:
    """All connections with the code share its keys."""
    options = with_device(athena, kind, MFAToken=code(athena))
    connections = [connect(**options) for _ in range(10)]
    assert odbc.Statement(connections[-1]).query("SELECT 1") == [("1",)]
    assert athena.requests("sts.AssumeRole") == 1


@pytest.mark.parametrize("kind", ["profile", "option"])
def test_device_without_a_code(athena, profiles, env: odbc.Env, connection_string: Callable,
                               kind: str) -> None:
    state, message = refused(env, connection_string(**with_device(athena, kind)))
    assert state == "28000" and "MFAToken" in message and DEVICE in message
    assert athena.requests("sts.AssumeRole") == 0


@pytest.mark.parametrize(("given", "word"), [("000000", "next one in MFAToken"),
                                             ("12345", "6 digits"), ("abcdef", "6 digits")])
def test_wrong_code(athena, profiles, env: odbc.Env, connection_string: Callable, given: str,
                    word: str) -> None:
    options = with_device(athena, "option", MFAToken=given)
    state, message = refused(env, connection_string(**options))
    assert state == "28000" and word in message and given not in message


def test_new_code_when_the_session_ends(athena, profiles, env: odbc.Env, connect: Callable,
                                        connection_string: Callable) -> None:
    options = with_device(athena, "option", MFAToken=code(athena))
    s = odbc.Statement(connect(**options))
    assert s.query("SELECT 1") == [("1",)]
    athena.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert s.execute("SELECT 2") == odbc.ERROR
    state, _, message = s.diagnostics()[0]
    assert state == "28000" and "good once" in message and "connect again" in message
    assert athena.requests("sts.AssumeRole") == 1
    fresh = connect(**with_device(athena, "option", MFAToken=code(athena)))
    assert odbc.Statement(fresh).query("SELECT 3") == [("3",)]


def test_keys_by_a_code_are_not_renewed_ahead(athena, connect: Callable) -> None:
    """They end in less than ten minutes: others would be replaced now."""
    athena.control("POST", "roles", {"name": "AthenaLocalMfa", "needs_mfa": True, "lasts_s": 300})
    s = odbc.Statement(connect(**with_device(athena, "option", MFAToken=code(athena))))
    for i in range(3):
        assert s.query(f"SELECT {i}") == [(str(i),)]
    assert athena.requests("sts.AssumeRole") == 1


def test_session_with_a_code_and_without_a_role(athena, connect: Callable) -> None:
    s = odbc.Statement(connect(serial_number=DEVICE, MFAToken=code(athena)))
    assert s.query("SELECT 1") == [("1",)]
    assert athena.requests("sts.GetSessionToken") == 1


# ---- many, late and long ---------------------------------------------------------------------


def test_a_thousand_connections_assume_a_role_once(athena, profiles, connect: Callable) -> None:
    options = by_profile(athena, "one", ConnectionTest="0")
    statements = [odbc.Statement(connect(**options), is_async=True) for _ in range(1000)]
    begun = [s.execute("SELECT 1") for s in statements]
    assert set(begun) <= {odbc.STILL_EXECUTING, odbc.SUCCESS}
    for s in statements:
        s.check(s.poll(lambda s=s: s.execute("SELECT 1")))
    assert statements[-1].poll(statements[-1].fetch) == odbc.SUCCESS
    assert athena.requests("sts.AssumeRole") == 1
    assert athena.stats()["queries"]["started"] == 1000, athena.stats()


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.parametrize("first", ["sts", "athena"])
def test_clock_that_is_wrong_by_an_hour(athena, profiles, connect: Callable, first: str,
                                        hours: int) -> None:
    """Whoever is asked first tells; one correction is enough for all that follows."""
    athena.faults({"kind": "clock_skew", "offset_ms": hours * 3_600_000})
    options = by_profile(athena, "long") if first == "sts" else {}
    s = odbc.Statement(connect(**options))
    for i in range(3):
        assert s.query(f"SELECT {i}") == [(str(i),)]
    assert athena.stats()["signature_failures"] == 1


def by_a_token(athena: EmulatorProcess, kind: str, **more: str) -> dict[str, str | None]:
    return {"AuthenticationType": kind, "UID": None, "PWD": None,
            "web_identity_token": athena.control("POST", "jwt", {})["token"],
            "WorkGroupArn": "arn:aws:athena:us-east-1:123456789012:workgroup/people",
            "ApplicationRoleArn": ROLE + "AthenaLocalApplication",
            "SSOOIDCEndpointOverride": athena.url + "/_local/tip/oidc",
            "SSOAdminEndpointOverride": athena.url + "/_local/tip/sso",
            "preferred_role": ROLE + "AthenaLocalWeb", **more}


# way: the role whose sessions are to be short, what it trusts, the options
SHORT = {
    "profile": ({"name": "AthenaLocal"}, lambda athena, **more: by_profile(athena, "one", **more)),
    "option": ({"name": "AthenaLocal"}, lambda athena, **more: by_option(**more)),
    "JWT": ({"name": "AthenaLocalWeb", "by": "AssumeRoleWithWebIdentity"},
            lambda athena, **more: by_a_token(athena, "JWT", **more)),
    "JWT_TIP": ({"name": "AthenaLocalAccess", "needs_context": True},
                lambda athena, **more: by_a_token(athena, "JWT_TIP", **more)),
}


@pytest.mark.parametrize(("role", "options"), SHORT.values(), ids=SHORT)
def test_keys_are_replaced_in_the_middle_of_a_download(athena, profiles, connect: Callable,
                                                       role: dict, options: Callable) -> None:
    """The role lasts so short that its keys end while rows are fetched; each comes exactly once."""
    athena.control("POST", "roles", {**role, "lasts_s": 63})
    athena.faults({"service": "s3", "operation": "GetObject", "kind": "delay", "delay_ms": 300})
    s = odbc.Statement(connect(**options(athena, ResultFetcher="S3", DownloadConnections="1",
                                         DownloadWindow=str(1 << 20))))
    s.check(s.execute("SELECT x, lpad('', 400, 'y') FROM UNNEST(sequence(1, 8000)) AS t(x) "
                      "ORDER BY x"))
    calls = "sts.AssumeRoleWithWebIdentity" if "Web" in role["name"] else "sts.AssumeRole"
    first = athena.requests(calls)
    time.sleep(3.5)
    rows = [int(s.text(1)) for _ in iter(s.fetch, odbc.NO_DATA)]
    assert rows == list(range(1, 8001))
    assert athena.requests(calls) > first


@pytest.mark.parametrize("kind", ["profile", "JWT", "JWT_TIP"])
def test_login_that_takes_too_long(athena, profiles, env: odbc.Env, connection_string: Callable,
                                   kind: str) -> None:
    athena.faults({"service": "sts", "kind": "delay", "delay_ms": 20000})
    _, options = SHORT[kind]
    state, message = refused(env, connection_string(**options(athena, LoginTimeout="1")))
    assert state == "HYT00"
