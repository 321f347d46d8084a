"""The local Athena as a child process, with boto3 clients for it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import emulator_process  # noqa: E402
from emulator_process import (ACCESS_KEY, READ_ONLY_KEYS, REGION, SECRET_KEY,  # noqa: E402
                              stop_emulator)

__all__ = ["ACCESS_KEY", "ONE_TRY", "READ_ONLY_KEYS", "REGION", "SECRET_KEY", "Emulator",
           "start_emulator", "stop_emulator"]

ONE_TRY = Config(retries={"total_max_attempts": 1})


class Emulator(emulator_process.EmulatorProcess):
    def client(self, service: str, keys: tuple[str, ...] = (ACCESS_KEY, SECRET_KEY),
               region: str = REGION, config: Config = ONE_TRY, **more: Any) -> Any:
        """A boto3 client; it tries once only unless another config is given."""
        return boto3.client(service, endpoint_url=more.pop("endpoint_url", self.url),
                            region_name=region, aws_access_key_id=keys[0],
                            aws_secret_access_key=keys[1],
                            aws_session_token=keys[2] if len(keys) > 2 else None,
                            config=config, **more)


def start_emulator(data: Path, *options: str) -> Emulator:
    """Starts a server on a free port and waits until it serves. Stop it with stop_emulator."""
    return Emulator(**vars(emulator_process.start_emulator(data, *options)))
