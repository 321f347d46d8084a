"""Connecting: strings and data sources, credentials, and failures that say what to do."""

from __future__ import annotations

import socket
from pathlib import Path

import odbc
import pytest
from emulator_process import ACCESS_KEY, READ_ONLY_KEYS, SECRET_KEY, start_emulator, stop_emulator


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_connection_string(connect, wide: bool) -> None:
    connection = connect(wide=wide)
    s = odbc.Statement(connection)
    assert s.query("SELECT 'žluťoučký 🐎'", wide) == [("žluťoučký 🐎",)]
    s.check(s.free())


@pytest.mark.parametrize("wide", [False, True], ids=["ansi", "wide"])
def test_data_source(env, athena, wide: bool) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect("DSN=AthenaLocal", wide))
    assert "DSN=AthenaLocal" in connection.completed
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_sqlconnect(env, athena) -> None:
    connection = odbc.Connection(env)
    connection.check(odbc.lib.SQLConnect(connection.value, b"AthenaLocal", odbc.NTS,
                                         ACCESS_KEY.encode(), odbc.NTS,
                                         SECRET_KEY.encode(), odbc.NTS))
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_the_string_wins_over_the_data_source(env, athena) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect("DSN=AthenaLocal;Schema=default"))
    s = odbc.Statement(connection)
    s.check(s.execute("SELECT count(*) FROM taxi_trips"), odbc.ERROR)
    assert s.states() == ["42S02"]
    s.check(s.free())
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize(("given", "why"), [
    ({"UseMultipleS3Threads": "1"}, "parallel ranges"),
    ({"S3ResultBlockSize": "10485760"}, "DownloadWindow"),
    ({"UseAwsLogger": "yes"}, "no AWS SDK"),
])
def test_option_without_effect_is_a_warning(env, connection_string, given: dict, why: str) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(**given)), odbc.INFO)
    (state, _, text), = connection.diagnostics()
    assert state == "01000"
    assert f"option {next(iter(given))} has no effect" in text and why in text
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize("given", [{"UseMultipleS3Threads": "0"}, {"S3ResultBlockSize": "67108864"},
                                   {"UseAwsLogger": "off"}, {"Description": "mine"}])
def test_default_of_an_option_without_effect_is_no_warning(env, connection_string,
                                                           given: dict) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string(**given)), odbc.SUCCESS)
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_completed_string_connects_again(env, connection_string) -> None:
    first, second = odbc.Connection(env), odbc.Connection(env)
    first.check(first.connect(connection_string(ApplicationName="a;b}c")), odbc.SUCCESS)
    assert f"PWD={SECRET_KEY}" in first.completed.replace("{", "").replace("}", "")
    second.check(second.connect(first.completed))
    for connection in (first, second):
        connection.check(connection.disconnect())
        connection.check(connection.free())


def test_unknown_option_is_a_warning(env, connection_string) -> None:
    connection = odbc.Connection(env)
    connection.check(connection.connect(connection_string() + ";NoSuchOption=1"), odbc.INFO)
    assert connection.states() == ["01S00"]
    assert "NoSuchOption" in connection.diagnostics()[0][2]
    connection.check(connection.disconnect())
    connection.check(connection.free())


def test_blanks_around_values(connect) -> None:
    """Within braces too: applications brace whatever they have read."""
    s = odbc.Statement(connect(AwsRegion=" us-east-1 ", Schema="sample ", ConnectionTest="0 # no"))
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())


