"""The way to AWS: proxies, trusted certificates, IPv6, kept connections, time-outs.

Behind a proxy everything is at names that only the proxy knows (.invalid is nobody's), so that
whatever the driver resolves by itself fails.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import odbc
import pytest
from emulator_process import EmulatorProcess, start_emulator, stop_emulator
from http2_gateway import GatewayProcess, start_gateway
from local_proxy import ProxyProcess, start_proxy

ROWS = 3000
LONG = f"SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND {ROWS} ORDER BY trip_id"
EVERY = [(str(n),) for n in range(1, ROWS + 1)]
VARIABLES = ("AWS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorProcess]:
    """A local Athena over https, whose authority nobody trusts."""
    folder = tmp_path_factory.mktemp("tls")
    started = start_emulator(folder / "data", "--tls", str(folder / "ca"))
    yield started
    stop_emulator(started)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def selected(connection: odbc.Connection, sql: str = LONG) -> list:
    s = odbc.Statement(connection)
    rows = s.query(sql)
    s.check(s.free())
    return rows


def at(url: str, **more: str) -> dict[str, str]:
    return {"EndpointOverride": url, "S3EndpointOverride": url, **more}


# ---- proxies -----------------------------------------------------------------------------------


@pytest.fixture
def proxy(tmp_path: Path, secure: EmulatorProcess) -> Iterator[Callable[..., ProxyProcess]]:
    started = []

    def start(*options: str) -> ProxyProcess:
        authority = str(secure.authority.parent)
        started.append(start_proxy(tmp_path / f"proxy-{len(started)}.log", "--name",
                                   "athena.invalid", "--tls", authority, *options))
        return started[-1]

    yield start
    for each in started:
        each.stop()


PASSWORD = "p@ss:w%40rd }{;"
LOCKED = ("--user", "some one", "--password", PASSWORD)
WITH_PASSWORD = {"ProxyUID": "some one", "ProxyPWD": PASSWORD}


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("start, host, more", [
    ((), "127.0.0.1", {}),
    ((), "http://localhost/", {}),
    (LOCKED, "http://127.0.0.1", WITH_PASSWORD),
    (LOCKED, f"http://some%20one:{quote(PASSWORD, safe='')}@127.0.0.1", {}),
    (("--kind", "https"), "https://localhost", {}),
    (("--kind", "https", *LOCKED), "https://localhost", WITH_PASSWORD),
    (("--kind", "socks5"), "socks5h://127.0.0.1", {}),
    (("--kind", "socks5", *LOCKED), "socks5h://127.0.0.1", WITH_PASSWORD),
], ids=["host", "url", "password", "password in the url", "https", "https password", "socks", "socks password"])
def test_proxies(athena, secure, connect, proxy, start, host, more, secured) -> None:
    """Athena and S3 through it, none of them directly: the names are the proxy's."""
    way = proxy(*start)
    server = secure if secured else athena
    scheme = "https" if secured else "http"
    connection = connect(
        EndpointOverride=f"{scheme}://api.athena.invalid:{server.port}",
        S3EndpointOverride=f"{scheme}://s3.athena.invalid:{server.port}",
        S3PathStyle=str(int(secured)),  # the local S3 knows buckets below any name
        TrustedCerts=str(secure.authority), UseProxy="1", ProxyHost=host, ProxyPort=str(way.port),
        S3OutputLocation="s3://athena-local-results/proxy/", ResultFetcher="S3", **more)
    assert selected(connection) == EVERY
    s3 = "s3.athena.invalid" if secured else "athena-local-results.s3.athena.invalid"
    if secured:
        assert set(way.seen()) == {("connect", "api.athena.invalid"), ("connect", s3)}
    else:
        assert {host for _, host in way.seen()} == {"api.athena.invalid", s3}


