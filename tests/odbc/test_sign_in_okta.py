"""Okta: its Authentication API with second factors, and the application's page."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from emulator_process import EmulatorProcess

STS = "sts.AssumeRoleWithSAML"
AUTHN, VERIFY, APP = "identity.OktaAuthn", "identity.OktaVerify", "identity.OktaApp"
FACTORS = ["googleauthenticator", "smsauthentication", "oktaverifywithpush", "oktaverifywithtotp"]
GOOGLE, SMS, PUSH, TOTP = FACTORS


class Okta:
    """The local Okta organisation, and connection options for it."""

    def __init__(self, athena: EmulatorProcess):
        self.athena = athena
        found = athena.control("GET", "identity")
        self.port, self.ca_file = found["port"], found["ca_file"]
        self.user, self.password = found["person"]["user"], found["person"]["password"]

    def dial(self, claim: dict | None = None, person: dict | None = None, **okta: Any) -> None:
        self.athena.control("POST", "identity",
                            {"okta": okta, "claim": claim or {}, "person": person or {}})

    def code(self, kind: str = "totp") -> str:
        return self.athena.control("GET", "identity")["okta"][kind]

    def options(self, **more: Any) -> dict[str, Any]:
        return {"AuthenticationType": "Okta", "UID": self.user, "PWD": self.password,
                "idp_host": "localhost", "idp_port": str(self.port), "TrustedCerts": self.ca_file,
                "app_name": "amazon_aws", "app_id": "0oa1local/137", **more}


@pytest.fixture
def okta(athena: EmulatorProcess) -> Okta:
    return Okta(athena)


@pytest.fixture
def refused(env: odbc.Env, connection_string: Callable, okta: Okta) -> Callable:
    """The SQLSTATE and the message of a connection that fails."""

    def connect(**more: Any) -> tuple[str, str]:
        connection = odbc.Connection(env)
        code = connection.connect(connection_string(**okta.options(**more)))
        if code != odbc.ERROR:
            connection.disconnect()
            connection.free()
            pytest.fail("it was not refused")
        state, _, message = connection.diagnostics()[0]
        connection.check(connection.free())
        assert okta.password not in message
        return state, message

    return connect


# ---- without a second factor -----------------------------------------------------------------


@pytest.mark.parametrize("more", [{}, {"app_name": None}, {"SSL_Insecure": "1", "TrustedCerts": None},
                                  {"idp_host": "https://localhost"}])
def test_signs_in(okta, connect: Callable, more: dict) -> None:
    assert odbc.answers(connect(**okta.options(**more)))
    assert [okta.athena.requests(name) for name in (AUTHN, APP, STS)] == [1, 2, 1]
    assert okta.athena.stats()["signature_failures"] == 0


def test_many_connections_sign_in_once(okta, connect: Callable) -> None:
    assert all([odbc.answers(connect(**okta.options())) for _ in range(10)])
    assert okta.athena.requests(AUTHN) == 1


def test_lake_formation(okta, connect: Callable) -> None:
    assert odbc.answers(connect(**okta.options(LakeformationEnabled="1",
                                          LakeFormationEndpointOverride=okta.athena.url)))
    assert okta.athena.requests("lakeformation.AssumeDecoratedRoleWithSAML") == 1


def test_password_that_ends_soon(okta, connect: Callable) -> None:
    okta.dial(status="PASSWORD_WARN")
    assert odbc.answers(connect(**okta.options()))
    assert okta.athena.requests("identity.OktaSkip") == 1


def test_plugin_of_a_profile(okta, connect: Callable, tmp_path: Path,
                             monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    given = okta.options(AuthenticationType=None, TrustedCerts=None)
    config.write_text("[profile saml]\nplugin_name = Okta\n" + "".join(
        f"{name} = {value}\n" for name, value in given.items() if value))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(AuthenticationType="IAM Profile", AWSProfile="saml", UID=None, PWD=None,
                           TrustedCerts=okta.ca_file))
    assert okta.athena.requests(AUTHN) == 1


@pytest.mark.parametrize(("dials", "more", "words"), [
    ({}, {"PWD": "wr0ng-passw0rd"}, ["Authentication failed", "check UID and PWD"]),
    ({"person": {"is_locked": True}}, {}, ["locked", "https://localhost"]),
    ({"status": "LOCKED_OUT"}, {}, ["locked"]),
    ({"status": "PASSWORD_EXPIRED"}, {}, ["expired", "https://localhost"]),
    ({"status": "PASSWORD_RESET"}, {}, ["PASSWORD_RESET", "browser"]),
    ({}, {"app_id": "0oa1local/138"}, ["app_id", "404"]),
    ({}, {"app_name": "other"}, ["app_name"]),
    ({"claim": {"roles": ["NoSuchRole"]}}, {}, ["Not authorized"]),
    ({"claim": {"valid_s": -1}}, {}, ["xpired"]),
])
def test_refusals(okta, refused: Callable, dials: dict, more: dict, words: list[str]) -> None:
    okta.dial(**dials)
    state, message = refused(**more)
    assert state == "28000" and all(word in message for word in words), message
    assert "wr0ng" not in message
    assert okta.athena.requests(AUTHN) == 1


def test_needs(refused: Callable) -> None:
    state, message = refused(UID=None, PWD=None, app_id=None, idp_host=None)
    assert state == "28000"
    assert all(name in message for name in ("UID", "PWD", "app_id", "idp_host"))
    state, message = refused(okta_mfa_type="telepathy")
    assert state == "HY024" and "smsauthentication" in message


def test_ways_that_are_barred(refused: Callable) -> None:
    state, message = refused(TrustedCerts=None)
    assert state == "08006" and "TrustedCerts" in message
    state, message = refused(idp_port="9")
    assert state == "08001" and "idp_host and idp_port" in message


@pytest.mark.parametrize("fault", [{"kind": "error5xx"}, {"kind": "reset"}, {"kind": "throttle"},
                                   {"kind": "custom", "body": "<html>", "status": 200}])
def test_api_in_trouble(okta, refused: Callable, fault: dict) -> None:
    """The password is not sent again."""
    okta.athena.faults({"service": "identity", "operation": "OktaAuthn", **fault})
    assert refused()[0] in ("28000", "08001")
    assert okta.athena.requests(AUTHN) == 1


# ---- second factors --------------------------------------------------------------------------


@pytest.mark.parametrize(("factors", "more"), [
    ([GOOGLE], {}), ([TOTP], {}), (FACTORS, {}), (FACTORS, {"okta_mfa_type": TOTP}),
    ([PUSH, GOOGLE], {"okta_mfa_type": "GoogleAuthenticator"})])
def test_code_of_an_app(okta, connect: Callable, factors: list[str], more: dict) -> None:
    okta.dial(factors=factors)
    assert odbc.answers(connect(**okta.options(MFAToken=okta.code(), **more)))
    assert okta.athena.requests(VERIFY) == 1


@pytest.mark.parametrize(("factors", "more", "words"), [
    ([GOOGLE], {}, ["Google Authenticator", "MFAToken"]),
    ([TOTP], {}, ["Okta Verify", "MFAToken"]),
    ([GOOGLE], {"MFAToken": "000000x"}, ["Invalid Passcode", "MFAToken"]),
    ([GOOGLE], {"okta_mfa_type": SMS}, [SMS, "Google Authenticator"]),
    ([], {"okta_mfa_type": SMS}, ["none"]),
])
def test_codes_that_are_missing_or_wrong(okta, refused: Callable, factors: list[str], more: dict,
                                         words: list[str]) -> None:
    okta.dial(factors=factors, status="MFA_REQUIRED")
    state, message = refused(**more)
    assert state == "28000" and all(word in message for word in words), message
    assert "000000x" not in message


def test_sms(okta, connect: Callable, refused: Callable) -> None:
    okta.dial(factors=[SMS])
    state, message = refused()
    assert state == "28000" and "+1 XXX-XXX-1337" in message and "MFAToken" in message
    code = okta.code("sms")
    assert code and code not in message
    assert odbc.answers(connect(**okta.options(MFAToken=code)))


def test_push(okta, connect: Callable) -> None:
    okta.dial(factors=[PUSH], push_polls=2)
    assert odbc.answers(connect(**okta.options()))
    assert okta.athena.requests(VERIFY) == 3


def test_number_on_the_phone(okta, connect: Callable, capfd: pytest.CaptureFixture) -> None:
    """Shown once, for a person to read."""
    okta.dial(factors=[PUSH], push_polls=3, push_number=47)
    assert odbc.answers(connect(**okta.options()))
    assert capfd.readouterr().err.count("number on the phone: 47") == 1


@pytest.mark.parametrize(("dials", "more", "state", "word"), [
    ({"push_polls": 1, "push_result": "REJECTED"}, {}, "28000", "rejected"),
    ({"push_polls": 1, "push_result": "TIMEOUT"}, {}, "28000", "not answered in time"),
    ({"push_polls": 1000}, {"okta_mfa_wait_time": "1"}, "HYT00", "okta_mfa_wait_time")])
def test_push_that_fails(okta, refused: Callable, dials: dict, more: dict, state: str,
                         word: str) -> None:
    okta.dial(factors=[PUSH], **dials)
    got, message = refused(**more)
    assert got == state and word in message, message


def test_trouble_between_pushes(okta, connect: Callable) -> None:
    okta.dial(factors=[PUSH], push_polls=2)
    okta.athena.faults({"service": "identity", "operation": "OktaVerify", "kind": "error5xx",
                        "skip": 1, "count": 1})
    assert odbc.answers(connect(**okta.options()))


def test_enrolment_by_sms(okta, connect: Callable, refused: Callable) -> None:
    okta.dial(status="MFA_ENROLL", factors=[SMS])
    state, message = refused()
    assert state == "28000" and "okta_mfa_phone_number" in message and "https://" in message
    phone = {"okta_mfa_type": SMS, "okta_mfa_phone_number": "+1 555 0100"}
    state, message = refused(**phone)
    assert state == "28000" and "code has been sent" in message
    assert odbc.answers(connect(**okta.options(MFAToken=okta.code("sms"), **phone)))
    state, message = refused(**{**phone, "okta_mfa_phone_number": "none"})
    assert state == "28000" and "Invalid Phone Number" in message


# ---- time ------------------------------------------------------------------------------------


def lasting(okta: Okta, seconds: float) -> None:
    okta.athena.control("POST", "roles", {"name": "AthenaLocalSaml", "by": "AssumeRoleWithSAML",
                                          "lasts_s": seconds})


def test_keys_that_end_are_replaced(okta, connect: Callable) -> None:
    lasting(okta, 62.5)
    statement = odbc.Statement(connect(**okta.options()))
    assert statement.query("SELECT 1") == [("1",)]
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert okta.athena.requests(AUTHN) >= 2


def test_code_is_used_once(okta, connect: Callable) -> None:
    """Nobody is asked ahead of the end of the keys; then a new code is wanted."""
    okta.dial(factors=[GOOGLE])
    lasting(okta, 63)
    statement = odbc.Statement(connect(**okta.options(MFAToken=okta.code())))
    assert statement.query("SELECT 1") == [("1",)]
    assert okta.athena.requests(VERIFY) == 1
    time.sleep(3.1)
    assert statement.execute("SELECT 2") == odbc.ERROR
    state, _, message = statement.diagnostics()[0]
    assert state == "28000" and "MFAToken was good once" in message
    assert okta.athena.requests(VERIFY) == 1


def test_keys_end_during_a_fetch(okta, connect: Callable) -> None:
    s = odbc.Statement(connect(**okta.options(ResultFetcher="S3", DownloadWindow="1048576")))
    okta.athena.faults({"service": "s3", "operation": "GetObject", "kind": "expired_credentials",
                        "skip": 3, "count": 1})
    rows = s.query("SELECT repeat('x', 500) || cast(n AS varchar) "
                   "FROM UNNEST(sequence(1, 10000)) AS t(n)")
    assert [int(row[0][500:]) for row in rows] == list(range(1, 10001))
    assert okta.athena.requests(AUTHN) == 2


def test_cancelled_while_the_phone_is_asked(okta, connect: Callable) -> None:
    okta.dial(factors=[PUSH], push_polls=1000)
    s = odbc.Statement(connect(**okta.options(ConnectionTest="0", okta_mfa_wait_time="600")),
                       is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    while okta.athena.requests(VERIFY) == 0:
        time.sleep(0.05)
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]


def test_login_time_out(okta, refused: Callable) -> None:
    okta.dial(factors=[PUSH], push_polls=1000)
    # options of its own: a sign-in that another test has given up goes on for a while, and is shared
    assert refused(LoginTimeout="1", okta_mfa_wait_time="599")[0] == "HYT00"


@pytest.mark.parametrize(("cache", "sign_ins"), [("1", 1), ("0", 2), (None, 2)])
def test_cache_for_the_next_process(okta, connect: Callable, tmp_path: Path,
                                    monkeypatch: pytest.MonkeyPatch, cache: str | None,
                                    sign_ins: int) -> None:
    """The code of a second factor is another one each time; the keys are the same."""
    monkeypatch.setenv("HOME", str(tmp_path))
    okta.dial(factors=[GOOGLE])
    first = connect(**okta.options(okta_cache=cache, MFAToken=okta.code()))
    assert odbc.answers(first)
    first.check(first.disconnect())
    files = list(tmp_path.glob(".athena-odbc/*"))
    assert len(files) == (1 if cache == "1" else 0)
    for file in files:
        assert file.stat().st_mode & 0o77 == 0 and okta.password not in file.read_text()
    other = {"MFAToken": okta.code()} if sign_ins == 2 else {}
    assert odbc.answers(connect(**okta.options(okta_cache=cache, **other)))
    assert okta.athena.requests(AUTHN) == sign_ins


@pytest.mark.usefixtures("no_log")
def test_log_holds_no_secret(okta, connect: Callable, tmp_path: Path) -> None:
    okta.dial(factors=[GOOGLE])
    log, code = tmp_path / "log", okta.code()
    assert odbc.answers(connect(**okta.options(MFAToken=code, LogLevel="TRACE", LogPath=str(log))))
    text = log.read_text()
    assert "signing in at Okta" in text
    assert not re.search(rf"\b{code}\b", text)
    for secret in (okta.password, "Pa55", "onetimetoken", "sid=", "stateToken", "PHNhbWxwO"):
        assert secret not in text
