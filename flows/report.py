"""Build the report."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import report_markdown
from flows.retrying import DELAYS, RETRIES
from flows.secrets import load_secrets
from monitor.pipeline.publish import write_report
from monitor.pipeline.workspace import open_workspace
from monitor.types.results import ReportResult


@task(
    name="build-report",
    retries=RETRIES,
    retry_delay_seconds=DELAYS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def report_task(config: str) -> ReportResult:
    """Write the report of the window that ends today."""

    def work() -> ReportResult:
        with open_workspace(Path(config)) as workspace:
            return write_report(workspace)

    return await asyncio.to_thread(work)


@flow(name="report", validate_parameters=True, persist_result=False)
async def report_flow(config: str = "config.yaml") -> ReportResult:
    """Build the report and its tables."""
    await load_secrets()
    result = await report_task(config)
    await acreate_markdown_artifact(key="report-files", markdown=report_markdown(result))
    return result
