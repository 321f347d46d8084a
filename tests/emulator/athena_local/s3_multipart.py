"""S3's multipart operations, over uploads.py."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from .errors import S3Error
from .s3_list import encoder, max_keys
from .s3_objects import (attrs_of, byte_range, check_replace, copy_source, malformed_xml, owner_id,
                         read_xml, receive, xml_answer)
from .store import ObjectInfo, ObjectStore, md5_of
from .uploads import MAX_PARTS, Upload, Uploads
from .wire import Answer, Call


class Multipart:
    def __init__(self, store: ObjectStore):
        self._uploads = Uploads(store)

    def create(self, store: ObjectStore, call: Call) -> Answer:
        upload_id = self._uploads.create(call.bucket, call.key, attrs_of(call))
        answer = xml_answer("InitiateMultipartUploadResult", {
            "Bucket": call.bucket, "Key": call.key, "UploadId": upload_id})
        answer.headers["x-amz-server-side-encryption"] = "AES256"
        for name in ("x-amz-checksum-algorithm", "x-amz-checksum-type"):
            if call.header(name):
                answer.headers[name] = call.header(name)
        return answer

    async def put_part(self, store: ObjectStore, call: Call) -> Answer:
        upload, number = self._target(call)
        path, etag, sums = await receive(store, call)
        self._uploads.put_part(upload, number, path, etag)
        return Answer(200, b"", {"ETag": f'"{etag}"', **sums,
                                 "x-amz-server-side-encryption": "AES256"})

    async def copy_part(self, store: ObjectStore, call: Call) -> Answer:
        upload, number = self._target(call)
        source = copy_source(store, call)
        path, etag = await asyncio.to_thread(_copy_range, store, source,
                                             call.header("x-amz-copy-source-range"))
        self._uploads.put_part(upload, number, path, etag)
        part = next(p for p in self._uploads.parts(upload) if p.number == number)
        return xml_answer("CopyPartResult", {"LastModified": part.modified, "ETag": f'"{etag}"'})

    async def complete(self, store: ObjectStore, call: Call) -> Answer:
        upload = self._find(call)
        root = await read_xml(call, "CompleteMultipartUpload")
        try:
            wanted = [(int(p.findtext("PartNumber") or ""), p.findtext("ETag") or "")
                      for p in root.findall("Part")]
        except ValueError:
            raise malformed_xml() from None
        if not wanted:
            raise malformed_xml()
        made = await asyncio.to_thread(self._uploads.complete, upload, wanted,
                                       lambda old: check_replace(call, old))
        return xml_answer("CompleteMultipartUploadResult", {
            "Location": f"http://{call.header('host')}/{call.bucket}/{call.key}",
            "Bucket": call.bucket, "Key": call.key, "ETag": f'"{made.etag}"'})

    def abort(self, store: ObjectStore, call: Call) -> Answer:
        self._uploads.abort(self._find(call))
        return Answer(204)

    def list_parts(self, store: ObjectStore, call: Call) -> Answer:
        upload = self._find(call)
        limit = max_keys(call, "max-parts")
        marker = max_keys(call, "part-number-marker") if "part-number-marker" in call.params else 0
        parts = [p for p in self._uploads.parts(upload) if p.number > marker]
        shown = parts[:limit]
        owner = {"ID": owner_id(call), "DisplayName": "local"}
        return xml_answer("ListPartsResult", {
            "Bucket": call.bucket, "Key": call.key, "UploadId": upload.id, "Initiator": owner,
            "Owner": owner, "StorageClass": "STANDARD", "PartNumberMarker": marker,
            "NextPartNumberMarker": shown[-1].number if shown else 0, "MaxParts": limit,
            "IsTruncated": len(parts) > len(shown),
            "Part": [{"PartNumber": p.number, "LastModified": p.modified,
                      "ETag": f'"{p.etag}"', "Size": p.size} for p in shown]})

    def list_uploads(self, store: ObjectStore, call: Call) -> Answer:
        params = call.params
        limit, encode = max_keys(call, "max-uploads"), encoder(call)
        prefix, marker = params.get("prefix", ""), params.get("key-marker", "")
        id_marker = params.get("upload-id-marker", "")
        found = self._uploads.list(call.bucket, prefix)
        begin = 0
        if marker:
            begin = next((i + 1 for i, u in enumerate(found) if (u.key, u.id) ==
                          (marker, id_marker)), None)
            if begin is None:
                begin = sum(u.key <= marker for u in found)
        shown = found[begin:begin + limit]
        is_truncated = begin + limit < len(found)
        return xml_answer("ListMultipartUploadsResult", {
            "Bucket": call.bucket, "KeyMarker": encode(marker), "UploadIdMarker": id_marker,
            "NextKeyMarker": encode(shown[-1].key) if is_truncated and shown else None,
            "NextUploadIdMarker": shown[-1].id if is_truncated and shown else None,
            "Prefix": encode(prefix), "MaxUploads": limit, "IsTruncated": is_truncated,
            "EncodingType": params.get("encoding-type"),
            "Upload": [{"Key": encode(u.key), "UploadId": u.id, "StorageClass": "STANDARD",
                        "Initiated": u.created} for u in shown]})

    def _find(self, call: Call) -> Upload:
        return self._uploads.find(call.bucket, call.key, call.params.get("uploadId", ""))

    def _target(self, call: Call) -> tuple[Upload, int]:
        text = call.params.get("partNumber", "")
        number = int(text) if text.isascii() and text.isdigit() else 0
        if not 1 <= number <= MAX_PARTS:
            raise S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, "
                          "inclusive", extra={"ArgumentName": "partNumber",
                                              "ArgumentValue": text})
        return self._find(call), number


def _copy_range(store: ObjectStore, source: ObjectInfo, text: str) -> tuple[Path, str]:
    """A new file with a range of an object, and its MD5."""
    wanted = (0, source.size - 1)
    if text:
        wanted = byte_range(text, source.size)
        if wanted is None or wanted[1] - wanted[0] + 1 != _length(text):
            raise S3Error("InvalidArgument", f"Range specified is not valid for source object of "
                          f"size: {source.size}", extra={
                              "ArgumentName": "x-amz-copy-source-range", "ArgumentValue": text})
    path = store.temp_path()
    offset, end = wanted[0], wanted[1] + 1
    with open(path, "wb") as out, open(source.path, "rb") as file:
        while offset < end:
            offset += os.sendfile(out.fileno(), file.fileno(), offset, end - offset)
    return path, md5_of(path)


def _length(text: str) -> int:
    first, _, last = text.removeprefix("bytes=").partition("-")
    return int(last) - int(first) + 1 if first and last else -1
