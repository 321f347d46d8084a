"""External Credentials, and what every way by a SAML assertion has: roles, Lake Formation, plug-ins."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from emulator_process import EmulatorProcess

PROGRAM = Path(__file__).with_name("saml_login.py")
ROLE = "arn:aws:iam::123456789012:role/AthenaLocalSaml"
SHORT_ROLE = "arn:aws:iam::123456789012:role/AthenaLocalSamlShort"
STS = "sts.AssumeRoleWithSAML"
LAKE_FORMATION = "lakeformation.AssumeDecoratedRoleWithSAML"


@pytest.fixture
def idp(athena: EmulatorProcess) -> EmulatorProcess:
    athena.control("POST", "identity", {})
    yield athena
    athena.control("POST", "identity", {})


def arguments(idp: EmulatorProcess, password: str | None = None) -> str:
    at = idp.control("GET", "identity")
    person = at["person"]
    return shlex.join([str(PROGRAM),
                       f"https://{at['host']}:{at['port']}/adfs/ls/IdpInitiatedSignOn.aspx"
                       "?loginToRp=urn:amazon:webservices",
                       at["ca_file"], person["user"], password or person["password"]])


def external(idp: EmulatorProcess, password: str | None = None, **more: Any) -> dict[str, Any]:
    return {"AuthenticationType": "External Credentials", "UID": None, "PWD": None,
            "ExecutablePath": sys.executable, "ArgumentList": arguments(idp, password), **more}


def refused(env: odbc.Env, text: str) -> tuple[str, str]:
    state, _, message = odbc.refusal(env, text)
    return state, message


def test_a_program_signs_in(idp, connect: Callable) -> None:
    assert odbc.answers(connect(**external(idp)))
    assert idp.requests(STS) == 1
    assert idp.stats()["signature_failures"] == 0


def test_connections_share_what_it_found(idp, connect: Callable) -> None:
    given = external(idp)
    assert all([odbc.answers(connect(**given)) for _ in range(5)])
    assert idp.requests(STS) == 1


def test_name_in_braces_and_any_case(idp, connect: Callable) -> None:
    assert odbc.answers(connect(**external(idp, AuthenticationType="external credentials")))


@pytest.mark.parametrize("role", [ROLE, SHORT_ROLE])
def test_preferred_role(idp, connect: Callable, role: str) -> None:
    idp.control("POST", "identity",
                {"claim": {"roles": ["AthenaLocalSaml", "AthenaLocalSamlShort"]}})
    assert odbc.answers(connect(**external(idp, preferred_role=role)))


def test_role_that_is_not_offered(idp, env: odbc.Env, connection_string: Callable) -> None:
    state, message = refused(env, connection_string(**external(idp, preferred_role=ROLE + "x")))
    assert state == "28000" and "preferred_role" in message and ROLE in message
    assert idp.requests(STS) == 0


@pytest.mark.parametrize(("claim", "more", "word"), [
    ({"audience": "urn:somebody:else"}, {}, "trust policy"),
    ({"valid_s": -1}, {}, "xpired"),
    ({"signature": "broken"}, {}, "ignature"),
    ({"roles": ["NoSuchRole"]}, {}, "Not authorized"),
    ({"roles": ["AthenaLocalSamlShort"]}, {"duration": "43200"}, "duration"),
    ({"status": "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"}, {}, "signing in has failed"),
    ({"roles": []}, {}, "names no role"),
])
def test_assertion_that_is_refused(idp, env: odbc.Env, connection_string: Callable, claim: dict,
                                   more: dict, word: str) -> None:
    idp.control("POST", "identity", {"claim": claim})
    state, message = refused(env, connection_string(**external(idp, **more)))
    assert state == "28000" and word in message, message


def test_wrong_password_is_what_the_program_says(idp, env: odbc.Env,
                                                 connection_string: Callable) -> None:
    state, message = refused(env, connection_string(**external(idp, password="wr0ng-passw0rd")))
    assert state == "28000" and "no SAML response: wrong password?" in message
    assert "wr0ng-passw0rd" not in message


@pytest.mark.parametrize(("program", "list_", "word"), [
    ("/nowhere/program", "", "No such file"),
    ("/bin/true", "", "printed nothing"),
    ("/bin/echo", "hello", "no SAML response"),
    ("/bin/echo", "'open", "never closed"),
])
def test_program_that_is_no_help(idp, env: odbc.Env, connection_string: Callable, program: str,
                                 list_: str, word: str) -> None:
    state, message = refused(env, connection_string(
        **external(idp, ExecutablePath=program, ArgumentList=list_ or None)))
    assert state == "28000" and word in message, message


def test_without_a_program(env: odbc.Env, connection_string: Callable) -> None:
    state, message = refused(env, connection_string(AuthenticationType="External Credentials"))
    assert state == "28000" and "ExecutablePath" in message


def test_sts_is_down(idp, env: odbc.Env, connection_string: Callable) -> None:
    state, message = refused(env, connection_string(
        **external(idp, StsEndpointOverride="http://127.0.0.1:9", NumRetries="1")))
    assert state == "08001" and ROLE in message


def test_sts_recovers(idp, connect: Callable) -> None:
    idp.faults({"service": "sts", "kind": "error5xx", "count": 2})
    assert odbc.answers(connect(**external(idp)))


def test_login_time_out_ends_a_program_that_hangs(idp, env: odbc.Env,
                                                  connection_string: Callable) -> None:
    began = time.monotonic()
    state, message = refused(env, connection_string(
        **external(idp, ExecutablePath="/bin/sleep", ArgumentList="1000", LoginTimeout="1")))
    assert state == "HYT00" and time.monotonic() - began < 30, message


# ---- Lake Formation ----------------------------------------------------------------------------


def test_lake_formation(idp, connect: Callable) -> None:
    given = external(idp, LakeformationEnabled="1", LakeFormationEndpointOverride=idp.url)
    assert odbc.answers(connect(**given))
    assert idp.requests(LAKE_FORMATION) == 1
    assert idp.requests(STS) == 0


def test_lake_formation_denies(idp, env: odbc.Env, connection_string: Callable) -> None:
    idp.control("POST", "identity", {"claim": {"roles": ["NoSuchRole"]}})
    state, message = refused(env, connection_string(
        **external(idp, LakeformationEnabled="1", LakeFormationEndpointOverride=idp.url)))
    assert state == "28000" and "NoSuchRole" in message


# ---- plug-ins of profiles ----------------------------------------------------------------------


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    def make(**keys: str) -> dict[str, Any]:
        config = tmp_path / "config"
        lines = "".join(f"{key} = {value}\n" for key, value in keys.items())
        config.write_text(f"[profile saml]\n{lines}")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        return {"AuthenticationType": "IAM Profile", "AWSProfile": "saml", "UID": None, "PWD": None}

    return make


def test_plugin_of_a_profile(idp, connect: Callable, profile: Callable) -> None:
    idp.control("POST", "identity",
                {"claim": {"roles": ["NoSuchRole", "AthenaLocalSaml"]}})
    given = profile(plugin_name="External Credentials", ExecutablePath=sys.executable,
                    ArgumentList=arguments(idp), preferred_role=ROLE)
    assert odbc.answers(connect(**given))


def test_connection_wins_over_the_profile(idp, connect: Callable, profile: Callable) -> None:
    given = profile(plugin_name="External Credentials", ExecutablePath="/nowhere/program",
                    argumentlist=arguments(idp))
    assert odbc.answers(connect(**given, ExecutablePath=sys.executable))


def test_plugin_that_the_connection_names(idp, connect: Callable, profile: Callable) -> None:
    given = profile(ExecutablePath=sys.executable, ArgumentList=arguments(idp))
    assert odbc.answers(connect(**given, plugin_name="External Credentials"))


@pytest.mark.parametrize(("keys", "word"), [
    ({"plugin_name": "Telepathy"}, "Telepathy"),
    ({"plugin_name": "IAM Profile"}, "cannot be a plug-in"),
    ({"plugin_name": "External Credentials"}, "ExecutablePath"),
    ({"plugin_name": "External Credentials", "ExecutablePath": "/x", "SSL_Insecure": "perhaps"},
     "SSL_Insecure"),
])
def test_plugin_that_makes_no_sense(athena: EmulatorProcess, env: odbc.Env,
                                    connection_string: Callable, profile: Callable, keys: dict,
                                    word: str) -> None:
    state, message = refused(env, connection_string(**profile(**keys)))
    assert state in ("28000", "HY024") and word in message and "saml" in message, message
