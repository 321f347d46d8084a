"""Checks the signature of each request, as an AWS endpoint does.

The signature is computed anew by botocore's own signer from the request as it came over the
wire, and compared. The one change to the signer: it signs the headers that the client lists in
SignedHeaders, where botocore as a client chooses them itself.

Specification: "AWS Signature Version 4" in the IAM user guide, and "Authenticating Requests"
in the S3 API reference (presigned URLs, x-amz-content-sha256). Bodies: see payload.py.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import hmac
import urllib.parse

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from . import clock, payload
from .config import Config
from .credentials import Credential, CredentialTable, Identity
from .refusals import refuse
from .wire import Call

ALGORITHM = "AWS4-HMAC-SHA256"
STAMP_FORMAT = "%Y%m%dT%H%M%SZ"
TOLERANCE = {"s3": datetime.timedelta(minutes=15)}
OTHERS_TOLERANCE = datetime.timedelta(minutes=5)
SIGNED_FOR = {"sso-admin": "sso"}  # where a service is called otherwise in signatures
LONGEST_URL_S = 604800  # a presigned URL lives seven days at most


class _AsListed:
    """Signs all headers it is given: the caller gives those that SignedHeaders names."""

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        return request.headers


class _Sigv4(_AsListed, SigV4Auth):
    pass


class _Sigv4Query(_AsListed, SigV4QueryAuth):
    pass


class _S3Sigv4(_AsListed, S3SigV4Auth):
    pass


class _S3Sigv4Query(_AsListed, S3SigV4QueryAuth):
    pass


@dataclasses.dataclass(slots=True)
class Claim:
    """What the client says about its signature."""

    access_key: str
    date: str  # of the credential's scope
    region: str
    service: str
    signed_headers: list[str]
    signature: str
    stamp: str  # X-Amz-Date or Date as YYYYMMDDTHHMMSSZ
    token: str
    expires_s: int | None  # of a presigned URL, else None

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


class Verifier:
    """Says who sent a request, or raises the refusal that the service would answer."""

    def __init__(self, config: Config, table: CredentialTable):
        self._region = config.region
        self._table = table

    def verify(self, call: Call, body: bytes | None, bucket_region: str | None = None) -> Identity:
        """Checks one request. Athena and STS give the body; S3 gives None, and gets its body
        checked while it is read (call.body_filter). bucket_region is that of call.bucket."""
        claim = read_claim(call)
        credential = self._table.find(claim.access_key)
        if credential is None:
            raise refuse(call.service, "unknown_key", {"AWSAccessKeyId": claim.access_key})
        self._check_token(call, claim, credential)
        self._check_scope(call, claim, bucket_region)
        _check_time(call, claim)
        _check_signature(call, claim, credential, body)
        call.signed_region = claim.region
        return credential.identity

    def _check_token(self, call: Call, claim: Claim, credential: Credential) -> None:
        if credential.token and not claim.token:
            raise refuse(call.service, "unknown_key", {"AWSAccessKeyId": claim.access_key})
        if (credential.token or "") != claim.token:
            raise refuse(call.service, "bad_token", {"Token-0": claim.token})
        if credential.expires and credential.expires <= clock.now(call.clock_offset_s):
            raise refuse(call.service, "expired_token", {"Token-0": claim.token})

    def _check_scope(self, call: Call, claim: Claim, bucket_region: str | None) -> None:
        service = call.service
        name = SIGNED_FOR.get(service, service)
        if claim.service != name:
            raise refuse(service, "service", given=claim.service, expected=name)
        if claim.date != claim.stamp[:8]:
            raise refuse(service, "date", given=claim.date, expected=claim.stamp[:8],
                         stamp=claim.stamp)
        expected = bucket_region or self._region
        # Signed for this endpoint while the bucket is elsewhere: S3 then redirects (s3.py).
        if claim.region not in (expected, self._region):
            raise refuse(service, "region", {"Region": expected} if service == "s3" else None,
                         given=claim.region, expected=expected)


def read_claim(call: Call) -> Claim:
    """Parses the Authorization header or the query of a presigned URL."""
    authorization = call.header("authorization")
    if "AWSAccessKeyId" in call.params or authorization.startswith("AWS "):  # version 2
        raise refuse(call.service, "old_version", problem="signature version 2")
    if authorization:
        if not authorization.startswith(ALGORITHM):
            raise refuse(call.service, "malformed", problem="Unsupported Authorization Type")
        return _claim_of_header(call, authorization)
    if "X-Amz-Signature" in call.params or "X-Amz-Algorithm" in call.params:
        return _claim_of_query(call)
    raise refuse(call.service, "missing")


def _claim_of_header(call: Call, authorization: str) -> Claim:
    fields = {}
    for part in authorization[len(ALGORITHM):].split(","):
        name, _, value = part.strip().partition("=")
        fields[name] = value
    stamp = call.header("x-amz-date") or _stamp_of_date(call.header("date"))
    if not stamp or not all(fields.get(n) for n in ("Credential", "SignedHeaders", "Signature")):
        raise refuse(call.service, "malformed",
                     problem="the Authorization header or the date is incomplete")
    return _claim(call, "malformed", fields["Credential"], fields["SignedHeaders"],
                  fields["Signature"], stamp, call.header("x-amz-security-token"), None)


def _claim_of_query(call: Call) -> Claim:
    names = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders",
             "X-Amz-Signature")
    expires = call.params.get("X-Amz-Expires", "")
    problem = None
    if not all(call.params.get(name) for name in names) or (call.service == "s3" and not expires):
        problem = ("Query-string authentication version 4 requires the X-Amz-Algorithm, "
                   "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
                   "X-Amz-Expires parameters.")
    elif call.params["X-Amz-Algorithm"] != ALGORITHM:
        problem = "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256\""
    elif expires and not expires.isdigit():
        problem = "X-Amz-Expires should be a number"
    elif expires and int(expires) > LONGEST_URL_S:
        problem = "X-Amz-Expires must be less than a week (in seconds) that is, 604800"
    if problem:
        raise refuse(call.service, "malformed_query", problem=problem)
    algorithm, credential, stamp, signed_headers, signature = (call.params[n] for n in names)
    return _claim(call, "malformed_query", credential, signed_headers, signature, stamp,
                  call.params.get("X-Amz-Security-Token", ""), int(expires) if expires else None)


def _claim(call: Call, malformed: str, credential: str, signed_headers: str, signature: str,
           stamp: str, token: str, expires_s: int | None) -> Claim:
    scope = credential.split("/")
    if len(scope) != 5 or scope[4] != "aws4_request":
        raise refuse(call.service, malformed, problem="the Credential is mal-formed; expecting "
                     "\"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".")
    names = signed_headers.split(";")
    if "host" not in names:
        raise refuse(call.service, "unsigned_host", {"HeadersNotSigned": "host"})
    return Claim(scope[0], scope[1], scope[2], scope[3], names, signature, stamp, token, expires_s)


def _stamp_of_date(text: str) -> str:
    for form in ("%a, %d %b %Y %H:%M:%S GMT", STAMP_FORMAT):
        try:
            return datetime.datetime.strptime(text, form).strftime(STAMP_FORMAT)
        except ValueError:
            continue
    return ""


def _check_time(call: Call, claim: Claim) -> None:
    try:
        signed = datetime.datetime.strptime(claim.stamp, STAMP_FORMAT).replace(
            tzinfo=datetime.timezone.utc)
    except ValueError:
        raise refuse(call.service, "malformed", problem=f"date {claim.stamp!r}") from None
    now = clock.now(call.clock_offset_s)
    tolerance = TOLERANCE.get(call.service, OTHERS_TOLERANCE)
    reason = ""
    if signed > now + tolerance:
        reason = "early"
    elif signed < now - tolerance:
        reason = "late"
    if claim.expires_s is not None and call.service == "s3":
        ends = signed + datetime.timedelta(seconds=claim.expires_s)
        reason = "url_late" if ends < now else "url_early" if reason == "early" else ""
    if not reason:
        return
    limit = now + tolerance if reason == "early" else now - tolerance
    extra = None
    if call.service == "s3":
        extra = {"RequestTime": claim.stamp, "ServerTime": clock.iso(now),
                 "MaxAllowedSkewMilliseconds": int(tolerance.total_seconds() * 1000)}
        if claim.expires_s is not None:
            extra = {"X-Amz-Expires": claim.expires_s, "Expires": clock.iso(ends),
                     "ServerTime": clock.iso(now)}
    raise refuse(call.service, reason, extra, stamp=claim.stamp, now=clock.compact(now),
                 limit=clock.compact(limit))


def _check_signature(call: Call, claim: Claim, credential: Credential,
                     body: bytes | None) -> None:
    signer, request = _prepare(call, claim, credential, body)
    canonical = signer.canonical_request(request)
    string_to_sign = signer.string_to_sign(request, canonical)
    if not hmac.compare_digest(signer.signature(string_to_sign, request).encode(),
                               claim.signature.encode("utf-8", "replace")):
        raise _mismatch(call, claim, canonical, string_to_sign)
    if call.service == "s3":
        call.body_filter = payload.filter_for(call, claim, credential.secret_key)


def _prepare(call: Call, claim: Claim, credential: Credential,
             body: bytes | None) -> tuple[SigV4Auth, AWSRequest]:
    """botocore's signer, and the request as it has to be given to it."""
    keys = Credentials(claim.access_key, credential.secret_key)
    is_query = "authorization" not in call.headers
    if call.service == "s3":
        kind = _S3Sigv4Query if is_query else _S3Sigv4
        # S3 decodes the path and encodes it once, canonically; it removes nothing.
        path = urllib.parse.quote(urllib.parse.unquote_to_bytes(call.raw_path), safe="/-_.~")
        _require_signed(call, claim, is_query)
    else:
        kind = _Sigv4Query if is_query else _Sigv4
        path = call.raw_path
    signer = kind(keys, claim.service, claim.region)
    request = AWSRequest(method=call.method, url=f"http://{call.header('host')}{path}",
                         data=body or b"", params=[])
    for name in claim.signed_headers:
        request.headers[name] = _text(call.header(name))
    body_hash = request.headers.get("x-amz-content-sha256")
    if call.service != "s3" and body_hash not in (None, hashlib.sha256(body or b"").hexdigest()):
        raise refuse(call.service, "mismatch")
    if call.params:
        request.params = [(_text(n), _text(v)) for n, v in call.query if n != "X-Amz-Signature"]
    request.context["timestamp"] = claim.stamp
    return signer, request


