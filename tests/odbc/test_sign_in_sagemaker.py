"""SageMakerIam and SageMakerBrowserIdc: the keys of a project of SageMaker Unified Studio."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import odbc
import pytest
from browser_desk import Desk, refusal
from emulator_process import ACCESS_KEY, SECRET_KEY, EmulatorProcess

DOMAIN, PROJECT = "dzd_localathena0001", "localproject01"
LIST, GET = "datazone.ListConnections", "datazone.GetConnection"
REDEEM = "datazone.RedeemAccessToken"
NOWHERE = "http://127.0.0.1:9"


def project(athena: EmulatorProcess, **more: str | None) -> dict[str, str | None]:
    """SageMakerIam; UID and PWD are those of every connection string here."""
    return {"AuthenticationType": "SageMakerIam", "SageMakerDomainId": DOMAIN,
            "SageMakerProjectId": PROJECT, "SageMakerDomainRegion": "us-east-1",
            "SageMakerEndpointOverride": f"{athena.url}/_local/datazone", **more}


def by_person(desk: Desk, **more: str | None) -> dict[str, str | None]:
    return desk.options(**{**project(desk.athena), "AuthenticationType": "SageMakerBrowserIdc",
                           "sso_oidc_account_id": None, "sso_oidc_role_name": None,
                           "sso_oidc_cache": None, **more})


@pytest.fixture
def desk(athena: EmulatorProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(athena, tmp_path, monkeypatch)


@pytest.fixture
def refused(env: odbc.Env, connection_string: Callable) -> Callable:
    return lambda **options: refusal(env, connection_string(**options))


def dial(athena: EmulatorProcess, **dials: Any) -> None:
    athena.control("POST", "datazone", dials)


def counts(athena: EmulatorProcess) -> list[int]:
    return [athena.requests(name) for name in (REDEEM, LIST, GET)]


# ---- with keys -------------------------------------------------------------------------------


def test_given_keys(athena, connect: Callable) -> None:
    connection = connect(**project(athena))
    assert odbc.answers(connection)
    assert counts(athena) == [0, 1, 1] and athena.stats()["signature_failures"] == 0


def test_default_chain(athena, connect: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    assert odbc.answers(connect(**project(athena, UID=None, PWD=None)))


def test_default_chain_that_runs_a_program(athena, connect: Callable, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """Two ways to credentials, one behind the other, and a role between them."""
    keys = tmp_path / "keys"
    keys.write_text(f'{{"Version": 1, "AccessKeyId": "{ACCESS_KEY}", '
                    f'"SecretAccessKey": "{SECRET_KEY}"}}')
    config = tmp_path / "config"
    config.write_text(f"[default]\nrole_arn = arn:aws:iam::123456789012:role/AthenaLocal\n"
                      f"source_profile = program\n[profile program]\n"
                      f"credential_process = cat {keys}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(**project(athena, UID=None, PWD=None)))
    assert athena.requests("sts.AssumeRole") == 1 and counts(athena) == [0, 1, 1]


def test_profile_with_this_plugin(athena, connect: Callable, tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    named = {name: value for name, value in project(athena).items()
             if name.startswith("SageMaker") and name != "SageMakerEndpointOverride"}
    config.write_text("[profile studio]\nplugin_name = SageMakerIam\n" + "".join(
        f"{name} = {value}\n" for name, value in named.items()))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    changes = {name: None for name in named} | {"AuthenticationType": "IAM Profile",
                                                "AWSProfile": "studio"}
    assert odbc.answers(connect(**project(athena, **changes)))
    assert counts(athena) == [0, 1, 1]


@pytest.mark.parametrize(("dials", "pages"), [
    ({"empty_pages": 2}, 3),
    ({"connections": [["other", "ATHENA"], ["project.athena", "ATHENA"]]}, 1),
    ({"connections": [["other", "ATHENA"]]}, 1)])
def test_connection_is_found(athena, connect: Callable, dials: dict, pages: int) -> None:
    dial(athena, **dials)
    assert odbc.answers(connect(**project(athena)))
    assert counts(athena) == [0, pages, 1]


@pytest.mark.parametrize(("changes", "dials", "word"), [
    ({}, {"connections": [["project.iam", "IAM"]]}, "there is none"),
    ({}, {"gives_keys": False}, "has no keys"),
    ({"SageMakerProjectId": "another"}, {}, "member of the project"),
    ({"SageMakerDomainId": "dzd_another"}, {}, "not permitted"),
    ({"PWD": "wrong-secret-of-somebody"}, {}, "signature"),
    ({"PWD": None}, {}, "no PWD"),
    ({"SageMakerDomainId": None}, {}, "SageMakerDomainId"),
    ({"SageMakerProjectId": None}, {}, "SageMakerProjectId"),
    ({"SageMakerDomainRegion": None}, {}, "SageMakerDomainRegion")])
def test_keys_that_are_not_given(athena, refused: Callable, changes: dict,
                                 dials: dict, word: str) -> None:
    dial(athena, **dials)
    state, message = refused(**project(athena, **changes))
    assert state == "28000" and word in message and SECRET_KEY not in message


def test_region_that_is_none(athena, refused: Callable) -> None:
    state, message = refused(**project(athena, SageMakerDomainRegion="Here"))
    assert state == "HY024" and "SageMakerDomainRegion" in message and "Here" in message


def test_no_keys_at_all(athena, refused: Callable) -> None:
    state, message = refused(**project(athena, UID=None, PWD=None))
    assert state == "28000" and "default credentials" in message


def test_nobody_is_there(athena, refused: Callable) -> None:
    state, message = refused(**project(athena, NumRetries="0", SageMakerEndpointOverride=NOWHERE))
    assert state == "08001" and "SageMaker" in message


def test_trouble_that_passes(athena, connect: Callable) -> None:
    athena.faults({"service": "datazone", "kind": "throttle", "count": 1},
                  {"service": "datazone", "kind": "error5xx", "skip": 1, "count": 1})
    assert odbc.answers(connect(**project(athena)))
    assert sum(athena.stats()["faults"].values()) == 2


def test_clock_that_is_off(athena, connect: Callable) -> None:
    dial(athena, keys_s=4 * 3600)
    athena.faults({"kind": "clock_skew", "offset_ms": 3_600_000})
    assert odbc.answers(connect(**project(athena)))


def test_keys_that_end_are_replaced(athena, connect: Callable) -> None:
    dial(athena, keys_s=62.5)
    statement = odbc.Statement(connect(**project(athena)))
    assert statement.query("SELECT 1") == [("1",)]
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert counts(athena)[2] >= 2


def test_one_sign_in_for_all_connections(athena, connect: Callable) -> None:
    connections = [connect(**project(athena)) for _ in range(10)]
    assert odbc.answers(connections[-1]) and counts(athena) == [0, 1, 1]


def test_cancelled_while_waiting(athena, connect: Callable) -> None:
    athena.faults({"service": "datazone", "kind": "delay", "delay_ms": 20000})
    s = odbc.Statement(connect(**project(athena, ConnectionTest="0")), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    athena.faults()


# ---- with a person ---------------------------------------------------------------------------


@pytest.mark.parametrize("flow", ["code", "device"])
def test_person(desk, connect: Callable, flow: str) -> None:
    assert odbc.answers(connect(**by_person(desk, sso_oidc_flow=flow)))
    assert counts(desk.athena) == [1, 1, 1] and len(desk.visits()) == (flow == "code")
    assert desk.count("sso.GetRoleCredentials") == 0
    assert not (desk.home / ".athena-odbc").exists()  # its cache is off unless asked for


def test_next_process(desk, env: odbc.Env, connection_string: Callable) -> None:
    text = connection_string(**by_person(desk, sso_oidc_cache="1"))
    for _ in range(2):
        connection = odbc.Connection(env)
        connection.check(connection.connect(text), odbc.SUCCESS, odbc.INFO)
        connection.check(connection.disconnect())
        connection.check(connection.free())
    assert len(desk.visits()) == 1 and counts(desk.athena) == [1, 1, 1]


def test_keys_are_renewed_without_a_person(desk, connect: Callable) -> None:
    """Also when the token has been revoked, as long as it can be renewed."""
    dial(desk.athena, keys_s=62.5)
    statement = odbc.Statement(connect(**by_person(desk)))
    assert statement.query("SELECT 1") == [("1",)]
    desk.dial(forgets="access")
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert len(desk.visits()) == 1 and counts(desk.athena)[0] == 3  # refused once between


@pytest.mark.parametrize(("dials", "changes", "word"), [
    ({"is_activated": False}, {}, "opened that studio once"),
    ({}, {"SageMakerDomainId": "dzd_another"}, "SageMakerDomainId"),
    ({}, {"SageMakerProjectId": "another"}, "member of the project"),
    ({}, {"sso_oidc_start_url": None}, "sso_oidc_start_url")])
def test_person_is_not_let_in(desk, refused: Callable, dials: dict, changes: dict,
                              word: str) -> None:
    dial(desk.athena, **dials)
    state, message = refused(**by_person(desk, **changes))
    assert state == "28000" and word in message


@pytest.mark.parametrize("option", ["SageMakerEndpointOverride", "SSOOIDCEndpointOverride"])
def test_override_that_leads_nowhere(desk, refused: Callable, option: str) -> None:
    """An error at once, and no hang."""
    state, _ = refused(**by_person(desk, NumRetries="0", **{option: NOWHERE}))
    assert state == "08001"
