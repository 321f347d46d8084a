"""S3's listings: ListObjectsV2, ListObjects (the older one), ListObjectVersions."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import urllib.parse
from typing import Any

from .errors import S3Error
from .s3_objects import owner_id, xml_answer
from .store import ObjectInfo, ObjectStore
from .wire import Answer, Call

MAX_KEYS = 1000
# As a str it stands for the byte 0xFF, which is above all that UTF-8 can continue with: prefix
# plus this sorts behind all keys that begin with prefix.
BEHIND = "\udcff"


@dataclasses.dataclass(slots=True)
class Page:
    objects: list[ObjectInfo]
    prefixes: list[str]
    next_after: str | None  # where the next page begins (exclusive); None: this was the last
    last_entry: str = ""  # the last key or common prefix of this page


def list_page(store: ObjectStore, bucket: str, prefix: str, delimiter: str, after: str,
              limit: int) -> Page:
    """One page of keys and common prefixes behind ``after``, at most limit of both together."""
    page = Page([], [], None)
    if limit == 0:
        return page
    while True:
        for info in store.scan(bucket, prefix, after):
            if len(page.objects) + len(page.prefixes) == limit:
                page.next_after = after
                return page
            end = info.key.find(delimiter, len(prefix)) if delimiter else -1
            if end >= 0:
                folder = info.key[:end + len(delimiter)]
                page.prefixes.append(folder)
                page.last_entry = folder
                after = folder + BEHIND
                break  # and go on behind the folder, without reading what is in it
            page.objects.append(info)
            page.last_entry = after = info.key
        else:
            return page


def list_objects_v2(store: ObjectStore, call: Call) -> Answer:
    params = call.params
    prefix, delimiter = params.get("prefix", ""), params.get("delimiter", "")
    limit = max_keys(call)
    token = params.get("continuation-token")
    start_after = params.get("start-after", "")
    after = start_after if token is None else _open_token(token)
    page = list_page(store, call.bucket, prefix, delimiter, after, limit)
    encode = encoder(call)
    owner = owner_id(call) if params.get("fetch-owner") == "true" else None
    content = {
        "Name": call.bucket, "Prefix": encode(prefix),
        "Delimiter": encode(delimiter) if delimiter else None,
        "MaxKeys": limit, "KeyCount": len(page.objects) + len(page.prefixes),
        "StartAfter": encode(start_after) if start_after else None,
        "ContinuationToken": token,
        "NextContinuationToken": _make_token(page.next_after),
        "EncodingType": params.get("encoding-type"),
        "IsTruncated": page.next_after is not None,
        "Contents": [_entry(info, encode, owner) for info in page.objects],
        "CommonPrefixes": [{"Prefix": encode(p)} for p in page.prefixes],
    }
    return xml_answer("ListBucketResult", content)


def list_objects(store: ObjectStore, call: Call) -> Answer:
    params = call.params
    prefix, delimiter = params.get("prefix", ""), params.get("delimiter", "")
    marker = params.get("marker", "")
    limit = max_keys(call)
    after = marker + BEHIND if delimiter and marker.endswith(delimiter) else marker
    page = list_page(store, call.bucket, prefix, delimiter, after, limit)
    encode = encoder(call)
    is_truncated = page.next_after is not None
    content = {
        "Name": call.bucket, "Prefix": encode(prefix), "Marker": encode(marker),
        "Delimiter": encode(delimiter) if delimiter else None, "MaxKeys": limit,
        "EncodingType": params.get("encoding-type"), "IsTruncated": is_truncated,
        "NextMarker": encode(page.last_entry) if is_truncated and delimiter else None,
        "Contents": [_entry(info, encode, owner_id(call)) for info in page.objects],
        "CommonPrefixes": [{"Prefix": encode(p)} for p in page.prefixes],
    }
    return xml_answer("ListBucketResult", content)


def list_versions(store: ObjectStore, call: Call) -> Answer:
    """Buckets keep no versions: each object has the one that S3 calls null."""
    params = call.params
    prefix, delimiter = params.get("prefix", ""), params.get("delimiter", "")
    marker = params.get("key-marker", "")
    limit = max_keys(call)
    after = marker + BEHIND if delimiter and marker.endswith(delimiter) else marker
    page = list_page(store, call.bucket, prefix, delimiter, after, limit)
    encode = encoder(call)
    is_truncated = page.next_after is not None
    content = {
        "Name": call.bucket, "Prefix": encode(prefix), "KeyMarker": encode(marker),
        "VersionIdMarker": params.get("version-id-marker", ""),
        "NextKeyMarker": encode(page.last_entry) if is_truncated else None,
        "NextVersionIdMarker": "null" if is_truncated else None,
        "Delimiter": encode(delimiter) if delimiter else None, "MaxKeys": limit,
        "EncodingType": params.get("encoding-type"), "IsTruncated": is_truncated,
        "Version": [{"VersionId": "null", "IsLatest": True,
                     **_entry(info, encode, owner_id(call))} for info in page.objects],
        "CommonPrefixes": [{"Prefix": encode(p)} for p in page.prefixes],
    }
    return xml_answer("ListVersionsResult", content)


def max_keys(call: Call, name: str = "max-keys") -> int:
    text = call.params.get(name, "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise S3Error("InvalidArgument", f"Provided {name} not an integer or within integer range",
                      extra={"ArgumentName": name, "ArgumentValue": text})
    return min(int(text or MAX_KEYS), MAX_KEYS)


def encoder(call: Call):
    """How keys are written: as they are, or as encoding-type=url asks."""
    kind = call.params.get("encoding-type")
    if kind not in (None, "url"):
        raise S3Error("InvalidArgument", "Invalid Encoding Method specified in Request",
                      extra={"ArgumentName": "encoding-type", "ArgumentValue": kind})
    if kind is None:
        return str
    return lambda key: urllib.parse.quote_plus(key, safe="/*", errors="surrogateescape")


def _entry(info: ObjectInfo, encode, owner: str | None) -> dict[str, Any]:
    return {"Key": encode(info.key), "LastModified": info.last_modified,
            "ETag": f'"{info.etag}"', "Size": info.size, "StorageClass": "STANDARD",
            "Owner": {"ID": owner, "DisplayName": "local"} if owner else None}


def _make_token(after: str | None) -> str | None:
    if after is None:
        return None
    return base64.urlsafe_b64encode(b"1" + after.encode("utf-8", "surrogateescape")).decode()


def _open_token(token: str) -> str:
    try:
        data = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        data = b""
    if data[:1] != b"1":
        raise S3Error("InvalidArgument", "The continuation token provided is incorrect",
                      extra={"ArgumentName": "continuation-token"})
    return data[1:].decode("utf-8", "surrogateescape")
