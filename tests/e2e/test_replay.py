"""Replay: unchanged code reads the same from the kept answers; a changed parser shows, field by field."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.pipeline import demo
from monitor.pipeline import replay as replaying
from monitor.pipeline.analyse import analyse
from monitor.pipeline.ingest import poll
from monitor.pipeline.newsroom import newsroom
from monitor.pipeline.reading import ReadFailed
from monitor.pipeline.replay import replay
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workers import ParserPool
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.entries import ReadFeed
from monitor.types.raw import KeptBody
from tests.populated import by_natural_keys


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The demo's newsroom, polled and analysed once."""
    folder = tmp_path_factory.mktemp("replay")

    async def fill() -> Path:
        async with newsroom(dt.datetime.now(dt.UTC)) as base:
            config = demo.prepare(folder, base)
            upgrade_database(config)
            with open_workspace(config) as workspace:
                await poll(workspace)
                await asyncio.to_thread(analyse, workspace)
        return config

    with open_workspace(asyncio.run(fill())) as workspace:
        yield workspace


def test_the_same_code_reads_the_same(polled: Workspace) -> None:
    before = by_natural_keys(polled.store)
    done = asyncio.run(replay(polled))
    assert done.answers >= 14 and done.unreadable == 0
    assert done.differences == {}, done.lines
    assert done.entries == done.same > 60
    assert by_natural_keys(polled.store) == before, "nothing is written"


def test_a_changed_parser_shows_field_by_field(polled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    real = replaying._read

    async def changed(kept: KeptBody, now: dt.datetime, pool: ParserPool) -> ReadFeed | ReadFailed:
        read = await real(kept, now, pool)
        if isinstance(read, ReadFailed) or len(read.entries) < 2:
            return read
        first, second, *rest = read.entries
        entries = (replace(first, title=f"{first.title}!"), replace(second, external_id="another"), *rest)
        return replace(read, entries=entries)

    monkeypatch.setattr(replaying, "_read", changed)
    slug = polled.store.frame("SELECT feed FROM report_entries ORDER BY feed")["feed"].iloc[0]
    done = asyncio.run(replay(polled, slugs=[slug]))
    assert done.differences["title"] == 1
    assert (done.differences["new"], done.differences["missing"]) == (1, 1)
    [title] = [one for one in done.examples if one.kind == "title"]
    assert title.replayed == f"{title.stored}!"
    assert any("is now" in line for line in done.lines)


def test_an_answer_that_cannot_be_read_any_more_is_named(
    polled: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> ReadFailed:
        return ReadFailed(code="parse_fault", detail="x")

    monkeypatch.setattr(replaying, "_read", broken)
    done = asyncio.run(replay(polled))
    assert done.differences["unreadable"] == done.answers == done.unreadable
    assert asyncio.run(replay(polled, since=dt.datetime.now(dt.UTC) + dt.timedelta(days=1))).answers == 0
