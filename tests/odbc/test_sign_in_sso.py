"""Profiles of IAM Identity Center: keys with the token that "aws sso login" has left, which is shared
with botocore and the AWS CLI, renewed as they renew it, and written as they write it."""

from __future__ import annotations

import datetime
import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import odbc
import pytest
from botocore.tokens import _sso_json_dumps
from botocore.utils import JSONFileCache, SSOTokenLoader
from emulator_process import EmulatorProcess

START_URL = "https://local.awsapps.com/start"
ROLE = "arn:aws:iam::123456789012:role/AthenaLocal"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
NOWHERE = "http://127.0.0.1:9"
PROFILES = f"""\
[sso-session corp]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile new]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = AthenaLocalSso

[profile old]
sso_start_url = {START_URL}
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = AthenaLocalSso

[profile chained]
role_arn = {ROLE}
source_profile = new

[profile stranger]
sso_session = corp
sso_account_id = 210987654321
sso_role_name = AthenaLocalSso

[profile roleless]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = NotThere
"""


class Center:
    """The local IAM Identity Center, and the folder that the AWS CLI keeps its tokens in."""

    def __init__(self, athena: EmulatorProcess, home: Path):
        self.athena = athena
        self.folder = home / ".aws" / "sso" / "cache"
        self.oidc = boto3.client("sso-oidc", endpoint_url=f"{athena.url}/_local/sso-oidc",
                                 region_name="us-east-1")
        self.secrets: set[str] = set()

    def dial(self, **dials: Any) -> None:
        self.athena.control("POST", "sso", dials)

    def login(self, session: str | None = "corp", **changes: str | None) -> dict[str, Any]:
        """What "aws sso login" does, and leaves; changed as asked, None takes a field away."""
        self.dial(pending=0)
        client = self.oidc.register_client(clientName="test", clientType="public",
                                           scopes=["sso:account:access"],
                                           grantTypes=[DEVICE, "refresh_token"])
        known = {name: client[name] for name in ("clientId", "clientSecret")}
        device = self.oidc.start_device_authorization(**known, startUrl=START_URL)
        made = self.oidc.create_token(**known, grantType=DEVICE, deviceCode=device["deviceCode"])
        token = {"startUrl": START_URL, "region": "us-east-1", "accessToken": made["accessToken"],
                 "expiresAt": at(made["expiresIn"]), **known,
                 "registrationExpiresAt": at(client["clientSecretExpiresAt"] - time.time()),
                 "refreshToken": made["refreshToken"], **changes}
        token = {name: value for name, value in token.items() if value is not None}
        self.loader().save_token(START_URL, token, session)
        self.note(token)
        return token

    def loader(self) -> SSOTokenLoader:
        return SSOTokenLoader(JSONFileCache(str(self.folder), dumps_func=_sso_json_dumps))

    def file(self) -> Path:
        [found] = self.folder.iterdir()
        return found

    def token(self, session: str | None = "corp") -> dict[str, Any]:
        """As botocore reads it."""
        token = self.loader()(START_URL, session)
        self.note(token)
        return token

    def note(self, token: dict[str, Any]) -> None:
        self.secrets |= {token[name] for name in ("accessToken", "refreshToken", "clientSecret")
                         if name in token}

    def count(self, name: str) -> int:
        return self.athena.requests(name)


def at(seconds: float) -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    return (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def center(athena: EmulatorProcess, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Center:
    config = tmp_path / "config"
    config.write_text(PROFILES)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.setenv("HOME", str(tmp_path))
    return Center(athena, tmp_path)


def by_profile(center: Center, profile: str = "new", **more: str | None) -> dict[str, str | None]:
    url = center.athena.url
    return {"AuthenticationType": "IAM Profile", "AWSProfile": profile, "UID": None, "PWD": None,
            "SSOEndpointOverride": f"{url}/_local/sso",
            "SSOOIDCEndpointOverride": f"{url}/_local/sso-oidc", **more}


@pytest.fixture
def refused(center: Center, env: odbc.Env, connection_string: Callable) -> Callable:
    def refuse(**options: str | None) -> tuple[str, str]:
        connection = odbc.Connection(env)
        assert connection.connect(connection_string(**options)) == odbc.ERROR
        state, _, message = connection.diagnostics()[0]
        connection.check(connection.free())
        assert not any(secret in message for secret in center.secrets)
        return state, message

    return refuse


# ---- keys ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "session"), [("new", "corp"), ("old", None),
                                                  ("chained", "corp")])
