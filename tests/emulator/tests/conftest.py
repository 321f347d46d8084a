"""One local Athena for the whole test session, and boto3 clients that talk to it."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

START = Path(__file__).resolve().parents[1] / "start"
START_TIMEOUT_S = 300  # the first start makes the virtual environment and the sample data
ACCESS_KEY = "AKIALOCALATHENA000001"
SECRET_KEY = "local/secret+key/for/tests/only/0123456789"
READ_ONLY_KEYS = ("AKIALOCALREADONLY0001", "local/secret+key/read+only/0123456789012345")
REGION = "us-east-1"
ONE_TRY = Config(retries={"total_max_attempts": 1})


@dataclasses.dataclass
class Emulator:
    """A running server, and shorthands for its control path."""

    url: str
    data: Path
    process: subprocess.Popen

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_local/{path}", data=data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def stats(self) -> dict[str, Any]:
        return self.control("GET", "stats")

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
    data.mkdir(parents=True, exist_ok=True)
    log = data / "emulator.log"
    process = subprocess.Popen([START, "--port", "0", "--data", data, "--log", log, *options],
                               stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline().split()
    if len(line) != 2 or line[0] != "ready":
        process.kill()
        process.wait()
        raise RuntimeError(f"the local Athena did not start: {log.read_text()[-2000:]}")
    return Emulator(line[1], data, process)


def stop_emulator(emulator: Emulator) -> None:
    emulator.process.terminate()
    try:
        emulator.process.wait(timeout=30)
    finally:
        emulator.process.kill()
        emulator.process.stdout.close()


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> None:
    """Nothing of the machine's own AWS configuration may leak into the tests."""
    for name in [n for n in os.environ if n.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


@pytest.fixture(scope="session")
def emulator_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    started = start_emulator(tmp_path_factory.mktemp("emulator"))
    yield started
    stop_emulator(started)


@pytest.fixture
def emulator(emulator_session: Emulator) -> Emulator:
    """The session's server, with counters at zero and no faults."""
    emulator_session.control("POST", "reset")
    return emulator_session


@pytest.fixture
def client(emulator: Emulator) -> Callable[..., Any]:
    return emulator.client


@pytest.fixture
def s3(emulator: Emulator) -> Any:
    return emulator.client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """A new, empty bucket."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name
