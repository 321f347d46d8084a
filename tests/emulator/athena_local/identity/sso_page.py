"""A SAML provider whose page posts its response to the program: sign-in begun at the provider.

    GET, POST /saml/sso?RelayState=...    the page, and what is typed into it
"""

from __future__ import annotations

import dataclasses

from ..wire import Answer, Call
from .person import posting_page
from .redirecting import login_form
from .system import System

PATH = "/saml/sso"


@dataclasses.dataclass
class Dials:
    """As set by POST /_local/identity, member sso_page."""

    consumer: str = "http://localhost:7890/athena"  # where responses are posted to
    relay_state: str | None = None  # what is said instead of the RelayState that was given


class SsoPage(System):
    name = "sso_page"
    dials_type = Dials

    def operation(self, call: Call) -> str | None:
        if call.raw_path != PATH:
            return None
        return "SsoPageLogin" if call.method == "POST" else "SsoPageStart"

    def handle(self, call: Call, fields: dict[str, str]) -> Answer:
        if call.operation == "SsoPageStart":
            return login_form(call)
        if self._door.judge(fields.get("username", ""), fields.get("password", "")) != "in":
            return login_form(call, "Wrong user or password.")
        given = self.dials.relay_state
        state = call.params.get("RelayState") if given is None else given
        return posting_page(self._issuer.response(self.claim), self.dials.consumer, state)
