"""JSON web tokens (RFC 7519) of a test issuer: signed with RS256 or ES256, and verified.

The issuer's keys are made when they are first needed and live as long as the server: tokens of an
earlier run do not verify. POST /_local/jwt gives a test one; an identity provider on this machine
signs with ISSUER too, so that STS takes its tokens.
"""

from __future__ import annotations

import base64
import functools
import json
import secrets
import time
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import (decode_dss_signature,
                                                             encode_dss_signature)

from . import issued

URL = "https://issuer.athena.local"
POWER_BI = "https://analysis.windows.net/powerbi/connector/AmazonAthena"
AUDIENCES = ("athena-local", POWER_BI)
EC_BYTES = 32  # of each half of an ES256 signature


class JwtError(ValueError):
    """Why a token is none; the text is one of malformed, signature."""


class Issuer:
    """Who signs. is_forged: with keys that nobody trusts."""

    def __init__(self, url: str = URL):
        self.url = url

    @functools.cached_property
    def _rsa(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @functools.cached_property
    def _ec(self) -> ec.EllipticCurvePrivateKey:
        return ec.generate_private_key(ec.SECP256R1())

    def sign(self, claims: dict[str, Any], algorithm: str = "RS256") -> str:
        """A token; iss, sub, aud, iat, exp and jti are as below unless claims say otherwise, and a
        claim of None is left out."""
        now = int(time.time())
        whole = {"iss": self.url, "sub": "alice", "aud": AUDIENCES[0], "iat": now,
                 "exp": now + 3600, "jti": secrets.token_hex(8), **claims}
        whole = {name: value for name, value in whole.items() if value is not None}
        header = {"alg": algorithm, "typ": "JWT", "kid": algorithm}
        signed = f"{_encode(_json(header))}.{_encode(_json(whole))}"
        made = f"{signed}.{_encode(self._signature(signed.encode(), algorithm))}"
        return issued.note("token of a person", made)

    def verify(self, token: str) -> dict[str, Any]:
        """The claims of a token that this issuer has signed. Raises JwtError."""
        try:
            signed, _, signature = token.rpartition(".")
            head, body = signed.split(".")
            algorithm, claims = json.loads(_decode(head))["alg"], json.loads(_decode(body))
            bytes_signed = _decode(signature)
        except (ValueError, KeyError, TypeError):
            raise JwtError("malformed") from None
        if not isinstance(claims, dict):
            raise JwtError("malformed")
        try:
            self._check(signed.encode(), bytes_signed, algorithm)
        except (InvalidSignature, ValueError):
            raise JwtError("signature") from None
        return claims

    def jwks(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        numbers, point = self._rsa.public_key().public_numbers(), self._ec.public_key()
        xy = point.public_numbers()
        return {"keys": [
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "RS256",
             "n": _encode(numbers.n.to_bytes(256, "big")),
             "e": _encode(numbers.e.to_bytes(3, "big"))},
            {"kty": "EC", "use": "sig", "alg": "ES256", "kid": "ES256", "crv": "P-256",
             "x": _encode(xy.x.to_bytes(EC_BYTES, "big")),
             "y": _encode(xy.y.to_bytes(EC_BYTES, "big"))}]}

    def _signature(self, data: bytes, algorithm: str) -> bytes:
        if algorithm == "none":
            return b""
        if algorithm == "RS256":
            return self._rsa.sign(data, padding.PKCS1v15(), hashes.SHA256())
        if algorithm == "ES256":
            r, s = decode_dss_signature(self._ec.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(EC_BYTES, "big") + s.to_bytes(EC_BYTES, "big")
        raise ValueError(f"no algorithm {algorithm}")

    def _check(self, data: bytes, signature: bytes, algorithm: str) -> None:
        if algorithm == "RS256":
            self._rsa.public_key().verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        elif algorithm == "ES256" and len(signature) == 2 * EC_BYTES:
            r, s = (int.from_bytes(signature[i:i + EC_BYTES], "big") for i in (0, EC_BYTES))
            self._ec.public_key().verify(encode_dss_signature(r, s), data,
                                         ec.ECDSA(hashes.SHA256()))
        else:  # "none" among them
            raise InvalidSignature


ISSUER = Issuer()
FORGER = Issuer()  # says it is ISSUER


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
