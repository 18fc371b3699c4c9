"""Posts of channels ingested, annotated and grouped, with no embedding: posts a second, and copies in one story.

    python benches/telegram_ingest.py [--posts FOLDER] [--limit N] [--missed N]

Posts are files of JSON lines (message_id, text, date, channel), by default those of ../shared. Targets: 400 posts a
second over all three stages; all verbatim copies across channels in one story. A copy is verbatim where what is left of
it has 60 characters and is equal, once marks, blanks and the channel's own footer are off: lines that end at
least a tenth of its posts. That is worked out here, apart from what grouping takes for boilerplate. Prints one
JSON object.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby, pairwise
from pathlib import Path
from typing import Any

import yaml

from monitor.config import feed_sources
from monitor.normalise.telegram import read_page
from monitor.normalise.telegram_changes import post_changes
from monitor.pipeline import analyse
from monitor.pipeline.analyse import annotate_pending, group_pending
from monitor.pipeline.analysers import annotator_pool
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.plans import FeedPlan, FetchRecord, Outcome
from monitor.types.source import FeedState
from monitor.types.storage import KnownQuery
from monitor.types.telegram import Page, PageShape, Post

POSTS = Path(__file__).resolve().parents[2] / "shared" / "data" / "telegram_posts"
PAGE, LEAST = 20, 60
WINDOW, NOTICE = dt.timedelta(days=7), dt.timedelta(days=2)
_LINK = re.compile(r"\[([^\]\[]*)\]\((\S+?)\)")
_URL = re.compile(r"https?://\S+")
_MARKS = re.compile(r"\*\*|__|~~|\|\||`")


def read_posts(folder: Path, limit: int) -> dict[str, list[Post]]:
    """Posts by channel, ids ascending. Markdown of the export becomes text and links."""
    channels = {}
    for number, path in enumerate(sorted(folder.glob("*.jsonl"))):
        name = f"channel_{number:02}"
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        posts = {row["message_id"]: post_of(name, row) for row in rows}
        channels[name] = [posts[key] for key in sorted(posts)][: limit or None]
    return channels


def post_of(name: str, row: dict[str, Any]) -> Post:
    """One line of the export as the preview would give it."""
    written = row.get("text") or ""
    links = [url for _, url in _LINK.findall(written)] + _URL.findall(_LINK.sub("", written))
    return Post(
        channel=name,
        post_id=row["message_id"],
        ids=(row["message_id"],),
        published_at=dt.datetime.fromisoformat(row["date"]),
        published_raw=row["date"],
        text=_MARKS.sub("", _LINK.sub(r"\1", written)).strip(),
        links=tuple(dict.fromkeys(links)),
    )


def ingest(workspace: Workspace, channels: dict[str, list[Post]]) -> int:
    """Store the posts page by page, each page known first and applied in a transaction of its own."""
    store, now = workspace.store, workspace.clock()
    store.sync_sources(feed_sources(workspace.config), now=now)
    leases = store.lease_due(owner="bench", now=now, limit=1000, lease_for=dt.timedelta(hours=1))
    stored = 0
    for lease in leases:
        posts = channels[lease.address]
        for number, start in enumerate(range(0, len(posts), PAGE)):
            part = tuple(posts[start : start + PAGE])
            page = Page(channel=lease.address, shape=PageShape.POSTS, posts=part)
            read = read_page(page, now=now)
            query = KnownQuery(external_ids=tuple(entry.external_id for entry in read.entries))
            known = store.known_entries({lease.feed_id: query})[lease.feed_id]
            plan = FeedPlan(
                feed_id=lease.feed_id,
                slug=lease.slug,
                fence=lease.fence,
                fetch=FetchRecord(
                    started_at=now + dt.timedelta(microseconds=number),
                    outcome=Outcome.STORED,
                    url=lease.current_url,
                ),
                state=FeedState(),
                next_poll_at=now,
                changes=post_changes(read.entries, known, now=now),
                more=start + PAGE < len(posts),
            )
            [done] = store.apply([plan], now=now)
            if done.error:
                raise SystemExit(done.error)
            stored += done.counts.new
    return stored


def trimmed(channels: dict[str, list[Post]]) -> Iterator[tuple[str, Post]]:
    """Each post with its text less the channel's footer, marks and blanks folded."""
    for posts in channels.values():
        ends = Counter(lines(post)[-1] for post in posts if lines(post))
        footers = {line for line, count in ends.items() if count >= max(3, len(posts) / 10)}
        for post in posts:
            left = lines(post)
            while left and left[-1] in footers:
                left.pop()
            yield " ".join(" ".join(left).split()), post


