"""Real posts beside the checkout: no pair that a reader called different is one story, and copies are."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from benches.telegram_ingest import copies, read_posts
from monitor.group.files import group_items
from monitor.normalise.telegram import entries
from monitor.types.grouping import StoryItem
from monitor.types.telegram import Page, PageShape

NOW = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
READ = Path(__file__).resolve().parents[2] / "data" / "stories" / "merged_posts.csv"
"""Channel, post, other channel, other post, verdict, reason; nobody's words."""


@pytest.fixture(scope="module")
def posts() -> Path:
    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "telegram_posts"
    if not folder.is_dir():
        pytest.skip("../shared is not there")
    return folder


@pytest.fixture(scope="module")
def stories(posts: Path) -> dict[str, str]:
    """The story of each post of all channels, by its address; grouped as posts are, without embedding."""
    items = []
    for feed, (name, own) in enumerate(sorted(read_posts(posts, 0).items()), 1):
        page = Page(channel=name, shape=PageShape.POSTS, posts=tuple(own))
        items += [
            StoryItem(
                entry_id=feed * 1_000_000 + place,
                uid=entry.url or "",
                kind="telegram",
                language="ru",
                title=entry.title,
                body=entry.body,
                effective_at=entry.published_at or NOW,
                outlet=name,
                feed_id=feed,
                url=entry.url,
                source_url=entry.source_url,
                links=entry.links,
            )
            for place, entry in enumerate(entries(page, now=NOW))
        ]
    return {address: story for address, (story, _) in group_items(items).items()}


def test_no_pair_that_a_reader_called_different_is_one_story(posts: Path, stories: dict[str, str]) -> None:
    channels = {path.stem: f"channel_{n:02}" for n, path in enumerate(sorted(posts.glob("*.jsonl")))}
    with READ.open(encoding="utf-8") as file:
        read = list(csv.DictReader(file))
    together = {
        verdict: [
            stories[f"https://t.me/{channels[row['channel']]}/{row['post']}"]
            == stories[f"https://t.me/{channels[row['other_channel']]}/{row['other_post']}"]
            for row in read
            if row["verdict"] == verdict
        ]
        for verdict in ("same", "different")
    }
    assert len(together["different"]) >= 4
    assert not any(together["different"])
    # a rule that keeps everything apart would pass the line above
    assert sum(together["same"]) >= 0.98 * len(together["same"])


def test_all_verbatim_copies_across_channels_within_the_window_are_one_story(
    posts: Path, stories: dict[str, str]
) -> None:
    pairs = copies(read_posts(posts, 0))
    torn = [(one.url, two.url) for one, two in pairs if stories[one.url] != stories[two.url]]
    assert len(pairs) > 150
    assert torn == []
