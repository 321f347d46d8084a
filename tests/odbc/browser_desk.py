"""A machine that a person sits at, who signs in at the local IAM Identity Center."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import odbc
import pytest
from browser import Person
from emulator_process import EmulatorProcess

START_URL = "https://local.awsapps.com/start"
PASSWORD = "correct horse battery staple"
PERSON = {"username": "somebody", "password": PASSWORD}


class Desk:
    """The machine that a person sits at: its home folder, its browser."""

    def __init__(self, athena: EmulatorProcess, home: Path, monkeypatch: pytest.MonkeyPatch):
        self.athena, self.home = athena, home
        self.person = Person(home, PERSON["username"], PASSWORD, None)
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("BROWSER", str(self.person.program))

    def visits(self) -> list[str]:
        """The pages that the person's browser was sent to, without what it was told to say there."""
        return [url.partition("?")[0] for url in self.person.opened()]

    def dial(self, **dials: Any) -> None:
        self.athena.control("POST", "sso", dials)

    def options(self, **more: str | None) -> dict[str, str | None]:
        url = self.athena.url
        return {"AuthenticationType": "BrowserSSOOIDC", "UID": None, "PWD": None,
                "sso_oidc_start_url": START_URL, "sso_oidc_region": "us-east-1",
                "sso_oidc_account_id": "123456789012", "sso_oidc_role_name": "AthenaLocalSso",
                "sso_oidc_cache": "0", "listen_port": "0", "SSOEndpointOverride": f"{url}/_local/sso",
                "SSOOIDCEndpointOverride": f"{url}/_local/sso-oidc", **more}

    def count(self, name: str) -> int:
        return self.athena.requests(name)


def refusal(env: odbc.Env, text: str) -> tuple[str, str]:
    state, _, message = odbc.refusal(env, text)
    return state, message
