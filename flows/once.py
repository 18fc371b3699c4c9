"""`python -m flows run`: the whole pipeline once, its outcome in lines, an exit code."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.run import run_flow
from monitor.pipeline.setup import upgrade_database


async def run_once(config: Path) -> int:
    """Migrate, run everything once, print what happened. 1 where a feed failed, each with its line."""
    upgrade_database(config)
    result = await run_flow(str(config))
    lines = [
        *result.poll.lines,
        *result.articles.lines,
        *result.analyse.lines,
        f"report: {result.report.path}",
    ]
    for line in [*lines, *(digest.line for digest in result.digests)]:
        sys.stdout.write(line + "\n")
    return 1 if result.poll.failed else 0
