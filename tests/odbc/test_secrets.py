"""That tests/tools/check-secrets finds a secret in a log, whatever it looks like there, and that the tests'
secrets and the driver's log reach it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import urllib.parse
from collections.abc import Callable
from pathlib import Path

import known_secrets
import odbc
import pytest
from conftest import TOP
from emulator_process import SECRET_KEY, EmulatorProcess

CHECK = TOP / "tests" / "tools" / "check-secrets"
SHORT, LONG = "hush;hu$h/+", "a-token-that-is-" + "rather-long-" * 10
LINE = "2026-01-31T23:59:59.123Z TRACE 1/2 c1 - ops/call: "


def check(folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([CHECK, folder], capture_output=True, text=True)


def write_log(folder: Path, text: str) -> None:
    (folder / "secrets.jsonl").write_text(json.dumps(["the short one", SHORT]) + "\n"
                                          + json.dumps(["the long one", LONG]) + "\n")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "athena_odbc_1.log.1").write_text(f"{LINE}before\n{LINE}{text}\n")


@pytest.mark.parametrize("text", [
    "PWD=***; SessionToken=***; UID=AKIALOCALATHENA000001",
    "the signature was accepted; a session token is asked for; Authorization is denied",
    "s3://bucket/key: HTTP 403, request id 178abe7c-29bb-4aab-b237-1e0186a5ef90",
], ids=["masked", "words", "ids"])
def test_a_clean_log_passes(tmp_path: Path, text: str) -> None:
    write_log(tmp_path, text)
    done = check(tmp_path)
    assert (done.returncode, "no places" in done.stdout) == (0, True), done.stdout


@pytest.mark.parametrize(("text", "name"), [
    (f"PWD={SHORT}", "the short one"),
    (f"?token={urllib.parse.quote(SHORT, safe='')}&x", "the short one"),
    (f"basic {base64.b64encode(SHORT.encode()).decode()}", "the short one"),
    (f"cut: {LONG[:30]}...", "the long one"),
    ("{'key': '" + SECRET_KEY + "'}", "secret key"),
    ("https://b.s3.amazonaws.com/k?X-Amz-Signature=0123", "looks like"),
    ("Authorization: AWS4-HMAC-SHA256", "looks like"),
    ("Signature=0123456789abcdef0123", "looks like"),
    ("Bearer 0123456789abcdef0123", "looks like"),
    ("x-amz-security-token: IQoJb3JpZ2luX2VjE", "looks like"),
    ("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2ln", "looks like"),
    (base64.b64encode(b"<samlp:Response Version='2.0'>").decode(), "looks like"),
    ("<saml2:Assertion ID='x'>", "looks like"),
    ("-----BEGIN RSA PRIVATE KEY-----", "looks like"),
])
def test_a_secret_is_found(tmp_path: Path, text: str, name: str) -> None:
    write_log(tmp_path, text)
    done = check(tmp_path)
    assert done.returncode == 1, done.stdout
    assert name in done.stdout and "athena_odbc_1.log.1:2:" in done.stdout


def test_no_log_is_no_success(tmp_path: Path) -> None:
    assert check(tmp_path).returncode == 1


def test_words_are_no_secrets() -> None:
    with pytest.raises(ValueError, match="by chance"):
        known_secrets.add("a word", "wrong")


def told() -> set[str]:
    file = Path(os.environ["ATHENA_TEST_LOGS"]) / known_secrets.FILE_NAME
    return {value for _, value in map(json.loads, file.read_text().splitlines())}


def test_strings_tell_their_secrets(connection_string: Callable[..., str]) -> None:
    connection_string(client_secret="of a}client", SessionToken="of-a-session")
    known_secrets.add_string("DSN=x;aws_secret_access_key = {k}};=y}}zzzz} ;Password=plain-one;PWD=no")
    assert {"of a}client", "of-a-session", "k};=y}zzzz", "plain-one", SECRET_KEY} <= told()
    assert "no" not in told()


def test_the_local_athena_tells_what_it_gives(athena: EmulatorProcess) -> None:
    given = athena.control("GET", "credentials")
    known_secrets.add_issued(athena.url)
    assert {given["SecretAccessKey"], given["Token"], SECRET_KEY} <= told()


def test_the_driver_logs_here(connection: odbc.Connection) -> None:
    """Calls, and requests: the log that is looked through is the real one."""
    odbc.Statement(connection).query("SELECT 7353 AS marked")
    logs = Path(os.environ["ATHENA_TEST_LOGS"])
    text = "".join(f.read_text() for f in logs.glob(f"athena_odbc_{os.getpid()}.log*"))
    assert "SELECT 7353 AS marked" in text and "StartQueryExecution, attempt 1: HTTP 200" in text
    assert "PWD=***" in text
