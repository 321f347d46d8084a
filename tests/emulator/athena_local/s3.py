"""S3: which function carries out which operation, who may, and how errors are written.

Not here on purpose: versions, lifecycle, policies and select. They are answered as a bucket
answers that never had them, or with NotImplemented.
"""

from __future__ import annotations

import base64
import inspect
import os
from collections.abc import Callable
from typing import Any

from . import s3_buckets, s3_list, s3_objects, xmldoc
from .config import Config
from .errors import S3Error, ServiceError, no_such_bucket
from .faults import ERRORS, resource_of
from .s3_multipart import Multipart
from .store import ObjectStore
from .wire import Answer, Call

READS = {
    "ListBuckets": s3_buckets.list_buckets,
    "HeadBucket": s3_buckets.head_bucket,
    "GetBucketLocation": s3_buckets.get_location,
    "GetBucketTagging": s3_buckets.get_tags,
    "GetBucketAcl": s3_buckets.get_acl,
    "GetBucketVersioning": s3_buckets.get_versioning,
    "GetBucketPolicy": s3_buckets.no_policy,
    "GetBucketLifecycleConfiguration": s3_buckets.no_lifecycle,
    "GetBucketEncryption": s3_buckets.get_encryption,
    "ListObjectsV2": s3_list.list_objects_v2,
    "ListObjects": s3_list.list_objects,
    "ListObjectVersions": s3_list.list_versions,
    "GetObject": s3_objects.get_object,
    "HeadObject": s3_objects.get_object,
    "GetObjectTagging": s3_objects.get_tags,
    "GetObjectAcl": s3_objects.get_acl,
    "GetObjectAttributes": s3_objects.get_attributes,
    # Refuses key by key, inside its answer.
    "DeleteObjects": s3_objects.delete_objects,
}
WRITES = {
    "CreateBucket": s3_buckets.create_bucket,
    "DeleteBucket": s3_buckets.delete_bucket,
    "PutBucketTagging": s3_buckets.put_tags,
    "DeleteBucketTagging": s3_buckets.delete_tags,
    "PutBucketAcl": s3_buckets.put_acl,
    "PutBucketVersioning": s3_buckets.put_versioning,
    "PutObject": s3_objects.put_object,
    "CopyObject": s3_objects.copy_object,
    "DeleteObject": s3_objects.delete_object,
    "PutObjectTagging": s3_objects.put_tags,
    "DeleteObjectTagging": s3_objects.delete_tags,
    "PutObjectAcl": s3_objects.put_acl,
}
# These work without the bucket being there, or from any region.
WITHOUT_BUCKET = ("ListBuckets", "CreateBucket")
ANY_REGION = ("GetBucketLocation", "CreateBucket")


class S3:
    def __init__(self, store: ObjectStore, config: Config):
        self._store = store
        self._account_id = config.account_id
        multipart = Multipart(store)
        self._reads: dict[str, Callable[[ObjectStore, Call], Any]] = {
            **READS, "ListParts": multipart.list_parts,
            "ListMultipartUploads": multipart.list_uploads}
        self._writes: dict[str, Callable[[ObjectStore, Call], Any]] = {
            **WRITES, "CreateMultipartUpload": multipart.create,
            "UploadPart": multipart.put_part, "UploadPartCopy": multipart.copy_part,
            "CompleteMultipartUpload": multipart.complete,
            "AbortMultipartUpload": multipart.abort}

    async def handle(self, call: Call) -> Answer:
        """Carries out call.operation for call.identity. Raises S3Error."""
        operation = call.operation
        if not _is_text(call.key):
            raise S3Error("InvalidURI", "Couldn't parse the specified URI.")
        function = self._reads.get(operation) or self._writes.get(operation)
        if function is None:
            if operation == "Unknown":
                raise S3Error("MethodNotAllowed", "The specified method is not allowed against "
                              "this resource.", extra={"Method": call.method})
            raise S3Error("NotImplemented", "A header or query you provided implies functionality "
                          f"that is not implemented ({operation}).")
        self._check_bucket(call)
        if operation in self._writes and not call.identity.can_write_s3:
            raise denied(call)
        answer = function(self._store, call)
        if inspect.isawaitable(answer):
            answer = await answer
        return _stamp(call, answer)

    def _check_bucket(self, call: Call) -> None:
        if not call.bucket:
            return
        bucket = self._store.bucket(call.bucket)
        if bucket is None:
            if call.operation in WITHOUT_BUCKET:
                return
            raise no_such_bucket(call.bucket)
        owner = bucket.attrs.get("owner", self._account_id)
        if call.header("x-amz-expected-bucket-owner") not in ("", owner):
            raise S3Error("AccessDenied", "Access Denied")
        if bucket.attrs.get("requester_pays") and call.header("x-amz-request-payer") != "requester":
            raise S3Error("AccessDenied", "Access Denied")
        if call.signed_region != bucket.region and call.operation not in ANY_REGION:
            raise S3Error("PermanentRedirect", "The bucket you are attempting to access must be "
                          "addressed using the specified endpoint. Please send all future "
                          "requests to this endpoint.", extra={
                              "Endpoint": f"{call.bucket}.s3.{bucket.region}.amazonaws.com",
                              "Bucket": call.bucket, "Region": bucket.region})


def denied(call: Call) -> S3Error:
    """What IAM says of an operation that the caller may not do."""
    code, status, text = ERRORS["access_denied"]["s3"]
    text = text.replace("{arn}", call.identity.arn).replace("{operation}", _action(call.operation))
    return S3Error(code, text.replace("{resource}", resource_of(call)), status)


def error_answer(error: ServiceError, call: Call) -> Answer:
    content = {"Code": error.code, "Message": error.message, **error.extra}
    content.setdefault("Resource", "/" + "/".join(p for p in (call.bucket, call.key) if p))
    content["RequestId"] = call.request_id
    content["HostId"] = _host_id()
    answer = Answer(error.status, xmldoc.document("Error", content),
                    {"Content-Type": "application/xml", **error.headers}, error.code)
    if "Region" in error.extra:
        answer.headers["x-amz-bucket-region"] = error.extra["Region"]
    if call.method == "HEAD":  # there is nothing to read, and no length to expect
        answer.body = b""
    return _stamp(call, answer)


def _is_text(key: str) -> bool:
    """False when the bytes of the request's path were no UTF-8."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def _action(operation: str) -> str:
    """The IAM action behind a write operation."""
    if operation in ("CopyObject", "UploadPart", "UploadPartCopy", "CreateMultipartUpload",
                     "CompleteMultipartUpload"):
        return "PutObject"
    return operation


def _stamp(call: Call, answer: Answer) -> Answer:
    answer.headers.setdefault("x-amz-request-id", call.request_id)
    answer.headers.setdefault("x-amz-id-2", _host_id())
    return answer


def _host_id() -> str:
    return base64.b64encode(os.urandom(32)).decode()
