"""HTTP/2 over TLS in front of the local Athena, which speaks HTTP/1.1: for tests.

    http2_gateway.py --to http://127.0.0.1:PORT --tls DIR --log FILE [--only-http1] [--drop-after N]
                     [--stall-after N] [--mixed]

prints "ready PORT". The protocol is libnghttp2's, which libcurl brings along. Each request is a line
of the log: the connection's number, the protocol, how many streams it had open then. With --only-http1
the gateway offers nothing but HTTP/1.1, as most of AWS's endpoints do. With --drop-after an HTTP/2
connection is cut at its N-th request, which the server behind has carried out by then. With
--stall-after it stays open, and what comes after the N-th is taken and never answered. With --mixed
some connections are of the one kind and some of the other, and those of HTTP/2 have few streams.
"""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import ctypes.util
import dataclasses
import ssl
import subprocess
import sys
from pathlib import Path

import aiohttp
from yarl import URL

DATA, HEADERS, END_STREAM, EOF = 0, 1, 1, 1
MAX_CONCURRENT_STREAMS = 3
KEPT_BACK = ("connection", "keep-alive", "transfer-encoding", "content-length")


class Frame(ctypes.Structure):  # the head of every nghttp2_frame
    _fields_ = [("length", ctypes.c_size_t), ("stream", ctypes.c_int32), ("type", ctypes.c_uint8),
                ("flags", ctypes.c_uint8)]


class Pair(ctypes.Structure):  # nghttp2_nv
    _fields_ = [("name", ctypes.c_char_p), ("value", ctypes.c_char_p),
                ("name_bytes", ctypes.c_size_t), ("value_bytes", ctypes.c_size_t),
                ("flags", ctypes.c_uint8)]


class Setting(ctypes.Structure):  # nghttp2_settings_entry
    _fields_ = [("id", ctypes.c_int32), ("value", ctypes.c_uint32)]


P, I32 = ctypes.c_void_p, ctypes.c_int32
OnFrame = ctypes.CFUNCTYPE(ctypes.c_int, P, ctypes.POINTER(Frame), P)
OnHeader = ctypes.CFUNCTYPE(ctypes.c_int, P, ctypes.POINTER(Frame), P, ctypes.c_size_t, P,
                            ctypes.c_size_t, ctypes.c_uint8, P)
OnData = ctypes.CFUNCTYPE(ctypes.c_int, P, ctypes.c_uint8, I32, P, ctypes.c_size_t, P)
OnClose = ctypes.CFUNCTYPE(ctypes.c_int, P, I32, ctypes.c_uint32, P)
Read = ctypes.CFUNCTYPE(ctypes.c_ssize_t, P, I32, P, ctypes.c_size_t,
                        ctypes.POINTER(ctypes.c_uint32), P, P)


class Provider(ctypes.Structure):  # nghttp2_data_provider
    _fields_ = [("source", P), ("read", Read)]


def load() -> ctypes.CDLL:
    lib = ctypes.CDLL(ctypes.util.find_library("nghttp2") or "libnghttp2.so.14")
    lib.nghttp2_session_mem_recv.argtypes = [P, ctypes.c_char_p, ctypes.c_size_t]
    lib.nghttp2_session_mem_recv.restype = ctypes.c_ssize_t
    lib.nghttp2_session_mem_send.argtypes = [P, ctypes.POINTER(P)]
    lib.nghttp2_session_mem_send.restype = ctypes.c_ssize_t
    lib.nghttp2_submit_response.argtypes = [P, I32, P, ctypes.c_size_t, P]
    lib.nghttp2_submit_settings.argtypes = [P, ctypes.c_uint8, P, ctypes.c_size_t]
    lib.nghttp2_session_del.argtypes = [P]
    return lib


LIB = load()


@dataclasses.dataclass
class Stream:
    headers: list[tuple[str, str]]
    body: bytes = b""
    answer: bytes = b""
    sent: int = 0


