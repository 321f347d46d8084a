"""One local Athena for the whole test session, and boto3 clients that talk to it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws import Emulator, start_emulator, stop_emulator
from queries import Queries


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
    emulator_session.reset()
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


@pytest.fixture
def queries(emulator: Emulator) -> Queries:
    return Queries(emulator)


@pytest.fixture
def database(queries: Queries) -> Iterator[str]:
    """A new database, dropped with its tables afterwards."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    queries.succeed(f"CREATE DATABASE {name}")
    yield name
    queries.succeed(f"DROP DATABASE {name} CASCADE")
