"""The one person whom all identity providers know, and pages as they send them."""

from __future__ import annotations

import dataclasses
import hmac
import html
from http.cookies import SimpleCookie

from .. import issued
from ..wire import Answer, Call

USER = "ana@example.com"
DOMAIN_USER = "EXAMPLE\\ana"
PASSWORD = issued.note("password at an identity provider", "Pa55 w\u00f6rd&+=%<\"';{}")


@dataclasses.dataclass
class Person:
    """As set by POST /_local/identity, member person."""

    user: str = USER
    password: str = PASSWORD
    is_locked: bool = False
    lock_after: int = 0  # wrong passwords; 0: never


class Doorkeeper:
    """Who may in, and what sessions have begun."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.person = Person()
        self.failures = 0
        self._tickets: dict[str, str] = {}

    def judge(self, user: str, password: str) -> str:
        """"in", "wrong" or "locked"."""
        person = self.person
        if person.is_locked:
            return "locked"
        names = {person.user.lower()}
        if person.user == USER:
            names.add(DOMAIN_USER.lower())
        if user.lower() in names and hmac.compare_digest(password.encode(),
                                                         person.password.encode()):
            self.failures = 0
            return "in"
        self.failures += 1
        if person.lock_after and self.failures >= person.lock_after:
            person.is_locked = True
        return "wrong"

    def issue(self, purpose: str) -> str:
        """A ticket (a cookie's value, a token) that proves that purpose has been reached."""
        ticket = issued.new("ticket of an identity provider", 30)
        self._tickets[ticket] = purpose
        return ticket

    def has(self, ticket: str | None, purpose: str) -> bool:
        return ticket is not None and self._tickets.get(ticket) == purpose

    def spend(self, ticket: str | None, purpose: str) -> bool:
        """has(), once."""
        return self.has(ticket, purpose) and bool(self._tickets.pop(ticket, None))


def cookies_of(call: Call) -> dict[str, str]:
    found: SimpleCookie = SimpleCookie()
    found.load(call.header("cookie"))
    return {name: morsel.value for name, morsel in found.items()}


def page(body: str, status: int = 200, cookie: str | None = None, error_code: str | None = None,
         ) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache,no-store",
               "X-Frame-Options": "DENY"}
    if cookie:
        headers["Set-Cookie"] = cookie
    text = f"<!DOCTYPE html>\n<html lang=\"en-US\">\n{body}\n</html>\n"
    return Answer(status, text.encode(), headers, error_code)


def redirect(location: str, cookie: str | None = None, status: int = 302) -> Answer:
    headers = {"Location": location, "Content-Type": "text/html; charset=utf-8"}
    if cookie:
        headers["Set-Cookie"] = cookie
    return Answer(status, b"", headers)


def posting_page(response: str, target: str, relay_state: str | None = None) -> Answer:
    """The page that a browser posts on by itself: where every SAML sign-in ends."""
    more = ""
    if relay_state is not None:
        more = f'<input type="hidden" name="RelayState" value="{html.escape(relay_state)}" />'
    return page(f'<head><title>Working...</title></head><body><form method="POST" '
                f'name="hiddenform" action="{html.escape(target)}"><input type="hidden" '
                f'name="SAMLResponse" value="{html.escape(response)}" />{more}<noscript><p>Script '
                'is disabled. Click Submit to continue.</p><input type="submit" value="Submit" />'
                '</noscript></form><script language="javascript">window.setTimeout(\'document.'
                "forms[0].submit()', 0);</script></body>")
