"""Prefect's own server as a child of `python -m flows serve`: started, awaited, and started again when it dies."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from flows.environment import SERVER_HOST
from monitor import logs
from monitor.errors import MonitorError

#: Seconds that the server may take to answer for the first time.
START_SECONDS = 120.0
#: Seconds between two looks at the server, and before one that died is started again.
LOOK_SECONDS, AGAIN_SECONDS = 1.0, 2.0


@contextlib.contextmanager
def kept_server(port: int) -> Iterator[None]:
    """A server that is there for the block: one that ends is started again.

    Runs and the schedule ask it again meanwhile (PREFECT_CLIENT_MAX_RETRIES). MonitorError where it does not start.
    """
    stop = threading.Event()
    server = start_server(port)
    keeper: threading.Thread | None = None
    try:
        await_server(server, f"http://{SERVER_HOST}:{port}/api/health")
        keeper = threading.Thread(target=_keep, args=(server, port, stop), daemon=True)
        keeper.start()
        yield
    finally:
        stop.set()
        if keeper is None:
            _end(server)
        else:
            keeper.join()


def _keep(server: subprocess.Popen[bytes], port: int, stop: threading.Event) -> None:
    """Look at the server until told to stop; then end it."""
    while not stop.wait(LOOK_SECONDS):
        if server.poll() is not None and not stop.wait(AGAIN_SECONDS):
            logs.logger().warning("prefect_server_ended", code=server.returncode, port=port)
            server = start_server(port)
    _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def start_server(port: int) -> subprocess.Popen[bytes]:
    """Prefect's own server as a child process, on loopback only."""
    command = [
        sys.executable, "-m", "prefect", "server", "start",
        "--host", SERVER_HOST, "--port", str(port),
    ]  # fmt: skip
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 -- a fixed command


def await_server(server: subprocess.Popen[bytes], health: str) -> None:
    """Return when the server answers; MonitorError where it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise MonitorError(
                f"Prefect's server ended with {server.returncode}", hint="see its messages above"
            )
        try:
            with urllib.request.urlopen(health, timeout=2):  # noqa: S310 -- a fixed address on loopback
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    raise MonitorError(f"Prefect's server did not answer within {START_SECONDS:g} s")