def _text(value: str) -> str:
    """Bytes that were no UTF-8 cannot be quoted; they make a mismatch, as they should."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _require_signed(call: Call, claim: Claim, is_query: bool) -> None:
    unsigned = [n for n in call.headers
                if n.startswith("x-amz-") and n not in claim.signed_headers
                and not (is_query and n == "x-amz-content-sha256")]
    if unsigned:
        raise refuse("s3", "unsigned_headers", {"HeadersNotSigned": ", ".join(unsigned)})
    if not is_query and "x-amz-content-sha256" not in call.headers:
        raise refuse("s3", "no_body_hash")


def _mismatch(call: Call, claim: Claim, canonical: str, string_to_sign: str) -> Exception:
    if call.service != "s3":
        error = refuse(call.service, "mismatch")
        error.message += (f"\n\nThe Canonical String for this request should have been\n"
                          f"'{canonical}'\n\nThe String-to-Sign should have been\n"
                          f"'{string_to_sign}'\n")
        return error
    return refuse("s3", "mismatch", {
        "AWSAccessKeyId": claim.access_key,
        "StringToSign": string_to_sign,
        "SignatureProvided": claim.signature,
        "StringToSignBytes": string_to_sign.encode().hex(" "),
        "CanonicalRequest": canonical,
        "CanonicalRequestBytes": canonical.encode("utf-8", "replace").hex(" ")})
