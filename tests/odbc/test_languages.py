"""Programs in other languages (tests/clients), each by the binding that its people use.

They all print the same lines, a name and values between tabs; what a binding does to a value on
its way (Go has no decimals, Ruby's times no fractions) is said in CLIENTS. A client that is not
installed is skipped, with the name of the package that is missing.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import math
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import boto3
import pytest
from conftest import RUNTIME, TOP
from emulator_process import ACCESS_KEY, REGION, SECRET_KEY, EmulatorProcess

if RUNTIME:
    pytest.skip("other people's programs have no sanitizer's runtime", allow_module_level=True)

SCRIPTS = TOP / "tests" / "clients"
LIMIT_S = 120
NO_LENGTHS = "StringColumnLength=0;ComplexTypeColumnLength=0"
TEXT = "it's “ž🐎”, a \\ and a ?"


@dataclasses.dataclass(frozen=True)
class Client:
    command: tuple[str, ...]
    probe: tuple[str, ...] = ()  # succeeds when the client is installed
    packages: str = ""  # Debian's
    made_by: str = ""  # what tests/tools/clients makes
    options: str = NO_LENGTHS
    catalog: str = "functions"  # or "queries": of information_schema
    scrolls: bool = False
    has_arrays: bool = False  # of parameters
    has_threads: bool = False
    has_timeout: bool = False
    has_cancel: bool = False
    is_odbc2: bool = False  # SQLSTATEs of ODBC 2
    lossy: frozenset[str] = frozenset()  # types that lose digits
    lacks: frozenset[str] = frozenset()  # what the binding has no call for
    long_chars: int = 1 << 20
    cannot_say: frozenset[tuple[str, str]] = frozenset()  # row and column


def php(extension: str) -> tuple[str, ...]:
    return ("php", "-r", f"exit(extension_loaded('{extension}') ? 0 : 1);")


CLIENTS = {
    "pyodbc": Client((sys.executable, "python/queries.py"), options="", has_arrays=True,
                     has_threads=True, has_timeout=True, has_cancel=True),
    "arrow-odbc": Client((sys.executable, "python/arrow_queries.py"), made_by="python",
                         catalog="queries", lacks=frozenset({"writing", "transaction"})),
    "Perl": Client(("perl", "perl/queries.pl"), ("perl", "-MDBD::ODBC", "-e1"),
                   "libdbd-odbc-perl", has_arrays=True, has_timeout=True),
    "PHP PDO": Client(("php", "php/pdo_queries.php"), php("pdo_odbc"), "php-cli php-odbc",
                      catalog="queries", scrolls=True),
    "PHP odbc": Client(("php", "php/odbc_queries.php"), php("odbc"), "php-cli php-odbc",
                       scrolls=True, is_odbc2=True),
    # -2147483648 is how R stores its NA, and a NULL among bytes is no bytes
    "R": Client(("Rscript", "--vanilla", "r/queries.R"), ("Rscript", "-e", "library(RODBC)"),
                "r-base-core r-cran-rodbc", options="StringColumnLength=65535",
                lacks=frozenset({"parameters"}), long_chars=16000,
                cannot_say=frozenset({("2", "c_integer"), ("4", "c_varbinary")})),
    "Ruby": Client(("ruby", "ruby/queries.rb"), ("ruby", "-rodbc", "-e1"), "ruby ruby-odbc",
                   scrolls=True, has_timeout=True, is_odbc2=True, lossy=frozenset({"time"})),
    "Node": Client(("node", "node/queries.js"), ("node", "--version"), "nodejs npm",
                   made_by="node", has_threads=True, has_timeout=True),
    "Go": Client(("build/clients/go/queries",), ("go", "version"), "golang-go", made_by="go",
                 catalog="queries", lossy=frozenset({"time", "decimal"}), has_threads=True),
}


def succeeds(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=LIMIT_S).returncode == 0
    except FileNotFoundError:
        return False


@functools.cache
def prepare(name: str) -> str:
    """Empty when the client can be run, else why not. Fails when it should be there and is not."""
    client = CLIENTS[name]
    if client.probe and not succeeds(client.probe):
        return f"{name} is not installed: install {client.packages}"
    if client.made_by:
        done = subprocess.run([TOP / "tests" / "tools" / "clients", client.made_by],
                              capture_output=True, text=True, timeout=600)
        if done.returncode == 77:
            return done.stderr.strip()
        assert done.returncode == 0, done.stderr
    return ""


def environment() -> dict[str, str]:
    packages = TOP / "build" / "clients"
    return {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", "GOFLAGS": "-modcacherw",
            "GOTOOLCHAIN": "local", "GOCACHE": str(packages / "go" / "cache"),
            "GOMODCACHE": str(packages / "go" / "modules"),
            "NODE_PATH": str(packages / "node" / "node_modules"),
            "PYTHONPATH": str(packages / "python" / "packages")}


def program(client: Client) -> list[str]:
    """The command with the script's whole path."""
    return [str(SCRIPTS / part) if (SCRIPTS / part).is_file() else
            str(TOP / part) if part.startswith("build/") else part for part in client.command]