@pytest.mark.parametrize("changes, state, words", [
    ({"AuthenticationType": "Pigeon"}, "HY024", ["AuthenticationType", "Pigeon", "IAM Profile"]),
    ({"StringColumnLength": "many"}, "HY024", ["StringColumnLength", "many"]),
    ({"ResultFetcher": "pigeon"}, "HY024", ["ResultFetcher", "auto", "S3"]),
    ({"AwsRegion": None}, "HY024", ["AwsRegion"]),
    ({"UID": None}, "28000", ["UID"]),
    ({"EndpointOverride": "http://"}, "HY024", ["EndpointOverride"]),
    ({"Workgroup": "w" * 9000}, "HY000", ["validation error"]),
    ({"EndpointOverride": "http://user:pa55@host"}, "HY024", ["EndpointOverride", "host"]),
    ({"UseProxy": "1", "ProxyHost": "ftp://user:pa55@host"}, "HY024", ["ProxyHost", "ftp://host"]),
])
def test_bad_options_are_named(env, connection_string, changes, state, words) -> None:
    found = odbc.refusal(env, connection_string(**changes))
    assert found[0] == state, found
    for word in words:
        assert word in found[2], found
    assert "pa55" not in found[2], "a password stands in the message"


def test_wrong_key(env, connection_string) -> None:
    state, _, text = odbc.refusal(env, connection_string(PWD="wrong"))
    assert state == "28000", text
    assert "wrong" not in text.replace("wrong secret", ""), "the secret stands in the message"
    assert "PWD" in text, "what to do is not said"
    assert "Canonical" not in text, "AWS repeats the signed request, the session token in it"
    state, _, text = odbc.refusal(env, connection_string(UID="AKIANOBODY0000000000"))
    assert state == "28000", text


def test_wrong_region(env, connection_string) -> None:
    state, _, text = odbc.refusal(env, connection_string(AwsRegion="eu-west-1"))
    assert state == "08004", text
    assert "AwsRegion" in text


def test_endpoint_down(env, connection_string) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    state, _, text = odbc.refusal(env, connection_string(EndpointOverride=f"http://127.0.0.1:{port}",
                                                    NumRetries="1"))
    assert state == "08001", text
    assert str(port) in text
    assert "endpoint options" in text


def test_unknown_host(env, connection_string) -> None:
    url = "http://no-such-host.invalid"
    state, _, text = odbc.refusal(env, connection_string(EndpointOverride=url, NumRetries="1"))
    assert state == "08000", text
    assert "no-such-host.invalid" in text


@pytest.fixture(scope="module")
def secure_athena(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("tls")
    started = start_emulator(folder / "data", "--tls", str(folder / "ca"))
    yield started, folder / "ca" / "ca.pem"
    stop_emulator(started)


def test_tls_failure_and_success(env, connection_string, secure_athena) -> None:
    server, authority = secure_athena
    where = {"EndpointOverride": server.url, "S3EndpointOverride": server.url}
    state, _, text = odbc.refusal(env, connection_string(**where, NumRetries="1"))
    assert state == "08006", text
    assert "TrustedCerts" in text
    for trust in ({"TrustedCerts": str(authority)}, {"VerifySSL": "0"}):
        connection = odbc.Connection(env)
        connection.check(connection.connect(connection_string(**where, **trust)))
        s = odbc.Statement(connection)
        assert s.query("SELECT 1") == [("1",)]
        s.check(s.free())
        connection.check(connection.disconnect())
        connection.check(connection.free())


def test_no_such_bucket(connect) -> None:
    s = odbc.Statement(connect(S3OutputLocation="s3://no-such-bucket-here/results/"))
    s.check(s.execute("SELECT 1"), odbc.ERROR)
    state, _, text = s.diagnostics()[0]
    assert state == "HY024", text
    assert "S3OutputLocation" in text
    s.check(s.free())


def test_output_location_that_cannot_be_written(connect) -> None:
    s = odbc.Statement(connect(UID=READ_ONLY_KEYS[0], PWD=READ_ONLY_KEYS[1]))
    s.check(s.execute("SELECT 1"), odbc.ERROR)
    state, _, text = s.diagnostics()[0]
    assert state == "42501", text
    s.check(s.free())


def test_no_output_location(connect) -> None:
    s = odbc.Statement(connect(Workgroup="nolocation"))
    s.check(s.execute("SELECT 1"), odbc.ERROR)
    assert "S3OutputLocation" in s.diagnostics()[0][2]
    s.check(s.free())


def test_connection_test_off_reports_with_the_first_statement(connect) -> None:
    s = odbc.Statement(connect(ConnectionTest="0", PWD="not-it"))
    s.check(s.execute("SELECT 1"), odbc.ERROR)
    assert s.states() == ["28000"]
    s.check(s.free())


def test_denied_get_work_group_still_connects(athena, connect) -> None:
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "access_denied",
                   "count": 10})
    s = odbc.Statement(connect())
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())


