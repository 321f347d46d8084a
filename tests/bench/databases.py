"""The same rows in other databases, each in a server of its own under build/bench, and read by the
drivers that Debian has for them.

Postgres and MariaDB listen on a socket in that folder and on nothing else; what they have loaded
stays there for the next run. A server that cannot be had is told, and the others are measured.
"""

from __future__ import annotations

import csv
import dataclasses
import os
import pwd
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from local import COLUMNS, TYPES, Result

DRIVERS = Path("/usr/lib/x86_64-linux-gnu/odbc")
TABLE = "trips"
TIMEOUT_S = 120

# By Athena's names, as in TYPES.
POSTGRES = {"bigint": "bigint", "integer": "integer", "tinyint": "smallint",
            "double": "double precision", "decimal": "numeric(10,2)", "timestamp": "timestamp(3)",
            "varchar": "varchar(20)"}
MARIADB = {**POSTGRES, "tinyint": "tinyint", "double": "double", "decimal": "decimal(10,2)",
           "timestamp": "datetime(3)"}
# SQLite has no exact numbers; it gives a column the type that it was declared with.
SQLITE = {**MARIADB, "decimal": "double", "timestamp": "timestamp"}


class Unavailable(Exception):
    """There is no such server or driver here, or it does not start."""


@dataclasses.dataclass
class Database:
    """One that is ready: what SQLDriverConnect needs to read TABLE."""

    name: str
    connection_string: str
    stop: Callable[[], None]


def columns_of(types: dict[str, str]) -> str:
    return ", ".join(f"{name} {types[kind]}"
                     for name, kind in zip(COLUMNS, TYPES.split(","), strict=True))


def all_databases(folder: Path, result: Result) -> Iterator[Callable[[], Database]]:
    for start in (postgres, mariadb, sqlite):
        yield lambda start=start: start(folder, result)


def driver(file: str) -> Path:
    found = DRIVERS / file
    if not found.exists():
        raise Unavailable(f"{found} is missing")
    return found


def run(command: list[str | Path], text: str | None = None) -> str:
    done = subprocess.run([str(part) for part in command], input=text, text=True,
                          capture_output=True, timeout=TIMEOUT_S)
    if done.returncode:
        raise Unavailable(f"{Path(command[0]).name}: {done.stderr.strip()[-300:]}")
    return done.stdout


def until_ready(ready: Callable[[], object], child: subprocess.Popen) -> None:
    limit = time.monotonic() + TIMEOUT_S
    while True:
        try:
            ready()
            return
        except Unavailable:
            if child.poll() is not None or time.monotonic() > limit:
                raise
            time.sleep(0.2)


def stopper(child: subprocess.Popen, signal: int) -> Callable[[], None]:
    def stop() -> None:
        child.send_signal(signal)
        try:
            child.wait(timeout=20)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    return stop


def is_loaded(folder: Path, result: Result) -> bool:
    """Whether the folder's database was filled from this very file, wholly."""
    mark = folder / "loaded"
    return mark.exists() and mark.read_text() == f"{result.rows} {result.bytes}"


def mark_loaded(folder: Path, result: Result) -> None:
    (folder / "loaded").write_text(f"{result.rows} {result.bytes}")


def fresh(folder: Path, result: Result) -> bool:
    """An empty folder, unless what is in it can be used: then False."""
    if is_loaded(folder, result):
        return False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return True


# Postgres refuses to run as root: then it runs as the user its package has made.

