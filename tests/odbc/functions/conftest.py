"""Scenes for single calls: connections are made once for each ODBC version and form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import odbc
import pytest
from calls import Scene
from emulator_process import EmulatorProcess


@pytest.fixture(scope="session")
def plain_string(athena_session: EmulatorProcess, configuration: Path) -> str:
    """A connection string for the local Athena."""
    return "DSN=AthenaLocal"


@pytest.fixture(scope="session")
def connections(plain_string: str) -> Iterator[Callable]:
    opened: dict[tuple[int, bool], tuple[odbc.Env, odbc.Connection]] = {}

    def connected(version: int, wide: bool) -> tuple[odbc.Env, odbc.Connection]:
        if (version, wide) not in opened:
            env = odbc.Env(version)
            connection = odbc.Connection(env)
            connection.check(connection.connect(plain_string, wide))
            opened[version, wide] = env, connection
        return opened[version, wide]

    yield connected
    for env, connection in opened.values():
        connection.check(connection.disconnect())
        connection.check(connection.free())
        env.check(env.free())


@pytest.fixture
def scene(request: pytest.FixtureRequest, connections: Callable) -> Iterator[Scene]:
    version, wide = request.param
    env, connection = connections(version, wide)
    statement = odbc.Statement(connection)
    yield Scene(env, connection, statement, version, wide)
    if statement.value:
        statement.check(statement.free())
