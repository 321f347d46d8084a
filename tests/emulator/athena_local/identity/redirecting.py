"""What identity providers share whose pages lead a browser back to the program: codes that are good
once, for whom and for what they were given (RFC 6749, RFC 7636)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import html
import json
import secrets
import time
import urllib.parse
from typing import Any

from ..wire import Answer, Call
from .person import page, redirect

LIFETIME_S = 600


@dataclasses.dataclass
class Code:
    """What a code stands for."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    scope: str
    made_s: float


class Codes:
    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}

    def issue(self, call: Call) -> str:
        asked = call.params
        code = secrets.token_urlsafe(48)
        self._codes[code] = Code(asked.get("client_id", ""), asked.get("redirect_uri", ""),
                                 asked.get("code_challenge", ""), asked.get("nonce", ""),
                                 asked.get("scope", ""), time.monotonic())
        return code

    def redeem(self, fields: dict[str, str]) -> Code | None:
        """Once; None when client, address or proof key are not those of the beginning."""
        code = self._codes.pop(fields.get("code", ""), None)
        if code is None or time.monotonic() - code.made_s > LIFETIME_S:
            return None
        given = (fields.get("client_id"), fields.get("redirect_uri"))
        if given != (code.client_id, code.redirect_uri):
            return None
        return code if challenge_of(fields.get("code_verifier", "")) == code.challenge else None


def challenge_of(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_loopback(address: str) -> bool:
    parts = urllib.parse.urlsplit(address)
    return parts.scheme == "http" and parts.hostname == "localhost" and parts.path == "/athena"


def login_form(call: Call, error: str = "") -> Answer:
    """A page that asks for name and password and posts them to where it came from."""
    return page(f'<head><title>Sign in</title></head><body><p class="error">{html.escape(error)}'
                f'</p><form method="POST" action="?{html.escape(call.raw_query)}">'
                '<input name="username"/><input type="password" name="password"/>'
                '<input type="submit" value="Sign in"/></form></body>')


def lead_back(address: str, fields: dict[str, str], mode: str) -> Answer:
    """To the program: in the query of a redirect, or by a form that posts itself."""
    if mode != "form_post":
        return redirect(f"{address}?{urllib.parse.urlencode(fields)}")
    inputs = "".join(f'<input type="hidden" name="{name}" value="{html.escape(value)}"/>'
                     for name, value in fields.items())
    return page('<head><title>Working...</title></head><body><form method="POST" '
                f'action="{html.escape(address)}">{inputs}</form>'
                '<script>document.forms[0].submit()</script></body>')


def as_json(value: Any, status: int = 200, error_code: str | None = None) -> Answer:
    return Answer(status, json.dumps(value).encode(),
                  {"Content-Type": "application/json", "Cache-Control": "no-store"}, error_code)
