"""Keys that the host gives, a container or an instance, and roles with them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from emulator_process import EmulatorProcess

ROLE = "arn:aws:iam::123456789012:role/AthenaLocal"
TOKEN = "s3cr3t-authorization-token"
CONTAINER = "host.GetContainerCredentials"
INSTANCE = "host.GetInstanceCredentials"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def container(athena: EmulatorProcess, monkeypatch: pytest.MonkeyPatch) -> EmulatorProcess:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{athena.url}/_local/credentials")
    return athena


@pytest.fixture
def instance(athena: EmulatorProcess, monkeypatch: pytest.MonkeyPatch) -> EmulatorProcess:
    monkeypatch.delenv("AWS_EC2_METADATA_DISABLED")
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", f"{athena.url}/_local/imds/")
    return athena


def dial(athena: EmulatorProcess, **dials: Any) -> None:
    athena.control("POST", "host", dials)


def by(kind: str, **more: str) -> dict[str, str | None]:
    return {"AuthenticationType": kind, "UID": None, "PWD": None, **more}


DEFAULT = by("Default Credentials")
PROFILE = by("Instance Profile")


def refused(env: odbc.Env, text: str) -> tuple[str, str]:
    state, _, message = odbc.refusal(env, text)
    assert TOKEN not in message
    return state, message


# ---- containers ------------------------------------------------------------------------------


def test_container(container, connect: Callable) -> None:
    assert odbc.answers(connect(**DEFAULT))
    assert container.requests(CONTAINER) == 1
    assert container.stats()["signature_failures"] == 0


def test_container_with_a_token(container, connect: Callable,
                                monkeypatch: pytest.MonkeyPatch) -> None:
    dial(container, authorization=TOKEN)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", TOKEN)
    assert odbc.answers(connect(**DEFAULT))


def test_token_of_a_file_is_read_each_time(container, connect: Callable, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this one")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(file))
    dial(container, authorization="first")
    connection = connect(**DEFAULT)
    assert odbc.answers(connection)
    file.write_text("second\n")
    dial(container, authorization="second")
    container.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert odbc.answers(connection)
    assert container.requests(CONTAINER) == 2


@pytest.mark.usefixtures("no_log")
def test_log_holds_no_secret(container, connect: Callable, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    dial(container, authorization=TOKEN)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", TOKEN)
    container.faults({"service": "host", "kind": "error5xx", "count": 1})
    log = tmp_path / "log"
    assert odbc.answers(connect(**DEFAULT, LogLevel="TRACE", LogPath=str(log)))
    text = log.read_text()
    assert "asking the container's endpoint" in text and TOKEN not in text


@pytest.mark.parametrize(("variable", "value", "word"), [
    (None, "", "authorization token"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "wrong", "HTTP 403"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "two\r\nlines", "is no token"),
    ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere/token", "cannot be read"),
])
def test_container_refuses(container, env: odbc.Env, connection_string: Callable,
                           monkeypatch: pytest.MonkeyPatch, variable: str | None, value: str,
                           word: str) -> None:
    dial(container, authorization=TOKEN)
    if variable:
        monkeypatch.setenv(variable, value)
    state, message = refused(env, connection_string(**DEFAULT))
    assert state == "28000" and word in message and "container" in message


@pytest.mark.parametrize(("url", "state", "word"), [
    (NOWHERE + "/creds", "08001", "container's endpoint"),
    ("http://198.51.100.7/creds", "28000", "another machine"),
    ("http://127.0.0.1@198.51.100.7/", "28000", "no http or https URL"),
])
def test_endpoint_that_cannot_be_used(container, env: odbc.Env, connection_string: Callable,
                                      monkeypatch: pytest.MonkeyPatch, url: str, state: str,
                                      word: str) -> None:
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", url)
    got, message = refused(env, connection_string(**DEFAULT))
    assert got == state and word in message and "/creds" not in message


def test_environment_and_profile_come_first(container, connect: Callable, tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile that says a region alone does not end the chain."""
    config = tmp_path / "config"
    config.write_text("[default]\nregion = us-east-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(**DEFAULT))
    assert container.requests(CONTAINER) == 1


# ---- instances -------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [PROFILE, DEFAULT], ids=["type", "chain"])
def test_instance(instance, connect: Callable, options: dict[str, str]) -> None:
    assert odbc.answers(connect(**options))
    assert [instance.requests("host." + name) for name in
            ("PutToken", "GetRole", "GetInstanceCredentials")] == [1, 1, 1]


def test_container_comes_before_the_instance(instance, container, connect: Callable) -> None:
    assert odbc.answers(connect(**DEFAULT))
    assert container.requests(CONTAINER) == 1 and instance.requests("host.PutToken") == 0


def test_version_1_when_allowed(instance, env: odbc.Env, connect: Callable,
                                connection_string: Callable) -> None:
    dial(instance, gives_token=False, needs_token=False)
    state, message = refused(env, connection_string(**PROFILE))
    assert state == "28000" and "AllowInstanceMetadataV1=1" in message
    assert instance.requests("host.GetRole") == 0
    assert odbc.answers(connect(**PROFILE, AllowInstanceMetadataV1="1"))


def test_version_1_when_the_token_does_not_arrive(instance, connect: Callable) -> None:
    """As behind a container's network, where the answer with the token has one hop too many."""
    dial(instance, needs_token=False)
    instance.faults({"service": "host", "operation": "PutToken", "kind": "reset"})
    assert odbc.answers(connect(**PROFILE, AllowInstanceMetadataV1="1"))
    # curl asks anew by itself when it was an older connection that was reset
    assert instance.requests("host.PutToken") >= 3


@pytest.mark.parametrize(("dials", "word"), [
    ({"role": None}, "no role is attached"),
    ({"role": "not/a role"}, "names no role"),
    ({"code": "AssumeRoleUnauthorizedAccess"}, "AssumeRoleUnauthorizedAccess: said by the dial"),
    ({"duration_s": 1}, "clock"),
])
def test_instance_without_keys(instance, env: odbc.Env, connection_string: Callable,
                               dials: dict[str, Any], word: str) -> None:
    dial(instance, **dials)
    state, message = refused(env, connection_string(**PROFILE))
    assert state == "28000" and word in message


def test_denied(instance, env: odbc.Env, connection_string: Callable) -> None:
    instance.faults({"service": "host", "operation": "GetRole", "kind": "access_denied"})
    state, message = refused(env, connection_string(**PROFILE))
    assert state == "28000" and "HTTP 403" in message


def test_instance_that_is_not_there(instance, env: odbc.Env, connection_string: Callable,
                                    monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for, it is a host that does not answer; guessed, it is one of several places."""
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", NOWHERE)
    state, message = refused(env, connection_string(**PROFILE))
    assert state == "08001" and "instance metadata service" in message
    state, message = refused(env, connection_string(**DEFAULT))
    assert state == "28000"
    for place in ("AWS_ACCESS_KEY_ID", "profile default", "instance metadata service"):
        assert place in message


def test_service_may_not_be_asked(instance, env: odbc.Env, connection_string: Callable,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "True")
    for options in (PROFILE, DEFAULT):
        state, message = refused(env, connection_string(**options))
        assert state == "28000" and "AWS_EC2_METADATA_DISABLED" in message
    assert instance.requests("host.PutToken") == 0


def test_trouble_that_passes(instance, connect: Callable) -> None:
    instance.faults({"service": "host", "operation": "PutToken", "kind": "error5xx", "count": 1},
                    {"service": "host", "operation": "GetRole", "kind": "throttle", "count": 1},
                    {"service": "host", "operation": "GetInstanceCredentials", "kind": "reset",
                     "count": 2})
    assert odbc.answers(connect(**PROFILE))
    assert sum(instance.stats()["faults"].values()) == 4


def test_trouble_that_stays(instance, env: odbc.Env, connection_string: Callable) -> None:
    instance.faults({"service": "host", "operation": "GetRole", "kind": "error5xx"})
    state, message = refused(env, connection_string(**PROFILE))
    assert state == "28000" and "HTTP 500" in message
    assert instance.requests("host.GetRole") == 3


# ---- sharing, refreshing, cancelling -----------------------------------------------------------


def test_one_search_for_all_connections(instance, connect: Callable) -> None:
    connections = [connect(**PROFILE) for _ in range(20)]
    assert odbc.answers(connections[-1])
    assert instance.requests(INSTANCE) == 1


def test_keys_that_end_are_replaced(instance, connect: Callable) -> None:
    """They are good until a minute before their end, and until then not asked for again."""
    dial(instance, duration_s=65)
    statement = odbc.Statement(connect(**PROFILE))
    assert statement.query("SELECT 1") == [("1",)]
    assert instance.requests(INSTANCE) == 1
    time.sleep(5.1)
    assert statement.query("SELECT 2") == [("2",)]
    assert instance.requests(INSTANCE) == 2


def test_cancelled_while_waiting(instance, connect: Callable) -> None:
    instance.faults({"service": "host", "kind": "delay", "delay_ms": 10000})
    s = odbc.Statement(connect(**PROFILE, ConnectionTest="0"), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    begun = time.monotonic()
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"] and time.monotonic() - begun < 9
    instance.faults()
    s.check(s.poll(lambda: s.execute("SELECT 2")))
    assert s.poll(s.fetch) == odbc.SUCCESS
    assert s.text(1) == "2"


# ---- roles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "operation"), [("EcsContainer", CONTAINER),
                                                   ("Ec2InstanceMetadata", INSTANCE)])
def test_role_with_the_keys_of_the_host(container, instance, connect: Callable, tmp_path: Path,
                                        monkeypatch: pytest.MonkeyPatch, source: str,
                                        operation: str) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile host]\nrole_arn = {ROLE}\ncredential_source = {source}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(**by("IAM Profile", AWSProfile="host")))
    assert container.requests(operation) == 1
    assert container.requests("sts.AssumeRole") == 1


def test_role_without_a_container(athena, env: odbc.Env, connection_string: Callable,
                                  tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile host]\nrole_arn = {ROLE}\ncredential_source = EcsContainer\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    state, message = refused(env, connection_string(**by("IAM Profile", AWSProfile="host")))
    assert state == "28000"
    assert "profile host" in message and "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" in message
