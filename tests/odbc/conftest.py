"""The local Athena, a private ODBC configuration, and connections through the driver manager.

The driver logs all that it does, at ATHENA_TEST_LOG_LEVEL (TRACE), into the folder ATHENA_TEST_LOGS or one of the
session's own, and there is no secret to be in it: tests/tools/check-secrets looks at the end. A test that
makes a secret and brings it in by another way than a connection string says so: known_secrets.add().
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests" / "tools"), str(TOP / "tests" / "odbc")]

import known_secrets  # noqa: E402
import odbc  # noqa: E402
from calls import Scene  # noqa: E402
from emulator_process import (ACCESS_KEY, REGION, SECRET_KEY, EmulatorProcess,  # noqa: E402
                              start_emulator, stop_emulator)

# A sanitizer's runtime is in this process; of its children only isql, which loads the driver, may
# have it too.
RUNTIME = os.environ.pop("LD_PRELOAD", "")
if RUNTIME:
    os.environ["ATHENA_SANITIZED"] = RUNTIME
own_logs = pytest.StashKey[Path]()
DRIVER = Path(os.environ.get("ATHENA_DRIVER", TOP / "build" / "debug" / "libathenaodbc.so"))


def tool(path: Path) -> ModuleType:
    """A program of tests/tools that is written in Python, as a module."""
    loader = importlib.machinery.SourceFileLoader(path.name.replace("-", "_"), str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


@pytest.fixture(scope="session", autouse=True)
def clean_environment() -> None:
    """Nothing of the machine's own AWS or ODBC configuration may leak into the tests."""
    for name in [n for n in os.environ if n.startswith(("AWS_", "ODBC"))]:
        del os.environ[name]
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull


def pytest_configure(config: pytest.Config) -> None:
    """The driver's log; where nobody has said where, it is looked through at the end."""
    if "ATHENA_TEST_LOGS" not in os.environ:
        os.environ["ATHENA_TEST_LOGS"] = tempfile.mkdtemp(prefix="athena-logs-")
        config.stash[own_logs] = Path(os.environ["ATHENA_TEST_LOGS"])
    level = os.environ.get("ATHENA_TEST_LOG_LEVEL", "TRACE")
    os.environ["ATHENA_ODBC_LOG"] = f"{level}:{os.environ['ATHENA_TEST_LOGS']}/"


def pytest_sessionfinish(session: pytest.Session) -> None:
    folder = session.config.stash.get(own_logs, None)
    if folder is None:
        return
    has_logs = any(f.is_file() and f.name != known_secrets.FILE_NAME for f in folder.rglob("*"))
    if has_logs and tool(TOP / "tests/tools/check-secrets").main(folder):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        return
    shutil.rmtree(folder)


def has_driver_thread() -> bool:
    for comm in Path("/proc/self/task").glob("*/comm"):
        try:
            if comm.read_text().startswith("athena-io"):
                return True
        except OSError:  # a thread that has ended meanwhile
            continue
    return False


@pytest.fixture(scope="module", autouse=True)
def no_thread_left() -> Iterator[None]:
    """At the end of a file all its connections are closed, and so the driver's thread has ended: what
    connections share would reach into the next file's tests."""
    yield
    assert odbc.eventually(lambda: not has_driver_thread()), "a connection is left open"


@pytest.fixture
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections log where their own options say, or not at all."""
    monkeypatch.delenv("ATHENA_ODBC_LOG", raising=False)


@pytest.fixture(scope="session")
def athena_session(clean_environment: None) -> Iterator[EmulatorProcess]:
    started = start_emulator(Path(os.environ.get("ATHENA_TEST_DATA", TOP / "build" / "test-data")))
    yield started
    stop_emulator(started)


@pytest.fixture
def athena(athena_session: EmulatorProcess) -> Iterator[EmulatorProcess]:
    """The session's server, with counters at zero and no faults, before and after."""
    athena_session.reset()
    yield athena_session
    athena_session.reset()


