"""An Okta organisation: its Authentication API with second factors, and an application's page.

    POST /api/v1/authn                                  user and password
    POST /api/v1/authn/skip                             a password that ends soon stays as it is
    POST /api/v1/authn/factors                          a factor is enrolled (sms)
    POST /api/v1/authn/factors/ID/lifecycle/activate    with its first code
    POST /api/v1/authn/factors/ID/verify                a code; without one: send it, or ask again
    GET  /home/APP/ID?onetimetoken=TOKEN                a redirect, then a page with the response

Source: Okta's Authentication API reference.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import re
import secrets
import struct
import time
from typing import Any

from ..wire import Answer, Call
from .person import cookies_of, page, redirect
from .system import System

API = "/api/v1/authn"
FACTOR = re.compile(API + r"/factors/(\w+)/(verify|lifecycle/activate)")
TOTP_SECRET = b"12345678901234567890"
# By the names that the driver's option okta_mfa_type has for them.
FACTORS: dict[str, dict[str, Any]] = {
    "googleauthenticator": {"id": "ostf1google", "factorType": "token:software:totp",
                            "provider": "GOOGLE", "profile": {"credentialId": "ana@example.com"}},
    "smsauthentication": {"id": "smsk1local", "factorType": "sms", "provider": "OKTA",
                          "profile": {"phoneNumber": "+1 XXX-XXX-1337"}},
    "oktaverifywithpush": {"id": "opf1local", "factorType": "push", "provider": "OKTA",
                           "profile": {"name": "Ana's phone"}},
    "oktaverifywithtotp": {"id": "ost1local", "factorType": "token:software:totp",
                           "provider": "OKTA", "profile": {"credentialId": "ana@example.com"}},
}


@dataclasses.dataclass
class Dials:
    """As set by POST /_local/identity, member okta."""

    factors: list[str] = dataclasses.field(default_factory=list)  # none: no second factor
    status: str = "SUCCESS"  # of a right password: LOCKED_OUT, PASSWORD_EXPIRED, PASSWORD_WARN,
    # MFA_ENROLL, or what else the API knows
    push_polls: int = 2  # questions that are answered WAITING
    push_number: int | None = None  # that has to be chosen on the phone
    push_result: str = "SUCCESS"  # then: SUCCESS, REJECTED, TIMEOUT
    app: str = "amazon_aws/0oa1local/137"


class Okta(System):
    name = "okta"
    dials_type = Dials

    def set_dials(self, dials: Dials) -> None:
        self.dials = dials
        self._polls = 0
        self.sms_code: str | None = None
        self.phone_number: str | None = None

    def operation(self, call: Call) -> str | None:
        path = call.raw_path
        if found := FACTOR.fullmatch(path):
            return "OktaVerify" if found[2] == "verify" else "OktaActivate"
        known = {API: "OktaAuthn", API + "/skip": "OktaSkip", API + "/factors": "OktaEnroll",
                 "/login/login.htm": "OktaLoginPage"}
        if path.startswith(("/home/", "/app/")):
            return "OktaApp"
        return known.get(path)

    def codes(self) -> dict[str, str | None]:
        """What the person would type: for GET /_local/identity."""
        return {"totp": totp(), "sms": self.sms_code, "phone_number": self.phone_number}

    def handle(self, call: Call, fields: dict[str, Any]) -> Answer:
        if call.operation == "OktaLoginPage":
            return page("<head><title>Local - Sign In</title></head><body></body>")
        if call.operation == "OktaApp":
            return self._app(call)
        if call.method != "POST":
            return _error(405, "E0000022", "The endpoint does not support the provided HTTP "
                          "method")
        if call.operation == "OktaAuthn":
            return self._authn(fields)
        if not self._door.has(fields.get("stateToken"), "okta-state"):
            return _error(401, "E0000011", "Invalid token provided")
        if call.operation == "OktaSkip":
            return self._success()
        if call.operation == "OktaEnroll":
            return self._enroll(fields)
        found = FACTOR.fullmatch(call.raw_path)
        return self._verify(found[1], fields)

    # ---- the API ----

    def _authn(self, fields: dict[str, Any]) -> Answer:
        verdict = self._door.judge(str(fields.get("username")), str(fields.get("password")))
        if verdict == "locked":
            return _json({"status": "LOCKED_OUT", "_embedded": {}})
        if verdict != "in":
            return _error(401, "E0000004", "Authentication failed")
        status = self.dials.status
        if status == "SUCCESS" and self.dials.factors:
            status = "MFA_REQUIRED"
        if status == "SUCCESS":
            return self._success()
        if status == "LOCKED_OUT":
            return _json({"status": status, "_embedded": {}})
        factors = [FACTORS[name] for name in self.dials.factors]
        if status == "MFA_ENROLL":
            factors = [{"factorType": f["factorType"], "provider": f["provider"],
                        "enrollment": "REQUIRED", "status": "NOT_SETUP"} for f in factors]
        return self._state(status, {"factors": factors})

    def _enroll(self, fields: dict[str, Any]) -> Answer:
        number = (fields.get("profile") or {}).get("phoneNumber")
        if fields.get("factorType") != "sms" or not re.fullmatch(r"\+[\d -]{6,20}", str(number)):
            return _error(400, "E0000001", "Api validation failed: factorEnrollRequest",
                          "Invalid Phone Number.")
        if self.phone_number != number:
            self.phone_number, self.sms_code = number, _code()
        return self._state("MFA_ENROLL_ACTIVATE", {"factor": FACTORS["smsauthentication"]})

    def _verify(self, factor_id: str, fields: dict[str, Any]) -> Answer:
        name = next((n for n, f in FACTORS.items() if f["id"] == factor_id), None)
        if name not in self.dials.factors:
            return _error(404, "E0000007", f"Not found: Resource not found: {factor_id} "
                          "(UserFactor)")
        if name == "oktaverifywithpush":
            return self._push()
        code = fields.get("passCode")
        if name == "smsauthentication" and not code:
            self.sms_code = _code()
            return self._state("MFA_CHALLENGE", {"factor": FACTORS[name]})
        right = {self.sms_code} if name == "smsauthentication" else {totp(), totp(-30)}
        if not code or code not in right:
            return _error(403, "E0000068", "Invalid Passcode/Answer",
                          "Your passcode doesn't match our records. Please try again.")
        self.sms_code = None
        return self._success()

    def _push(self) -> Answer:
        self._polls += 1
        asked = dict(FACTORS["oktaverifywithpush"])
        if self.dials.push_number is not None:
            asked["_embedded"] = {"challenge": {"correctAnswer": self.dials.push_number}}
        factor = {"factor": asked}
        if self._polls <= self.dials.push_polls:
            return self._state("MFA_CHALLENGE", factor, factorResult="WAITING")
        if self.dials.push_result != "SUCCESS":
            return self._state("MFA_CHALLENGE", factor, factorResult=self.dials.push_result)
        return self._success()

    def _state(self, status: str, embedded: dict[str, Any], **more: Any) -> Answer:
        return _json({"stateToken": self._door.issue("okta-state"),
                      "expiresAt": "2099-01-01T00:00:00.000Z", "status": status, **more,
                      "_embedded": {"user": {"id": "00u1local", "profile": {
                          "login": self._door.person.user}}, **embedded}})

    def _success(self) -> Answer:
        return _json({"expiresAt": "2099-01-01T00:00:00.000Z", "status": "SUCCESS",
                      "sessionToken": self._door.issue("okta-session"),
                      "_embedded": {"user": {"id": "00u1local"}}})

    # ---- the application ----

    def _app(self, call: Call) -> Answer:
        if call.raw_path == "/app/sso/saml":
            if not self._door.has(cookies_of(call).get("sid"), "okta-sid"):
                return redirect("/login/login.htm")
            return self._page_with_response()
        if call.raw_path != "/home/" + self.dials.app:
            return page("<head><title>Page not found</title></head><body>404</body>", 404,
                        error_code="NotFound")
        if not self._door.spend(call.params.get("onetimetoken"), "okta-session"):
            return redirect("/login/login.htm?fromURI=" + call.raw_path)
        return redirect(f"https://{call.header('host')}/app/sso/saml",
                        f"sid={self._door.issue('okta-sid')};Version=1;Path=/;Secure;HttpOnly")

    def _page_with_response(self) -> Answer:
        value = self._issuer.response(self.claim).replace("+", "&#x2b;").replace("=", "&#x3d;")
        return page('<head><title>Signing in...</title></head><body><form id="appForm" action='
                    '"https&#x3a;&#x2f;&#x2f;signin.aws.amazon.com&#x2f;saml" method="POST">'
                    f'<input name="SAMLResponse" type="hidden" value="{value}"/><input '
                    'name="RelayState" type="hidden" value=""/></form></body>')


def totp(offset_s: int = 0) -> str:
    """The code of the moment, RFC 6238."""
    counter = struct.pack(">Q", int(time.time() + offset_s) // 30)
    digest = hmac.new(TOTP_SECRET, counter, hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def _code() -> str:
    return f"{secrets.randbelow(1000000):06d}"


def _json(value: Any, status: int = 200, error_code: str | None = None) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json",
                  "X-Okta-Request-Id": base64.b32encode(secrets.token_bytes(10)).decode()},
                  error_code)


def _error(status: int, code: str, summary: str, cause: str | None = None) -> Answer:
    return _json({"errorCode": code, "errorSummary": summary, "errorLink": code,
                  "errorId": "oae" + secrets.token_hex(10),
                  "errorCauses": [{"errorSummary": cause}] if cause else []}, status, code)
