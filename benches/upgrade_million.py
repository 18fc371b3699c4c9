"""A million entries at the first revision, upgraded to the head: seconds in all and for each revision, and back.

    python -m benches.upgrade_million [--entries 1000000] [--postgresql] [--back]

Every entry has a text, an annotation, a topic and a fingerprint of 16 bands; two are a story, two stories a cluster
with two sources. `story_bands`, which revision 0009 drops and makes anew from the fingerprints, is left empty before.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benches.polls import Memory, load
from monitor.store import backup, migrate, upgrading
from monitor.store.columns import utc_text
from monitor.store.engine import connect, parse_url
from tests.databases import PostgresServer

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
FEEDS = 1000
BATCH = 20_000
BANDS, STRIDE = 16, 0x9E3779B97F4A7C15
EVERY = {
    "entries": 1, "revisions": 1, "annotations": 1, "entry_topics": 1, "fetches": 10, "clusters": 4,
    "cluster_sources": 2, "stories": 2, "fingerprints": 1,
}  # fmt: skip
"""Table to how many entries share a row, in an order in which rows find those that they refer to."""


def rows_of(
    table: str, n: int, at: dt.datetime, time_of: Callable[[dt.datetime], object], text: str
) -> dict[str, Any]:
    """The n-th row of a table, first seen at a time."""
    when, day = time_of(at), at.date()
    rows: dict[str, dict[str, Any]] = {
        "entries": {
            "id": n, "uid": f"{n:032x}", "feed_id": n % FEEDS + 1, "external_id": str(n), "key_source": "guid",
            "kind": "rss", "text_key": n, "date_source": "published", "observed_at": when, "effective_at": when,
            "day": day, "backlog": False, "language": "en",
        },
        "revisions": {
            "id": n, "entry_id": n, "number": 1, "is_current": True, "is_latest": True, "source": "feed",
            "title": f"Report {n}", "body": text, "observed_at": when, "sha256": f"{n:064x}",
        },
        "annotations": {
            "id": n, "entry_id": n, "revision_id": n, "taxonomy_version": "t", "code_version": "c",
            "language": "en", "language_score": 1.0, "detector": "d", "content_sha256": "x", "valid_from": when,
        },
        "entry_topics": {"annotation_id": n, "topic": "sanctions", "score": 1.0, "accepted": True},
        "fetches": {
            "feed_id": n % FEEDS + 1, "fence": n, "started_at": when, "day": day, "outcome": "stored", "url": "u",
        },
        "clusters": {
            "id": n // 4, "created_at": when, "changed_at": when, "independent_sources": 2, "unresolved_sources": 0,
        },
        "cluster_sources": {
            "cluster_id": (n + 2) // 4, "outlet": f"Outlet {n % FEEDS}", "folded_into": f"Outlet {n % FEEDS}",
            "reason": "independent",
        },
        "stories": {
            "id": n // 2, "cluster_id": (n // 2 + 1) // 2, "language": "en", "first_entry_id": n - 1,
            "first_seen_at": when, "last_seen_at": when, "created_at": when,
        },
        "fingerprints": {
            "entry_id": n, "bands": json.dumps([(n * (band + 3) * STRIDE) % 2**63 - 2**62 for band in range(BANDS)]),
            "signature": bytes(256), "shingles": 80,
        },
    }  # fmt: skip
    return rows[table]


def fill(url: str, count: int) -> None:
    """Feeds, fetches, and entries with a text of 600 characters and what analysis makes of them, by bulk insert."""
    engine = connect(parse_url(url), foreign_keys=False)
    tables = sa.MetaData()
    tables.reflect(engine, only=["outlets", "feeds", "taxonomies", *EVERY])
    time_of: Callable[[dt.datetime], object] = (
        (lambda t: t) if engine.dialect.name == "postgresql" else utc_text
    )
    rng = random.Random(1)
    text = " ".join(rng.choice(("convoy", "harbour", "minister", "shells", "talks")) for _ in range(90))
    outlets = [{"id": n, "slug": f"o{n}", "name": f"Outlet {n}"} for n in range(1, FEEDS + 1)]
    feed = {"kind": "rss", "host": "h", "created_at": time_of(NOW)}
    feeds = [
        feed
        | {"id": n, "outlet_id": n, "slug": f"f{n}"}
        | dict.fromkeys(("address", "current_url"), f"https://o{n}.example/")
        for n in range(1, FEEDS + 1)
    ]
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.tables["outlets"]), outlets)
        connection.execute(sa.insert(tables.tables["feeds"]), feeds)
        taxonomy = {"version": "t", "content": "{}", "first_used_at": time_of(NOW)}
        connection.execute(sa.insert(tables.tables["taxonomies"]), taxonomy)
    for start in range(1, count + 1, BATCH):
        ids = range(start, min(start + BATCH, count + 1))
        at = {n: NOW - dt.timedelta(seconds=(count - n) * 8) for n in ids}
        with engine.begin() as connection:
            for table, every in EVERY.items():
                rows = [rows_of(table, n, at[n], time_of, text) for n in ids if n % every == 0]
                connection.execute(sa.insert(tables.tables[table]), rows)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--back", action="store_true", help="go back to the first revision afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = PostgresServer(Path(name) / "data") if options.postgresql else None
        url = server.create("million") if server else f"sqlite:///{Path(name) / 'million.db'}"
        try:
            migrate.upgrade(url, now=NOW, revision="0001")
            began = time.monotonic()
            fill(url, options.entries)
            print(f"{options.entries} entries made in {time.monotonic() - began:.0f} s; {load()}")
            began = last = time.monotonic()
            used = time.process_time()

            def tell(what: str, _: int) -> None:
                nonlocal last
                print(f"  {what}: {time.monotonic() - last:.1f} s", flush=True)
                last = time.monotonic()

            memory = Memory()
            memory.start()
            upgrading.migrate_to(url, now=NOW, progress=tell)
            print(
                f"upgraded in {time.monotonic() - began:.1f} s, {time.process_time() - used:.1f} s of own processor"
                f" time, {memory.stop() / 2**20:.0f} MB PSS; {load()}"
            )
            print(f"{backup.size_of(url) / options.entries:.0f} bytes an entry")
            if options.back:
                began = time.monotonic()
                migrate.downgrade(url, now=NOW, revision="0001")
                print(f"back in {time.monotonic() - began:.1f} s; {load()}")
        finally:
            if server:
                server.stop()


if __name__ == "__main__":
    main()
