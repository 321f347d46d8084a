"""What the server was started with; shared, read-only, by all of its parts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

TEST_ACCESS_KEY = "AKIALOCALATHENA000001"
TEST_SECRET_KEY = "local/secret+key/for/tests/only/0123456789"
READ_ONLY_ACCESS_KEY = "AKIALOCALREADONLY0001"
READ_ONLY_SECRET_KEY = "local/secret+key/read+only/0123456789012345"


@dataclasses.dataclass(frozen=True)
class Config:
    data_dir: Path  # S3 objects live under data_dir/s3, Athena's own state under data_dir/athena
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free port
    region: str = "us-east-1"
    account_id: str = "123456789012"
    latency_ms: int = 0  # added to every answer
    tls_dir: Path | None = None
    has_sample_data: bool = True  # make the sample tables on first start

    identity_dir: Path = Path()  # certificate of the identity providers' listener

    @property
    def athena_dir(self) -> Path:
        return self.data_dir / "athena"