@pytest.mark.parametrize("secured", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
@pytest.mark.parametrize("given", [{}, {"ProxyUID": "some one", "ProxyPWD": "wrong-w0rd"},
                                   {"ProxyUID": "other", "ProxyPWD": PASSWORD}],
                         ids=["none", "password", "user"])
def test_a_proxy_that_refuses(env, athena, secure, connection_string, proxy, kind, given,
                              secured) -> None:
    """Asked once: some proxies close an account after a few wrong passwords."""
    way = proxy("--kind", kind, *LOCKED)
    server = secure if secured else athena
    url = f"{'https' if secured else 'http'}://api.athena.invalid:{server.port}"
    scheme = "socks5h" if kind == "socks5" else kind
    state, _, text = odbc.refusal(env, connection_string(
        **at(url), TrustedCerts=str(secure.authority), UseProxy="1", NumRetries="3",
        ProxyHost=f"{scheme}://localhost:{way.port}", **given))
    assert state == "28000", text
    assert "ProxyUID" in text and "api.athena.invalid" in text
    assert "wrong-w0rd" not in text and "p@ss" not in text
    assert [what for what, _ in way.seen()] == ["refuse"]


@pytest.mark.parametrize("exempt, is_direct", [
    ("localhost", True), ("other.example, localhost", True), ("other|localhost", True),
    ("*", True), ("LOCALHOST", True), ("other.example", False), ("host", False),
    ("127.0.0.1", False), ("", False)])
def test_exempt_hosts(athena, connect, proxy, exempt, is_direct) -> None:
    """By the name that is asked for, not by the address that it has."""
    way = proxy()
    connection = connect(**at(f"http://localhost:{athena.port}"), UseProxy="1",
                         ProxyHost="127.0.0.1", ProxyPort=str(way.port), NonProxyHost=exempt)
    assert selected(connection, "SELECT 1") == [("1",)]
    assert (way.seen() == []) == is_direct


def test_exempt_suffixes(athena, env, connection_string, proxy) -> None:
    """Of the two services one is reached directly, which fails: its name is the proxy's alone."""
    way = proxy()
    url = f"http://api.athena.invalid:{athena.port}"
    for exempt in (".athena.invalid", "*.athena.invalid", "athena.invalid"):
        state, _, text = odbc.refusal(env, connection_string(
            **at(url), UseProxy="1", ProxyHost=f"127.0.0.1:{way.port}", NonProxyHost=exempt,
            NumRetries="0"))
        assert state == "08000" and "api.athena.invalid" in text, text
    assert way.seen() == []


@pytest.mark.parametrize("changes, is_used", [
    ({"UseProxy": "1"}, True), ({"UseProxy": "0"}, False), ({}, False)])
def test_the_switch(athena, connect, proxy, changes, is_used, monkeypatch) -> None:
    """The environment's proxies, which are for programs that have no options, change nothing."""
    way = proxy()
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", "*")
    connection = connect(ProxyHost="127.0.0.1", ProxyPort=str(way.port), **changes)
    assert connection.states() == ([] if changes else ["01000"])
    assert selected(connection, "SELECT 1") == [("1",)]
    assert bool(way.seen()) == is_used


@pytest.mark.parametrize("changes, words", [
    ({"ProxyHost": None}, ["UseProxy", "ProxyHost"]),
    ({"ProxyPort": None}, ["ProxyHost", "ProxyPort"]),
    ({"ProxyPort": "0"}, ["ProxyPort", "0", "65535"]),
    ({"ProxyPort": "http"}, ["ProxyPort", "http", "65535"]),
    ({"ProxyHost": "ftp://some:one@host"}, ["ProxyHost", "ftp://host", "https", "socks5h"]),
    ({"ProxyHost": "http://host/proxy.pac"}, ["ProxyHost", "proxy.pac", "without path"]),
    ({"UseProxy": "automatic"}, ["UseProxy", "automatic", "0 or 1"]),
])
def test_bad_proxies_are_named(env, connection_string, changes, words) -> None:
    given = {"UseProxy": "1", "ProxyHost": "host", "ProxyPort": "3128", **changes}
    state, _, text = odbc.refusal(env, connection_string(**given))
    assert state == "HY024", text
    assert "some:one" not in text
    for word in words:
        assert word in text, text


def test_a_proxy_that_is_not_there(env, connection_string) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    proxy = {"UseProxy": "1", "ProxyPort": port, "NumRetries": "0"}
    state, _, text = odbc.refusal(env, connection_string(ProxyHost="127.0.0.1", **proxy))
    assert state == "08001" and "ProxyPort" in text, text
    state, _, text = odbc.refusal(env, connection_string(ProxyHost="no-proxy.invalid", **proxy))
    assert state == "08000" and "ProxyHost" in text, text


# ---- certificates ------------------------------------------------------------------------------


@pytest.fixture
def trusted(secure: EmulatorProcess, tmp_path: Path) -> dict[str, str]:
    """The authority in every form, and a file and a folder with another."""
    folder, other = tmp_path / "folder", tmp_path / "other"
    for each in (folder, other):
        each.mkdir()
    shutil.copy(secure.authority, folder / "ca.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=other", "-days", "2",
                    "-keyout", tmp_path / "key", "-out", other / "ca.pem"],
                   check=True, capture_output=True)
    for each in (folder, other):
        subprocess.run(["openssl", "rehash", each], check=True, capture_output=True)
    both = tmp_path / "both.pem"
    both.write_bytes((other / "ca.pem").read_bytes() + secure.authority.read_bytes())
    return {"file": str(secure.authority), "folder": str(folder), "both": str(both),
            "other": str(other / "ca.pem"), "other folder": str(other),
            "nowhere": str(tmp_path / "nothing.pem")}


