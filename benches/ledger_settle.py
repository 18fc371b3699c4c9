"""Entries a second that chains, ledger, flows and sources are settled at, on SQLite: clusters of several outlets that
cite each other in chains, every entry with a claim.

    python -m benches.ledger_settle [CLUSTERS] [OUTLETS]
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

from monitor.config import Config
from monitor.pipeline.clustering import fold_stale
from monitor.pipeline.ledger import polled_names
from monitor.pipeline.workspace import Workspace
from monitor.store import Store
from monitor.types.annotations import Annotation, Citation, Claim, Entity, LanguageGuess
from monitor.types.entries import DateSource, Entry, KeySource
from monitor.types.grouping import StoryDecision
from monitor.types.plans import Disposition, EntryChange, FeedPlan, FetchRecord, Outcome
from monitor.types.source import FeedKind, FeedSource, FeedState, Outlet

NOW = dt.datetime(2026, 3, 2, 8, 0, tzinfo=dt.UTC)
PAIRS = [
    ("KP", "RU"),
    ("IR", "RU"),
    ("US", "UA"),
    ("DE", "UA"),
    ("TR", "ML"),
    ("CN", "PK"),
    ("FR", "IN"),
    ("IL", "AZ"),
]
ITEMS = ("artillery-ammunition", "drones", "tanks", "air-defence")


def _entry(cluster: int, place: int) -> Entry:
    return Entry(
        external_id=f"{cluster}-{place}", key_source=KeySource.GUID, kind=FeedKind.RSS,
        url=f"https://outlet{place}.example/{cluster}", url_raw=None, title=f"Report {cluster}",
        body=f"A convoy of lot {cluster} left the harbour, says Outlet {place - 1}.",
        published_at=NOW - dt.timedelta(hours=30 - place), published_raw="", date_source=DateSource.PUBLISHED,
        sha256=f"{cluster:032x}{place:032x}",
    )  # fmt: skip


def _annotation(entry_id: int, revision_id: int, cluster: int, place: int) -> Annotation:
    supplier, recipient = PAIRS[cluster % len(PAIRS)]
    cited = Citation(
        outlet=f"Outlet {place - 1}", kind="media", rule="en/verb", field="body", start_char=40, end_char=48
    )
    claim = Claim(
        supplier=(supplier,), recipient=(recipient,), items=(ITEMS[cluster % len(ITEMS)],), status="alleged",
        evidence="A convoy", field="body", start_char=0, end_char=8, rule="bench", confidence=0.9,
        quantity_min=cluster, quantity_max=cluster,
    )  # fmt: skip
    return Annotation(
        entry_id=entry_id, revision_id=revision_id, taxonomy_version="t", code_version="c",
        language=LanguageGuess(language="en", score=1.0, detector="bench"),
        citations=(cited,) if place else (), claims=(claim,),
        entities=(Entity(kind="actor", code=supplier, field="body", start_char=0, end_char=3),),
    )  # fmt: skip


def _fill(store: Store, clusters: int, outlets: int) -> None:
    """Entries of one feed an outlet, each cluster's entries in stories of their own that are brought together."""
    sources = [
        FeedSource(
            slug=f"o{place}", kind=FeedKind.RSS, address=f"https://outlet{place}.example/feed",
            outlet=Outlet(slug=f"o{place}", name=f"Outlet {place}", country="GB"),
        )
        for place in range(outlets)
    ]  # fmt: skip
    store.sync_sources(sources, now=NOW)
    leases = store.lease_due(
        owner="b", now=NOW, limit=outlets, lease_for=dt.timedelta(hours=1), ignore_due=True
    )
    for lease in leases:
        place = int(lease.slug[1:])
        changes = tuple(
            EntryChange(disposition=Disposition.NEW, entry=_entry(cluster, place), rule="bench")
            for cluster in range(clusters)
        )
        fetch = FetchRecord(started_at=NOW, outcome=Outcome.STORED, url=lease.current_url, status=200)
        store.apply(
            [
                FeedPlan(
                    feed_id=lease.feed_id, slug=lease.slug, fence=lease.fence, fetch=fetch, changes=changes,
                    state=FeedState(last_success_at=NOW, first_success_at=NOW), next_poll_at=NOW,
                )
            ],
            now=NOW,
        )  # fmt: skip
    while texts := store.pending_texts(limit=2_000):
        said = []
        for text in texts:
            place = int((text.url or "").split("outlet")[1].split(".")[0])
            said.append(
                _annotation(text.entry_id, text.revision_id, int((text.url or "").rsplit("/", 1)[1]), place)
            )
        store.save_annotations(said, now=NOW)
    first: dict[str, int] = {}
    while items := store.pending_stories(limit=2_000):
        decisions = []
        for item in items:
            joined = first.get(item.title)
            first.setdefault(item.title, item.entry_id)
            decisions.append(
                StoryDecision(
                    entry_id=item.entry_id,
                    joined=joined,
                    rule="text" if joined else "new",
                    score=1.0,
                    version="b",
                )
            )
        store.save_stories(items, [], decisions, now=NOW)


def main() -> None:
    """Print the rate with the load of the machine."""
    clusters, outlets = (int(value) for value in (*sys.argv[1:3], 1_000, 6)[:2])
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        Store.upgrade(url, now=NOW)
        with Store.open(url) as store:
            _fill(store, clusters, outlets)
            workspace = Workspace(Config(), store, lambda: NOW, "bench")
            polled_names(workspace)  # the register is read once a process
            started = time.perf_counter()
            fold_stale(workspace)
            seconds = time.perf_counter() - started
            lines = len(store.frame("report_ledger"))
            flows = len(store.frame("report_flows"))
            assert set(store.frame("report_claims")["root_outlet"]) == {"Outlet 0"}
    entries = clusters * outlets
    sys.stdout.write(
        f"{entries} entries in {clusters} clusters: {lines} lines, {flows} flows in {seconds:.1f} s,"
        f" {entries / seconds:,.0f} entries/s (load {os.getloadavg()[0]:.1f})\n"
    )


if __name__ == "__main__":
    main()
