"""Poll what is due, as tasks over batches, and leave the counts as an artifact."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import poll_markdown
from flows.retrying import DELAYS, RETRIES
from flows.secrets import load_secrets
from monitor.pipeline.ingest import poll_batch
from monitor.pipeline.workspace import open_workspace
from monitor.types.results import PollResult

#: Feeds that one task leases and polls; a run has as many tasks as it takes.
BATCH_FEEDS = 500


@task(
    name="poll-batch",
    retries=RETRIES,
    retry_delay_seconds=DELAYS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def poll_task(config: str, slugs: list[str] | None, ignore_due: bool, limit: int) -> PollResult:
    """Lease up to `limit` due feeds and poll them. Repeating it polls no feed twice."""
    with open_workspace(Path(config)) as workspace:
        return await poll_batch(workspace, slugs=slugs, ignore_due=ignore_due, limit=limit)


@flow(name="poll", validate_parameters=True, persist_result=False, timeout_seconds=3600)
async def poll_flow(
    config: str = "config.yaml", slugs: list[str] | None = None, ignore_due: bool = False
) -> PollResult:
    """Poll batch after batch until nothing is due."""
    await load_secrets()
    total = PollResult()
    while True:
        result = await poll_task(config, slugs, ignore_due, BATCH_FEEDS)
        total += result
        if result.feeds < BATCH_FEEDS or ignore_due or result.outage:
            break
    await acreate_markdown_artifact(key="poll-counts", markdown=poll_markdown(total))
    return total
