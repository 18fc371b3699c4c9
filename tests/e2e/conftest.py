"""One run of the demo's pipeline for all end-to-end tests."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.demo.server import Newsroom
from monitor.pipeline import demo
from monitor.pipeline.analyse import analyse
from monitor.pipeline.ingest import poll
from monitor.pipeline.publish import write_digests, write_report
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.results import AnalyseResult, DigestResult, PollResult, ReportResult


class Demo:
    """One run of the demo's pipeline, polled twice (its channel three times), and what came of it."""

    workspace: Workspace
    base: str
    first: PollResult
    second: PollResult
    third: PollResult
    analysed: AnalyseResult
    again: AnalyseResult
    report: ReportResult
    digests: list[DigestResult]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    result = Demo()

    async def ingest() -> Path:
        async with Newsroom(dt.datetime.now(dt.UTC)) as room:
            config = demo.prepare(folder, room.base)
            upgrade_database(config)
            with open_workspace(config) as workspace:
                result.base = room.base
                result.first = await poll(workspace)
                room.version = 2
                result.second = await poll(workspace, ignore_due=True)
                result.third = await poll(workspace, slugs=["pier-watch"], ignore_due=True)
        return config

    config = asyncio.run(ingest())
    with open_workspace(config) as workspace:
        result.workspace = workspace
        result.analysed = analyse(workspace)
        result.again = analyse(workspace)
        result.report = write_report(workspace)
        result.digests = write_digests(workspace, send=False)
        yield result
