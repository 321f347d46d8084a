"""Where a query's result files go, and how they are encrypted there.

SSE_S3 and SSE_KMS say so in S3's headers. CSE_KMS makes the object itself ciphertext, as the S3
encryption client writes it (AES/GCM, the key in x-amz-meta-x-amz-key-v2), which nobody but Athena
can read here: GetQueryResults does, from a copy in Athena's own bucket.
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..sql.errors import QueryFailure
from ..sql.results import Outcome, metadata_file
from ..store import ObjectStore
from .query import Query
from .start import MANAGED_BUCKET

DENIED = ("Access denied when writing output to url: {uri} . Please ensure you are allowed to "
          "access the S3 bucket. If specifying an expected bucket owner, confirm the bucket is "
          "owned by the expected account. If you are encrypting query results with KMS key, "
          "please ensure you are allowed to access your KMS key")
SSE = {"SSE_S3": "AES256", "SSE_KMS": "aws:kms"}


class Output:
    def __init__(self, store: ObjectStore, account_id: str):
        self._store = store
        self._account_id = account_id

    def write(self, query: Query, outcome: Outcome) -> None:
        """Raises QueryFailure when the bucket may not be written, S3Error."""
        if not query.is_managed and not self._may_write(query):
            raise QueryFailure(DENIED.format(uri=query.output_uri), 1500)
        if outcome.csv:
            query.output_bytes = outcome.csv.stat().st_size
            self._put(query, query.key, outcome.csv, outcome.csv_etag)
        elif outcome.text is not None:
            query.output_bytes = len(outcome.text)
            self._put(query, query.key, outcome.text)
        if outcome.manifest is not None:
            name = query.key + "-manifest.csv"
            self._put(query, name, "".join(f"{m}\n" for m in outcome.manifest).encode())
            query.manifest_uri = f"s3://{query.bucket}/{name}"
        self._put(query, query.key + ".metadata", metadata_file(outcome.columns))

    def _may_write(self, query: Query) -> bool:
        bucket = self._store.bucket(query.bucket)
        owner = bucket.attrs.get("owner", self._account_id) if bucket else None
        expected = query.result_configuration.get("ExpectedBucketOwner")
        return query.job.can_write_s3 and expected in (None, owner)

    def _put(self, query: Query, key: str, what: Path | bytes, etag: str | None = None) -> None:
        encryption = (query.result_configuration or {}).get("EncryptionConfiguration", {})
        attrs: dict[str, Any] = {"content_type": "application/octet-stream"}
        option, key_arn = encryption.get("EncryptionOption"), encryption.get("KmsKey")
        if option == "CSE_KMS":
            plain = what.read_bytes() if isinstance(what, Path) else what
            self._store.put(MANAGED_BUCKET, key, plain)
            query.readable_bucket = MANAGED_BUCKET
            what, attrs["metadata"] = _envelope(plain, key_arn)
        elif option:
            attrs["encryption"] = {"x-amz-server-side-encryption": SSE[option]}
            if option == "SSE_KMS":
                attrs["encryption"]["x-amz-server-side-encryption-aws-kms-key-id"] = key_arn or ""
        if isinstance(what, Path):
            self._store.put_path(query.bucket, key, what, etag=etag, attrs=attrs)
        else:
            self._store.put(query.bucket, key, what, attrs=attrs)


def _envelope(plain: bytes, key_arn: str | None) -> tuple[bytes, dict[str, str]]:
    """The ciphertext, and the metadata that the S3 encryption client (version 2) puts with it."""
    key, nonce = os.urandom(32), os.urandom(12)
    metadata = {"x-amz-key-v2": base64.b64encode(os.urandom(184)).decode(),  # wrapped by KMS
                "x-amz-iv": base64.b64encode(nonce).decode(),
                "x-amz-matdesc": json.dumps({"kms_cmk_id": key_arn or ""}),
                "x-amz-wrap-alg": "kms", "x-amz-cek-alg": "AES/GCM/NoPadding",
                "x-amz-tag-len": "128", "x-amz-unencrypted-content-length": str(len(plain))}
    return AESGCM(key).encrypt(nonce, plain, None), metadata