def lines(post: Post) -> list[str]:
    """The lines of a post that say something."""
    return [" ".join(line.split()) for line in post.text.splitlines() if line.strip()]


def copies(channels: dict[str, list[Post]]) -> list[tuple[Post, Post]]:
    """Pairs of verbatim copies in different channels within the story window."""
    same: defaultdict[str, list[Post]] = defaultdict(list)
    for text, post in trimmed(channels):
        if len(text) >= LEAST:
            same[text].append(post)
    pairs = []
    for posts in same.values():
        for one, two in combinations(posts, 2):
            if one.channel != two.channel and abs(one.published_at - two.published_at) <= WINDOW:
                pairs.append((one, two))
    return pairs


def configured(folder: Path, names: Sequence[str]) -> Path:
    """A configuration with these channels."""
    outlets = [
        {"name": name, "slug": name.replace("_", "-"), "feeds": [{"telegram": name}]} for name in names
    ]
    path = folder / "config.yaml"
    config = {
        "database": {"url": f"sqlite:///{folder / 'monitor.db'}"},
        "telegram": {"enabled": True},
        "outlets": outlets,
    }
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=Path, default=POSTS)
    parser.add_argument("--limit", type=int, default=0, help="posts a channel; default all")
    parser.add_argument("--missed", type=int, default=0, help="print so many pairs that were torn apart")
    options = parser.parse_args()
    if not options.posts.is_dir():
        raise SystemExit(f"{options.posts} is not there: give --posts")
    channels = read_posts(options.posts, options.limit)
    with tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder), list(channels))
        upgrade_database(config)
        with open_workspace(config) as workspace:
            print(json.dumps(measured(workspace, channels, options.missed), ensure_ascii=False, indent=2))


def mark() -> tuple[float, float]:
    """The clock, and the processor time of this process and those that it has ended (seconds)."""
    return time.perf_counter(), sum(os.times()[:4])


def timed_clustering() -> list[tuple[float, float]]:
    """Time clustering apart, which grouping calls; (wall, processor) seconds of each call, filled in later."""
    spent: list[tuple[float, float]] = []
    real = analyse.cluster_pending

    def timed(*arguments: Any, **options: Any) -> Any:
        begun = mark()
        try:
            return real(*arguments, **options)
        finally:
            ended = mark()
            spent.append((ended[0] - begun[0], ended[1] - begun[1]))

    analyse.cluster_pending = timed
    return spent


def measured(workspace: Workspace, channels: dict[str, list[Post]], missed: int) -> dict[str, Any]:
    """The stages, timed, and the copies that stand in one story."""
    marks = [mark()]
    posts = ingest(workspace, channels)
    marks.append(mark())
    with annotator_pool(workspace.config) as pool:
        annotate_pending(workspace, pool)
    marks.append(mark())
    clustering = timed_clustering()
    group_pending(workspace)
    marks.append(mark())
    stages = ("ingest", "annotate", "group")
    spent = [(two[0] - one[0], two[1] - one[1]) for one, two in pairwise(marks)]
    seconds = {stage: wall for stage, (wall, _) in zip(stages, spent, strict=True)}
    cpu = {stage: round(used, 2) for stage, (_, used) in zip(stages, spent, strict=True)}
    frame = workspace.store.frame("select url, story_id from report_entries")
    story = {row.url: row.story_id for row in frame.itertuples()}
    pairs = copies(channels)
    torn = [(one, two) for one, two in pairs if story[one.url] != story[two.url]]
    # grouping takes notices of less than 40 words for new ones after two days (StoryOptions.notice_window)
    near = [(one, two) for one, two in pairs if abs(one.published_at - two.published_at) <= NOTICE]
    for one, two in torn[:missed]:
        print(json.dumps([one.url, two.url, one.text[:160], two.text[:160]], ensure_ascii=False))
    sizes = [len(list(group)) for _, group in groupby(sorted(story.values()))]
    return {
        "posts": posts,
        "channels": len(channels),
        "seconds": {stage: round(took, 2) for stage, took in seconds.items()},
        "posts_per_second": round(posts / sum(seconds.values()), 1),
        "cpu_seconds": cpu,
        "of_group_clustering": [round(sum(one), 2) for one in zip(*clustering, strict=True)],
        "load": [round(value, 1) for value in os.getloadavg()],
        "stories": len(sizes),
        "largest_story": max(sizes),
        "verbatim_pairs": len(pairs),
        "within_two_days": len(near),
        "in_one_story_of_those": round(1 - len([pair for pair in near if pair in torn]) / len(near), 4)
        if near
        else None,
        "in_one_story": round(1 - len(torn) / len(pairs), 4) if pairs else None,
    }


if __name__ == "__main__":
    main()
