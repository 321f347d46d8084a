"""The server's own control path, /_local/..., for tests: no signature, JSON in and out.

    GET    /_local/ready          that the server serves, and with what settings
    GET    /_local/stats          counters (stats.py) and what the Athena half adds
    POST   /_local/reset          clears faults, counters, added roles; Athena forgets its queries
    GET    /_local/secrets        [what, value] of all that it knows and has given out (issued.py)
    GET    /_local/faults         the rules in force, with how often each was seen and hit
    POST   /_local/faults         replaces them (faults.py); DELETE clears them
    POST   /_local/host           sets what containers and instances are given (host.py)
    POST   /_local/sso            sets what IAM Identity Center does (sso.py)
    POST   /_local/datazone       sets what DataZone does (datazone.py)
    GET    /_local/identity       where the identity providers are, and what the person would see
    POST   /_local/identity       sets their dials (identity/)
    POST   /_local/roles          adds a role: the fields of credentials.Role
    POST   /_local/jwt            signs a token (jwt.py): claims, algorithm, is_forged
    POST   /_local/tip            sets the dials of trusted identity propagation (tip.py)
    POST   /_local/mfa            the code that the MFA device shows now
    POST   /_local/buckets        makes a bucket: name, region, owner, requester_pays
    POST   /_local/catalogs       sets the catalogs beside AwsDataCatalog, and more databases in it
                                  (sql/others.py); [] takes them away
    POST   /_local/limits         sets Athena's quotas (athena/limits.py); {} takes them away
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import issued, jwt
from .config import READ_ONLY_ACCESS_KEY, TEST_ACCESS_KEY
from .credentials import MFA_SERIAL, Role
from .wire import Answer, Call

if TYPE_CHECKING:
    from .app import Server

MAX_BODY_BYTES = 1 << 20


class Control:
    def __init__(self, server: "Server"):
        self._server = server
        self._actions = {
            ("GET", "ready"): self._ready,
            ("GET", "stats"): self._stats,
            ("POST", "reset"): self._reset,
            ("GET", "secrets"): self._secrets,
            ("GET", "faults"): self._list_faults,
            ("POST", "faults"): self._set_faults,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "host"): self._set_host,
            ("POST", "sso"): self._set_sso,
            ("POST", "datazone"): self._set_datazone,
            ("GET", "identity"): self._identity,
            ("POST", "identity"): self._set_identity,
            ("POST", "roles"): self._add_role,
            ("POST", "jwt"): self._sign_token,
            ("POST", "mfa"): self._mfa_code,
            ("POST", "tip"): self._set_tip,
            ("POST", "buckets"): self._add_bucket,
            ("POST", "catalogs"): self._set_catalogs,
            ("POST", "limits"): self._set_limits,
        }

    async def handle(self, call: Call) -> Answer:
        action = self._actions.get((call.method, call.raw_path.removeprefix("/_local/")))
        if action is None:
            return _json({"error": f"no {call.method} {call.raw_path}"}, 404)
        try:
            body = await call.read(MAX_BODY_BYTES)
            return _json(action(call, json.loads(body) if body.strip() else None))
        except (ValueError, TypeError, KeyError) as error:
            return _json({"error": str(error)}, 400)

    def _ready(self, call: Call, body: Any) -> Any:
        config = self._server.config
        return {"region": config.region, "account_id": config.account_id,
                "access_keys": [TEST_ACCESS_KEY, READ_ONLY_ACCESS_KEY]}

    def _stats(self, call: Call, body: Any) -> Any:
        return {**self._server.stats.report(), **self._server.athena.stats()}

    def _reset(self, call: Call, body: Any) -> Any:
        server = self._server
        server.resets += 1
        server.faults.clear()
        server.stats.reset()
        server.credentials.reset()
        server.host.reset()
        server.identity.reset()
        server.sso.reset()
        server.datazone.reset()
        server.tip.reset()
        server.athena.reset()
        return {}

    def _secrets(self, call: Call, body: Any) -> Any:
        return issued.report()

    def _list_faults(self, call: Call, body: Any) -> Any:
        return [rule.describe() for rule in self._server.faults.rules]

    def _set_faults(self, call: Call, body: Any) -> Any:
        self._server.faults.set(body)
        return self._list_faults(call, None)

    def _clear_faults(self, call: Call, body: Any) -> Any:
        self._server.faults.clear()
        return []

    def _set_host(self, call: Call, body: Any) -> Any:
        self._server.host.set_dials(body or {})
        return {}

    def _set_sso(self, call: Call, body: Any) -> Any:
        self._server.sso.set_dials(body or {})
        return {}

    def _set_datazone(self, call: Call, body: Any) -> Any:
        self._server.datazone.set_dials(body or {})
        return {}

    def _set_tip(self, call: Call, body: Any) -> Any:
        self._server.tip.set_dials(body or {})
        return {}

    def _identity(self, call: Call, body: Any) -> Any:
        server = self._server
        return {"host": server.config.host, "port": server.identity_port,
                "ca_file": str(server.config.identity_dir / "ca.pem"),
                **server.identity.report()}

    def _set_identity(self, call: Call, body: Any) -> Any:
        self._server.identity.set_dials(body or {})
        return {}

    def _add_role(self, call: Call, body: Any) -> Any:
        role = Role(**body)
        self._server.credentials.add_role(role)
        return {"arn": self._server.credentials.role_arn(role.name)}

    def _sign_token(self, call: Call, body: Any) -> Any:
        issuer = jwt.FORGER if body.get("is_forged") else jwt.ISSUER
        return {"token": issuer.sign(body.get("claims", {}), body.get("algorithm", "RS256"))}

    def _mfa_code(self, call: Call, body: Any) -> Any:
        return {"serial_number": MFA_SERIAL, "code": self._server.credentials.mfa.show()}

    def _add_bucket(self, call: Call, body: Any) -> Any:
        store, name = self._server.store, body.pop("name")
        store.create_bucket(name, body.pop("region", None))
        if unknown := set(body) - {"owner", "requester_pays"}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        store.set_bucket_attrs(name, {**store.bucket(name).attrs, **body})
        return {}

    def _set_catalogs(self, call: Call, body: Any) -> Any:
        return self._server.athena.set_catalogs(body)

    def _set_limits(self, call: Call, body: Any) -> Any:
        return self._server.athena.configure_limits(body or {})


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})
