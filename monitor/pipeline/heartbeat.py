"""A sign of life after each good run: when `operations.heartbeat_url` hears nothing more, runs have stopped."""

from __future__ import annotations

from monitor import logs
from monitor.fetch.webhook import post_json
from monitor.pipeline.ingest import fetch_options
from monitor.pipeline.workspace import Workspace
from monitor.types.fetching import Posted


async def beat(workspace: Workspace, *, run: str) -> bool:
    """Call the address, if there is one; whether it was called and answered. A failure costs the run nothing.

    A run is good that ended and was no outage of ours: feeds that fail are no reason to be silent.
    """
    url = workspace.config.operations.heartbeat_url
    if not url:
        return False
    payload = {"run": run, "at": workspace.clock().isoformat()}
    answer = await post_json(url, payload, fetch_options(workspace))
    if isinstance(answer, Posted):
        return True
    logs.logger(run=run).warning("heartbeat", code=answer.code, detail=logs.one_line(answer.detail))
    return False
