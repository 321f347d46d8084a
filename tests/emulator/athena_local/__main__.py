"""``python -m athena_local``: parses the command line, serves until SIGTERM or SIGINT.

Prints one line on stdout, ``ready http://127.0.0.1:PORT``, when it serves; logs go to stderr or
to --log.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import logging
import resource
import signal
import sys
import tempfile
from pathlib import Path

from .app import Server
from .config import Config
from .tls import server_context


def main() -> int:
    options = _options()
    logging.basicConfig(
        filename=options.log, level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # What other libraries say at that level would print every signature.
    for name in ("botocore", "asyncio", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    _allow_many_connections()
    config = Config(data_dir=options.data.resolve(), host=options.host, port=options.port,
                    region=options.region, account_id=options.account,
                    latency_ms=options.latency_ms, tls_dir=options.tls,
                    has_sample_data=options.sample_data)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    # A certificate of its own for each run: servers that share their data do not share this.
    with tempfile.TemporaryDirectory(prefix="athena-local-") as folder:
        return asyncio.run(_serve(dataclasses.replace(
            config, identity_dir=options.tls or Path(folder))))


async def _serve(config: Config) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tls = server_context(config.tls_dir) if config.tls_dir else None
    server = Server(config)
    try:
        try:
            port = await server.start(tls, tls or server_context(config.identity_dir))
        except OSError as error:
            print(f"athena-local: cannot listen on {config.host}:{config.port}: {error.strerror}",
                  file=sys.stderr)
            return 1
        host = f"[{config.host}]" if ":" in config.host else config.host
        print(f"ready {'https' if tls else 'http'}://{host}:{port}", flush=True)
        await stop.wait()
    finally:
        await server.close()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/emulator/start", description="The local Athena.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--data", type=Path, required=True, help="directory that keeps all state")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--account", default="123456789012", help="account id, 12 digits")
    parser.add_argument("--latency-ms", type=int, default=0, help="delay added to every answer")
    parser.add_argument("--tls", type=Path, metavar="DIR",
                        help="serve https, with a certificate kept in DIR; clients trust "
                        "DIR/ca.pem")
    parser.add_argument("--no-sample-data", dest="sample_data", action="store_false",
                        help="do not make the sample tables")
    parser.add_argument("--log", type=Path, metavar="FILE", help="default: stderr")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def _allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 65536), hard))


if __name__ == "__main__":
    sys.exit(main())
