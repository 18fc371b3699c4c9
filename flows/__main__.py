"""`python -m flows demo | run | serve`: the flows from a terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from flows import environment
from monitor import logs
from monitor.config import load_config
from monitor.errors import MonitorError


def main() -> int:
    """Run one of the commands; the exit code is the contract's."""
    parser = argparse.ArgumentParser(prog="python -m flows", description=__doc__)
    parser.add_argument("command", choices=("demo", "run", "serve"))
    parser.add_argument("-c", "--config", type=Path, default=Path("config.yaml"))
    parser.add_argument(
        "--port", type=int, default=environment.SERVER_PORT, help="of Prefect's server (serve)"
    )
    options = parser.parse_args()
    logs.configure(level="warning")
    try:
        return {"demo": _demo, "run": _run, "serve": _serve}[options.command](options)
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


if __name__ == "__main__":
    sys.exit(main())