class Connection:
    """One client's connection: frames in, requests to the server behind, frames out."""

    def __init__(self, gateway: Gateway, writer: asyncio.StreamWriter, number: int):
        self._gateway, self._writer, self._number = gateway, writer, number
        self._streams: dict[int, Stream] = {}
        self._requests = self._answers = 0
        self._session, callbacks = P(), P()
        LIB.nghttp2_session_callbacks_new(ctypes.byref(callbacks))
        self._functions = [OnFrame(self._frame), OnHeader(self._header), OnData(self._data),
                           OnClose(self._close), Read(self._read)]
        for name, function in zip(("frame_recv", "header", "data_chunk_recv", "stream_close"),
                                  self._functions):
            getattr(LIB, f"nghttp2_session_callbacks_set_on_{name}_callback")(callbacks, function)
        LIB.nghttp2_session_server_new(ctypes.byref(self._session), callbacks, None)
        LIB.nghttp2_session_callbacks_del(callbacks)
        few = (Setting * 1)(Setting(MAX_CONCURRENT_STREAMS, 5))
        LIB.nghttp2_submit_settings(self._session, 0, few, len(few) if gateway.is_mixed else 0)

    async def serve(self, reader: asyncio.StreamReader) -> None:
        self._flush()
        try:
            while data := await reader.read(1 << 16):
                if LIB.nghttp2_session_mem_recv(self._session, data, len(data)) < 0:
                    break
                self._flush()
        finally:
            LIB.nghttp2_session_del(self._session)
            self._session = None

    def _flush(self) -> None:
        out = P()
        while (count := LIB.nghttp2_session_mem_send(self._session, ctypes.byref(out))) > 0:
            self._writer.write(ctypes.string_at(out, count))

    # what nghttp2 calls; 0: go on

    def _header(self, _session, frame, name, name_bytes, value, value_bytes, _flags, _user) -> int:
        stream = self._streams.setdefault(frame[0].stream, Stream([]))
        stream.headers.append((ctypes.string_at(name, name_bytes).decode(),
                               ctypes.string_at(value, value_bytes).decode()))
        return 0

    def _data(self, _session, _flags, number, data, count, _user) -> int:
        self._streams[number].body += ctypes.string_at(data, count)
        return 0

    def _frame(self, _session, frame, _user) -> int:
        head = frame[0]
        if head.type in (DATA, HEADERS) and head.flags & END_STREAM:
            self._gateway.note(self._number, "h2", len(self._streams))
            asyncio.create_task(self._answer(head.stream))
        return 0

    def _close(self, _session, number, _code, _user) -> int:
        self._streams.pop(number, None)
        return 0

    def _read(self, _session, number, buffer, room, flags, _source, _user) -> int:
        stream = self._streams[number]
        part = stream.answer[stream.sent:stream.sent + room]
        ctypes.memmove(buffer, part, len(part))
        stream.sent += len(part)
        if stream.sent == len(stream.answer):
            flags[0] |= EOF
        return len(part)

    async def _answer(self, number: int) -> None:
        stream = self._streams[number]
        special = dict(h for h in stream.headers if h[0].startswith(":"))
        headers = [h for h in stream.headers if not h[0].startswith(":")]
        self._requests += 1
        if self._gateway.stall_after and self._requests > self._gateway.stall_after:
            return
        status, given, stream.answer = await self._gateway.ask(
            special[":method"], special[":path"], [("host", special[":authority"]), *headers],
            stream.body)
        self._answers += 1
        if self._answers == self._gateway.drop_after:
            self._writer.transport.abort()
        if self._session is None or number not in self._streams:
            return
        pairs = [(b":status", str(status).encode()), *((n.lower().encode(), v.encode())
                 for n, v in given if n.lower() not in KEPT_BACK)]
        array = (Pair * len(pairs))(*(Pair(n, v, len(n), len(v), 0) for n, v in pairs))
        provider = Provider(None, self._functions[-1])
        LIB.nghttp2_submit_response(self._session, number, array, len(pairs),
                                    ctypes.byref(provider))
        self._flush()


class Gateway:
    def __init__(self, options: argparse.Namespace):
        self._options = options
        self.drop_after, self.stall_after = options.drop_after, options.stall_after
        self.is_mixed = options.mixed
        self._log = open(options.log, "a", buffering=1)
        self._count = 0
        self._client: aiohttp.ClientSession | None = None

    async def run(self) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(self._options.tls / "server.pem", self._options.tls / "server.key")
        tls.set_alpn_protocols(["http/1.1"] if self._options.only_http1 else ["h2", "http/1.1"])
        self._tls = tls
        self._client = aiohttp.ClientSession(auto_decompress=False,
                                             connector=aiohttp.TCPConnector(limit=0))
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, backlog=1024)
        print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        is_h2 = writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
        if self.is_mixed:
            self._tls.set_alpn_protocols(["http/1.1"] if is_h2 else ["h2", "http/1.1"])
        try:
            if is_h2:
                await Connection(self, writer, self._count).serve(reader)
            else:
                await self._http1(reader, writer, self._count)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _http1(self, reader, writer, number: int) -> None:
        while not reader.at_eof():
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
            method, path, _ = head[0].split(" ", 2)
            pairs = [(n, v.strip()) for n, _, v in (line.partition(":") for line in head[1:])]
            length = int({n.lower(): v for n, v in pairs}.get("content-length", 0))
            self.note(number, "http/1.1", 1)
            status, given, body = await self.ask(method, path, pairs,
                                                 await reader.readexactly(length))
            lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(body)}",
                     *(f"{n}: {v}" for n, v in given if n.lower() not in KEPT_BACK), "\r\n"]
            writer.write("\r\n".join(lines).encode("latin-1") + body)
            await writer.drain()

    def note(self, number: int, protocol: str, streams: int) -> None:
        self._log.write(f"{number} {protocol} {streams}\n")

    async def ask(self, method: str, path: str, headers: list[tuple[str, str]],
                  body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        async with self._client.request(
                method, URL(self._options.to + path, encoded=True), headers=headers, data=body,
                skip_auto_headers=("Content-Type", "User-Agent", "Accept"),
                allow_redirects=False) as answer:
            return answer.status, list(answer.headers.items()), await answer.read()


@dataclasses.dataclass
class GatewayProcess:
    """A running gateway, for a test."""

    port: int
    log: Path
    process: subprocess.Popen

    def seen(self) -> list[tuple[int, str, int]]:
        """For each request: the connection, its protocol, its open streams."""
        rows = (line.split() for line in self.log.read_text().splitlines())
        return [(int(number), protocol, int(streams)) for number, protocol, streams in rows]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def start_gateway(log: Path, to: str, tls: Path, *options: str) -> GatewayProcess:
    log.touch()
    process = subprocess.Popen([sys.executable, __file__, "--log", log, "--to", to, "--tls", tls,
                                *options], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline().split()
    if len(line) != 2:
        process.kill()
        process.wait()
        raise RuntimeError("the gateway did not start")
    return GatewayProcess(int(line[1]), log, process)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", required=True)
    parser.add_argument("--tls", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--only-http1", action="store_true")
    parser.add_argument("--drop-after", type=int)
    parser.add_argument("--stall-after", type=int)
    parser.add_argument("--mixed", action="store_true")
    asyncio.run(Gateway(parser.parse_args()).run())
