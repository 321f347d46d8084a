"""Objects on disk: the storage under S3, also used directly by the Athena half.

    DIR/index.db        SQLite: buckets and objects (key -> file, size, etag, attributes)
    DIR/objects/xx/     one file per object version, named at random, with the key's suffix
                        (.csv.gz, .parquet) so that readers which look at names understand it
    DIR/tmp/            files on their way in

Keys never become file names, so any key that S3 allows works. A file is never changed once it
is an object: a put makes a new file, so an open download of the old one goes on. The old file is
removed only REMOVE_AFTER_S later, so that a query which asked local_path() can still open it.

All methods may be called from any thread. Keys are ordered as S3 orders them: by UTF-8 bytes.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
import json
import re
import shutil
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .errors import S3Error, no_such_bucket

REMOVE_AFTER_S = 120
MAX_KEY_BYTES = 1024
COPY_BYTES = 1 << 20

SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY, region TEXT NOT NULL, created REAL NOT NULL, attrs TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key BLOB NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, modified REAL NOT NULL, attrs TEXT NOT NULL,
    PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS uploads (
    id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key BLOB NOT NULL, created REAL NOT NULL,
    attrs TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts (
    upload TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, modified REAL NOT NULL, PRIMARY KEY (upload, number)) WITHOUT ROWID;
"""


Check = Callable[["ObjectInfo | None"], None]


@dataclasses.dataclass(frozen=True, slots=True)
class BucketInfo:
    name: str
    region: str
    created: datetime.datetime
    attrs: dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class ObjectInfo:
    key: str
    size: int  # bytes
    etag: str  # without the quotes that HTTP puts around it
    last_modified: datetime.datetime  # UTC
    path: Path  # the file; see ObjectStore.local_path
    attrs: dict[str, Any]  # content_type, metadata {}, headers {}, tags {}, acl


