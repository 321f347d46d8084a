"""What a host gives its programs: a container's credentials, and the metadata of an instance.

    GET /_local/credentials                                        the container's endpoint
    PUT /_local/imds/latest/api/token                              a session token (IMDSv2)
    GET /_local/imds/latest/meta-data/iam/security-credentials/    the name of the instance's role
    GET /_local/imds/latest/meta-data/iam/security-credentials/R   its keys

Nobody signs these; the dials of POST /_local/host say what is asked for instead.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from . import clock, issued, sts
from .config import TEST_ACCESS_KEY
from .credentials import CredentialTable
from .errors import HostError
from .wire import Answer, Call

TOKEN_HEADER = "x-aws-ec2-metadata-token"
TTL_HEADER = TOKEN_HEADER + "-ttl-seconds"
TTL_MAX_S = 21600
ROLE_PATH = "/_local/imds/latest/meta-data/iam/security-credentials/"
OPERATIONS = {"/_local/credentials": "GetContainerCredentials",
              "/_local/imds/latest/api/token": "PutToken"}


def operation_of(raw_path: str) -> str | None:
    """The operation that a path means; None when it is none of a host's."""
    if raw_path.startswith(ROLE_PATH):
        return "GetInstanceCredentials" if raw_path != ROLE_PATH else "GetRole"
    return OPERATIONS.get(raw_path)


@dataclasses.dataclass
class Dials:
    """What POST /_local/host sets; what is not given is as here."""

    authorization: str | None = None  # that the container's endpoint asks for; None: anything goes
    duration_s: float = 3600  # of all keys that are given
    role: str | None = "AthenaLocalInstance"  # None: none is attached to the instance
    needs_token: bool = True  # False: version 1 of the metadata service answers too
    gives_token: bool = True  # False: there is version 1 alone
    code: str = "Success"  # in the answer with an instance's keys


class Host:
    def __init__(self, credentials: CredentialTable):
        self._credentials = credentials
        self._actions = {"GetContainerCredentials": self._container_credentials,
                         "PutToken": self._put_token, "GetRole": self._get_role,
                         "GetInstanceCredentials": self._instance_credentials}
        self.reset()

    def reset(self) -> None:
        self.dials = Dials()
        self._tokens: set[str] = set()

    def set_dials(self, values: dict[str, Any]) -> None:
        self.dials = Dials(**values)

    def handle(self, call: Call) -> Answer:
        if call.method != ("PUT" if call.operation == "PutToken" else "GET"):
            raise HostError("MethodNotAllowed", "Method Not Allowed", 405)
        return self._actions[call.operation](call)

    def _container_credentials(self, call: Call) -> Answer:
        wanted = self.dials.authorization
        if wanted is not None and call.header("authorization") != wanted:
            raise HostError("AccessDenied", "The authorization token is not the right one", 403)
        return _json(self._keys(call))

    def _put_token(self, call: Call) -> Answer:
        ttl = call.header(TTL_HEADER)
        if "x-forwarded-for" in call.headers or not self.dials.gives_token:
            raise HostError("Forbidden", "Forbidden", 403)
        if not ttl.isdigit() or not 1 <= int(ttl) <= TTL_MAX_S:
            raise HostError("BadRequest", "Bad Request", 400)
        token = issued.new("an instance's session token", 40)
        self._tokens.add(token)
        return _text(token, {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": ttl})

    def _get_role(self, call: Call) -> Answer:
        self._check_token(call)
        return _text(self._role())

    def _instance_credentials(self, call: Call) -> Answer:
        self._check_token(call)
        if call.raw_path != ROLE_PATH + self._role():
            raise HostError("NotFound", "Not Found", 404)
        if self.dials.code != "Success":
            return _json({"Code": self.dials.code, "Message": "said by the dial",
                          "LastUpdated": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")})
        return _json({"Code": "Success", "Type": "AWS-HMAC",
                      "LastUpdated": clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
                      **self._keys(call)})

    def _check_token(self, call: Call) -> None:
        token = call.header(TOKEN_HEADER)
        if token not in self._tokens and (token or self.dials.needs_token):
            raise HostError("Unauthorized", "Unauthorized", 401)

    def _role(self) -> str:
        if self.dials.role is None:
            raise HostError("NotFound", "Not Found", 404)
        return self.dials.role

    def _keys(self, call: Call) -> dict[str, str]:
        owner = self._credentials.find(TEST_ACCESS_KEY).identity
        seconds = float(call.params.get("duration_seconds", self.dials.duration_s))
        made = sts.credentials_of(self._credentials.open_session(seconds, arn=owner.arn,
                                                                 user_id=owner.user_id))
        return {"AccessKeyId": made["AccessKeyId"], "SecretAccessKey": made["SecretAccessKey"],
                "Token": made["SessionToken"], "Expiration": made["Expiration"],
                "AccountId": owner.account_id}


def error_answer(error: HostError) -> Answer:
    body = json.dumps({"code": error.code, "message": error.message}).encode()
    return Answer(error.status, body, {"Content-Type": "application/json", **error.headers},
                  error.code)


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})


def _text(text: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(200, text.encode(), {"Content-Type": "text/plain", **(headers or {})})