PROFILE = {"AuthenticationType": "IAM Profile", "AWSProfile": "trusting", "UID": None, "PWD": None}


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str | None], None]:
    """A profile with the keys and a ca_bundle."""

    def write(bundle: str | None) -> None:
        from emulator_process import ACCESS_KEY, SECRET_KEY
        config = tmp_path / "config"
        config.write_text(f"[profile trusting]\naws_access_key_id = {ACCESS_KEY}\n"
                          f"aws_secret_access_key = {SECRET_KEY}\n"
                          + (f"ca_bundle = {bundle}\n" if bundle else ""))
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))

    return write


# The first that is given counts. None: nothing but the system's certificates.
@pytest.mark.parametrize("given, works", [
    ({"TrustedCerts": "file"}, True),
    ({"TrustedCerts": "folder"}, True),
    ({"TrustedCerts": "both"}, True),
    ({"TrustedCerts": "other"}, False),
    ({"TrustedCerts": "other folder"}, False),
    ({"AWS_CA_BUNDLE": "file"}, True),
    ({"AWS_CA_BUNDLE": "folder"}, True),
    ({"ca_bundle": "file"}, True),
    ({"ca_bundle": "folder"}, True),
    ({"ca_bundle": "other"}, False),
    ({"CURL_CA_BUNDLE": "file"}, True),
    ({"SSL_CERT_FILE": "file"}, True),
    ({"SSL_CERT_DIR": "folder"}, True),
    ({"SSL_CERT_FILE": "other", "SSL_CERT_DIR": "folder"}, True),
    ({"SSL_CERT_FILE": "file", "SSL_CERT_DIR": "other folder"}, True),
    ({"SSL_CERT_FILE": "other", "SSL_CERT_DIR": "other folder"}, False),
    ({}, False),
    ({"TrustedCerts": "file", "AWS_CA_BUNDLE": "nowhere", "SSL_CERT_FILE": "nowhere"}, True),
    ({"TrustedCerts": "other", "AWS_CA_BUNDLE": "file", "CURL_CA_BUNDLE": "file"}, False),
    ({"AWS_CA_BUNDLE": "file", "ca_bundle": "other", "CURL_CA_BUNDLE": "other"}, True),
    ({"ca_bundle": "file", "CURL_CA_BUNDLE": "other"}, True),
    ({"CURL_CA_BUNDLE": "file", "SSL_CERT_FILE": "other"}, True),
    ({"VerifySSL": None}, True),
    ({"VerifySSL": None, "TrustedCerts": "other"}, True),
], ids=lambda v: " ".join(f"{n}={w}" for n, w in v.items()) if isinstance(v, dict) else "")
def test_whose_certificates_are_trusted(env, secure, connection_string, trusted, profile,
                                        monkeypatch, given, works) -> None:
    options = {}
    for name, what in given.items():
        if name in VARIABLES:
            monkeypatch.setenv(name, trusted[what])
        elif name == "ca_bundle":
            options.update(PROFILE)
        else:
            options[name] = trusted[what] if what else "0"
    profile(trusted.get(given.get("ca_bundle")))
    text = connection_string(**at(secure.url), **options)
    if not works:
        state, _, message = odbc.refusal(env, text)
        assert state == "08006" and "TrustedCerts" in message, message
        return
    connection = odbc.Connection(env)
    connection.check(connection.connect(text))
    assert selected(connection, "SELECT 1") == [("1",)]
    connection.check(connection.disconnect())
    connection.check(connection.free())


