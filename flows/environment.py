"""What Prefect needs in its environment. Set before `prefect` is imported, never overriding a person's own."""

from __future__ import annotations

import os
from pathlib import Path

SERVER_HOST = "127.0.0.1"
SERVER_PORT = 4200

#: No telemetry (it logs an error every ten minutes without a network); runs and events are not kept for
#: ever; task runs are recorded in batches (measured 150 instead of 40 a second); quiet, local results.
SETTINGS = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    # a server that is away is asked again for four minutes (2 + 4 + ... + 128 s), not for one
    "PREFECT_CLIENT_MAX_RETRIES": "7",
    # a process that died shows as soon as three of these are missing
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
}


def prepare(home: Path, *, ephemeral: bool) -> None:
    """Set the environment for this process and its children; `home` becomes PREFECT_HOME.

    `ephemeral` ignores any configured server: the demo never touches somebody's Prefect.
    """
    home.mkdir(parents=True, exist_ok=True)
    os.environ["PREFECT_HOME"] = str(home)
    # a profiles file of the project's own keeps a person's ~/.prefect profile out
    os.environ["PREFECT_PROFILES_PATH"] = str(home / "profiles.toml")
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    if ephemeral:
        os.environ.pop("PREFECT_API_URL", None)
        os.environ.pop("PREFECT_API_KEY", None)