class ObjectStore:
    """Buckets and objects under one directory. Raises S3Error (NoSuchBucket, ...).

    ``lock`` and ``db`` are shared with uploads.py alone."""

    def __init__(self, directory: Path | str, region: str = "us-east-1"):
        self.directory = Path(directory).resolve()
        self.region = region
        self._objects = self.directory / "objects"
        self._tmp = self.directory / "tmp"
        self._objects.mkdir(parents=True, exist_ok=True)
        self._tmp.mkdir(exist_ok=True)
        self.lock = threading.RLock()
        self._dead: collections.deque[tuple[float, Path]] = collections.deque()
        self.db = sqlite3.connect(self.directory / "index.db", check_same_thread=False,
                                   isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.executescript(SCHEMA)
        self._remove_strays()

    def close(self) -> None:
        with self.lock:
            self._bury(now=float("inf"))
            self.db.close()

    # Buckets

    def create_bucket(self, name: str, region: str | None = None) -> None:
        """Makes a bucket; does nothing when it exists."""
        with self.lock:
            self.db.execute("INSERT OR IGNORE INTO buckets VALUES (?, ?, ?, '{}')",
                             (name, region or self.region, time.time()))

    def bucket(self, name: str) -> BucketInfo | None:
        with self.lock:
            row = self.db.execute("SELECT name, region, created, attrs FROM buckets "
                                   "WHERE name = ?", (name,)).fetchone()
        return row and BucketInfo(row[0], row[1], time_of(row[2]), json.loads(row[3]))

    def buckets(self) -> list[BucketInfo]:
        with self.lock:
            rows = self.db.execute("SELECT name, region, created, attrs FROM buckets "
                                    "ORDER BY name").fetchall()
        return [BucketInfo(r[0], r[1], time_of(r[2]), json.loads(r[3])) for r in rows]

    def set_bucket_attrs(self, name: str, attrs: dict[str, Any]) -> None:
        with self.lock:
            self._require_bucket(name)
            self.db.execute("UPDATE buckets SET attrs = ? WHERE name = ?",
                             (json.dumps(attrs), name))

    def delete_bucket(self, name: str) -> None:
        with self.lock:
            self._require_bucket(name)
            if self.db.execute("SELECT 1 FROM objects WHERE bucket = ? LIMIT 1",
                                (name,)).fetchone():
                raise S3Error("BucketNotEmpty", "The bucket you tried to delete is not empty",
                              extra={"BucketName": name})
            self.db.execute("DELETE FROM buckets WHERE name = ?", (name,))

    # Objects

    def put(self, bucket: str, key: str, data: bytes, *, attrs: dict[str, Any] | None = None,
            check: Check | None = None) -> ObjectInfo:
        """Stores data as an object, replacing one of the same key. ``check`` is called with the
        object of that key (or None) in the moment of the replacement, and may raise."""
        check_key(key)
        self._require_bucket(bucket)
        path = self._new_file(key)
        path.write_bytes(data)
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return self._commit(bucket, key, path, len(data), etag, attrs, check)

    def put_path(self, bucket: str, key: str, path: Path | str, *, etag: str | None = None,
                 attrs: dict[str, Any] | None = None,
                 check: Check | None = None) -> ObjectInfo:
        """Takes a finished file as an object: it is moved, not copied, when it lies on the same
        file system (temp_path() does). The ETag is its MD5 unless given."""
        check_key(key)
        self._require_bucket(bucket)
        etag = etag or md5_of(Path(path))
        target = self._new_file(key)
        shutil.move(path, target)
        return self._commit(bucket, key, target, target.stat().st_size, etag, attrs, check)

    def temp_path(self, suffix: str = "") -> Path:
        """The path of a new file to write to and then hand to put_path (or to unlink)."""
        return self._tmp / (uuid.uuid4().hex + suffix)

    def info(self, bucket: str, key: str) -> ObjectInfo | None:
        with self.lock:
            row = self.db.execute(
                "SELECT key, file, size, etag, modified, attrs FROM objects "
                "WHERE bucket = ? AND key = ?", (bucket, _bytes(key))).fetchone()
        return self._object(row) if row else None

    def local_path(self, bucket: str, key: str) -> Path | None:
        """The plain file that holds the object now; not to be written to. Stays readable for
        REMOVE_AFTER_S after the object was replaced or deleted."""
        found = self.info(bucket, key)
        return found and found.path

    def list(self, bucket: str, prefix: str = "") -> list[ObjectInfo]:
        """All objects whose key starts with prefix, in key order."""
        return list(self.scan(bucket, prefix))

    def scan(self, bucket: str, prefix: str = "", after: str = "") -> Iterator[ObjectInfo]:
        """Like list(), lazily, beginning behind the key ``after``. Sees what is put or deleted
        while it runs, as S3's own listing does."""
        low, last = _bytes(prefix), _bytes(after)
        batch = 8  # grows: a listing by folders looks at one row and jumps on
        while True:
            with self.lock:
                rows = self.db.execute(
                    "SELECT key, file, size, etag, modified, attrs FROM objects "
                    "WHERE bucket = ? AND key >= ? AND key > ? ORDER BY key LIMIT ?",
                    (bucket, low, last, batch)).fetchall()
            for row in rows:
                if not row[0].startswith(low):
                    return
                yield self._object(row)
            if len(rows) < batch:
                return
            last, batch = rows[-1][0], min(batch * 4, 2048)

    def set_attrs(self, bucket: str, key: str, attrs: dict[str, Any]) -> None:
        """Replaces an object's attributes; its bytes, ETag and time stay."""
        with self.lock:
            self.db.execute("UPDATE objects SET attrs = ? WHERE bucket = ? AND key = ?",
                             (json.dumps(attrs), bucket, _bytes(key)))

    def delete(self, bucket: str, key: str) -> bool:
        """Deletes an object; False when there was none."""
        with self.lock:
            old = self.info(bucket, key)
            if not old:
                return False
            self.db.execute("DELETE FROM objects WHERE bucket = ? AND key = ?",
                             (bucket, _bytes(key)))
            self._discard(old.path)
        return True

    # Inside

    def _require_bucket(self, name: str) -> None:
        if not self.bucket(name):
            raise no_such_bucket(name)

    def _new_file(self, key: str) -> Path:
        name = uuid.uuid4().hex
        folder = self._objects / name[:2]
        folder.mkdir(exist_ok=True)
        return folder / (name + file_suffix(key))

    def _commit(self, bucket: str, key: str, path: Path, size: int, etag: str,
                attrs: dict[str, Any] | None, check: Check | None) -> ObjectInfo:
        now = time.time()
        row = (bucket, _bytes(key), str(path.relative_to(self._objects)), size, etag, now,
               json.dumps(attrs or {}))
        with self.lock:
            old = self.info(bucket, key)
            try:
                self._require_bucket(bucket)
                if check:
                    check(old)
            except S3Error:
                path.unlink()
                raise
            self.db.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if old:
                self._discard(old.path)
        return ObjectInfo(key, size, etag, time_of(now), path, attrs or {})

    def _object(self, row: tuple) -> ObjectInfo:
        key, file, size, etag, modified, attrs = row
        name = key.decode("utf-8", "surrogateescape")
        return ObjectInfo(name, size, etag, time_of(modified), self._objects / file,
                          json.loads(attrs))

    def _discard(self, path: Path) -> None:
        self._dead.append((time.monotonic() + REMOVE_AFTER_S, path))
        self._bury(time.monotonic())

    def _bury(self, now: float) -> None:
        while self._dead and self._dead[0][0] <= now:
            self._dead.popleft()[1].unlink(missing_ok=True)

    def _remove_strays(self) -> None:
        """Files without an index entry are what an earlier run was writing or about to remove."""
        known = {row[0] for row in self.db.execute("SELECT file FROM objects")}
        for path in self._objects.glob("*/*"):
            if str(path.relative_to(self._objects)) not in known:
                path.unlink(missing_ok=True)
        parts = {row[0] for row in self.db.execute("SELECT file FROM parts")}
        for path in self._tmp.iterdir():
            if path.name not in parts:
                path.unlink(missing_ok=True)


def check_key(key: str) -> None:
    if not key:
        raise S3Error("InvalidArgument", "Object key must not be empty")
    if len(_bytes(key)) > MAX_KEY_BYTES:
        raise S3Error("KeyTooLongError", "Your key is too long",
                      extra={"Size": len(_bytes(key)), "MaxSizeAllowed": MAX_KEY_BYTES})


def file_suffix(key: str) -> str:
    """``.csv.gz`` of ``a/b.c/part-0.csv.gz``: at most two short plain suffixes."""
    found = re.search(r"[^/](?:\.[A-Za-z0-9]{1,5})?(\.[A-Za-z0-9]{1,10})$", key)
    return "" if not found else re.search(r"(\.[A-Za-z0-9]{1,10}){1,2}$", found[0])[0]


def md5_of(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as file:
        while chunk := file.read(COPY_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _bytes(key: str) -> bytes:
    return key.encode("utf-8", "surrogateescape")


def time_of(seconds: float) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
