"""An OpenID Connect provider: its document, its page, its token endpoint (code with proof key, refresh).

    GET       /oidc/.well-known/openid-configuration
    GET       /oidc/keys
    GET, POST /oidc/authorize
    POST      /oidc/token           grant_type authorization_code, refresh_token

Its id tokens are those of the issuer that STS and Identity Center trust (../jwt.py).
"""

from __future__ import annotations

import dataclasses
import secrets
import time

from .. import jwt
from ..wire import Answer, Call
from . import saml
from .person import Doorkeeper
from .redirecting import Codes, as_json, is_loopback, lead_back, login_form
from .system import System

CLIENT_ID = jwt.AUDIENCES[0]
CLIENT_SECRET = "oidc;s3cret{with}odd=characters"
PATHS = {"/oidc/.well-known/openid-configuration": "OidcDiscovery", "/oidc/keys": "OidcKeys",
         "/oidc/authorize": "OidcAuthorize", "/oidc/token": "OidcToken"}


@dataclasses.dataclass
class Dials:
    """As set by POST /_local/identity, member oidc."""

    denies: bool = False  # the person refuses
    state: str | None = None  # what is said instead of the state that was given
    nonce: str | None = None  # the same of the nonce
    lasts_s: int = 3600  # of id tokens
    gives_refresh: bool = True  # refresh tokens, where offline_access was asked for
    takes_refresh: bool = True  # False: they have been revoked
    needs_secret: bool = False  # the client is no public one


class Oidc(System):
    name = "oidc"
    dials_type = Dials

    def __init__(self, door: Doorkeeper, issuer: saml.Issuer):
        super().__init__(door, issuer)
        self._codes = Codes()
        self._refresh_tokens: set[str] = set()

    def operation(self, call: Call) -> str | None:
        operation = PATHS.get(call.raw_path)
        return "OidcLogin" if operation == "OidcAuthorize" and call.method == "POST" else operation

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        if call.operation == "OidcDiscovery":
            base = f"https://{call.header('host')}/oidc"
            return as_json({"issuer": jwt.URL, "authorization_endpoint": base + "/authorize",
                            "token_endpoint": base + "/token", "jwks_uri": base + "/keys",
                            "response_types_supported": ["code"],
                            "code_challenge_methods_supported": ["S256"]})
        if call.operation == "OidcKeys":
            return as_json(jwt.ISSUER.jwks())
        if call.operation == "OidcToken":
            return self._token(call, fields)
        return self._authorize(call, fields)

    def _authorize(self, call: Call, fields: dict[str, str]) -> Answer:
        asked = call.params
        if (asked.get("client_id") != CLIENT_ID or not is_loopback(asked.get("redirect_uri", ""))
                or asked.get("response_type") != "code" or not asked.get("nonce")
                or "openid" not in asked.get("scope", "").split()
                or asked.get("code_challenge_method") != "S256"):
            return _refusal("invalid_request", "A parameter is missing or wrong.")
        if call.operation == "OidcAuthorize":
            return login_form(call)
        if self._door.judge(fields.get("username", ""), fields.get("password", "")) != "in":
            return login_form(call, "Wrong user or password.")
        back = {"state": asked.get("state", "") if self.dials.state is None else self.dials.state}
        if self.dials.denies:
            back.update(error="access_denied", error_description="The resource owner denied it.")
        else:
            back.update(code=self._codes.issue(call))
        return lead_back(asked["redirect_uri"], back, asked.get("response_mode", ""))

    def _token(self, call: Call, fields: dict[str, str]) -> Answer:
        if not self._is_client(call, fields):
            return _refusal("invalid_client", "The client is not known.", 401)
        if fields.get("grant_type") == "refresh_token":
            given = fields.get("refresh_token", "")
            if not self.dials.takes_refresh or given not in self._refresh_tokens:
                return _refusal("invalid_grant", "The refresh token has been revoked.")
            self._refresh_tokens.remove(given)
            return self._tokens("offline_access", None)
        code = self._codes.redeem({**fields, "client_id": CLIENT_ID})
        if fields.get("grant_type") != "authorization_code" or code is None:
            return _refusal("invalid_grant", "The code is not good.")
        return self._tokens(code.scope, code.nonce)

    def _is_client(self, call: Call, fields: dict[str, str]) -> bool:
        secret = fields.get("client_secret")
        if secret is None:
            return fields.get("client_id") == CLIENT_ID and not self.dials.needs_secret
        return (fields.get("client_id"), secret) == (CLIENT_ID, CLIENT_SECRET)

    def _tokens(self, scope: str, nonce: str | None) -> Answer:
        wanted = nonce if self.dials.nonce is None else self.dials.nonce
        ends = int(time.time()) + self.dials.lasts_s
        answer = {"token_type": "Bearer", "access_token": secrets.token_urlsafe(40),
                  "expires_in": self.dials.lasts_s,
                  "id_token": jwt.ISSUER.sign({"aud": CLIENT_ID, "nonce": wanted, "exp": ends,
                                               "email": self._door.person.user})}
        if self.dials.gives_refresh and "offline_access" in scope.split():
            token = secrets.token_urlsafe(40)
            self._refresh_tokens.add(token)
            answer["refresh_token"] = token
        return as_json(answer)


def _refusal(error: str, text: str, status: int = 400) -> Answer:
    return as_json({"error": error, "error_description": text}, status, error)
