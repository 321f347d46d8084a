"""The secrets that this server knows and has given out: GET /_local/secrets.

For tests that look for them where they should not be, such as a client's log. Nothing is forgotten
before the server ends, whatever has been reset.
"""

from __future__ import annotations

import secrets

_known: dict[str, str] = {}


def note(what: str, value: str) -> str:
    """Remembers a secret, and gives it back."""
    _known[value] = what
    return value


def new(what: str, count: int) -> str:
    """A secret of count random bytes."""
    return note(what, secrets.token_urlsafe(count))


def report() -> list[list[str]]:
    return [[what, value] for value, what in _known.items()]
