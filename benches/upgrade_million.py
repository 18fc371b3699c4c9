"""A million entries at the first revision, upgraded to the head: seconds in all and for each revision.

python -m benches.upgrade_million [--entries 1000000] [--postgresql]
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benches.polls import load
from monitor.store import backup, migrate, upgrading
from monitor.store.columns import utc_text
from monitor.store.engine import connect, parse_url
from tests.databases import PostgresServer

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
FEEDS = 1000
BATCH = 20_000


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
    }  # fmt: skip
    return rows[table]


def fill(url: str, count: int) -> None:
    """Feeds, fetches, entries with a text of 600 characters, an annotation and a topic each, by bulk insert."""
    engine = connect(parse_url(url), foreign_keys=False)
    tables = sa.MetaData()
    kinds = ("entries", "revisions", "annotations", "entry_topics", "fetches")
    tables.reflect(engine, only=["outlets", "feeds", "taxonomies", *kinds])
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
            for table in kinds:
                chosen = [n for n in ids if table != "fetches" or n % 10 == 0]
                rows = [rows_of(table, n, at[n], time_of, text) for n in chosen]
                connection.execute(sa.insert(tables.tables[table]), rows)
    engine.dispose()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
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

            def tell(what: str, _: int) -> None:
                nonlocal last
                print(f"  {what}: {time.monotonic() - last:.1f} s", flush=True)
                last = time.monotonic()

            upgrading.migrate_to(url, now=NOW, progress=tell)
            print(f"upgraded in {time.monotonic() - began:.1f} s; {load()}")
            print(f"{backup.size_of(url) / options.entries:.0f} bytes an entry")
        finally:
            if server:
                server.stop()


if __name__ == "__main__":
    main()
