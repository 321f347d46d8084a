"""BrowserOidcTip: a person at an OpenID Connect provider, then through IAM Identity Center to keys that
name them."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import known_secrets
import odbc
import pytest
from browser import Person
from emulator_process import EmulatorProcess
from test_sign_in_browser import (cached, free_port, idp, listens, open_one_browser,  # noqa: F401
                                  person, refused, site)

ROLE = "arn:aws:iam::123456789012:role/"
APPLICATION = "arn:aws:sso::123456789012:application/ssoins-0123456789abcdef/apl-0123456789abcdef"
WORKGROUP = "arn:aws:athena:us-east-1:123456789012:workgroup/people"
CLIENT_SECRET = "oidc;s3cret{with}odd=characters"
OIDC = ("identity.OidcDiscovery", "identity.OidcLogin", "identity.OidcToken")
KEYS = "sts.AssumeRole"


def by_oidc(idp: EmulatorProcess, dials: dict[str, Any] | None = None,  # noqa: F811
            **more: Any) -> dict[str, Any]:
    at = site(idp)
    idp.control("POST", "identity", {"oidc": dials or {}})
    return {"AuthenticationType": "BrowserOidcTip", "UID": None, "PWD": None,
            "IdpWellKnownConfigurationUrl":
                f"https://{at['host']}:{at['port']}/oidc/.well-known/openid-configuration",
            "client_id": "athena-local", "WorkGroupArn": WORKGROUP, "Workgroup": "people",
            "ApplicationRoleArn": ROLE + "AthenaLocalApplication", "listen_port": str(free_port()),
            "SSOOIDCEndpointOverride": idp.url + "/_local/tip/oidc",
            "SSOAdminEndpointOverride": idp.url + "/_local/tip/sso",
            "TrustedCerts": at["ca_file"], **more}


def counts(idp: EmulatorProcess) -> list[int]:  # noqa: F811
    counted = idp.stats()["requests"]
    return [counted.get(name, 0) for name in (*OIDC, KEYS)]


@pytest.mark.parametrize("more", [
    {}, {"Scope": "openid"}, {"client_secret": CLIENT_SECRET}, {"listen_port": "0"},
    {"CustomerIdcApplicationArn": APPLICATION, "AccessRoleArn": ROLE + "AthenaLocalAccess",
     "WorkGroupArn": None}], ids=str)
def test_signs_in(more: dict[str, str], idp, person: Person, connect: Callable) -> None:  # noqa: F811
    given = by_oidc(idp, {"needs_secret": "client_secret" in more}, **more)
    assert odbc.answers(connect(**given))
    assert counts(idp) == [1, 1, 1, 1] and person.ended() == [200]
    asked = urllib.parse.parse_qs(person.opened()[0].partition("?")[2])
    assert asked["scope"] == [more.get("Scope", "openid email offline_access")]
    assert asked["code_challenge_method"] == ["S256"] and len(asked["nonce"][0]) == 43
    assert "client_secret" not in asked


def test_profile_with_the_plugin(idp, person: Person, connect: Callable,  # noqa: F811
                                 tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = by_oidc(idp)
    mine = {name: given.pop(name) for name in ("IdpWellKnownConfigurationUrl", "client_id",
                                               "ApplicationRoleArn", "listen_port")}
    del given["AuthenticationType"]
    config = tmp_path / "config"
    config.write_text("[profile p]\nplugin_name = BrowserOidcTip\n"
                      + "".join(f"{k} = {v}\n" for k, v in mine.items()))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert odbc.answers(connect(**given, AuthenticationType="IAM Profile", AWSProfile="p"))
    assert counts(idp) == [1, 1, 1, 1]


@pytest.mark.parametrize(("dials", "word"), [
    ({"denies": True}, "access_denied: The resource owner denied it."),
    ({"nonce": "another"}, "another nonce"),
    ({"needs_secret": True}, "The client is not known"),
    ({"lasts_s": -1}, "xpired"),
])
def test_refused(dials: dict[str, Any], word: str, idp, person: Person,  # noqa: F811
                 env: odbc.Env, connection_string: Callable) -> None:
    given = by_oidc(idp, dials)
    state, message = refused(env, connection_string(**given))
    assert state == "28000" and word in message, message
    assert not listens(int(given["listen_port"]))


def test_wrong_state(idp, person: Person, env: odbc.Env,  # noqa: F811
                     connection_string: Callable) -> None:
    given = by_oidc(idp, {"state": "another"}, IdpResponseTimeout="3")
    state, message = refused(env, connection_string(**given))
    assert state == "HYT00" and "IdpResponseTimeout" in message and "state" in message
    assert person.ended() == [400] and counts(idp)[2:] == [0, 0]


@pytest.mark.parametrize(("option", "value", "state", "word"), [
    ("IdpWellKnownConfigurationUrl", "http://127.0.0.1:9/x", "HY024", "https"),
    ("IdpWellKnownConfigurationUrl", "https://127.0.0.1:9/x", "08001", "WellKnown"),
    ("IdpWellKnownConfigurationUrl", None, "28000", "IdpWellKnownConfigurationUrl"),
    ("client_id", None, "28000", "client_id"),
    ("ApplicationRoleArn", None, "28000", "ApplicationRoleArn"),
    ("Scope", "email openid2", "HY024", "openid"),
])
def test_option(option: str, value: str | None, state: str, word: str, idp,  # noqa: F811
                person: Person, env: odbc.Env, connection_string: Callable) -> None:
    given = {**by_oidc(idp, NumRetries="0"), option: value}
    got, message = refused(env, connection_string(**given))
    assert got == state and word in message, message
    assert not person.opened()


def test_what_is_no_document(idp, person: Person, env: odbc.Env,  # noqa: F811
                             connection_string: Callable) -> None:
    given = by_oidc(idp)
    url = given["IdpWellKnownConfigurationUrl"]
    for wrong, word in ((url.replace("/.well-known", "/well-known"), ".well-known"),
                        (url.partition("/.well")[0] + "/keys", "discovery document")):
        state, message = refused(env, connection_string(
            **{**given, "IdpWellKnownConfigurationUrl": wrong}))
        assert state == "28000" and word in message, message


def renew(idp: EmulatorProcess, connection: odbc.Connection, value: int) -> None:  # noqa: F811
    """A query whose keys are refused as ended, so that there must be new ones."""
    idp.faults({"service": "athena", "kind": "expired_credentials", "count": 1})
    assert odbc.Statement(connection).query(f"SELECT {value}") == [(str(value),)]


def test_context_is_used_again(idp, person: Person, connect: Callable) -> None:  # noqa: F811
    connection = connect(**by_oidc(idp))
    renew(idp, connection, 2)
    assert counts(idp) == [1, 1, 1, 2] and len(person.opened()) == 1


def test_refresh_token(idp, person: Person, connect: Callable) -> None:  # noqa: F811
    """The identity context has ended, and nobody is asked: there is a new id token."""
    idp.control("POST", "tip", {"lasts_s": 30})
    connection = connect(**by_oidc(idp))
    renew(idp, connection, 2)
    renew(idp, connection, 3)
    assert counts(idp) == [3, 1, 3, 3] and len(person.opened()) == 1


@pytest.mark.parametrize("dials", [{"takes_refresh": False}, {"gives_refresh": False}])
def test_without_a_refresh_token(dials: dict[str, Any], idp, person: Person,  # noqa: F811
                                 connect: Callable) -> None:
    idp.control("POST", "tip", {"lasts_s": 30})
    connection = connect(**by_oidc(idp, dials))
    renew(idp, connection, 2)
    assert len(person.opened()) == 2


def test_many_connections(idp, person: Person, connect: Callable,  # noqa: F811
                          tmp_path: Path) -> None:
    given = by_oidc(idp, ConnectionTest="0")
    open_one_browser([connect(**given) for _ in range(10)], person, tmp_path / "go")
    assert counts(idp) == [1, 1, 1, 1]


def test_cancelled(idp, person: Person, connect: Callable) -> None:  # noqa: F811
    person.does(signs_in=False)
    given = by_oidc(idp, ConnectionTest="0")
    s = odbc.Statement(connect(**given), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    person.wait_until_opened()
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    person.does(signs_in=True)
    s.check(s.poll(lambda: s.execute("SELECT 2")))
    assert len(person.opened()) == 2


@pytest.mark.parametrize(("cache", "visits"), [("1", 1), ("0", 2), (None, 2)])
def test_file_cache(cache: str | None, visits: int, idp, person: Person,  # noqa: F811
                    env: odbc.Env, connection_string: Callable, tmp_path: Path,
                    monkeypatch: pytest.MonkeyPatch) -> None:
    given = connection_string(**by_oidc(idp, JwtTipFileCache=cache))
    for name in ("first", "second"):
        monkeypatch.setenv("AWS_ROLE_SESSION_NAME", name)  # they have no identity in common
        connection = odbc.Connection(env)
        connection.check(connection.connect(given), odbc.SUCCESS, odbc.INFO)
        assert odbc.answers(connection)
        connection.disconnect()
        connection.check(connection.free())
    assert len(person.opened()) == visits
    assert [f.name.partition("-")[0] for f in cached(tmp_path)] == (
        ["BrowserOidcTip"] if cache == "1" else [])


@pytest.mark.usefixtures("no_log")
def test_log_holds_no_secret(idp, person: Person, connect: Callable,  # noqa: F811
                             tmp_path: Path) -> None:
    log = tmp_path / "log"
    known_secrets.add("client secret", CLIENT_SECRET)
    given = by_oidc(idp, {"needs_secret": True}, client_secret=CLIENT_SECRET, LogLevel="TRACE",
                    LogPath=str(log))
    assert odbc.answers(connect(**given))
    asked = urllib.parse.parse_qs(person.opened()[0].partition("?")[2])
    text = log.read_text()
    assert "waiting at http://localhost:" in text
    for secret in (CLIENT_SECRET, asked["state"][0], asked["nonce"][0], "eyJ",
                   site(idp)["person"]["password"]):
        assert secret not in text
