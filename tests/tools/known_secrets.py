"""Every secret that the tests use, so that the driver's logs can be searched for them.

The driver logs all of its work during the tests (ATHENA_ODBC_LOG) into the folder that ATHENA_TEST_LOGS
names; tests/tools/check-secrets looks there for what this module has been told. Without doing anything
a test has these known:

 - values of secret options (kind SECRET of driver/config/options.def, under any of their names) in
   connection strings that go through conftest.py or odbc.Connection.connect;
 - what the local Athena knows and gives out: keys, tokens, passwords (GET /_local/secrets).

What a test makes up and brings in by another way (a profile file, the environment, a server of its own)
it tells itself, once:

    token = known_secrets.add("token of the frobnicator", secrets.token_urlsafe(30))

A secret is long enough to be no word by chance: LEAST_LENGTH characters. The file is one JSON array
[what, value] a line, appended by any process.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import re
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path

LEAST_LENGTH = 8
FILE_NAME = "secrets.jsonl"
_TOOLS = Path(__file__).resolve().parent
_OPTION = re.compile(r"([^;=]+)=\s*(?:\{((?:[^}]|\}\})*)\}|([^;]*))")
_told: set[str] = set()


def folder() -> Path | None:
    named = os.environ.get("ATHENA_TEST_LOGS")
    return Path(named) if named else None


def _write(what: str, value: str) -> None:
    place = folder()
    if place is None or value in _told:
        return
    _told.add(value)
    with (place / FILE_NAME).open("a") as file:
        file.write(json.dumps([what, value]) + "\n")


def add(what: str, value: str) -> str:
    """Tells of a secret, and gives it back."""
    if len(value) < LEAST_LENGTH:
        raise ValueError(f"{what}: a secret of less than {LEAST_LENGTH} characters stands in any "
                         "text by chance")
    _write(what, value)
    return value


@cache
def secret_options() -> dict[str, str]:
    """Every name that a secret option has, in lower case, and the option."""
    loader = importlib.machinery.SourceFileLoader("option_table", str(_TOOLS / "option-table"))
    table = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(table)
    return {name.lower(): row.name for row in table.options() if row.kind == "SECRET"
            for name in (row.name, *row.aliases.split("|")) if name}


def add_option(name: str, value: str) -> None:
    """An option's value, if it is a secret. Short ones ("wrong") are left out."""
    option = secret_options().get(name.strip().lower())
    if option and len(value) >= LEAST_LENGTH:
        _write(option, value)


def add_string(connection_string: str) -> None:
    """The secrets in a connection string."""
    for name, braced, plain in _OPTION.findall(connection_string):
        add_option(name, braced.replace("}}", "}") if braced else plain.strip())


def add_issued(url: str) -> None:
    """What the local Athena at url knows."""
    if folder() is None:
        return
    try:
        with urllib.request.urlopen(f"{url}/_local/secrets", timeout=30) as answer:
            for what, value in json.load(answer):
                _write(what, value)
    except (urllib.error.URLError, ConnectionError):
        return  # it has ended already, which is its test's business
