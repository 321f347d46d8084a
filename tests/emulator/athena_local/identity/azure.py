"""Entra ID (Azure AD), the v1.0 endpoint: SAML assertions for a password, or for a browser's code.

    GET, POST /azure/TENANT/oauth2/authorize    the page, and what is typed into it
    POST      /azure/TENANT/oauth2/token        grant_type password, authorization_code
"""

from __future__ import annotations

import base64
import dataclasses
import re
import time

from ..wire import Answer, Call
from . import saml
from .person import Doorkeeper
from .redirecting import Codes, as_json, is_loopback, lead_back, login_form
from .system import System

PATH = re.compile(r"/azure/([^/]+)/oauth2/(authorize|token)")
TENANT = "5e1f0000-0000-4000-8000-00000000f00d"
CLIENT_ID = "c11e0000-0000-4000-8000-0000000000a1"
CLIENT_SECRET = "az~s3cret+for/the=application"
SAML_TOKEN = "urn:ietf:params:oauth:token-type:saml2"


@dataclasses.dataclass
class Dials:
    """As set by POST /_local/identity, member azure."""

    needs_mfa: bool = False  # a password alone will not do
    denies: bool = False  # the person refuses to consent
    state: str | None = None  # what is said instead of the state that was given
    gives: str = "saml"  # "jwt": a token of another kind


class AzureError(Exception):
    def __init__(self, error: str, number: int, text: str, status: int = 400):
        super().__init__(text)
        self.error, self.number, self.text, self.status = error, number, text, status


class Azure(System):
    name = "azure"
    dials_type = Dials

    def __init__(self, door: Doorkeeper, issuer: saml.Issuer):
        super().__init__(door, issuer)
        self._codes = Codes()

    def operation(self, call: Call) -> str | None:
        found = PATH.fullmatch(call.raw_path)
        if found is None:
            return None
        if found[2] == "token":
            return "AzureToken"
        return "AzureLogin" if call.method == "POST" else "AzureAuthorize"

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        try:
            if PATH.fullmatch(call.raw_path)[1] != TENANT:
                raise AzureError("invalid_request", 90002, "Tenant not found. Check to make sure "
                                 "you have the correct tenant ID.")
            if call.operation == "AzureToken":
                return self._token(fields)
            return self._authorize(call, fields)
        except AzureError as error:
            stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime())
            text = f"AADSTS{error.number}: {error.text}\r\nTrace ID: {call.request_id}\r\n{stamp}"
            return as_json({"error": error.error, "error_description": text,
                            "error_codes": [error.number]}, error.status,
                           f"AADSTS{error.number}")

    def _authorize(self, call: Call, fields: dict[str, str]) -> Answer:
        asked = call.params
        self._check_client(asked.get("client_id", ""))
        if not is_loopback(asked.get("redirect_uri", "")):
            raise AzureError("invalid_request", 50011, "The redirect URI does not match.")
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            raise AzureError("invalid_request", 900144, "A parameter is missing.")
        if call.operation == "AzureAuthorize":
            return login_form(call)
        if self._door.judge(fields.get("username", ""), fields.get("password", "")) != "in":
            return login_form(call, "Your account or password is incorrect.")
        back = {"state": asked.get("state", "") if self.dials.state is None else self.dials.state}
        if self.dials.denies:
            back.update(error="access_denied", error_description="AADSTS65004: User declined to "
                        "consent to access the app.\r\nTrace ID: 1")
        else:
            back.update(code=self._codes.issue(call))
        return lead_back(asked["redirect_uri"], back, asked.get("response_mode", ""))

    def _token(self, fields: dict[str, str]) -> Answer:
        self._check_client(fields.get("client_id", ""))
        if fields.get("requested_token_type") != SAML_TOKEN or fields.get("resource") != CLIENT_ID:
            raise AzureError("invalid_request", 900144, "A parameter is missing.")
        {"password": self._check_password,
         "authorization_code": self._check_code}.get(fields.get("grant_type"), _no_grant)(fields)
        if self.dials.gives == "jwt":
            return as_json({"token_type": "Bearer", "access_token": "eyJ0.eyJh.c2ln"})
        assertion = self._issuer.assertion(self.claim).encode()
        token = base64.urlsafe_b64encode(assertion).rstrip(b"=").decode()
        return as_json({"token_type": "Bearer", "expires_in": "3599", "resource": CLIENT_ID,
                        "issued_token_type": SAML_TOKEN, "access_token": token})

    def _check_client(self, client_id: str) -> None:
        if client_id != CLIENT_ID:
            raise AzureError("unauthorized_client", 700016, "Application with identifier was not "
                             "found in the directory.")

    def _check_password(self, fields: dict[str, str]) -> None:
        if fields.get("client_secret") != CLIENT_SECRET:
            raise AzureError("invalid_client", 7000215, "Invalid client secret provided.", 401)
        if self._door.judge(fields.get("username", ""), fields.get("password", "")) != "in":
            raise AzureError("invalid_grant", 50126, "Error validating credentials due to invalid "
                             "username or password.")
        if self.dials.needs_mfa:
            raise AzureError("interaction_required", 50076, "Due to a configuration change made by "
                             "your administrator, you must use multi-factor authentication.")

    def _check_code(self, fields: dict[str, str]) -> None:
        if self._codes.redeem(fields) is None:
            raise AzureError("invalid_grant", 70008, "The provided authorization code or refresh "
                             "token is invalid.")


def _no_grant(fields: dict[str, str]) -> None:
    raise AzureError("unsupported_grant_type", 70003, "The grant type is not supported.")