def test_login_timeout(env, athena, connection_string) -> None:
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "delay", "count": 10,
                   "delay_ms": 8000})
    connection = odbc.Connection(env)
    connection.check(connection.set(odbc.ATTR_LOGIN_TIMEOUT, 1))
    connection.check(connection.connect(connection_string()), odbc.ERROR)
    assert connection.states() == ["HYT00"]
    connection.check(connection.free())


# ---- credentials ----------------------------------------------------------------------------


def test_environment_credentials(connect, monkeypatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    s = odbc.Statement(connect(AuthenticationType="Default Credentials", UID=None, PWD=None))
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())


def test_the_environment_of_each_connection(connect, env, connection_string, monkeypatch) -> None:
    """One that is connected keeps its keys, and the next does not get them."""
    own = {"AuthenticationType": "Default Credentials", "UID": None, "PWD": None}
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    first = odbc.Statement(connect(**own))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODYHASTHISONE")
    state, _, _ = odbc.refusal(env, connection_string(**own))
    assert state == "28000"
    assert first.query("SELECT 1") == [("1",)]
    first.check(first.free())


def test_profile_credentials(connect, monkeypatch, tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(f"[work]\naws_access_key_id = {ACCESS_KEY}\n"
                           f"aws_secret_access_key = {SECRET_KEY}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
    s = odbc.Statement(connect(AuthenticationType="IAM Profile", AWSProfile="work", UID=None,
                               PWD=None))
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())


def test_profile_that_does_not_exist(env, connection_string) -> None:
    state, _, text = odbc.refusal(env, connection_string(AuthenticationType="IAM Profile",
                                                    AWSProfile="nobody", UID=None, PWD=None))
    assert state == "28000"
    assert "nobody" in text


def test_credential_process(connect, env, connection_string, monkeypatch, tmp_path: Path) -> None:
    program = tmp_path / "give keys"
    program.write_text("#!/bin/sh\nsleep 0.2\necho '{\"Version\": 1, \"AccessKeyId\": \""
                       + ACCESS_KEY + "\", \"SecretAccessKey\": \"" + SECRET_KEY + "\"}'\n")
    program.chmod(0o700)
    failing = tmp_path / "fail"
    failing.write_text("#!/bin/sh\necho no badge >&2\nexit 3\n")
    failing.chmod(0o700)
    config = tmp_path / "config"
    config.write_text(f"[profile good]\ncredential_process = \"{program}\" --now\n"
                      f"[profile bad]\ncredential_process = {failing}\n"
                      f"[profile none]\ncredential_process = {tmp_path}/nothing --key x\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    chosen = {"AuthenticationType": "IAM Profile", "UID": None, "PWD": None}
    s = odbc.Statement(connect(**chosen, AWSProfile="good"))
    assert s.query("SELECT 1") == [("1",)]
    s.check(s.free())
    state, _, text = odbc.refusal(env, connection_string(**chosen, AWSProfile="bad"))
    assert state == "28000"
    assert "no badge" in text
    state, _, text = odbc.refusal(env, connection_string(**chosen, AWSProfile="none"))
    assert state == "28000"
    assert "credential_process of profile none" in text and "--key" not in text


def test_connections_come_and_go(env, connection_string) -> None:
    """Nothing is left behind: descriptors, threads."""

    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    def once() -> None:
        connection = odbc.Connection(env)
        connection.check(connection.connect(connection_string()))
        s = odbc.Statement(connection)
        assert s.query("SELECT 1") == [("1",)]
        s.check(s.free())
        connection.check(connection.disconnect())
        connection.check(connection.free())

    once()
    before = descriptors()
    threads = len(list(Path("/proc/self/task").iterdir()))
    for _ in range(20):
        once()
    assert descriptors() <= before
    assert len(list(Path("/proc/self/task").iterdir())) <= threads
