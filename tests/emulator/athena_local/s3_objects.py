"""S3's object operations: get, head, put, copy, delete, tags, ACLs, attributes."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import os
import re
import urllib.parse
from pathlib import Path
from typing import Any

from . import clock, xmldoc
from .errors import S3Error, no_such_key
from .store import ObjectInfo, ObjectStore, check_key
from .wire import Answer, Call, FileBody

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
MAX_XML_BYTES = 2 << 20
MAX_PUT_BYTES = 5 << 30
KEPT_HEADERS = ("cache-control", "content-disposition", "content-encoding", "content-language",
                "expires", "x-amz-website-redirect-location")
CANNED_ACLS = ("private", "public-read", "public-read-write", "authenticated-read",
               "aws-exec-read", "bucket-owner-read", "bucket-owner-full-control")
GROUPS = "http://acs.amazonaws.com/groups/global/"
PUBLIC_GRANTS = {"public-read": [("AllUsers", "READ")],
                 "public-read-write": [("AllUsers", "READ"), ("AllUsers", "WRITE")],
                 "authenticated-read": [("AuthenticatedUsers", "READ")]}


def xml_answer(root: str, content: Any, status: int = 200) -> Answer:
    return Answer(status, xmldoc.document(root, content, NAMESPACE),
                  {"Content-Type": "application/xml"})


def find(store: ObjectStore, call: Call) -> ObjectInfo:
    """The object that the call addresses. Objects have one version, called null."""
    found = store.info(call.bucket, call.key)
    version = call.params.get("versionId", "null")
    if found is None or version != "null":
        if version != "null":
            raise S3Error("NoSuchVersion", "The specified version does not exist.", 404,
                          extra={"Key": call.key, "VersionId": version})
        raise no_such_key(call.key)
    return found


def get_object(store: ObjectStore, call: Call) -> Answer:
    """GetObject and HeadObject: the same, but for the body (send.py leaves it out)."""
    info = find(store, call)
    headers = _object_headers(info, call)
    if _is_unmodified(info, call):
        return Answer(304, b"", {n: headers[n] for n in ("ETag", "Last-Modified")})
    wanted = byte_range(call.header("range"), info.size)
    if wanted is None:
        return Answer(200, FileBody(info.path, 0, info.size), headers)
    first, last = wanted
    headers["Content-Range"] = f"bytes {first}-{last}/{info.size}"
    return Answer(206, FileBody(info.path, first, last - first + 1), headers)


async def put_object(store: ObjectStore, call: Call) -> Answer:
    check_key(call.key)
    attrs = attrs_of(call)
    path, etag, sums = await receive(store, call)
    attrs["checksums"] = sums
    try:
        made = store.put_path(call.bucket, call.key, path, etag=etag, attrs=attrs,
                              check=lambda old: check_replace(call, old))
    finally:
        path.unlink(missing_ok=True)
    return Answer(200, b"", {"ETag": f'"{made.etag}"', **sums,
                             "x-amz-server-side-encryption": "AES256"})


async def receive(store: ObjectStore, call: Call) -> tuple[Path, str, dict[str, str]]:
    """Writes the body to a new file: its path, MD5 and checksums. The caller moves or unlinks
    the file; it is gone when this raises."""
    if call.content_length is None and "transfer-encoding" not in call.headers:
        raise S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.")
    path = store.temp_path()
    size = 0
    try:
        with open(path, "wb") as file:
            async for chunk in call.chunks():
                size += len(chunk)
                if size > MAX_PUT_BYTES:
                    raise S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum "
                                  "allowed size", extra={"MaxSizeAllowed": MAX_PUT_BYTES})
                file.write(chunk)
        announced = call.header("x-amz-decoded-content-length")
        if announced and announced != str(size):
            raise S3Error("IncompleteBody", "You did not provide the number of bytes specified by "
                          "the Content-Length HTTP header")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    sums = call.body_filter.sums
    return path, sums.md5.hexdigest(), sums.values


def check_replace(call: Call, old: ObjectInfo | None) -> None:
    """If-None-Match: * and If-Match on a write."""
    if call.header("if-none-match") == "*" and old is not None:
        raise _precondition("If-None-Match")
    if_match = call.header("if-match")
    if if_match and old is None:
        raise no_such_key(call.key)
    if if_match and not _etag_in(old.etag, if_match):
        raise _precondition("If-Match")


def delete_object(store: ObjectStore, call: Call) -> Answer:
    store.delete(call.bucket, call.key)
    return Answer(204)


async def copy_object(store: ObjectStore, call: Call) -> Answer:
    source = copy_source(store, call)
    attrs = dict(source.attrs)
    is_replace = call.header("x-amz-metadata-directive").upper() == "REPLACE"
    if is_replace:
        attrs = {**attrs_of(call), "tags": attrs.get("tags", {}),
                 "checksums": attrs.get("checksums", {})}
    if call.header("x-amz-tagging-directive").upper() == "REPLACE":
        attrs["tags"] = _tags_of_header(call)
    attrs["acl"] = call.header("x-amz-acl", "private")
    same = store.info(call.bucket, call.key)
    if same and same.path == source.path and not (
            is_replace or call.header("x-amz-storage-class")
            or call.header("x-amz-server-side-encryption")):
        raise S3Error("InvalidRequest", "This copy request is illegal because it is trying to "
                      "copy an object to itself without changing the object's metadata, storage "
                      "class, website redirect location or encryption attributes.")
    path = store.temp_path()
    os.link(source.path, path)  # object files never change, so that a link is a copy
    etag = source.etag if "-" not in source.etag else None
    made = await asyncio.to_thread(store.put_path, call.bucket, call.key, path, etag=etag,
                                   attrs=attrs, check=lambda old: check_replace(call, old))
    return xml_answer("CopyObjectResult", {"LastModified": made.last_modified,
                                           "ETag": f'"{made.etag}"'})


def copy_source(store: ObjectStore, call: Call) -> ObjectInfo:
    """The object that x-amz-copy-source names, its conditions checked."""
    text, _, version = call.header("x-amz-copy-source").partition("?versionId=")
    name = urllib.parse.unquote(text, errors="surrogateescape").removeprefix("/")
    bucket, _, key = name.partition("/")
    if not bucket or not key:
        raise S3Error("InvalidArgument", "Copy Source must mention the source bucket and key: "
                      "sourcebucket/sourcekey", extra={"ArgumentName": "x-amz-copy-source",
                                                       "ArgumentValue": text})
    if not store.bucket(bucket):
        raise S3Error("NoSuchBucket", "The specified bucket does not exist",
                      extra={"BucketName": bucket})
    found = store.info(bucket, key)
    if found is None or version not in ("", "null"):
        raise no_such_key(key)
    if _fails(found, call, "x-amz-copy-source-") or _is_unmodified(
            found, call, "x-amz-copy-source-"):
        raise _precondition("x-amz-copy-source-If-*")
    return found


async def delete_objects(store: ObjectStore, call: Call) -> Answer:
    """Up to 1,000 keys at once. What fails, fails by key, inside a 200 answer."""
    has_sum = any(n.startswith("x-amz-checksum-") for n in call.headers)
    if "content-md5" not in call.headers and not has_sum:
        raise S3Error("InvalidRequest", "Missing required header for this request: Content-MD5 "
                      "OR x-amz-checksum-*")
    root = await read_xml(call, "Delete")
    targets = root.findall("Object")
    if not 1 <= len(targets) <= 1000:
        raise malformed_xml()
    is_quiet = (root.findtext("Quiet") or "").strip().lower() == "true"
    deleted, errors = [], []
    for target in targets:
        key = target.findtext("Key") or ""
        if not call.identity.can_write_s3:
            errors.append({"Key": key, "Code": "AccessDenied", "Message": "Access Denied"})
            continue
        store.delete(call.bucket, key)
        deleted.append({"Key": key})
    return xml_answer("DeleteResult", {"Deleted": [] if is_quiet else deleted, "Error": errors})


def get_tags(store: ObjectStore, call: Call) -> Answer:
    return tagging_answer(find(store, call).attrs.get("tags", {}))


def tagging_answer(tags: dict[str, str]) -> Answer:
    return xml_answer("Tagging", {"TagSet": {"Tag": [
        {"Key": name, "Value": value} for name, value in tags.items()]}})


async def put_tags(store: ObjectStore, call: Call) -> Answer:
    info = find(store, call)
    tags = await read_tags(call, 10)
    store.set_attrs(call.bucket, call.key, {**info.attrs, "tags": tags})
    return Answer(200)


async def read_tags(call: Call, limit: int) -> dict[str, str]:
    root = await read_xml(call, "Tagging")
    pairs = [(t.findtext("Key") or "", t.findtext("Value") or "") for t in root.iter("Tag")]
    return _check_tags(pairs, limit)


def delete_tags(store: ObjectStore, call: Call) -> Answer:
    info = find(store, call)
    store.set_attrs(call.bucket, call.key, {**info.attrs, "tags": {}})
    return Answer(204)


def get_acl(store: ObjectStore, call: Call) -> Answer:
    return acl_answer(call, find(store, call).attrs.get("acl", "private"))


def acl_answer(call: Call, canned: str) -> Answer:
    owner = {"ID": owner_id(call), "DisplayName": "local"}
    xsi = {"@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance"}
    grants = [{"Grantee": {**xsi, "@xsi:type": "CanonicalUser", **owner},
               "Permission": "FULL_CONTROL"}]
    for group, permission in PUBLIC_GRANTS.get(canned, ()):
        grants.append({"Grantee": {**xsi, "@xsi:type": "Group", "URI": GROUPS + group},
                       "Permission": permission})
    return xml_answer("AccessControlPolicy", {"Owner": owner,
                                              "AccessControlList": {"Grant": grants}})


async def put_acl(store: ObjectStore, call: Call) -> Answer:
    info = find(store, call)
    store.set_attrs(call.bucket, call.key, {**info.attrs, "acl": await read_acl(call)})
    return Answer(200)


async def read_acl(call: Call) -> str:
    """The canned ACL of the header; a document's grants are read as the nearest canned one."""
    canned = call.header("x-amz-acl")
    if canned:
        if canned not in CANNED_ACLS:
            raise S3Error("InvalidArgument", "", extra={"ArgumentName": "x-amz-acl",
                                                        "ArgumentValue": canned})
        return canned
    root = await read_xml(call, "AccessControlPolicy")
    grants = {((g.findtext("Grantee/URI") or "").rpartition("/")[2], g.findtext("Permission"))
              for g in root.iter("Grant")}
    for name, wanted in reversed(PUBLIC_GRANTS.items()):
        if set(wanted) <= grants:
            return name
    return "private"


