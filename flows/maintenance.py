"""Retention and fresh statistics, once a day."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import maintenance_markdown
from flows.secrets import load_secrets
from monitor.pipeline.maintenance import MaintenanceResult, maintain
from monitor.pipeline.workspace import open_workspace


@task(
    name="maintain", retries=2, retry_delay_seconds=[30.0, 300.0], cache_policy=NO_CACHE, persist_result=False
)
async def maintenance_task(config: str) -> MaintenanceResult:
    """Apply retention batch by batch. Repeating it goes on where it was."""

    def work() -> MaintenanceResult:
        with open_workspace(Path(config)) as workspace:
            return maintain(workspace)

    return await asyncio.to_thread(work)


@flow(name="maintenance", validate_parameters=True, persist_result=False)
async def maintenance_flow(config: str = "config.yaml") -> MaintenanceResult:
    """Take away what is older than `retention` allows; refresh the database's statistics."""
    await load_secrets()
    result = await maintenance_task(config)
    await acreate_markdown_artifact(key="maintenance-counts", markdown=maintenance_markdown(result))
    return result
