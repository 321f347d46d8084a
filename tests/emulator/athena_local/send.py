"""Writes an answer to the wire: small bodies at once, files by sendfile, faults on the way."""

from __future__ import annotations

import asyncio
import socket
import struct

from aiohttp import web

from .faults import Plan
from .wire import Answer, Call, FileBody

STALL_CHECK_S = 0.05
# With TLS there is no sendfile; pieces of this size keep memory small and the loop responsive.
PIECE_BYTES = 1 << 18
LINGER_0 = struct.pack("ii", 1, 0)


async def send(call: Call, answer: Answer, plan: Plan) -> tuple[web.StreamResponse, int]:
    """Sends the answer. Returns what aiohttp wants back, and the body bytes that went out."""
    has_body = call.method != "HEAD" and answer.status not in (204, 304)
    size = answer.size
    breaks = plan.truncate_at is not None or plan.stall_at is not None
    if not breaks and has_body and isinstance(answer.body, bytes):
        response = web.Response(status=answer.status, headers=answer.headers, body=answer.body)
        _end_if_unread(call, response)
        return response, size
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    _end_if_unread(call, response)
    if answer.status not in (204, 304):
        response.content_length = size
    if not has_body:
        await response.prepare(call.request)
        await response.write_eof()
        return response, 0
    writer = await response.prepare(call.request)
    writer.send_headers()
    sent = 0
    for end, pause in _stops(plan, size):
        await _send_part(call, response, answer.body, sent, end)
        sent = end
        if pause and not await _stall(call, plan.stall_ms):
            return response, sent
    if sent < size:
        await _close(call, response)
    else:
        await response.write_eof()
    return response, sent


def _end_if_unread(call: Call, response: web.StreamResponse) -> None:
    """A refused upload whose body is not here: the client may or may not still send it (it may
    have asked "Expect: 100-continue"), so that the connection cannot be used again."""
    if not call.request.content.is_eof() and call.request.body_exists:
        response.force_close()


def _stops(plan: Plan, size: int) -> list[tuple[int, bool]]:
    """The body offsets up to which to send, and whether to pause there."""
    end = size if plan.truncate_at is None else min(size, plan.truncate_at)
    if plan.stall_at is None or plan.stall_at > end:
        return [(end, False)]
    return [(plan.stall_at, True), (end, False)]


async def _send_part(call: Call, response: web.StreamResponse, body: bytes | FileBody,
                     start: int, end: int) -> None:
    if end <= start:
        return
    if isinstance(body, bytes):
        await response.write(body[start:end])
        return
    transport = call.request.transport
    if transport is None:
        raise ConnectionResetError("client went away")
    with open(body.path, "rb") as file:
        if call.is_tls:
            await _send_pieces(response, file, body.offset + start, end - start)
        else:
            await asyncio.get_running_loop().sendfile(transport, file, body.offset + start,
                                                      end - start)


async def _send_pieces(response: web.StreamResponse, file, offset: int, count: int) -> None:
    file.seek(offset)
    while count > 0:
        piece = file.read(min(count, PIECE_BYTES))
        await response.write(piece)
        count -= len(piece)


async def _stall(call: Call, pause_ms: float | None) -> bool:
    """Sends nothing for a while. False when the client went away meanwhile."""
    loop = asyncio.get_running_loop()
    ends = None if pause_ms is None else loop.time() + pause_ms / 1000
    while ends is None or loop.time() < ends:
        transport = call.request.transport
        if transport is None or transport.is_closing():
            return False
        left = STALL_CHECK_S if ends is None else ends - loop.time()
        await asyncio.sleep(max(0, min(STALL_CHECK_S, left)))
    return True


async def _close(call: Call, response: web.StreamResponse) -> None:
    """Ends the connection in an orderly way, although the body is not complete."""
    response.force_close()
    transport = call.request.transport
    if transport is not None:
        transport.close()


def reset(call: Call) -> None:
    """Breaks the connection: the client gets ECONNRESET."""
    transport = call.request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    transport.abort()