@pytest.mark.parametrize("name", ["TrustedCerts", "AWS_CA_BUNDLE", "ca_bundle", "CURL_CA_BUNDLE",
                                  "SSL_CERT_FILE"])
def test_certificates_that_are_not_there(env, secure, connection_string, trusted, profile,
                                         monkeypatch, name) -> None:
    options = {}
    profile(trusted["nowhere"] if name == "ca_bundle" else None)
    if name in VARIABLES:
        monkeypatch.setenv(name, trusted["nowhere"])
    elif name == "ca_bundle":
        options = PROFILE
    else:
        options = {name: trusted["nowhere"]}
    state, _, text = odbc.refusal(env, connection_string(**at(secure.url), **options))
    assert state == "HY024", text
    assert name in text and trusted["nowhere"] in text and "PEM" in text


class Opens:
    """How often a file has been opened, by anybody (inotify)."""

    def __init__(self, path: str):
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK)
        assert libc.inotify_add_watch(self._fd, path.encode(), 0x20) >= 0  # IN_OPEN

    def count(self) -> int:
        try:
            return len(os.read(self._fd, 1 << 16)) // 16  # a watched file's events have no name
        except BlockingIOError:
            return 0
        finally:
            os.close(self._fd)


@pytest.mark.parametrize("name", ["TrustedCerts", "SSL_CERT_FILE"])
def test_a_bundle_is_read_once(secure, connect, trusted, monkeypatch, name) -> None:
    """Not once for each TLS connection, which costs 22 ms of the one thread with the system's."""
    bundle = trusted["both"]
    if name in VARIABLES:
        monkeypatch.setenv(name, bundle)
    keeper = connect()  # the engine, which has what was read, ends with the last connection
    before = secure.stats()["connections_opened"]
    opens = Opens(bundle)
    connection = connect(**at(secure.url), **({} if name in VARIABLES else {name: bundle}))
    statements = [odbc.Statement(connection, is_async=True) for _ in range(12)]
    texts = {s: f"-- athena-local: run_ms=300\nSELECT {i}" for i, s in enumerate(statements)}
    assert len(odbc.gather(texts, limit_s=60)) == 12
    for s in statements:
        s.check(s.free())
    assert secure.stats()["connections_opened"] - before >= 2
    assert opens.count() == 1
    assert selected(keeper, "SELECT 1") == [("1",)]


def test_the_systems_bundle_is_read_once(env, secure, connect, connection_string) -> None:
    """Also by connections that come to nothing; Debian's libcurl is built to read it each time."""
    found = [p for p in ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
             if Path(p).exists()]
    if not found:
        pytest.skip("no system certificates where they are looked for")
    keeper = connect()
    opens = Opens(os.path.realpath(found[0]))
    for _ in range(5):
        assert odbc.refusal(env, connection_string(**at(secure.url)))[0] == "08006"
    assert opens.count() <= 1
    assert selected(keeper, "SELECT 1") == [("1",)]