def test_profile(center, connect: Callable, profile: str, session: str | None) -> None:
    center.login(session)
    before = center.file().read_bytes()
    assert odbc.answers(connect(**by_profile(center, profile)))
    assert center.count("sso.GetRoleCredentials") == 1
    assert center.count("sts.AssumeRole") == (profile == "chained")
    assert center.file().read_bytes() == before
    assert center.athena.stats()["signature_failures"] == 0


def test_default_chain(center, connect: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    center.login()
    monkeypatch.setenv("AWS_PROFILE", "new")
    assert odbc.answers(connect(**by_profile(center, None, AuthenticationType="Default Credentials")))
    assert center.count("sso.GetRoleCredentials") == 1


@pytest.mark.parametrize(("profile", "word"), [
    ("stranger", "no such role in that account"), ("roleless", "The role is not there")])
def test_role_is_not_given(center, refused: Callable, profile: str, word: str) -> None:
    center.login()
    state, message = refused(**by_profile(center, profile))
    assert state == "28000" and word in message and "asking IAM Identity Center for role" in message


def test_access_is_denied(center, refused: Callable) -> None:
    center.login()
    center.dial(denied=True)
    state, message = refused(**by_profile(center))
    assert state == "28000" and "No access" in message and "HTTP 403" in message


# ---- tokens ----------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", [
    None,  # nobody has logged in
    {"expiresAt": at(-5), "refreshToken": None},
    {"expiresAt": at(-5), "clientSecret": None},
    {"expiresAt": at(-5), "registrationExpiresAt": at(-5)},
    {"accessToken": None},
], ids=["none", "no refresh token", "no client", "client has ended", "no token"])
def test_token_that_is_of_no_use(center, refused: Callable, changes: dict | None) -> None:
    if changes is not None:
        center.login(**changes)
    made = center.count("sso-oidc.CreateToken")
    state, message = refused(**by_profile(center))
    assert state == "28000" and 'run "aws sso login --profile new"' in message
    assert center.count("sso-oidc.CreateToken") == made
    assert center.count("sso.GetRoleCredentials") == 0


def test_token_file_that_is_none(center, refused: Callable) -> None:
    center.login()
    center.file().write_text('{"accessToken": "half')
    state, message = refused(**by_profile(center))
    assert state == "28000" and "aws sso login" in message and "half" not in message


@pytest.mark.parametrize("seconds", [-5, 300])
def test_token_is_renewed(center, connect: Callable, seconds: int) -> None:
    """Shortly before its end, and after; what is written is what botocore would have written."""
    before = center.login(expiresAt=at(seconds))
    assert odbc.answers(connect(**by_profile(center)))
    text, token = center.file().read_text(), center.token()
    assert text == json.dumps(token) and list(token) == list(before)
    assert token["accessToken"] != before["accessToken"]
    assert token["refreshToken"] != before["refreshToken"]
    assert all(token[name] == before[name] for name in
               ("startUrl", "region", "clientId", "clientSecret", "registrationExpiresAt"))
    assert at(3000) < token["expiresAt"] <= at(3600)
    assert stat.S_IMODE(center.file().stat().st_mode) == 0o600


def test_answer_without_a_refresh_token(center, connect: Callable) -> None:
    before = center.login(expiresAt=at(-5))
    center.dial(gives_refresh_token=False, rotates=False)
    assert odbc.answers(connect(**by_profile(center)))
    assert center.token()["refreshToken"] == before["refreshToken"]


