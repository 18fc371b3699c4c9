"""`python -m flows server | deploy | worker`: Prefect's own processes, with the project's environment.

server   the API and UI, on loopback unless `--host` says otherwise
deploy   the database migrated, the work pool and its queues with their limits, the deployments of prefect.yaml, and
         the automations that give up runs whose process died or hangs
worker   a process that takes runs from the pool; as many as you like, on as many machines
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

from flows.automations import watch_runs
from monitor.config import Config, load_config
from monitor.errors import MonitorError, UsageError
from monitor.pipeline.setup import upgrade_database

ROOT = Path(__file__).resolve().parent.parent
POOL = "monitor"
#: Runs at once of the whole pool, and of each of its queues. Overlap is harmless (leases); this bounds memory.
POOL_LIMIT = 8
QUEUES = {"poll": 3, "analysis": 3, "publish": 1}


def serve_api(host: str, port: int) -> NoReturn:
    """Become Prefect's server."""
    _become("server", "start", "--host", host, "--port", str(port))


def work(name: str | None, once: bool) -> NoReturn:
    """Become a worker that takes runs from the pool until stopped (or, with `once`, those that are due now)."""
    _need_api()
    options = [*(["--name", name] if name else []), *(["--run-once"] if once else [])]
    _become("worker", "start", "--pool", POOL, "--type", "process", *options)


def deploy(config: Path) -> int:
    """Migrate, make pool, queues and automations, and deploy everything in prefect.yaml. May be repeated."""
    _need_api()
    sys.stdout.write(upgrade_database(config) + "\n")
    asyncio.run(_prepare(load_config(config)))
    os.environ.setdefault("MONITOR_CONFIG", str(config))
    os.environ.setdefault("MONITOR_HOME", str(ROOT))
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file"]
    code = subprocess.run([*command, str(ROOT / "prefect.yaml")], cwd=ROOT, check=False).returncode  # noqa: S603
    if code:
        raise MonitorError(f"prefect deploy ended with {code}", hint="see its messages above")
    sys.stdout.write("deployed; start workers with: python -m flows worker\n")
    return 0


def _need_api() -> None:
    if not os.environ.get("PREFECT_API_URL"):
        raise UsageError(
            "PREFECT_API_URL is not set", hint="name the server: PREFECT_API_URL=http://127.0.0.1:4200/api"
        )


def _become(*arguments: str) -> NoReturn:
    """Prefect's command in this very process, so that signals of systemd and of containers reach it."""
    # prefect.yaml names the folder by this variable, so that one file serves every machine
    os.environ.setdefault("MONITOR_HOME", str(ROOT))
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "prefect", *arguments])  # noqa: S606 -- a fixed command


async def _prepare(config: Config) -> None:
    """The pool with its limit, its queues with theirs, and the automations."""
    async with get_client() as client:
        try:
            await client.create_work_pool(
                WorkPoolCreate(name=POOL, type="process", concurrency_limit=POOL_LIMIT)
            )
        except ObjectAlreadyExists:
            await client.update_work_pool(POOL, WorkPoolUpdate(concurrency_limit=POOL_LIMIT))
        for name, limit in QUEUES.items():
            try:
                queue = await client.read_work_queue_by_name(name, work_pool_name=POOL)
            except ObjectNotFound:
                queue = await client.create_work_queue(name=name, work_pool_name=POOL)
            await client.update_work_queue(queue.id, concurrency_limit=limit)
    await watch_runs(config.operations)
