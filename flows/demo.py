"""`make demo`: the newsroom on loopback, the whole pipeline once, and where to look."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path

from prefect.client.orchestration import get_client

from flows.run import run_flow
from monitor.pipeline import demo
from monitor.pipeline.newsroom import newsroom
from monitor.pipeline.setup import upgrade_database


async def run_demo(folder: Path) -> int:
    """Run the demo in a folder; prints where database, report and digest are, and what was found."""
    started = time.monotonic()
    async with newsroom(dt.datetime.now(dt.UTC)) as base:
        config = demo.prepare(folder, base)
        upgrade_database(config)
        async with get_client() as client:
            await client.hello()  # starts Prefect's temporary server, which takes longer than the pipeline
        working = time.monotonic()
        result = await run_flow(str(config))
        worked = time.monotonic() - working
    out = sys.stdout.write
    width = max(len(label) for label, _ in demo.found(config))
    out("\nWhat the demo found\n")
    for label, value in demo.found(config):
        out(f"  {label:<{width}}  {value}\n")
    out("\nWhere to look\n")
    out(f"  database  {folder / demo.DATABASE}\n")
    out(f"  report    {_shown(result.report.path)}\n")
    for digest in result.digests:
        out("".join(f"  digest    {_shown(path)}\n" for path in digest.files))
    out(
        f"\nDone in {time.monotonic() - started:.1f} s, the pipeline itself {worked:.1f} s. No mail was sent.\n"
    )
    for feed in result.poll.failed:
        out(f"failed {feed.slug}: {feed.code} ({feed.detail})\n")
    return 1 if result.poll.failed else 0


def _shown(path: Path) -> Path:
    """A path relative to where the person stands, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