def test_refresh_token_is_refused(center, refused: Callable) -> None:
    center.login(expiresAt=at(-5))
    center.dial(forgets="all")
    state, message = refused(**by_profile(center))
    assert state == "28000" and "Invalid refresh token provided" in message
    assert "aws sso login --profile new" in message


def test_renewal_that_fails_while_the_token_works(center, connect: Callable) -> None:
    center.login(expiresAt=at(300))
    center.athena.faults({"service": "sso-oidc", "kind": "error5xx"})
    assert odbc.answers(connect(**by_profile(center, NumRetries="1")))
    assert center.count("sso-oidc.CreateToken") >= 2


def test_another_process_was_first(center, connect: Callable) -> None:
    """Its renewal has used the refresh token up; what it has written is found."""
    stale = center.login(expiresAt=at(-5))
    fresh = center.login()
    center.loader().save_token(START_URL, {**stale, "refreshToken": "used up"}, "corp")
    center.athena.faults({"service": "sso-oidc", "kind": "delay", "delay_ms": 3000})
    connection = connect(**by_profile(center, ConnectionTest="0"))
    s = odbc.Statement(connection, is_async=True)
    made = center.count("sso-oidc.CreateToken")
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    while center.count("sso-oidc.CreateToken") == made:
        time.sleep(0.02)
    center.loader().save_token(START_URL, fresh, "corp")
    s.check(s.poll(lambda: s.execute("SELECT 1")))
    assert center.token() == fresh


def test_portal_refuses_the_token(center, connect: Callable, refused: Callable) -> None:
    """A token may be revoked before its end: it is renewed once."""
    center.login()
    center.dial(forgets="access")
    assert odbc.answers(connect(**by_profile(center)))
    assert center.count("sso.GetRoleCredentials") == 2
    center.dial(forgets="all")
    state, message = refused(**by_profile(center, ApplicationName="another identity",
                                          Scope="another identity"))
    assert state == "28000" and "aws sso login" in message


# ---- together with botocore ------------------------------------------------------------------


@pytest.fixture
def session(center, monkeypatch: pytest.MonkeyPatch) -> Callable:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO", f"{center.athena.url}/_local/sso")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSO_OIDC", f"{center.athena.url}/_local/sso-oidc")
    # both have their default in a class, from the HOME of the beginning
    from botocore.credentials import SSOProvider
    from botocore.tokens import SSOTokenProvider
    for provider in (SSOProvider, SSOTokenProvider):
        monkeypatch.setattr(provider, "_SSO_TOKEN_CACHE_DIR", str(center.folder))

    def keys() -> Any:
        return boto3.Session(profile_name="new").get_credentials().get_frozen_credentials()

    return keys


def test_botocore_reads_what_the_driver_wrote(center, connect: Callable,
                                              session: Callable) -> None:
    center.login(expiresAt=at(-5))
    assert odbc.answers(connect(**by_profile(center)))
    mine = center.file().read_bytes()
    assert session().access_key.startswith("ASIA")
    assert center.file().read_bytes() == mine  # good, and left alone
    # and goes on where the driver has stopped
    center.loader().save_token(START_URL, {**center.token(), "expiresAt": at(5)}, "corp")
    assert session().access_key.startswith("ASIA")
    assert center.token()["accessToken"] not in mine.decode()


def test_driver_reads_what_botocore_wrote(center, connect: Callable, session: Callable) -> None:
    center.login(expiresAt=at(5))
    assert session().access_key.startswith("ASIA")
    theirs, made = center.file().read_text(), center.count("sso-oidc.CreateToken")
    assert odbc.answers(connect(**by_profile(center)))
    assert center.file().read_text() == theirs
    assert center.count("sso-oidc.CreateToken") == made
    # the same renewal by both: the same bytes but for what the service has made
    center.loader().save_token(START_URL, {**center.token(), "expiresAt": at(5)}, "corp")
    assert odbc.answers(connect(**by_profile(center, Scope="another identity")))
    mine = center.file().read_text()
    for name in ("accessToken", "refreshToken", "expiresAt"):
        theirs = theirs.replace(json.loads(theirs)[name], json.loads(mine)[name])
    assert mine == theirs


