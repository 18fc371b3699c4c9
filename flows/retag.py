"""Re-tag the archive: split into ranges of entries, each a run of its own that any worker may take."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from pathlib import Path
from typing import Annotated

from prefect import flow, task
from prefect.artifacts import acreate_markdown_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.deployments import arun_deployment
from prefect.exceptions import ObjectNotFound
from pydantic import Field

from flows.retrying import DELAYS, RETRIES
from flows.secrets import load_secrets
from monitor.errors import MonitorError
from monitor.pipeline.retag import ranges, retag
from monitor.pipeline.workspace import open_workspace
from monitor.types.retagging import IdRange

PART = "retag-part/on-demand"
#: Seconds between two looks at the parts that other workers are at.
LOOK = 2.0


@task(
    name="retag-range",
    retries=RETRIES,
    retry_delay_seconds=DELAYS,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def range_task(config: str, since: dt.datetime | None, after: int, until: int | None) -> dict[str, int]:
    """Re-tag one range. Repeating it goes on where it was."""

    def work() -> dict[str, int]:
        with open_workspace(Path(config)) as workspace:
            result = retag(workspace, since=since, within=IdRange(after=after, until=until))
        return {"read": result.read, "changed": result.changed, "written": result.written}

    return await asyncio.to_thread(work)


@flow(name="retag-part", validate_parameters=True, persist_result=False)
async def retag_part_flow(
    config: str = "config.yaml", since: dt.datetime | None = None, after: int = 0, until: int | None = None
) -> dict[str, int]:
    """Re-tag the entries of one range of ids."""
    await load_secrets()
    done = await range_task(config, since, after, until)
    rows = "".join(f"| {name} | {count} |\n" for name, count in done.items())
    await acreate_markdown_artifact(key="retag-counts", markdown=f"| texts | |\n|---|---:|\n{rows}")
    return done


@flow(name="retag", validate_parameters=True, persist_result=False)
async def retag_flow(
    config: str = "config.yaml",
    since: dt.datetime | None = None,
    parts: Annotated[int, Field(ge=1, le=64)] = 4,
) -> int:
    """Re-tag the archive in parts: as runs of other workers where they are deployed, else here; how many parts."""

    def split() -> list[IdRange]:
        with open_workspace(Path(config)) as workspace:
            return ranges(workspace.store, since, parts)

    await load_secrets()
    spans = await asyncio.to_thread(split)
    if await _deployed():
        await _spread(config, since, spans)
    else:
        for span in spans:
            await retag_part_flow(config, since, span.after, span.until)
    return len(spans)


async def _deployed() -> bool:
    if not os.environ.get("PREFECT_API_URL"):
        return False
    async with get_client() as client:
        try:
            await client.read_deployment_by_name(PART)
        except ObjectNotFound:
            return False
    return True


async def _spread(config: str, since: dt.datetime | None, spans: list[IdRange]) -> None:
    """Start a run for each range and wait for all; MonitorError names those that did not complete."""
    runs = [
        await arun_deployment(
            PART,
            parameters={
                "config": config,
                "since": since.isoformat() if since else None,
                "after": span.after,
                "until": span.until,
            },
            timeout=0,
        )
        for span in spans
    ]
    async with get_client() as client:
        while True:
            states = [(await client.read_flow_run(run.id)).state for run in runs]
            if all(state is not None and state.is_final() for state in states):
                break
            await asyncio.sleep(LOOK)
    bad = [run.name for run, state in zip(runs, states, strict=True) if state and not state.is_completed()]
    if bad:
        raise MonitorError(
            f"{len(bad)} of {len(runs)} parts did not complete: {', '.join(bad)}",
            hint="run it again: what is done is not done twice",
        )
