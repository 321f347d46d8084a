"""Trusted identity propagation: the parts of IAM Identity Center that take part in it.

    POST /_local/tip/sso      (JSON 1.1)   sso-admin ListTagsForResource of an application
    POST /_local/tip/oidc/token?aws_iam=t  sso-oidc CreateTokenWithIAM: a person's token for an
                                           identity context, which sts:AssumeRole then takes

Both are signed, for the services sso and sso-oauth. One application is there; the workgroup "people"
points to it by its tag, and it to the role AthenaLocalAccess by its own. The caller of
CreateTokenWithIAM has to be the role AthenaLocalApplication. A token that has a "jti" is exchanged
once. Dials, POST /_local/tip: lasts_s (of a context), gives_details (False: the context stands in the
id token alone), refuses (a code, as "InvalidGrantException").
"""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

from . import clock, jwt
from .errors import SsoError
from .wire import Answer, Call

TAG = "AthenaDriverOidcAppArn"
WORKGROUP = "people"
APPLICATION = "arn:aws:sso::123456789012:application/ssoins-0123456789abcdef/apl-0123456789abcdef"
ACCESS_ROLE = "arn:aws:iam::123456789012:role/AthenaLocalAccess"
CALLER = ":assumed-role/AthenaLocalApplication/"
CONTEXT_PROVIDER = "arn:aws:iam::aws:contextProvider/IdentityCenter"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TARGET = "SWBExternalService."
ADMIN_PATH = "/_local/tip/sso"
SERVICES = ("sso-admin", "sso-oauth")
OIDC_PATH = "/_local/tip/oidc"
CENTER = jwt.Issuer("https://identitycenter.athena.local")  # signs contexts and id tokens
# error -> what OAuth calls it
OAUTH = {"InvalidGrantException": "invalid_grant", "InvalidClientException": "invalid_client",
         "AccessDeniedException": "access_denied", "InvalidRequestException": "invalid_request",
         "UnsupportedGrantTypeException": "unsupported_grant_type",
         "ExpiredTokenException": "expired_token"}


@dataclasses.dataclass
class Dials:
    """What POST /_local/tip sets; what is not given is as here."""

    lasts_s: float = 3600
    gives_details: bool = True
    refuses: str = ""


def operation_of(call: Call) -> tuple[str, str] | None:
    """Service and operation of a call; None when it is for somebody else."""
    if call.raw_path.rstrip("/") == ADMIN_PATH and "x-amz-target" in call.headers:
        return "sso-admin", call.header("x-amz-target").removeprefix(TARGET)
    if call.raw_path == OIDC_PATH + "/token" and call.params.get("aws_iam") == "t":
        return "sso-oauth", "CreateTokenWithIAM"
    return None


def context_of(assertion: str, now_s: float) -> str | None:
    """The person that an identity context is about; None when it is not good."""
    try:
        claims = CENTER.verify(assertion)
    except jwt.JwtError:
        return None
    return claims["sub"] if claims["exp"] > now_s and claims.get("use") == "context" else None


class Tip:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.dials = Dials()
        self.tags: dict[str, list[dict[str, str]]] = {
            APPLICATION: [{"Key": "Owner", "Value": "tests"}, {"Key": TAG, "Value": ACCESS_ROLE}]}
        self._exchanged: set[str] = set()

    def set_dials(self, values: dict[str, Any]) -> None:
        self.dials = Dials(**values)

    def handle(self, call: Call, body: bytes) -> Answer:
        try:
            request = json.loads(body)
        except ValueError:
            raise SsoError("InvalidRequestException", "no JSON") from None
        if call.service == "sso-admin":
            if call.operation != "ListTagsForResource":
                raise SsoError("UnknownOperationException", "", 404)
            return _json(self._list_tags(request), "application/x-amz-json-1.1")
        return _json(self._create_token(call, request), "application/json")

    def _list_tags(self, request: dict[str, Any]) -> dict[str, Any]:
        """Two pages, so that clients must follow the token."""
        tags = self.tags.get(request.get("ResourceArn", ""))
        if tags is None:
            raise SsoError("ResourceNotFoundException", "The application was not found", 404)
        if "NextToken" in request:
            return {"Tags": tags[1:]}
        return {"Tags": tags[:1], "NextToken": "1"}

    def _create_token(self, call: Call, request: dict[str, Any]) -> dict[str, Any]:
        if self.dials.refuses:
            raise SsoError(self.dials.refuses, "said by the dial")
        if CALLER not in call.identity.arn:
            raise SsoError("AccessDeniedException", f"User: {call.identity.arn} is not authorized "
                           "to perform: sso-oauth:CreateTokenWithIAM")
        if request.get("clientId") != APPLICATION:
            raise SsoError("InvalidClientException", "Invalid client provided", 401)
        if request.get("grantType") != GRANT:
            raise SsoError("UnsupportedGrantTypeException", "Unsupported grant type")
        return self._answer(self._person(call, request.get("assertion", "")))

    def _person(self, call: Call, token: str) -> str:
        try:
            claims = jwt.ISSUER.verify(token)
        except jwt.JwtError:
            raise SsoError("InvalidGrantException", "Invalid grant provided") from None
        if claims.get("exp", 0) <= clock.now(call.clock_offset_s).timestamp():
            raise SsoError("InvalidGrantException", "The token has expired")
        if "jti" in claims and claims["jti"] in self._exchanged:
            raise SsoError("InvalidGrantException", "The token was exchanged already")
        self._exchanged.add(claims.get("jti", ""))
        return claims.get("sub", "")

    def _answer(self, person: str) -> dict[str, Any]:
        ends = int(time.time() + self.dials.lasts_s)
        context = CENTER.sign({"sub": person, "aud": None, "exp": ends, "use": "context"}, "ES256")
        answer = {"accessToken": "aoal-" + context[:40], "tokenType": "Bearer",
                  "expiresIn": int(self.dials.lasts_s), "issuedTokenType":
                  "urn:ietf:params:oauth:token-type:access_token", "scope": ["lakeformation:query"],
                  "idToken": CENTER.sign({"sub": person, "aud": APPLICATION, "exp": ends,
                                          "sts:identity_context": context})}
        if self.dials.gives_details:
            answer["awsAdditionalDetails"] = {"identityContext": context}
        return answer


def error_answer(error: SsoError, call: Call) -> Answer:
    if call.service == "sso-admin":
        body = {"__type": error.code, "Message": error.message}
    else:
        body = {"error": OAUTH.get(error.code, "server_error"), "error_description": error.message}
    return Answer(error.status, json.dumps(body).encode(),
                  {"Content-Type": "application/json", "x-amzn-ErrorType": error.code,
                   "x-amzn-RequestId": call.request_id, **error.headers}, error.code)


def _json(value: Any, kind: str) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": kind})
