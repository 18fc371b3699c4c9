"""`python -m flows serve`: Prefect's server, the schedules and a worker, all on this machine."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from pathlib import Path

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron, Interval

from flows.alerts import alerts_flow
from flows.automations import watch_runs
from flows.digest import digest_flow
from flows.environment import SERVER_HOST
from flows.maintenance import maintenance_flow
from flows.report import report_flow
from flows.run import poll_and_analyse_flow
from flows.server import kept_server
from monitor.config import Config, load_config
from monitor.errors import UsageError
from monitor.pipeline.setup import upgrade_database

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
    with kept_server(port):
        asyncio.run(watch_runs(config.operations))
        sys.stdout.write(f"Prefect is at {address}; polling every {config.polling.every}. Ctrl-C stops it.\n")
        sys.stdout.flush()
        serve(*deployments(config, path), print_starting_message=False, limit=RUNS_AT_ONCE)
    return 0


def port_taken(host: str, port: int) -> bool:
    """Whether something listens there already."""
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0
