"""Entries grouped a second on SQLite, without an embedder, beside the index rows of many stories in the window.

    python -m benches.grouping_speed [--stories 1000000] [--entries 10000]

The stories there already are index rows (16 bands, 3 keys each) with random values, a tenth of them a template whose
bands all share, which is the hard case. New entries are synthetic reports, a fifth of them copies. Stories, clusters
and sources are made by `group_pending`, as `monitor analyse` does; annotation is not in the figure. Targets: 1,000
entries a second, under 500 MB. Filling a database with a million stories takes a few minutes and 1.5 GB of disk.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from monitor.config import Config
from monitor.pipeline.analyse import group_pending
from monitor.pipeline.clustering import Clustering
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.store.columns import utc_text
from monitor.types.annotations import Annotation, Entity, LanguageGuess
from monitor.types.entries import DateSource, Entry, KeySource
from monitor.types.plans import Disposition, EntryChange, FeedPlan, FetchRecord, Outcome
from monitor.types.source import FeedKind, FeedSource, FeedState, Outlet

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
BANDS, KEYS = 16, 3
SYLLABLES = "ka lo mi ren tas vel dor win har bel ost ari nel fen gar ulm".split()
STATES = (
    "AF AM AZ BY CN CD ET FR DE GE IN IR IQ IL JP KP KR LY ML MD NG PK PH PL RU RW RS SD SY TW TR".split()
)


def fill(path: Path, stories: int) -> None:
    """Index rows of `stories` entries that are not there otherwise, within the last week."""
    values = np.random.default_rng(1)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA cache_size=-200000")
    moments = [NOW - dt.timedelta(seconds=int(s)) for s in np.linspace(0, 6 * 86_400, 1_000)]
    template = values.integers(-(2**63), 2**63 - 1, BANDS)
    for table, column, each in (("story_bands", "band", BANDS), ("story_keys", "key", KEYS)):
        times = [int(at.timestamp()) if column == "band" else utc_text(at) for at in moments]
        hashes = values.integers(-(2**63), 2**63 - 1, stories * each)
        owners = np.repeat(np.arange(10**9, 10**9 + stories), each)
        if column == "band":
            shared = stories // 10 * each
            hashes[:shared] = np.tile(template, shared // each)
        order = np.lexsort((owners, hashes))
        rows = ((int(hashes[n]), times[int(owners[n]) % 1_000], int(owners[n])) for n in order)
        connection.executemany(
            f"INSERT OR IGNORE INTO {table} ({column}, effective_at, entry_id) VALUES (?, ?, ?)", rows
        )
        connection.commit()
    connection.close()


def reports(count: int) -> Iterator[Entry]:
    """Synthetic entries; every fifth repeats an earlier one."""
    draw = random.Random(2)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))) for _ in range(5_000)]
    told: list[tuple[str, str]] = []
    for number in range(count):
        if told and number % 5 == 0:
            title, body = draw.choice(told[-500:])
        else:
            title = " ".join(draw.choices(words, k=9)).capitalize()
            body = " ".join(" ".join(draw.choices(words, k=14)).capitalize() + "." for _ in range(9))
            told.append((title, body))
        yield Entry(
            external_id=str(number), key_source=KeySource.GUID, kind=FeedKind.RSS,
            url=f"https://bench.example/{number}/report", url_raw=None, title=title, body=body,
            published_at=NOW - dt.timedelta(seconds=20 * (count - number)), published_raw=None,
            date_source=DateSource.PUBLISHED, sha256=f"{number:064x}",
        )  # fmt: skip


def ingest(store: Store, count: int) -> None:
    """Store and annotate the new entries, each with the entities that a report has."""
    feeds = [
        FeedSource(
            slug=f"f{n}", kind=FeedKind.RSS, address=f"https://f{n}.example/feed",
            outlet=Outlet(slug=f"o{n}", name=f"Outlet {n}", country="GB"),
        )
        for n in range(50)
    ]  # fmt: skip
    store.sync_sources(feeds, now=NOW)
    leases = store.lease_due(owner="b", now=NOW, limit=99, lease_for=dt.timedelta(hours=9), ignore_due=True)
    entries = list(reports(count))
    for number, lease in enumerate(leases):
        mine = entries[number :: len(leases)]
        changes = tuple(EntryChange(disposition=Disposition.NEW, entry=e, rule="new") for e in mine)
        store.apply(
            [
                FeedPlan(
                    feed_id=lease.feed_id, slug=lease.slug, fence=lease.fence, state=FeedState(), next_poll_at=NOW,
                    fetch=FetchRecord(started_at=NOW, outcome=Outcome.STORED, url="u"), changes=changes,
                )
            ],
            now=NOW,
        )  # fmt: skip
    draw = random.Random(3)
    while texts := store.pending_texts(limit=2_000):
        store.save_annotations(
            [
                Annotation(
                    entry_id=t.entry_id, revision_id=t.revision_id, taxonomy_version="t", code_version="c",
                    language=LanguageGuess(language="en", score=1.0, detector="bench"),
                    entities=tuple(
                        Entity(kind="actor", code=code, field="title", start_char=0, end_char=1)
                        for code in draw.sample(STATES, 2)
                    ),
                )
                for t in texts
            ],
            now=NOW,
        )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stories", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "monitor.db")
        Store.upgrade(f"sqlite:///{path}", now=NOW)
        pid = _child(lambda: fill(path, options.stories))
        with Store.open(f"sqlite:///{path}") as store:
            ingest(store, options.entries)
            workspace = Workspace(config=Config(), store=store, clock=lambda: NOW, owner="bench")
            began, busy = time.perf_counter(), time.process_time()
            result = group_pending(workspace, clustering=Clustering(embedder=None))
            took, busy = time.perf_counter() - began, time.process_time() - busy
        report = {
            "stories_in_window": options.stories, "filled_by_process": pid, "entries": options.entries,
            "entries_per_second": round(options.entries / took), "target": 1_000,
            "entries_per_second_of_cpu": round(options.entries / busy),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "target_mb": 500,
            "stories_new": result.stories_new, "entries_joined": result.stories_joined,
            "database_mb": path.stat().st_size // 2**20,
        }  # fmt: skip
    print(json.dumps(report, indent=1))


def _child(work: object) -> int:
    """Run `work` in a process of its own, so that its memory is not in the figure."""
    import multiprocessing

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"filling the database failed with {process.exitcode}")
    return process.pid or 0


if __name__ == "__main__":
    main()
