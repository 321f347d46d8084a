"""The listener of the identity providers: which of them a request is for, and their dials."""

from __future__ import annotations

import dataclasses
import json
import urllib.parse
from typing import Any

from ..errors import IdentityError, ServiceError
from ..wire import Answer, Call
from . import adfs, azure, oidc, okta, ping, saml, sso_page
from .person import Doorkeeper, Person, page

ISSUER = "https://idp.local.example/saml"
PROVIDER = "AthenaLocalIdP"


class Identity:
    """All providers. They share the person who signs in, and the key that IAM knows."""

    def __init__(self, issuer: saml.Issuer):
        self.door = Doorkeeper()
        self.systems = {s.name: s for s in (adfs.Adfs(self.door, issuer),
                                            ping.Ping(self.door, issuer),
                                            okta.Okta(self.door, issuer),
                                            azure.Azure(self.door, issuer),
                                            oidc.Oidc(self.door, issuer),
                                            sso_page.SsoPage(self.door, issuer))}

    def reset(self) -> None:
        self.door.reset()
        self.set_dials({})

    def set_dials(self, dials: dict[str, Any]) -> None:
        """person, claim (saml.py), and each system's own by its name; what is not given is as
        it was in the beginning."""
        unknown = set(dials) - {"person", "claim", *self.systems}
        if unknown:
            raise ValueError(f"unknown members: {', '.join(sorted(unknown))}")
        self.door.person = Person(**dials.get("person", {}))
        self.door.failures = 0
        for name, system in self.systems.items():
            system.claim = saml.Claim(**dials.get("claim", {}))
            system.set_dials(system.dials_type(**dials.get(name, {})))

    def report(self) -> dict[str, Any]:
        """What the person would see on other devices."""
        return {"person": dataclasses.asdict(self.door.person),
                "okta": self.systems["okta"].codes()}

    def route(self, call: Call) -> None:
        call.service = "identity"
        for system in self.systems.values():
            operation = system.operation(call)
            if operation:
                call.operation, call.key = operation, system.name
                return

    def handle(self, call: Call, body: bytes) -> Answer:
        system = self.systems.get(call.key)
        if system is None:
            return page("<body>404 - Not Found</body>", 404, error_code="NotFound")
        return system.handle(call, _fields(call, body))


def _fields(call: Call, body: bytes) -> dict[str, Any]:
    kind = call.header("content-type").partition(";")[0]
    if kind == "application/json":
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise IdentityError("E0000003", "The request body was not well-formed.")
        return value
    if kind == "application/x-www-form-urlencoded":
        return dict(urllib.parse.parse_qsl(body.decode("utf-8", "replace"),
                                           keep_blank_values=True))
    return {}


def error_answer(error: ServiceError) -> Answer:
    answer = page(f"<body>{error.status} - {error.message}</body>", error.status,
                  error_code=error.code)
    answer.headers.update(error.headers)
    return answer
