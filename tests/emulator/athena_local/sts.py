"""STS in the form-and-XML query protocol: who one is, and roles assumed.

Roles are those of credentials.py. A role may ask for an external id, a code of the MFA device or a
person's context, cap the duration, and take away the right to write to S3; one that is not there,
or that is assumed in another way than it trusts, is refused as IAM refuses it.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable
from typing import Any

from . import clock, tip, web_identity, xmldoc
from .credentials import SAML, WEB_IDENTITY, Credential, CredentialTable, Role, role_id
from .errors import StsError
from .sts_saml import SamlExchange
from .wire import Answer, Call

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
VERSION = "2011-06-15"
ROLE_ARN = r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+"
UNSIGNED = frozenset({WEB_IDENTITY, SAML})  # the actions that need no keys
SHORTEST_S = 900
LONGEST_CHAINED_S = 3600  # a session that assumes a role gets an hour at most
CONSTRAINTS = {
    "RoleArn": (20, 2048, ".*"),
    "RoleSessionName": (2, 64, r"[\w+=,.@-]*"),
    "ExternalId": (2, 1224, r"[\w+=,.@:\/-]*"),
    "SerialNumber": (9, 256, r"[\w+=/:,.@-]*"),
    "TokenCode": (6, 6, r"[\d]*"),
    "SourceIdentity": (2, 64, r"[\w+=,.@-]*"),
    "WebIdentityToken": (4, 20000, ".*"),
    "ProvidedContexts.member.1.ContextAssertion": (4, 2048, ".*"),
}


class Sts:
    def __init__(self, table: CredentialTable, by_saml: SamlExchange):
        self._table = table
        self._by_saml = by_saml
        self._actions: dict[str, Callable[[Call, dict[str, str]], dict[str, Any]]] = {
            "GetCallerIdentity": self._get_caller_identity,
            "AssumeRole": self._assume_role,
            WEB_IDENTITY: self._assume_role_with_web_identity,
            SAML: self._assume_role_with_saml,
            "GetSessionToken": self._get_session_token,
        }

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        """Carries out one action for call.identity."""
        action = self._actions.get(call.operation)
        if action is None or fields.get("Version", VERSION) != VERSION:
            raise StsError("InvalidAction", f"Could not find operation {call.operation} for "
                           f"version {fields.get('Version', 'NO_VERSION_SPECIFIED')}")
        _validate(fields)
        content = {call.operation + "Result": action(call, fields),
                   "ResponseMetadata": {"RequestId": call.request_id}}
        return Answer(200, xmldoc.document(call.operation + "Response", content, NAMESPACE),
                      {"Content-Type": "text/xml", "x-amzn-RequestId": call.request_id})

    def _get_caller_identity(self, call: Call, fields: dict[str, str]) -> dict[str, Any]:
        who = call.identity
        return {"Arn": who.arn, "UserId": who.user_id, "Account": who.account_id}

    def _assume_role(self, call: Call, fields: dict[str, str]) -> dict[str, Any]:
        role = self._role(call, fields)
        if role.external_id and role.external_id != fields.get("ExternalId"):
            raise _denied(call, fields)
        if not self._used_mfa(fields) and role.needs_mfa:
            raise _denied(call, fields)
        context = self._context(call, fields)
        if role.needs_context and not context:
            raise _denied(call, fields)
        return self._open(call, fields, role, context)

    def _assume_role_with_web_identity(self, call: Call, fields: dict[str, str]) -> dict[str, Any]:
        token = _required(fields, "WebIdentityToken")
        claims = web_identity.check(token, clock.now(call.clock_offset_s).timestamp())
        made = self._open(call, fields, self._role(call, fields), "")
        return {**made, "SubjectFromWebIdentityToken": claims.get("sub"),
                "Provider": claims["iss"], "Audience": claims["aud"]}

    def _role(self, call: Call, fields: dict[str, str]) -> Role:
        """The role that is asked for, when it may be assumed by this action."""
        arn = _required(fields, "RoleArn")
        _required(fields, "RoleSessionName")
        if not re.fullmatch(ROLE_ARN, arn):
            raise _invalid(f"{arn} is invalid")
        role = self._table.roles.get(arn)
        if role is None or role.by != call.operation:
            raise _denied(call, fields)
        return role

    def _used_mfa(self, fields: dict[str, str]) -> bool:
        code = fields.get("TokenCode")
        if code is not None and not self._table.mfa.take(fields.get("SerialNumber"), code):
            raise StsError("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one "
                           "time pass code. ", 403)
        return code is not None

    def _context(self, call: Call, fields: dict[str, str]) -> str:
        """The person whom ProvidedContexts names, "" without one."""
        name = "ProvidedContexts.member.1."
        assertion = fields.get(name + "ContextAssertion")
        if assertion is None:
            return ""
        if fields.get(name + "ProviderArn") != tip.CONTEXT_PROVIDER:
            raise _invalid("Invalid context provider")
        who = tip.context_of(assertion, clock.now(call.clock_offset_s).timestamp())
        if who is None:
            raise StsError("InvalidContextAssertion", "The context assertion is not valid", 400)
        return who

    def _open(self, call: Call, fields: dict[str, str], role: Role,
              context: str) -> dict[str, Any]:
        """A session of the role."""
        name = fields["RoleSessionName"]
        seconds = self._duration(call, fields, role)
        unique = role_id(role.name)
        session = self._table.open_session(
            seconds if role.lasts_s is None else role.lasts_s,
            arn=f"arn:aws:sts::{self._table.account_id}:assumed-role/{role.name}/{name}",
            user_id=f"{unique}:{name}", can_write_s3=role.can_write_s3, context=context)
        return {"AssumedRoleUser": {"AssumedRoleId": session.identity.user_id,
                                    "Arn": session.identity.arn},
                "Credentials": credentials_of(session)}

    def _assume_role_with_saml(self, call: Call, fields: dict[str, str]) -> dict[str, Any]:
        session, more = self._by_saml.result(fields)
        return {**more, "Credentials": credentials_of(session), "PackedPolicySize": 0}

    def _duration(self, call: Call, fields: dict[str, str], role: Role) -> int:
        chained = call.identity is not None and call.identity.is_session
        given = fields.get("DurationSeconds")
        seconds = min(3600, role.max_duration_s) if given is None else _number(given)
        if seconds < SHORTEST_S:
            raise _constraint(given, "durationSeconds",
                              f"Member must have value greater than or equal to {SHORTEST_S}")
        if chained and seconds > LONGEST_CHAINED_S:
            raise _invalid("The requested DurationSeconds exceeds the 1 hour session limit for "
                           "roles assumed by role chaining")
        if seconds > role.max_duration_s:
            raise _invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for "
                           "this role.")
        return seconds

    def _get_session_token(self, call: Call, fields: dict[str, str]) -> dict[str, Any]:
        who = call.identity
        if who.is_session:
            raise StsError("AccessDenied", "Cannot call GetSessionToken with session credentials",
                           403)
        self._used_mfa(fields)
        seconds = _number(fields.get("DurationSeconds", "43200"))
        if not SHORTEST_S <= seconds <= 129600:
            raise _constraint(str(seconds), "durationSeconds", "Member must have value between "
                              f"{SHORTEST_S} and 129600")
        session = self._table.open_session(seconds, arn=who.arn, user_id=who.user_id,
                                           can_write_s3=who.can_write_s3)
        return {"Credentials": credentials_of(session)}


def parse_form(body: bytes) -> dict[str, str]:
    """The fields of a form body; a repeated field keeps its last value."""
    return dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def error_answer(error: StsError, request_id: str) -> Answer:
    kind = "Sender" if error.status < 500 else "Receiver"
    content = {"Error": {"Type": kind, "Code": error.code, "Message": error.message},
               "RequestId": request_id}
    return Answer(error.status, xmldoc.document("ErrorResponse", content, NAMESPACE),
                  {"Content-Type": "text/xml", "x-amzn-RequestId": request_id, **error.headers},
                  error.code)


def credentials_of(session: Credential) -> dict[str, Any]:
    return {"AccessKeyId": session.identity.access_key, "SecretAccessKey": session.secret_key,
            "SessionToken": session.token,
            "Expiration": session.expires.strftime("%Y-%m-%dT%H:%M:%SZ")}


def _validate(fields: dict[str, str]) -> None:
    for name, (low, high, pattern) in CONSTRAINTS.items():
        value = fields.get(name)
        if value is None:
            continue
        member = name[0].lower() + name[1:]
        if len(value) < low:
            raise _constraint(value, member,
                              f"Member must have length greater than or equal to {low}")
        if len(value) > high:
            raise _constraint(value, member,
                              f"Member must have length less than or equal to {high}")
        if not re.fullmatch(pattern, value, re.DOTALL):
            raise _constraint(value, member,
                              f"Member must satisfy regular expression pattern: {pattern}")


def _denied(call: Call, fields: dict[str, str]) -> StsError:
    if call.identity is None:
        return StsError("AccessDenied", f"Not authorized to perform sts:{call.operation}", 403)
    return StsError("AccessDenied", f"User: {call.identity.arn} is not authorized to perform: "
                    f"sts:{call.operation} on resource: {fields.get('RoleArn')}", 403)


def _required(fields: dict[str, str], name: str) -> str:
    if not fields.get(name):
        member = name[0].lower() + name[1:]
        raise _invalid(f"1 validation error detected: Value null at '{member}' failed to satisfy "
                       "constraint: Member must not be null")
    return fields[name]


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise StsError("MalformedInput", f"{text!r} is not a number")
    return int(text)


def _constraint(value: str | None, member: str, text: str) -> StsError:
    return _invalid(f"1 validation error detected: Value '{value}' at '{member}' failed to "
                    f"satisfy constraint: {text}")


def _invalid(text: str) -> StsError:
    return StsError("ValidationError", text)
