"""S3's bucket operations: create, delete, head, list, location, tags, ACL."""

from __future__ import annotations

import re
from typing import Any

from . import s3_objects
from .errors import S3Error
from .s3_list import max_keys
from .s3_objects import malformed_xml, owner_id, read_xml, xml_answer
from .store import ObjectStore
from .wire import Answer, Call

NAME = r"(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
DEFAULT_REGION = "us-east-1"  # the region that has no location constraint


def list_buckets(store: ObjectStore, call: Call) -> Answer:
    prefix, region = call.params.get("prefix", ""), call.params.get("bucket-region")
    token = call.params.get("continuation-token", "")
    limit = max_keys(call, "max-buckets")
    found = [b for b in store.buckets() if b.name.startswith(prefix) and b.name > token
             and region in (None, b.region)]
    content = {
        "Owner": {"ID": owner_id(call), "DisplayName": "local"},
        "Buckets": {"Bucket": [{"Name": b.name, "CreationDate": b.created,
                                "BucketRegion": b.region} for b in found[:limit]]},
        "Prefix": prefix or None,
        "ContinuationToken": found[limit - 1].name if len(found) > limit > 0 else None}
    return xml_answer("ListAllMyBucketsResult", content)


async def create_bucket(store: ObjectStore, call: Call) -> Answer:
    name = call.bucket
    if not re.fullmatch(NAME, name):
        raise S3Error("InvalidBucketName", "The specified bucket is not valid.",
                      extra={"BucketName": name})
    region = await _constraint(store, call)
    there = store.bucket(name)
    # For compatibility with the past, us-east-1 answers 200 to the owner of the bucket.
    if there and not there.region == region == DEFAULT_REGION:
        raise S3Error("BucketAlreadyOwnedByYou", "Your previous request to create the named "
                      "bucket succeeded and you already own it.", extra={"BucketName": name})
    store.create_bucket(name, region)
    return Answer(200, b"", {"Location": f"/{name}"})


async def _constraint(store: ObjectStore, call: Call) -> str:
    """The region that the request asks for, checked against the endpoint's own."""
    region = None
    if call.content_length:
        root = await read_xml(call, "CreateBucketConfiguration")
        region = (root.findtext("LocationConstraint") or "").strip() or None
    if region == DEFAULT_REGION or (region and not re.fullmatch(r"[a-zA-Z0-9-]{2,32}", region)):
        raise S3Error("InvalidLocationConstraint", "The specified location-constraint is not "
                      "valid", extra={"LocationConstraint": region})
    if store.region != DEFAULT_REGION and region != store.region:
        raise S3Error("IllegalLocationConstraintException", f"The {region or 'unspecified'} "
                      "location constraint is incompatible for the region specific endpoint this "
                      "request was sent to.")
    return {None: DEFAULT_REGION, "EU": "eu-west-1"}.get(region, region)


def delete_bucket(store: ObjectStore, call: Call) -> Answer:
    store.delete_bucket(call.bucket)
    return Answer(204)


def head_bucket(store: ObjectStore, call: Call) -> Answer:
    return Answer(200, b"", {"Content-Type": "application/xml",
                             "x-amz-bucket-region": store.bucket(call.bucket).region,
                             "x-amz-access-point-alias": "false"})


def get_location(store: ObjectStore, call: Call) -> Answer:
    region = store.bucket(call.bucket).region
    return xml_answer("LocationConstraint", "" if region == DEFAULT_REGION else region)


def get_tags(store: ObjectStore, call: Call) -> Answer:
    tags = _attrs(store, call).get("tags")
    if not tags:
        raise S3Error("NoSuchTagSet", "The TagSet does not exist", 404,
                      extra={"BucketName": call.bucket})
    return s3_objects.tagging_answer(tags)


async def put_tags(store: ObjectStore, call: Call) -> Answer:
    tags = await s3_objects.read_tags(call, 50)
    store.set_bucket_attrs(call.bucket, {**_attrs(store, call), "tags": tags})
    return Answer(204)


def delete_tags(store: ObjectStore, call: Call) -> Answer:
    store.set_bucket_attrs(call.bucket, {**_attrs(store, call), "tags": {}})
    return Answer(204)


def get_acl(store: ObjectStore, call: Call) -> Answer:
    return s3_objects.acl_answer(call, _attrs(store, call).get("acl", "private"))


async def put_acl(store: ObjectStore, call: Call) -> Answer:
    acl = await s3_objects.read_acl(call)
    store.set_bucket_attrs(call.bucket, {**_attrs(store, call), "acl": acl})
    return Answer(200)


def get_versioning(store: ObjectStore, call: Call) -> Answer:
    """An empty document: versioning was never enabled."""
    return xml_answer("VersioningConfiguration", "")


async def put_versioning(store: ObjectStore, call: Call) -> Answer:
    root = await read_xml(call, "VersioningConfiguration")
    status = root.findtext("Status")
    if status not in ("Enabled", "Suspended"):
        raise malformed_xml()
    if status == "Enabled":
        raise S3Error("NotImplemented", "The local S3 keeps no versions.")
    return Answer(200)


def no_policy(store: ObjectStore, call: Call) -> Answer:
    raise S3Error("NoSuchBucketPolicy", "The bucket policy does not exist", 404,
                  extra={"BucketName": call.bucket})


def no_lifecycle(store: ObjectStore, call: Call) -> Answer:
    raise S3Error("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist",
                  404, extra={"BucketName": call.bucket})


def get_encryption(store: ObjectStore, call: Call) -> Answer:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
            "BucketKeyEnabled": False}
    return xml_answer("ServerSideEncryptionConfiguration", {"Rule": rule})


def _attrs(store: ObjectStore, call: Call) -> dict[str, Any]:
    return store.bucket(call.bucket).attrs
