"""The errors that handlers raise; app.py writes each in its service's own wire format.

AthenaError becomes a JSON body with ``__type``, HostError one with ``code``, OidcError one
with ``error``, PortalError and DataZoneError one with ``message``, S3Error and StsError become XML.
``extra`` holds further members of the body, by the name they have on the wire.
"""

from __future__ import annotations

from typing import Any


class ServiceError(Exception):
    """What a service answers instead of a result."""

    service = ""

    def __init__(self, code: str, message: str, status: int = 400,
                 extra: dict[str, Any] | None = None):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.extra = dict(extra or {})
        self.headers: dict[str, str] = {}


class AthenaError(ServiceError):
    """An error of Athena's JSON protocol, e.g. AthenaError("InvalidRequestException", text,
    extra={"AthenaErrorCode": "MALFORMED_QUERY"})."""

    service = "athena"


class StsError(ServiceError):
    service = "sts"


class HostError(ServiceError):
    """What a container's endpoint or a metadata service answers (host.py)."""

    service = "host"


class OidcError(ServiceError):
    """What IAM Identity Center answers to a client that asks for a token (sso.py)."""

    service = "sso-oidc"


class PortalError(ServiceError):
    """What the portal of IAM Identity Center answers (sso.py)."""

    service = "sso"


class SsoError(ServiceError):
    """What IAM Identity Center answers to a caller with keys (tip.py)."""

    service = "sso-admin"


class DataZoneError(ServiceError):
    service = "datazone"


class LakeFormationError(ServiceError):
    service = "lakeformation"


class IdentityError(ServiceError):
    """What an identity provider answers to what it cannot understand (identity/)."""

    service = "identity"


# The status S3 gives each code, so that raising one needs no number.
S3_STATUS = {
    "AccessDenied": 403,
    "AuthorizationHeaderMalformed": 400,
    "BucketAlreadyExists": 409,
    "BucketAlreadyOwnedByYou": 409,
    "BucketNotEmpty": 409,
    "EntityTooSmall": 400,
    "ExpiredToken": 400,
    "InternalError": 500,
    "InvalidAccessKeyId": 403,
    "InvalidRange": 416,
    "MethodNotAllowed": 405,
    "MissingContentLength": 411,
    "NoSuchBucket": 404,
    "NoSuchKey": 404,
    "NoSuchUpload": 404,
    "NotImplemented": 501,
    "NotModified": 304,
    "PermanentRedirect": 301,
    "PreconditionFailed": 412,
    "RequestTimeTooSkewed": 403,
    "ServiceUnavailable": 503,
    "SignatureDoesNotMatch": 403,
    "SlowDown": 503,
}


class S3Error(ServiceError):
    """An S3 error; the status follows from the code unless it is given."""

    service = "s3"

    def __init__(self, code: str, message: str, status: int | None = None,
                 extra: dict[str, Any] | None = None):
        super().__init__(code, message, status or S3_STATUS.get(code, 400), extra)


# How a service's errors are made, by its name.
MAKERS: dict[str, type[ServiceError]] = {
    maker.service: maker for maker in (AthenaError, S3Error, StsError, HostError, OidcError,
                                       PortalError, SsoError, DataZoneError,
                                       LakeFormationError, IdentityError)}
MAKERS["sso-oauth"] = SsoError


def no_such_bucket(name: str) -> S3Error:
    return S3Error("NoSuchBucket", "The specified bucket does not exist",
                   extra={"BucketName": name})


def no_such_key(key: str) -> S3Error:
    return S3Error("NoSuchKey", "The specified key does not exist.", extra={"Key": key})
