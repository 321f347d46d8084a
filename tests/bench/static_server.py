"""nginx with the bodies of results: by HTTP and by TLS, from files, as fast as a machine can.

It stands in for S3 where what is measured is the reader: it knows ranges and If-Match, and asks for
no signature. Objects are files root/bucket/key. The same object may have other bytes in another
root, which has addresses of its own: a result that is repeated until it is large enough.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000;
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    ssl_certificate {folder}/certificate.pem;
    ssl_certificate_key {folder}/key.pem;
{servers}}}
"""
SERVER = """\
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl;
        root {folder}/{root};
    }}
"""
ROOTS = ("objects", "repeated", "huge")


class StaticServer:
    def __init__(self, folder: Path):
        self.folder = folder
        self.certificate = folder / "certificate.pem"
        self._remove_objects()
        folder.mkdir(parents=True, exist_ok=True)
        self._make_certificate()
        self.ports = {root: (_free_port(), _free_port()) for root in ROOTS}
        servers = "".join(SERVER.format(folder=folder, root=root, http=http, https=https)
                          for root, (http, https) in self.ports.items())
        file = folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(folder=folder, servers=servers))
        self.process = subprocess.Popen(["nginx", "-c", str(file), "-e", f"{folder}/error.log"],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait(self.ports[ROOTS[0]][0])

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._remove_objects()

    def path(self, location: str, root: str = ROOTS[0]) -> Path:
        """Of the object s3://bucket/key, whose folder exists afterwards."""
        path = self.folder / root / location.removeprefix("s3://")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def put(self, location: str, file: Path) -> None:
        """The file becomes an object; it is not copied."""
        path = self.path(location)
        path.unlink(missing_ok=True)
        path.hardlink_to(file)

    def url(self, root: str = ROOTS[0], is_tls: bool = False) -> str:
        http, https = self.ports[root]
        return f"https://localhost:{https}" if is_tls else f"http://127.0.0.1:{http}"

    def url_of(self, location: str, root: str = ROOTS[0], is_tls: bool = False) -> str:
        return f"{self.url(root, is_tls)}/{location.removeprefix('s3://')}"

    def options(self, root: str = ROOTS[0], is_tls: bool = False) -> str:
        """For a connection string: results are read from here."""
        return f";S3EndpointOverride={self.url(root, is_tls)};TrustedCerts={self.certificate}"

    def _remove_objects(self) -> None:
        for root in ROOTS:
            shutil.rmtree(self.folder / root, ignore_errors=True)

    def _make_certificate(self) -> None:
        if self.certificate.exists():
            return
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
                        "-keyout", str(self.folder / "key.pem"), "-out", str(self.certificate),
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
                       check=True, capture_output=True)

    def _wait(self, port: int) -> None:
        limit = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > limit:
                    said = (self.folder / "error.log").read_text()[-300:]
                    self.close()
                    raise RuntimeError(f"nginx does not start: {said}") from None
                time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
