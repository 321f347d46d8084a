"""Signatures: what is accepted, and how each service refuses what is not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from unittest import mock

import pytest

from local_aws import ACCESS_KEY, SECRET_KEY
from signing import send, signed

SERVICES = ("athena", "sts", "s3")
MINUTE = 60
MISMATCH = {"athena": "InvalidSignatureException", "sts": "SignatureDoesNotMatch",
            "s3": "SignatureDoesNotMatch"}


@pytest.mark.parametrize("service", SERVICES)
def test_right(emulator, service):
    assert send(emulator, signed(emulator, service)).status == 200
    assert emulator.stats()["signature_failures"] == 0


# what is wrong, how it is signed -> per service: status, code, part of the text
WRONG = {
    "secret": ({"keys": (ACCESS_KEY, "not the secret")}, {
        "athena": (400, "InvalidSignatureException", "does not match the signature you provided"),
        "sts": (403, "SignatureDoesNotMatch", "does not match the signature you provided"),
        "s3": (403, "SignatureDoesNotMatch", "does not match the signature you provided")}),
    "key": ({"keys": ("AKIANOBODYKNOWSTHIS0", SECRET_KEY)}, {
        "athena": (400, "UnrecognizedClientException", "security token included in the request"),
        "sts": (403, "InvalidClientTokenId", "security token included in the request is invalid"),
        "s3": (403, "InvalidAccessKeyId", "does not exist in our records")}),
    "region": ({"region": "eu-central-1"}, {
        "athena": (400, "InvalidSignatureException", "valid region"),
        "sts": (403, "SignatureDoesNotMatch", "valid region"),
        "s3": (400, "AuthorizationHeaderMalformed", "expecting 'us-east-1'")}),
    "service": ({"scope_service": "glue"}, {
        "athena": (400, "InvalidSignatureException", "correct service: 'athena'"),
        "sts": (403, "SignatureDoesNotMatch", "correct service: 'sts'"),
        "s3": (400, "AuthorizationHeaderMalformed", 'incorrect service "glue"')}),
    "late": ({"shift_s": -16 * MINUTE}, {
        "athena": (400, "InvalidSignatureException", "Signature expired: "),
        "sts": (403, "SignatureDoesNotMatch", "Signature expired: "),
        "s3": (403, "RequestTimeTooSkewed", "too large")}),
    "early": ({"shift_s": 16 * MINUTE}, {
        "athena": (400, "InvalidSignatureException", "Signature not yet current: "),
        "sts": (403, "SignatureDoesNotMatch", "Signature not yet current: "),
        "s3": (403, "RequestTimeTooSkewed", "too large")}),
    "token": ({"keys": (ACCESS_KEY, SECRET_KEY, "made up")}, {
        "athena": (400, "UnrecognizedClientException", "invalid"),
        "sts": (403, "InvalidClientTokenId", "invalid"),
        "s3": (400, "InvalidToken", "malformed or otherwise invalid")}),
}


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("mistake", WRONG)
def test_wrong(emulator, service, mistake):
    how, expected = WRONG[mistake]
    reply = send(emulator, signed(emulator, service, **how))
    status, code, text = expected[service]
    assert (reply.status, reply.code) == (status, code), reply.body
    assert text.replace('"', "&quot;") in reply.text or text in reply.text
    assert emulator.stats()["signature_failures"] == 1


@pytest.mark.parametrize("service, tolerance_s", [("athena", 5 * MINUTE), ("sts", 5 * MINUTE),
                                                  ("s3", 15 * MINUTE)])
def test_tolerance(emulator, service, tolerance_s):
    for sign in (-1, 1):
        near = signed(emulator, service, shift_s=sign * (tolerance_s - 10))
        assert send(emulator, near).status == 200
        far = signed(emulator, service, shift_s=sign * (tolerance_s + 10))
        assert send(emulator, far).status in (400, 403)


@pytest.mark.parametrize("service, status, code", [
    ("athena", 400, "MissingAuthenticationTokenException"),
    ("sts", 403, "MissingAuthenticationToken"), ("s3", 403, "AccessDenied")])
def test_unsigned(emulator, service, status, code):
    reply = send(emulator, signed(emulator, service), lambda h: h.pop("Authorization"))
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize("service, code", [("athena", "IncompleteSignatureException"),
                                           ("sts", "IncompleteSignature"),
                                           ("s3", "AuthorizationHeaderMalformed")])
@pytest.mark.parametrize("value", ["Bearer x", "AWS4-HMAC-SHA256 nonsense",
                                   "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, "
                                   "Signature=00"])
def test_malformed(emulator, service, code, value):
    reply = send(emulator, signed(emulator, service), lambda h: h.update(Authorization=value))
    assert (reply.status, reply.code) == (400, code)


@pytest.mark.parametrize("service", SERVICES)
def test_changed_on_the_way(emulator, service):
    request = signed(emulator, service)
    request.url += "?x=1"
    assert send(emulator, request).code == MISMATCH[service]


@pytest.mark.parametrize("service", ["athena", "sts"])
def test_changed_body(emulator, service):
    request = signed(emulator, service)
    request.data = request.data + b" "
    assert send(emulator, request).code == MISMATCH[service]


def test_the_refusal_says_what_was_expected(emulator):
    request = signed(emulator, "athena", keys=(ACCESS_KEY, "wrong"))
    assert "\nx-amz-target:AmazonAthena.ListWorkGroups\n" in send(emulator, request).text
    reply = send(emulator, signed(emulator, "s3", path="/b/k%20k?b=2&a=1",
                                  keys=(ACCESS_KEY, "wrong")))
    assert reply.element("CanonicalRequest").startswith("GET\n/b/k%20k\na=1&amp;b=2\nhost:")
    assert reply.element("StringToSign").startswith("AWS4-HMAC-SHA256\n")


def test_s3_wants_its_headers_signed(emulator):
    reply = send(emulator, signed(emulator, "s3"), lambda h: h.update({"x-amz-request-payer": "x"}))
    assert (reply.status, reply.code) == (403, "AccessDenied")
    assert reply.element("HeadersNotSigned") == "x-amz-request-payer"


def test_s3_region_is_told(emulator):
    reply = send(emulator, signed(emulator, "s3", region="eu-central-1"))
    assert reply.element("Region") == "us-east-1"
    assert reply.headers["x-amz-bucket-region"] == "us-east-1"


def test_body_hash(emulator, bucket):
    request = signed(emulator, "s3", method="PUT", path=f"/{bucket}/k", body=b"signed")
    request.data = b"forged"
    reply = send(emulator, request)
    assert (reply.status, reply.code) == (400, "XAmzContentSHA256Mismatch")
    assert send(emulator, signed(emulator, "s3", path=f"/{bucket}/k")).code == "NoSuchKey"


def test_unsigned_payload(emulator, bucket):
    with mock.patch("botocore.auth.S3SigV4Auth.payload", return_value="UNSIGNED-PAYLOAD"):
        request = signed(emulator, "s3", method="PUT", path=f"/{bucket}/k", body=b"one")
    request.data = b"two"
    assert send(emulator, request).status == 200
    assert send(emulator, signed(emulator, "s3", path=f"/{bucket}/k")).body == b"two"


def chunked_put(emulator, bucket, body, spoil=False, trailer=False, chunk=1000):
    """A PUT in signed chunks, as the S3 reference describes it."""
    kind = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else "")
    headers = {"Content-Encoding": "aws-chunked", "X-Amz-Decoded-Content-Length": str(len(body))}
    if trailer:
        headers["X-Amz-Trailer"] = "x-amz-checksum-sha256"
    with mock.patch("botocore.auth.S3SigV4Auth.payload", return_value=kind):
        request = signed(emulator, "s3", method="PUT", path=f"/{bucket}/k", body=b"",
                         headers=headers)
    stamp = request.headers["X-Amz-Date"]
    scope = f"{stamp[:8]}/us-east-1/s3/aws4_request"
    key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    previous = request.headers["Authorization"].rpartition("Signature=")[2]

    def sign(algorithm, *lines):
        text = "\n".join((algorithm, stamp, scope, previous, *lines))
        return hmac.new(key, text.encode(), "sha256").hexdigest()

    wire = b""
    empty = hashlib.sha256(b"").hexdigest()
    for start in (*range(0, len(body), chunk), None):
        piece = b"" if start is None else body[start:start + chunk]
        previous = sign("AWS4-HMAC-SHA256-PAYLOAD", empty, hashlib.sha256(piece).hexdigest())
        wire += f"{len(piece):x};chunk-signature={previous}\r\n".encode() + piece
        wire += b"" if start is None else b"\r\n"
    if trailer:
        line = "x-amz-checksum-sha256:" + base64.b64encode(hashlib.sha256(body).digest()).decode()
        previous = sign("AWS4-HMAC-SHA256-TRAILER",
                        hashlib.sha256(f"{line}\n".encode()).hexdigest())
        wire += f"{line}\r\nx-amz-trailer-signature:{previous}\r\n".encode()
    wire += b"\r\n"
    request.data = wire.replace(body[:50], body[50:100], 1) if spoil else wire
    return send(emulator, request, lambda h: h.update({"Content-Length": str(len(wire))}))


@pytest.mark.parametrize("trailer", [False, True])
def test_signed_chunks(emulator, bucket, trailer):
    body = os.urandom(2500)
    assert chunked_put(emulator, bucket, body, trailer=trailer).status == 200
    got = send(emulator, signed(emulator, "s3", path=f"/{bucket}/k"))
    assert got.body == body
    assert "content-encoding" not in got.headers
    reply = chunked_put(emulator, bucket, os.urandom(2500), spoil=True, trailer=trailer)
    assert (reply.status, reply.code) == (403, "SignatureDoesNotMatch")
    assert send(emulator, signed(emulator, "s3", path=f"/{bucket}/k")).body == body


def test_session_credentials(emulator):
    made = emulator.control("GET", "credentials?duration_seconds=60")
    keys = (made["AccessKeyId"], made["SecretAccessKey"], made["Token"])
    for service in SERVICES:
        assert send(emulator, signed(emulator, service, keys=keys)).status == 200


@pytest.mark.parametrize("service, status, code", [
    ("athena", 400, "ExpiredTokenException"), ("sts", 403, "ExpiredToken"),
    ("s3", 400, "ExpiredToken")])
def test_session_ends(emulator, service, status, code):
    made = emulator.control("GET", "credentials?duration_seconds=0.2")
    keys = (made["AccessKeyId"], made["SecretAccessKey"], made["Token"])
    time.sleep(0.3)
    reply = send(emulator, signed(emulator, service, keys=keys))
    assert (reply.status, reply.code) == (status, code)


@pytest.mark.parametrize("service, code", [("athena", "UnrecognizedClientException"),
                                           ("sts", "InvalidClientTokenId"),
                                           ("s3", "InvalidAccessKeyId")])
def test_session_needs_its_token(emulator, service, code):
    made = emulator.control("GET", "credentials")
    keys = (made["AccessKeyId"], made["SecretAccessKey"])
    assert send(emulator, signed(emulator, service, keys=keys)).code == code


def test_header_forms_that_a_signer_may_use(emulator):
    """Inner runs of spaces are one space, and names may be in any case."""
    request = signed(emulator, "athena", headers={"X-Amz-Meta-Test": "a   b"})
    assert send(emulator, request, lambda h: h.update({"X-Amz-Meta-Test": "  a b "})).status == 200


def test_user_agent_may_be_signed(emulator):
    """botocore does not sign it, others do; what SignedHeaders lists is what counts."""
    with mock.patch("botocore.auth.SIGNED_HEADERS_BLACKLIST", []):
        request = signed(emulator, "athena", headers={"User-Agent": "test/1"})
    assert "user-agent" in request.headers["Authorization"]
    assert send(emulator, request).status == 200


def test_through_a_proxy(emulator):
    """A client that takes the server for its proxy sends the whole URL; the host is what counts."""
    request = signed(emulator, "athena")
    request.url = "http://athena.us-east-1.amazonaws.com/"
    host = emulator.url.removeprefix("http://")
    assert send(emulator, request, lambda h: h.update(Host=host)).status == 200


def test_too_large(emulator):
    for service in ("athena", "sts"):
        reply = send(emulator, signed(emulator, service, body=b" " * (9 << 20)))
        assert (reply.status, reply.code) == (413, "RequestEntityTooLargeException")