# ---- versions of TLS ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def old_tls(secure: EmulatorProcess) -> Iterator[Callable[[str], int]]:
    """A server that speaks one version of TLS, and nothing over it: its port."""
    started = []

    def start(version: str) -> int:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        folder = secure.authority.parent
        started.append(subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", f"-{version}", "-www", "-cipher",
             "ALL:@SECLEVEL=0", "-cert", folder / "server.pem", "-key", folder / "server.key"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        for line in started[-1].stdout:
            if line.startswith(b"ACCEPT"):
                break
        return port

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("version, least, is_spoken", [
    ("tls1_1", None, False), ("tls1_2", None, True), ("tls1_3", None, True),
    ("tls1_1", "1.0", False), ("tls1_2", "1.1", True), ("tls1_2", "1.2", True),
    ("tls1_2", "1.3", False), ("tls1_3", "1.3", True)])
def test_the_least_version(env, secure, connection_string, old_tls, version, least,
                           is_spoken) -> None:
    state, _, text = odbc.refusal(env, connection_string(
        **at(f"https://127.0.0.1:{old_tls(version)}"), TrustedCerts=str(secure.authority),
        Min_TLS=least, NumRetries="0", RequestTimeout="300"))
    assert (state == "08006") == (not is_spoken), text


def test_an_unknown_version(env, connection_string) -> None:
    state, _, text = odbc.refusal(env, connection_string(Min_TLS="1.4"))
    assert state == "HY024"
    assert all(word in text for word in ("Min_TLS", "1.4", "1.3"))


# ---- addresses and connections -----------------------------------------------------------------


def test_ipv6(tmp_path: Path, connect) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 here")
    server = start_emulator(tmp_path / "data", "--host", "::1", "--tls", str(tmp_path / "ca"))
    try:
        for url in (server.url, server.url.removeprefix("https://")):
            connection = connect(**at(url), TrustedCerts=str(server.authority), ResultFetcher="S3")
            assert selected(connection) == EVERY
    finally:
        stop_emulator(server)


def timers_to(port: int) -> list[str]:
    """What timers the kernel runs for this machine's open connections to a port."""
    found = []
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[2].endswith(f":{port:04X}") and fields[3] == "01":
            found.append(fields[5].split(":")[0])
    return found


def test_kept_connections_are_kept_alive(athena, connect) -> None:
    """Else a firewall forgets them while a query runs, and the next request goes nowhere."""
    connection = connect()
    assert selected(connection, "SELECT 1") == [("1",)]
    timers = timers_to(athena.port)
    assert timers, "no connection is kept"
    assert "02" in timers, "no connection has TCP's keep-alive timer"


# ---- time-outs ---------------------------------------------------------------------------------


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port where nobody takes connections: its queue is full."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = []
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            waiting[-1].connect_ex(server.getsockname())
        yield server.getsockname()[1]
        for each in waiting:
            each.close()


def test_connection_timeout(env, connection_string, deaf) -> None:
    state, _, text = odbc.refusal(env, connection_string(**at(f"http://127.0.0.1:{deaf}"),
                                                    ConnectionTimeout="200", NumRetries="0"))
    assert state == "HYT01", text
    assert "ConnectionTimeout" in text


@pytest.mark.parametrize("options, words", [
    ({"RequestTimeout": "200"}, ["200 ms", "next byte"]),
    ({"NetworkTimeoutMillis": "200"}, ["ms", "waiting for the answer"])])
def test_answers_that_do_not_come(athena, env, connection_string, options, words) -> None:
    athena.faults({"service": "athena", "operation": "GetWorkGroup", "kind": "delay",
                   "delay_ms": 60000})
    state, _, text = odbc.refusal(env, connection_string(NumRetries="0", **options))
    assert state == "HYT01", text
    assert all(re.search(word, text) for word in words), text


@pytest.mark.parametrize("option", ["ConnectionTimeout", "RequestTimeout", "NetworkTimeoutMillis",
                                    "NumRetries"])
def test_bad_numbers_are_named(env, connection_string, option) -> None:
    for bad in ("-1", "soon", "99999999999"):
        state, _, text = odbc.refusal(env, connection_string(**{option: bad}))
        assert state == "HY024", text
        assert option in text and bad in text and " to " in text, text


# ---- HTTP/2 ------------------------------------------------------------------------------------


@pytest.fixture
def gateway(athena, secure, tmp_path: Path) -> Iterator[Callable[..., GatewayProcess]]:
    """HTTP/2 in front of the local Athena, or HTTP/1.1 alone."""
    started = []

    def start(*options: str) -> GatewayProcess:
        started.append(start_gateway(tmp_path / f"gateway-{len(started)}.log", athena.url,
                                     secure.authority.parent, *options))
        return started[-1]

    yield start
    for each in started:
        each.stop()


MANY = 60


def many(connection: odbc.Connection) -> list[int]:
    """As many queries at once; what each of them has given."""
    statements = [odbc.Statement(connection, is_async=True) for _ in range(MANY)]
    texts = {s: f"-- athena-local: run_ms=200\nSELECT {i}" for i, s in enumerate(statements)}
    rows = odbc.gather(texts, limit_s=90)
    for s in statements:
        s.check(s.free())
    return [int(rows[s][0][0]) for s in statements]


@pytest.mark.parametrize("options, protocol", [((), "h2"), (("--only-http1",), "http/1.1")])
def test_http2_where_it_is_offered(athena, secure, connect, gateway, options, protocol) -> None:
    """The API alone: S3, which is asked directly here, speaks HTTP/1.1."""
    way = gateway(*options)
    connection = connect(EndpointOverride=f"https://127.0.0.1:{way.port}", ResultFetcher="S3",
                         TrustedCerts=str(secure.authority))
    assert selected(connection) == EVERY
    athena.faults({"service": "athena", "operation": "GetQueryResults", "kind": "delay",
                   "delay_ms": 1000})  # so that many are under way together, however slow all is
    assert many(connection) == list(range(MANY))
    seen = way.seen()
    assert {p for _, p, _ in seen} == {protocol}
    connections = len({number for number, _, _ in seen})
    if protocol == "h2":
        assert max(streams for _, _, streams in seen) > 1
        assert connections <= MANY // 8, "streams of one connection are for this"
    else:
        assert connections > 1


def test_http2_connections_that_break(athena, secure, connect, gateway) -> None:
    """With many requests on them, some of which were carried out: each query runs once all the same."""
    way = gateway("--drop-after", "25")
    connection = connect(EndpointOverride=f"https://127.0.0.1:{way.port}",
                         TrustedCerts=str(secure.authority), NumRetries="20")
    assert many(connection) == list(range(MANY))
    assert len({number for number, _, _ in way.seen()}) >= 3
    assert athena.stats()["queries"]["started"] == MANY


def test_http2_connection_that_falls_silent(athena, secure, connect, gateway) -> None:
    """It stays open, and swallows what it is given: what was lost goes its own way, and all that follows."""
    way = gateway("--stall-after", "25")
    connection = connect(EndpointOverride=f"https://127.0.0.1:{way.port}",
                         TrustedCerts=str(secure.authority), NumRetries="3", RequestTimeout="1000")
    assert many(connection) == list(range(MANY))
    assert {protocol for _, protocol, _ in way.seen()} == {"h2", "http/1.1"}
    seen = len(way.seen())
    assert many(connection) == list(range(MANY))
    assert {protocol for _, protocol, _ in way.seen()[seen:]} == {"http/1.1"}
    assert athena.stats()["queries"]["started"] == 2 * MANY


def test_http2_by_some_machines_of_a_host(athena, secure, connect, gateway) -> None:
    """Each query has its own answer. A libcurl that takes connections of HTTP/1.1 for such as many
    can share gives exchanges each other's."""
    way = gateway("--mixed")
    connection = connect(EndpointOverride=f"https://127.0.0.1:{way.port}",
                         TrustedCerts=str(secure.authority), NumRetries="20")
    for _ in range(5):
        assert many(connection) == list(range(MANY))
    assert {protocol for _, protocol, _ in way.seen()} == {"h2", "http/1.1"}
    assert athena.stats()["queries"]["started"] == 5 * MANY


def test_http2_and_s3_at_one_host(athena, secure, connect, gateway) -> None:
    way = gateway()
    connection = connect(**at(f"https://127.0.0.1:{way.port}"), ResultFetcher="S3",
                         TrustedCerts=str(secure.authority))
    assert selected(connection) == EVERY
    assert selected(connection) == EVERY