def options(url: str, **changes: str | None) -> dict[str, str]:
    """Connection options for a server; a change to None leaves an option out."""
    base = {"AwsRegion": REGION, "Workgroup": "primary", "Schema": "sample",
            "EndpointOverride": url, "S3EndpointOverride": url, "StsEndpointOverride": url,
            "UID": ACCESS_KEY, "PWD": SECRET_KEY}
    merged = {**base, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def write_string(items: dict[str, str]) -> str:
    for name, value in items.items():
        known_secrets.add_option(name, value)
    return ";".join(f"{name}={{{value.replace('}', '}}')}}}" for name, value in items.items())


@pytest.fixture(scope="session")
def configuration(athena_session: EmulatorProcess,
                  tmp_path_factory: pytest.TempPathFactory) -> Path:
    """odbcinst.ini and odbc.ini with the driver Athena, which is known by the name of AWS's own too,
    and the data source AthenaLocal."""
    folder = tmp_path_factory.mktemp("odbc")
    names = ["Athena", "Amazon Athena ODBC (x64)"]
    (folder / "odbcinst.ini").write_text("[ODBC]\nPooling=No\n" + "".join(
        f"[{name}]\nDriver={DRIVER}\nThreading=0\n" for name in names))
    section = "".join(f"{k}={v}\n" for k, v in options(athena_session.url).items())
    (folder / "odbc.ini").write_text(f"[AthenaLocal]\nDriver=Athena\n{section}")
    os.environ["ODBCSYSINI"] = str(folder)
    os.environ["ODBCINI"] = str(folder / "odbc.ini")
    odbc.load()
    return folder


@pytest.fixture
def connection_string(athena: EmulatorProcess, configuration: Path,
                      monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a connection string for the local Athena; see options() for the changes. One with a log
    of its own has it: the environment's would take its place."""

    def write(**changes: str | None) -> str:
        if "LogPath" in changes:
            monkeypatch.delenv("ATHENA_ODBC_LOG", raising=False)
        return "DRIVER=Athena;" + write_string(options(athena.url, **changes))

    return write


@pytest.fixture(params=[odbc.OV_ODBC3, odbc.OV_ODBC3_80], ids=["odbc3", "odbc380"])
def any_env(request: pytest.FixtureRequest, configuration: Path) -> Iterator[odbc.Env]:
    env = odbc.Env(request.param)
    yield env
    assert env.free() == odbc.SUCCESS, "the environment could not be freed"


@pytest.fixture
def env(configuration: Path) -> Iterator[odbc.Env]:
    env = odbc.Env()
    yield env
    assert env.free() == odbc.SUCCESS, "the environment could not be freed"


@pytest.fixture
def connect(env: odbc.Env, connection_string: Callable[..., str]) -> Iterator[Callable]:
    """Opens connections that are disconnected and freed after the test."""
    opened = []

    def open_one(wide: bool = False, **changes: str | None) -> odbc.Connection:
        connection = odbc.Connection(env)
        opened.append(connection)
        connection.check(connection.connect(connection_string(**changes), wide), odbc.SUCCESS,
                         odbc.INFO)
        return connection

    yield open_one
    for connection in opened:
        connection.disconnect()
        connection.check(connection.free())


@pytest.fixture
def connection(connect: Callable) -> odbc.Connection:
    return connect()


@pytest.fixture
def statement(connection: odbc.Connection) -> Iterator[odbc.Statement]:
    statement = odbc.Statement(connection)
    yield statement
    assert statement.free() == odbc.SUCCESS, "the statement could not be freed"


@pytest.fixture
def async_statement(connection: odbc.Connection) -> Iterator[odbc.Statement]:
    statement = odbc.Statement(connection, is_async=True)
    yield statement
    assert statement.free() == odbc.SUCCESS, "the statement could not be freed"


@pytest.fixture
def isql(configuration: Path) -> Callable[..., str]:
    """Runs SQL through isql, or iusql, and gives what it printed."""

    def run(sql: str, *arguments: str, program: str = "isql", source: str = "AthenaLocal") -> str:
        environment = {**os.environ, "LD_PRELOAD": RUNTIME} if RUNTIME else None
        done = subprocess.run([program, source, "-b", *arguments], input=sql + "\n",
                              capture_output=True, text=True, errors="replace", timeout=120,
                              env=environment)
        return done.stdout + done.stderr

    return run


# ---- scenes for single calls (tests/odbc/functions) ------------------------------------------


@pytest.fixture(scope="session")
def plain_string(configuration: Path) -> str:
    """The data source of the configuration, as a connection string."""
    return "DSN=AthenaLocal"


@pytest.fixture(scope="session")
def without_manager(configuration: Path) -> Callable:
    """A context in which the functions of tests/odbc/odbc.py are the driver's own."""
    through_manager = odbc.lib
    odbc.load(str(DRIVER))
    alone, odbc.lib = odbc.lib, through_manager

    @contextmanager
    def swapped(is_alone: bool) -> Iterator[None]:
        odbc.lib = alone if is_alone else through_manager
        yield
        odbc.lib = through_manager

    return swapped


@pytest.fixture(scope="module")
def connections(plain_string: str, without_manager: Callable) -> Iterator[Callable]:
    """Open connections, made once in a file for each ODBC version and form: (env, connection)."""
    opened: dict[tuple[int, bool, bool], tuple[odbc.Env, odbc.Connection]] = {}

    def connected(version: int, wide: bool,
                  alone: bool = False) -> tuple[odbc.Env, odbc.Connection]:
        if (version, wide, alone) not in opened:
            env = odbc.Env(version)
            connection = odbc.Connection(env)
            connection.check(connection.connect(plain_string, wide))
            opened[version, wide, alone] = env, connection
        return opened[version, wide, alone]

    yield connected
    for (_, _, alone), (env, connection) in opened.items():
        with without_manager(alone):
            connection.check(connection.disconnect())
            connection.check(connection.free())
            env.check(env.free())


@pytest.fixture
def scene(request: pytest.FixtureRequest, connections: Callable,
          without_manager: Callable) -> Iterator[Scene]:
    """request.param: (ODBC version, whether W, whether without a manager)."""
    version, wide, alone = request.param
    with without_manager(alone):
        env, connection = connections(version, wide, alone)
        statement = odbc.Statement(connection)
        yield Scene(env, connection, statement, version, wide, alone)
        if statement.value:
            statement.check(statement.free())
