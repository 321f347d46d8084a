"""What the identity providers have in common."""

from __future__ import annotations

from typing import Any

from ..wire import Answer, Call
from . import saml
from .person import Doorkeeper


class System:
    """A provider: its requests, by their operations, and its dials."""

    name: str
    dials_type: type

    def __init__(self, door: Doorkeeper, issuer: saml.Issuer):
        self._door = door
        self._issuer = issuer
        self.claim = saml.Claim()
        self.set_dials(self.dials_type())

    def set_dials(self, dials: Any) -> None:
        """A dials_type, as it is from now on."""
        self.dials = dials

    def operation(self, call: Call) -> str | None:
        """The operation that a request asks for; None: it is not for this provider."""
        raise NotImplementedError

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        """The answer to such a request, with the fields of its form."""
        raise NotImplementedError
