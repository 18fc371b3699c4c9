"""Build a digest and, where asked, send it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE

from flows.artifacts import digest_markdown
from flows.secrets import load_secrets
from monitor.pipeline.publish import write_digests
from monitor.pipeline.workspace import open_workspace
from monitor.types.results import DigestResult


@task(
    name="digest", retries=2, retry_delay_seconds=[30.0, 300.0], cache_policy=NO_CACHE, persist_result=False
)
async def digest_task(config: str, name: str | None, send: bool) -> list[DigestResult]:
    """Build the digests (or one by name); send what is due where `send`. Repeating it sends nothing twice."""

    def work() -> list[DigestResult]:
        with open_workspace(Path(config)) as workspace:
            return write_digests(workspace, name=name, send=send)

    return await asyncio.to_thread(work)


@flow(name="digest", validate_parameters=True, persist_result=False)
async def digest_flow(
    config: str = "config.yaml", name: str | None = None, send: bool = False
) -> list[DigestResult]:
    """Build digests; the scheduled deployments send them, `run` and `demo` never do."""
    await load_secrets()
    results = await digest_task(config, name, send)
    await acreate_markdown_artifact(key="digest-deliveries", markdown=digest_markdown(results))
    return results