def get_attributes(store: ObjectStore, call: Call) -> Answer:
    """GetObjectAttributes: those that x-amz-object-attributes asks for."""
    info = find(store, call)
    wanted = {n.strip() for n in call.header("x-amz-object-attributes").split(",")}
    content = {"ETag": info.etag, "StorageClass": "STANDARD", "ObjectSize": info.size}
    answer = xml_answer("GetObjectAttributesResponse",
                        {n: v for n, v in content.items() if n in wanted})
    answer.headers["Last-Modified"] = clock.http_date(info.last_modified)
    return answer


def owner_id(call: Call) -> str:
    """A canonical user id: 64 hex digits that follow from the account."""
    return (call.identity.account_id * 6)[:64]


def attrs_of(call: Call) -> dict[str, Any]:
    """What is kept with an object, from the headers of the request that makes it."""
    metadata = {n.removeprefix("x-amz-meta-"): _clean(v) for n, v in call.headers.items()
                if n.startswith("x-amz-meta-")}
    kept = {n: _clean(call.header(n)) for n in KEPT_HEADERS if call.header(n)}
    if kept.get("content-encoding"):  # aws-chunked is a coding of the transfer, not the object
        codings = [c.strip() for c in kept.pop("content-encoding").split(",")]
        codings = [c for c in codings if c and c != "aws-chunked"]
        if codings:
            kept["content-encoding"] = ",".join(codings)
    return {"content_type": call.header("content-type", "binary/octet-stream"),
            "metadata": metadata, "headers": kept, "tags": _tags_of_header(call),
            "acl": call.header("x-amz-acl", "private")}


