"""Fire and send alerts."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from monitor.pipeline.alerting import AlertResult, send_alerts
from monitor.pipeline.workspace import open_workspace


@task(
    name="alerts", retries=2, retry_delay_seconds=[30.0, 300.0], cache_policy=NO_CACHE, persist_result=False
)
async def alerts_task(config: str) -> AlertResult:
    """Store new alerts and send what waits. Repeating it sends nothing twice."""
    with open_workspace(Path(config)) as workspace:
        return await send_alerts(workspace)


@flow(name="alerts", validate_parameters=True, persist_result=False)
async def alerts_flow(config: str = "config.yaml") -> AlertResult:
    """Send alerts; only the scheduled deployment does, `run` and `demo` never."""
    return await alerts_task(config)