class Output:
    """The lines that a client has printed."""

    def __init__(self, client: Client, printed: str) -> None:
        self.client = client
        self.lines = [tuple(map(unescaped, line.split("\t"))) for line in printed.splitlines()]

    def of(self, name: str) -> list[tuple[str | None, ...]]:
        return [line[1:] for line in self.lines if line[0] == name]


def unescaped(text: str) -> str | None:
    if text == "\\N":
        return None
    names = {"\\\\": "\\", "\\t": "\t", "\\n": "\n"}
    return re.sub(r"\\[\\tn]", lambda found: names[found[0]], text)


@functools.cache
def run(name: str, options: str = "") -> Output:
    client = CLIENTS[name]
    source = ";".join(filter(None, ("DSN=AthenaLocal", client.options, options)))
    done = subprocess.run([*program(client), source], capture_output=True, timeout=LIMIT_S,
                          env=environment())
    printed = done.stdout.decode().replace("\r", "␍")  # a value has one
    assert done.returncode == 0, f"{printed[-2000:]}\n{done.stderr.decode()}"
    return Output(client, printed)


@pytest.fixture(params=CLIENTS)
def output(request: pytest.FixtureRequest, athena_session: EmulatorProcess,
           configuration: Path) -> Output:
    reason = prepare(request.param)
    if reason:
        pytest.skip(reason)
    return run(request.param)


# -- what the README shows --------------------------------------------------------------------------

SNIPPETS = {  # the tag of a block: its client, how to run a file of it
    "python": ("pyodbc", (sys.executable,)), "perl": ("Perl", ("perl",)),
    "php": ("PHP PDO", ("php",)), "r": ("R", ("Rscript", "--vanilla")), "ruby": ("Ruby", ("ruby",)),
    "javascript": ("Node", ("node",)), "go": ("Go", ("go", "run", "-mod=readonly")),
}


@pytest.mark.parametrize("tag", SNIPPETS)
def test_readme(tag: str, athena: EmulatorProcess, configuration: Path, tmp_path: Path) -> None:
    name, command = SNIPPETS[tag]
    reason = prepare(name)
    if reason:
        pytest.skip(reason)
    blocks = re.findall(rf"^```{tag}\n(.*?)^```", (TOP / "README.md").read_text(), re.M | re.S)
    assert len(blocks) == 1
    script = tmp_path / f"snippet.{tag}"
    script.write_text(blocks[0])
    if tag == "go":
        for file in ("go.mod", "go.sum"):
            shutil.copy(SCRIPTS / "go" / file, tmp_path)
    done = subprocess.run([*command, script], capture_output=True, timeout=LIMIT_S, cwd=tmp_path,
                          env=environment())
    assert done.stdout.decode().strip() == "Café de l'Étoile", done.stderr.decode()


# -- what Athena says, by a client of Amazon's ------------------------------------------------------


@functools.cache
def athena_says(url: str) -> tuple[dict[str, str], list[dict[str, str | None]]]:
    """The types of all_types, and its rows as text."""
    client = boto3.client("athena", endpoint_url=url, region_name=REGION,
                          aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY)
    query = client.start_query_execution(
        QueryString="SELECT * FROM all_types ORDER BY id", WorkGroup="primary",
        QueryExecutionContext={"Database": "sample"})["QueryExecutionId"]
    for _ in iter(lambda: client.get_query_execution(QueryExecutionId=query)["QueryExecution"]
                  ["Status"]["State"] in ("SUCCEEDED", "FAILED"), True):
        pass
    found = client.get_query_results(QueryExecutionId=query)["ResultSet"]
    types = {c["Name"]: c["Type"] for c in found["ResultSetMetadata"]["ColumnInfo"]}
    rows = [[datum.get("VarCharValue") for datum in row["Data"]] for row in found["Rows"][1:]]
    return types, [dict(zip(types, row)) for row in rows]


def fraction(text: str) -> Decimal:
    return Decimal("0." + (text.partition(".")[2] or "0"))


def same_time(said: str, got: str, is_lossy: bool) -> bool:
    """A time of day; a binding may put a date before it."""
    clock = got.rpartition(" ")[2]
    return clock[:8] == said[:8] and (is_lossy or fraction(clock) == fraction(said))


def same_timestamp(said: str, got: str, is_lossy: bool) -> bool:
    return got[:10] == said[:10] and same_time(said[11:], got[11:] or "00:00:00", is_lossy)


def same_number(said: str, got: str, tolerance: float) -> bool:
    a, b = float(said), float(got)
    return a == b or (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=tolerance)


SAME: dict[str, Callable[[str, str, bool], bool]] = {
    "boolean": lambda said, got, _: (said == "true") == (got.lower() in ("1", "true")),
    "float": lambda said, got, _: same_number(said, got, 1e-7),
    "double": lambda said, got, _: same_number(said, got, 0),
    "decimal": lambda said, got, is_lossy: (
        same_number(said, got, 1e-15) if is_lossy else Decimal(said) == Decimal(got)),
    "varbinary": lambda said, got, _: said.replace(" ", "") == got.lower(),
    "date": lambda said, got, _: said == got[:10],
    "time": same_time,
    "timestamp": same_timestamp,
    **{kind: lambda said, got, _: int(said) == int(got)
       for kind in ("tinyint", "smallint", "integer", "bigint")},
}