def postgres(folder: Path, result: Result) -> Database:
    library = driver("psqlodbcw.so")
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not homes:
        raise Unavailable("postgresql is not installed")
    home, base = homes[-1], folder / "postgres"
    data, sock = base / "data", base / "socket"
    as_user: list[str] = []
    is_new = fresh(base, result)
    sock.mkdir(exist_ok=True)
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}",
                   "--clear-groups"]
        for path in (base, sock):
            os.chown(path, user.pw_uid, user.pw_gid)
    if is_new:
        run([*as_user, home / "initdb", "--pgdata", data, "--username=bench", "--auth=trust",
             "--no-locale", "--encoding=UTF8", "--no-sync"])
    child = subprocess.Popen(
        [*as_user, str(home / "postgres"), "-D", str(data), "-k", str(sock), "-h", "",
         "-c", "fsync=off", "-c", "shared_buffers=256MB"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    psql: list[str | Path] = [home / "psql", "--host", sock, "--username=bench",
                              "--dbname=postgres", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1"]
    stop = stopper(child, 2)
    try:
        until_ready(lambda: run([*psql, "--command=SELECT 1"]), child)
        if is_new:
            run(psql, f"CREATE TABLE {TABLE} ({columns_of(POSTGRES)});\n"
                      f"\\copy {TABLE} FROM '{result.file}' WITH (FORMAT csv, HEADER, NULL '')\n"
                      f"VACUUM ANALYZE {TABLE};\n")
            mark_loaded(base, result)
    except BaseException:
        stop()
        raise
    return Database("odbc-postgresql",
                    f"DRIVER={library};Servername={sock};Username=bench;Database=postgres", stop)


def mariadb(folder: Path, result: Result) -> Database:
    library = driver("libmaodbc.so")
    server = shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/libexec")
    if not server or not shutil.which("mariadb-install-db"):
        raise Unavailable("mariadb-server is not installed")
    base = folder / "mariadb"
    data, sock = base / "data", base / "socket"
    is_new = fresh(base, result)
    user = pwd.getpwuid(os.getuid()).pw_name
    if is_new:
        run(["mariadb-install-db", "--no-defaults", f"--datadir={data}", f"--user={user}",
             "--auth-root-authentication-method=normal", "--skip-test-db"])
    child = subprocess.Popen(
        [server, "--no-defaults", f"--datadir={data}", f"--socket={sock}", f"--user={user}",
         "--skip-networking", "--innodb-flush-log-at-trx-commit=0", "--local-infile=1",
         "--innodb-buffer-pool-size=512M", f"--pid-file={base / 'pid'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client: list[str | Path] = ["mariadb", "--no-defaults", f"--socket={sock}", "--user=root",
                                "--local-infile=1"]
    stop = stopper(child, 15)
    try:
        until_ready(lambda: run([*client, "--execute=SELECT 1"]), child)
        if is_new:
            # An empty field that is not quoted comes as '', which is NULL here: no text is empty.
            variables = ", ".join(f"@{name}" for name in COLUMNS)
            values = ", ".join(f"{name} = NULLIF(@{name}, '')" for name in COLUMNS)
            run(client, f"CREATE DATABASE IF NOT EXISTS bench; USE bench;\n"
                        f"CREATE TABLE {TABLE} ({columns_of(MARIADB)});\n"
                        f"LOAD DATA LOCAL INFILE '{result.file}' INTO TABLE {TABLE} "
                        "CHARACTER SET utf8mb4 FIELDS TERMINATED BY ',' "
                        "OPTIONALLY ENCLOSED BY '\"' ESCAPED BY '' LINES TERMINATED BY '\\n' "
                        f"IGNORE 1 LINES ({variables}) SET {values};\n")
            mark_loaded(base, result)
    except BaseException:
        stop()
        raise
    return Database("odbc-mariadb",
                    f"DRIVER={library};SERVER=localhost;SOCKET={sock};USER=root;DATABASE=bench",
                    stop)


def sqlite(folder: Path, result: Result) -> Database:
    library = driver("libsqlite3odbc.so")
    base = folder / "sqlite"
    file = base / "bench.db"
    if fresh(base, result):
        numbers = {name for name, kind in zip(COLUMNS, TYPES.split(","), strict=True)
                   if kind not in ("timestamp", "varchar")}
        connection = sqlite3.connect(file)
        connection.execute(f"CREATE TABLE {TABLE} ({columns_of(SQLITE)})")
        with result.file.open(newline="") as lines:
            rows = csv.reader(lines)
            names = next(rows)
            connection.executemany(
                f"INSERT INTO {TABLE} VALUES ({', '.join('?' * len(COLUMNS))})",
                ([None if not value else float(value) if name in numbers else value
                  for name, value in zip(names, row, strict=True)] for row in rows))
        connection.commit()
        connection.close()
        mark_loaded(base, result)
    return Database("libsqliteodbc", f"DRIVER={library};Database={file}", lambda: None)
