"""Re-tagging: entries a second and memory, measured on an archive made up, projected to a million.

    python -m benches.retag_speed [--entries 100000] [--chars 2100]

The archive (SQLite, texts as in matcher_speed) is analysed under a taxonomy of one topic, then re-tagged with all.
Prints seconds, entries a second, what a million would take, the largest memory (PSS of this process and its workers),
the size of the database, and how long the views as of the time before take.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from benches.matcher_speed import news, texts
from benches.polls import Memory
from monitor.pipeline.analysers import CHUNK
from monitor.pipeline.retag import retag
from monitor.pipeline.setup import upgrade_database
from monitor.pipeline.workspace import Workspace, open_workspace
from monitor.types.annotations import Annotation, EntryText, LanguageGuess
from monitor.types.entries import DateSource, Entry, KeySource
from monitor.types.plans import Disposition, EntryChange, FeedPlan, FetchRecord, Outcome
from monitor.types.source import FeedKind, FeedSource, FeedState, Outlet

START = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
BATCH = 1_000
MILLION = 1_000_000
#: The issue's bound, bytes.
MEMORY = 500_000_000


def entries(count: int, chars: int) -> Iterator[Entry]:
    """Entries whose texts repeat after a while; their ids do not."""
    pool = news(min(count, 5_000)) or texts(min(count, 5_000))
    for number in range(count):
        body = f"{number}. {pool[number % len(pool)][1].body[: chars - 8]}"
        yield Entry(
            external_id=str(number),
            key_source=KeySource.GUID,
            kind=FeedKind.RSS,
            url=f"https://outlet.example/{number}",
            url_raw=None,
            title="",
            body=body,
            published_at=START + dt.timedelta(seconds=number),
            published_raw="",
            date_source=DateSource.PUBLISHED,
            sha256=hashlib.sha256(body.encode()).hexdigest(),
        )


def fill(workspace: Workspace, count: int, chars: int) -> None:
    """Store the archive, each batch from a feed of one of twenty outlets, read once under a taxonomy of no topic."""
    feeds = -(-count // BATCH)
    sources = [
        FeedSource(
            slug=f"feed-{number}",
            kind=FeedKind.RSS,
            address=f"https://outlet-{number % 20}.example/feed-{number}",
            outlet=Outlet(slug=f"outlet-{number % 20}", name=f"Outlet {number % 20}", country="GB"),
        )
        for number in range(feeds)
    ]
    store, now = workspace.store, workspace.clock()
    store.sync_sources(sources, now=now)
    leases = store.lease_due(
        owner="bench", now=now, limit=feeds, lease_for=dt.timedelta(days=1), ignore_due=True
    )
    batch: list[Entry] = []
    done = 0
    for entry in entries(count, chars):
        batch.append(entry)
        if len(batch) == BATCH or done + len(batch) == count:
            lease = leases[done // BATCH]
            changes = tuple(
                EntryChange(disposition=Disposition.NEW, entry=one, rule="bench") for one in batch
            )
            plan = FeedPlan(
                feed_id=lease.feed_id, slug=lease.slug, fence=lease.fence,
                fetch=FetchRecord(started_at=now, outcome=Outcome.STORED, url=lease.current_url, status=200),
                state=FeedState(last_success_at=now, first_success_at=now), next_poll_at=now, changes=changes,
            )  # fmt: skip
            [answer] = store.apply([plan], now=now)
            assert not answer.error, answer.error
            done, batch = done + len(batch), []
            store.save_annotations([read_once(text) for text in store.pending_texts(limit=BATCH)], now=now)
    store.optimise()


def read_once(text: EntryText) -> Annotation:
    return Annotation(
        entry_id=text.entry_id,
        revision_id=text.revision_id,
        language=LanguageGuess(language="und", score=0.0, detector="none"),
        taxonomy_version="before",
        code_version="before",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--chars", type=int, default=2_100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.yaml"
        config.write_text(yaml.safe_dump({"database": {"url": "sqlite:///monitor.db"}}), encoding="utf-8")
        upgrade_database(config)
        with open_workspace(config) as workspace:
            fill(workspace, options.entries, options.chars)
            measure(workspace, options.entries, Path(name) / "monitor.db")


def measure(workspace: Workspace, count: int, database: Path) -> None:
    before, size = workspace.clock(), database.stat().st_size
    memory = Memory()
    memory.start()
    started = time.perf_counter()
    result = retag(workspace)
    taken = time.perf_counter() - started
    most = memory.stop()
    assert result.written == count, f"{result.written} of {count} were written"
    print(
        f"{count:,} entries re-tagged in {taken:.0f} s: {count / taken:,.0f} a second (batches of {CHUNK} a worker)"
    )
    print(f"a million: {MILLION / count * taken / 60:.0f} minutes, if it goes on like this")
    print(f"memory: {most / 1e6:.0f} MB, bound {MEMORY / 1e6:.0f}: {'kept' if most < MEMORY else 'EXCEEDED'}")
    print(f"database: {size / 1e6:.0f} MB before, {database.stat().st_size / 1e6:.0f} MB after")
    started = time.perf_counter()
    assert retag(workspace).read == 0
    print(f"repeated: nothing to do, found in {time.perf_counter() - started:.1f} s")
    started = time.perf_counter()
    with workspace.store.as_of(before) as then:
        rows: Sequence[int] = [
            len(then.frame(f"select entry_id from report_{view}")) for view in ("entries", "topics")
        ]
    print(
        f"as of before: {rows[0]:,} entries, {rows[1]:,} topics, read in {time.perf_counter() - started:.1f} s"
    )


if __name__ == "__main__":
    main()
