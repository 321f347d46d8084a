"""The server: one process, one event loop, every service on one port, and the identity providers
(identity/) on another, which is https.

The way of a request: route (routing.py), the faults' plan (faults.py), signature (sigv4.py),
the service's handler, and out (send.py). Handlers answer with an Answer or raise a ServiceError,
which is written here in the form of its service. Bodies of S3 uploads are streamed; only the
small bodies of Athena, STS and the control path are read whole.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import traceback
from typing import Any

from aiohttp import ClientError, web

from . import (athena_front, clock, datazone, faults, host, routing, send, sso, sts, sts_saml,
               tip)
from .athena.service import AthenaService
from .config import Config
from .control import Control
from .credentials import CredentialTable
from .errors import MAKERS, AthenaError, S3Error, ServiceError
from .identity import front as identity, saml
from .s3 import S3, error_answer as s3_error_answer
from .sigv4 import Verifier
from .stats import Stats
from .store import ObjectStore
from .wire import Answer, Call

log = logging.getLogger("athena_local")

# Bodies that are read whole before anything else.
SMALL_BODIES = ("athena", "sts", "sso-oidc", "datazone", "lakeformation", "identity",
                *tip.SERVICES)
UNSIGNED = ("host", "sso-oidc", "sso", "lakeformation", "identity")
KEEP_ALIVE_S = 75
BACKLOG = 4096


class Server:
    """Everything that runs: start() serves until close()."""

    def __init__(self, config: Config):
        self.config = config
        self.stats = Stats()
        self.faults = faults.Faults()
        self.credentials = CredentialTable(config)
        self.store = ObjectStore(config.data_dir / "s3", config.region)
        self.s3 = S3(self.store, config)
        issuer = saml.Issuer(identity.ISSUER, identity.PROVIDER, config.account_id)
        self.identity = identity.Identity(issuer)
        self.identity_port = 0
        self.by_saml = sts_saml.SamlExchange(self.credentials, issuer)
        self.sts = sts.Sts(self.credentials, self.by_saml)
        self.host = host.Host(self.credentials)
        self.sso = sso.Sso(self.credentials)
        self.datazone = datazone.DataZone(self.credentials, self.sso)
        self.tip = tip.Tip()
        self.athena: AthenaService | None = None
        self.control = Control(self)
        self._verifier = Verifier(config, self.credentials)
        self._runners: list[web.ServerRunner] = []
        self.resets = 0

    async def start(self, tls: ssl.SSLContext | None, identity_tls: ssl.SSLContext) -> int:
        """Starts to serve; returns the port, and sets that of the identity providers."""
        self.athena = AthenaService(self.store, self.config)
        await self.athena.start()
        self.identity_port = await self._listen(self._handle_identity, 0, identity_tls)
        return await self._listen(self._handle, self.config.port, tls)

    async def _listen(self, handler: Any, port: int, tls: ssl.SSLContext | None) -> int:
        runner = web.ServerRunner(_CountingServer(self.stats, handler), access_log=None,
                                  keepalive_timeout=KEEP_ALIVE_S)
        self._runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, self.config.host, port, backlog=BACKLOG, ssl_context=tls,
                           shutdown_timeout=1)
        await site.start()
        return site._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        for runner in self._runners:
            await runner.cleanup()
        if self.athena:
            await self.athena.close()
        self.store.close()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        call = Call(request, request.transport.get_extra_info("ssl_object") is not None)
        routing.route(call)
        if call.service == "local":
            response, _ = await send.send(call, await self.control.handle(call), faults.NO_PLAN)
            return response
        return await self._count(call)

    async def _handle_identity(self, request: web.BaseRequest) -> web.StreamResponse:
        call = Call(request, True)
        self.identity.route(call)
        return await self._count(call)

    async def _count(self, call: Call) -> web.StreamResponse:
        body: bytes | None = b""
        if call.service in SMALL_BODIES:
            body = await _read(call)
        if call.service == "sts":  # the action is in the body
            call.operation = sts.parse_form(body or b"").get("Action", call.operation)
        name = f"{call.service}.{call.operation}"
        self.stats.begin(name)
        try:
            return await self._serve(call, body)
        finally:
            self.stats.end(name)

    async def _serve(self, call: Call, body: bytes | None) -> web.StreamResponse:
        plan = self.faults.plan(call)
        if plan is not faults.NO_PLAN:
            self._count_faults(plan)
        call.clock_offset_s = plan.clock_offset_s
        delay_ms = plan.delay_ms + self.config.latency_ms
        if delay_ms:
            resets = self.resets
            await asyncio.sleep(delay_ms / 1000)
            if resets != self.resets and _has_left(call):
                return web.Response()  # it is of what was reset, and would count for what came after
        if plan.reset == "before":
            send.reset(call)
            return web.Response()
        try:
            return await self._carry_out(call, plan, body)
        except (ConnectionError, ClientError) as error:  # the client went away meanwhile
            log.info("%s.%s: %r", call.service, call.operation, error)
            send.reset(call)
            return web.Response()

    async def _carry_out(self, call: Call, plan: faults.Plan,
                         body: bytes | None) -> web.StreamResponse:
        answer = await self._answer(call, plan, body)
        self.stats.bytes_in += call.bytes_in
        if answer.error_code:
            self.stats.errors[f"{call.service}.{answer.error_code}"] += 1
        if plan.reset == "after":
            send.reset(call)
            return web.Response()
        answer.headers["Date"] = clock.http_date(clock.now(plan.clock_offset_s))
        answer.headers.setdefault("Server", "AmazonS3" if call.service == "s3" else "athena-local")
        response, sent = await send.send(call, answer, plan)
        self.stats.bytes_out += sent
        return response

    async def _answer(self, call: Call, plan: faults.Plan, body: bytes | None) -> Answer:
        """The service's answer, or its error in the service's own form."""
        try:
            return await self._dispatch(call, plan, body)
        except ServiceError as error:
            return write_error(call, error)
        except (ConnectionError, ClientError):
            raise
        except Exception:
            log.error("%s.%s failed:\n%s", call.service, call.operation, traceback.format_exc())
            return write_error(call, _internal(call.service))

    async def _dispatch(self, call: Call, plan: faults.Plan, body: bytes | None) -> Answer:
        if body is None:
            raise _too_large(call.service)
        if not _is_unsigned(call):
            self._authenticate(call, None if call.service == "s3" else body)
        if plan.rule is not None:
            error = faults.error_of(plan.rule, call)
            if isinstance(error, Answer):
                return error
            raise error
        if call.service == "athena":
            return await athena_front.handle(self.athena, call, body)
        if call.service == "sts":
            return self.sts.handle(call, {**call.params, **sts.parse_form(body)})
        if call.service == "host":
            return self.host.handle(call)
        if call.service == "sso-oidc":
            return self.sso.handle(call, body)
        if call.service == "sso":
            return self.sso.handle_portal(call)
        if call.service == "datazone":
            return self.datazone.handle(call, body)
        if call.service in tip.SERVICES:
            return self.tip.handle(call, body)
        if call.service == "lakeformation":
            return self.by_saml.handle_lake_formation(call, body)
        if call.service == "identity":
            return self.identity.handle(call, body)
        return await self.s3.handle(call)

    def _authenticate(self, call: Call, body: bytes | None) -> None:
        bucket = self.store.bucket(call.bucket) if call.bucket else None
        try:
            call.identity = self._verifier.verify(call, body, bucket and bucket.region)
        except ServiceError:
            self.stats.signature_failures += 1
            raise

    def _count_faults(self, plan: faults.Plan) -> None:
        done = {"reset": plan.reset, "truncate": plan.truncate_at is not None,
                "stall": plan.stall_at is not None, "clock_skew": plan.clock_offset_s,
                "delay": plan.delay_ms, (plan.rule or {}).get("kind", "custom"): plan.rule}
        self.stats.faults.update(kind for kind, is_done in done.items() if is_done)


def _has_left(call: Call) -> bool:
    transport = call.request.transport
    return transport is None or transport.is_closing()


def write_error(call: Call, error: ServiceError) -> Answer:
    """An error in the words of the call's service, whoever raised it."""
    if call.service == "s3":
        return s3_error_answer(error, call)
    if call.service == "sts":
        return sts.error_answer(error, call.request_id)
    if call.service == "host":
        return host.error_answer(error)
    if call.service == "sso-oidc":
        return sso.oidc_error_answer(error)
    if call.service == "sso":
        return sso.portal_error_answer(error)
    if call.service == "datazone":
        return datazone.error_answer(error, call)
    if call.service in tip.SERVICES:
        return tip.error_answer(error, call)
    if call.service == "lakeformation":
        return sts_saml.lake_formation_error(error, call.request_id)
    if call.service == "identity":
        return identity.error_answer(error)
    return athena_front.error_answer(error, call)


def _is_unsigned(call: Call) -> bool:
    return (call.service in UNSIGNED or call.operation == "RedeemAccessToken"
            or call.operation in sts.UNSIGNED)


async def _read(call: Call) -> bytes | None:
    """A small body; None when it is too large, or did not come whole."""
    try:
        return await call.read(athena_front.MAX_BODY_BYTES)
    except ValueError:
        return None


def _too_large(service: str) -> ServiceError:
    return MAKERS.get(service, AthenaError)("RequestEntityTooLargeException", "The request is too large", 413)


def _internal(service: str) -> ServiceError:
    if service == "s3":
        return S3Error("InternalError", "We encountered an internal error. Please try again.")
    if service == "sts":
        return MAKERS[service]("InternalFailure", "An internal error occurred.", 500)
    return MAKERS.get(service, AthenaError)("InternalServerException", "Internal service error", 500)


class _CountingServer(web.Server):
    """Counts the connections that clients open."""

    def __init__(self, stats: Stats, handler: Any):
        super().__init__(handler)
        self._stats = stats

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        self._stats.connections += 1
        super().connection_made(handler, transport)
