"""`python -m flows run`: the whole pipeline once, its outcome in lines, an exit code."""

from __future__ import annotations

import sys
from pathlib import Path

from flows.run import RunResult, run_flow
from monitor.pipeline.setup import upgrade_database


async def run_once(config: Path) -> int:
    """Migrate, run everything once, print what happened. 1 where a feed failed, each with its line."""
    upgrade_database(config)
    result = await run_flow(str(config))
    for line in summary(result):
        sys.stdout.write(line + "\n")
    return 1 if result.poll.failed else 0


def summary(result: RunResult) -> list[str]:
    """A run as lines: counts, where the files are, one line a failed feed."""
    polled, analysed = result.poll, result.analyse
    counts = polled.counts
    lines = [
        f"{polled.feeds} feeds polled: {polled.stored} stored, {polled.unchanged} unchanged, {len(polled.failed)} failed",
        f"{counts.seen} entries seen = {counts.new} new + {counts.revised} revised + {counts.known} known"
        f" + {counts.rejected_total} rejected",
        f"{analysed.annotated} annotated, {analysed.tagged} with a topic, {analysed.stories_new} new stories",
        f"report: {result.report.path}",
        *(digest.line for digest in result.digests),
    ]
    if not polled.feeds:
        lines.insert(1, "no feed was due: `monitor feeds list` says when, `monitor poll --all` polls anyway")
    if polled.outage:
        lines.append("nothing could be reached: the fault is taken to be ours, no feed is blamed")
    return lines + [f"failed {feed.slug} {feed.url}: {feed.code} ({feed.detail})" for feed in polled.failed]
