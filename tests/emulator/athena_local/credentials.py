"""Who may call: the table of access keys, and the roles that AssumeRole gives out.

Permanent keys are the two test keys of config.py. Session keys live in memory only: after a
restart they are unknown, as if revoked.
"""

from __future__ import annotations

import dataclasses
import datetime
import secrets
import string

from . import clock, issued
from .config import (Config, READ_ONLY_ACCESS_KEY, READ_ONLY_SECRET_KEY, TEST_ACCESS_KEY,
                     TEST_SECRET_KEY)

WEB_IDENTITY = "AssumeRoleWithWebIdentity"
SAML = "AssumeRoleWithSAML"
MFA_SERIAL = "arn:aws:iam::123456789012:mfa/local"
KEY_ALPHABET = string.ascii_uppercase + "234567"


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request whose signature was right."""

    access_key: str
    arn: str
    user_id: str
    account_id: str
    can_write_s3: bool = True
    is_session: bool = False
    context: str = ""  # whom Identity Center vouches for (tip.py), in a session made with its word


@dataclasses.dataclass(frozen=True, slots=True)
class Credential:
    identity: Identity
    secret_key: str
    token: str | None = None
    expires: datetime.datetime | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Role:
    """A role, and what its trust policy asks for."""

    name: str
    external_id: str | None = None
    max_duration_s: int = 43200
    can_write_s3: bool = True
    by: str = "AssumeRole"  # the action that it may be assumed by
    needs_mfa: bool = False
    needs_context: bool = False  # of a person, by trusted identity propagation
    lasts_s: float | None = None  # of its sessions, whatever is asked for: for tests that wait


class Mfa:
    """A device that shows codes; each is good once."""

    def __init__(self) -> None:
        self._shown: set[str] = set()

    def show(self) -> str:
        code = _random(string.digits, 6)
        self._shown.add(code)
        return code

    def take(self, serial: str | None, code: str | None) -> bool:
        if serial != MFA_SERIAL or code not in self._shown:
            return False
        self._shown.remove(code)
        return True


class CredentialTable:
    """All keys that the server knows, by access key id."""

    def __init__(self, config: Config):
        self.account_id = config.account_id
        self._permanent = {
            c.identity.access_key: c for c in (
                self._user(TEST_ACCESS_KEY, TEST_SECRET_KEY, "local", True),
                self._user(READ_ONLY_ACCESS_KEY, READ_ONLY_SECRET_KEY, "local-read-only", False))}
        self._sessions: dict[str, Credential] = {}
        self.roles: dict[str, Role] = {}
        self.mfa = Mfa()
        self.reset()

    def reset(self) -> None:
        """Forgets roles that a test added. Sessions stay: they are what a client may hold."""
        self.roles.clear()
        for role in (Role("AthenaLocal"), Role("AthenaLocalReadOnly", can_write_s3=False),
                     Role("AthenaLocalExternal", external_id="local-external-id"),
                     Role("AthenaLocalShort", max_duration_s=3600),
                     Role("AthenaLocalMfa", needs_mfa=True),
                     Role("AthenaLocalWeb", by=WEB_IDENTITY), Role("AthenaLocalSaml", by=SAML),
                     Role("AthenaLocalSamlShort", by=SAML, max_duration_s=3600),
                     Role("AthenaLocalApplication", by=WEB_IDENTITY),
                     Role("AthenaLocalAccess", needs_context=True)):
            self.add_role(role)

    def find(self, access_key: str) -> Credential | None:
        return self._permanent.get(access_key) or self._sessions.get(access_key)

    def add_role(self, role: Role) -> None:
        self.roles[self.role_arn(role.name)] = role

    def role_arn(self, name: str) -> str:
        return f"arn:aws:iam::{self.account_id}:role/{name}"

    def open_session(self, seconds: float, *, arn: str, user_id: str,
                     can_write_s3: bool = True, context: str = "") -> Credential:
        """Makes a session credential that is valid for some seconds from now."""
        access_key = "ASIA" + _random(KEY_ALPHABET, 16)
        identity = Identity(access_key, arn, user_id, self.account_id, can_write_s3, True,
                            context)
        made = Credential(identity, issued.new("secret key", 30),
                          issued.new("session token", 240),
                          clock.now(seconds))
        self._sessions[access_key] = made
        return made

    def _user(self, access_key: str, secret: str, name: str, can_write: bool) -> Credential:
        arn = f"arn:aws:iam::{self.account_id}:user/{name}"
        return Credential(Identity(access_key, arn, "AIDA" + access_key[4:20], self.account_id,
                                   can_write), issued.note("secret key", secret))


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def role_id(name: str) -> str:
    """A stable unique id of a role, in the form AWS gives them."""
    plain = "".join(c for c in name.upper() if c in KEY_ALPHABET)
    return "AROA" + (plain + "LOCALATHENAROLEID")[:17]
