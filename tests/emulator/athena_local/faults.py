"""Faults on demand: rules that a test posts to /_local/faults.

A rule says which requests it concerns (service, operation, bucket, key, access_key: shell
patterns), how often (probability, count, skip), and what happens to them (kind and its
parameters). The table of kinds is in ../README.md. Rules are looked at in order; delays add up,
and the first error wins.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import random
from typing import Any

from .errors import MAKERS, ServiceError
from .wire import Answer, Call

# kind -> service -> code, status, text
ERRORS = {
    "throttle": {
        "athena": ("ThrottlingException", 400, "Rate exceeded"),
        "s3": ("SlowDown", 503, "Please reduce your request rate."),
        "sts": ("Throttling", 400, "Rate exceeded"),
        "host": ("TooManyRequests", 429, "Too Many Requests"),
        "sso-oidc": ("SlowDownException", 400, "Slow down"),
        "sso": ("TooManyRequestsException", 429, "Too many requests"),
        "datazone": ("ThrottlingException", 429, "Rate exceeded"),
        "lakeformation": ("ThrottledException", 400, "Rate exceeded"),
        "identity": ("TooManyRequests", 429, "Too Many Requests")},
    "error5xx": {
        "athena": ("InternalServerException", 500, "Internal service error"),
        "s3": ("InternalError", 500, "We encountered an internal error. Please try again."),
        "sts": ("InternalFailure", 500, "An internal error occurred."),
        "host": ("InternalServerError", 500, "Internal Server Error"),
        "sso-oidc": ("InternalServerException", 500, "Internal service error"),
        "sso": ("InternalServerException", 500, "Internal service error"),
        "datazone": ("InternalServerException", 500, "Internal service error"),
        "lakeformation": ("InternalServiceException", 500, "Internal service error"),
        "identity": ("InternalServerError", 500, "Internal Server Error")},
    "expired_credentials": {
        "athena": ("ExpiredTokenException", 400,
                   "The security token included in the request is expired"),
        "s3": ("ExpiredToken", 400, "The provided token has expired."),
        "sts": ("ExpiredToken", 403, "The security token included in the request is expired"),
        "host": ("Unauthorized", 401, "Unauthorized"),
        "sso-oidc": ("ExpiredTokenException", 400, "The token has expired"),
        "sso": ("UnauthorizedException", 401, "Session token not found or invalid"),
        "datazone": ("ExpiredTokenException", 403,
                     "The security token included in the request is expired"),
        "lakeformation": ("InvalidInputException", 400, "The assertion has expired"),
        "identity": ("Unauthorized", 401, "Unauthorized")},
    "access_denied": {
        "athena": ("AccessDeniedException", 400, "User: {arn} is not authorized to perform: "
                   "athena:{operation} on resource: {resource}"),
        "s3": ("AccessDenied", 403, "User: {arn} is not authorized to perform: s3:{operation} on "
               "resource: \"{resource}\" because no identity-based policy allows the "
               "s3:{operation} action"),
        "sts": ("AccessDenied", 403, "User: {arn} is not authorized to perform: sts:{operation} "
                "on resource: {resource}"),
        "host": ("Forbidden", 403, "Forbidden"),
        "sso-oidc": ("AccessDeniedException", 400, "Access denied"),
        "sso": ("ForbiddenException", 403, "No access"),
        "datazone": ("AccessDeniedException", 403, "User: {arn} is not authorized to perform: "
                     "datazone:{operation} on resource: {resource}"),
        "lakeformation": ("AccessDeniedException", 400,
                          "Not authorized to perform: lakeformation:{operation}"),
        "identity": ("Forbidden", 403, "Forbidden")},
}
UNAVAILABLE = {"athena": "ServiceUnavailableException", "s3": "ServiceUnavailable",
               "sts": "ServiceUnavailable", "host": "ServiceUnavailable",
               "sso-oidc": "ServiceUnavailableException", "sso": "ServiceUnavailableException",
               "datazone": "ServiceUnavailableException",
               "lakeformation": "ServiceUnavailableException", "identity": "ServiceUnavailable"}
KINDS = (*ERRORS, "custom", "reset", "stall", "truncate", "delay", "clock_skew")
PATTERNS = ("service", "operation", "bucket", "key", "access_key")
FIELDS = {"kind", "probability", "count", "skip", "seed", "delay_ms", "after_bytes", "offset_ms",
          "status", "code", "message", "extra", "headers", "body", "when", *PATTERNS}


@dataclasses.dataclass(slots=True)
class Plan:
    """What is to happen to one request."""

    delay_ms: float = 0
    clock_offset_s: float = 0
    reset: str = ""  # "before": nothing is done; "after": done, but the answer is lost
    rule: dict[str, Any] | None = None  # of the error to answer
    truncate_at: int | None = None  # body bytes sent before the connection is closed
    stall_at: int | None = None  # body bytes sent before the pause
    stall_ms: float | None = None  # None: until the client goes away


NO_PLAN = Plan()


class Rule:
    """One rule and its counters."""

    def __init__(self, spec: dict[str, Any]):
        unknown = set(spec) - FIELDS
        if unknown:
            raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
        if spec.get("kind") not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        if spec.get("when", "before") not in ("before", "after"):
            raise ValueError("when must be before or after")
        for name in ("probability", "count", "skip", "delay_ms", "after_bytes", "offset_ms",
                     "status"):
            if not isinstance(spec.get(name, 0), (int, float)):
                raise ValueError(f"{name} must be a number")
        self.spec = spec
        self.seen = 0  # requests that it concerned
        self.hits = 0  # requests that it was applied to
        self._random = random.Random(spec.get("seed"))

    def wants(self, call: Call, access_key: str) -> bool:
        """Counts the request, and says whether the rule is applied to it."""
        values = {"service": call.service, "operation": call.operation, "bucket": call.bucket,
                  "key": call.key, "access_key": access_key}
        for name in PATTERNS:
            pattern = self.spec.get(name)
            if pattern is not None and not _matches(values[name], pattern):
                return False
        self.seen += 1
        if self.seen <= self.spec.get("skip", 0):
            return False
        if "count" in self.spec and self.hits >= self.spec["count"]:
            return False
        if self._random.random() >= self.spec.get("probability", 1):
            return False
        self.hits += 1
        return True

    def describe(self) -> dict[str, Any]:
        return {**self.spec, "seen": self.seen, "hits": self.hits}


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def set(self, specs: Any) -> None:
        """Replaces all rules. Raises ValueError, and changes nothing, when one is wrong."""
        specs = [specs] if isinstance(specs, dict) else specs
        if not isinstance(specs, list) or not all(isinstance(s, dict) for s in specs):
            raise ValueError("expected a list of rules")
        self.rules = [Rule(spec) for spec in specs]

    def clear(self) -> None:
        self.rules = []

    def plan(self, call: Call) -> Plan:
        if not self.rules:
            return NO_PLAN
        plan = Plan()
        access_key = _access_key(call)
        for rule in self.rules:
            if rule.wants(call, access_key):
                _apply(plan, rule.spec)
        return plan


def _apply(plan: Plan, spec: dict[str, Any]) -> None:
    kind = spec["kind"]
    if kind == "stall":
        plan.stall_at = spec.get("after_bytes", 0)
        plan.stall_ms = spec.get("delay_ms")
        return
    plan.delay_ms += spec.get("delay_ms", 0)
    if kind == "clock_skew":
        plan.clock_offset_s += spec.get("offset_ms", 0) / 1000
    elif kind == "reset":
        plan.reset = spec.get("when", "before")
    elif kind == "truncate":
        plan.truncate_at = spec.get("after_bytes", 0)
    elif kind != "delay" and plan.rule is None:
        plan.rule = spec


def error_of(spec: dict[str, Any], call: Call) -> ServiceError | Answer:
    """The error that a rule asks for, in the words of the call's service."""
    if "body" in spec:  # what a proxy in between might answer
        return Answer(spec.get("status", 502), str(spec["body"]).encode(),
                      {"Content-Type": "text/html", **spec.get("headers", {})},
                      spec.get("code", "custom"))
    kind = spec["kind"]
    service = call.service if call.service in MAKERS else "athena"
    words = service if service in UNAVAILABLE else "athena"
    code, status, text = ERRORS.get(kind, {}).get(words, ("InternalFailure", 500, ""))
    if kind == "error5xx" and spec.get("status") == 503:
        code = UNAVAILABLE[words]
    arn = call.identity.arn if call.identity else "anonymous"
    text = text.replace("{arn}", arn).replace("{operation}", call.operation)
    text = text.replace("{resource}", resource_of(call))
    error = MAKERS[service](spec.get("code", code), spec.get("message", text),
                            spec.get("status", status), spec.get("extra"))
    error.headers.update(spec.get("headers", {}))
    return error


def resource_of(call: Call) -> str:
    """The ARN that a denial names."""
    if call.service == "s3":
        return "arn:aws:s3:::" + call.bucket + ("/" + call.key if call.key else "")
    account = call.identity.account_id if call.identity else "*"
    return f"arn:aws:athena:*:{account}:workgroup/*" if call.service == "athena" else "*"


def _matches(value: str, pattern: str | list[str]) -> bool:
    patterns = pattern if isinstance(pattern, list) else [pattern]
    return any(fnmatch.fnmatchcase(value, p) for p in patterns)


def _access_key(call: Call) -> str:
    """As claimed; rules are looked at before the signature."""
    text = call.header("authorization") or call.params.get("X-Amz-Credential", "")
    return text.partition("Credential=")[2].partition("/")[0] or text.partition("/")[0]
