"""ADFS and Ping: login forms of identity providers, filled in by the driver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import odbc
import pytest
from emulator_process import EmulatorProcess
from local_proxy import ProxyProcess, start_proxy

ROLE = "arn:aws:iam::123456789012:role/AthenaLocalSaml"
STS = "sts.AssumeRoleWithSAML"
LOGIN = {"ADFS": "identity.AdfsLogin", "Ping": "identity.PingLogin"}
PAGE = {"ADFS": "AdfsPage", "Ping": "PingStart"}
KINDS = ["ADFS", "Ping"]
PROXY_PASSWORD = "pr0xy-passw0rd"


class Provider:
    """The identity providers of the local Athena, and connection options for them."""

    def __init__(self, athena: EmulatorProcess):
        self.athena = athena
        found = athena.control("GET", "identity")
        self.port, self.ca_file = found["port"], found["ca_file"]
        self.user, self.password = found["person"]["user"], found["person"]["password"]

    def dial(self, **dials: Any) -> None:
        self.athena.control("POST", "identity", dials)

    def options(self, kind: str, **more: Any) -> dict[str, Any]:
        return {"AuthenticationType": kind, "UID": self.user, "PWD": self.password,
                "idp_host": "localhost", "idp_port": str(self.port), "TrustedCerts": self.ca_file,
                **more}

    def logins(self, kind: str) -> int:
        return self.athena.requests(LOGIN[kind])


@pytest.fixture
def idp(athena: EmulatorProcess) -> Provider:
    return Provider(athena)


@pytest.fixture
def refused(env: odbc.Env, connection_string: Callable, idp: Provider) -> Callable:
    """The SQLSTATE and the message of a connection that fails."""

    def connect(kind: str, **more: Any) -> tuple[str, str]:
        connection = odbc.Connection(env)
        code = connection.connect(connection_string(**idp.options(kind, **more)))
        if code != odbc.ERROR:
            connection.disconnect()
            connection.free()
            pytest.fail("it was not refused")
        state, _, message = connection.diagnostics()[0]
        connection.check(connection.free())
        assert idp.password not in message and PROXY_PASSWORD not in message
        return state, message

    return connect


# ---- what works ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_signs_in(idp, connect: Callable, kind: str) -> None:
    assert odbc.answers(connect(**idp.options(kind)))
    assert (idp.logins(kind), idp.athena.requests(STS)) == (1, 1)
    assert idp.athena.stats()["signature_failures"] == 0


@pytest.mark.parametrize("kind", KINDS)
def test_many_connections_sign_in_once(idp, connect: Callable, kind: str) -> None:
    assert all([odbc.answers(connect(**idp.options(kind))) for _ in range(10)])
    assert idp.logins(kind) == 1


@pytest.mark.parametrize("more", [
    {"UID": "EXAMPLE\\ana"}, {"idp_host": "https://LOCALHOST/"}, {"preferred_role": ROLE},
    {"SSL_Insecure": "1", "TrustedCerts": None}, {"duration": "3600"},
])
def test_options(idp, connect: Callable, more: dict) -> None:
    idp.dial(claim={"roles": ["NoSuchRole", "AthenaLocalSaml"]} if "preferred_role" in more else {})
    assert odbc.answers(connect(**idp.options("ADFS", **more)))


def test_port_in_the_host(idp, connect: Callable) -> None:
    at = f"localhost:{idp.port}"
    assert odbc.answers(connect(**idp.options("ADFS", idp_host=at, idp_port=None)))


def test_other_parties(idp, connect: Callable, refused: Callable) -> None:
    idp.dial(adfs={"relying_party": "urn:my party&x"}, ping={"partner": "https://my.sp/x y"})
    assert odbc.answers(connect(**idp.options("ADFS", LoginToRP="urn:my party&x")))
    assert odbc.answers(connect(**idp.options("Ping", partner_spid="https://my.sp/x y")))
    state, message = refused("ADFS")
    assert state == "28000" and "relying party is not known" in message and "LoginToRP" in message
    state, message = refused("Ping")
    assert state == "28000" and "partner is not known" in message and "partner_spid" in message


@pytest.mark.parametrize("action", ["path", "relative", "whole", "none"])
def test_adfs_actions(idp, connect: Callable, action: str) -> None:
    idp.dial(adfs={"action": action})
    assert odbc.answers(connect(**idp.options("ADFS")))


@pytest.mark.parametrize("dials", [
    {"action": "none"}, {"user_input": "user", "user_id": ""},
    {"user_input": "mail", "user_id": "email_field", "user_type": "email"},
    {"password_input": "secret"}, {"user_input": "subject", "user_id": "x"},
])
def test_ping_forms(idp, connect: Callable, dials: dict) -> None:
    idp.dial(ping=dials)
    assert odbc.answers(connect(**idp.options("Ping")))


@pytest.mark.parametrize("param", ["role=AthenaLocalSaml", "&role=AthenaLocalSaml"])
def test_ping_uri_param(idp, connect: Callable, param: str) -> None:
    idp.dial(claim={"roles": ["NoSuchRole", "AthenaLocalSaml"]}, ping={"roles_by_parameter": True})
    assert odbc.answers(connect(**idp.options("Ping", ping_uri_param=param)))


@pytest.mark.parametrize("kind", KINDS)
def test_lake_formation(idp, connect: Callable, kind: str) -> None:
    more = {"LakeformationEnabled": "1", "LakeFormationEndpointOverride": idp.athena.url}
    assert odbc.answers(connect(**idp.options(kind, **more)))
    assert idp.athena.requests("lakeformation.AssumeDecoratedRoleWithSAML") == 1
    assert idp.athena.requests(STS) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_plugin_of_a_profile(idp, connect: Callable, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    config = tmp_path / "config"
    config.write_text(f"[profile saml]\nplugin_name = {kind}\nidp_host = localhost\n"
                      f"idp_port = {idp.port}\nuid = {idp.user}\npwd = {idp.password}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(AuthenticationType="IAM Profile", AWSProfile="saml", UID=None, PWD=None,
                           TrustedCerts=idp.ca_file))
    assert idp.logins(kind) == 1


def test_profile_says_how_its_provider_is_reached(idp, env: odbc.Env, connect: Callable,
                                                  connection_string: Callable, tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    lines = (f"[profile saml]\nplugin_name = ADFS\nidp_host = localhost\nidp_port = {idp.port}\n"
             f"uid = {idp.user}\npwd = {idp.password}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    given = {"AuthenticationType": "IAM Profile", "AWSProfile": "saml", "UID": None, "PWD": None}
    config.write_text(lines)
    connection = odbc.Connection(env)
    assert connection.connect(connection_string(**given)) == odbc.ERROR
    assert connection.diagnostics()[0][0] == "08006"
    connection.check(connection.free())
    config.write_text(lines + "SSL_Insecure = 1\n")
    assert odbc.answers(connect(**given))


# ---- what does not ---------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "words"), [("ADFS", "Incorrect user ID or password"),
                                             ("Ping", "didn't recognize the username")])
def test_wrong_password(idp, refused: Callable, kind: str, words: str) -> None:
    state, message = refused(kind, PWD="wr0ng-passw0rd")
    assert state == "28000" and words in message and "check UID and PWD" in message
    assert "wr0ng-passw0rd" not in message
    assert idp.logins(kind) == 1, "a wrong password is not tried again: accounts lock"


@pytest.mark.parametrize("kind", KINDS)
def test_locked_out(idp, refused: Callable, kind: str) -> None:
    idp.dial(person={"is_locked": True})
    state, message = refused(kind)
    assert state == "28000" and "locked" in message


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("claim", "word"), [
    ({"roles": ["NoSuchRole"]}, "Not authorized"), ({"valid_s": -1}, "xpired"),
    ({"signature": "foreign"}, "ignature"), ({"roles": []}, "names no role")])
def test_response_that_is_refused(idp, refused: Callable, kind: str, claim: dict,
                                  word: str) -> None:
    idp.dial(claim=claim)
    state, message = refused(kind)
    assert state == "28000" and word in message


def test_needs(refused: Callable) -> None:
    state, message = refused("ADFS", idp_host=None)
    assert state == "28000" and "idp_host" in message
    state, message = refused("Ping", UID=None, PWD=None)
    assert state == "28000" and "UID" in message and "PWD" in message
    for host in ("http://localhost", "a b", "localhost/adfs", "user@localhost"):
        state, message = refused("ADFS", idp_host=host)
        assert state == "HY024" and "idp_host" in message


@pytest.mark.parametrize("kind", KINDS)
def test_certificate_that_is_not_trusted(refused: Callable, kind: str) -> None:
    state, message = refused(kind, TrustedCerts=None)
    assert state == "08006" and "not trusted" in message and "TrustedCerts" in message


def test_verify_ssl_is_for_aws_alone(refused: Callable) -> None:
    assert refused("ADFS", TrustedCerts=None, VerifySSL="0")[0] == "08006"


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_there(refused: Callable, kind: str) -> None:
    state, message = refused(kind, idp_port="9")
    assert state == "08001" and "idp_host and idp_port" in message
    state, message = refused(kind, idp_host="nowhere.invalid")
    assert state == "08000" and "idp_host" in message


@pytest.mark.parametrize("kind", KINDS)
def test_server_in_trouble(idp, connect: Callable, refused: Callable, kind: str) -> None:
    idp.athena.faults({"service": "identity", "operation": PAGE[kind], "kind": "error5xx",
                       "count": 2})
    assert odbc.answers(connect(**idp.options(kind)))
    idp.athena.faults({"service": "identity", "operation": PAGE[kind], "kind": "error5xx"})
    state, message = refused(kind, duration="1000")
    assert state == "28000" and "HTTP 500" in message and "idp_host" in message


@pytest.mark.parametrize(("kind", "fault", "state"), [
    ("ADFS", {"kind": "error5xx"}, "28000"), ("ADFS", {"kind": "reset"}, "08001"),
    ("Ping", {"kind": "error5xx"}, "28000"), ("Ping", {"kind": "reset"}, "08001"),
    ("Ping", {"kind": "truncate", "after_bytes": 100}, "08001")])
def test_login_is_not_repeated(idp, refused: Callable, kind: str, fault: dict, state: str) -> None:
    idp.athena.faults({"service": "identity", "operation": LOGIN[kind].partition(".")[2], **fault})
    assert refused(kind)[0] == state
    assert idp.logins(kind) == 1


def test_page_that_is_too_large(idp, connect: Callable, refused: Callable) -> None:
    idp.dial(adfs={"padding_bytes": 150_000})
    assert odbc.answers(connect(**idp.options("ADFS")))
    idp.dial(adfs={"padding_bytes": 250_000})
    state, message = refused("ADFS", duration="1000")
    assert state == "08001" and "larger than 204800 bytes" in message


# ---- where the password goes -----------------------------------------------------------------


@pytest.mark.parametrize("action", ["https://localhost.evil.example/steal", "http://localhost/x",
                                    "//127.0.0.2/x", "javascript:steal()", "https://127.0.0.1:9/"])
def test_form_for_another_host(idp, connect: Callable, action: str) -> None:
    """It is posted to where its page came from."""
    idp.dial(adfs={"action": action}, ping={"action": action})
    assert odbc.answers(connect(**idp.options("ADFS")))
    assert odbc.answers(connect(**idp.options("Ping")))


def test_page_of_another_host(idp, refused: Callable) -> None:
    other = (f"https://127.0.0.1:{idp.port}/idp/startSSO.ping?PartnerSpId=urn:amazon:webservices")
    idp.dial(adfs={"redirect_to": other})
    state, message = refused("ADFS")
    assert state == "28000" and "another host than idp_host" in message
    assert idp.athena.requests("identity.PingStart") == 1
    assert idp.athena.requests("identity.PingLogin") == 0


@pytest.mark.parametrize(("target", "words"), [
    ("http://localhost:9/", "not https"), ("ftp://localhost/", "no web address"),
    ("/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp=urn:amazon:webservices", "redirects for ever")])
def test_redirects_that_are_not_followed(idp, refused: Callable, target: str, words: str) -> None:
    idp.dial(adfs={"redirect_to": target})
    state, message = refused("ADFS")
    assert state == "28000" and words in message and "localhost:9" not in message


@pytest.mark.parametrize("status", [307, 308])
def test_password_is_not_sent_on(idp, refused: Callable, status: int) -> None:
    idp.dial(adfs={"redirect_status": status})
    state, message = refused("ADFS")
    assert state == "28000" and "sent on to another address" in message
    assert idp.logins("ADFS") == 1


# ---- proxies, tickets ------------------------------------------------------------------------


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[ProxyProcess]:
    started = start_proxy(tmp_path / "proxy.log", "--user", "me", "--password", PROXY_PASSWORD)
    yield started
    started.stop()


@pytest.mark.parametrize("kind", KINDS)
def test_through_the_proxy(idp, proxy, connect: Callable, refused: Callable, kind: str) -> None:
    given = {"UseProxy": "1", "ProxyHost": "127.0.0.1", "ProxyPort": str(proxy.port),
             "ProxyUID": "me", "ProxyPWD": PROXY_PASSWORD, "NonProxyHost": "127.0.0.1"}
    assert odbc.answers(connect(**idp.options(kind, **given)))
    assert proxy.seen() == []
    assert odbc.answers(connect(**idp.options(kind, **given, UseProxyForIdP="1")))
    assert set(proxy.seen()) == {("connect", "localhost")}
    state, message = refused(kind, **{**given, "ProxyPWD": "x"}, UseProxyForIdP="1",
                             duration="1000")
    assert state == "28000" and "ProxyPWD" in message


def test_without_a_ticket(idp, refused: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "FILE:/nowhere/ticket")
    monkeypatch.setenv("KRB5_CONFIG", "/dev/null")
    idp.dial(adfs={"needs_ticket": True})
    state, message = refused("ADFS", UID=None, PWD=None)
    assert state == "28000" and "Kerberos" in message and "UID and PWD" in message


# ---- time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_keys_that_end_are_replaced(idp, connect: Callable, kind: str) -> None:
    """They are used until a minute before their end."""
    idp.athena.control("POST", "roles", {"name": "AthenaLocalSaml", "by": "AssumeRoleWithSAML",
                                         "lasts_s": 62.5})
    statement = odbc.Statement(connect(**idp.options(kind)))
    assert statement.query("SELECT 1") == [("1",)]
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert idp.athena.requests(STS) >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_keys_end_during_a_fetch(idp, connect: Callable, kind: str) -> None:
    """The download stops for a sign-in and goes on; no row is lost."""
    s = odbc.Statement(connect(**idp.options(kind, ResultFetcher="S3", DownloadWindow="1048576")))
    idp.athena.faults({"service": "s3", "operation": "GetObject", "kind": "expired_credentials",
                       "skip": 3, "count": 1})
    rows = s.query("SELECT repeat('x', 500) || cast(n AS varchar) "
                   "FROM UNNEST(sequence(1, 10000)) AS t(n)")
    assert [int(row[0][500:]) for row in rows] == list(range(1, 10001))
    assert (idp.logins(kind), idp.athena.requests(STS)) == (2, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_cancelled_while_signing_in(idp, connect: Callable, kind: str) -> None:
    idp.athena.faults({"service": "identity", "operation": PAGE[kind], "kind": "stall"})
    s = odbc.Statement(connect(**idp.options(kind, ConnectionTest="0")), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]


def test_login_time_out(idp, refused: Callable) -> None:
    idp.athena.faults({"service": "identity", "kind": "stall"})
    assert refused("ADFS", LoginTimeout="1")[0] == "HYT00"


@pytest.mark.usefixtures("no_log")
@pytest.mark.parametrize("kind", KINDS)
def test_log_holds_no_secret(idp, connect: Callable, tmp_path: Path, kind: str) -> None:
    idp.athena.faults({"service": "identity", "operation": PAGE[kind], "kind": "error5xx",
                       "count": 1})
    log = tmp_path / "log"
    assert odbc.answers(connect(**idp.options(kind, LogLevel="TRACE", LogPath=str(log))))
    text = log.read_text()
    assert "signing in at" in text
    for secret in (idp.password, "Pa55", "MSISAuth", "PHNhbWxwO", "SAMLResponse"):
        assert secret not in text
