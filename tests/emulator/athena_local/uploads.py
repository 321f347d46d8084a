"""Multipart uploads in progress: parts are files in the store's tmp folder until completion.

Completion joins them inside the kernel (sendfile); a single part becomes the object without a
copy. Uploads survive a restart like objects do.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

from .errors import S3Error
from .store import Check, ObjectInfo, ObjectStore, check_key, time_of

MIN_PART_BYTES = 5 << 20  # of all parts but the last
MAX_PARTS = 10000


@dataclasses.dataclass(frozen=True, slots=True)
class Upload:
    id: str
    bucket: str
    key: str
    created: datetime.datetime
    attrs: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    number: int
    path: Path
    size: int  # bytes
    etag: str
    modified: datetime.datetime


class Uploads:
    def __init__(self, store: ObjectStore):
        self._store = store
        self._db = store.db
        self._lock = store.lock

    def create(self, bucket: str, key: str, attrs: dict[str, Any]) -> str:
        """Begins an upload; returns its id."""
        check_key(key)
        upload_id = secrets.token_urlsafe(48)
        with self._lock:
            self._db.execute("INSERT INTO uploads VALUES (?, ?, ?, ?, ?)",
                             (upload_id, bucket, _bytes(key), time.time(), json.dumps(attrs)))
        return upload_id

    def find(self, bucket: str, key: str, upload_id: str) -> Upload:
        with self._lock:
            row = self._db.execute("SELECT * FROM uploads WHERE id = ? AND bucket = ? AND key = ?",
                                   (upload_id, bucket, _bytes(key))).fetchone()
        if row is None:
            raise S3Error("NoSuchUpload", "The specified upload does not exist. The upload ID may "
                          "be invalid, or the upload may have been aborted or completed.",
                          extra={"UploadId": upload_id})
        return _upload(row)

    def list(self, bucket: str, prefix: str = "") -> list[Upload]:
        """Of one bucket, ordered by key and then by age."""
        with self._lock:
            rows = self._db.execute("SELECT * FROM uploads WHERE bucket = ? ORDER BY key, created",
                                    (bucket,)).fetchall()
        return [u for u in map(_upload, rows) if u.key.startswith(prefix)]

    def put_part(self, upload: Upload, number: int, path: Path, etag: str) -> None:
        """Takes a finished file (of store.temp_path()) as part, replacing one of that number."""
        size = path.stat().st_size
        with self._lock:
            self.find(upload.bucket, upload.key, upload.id)  # it may have ended meanwhile
            old = self._db.execute("SELECT file FROM parts WHERE upload = ? AND number = ?",
                                   (upload.id, number)).fetchone()
            self._db.execute("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?, ?, ?)",
                             (upload.id, number, path.name, size, etag, time.time()))
        if old:
            (path.parent / old[0]).unlink(missing_ok=True)

    def parts(self, upload: Upload) -> list[Part]:
        folder = self._store.temp_path().parent
        with self._lock:
            rows = self._db.execute("SELECT number, file, size, etag, modified FROM parts "
                                    "WHERE upload = ? ORDER BY number", (upload.id,)).fetchall()
        return [Part(r[0], folder / r[1], r[2], r[3], time_of(r[4])) for r in rows]

    def complete(self, upload: Upload, wanted: list[tuple[int, str]],
                 check: Check | None = None) -> ObjectInfo:
        """Makes the object of the wanted (number, etag) pairs. Slow: not for the event loop."""
        chosen = self._choose(upload, wanted)
        digest = hashlib.md5(b"".join(bytes.fromhex(p.etag) for p in chosen),
                             usedforsecurity=False).hexdigest()
        joined = self._store.temp_path()
        if len(chosen) == 1:
            os.link(chosen[0].path, joined)
        else:
            _join(chosen, joined)
        made = self._store.put_path(upload.bucket, upload.key, joined,
                                    etag=f"{digest}-{len(chosen)}", attrs=upload.attrs,
                                    check=check)
        self.abort(upload)
        return made

    def abort(self, upload: Upload) -> None:
        """Forgets the upload and its parts."""
        parts = self.parts(upload)
        with self._lock:
            self._db.execute("DELETE FROM parts WHERE upload = ?", (upload.id,))
            self._db.execute("DELETE FROM uploads WHERE id = ?", (upload.id,))
        for part in parts:
            part.path.unlink(missing_ok=True)

    def _choose(self, upload: Upload, wanted: list[tuple[int, str]]) -> list[Part]:
        numbers = [number for number, _ in wanted]
        if numbers != sorted(set(numbers)):
            raise S3Error("InvalidPartOrder", "The list of parts was not in ascending order. "
                          "Parts must be ordered by part number.")
        there = {part.number: part for part in self.parts(upload)}
        chosen = []
        for number, etag in wanted:
            part = there.get(number)
            if part is None or part.etag != etag.strip('"'):
                raise S3Error("InvalidPart", "One or more of the specified parts could not be "
                              "found.  The part may not have been uploaded, or the specified "
                              "entity tag may not match the part's entity tag.",
                              extra={"UploadId": upload.id, "PartNumber": number, "ETag": etag})
            chosen.append(part)
        for part in chosen[:-1]:
            if part.size < MIN_PART_BYTES:
                raise S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum "
                              "allowed size", extra={"ProposedSize": part.size,
                                                     "MinSizeAllowed": MIN_PART_BYTES,
                                                     "PartNumber": part.number,
                                                     "ETag": part.etag})
        return chosen


def _join(parts: list[Part], target: Path) -> None:
    with open(target, "wb") as out:
        for part in parts:
            with open(part.path, "rb") as source:
                left, offset = part.size, 0
                while left > 0:
                    done = os.sendfile(out.fileno(), source.fileno(), offset, left)
                    left -= done
                    offset += done


def _upload(row: tuple) -> Upload:
    return Upload(row[0], row[1], row[2].decode("utf-8", "surrogateescape"), time_of(row[3]),
                  json.loads(row[4]))


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")