async def read_xml(call: Call, root_name: str) -> Any:
    try:
        root = xmldoc.parse(await call.read(MAX_XML_BYTES))
    except ValueError:
        raise malformed_xml() from None
    if root.tag != root_name:
        raise malformed_xml()
    return root


def malformed_xml() -> S3Error:
    return S3Error("MalformedXML", "The XML you provided was not well-formed or did not validate "
                   "against our published schema")


def _tags_of_header(call: Call) -> dict[str, str]:
    return _check_tags(urllib.parse.parse_qsl(call.header("x-amz-tagging"),
                                              keep_blank_values=True), 10)


def _check_tags(pairs: list[tuple[str, str]], limit: int) -> dict[str, str]:
    tags = dict(pairs)
    if len(tags) < len(pairs):
        raise S3Error("InvalidTag", "Cannot provide multiple Tags with the same key")
    if len(tags) > limit:
        raise S3Error("BadRequest", f"Object tags cannot be greater than {limit}")
    for name, value in pairs:
        if not 1 <= len(name) <= 128:
            raise S3Error("InvalidTag", "The TagKey you have provided is invalid",
                          extra={"TagKey": name})
        if len(value) > 256:
            raise S3Error("InvalidTag", "The TagValue you have provided is invalid",
                          extra={"TagKey": name, "TagValue": value})
    return tags


