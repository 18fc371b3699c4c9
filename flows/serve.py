"""`python -m flows serve`: Prefect's server, the schedules and a worker, all on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval

from flows.alerts import alerts_flow
from flows.digest import digest_flow
from flows.environment import SERVER_HOST
from flows.maintenance import maintenance_flow
from flows.report import report_flow
from flows.run import poll_and_analyse_flow
from monitor.config import Config, load_config
from monitor.errors import MonitorError, UsageError
from monitor.pipeline.setup import upgrade_database

#: Seconds that the server may take to answer for the first time.
START_SECONDS = 120.0

#: Runs at once on this machine. Overlapping runs are harmless: work is leased in the monitor's own database.
#: Prefect's own limit per deployment is not used: measured with 3.8.8, a run that starts while another is
#: pending loses its slot "during provisioning", and with a short interval every run was cancelled.
RUNS_AT_ONCE = 4


def deployments(config: Config, path: Path) -> list[RunnerDeployment]:
    """What is scheduled: polling every `polling.every`, the report and each digest at its cron time and zone."""
    planned = [
        poll_and_analyse_flow.to_deployment(
            name="scheduled",
            schedule=Interval(config.polling.every),
            parameters={"config": str(path)},
        ),
        report_flow.to_deployment(
            name="scheduled",
            schedule=Cron(config.report.schedule, timezone=config.report.timezone),
            parameters={"config": str(path)},
        ),
    ]
    planned.append(
        maintenance_flow.to_deployment(
            name="scheduled",
            schedule=Cron(config.operations.maintenance, timezone="UTC"),
            parameters={"config": str(path)},
        )
    )
    if config.alerts or config.operations.operators:
        planned.append(
            alerts_flow.to_deployment(
                name="scheduled",
                schedule=Interval(config.polling.every),
                parameters={"config": str(path)},
            )
        )
    for digest in config.digests:
        planned.append(
            digest_flow.to_deployment(
                name=digest.name,
                schedule=Cron(digest.schedule, timezone=digest.timezone),
                parameters={"config": str(path), "name": digest.name, "send": True},
            )
        )
    return planned  # type: ignore[return-value]  # to_deployment is typed for both async and sync callers


def serve_all(path: Path, port: int) -> int:
    """Start the server and serve the schedules until stopped. UsageError where the port is taken."""
    config = load_config(path)
    upgrade_database(path)
    address = f"http://{SERVER_HOST}:{port}"
    if port_taken(SERVER_HOST, port):
        raise UsageError(
            f"{SERVER_HOST}:{port} is taken by another program",
            hint="stop it, or choose another with: python -m flows serve --port 4201",
        )
    os.environ["PREFECT_API_URL"] = f"{address}/api"
    os.environ["PREFECT_SERVER_UI_API_URL"] = f"{address}/api"
    server = start_server(port)
    try:
        await_server(server, f"{address}/api/health")
        sys.stdout.write(f"Prefect is at {address}; polling every {config.polling.every}. Ctrl-C stops it.\n")
        sys.stdout.flush()
        serve(*deployments(config, path), print_starting_message=False, limit=RUNS_AT_ONCE)
    finally:
        server.terminate()
        server.wait(timeout=30)
    return 0


def port_taken(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


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
