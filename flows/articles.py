"""Article pages of entries whose feed has `full_text`, as tasks over batches."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import articles_markdown
from flows.retrying import DELAYS, RETRIES
from flows.secrets import load_secrets
from monitor.pipeline.articles import fetch_articles
from monitor.pipeline.workspace import open_workspace
from monitor.types.results import ArticleResult

#: Entries that one task takes; a run has as many tasks as it takes, and leaves what hosts ask to wait for.
BATCH_PAGES = 500


@task(
    name="articles-batch",
    retries=RETRIES,
    retry_delay_seconds=DELAYS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def articles_task(config: str, limit: int) -> ArticleResult:
    """Fetch the pages of up to `limit` entries. Repeating it fetches no page again."""
    with open_workspace(Path(config)) as workspace:
        return await fetch_articles(workspace, limit=limit)


@flow(name="articles", validate_parameters=True, persist_result=False, timeout_seconds=3600)
async def articles_flow(config: str = "config.yaml") -> ArticleResult:
    """Fetch batch after batch until no page is wanted, or hosts have had enough for now."""
    await load_secrets()
    total = ArticleResult()
    while True:
        result = await articles_task(config, BATCH_PAGES)
        total += result
        if result.entries < BATCH_PAGES or result.outage:
            break
    await acreate_markdown_artifact(key="articles-counts", markdown=articles_markdown(total))
    return total