def _clean(value: str) -> str:
    """What can be sent as the value of a header."""
    plain = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return re.sub(r"[\x00-\x08\x0a-\x1f\x7f]", "", plain)


def _object_headers(info: ObjectInfo, call: Call) -> dict[str, str]:
    attrs = info.attrs
    headers = {"ETag": f'"{info.etag}"', "Last-Modified": clock.http_date(info.last_modified),
               "Accept-Ranges": "bytes", "x-amz-server-side-encryption": "AES256",
               "Content-Type": attrs.get("content_type", "binary/octet-stream")}
    headers.update(attrs.get("encryption", {}))
    headers.update({n.title(): v for n, v in attrs.get("headers", {}).items()})
    headers.update({f"x-amz-meta-{n}": v for n, v in attrs.get("metadata", {}).items()})
    if attrs.get("tags"):
        headers["x-amz-tagging-count"] = str(len(attrs["tags"]))
    if call.header("x-amz-checksum-mode").upper() == "ENABLED" and not call.header("range"):
        headers.update(attrs.get("checksums", {}))
    for name, value in call.params.items():
        if name.startswith("response-"):
            headers[name.removeprefix("response-").title()] = _clean(value)
    return headers


def _is_unmodified(info: ObjectInfo, call: Call, prefix: str = "") -> bool:
    """Whether the answer is 304. Raises PreconditionFailed. Rules: the GetObject reference."""
    if _fails(info, call, prefix):
        raise _precondition("If-Match")
    if_none_match = call.header(prefix + "if-none-match")
    if if_none_match:
        return _etag_in(info.etag, if_none_match)
    since = _date(call.header(prefix + "if-modified-since"))
    return since is not None and info.last_modified.replace(microsecond=0) <= since


def _fails(info: ObjectInfo, call: Call, prefix: str = "") -> bool:
    if_match = call.header(prefix + "if-match")
    if if_match:
        return not _etag_in(info.etag, if_match)
    since = _date(call.header(prefix + "if-unmodified-since"))
    return since is not None and info.last_modified.replace(microsecond=0) > since


def _etag_in(etag: str, header: str) -> bool:
    wanted = [e.strip().removeprefix("W/").strip('"') for e in header.split(",")]
    return "*" in wanted or etag in wanted


def _date(text: str) -> datetime.datetime | None:
    try:
        return email.utils.parsedate_to_datetime(text) if text else None
    except ValueError:
        return None


def byte_range(text: str, size: int) -> tuple[int, int] | None:
    """First and last byte; None is the whole object, which is also what S3 answers to a Range
    that it does not understand (several ranges, last before first)."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", text.strip())
    if not found or (not found[1] and not found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first >= size:
        raise S3Error("InvalidRange", "The requested range is not satisfiable",
                      extra={"RangeRequested": text, "ActualObjectSize": size})
    return first, last


def _precondition(name: str) -> S3Error:
    return S3Error("PreconditionFailed", "At least one of the pre-conditions you specified did "
                   "not hold", extra={"Condition": name})