def is_same(kind: str, said: str | None, got: str | None, client: Client) -> bool:
    if said is None or got is None:
        return said is got
    if kind not in SAME:
        return said.replace("\r", "␍") == got
    return SAME[kind](said, got, kind in client.lossy)


# -- the lines --------------------------------------------------------------------------------------


def test_catalog(output: Output) -> None:
    table = "TABLE" if output.client.catalog == "functions" else "BASE TABLE"
    assert {("sample", "zones", table), ("sample", "all_types", "VIEW"),
            ("sample", "taxi_trips", table)} <= set(output.of("table"))
    assert {row[0] for row in output.of("table")} == {"sample"}
    assert output.of("column") == [("id", "integer"), ("borough", "varchar"), ("name", "varchar")]


def test_types(output: Output, athena_session: EmulatorProcess) -> None:
    types, rows = athena_says(athena_session.url)
    got = {(row, name): value for row, name, value in output.of("type")}
    expected = {(row["id"], name): value for row in rows for name, value in row.items()
                if name != "id"}
    assert got.keys() == expected.keys()
    wrong = {where: (said, got[where]) for where, said in expected.items()
             if where not in output.client.cannot_say
             and not is_same(types[where[1]], said, got[where], output.client)}
    assert not wrong
    assert len(expected) == 6 * 30


PARAMETERS = {
    "integer": ("bigint", "42"), "bigint": ("bigint", "9223372036854775807"),
    "double": ("double", "0.5"), "decimal": ("varchar", "12345678901234568.25"),
    "text": ("varchar", TEXT), "empty": ("varchar", ""), "null": ("varchar", None),
    "date": ("date", "2024-02-29"), "timestamp": ("timestamp", "2024-02-29 12:34:56.789"),
}


def test_parameters(output: Output) -> None:
    if "parameters" in output.client.lacks:
        assert not output.of("parameter")
        return
    got = dict(output.of("parameter"))
    wrong = {name: got.get(name, "missing") for name, (kind, said) in PARAMETERS.items()
             if name not in got or not is_same(kind, said, got[name], output.client)}
    assert not wrong
    assert output.of("again") == [("1", "Café de l'Étoile"), ("2", "Battery Park"),
                                  ("3", "Chinatown 唐人街")]


def test_long_text_and_many_rows(output: Output) -> None:
    chars = output.client.long_chars
    text = ("ž🐎x" * (chars // 3 + 1))[:chars]
    assert output.of("long") == [(str(chars), hashlib.md5(text.encode()).hexdigest())]
    assert output.of("many") == [("20000", "200010000")]


def test_scrolling(output: Output) -> None:
    if output.client.scrolls:
        assert output.of("scrolled") == [("20", "2", "1")]
    else:
        assert not output.of("scrolled")


def test_writing(output: Output) -> None:
    if "writing" in output.client.lacks:
        assert not output.of("inserted")
        return
    assert output.of("inserted") == [("2",)]
    assert output.of("stored") == [("1", "one"), ("2", TEXT), ("3", None)]


def test_transaction(output: Output) -> None:
    if "transaction" in output.client.lacks:
        assert not output.of("committed")
        return
    assert output.of("committed") == [("1",)]


def test_parameter_arrays(output: Output) -> None:
    assert output.of("bulk") == ([("1001", "500500", "1000")] if output.client.has_arrays else [])


def test_several_at_once(output: Output) -> None:
    assert output.of("together") == ([("12", "66")] if output.client.has_threads else [])


def test_time_out(output: Output) -> None:
    state = "S1T00" if output.client.is_odbc2 else "HYT00"
    assert output.of("stopped") == ([(state,)] if output.client.has_timeout else [])
    assert output.of("cancelled") == ([("HY008",)] if output.client.has_cancel else [])


ERRORS = [("42S02", "S0002", "no_such_table"), ("42000", "37000", "mismatched input 'SELEC'"),
          ("22012", "22012", "Division by zero")]


def test_errors(output: Output) -> None:
    errors = output.of("error")
    states = [state for state, _ in errors]
    assert states == [wanted[output.client.is_odbc2] for wanted in ERRORS]
    for (_, message), (_, _, words) in zip(errors, ERRORS):
        assert words in message
    assert output.of("after errors") == [("5",)]


@pytest.mark.parametrize("name", CLIENTS)
def test_strings_as_wide_types(name: str, athena_session: EmulatorProcess,
                               configuration: Path) -> None:
    """The same lines, but for the ids of queries that failed."""
    reason = prepare(name)
    if reason:
        pytest.skip(reason)
    narrow, wide = run(name), run(name, "UseWCharForStringTypes=1")
    assert [line for line in wide.lines if line[0] != "error"] == [
        line for line in narrow.lines if line[0] != "error"]


def test_nothing_is_left_running(output: Output, athena_session: EmulatorProcess) -> None:
    assert athena_session.stats()["queries"]["active"] == 0
