"""How each service words its refusal of a signature: code, status and text per reason.

Athena (JSON), DataZone (REST JSON), STS (query XML) and S3 (REST XML) each have their own vocabulary; clients tell
a wrong key from an expired one by these codes, so they are the real endpoints' codes.
"""

from __future__ import annotations

from typing import Any

from .errors import AthenaError, DataZoneError, S3Error, ServiceError, SsoError, StsError

MISMATCH = ("The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details.")
S3_MISMATCH = ("The request signature we calculated does not match the signature you provided. "
               "Check your key and signing method.")
BAD_TOKEN = "The security token included in the request is invalid."
OLD_TOKEN = "The security token included in the request is expired"
BAD_REGION = "Credential should be scoped to a valid region. "
BAD_SERVICE = "Credential should be scoped to correct service: '{expected}'. "
BAD_DATE = ("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
            "HTTP: '{given}' != '{expected}', from '{stamp}'.")
EARLY = "Signature not yet current: {stamp} is still later than {limit} ({now} + 5 min.)"
LATE = "Signature expired: {stamp} is now earlier than {limit} ({now} - 5 min.)"
MALFORMED = ("Authorization header requires 'Credential' parameter. Authorization header "
             "requires 'Signature' parameter. Authorization header requires 'SignedHeaders' "
             "parameter. Authorization header requires existence of either a 'X-Amz-Date' or a "
             "'Date' header. (Problem: {problem})")
S3_SHAPE = "The authorization header is malformed; {problem}"
S3_SKEW = "The difference between the request time and the current time is too large."
HOST = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."

ATHENA = {
    "missing": ("MissingAuthenticationTokenException", 400, "Missing Authentication Token"),
    "malformed": ("IncompleteSignatureException", 400, MALFORMED),
    "unsigned_host": ("InvalidSignatureException", 400, HOST),
    "unknown_key": ("UnrecognizedClientException", 400, BAD_TOKEN),
    "bad_token": ("UnrecognizedClientException", 400, BAD_TOKEN),
    "expired_token": ("ExpiredTokenException", 400, OLD_TOKEN),
    "region": ("InvalidSignatureException", 400, BAD_REGION),
    "service": ("InvalidSignatureException", 400, BAD_SERVICE),
    "date": ("InvalidSignatureException", 400, BAD_DATE),
    "early": ("InvalidSignatureException", 400, EARLY),
    "late": ("InvalidSignatureException", 400, LATE),
    "mismatch": ("InvalidSignatureException", 400, MISMATCH),
}
# REST JSON has Athena's words, and a status of its own.
DATAZONE = {reason: (code, 403, text) for reason, (code, _, text) in ATHENA.items()}
STS = {
    "missing": ("MissingAuthenticationToken", 403, "Request is missing Authentication Token"),
    "malformed": ("IncompleteSignature", 400, MALFORMED),
    "unsigned_host": ("SignatureDoesNotMatch", 403, HOST),
    "unknown_key": ("InvalidClientTokenId", 403, BAD_TOKEN),
    "bad_token": ("InvalidClientTokenId", 403, BAD_TOKEN),
    "expired_token": ("ExpiredToken", 403, OLD_TOKEN),
    "region": ("SignatureDoesNotMatch", 403, BAD_REGION),
    "service": ("SignatureDoesNotMatch", 403, BAD_SERVICE),
    "date": ("SignatureDoesNotMatch", 403, BAD_DATE),
    "early": ("SignatureDoesNotMatch", 403, EARLY),
    "late": ("SignatureDoesNotMatch", 403, LATE),
    "mismatch": ("SignatureDoesNotMatch", 403, MISMATCH),
}
S3 = {
    "missing": ("AccessDenied", 403, "Access Denied"),
    "malformed": ("AuthorizationHeaderMalformed", 400, S3_SHAPE),
    "malformed_query": ("AuthorizationQueryParametersError", 400, "{problem}"),
    "old_version": ("InvalidRequest", 400, "The authorization mechanism you have provided is not "
                    "supported. Please use AWS4-HMAC-SHA256."),
    "unsigned_host": ("AccessDenied", 403,
                      "There were headers present in the request which were not signed"),
    "unknown_key": ("InvalidAccessKeyId", 403,
                    "The AWS Access Key Id you provided does not exist in our records."),
    "bad_token": ("InvalidToken", 400, "The provided token is malformed or otherwise invalid."),
    "expired_token": ("ExpiredToken", 400, "The provided token has expired."),
    "region": ("AuthorizationHeaderMalformed", 400,
               "The authorization header is malformed; the region '{given}' is wrong; "
               "expecting '{expected}'"),
    "service": ("AuthorizationHeaderMalformed", 400,
                "The authorization header is malformed; incorrect service \"{given}\". This "
                "endpoint belongs to \"{expected}\"."),
    "date": ("AuthorizationHeaderMalformed", 400,
             "The authorization header is malformed; Invalid credential date \"{given}\". This "
             "date is not the same as X-Amz-Date: \"{expected}\"."),
    "early": ("RequestTimeTooSkewed", 403, S3_SKEW),
    "late": ("RequestTimeTooSkewed", 403, S3_SKEW),
    "url_early": ("AccessDenied", 403, "Request is not valid yet"),
    "url_late": ("AccessDenied", 403, "Request has expired"),
    "unsigned_headers": ("AccessDenied", 403,
                         "There were headers present in the request which were not signed"),
    "no_body_hash": ("InvalidRequest", 400,
                     "Missing required header for this request: x-amz-content-sha256"),
    "mismatch": ("SignatureDoesNotMatch", 403, S3_MISMATCH),
}

BY_SERVICE: dict[str, tuple[type[ServiceError], dict[str, tuple[str, int, str]]]] = {
    "athena": (AthenaError, ATHENA), "datazone": (DataZoneError, DATAZONE),
    "sts": (StsError, STS), "s3": (S3Error, S3), "sso-admin": (SsoError, ATHENA),
    "sso-oauth": (SsoError, ATHENA)}


def refuse(service: str, reason: str, extra: dict[str, Any] | None = None,
           **words: str) -> ServiceError:
    """The error to raise; words fill the text."""
    make, table = BY_SERVICE[service]
    code, status, text = table.get(reason) or table["malformed"]
    return make(code, text.format(**words) if words else text, status, extra)
