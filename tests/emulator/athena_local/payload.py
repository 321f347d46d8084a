"""Bodies of S3 uploads: checks their hash, and takes the aws-chunked coding apart.

x-amz-content-sha256 says what the body is:

    64 hex digits                                plain; its SHA-256 must be this
    UNSIGNED-PAYLOAD                             plain; not covered by the signature
    STREAMING-UNSIGNED-PAYLOAD-TRAILER           aws-chunked, checksum in a trailer
    STREAMING-AWS4-HMAC-SHA256-PAYLOAD           aws-chunked, each chunk signed
    STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER   both

aws-chunked:  hex-size[;chunk-signature=SIG] CRLF data CRLF ... 0[;...] CRLF [name:value CRLF]...
Each chunk's signature is chained to the one before; the first to the request's own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import zlib
from typing import TYPE_CHECKING

from .errors import S3Error
from .refusals import refuse
from .wire import Call

if TYPE_CHECKING:
    from .sigv4 import Claim

EMPTY_HASH = hashlib.sha256(b"").hexdigest()
MAX_LINE_BYTES = 8192


def filter_for(call: Call, claim: "Claim", secret: str) -> "PlainBody | ChunkedBody":
    """What the body must pass through. Raises S3Error on an unknown kind of body."""
    kind = call.header("x-amz-content-sha256") or "UNSIGNED-PAYLOAD"
    sums = Checksums(call.headers)
    if kind == "UNSIGNED-PAYLOAD":
        return PlainBody(None, sums)
    if re.fullmatch("[0-9a-f]{64}", kind):
        return PlainBody(kind, sums)
    if kind == "STREAMING-UNSIGNED-PAYLOAD-TRAILER":
        return ChunkedBody(None, sums)
    if kind in ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
                "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"):
        return ChunkedBody(ChunkSigner(claim, secret), sums)
    raise S3Error("InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
                  "STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
                  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
                  extra={"ArgumentName": "x-amz-content-sha256", "ArgumentValue": kind})


class Crc32:
    """zlib's CRC-32 with hashlib's interface."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


class Checksums:
    """The checks that a client asks for by header or trailer. CRC32C and CRC64NVME are taken
    and kept, but not checked: Python has no fast code for them."""

    KNOWN = {"x-amz-checksum-crc32": Crc32, "x-amz-checksum-sha1": hashlib.sha1,
             "x-amz-checksum-sha256": hashlib.sha256}

    def __init__(self, headers: dict[str, str]):
        self.values = {n: v for n, v in headers.items() if _is_checksum(n)}
        announced = [n.strip().lower() for n in headers.get("x-amz-trailer", "").split(",")]
        self._digests = {n: self.KNOWN[n]() for n in (*self.values, *announced)
                         if n in self.KNOWN}
        self._md5 = headers.get("content-md5")
        self.md5 = hashlib.md5(usedforsecurity=False)

    def update(self, data: bytes) -> None:
        self.md5.update(data)
        for digest in self._digests.values():
            digest.update(data)

    def finish(self, trailers: dict[str, str]) -> None:
        self.values |= {n: v for n, v in trailers.items() if _is_checksum(n)}
        for name, digest in self._digests.items():
            made = base64.b64encode(digest.digest()).decode()
            if name in self.values and self.values[name] != made:
                label = name.rpartition("-")[2].upper()
                raise S3Error("BadDigest", f"The {label} you specified did not match the "
                              "calculated checksum.")
        if self._md5 is not None:
            try:
                wanted = base64.b64decode(self._md5, validate=True)
            except binascii.Error:
                wanted = b""
            if len(wanted) != 16:
                raise S3Error("InvalidDigest", "The Content-MD5 you specified was invalid.",
                              extra={"Content-MD5": self._md5})
            if wanted != self.md5.digest():
                raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we "
                              "received.", extra={"ExpectedDigest": self._md5})


def _is_checksum(name: str) -> bool:
    return (name.startswith("x-amz-checksum-")
            and name not in ("x-amz-checksum-mode", "x-amz-checksum-type",
                             "x-amz-checksum-algorithm"))


class PlainBody:
    """A body that is sent as it is."""

    def __init__(self, sha256: str | None, sums: Checksums):
        self.sums = sums
        self._wanted = sha256
        self._digest = hashlib.sha256()

    def feed(self, data: bytes) -> bytes:
        if self._wanted:
            self._digest.update(data)
        self.sums.update(data)
        return data

    def finish(self) -> bytes:
        if self._wanted and self._digest.hexdigest() != self._wanted:
            raise S3Error("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' "
                          "header does not match what was computed.", extra={
                              "ClientComputedContentSHA256": self._wanted,
                              "S3ComputedContentSHA256": self._digest.hexdigest()})
        self.sums.finish({})
        return b""


