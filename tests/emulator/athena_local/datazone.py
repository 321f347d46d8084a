"""Amazon DataZone, as far as SageMaker Unified Studio hands out credentials through it.

    POST /_local/datazone/sso/redeem-token                   a token of Identity Center for the
                                                             keys of the domain's execution role
    GET  /_local/datazone/v2/domains/D/connections           ListConnections
    GET  /_local/datazone/v2/domains/D/connections/C         GetConnection

The first is not signed and not in the API reference: AWS's own open clients use it. The others are
signed for "datazone". There is one domain with one project; POST /_local/datazone sets the dials.
"""

from __future__ import annotations

import dataclasses
import json
import urllib.parse
from typing import Any

from . import clock
from .credentials import Credential, CredentialTable
from .errors import DataZoneError
from .sso import Sso
from .wire import Answer, Call

PREFIX = "/_local/datazone/"
DOMAIN, PROJECT, UNIT = "dzd_localathena0001", "localproject01", "localunit00001"
TYPES = ("ATHENA", "REDSHIFT", "S3", "SPARK", "IAM")
PAGE_MAX = 50
NO_MEMBER = "User is not permitted to perform operation: {}"


def operation_of(raw_path: str) -> str | None:
    if not raw_path.startswith(PREFIX):
        return None
    parts = raw_path.removeprefix(PREFIX).split("/")
    if parts == ["sso", "redeem-token"]:
        return "RedeemAccessToken"
    if parts[:2] == ["v2", "domains"] and parts[3:4] == ["connections"]:
        return {4: "ListConnections", 5: "GetConnection"}.get(len(parts), "Unknown")
    return "Unknown"


@dataclasses.dataclass
class Dials:
    """What POST /_local/datazone sets; what is not given is as here."""

    keys_s: float = 3600  # how long the keys live that are given
    connections: list[list[str]] = dataclasses.field(default_factory=lambda: [
        ["project.iam", "IAM"], ["project.athena", "ATHENA"]])  # [name, type]
    empty_pages: int = 0  # in front of the list
    gives_keys: bool = True  # False: the connection has none
    is_activated: bool = True  # False: the person has never been in the studio


class DataZone:
    def __init__(self, credentials: CredentialTable, sso: Sso):
        self._credentials = credentials
        self._sso = sso
        self._actions = {"RedeemAccessToken": self._redeem, "ListConnections": self._list,
                         "GetConnection": self._get}
        self.reset()

    def reset(self) -> None:
        self.dials = Dials()

    def set_dials(self, values: dict[str, Any]) -> None:
        self.dials = Dials(**values)

    def handle(self, call: Call, body: bytes) -> Answer:
        action = self._actions.get(call.operation)
        if action is None or call.method != ("POST" if call.operation == "RedeemAccessToken"
                                             else "GET"):
            raise DataZoneError("UnknownOperationException", "", 404)
        return Answer(200, json.dumps(action(call, body)).encode(),
                      {"Content-Type": "application/json", "x-amzn-RequestId": call.request_id})

    def _redeem(self, call: Call, body: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(body)
            domain, token = asked["domainId"], asked["accessToken"]
        except (ValueError, KeyError, TypeError):
            raise DataZoneError("ValidationException", "Invalid input") from None
        if not self._sso.has_token(token):
            raise DataZoneError("UnauthorizedException", "Invalid access token", 401)
        if domain != DOMAIN or not self.dials.is_activated:
            raise DataZoneError("AccessDeniedException", "User is not activated", 403)
        made = self._keys("AmazonSageMakerDomainExecution", 3600)
        return {"credentials": _in_words(made)}

    def _list(self, call: Call, body: bytes) -> dict[str, Any]:
        asked = call.params
        self._check_domain(call)
        if asked.get("projectIdentifier") != PROJECT:
            raise DataZoneError("AccessDeniedException", NO_MEMBER.format("ListConnections"), 403)
        if asked.get("type", TYPES[0]) not in TYPES:
            raise DataZoneError("ValidationException", "type is not one of the enumeration")
        page = int(asked.get("nextToken") or 0)
        if page < self.dials.empty_pages:
            return {"items": [], "nextToken": str(page + 1)}
        wanted = [n for n, (_, kind) in enumerate(self.dials.connections)
                  if kind == asked.get("type", kind)]
        page -= self.dials.empty_pages
        count = min(int(asked.get("maxResults") or PAGE_MAX), PAGE_MAX)
        items = [self._connection(n) for n in wanted[page * count:(page + 1) * count]]
        has_more = len(wanted) > (page + 1) * count
        token = {"nextToken": str(page + 1 + self.dials.empty_pages)} if has_more else {}
        return {"items": items, **token}

    def _get(self, call: Call, body: bytes) -> dict[str, Any]:
        self._check_domain(call)
        wanted = urllib.parse.unquote(call.raw_path.rpartition("/")[2])
        for number in range(len(self.dials.connections)):
            found = self._connection(number)
            if found["connectionId"] != wanted:
                continue
            if call.params.get("withSecret") == "true" and self.dials.gives_keys:
                made = self._keys("datazone_usr_role_local", self.dials.keys_s)
                found["connectionCredentials"] = _in_words(made)
            return found
        raise DataZoneError("ResourceNotFoundException", f"Connection {wanted} not found", 404)

    def _check_domain(self, call: Call) -> None:
        if urllib.parse.unquote(call.raw_path.split("/")[5]) != DOMAIN:
            raise DataZoneError("AccessDeniedException", NO_MEMBER.format(call.operation), 403)

    def _connection(self, number: int) -> dict[str, Any]:
        name, kind = self.dials.connections[number]
        props = {"athenaProperties": {"workgroupName": "primary"}}
        return {"connectionId": f"local{number:08d}", "domainId": DOMAIN, "domainUnitId": UNIT,
                "name": name, "type": kind, "projectId": PROJECT, "physicalEndpoints": [],
                **({"props": props} if kind == "ATHENA" else {})}

    def _keys(self, role: str, seconds: float) -> Credential:
        account = self._credentials.account_id
        return self._credentials.open_session(
            seconds, arn=f"arn:aws:sts::{account}:assumed-role/{role}/somebody",
            user_id=f"AROALOCALDATAZONE0001:{clock.compact(clock.now())}")


def error_answer(error: DataZoneError, call: Call) -> Answer:
    return Answer(error.status, json.dumps({"message": error.message, **error.extra}).encode(),
                  {"Content-Type": "application/json", "x-amzn-ErrorType": error.code,
                   "x-amzn-RequestId": call.request_id, **error.headers}, error.code)


def _in_words(made: Credential) -> dict[str, str]:
    return {"accessKeyId": made.identity.access_key, "secretAccessKey": made.secret_key,
            "sessionToken": made.token, "expiration": clock.iso(made.expires)}
