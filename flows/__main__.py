"""`python -m flows demo | run | serve`, and `server | deploy | worker` for several machines."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from flows import environment
from monitor import logs
from monitor.config import load_config
from monitor.errors import MonitorError


def main() -> int:
    """Run one of the commands; the exit code is the contract's."""
    parser = argparse.ArgumentParser(prog="python -m flows", description=__doc__)
    parser.add_argument("command", choices=tuple(COMMANDS))
    parser.add_argument("-c", "--config", type=Path, default=Path("config.yaml"))
    parser.add_argument(
        "--port", type=int, default=environment.SERVER_PORT, help="of Prefect's server (serve, server)"
    )
    parser.add_argument("--host", default=environment.SERVER_HOST, help="what the server binds to (server)")
    parser.add_argument("--name", help="of the worker (worker)")
    parser.add_argument("--once", action="store_true", help="end when nothing is due (worker)")
    options = parser.parse_args()
    logs.configure(level="warning")
    try:
        return COMMANDS[options.command](options)
    except MonitorError as error:
        sys.stderr.write(f"error: {logs.redact(str(error))}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        return 3


def _demo(_: argparse.Namespace) -> int:
    environment.prepare(Path("var/demo/prefect").resolve(), ephemeral=True)
    from flows.demo import run_demo  # noqa: PLC0415 -- Prefect reads its environment when it is imported

    return asyncio.run(run_demo(Path("var/demo")))


def _run(options: argparse.Namespace) -> int:
    load_config(options.config)  # a wrong configuration is said before Prefect takes its seconds to start
    environment.prepare(Path("var/prefect").resolve(), ephemeral=False)
    from flows.once import run_once  # noqa: PLC0415 -- see _demo

    return asyncio.run(run_once(options.config.resolve()))


def _serve(options: argparse.Namespace) -> int:
    load_config(options.config)
    environment.prepare(Path("var/prefect").resolve(), ephemeral=False)
    from flows.serve import serve_all  # noqa: PLC0415 -- see _demo

    return serve_all(options.config.resolve(), options.port)


def _server(options: argparse.Namespace) -> int:
    environment.prepare(Path("var/prefect").resolve(), ephemeral=False)
    from flows.deploy import serve_api  # noqa: PLC0415 -- see _demo

    return serve_api(options.host, options.port)


def _deploy(options: argparse.Namespace) -> int:
    load_config(options.config)
    environment.prepare(Path("var/prefect").resolve(), ephemeral=False)
    from flows.deploy import deploy  # noqa: PLC0415 -- see _demo

    return deploy(options.config.resolve())


def _worker(options: argparse.Namespace) -> int:
    environment.prepare(Path("var/prefect").resolve(), ephemeral=False)
    from flows.deploy import work  # noqa: PLC0415 -- see _demo

    return work(options.name, options.once)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "demo": _demo,
    "run": _run,
    "serve": _serve,
    "server": _server,
    "deploy": _deploy,
    "worker": _worker,
}


if __name__ == "__main__":
    sys.exit(main())
