"""Which service a request is for, and which operation: told by host, headers and target.

    X-Amz-Target: AmazonAthena.*          Athena
    POST with a form body, or ?Action=    STS
    POST /AssumeDecoratedRoleWithSAML     Lake Formation (sts_saml.py)
    /_local/credentials, /_local/imds/    what a container or an instance is given (host.py)
    /_local/sso-oidc/, /_local/sso/       IAM Identity Center (sso.py)
    /_local/datazone/                     DataZone (datazone.py)
    /_local/tip/                          IAM Identity Center for trusted propagation (tip.py)
    /_local/...                           the server's own control (control.py)
    anything else                         S3, path style or virtual-host style
"""

from __future__ import annotations

import ipaddress
import re
import urllib.parse

from . import athena_front, datazone, host, sso, sts_saml, tip
from .wire import Call

# Hosts without a bucket in front; with one, the bucket is what precedes them.
S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:-fips|-accelerate)?(?:\.dualstack)?"
                     r"(?:[.-](?P<region>[a-z]{2,}(?:-[a-z]+)+-\d))?"
                     r"\.(?:amazonaws\.com(?:\.cn)?|api\.aws|localhost|athena\.invalid)")
LOCAL_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?localhost(?:\.localdomain)?")
NUMBERED_HOST = re.compile(r"(?:(?P<bucket>.+?)\.)?(?:\d{1,3}\.){3}\d{1,3}(?:\..+)?")

# (what is addressed, method) -> query parameters that must be there -> operation; the first
# match counts, and the last entry needs none.
S3_OPERATIONS = {
    ("service", "GET"): [("", "ListBuckets")],
    ("bucket", "HEAD"): [("", "HeadBucket")],
    ("bucket", "PUT"): [("acl", "PutBucketAcl"), ("tagging", "PutBucketTagging"),
                        ("versioning", "PutBucketVersioning"), ("policy", "PutBucketPolicy"),
                        ("lifecycle", "PutBucketLifecycleConfiguration"),
                        ("encryption", "PutBucketEncryption"), ("", "CreateBucket")],
    ("bucket", "DELETE"): [("tagging", "DeleteBucketTagging"), ("policy", "DeleteBucketPolicy"),
                           ("", "DeleteBucket")],
    ("bucket", "POST"): [("delete", "DeleteObjects"), ("", "PostObject")],
    ("bucket", "GET"): [("location", "GetBucketLocation"), ("uploads", "ListMultipartUploads"),
                        ("versions", "ListObjectVersions"), ("acl", "GetBucketAcl"),
                        ("tagging", "GetBucketTagging"), ("versioning", "GetBucketVersioning"),
                        ("policy", "GetBucketPolicy"),
                        ("lifecycle", "GetBucketLifecycleConfiguration"),
                        ("encryption", "GetBucketEncryption"),
                        ("list-type", "ListObjectsV2"), ("", "ListObjects")],
    ("object", "HEAD"): [("", "HeadObject")],
    ("object", "GET"): [("uploadId", "ListParts"), ("acl", "GetObjectAcl"),
                        ("tagging", "GetObjectTagging"), ("attributes", "GetObjectAttributes"),
                        ("", "GetObject")],
    ("object", "PUT"): [("partNumber", "UploadPart"), ("acl", "PutObjectAcl"),
                        ("tagging", "PutObjectTagging"), ("", "PutObject")],
    ("object", "POST"): [("uploads", "CreateMultipartUpload"),
                         ("uploadId", "CompleteMultipartUpload"),
                         ("restore", "RestoreObject"), ("select", "SelectObjectContent"),
                         ("", "PostObject")],
    ("object", "DELETE"): [("uploadId", "AbortMultipartUpload"),
                           ("tagging", "DeleteObjectTagging"), ("", "DeleteObject")],
}
COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}


def route(call: Call) -> None:
    """Sets the call's service, and for Athena and S3 its operation, bucket and key."""
    if (both := tip.operation_of(call)) is not None:
        call.service, call.operation = both
    elif (operation := host.operation_of(call.raw_path)) is not None:
        call.service, call.operation = "host", operation
    elif (named := sso.operation_of(call.raw_path)) is not None:
        call.service, call.operation = named
    elif (operation := datazone.operation_of(call.raw_path)) is not None:
        call.service, call.operation = "datazone", operation
    elif call.raw_path.startswith("/_local/"):
        call.service, call.operation = "local", call.raw_path
    elif "x-amz-target" in call.headers or call.header("content-type").startswith(
            "application/x-amz-json"):
        call.service, call.operation = "athena", athena_front.operation_of(call)
    elif call.raw_path == sts_saml.PATH:
        call.service, call.operation = "lakeformation", sts_saml.OPERATION
    elif call.raw_path == "/" and (_is_form(call) or "Action" in call.params):
        call.service = "sts"
        call.operation = call.params.get("Action", "Unknown")
    else:
        call.service = "s3"
        call.bucket, call.key = s3_address(call.header("host"), call.raw_path)
        call.operation = _s3_operation(call)


def s3_address(host: str, raw_path: str) -> tuple[str, str]:
    """Bucket and key. The key is decoded exactly once and otherwise untouched."""
    path = urllib.parse.unquote(raw_path, errors="surrogateescape").removeprefix("/")
    bucket = host_bucket(host)
    if bucket:
        return bucket, path
    bucket, _, key = path.partition("/")
    return bucket, key


def host_bucket(host: str) -> str:
    """The bucket that a Host header names, or an empty string."""
    name = re.sub(r":\d+$", "", host).lower()
    if not name or _is_address(name):
        return ""
    for pattern in (S3_HOST, LOCAL_HOST, NUMBERED_HOST):
        found = pattern.fullmatch(name)
        if found:
            return found["bucket"] or ""
    return name.partition(".")[0] if "." in name else ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_form(call: Call) -> bool:
    return (call.method == "POST"
            and call.header("content-type").startswith("application/x-www-form-urlencoded"))


def _s3_operation(call: Call) -> str:
    level = "object" if call.key else "bucket" if call.bucket else "service"
    for parameter, operation in S3_OPERATIONS.get((level, call.method), ()):
        if not parameter or parameter in call.params:
            if "x-amz-copy-source" in call.headers:
                return COPIES.get(operation, operation)
            return operation
    return "Unknown"