class ChunkSigner:
    """Checks the chain of chunk signatures."""

    def __init__(self, claim: "Claim", secret: str):
        key = ("AWS4" + secret).encode()
        for part in (claim.date, claim.region, claim.service, "aws4_request"):
            key = hmac.digest(key, part.encode(), "sha256")
        self._key = key
        self._head = f"{claim.stamp}\n{claim.scope}\n"
        self._previous = claim.signature

    def check_chunk(self, digest: str, signature: str) -> None:
        self._check(f"AWS4-HMAC-SHA256-PAYLOAD\n{self._head}{self._previous}\n{EMPTY_HASH}\n"
                    f"{digest}", signature)

    def check_trailer(self, text: str, signature: str) -> None:
        digest = hashlib.sha256(text.encode()).hexdigest()
        self._check(f"AWS4-HMAC-SHA256-TRAILER\n{self._head}{self._previous}\n{digest}", signature)

    def _check(self, string_to_sign: str, signature: str) -> None:
        made = hmac.new(self._key, string_to_sign.encode(), "sha256").hexdigest()
        if made != signature:
            raise refuse("s3", "mismatch", {"StringToSign": string_to_sign,
                                            "SignatureProvided": signature})
        self._previous = made


class ChunkedBody:
    """The aws-chunked decoder: feed() takes any pieces and gives the plain bytes in them."""

    def __init__(self, signer: ChunkSigner | None, sums: Checksums):
        self.sums = sums
        self._signer = signer
        self._pending = bytearray()
        self._left = 0  # bytes of the current chunk still to come
        self._state = "size"  # size -> data -> crlf -> size ... -> trailer
        self._signature = ""
        self._digest = hashlib.sha256()
        self._trailers: list[tuple[str, str]] = []

    def feed(self, data: bytes) -> bytes:
        self._pending += data
        out = bytearray()
        while self._pending:
            if self._state == "data":
                self._take_data(out)
            else:
                line = self._line()
                if line is None:
                    break
                self._take_line(line)
        return bytes(out)

    def finish(self) -> bytes:
        # The last line of a trailer need not be followed by an empty one.
        if self._state != "trailer" or self._pending:
            raise S3Error("IncompleteBody", "The request body terminated unexpectedly")
        trailers = dict(self._trailers)
        signature = trailers.pop("x-amz-trailer-signature", "")
        if self._signer and self._trailers:
            text = "".join(f"{n}:{v}\n" for n, v in trailers.items())
            self._signer.check_trailer(text, signature)
        self.sums.finish(trailers)
        return b""

    def _line(self) -> str | None:
        end = self._pending.find(b"\r\n")
        if end < 0:
            if len(self._pending) > MAX_LINE_BYTES:
                raise S3Error("InvalidRequest", "aws-chunked: line too long")
            return None
        line = self._pending[:end].decode("utf-8", "replace")
        del self._pending[:end + 2]
        return line

    def _take_data(self, out: bytearray) -> None:
        piece = bytes(self._pending[:self._left])
        del self._pending[:len(piece)]
        self._left -= len(piece)
        if self._signer:
            self._digest.update(piece)
        self.sums.update(piece)
        out += piece
        if self._left == 0:
            self._check_chunk()
            self._state = "crlf"

    def _take_line(self, line: str) -> None:
        if self._state == "crlf":
            if line:
                raise S3Error("InvalidRequest", "aws-chunked: chunk longer than announced")
            self._state = "size"
        elif self._state == "size":
            self._take_size(line)
        elif line:
            name, _, value = line.partition(":")
            self._trailers.append((name.strip().lower(), value.strip()))

    def _take_size(self, line: str) -> None:
        found = re.fullmatch(r"([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?", line)
        if not found:
            raise S3Error("InvalidRequest", "aws-chunked: bad chunk header")
        self._left = int(found[1], 16)
        self._signature = found[2] or ""
        self._digest = hashlib.sha256()
        self._state = "data"
        if self._left == 0:
            self._check_chunk()
            self._state = "trailer"

    def _check_chunk(self) -> None:
        if self._signer:
            self._signer.check_chunk(self._digest.hexdigest(), self._signature)
