"""Annotate and group what is pending, batch after batch."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import analyse_markdown
from flows.retrying import DELAYS, RETRIES
from flows.secrets import load_secrets
from monitor.pipeline.analyse import analyse
from monitor.pipeline.workspace import open_workspace
from monitor.types.results import AnalyseResult


@task(
    name="analyse-pending",
    retries=RETRIES,
    retry_delay_seconds=DELAYS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def analyse_task(config: str) -> AnalyseResult:
    """Annotate and group all that is pending. Repeating it changes nothing."""

    def work() -> AnalyseResult:
        with open_workspace(Path(config)) as workspace:
            return analyse(workspace)

    return await asyncio.to_thread(work)


@flow(name="analyse", validate_parameters=True, persist_result=False)
async def analyse_flow(config: str = "config.yaml") -> AnalyseResult:
    """Annotate and group what is pending."""
    await load_secrets()
    result = await analyse_task(config)
    await acreate_markdown_artifact(key="analyse-counts", markdown=analyse_markdown(result))
    return result
