"""A proxy on loopback for tests: HTTP (also over TLS) and SOCKS 5, with names of its own.

    local_proxy.py --log FILE [--kind http|https|socks5] [--tls DIR] [--user NAME --password WORD]
                   [--name NAME]...

prints "ready PORT". Names given by --name, and those below them, are 127.0.0.1 here and nowhere else:
who gets there has let the proxy resolve them. Each request is a line of the log: what was done
("connect", "forward", "refuse"), the host, the port. A plain request gets a connection of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import dataclasses
import ssl
import struct
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

TOP = Path(__file__).resolve().parents[2]
REFUSED = (b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"local\""
           b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


class Proxy:
    def __init__(self, options: argparse.Namespace):
        self._options = options
        self._log = open(options.log, "a", buffering=1)

    async def serve(self) -> None:
        handle = self._socks if self._options.kind == "socks5" else self._http
        tls = None
        if self._options.kind == "https":
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(self._options.tls / "server.pem", self._options.tls / "server.key")
        server = await asyncio.start_server(lambda r, w: self._guard(handle, r, w), "127.0.0.1", 0,
                                            ssl=tls)
        print(f"ready {server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()

    async def _guard(self, handle, reader, writer) -> None:
        try:
            await handle(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # one of both sides went away
        finally:
            writer.close()

    def _note(self, what: str, host: str, port: int) -> None:
        self._log.write(f"{what} {host} {port}\n")

    def _resolve(self, host: str) -> str:
        is_own = any(host == n or host.endswith("." + n) for n in self._options.name)
        return "127.0.0.1" if is_own else host

    # HTTP

    async def _http(self, reader, writer) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        method, target, _ = first.split(" ", 2)
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = url.hostname, url.port or 80
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        if not self._is_welcome(headers.get("proxy-authorization", "")):
            self._note("refuse", host, port)
            writer.write(REFUSED)
            await writer.drain()
            return
        self._note("connect" if method == "CONNECT" else "forward", host, port)
        there, out = await asyncio.open_connection(self._resolve(host), port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            path = url.path + (f"?{url.query}" if url.query else "")
            kept = [line for line in lines
                    if not line.lower().startswith(("proxy-", "connection:"))]
            out.write("\r\n".join([f"{method} {path} HTTP/1.1", *kept, "Connection: close",
                                   "\r\n"]).encode("latin-1"))
        await both_ways(reader, writer, there, out)

    def _is_welcome(self, authorization: str) -> bool:
        if not self._options.user:
            return True
        wanted = f"{self._options.user}:{self._options.password}".encode()
        return authorization == "Basic " + base64.b64encode(wanted).decode()

    # SOCKS 5 (RFC 1928, RFC 1929)

    async def _socks(self, reader, writer) -> None:
        _, count = await reader.readexactly(2)
        offered = await reader.readexactly(count)
        method = 2 if self._options.user else 0
        if method not in offered:
            self._note("refuse", "-", 0)
            writer.write(b"\x05\xff")
            return
        writer.write(bytes([5, method]))
        if method and not await self._may_enter(reader, writer):
            return
        _, _, _, kind = await reader.readexactly(4)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = ".".join(map(str, await reader.readexactly(4)))
        port = struct.unpack(">H", await reader.readexactly(2))[0]
        self._note("connect", host, port)
        there, out = await asyncio.open_connection(self._resolve(host), port)
        writer.write(b"\x05\0\0\x01\0\0\0\0\0\0")
        await both_ways(reader, writer, there, out)

    async def _may_enter(self, reader, writer) -> bool:
        await reader.readexactly(1)
        words = []
        for _ in range(2):
            words.append((await reader.readexactly((await reader.readexactly(1))[0])).decode())
        is_right = words == [self._options.user, self._options.password]
        if not is_right:
            self._note("refuse", "-", 0)
        writer.write(b"\x01\x00" if is_right else b"\x01\x01")
        await writer.drain()
        return is_right


async def both_ways(reader, writer, there, out) -> None:
    await asyncio.gather(pipe(reader, out), pipe(there, writer))


async def pipe(source, sink) -> None:
    try:
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    except OSError:
        pass
    finally:
        sink.close()


@dataclasses.dataclass
class ProxyProcess:
    """A running proxy, for a test."""

    port: int
    log: Path
    process: subprocess.Popen

    def seen(self) -> list[tuple[str, str]]:
        """What was done, and to which host."""
        return [tuple(line.split()[:2]) for line in self.log.read_text().splitlines()]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def start_proxy(log: Path, *options: str) -> ProxyProcess:
    log.touch()
    process = subprocess.Popen([sys.executable, __file__, "--log", log, *options],
                               stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline().split()
    if len(line) != 2:
        process.kill()
        process.wait()
        raise RuntimeError("the proxy did not start")
    return ProxyProcess(int(line[1]), log, process)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--kind", choices=["http", "https", "socks5"], default="http")
    parser.add_argument("--tls", type=Path)
    parser.add_argument("--user")
    parser.add_argument("--password", default="")
    parser.add_argument("--name", action="append", default=[])
    asyncio.run(Proxy(parser.parse_args()).serve())
