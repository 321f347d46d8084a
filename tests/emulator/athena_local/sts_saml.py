"""Keys for a SAML response: AssumeRoleWithSAML of STS, AssumeDecoratedRoleWithSAML of Lake Formation.

Nobody signs these requests; the response is the proof. It is checked as the real services check
it, in their words: base64, the provider that IAM knows, its signature, that it is at most five
minutes old, its audience and recipient, the role among those that it offers, the durations.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from . import clock
from .credentials import SAML, Credential, CredentialTable, Role, role_id
from .errors import LakeFormationError, ServiceError, StsError
from .identity import saml
from .wire import Answer, Call

OPERATION = "AssumeDecoratedRoleWithSAML"
PATH = "/" + OPERATION
LONGEST_ASSERTION = 100_000  # characters of base64
SHORTEST_S, LONGEST_S = 900, 43200
REDEEM_WITHIN_S = 300
AUDIENCES = (saml.AUDIENCE, saml.RECIPIENT)
RECIPIENT = re.compile(r"https://(?:[a-z0-9-]+\.)?signin\.aws\.amazon\.com/saml"
                       r"|http://(?:localhost|127\.0\.0\.1):\d+/athena/?")
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
NAME_ID_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"


class SamlExchange:
    """provider is the one that IAM knows in this account."""

    def __init__(self, table: CredentialTable, provider: saml.Issuer):
        self._table = table
        self._provider = provider

    def assume_role(self, fields: dict[str, str]) -> tuple[Credential, saml.Read, Role]:
        """Carries out AssumeRoleWithSAML; DurationSeconds is text or missing. StsError."""
        for name in ("RoleArn", "PrincipalArn", "SAMLAssertion"):
            if not fields.get(name):
                raise _constraint("null", name, "Member must not be null")
        response = self._checked(fields["SAMLAssertion"], fields["PrincipalArn"])
        role = self._role(response, fields["RoleArn"], fields["PrincipalArn"])
        seconds = self._duration(response, fields.get("DurationSeconds"), role)
        if role.lasts_s is not None:
            seconds = role.lasts_s
        name = response.attributes["RoleSessionName"][0]
        session = self._table.open_session(
            seconds, arn=f"arn:aws:sts::{self._table.account_id}:assumed-role/{role.name}/{name}",
            user_id=f"{role_id(role.name)}:{name}", can_write_s3=role.can_write_s3)
        return session, response, role

    def _checked(self, assertion: str, provider_arn: str) -> saml.Read:
        if not 4 <= len(assertion) <= LONGEST_ASSERTION:
            raise _constraint("...", "SAMLAssertion", "Member must have length less than or equal "
                              f"to {LONGEST_ASSERTION}")
        try:
            xml = base64.b64decode(assertion, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise _invalid_token("Invalid base64 SAMLResponse") from None
        if provider_arn != self._provider.provider_arn:
            raise _invalid_token("Specified provider doesn't exist")
        try:
            response = saml.read(xml, self._provider.key.public_key())
        except ValueError:
            raise _invalid_token("Invalid SAMLResponse") from None
        self._check_response(response)
        return response

    def _check_response(self, response: saml.Read) -> None:
        now = clock.now()
        if response.status != saml.SUCCESS:
            raise StsError("IDPRejectedClaim", "The identity provider (IdP) reported that "
                           "authentication failed", 403)
        if response.issuer != self._provider.name:
            raise _invalid_token("Issuer not present in specified provider")
        if not response.is_signed:
            raise _invalid_token("Response signature invalid")
        if response.issued is None or response.ends is None or response.ends <= now or (
                now - response.issued).total_seconds() > REDEEM_WITHIN_S:
            raise StsError("ExpiredTokenException",
                           "Token must be redeemed within 5 minutes of issuance")
        if not set(response.audiences) & set(AUDIENCES):
            raise _invalid_token("Response does not contain the required audience.")
        names = response.attributes.get("RoleSessionName", [])
        if not names:
            raise _invalid_token("RoleSessionName is required in AuthnResponse")
        if not SESSION_NAME.fullmatch(names[0]):
            raise _invalid_token("RoleSessionName in AuthnResponse must match "
                                 "[a-zA-Z_0-9+=,.@-]{2,64}")

    def _role(self, response: saml.Read, role_arn: str, provider_arn: str) -> Role:
        pairs = [{part.strip() for part in value.split(",")}
                 for value in response.attributes.get("Role", [])]
        role = self._table.roles.get(role_arn)
        trusts = RECIPIENT.fullmatch(response.recipient) and role and role.by == SAML
        if {role_arn, provider_arn} not in pairs or not trusts:
            raise StsError("AccessDenied", "Not authorized to perform sts:" + SAML, 403)
        return role

    def _duration(self, response: saml.Read, given: str | None, role: Role) -> float:
        """The shorter of what is asked for and what the response allows; an hour without both."""
        allowed = response.attributes.get("SessionDuration", [])
        if given is not None and not re.fullmatch(r"\d{1,9}", given):
            raise StsError("MalformedInput", f"{given!r} is not a number")
        wishes = [int(text) for text in (given, *allowed[:1]) if text is not None]
        seconds = min(wishes, default=3600)
        if not SHORTEST_S <= seconds <= LONGEST_S:
            raise _constraint(str(seconds), "durationSeconds", "Member must have value between "
                              f"{SHORTEST_S} and {LONGEST_S}")
        if seconds > role.max_duration_s:
            raise StsError("ValidationError", "The requested DurationSeconds exceeds the "
                           "MaxSessionDuration set for this role.")
        return seconds

    def result(self, fields: dict[str, str]) -> tuple[Credential, dict[str, Any]]:
        """The session, and what STS says beside its credentials."""
        session, response, _ = self.assume_role(fields)
        qualifier = hashlib.sha1((response.issuer + self._table.account_id + "/"
                                  + self._provider.provider).encode()).digest()
        return session, {
            "AssumedRoleUser": {"AssumedRoleId": session.identity.user_id,
                                "Arn": session.identity.arn},
            "Subject": response.subject,
            "SubjectType": response.subject_format.removeprefix(NAME_ID_FORMAT),
            "Issuer": response.issuer, "Audience": response.recipient,
            "NameQualifier": base64.b64encode(qualifier).decode()}

    # ---- Lake Formation ----

    def handle_lake_formation(self, call: Call, body: bytes) -> Answer:
        try:
            fields = json.loads(body)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise LakeFormationError("SerializationException", "Unable to parse the request body")
        texts = {name: str(value) for name, value in fields.items() if value is not None}
        try:
            session, response, _ = self.assume_role(texts)
        except StsError as error:
            raise _in_lake_formations_words(error) from None
        if len(response.attributes["Role"]) != 1:
            raise LakeFormationError("InvalidInputException",
                                     "The assertion must contain one role only")
        made = {"AccessKeyId": session.identity.access_key, "SecretAccessKey": session.secret_key,
                "SessionToken": session.token, "Expiration": session.expires.timestamp()}
        return Answer(200, json.dumps(made).encode(),
                      {"Content-Type": "application/json", "x-amzn-RequestId": call.request_id})


def lake_formation_error(error: ServiceError, request_id: str) -> Answer:
    return Answer(error.status, json.dumps({"Message": error.message}).encode(),
                  {"Content-Type": "application/json", "x-amzn-ErrorType": error.code,
                   "x-amzn-RequestId": request_id, **error.headers}, error.code)


def _in_lake_formations_words(error: StsError) -> LakeFormationError:
    if error.code in ("AccessDenied", "IDPRejectedClaim"):
        return LakeFormationError("AccessDeniedException",
                                  error.message.replace("sts:" + SAML,
                                                        "lakeformation:" + OPERATION))
    return LakeFormationError("InvalidInputException", error.message)


def _invalid_token(text: str) -> StsError:
    return StsError("InvalidIdentityToken", text)


def _constraint(value: str, name: str, text: str) -> StsError:
    member = name[:1].lower() + name[1:]
    return StsError("ValidationError", f"1 validation error detected: Value '{value}' at "
                    f"'{member}' failed to satisfy constraint: {text}")
