"""IAM Identity Center: clients, tokens, the person's pages, and the portal that gives keys.

    POST /_local/sso-oidc/client/register           RegisterClient
    POST /_local/sso-oidc/device_authorization      StartDeviceAuthorization
    POST /_local/sso-oidc/token                     CreateToken: code (with PKCE), device, refresh
    GET, POST /_local/sso-oidc/authorize            the page where a person allows a client
    GET, POST /_local/sso-oidc/device               the page where a person enters a user code
    GET  /_local/sso/federation/credentials         GetRoleCredentials

Specification: the API references of SSO OIDC and the SSO portal, RFC 6749, 7636 and 8628. Nobody
signs these. Tokens are opaque; a refresh token works once. The dials of POST /_local/sso say what
happens (class Dials); they may be changed while tokens are out.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import html
import json
import secrets
import time
import urllib.parse
from typing import Any

from . import issued, sts
from .credentials import CredentialTable, role_id
from .errors import OidcError, PortalError
from .wire import Answer, Call

OIDC = "/_local/sso-oidc/"
PORTAL = "/_local/sso/"
START_URL = "https://local.awsapps.com/start"
USER = "somebody"
PASSWORD = issued.note("password at IAM Identity Center", "correct horse battery staple")
CODE_GRANT = "authorization_code"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
REFRESH_GRANT = "refresh_token"
GRANTS = (CODE_GRANT, DEVICE_GRANT, REFRESH_GRANT)
CODE_S = 60
OIDC_OPERATIONS = {"client/register": "RegisterClient", "token": "CreateToken",
                   "device_authorization": "StartDeviceAuthorization", "authorize": "Authorize",
                   "device": "VerifyDevice"}
PORTAL_OPERATIONS = {"federation/credentials": "GetRoleCredentials"}
PAGES = ("Authorize", "VerifyDevice")


def operation_of(raw_path: str) -> tuple[str, str] | None:
    """The service and the operation that a path means; None when it is none of these."""
    for service, prefix, operations in (("sso-oidc", OIDC, OIDC_OPERATIONS),
                                        ("sso", PORTAL, PORTAL_OPERATIONS)):
        if raw_path.startswith(prefix):
            return service, operations.get(raw_path.removeprefix(prefix), "Unknown")
    return None


@dataclasses.dataclass
class Dials:
    """What POST /_local/sso sets; what is not given is as here."""

    token_s: float = 3600  # how long an access token lives
    gives_refresh_token: bool = True
    rotates: bool = True  # a refresh token works once, and a new one comes with the answer
    registration_s: float = 90 * 86400
    role_s: float = 3600  # how long keys live
    interval_s: int = 1  # between the polls of a device
    device_s: int = 600
    pending: int = 1  # polls of a device that are answered authorization_pending
    slow_down: int = 0  # polls of a device that are answered slow_down, before those
    decision: str = "allow"  # the person's, without asking one at the device page: allow, deny, none
    denied: bool = False  # the portal: no access to the role
    roles: dict[str, list[str]] = dataclasses.field(
        default_factory=lambda: {"123456789012": ["AthenaLocalSso", "AthenaLocalReadOnly"]})
    forgets: str = ""  # once: what was given out is worth nothing any more: access, all


@dataclasses.dataclass
class Client:
    id: str
    secret: str
    expires: float
    scopes: list[str]
    redirects: list[str]
    grants: list[str]


@dataclasses.dataclass
class Device:
    client: str
    user_code: str
    expires: float
    polls: int = 0
    decision: str = ""  # of the person


class Sso:
    def __init__(self, credentials: CredentialTable):
        self._credentials = credentials
        self._actions = {"RegisterClient": self._register, "CreateToken": self._create_token,
                         "StartDeviceAuthorization": self._start_device}
        self._grants = {CODE_GRANT: self._by_code, DEVICE_GRANT: self._by_device,
                        REFRESH_GRANT: self._by_refresh_token}
        self.reset()

    def reset(self) -> None:
        self.dials = Dials()
        self._clients: dict[str, Client] = {}
        self._devices: dict[str, Device] = {}
        self._codes: dict[str, dict[str, Any]] = {}
        self._access: dict[str, float] = {}  # token -> when it ends
        self._refresh: dict[str, str] = {}  # token -> client

    def set_dials(self, values: dict[str, Any]) -> None:
        self.dials = Dials(**values)
        if self.dials.forgets:
            self._access.clear()
        if self.dials.forgets == "all":
            self._refresh.clear()

    def has_token(self, access_token: str) -> bool:
        """Whether an access token is good now (for datazone.py)."""
        return self._access.get(access_token, 0) > time.time()

    def handle(self, call: Call, body: bytes) -> Answer:
        if call.operation in PAGES:
            return self._page(call, body)
        action = self._actions.get(call.operation)
        if action is None or call.method != "POST":
            raise OidcError("UnknownOperationException", "", 404)
        return _json(action(call, _object(body)))

    # ---- clients and tokens ----

    def _register(self, call: Call, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked.get("clientName") or asked.get("clientType") != "public":
            raise OidcError("InvalidClientMetadataException", "Invalid client type")
        redirects = asked.get("redirectUris") or []
        if any(not _is_loopback(uri) for uri in redirects):
            raise OidcError("InvalidRedirectUriException", "Invalid redirect URI")
        if any(grant not in GRANTS for grant in asked.get("grantTypes") or []):
            raise OidcError("UnsupportedGrantTypeException", "Unsupported grant type")
        made = Client(secrets.token_urlsafe(16), issued.new("client secret", 60),
                      time.time() + self.dials.registration_s, asked.get("scopes") or [],
                      redirects, asked.get("grantTypes") or [DEVICE_GRANT])
        self._clients[made.id] = made
        return {"clientId": made.id, "clientSecret": made.secret,
                "clientIdIssuedAt": int(time.time()), "clientSecretExpiresAt": int(made.expires)}

    def _client(self, asked: dict[str, Any]) -> Client:
        found = self._clients.get(asked.get("clientId", ""))
        given = str(asked.get("clientSecret", ""))
        if found is None or not hmac.compare_digest(found.secret.encode(), given.encode()):
            raise OidcError("InvalidClientException", "Invalid client", 401)
        if found.expires <= time.time():
            raise OidcError("InvalidClientException", "Client is expired", 401)
        return found

    def _create_token(self, call: Call, asked: dict[str, Any]) -> dict[str, Any]:
        client = self._client(asked)
        grant = asked.get("grantType", "")
        if grant not in self._grants:
            raise OidcError("UnsupportedGrantTypeException", "Unsupported grant type")
        if grant not in client.grants:
            raise OidcError("UnauthorizedClientException", "The client may not use this grant")
        self._grants[grant](client, asked)
        return self._new_token(client)

    def _new_token(self, client: Client) -> dict[str, Any]:
        access = "aoa" + issued.new("access token", 90)
        self._access[access] = time.time() + self.dials.token_s
        made = {"accessToken": access, "tokenType": "Bearer", "expiresIn": int(self.dials.token_s)}
        if self.dials.gives_refresh_token and REFRESH_GRANT in client.grants:
            made["refreshToken"] = "aor" + issued.new("refresh token", 90)
            self._refresh[made["refreshToken"]] = client.id
        return made

    def _by_code(self, client: Client, asked: dict[str, Any]) -> None:
        code = self._codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("codeVerifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (code is None or code["client"] != client.id or code["expires"] <= time.time()
                or code["redirect"] != asked.get("redirectUri")
                or code["challenge"] != challenge):
            raise OidcError("InvalidGrantException", "Invalid grant provided")

    def _by_refresh_token(self, client: Client, asked: dict[str, Any]) -> None:
        token = asked.get("refreshToken", "")
        if self._refresh.get(token) != client.id:
            raise OidcError("InvalidGrantException", "Invalid refresh token provided")
        if self.dials.rotates:
            del self._refresh[token]

    def _by_device(self, client: Client, asked: dict[str, Any]) -> None:
        device = self._devices.get(asked.get("deviceCode", ""))
        if device is None or device.client != client.id:
            raise OidcError("InvalidGrantException", "Invalid device code provided")
        if device.expires <= time.time():
            raise OidcError("ExpiredTokenException", "Device code is expired")
        device.polls += 1
        if device.polls <= self.dials.slow_down:
            raise OidcError("SlowDownException", "Slow down")
        decision = device.decision or self.dials.decision
        if decision == "none" or device.polls <= self.dials.slow_down + self.dials.pending:
            raise OidcError("AuthorizationPendingException", "")
        if decision == "deny":
            raise OidcError("AccessDeniedException", "The person has not allowed it")
        del self._devices[asked["deviceCode"]]

    def _start_device(self, call: Call, asked: dict[str, Any]) -> dict[str, Any]:
        client = self._client(asked)
        if asked.get("startUrl") != START_URL:
            raise OidcError("InvalidRequestException", "Invalid start url provided")
        letters = "".join(secrets.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(8))
        device_code = issued.new("device code", 40)
        made = Device(client.id, letters[:4] + "-" + letters[4:],
                      time.time() + self.dials.device_s)
        self._devices[device_code] = made
        page = _own_url(call) + OIDC + "device"
        return {"deviceCode": device_code, "userCode": made.user_code, "verificationUri": page,
                "verificationUriComplete": f"{page}?user_code={made.user_code}",
                "expiresIn": self.dials.device_s, "interval": self.dials.interval_s}

    # ---- pages ----

    def _page(self, call: Call, body: bytes) -> Answer:
        given = {**call.params, **sts.parse_form(body)}
        if call.method == "GET":
            return _form(call.raw_path, given)
        if given.get("username") != USER or given.get("password") != PASSWORD:
            return _form(call.raw_path, given, "The user name or the password is wrong")
        if call.operation == "Authorize":
            return self._authorize(given)
        for device in self._devices.values():
            if device.user_code == given.get("user_code"):
                device.decision = given.get("decision", "allow")
                return _html("Request approved")
        return _html("Invalid code", 400)

    def _authorize(self, given: dict[str, str]) -> Answer:
        client = self._clients.get(given.get("client_id", ""))
        redirect = given.get("redirect_uri", "")
        if client is None or redirect not in client.redirects:
            return _html("Invalid client or redirect URI", 400)
        back = {"state": given.get("state", "")}
        if (given.get("response_type") != "code" or given.get("code_challenge_method") != "S256"
                or CODE_GRANT not in client.grants):
            back["error"] = "invalid_request"
        elif set(given.get("scopes", "").split()) - set(client.scopes):
            back["error"] = "invalid_scope"
        elif given.get("decision", self.dials.decision) != "allow":
            back |= {"error": "access_denied", "error_description": "The person said no"}
        else:
            back["code"] = issued.new("authorization code", 40)
            self._codes[back["code"]] = {
                "client": client.id, "redirect": redirect, "expires": time.time() + CODE_S,
                "challenge": given.get("code_challenge", "")}
        return Answer(302, b"", {"Location": f"{redirect}?{urllib.parse.urlencode(back)}"})

    # ---- the portal ----

    def handle_portal(self, call: Call) -> Answer:
        if call.operation != "GetRoleCredentials" or call.method != "GET":
            raise PortalError("UnknownOperationException", "", 404)
        account, role = call.params.get("account_id", ""), call.params.get("role_name", "")
        if not self.has_token(call.header("x-amz-sso_bearer_token")):
            raise PortalError("UnauthorizedException", "Session token not found or invalid", 401)
        if self.dials.denied:
            raise PortalError("ForbiddenException", "No access", 403)
        if account not in self.dials.roles:
            raise PortalError("ForbiddenException", "No access", 403)
        if role not in self.dials.roles[account]:
            raise PortalError("ResourceNotFoundException", "The role is not there", 404)
        name = f"AWSReservedSSO_{role}_0123456789abcdef"
        made = self._credentials.open_session(
            self.dials.role_s, user_id=f"{role_id(role)}:{USER}",
            arn=f"arn:aws:sts::{self._credentials.account_id}:assumed-role/{name}/{USER}",
            can_write_s3=role != "AthenaLocalReadOnly")
        return _json({"roleCredentials": {
            "accessKeyId": made.identity.access_key, "secretAccessKey": made.secret_key,
            "sessionToken": made.token, "expiration": int(made.expires.timestamp() * 1000)}})


def oidc_error_answer(error: OidcError) -> Answer:
    word = error.code.removesuffix("Exception")
    word = "".join("_" + c.lower() if c.isupper() else c for c in word).lstrip("_")
    body = {"error": word, "error_description": error.message, **error.extra}
    return _error(error, body)


def portal_error_answer(error: PortalError) -> Answer:
    return _error(error, {"message": error.message, **error.extra,
                          "__type": f"com.amazonaws.switchboard.portal#{error.code}"})


def _error(error: OidcError | PortalError, body: dict[str, Any]) -> Answer:
    return Answer(error.status, json.dumps(body).encode(),
                  {"Content-Type": "application/json", "x-amzn-ErrorType": error.code,
                   **error.headers}, error.code)


def _object(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise OidcError("InvalidRequestException", "The body is no JSON object")
    return asked


def _is_loopback(uri: str) -> bool:
    parts = urllib.parse.urlsplit(uri)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")


def _own_url(call: Call) -> str:
    return f"{'https' if call.is_tls else 'http'}://{call.header('host')}"


def _form(action: str, given: dict[str, str], trouble: str = "") -> Answer:
    """A page that asks for user and password; what came with the request goes back with them."""
    hidden = "".join(f'<input type="hidden" name="{html.escape(name)}" '
                     f'value="{html.escape(value)}">' for name, value in given.items()
                     if name not in ("username", "password"))
    return _html(f"{html.escape(trouble)}<form method='post' action='{html.escape(action)}'>"
                 f"{hidden}<input name='username'><input type='password' name='password'>"
                 "<input type='submit'></form>")


def _html(text: str, status: int = 200) -> Answer:
    page = f"<!DOCTYPE html><title>IAM Identity Center</title><body>{text}</body>"
    return Answer(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode(), {"Content-Type": "application/json"})