# ---- trouble, sharing, refreshing --------------------------------------------------------------


@pytest.mark.parametrize(("option", "token"), [("SSOEndpointOverride", 3600),
                                               ("SSOOIDCEndpointOverride", -5)])
def test_nobody_is_there(center, refused: Callable, option: str, token: int) -> None:
    center.login(expiresAt=at(token))
    state, message = refused(**by_profile(center, NumRetries="0", **{option: NOWHERE}))
    assert state == "08001" and "IAM Identity Center" in message and "127.0.0.1" in message


def test_trouble_that_passes(center, connect: Callable) -> None:
    center.login(expiresAt=at(-5))
    center.athena.faults({"service": "sso-oidc", "kind": "error5xx", "count": 1},
                         {"service": "sso", "kind": "throttle", "count": 1},
                         {"service": "sso", "kind": "error5xx", "skip": 1, "count": 1})
    assert odbc.answers(connect(**by_profile(center)))
    assert sum(center.athena.stats()["faults"].values()) == 3


def test_one_sign_in_for_all_connections(center, connect: Callable) -> None:
    center.login(expiresAt=at(-5))
    made = center.count("sso-oidc.CreateToken")
    connections = [connect(**by_profile(center)) for _ in range(20)]
    assert odbc.answers(connections[-1])
    assert center.count("sso.GetRoleCredentials") == 1
    assert center.count("sso-oidc.CreateToken") == made + 1


def test_keys_that_end_are_replaced(center, connect: Callable) -> None:
    center.login()
    center.dial(role_s=62.5)
    statement = odbc.Statement(connect(**by_profile(center)))
    assert statement.query("SELECT 1") == [("1",)]
    time.sleep(2.6)
    assert statement.query("SELECT 2") == [("2",)]
    assert center.count("sso.GetRoleCredentials") >= 2


def test_keys_are_replaced_in_the_middle_of_a_download(center, connect: Callable) -> None:
    """Each row comes exactly once; the token is renewed for the new keys on the way."""
    center.login(expiresAt=at(8))
    center.dial(role_s=63, token_s=8)
    center.athena.faults({"service": "s3", "operation": "GetObject", "kind": "delay",
                          "delay_ms": 300})
    s = odbc.Statement(connect(**by_profile(center, ResultFetcher="S3", DownloadConnections="1",
                                            DownloadWindow=str(1 << 20))))
    s.check(s.execute("SELECT x, lpad('', 400, 'y') FROM UNNEST(sequence(1, 8000)) AS t(x) ORDER BY x"))
    first = center.count("sso.GetRoleCredentials")
    time.sleep(3.5)
    rows = [int(s.text(1)) for _ in iter(s.fetch, odbc.NO_DATA)]
    assert rows == list(range(1, 8001))
    assert center.count("sso.GetRoleCredentials") > first


def test_cancelled_while_waiting(center, connect: Callable) -> None:
    center.login()
    center.athena.faults({"service": "sso", "kind": "delay", "delay_ms": 20000})
    s = odbc.Statement(connect(**by_profile(center, ConnectionTest="0")), is_async=True)
    assert s.execute("SELECT 1") == odbc.STILL_EXECUTING
    s.check(s.cancel())
    s.check(s.poll(lambda: s.execute("SELECT 1")), odbc.ERROR)
    assert s.states() == ["HY008"]
    center.athena.faults()


@pytest.mark.usefixtures("no_log")
def test_log_holds_no_secret(center, connect: Callable, tmp_path: Path) -> None:
    center.login(expiresAt=at(-5))
    center.athena.faults({"service": "sso", "kind": "error5xx", "count": 1})
    log = tmp_path / "log"
    assert odbc.answers(connect(**by_profile(center, LogLevel="TRACE", LogPath=str(log))))
    center.token()
    text = log.read_text()
    assert "the token was renewed" in text and len(center.secrets) == 5
    assert not any(secret in text for secret in center.secrets)
    assert os.listdir(center.folder) == [center.file().name]  # and nothing is left behind
