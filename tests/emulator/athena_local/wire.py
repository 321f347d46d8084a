"""A request as the services see it, and what they answer.

``Call`` wraps aiohttp's request: the raw target and headers as they came over the wire (which
signatures need), who calls, what for, and the body. ``Answer`` is a plain value; app.py and
send.py write it out, which is where faults act.
"""

from __future__ import annotations

import dataclasses
import secrets
import urllib.parse
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web

from .credentials import Identity

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclasses.dataclass(slots=True)
class FileBody:
    """A part of a file as body: sent by sendfile, never read into memory."""

    path: Path
    offset: int
    size: int  # bytes


@dataclasses.dataclass(slots=True)
class Answer:
    status: int = 200
    body: bytes | FileBody = b""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    error_code: str | None = None  # for the statistics

    @property
    def size(self) -> int:
        return self.body.size if isinstance(self.body, FileBody) else len(self.body)


class Call:
    """One request. Header names are in lower case; repeated headers are joined by a comma."""

    def __init__(self, request: web.BaseRequest, is_tls: bool):
        self.request = request
        self.is_tls = is_tls
        self.method = request.method
        self.request_id = secrets.token_hex(8).upper()
        target = request.raw_path
        if not target.startswith("/"):  # absolute form, as sent to a proxy
            target = "/" + target.partition("://")[2].partition("/")[2]
        self.raw_path, _, self.raw_query = target.partition("?")
        self.headers = _headers(request)
        self.query = urllib.parse.parse_qsl(self.raw_query, keep_blank_values=True,
                                            errors="surrogateescape")
        self.params = dict(self.query)
        self.service = "local"
        self.operation = "Unknown"
        self.bucket = ""
        self.key = ""
        self.identity: Identity | None = None
        self.signed_region = ""
        self.clock_offset_s = 0.0
        self.bytes_in = 0
        self._body: bytes | None = None
        self.body_filter: Any = None  # set by sigv4.py: checks and decodes what chunks() yields

    def header(self, name: str, default: str = "") -> str:
        return self.headers.get(name, default)

    @property
    def content_length(self) -> int | None:
        text = self.header("content-length")
        return int(text) if text.isdigit() else None

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes in; decoded and checked when body_filter is set."""
        await self._invite_body()
        async for chunk in self.request.content.iter_any():
            self.bytes_in += len(chunk)
            if self.body_filter:
                chunk = self.body_filter.feed(chunk)
            if chunk:
                yield chunk
        if self.body_filter:
            tail = self.body_filter.finish()
            if tail:
                yield tail

    async def read(self, limit_bytes: int) -> bytes:
        """The whole body, which must be small. Raises ValueError beyond the limit."""
        if self._body is None:
            parts, size = [], 0
            async for chunk in self.chunks():
                size += len(chunk)
                if size > limit_bytes:
                    raise ValueError("body too large")
                parts.append(chunk)
            self._body = b"".join(parts)
        return self._body

    async def _invite_body(self) -> None:
        if self.header("expect").lower() == "100-continue":
            transport = self.request.transport
            if transport is not None and not transport.is_closing():
                transport.write(CONTINUE)


def _headers(request: web.BaseRequest) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in request.raw_headers:
        name = raw_name.decode("latin-1").lower()
        value = raw_value.decode("utf-8", "surrogateescape")
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
