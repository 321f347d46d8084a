"""The local Athena as a child process: for every test and benchmark that needs one."""

from __future__ import annotations

import dataclasses
import json
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent)]
import known_secrets  # noqa: E402

START = Path(__file__).resolve().parents[1] / "emulator" / "start"
ACCESS_KEY = "AKIALOCALATHENA000001"
SECRET_KEY = "local/secret+key/for/tests/only/0123456789"
READ_ONLY_KEYS = ("AKIALOCALREADONLY0001", "local/secret+key/read+only/0123456789012345")
REGION = "us-east-1"


@dataclasses.dataclass
class EmulatorProcess:
    """A running server, and shorthands for its control path."""

    url: str
    data: Path
    process: subprocess.Popen
    authority: Path | None = None  # of its certificate, with https

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_local/{path}", data=data, method=method)
        tls = self.authority and ssl.create_default_context(cafile=self.authority)
        with urllib.request.urlopen(request, timeout=30, context=tls) as answer:
            return json.load(answer)

    def faults(self, *rules: dict[str, Any]) -> None:
        self.control("POST", "faults", list(rules))

    def reset(self) -> None:
        self.control("POST", "reset")

    def stats(self) -> dict[str, Any]:
        return self.control("GET", "stats")

    def requests(self, name: str) -> int:
        """How many requests of an operation ("athena.GetQueryResults", "s3.GetObject") came."""
        return self.stats()["requests"].get(name, 0)


def start_emulator(data: Path, *options: str) -> EmulatorProcess:
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
    folder = options[options.index("--tls") + 1] if "--tls" in options else None
    return EmulatorProcess(line[1], data, process, folder and Path(folder) / "ca.pem")


def stop_emulator(emulator: EmulatorProcess) -> None:
    known_secrets.add_issued(emulator.url)
    emulator.process.terminate()
    try:
        emulator.process.wait(timeout=30)
    finally:
        emulator.process.kill()
        emulator.process.stdout.close()
