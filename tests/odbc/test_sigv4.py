"""Signatures of thousands of random requests, the driver's against botocore's."""

from __future__ import annotations

import datetime
import os
import random
import string
import subprocess
import urllib.parse
from pathlib import Path
from unittest import mock

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import TOP

PROGRAM = Path(os.environ.get("ATHENA_BUILD", TOP / "build/debug")) / "tests/unit/sigv4_lines"
REQUESTS = 2500
BODY, BODY_HEADER, UNSIGNED = range(3)
PIECES = [*string.ascii_letters, *string.digits, "-", ".", "_", "~", " ", "%", "+", "/", "=", "&",
          "*", "'", "(", ":", ",", "\u00e4", "\u4e2d", "\U0001f600"]
VALUES = string.ascii_letters + string.digits + "-._/:;,=+*'\"(){}  "


class Request:
    def __init__(self, chance: random.Random, number: int):
        self.is_s3 = chance.random() < 0.5
        self.payload = chance.choice([BODY_HEADER, UNSIGNED]) if self.is_s3 else BODY
        self.method = chance.choice(["GET", "POST", "PUT", "DELETE", "HEAD"])
        self.host = chance.choice(["athena.eu-central-1.amazonaws.com", "127.0.0.1:4566",
                                   "bucket.s3.amazonaws.com", "[::1]:8080", "localhost"])
        self.path = "/" + "".join(self.segment(chance) + "/" for _ in range(chance.randrange(5)))
        # a path that ends in a dot segment ends in '/' without it (RFC 3986); botocore drops that
        self.path += chance.choice(["", "last", "%20"])
        self.query = "&".join(self.pair(chance) for _ in range(chance.choice([0, 0, 1, 3, 6])))
        self.region = chance.choice(["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
        self.service = "s3" if self.is_s3 else chance.choice(["athena", "sts", "datazone"])
        self.keys = Credentials(f"AKID{number}", self.text(chance, 40),
                                self.text(chance, 300).strip() if chance.random() < 0.5 else None)
        self.at = chance.randrange(0, 4_000_000_000)
        self.body = chance.randbytes(chance.choice([0, 1, 200, 5000]))
        self.headers = {"X-Amz-Meta-" + "".join(chance.choices(string.ascii_letters, k=8)):
                        self.text(chance, chance.randrange(30)) for _ in range(chance.randrange(5))}
        self.headers["Content-Type"] = chance.choice(["application/json", "a/b; charset=utf-8"])

    @staticmethod
    def text(chance: random.Random, length: int) -> str:
        return "".join(chance.choices(VALUES, k=length)).strip()

    def segment(self, chance: random.Random) -> str:
        if not self.is_s3 and chance.random() < 0.2:
            return chance.choice(["", ".", ".."])
        plain = "".join(chance.choices(PIECES, k=chance.randrange(1, 12)))
        return urllib.parse.quote(plain, safe="-._~")

    @staticmethod
    def pair(chance: random.Random) -> str:
        name, value = ("".join(chance.choices(PIECES, k=chance.randrange(1, 8))) for _ in range(2))
        value = "" if chance.random() < 0.2 else value
        return "=".join(urllib.parse.quote(part, safe="-._~") for part in (name, value))

    def line(self) -> str:
        fields = ["1" if self.is_s3 else "0", self.payload, self.method, self.host, self.path,
                  self.query, self.region, self.service, self.keys.access_key,
                  self.keys.secret_key, self.keys.token or "", self.at, self.body]
        fields += [part for pair in self.headers.items() for part in pair]
        return "\t".join((f if isinstance(f, bytes) else str(f).encode()).hex()
                         for f in fields) + "\n"

    def signed_by_botocore(self) -> str:
        now = datetime.datetime.fromtimestamp(self.at, datetime.timezone.utc)
        scheme = "https" if self.payload == UNSIGNED else "http"
        request = AWSRequest(self.method, f"{scheme}://{self.host}{self.path}"
                             + (f"?{self.query}" if self.query else ""),
                             {**self.headers, "Host": self.host}, self.body)
        kind = auth.S3SigV4Auth if self.is_s3 else auth.SigV4Auth
        if self.payload == UNSIGNED:
            request.context["client_config"] = mock.Mock(s3={"payload_signing_enabled": False})
        with mock.patch.object(auth, "get_current_datetime", return_value=now):
            kind(self.keys, self.service, self.region).add_auth(request)
        return request.headers["Authorization"]


@pytest.mark.parametrize("seed", [1, 2])
def test_random_requests(seed: int) -> None:
    chance = random.Random(seed)
    requests = [Request(chance, number) for number in range(REQUESTS)]
    done = subprocess.run([PROGRAM], input="".join(r.line() for r in requests), text=True,
                          capture_output=True, timeout=120, check=True)
    signed = done.stdout.splitlines()
    assert len(signed) == REQUESTS
    for request, ours in zip(requests, signed, strict=True):
        assert ours == request.signed_by_botocore(), vars(request)
